"""Learning-rate schedules: how large the step is, as a function of which step it is.

Far from the optimum large steps save time; close to it, with noisy gradients, small ones give precision.
A schedule gives both. Each one here is a pure function of the step t = 0, 1, 2, ...: asked twice for the
same step it gives the same rate, so it can be plotted, then trained with, then plotted again.

    >>> schedule = exponential_decay(0.2, decay_rate=0.99, decay_steps=1)
    >>> schedule(0), schedule(1)
    (0.2, 0.198)
"""

from collections.abc import Callable
from dataclasses import dataclass
from numbers import Integral, Real

import numpy as np

from helpers._checks import check_real, float_array, what_is


@dataclass(frozen=True, eq=False)
class Schedule:
    """A learning rate as a function of the step; the functions of this module make them.

    Parameters
    ----------
    name : str
        Name of the family, a key of `SCHEDULES`.
    formula : str
        The rate at step t, in LaTeX without dollar signs.
    parameters : dict
        What the schedule was made from, by name.
    rule : callable
        The formula in Python, for a number and for an array of steps alike.
    """

    name: str
    formula: str
    parameters: dict
    rule: Callable

    def __call__(self, step):
        """Return the learning rate at `step`.

        Parameters
        ----------
        step : number or array_like
            Steps counted from 0; fractions are allowed, for smooth curves.

        Returns
        -------
        float or ndarray of float64
            One rate for each step.
        """
        # A plain count, the usual case in a training loop, needs no further check.
        rate = self.rule(step if type(step) is int and step >= 0 else _checked(step))
        return rate if isinstance(rate, np.ndarray) else float(rate)

    def __repr__(self):
        return f"{self.name}({', '.join(f'{name}={value!r}' for name, value in self.parameters.items())})"


def _checked(step):
    """Return `step` as a Python number or an array of float64, all finite and at least 0."""
    if isinstance(step, Real):
        return _number(step, "step", at_least=0)
    steps = float_array(step, "step").astype(np.float64, copy=False)
    if not (np.isfinite(steps) & (steps >= 0)).all():
        raise ValueError(f"steps must be finite numbers of at least 0, got {what_is(step)} from {steps.min()}")
    return steps


def _number(value, name, **limits):
    """Return `value`, checked, as a Python number: NumPy's float32 would lower the precision of the rates."""
    value = check_real(value, name, **limits)
    return int(value) if isinstance(value, Integral) else float(value)


def constant(learning_rate):
    """Keep one rate for ever.

    Parameters
    ----------
    learning_rate : float
        The rate, at least 0.

    Returns
    -------
    Schedule
    """
    learning_rate = _number(learning_rate, "learning_rate", at_least=0)
    # Adding 0 * step gives the answer the shape of the question.
    return Schedule("constant", r"\eta", {"learning_rate": learning_rate}, lambda step: learning_rate + 0 * step)


def exponential_decay(initial_learning_rate, decay_rate, decay_steps, staircase=False):
    r"""Multiply the rate by `decay_rate` once every `decay_steps` steps.

    .. math:: \eta(t) = \eta_0 \, r^{t / T}

    Parameters
    ----------
    initial_learning_rate : float
        The rate :math:`\eta_0` at step 0, at least 0.
    decay_rate : float
        The factor r, above 0 and at most 1.
    decay_steps : float
        The number T of steps that one factor takes, above 0.
    staircase : bool
        Whether to apply whole factors only, rounding t / T down; otherwise the rate shrinks a little at every
        step. With one step a factor the two are the same.

    Returns
    -------
    Schedule
    """
    initial_learning_rate = _number(initial_learning_rate, "initial_learning_rate", at_least=0)
    decay_rate = _number(decay_rate, "decay_rate", above=0, at_most=1)
    decay_steps = _number(decay_steps, "decay_steps", above=0)

    def rule(step):
        factors = step // decay_steps if staircase else step / decay_steps
        return initial_learning_rate * decay_rate**factors

    return Schedule(
        "exponential_decay",
        r"\eta_0 \, r^{\lfloor t / T \rfloor}" if staircase else r"\eta_0 \, r^{t / T}",
        {
            "initial_learning_rate": initial_learning_rate,
            "decay_rate": decay_rate,
            "decay_steps": decay_steps,
            "staircase": staircase,
        },
        rule,
    )


