"""Chapter 3: ten networks at a time, weights too small or too large, shifted activations, a zig-zag, and dead units."""

import ast
import copy
import functools
import inspect
import textwrap
from dataclasses import dataclass

import numpy as np

from helpers.activations import Activation, sigmoid
from helpers.datasets import digits
from helpers.initialisers import INITIALISERS, Initialiser
from helpers.network import Network
from helpers.training import train

#: A network is trained from so many random beginnings, each with its own order of the samples.
SEEDS = range(10)

#: The weights that `walk` is to reach, and how many samples it walks over.
GOAL = np.array([1.0, -1.0])
GOAL.flags.writeable = False
SAMPLES = 24


def code_of(function):
    """Return the source of a function or method, without its docstring and its decorators.

    Parameters
    ----------
    function : function
        Written in Python.

    Returns
    -------
    str
        Its lines.
    """
    source = textwrap.dedent(inspect.getsource(function))
    definition = ast.parse(source).body[0]
    lines = source.splitlines()
    if ast.get_docstring(definition) is not None:
        docstring = definition.body[0]
        del lines[docstring.lineno - 1 : docstring.end_lineno]
    return "\n".join(lines[definition.lineno - 1 :])


def scaled(initialiser, by):
    """Return an initialiser that draws the weights of another one, all multiplied by `by`.

    Parameters
    ----------
    initialiser : str
        A name in `INITIALISERS`.
    by : float
        The factor.

    Returns
    -------
    Initialiser
        From one random state it draws `by` times the other's weights.
    """
    base = INITIALISERS[initialiser]
    return Initialiser(
        f"{by:g} times {base.name}", rf"{by:g}\,{base.formula}", lambda n: by * base.standard_deviation(n)
    )


@dataclass(frozen=True)
class Shifted(Activation):
    """Another activation, moved down by a constant: its mean changes, its slope does not.

    Parameters
    ----------
    f : helpers.activations.Activation
        The other one.
    shift : float
        What is subtracted from f(x).
    """

    f: Activation
    shift: float
    name = "shifted"

    def forward(self, x, out):
        """Write f(x) less the shift into an array.

        Parameters
        ----------
        x, out : numpy.ndarray
            Of one shape and type; they may be the same.

        Returns
        -------
        numpy.ndarray
            `out`.
        """
        return np.subtract(self.f(x), self.shift, out=out)

    def _derivative(self, x, y):
        return self.f.derivative(x)


def trained(data, sizes, activation, initialisation="he", rate=0.1, epochs=8, dtype=np.float64):
    """Train ten networks side by side, from the seeds `SEEDS`.

    Parameters
    ----------
    data : Dataset
        What to train on.
    sizes, activation, initialisation
        Those of a `Network`.
    rate : float
        The learning rate.
    epochs : int
        How many times to go through all samples.
    dtype : data-type
        That of a `Network`.

    Returns
    -------
    network : Network
        All ten.
    loss : array (epochs, seeds)
        The training loss after each epoch.
    """
    network = Network(sizes, activation, initialisation=initialisation, seed=SEEDS, dtype=dtype)
    return network, train(network, data.inputs, data.targets, rate, epochs, seed=SEEDS).loss


def recognised(data, unseen, sizes, activation, initialisation="he", rate=0.1, epochs=8, dtype=np.float64):
    """Train ten networks, and show them samples that they have not seen.

    Parameters
    ----------
    data : Dataset
        What to train on.
    unseen : Dataset
        What to recognise.
    sizes, activation, initialisation, rate, epochs, dtype
        As for `trained`.

    Returns
    -------
    array (seeds,)
        Which share of the unseen samples each network recognises.
    """
    network, _ = trained(data, sizes, activation, initialisation, rate, epochs, dtype)
    return network.accuracy(unseen.inputs, unseen.targets)


