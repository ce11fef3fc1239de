"""Numbers of one's own: which exercises vary, and what follows from a student's tag.

The tag follows from a secret of the class and from who the student is. The numbers follow from the tag alone, so that
a notebook which holds it is checked at home; the secret does not follow from it.
"""

import hashlib
import hmac
import math
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from helpers.exercises import EXERCISES
from helpers.language import _

TAG = re.compile("[0-9a-f]{16}")
NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")


@dataclass(frozen=True)
class Variation:
    """How the numbers of a value exercise vary.

    Parameters
    ----------
    usual : dict
        The numbers that the course has.
    draw : callable
        Takes a random generator, returns other numbers.
    shown : callable
        Takes numbers, returns them and what follows from them, as they stand in task, hints and messages.
    right : callable
        Takes numbers, returns the right answer.
    wrong : dict
        Name of a slip -> what answers so with these numbers; slips that are not here do not depend on them.
    """

    usual: dict
    draw: Callable
    shown: Callable
    right: Callable
    wrong: dict

    def exchanged(self, text, numbers):
        """Return a text with the numbers of the course replaced by others, wherever they stand in it."""
        other = dict(zip(self.shown(**self.usual), self.shown(**numbers), strict=True))
        return NUMBER.sub(lambda found: other.get(found[0], found[0]), text)


def _steps(distance, to=0.001, factor=0.99):
    return math.ceil(math.log(to / distance) / math.log(factor))


def _other(rng, low, high, *usual):
    """Return a whole number from `low` to `high` that is not one of the course's."""
    return int(rng.choice([number for number in range(low, high + 1) if number not in usual]))


VARIATIONS = {
    "backward_macs": Variation(
        usual={"hidden": 128},
        draw=lambda rng: {"hidden": _other(rng, 20, 300, 128)},
        shown=lambda hidden: (f"{hidden}", f"{794 * hidden:,}"),
        right=lambda hidden: 804 * hidden,
        wrong={
            "twice the forward pass": lambda hidden: 2 * 794 * hidden,
            "as much as forward": lambda hidden: 794 * hidden,
            "both ways": lambda hidden: (794 + 804) * hidden,
            "gradient handed on only": lambda hidden: 10 * hidden,
        },
    ),
    "iris_parameters": Variation(
        usual={"first": 6, "second": 5},
        draw=lambda rng: {"first": _other(rng, 7, 20), "second": _other(rng, 7, 20)},
        shown=lambda first, second: (f"{first}", f"{second}"),
        right=lambda first, second: 5 * first + (first + 1) * second + (second + 1) * 3,
        wrong={
            "biases forgotten": lambda first, second: 4 * first + first * second + 3 * second,
            "biases for the inputs": lambda first, second: 5 * first + (first + 1) * second + (second + 1) * 3 + 4,
            "outputs without biases": lambda first, second: 5 * first + (first + 1) * second + second * 3,
            "multiply-adds for 150": lambda first, second: 150 * (4 * first + first * second + 3 * second),
            "one hidden layer": lambda first, second: 5 * first + (first + 1) * 3,
        },
    ),
    "largest_rate": Variation(
        usual={"factor": 3},
        draw=lambda rng: {"factor": _other(rng, 4, 40)},
        shown=lambda factor: (f"{factor}", f"{2 * factor}"),
        right=lambda factor: 1 / factor,
        wrong={
            "one over curvature": lambda factor: 1 / (2 * factor),
            "factor for curvature": lambda factor: 2 / factor,
            "curvature itself": lambda factor: 2.0 * factor,
        },
    ),
    "steps_needed": Variation(
        usual={"start": 5},
        draw=lambda rng: {"start": _other(rng, 2, 20, 5)},
        shown=lambda start: (
            *(f"{start}", f"{start + 1}"),
            *(f"{_steps(start + 1)}", f"{_steps(start + 1) - 1}", f"{_steps(start + 1, 0.001**0.5)}"),
        ),
        right=lambda start: _steps(start + 1),
        wrong={
            "log10 for ln": lambda start: math.ceil(math.log10(0.001 / (start + 1)) / math.log(0.99)),
            "start at 5": lambda start: _steps(start),
            "factor 0.995": lambda start: _steps(start + 1, factor=0.995),
            "loss for distance": lambda start: _steps(start + 1, 0.001**0.5),
            "one too many": lambda start: _steps(start + 1) + 1,
            "one short": lambda start: _steps(start + 1) - 1,
        },
    ),
    "largest_factor": Variation(
        usual={"weight": 2},
        draw=lambda rng: {"weight": _other(rng, 11, 30, 20) / 10},
        shown=lambda weight: (f"{weight:g}",),
        right=lambda weight: (weight / 4) ** 8,
        wrong={
            "slopes forgotten": lambda weight: weight**8,
            "sum": lambda weight: 8 * weight / 4,
            "one layer": lambda weight: weight / 4,
            "one layer short": lambda weight: (weight / 4) ** 7,
        },
    ),
    "profit_for_service": Variation(
        usual={"cost": 2},
        draw=lambda rng: {"cost": _other(rng, 3, 60, 10)},
        shown=lambda cost: (f"{cost}", f"{0.9 * cost:g}", f"{9 * cost}", f"{10 * cost}"),
        right=lambda cost: 9.0 * cost,
        wrong={
            "cost forgotten below": lambda cost: 0.9 * cost,
            "turned round": lambda cost: cost / 9,
            "total for profit": lambda cost: 10 * cost,
        },
    ),
    "sure_and_wrong": Variation(
        usual={"sure": 0.9, "wrong": 0.001},
        draw=lambda rng: {
            "sure": float(rng.choice((0.8, 0.84, 0.88, 0.96))),
            "wrong": float(rng.choice((0.002, 0.004, 0.005, 0.008))),
        },
        shown=lambda sure, wrong: (f"{sure:g}", f"{wrong:g}", f"{100 * sure:.0f}", f"{sure / wrong:.0f}"),
        right=lambda sure, wrong: math.log(wrong) / math.log(sure),
        wrong={
            "ratio of probabilities": lambda sure, wrong: sure / wrong,
            "loss alone": lambda sure, wrong: -math.log(wrong),
            "right answers alone": lambda sure, wrong: -math.log(sure),
            "log10 for ln": lambda sure, wrong: -math.log10(wrong),
            "upside down": lambda sure, wrong: math.log(sure) / math.log(wrong),
        },
    ),
}
"""The exercises that vary, by name."""


