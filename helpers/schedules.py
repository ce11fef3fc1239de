r"""Learning-rate schedules: how large the step is, as a function of which step it is.

Far from the optimum large steps save time; close to it, with noisy gradients, small ones give precision.
A schedule gives both. Each one here is a pure function of the step t = 0, 1, 2, ...: asked twice for the
same step it gives the same rate, so it can be plotted, then trained with, then plotted again.

    >>> schedule = exponential_decay(0.2, decay_rate=0.99, decay_steps=1)
    >>> schedule(0), schedule(1)
    (0.2, 0.198)

Each function below holds its formula twice, in LaTeX and in Python, side by side and with the same symbols.
Rates are in units of parameter per unit of its gradient; steps are counted, not measured in time.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from numbers import Integral, Real

import numpy as np

from helpers._checks import check_real, float_array, what_is
from helpers.language import _


@dataclass(frozen=True, eq=False)
class Schedule:
    """A learning rate as a function of the step; the functions of this module make them.

    Parameters
    ----------
    name : str
        Name of the family, a key of `SCHEDULES`.
    formula : str
        The rate at step t, in LaTeX without dollar signs.
    rule : callable
        The same in Python, for a number and for an array of steps alike. Ask the schedule, which checks the step.
    parameters : dict
        What the schedule was made from, by name.
    """

    name: str
    formula: str
    rule: Callable
    parameters: dict

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

        Raises
        ------
        TypeError
            If a step is not a real number.
        ValueError
            If a step is negative or not finite.
        """
        if isinstance(step, Real):
            return float(self.rule(_number(step, "step", at_least=0)))
        steps = float_array(step, "step").astype(np.float64, copy=False)
        if not (np.isfinite(steps) & (steps >= 0)).all():
            raise ValueError(
                _(
                    "steps must be finite numbers of at least 0, got {got} from {least}",
                    got=what_is(step),
                    least=steps.min(),
                )
            )
        rates = self.rule(steps)
        return rates if steps.ndim else float(rates)

    def rates(self, steps):
        """Return the learning rates of many steps in a row.

        Parameters
        ----------
        steps : range
            Steps counted from 0: ``range(40)`` for the first 40.

        Returns
        -------
        ndarray of float64, shape (steps,)
            Exactly the rates that the schedule gives one by one, in a fraction of the time.

        Raises
        ------
        TypeError
            If `steps` is no range.
        ValueError
            If a step is negative.
        """
        if not isinstance(steps, range):
            raise TypeError(_("steps must be a range such as range(40), got {got}", got=what_is(steps)))
        if steps and min(steps[0], steps[-1]) < 0:
            raise ValueError(_("steps must be at least 0, got {steps}", steps=steps))
        return np.fromiter(map(self.rule, steps), np.float64, len(steps))

    def __repr__(self):
        return f"{self.name}({', '.join(f'{name}={value!r}' for name, value in self.parameters.items())})"


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
        Its rate is the same at every step.

    Raises
    ------
    TypeError, ValueError
        If the rate is not a number in its range.
    """
    eta = _number(learning_rate, "learning_rate", at_least=0)
    # Adding 0 * t gives the answer the shape of the question.
    return Schedule("constant", r"\eta", lambda t: eta + 0 * t, {"learning_rate": eta})


def exponential_decay(initial_learning_rate, decay_rate, decay_steps, staircase=False):
    """Multiply the rate by `decay_rate` once every `decay_steps` steps.

    Parameters
    ----------
    initial_learning_rate : float
        The rate at step 0, at least 0.
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
        Its rate falls by the same factor every `decay_steps` steps.

    Raises
    ------
    TypeError, ValueError
        If one of these is not a number in its range, or `staircase` not a truth value.
    """
    eta_0 = _number(initial_learning_rate, "initial_learning_rate", at_least=0)
    r = _number(decay_rate, "decay_rate", above=0, at_most=1)
    T = _number(decay_steps, "decay_steps", above=0)
    if _truth(staircase, "staircase"):
        formula, rule = r"\eta_0 \, r^{\lfloor t / T \rfloor}", lambda t: eta_0 * r ** (t // T)
    else:
        formula, rule = r"\eta_0 \, r^{t / T}", lambda t: eta_0 * r ** (t / T)
    parameters = {"initial_learning_rate": eta_0, "decay_rate": r, "decay_steps": T, "staircase": staircase}
    return Schedule("exponential_decay", formula, rule, parameters)


def step_decay(initial_learning_rate, drop, every):
    """Drop the rate to a fraction of itself at regular intervals: the staircase of `exponential_decay`.

    Parameters
    ----------
    initial_learning_rate : float
        The rate of the first interval, at least 0.
    drop : float
        The fraction r that each drop leaves, above 0 and at most 1; 0.1 and 0.5 are usual.
    every : float
        The number T of steps between two drops, above 0.

    Returns
    -------
    Schedule
        Its rate stays the same between two drops.

    Raises
    ------
    TypeError, ValueError
        If one of these is not a number in its range.
    """
    r, T = _number(drop, "drop", above=0, at_most=1), _number(every, "every", above=0)
    staircase = exponential_decay(initial_learning_rate, r, T, staircase=True)
    eta_0 = staircase.parameters["initial_learning_rate"]
    return replace(staircase, name="step_decay", parameters={"initial_learning_rate": eta_0, "drop": r, "every": T})


def inverse_time_decay(initial_learning_rate, decay_rate, decay_steps, staircase=False):
    """Let the rate fall like 1 / t: fast at first, then ever more slowly.

    The rates still add up to infinity while their squares do not: with these two properties even noisy
    gradients lead to the optimum [1]_.

    Parameters
    ----------
    initial_learning_rate : float
        The rate at step 0, at least 0.
    decay_rate : float
        The number r that the denominator grows by every `decay_steps` steps, above 0.
    decay_steps : float
        The number T of steps, above 0.
    staircase : bool
        Whether to round t / T down.

    Returns
    -------
    Schedule
        Its rate is half the initial one once r t / T = 1, a third once it is 2, and so on.

    Raises
    ------
    TypeError, ValueError
        If one of these is not a number in its range, or `staircase` not a truth value.

    References
    ----------
    .. [1] H. Robbins and S. Monro, "A stochastic approximation method", Annals of Mathematical Statistics 22,
       1951.
    """
    eta_0 = _number(initial_learning_rate, "initial_learning_rate", at_least=0)
    r = _number(decay_rate, "decay_rate", above=0)
    T = _number(decay_steps, "decay_steps", above=0)
    if _truth(staircase, "staircase"):
        formula, rule = r"\frac{\eta_0}{1 + r \lfloor t / T \rfloor}", lambda t: eta_0 / (1 + r * (t // T))
    else:
        formula, rule = r"\frac{\eta_0}{1 + r \, t / T}", lambda t: eta_0 / (1 + r * (t / T))
    parameters = {"initial_learning_rate": eta_0, "decay_rate": r, "decay_steps": T, "staircase": staircase}
    return Schedule("inverse_time_decay", formula, rule, parameters)


def cosine_decay(initial_learning_rate, decay_steps, final_fraction=0.0):
    """Follow half a wave of the cosine down, then stay there [1]_.

    Parameters
    ----------
    initial_learning_rate : float
        The rate at step 0, at least 0.
    decay_steps : float
        The number T of steps down, above 0.
    final_fraction : float
        The fraction f of the initial rate that is left at the end, between 0 and 1.

    Returns
    -------
    Schedule
        Its rate falls slowly at first and at last, fastest half-way.

    Raises
    ------
    TypeError, ValueError
        If one of these is not a number in its range.

    References
    ----------
    .. [1] I. Loshchilov and F. Hutter, "SGDR: Stochastic gradient descent with warm restarts", ICLR 2017.
    """
    eta_0 = _number(initial_learning_rate, "initial_learning_rate", at_least=0)
    T = _number(decay_steps, "decay_steps", above=0)
    f = _number(final_fraction, "final_fraction", at_least=0, at_most=1)
    return Schedule(
        "cosine_decay",
        r"\eta_0 \left(f + (1 - f) \, \frac{1 + \cos(\pi \min(t / T, 1))}{2}\right)",
        lambda t: eta_0 * (f + (1 - f) * (1 + np.cos(np.pi * np.minimum(t / T, 1))) / 2),
        {"initial_learning_rate": eta_0, "decay_steps": T, "final_fraction": f},
    )


def linear_warmup(schedule, warmup_steps):
    """Start another schedule gently: its first rates are multiplied by 1/T, 2/T, 3/T and so on, up to 1 [1]_.

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
        The other one, times a factor that grows to 1.

    Raises
    ------
    TypeError, ValueError
        If `schedule` stands for no schedule, or `warmup_steps` is not a number in its range.

    References
    ----------
    .. [1] P. Goyal et al., "Accurate, large minibatch SGD: training ImageNet in 1 hour",
       arXiv:1706.02677, 2017.
    """
    schedule = as_schedule(schedule)
    T = _number(warmup_steps, "warmup_steps", above=0)
    return Schedule(
        "linear_warmup",
        rf"\min\left(\frac{{t + 1}}{{T_w}}, 1\right) \cdot {schedule.formula}",
        lambda t: np.minimum((t + 1) / T, 1) * schedule(t),
        {"schedule": schedule, "warmup_steps": T},
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
        One that can be asked for single steps and for arrays of them.

    Raises
    ------
    TypeError
        If it is none of these; asked for a rate, if the function returns no real number.
    ValueError
        If a number is negative or not finite.
    """
    if isinstance(learning_rate, Schedule):
        return learning_rate
    if isinstance(learning_rate, Real):
        return constant(learning_rate)
    if not callable(learning_rate):
        got = what_is(learning_rate)
        raise TypeError(_("learning_rate must be a number or a schedule (a function of the step), got {got}", got=got))
    name = getattr(learning_rate, "__name__", "custom")

    def rate(step):
        rate = learning_rate(step)
        if isinstance(rate, (float, Real)) and not isinstance(rate, bool):
            return rate
        raise TypeError(
            _(
                "the schedule {name} must return a number for step {step:g}, got {got}",
                name=name,
                step=step,
                got=what_is(rate),
            )
        )

    # Not every function of a number takes arrays: these are asked step by step.
    each = np.vectorize(rate, otypes=[np.float64])
    return Schedule(name, r"\eta(t)", lambda step: each(step) if isinstance(step, np.ndarray) else rate(step), {})


def _truth(value, name):
    if not isinstance(value, bool | np.bool_):
        raise TypeError(_("{name} must be True or False, got {got}", name=name, got=what_is(value)))
    return value


SCHEDULES = {
    factory.__name__: factory
    for factory in (constant, exponential_decay, step_decay, inverse_time_decay, cosine_decay, linear_warmup)
}
