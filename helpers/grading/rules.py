"""Makes grades of verdicts: points by hand, parts of points, weights, what is late.

Nothing here runs code of students or asks the judge again: a rule that changes takes effect in the next run at once,
and what a teacher wrote by hand holds however often a class is graded.
"""

import math
import tomllib
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from helpers.exercises.judge import INCORRECT
from helpers.grading.roster import Finder, Person, read_table
from helpers.language import N_, _, ngettext

BY_HAND = ("student", "exercise", "points", "comment")
"""The columns of ``overrides.csv``."""

BONUS = "bonus"
"""What stands for an exercise where points are added to the total."""


@dataclass(frozen=True)
class Rules:
    """How points become a grade.

    Parameters
    ----------
    deadline : datetime or None
        After it a submission is late.
    grace_minutes : float
        How much later than the deadline is still in time.
    per_day : float
        Per cent of the points that a day costs; a day that has begun is a day.
    at_most : float
        Per cent of the points that being late costs at most.
    dates : str
        "platform": only what the platform says makes late. "file": where it says nothing, the date of the file does.
    extensions : dict
        Name, id or e-mail address of a student -> the student's own deadline.
    partial : bool
        Whether a wrong function gets the share of cases in which it is right.
    weights : dict
        Name of an exercise -> a factor for its points.
    bonus : tuple of str
        Exercises that add to the total, and not to what can be reached.
    """

    deadline: datetime | None = None
    grace_minutes: float = 0
    per_day: float = 0
    at_most: float = 100
    dates: str = "platform"
    extensions: dict = field(default_factory=dict)
    partial: bool = False
    weights: dict = field(default_factory=dict)
    bonus: tuple = ()

    def reach(self, exercise):
        """Return what an exercise counts at most."""
        return exercise.points * self.weights.get(exercise.name, 1)

    def reachable(self, exercises):
        """Return what can be reached in all."""
        return sum(self.reach(exercise) for exercise in exercises if exercise.name not in self.bonus)


