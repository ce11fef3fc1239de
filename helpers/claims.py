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
from helpers.language import _

_HOLDS = {
    "above": np.greater,
    "below": np.less,
    "at_least": np.greater_equal,
    "at_most": np.less_equal,
    "equals": np.equal,
}
#: Kind of a NumPy dtype -> what its elements are.
_NUMBER = _("a number")
_SORTS = {"b": _("a truth value"), "i": _NUMBER, "u": _NUMBER, "f": _NUMBER, "U": _("a text")}
#: Bound -> how it is told.
_TOLD = {
    "above": _("above {bound}"),
    "below": _("below {bound}"),
    "at_least": _("at least {bound}"),
    "at_most": _("at most {bound}"),
    "equals": "{bound}",
}


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
        wanted = _(" and ").join(map(str, sorted(sizes))) or _("at least one")
        line, expected = sentence, _("values: {wanted}, got {got}", wanted=wanted, got=values.size)
    else:
        line = _filled(sentence, values, bounds, within)
        kept = _kept(values, bounds, within)
        expected = "" if kept.all() else _expected(values[~kept], bounds, within, style)

    if not expected:
        print(f"✓ {line}")
    elif os.environ.get("COURSE_CLAIMS") == "strict":
        raise ClaimError(_("✗ {line} (expected: {expected})", line=line, expected=expected))
    else:
        print(_("✗ {line} (expected: {expected})", line=line, expected=expected))


def _flat(value, name):
    """Return values as an array of one axis."""
    try:
        array = np.ravel(value)
    except ValueError as error:
        raise ValueError(_("{name} must be one value or an array: {error}", name=name, error=error)) from None
    if array.dtype.kind not in _SORTS:
        raise TypeError(
            _(
                "{name} must be a real number, a truth value, a text, or an array of these, got {got}",
                name=name,
                got=what_is(value),
            )
        )
    return array


def _sort(array):
    return _SORTS[array.dtype.kind]


def _check(values, bounds, within):
    """Raise if the bounds do not suit the values."""
    if not bounds:
        raise TypeError(_("a claim needs a bound: above, below, at_least, at_most or equals"))
    for name, bound in bounds.items():
        if name != "equals" and _sort(values) != _NUMBER:
            raise TypeError(
                _("{name} bounds a number, but the value is {sort}: expected equals", name=name, sort=_sort(values))
            )
        if _sort(bound) != _sort(values):
            raise TypeError(
                _(
                    "{name} must be {sort} like the value, got {got}",
                    name=name,
                    sort=_sort(values),
                    got=what_is(bound.tolist()[0]),
                )
            )
    check_real(within, "within", at_least=0)
    if within and ("equals" not in bounds or _sort(values) != _NUMBER):
        raise TypeError(_("within needs a number to be near to: expected equals"))


def _holes(sentence, values, bounds):
    """Return the names of all holes, and the format of the first that shows the value, for example ``.0%``."""
    if not isinstance(sentence, str):
        raise TypeError(_("sentence must be a string, got {got}", got=what_is(sentence)))
    if sentence.splitlines() != [sentence]:
        raise ValueError(_("sentence must be one line, got {sentence!r}", sentence=sentence))
    parts = [(hole, style) for _, hole, style, _ in Formatter().parse(sentence) if hole is not None]
    summaries = ["least", "median", "most"] if _sort(values) == _NUMBER else []
    known = ["", *summaries, *bounds, "within"]
    for hole, _style in parts:
        if hole not in known:
            names = ", ".join(f"{{{name}}}" for name in known)
            raise ValueError(
                _(
                    "the hole {{{hole}}} has no value here, expected one of {names}, got {sentence!r}",
                    hole=hole,
                    names=names,
                    sentence=sentence,
                )
            )
    styles = [style for hole, style in parts if hole in ("", *summaries)]
    if not styles:
        raise ValueError(
            _("sentence must show the value, in a hole such as {{}} or {{:.0%}}, got {sentence!r}", sentence=sentence)
        )
    return [hole for hole, _style in parts], styles[0]


def _filled(sentence, values, bounds, within):
    """Return the sentence with all its holes filled."""
    known = {name: bound.item() if bound.size == 1 else bound.tolist() for name, bound in bounds.items()}
    if _sort(values) == _NUMBER:
        known |= {"least": values.min().item(), "median": np.median(values).item(), "most": values.max().item()}
    try:
        line = sentence.format(*values.tolist(), within=within, **known)
    except (TypeError, ValueError) as error:
        raise ValueError(
            _("a hole does not suit what it shows ({error}): {sentence!r}", error=error, sentence=sentence)
        ) from None
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
        told.append(_TOLD[name].format(bound=", ".join(_shown(one, style) for one in bound)))
    near = _(", give or take {within}", within=_shown(within, style)) if within else ""
    return _(" and ").join(told) + near + (_(", got {got}", got=_shown(first, style)) if hidden else "")


def _shown(value, style):
    try:
        return format(value, style)
    except ValueError:
        return str(value)
