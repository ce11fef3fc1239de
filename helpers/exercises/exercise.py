"""What an exercise is, and how an answer is judged: not attempted, incorrect, or correct.

`judge` asks for the answer by calling a function that it is given, and compares what comes back with the reference.
It does not care where the answer is computed: in the learner's own notebook, or in a process far away. Only plain
values are compared (numbers, text, truth values, arrays of numbers), so an answer cannot bring its own idea of "equal".

Each exercise knows the slips that are usually made. A slip is itself an answer, a wrong one: whoever answers like it
on every input has made it, and is told what it is.
"""

import base64
import copy
import dis
import functools
import hashlib
import inspect
import json
import math
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType

import numpy as np

from helpers._checks import check_integer, check_real

NOT_ATTEMPTED, INCORRECT, CORRECT = "not attempted", "incorrect", "correct"
OUTCOMES = (NOT_ATTEMPTED, INCORRECT, CORRECT)
MARKS = {NOT_ATTEMPTED: "○", INCORRECT: "✗", CORRECT: "✓"}
KINDS = ("function", "number", "array", "choice")
DRAWS = 8
"""How many random inputs a function is tried on, besides the fixed ones."""

SOLUTIONS = Path(__file__).with_name("solutions.b64")


class NotAttempted(Exception):
    """There is no answer yet: the cell is as it was handed out."""


class Stopped(BaseException):
    """The answer was cut short, and no further question can be asked; the message says why."""


class TimeLimit(Stopped):
    """The answer took too long."""


class Unasked(Exception):
    """The question did not reach the answer, which is no fault of the answer: there is no verdict."""


class ChangedInput(Exception):
    """The learner's function changed an argument in place."""


class NoFunction(Exception):
    """The answer is not the function that was asked for; the message says what it is."""


class Raised(Exception):
    """An error of the learner's code, in words that can be shown and sent, wherever it happened.

    Parameters
    ----------
    kind : str
        The name of the error's type.
    text : str
        The error's message.
    """

    def __init__(self, kind, text):
        self.kind = kind if type(kind) is str and re.fullmatch(r"\w{1,60}", kind) else "Error"
        self.text = show_text(text) if type(text) is str else ""
        super().__init__(f"{self.kind}: {self.text}" if self.text else self.kind)

    @classmethod
    def of(cls, error):
        """Return any error in words; it may fail to tell its own."""
        if type(error) is cls:
            return error
        try:
            return cls(type_name(error), str(error))
        except BaseException:
            return cls(type_name(error), "")


class NotPlain(Exception):
    """A value is none that can be compared; the message names its type."""


@dataclass(frozen=True)
class Slip:
    """A wrong answer that is often given.

    Parameters
    ----------
    name : str
        What the slip is, in a few words.
    wrong : object
        The wrong answer: a function for a function, a value for a value, the letter of an option.
    message : str
        What to tell whoever answers so.
    """

    name: str
    wrong: object
    message: str


@dataclass(frozen=True)
class Verdict:
    """What the judge says of an answer.

    Parameters
    ----------
    outcome : str
        "not attempted", "incorrect" or "correct".
    message : str
        Why, in words for the learner; never the right answer.
    points : float
        All points of the exercise, or none.
    slip : str
        The name of the slip, if it is a known one.
    """

    outcome: str
    message: str
    points: float = 0
    slip: str = ""


