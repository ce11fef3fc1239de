"""Grades one submission: runs its cells, then has each exercise judged by asking the process that they ran in.

A cell that hangs or ends its process costs nothing but itself: the process is started anew without that cell. The
random inputs are drawn after the code was loaded. They follow from the submission's fingerprint, so that the same
submission always gets the same grade, and no submission can contain the answers for its own inputs.
"""

import hashlib
import re
import time
from contextlib import suppress

import numpy as np

from helpers.exercises.answer import ChangedInput, NoFunction, NotAttempted, Raised, Stopped
from helpers.exercises.judge import judge
from helpers.exercises.values import NotPlain
from helpers.grading.plain_json import decode, encode
from helpers.grading.sandbox import Nonsense

#: Code that draws, or is for IPython.
DRAWING = re.compile(r"matplotlib|IPython|ipywidgets|helpers\.(?:figures|live)|^\s*[%!]", re.MULTILINE)

#: What is no error of the student's code: the judge wants it as it was raised in the sandbox.
REASONS = {kind.__name__: kind for kind in (NotAttempted, NoFunction, ChangedInput, NotPlain, NotImplementedError)}


def grade(submission, exercises, sandbox):
    """Grade a submission.

    Parameters
    ----------
    submission : Submission
        What was handed in.
    exercises : sequence of Exercise
        What was asked.
    sandbox : Sandbox
        Where its code may run.

    Returns
    -------
    verdicts : dict
        Name of an exercise -> Verdict.
    flags : list of str
        What happened on the way, for the teacher.
    """
    process = _Process(submission, sandbox)
    verdicts = {}
    try:
        for exercise in exercises:
            seed = hashlib.sha256(f"{submission.digest} {exercise.name}".encode()).digest()
            rng = np.random.default_rng(list(seed))
            verdicts[exercise.name] = judge(exercise, process.asks_for(exercise), rng)
    finally:
        process.close()
    return verdicts, process.flags


class _Process:
    """The process of a submission, started again whenever it has ended."""

    def __init__(self, submission, sandbox):
        self._submission, self._sandbox, self._limits = submission, sandbox, sandbox.limits
        self._deadline = time.monotonic() + self._limits.total_seconds
        self._drawing = any(DRAWING.search(code) for code in submission.cells)
        self._session = None
        self._failures = {}  # number of a cell -> the error in it
        self.flags = []

    def close(self):
        if self._session:
            self._session.close()

    def _ask(self, seconds, **request):
        left = self._deadline - time.monotonic()
        if left <= 0:
            self._flag("stopped: the notebook as a whole took too long")
            raise Stopped(f"the notebook as a whole took more than {self._limits.total_seconds:g} seconds")
        return self._session.ask(min(seconds, left), **request)

    def _flag(self, text):
        if text not in self.flags:
            self.flags.append(text)

    def _load(self):
        """Run the cells, in a new process, until all have run but those that end it."""
        while not self._session or self._session.ended:
            self._session = self._sandbox.session(drawing=self._drawing)
            for number, code in enumerate(self._submission.cells):
                if not code.strip() or isinstance(self._failures.get(number), Stopped):
                    continue
                try:
                    reply = self._ask(self._limits.cell_seconds, do="run", code=code)
                except Stopped as stopped:
                    self._session.close()
                    self._failures[number] = stopped
                    self._flag(f"code cell {number + 1} stopped: {stopped}")
                    break
                match reply:
                    case {"raised": [kind, text]}:
                        self._failures[number] = error = Raised(kind, text)
                        self._flag(f"code cell {number + 1} raised {error.kind}")

    def asks_for(self, exercise):
        """Return the function that gets the judge an answer."""

        def ask(*arguments):
            self._load()
            question = {"name": exercise.name, "arguments": encode(list(arguments))}
            try:
                reply = self._ask(self._limits.call_seconds, do="ask", **question)
                if "missing" not in reply:
                    return self._answer(reply)
            except Stopped as stopped:
                self._flag(f"{exercise.name} stopped: {stopped}")
                raise
            failures = (self._failures.get(number) for number in self._submission.answer_cells(exercise.name))
            raise next(filter(None, failures), NotAttempted())

        return ask

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
