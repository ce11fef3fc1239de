"""Chapter 4: surprise, confident mistakes, best guesses, noise and the loss that suits it, digits with two losses."""

import numpy as np

from helpers.datasets import digits
from helpers.language import N_
from helpers.losses import asymmetric_loss, cross_entropy, huber_loss, mean_squared_error, one_hot, softmax
from helpers.network import Network
from helpers.training import train


def surprise(p, unit=1.0):
    """Return how surprising it is when something of probability p happens, -ln(p) / unit; a unit of 1 means nats."""
    return -np.log(p) / unit


def mean_surprise(guess, truth, unit=1.0):
    """Return the cross-entropy of guessed probabilities of rain.

    Parameters
    ----------
    guess : array_like
        Probabilities, above 0 and below 1 where both may happen.
    truth : float
        The share of rainy days.
    unit : float
        Of surprise, in nats.

    Returns
    -------
    numpy.ndarray
        In the shape of `guess`.
    """
    guess = np.asarray(guess, dtype=float)
    guessed, true = np.stack([guess, 1 - guess], axis=-1), np.stack([truth, 1 - truth])
    return cross_entropy(guessed, np.broadcast_to(true, guessed.shape), reduction="none") / unit


STEPS = 100


def probability_of_right(logit):
    """Return the probability of the right class of two, without overflow.

    Parameters
    ----------
    logit : float or array
        The right class's logit minus the other's.

    Returns
    -------
    numpy.ndarray
        The sigmoid of the logit.
    """
    return 0.5 * (1 + np.tanh(np.asarray(logit) / 2))


#: Name of a loss -> its slope with respect to that logit.
SLOPES = {
    N_("cross-entropy"): lambda z: probability_of_right(z) - 1,
    N_("squared error"): lambda z: -2 * (1 - probability_of_right(z)) ** 2 * probability_of_right(z),
}


def logit_path(slope, start, learning_rate):
    """Follow a slope downhill for `STEPS` steps.

    Parameters
    ----------
    slope : function
        Of the logit, such as one of `SLOPES`.
    start : float
        The logit before the first step.
    learning_rate : float
        How far each step goes.

    Returns
    -------
    array (STEPS + 1,)
        The logit before and after each step.
    """
    logits = np.empty(STEPS + 1)
    logits[0] = start
    for step in range(STEPS):
        logits[step + 1] = logits[step] - learning_rate * slope(logits[step])
    return logits


#: Minutes that ten people waited.
WAITS = np.array([2.0, 3, 3, 4, 5, 6, 7, 8, 10, 12])
WAITS.flags.writeable = False


def best_guesses(waits, tau):
    """Return mean, median and tau-quantile of sorted waiting times: each makes one of `mean_losses` least."""
    return waits.mean(), np.median(waits), waits[int(np.ceil(tau * len(waits) - 1e-9)) - 1]


def mean_losses(guesses, waits, tau):
    """Return three mean losses of guesses over waiting times.

    Parameters
    ----------
    guesses : array_like
        In minutes.
    waits : numpy.ndarray of shape (people,)
        In minutes.
    tau : float
        The share of the people that the quantile is to cover.

    Returns
    -------
    list of numpy.ndarray
        Squared loss (in squared minutes), absolute loss and pinball loss, each in the shape of `guesses`.
    """
    p, y = np.broadcast_arrays(np.asarray(guesses, dtype=float)[..., np.newaxis], waits)
    losses = mean_squared_error, asymmetric_loss.with_prices(1, 1), asymmetric_loss.with_prices(1 - tau, tau)
    return [loss(p, y, reduction="none").mean(axis=-1) for loss in losses]


