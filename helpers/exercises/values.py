"""Plain values (numbers, text, truth values, arrays of numbers): what counts as one, how two differ, how one is shown.

Only plain values are compared, so an answer cannot bring its own idea of "equal".
"""

import array
import math
import re
from collections import OrderedDict, defaultdict, deque
from decimal import Decimal
from fractions import Fraction
from numbers import Real
from types import GeneratorType

import numpy as np

from helpers.language import _

_SCALARS = {bool, int, float, str, type(None)}
_NUMPY_SCALARS = set(np.sctypeDict.values()) - {np.object_}
_LISTS = {list, deque, range, array.array}
_DICTS = {dict, OrderedDict, defaultdict}
_LARGEST = 10_000
_LONGEST = 100_000
"""The bits of the largest whole number: it has some 30 000 digits."""


class NotPlain(Exception):
    """A value is none that can be compared; the message names its type."""


class NotCalled(NotPlain):
    """It is a function, where what the function returns was meant."""


class NotUsedUp(NotPlain):
    """It is a generator, where what the generator yields was meant."""


def type_name(value):
    """Return the name of a value's type, without asking the value or its type, which may not tell the truth."""
    return type.__dict__["__name__"].__get__(type(value))


def plain(value):
    """Return `value` as a plain one: a number, text, truth value, array of real numbers, or list, tuple, dict of them.

    Numbers of NumPy, `fractions` and `decimal` become Python's, a deque becomes a list, and a named tuple a tuple;
    containers are copied. Other subclasses do not count: one could answer "equal" to every question.

    Raises
    ------
    NotPlain
        If it is, or contains, anything else, or is huge.
    """
    return _plain(value, iter(range(_LARGEST)), 0)


def _plain(value, left, depth):
    """Do the work of `plain`: `left` yields as long as there may be more parts, `depth` counts nested containers."""
    kind = type(value)
    if next(left, None) is None:
        raise NotPlain(_("more than {largest} values", largest=_LARGEST))
    if kind is int and value.bit_length() > _LONGEST:
        raise NotPlain(_("a whole number of more than 30 000 digits"))
    if kind is str and len(value) > _LARGEST:
        raise NotPlain(_("text of {number} characters", number=len(value)))
    if kind in _SCALARS:
        return value
    if kind is Fraction:
        return _number(value)
    if kind is Decimal:
        return _number(Fraction(value)) if value.is_finite() and abs(value.adjusted()) < _LARGEST else float(value)
    if kind is np.ndarray:
        return _plain_array(value, left, depth)
    if kind in _NUMPY_SCALARS and value.dtype.kind in "biufU":
        return float(value) if value.dtype.kind == "f" else value.item()
    if kind in _LISTS or kind in _DICTS or issubclass(kind, tuple):
        if depth > 8:
            raise NotPlain(_("a {type} that is too deep", type=type_name(value)[:40]))
        if kind in _DICTS:
            if any(type(key) is not str for key in value):
                raise NotPlain(_("a dict whose keys are no text"))
            return {_plain(key, left, depth + 1): _plain(item, left, depth + 1) for key, item in value.items()}
        if issubclass(kind, tuple):
            return tuple([_plain(item, left, depth + 1) for item in tuple.__iter__(value)])
        return [_plain(item, left, depth + 1) for item in value]
    is_function = callable(value) and not issubclass(kind, type)
    refusal = NotUsedUp if kind is GeneratorType else NotCalled if is_function else NotPlain
    raise refusal(_("an object of type {type}", type=type_name(value)[:40]))


def _number(fraction):
    """Return a fraction as a whole number, or as the closest float."""
    if fraction.denominator == 1:
        return _plain(fraction.numerator, iter((1,)), 0)
    try:
        return float(fraction)
    except OverflowError:
        return math.inf if fraction > 0 else -math.inf


