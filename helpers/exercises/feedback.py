"""What a notebook of exercises uses: check an answer, ask for a hint, see a solution, watch the progress.

Everything happens on the learner's own computer. What was tried is kept in one small file of the learner's
(`progress_file`), never in a notebook.
"""

import ctypes
import html
import json
import os
import re
import threading
import time
import weakref
from contextlib import suppress
from pathlib import Path

import ipywidgets
import numpy as np

from helpers._checks import check_integer, lookup
from helpers.exercises import EXERCISES
from helpers.exercises.exercise import (
    CORRECT,
    INCORRECT,
    MARKS,
    NOT_ATTEMPTED,
    OUTCOMES,
    NoFunction,
    NotAttempted,
    TimeLimit,
    does_nothing,
    judge,
    type_name,
)

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


# --- how far the learner has come -----------------------------------------------------------------------------------


def progress_file():
    """Return where the progress is kept: what COURSE_PROGRESS says, else a file in the learner's data folder."""
    if named := os.environ.get("COURSE_PROGRESS"):
        return Path(named)
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data) / "first-steps-in-neural-networks" / "progress.json"


def _empty():
    return {"tries": 0, "outcome": NOT_ATTEMPTED, "hints": 0}


def read_progress():
    """Read the progress.

    Returns
    -------
    progress : dict
        Name of an exercise -> dict with "tries", the best "outcome", and the number of "hints" taken.
    remark : str
        What is wrong with the file, if anything is; then the progress starts anew.
    """
    try:
        stored = json.loads(progress_file().read_text(encoding="utf-8"))
        progress = {name: {**_empty(), **entry} for name, entry in stored.items() if name in EXERCISES}
        for entry in progress.values():
            if entry["outcome"] not in OUTCOMES or not all(type(entry[key]) is int for key in ("tries", "hints")):
                raise ValueError("an entry is damaged")
    except FileNotFoundError:
        return {}, ""
    except Exception:  # whatever was made of the file by hand or by accident: the learner wants to go on
        return {}, f"The progress file {progress_file()} could not be read, so your progress starts anew."
    return progress, ""


def _record(name, **changes):
    """Change the entry of one exercise; return a remark if the progress could not be read or kept."""
    if os.environ.get("NBGRADER_EXECUTION"):  # a teacher's machine grades a class: this is nobody's progress
        return ""
    progress, remark = read_progress()
    entry = progress.setdefault(name, _empty())
    entry.update(changes)
    path = progress_file()
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(json.dumps(progress, indent=1), encoding="utf-8")
        temporary.replace(path)  # in one go: whoever reads sees the old file or the new one
    except OSError as error:
        with suppress(OSError):
            temporary.unlink()
        remark = f"Your progress could not be kept: {error}."
    for panel in list(_panels):
        panel.refresh()
    return remark


def _entry(name):
    return read_progress()[0].get(name, _empty())


# --- check, hint, solution ------------------------------------------------------------------------------------------


def within(seconds, function, *arguments):
    """Call a function, but no longer than `seconds`: a loop without end then ends with `TimeLimit`.

    A second thread raises the error in this one, again and again, since a loop may catch it. What waits inside NumPy
    or for the network is not reached.
    """
    thread = ctypes.c_ulong(threading.get_ident())
    raise_here = ctypes.pythonapi.PyThreadState_SetAsyncExc
    done, lock = threading.Event(), threading.Lock()

    def watch():
        wait = seconds
        while not done.wait(wait):
            with lock:
                if not done.is_set():
                    raise_here(thread, ctypes.py_object(TimeLimit))
            wait = 0.05

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        return function(*arguments)
    except TimeLimit:
        raise TimeLimit(f"more than {SECONDS} seconds") from None
    finally:
        while not done.is_set():
            with suppress(TimeLimit), lock:
                done.set()
                raise_here(thread, None)  # one that was sent and has not arrived


def _call(exercise, answer):
    """Return what the judge asks: the answer itself, or the learner's function, with a time limit for all calls."""
    end = time.monotonic() + SECONDS

    def call(*arguments):
        if answer is ... or does_nothing(answer):
            raise NotAttempted
        if exercise.kind != "function":
            return answer
        if not callable(answer):
            raise NoFunction(f"an object of type {type_name(answer)}")
        return within(max(end - time.monotonic(), 0.01), answer, *arguments)

    return call


def _judged(name, answer):
    exercise = lookup(EXERCISES, name, "exercise")
    return judge(exercise, _call(exercise, answer), np.random.default_rng())


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
    remark = ""
    if verdict.outcome != NOT_ATTEMPTED:
        entry = _entry(name)
        solved = CORRECT in (verdict.outcome, entry["outcome"])
        remark = _record(name, tries=entry["tries"] + 1, outcome=CORRECT if solved else INCORRECT)
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
    remark = _record(name, hints=max(number, _entry(name)["hints"]))
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
    exercise = lookup(EXERCISES, name, "exercise")
    if not _entry(name)["tries"]:
        return Message("Try it first: the solution is shown once you have checked an answer of your own.")
    return Message(exercise.solution, code=True)


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
            outcome = progress.get(exercise.name, _empty())["outcome"]
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