def dead_units(network, inputs):
    """Return which hidden units fire on no sample.

    Parameters
    ----------
    network : Network
        One or many.
    inputs : array (samples, features)
        What is sent through it.

    Returns
    -------
    list of arrays of bool, each of shape ([runs,] units)
        A hidden layer each. A unit whose weighted sums are no numbers is not dead: its network has diverged.
    """
    return [(z <= 0).all(axis=-2) for z in network.forward(inputs).z[:-1]]


def deep_network(activation, initialisation):
    """Return ten untrained networks of 20 layers: 64 inputs, 19 hidden layers of 64 units, 10 outputs.

    Parameters
    ----------
    activation, initialisation
        Those of a `Network`.

    Returns
    -------
    Network
        From the seeds `SEEDS`, in 64-bit arithmetic: their gradients may be tiny.
    """
    return Network([64] * 20 + [10], activation, initialisation=initialisation, seed=SEEDS, dtype=np.float64)


def gradient_lengths(data, activation, initialisation):
    """Send the first sample through deep networks and back, and measure how much gradient arrives in each layer.

    Parameters
    ----------
    data : Dataset
        Of 64 features and 10 classes.
    activation, initialisation
        As for `deep_network`.

    Returns
    -------
    array (20, seeds)
        The length of dloss/dz of each layer, which for a single sample is the gradient of the layer's biases.
    """
    gradient = deep_network(activation, initialisation).forward(data.inputs[:1]).backward(data.targets[:1])
    return np.stack([np.linalg.norm(bias, axis=-1) for bias in gradient.biases])


def signal_sizes(data, activation, initialisation):
    """Send 200 samples through deep networks, and measure how large the activations of each hidden layer are.

    Parameters
    ----------
    data, activation, initialisation
        As for `gradient_lengths`.

    Returns
    -------
    array (19, seeds)
        Their root mean square.
    """
    hidden = deep_network(activation, initialisation).forward(data.inputs[:200]).a[:-1]
    return np.stack([np.sqrt(np.mean(a**2, axis=(-2, -1))) for a in hidden])


def dead_at_rates(inputs, labels, rates, epochs=5):
    """Train networks with one hidden layer of 64 ReLU units at several rates, and count the units that are dead then.

    Parameters
    ----------
    inputs : array (samples, features)
        What to train on.
    labels : array of int (samples,)
        One of ten classes each.
    rates : sequence of float
        The learning rates; each has ten networks, from the seeds `SEEDS`.
    epochs : int
        How many times to go through all samples.

    Returns
    -------
    array (rates, seeds)
        Their share of the layer; nan where the loss is no finite number any more.
    """
    shares = []
    for rate in rates:
        network = Network([inputs.shape[1], 64, 10], "relu", seed=SEEDS, dtype=np.float64)
        loss = train(network, inputs, labels, rate, epochs, seed=SEEDS).loss[-1]
        shares.append(np.where(np.isfinite(loss), dead_units(network, inputs)[0].mean(axis=-1), np.nan))
    return np.stack(shares)


def best_line(points, classes):
    """Return which share of the points a straight line tells apart at best.

    Lines of 360 directions are tried, each in every place between two neighbouring points.

    Parameters
    ----------
    points : array (samples, 2)
        In the plane.
    classes : array of int (samples,)
        0 or 1.

    Returns
    -------
    float
        From 1/2 to 1.
    """
    most = 0
    for angle in np.pi * np.arange(360) / 180:  # both sides of a line are tried as the side of class 1
        order = np.argsort(points @ [np.cos(angle), np.sin(angle)])
        below = np.cumsum(classes[order])  # points of class 1 up to the line
        beyond = np.cumsum(1 - classes[order][::-1])[::-1] - (1 - classes[order])  # of class 0 after it
        most = max(most, (below + beyond).max())
    return most / len(points)


def first_epoch_above(curves, level):
    """Return in which epoch each run is above a level for the first time.

    Parameters
    ----------
    curves : array (epochs, runs)
        What was measured after each epoch.
    level : float
        In the same unit.

    Returns
    -------
    array (runs,)
        From 1 on; infinite if it never is.
    """
    above = curves > level
    return np.where(above.any(axis=0), above.argmax(axis=0) + 1.0, np.inf)


