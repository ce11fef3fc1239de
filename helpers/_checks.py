"""Checks of arguments, shared by all modules: each error says what was expected and what came.

Plain types stand before abstract ones (float before Real): asking an abstract class takes several times as long.
"""

import functools
import math
from numbers import Integral, Real

import numpy as np

from helpers.language import _


def what_is(value):
    """Say in a few words what `value` is, for an error message."""
    if isinstance(value, np.ndarray):
        return _("an array of shape {value.shape} and dtype {value.dtype}", value=value)
    if isinstance(value, bool | int | float | str | None | np.generic):
        return repr(value)
    return _("{value!r:.60} of type {type}", value=value, type=type(value).__name__)


def check_real(value, name, *, above=None, at_least=None, at_most=None):
    """Return `value` unchanged if it is a finite real number within the limits, else raise."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (float, Real)):
        raise TypeError(_("{name} must be a real number, got {got}", name=name, got=what_is(value)))
    if not _within(value, above, at_least, at_most):
        limits = []
        if above is not None:
            limits.append(_("above {above}", above=above))
        if at_least is not None:
            limits.append(_("at least {at_least}", at_least=at_least))
        if at_most is not None:
            limits.append(_("at most {at_most}", at_most=at_most))
        if not limits:
            raise ValueError(_("{name} must be a finite number, got {value!r}", name=name, value=value))
        raise ValueError(
            _(
                "{name} must be a finite number {limits}, got {value!r}",
                name=name,
                limits=functools.reduce(lambda low, high: _("{low} and {high}", low=low, high=high), limits),
                value=value,
            )
        )
    return value


def _within(value, above, at_least, at_most):
    if above is not None and not value > above:
        return False
    if at_least is not None and not value >= at_least:
        return False
    if at_most is not None and not value <= at_most:
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number that no float can hold
        return False


def check_integer(value, name, *, at_least=None):
    """Return `value` as an int if it is a whole number of at least `at_least`, else raise."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, Integral)):
        raise TypeError(_("{name} must be a whole number, got {got}", name=name, got=what_is(value)))
    if at_least is not None and value < at_least:
        raise ValueError(
            _("{name} must be at least {at_least}, got {value!r}", name=name, at_least=at_least, value=value)
        )
    return int(value)


def any_array(value, name):
    """Return `value` as an array of whatever it holds; lists of different lengths raise an error that names them."""
    try:
        return np.asarray(value)
    except ValueError as error:
        raise ValueError(_("{name} must be a number or an array of numbers: {error}", name=name, error=error)) from None


def float_array(value, name, *, may_be_empty=True):
    """Return `value` as a floating-point array: float dtypes are kept, others become float64."""
    array = any_array(value, name)
    if array.dtype.kind not in "biuf":
        raise TypeError(_("{name} must hold real numbers, got {got}", name=name, got=what_is(array)))
    if array.size == 0 and not may_be_empty:
        raise ValueError(_("{name} must not be empty, got {got}", name=name, got=what_is(array)))
    return array if array.dtype.kind == "f" else array.astype(np.float64)


def lookup(registry, name, kind):
    """Return `registry[name]`; an unknown name raises an error that lists the known ones."""
    if isinstance(name, str) and name in registry:
        return registry[name]
    from difflib import get_close_matches  # here, since only a mistake needs it

    close = get_close_matches(str(name), registry, n=1)
    hint = _("; did you mean {name!r}?", name=close[0]) if close else ""
    raise ValueError(
        _(
            "unknown {kind} {name!r}: expected one of {names}{hint}",
            kind=kind,
            name=name,
            names=", ".join(registry),
            hint=hint,
        )
    )
