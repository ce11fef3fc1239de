"""Chapter 4: the surprise of a guess, a hundred steps from a confident mistake, and the best guess of a wait."""

import numpy as np

from helpers.losses import asymmetric_loss, cross_entropy, mean_squared_error


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
    "cross-entropy": lambda z: probability_of_right(z) - 1,
    "squared error": lambda z: -2 * (1 - probability_of_right(z)) ** 2 * probability_of_right(z),
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
