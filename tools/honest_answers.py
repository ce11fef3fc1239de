"""Classes that copied nothing: ``python -m tools.honest_answers`` learns from them what honest answers share.

Each exercise has several forms of its answer, with the usual names and turns of phrase; each student draws one,
whatever the others draw. What many of them share is nobody's, so `helpers.grading.likeness` does not count it. How
alike two of them are at most, in many classes, is where its threshold lies.
"""

import functools
import json
import math
import re
import tomllib
from collections import Counter
from pathlib import Path

import numpy as np

from helpers.exercises import EXERCISES, of_chapter
from helpers.exercises.exercise import ChoiceExercise, FunctionExercise
from helpers.grading.likeness import HONEST, HONEST_STUDENTS, features, shared
from tools.make_exercises import all_answers

CLASSES = [40] * 40 + [200]
RAREST = {True: 0.01, False: 1.5 / HONEST_STUDENTS}
"""How many must write a run, or a whole answer, for it to be stored."""

AGAIN = "python -m tools.honest_answers"
CHOICE = re.compile("‹([^‹›]*)›")
FORMS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def answer(name, rng):
    """Return the honest answer of one student.

    Parameters
    ----------
    name : str
        The exercise.
    rng : numpy.random.Generator
        The student.

    Returns
    -------
    str

    Raises
    ------
    LookupError
        If nobody has written down how the exercise is answered.
    """
    exercise = EXERCISES[name]
    if isinstance(exercise, ChoiceExercise):
        return f"{name} = {exercise.letters[rng.integers(len(exercise.letters))]!r}"
    if not FORMS["forms"].get(name):
        raise LookupError(f"write some honest answers to {name} into tools/honest_answers.toml, then run: {AGAIN}")
    text = _drawn(str(rng.choice(FORMS["forms"][name])), rng)
    for role, names in FORMS["names"].items():
        text = re.sub(rf"@{role}\b", _weighted(names.split(), rng), text)
    remark = _drawn(FORMS["comments"], rng)
    if isinstance(exercise, FunctionExercise):
        lines = [*([remark] if remark else []), *text.split("\n")]
        return _head(name) + "".join(f"\n    {line}" for line in lines)
    return f"{name} = {text}" + (f"  {remark}" if remark else "")


def _weighted(options, rng):
    """Draw one: the first comes to mind most easily."""
    chances = 1 / np.arange(2.0, len(options) + 2)
    return options[rng.choice(len(options), p=chances / chances.sum())]


def _drawn(text, rng):
    """Draw each choice; the same choice further down is drawn alike, since it is the same name."""
    drawn = {}
    while found := CHOICE.search(text):
        options = found[1].split("¦")
        at = drawn.setdefault(found[1], options.index(_weighted(options, rng)))
        text = text[: found.start()] + options[at] + text[found.end() :]
    return text


def _head(name):
    """Return the lines of a function that were handed out."""
    return "\n".join(_solutions()[name].split("\n")[:2])


_solutions = functools.cache(all_answers)


def honest_class(chapter, size, rng):
    """Return the answers of a class in which nobody copied.

    Parameters
    ----------
    chapter : int
        1 to 5.
    size : int
        How many students.
    rng : numpy.random.Generator
        The class.

    Returns
    -------
    list of dict
        For each student: name of an exercise -> answer.
    """
    names = [exercise.name for exercise in of_chapter(chapter)]
    return [{name: answer(name, rng) for name in names} for _ in range(size)]


def usual_runs(rng):
    """Return what honest answers share: exercise -> (run -> the share of students who write it)."""
    usual = {}
    for name in EXERCISES:
        counts = Counter(run for _ in range(HONEST_STUDENTS) for run in features(answer(name, rng)))
        often = {run: round(count / HONEST_STUDENTS, 3) for run, count in counts.items()}
        usual[name] = {run: share for run, share in sorted(often.items()) if share >= RAREST[run[0] in "ws"]}
    return usual


def most_bits(rng):
    """Return how many bits two students of an honest class share at most, by exercise."""
    most = dict.fromkeys(EXERCISES, 0)
    for size in CLASSES:
        for chapter in sorted({exercise.chapter for exercise in EXERCISES.values()}):
            answers = {str(i): one for i, one in enumerate(honest_class(chapter, size, rng))}
            alike, _same = shared(answers, least=most)
            for bits in alike.values():
                most |= {name: max(most[name], math.ceil(number)) for name, number in bits.items()}
    return most


def main():
    """Store what honest answers share, and how much that is at most."""

    def store():
        HONEST.write_text(json.dumps(learned, separators=(",", ":"), sort_keys=True) + "\n", encoding="utf-8")

    rng = np.random.default_rng(1)
    learned = {"usual": usual_runs(rng), "most": {}}
    store()  # what comes next reads it
    learned["most"] = most_bits(rng)
    store()
    print(f"stored {HONEST.name}: {sum(map(len, learned['usual'].values()))} runs")


if __name__ == "__main__":
    main()
