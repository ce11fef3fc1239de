"""What a notebook of exercises uses: check an answer, ask for a hint, see a solution, watch the progress.

Under each check stand the hints and, after a try, the solution, closed; no kernel is needed to open them. Everything
happens on the learner's own computer. What was tried is kept in a file of the learner's own.
"""

import builtins
import html
import time
import weakref
from contextlib import contextmanager

import ipywidgets
import numpy as np
from IPython import get_ipython

from helpers._checks import check_integer, lookup
from helpers.exercises import EXERCISES, of_chapter, session
from helpers.exercises.answer import TimeLimit, Unasked, value_of
from helpers.exercises.judge import CORRECT, INCORRECT, MARKS, NOT_ATTEMPTED, judge
from helpers.exercises.message import COLOURS, Message
from helpers.exercises.progress import NOTHING, read_progress, record
from helpers.exercises.time_limit import within
from helpers.exercises.variants import check_tag, exercise_of, text_of
from helpers.exercises.worked import solutions
from helpers.language import _

SECONDS = 5
"""How long a check may take for all its calls of a learner's function."""

_panels = weakref.WeakSet()

_tag = ""
"""Whose numbers the exercises have: the student's whose notebook this is, or the course's."""


def _exercise(name):
    lookup(EXERCISES, name, _("exercise"))
    return exercise_of(name, _tag)


def _judged(name, answer):
    exercise = _exercise(name)
    end = time.monotonic() + SECONDS

    def call(*arguments):
        try:
            with _nobody_types():
                return within(max(end - time.monotonic(), 0.01), value_of, answer, *arguments)
        except TimeLimit:
            raise TimeLimit(_("more than {seconds} seconds", seconds=SECONDS)) from None
        except KeyboardInterrupt:
            raise Unasked from None

    return judge(exercise, call, np.random.default_rng())


@contextmanager
def _nobody_types():
    """Let `input` raise an error: in a notebook it would wait for ever, with a box that nobody sees."""

    def refuse(*_arguments):
        raise EOFError(_("input() waits for somebody who types"))

    before, builtins.input = builtins.input, refuse
    try:
        yield
    finally:
        builtins.input = before


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
    lookup(EXERCISES, name, _("exercise"))
    if trouble := session.trouble(name):
        return Message(_("Nothing new to check: {trouble}", trouble=trouble), INCORRECT, help=_help(name))
    try:
        verdict = _judged(name, answer)
        remark = "" if verdict.outcome == NOT_ATTEMPTED else _record(name, outcome=verdict.outcome)
    except (Unasked, KeyboardInterrupt):
        return Message(_("The check was interrupted. Run it again."), help=_help(name))
    besides = session.besides(name) if verdict.outcome == INCORRECT and not verdict.slip else ""
    text = " ".join(filter(None, (verdict.message, besides, remark)))
    return Message(text, verdict.outcome, help=_help(name, solved=verdict.outcome == CORRECT))


def _help(name, solved=False):
    """Return what can be opened below a check: one hint at first, after a try all, and a worked solution."""
    hints, tried = _exercise(name).hints, _entry(name)["tries"]
    shown = () if solved else hints if tried else hints[:1]
    offered = {
        _("Hint {number} of {total}", number=number, total=len(hints)): Message(text)
        for number, text in enumerate(shown, 1)
    }
    if tried and name in solutions():
        offered[_("A worked solution")] = Message(text_of(name, solutions()[name], _tag), code=True)
    return offered


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
    hints = _exercise(name).hints
    if number is None:
        number = min(_entry(name)["hints"] + 1, len(hints))
    number = min(check_integer(number, "number", at_least=1), len(hints))
    remark = _record(name, hints=number)
    earlier = {
        _("Hint {number} of {total}", number=n, total=len(hints)): Message(text)
        for n, text in enumerate(hints[: number - 1], 1)
    }
    return Message(
        _(
            "Hint {number} of {total}: {text} {remark}",
            number=number,
            total=len(hints),
            text=hints[number - 1],
            remark=remark,
        ).rstrip(),
        help=earlier,
    )


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
    lookup(EXERCISES, name, _("exercise"))
    if not _entry(name)["tries"]:
        return Message(_("Try it first: the solution is shown once you have checked an answer of your own."))
    if name not in solutions():
        return Message(_("Your teacher has kept the solutions back."))
    return Message(text_of(name, solutions()[name], _tag), code=True)


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
        self.exercises = [_exercise(exercise.name) for exercise in of_chapter(chapter)]
        if not self.exercises:
            raise ValueError(_("there are no exercises for chapter {chapter}", chapter=chapter))
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
        for label, function in ((_("Hint"), hint), (_("Solution"), solution)):
            button = ipywidgets.Button(
                description=label, tooltip=_("{label} for {name}", label=label, name=name), layout={"flex": "0 0 6em"}
            )
            button.on_click(lambda _button, function=function: self._say(function(name), name))
            yield button

    def _say(self, message, name=""):
        """Show a message below the rows, and which exercise it is about."""
        about = f"<strong>{html.escape(self._title(_exercise(name)))}</strong>" if name else ""
        self.said.value = about + message._repr_html_()

    def _title(self, exercise):
        number = [one.name for one in self.exercises].index(exercise.name) + 1
        return f"{number}. {exercise.title}"

    def refresh(self):
        """Show the progress as the file has it now."""
        progress, remark = read_progress()
        points, self._lines = 0, []
        for exercise in self.exercises:
            outcome = progress.get(exercise.name, NOTHING)["outcome"]
            points += exercise.points * (outcome == CORRECT)
            mark = f'<span style="color:{COLOURS[outcome]}">{MARKS[outcome]}</span>'
            said = _("{title} ({outcome})", title=self._title(exercise), outcome=_(outcome))
            self.states[exercise.name].value = f"{mark} {html.escape(said)}"
            self._lines.append(f"  {MARKS[outcome]} {said}")
        self.bar.value = points
        self.total.value = _("{points} of {max} points", points=points, max=self.bar.max)
        if remark:
            self._say(Message(remark))

    def _repr_mimebundle_(self, **kwargs):
        data, total = super()._repr_mimebundle_(**kwargs) or {}, self.total.value
        # What is stored does not follow the checks: it says from when it is.
        head = _(
            "Your progress in chapter {chapter} when this cell was run: {total}.", chapter=self.chapter, total=total
        )
        return {**data, "text/plain": "\n".join([head, *self._lines, _("(Run it again to see how far you are now.)")])}


def progress(chapter, variant=""):
    """Show how far you are in a chapter.

    Parameters
    ----------
    chapter : int
        1 to 5.
    variant : str
        Whose numbers the exercises have from here on, in a notebook that was made for one student.

    Returns
    -------
    Progress
    """
    global _tag
    if variant:
        _tag = check_tag(variant)
    return Progress(chapter)


session.watch(get_ipython())