@dataclass(frozen=True, eq=False)
class Exercise:
    """A question, whose answer goes by the name of the exercise: ``def name(...)`` or ``name = ...``.

    Parameters
    ----------
    name : str
        The name of the exercise, and of the function or variable that holds the answer.
    chapter : int
        1 to 5.
    title : str
        What it is about.
    kind : str
        One of `KINDS`.
    points : int
        What a right answer counts.
    slips : tuple of Slip
        The usual wrong answers; for a choice one for each option, the right one too, whose message is its reason.
    hints : tuple of str
        From a nudge to almost the answer.
    reference : callable, optional
        The right answer: for a function the function itself, for a number or an array a function without arguments.
    draw : callable, optional
        For a function: takes a random generator, returns a tuple of arguments.
    fixed : tuple of tuples
        For a function: arguments that are always tried, before the random ones.
    accepts : callable, optional
        Instead of a reference, where many answers are right: takes the answer, returns None or the name of the slip.
    expects : str
        With `accepts`: what an answer looks like.
    options : int
        For a choice: how many there are, called A, B, C, ...
    right : str
        For a choice: the `seal` of the right letter.
    rtol, atol : float
        How far a number may be off: ``atol + rtol * abs(expected)``. Whole numbers are compared exactly.
    """

    name: str
    chapter: int
    title: str
    kind: str
    points: int
    slips: tuple
    hints: tuple
    reference: Callable | None = None
    draw: Callable | None = None
    fixed: tuple = ()
    accepts: Callable | None = None
    expects: str = ""
    options: int = 0
    right: str = ""
    rtol: float = 1e-5
    atol: float = 1e-8

    def __post_init__(self):
        if not self.name.isidentifier():
            raise ValueError(f"the name of an exercise must be one for a variable, got {self.name!r}")
        if self.kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}, got {self.kind!r}")
        check_integer(self.chapter, "chapter", at_least=1)
        check_integer(self.points, "points", at_least=1)
        check_real(self.rtol, "rtol", at_least=0)
        check_real(self.atol, "atol", at_least=0)
        needed = {
            "function": self.reference and self.draw,
            "choice": self.options and self.right,
        }.get(self.kind, bool(self.reference) != bool(self.accepts))
        if not needed:
            raise ValueError(f"exercise {self.name!r} of kind {self.kind!r} lacks what says which answer is right")
        if self.accepts and not self.expects:
            raise ValueError(f"exercise {self.name!r} lacks what it expects, in words: no reference shows it")

    @property
    def letters(self):
        """The names of a choice's options."""
        return tuple("ABCDEFGH"[: self.options])

    @property
    def solution(self):
        """A worked solution, as text."""
        return solutions()[self.name]

    def cases(self, rng):
        """Return the arguments to try a function on, the fixed ones, then random ones; a value has none."""
        if self.kind != "function":
            return [()]
        return [*self.fixed, *(self.draw(rng) for _ in range(DRAWS))]


def times(factor, function):
    """Return a function that answers `factor` times what `function` does: the slip behind many a wrong answer."""
    return lambda *case: factor * function(*case)


def seal(name, letter):
    """Return a fingerprint of the right option, which does not show what it is; the name is its salt."""
    return hashlib.sha256(f"{name}: {letter}".encode()).hexdigest()[:16]


def veil(solutions):
    """Return solutions, name -> text, in a form that nobody reads by accident."""
    packed = zlib.compress(json.dumps(solutions, sort_keys=True).encode())
    return base64.encodebytes(packed).decode()


def unveil(text):
    """Return the solutions that `veil` hid."""
    return json.loads(zlib.decompress(base64.b64decode(text)))


@functools.cache
def solutions():
    """Return the worked solutions, name -> text; ``make exercises`` takes them from the notebooks with solutions."""
    return unveil(SOLUTIONS.read_text(encoding="utf-8"))


# --- what came back -------------------------------------------------------------------------------------------------

_SCALARS = {bool, int, float, str, type(None)}
_NUMPY_SCALARS = set(np.sctypeDict.values()) - {np.object_}
_CONTAINERS = {list, tuple, dict}
_LARGEST = 10_000


def type_name(value):
    """Return the name of a value's type, without asking the value or its type, which may not tell the truth."""
    return type.__dict__["__name__"].__get__(type(value))


def plain(value):
    """Return `value` as a plain one: NumPy scalars become Python's, containers are copied.

    Only exact types count: a subclass could answer "equal" to every question.

    Raises
    ------
    NotPlain
        If it is, or contains, anything else than numbers, text, truth values and arrays of real numbers, or is huge.
    """
    return _plain(value, iter(range(_LARGEST)), 0)


