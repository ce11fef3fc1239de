"""The appendix on activations: outputs whose mean is taken off, a GELU without erf, each function at its own rate."""

import copy
import math
from dataclasses import dataclass

import numpy as np

from helpers.activations import GELU, Activation, sigmoid
from helpers.experiments.activations import SEEDS
from helpers.network import Network
from helpers.training import train


@dataclass(frozen=True)
class Centred(Activation):
    """Another activation, less the mean that each unit has over the samples at hand: it is 0 in every batch.

    It does not go number by number, so it knows where the samples are: `forward` and `backward`, which training uses,
    have a column for each; a call, as of a whole `Network`, has a row for each. The slope of the mean is in `backward`.

    Parameters
    ----------
    f : helpers.activations.Activation
        The other one.
    """

    f: Activation
    name = "centred"

    def __call__(self, x, out=None):
        """Return f(x) less its mean over the rows, for arrays ([runs,] samples, units)."""
        y = self.f(x, out=out)
        return np.subtract(y, y.mean(axis=-2, keepdims=True), out=y)

    def forward(self, x, out):
        """Write f(x) less its mean over the columns, for arrays ([runs,] units, samples)."""
        y = self.f.forward(x, out)
        return np.subtract(y, y.mean(axis=-1, keepdims=True), out=y)

    def backward(self, gradient, x, y, out=None):
        """Return (gradient - its mean over the columns) * f'(x): what moves all samples alike moves nothing."""
        return np.multiply(gradient - gradient.mean(axis=-1, keepdims=True), self.f.derivative(x), out=out)


class QuickGELU(GELU):
    r"""GELU with tanh in place of the error function, as several language models compute it.

    Its formula is x (1 + tanh(s)) / 2 with s = sqrt(2 / pi) (x + 0.044715 x^3).

    References
    ----------
    Hendrycks and Gimpel, "Gaussian error linear units (GELUs)", arXiv:1606.08415, 2016.
    """

    name = "quick_gelu"
    formula = r"\frac{x}{2} \big(1 + \tanh(\sqrt{2 / \pi}\,(x + 0.044715\,x^3))\big)"
    derivative_formula = r"\frac{1 + t}{2} + \frac{x}{2} (1 - t^2) \sqrt{2 / \pi}\,(1 + 0.134145\,x^2)"

    def forward(self, x, out):
        """Write f(x) into an array, which may be `x` itself."""
        return np.multiply(x, (1 + self._bend(x)) / 2, out=out)

    def _derivative(self, x, y):
        t = self._bend(x)
        inner = math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * x * x)
        return (1 + t) / 2 + x * (1 - t * t) * inner / 2

    @staticmethod
    def _bend(x):
        return np.tanh(math.sqrt(2 / math.pi) * x * (1 + 0.044715 * x * x))


quick_gelu = QuickGELU()


@dataclass(frozen=True, eq=False)
class Sweep:
    """Ten networks at each of several learning rates.

    Parameters
    ----------
    rates : sequence of float
        The learning rates.
    loss, accuracy : numpy.ndarray of shape (rates, epochs, seeds)
        The training loss after each epoch, infinite where the training diverged, and the share of the unseen samples
        that are recognised.
    """

    rates: tuple
    loss: np.ndarray
    accuracy: np.ndarray

    def best(self, epoch):
        """Return the index of the rate whose median loss is the lowest after so many epochs."""
        return int(np.median(self.loss[:, epoch - 1], axis=-1).argmin())

    def loss_at_best(self, epoch):
        """Return the losses of the ten networks after so many epochs, at the rate that is best then."""
        return self.loss[self.best(epoch), epoch - 1]

    def accuracy_at_best(self, epoch):
        """Return what the ten networks recognise after so many epochs, at the rate whose loss is best then."""
        return self.accuracy[self.best(epoch), epoch - 1]


def sweep(data, unseen, sizes, activation, initialisation, rates, epochs):
    """Train ten networks at one learning rate after the other: side by side they would need much memory.

    Parameters
    ----------
    data, unseen : Dataset
        What to train on, and what to recognise.
    sizes, activation, initialisation
        Those of a `Network`.
    rates : sequence of float
        The learning rates.
    epochs : int
        How many times to go through all samples.

    Returns
    -------
    Sweep
        What each of them reaches.
    """
    losses, shares = [], []
    for rate in rates:
        network = Network(sizes, activation, initialisation=initialisation, seed=SEEDS, dtype=np.float64)
        record = train(
            network, data.inputs, data.targets, rate, epochs, seed=SEEDS, validation=(unseen.inputs, unseen.targets)
        )
        losses.append(np.where(np.isnan(record.loss), np.inf, record.loss))
        shares.append(record.validation_accuracy)
    return Sweep(tuple(rates), np.stack(losses), np.stack(shares))


def paired_difference(ours, theirs):
    """Return the mean of paired differences, and its standard error.

    Parameters
    ----------
    ours, theirs : array_like of shape (pairs,)
        What was measured with the same seed stands at the same place.

    Returns
    -------
    tuple of two float
        The mean of ours - theirs, and its standard error: the deviation of the differences, with one less than their
        number as the divisor, over the root of their number.
    """
    apart = np.asarray(ours) - np.asarray(theirs)
    return float(apart.mean()), float(apart.std(ddof=1) / np.sqrt(apart.size))


def sigmoid_twin(network):
    """Return the sigmoid network that computes what a tanh network computes.

    Since tanh(z) = 2 sigmoid(2z) - 1, its units are half of (a + 1). The sums of hidden layers are doubled; weights
    that read hidden units are doubled once more, and their biases take the shift back.

    Parameters
    ----------
    network : Network
        One or many, with tanh in all hidden layers and no bend at the outputs.

    Returns
    -------
    Network
        With the same outputs.
    """
    twin = copy.deepcopy(network)
    twin.activation = sigmoid
    twin.activation_functions = [sigmoid] * (len(network.activation_functions) - 1) + network.activation_functions[-1:]
    last = len(network.weights) - 1
    for layer, (W, b) in enumerate(zip(network.weights, network.biases, strict=True)):
        reads, sums = (1 if layer == 0 else 2), (1 if layer == last else 2)
        twin.weights[layer][...] = sums * reads * W
        twin.biases[layer][...] = sums * (b - (0 if layer == 0 else W.sum(axis=-1)))
    return twin
