"""The judge of answers: not attempted, incorrect with a reason, or correct.

It asks for the answer by calling a function that it is given, and does not care where the answer is computed: in the
learner's own notebook, or in a process far away.
"""

from dataclasses import dataclass

import numpy as np

from helpers.exercises.answer import ChangedInput, NoFunction, NotAttempted, Raised, Stopped, TimeLimit, Unasked
from helpers.exercises.values import NotCalled, NotPlain, NotUsedUp, plain
from helpers.language import N_, _

NOT_ATTEMPTED, INCORRECT, CORRECT = N_("not attempted"), N_("incorrect"), N_("correct")
OUTCOMES = (NOT_ATTEMPTED, INCORRECT, CORRECT)
MARKS = {NOT_ATTEMPTED: "○", INCORRECT: "✗", CORRECT: "✓"}


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
    share : float
        In what share of the cases the answer is right, from 0 to 1.
    """

    outcome: str
    message: str
    points: float = 0
    slip: str = ""
    share: float = 0


def judge(exercise, call, rng):
    """Judge an answer; whatever the answer is, this never raises anything but `Unasked`.

    Parameters
    ----------
    exercise : Exercise
        What was asked.
    call : callable
        Gets the learner's answer: ``call(*arguments)`` for a function, ``call()`` for all else. What it raises counts
        as raised by the learner's code, but for what `helpers.exercises.answer.value_of` raises, `Stopped` and
        `Unasked`.
    rng : numpy.random.Generator
        Draws the inputs of a function.

    Returns
    -------
    Verdict

    Raises
    ------
    Unasked
        If the question could not be asked.
    """
    return judge_on(exercise, exercise.cases(rng), call)


@np.errstate(all="ignore")
def judge_on(exercise, cases, call):
    """Judge an answer as `judge` does, on cases that have been drawn; they are asked in their order."""
    asked = []
    for case in cases:
        try:
            got = plain(call(*case))
        except Unasked:
            raise
        except (NotAttempted, NotImplementedError):
            return Verdict(NOT_ATTEMPTED, _("Not attempted yet: replace the dots by your answer."))
        except (Stopped, NoFunction, ChangedInput, NotPlain) as error:
            return Verdict(INCORRECT, _("Not yet right: {hopeless}", hopeless=_hopeless(exercise, case, error)))
        except BaseException as error:
            got = Raised.of(error)
        asked.append((case, got))
    problems = [exercise.problem(case, got) for case, got in asked]
    share = problems.count(None) / len(problems)
    problem = next(filter(None, problems), None)
    if not problem:
        return Verdict(
            CORRECT, _("Right. {praise}", praise=exercise.praise(asked)).rstrip(), exercise.points, share=share
        )
    turned = [(case, _turned(got)) for case, got in asked]
    for explains, results, said in (
        (exercise.explains, asked, "{slip.message}"),
        (exercise.explains_in_part, asked, _("{slip.message} Besides, some of your results are inf or nan.")),
        (exercise.explains, turned, _("{slip.message} Besides, the sign is turned round.")),
    ):
        for slip in exercise.slips:
            if explains(slip, results):
                told = _("Not yet right: {problem} {said}", problem=problem, said=said.format(slip=slip)).rstrip()
                return Verdict(INCORRECT, told, slip=slip.name, share=share)
    return Verdict(
        INCORRECT,
        _("Not yet right: {problem} {advice}", problem=problem, advice=exercise.advice(asked)).rstrip(),
        share=share,
    )


def _turned(got):
    """Return a number, or an array of them, with its sign turned round; None for all else."""
    if isinstance(got, bool) or not isinstance(got, int | float | np.ndarray):
        return None
    return None if isinstance(got, np.ndarray) and got.dtype == bool else -got


def _hopeless(exercise, case, error):
    """Say why no further question makes sense."""
    asked, said = exercise.question(case), Raised.of(error).text
    match error:
        case TimeLimit():
            return _("{asked} took too long ({said}). Does a loop never end?", asked=asked, said=said)
        case Stopped():
            return _("{asked} was cut short: {said}.", asked=asked, said=said)
        case ChangedInput():
            return _("{asked} changed its own input. Work on a copy, or make a new array.", asked=asked)
        case NoFunction():
            return _("expected a function, got {said}. Hand it over by its name, without calling it.", said=said)
        case NotCalled():
            more = _(" Brackets after its name call a function.")
        case NotUsedUp():
            more = _(" `list(...)` or `sum(...)` would use up the generator.")
        case _:
            more = ""
    return _(exercise.other_kind, asked=asked, said=said, expected=exercise.expected(case), more=more)