def read_rules(path, exercises):
    """Read ``rules.toml``.

    Parameters
    ----------
    path : path-like
        The file.
    exercises : iterable of Exercise
        All of the course.

    Returns
    -------
    Rules

    Raises
    ------
    ValueError
        If it is not of the form in docs/teaching.md; the message names the line or the key.
    """
    path = Path(path)
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ValueError(_("{path} cannot be read: {error.strerror}", path=path, error=error)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(_("{path} is not written as TOML: {error}", path=path, error=error)) from None
    known = {exercise.name for exercise in exercises}
    for key, value in told.items():
        if fault := _fault(key, value, known):
            raise ValueError(_("{path}: {key} {fault}, got {value!r}", path=path, key=key, fault=fault, value=value))
    if "deadline" in told:
        told["deadline"] = told["deadline"].astimezone()
    told["extensions"] = {str(name): date.astimezone() for name, date in told.get("extensions", {}).items()}
    return Rules(**{**told, "bonus": tuple(told.get("bonus", ()))})


def _fault(key, value, known):
    """Return what is wrong with one entry of the rules; None if nothing is."""
    number = type(value) in (int, float) and math.isfinite(value) and value >= 0
    match key:
        case "deadline":
            return None if isinstance(value, datetime) else _("should be a date and a time such as 2026-03-08T23:59:00")
        case "grace_minutes":
            return None if number else _("should be a number of minutes")
        case "per_day" | "at_most":
            return None if number and value <= 100 else _("should be per cent, from 0 to 100")
        case "dates":
            return None if value in ("platform", "file") else _('should be "platform" or "file"')
        case "partial":
            return None if isinstance(value, bool) else _("should be true or false")
        case "extensions":
            is_right = isinstance(value, dict) and all(isinstance(date, datetime) for date in value.values())
            return None if is_right else _("should give each name a date and a time")
        case "weights":
            factors = value.values() if isinstance(value, dict) else [None]
            if not all(type(one) in (int, float) and math.isfinite(one) and one >= 0 for one in factors):
                return _("should give exercises a factor, at least 0")
            return _unknown(value, known)
        case "bonus":
            return _unknown(value, known) if isinstance(value, list) else _("should be a list of exercises")
    return _("is no rule; there are {rules}", rules=", ".join(Rules.__dataclass_fields__))


def _unknown(names, known):
    unknown = sorted(set(map(str, names)) - known)
    return _("should name exercises ({unknown} is none)", unknown=", ".join(unknown)) if unknown else None


def read_by_hand(path, exercises, students):
    """Read ``overrides.csv``, what a teacher gives by hand.

    Parameters
    ----------
    path : Path
        The file; it need not be there.
    exercises : list of Exercise
        What was graded.
    students : dict
        Key of a result -> Student.

    Returns
    -------
    by_hand : dict
        (key of a result, name of an exercise, "bonus" or "") -> (points or None, comment).
    remarks : list of str
        A sentence for each line that is not used.
    """
    if not path.exists():
        return {}, []
    columns, rows = read_table(path)
    missing = [name for name in BY_HAND[:3] if name not in map(str.casefold, columns)]
    if missing:
        words = N_("{path} has no column {column}: its first line should be {columns}")
        raise ValueError(_(words, path=path, column=missing[0], columns=",".join(BY_HAND)))
    finder = Finder([_as_person(key, student) for key, student in students.items()])
    by_hand, remarks = {}, []
    for number, row in rows:
        row = {name.casefold(): text for name, text in row.items()}
        try:
            who = row.get("student", "")
            person = finder.find(name=who, id=who)
            if person is None:
                raise ValueError(_("“{who}” is nobody here, or several: write the name, id or e-mail address", who=who))
            exercise = _exercise(row.get("exercise", ""), exercises)
            points = _points(row.get("points", ""), exercise)
            comment = row.get("comment", "")
            if points is None and not comment:
                raise ValueError(_("there are no points and no comment"))
            key = (person.row["key"], getattr(exercise, "name", exercise))
            if key in by_hand:
                words = N_("{path.name}, line {number}: the same student and exercise again; this line counts.")
                remarks.append(_(words, path=path, number=number))
            by_hand[key] = points, comment
        except ValueError as error:
            words = N_("{path.name}, line {number} is not used: {error}.")
            remarks.append(_(words, path=path, number=number, error=error))
    return by_hand, remarks


def _as_person(key, student):
    return Person(student.name, student.id, student.email, student.username, row={"key": key})


def _exercise(text, exercises):
    """Return the exercise that a cell names, by name, title or number; "bonus" or "" as they are."""
    text = text.strip().casefold()
    if text in ("", BONUS):
        return text
    for number, exercise in enumerate(exercises, 1):
        if text in (exercise.name.casefold(), exercise.title.casefold(), str(number)):
            return exercise
    names = ", ".join(exercise.name for exercise in exercises)
    words = N_("“{text}” is no exercise of this chapter; there are {names} and {bonus}")
    raise ValueError(_(words, text=text, names=names, bonus=BONUS))


def _points(text, exercise):
    """Return the points in a cell; None if it is empty."""
    if not text.strip():
        return None
    points = math.nan
    with suppress(ValueError):
        points = float(text.strip().replace(",", "."))
    if not math.isfinite(points):
        raise ValueError(_("“{text}” is no number of points", text=text))
    if exercise == "":
        raise ValueError(_("points need an exercise; to add to the total, write {bonus}", bonus=BONUS))
    if exercise != BONUS and not 0 <= points <= exercise.points:
        words = N_(
            "{exercise.name} has 0 to {exercise.points} points, not {points:g}; for more, add a line with {bonus}"
        )
        raise ValueError(_(words, exercise=exercise, points=points, bonus=BONUS))
    return points


def settle(results, exercises, students, rules=None, by_hand=None):
    """Make grades of results.

    Parameters
    ----------
    results : list of dict
        As `helpers.grading.batch.grade_class` returns them.
    exercises : list of Exercise
        What was graded.
    students : dict
        Key of a result -> Student.
    rules : Rules, optional
        By default each exercise counts its points, and nothing is late.
    by_hand : dict, optional
        As `read_by_hand` returns it.

    Returns
    -------
    list of dict
        The results, each with "points" (exercise -> points), "comments" (exercise, or "" -> comment), "by_hand" (the
        exercises whose points are by hand), "bonus", "said" (sentences for the student), "total" and all flags.
    """
    rules, by_hand = rules or Rules(), by_hand or {}
    extensions = _extensions(rules, students)
    return [_settled(result, exercises, students.get(result["key"]), rules, by_hand, extensions) for result in results]


def strangers_with_more_time(rules, students):
    """Return a sentence for each extension that is nobody's."""
    found = set(_extensions(rules, students).values())
    words = N_("More time for “{name}”: that is nobody here, or several.")
    return [_(words, name=name) for name in rules.extensions if name not in found]


def _extensions(rules, students):
    """Return who has a deadline of their own: key of a result -> name in the rules."""
    finder = Finder([_as_person(key, student) for key, student in students.items()])
    found = {name: finder.find(name=name, id=name) for name in rules.extensions}
    return {person.row["key"]: name for name, person in found.items() if person}


def _settled(result, exercises, student, rules, by_hand, extensions):
    key, said = result["key"], []
    flags = [*(student.flags if student else ()), *result["flags"]]
    points, comments, hands = {}, {}, []
    for exercise in exercises:
        given, comment = by_hand.get((key, exercise.name), (None, ""))
        verdict = result["verdicts"][exercise.name]
        own = verdict["points"]
        if rules.partial and verdict["outcome"] == INCORRECT:
            own = exercise.points * verdict.get("share", 0)
        if given is not None:
            hands.append(exercise.name)
        points[exercise.name] = round((own if given is None else given) * rules.weights.get(exercise.name, 1), 2)
        if comment:
            comments[exercise.name] = comment
    if hands:
        flags.append(_("points by hand: {exercises}", exercises=_(", ").join(hands)))
    total = sum(points.values())
    if late := _late(student, rules, extensions.get(key)):
        how, percent = late
        lost = round(total * percent / 100, 2)
        total -= lost
        flags.append(_("{how}: {percent:g} % less", how=how, percent=percent) if percent else how)
        if lost:
            words = N_("Handed in {how}: {percent:g} % of the points less, {lost:g} in all.")
            said.append(_(words, how=how, percent=percent, lost=lost))
    bonus, comment = by_hand.get((key, BONUS), (None, ""))
    if bonus:
        total += bonus
        words = ngettext(
            "Added by hand: {bonus:g} point. {comment}", "Added by hand: {bonus:g} points. {comment}", bonus
        )
        said.append(words.format(bonus=bonus, comment=comment).strip())
        flags.append(_("{bonus:+g} by hand", bonus=bonus))
    if comment := by_hand.get((key, ""), (None, ""))[1]:
        comments[""] = comment
    return {
        **result,
        "student": student.name if student else result["student"],
        "flags": flags,
        "points": points,
        "comments": comments,
        "by_hand": hands,
        "bonus": bonus or 0,
        "said": said,
        "total": round(total, 2),
    }


def _late(student, rules, extension):
    """Return how late somebody is, in words, and how many per cent that costs; None if not late."""
    if student is None or not student.files:
        return None
    deadline = rules.extensions[extension] if extension else rules.deadline
    if deadline and student.date and student.date > deadline + timedelta(minutes=rules.grace_minutes):
        days = math.ceil((student.date - deadline) / timedelta(days=1))
        how = ngettext("late by {days} day", "late by {days} days", days).format(days=days)
        if student.dated_by != "platform" and rules.dates != "file":
            return _("{how}, says the date of the file, which does not count", how=how), 0
        return how, min(rules.per_day * days, rules.at_most)
    return (_("late, says the platform"), 0) if student.late and not extension else None
