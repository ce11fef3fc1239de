"""A process that reads and judges what was handed in, so that nothing that was handed in can harm the grader.

Whatever a file or a reply holds, it can at most fill the memory of this process, or keep it busy: both have an end,
and then it is replaced. It is told one task a line, and answers with one line. It ends with the process that began it.
"""

import functools
import json
import resource
import socket
import sys
from dataclasses import asdict
from pathlib import Path

from helpers.exercises import EXERCISES, of_chapter
from helpers.exercises.judge import NOT_ATTEMPTED, Verdict
from helpers.exercises.variants import exercise_of, tag_in
from helpers.grading.grade import grade
from helpers.grading.plain_json import to_line
from helpers.grading.sandbox import Limits, Sandbox, SandboxError
from helpers.grading.submissions import Release, Submission, changes, choose, likely_chapter, read
from helpers.language import _

MEMORY = 3 << 30
"""Bytes of address space; a notebook of the largest size, full of text, takes half of it."""

WORN = 600 << 10
"""Kilobytes of memory after which the process is replaced, since Python does not give all of it back."""

LONGEST_ANSWER = 20_000

HERE = Path(__file__).resolve().parent


def main(descriptor):
    """Do tasks until no more come."""
    if sys.platform == "linux":
        from helpers.grading.confine import die_with_parent

        die_with_parent()
        _, most = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, most))
    connection = socket.socket(fileno=descriptor)
    with connection.makefile("rb") as tasks:
        for line in tasks:
            connection.sendall(to_line(done(json.loads(line))))
            if resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > WORN:
                return


def done(task):
    """Do a task; whatever happens is in what is returned."""
    try:
        return TASKS[task.pop("do")](**task)
    except SandboxError as error:
        return {"no grade": str(error)}
    except MemoryError:
        return {"odd": _("it would fill the memory")}
    except Exception as error:
        return {"odd": _("{kind} in the grader", kind=type(error).__name__)}


def _chapter(students):
    """Return the chapters that students' notebooks are about."""
    found = []
    for files in students:
        found.append(likely_chapter(read("", "", files), EXERCISES.values()))
    return {"chapters": [chapter for chapter in found if chapter]}


@functools.lru_cache(1)
def _release(path, tag):
    return Release.read(path, tag) if path else None


def _read(student, key, files, chapter, release, tag=""):
    """Return what a student handed in, boiled down to what is judged, and the result as far as it is known."""
    release = _release(release, tag)
    names = [exercise.name for exercise in of_chapter(chapter)]
    submission = choose(read(student, key, files), names, release)
    flags = [*submission.flags]
    if any(map(submission.answers, names)):
        flags += changes(submission, release) if release else []
    elif submission.cells or submission.marks:
        flags.append(_("another assignment"))
    answers = {name: submission.answer(name) for name in names}
    result = {
        "flags": flags,
        "answers": {name: answer[:LONGEST_ANSWER] for name, answer in answers.items()},
        "file": submission.file,
        "content": submission.digest,
        "tag": tag,
        "variant": tag_in(submission.cells),
    }
    if not any(map(submission.answers, names)):
        verdict = asdict(Verdict(NOT_ATTEMPTED, _("Nothing to grade was handed in.")))
        return {"result": {**result, "verdicts": dict.fromkeys(names, verdict)}, "submission": None}
    return {"result": result, "submission": asdict(submission)}


def _judge(submission, result, chapter, secret, isolated, limits, hidden):
    """Return the result of a submission that `_read` has read."""
    if submission:
        exercises = [exercise_of(exercise.name, result["tag"]) for exercise in of_chapter(chapter)]
        submission["cells"] = tuple(submission["cells"])
        sandbox = _sandbox(isolated, Limits(**limits), tuple(hidden))
        verdicts, flags = grade(Submission(**submission), exercises, sandbox, secret)
        result["verdicts"] = {name: asdict(verdict) for name, verdict in verdicts.items()}
        result["flags"] += flags
    return {"result": result}


def _grade(read, judge):
    """Do both, one after the other."""
    known = _read(**read)
    try:
        return _judge(**known, chapter=read["chapter"], **judge)
    except (SandboxError, MemoryError):
        raise
    except Exception as error:
        return {"odd": _("{kind} in the grader", kind=type(error).__name__), "result": known["result"]}


@functools.cache
def _sandbox(isolated, limits, hidden):
    """Return this process's sandbox, which stays warm; it ends with the process."""
    return Sandbox(limits, isolated=isolated, hidden=hidden)


TASKS = {"chapter": _chapter, "read": _read, "judge": _judge, "grade": _grade}
