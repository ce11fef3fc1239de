"""Grades a class: spreads the submissions over the processes of a Dask cluster, and keeps each result as it comes.

A result is one file, written in one go, that names what it is a result of. So a run that was cut short goes on where
it was, a submission that was handed in again is graded again, and nothing is graded twice.
"""

import contextlib
import functools
import hashlib
import json
import os
import tempfile
import threading
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from helpers.exercises import EXERCISES
from helpers.exercises.judge import NOT_ATTEMPTED, Verdict
from helpers.grading.book import open_book
from helpers.grading.files import write
from helpers.grading.grade import grade
from helpers.grading.sandbox import HELPERS, Limits, Sandbox, SandboxError, missing
from helpers.grading.submissions import Release, Submission, changes, choose, likely_chapter, read

RELEASES = HELPERS.parent / "notebooks" / "exercises"
"""Where the student versions of the notebooks are."""


@dataclass(frozen=True)
class Settings:
    """How a class is graded.

    Parameters
    ----------
    chapter : int, optional
        Whose exercises; by default those that most submissions are about.
    assignment : str, optional
        The folder within each student's folder, if there are several.
    release : path-like, optional
        The notebook that was handed out; by default the course's own.
    scheduler : str, optional
        The address of a Dask scheduler; by default processes of this machine are used.
    workers : int, optional
        How many processes; by default one for each processor.
    isolated : bool
        Whether submissions run in a sandbox.
    limits : Limits
        What a submission may use.
    """

    chapter: int | None = None
    assignment: str | None = None
    release: Path | None = None
    scheduler: str | None = None
    workers: int | None = None
    isolated: bool = True
    limits: Limits = field(default_factory=Limits)


def grade_class(folder, out, settings=None, *, show=None):
    """Grade all submissions in a folder that have no result yet.

    Parameters
    ----------
    folder : path-like
        The submissions, or a zip of them, as `helpers.grading.platforms.deliver` reads them.
    out : path-like
        Where the results are kept.
    settings : Settings, optional
        How to grade.
    show : callable, optional
        Told ``(done, of)`` after each submission.

    Returns
    -------
    exercises : list of Exercise
        What was graded.
    results : list of dict
        One for each student, sorted by name: "student", "key", "digest", "flags", "answers", "cells" and "verdicts".
    failed : list of str
        Students whose submission could not be graded, each with the reason; run again to try again.
    """
    settings = settings or Settings()
    with tempfile.TemporaryDirectory(prefix="delivered-") as scratch:
        book = open_book(folder, Path(scratch), settings.assignment)
        return grade_students(book.students, out, settings, show=show)


def grade_students(students, out, settings, *, show=None, each=None):
    """Grade all students who have no result yet.

    Parameters
    ----------
    students : dict
        Key of a result -> `helpers.grading.platforms.Student`.
    out : path-like
        Where the results are kept.
    settings : Settings
        How to grade.
    show : callable, optional
        Told ``(done, of)`` after each submission.
    each : callable, optional
        Told the exercises and the results so far after each submission.

    Returns
    -------
    exercises, results, failed
        As `grade_class` returns them; what is odd about the delivery itself is in the students' own flags.
    """
    out = Path(out)
    notebooks = [_read(key, student) for key, student in students.items()]
    exercises = _exercises(out, [one for candidates in notebooks for one in candidates], settings)
    names = [exercise.name for exercise in exercises]
    release = _release(exercises[0].chapter, settings)
    (out / "results").mkdir(parents=True, exist_ok=True)

    results, waiting, failed = [], {}, []
    for submission in (choose(candidates, names) for candidates in notebooks):
        result = _to_grade(submission, exercises, release)
        if kept := _kept(out, result) or _nothing(out, submission, result):
            results.append(kept)
        else:
            waiting[submission.key] = submission, result
    show = show or (lambda _done, _of: None)
    each = each or (lambda _exercises, _results: None)
    show(len(results), len(notebooks))
    each(exercises, results)
    for key, outcome in _graded([submission for submission, _ in waiting.values()], names, settings):
        submission, result = waiting[key]
        if isinstance(outcome, Exception):
            failed.append(f"{submission.student}: {outcome}")
        else:
            results.append(_keep(out, result, *outcome))
        show(len(results) + len(failed), len(notebooks))
        each(exercises, results)
    return exercises, sorted(results, key=lambda one: (one["student"], one["key"])), sorted(failed)


def _read(key, student):
    """Read a student's notebooks; who handed in none has a submission without cells."""
    paths = [item.path for item in student.files]
    if not paths:
        return [Submission(student.name, key, "", flags=() if student.flags else ("no notebook",))]
    return [replace(one, student=student.name, key=key) for one in read(student.name, paths)]


def _to_grade(submission, exercises, release):
    """Return the result of a submission as far as it is known before anything has run."""
    names = [exercise.name for exercise in exercises]
    flags = [*submission.flags]
    if any(map(submission.answers, names)):
        flags += changes(submission, release) if release else []
    elif submission.cells or submission.marks:
        flags.append("another assignment")
    return {
        "student": submission.student,
        "key": submission.key,
        "digest": _fingerprint(submission, exercises),
        "flags": flags,
        "answers": {name: submission.answer(name) for name in names},
        "cells": {str(number + 1): name for name in names for number in submission.answer_cells(name)},
    }


