"""Chapter 2: an exact bowl, the edge of training with mini-batches, the range test, other rules on digits."""

import functools
from typing import NamedTuple

import numpy as np

from helpers.datasets import digits
from helpers.descent import gradient_descent
from helpers.network import silently


def down_the_bowl(learning_rate, steps, start=5.0):
    """Walk down the bowl (w + 1)^2 by gradient descent.

    Parameters
    ----------
    learning_rate : float or Schedule
        A constant rate, or one for each step.
    steps : int
        How many.
    start : float
        The first w.

    Returns
    -------
    helpers.descent.Descent
        The path.
    """
    return gradient_descent(lambda w: (w + 1) ** 2, lambda w: 2 * (w + 1), start, learning_rate, steps)


class Bowl(NamedTuple):
    """A bowl with many parameters.

    Parameters
    ----------
    lowest_loss : float
        The loss at its lowest point.
    largest_curvature : float
        The curvature along its steepest direction; plain gradient descent converges for rates below 2 divided by it.
    """

    lowest_loss: float
    largest_curvature: float


def exact_bowl(inputs, targets):
    """Return the bowl that the mean squared error of a single layer without an activation is.

    The lowest point is that of least squares. The curvatures along the axes of the bowl are the eigenvalues of the
    second derivatives of the loss, which are the same for each output.

    Parameters
    ----------
    inputs : array_like of shape (samples, features)
        One row a sample.
    targets : array_like of shape (samples, outputs)
        What each output should be.

    Returns
    -------
    Bowl
        Its lowest loss and its largest curvature.
    """
    with_bias = np.column_stack([inputs, np.ones(len(inputs))])  # a bias is the weight of an input that is always 1
    targets = np.asarray(targets)
    weights = np.linalg.lstsq(with_bias, targets, rcond=None)[0]
    second_derivatives = 2 * with_bias.T @ with_bias / targets.size
    return Bowl(
        lowest_loss=float(np.mean((with_bias @ weights - targets) ** 2)),
        largest_curvature=float(np.linalg.eigvalsh(second_derivatives).max()),
    )


#: The batch sizes and the number of epochs of `edge_curve`.
EDGE_SIZES, EDGE_EPOCHS = (8, 16, 32, 64, 128, 256), 20


@silently
def edge_of_batches(inputs, target, rates, batch_size, epochs, seed=0):
    """Return up to which learning rate a linear model on mini-batches does not run away.

    The loss is the mean squared error of ten outputs, one of them computed: all have the same curvatures. Every rate
    has its own weights, one column each, and all rates meet the same batches:

        w <- w - rate * 2 / (10 batch_size) * X^T (X w - y)

    Parameters
    ----------
    inputs : array_like of shape (samples, features)
        One row a sample.
    target : array_like of shape (samples,)
        What the one output should be.
    rates : array_like of shape (rates,)
        The rates to try, rising.
    batch_size : int
        The samples in a batch.
    epochs : int
        How often to go through all samples.
    seed : int
        Decides the order of the samples.

    Returns
    -------
    float
        The last rate before the first one that ends with a larger loss than it began with; nan if the first one does.
    """
    x, y = np.column_stack([inputs, np.ones(len(inputs))]), np.asarray(target, float)[:, np.newaxis]
    rates, rng = np.asarray(rates), np.random.default_rng(seed)
    w = np.zeros((x.shape[1], len(rates)))
    for _ in range(epochs):
        order = rng.permutation(len(x))
        for start in range(0, len(x), batch_size):
            batch = order[start : start + batch_size]
            error = x[batch] @ w - y[batch]
            w -= rates * (2 / (10 * len(batch))) * (x[batch].T @ error)
    worse = ~(np.mean((x @ w - y) ** 2, axis=0) <= np.mean(y**2))  # nan is worse, too
    first = worse.argmax() if worse.any() else len(rates)
    return float(rates[first - 1]) if first else float("nan")


def without_largest(data, left_out):
    """Return samples without those of the largest sum of squared inputs.

    Parameters
    ----------
    data : helpers.datasets.Dataset
        The samples.
    left_out : int
        How many to leave out.

    Returns
    -------
    inputs, targets : numpy.ndarray
        Those of all other samples, in their order.
    """
    order = np.argsort((data.inputs**2).sum(axis=1), kind="stable")
    kept = np.sort(order[: len(order) - left_out])
    return data.inputs[kept], data.targets[kept]


@functools.cache
def edge_curve(left_out=0):
    """Return the edge of training on the standardised digits for each batch size of `EDGE_SIZES`, after 20 epochs.

    Parameters
    ----------
    left_out : int
        How many images to leave out: those of the largest sum of squared pixels.

    Returns
    -------
    tuple of float
        The edges, to within 10 %.
    """
    inputs, targets = without_largest(digits().standardise(), left_out)
    # From far below the edge to far beyond, in steps of 10 %.
    trials = 0.003 * 1.1 ** np.arange(18)
    edges = (edge_of_batches(inputs, targets == 0, size * trials, size, EDGE_EPOCHS) for size in EDGE_SIZES)
    return tuple(edges)


