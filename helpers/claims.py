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

from helpers._checks import what_is

_HOLDS = {
    "above": np.greater,
    "below": np.less,
    "at_least": np.greater_equal,
    "at_most": np.less_equal,
}


class ClaimError(AssertionError):
    """A claim that turned out to be false where all of them must hold."""


def claim(sentence, value, *, above=None, below=None, at_least=None, at_most=None, equals=None, within=0):
    """Print a sentence with a tick if the value keeps its bounds, else with a cross and what was expected.

    Parameters
    ----------
    sentence : str
        One line, in which at least one hole shows the value: ``{}``, ``{:.0%}`` and so on take the value, or one
        after the other the values of a sequence; ``{least}``, ``{median}`` and ``{most}`` sum up many of them;
        ``{above}``, ``{below}``, ``{at_least}``, ``{at_most}``, ``{equals}`` and ``{within}`` show a bound.
    value : number, str, or array_like of these
        What was measured. Of several values each must keep the bounds.
    above, below, at_least, at_most : number, optional
        The bounds; they may be measured, too.
    equals : number, str, or array_like, optional
        What the value must be.
    within : number
        How far it may be from `equals`.

    Raises
    ------
    ClaimError
        If the claim is false and the environment variable ``COURSE_CLAIMS`` is "strict".
    TypeError, ValueError
        If the sentence does not show the value, or there is no bound.
    """
    given = {"above": above, "below": below, "at_least": at_least, "at_most": at_most, "equals": equals}
    bounds = {name: bound for name, bound in given.items() if bound is not None}
    if not bounds:
        raise TypeError("a claim needs a bound: above, below, at_least, at_most or equals")
    values = np.ravel(value)
    if values.size == 0:
        raise ValueError("a claim needs a value, got none")
    style = _format_of_the_value(sentence)
    line = _filled(sentence, values, {**bounds, "within": within})
    if _holds(values, bounds, within):
        print(f"✓ {line}")
        return
    line = f"✗ {line} (expected: {_expected(bounds, within, style)})"
    if os.environ.get("COURSE_CLAIMS") == "strict":
        raise ClaimError(line)
    print(line)


def _holds(values, bounds, within):
    """Return whether all values keep all bounds; what is not a number keeps none."""
    for name, bound in bounds.items():
        if name != "equals":
            kept = _HOLDS[name](values, bound)
        elif within:
            kept = np.abs(values - np.ravel(bound)) <= within
        else:
            kept = np.array_equal(values, np.ravel(bound))
        if not np.all(kept):
            return False
    return True


def _format_of_the_value(sentence):
    """Return the format of the first hole that shows the value, for example ``.0%``."""
    if not isinstance(sentence, str):
        raise TypeError(f"sentence must be a string, got {what_is(sentence)}")
    if not sentence.strip() or len(sentence.splitlines()) > 1:
        raise ValueError(f"sentence must be one line that says what is claimed, got {sentence!r}")
    for _, hole, style, _ in Formatter().parse(sentence):
        if hole in ("", "least", "median", "most"):
            return style
    raise ValueError(f"sentence must show the value, in a hole such as {{}} or {{:.0%}}, got {sentence!r}")


def _filled(sentence, values, bounds):
    summary = {}
    if values.dtype.kind in "biuf":
        summary = {"least": values.min(), "median": np.median(values), "most": values.max()}
    try:
        return sentence.format(*values.tolist(), **{name: _plain(one) for name, one in (summary | bounds).items()})
    except IndexError:
        raise ValueError(f"sentence has more holes than there are values, {len(values)}: {sentence!r}") from None


def _expected(bounds, within, style):
    told = []
    for name, bound in bounds.items():
        shown = ", ".join(_shown(one, style) for one in np.ravel(bound).tolist())
        told.append(shown if name == "equals" else f"{name.replace('_', ' ')} {shown}")
    return " and ".join(told) + (f", give or take {_shown(within, style)}" if within else "")


def _shown(value, style):
    try:
        return format(value, style)
    except ValueError:
        return str(value)


def _plain(value):
    return value.item() if isinstance(value, np.generic) else value