def step_decay(initial_learning_rate, drop, every):
    r"""Drop the rate to a fraction of itself at regular intervals: the staircase of `exponential_decay`.

    .. math:: \eta(t) = \eta_0 \, d^{\lfloor t / T \rfloor}

    Parameters
    ----------
    initial_learning_rate : float
        The rate :math:`\eta_0` of the first interval, at least 0.
    drop : float
        The fraction d that each drop leaves, above 0 and at most 1; 0.1 and 0.5 are usual.
    every : float
        The number T of steps between two drops, above 0.

    Returns
    -------
    Schedule
    """
    initial_learning_rate = _number(initial_learning_rate, "initial_learning_rate", at_least=0)
    drop = _number(drop, "drop", above=0, at_most=1)
    every = _number(every, "every", above=0)
    return Schedule(
        "step_decay",
        r"\eta_0 \, d^{\lfloor t / T \rfloor}",
        {"initial_learning_rate": initial_learning_rate, "drop": drop, "every": every},
        lambda step: initial_learning_rate * drop ** (step // every),
    )


def inverse_time_decay(initial_learning_rate, decay_rate, decay_steps, staircase=False):
    r"""Let the rate fall like 1 / t: fast at first, then ever more slowly.

    .. math:: \eta(t) = \frac{\eta_0}{1 + r \, t / T}

    The rates still add up to infinity while their squares do not: with these two properties even noisy
    gradients lead to the optimum [1]_.

    Parameters
    ----------
    initial_learning_rate : float
        The rate :math:`\eta_0` at step 0, at least 0.
    decay_rate : float
        The number r that the denominator grows by every `decay_steps` steps, above 0.
    decay_steps : float
        The number T of steps, above 0.
    staircase : bool
        Whether to round t / T down.

    Returns
    -------
    Schedule

    References
    ----------
    .. [1] H. Robbins and S. Monro, "A stochastic approximation method", Annals of Mathematical Statistics 22,
       1951.
    """
    initial_learning_rate = _number(initial_learning_rate, "initial_learning_rate", at_least=0)
    decay_rate = _number(decay_rate, "decay_rate", above=0)
    decay_steps = _number(decay_steps, "decay_steps", above=0)

    def rule(step):
        periods = step // decay_steps if staircase else step / decay_steps
        return initial_learning_rate / (1 + decay_rate * periods)

    return Schedule(
        "inverse_time_decay",
        r"\frac{\eta_0}{1 + r \lfloor t / T \rfloor}" if staircase else r"\frac{\eta_0}{1 + r \, t / T}",
        {
            "initial_learning_rate": initial_learning_rate,
            "decay_rate": decay_rate,
            "decay_steps": decay_steps,
            "staircase": staircase,
        },
        rule,
    )


def cosine_decay(initial_learning_rate, decay_steps, final_fraction=0.0):
    r"""Follow half a wave of the cosine down, then stay there.

    .. math:: \eta(t) = \eta_0 \left(f + (1 - f) \, \frac{1 + \cos(\pi \min(t / T, 1))}{2}\right)

    Parameters
    ----------
    initial_learning_rate : float
        The rate :math:`\eta_0` at step 0, at least 0.
    decay_steps : float
        The number T of steps down, above 0.
    final_fraction : float
        The fraction f of the initial rate that is left at the end, between 0 and 1.

    Returns
    -------
    Schedule

    References
    ----------
    .. [1] I. Loshchilov and F. Hutter, "SGDR: Stochastic gradient descent with warm restarts", ICLR 2017.
    """
    initial_learning_rate = _number(initial_learning_rate, "initial_learning_rate", at_least=0)
    decay_steps = _number(decay_steps, "decay_steps", above=0)
    final_fraction = _number(final_fraction, "final_fraction", at_least=0, at_most=1)

    def rule(step):
        wave = (1 + np.cos(np.pi * np.minimum(step / decay_steps, 1))) / 2
        return initial_learning_rate * (final_fraction + (1 - final_fraction) * wave)

    return Schedule(
        "cosine_decay",
        r"\eta_0 \left(f + (1 - f) \, \frac{1 + \cos(\pi \min(t / T, 1))}{2}\right)",
        {
            "initial_learning_rate": initial_learning_rate,
            "decay_steps": decay_steps,
            "final_fraction": final_fraction,
        },
        rule,
    )


def linear_warmup(schedule, warmup_steps):
    r"""Start another schedule gently: its first rates are multiplied by 1/T, 2/T, 3/T and so on, up to 1.

    .. math:: \eta(t) = \min\left(\frac{t + 1}{T_w}, 1\right) \eta_{\mathrm{schedule}}(t)

    Step 0 already learns, and the other schedule's clock runs from step 0, too.

    Parameters
    ----------
    schedule : float or Schedule
        What to warm up to: a rate or a schedule.
    warmup_steps : float
        The number T of steps until its full rate, above 0.

    Returns
    -------
    Schedule

    References
    ----------
    .. [1] P. Goyal et al., "Accurate, large minibatch SGD: training ImageNet in 1 hour",
       arXiv:1706.02677, 2017.
    """
    schedule = as_schedule(schedule)
    warmup_steps = _number(warmup_steps, "warmup_steps", above=0)
    return Schedule(
        "linear_warmup",
        rf"\min\left(\frac{{t + 1}}{{T_w}}, 1\right) \cdot {schedule.formula}",
        {"schedule": schedule, "warmup_steps": warmup_steps},
        lambda step: np.minimum((step + 1) / warmup_steps, 1) * schedule.rule(step),
    )


def as_schedule(learning_rate):
    """Return a schedule for whatever stands for one.

    Parameters
    ----------
    learning_rate : float, Schedule or callable
        A number becomes a constant schedule, a function of the step a schedule of the function's name; a
        schedule is returned as it is.

    Returns
    -------
    Schedule

    Raises
    ------
    TypeError
        If it is none of these.
    """
    if isinstance(learning_rate, Schedule):
        return learning_rate
    if isinstance(learning_rate, Real):
        return constant(learning_rate)
    if callable(learning_rate):
        return Schedule(getattr(learning_rate, "__name__", "custom"), r"\eta(t)", {}, learning_rate)
    got = what_is(learning_rate)
    raise TypeError(f"learning_rate must be a number or a schedule (a function of the step), got {got}")


SCHEDULES = {
    factory.__name__: factory
    for factory in (
        constant,
        exponential_decay,
        step_decay,
        inverse_time_decay,
        cosine_decay,
        linear_warmup,
    )
}