def _nothing(out, submission, result):
    """Keep and return the result of a submission without any answer; None if there is something to run."""
    if any(map(submission.answers, result["answers"])):
        return None
    verdict = asdict(Verdict(NOT_ATTEMPTED, "Nothing to grade was handed in."))
    return _keep(out, result, dict.fromkeys(result["answers"], verdict), [])


@functools.cache
def version():
    """Return a fingerprint of the exercises: when they change, what was graded before no longer counts."""
    digest = hashlib.sha256()
    for path in sorted((HELPERS / "exercises").glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _fingerprint(submission, exercises):
    """Return what changes when a submission is handed in again, or its exercises change."""
    return hashlib.sha256(f"{submission.digest} {version()} {exercises[0].chapter}".encode()).hexdigest()


def _exercises(out, submissions, settings):
    """Return what is graded; a folder of results belongs to one chapter."""
    note = out / "chapter.json"
    chapter = settings.chapter
    if note.exists():
        noted = json.loads(note.read_text(encoding="utf-8"))
        if chapter not in (None, noted):
            raise ValueError(f"{out} holds the grades of chapter {noted}: choose another folder for chapter {chapter}")
        chapter = noted
    chapter = chapter or likely_chapter(submissions, EXERCISES.values())
    exercises = [exercise for exercise in EXERCISES.values() if exercise.chapter == chapter]
    if not exercises:
        known = ", ".join(map(str, sorted({exercise.chapter for exercise in EXERCISES.values()})))
        raise ValueError(f"there are no exercises to grade: say which chapter, one of {known}")
    out.mkdir(parents=True, exist_ok=True)
    write(note, json.dumps(chapter))
    return exercises


def _release(chapter, settings):
    """Return what was handed out, if it is known."""
    found = [settings.release] if settings.release else sorted(RELEASES.glob(f"{chapter:02}_*.ipynb"))
    return Release.read(found[0]) if found else None


def _kept(out, result):
    """Return the result that a former run has kept, if it is one of the same submission."""
    try:
        kept = json.loads((out / "results" / f"{result['key']}.json").read_text(encoding="utf-8"))
        return kept if kept["digest"] == result["digest"] else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _keep(out, result, verdicts, flags):
    """Complete a result, and keep it."""
    result = {**result, "flags": result["flags"] + flags, "verdicts": verdicts}
    write(out / "results" / f"{result['key']}.json", json.dumps(result, indent=1, sort_keys=True))
    return result


def _graded(submissions, names, settings):
    """Yield the key of each submission and its verdicts and flags, or the error, as they become ready."""
    if not submissions:
        return
    try:
        from distributed import Client, LocalCluster, as_completed
    except ImportError:
        raise SandboxError("Dask is missing: pip install distributed") from None

    with contextlib.ExitStack() as stack:
        if settings.scheduler:
            client = stack.enter_context(Client(settings.scheduler))
            _refuse_without_sandbox(client.run(missing), settings)
        else:
            _refuse_without_sandbox({"here": missing()}, settings)
            cluster = LocalCluster(
                n_workers=min(settings.workers or os.cpu_count(), len(submissions)),
                threads_per_worker=1,
                processes=True,
                memory_limit=None,
                dashboard_address="127.0.0.1:0",  # any free port
                local_directory=stack.enter_context(tempfile.TemporaryDirectory(prefix="grading-")),
                silence_logs="CRITICAL",
            )
            client = stack.enter_context(Client(stack.enter_context(cluster)))
        futures = {}
        for submission in submissions:
            work = (asdict(submission), names, settings.isolated, asdict(settings.limits), version())
            futures[client.submit(work_on, *work, pure=False, retries=2)] = submission.key
        for future in as_completed(list(futures)):
            key = futures.pop(future)
            yield key, future.exception() or future.result()
            future.release()


def _refuse_without_sandbox(problems, settings):
    """Raise an error if a sandbox is wanted and cannot be had."""
    found = sorted({problem for problem in problems.values() if problem})
    if found and settings.isolated:
        raise SandboxError("; ".join(found))


_lock = threading.Lock()


def work_on(submission, names, isolated, limits, wanted):
    """Grade one submission, in a worker process.

    Parameters
    ----------
    submission : dict
        The parts of a `Submission`.
    names : list of str
        The exercises.
    isolated : bool
        Whether to use a sandbox.
    limits : dict
        The parts of `Limits`.
    wanted : str
        The `version` of the exercises, which must be the worker's as well.

    Returns
    -------
    verdicts : dict
        Name of an exercise -> dict of the parts of a `Verdict`.
    flags : list of str
        What happened on the way.
    """
    if version() != wanted:
        raise RuntimeError("a worker has another version of the exercises")
    with _lock:  # a worker may have several threads, its sandbox runs one submission at a time
        verdicts, flags = grade(
            Submission(**submission), [EXERCISES[name] for name in names], _sandbox(isolated, Limits(**limits))
        )
    return {name: asdict(verdict) for name, verdict in verdicts.items()}, flags


@functools.cache
def _sandbox(isolated, limits):
    """Return this worker's sandbox, which stays warm; it ends with the worker."""
    return Sandbox(limits, isolated=isolated)
