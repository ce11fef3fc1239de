"""What a notebook of exercises uses: check an answer, ask for a hint, see a solution, watch the progress.

Everything happens on the learner's own computer. What was tried is kept in a file of the learner's own.
"""

import html
import re
import time
import weakref

import ipywidgets
import numpy as np

from helpers._checks import check_integer, lookup
from helpers.exercises import EXERCISES
from helpers.exercises.answer import TimeLimit, value_of
from helpers.exercises.judge import CORRECT, INCORRECT, MARKS, NOT_ATTEMPTED, judge
from helpers.exercises.progress import NOTHING, read_progress, record
from helpers.exercises.time_limit import within
from helpers.exercises.worked import solutions

SECONDS = 5
"""How long a check may take for all its calls of a learner's function."""

COLOURS = {NOT_ATTEMPTED: "#757575", INCORRECT: "#b45309", CORRECT: "#0b7285"}

_panels = weakref.WeakSet()


class Message:
    """Words for the learner, which a notebook shows below the cell.

    Parameters
    ----------
    text : str
        What to say; lines are kept.
    outcome : str, optional
        One of `OUTCOMES`, which decides the colour and the mark; what is about no answer has none.
    code : bool
        Whether the text is Python.
    """

    def __init__(self, text, outcome=None, code=False):
        self.text, self.outcome, self.code = text, outcome, code

    def __repr__(self):
        return f"{MARKS[self.outcome]} {self.text}" if self.outcome else self.text

    def _repr_html_(self):
        colour = COLOURS[self.outcome or NOT_ATTEMPTED]
        style = f"border-left:4px solid {colour};padding:0.3em 0.8em;line-height:1.5"
        text = html.escape(repr(self))
        body = f"<pre>{text}</pre>" if self.code else re.sub("`(.+?)`", r"<code>\1</code>", text)
        return f'<div role="status" style="{style}">{body}</div>'


def _judged(name, answer):
    exercise = lookup(EXERCISES, name, "exercise")
    end = time.monotonic() + SECONDS

    def call(*arguments):
        try:
            return within(max(end - time.monotonic(), 0.01), value_of, answer, *arguments)
        except TimeLimit:
            raise TimeLimit(f"more than {SECONDS} seconds") from None

    return judge(exercise, call, np.random.default_rng())


def _record(name, **what):
    remark = record(name, **what)
    for panel in list(_panels):
        panel.refresh()
    return remark


def _entry(name):
    return read_progress()[0].get(name, NOTHING)


def check(name, answer):
    """Say whether an answer is right, and if not, what is wrong with it.

    Parameters
    ----------
    name : str
        The name of the exercise.
    answer : object
        The learner's function or value; whatever it is, the answer is a message and never an error.

    Returns
    -------
    Message
    """
    verdict = _judged(name, answer)
    remark = "" if verdict.outcome == NOT_ATTEMPTED else _record(name, outcome=verdict.outcome)
    return Message(f"{verdict.message} {remark}".rstrip(), verdict.outcome)


def require(name, answer):
    """Raise an error unless an answer is right: what nbgrader's hidden tests need.

    Raises
    ------
    AssertionError
        With the message of the judge.
    """
    verdict = _judged(name, answer)
    if verdict.outcome != CORRECT:
        raise AssertionError(verdict.message)


def hint(name, number=None):
    """Give a hint; asked again, the next one.

    Parameters
    ----------
    name : str
        The name of the exercise.
    number : int, optional
        Which hint, from 1 on; by default the next one.

    Returns
    -------
    Message
    """
    hints = lookup(EXERCISES, name, "exercise").hints
    if number is None:
        number = min(_entry(name)["hints"] + 1, len(hints))
    number = min(check_integer(number, "number", at_least=1), len(hints))
    remark = _record(name, hints=number)
    return Message(f"Hint {number} of {len(hints)}: {hints[number - 1]} {remark}".rstrip())


def solution(name):
    """Show a worked solution to whoever has tried.

    Parameters
    ----------
    name : str
        The name of the exercise.

    Returns
    -------
    Message
    """
    lookup(EXERCISES, name, "exercise")
    if not _entry(name)["tries"]:
        return Message("Try it first: the solution is shown once you have checked an answer of your own.")
    return Message(solutions()[name], code=True)


class Progress(ipywidgets.VBox):
    """How far the learner is in a chapter: a row for each exercise, with its state, hints and solution.

    Parameters
    ----------
    chapter : int
        1 to 5.
    """

    def __init__(self, chapter):
        check_integer(chapter, "chapter", at_least=1)
        self.chapter = chapter
        self.exercises = [exercise for exercise in EXERCISES.values() if exercise.chapter == chapter]
        if not self.exercises:
            raise ValueError(f"there are no exercises for chapter {chapter}")
        shrinks = {"flex": "0 1 20em", "min_width": "0"}
        self.bar = ipywidgets.IntProgress(max=sum(exercise.points for exercise in self.exercises), layout=shrinks)
        self.total = ipywidgets.HTML()
        shrinks = {"flex": "0 1 44em", "min_width": "0"}
        self.states = {exercise.name: ipywidgets.HTML(layout=shrinks) for exercise in self.exercises}
        self.said = ipywidgets.HTML()
        rows = [ipywidgets.HBox([self.states[e.name], *self._buttons(e.name)]) for e in self.exercises]
        super().__init__([ipywidgets.HBox([self.bar, self.total]), *rows, self.said])
        _panels.add(self)
        self.refresh()

    def _buttons(self, name):
        for label, function in (("Hint", hint), ("Solution", solution)):
            button = ipywidgets.Button(description=label, tooltip=f"{label} for {name}", layout={"flex": "0 0 6em"})
            button.on_click(lambda _button, function=function: self._say(function(name), name))
            yield button

    def _say(self, message, name=""):
        """Show a message below the rows, and which exercise it is about."""
        about = f"<strong>{self._title(EXERCISES[name])}</strong>" if name else ""
        self.said.value = about + message._repr_html_()

    def _title(self, exercise):
        return f"{self.exercises.index(exercise) + 1}. {html.escape(exercise.title)}"

    def refresh(self):
        """Show the progress as the file has it now."""
        progress, remark = read_progress()
        points = 0
        for exercise in self.exercises:
            outcome = progress.get(exercise.name, NOTHING)["outcome"]
            points += exercise.points * (outcome == CORRECT)
            mark = f'<span style="color:{COLOURS[outcome]}">{MARKS[outcome]}</span>'
            self.states[exercise.name].value = f"{mark} {self._title(exercise)} ({outcome})"
        self.bar.value = points
        self.total.value = f"{points} of {self.bar.max} points"
        if remark:
            self._say(Message(remark))

    def _repr_mimebundle_(self, **kwargs):
        data = super()._repr_mimebundle_(**kwargs) or {}
        titles = "\n".join(f"  {exercise.title}" for exercise in self.exercises)
        return {**data, "text/plain": f"Your progress in the exercises of chapter {self.chapter}:\n{titles}"}


def progress(chapter):
    """Show how far you are in a chapter.

    Parameters
    ----------
    chapter : int
        1 to 5.

    Returns
    -------
    Progress
    """
    return Progress(chapter)
