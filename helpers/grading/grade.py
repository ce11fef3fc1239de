"""Grades one submission: runs its cells, and has each exercise judged where the notebook checks it.

That is what the learner saw: an answer counts as it was when its check ran, whatever happens further down. An exercise
that is never checked is judged at the end. A cell that hangs or ends its process costs nothing but itself: the process
is started anew without that cell. The random inputs are drawn outside, from a secret of the class and the submission's
fingerprint, so that the same submission always gets the same grade, and nobody can know the inputs beforehand.
"""

import hashlib
import re
import time
from contextlib import suppress

import numpy as np

from helpers.exercises.answer import ChangedInput, NoFunction, NotAttempted, Raised, Stopped
from helpers.exercises.judge import CORRECT, judge_on
from helpers.exercises.values import NotCalled, NotPlain, NotUsedUp
from helpers.grading.plain_json import FINAL, decode, encode
from helpers.grading.sandbox import CLOCK, Nonsense
from helpers.language import _, ngettext

#: Code that draws.
DRAWING = re.compile(r"matplotlib|ipywidgets|helpers\.(?:figures|live)")

#: A test as it was handed out. What it raises is no news: the answer is missing.
CHECK = re.compile(r"\s*check\(\s*[\"'](\w+)[\"']\s*,\s*\1\s*\)\s*")

#: What is no error of the student's code: the judge wants it as it was raised in the sandbox.
REFUSED = (NotPlain, NotCalled, NotUsedUp)
REASONS = {one.__name__: one for one in (NotAttempted, NoFunction, ChangedInput, *REFUSED, NotImplementedError)}
if set(REASONS) != set(FINAL):
    raise AssertionError("inside and outside must agree after which errors nothing more is asked")

MOST_STARTS = 30
"""How often the process of a submission is started again; honest ones need two or three."""

MOST_CHECKS = 10
"""How often an exercise is judged where it is checked; what is checked more often is judged at the end."""

MOST_FLAGS = 12
"""How many cells are named in flags; the others are counted."""

FEWER = 3
"""How many random inputs tell whether a right answer is still right at the end."""


class OutOfTime(Stopped):
    """The submission as a whole may use no more."""


def grade(submission, exercises, sandbox, secret=""):
    """Grade a submission.

    Parameters
    ----------
    submission : Submission
        What was handed in.
    exercises : sequence of Exercise
        What was asked.
    sandbox : Sandbox
        Where its code may run.
    secret : str
        What nobody knows who could choose the submission's content.

    Returns
    -------
    verdicts : dict
        Name of an exercise -> Verdict.
    flags : list of str
        What happened on the way, for the teacher.
    """
    grading = _Grading(submission, exercises, sandbox, secret)
    try:
        verdicts = grading.verdicts()
    finally:
        grading.close()
    return verdicts, grading.flags()