def range_test(network, inputs, targets, rates, batch_size=32, seed=0):
    """Train with another rate at each step, and return the loss before each: the learning-rate range test.

    Parameters
    ----------
    network : helpers.network.Network
        What to train, in place.
    inputs, targets : array_like
        As for `helpers.training.train`.
    rates : array_like of shape (steps,)
        The rate of each step, usually rising by the same factor.
    batch_size : int
        The samples that a step sees.
    seed : int
        Decides the order of the samples.

    Returns
    -------
    numpy.ndarray of shape (steps,) or (steps, runs)
        The loss of each step's batch before the step.
    """
    rng, losses, order = np.random.default_rng(seed), [], np.array([], int)
    for rate in rates:
        if len(order) < batch_size:
            order = rng.permutation(len(inputs))
        batch, order = order[:batch_size], order[batch_size:]
        losses.append(network.loss_value(inputs[batch], targets[batch]))
        network.step(network.forward(inputs[batch]).backward(targets[batch]), rate)
    return np.array(losses)


@silently
def train_by_rule(network, inputs, targets, rule, rates, epochs, batch_size=32, seed=0):
    """Train networks side by side, each at its own rate, by any rule of `helpers.descent`.

    Parameters
    ----------
    network : helpers.network.Network
        Many networks, in place; they meet the same batches.
    inputs, targets : array_like
        As for `helpers.training.train`.
    rule : helpers.descent.Rule
        What turns gradients into directions.
    rates : array_like of shape (runs,)
        The learning rate of each network.
    epochs : int
        How often to go through all samples.
    batch_size : int
        The samples that a step sees.
    seed : int
        Decides the order of the samples.

    Returns
    -------
    numpy.ndarray of shape (epochs, runs)
        The loss of all samples after each epoch.
    """
    parameters = network.weights + network.biases
    memories = [rule.memory] * len(parameters)
    rates = np.asarray(rates, network.dtype)
    rng, losses, step = np.random.default_rng(seed), [], 0
    for _ in range(epochs):
        order = rng.permutation(len(inputs))
        for start in range(0, len(inputs), batch_size):
            batch, step = order[start : start + batch_size], step + 1
            gradient = network.forward(inputs[batch]).backward(targets[batch])
            for i, slopes in enumerate(gradient.weights + gradient.biases):
                direction, memories[i] = rule.direction(slopes, memories[i], step)
                parameters[i] -= rates.reshape(-1, *[1] * (slopes.ndim - 1)) * direction
        losses.append(network.loss_value(inputs, targets))
    return np.array(losses)


#: Where `cross_ravine` starts in each direction, and how near it must come to the lowest point.
RAVINE_START, RAVINE_GOAL = 4.0, 0.05


def cross_ravine(curvatures, rule, learning_rate, steps, turn=0.0):
    """Descend in a ravine, the loss (c_1 u_1^2 + c_2 u_2^2) / 2, from u = (4, 4), by any rule.

    Parameters
    ----------
    curvatures : tuple of two float
        Along the ravine and across it: c_1 and c_2.
    rule : helpers.descent.Rule
        What turns gradients into directions.
    learning_rate : float
        The rate of all steps.
    steps : int
        How many.
    turn : float
        The angle in degrees from the axes of the weights w to those of the ravine, u: at 0 they are the same.

    Returns
    -------
    path : numpy.ndarray of shape (steps + 1, 2)
        The start, and where each step led, in the weights w.
    needed : int or None
        After how many steps the path is within 0.05 of the lowest point and stays there; None if it is not at the end.
    """
    axes = ravine_axes(turn)
    second_derivatives = axes @ np.diag(np.array(curvatures, dtype=float)) @ axes.T
    path = gradient_descent(
        lambda w: w @ second_derivatives @ w / 2,
        lambda w: second_derivatives @ w,
        axes @ np.full(2, RAVINE_START),
        learning_rate,
        steps,
        rule,
    ).parameters
    near = distances_left(path) <= RAVINE_GOAL
    needed = steps + 1 - int((~near[::-1]).argmax()) if near[-1] else None
    return path, needed


def distances_left(path):
    """Return how far each point of a path (steps + 1, 2) is from the lowest point at 0; inf where it has run away."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.nan_to_num(np.hypot(*path.T), nan=np.inf)


def ravine_axes(turn):
    """Return the directions along and across a ravine that is turned by so many degrees, as columns (2, 2)."""
    cosine, sine = np.cos(np.radians(turn)), np.sin(np.radians(turn))
    return np.array([[cosine, -sine], [sine, cosine]])


def fastest_crossing(curvatures, rule, rates, steps=300, turn=0.0):
    """Return after how many steps a rule has crossed a ravine at its best rate, and that rate.

    Parameters
    ----------
    curvatures, rule, steps, turn : as for `cross_ravine`
        The ravine, the rule, and after how many steps to give up.
    rates : array_like of shape (rates,)
        The rates to try.

    Returns
    -------
    needed : int
        The fewest steps; one more than `steps` where no rate is enough.
    best : int
        Which of the rates it was.
    """
    needed = [cross_ravine(curvatures, rule, rate, steps, turn)[1] or steps + 1 for rate in rates]
    return min(needed), int(np.argmin(needed))