def redrawn_fits(inputs, start, learning_rate, steps, redraws=10_000, seed=0):
    """Fit two weights, whose true values are 1, to many draws of noise: by least squares, and by steps that end early.

    Gradient descent shrinks the distance from the optimum by the same matrix at each step, I - learning_rate * C, where
    C holds the curvatures of the mean squared error. So no run has to be made step by step.

    Parameters
    ----------
    inputs : numpy.ndarray of shape (samples, 2)
        One row a sample.
    start : numpy.ndarray of shape (2,)
        The weights before the first step.
    learning_rate : float
        How far each step goes.
    steps : int
        How many there are.
    redraws : int
        How often the noise, uniform between -0.05 and 0.05, is drawn anew.
    seed : int
        Of the noise.

    Returns
    -------
    optima, unfinished : numpy.ndarray of shape (2, redraws)
        One column a draw: the weights of least squares, and those after the steps.
    """
    shrink = np.eye(2) - learning_rate * 2 * inputs.T @ inputs / len(inputs)
    remains = np.linalg.matrix_power(shrink, steps)
    noise = np.random.default_rng(seed).uniform(-0.05, 0.05, (len(inputs), redraws))
    optima = np.linalg.lstsq(inputs, inputs.sum(axis=1)[:, np.newaxis] + noise)[0]
    return optima, optima + remains @ (start[:, np.newaxis] - optima)


# -- maximum likelihood --------------------------------------------------------------------------------------------


def normal_surprise(error, spread=1.0):
    """Return -ln of the Gaussian density of an error, whose standard deviation is `spread`."""
    return 0.5 * (np.asarray(error) / spread) ** 2 + np.log(spread * np.sqrt(2 * np.pi))


def laplace_surprise(error, spread=1.0):
    """Return -ln of the Laplace density of an error, whose mean size is `spread`."""
    return abs(np.asarray(error)) / spread + np.log(2 * spread)


#: Name of a noise -> the surprise, in nats, at an error (of a density: it may be negative), given the noise's spread.
SURPRISES = {N_("Gaussian"): normal_surprise, N_("Laplace"): laplace_surprise}


def total_surprise(noise, measured, guesses, spread=1.0):
    """Return the surprise at all measurements of one value together, -ln of the likelihood of each guess.

    Parameters
    ----------
    noise : str
        A key of `SURPRISES`.
    measured : array_like of shape (measurements,)
        The value plus noise.
    guesses : array_like
        What the value may be.
    spread : float
        Of the noise.

    Returns
    -------
    numpy.ndarray
        In nats, in the shape of `guesses`.
    """
    errors = np.subtract.outer(np.asarray(guesses, dtype=float), measured)
    return SURPRISES[noise](errors, spread).sum(axis=-1)


#: Degrees that seven thermometers show in one room; the last one stands in the sun.
TEMPERATURES = np.array([18.6, 19.2, 19.7, 20.0, 20.4, 20.9, 23.2])
TEMPERATURES.flags.writeable = False


def _outliers(rng, shape):
    """Return Gaussian noise of which one value in ten is ten times as large."""
    return rng.normal(size=shape) * np.where(rng.random(shape) < 0.1, 10, 1)


#: Name of a noise -> function of a generator and a shape that draws it; all are centred on 0.
NOISES = {
    "Gaussian": lambda rng, shape: rng.normal(size=shape),
    "Laplace": lambda rng, shape: rng.laplace(size=shape),
    N_("outliers"): _outliers,
}


def huber_estimates(samples, delta=1.0):
    """Return the value with the least Huber loss of each row.

    The loss is convex, so its slope goes up with the value: halve an interval around the place where it is 0.

    Parameters
    ----------
    samples : numpy.ndarray of shape (rows, samples)
        What was measured.
    delta : float
        Of the loss.

    Returns
    -------
    numpy.ndarray of shape (rows,)
        To within a thousandth of a millionth of a row's range.
    """
    loss = huber_loss.with_delta(delta)
    low, high = samples.min(axis=1), samples.max(axis=1)
    for _ in range(30):
        middle = (low + high) / 2
        guess = np.broadcast_to(middle[:, np.newaxis], samples.shape)
        rises = loss.gradient(guess, samples, reduction="none").sum(axis=1) > 0
        low, high = np.where(rises, low, middle), np.where(rises, middle, high)
    return (low + high) / 2


