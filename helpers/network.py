r"""The multilayer perceptron, as one writes it on a board.

A batch of samples is a matrix with one row per sample. Layer l turns the activations below it into its own, first by a
weighted sum, then by an activation function f_l:

    z_l = a_(l-1) W_l^T + b_l,        a_l = f_l(z_l),        a_0 = x.

Backwards, the chain rule carries the derivative of the loss from layer to layer. With delta_l = dloss/dz_l,

    dloss/dW_l = delta_l^T a_(l-1),        dloss/db_l = sum of delta_l over the samples,
    dloss/da_(l-1) = delta_l W_l,          delta_(l-1) = dloss/da_(l-1) * f'_(l-1)(z_(l-1)).

Letters side by side are a product of matrices, * goes number by number. Each f' stands with its f in
`helpers.activations`: ReLU's is 1 where z > 0, else 0. All begins with the dloss/da of the last layer, the slope of the
loss, which stands in `helpers.losses`. For softmax cross-entropy the last f is the identity, the outputs a = z are
logits, and the slope of the mean over the samples is (softmax(a) - y) / samples. Here y is one-hot: a row per sample,
with 1 at its class and 0 elsewhere.

`Pass` holds these lines; in its lists, layer 1 has index 0. One step of training is::

    passed = network.forward(x)
    network.step(passed.backward(labels), learning_rate)

Read it first for a single network: then each array is a matrix, and each b a row of numbers. A `Network` may also be
many of one shape, one for each of several seeds, computed at once. Then each array but x and y has one axis more, the
first, called `runs`; the lines stay the same.

Training computes the same in `helpers.fast_network`, in fewer steps that are harder to read; tests hold the two equal.

References
----------
Rumelhart, Hinton and Williams, "Learning representations by back-propagating errors", Nature 323, 1986.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from helpers._checks import check_integer, lookup, what_is
from helpers.activations import ACTIVATIONS, Activation
from helpers.initialisers import as_initialiser
from helpers.language import _  # marks what is said in the reader's language
from helpers.losses import LOSSES, Loss
from helpers.outputs import (
    OUTPUT_ACTIVATIONS,
    check_outputs,
    classes_of,
    mean_loss,
    mean_loss_gradient,
    probabilities_of,
)
from helpers.samples import check_inputs, check_targets, class_labels

# A network that diverges ends in inf or nan; a warning at each step would hide everything else.
silently = np.errstate(over="ignore", invalid="ignore")


class Pass:
    """The way of a batch through a network, and back.

    Parameters
    ----------
    network : Network
        Whose weights and biases are used.
    x : numpy.ndarray of shape (samples, inputs)
        The batch.

    Attributes
    ----------
    x : numpy.ndarray of shape (samples, inputs)
        The batch.
    z, a : list of numpy.ndarray, each of shape ([runs,] samples, units)
        The weighted sums of each layer and its activations, first layer first.
    outputs : numpy.ndarray of shape ([runs,] samples, outputs)
        The activations of the last layer: logits (in nats) for softmax cross-entropy, else predictions, in the unit of
        the targets.
    """

    @silently
    def __init__(self, network, x):
        self.network, self.x, self.z, self.a = network, x, [], []
        a = x
        for W, b, f in zip(network.weights, network.biases, network.activation_functions, strict=True):
            z = a @ W.mT + b[..., np.newaxis, :]  # .mT swaps the last two axes; one b for all samples
            a = f(z)
            self.z.append(z)
            self.a.append(a)
        self.outputs = a

    @silently
    def backward(self, targets):
        """Return the gradient of the mean loss of this batch.

        It uses the network's weights: call it before `Network.step` changes them.

        Parameters
        ----------
        targets : array_like of shape (samples,) or (samples, outputs)
            Class labels from 0 on, or what each output should be; for a single output, one number a sample.

        Returns
        -------
        Gradient
            In units of the loss for a unit of the weight or bias.

        Raises
        ------
        ValueError
            If the shape is wrong or a label is out of range.
        """
        network = self.network
        y = check_targets(targets, self.outputs.shape[-2:], network.dtype)  # class labels become one-hot
        below = [self.x, *self.a[:-1]]  # what each layer read
        layers = zip(network.weights, network.activation_functions, self.z, self.a, below, strict=True)
        weights, biases = [], []
        dloss_da = mean_loss_gradient(network.loss, self.outputs, y)  # of the last layer, by the loss
        for W, f, z, a, a_below in reversed(list(layers)):
            delta = f.backward(dloss_da, z, a)  # dloss/da * f'(z); of some f the slope is found from a
            weights.append(delta.mT @ a_below)
            biases.append(delta.sum(axis=-2))
            dloss_da = delta @ W  # of the layer below
        return Gradient(weights[::-1], biases[::-1])


@dataclass(frozen=True, eq=False)
class Gradient:
    """The derivatives of a loss with respect to a network's weights and biases.

    Parameters
    ----------
    weights : list of numpy.ndarray, each of shape ([runs,] units, inputs)
        Each dloss/dW_l, first layer first.
    biases : list of numpy.ndarray, each of shape ([runs,] units)
        Each dloss/db_l.
    """

    weights: list
    biases: list

    @property
    @silently
    def norms(self):
        """The Frobenius norm of each dloss/dW_l, float64 of shape ([runs,] layers)."""
        squares = [np.square(w, dtype=np.float64).sum(axis=(-2, -1)) for w in self.weights]
        return np.sqrt(np.stack(squares, axis=-1))


class Network:
    """A multilayer perceptron, or many of one shape at once.

    Parameters
    ----------
    sizes : sequence of int
        The number of inputs, of units in each hidden layer, and of outputs: ``[64, 32, 16, 10]``.
    activation : str or Activation
        The activation function of all hidden layers: a name in `ACTIVATIONS`, or such an object.
    loss : str or Loss
        What training makes small: a name in `LOSSES`, or such an object. For "softmax_cross_entropy" and
        "sigmoid_cross_entropy" the outputs are logits.
    output_activation : str or Activation
        That of the outputs: as above, or "softmax", which the loss "softmax_cross_entropy" contains already (as
        "sigmoid_cross_entropy" does the sigmoid).
    initialisation : str or callable
        How the weights begin: a name in `INITIALISERS`, or such a function. Biases begin at 0.
    seed : int or sequence of int
        The seed of the initial weights. A sequence makes as many networks, each as its seed alone would.
    dtype : data-type
        Floating-point type of all arithmetic. Deep networks with tiny gradients want float64.

    Attributes
    ----------
    runs : int or None
        The number of networks; None for a single one, whose arrays lack the axis of runs.
    weights : list of numpy.ndarray, each of shape ([runs,] units, inputs)
        The matrices W_l, first layer first.
    biases : list of numpy.ndarray, each of shape ([runs,] units)
        The same for b_l.
    activation_functions : list of Activation
        Each f_l, first layer first.

    Raises
    ------
    TypeError, ValueError
        If an argument is wrong, or the loss does not fit the outputs.
    """

    def __init__(
        self,
        sizes,
        activation="relu",
        loss="softmax_cross_entropy",
        *,
        output_activation="identity",
        initialisation="he",
        seed=0,
        dtype=np.float32,
    ):
        self.sizes = tuple(check_integer(size, _("the size of a layer"), at_least=1) for size in sizes)
        if len(self.sizes) < 2:
            raise ValueError(
                _("sizes must name the inputs, any hidden layers, and the outputs, got {sizes!r}", sizes=sizes)
            )
        self.activation = _activation(activation, ACTIVATIONS)
        self.output_activation = _activation(output_activation, OUTPUT_ACTIVATIONS)
        self.loss = loss if isinstance(loss, Loss) else lookup(LOSSES, loss, _("loss"))
        self.dtype = np.dtype(dtype)
        if self.dtype.kind != "f":
            raise TypeError(_("dtype must be a floating-point type, got {this.dtype}", this=self))
        check_outputs(self.sizes[-1], self.output_activation, self.loss)
        self.activation_functions = [self.activation] * (len(self.sizes) - 2) + [self.output_activation]

        seeds = np.atleast_1d(seed)
        if seeds.ndim != 1 or not len(seeds):
            raise ValueError(_("seed must be a whole number or a sequence of them, got {seed!r}", seed=seed))
        initialiser, networks = as_initialiser(initialisation), []
        for one in seeds.tolist():
            rng = np.random.default_rng(check_integer(one, "seed", at_least=0))
            networks.append([initialiser(inputs, units, rng) for inputs, units in pairwise(self.sizes)])
        # From a list per network, of its layers' weights, to an array per layer, with a first axis of networks.
        self.weights = [np.array(layer, self.dtype) for layer in zip(*networks, strict=True)]
        self.runs = len(seeds)
        if np.ndim(seed) == 0:
            self.runs, self.weights = None, [weights[0] for weights in self.weights]
        self.biases = [np.zeros(weights.shape[:-1], self.dtype) for weights in self.weights]

    def __repr__(self):
        runs = f"{self.runs} networks" if self.runs else "network"
        return f"<{runs} {'-'.join(map(str, self.sizes))}, {self.activation.name}, {self.loss.name}>"

    def forward(self, inputs):
        """Send samples, shape (samples, inputs), through the network.

        Parameters
        ----------
        inputs : array_like of shape (samples, inputs)
            One row per sample.

        Returns
        -------
        Pass
            The `outputs`, each z and a on the way, and `backward`.

        Raises
        ------
        ValueError
            If there are no samples or the number of inputs is wrong.
        """
        return Pass(self, check_inputs(inputs, self.sizes[0], self.dtype).copy())

    @silently
    def step(self, gradient, learning_rate):
        """Take one step of gradient descent: W <- W - learning_rate * dloss/dW, and the same for b.

        Parameters
        ----------
        gradient : Gradient
            What `Pass.backward` returned.
        learning_rate : float
            How far to go.
        """
        for values, derivatives in zip(self.weights + self.biases, gradient.weights + gradient.biases, strict=True):
            values -= learning_rate * derivatives  # in place: the network's own arrays change

    @silently
    def outputs(self, inputs):
        """Return the outputs alone, shape ([runs,] samples, outputs): `forward` without a record of the way.

        Parameters
        ----------
        inputs : array_like of shape (samples, inputs)
            One row per sample.

        Returns
        -------
        numpy.ndarray
            What `Pass.outputs` would be.
        """
        a = check_inputs(inputs, self.sizes[0], self.dtype)
        for W, b, f in zip(self.weights, self.biases, self.activation_functions, strict=True):
            z = a @ W.mT
            z += b[..., np.newaxis, :]
            a = f(z, out=z)
        return a

    @silently
    def loss_value(self, inputs, targets):
        """Return the mean loss over samples, in nats for cross-entropy, in squared units of the targets for squares.

        Parameters
        ----------
        inputs, targets : array_like
            As for `forward` and `Pass.backward`.

        Returns
        -------
        float or numpy.ndarray of shape (runs,)
            One number per network.
        """
        outputs = self.outputs(inputs)
        return mean_loss(self.loss, outputs, check_targets(targets, outputs.shape[-2:], self.dtype))

    def accuracy(self, inputs, labels):
        """Return the fraction of samples whose class is predicted.

        Parameters
        ----------
        inputs : array_like of shape (samples, inputs)
            One row per sample.
        labels : array_like of int, shape (samples,)
            From 0 to ``outputs - 1``; for a single output 0 or 1.

        Returns
        -------
        float or numpy.ndarray of shape (runs,)
            From 0 to 1.

        Raises
        ------
        TypeError, ValueError
            If these are no such labels.
        """
        outputs = self.outputs(inputs)
        check_targets(labels, outputs.shape[-2:], self.dtype)
        right = class_labels(labels, self.sizes[-1])
        if right is None:
            expected = _("whole numbers from 0 to {last}", last=max(1, self.sizes[-1] - 1))
            raise ValueError(
                _(
                    "accuracy needs one class label a sample, got {got}; expected {expected}",
                    got=what_is(labels),
                    expected=expected,
                )
            )
        return (classes_of(outputs, self.loss) == right).mean(axis=-1)

    def predict(self, inputs):
        """Return class labels, shape ([runs,] samples): the largest output; a single one is cut at 1/2, a logit at 0.

        Parameters
        ----------
        inputs : array_like of shape (samples, inputs)
            One row per sample.

        Returns
        -------
        numpy.ndarray of int
            From 0 on.
        """
        return classes_of(self.outputs(inputs), self.loss)

    def probabilities(self, inputs):
        """Return the probabilities of the classes, shape ([runs,] samples, classes).

        Parameters
        ----------
        inputs : array_like of shape (samples, inputs)
            One row per sample.

        Returns
        -------
        numpy.ndarray
            Each from 0 to 1.

        Raises
        ------
        ValueError
            If the outputs cannot be made probabilities.
        """
        return probabilities_of(self.outputs(inputs), self.output_activation, self.loss)


def _activation(name_or_object, registry):
    if isinstance(name_or_object, Activation):
        return name_or_object
    return lookup(registry, name_or_object, _("activation"))
