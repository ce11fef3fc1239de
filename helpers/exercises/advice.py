"""A word that helps where no known slip explains a wrong answer: what its error means, or how it compares.

Nothing here knows the exercise. What is said holds for all inputs that were tried, or it is not said.
"""

import math
import re
from functools import partial

import numpy as np

from helpers.exercises.answer import Raised
from helpers.exercises.values import difference
from helpers.language import _

#: Type of an error, a pattern in its text -> what it usually means.
ERRORS = (
    (
        "NameError",
        "name '(?:array|exp|log|sqrt|mean|where|maximum|zeros|tanh|argmax|e|pi)'",
        _("NumPy's names begin with `np.`, as in `np.exp`."),
    ),
    (
        "NameError",
        "name '[A-H]'",
        _('A letter stands in quotes, as in "A": without them it is the name of a variable.'),
    ),
    (
        "NameError|UnboundLocalError",
        "",
        _("Is the name spelled like the one above it, and has it got a value on each way through?"),
    ),
    (
        "TypeError",
        "positional argument|keyword argument",
        _("The first line has to stay as it was handed out: the check passes all of its arguments."),
    ),
    ("TypeError", r"for \^|ufunc 'bitwise_xor'", _("`^` is no power in Python: write `**`.")),
    (
        "TypeError",
        "'list' and|and 'list'|multiply sequence|list indices",
        _("That is a list: `np.array(...)` makes numbers of it that can be computed with as a whole."),
    ),
    (
        "TypeError",
        "only .*(?:scalar|0-dim)|size-1 arrays",
        _("Functions of `math` take one number; those of NumPy take whole arrays."),
    ),
    (
        "TypeError",
        "not callable",
        _("Brackets call a function: is a `*` missing before one, or is a number named like a function?"),
    ),
    (
        "TypeError",
        r"'NoneType'",
        _("Something there is None: a function without `return`, or a method that works in place."),
    ),
    (
        "ValueError",
        r"broadcast|shape|dimension|mismatch|align",
        _(
            "The shapes do not fit. Which axis is which? `axis=0` goes down the rows and leaves one number a column; "
            "`keepdims=True` keeps the place of the axis."
        ),
    ),
    (
        "ValueError",
        "truth value",
        _("`if` wants one truth value and not an array of them: `np.where` chooses for each number."),
    ),
    ("ValueError", "could not convert|invalid literal", _("A text is taken for a number there.")),
    (
        "ValueError",
        "math domain|expected a positive",
        _("A logarithm or a root has no value there: `math` raises an error, NumPy gives nan or -inf."),
    ),
    (
        "IndexError|AxisError",
        "",
        _("An index goes too far: they are counted from 0, and the last one is one less than the number."),
    ),
    (
        "TypeError|ValueError",
        "unpack",
        _("`for n, m in ...` wants pairs: `pairwise(...)` goes through neighbours, `zip(..., ...)` through two lists."),
    ),
    ("SystemExit", "", _("Leave `exit` and `quit` out: a function ends with `return`.")),
    ("KeyError", "", _("A dict has no such key: compare the spelling.")),
    ("ZeroDivisionError", "", _("Something is divided by 0 for this input.")),
    ("OverflowError", "", _("A number grows too large: `math.exp` raises an error above 709, and NumPy gives inf.")),
    ("RecursionError", "", _("The function calls itself and never comes to an end.")),
    (
        "AttributeError",
        "'(?:list|int|float|tuple|str)' object",
        _("A list or a single number has no such method: NumPy's arrays do."),
    ),
    ("AttributeError", "", _("There is no such method: is it spelled as in the chapter?")),
    ("ModuleNotFoundError|ImportError", "", _("The check runs with what the notebook imports in its first cell.")),
    ("EOFError|RuntimeError", r"input", _("Nobody is there to type: what the function needs are its arguments.")),
)