def _plain_array(value, left, depth):
    if value.size > _LARGEST:
        raise NotPlain(_("an array of {value.size} numbers", value=value))
    if value.ndim == 0:
        return _plain(value[()], left, depth)
    if value.dtype.kind == "O":  # such as an array of fractions
        numbers = [_plain(item, left, depth) for item in value.ravel().tolist()]
        made = np.array(numbers) if all(isinstance(number, Real) for number in numbers) else value
        value = made.reshape(value.shape) if made.dtype.kind in "biuf" else value
    if value.dtype.kind not in "biuf":
        raise NotPlain(_("an array of dtype {dtype}, which holds no real numbers", dtype=str(value.dtype)[:30]))
    return value.copy()


def show(value, length=120, digits=6):
    """Return a plain value as short text, its fractions with so many digits."""
    if isinstance(value, np.ndarray):
        formats = {"float_kind": lambda number: _float_text(number, digits), "int_kind": str, "bool": str}
        text = np.array2string(value, separator=", ", threshold=24, formatter=formats)
        text = f"array({' '.join(text.split())})"
    elif isinstance(value, list | tuple) and any(isinstance(item, np.ndarray) for item in value):
        text = f"[{', '.join(show(item, length, digits) for item in value)}]"
    elif isinstance(value, list | tuple) and all(type(item) is float for item in value):
        text = str(type(value)(float(f"{item:.{digits}g}") for item in value))
    elif type(value) is float:
        text = f"{value:.{digits}g}" if abs(value) < 1e15 else repr(value)
    else:
        try:
            text = repr(value)
        except ValueError:  # Python does not write out whole numbers of more than 4300 digits
            text = _("a whole number of thousands of digits")
    return show_text(text, length)


def _float_text(number, digits):
    """Return a number of an array as NumPy writes it, with a point even where nothing follows it."""
    text = f"{number:.{digits}g}"
    return text if set(text) & set(".en") else f"{text}."


def show_text(text, length=200):
    """Return text, cut where it is too long."""
    return text if len(text) <= length else f"{text[: length - 4]} ..."


def _same_text(one, other):
    """Tell whether two shown values look alike: 866 and 866.0 do."""
    return re.sub(r"\.0?(?!\d)", "", one) == re.sub(r"\.0?(?!\d)", "", other)


def _show_apart(expected, got):
    """Return both as text, with so many digits that what is wrong with the second is not rounded away."""
    for digits in (6, 9, 12, 17):
        right, shown = show(expected, digits=digits), show(got, digits=digits)
        if not _same_text(right, shown):
            break
    return right, shown


def kind_of(value):
    """Say what kind of value an answer should be, but not which."""
    if isinstance(value, np.ndarray):
        return _("an array of shape {value.shape}", value=value)
    if isinstance(value, bool):
        return _("True or False")
    if isinstance(value, str):
        return _("text")
    if isinstance(value, int | float):
        return _("a whole number") if isinstance(value, int) else _("a number")
    return _("{number} values", number=len(value))


def _is_whole(number):
    return type(number) is int or number.is_integer() or math.isinf(number)


def _close(expected, got, rtol, atol):
    """Tell whether two numbers agree; nan agrees with nan, and whole numbers are exact."""
    if isinstance(expected, int):
        return expected == got
    try:
        got = float(got)
    except OverflowError:  # a whole number that no float holds
        return False
    if math.isnan(expected) and math.isnan(got):
        return True
    return got == expected or abs(got - expected) <= atol + rtol * abs(expected) < math.inf


