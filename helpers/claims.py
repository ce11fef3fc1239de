"""Sentences put to the test: a claim carries a sentence, the value that was measured, and the bounds it must keep.

The sentence is a format string. Its holes are filled with the value, and with the bounds if it names them, so that
what is said and what is tested cannot drift apart, in any language:

>>> claim("the median network loses {:.0%} of the layer, over {above:.0%}", 0.54, above=0.4, below=0.7)
✓ the median network loses 54% of the layer, over 40%

A claim that turns out to be false says so and what was expected, and the cell goes on: whoever changes a number
still gets the picture. Where notebooks are proved, ``COURSE_CLAIMS=strict`` in the environment makes it an error.
"""

import os
from string import Formatter

import numpy as np

from helpers._checks import check_real, what_is

_HOLDS = {
    "above": np.greater,
    "below": np.less,
    "at_least": np.greater_equal,
    "at_most": np.less_equal,
    "equals": np.equal,
}
#: Kind of a NumPy dtype -> what its elements are.
_SORTS = {"b": "a truth value", "i": "a number", "u": "a number", "f": "a number", "U": "a text"}


class ClaimError(AssertionError):
    """A claim that turned out to be false where all of them must hold."""


def claim(sentence, value, *, above=None, below=None, at_least=None, at_most=None, equals=None, within=0):
    """Print a sentence with a tick if the value keeps its bounds, else with a cross and what was expected.

    Parameters
    ----------
    sentence : str
        One line, in which at least one hole shows the value: ``{}``, ``{:.0%}`` and so on take the value, or one
        after the other all values of a sequence; ``{least}``, ``{median}`` and ``{most}`` sum up many numbers;
        ``{above}``, ``{below}``, ``{at_least}``, ``{at_most}``, ``{equals}`` and ``{within}`` show a bound.
    value : number, bool, str, or array_like of these
        What was measured. Of several values each must keep the bounds.
    above, below, at_least, at_most : number or array_like, optional
        The bounds of numbers: one for all values, or one for each. They may be measured, too.
    equals : number, bool, str, or array_like of these, optional
        What the value must be: one for all values, or one for each.
    within : number
        How far a number may be from `equals`.

    Raises
    ------
    ClaimError
        If the claim is false and the environment variable ``COURSE_CLAIMS`` is "strict".
    TypeError, ValueError
        If the sentence does not show the value, or the bounds do not suit it.
    """
    given = {"above": above, "below": below, "at_least": at_least, "at_most": at_most, "equals": equals}
    values = _flat(value, "value")
    bounds = {name: _flat(bound, name) for name, bound in given.items() if bound is not None}
    _check(values, bounds, within)
    holes, style = _holes(sentence, values, bounds)

    # How many values there are may follow from a number that a learner changed: no reason to stop either.
    sizes = {bound.size for bound in bounds.values()} - {1}
    if "" in holes:
        sizes.add(holes.count(""))
    if values.size == 0 or sizes - {values.size}:
        wanted = " and ".join(map(str, sorted(sizes))) or "at least one"
        line, expected = sentence, f"values: {wanted}, got {values.size}"
    else:
        line = _filled(sentence, values, bounds, within)
        kept = _kept(values, bounds, within)
        expected = "" if kept.all() else _expected(values[~kept], bounds, within, style)

    if not expected:
        print(f"✓ {line}")
    elif os.environ.get("COURSE_CLAIMS") == "strict":
        raise ClaimError(f"✗ {line} (expected: {expected})")
    else:
        print(f"✗ {line} (expected: {expected})")


def _flat(value, name):
    """Return values as an array of one axis."""
    try:
        array = np.ravel(value)
    except ValueError as error:
        raise ValueError(f"{name} must be one value or an array: {error}") from None
    if array.dtype.kind not in _SORTS:
        raise TypeError(
            f"{name} must be a real number, a truth value, a text, or an array of these, got {what_is(value)}"
        )
    return array


def _sort(array):
    return _SORTS[array.dtype.kind]


def _check(values, bounds, within):
    """Raise if the bounds do not suit the values."""
    if not bounds:
        raise TypeError("a claim needs a bound: above, below, at_least, at_most or equals")
    for name, bound in bounds.items():
        if name != "equals" and _sort(values) != "a number":
            raise TypeError(f"{name} bounds a number, but the value is {_sort(values)}: expected equals")
        if _sort(bound) != _sort(values):
            raise TypeError(f"{name} must be {_sort(values)} like the value, got {what_is(bound.tolist()[0])}")
    check_real(within, "within", at_least=0)
    if within and ("equals" not in bounds or _sort(values) != "a number"):
        raise TypeError("within needs a number to be near to: expected equals")


def _holes(sentence, values, bounds):
    """Return the names of all holes, and the format of the first that shows the value, for example ``.0%``."""
    if not isinstance(sentence, str):
        raise TypeError(f"sentence must be a string, got {what_is(sentence)}")
    if sentence.splitlines() != [sentence]:
        raise ValueError(f"sentence must be one line, got {sentence!r}")
    parts = [(hole, style) for _, hole, style, _ in Formatter().parse(sentence) if hole is not None]
    summaries = ["least", "median", "most"] if _sort(values) == "a number" else []
    known = ["", *summaries, *bounds, "within"]
    for hole, _ in parts:
        if hole not in known:
            names = ", ".join(f"{{{name}}}" for name in known)
            raise ValueError(f"the hole {{{hole}}} has no value here, expected one of {names}, got {sentence!r}")
    styles = [style for hole, style in parts if hole in ("", *summaries)]
    if not styles:
        raise ValueError(f"sentence must show the value, in a hole such as {{}} or {{:.0%}}, got {sentence!r}")
    return [hole for hole, _ in parts], styles[0]


def _filled(sentence, values, bounds, within):
    """Return the sentence with all its holes filled."""
    known = {name: bound.item() if bound.size == 1 else bound.tolist() for name, bound in bounds.items()}
    if _sort(values) == "a number":
        known |= {"least": values.min().item(), "median": np.median(values).item(), "most": values.max().item()}
    try:
        line = sentence.format(*values.tolist(), within=within, **known)
    except (TypeError, ValueError) as error:
        raise ValueError(f"a hole does not suit what it shows ({error}): {sentence!r}") from None
    return " ".join(line.splitlines())


def _kept(values, bounds, within):
    """Return for each value whether it keeps all bounds; what is not a number keeps none."""
    kept = np.ones(values.shape, dtype=bool)
    for name, bound in bounds.items():
        if name == "equals" and within:
            kept &= np.isclose(values, bound, rtol=0, atol=within)
        else:
            kept &= _HOLDS[name](values, bound)
    return kept


def _expected(wrong, bounds, within, style):
    """Return the bounds in words, with all digits and the first wrong value if rounding would hide the difference."""
    first, listed = wrong.tolist()[0], {name: bound.tolist() for name, bound in bounds.items()}
    hidden = any(_shown(first, style) == _shown(one, style) for bound in listed.values() for one in bound)
    style = "" if hidden else style
    told = []
    for name, bound in listed.items():
        shown = ", ".join(_shown(one, style) for one in bound)
        told.append(shown if name == "equals" else f"{name.replace('_', ' ')} {shown}")
    near = f", give or take {_shown(within, style)}" if within else ""
    return " and ".join(told) + near + (f", got {_shown(first, style)}" if hidden else "")


def _shown(value, style):
    try:
        return format(value, style)
    except ValueError:
        return str(value)
