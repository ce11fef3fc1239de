"""Gradient descent, the update rule behind all of deep learning, on any function with a gradient.

    w(t+1) = w(t) - learning_rate(t) * dloss/dw at w(t)

The gradient points uphill, so a step against it leads down, if the step is not too long. `gradient_descent`
walks and keeps a record of the whole path, for tables and pictures.

References
----------
A. Cauchy, "Méthode générale pour la résolution des systèmes d'équations simultanées", Comptes rendus 25, 1847.
"""

from dataclasses import dataclass

import numpy as np

from helpers._checks import check_integer, float_array, what_is
from helpers.schedules import as_schedule


@dataclass(frozen=True, eq=False)
class Descent:
    """The record of a descent of n steps.

    Parameters
    ----------
    parameters : ndarray, shape (n + 1, *shape of the start)
        Where it went: the start first, then the parameters after each step.
    losses : ndarray, shape (n,)
        The loss before each step, so ``losses[t]`` belongs to ``parameters[t]``.
    learning_rates : ndarray of float64, shape (n,)
        The rate of each step.
    """

    parameters: np.ndarray
    losses: np.ndarray
    learning_rates: np.ndarray


def gradient_descent(loss, gradient, start, learning_rate, steps):
    """Walk against the gradient and record the path.

    All arithmetic happens in the floating-point type of `start`. A walk that diverges goes on through inf and
    nan to its last step, without an error or a warning: that is a result, too.

    Parameters
    ----------
    loss : callable
        Takes the parameters, returns one number.
    gradient : callable
        Takes the parameters, returns an array of their shape.
    start : float or array_like
        The parameters to start from; whole numbers become float64.
    learning_rate : float or Schedule
        A constant rate, or one for each step.
    steps : int
        The number of steps, at least 0.

    Returns
    -------
    Descent
        The path, the losses and the rates; parameters and losses in the units of the arguments.

    Raises
    ------
    TypeError
        If `loss` or `gradient` is no function or returns no real numbers, or another argument is of another type.
    ValueError
        If `loss` or `gradient` returns something of another shape, or another argument is out of range.

    Examples
    --------
    >>> path = gradient_descent(lambda w: (w + 1) ** 2, lambda w: 2 * (w + 1), 5.0, 0.25, steps=3)
    >>> path.parameters
    array([ 5.  ,  2.  ,  0.5 , -0.25])
    """
    for name, function in (("loss", loss), ("gradient", gradient)):
        if not callable(function):
            raise TypeError(f"{name} must be a function of the parameters, got {what_is(function)}")
    start = float_array(start, "start", may_be_empty=False)
    schedule = as_schedule(learning_rate)
    steps = check_integer(steps, "steps", at_least=0)

    parameters = np.empty((steps + 1, *start.shape), start.dtype)
    losses = np.empty(steps, start.dtype)
    learning_rates = schedule.rates(range(steps))

    parameters[0] = start
    with np.errstate(over="ignore", invalid="ignore"):  # of a walk that diverges
        for step, rate in enumerate(learning_rates.astype(start.dtype)):
            w = parameters[step]
            value, slope = loss(w), gradient(w)
            if step == 0:
                _check_result(value, (), "loss")
                _check_result(slope, start.shape, "gradient")
            losses[step] = value
            parameters[step + 1] = w - rate * slope
    return Descent(parameters, losses, learning_rates)


def _check_result(value, shape, name):
    """Check what the loss or the gradient returned at the first step; a forgotten return is None."""
    if float_array(value, f"what {name} returns").shape != shape:
        raise ValueError(f"{name} must return a value of shape {shape}, got {what_is(value)}")