def tag_of(secret, person):
    """Return the tag of a student.

    Parameters
    ----------
    secret : str
        The secret of the class.
    person : helpers.grading.roster.Person or helpers.grading.platforms.Student
        Who it is: by the id, else the e-mail address, else the user name, else the name.

    Returns
    -------
    str
        16 characters.
    """
    who = next(filter(None, (person.id, person.email, person.username, person.name)), "")
    return hmac.digest(secret.encode(), who.strip().casefold().encode(), "sha256").hex()[:16]


def check_tag(tag):
    """Return a tag; raise an error unless it is one."""
    if not (isinstance(tag, str) and TAG.fullmatch(tag)):
        raise ValueError(
            _("variant must be the 16 characters that this notebook was handed out with, got {tag!r}", tag=tag)
        )
    return tag


def numbers_of(name, tag):
    """Return a student's numbers for an exercise that varies.

    Parameters
    ----------
    name : str
        The exercise.
    tag : str
        The student's.

    Returns
    -------
    dict
    """
    seed = hashlib.sha256(f"{tag} {name}".encode()).digest()
    return VARIATIONS[name].draw(np.random.default_rng(list(seed)))


def text_of(name, text, tag):
    """Return a text about an exercise, such as its task or its solution, with a student's numbers.

    Parameters
    ----------
    name : str
        The exercise.
    text : str
        As the course has it, in any language.
    tag : str
        The student's; without one the text stays as it is.

    Returns
    -------
    str
    """
    return VARIATIONS[name].exchanged(text, numbers_of(name, tag)) if tag and name in VARIATIONS else text


def exercise_of(name, tag):
    """Return an exercise with a student's numbers.

    Parameters
    ----------
    name : str
        The exercise.
    tag : str
        The student's; without one, and where nothing varies, the exercise is the course's.

    Returns
    -------
    Exercise
    """
    exercise = EXERCISES[name]
    if not tag or name not in VARIATIONS:
        return exercise
    variation, numbers = VARIATIONS[name], numbers_of(name, tag)
    slips = (
        replace(
            slip,
            wrong=variation.wrong[slip.name](**numbers) if slip.name in variation.wrong else slip.wrong,
            message=variation.exchanged(slip.message, numbers),
        )
        for slip in exercise.slips
    )
    return replace(
        exercise,
        title=variation.exchanged(exercise.title, numbers),
        reference=lambda: variation.right(**numbers),
        slips=tuple(slips),
        hints=tuple(variation.exchanged(hint, numbers) for hint in exercise.hints),
    )


def vary_notebook(notebook, tag):
    """Give a notebook as it is handed out the numbers and the tag of a student, in place; outputs are taken out.

    Parameters
    ----------
    notebook : dict
        The student version, as its file has it.
    tag : str
        The student's.

    Raises
    ------
    ValueError
        If it has no call of `progress` that could hold the tag.
    """
    given = 0
    for cell in notebook["cells"]:
        about = cell.get("metadata", {}).get("nbgrader", {}).get("grade_id", "")
        source = "".join(cell["source"])
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
            source, here = re.subn(r"^progress\((\d)\)", rf'progress(\1, variant="{tag}")', source, flags=re.MULTILINE)
            given += here
        cell["source"] = text_of(about.removesuffix("_task"), source, tag)
    if given != 1:
        raise ValueError(_("no notebook of exercises: it does not call progress once"))


def tag_in(cells):
    """Return the tag that a notebook's code holds, or no text.

    Parameters
    ----------
    cells : iterable of str
        Its code.

    Returns
    -------
    str
    """
    calls = (re.search(r"^progress\(\d, *variant=[\"']([0-9a-f]{16})[\"']\)", code, re.MULTILINE) for code in cells)
    return next((call[1] for call in calls if call), "")