#: What a wrong number is as a function of the right one, and how to say that.
RELATIONS = (
    (np.negative, _("The sign is turned round.")),
    (lambda right: 1 - right, _("This is 1 less the right result.")),
    (lambda right: 1 / right, _("It is upside down: one divided by it would be right.")),
    (lambda right: 100 * right, _("It is 100 times too large: per cent instead of a share?")),
    (lambda right: right / 100, _("It is 100 times too small: a share instead of per cent?")),
)
FACTORS = (
    (1 / math.log(10), _("The logarithm has another base: `np.log` is the natural one, `np.log10` is not.")),
    (1 / math.log(2), _("The logarithm has another base: `np.log` is the natural one, `np.log2` is not.")),
    (2.0, _("It is always twice what it should be.")),
    (0.5, _("It is always half of what it should be.")),
)
POWERS = (
    (np.square, _("It is the square of what it should be: is a root missing?")),
    (lambda right: np.sqrt(np.abs(right)), _("It is the root of what it should be: is a square missing?")),
    (np.exp, _("It is e to the power of what it should be: is a logarithm missing?")),
    (lambda right: np.log(np.abs(right)), _("It is the logarithm of what it should be.")),
)
#: How often a factor of the length of an argument stands in a wrong number, and how to say that.
LENGTHS = (
    (1, _("It is `len({name})` times what it should be: is a mean or a division missing?")),
    (-1, _("It should be `len({name})` times as large: is there a mean or a division too much?")),
    (0.5, _("It is the root of `len({name})` times what it should be: is a division missing?")),
    (-0.5, _("It should be the root of `len({name})` times as large: is there a division too much?")),
)
CLOSE = 0.03
"""What is off by no more than this share of it is close."""


def advice(asked):
    """Return a word that helps with a wrong answer, if there is one.

    Parameters
    ----------
    asked : list of (right, got)
        The right plain value, and what came: a plain value or `Raised`. A single value has one pair, a function many.

    Returns
    -------
    str
        A sentence or two; no text if nothing is known.
    """
    raised = [got for _, got in asked if isinstance(got, Raised)]
    if raised:
        return error_advice(raised[0].kind, raised[0].text)
    return _kind_advice(*asked[0]) or _relation(
        [(right, got) for right, got in asked if difference(right, right) is None]
    )


def advice_on_length(named, asked):
    """Say by which power of the length of an argument wrong numbers are off, if they are so for every input.

    Parameters
    ----------
    named : list of dict
        For each call name -> argument.
    asked : list of (right, got)
        As in `advice`.

    Returns
    -------
    str
        A sentence; no text if nothing is known.
    """
    arrays = [name for name, value in named[0].items() if isinstance(value, np.ndarray)]
    for name in arrays:
        lengths = [len(arguments[name]) for arguments in named]
        for power, said in LENGTHS if len(set(lengths)) > 1 else ():
            if all(map(partial(_is_off, power), lengths, asked)):
                return said.format(name=name)
    return ""


def _is_off(power, length, pair):
    """Tell whether a number is the right one times a power of a length."""
    try:
        right, got = (np.asarray(value, float) for value in pair)
    except (TypeError, ValueError, OverflowError):
        return False
    return right.shape == got.shape and np.allclose(got, right * length**power, rtol=1e-4, atol=1e-12)


def error_advice(kind, text):
    """Return what an error of this type and text usually means; no text if that is not known."""
    for kinds, pattern, said in ERRORS:
        if kind in kinds.split("|") and re.search(pattern, text):
            return said
    return ""