def estimation_errors(noise, draws=4000, samples=25, delta=1.0, seed=0):
    """Measure a value that is 0 with noise, many times over, and estimate it by the minimum of three losses.

    Parameters
    ----------
    noise : str
        A key of `NOISES`.
    draws : int
        How many data sets there are.
    samples : int
        The measurements in each.
    delta : float
        Of the Huber loss.
    seed : int
        Of the noise.

    Returns
    -------
    dict of str -> numpy.ndarray of shape (draws,)
        By loss, "squared", "absolute" and "Huber": how far its estimate is from the truth in each data set.
    """
    measured = NOISES[noise](np.random.default_rng(seed), (draws, samples))
    estimates = {
        N_("squared"): measured.mean(axis=1),
        N_("absolute"): np.median(measured, axis=1),
        N_("Huber"): huber_estimates(measured, delta),
    }
    return {name: abs(estimate) for name, estimate in estimates.items()}


# -- digits --------------------------------------------------------------------------------------------------------


def digits_in_three(seed=0):
    """Return the digits in three parts, standardised: training, validation (to choose rates by) and test images."""
    rest, test = digits().split(0.8, seed=seed)
    training, validation = rest.split(0.75, seed=seed + 1)
    return training.standardise(validation, test)


def accuracies_by_rate(loss, output, rates, *, epochs=5, hidden=16, output_scale=1.0, seeds=10):
    """Train networks with one hidden layer of tanh units on digits, at several rates.

    Parameters
    ----------
    loss, output : str
        Names of the loss and of what bends the outputs.
    rates : sequence of float
        Constant learning rates.
    epochs, hidden : int
        How long they train, and the units of the hidden layer.
    output_scale : float
        The initial weights of the last layer are multiplied by this.
    seeds : int
        How many networks there are at each rate.

    Returns
    -------
    dict of float -> numpy.ndarray of shape (2, seeds)
        By rate: the accuracies on the validation images and on the test images, from 0 to 1.
    """
    training, *others = digits_in_three()
    reached = {}
    for rate in rates:
        sizes, starts = [64, hidden, 10], range(seeds)
        network = Network(sizes, "tanh", loss, output_activation=output, seed=starts, dtype=np.float64)
        network.weights[-1] *= output_scale
        train(network, training.inputs, training.targets, rate, epochs=epochs, seed=starts)
        reached[rate] = np.array([network.accuracy(part.inputs, part.targets) for part in others])
    return reached


def at_best_rate(reached):
    """Return the rate with the best median on the validation images, and the test accuracies there, one a seed."""
    best = max(reached, key=lambda rate: np.median(reached[rate][0]))
    return best, reached[best][1]


def weights_after_softmax(steps, *, twice, rate=2.0, starts=10, seed=0):
    """Descend with layers from 64 pixels to 10 classes on all training digits, with softmax once or twice.

    Parameters
    ----------
    steps : int
        How many steps on all images at once.
    twice : bool
        Whether softmax is applied a second time, by mistake.
    rate : float
        The learning rate.
    starts : int
        How many layers there are.
    seed : int
        Of their initial weights.

    Returns
    -------
    numpy.ndarray of shape (starts, 64, 10)
        The weights.
    """
    images = digits_in_three()[0]
    truth = one_hot(images.targets, 10)
    w = np.random.default_rng(seed).normal(0, 0.05, (starts, 64, 10))
    for _ in range(steps):
        p = softmax(images.inputs @ w)
        slope = softmax(p) - truth if twice else p - truth
        if twice:  # the chain rule, back through the first softmax
            slope = p * (slope - (p * slope).sum(axis=-1, keepdims=True))
        w -= rate * images.inputs.T @ slope / len(images)
    return w