def _plain(value, left, depth):
    """Do the work of `plain`: `left` yields as long as there may be more parts, `depth` counts nested containers."""
    kind = type(value)
    if next(left, None) is None:
        raise NotPlain(f"more than {_LARGEST} values")
    if kind in _CONTAINERS:
        if depth > 8:
            raise NotPlain(f"a {kind.__name__} that is too deep")
        if kind is dict:
            return {_plain(key, left, depth + 1): _plain(item, left, depth + 1) for key, item in value.items()}
        return kind([_plain(item, left, depth + 1) for item in value])
    if kind is int and value.bit_length() > 1000:
        raise NotPlain("a whole number of more than 300 digits")
    if kind is str and len(value) > _LARGEST:
        raise NotPlain(f"text of {len(value)} characters")
    if kind in _SCALARS:
        return value
    if kind is np.ndarray:
        if value.dtype.kind not in "biuf":
            raise NotPlain(f"an array of dtype {str(value.dtype)[:30]}, which holds no real numbers")
        if value.size > _LARGEST:
            raise NotPlain(f"an array of {value.size} numbers")
        return _plain(value[()], left, depth) if value.ndim == 0 else value.copy()
    if kind in _NUMPY_SCALARS and value.dtype.kind in "biufU":
        return float(value) if value.dtype.kind == "f" else value.item()
    raise NotPlain(f"an object of type {type_name(value)[:40]}")


def does_nothing(function):
    """Tell whether the body of a function is as it was handed out: a docstring and three dots, at most."""
    if type(function) is not FunctionType:
        return False
    idle = {"RESUME", "NOP", "LOAD_CONST", "RETURN_CONST", "RETURN_VALUE"}
    steps = list(dis.get_instructions(function.__code__))
    constants = [step.argval for step in steps if step.opname in ("LOAD_CONST", "RETURN_CONST")]
    return all(step.opname in idle for step in steps) and constants == [None]


def show(value, length=120):
    """Return a plain value as short text."""
    if isinstance(value, np.ndarray):
        formats = {"float_kind": _float_text, "int_kind": str, "bool": str}
        text = np.array2string(value, separator=", ", threshold=24, formatter=formats)
        text = f"array({' '.join(text.split())})"
    elif isinstance(value, list | tuple) and all(type(item) is float for item in value):
        text = str(type(value)(float(f"{item:.6g}") for item in value))
    elif type(value) is float:
        text = f"{value:.6g}" if abs(value) < 1e15 else repr(value)
    else:
        text = repr(value)
    return show_text(text, length)


def _float_text(number):
    """Return a number of an array as NumPy writes it, with a point even where nothing follows it."""
    text = f"{number:.6g}"
    return text if set(text) & set(".en") else f"{text}."


def show_text(text, length=200):
    """Return text, cut where it is too long."""
    return text if len(text) <= length else f"{text[: length - 4]} ..."


def kind_of(value, another=False):
    """Say what kind of value an answer should be, but not which; or, of two of a kind, that it is another one."""
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if isinstance(value, bool):
        return "the opposite" if another else "True or False"
    if isinstance(value, str):
        return "other text" if another else "text"
    if isinstance(value, int | float):
        return f"{'another' if another else 'a'} {'whole ' * isinstance(value, int)}number"
    return f"{len(value)} values"


def _close(expected, got, rtol, atol):
    """Tell whether two numbers agree; nan agrees with nan, and whole numbers are exact."""
    if isinstance(expected, int):
        return expected == got
    got = float(got)
    if math.isnan(expected) and math.isnan(got):
        return True
    return got == expected or abs(got - expected) <= atol + rtol * abs(expected) < math.inf