class _Grading:
    """The grading of one submission: its process, started again whenever it has ended, and what is known so far."""

    def __init__(self, submission, exercises, sandbox, secret):
        self._submission, self._exercises, self._sandbox = submission, exercises, sandbox
        self._limits, self._secret = sandbox.limits, secret
        self._clock = time.monotonic() + CLOCK * sandbox.limits.total_seconds
        self._drawing = any(DRAWING.search(code) for code in submission.cells)
        self._session, self._starts, self._used = None, 0, 0.0
        self._failures = {}  # number of a cell -> the error in it
        self._judged_in = set()  # cells and exercises: a cell that runs again is not judged again
        self._drawn, self._verdicts, self._times = {}, {}, {}
        self._flags, self._cells_flagged, self._more = [], set(), 0

    def verdicts(self):
        """Return the verdicts, by name, in the order of the exercises."""
        with suppress(OutOfTime):
            self._load()
        checked = set(self._verdicts)
        for exercise in self._exercises:
            if exercise.name not in checked:
                self._verdicts[exercise.name] = self._judged(exercise, checked=False)
        for exercise in self._exercises:
            if exercise.name in checked and self._session and not self._session.ended:
                self._compare_with_the_end(exercise)
        return {exercise.name: self._verdicts[exercise.name] for exercise in self._exercises}

    def close(self):
        """End the process."""
        if self._session:
            self._session.close()

    def flags(self):
        """Return what happened, in words."""
        return [*self._flags, *[self._others()] * bool(self._more)]

    def _others(self):
        return ngettext(
            "and {more} more code cell stopped or raised an error",
            "and {more} more code cells stopped or raised errors",
            self._more,
        ).format(more=self._more)

    def _flag(self, text):
        if text not in self._flags:
            self._flags.append(text)

    def _flag_cell(self, number, what):
        names = [one.name for one in self._exercises if number in self._submission.answer_cells(one.name)]
        place = " ".join([f"{number + 1}", *(f"({name})" for name in names[-1:])])
        text = _("code cell {place} {what}", place=place, what=what)
        if text in self._cells_flagged or len(self._cells_flagged) < MOST_FLAGS:
            self._cells_flagged.add(text)
            self._flag(text)
        else:
            self._more += 1

    def _left(self):
        """Return how much processor time is left for the submission."""
        total = self._limits.total_seconds
        left = total - self._used - (self._session.used() if self._session else 0)
        if left <= 0 or time.monotonic() > self._clock:
            self._flag(_("stopped: the notebook as a whole took too long"))
            raise OutOfTime(_("the notebook as a whole took more than {total:g} seconds", total=total))
        return left

    def _replies(self, seconds, number, **request):
        """Yield the replies to a request, within what is left for the submission."""
        left = self._left()
        try:
            yield from self._session.replies(min(seconds, left), number, **request)
        except Stopped:
            if seconds > left:
                self._left()
            raise

    def _start(self):
        """Start the process, unless it has been started too often."""
        if self._session:
            self._left()
            self._used += self._session.used()
        if self._starts == MOST_STARTS:
            self._flag(_("stopped: it ended its process again and again"))
            raise OutOfTime(_("the notebook ended its process {number} times", number=MOST_STARTS))
        self._starts += 1
        self._session = self._sandbox.session(drawing=self._drawing)

    def _load(self):
        """Run the cells, in a new process, until all have run but those that end it."""
        while not self._session or self._session.ended:
            self._start()
            for number, code in enumerate(self._submission.cells):
                if not code.strip() or isinstance(self._failures.get(number), Stopped):
                    continue
                self._run(number, code)
                if self._session.ended:
                    break

    def _run(self, number, code):
        """Run a cell, and judge what is checked in it."""
        try:
            (reply,) = self._replies(self._limits.cell_seconds, 1, do="run", code=code)
        except OutOfTime:
            raise
        except Stopped as stopped:
            self._session.close()
            self._failures[number] = stopped
            self._flag_cell(number, _("stopped: {stopped}", stopped=stopped))
            return
        match reply:
            case {"raised": [kind, text]}:
                self._failures[number] = error = Raised(kind, text)
                if not CHECK.fullmatch(code):
                    self._flag_cell(number, _("raised {error.kind}", error=error))
        match reply:
            case {"left out": [str(command), *_]}:
                what = _("starts a program, which was left out: {command}", command=_one_line(command))
                self._flag_cell(number, what)
        names = reply.get("checked")
        for exercise in self._exercises if isinstance(names, list) else ():
            if exercise.name not in names or (number, exercise.name) in self._judged_in:
                continue
            self._judged_in.add((number, exercise.name))
            self._times[exercise.name] = self._times.get(exercise.name, 0) + 1
            if self._times[exercise.name] > MOST_CHECKS:
                self._verdicts.pop(exercise.name, None)
                continue
            self._verdicts[exercise.name] = self._judged(exercise, checked=True)
            if self._session.ended:
                return

    def _judged(self, exercise, checked, fewer=False):
        """Have an exercise judged: what was checked, or what goes by its name."""
        cases = self._cases(exercise)
        if fewer:
            cases = cases[: len(getattr(exercise, "fixed", ())) + FEWER]
        replies = None

        def call(*_arguments):
            nonlocal replies
            try:
                if replies is None:
                    replies = self._ask(exercise, cases, checked)
                reply = next(replies)
                if "missing" not in reply:
                    return self._answer(reply)
            except Stopped as stopped:
                if not isinstance(stopped, OutOfTime):
                    self._flag(_("{exercise.name} stopped: {stopped}", exercise=exercise, stopped=stopped))
                raise
            failures = (self._failures.get(number) for number in self._submission.answer_cells(exercise.name))
            raise next(filter(None, failures), NotAttempted())

        return judge_on(exercise, cases, call)

    def _cases(self, exercise):
        """Return the inputs of an exercise, the same ones whenever it is judged."""
        if exercise.name not in self._drawn:
            seed = hashlib.sha256(f"{self._secret} {self._submission.digest} {exercise.name}".encode()).digest()
            self._drawn[exercise.name] = exercise.cases(np.random.default_rng(list(seed)))
        return self._drawn[exercise.name]

    def _ask(self, exercise, cases, checked):
        if not checked:
            self._load()
        calls = [encode(list(case)) for case in cases]
        question = {"name": exercise.name, "checked": checked, "calls": calls}
        return self._replies(self._limits.call_seconds, len(calls), do="ask", **question)

    def _answer(self, reply):
        """Return the answer that a reply holds, or raise what it says instead; every word of it may be made up."""
        match reply:
            case {"value": value}:
                with suppress(ValueError, RecursionError):
                    return decode(value)
            case {"raised": [kind, text]}:
                raised = Raised(kind, text)
                raise REASONS[raised.kind](raised.text) if raised.kind in REASONS else raised
        self._session.close()
        raise Nonsense

    def _compare_with_the_end(self, exercise):
        """Flag an answer that is another one by the end of the notebook."""
        was_right = self._verdicts[exercise.name].outcome == CORRECT
        is_right = self._judged(exercise, checked=False, fewer=was_right).outcome == CORRECT
        if was_right and not is_right:
            self._flag(_("{exercise.name}: right where it is checked, no longer at the end", exercise=exercise))
        elif is_right and not was_right:
            self._flag(_("{exercise.name}: not right where it is checked, but at the end", exercise=exercise))


def _one_line(text):
    return "".join(c if c.isprintable() else " " for c in text)[:60]