def difference(expected, got, rtol=1e-5, atol=1e-8, tell=False):
    """Compare two plain values.

    Parameters
    ----------
    expected, got : plain value
        The right answer and the learner's.
    rtol, atol : float
        How far a number may be off.
    tell : bool
        Whether the words may say what is right.

    Returns
    -------
    str or None
        What is different, in words that follow a subject ("should be a number, got 'x'"); None if they agree.
    """
    if isinstance(expected, np.ndarray):
        return _array_difference(expected, got, rtol, atol, tell)
    if isinstance(expected, list | tuple):
        if not isinstance(got, list | tuple) or len(got) != len(expected):
            return _of_kind(expected, got)
        found = (difference(e, g, rtol, atol, tell) for e, g in zip(expected, got, strict=True))
        return next(
            (_("in place {place} {text}", place=i + 1, text=text) for i, text in enumerate(found) if text), None
        )
    if isinstance(got, np.ndarray):
        return _("should be {kind}, got an array of shape {got.shape}", kind=kind_of(expected), got=got)
    if isinstance(expected, bool | str):
        same_kind = type(got) is type(expected)
        agree = same_kind and got == expected
    else:
        same_kind = type(got) in (int, float) and (isinstance(expected, float) or _is_whole(got))
        agree = same_kind and _close(expected, got, rtol, atol)
    if agree:
        return None
    if not same_kind:
        return _of_kind(expected, got)
    right, shown = _show_apart(expected, got)
    return _("should be {right}, got {shown}", right=right, shown=shown) if tell else _("is not {shown}", shown=shown)


def _of_kind(expected, got):
    """Say that a value is of the wrong kind; a number that is nearly whole is not shown as if it were."""
    shown = show(got)
    if type(got) is float and type(expected) is int and math.isfinite(got) and shown.removeprefix("-").isdigit():
        shown = repr(got)
    return _("should be {kind}, got {shown}", kind=kind_of(expected), shown=shown)


def _array_difference(expected, got, rtol, atol, tell):
    """Compare with an array; a list of numbers stands for the array that it makes."""
    wanted = _("should be {kind}", kind=kind_of(expected))
    if isinstance(got, list | tuple):
        try:
            made = np.array(got)
        except ValueError:
            return _("{wanted}, got a list whose rows differ in length", wanted=wanted)
        if made.dtype.kind not in "biuf":
            return _("{wanted}, got {shown}", wanted=wanted, shown=show(got))
        got = made
    if not isinstance(got, np.ndarray):
        return _("{wanted}, got {shown}", wanted=wanted, shown=show(got))
    if got.shape != expected.shape:
        return _("{wanted}, got one of shape {got.shape}", wanted=wanted, got=got)
    if (got.dtype.kind == "b") != (expected.dtype.kind == "b"):
        kinds = (_("truth values"), _("numbers")) if expected.dtype.kind == "b" else (_("numbers"), _("truth values"))
        return _("{wanted} of {kinds[0]}, got {kinds[1]}", wanted=wanted, kinds=kinds)
    exact = expected.dtype.kind != "f"
    agree = expected == got
    if not exact and not agree.all():
        agree = np.isclose(got, expected, rtol=rtol, atol=atol, equal_nan=True)
    if agree.all():
        return None
    cut = not exact and got.dtype.kind in "iu" and not (expected == np.round(expected)).all()
    more = _(" of dtype {got.dtype}: fractions were cut off", got=got) if cut else ""
    if not tell:
        return _("is not {shown}{more}", shown=show(got), more=more)
    return _told(expected, got, tuple(np.argwhere(~agree)[0].tolist())) + more


_FEW, _SHORT = 24, 60
"""How many numbers both arrays may have, and how long they may be as text, to be shown whole."""


def _told(expected, got, place):
    """Say what an array should be; of a large one, its first number that is wrong."""
    right, shown = _show_apart(expected, got)
    if expected.size <= _FEW and max(len(right), len(shown)) <= _SHORT:
        return _("should be {right}, got {shown}", right=right, shown=shown)
    right, shown = _show_apart(expected[place].item(), got[place].item())
    return _(
        "should be {right} in place [{place}], got {shown}",
        right=right,
        place=", ".join(map(str, place)),
        shown=shown,
    )


def changed(before, after):
    """Tell whether any argument of a call is no longer what it was."""
    try:
        return difference(plain(before), plain(after), 0, 0) is not None
    except NotPlain:
        return True