def difference(expected, got, rtol=1e-5, atol=1e-8):
    """Compare two plain values.

    Parameters
    ----------
    expected, got : plain value
        The right answer and the learner's.
    rtol, atol : float
        How far a number may be off.

    Returns
    -------
    str or None
        What is different, in words that do not give the answer away; None if they agree.
    """
    if isinstance(expected, np.ndarray):
        return _array_difference(expected, got, rtol, atol)
    wanted = f"expected {kind_of(expected)}"
    if isinstance(expected, list | tuple):
        if not isinstance(got, list | tuple) or len(got) != len(expected):
            return f"{wanted}, got {show(got)}"
        found = (difference(e, g, rtol, atol) for e, g in zip(expected, got, strict=True))
        return next((f"in place {i + 1}: {text}" for i, text in enumerate(found) if text), None)
    if isinstance(got, np.ndarray):
        return f"{wanted}, got an array of shape {got.shape}"
    if isinstance(expected, bool | str):
        same_kind = type(got) is type(expected)
        agree = same_kind and got == expected
    else:
        same_kind = type(got) in (int, float) and (isinstance(expected, float) or got == np.round(got))
        agree = same_kind and _close(expected, got, rtol, atol)
    if agree:
        return None
    return f"expected {kind_of(expected, another=True)}, got {show(got)}" if same_kind else f"{wanted}, got {show(got)}"


def _array_difference(expected, got, rtol, atol):
    """Compare with an array; a list of numbers stands for the array that it makes."""
    wanted = f"expected {kind_of(expected)}"
    if isinstance(got, list | tuple):
        try:
            made = np.array(got)
        except ValueError:
            return f"{wanted}, got a list whose rows differ in length"
        if made.dtype.kind not in "biuf":
            return f"{wanted}, got {show(got)}"
        got = made
    if not isinstance(got, np.ndarray):
        return f"{wanted}, got {show(got)}"
    if got.shape != expected.shape:
        return f"{wanted}, got one of shape {got.shape}"
    if (got.dtype.kind == "b") != (expected.dtype.kind == "b"):
        kinds = ("truth values", "numbers") if expected.dtype.kind == "b" else ("numbers", "truth values")
        return f"{wanted} of {kinds[0]}, got {kinds[1]}"
    exact = expected.dtype.kind != "f"
    agree = expected == got if exact else np.isclose(got, expected, rtol=rtol, atol=atol, equal_nan=True)
    if agree.all():
        return None
    cut = not exact and got.dtype.kind in "iu" and not (expected == np.round(expected)).all()
    more = f" of dtype {got.dtype}: fractions were cut off" if cut else ""
    return f"{wanted} with other values, got {show(got)}{more}"


# --- the judge ------------------------------------------------------------------------------------------------------


def judge(exercise, call, rng):
    """Judge an answer; whatever the answer is, this never raises anything but `Unasked`.

    Parameters
    ----------
    exercise : Exercise
        What was asked.
    call : callable
        Gets the learner's answer: ``call(*arguments)`` for a function, ``call()`` for all else. It lets through
        whatever the learner's code raises, and raises `NotAttempted`, `NoFunction`, `ChangedInput`, `Stopped`
        or `Unasked` itself.
    rng : numpy.random.Generator
        Draws the inputs of a function.

    Returns
    -------
    Verdict
    """
    with np.errstate(all="ignore"):
        try:
            asked = [(case, _ask(exercise, call, case)) for case in exercise.cases(rng)]
        except NotAttempted:
            return Verdict(NOT_ATTEMPTED, "Not attempted yet: replace the dots by your answer.")
        except _Hopeless as error:
            return Verdict(INCORRECT, f"Not yet right: {error}")
        found = (_problem(exercise, case, got) for case, got in asked)
        problem = next(filter(None, found), None)
        slips = (slip for slip in exercise.slips if _explains(exercise, slip, asked))
        if problem:
            slip = next(slips, Slip("", None, ""))
            return Verdict(INCORRECT, f"Not yet right: {problem} {slip.message}".rstrip(), 0, slip.name)
        reason = next(slips).message if exercise.kind == "choice" else ""
        return Verdict(CORRECT, f"Right. {reason}".rstrip(), exercise.points)


class _Hopeless(Exception):
    """No further question makes sense; the message is for the learner."""


