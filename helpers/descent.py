r"""Gradient descent, the update rule behind all of deep learning, on any function with a gradient.

    w(t+1) = w(t) - learning_rate(t) * d(t),        d(t) = g(t) = dloss/dw at w(t)

The gradient g points uphill, so a step against it leads down, if the step is not too long. `gradient_descent`
walks and keeps a record of the whole path, for tables and pictures.

Other rules keep a memory of earlier gradients and go in another direction d. With all memories 0 before t = 1:

    momentum [1]_:  v(t) = beta v(t-1) + g(t),                        d(t) = v(t)

    Adam [2]_:      m(t) = beta_1 m(t-1) + (1 - beta_1) g(t),         s(t) = beta_2 s(t-1) + (1 - beta_2) g(t)^2,
                    d(t) = m(t)/(1 - beta_1^t) / (sqrt(s(t)/(1 - beta_2^t)) + epsilon)

References
----------
A. Cauchy, "Méthode générale pour la résolution des systèmes d'équations simultanées", Comptes rendus 25, 1847.

.. [1] B. Polyak, "Some methods of speeding up the convergence of iteration methods", USSR Computational Mathematics
   and Mathematical Physics 4, 1964.
.. [2] D. Kingma, J. Ba, "Adam: A method for stochastic optimization", ICLR 2015.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from helpers._checks import check_integer, check_real, float_array, what_is
from helpers.language import _
from helpers.schedules import as_schedule


@dataclass(frozen=True, eq=False)
class Rule:
    """A way to turn gradients into directions; `plain`, `momentum` and `adam` make them.

    Parameters
    ----------
    name : str
        "plain", "momentum" or "adam".
    memory : tuple
        What it remembers before the first step: numbers, which become arrays of the parameters' shape.
    direction : callable
        Called with the gradient, the memory, and the number of the step, counted from 1. Returns the direction d,
        against which the parameters go, and the new memory.
    """

    name: str
    memory: tuple
    direction: Callable


def plain():
    """Follow the gradient as it is: d = g.

    Returns
    -------
    Rule
        Without a memory.
    """
    return Rule("plain", (), lambda g, memory, t: (g, memory))


def momentum(beta=0.9):
    """Follow a sum of all gradients in which older ones fade: v <- beta v + g, d = v.

    Parameters
    ----------
    beta : float
        How much of v a step keeps: at least 0 (the plain rule), below 1.

    Returns
    -------
    Rule
        Where the gradient stays the same, d grows towards g / (1 - beta).

    Raises
    ------
    TypeError, ValueError
        If `beta` is not a number in its range.
    """
    beta = _share_kept(beta, "beta")

    def direction(g, memory, t):
        (v,) = memory
        v = beta * v + g
        return v, (v,)

    return Rule("momentum", (0.0,), direction)


def adam(beta_1=0.9, beta_2=0.999, epsilon=1e-8):
    """Follow a mean of the gradients, divided for each parameter by the usual size of its gradient.

    Parameters
    ----------
    beta_1, beta_2 : float
        How much of the mean m of gradients, and of the mean s of their squares, a step keeps: at least 0, below 1.
    epsilon : float
        Keeps the division from a division by 0, above 0; in units of the gradient.

    Returns
    -------
    Rule
        The first direction has the size 1 in each parameter, whatever the size of the gradient.

    Raises
    ------
    TypeError, ValueError
        If one of these is not a number in its range.
    """
    beta_1 = _share_kept(beta_1, "beta_1")
    beta_2 = _share_kept(beta_2, "beta_2")
    epsilon = check_real(epsilon, "epsilon", above=0)

    def direction(g, memory, t):
        m, s = memory
        m = beta_1 * m + (1 - beta_1) * g
        s = beta_2 * s + (1 - beta_2) * g**2
        # Both means began at 0, which the division makes good: at t = 1 they are g and g^2.
        mean, square = m / (1 - beta_1**t), s / (1 - beta_2**t)
        return mean / (np.sqrt(square) + epsilon), (m, s)

    return Rule("adam", (0.0, 0.0), direction)


def _share_kept(beta, name):
    """Return the share of a memory that a step keeps, checked; with all of it, the memory would never fade."""
    if check_real(beta, name, at_least=0, at_most=1) == 1:
        raise ValueError(_("{name} must be below 1, got {beta!r}", name=name, beta=beta))
    return beta


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


def gradient_descent(loss, gradient, start, learning_rate, steps, rule=None):
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
    rule : Rule, optional
        The direction of each step; without one it is the gradient itself, as with `plain`.

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
            raise TypeError(
                _("{name} must be a function of the parameters, got {got}", name=name, got=what_is(function))
            )
    start = float_array(start, "start", may_be_empty=False)
    schedule = as_schedule(learning_rate)
    steps = check_integer(steps, "steps", at_least=0)
    rule = plain() if rule is None else rule
    if not isinstance(rule, Rule):
        raise TypeError(_("rule must be a Rule such as momentum(), got {got}", got=what_is(rule)))

    parameters = np.empty((steps + 1, *start.shape), start.dtype)
    losses = np.empty(steps, start.dtype)
    learning_rates = schedule.rates(range(steps))

    parameters[0], memory = start, rule.memory
    with np.errstate(over="ignore", invalid="ignore"):  # of a walk that diverges
        for step, rate in enumerate(learning_rates.astype(start.dtype)):
            w = parameters[step]
            value, slope = loss(w), gradient(w)
            if step == 0:
                _check_result(value, (), "loss")
                _check_result(slope, start.shape, "gradient")
            losses[step] = value
            # The slope may be of a wider type than the start, and must not widen the memory.
            direction, memory = rule.direction(np.asarray(slope, start.dtype), memory, step + 1)
            parameters[step + 1] = w - rate * direction
    return Descent(parameters, losses, learning_rates)


def _check_result(value, shape, name):
    """Check what the loss or the gradient returned at the first step; a forgotten return is None."""
    if float_array(value, _("what {name} returns", name=name)).shape != shape:
        raise ValueError(
            _("{name} must return a value of shape {shape}, got {got}", name=name, shape=shape, got=what_is(value))
        )
