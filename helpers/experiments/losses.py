"""Chapter 4: two classes, one logit, and how far each loss takes a confident mistake in a hundred steps."""

import numpy as np

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