@functools.cache
def standardised_digits():
    """Return the digits, standardised: read and scaled only once."""
    return digits().standardise()


def centred_pairs(seed=0):
    """Return pairs of inputs around 0.

    Parameters
    ----------
    seed : int
        One seed, one draw.

    Returns
    -------
    array (SAMPLES, 2)
        Each column has a mean of exactly 0.
    """
    pairs = np.random.default_rng(seed).uniform(-0.5, 0.5, (SAMPLES, 2))
    return pairs - pairs.mean(axis=0)


def walk(inputs, learning_rate, steps, batch_size=1):
    """Train one unit of two weights, batch by batch, towards the weights `GOAL`.

    The unit computes z = w . x, its loss is the squared error (z - y)^2, and its targets y = GOAL . x have no noise.

    Parameters
    ----------
    inputs : array (samples, 2)
        Taken in order, again and again.
    learning_rate : float
        The factor of each step.
    steps : int
        How many steps to take.
    batch_size : int
        The gradient is the mean over as many samples.

    Returns
    -------
    array (steps + 1, 2)
        The weights after each step, from (0, 0).
    """
    path = np.zeros((steps + 1, 2))
    targets = inputs @ GOAL
    with np.errstate(over="ignore", invalid="ignore"):  # of a walk that diverges
        for step in range(steps):
            batch = np.arange(step * batch_size, (step + 1) * batch_size) % len(inputs)
            x, w = inputs[batch], path[step]
            error = x @ w - targets[batch]
            path[step + 1] = w - learning_rate * 2 * error @ x / batch_size
    return path


def equal_signs(path):
    """Return in which share of its steps a walk moves both weights up, or both down.

    Parameters
    ----------
    path : array (steps + 1, 2)
        As `walk` returns it.

    Returns
    -------
    float
        From 0 to 1.
    """
    moves = np.diff(path, axis=0)
    return np.mean(moves[:, 0] * moves[:, 1] > 0)


def closest_end(inputs, rates, steps):
    """Return how far from the goal a walk ends that may choose its learning rate.

    Parameters
    ----------
    inputs : array (samples, 2)
        As for `walk`.
    rates : array_like of float
        What it may choose from.
    steps : int
        As for `walk`.

    Returns
    -------
    float
        The smallest distance.
    """
    return min(np.linalg.norm(walk(inputs, rate, steps)[-1] - GOAL) for rate in rates)


def curvature_matrix(inputs):
    """Return the curvature of the mean squared error of a unit with two weights and no bias.

    Parameters
    ----------
    inputs : array (samples, 2)
        As for `walk`.

    Returns
    -------
    array (2, 2)
        The second derivatives with respect to the weights.
    """
    return 2 * inputs.T @ inputs / len(inputs)


@dataclass(frozen=True, eq=False)
class Firing:
    """How often the hidden units of a network fire.

    Parameters
    ----------
    accuracy : float
        Share of the samples that the network reads correctly.
    shares : list of numpy.ndarray, each of shape (units,)
        On which share of the samples each unit fires, a hidden layer each.
    finite : bool
        Whether all weighted sums are finite numbers; if not, nothing is known of the units.
    """

    accuracy: float
    shares: list
    finite: bool

    @property
    def dead(self):
        """Which units fire on no sample: a list of arrays of bool."""
        return [share == 0 for share in self.shares]


def firing(network, data):
    """Send samples through a network, and note how often each hidden unit fires.

    Parameters
    ----------
    network : Network
        A single one.
    data : Dataset
        With class labels.

    Returns
    -------
    Firing
        Of these samples.
    """
    sums = network.forward(data.inputs).z[:-1]
    return Firing(
        accuracy=network.accuracy(data.inputs, data.targets),
        shares=[(z > 0).mean(axis=0) for z in sums],
        finite=all(np.isfinite(z).all() for z in sums),
    )


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