def _kind_advice(right, got):
    """Say why a value is of the wrong kind."""
    number, array = isinstance(right, int | float) and not isinstance(right, bool), isinstance(right, np.ndarray)
    if isinstance(got, str) and (number or array):
        return _("A number stands without quotes.")
    if number and isinstance(got, tuple):
        return _("A comma makes two values of it: a decimal point is a point, and thousands are not set apart.")
    if number and isinstance(got, np.ndarray | list):
        return _("One number is asked for: is a sum or a mean missing, or its axis one too many?")
    if number and isinstance(got, bool):
        return _("That is a truth value: is a sum missing, or a comparison too much?")
    if array and isinstance(got, int | float):
        return _("An array is asked for: is there a sum or a mean too much?")
    if array and isinstance(got, np.ndarray) and got.shape != right.shape:
        if got.T.shape == right.shape:
            return _("Rows and columns have changed places.")
        return _("Which axis has become longer or shorter, and in which line? Print the shapes.")
    if type(right) is int and type(got) is float and not got.is_integer():
        return _("It is a whole number that is asked for: where does the fraction come from?")
    return ""


def _relation(asked):
    """Say how the wrong numbers go with the right ones, if they do so for every input."""
    with np.errstate(all="ignore"):
        try:
            right, got = (np.concatenate([np.ravel(np.asarray(pair[i], float)) for pair in asked]) for i in (0, 1))
        except (TypeError, ValueError, OverflowError):
            return ""
        if right.shape != got.shape or not np.isfinite(right).any():
            return ""
        return _of_numbers(right, got, np.repeat(range(len(asked)), [np.size(pair[0]) for pair in asked]))


def _of_numbers(right, got, call):
    """Say it of numbers, each from the call of that place."""
    calls = call.max() + 1
    finite = np.isfinite(got) & np.isfinite(right)
    same = np.isclose(got, right, rtol=1e-4)
    if not finite.all() and finite.any() and same[finite].all():
        return _(
            "Wherever your result is a number it is right. Which step overflows, divides by 0, or takes the "
            "logarithm of 0?"
        )
    known = [*RELATIONS]
    if calls > 1:
        known += [(lambda right, factor=factor: factor * right, said) for factor, said in FACTORS] + [*POWERS]
    for function, said in known:
        if finite.any() and _agree(function(right)[finite], got[finite]) and not same[finite].all():
            return said
    if calls > 1 and finite.all() and (said := _of_many(right, got, calls, set(call[~same]))):
        return said
    if finite.all() and np.allclose(got, right, rtol=CLOSE, atol=0):
        if (right == np.round(right)).all():
            return _("It is close, but this number has to be exact.")
        return _("It is close, but not close enough: is something rounded on the way, or a small number added?")
    if finite.all() and ((got < 0) & (right > 0)).all():
        return _("It should not be negative.")
    if calls == 1 and len(right) == 1 and finite.all():
        return _("It is too large.") if got > right else _("It is too small.")
    return ""


def _of_many(right, got, calls, wrong):
    """Say what only many calls show, of which some are wrong."""
    if len(np.unique(right)) <= 2:
        return ""
    if len(np.unique(got)) == 1:
        return _("It is the same for every input: are the arguments used?")
    if np.ptp(got - right) < 1e-6 * max(1, np.abs(right).max()):
        by = got[0] - right[0]
        return _("It is always {by:.4g} too large.", by=by) if by > 0 else _("It is always {by:.4g} too small.", by=-by)
    ratio = got[right != 0] / right[right != 0]
    if np.ptp(ratio) < 1e-4 * abs(ratio[0]) and abs(ratio[0] - 1) > CLOSE:
        return _("It is always {ratio[0]:.4g} times what it should be.", ratio=ratio)
    if len(wrong) <= 0.8 * calls:
        return _("For other inputs it is right: what is special about this one?")
    if (right >= 0).all() and (got < 0).mean() >= 0.25:
        return _("It can never be negative, and yours often is.")
    if (got >= right).all() or (got <= right).all():
        if (got >= right).all():
            return _("It is never too small, whatever the input.")
        return _("It is never too large, whatever the input.")
    return ""


def _agree(one, other):
    return one.shape == other.shape and np.allclose(one, other, rtol=1e-4, atol=1e-9)