def _ask(exercise, call, case):
    """Return the answer to one question: a plain value, or what was `Raised`."""
    passed = copy.deepcopy(case)
    try:
        got = call(*passed)
        if got is ...:
            raise NotAttempted
        got = plain(got)
        if changed(case, passed):
            raise ChangedInput
        return got.strip().upper() if exercise.kind == "choice" and isinstance(got, str) else got
    except Unasked:
        raise
    except (NotAttempted, NotImplementedError):
        raise NotAttempted from None
    except (Stopped, NoFunction, ChangedInput, NotPlain) as error:
        asked, said = _question(exercise, case), Raised.of(error).text
        if isinstance(error, TimeLimit):
            raise _Hopeless(f"{asked} took too long ({said}). Does a loop never end?") from None
        if isinstance(error, Stopped):
            raise _Hopeless(f"{asked} was cut short: {said}.") from None
        if isinstance(error, ChangedInput):
            raise _Hopeless(f"{asked} changed its own input. Work on a copy, or make a new array.") from None
        if isinstance(error, NoFunction):
            raise _Hopeless(f"expected a function, got {said}. Hand it over by its name, without calling it.") from None
        raise _Hopeless(f"{asked} {_gave(exercise)} {said}; expected {_expected(exercise, case)}.") from None
    except BaseException as error:
        return Raised.of(error)


def _problem(exercise, case, got):
    """Say what is wrong with one answer, in words that do not give the right one away; None if nothing is."""
    if isinstance(got, Raised):
        return f"{_question(exercise, case)} raised {got}."
    if got is None:
        return f"{_question(exercise, case)} {_gave(exercise)} None. Is there a `return`?"
    if exercise.reference:
        found = difference(_reference(exercise, case), got, exercise.rtol, exercise.atol)
        about = f"{_question(exercise, case)}: " if found and exercise.kind == "function" else ""
        return found and f"{about}{found}."
    if exercise.accepts:
        fault = _fault(exercise, got)
        if fault is None:
            return None
        if any(slip.name == fault for slip in exercise.slips):
            return f"{show(got)} will not do."
    elif isinstance(got, str) and got in exercise.letters:
        return None if seal(exercise.name, got) == exercise.right else f"{got} is not the answer."
    return f"expected {_expected(exercise, case)}, got {show(got)}."


def _explains(exercise, slip, asked):
    """Tell whether whoever made this slip would have answered like this each time."""
    if exercise.accepts:
        return all(slip.name == _fault(exercise, got) for _, got in asked)
    return all(_same(exercise, _outcome(slip.wrong, case), got) for case, got in asked)


def _fault(exercise, got):
    """Return what `accepts` says, or the error: it may stumble over an answer of a form that nobody thought of."""
    try:
        return exercise.accepts(got)
    except Exception as error:
        return error


def _gave(exercise):
    return "returned" if exercise.kind == "function" else "is"


def _reference(exercise, case):
    return plain(exercise.reference(*copy.deepcopy(case)))


def _expected(exercise, case):
    if exercise.kind == "choice":
        return f"one of the letters {', '.join(exercise.letters)} as text"
    return exercise.expects or kind_of(_reference(exercise, case))


def _outcome(wrong, case):
    """Return what a slip answers: a value, or the error that it ends in."""
    if not callable(wrong):
        return plain(wrong)
    try:
        return plain(wrong(*copy.deepcopy(case)))
    except Exception as error:
        return Raised.of(error)


def _same(exercise, slip, got):
    """Tell whether the answer of a slip is what came; both may be errors, or None."""
    if isinstance(slip, Raised) or isinstance(got, Raised):
        return type(slip) is type(got) and slip.kind == got.kind
    if slip is None or got is None:
        return slip is got
    return difference(slip, got, exercise.rtol, exercise.atol) is None


def changed(before, after):
    """Tell whether any argument of a call is no longer what it was."""
    try:
        return difference(plain(before), plain(after), 0, 0) is not None
    except NotPlain:
        return True


def _question(exercise, case):
    """Return the call that was made, as the learner would write it."""
    if exercise.kind != "function":
        return "the answer"
    named = inspect.signature(exercise.reference).bind(*case).arguments
    arguments = ", ".join(f"{name}={show(value)}" for name, value in named.items())
    return f"`{exercise.name}({arguments})`"
