"""What an exercise is: its words, its points, and what makes an answer right; one class for each kind of answer.

Each exercise knows the slips that are usually made. A slip is itself an answer, a wrong one: whoever answers like it
on every input has made it, and is told what it is.
"""

import copy
import functools
import hashlib
import inspect
import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from helpers._checks import check_integer, check_real
from helpers.exercises.advice import advice, advice_on_length
from helpers.exercises.answer import Raised
from helpers.exercises.values import difference, kind_of, plain, show
from helpers.language import N_, _

DRAWS = 8
"""How many random inputs a function is tried on, besides the fixed ones."""

LEVELS = ("warm-up", "practice", "challenge")
"""How hard exercises of 1, 2 and 3 points are."""


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


@dataclass(frozen=True, eq=False, kw_only=True)
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
    points : int
        What a right answer counts.
    hints : tuple of str
        From a nudge to almost the answer.

    Attributes
    ----------
    slips : tuple of Slip
        The usual wrong answers.
    reason : str
        Why the right answer is right, if that is worth a word.
    """

    name: str
    chapter: int
    title: str
    points: int
    hints: tuple

    #: What is said of an answer of another kind.
    other_kind = N_("{asked} is {said}; expected {expected}.{more}")
    reason = ""

    def __post_init__(self):
        if not self.name.isidentifier():
            raise ValueError(_("the name of an exercise must be one for a variable, got {name!r}", name=self.name))
        check_integer(self.chapter, "chapter", at_least=1)
        check_integer(self.points, "points", at_least=1)

    @property
    def level(self):
        """How hard it is, in a word."""
        return LEVELS[min(self.points, len(LEVELS)) - 1]

    def cases(self, rng):
        """Return a list of what the answer is called with, one tuple of arguments a call; a value is not called."""
        return [()]

    def question(self, case):
        """Return what was asked, in words."""
        return _("the answer")

    def expected(self, case):
        """Return what kind of answer is right, in words that do not give it away."""
        raise NotImplementedError

    def fault(self, case, got):
        """Return what is wrong with a plain value, in words that do not give the answer away; None if nothing is.

        What a function should have returned for one input gives nothing away: it is asked with others, too.
        """
        raise NotImplementedError

    def problem(self, case, got):
        """Return what is wrong with one answer, a plain value or `Raised`, in words; None if nothing is."""
        if isinstance(got, Raised):
            return _("{question} raised {got}.", question=self.question(case), got=got)
        if got is None:
            return self._nothing(case)
        return self.fault(case, got)

    def _nothing(self, case):
        return _("{question} is None: it has got no value yet.", question=self.question(case))

    def praise(self, asked):
        """Return what to say of a right answer."""
        return self.reason

    def explains(self, slip, asked):
        """Tell whether a slip explains all that was asked, pairs of a case and the answer that came."""
        raise NotImplementedError

    def explains_in_part(self, slip, asked):
        """Tell whether a slip explains all answers that are numbers, where others are inf or nan."""
        return False

    def advice(self, asked):
        """Return a word that helps where no slip explains a wrong answer; no text if there is none."""
        return ""


@dataclass(frozen=True, eq=False, kw_only=True)
class ValueExercise(Exercise):
    """Asks for a number, text or array, which is compared with the right one.

    Parameters
    ----------
    slips : tuple of Slip
        The usual wrong answers.
    reference : callable
        Returns the right answer.
    rtol, atol : float
        How far a number may be off: ``atol + rtol * abs(expected)``. Whole numbers are compared exactly.
    """

    slips: tuple
    reference: Callable
    rtol: float = 1e-5
    atol: float = 1e-8

    def __post_init__(self):
        super().__post_init__()
        check_real(self.rtol, "rtol", at_least=0)
        check_real(self.atol, "atol", at_least=0)

    def expected(self, case):
        return kind_of(self._right(case))

    def fault(self, case, got):
        found = difference(self._right(case), got, self.rtol, self.atol, tell=bool(case))
        return found and _("{question} {found}.", question=self.question(case), found=found)

    def explains(self, slip, asked):
        return all(self._same(_outcome(slip.wrong, case), got) for case, got in asked)

    def advice(self, asked):
        return advice([(self._right(case), got) for case, got in asked])

    def _right(self, case):
        return plain(self.reference(*copy.deepcopy(case))) if case else self._only_answer

    @functools.cached_property
    def _only_answer(self):
        return plain(self.reference())

    def _same(self, slip, got):
        if isinstance(slip, Raised) or isinstance(got, Raised):
            return type(slip) is type(got) and slip.kind == got.kind
        if slip is None or got is None:
            return slip is got
        return difference(slip, got, self.rtol, self.atol) is None


def _is_finite(got):
    try:
        return bool(np.isfinite(np.asarray(got, float)).all())
    except (TypeError, ValueError, OverflowError):
        return False


def _outcome(wrong, case):
    """Return what a slip answers: a value, or the error that it ends in."""
    if not callable(wrong):
        return plain(wrong)
    try:
        return plain(wrong(*copy.deepcopy(case)))
    except Exception as error:
        return Raised.of(error)


@dataclass(frozen=True, eq=False, kw_only=True)
class FunctionExercise(ValueExercise):
    """Asks for a function; what it returns is compared, on fixed inputs and on random ones.

    Parameters
    ----------
    draw : callable
        Takes a random generator, returns a tuple of arguments.
    edges : tuple of callables
        Each draws likewise, once, where answers part that agree on most inputs. ``make wrong`` tells if they suffice.
    fixed : tuple of tuples
        Arguments that are always tried, before the random ones.
    """

    draw: Callable
    edges: tuple = ()
    fixed: tuple = ()

    other_kind = N_("{asked} returned {said}; expected {expected}.{more}")

    def cases(self, rng):
        return [*self.fixed, *(draw(rng) for draw in (*self.edges, *[self.draw] * DRAWS))]

    def question(self, case):
        named = inspect.signature(self.reference).bind(*case).arguments
        return f"`{self.name}({', '.join(f'{name}={show(value)}' for name, value in named.items())})`"

    def _nothing(self, case):
        return _(
            "{question} returned None. Is there a `return`, on each way through the function?",
            question=self.question(case),
        )

    def advice(self, asked):
        pairs = [(self._right(case), got) for case, got in asked]
        named = [inspect.signature(self.reference).bind(*case).arguments for case, _got in asked]
        return advice_on_length(named, pairs) or advice(pairs)

    def explains_in_part(self, slip, asked):
        numbers = [(case, got) for case, got in asked if _is_finite(got)]
        if not len(asked) / 2 <= len(numbers) < len(asked):
            return False
        return self.explains(slip, numbers) and any(self.problem(case, got) for case, got in numbers)


@dataclass(frozen=True, eq=False, kw_only=True)
class DesignExercise(Exercise):
    """Asks for something that many answers fulfil, such as a network within a budget.

    Parameters
    ----------
    slips : tuple of Slip
        The usual wrong answers, each with an example.
    accepts : callable
        Takes the answer; returns None if it is right, else the name of the slip.
    expects : str
        What an answer looks like: no reference shows it.
    says : callable
        Takes the answer; returns what was measured, in a sentence, or no text.
    """

    slips: tuple
    accepts: Callable
    expects: str
    says: Callable = lambda got: ""

    def expected(self, case):
        return self.expects

    def fault(self, case, got):
        slip = self._slip(got)
        if slip is None:
            return None
        if any(slip == known.name for known in self.slips):
            return _("{shown} will not do. {says}", shown=show(got), says=self.says(got)).rstrip()
        return _("expected {expects}, got {shown}.", expects=self.expects, shown=show(got))

    def explains(self, slip, asked):
        return all(slip.name == self._slip(got) for _, got in asked)

    def praise(self, asked):
        return self.says(asked[0][1])

    def _slip(self, got):
        """Return what `accepts` says, or the error: it may stumble over an answer of a form that nobody thought of."""
        try:
            return self.accepts(got)
        except Exception as error:
            return error


@dataclass(frozen=True, eq=False, kw_only=True)
class ChoiceExercise(Exercise):
    """Asks for one of several options, by its letter.

    Parameters
    ----------
    options : dict
        The thought behind an option -> what to tell whoever chooses it; they are called A, B, C, ...
    right : str
        The `seal` of the right letter.
    """

    options: dict
    right: str

    @property
    def letters(self):
        """The names of the options."""
        return tuple("ABCDEFGH"[: len(self.options)])

    @property
    def slips(self):
        """All options but the right one."""
        named = zip(self.letters, self.options.items(), strict=True)
        return tuple(Slip(name, letter, said) for letter, (name, said) in named if not self._is_right(letter))

    @property
    def reason(self):
        """Why the right option is right."""
        named = zip(self.letters, self.options.values(), strict=True)
        return next(said for letter, said in named if self._is_right(letter))

    def _is_right(self, letter):
        return seal(self.name, letter) == self.right

    def expected(self, case):
        return _("one of the letters {letters} as text", letters=_(", ").join(self.letters))

    def fault(self, case, got):
        letter = _letter(got)
        if not isinstance(letter, str) or letter not in self.letters:
            return _("expected {expected}, got {shown}.", expected=self.expected(case), shown=show(letter))
        return None if self._is_right(letter) else _("{letter} is not the answer.", letter=letter)

    def explains(self, slip, asked):
        return all(isinstance(got, str) and _letter(got) == slip.wrong for _, got in asked)


@dataclass(frozen=True, eq=False, kw_only=True)
class MatchExercise(Exercise):
    """Asks for a label for each of several items, as a dict: item -> label.

    Parameters
    ----------
    slips : tuple of Slip
        Mistakes that are often made; what is wrong is a part of an answer, such as one item with its label.
    right : dict
        Item -> the right label.
    labels : tuple of str
        All labels that may be given.
    """

    slips: tuple
    right: dict
    labels: tuple

    def expected(self, case):
        items, labels = _(", ").join(self.right), _(", ").join(f'"{label}"' for label in self.labels)
        return _("a dict with one of {labels} for each of {items}", labels=labels, items=items)

    def fault(self, case, got):
        if not isinstance(got, dict) or set(got) != set(self.right):
            return _("expected {expected}, got {shown}.", expected=self.expected(case), shown=show(got))
        for item, label in got.items():
            if _label(label) not in self.labels:
                return _(
                    "{item} is {shown}, which is none of {labels}.",
                    item=item,
                    shown=show(label),
                    labels=_(", ").join(self.labels),
                )
        matches = sum(_label(got[item]) == label for item, label in self.right.items())
        if matches == len(self.right):
            return None
        return _("{matches} of {number} are right.", matches=matches, number=len(self.right))

    def explains(self, slip, asked):
        return all(
            isinstance(got, dict) and all(_label(got.get(item)) == label for item, label in slip.wrong.items())
            for _, got in asked
        )


def _label(got):
    return " ".join(got.lower().replace("-", " ").replace("_", " ").split()) if isinstance(got, str) else got


def _letter(got):
    return got.strip(" .()").upper() if isinstance(got, str) else got


def seal(name, letter):
    """Return a fingerprint of the right option, which does not show what it is; the name is its salt."""
    return hashlib.sha256(f"{name}: {letter}".encode()).hexdigest()[:16]


def unrepaired(faulty, faults):
    """Return a slip for each set of mistakes that may be left in code that is to be repaired.

    Parameters
    ----------
    faulty : callable
        Answers a case with the mistakes that are `left`, a set of their names.
    faults : dict
        Name of a mistake -> what to tell whoever has mended all others.

    Returns
    -------
    tuple of Slip
        The code as it was handed out first, single mistakes last.
    """
    slips = []
    for count in range(len(faults), 0, -1):
        for left in itertools.combinations(faults, count):
            mended = [fault for fault in faults if fault not in left]
            if not mended:
                name = "as handed out"
                said = _("It has {number} mistakes, and all of them are still in it.", number=len(faults))
            elif count > 1:
                name = ", ".join(left)
                said = _(
                    "{count} of the {number} mistakes are left. Mended is: {mended}.",
                    count=count,
                    number=len(faults),
                    mended=", ".join(map(_, mended)),
                )
            else:
                name = left[0]
                said = _("One of the {number} mistakes is left. {fault}", number=len(faults), fault=faults[name])
            slips.append(Slip(name, functools.partial(faulty, left=frozenset(left)), said))
    return tuple(slips)


def times(factor, function):
    """Return a function that answers `factor` times what `function` does: the slip behind many a wrong answer."""
    return lambda *case: factor * function(*case)
