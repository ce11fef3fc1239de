"""Grades a class: spreads the submissions over processes, and keeps each result as it comes.

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
from collections import Counter
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from helpers.datasets import data_folder
from helpers.exercises import EXERCISES, of_chapter
from helpers.exercises.judge import INCORRECT, Verdict
from helpers.grading.book import open_book
from helpers.grading.sandbox import HELPERS, Limits, SandboxError, missing
from helpers.grading.secret_file import secret_in
from helpers.grading.submissions import content_of
from helpers.grading.workers import Lost, Workers
from helpers.language import N_, _, place_of, spoken
from helpers.own_files import write

RELEASES = place_of(spoken(), HELPERS.parent / "notebooks" / "exercises")
"""Where the student versions of the notebooks are, in the language that is spoken."""

ASKED = 100
"""How many submissions are asked which chapter they are about."""


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
    again : tuple of str
        Names or ids of students whose submission is graded again.
    hidden : tuple of path-like
        Folders that no code of students may see, wherever they are, besides that of the grades.
    tags : dict
        Key of a result -> whose numbers its exercises have, see `helpers.exercises.variants`; none if all have the
        course's.
    """

    chapter: int | None = None
    assignment: str | None = None
    release: Path | None = None
    scheduler: str | None = None
    workers: int | None = None
    isolated: bool = True
    limits: Limits = field(default_factory=Limits)
    again: tuple = ()
    hidden: tuple = ()
    tags: dict = field(default_factory=dict)


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
        One for each student, sorted by name: "student", "key", "digest" (of all that decides the grade), "file",
        "content" (its digest alone), "flags", "answers", "verdicts" and "tag" (of the student's numbers).
    failed : list of str
        Students whose submission could not be graded, each with the reason; run again to try again.
    """
    settings = settings or Settings()
    with tempfile.TemporaryDirectory(prefix="delivered-") as scratch:
        book = open_book(folder, Path(scratch), settings.assignment)
        return grade_students(book.students, out, replace(settings, hidden=(*settings.hidden, folder)), show=show)


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
    inquiry = [_files(student) for student in students.values()]
    exercises = _exercises(out, inquiry, settings)
    chapter, names = exercises[0].chapter, [exercise.name for exercise in exercises]
    release = _release(chapter, settings)
    secret = secret_of(out)
    folder = out / "results"
    folder.mkdir(exist_ok=True)
    also_changes = [version(), chapter, asdict(settings.limits), settings.isolated, secret, _content(release)]
    again = _again(students, settings.again)

    results, waiting, failed = [], {}, []
    for key, student in students.items():
        digest = _fingerprint(student.files, [*also_changes, settings.tags.get(key, "")])
        kept = None if key in again else _kept(folder, key, digest)
        if kept:
            results.append(kept)
        else:
            waiting[key] = digest
    show = show or (lambda _done, _of: None)
    each = each or (lambda _exercises, _results: None)
    show(len(results), len(students))
    each(exercises, results)

    def tasks():
        for key in waiting:
            student = students[key]
            read = {"student": student.name, "key": key, "files": _files(student), "chapter": chapter}
            read["tag"] = settings.tags.get(key, "")
            yield key, {"read": {**read, "release": release and str(release)}}

    hidden = [str(Path(place).resolve()) for place in (out, *settings.hidden)]
    judging = {"secret": secret, "isolated": settings.isolated, "limits": asdict(settings.limits), "hidden": hidden}
    owners = {tag: students[key].name for key, tag in settings.tags.items()}
    for key, outcome in _graded(tasks(), len(waiting), chapter, judging, settings):
        student = students[key]
        about = {"student": student.name, "key": key, "digest": waiting[key]}
        if "no grade" in outcome:
            failed.append(f"{student.name}: {outcome['no grade']}")
        elif "odd" in outcome:
            results.append({**about, **_not_judged(outcome, names, student)})
        else:
            result = {**about, **outcome["result"]}
            if not student.files and not student.flags and _("no notebook") not in result["flags"]:
                result["flags"] = [_("no notebook"), *result["flags"]]
            result["flags"] += _whose_numbers(result, owners)
            results.append(_keep(folder, result))
        show(len(results) + len(failed), len(students))
        each(exercises, results)
    return exercises, sorted(results, key=lambda one: (one["student"], one["key"])), sorted(failed)


def _whose_numbers(result, owners):
    """Return a flag if a notebook is not the one that was made for its student."""
    found = result.pop("variant", "")
    if not result["tag"] or found == result["tag"] or not any(result["answers"].values()):
        return []
    if not found:
        return [_("another variant: a notebook that was made for nobody")]
    if found not in owners:
        return [_("another variant: that of nobody in this class")]
    return [_("another variant: that of {name}", name=owners[found])]


def _files(student):
    """Return the notebooks of a student, each with what to call it."""
    return [(str(item.path), "/".join(item.parts[1:]) or item.name) for item in student.files]


def _not_judged(outcome, names, student):
    """Return a result for what came to nothing; it is not kept, so another run tries again."""
    verdict = asdict(Verdict(INCORRECT, _("It could not be graded: {why}.", why=outcome["odd"])))
    nothing = {"answers": dict.fromkeys(names, ""), "file": "", "content": "", "flags": []}
    known = {**nothing, **outcome.get("result", {})}
    return {
        **known,
        "flags": [*known["flags"], _("not graded: {why}", why=outcome["odd"])],
        "verdicts": dict.fromkeys(names, verdict),
    }


def _again(students, names):
    """Return the keys of the students who are named."""
    found = set()
    for name in names:
        keys = {key for key, one in students.items() if name.casefold() in _names(one)}
        if not keys:
            raise ValueError(_("--again: there is no student {name}", name=name))
        found |= keys
    return found


def _names(student):
    return {text.casefold() for text in (student.name, student.identity, student.id, student.email, student.username)}


@functools.cache
def version():
    """Return a fingerprint of the course and its language: when it changes, what was graded before no longer counts."""
    digest = hashlib.sha256(spoken().encode())
    for path in sorted([*HELPERS.rglob("*.py"), *data_folder().glob("*.*")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def secret_of(out):
    """Return the secret of a class, which the inputs of its functions depend on; it is made once, for the owner alone.

    Parameters
    ----------
    out : Path
        The folder of the grades.

    Returns
    -------
    str
    """
    return secret_in(out / "secret")


def _content(path):
    return hashlib.sha256(path.read_bytes()).hexdigest() if path else None


def _fingerprint(files, also_changes):
    """Return what changes when something else is handed in, or is judged in another way."""
    digest = hashlib.sha256(json.dumps(also_changes).encode())
    for item in files:
        try:
            content = hashlib.sha256(content_of(item.path)).hexdigest()
        except (OSError, ValueError) as error:
            content = str(error)
        digest.update(f"{item.place} {content}\n".encode("utf-8", "backslashreplace"))
    return digest.hexdigest()


def _exercises(out, inquiry, settings):
    """Return what is graded; a folder of results belongs to one chapter."""
    note = out / "chapter.json"
    chapter = settings.chapter
    if note.exists():
        noted = json.loads(note.read_text(encoding="utf-8"))
        if chapter not in (None, noted):
            words = N_("{out} holds the grades of chapter {noted}: choose another folder for chapter {chapter}")
            raise ValueError(_(words, out=out, noted=noted, chapter=chapter))
        chapter = noted
    chapter = chapter or _likely_chapter(inquiry, settings)
    exercises = of_chapter(chapter)
    if not exercises:
        known = ", ".join(map(str, sorted({exercise.chapter for exercise in EXERCISES.values()})))
        raise ValueError(_("there are no exercises to grade: say which chapter, one of {known}", known=known))
    out.mkdir(parents=True, exist_ok=True, mode=0o700)  # what is in it is nobody else's
    write(note, json.dumps(chapter))
    return exercises


def _likely_chapter(inquiry, settings):
    """Return the chapter that most submissions are about, of a hundred throughout the class; None if there is none."""
    students = inquiry[:: max(1, len(inquiry) // ASKED)]
    tasks = [(number, {"do": "chapter", "students": [files]}) for number, files in enumerate(students)]
    votes = Counter()
    with Workers(_number_of_workers(settings, len(tasks)), settings.limits.total_seconds) as workers:
        for _, outcome in workers.do(tasks):
            votes.update(outcome.get("chapters", []) if isinstance(outcome, dict) else [])
    return max(sorted(votes), key=votes.get) if votes else None


def _number_of_workers(settings, tasks):
    return max(1, min(settings.workers or os.cpu_count(), tasks))


def _release(chapter, settings):
    """Return the path of what was handed out, if it is known."""
    found = [Path(settings.release)] if settings.release else sorted(RELEASES.glob(f"{chapter:02}_*.ipynb"))
    return found[0] if found else None


class Kept(dict):
    """A result that is kept: what a table says is in it, the rest is read from its file when it is asked for.

    Parameters
    ----------
    folder : Path
        Where the file is.
    result : dict
        All of it.
    """

    IN_TABLES = ("student", "key", "content", "flags", "tag")

    def __init__(self, folder, result):
        verdicts = {name: _verdict(*verdict.items()) for name, verdict in result["verdicts"].items()}
        super().__init__({name: result[name] for name in self.IN_TABLES}, verdicts=verdicts)
        self._folder = folder

    def __missing__(self, name):
        return _stored(self._folder, self["key"])[name]


def _stored(folder, key):
    return json.loads((folder / f"{key}.json").read_text(encoding="utf-8"))


@functools.lru_cache(1000)
def _verdict(*items):
    """Return a verdict; most are those of many students, and are one."""
    return dict(items)


def _kept(folder, key, digest):
    """Return the result that a former run has kept, if it is one of the same submission."""
    try:
        result = _stored(folder, key)
        return Kept(folder, result) if result["digest"] == digest else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _keep(folder, result):
    """Keep a result."""
    write(folder / f"{result['key']}.json", json.dumps(result, indent=1, sort_keys=True))
    return Kept(folder, result)


def _graded(tasks, number, chapter, judging, settings):
    """Yield the key of each submission and what became of it, as they become ready."""
    if not number:
        return
    with contextlib.ExitStack() as stack:
        if settings.scheduler:
            judged = _on_cluster(tasks, chapter, judging, settings, stack)
        else:
            _refuse_without_sandbox({"here": missing()}, settings)
            workers = Workers(_number_of_workers(settings, number), settings.limits.total_seconds)
            both = ((key, {"do": "grade", **task, "judge": judging}) for key, task in tasks)
            judged = stack.enter_context(workers).do(both)
        for key, outcome in judged:
            yield key, {"odd": str(outcome)} if isinstance(outcome, Lost) else outcome


def _on_cluster(tasks, chapter, judging, settings, stack):
    """Yield as `_graded`: what was handed in is read here, and judged on the cluster, a few submissions ahead."""
    try:
        from distributed import Client, as_completed
    except ImportError:
        raise SandboxError(_("Dask is missing: pip install distributed")) from None
    client = stack.enter_context(Client(settings.scheduler))
    _refuse_without_sandbox(client.run(missing), settings)
    workers = stack.enter_context(Workers(_number_of_workers(settings, AHEAD), settings.limits.total_seconds))
    read = workers.do((key, {"do": "read", **task["read"]}) for key, task in tasks)
    futures, completed = {}, as_completed()
    most = AHEAD + 2 * sum(client.nthreads().values())
    more = True
    while more or futures:
        while more and len(futures) < most:
            key, known = next(read, (None, None))
            more = key is not None
            if not more:
                break
            if isinstance(known, Lost) or "odd" in known:
                yield key, known
                continue
            task = {**known, "chapter": chapter, **judging, "hidden": []}
            future = client.submit(work_on, task, version(), pure=False, retries=2)
            futures[future] = key
            completed.add(future)
        if futures:
            future = next(completed)
            error = future.exception()
            yield futures.pop(future), {"no grade": str(error)} if error else future.result()
            future.release()


AHEAD = 8
"""How many submissions wait for a cluster, besides two for each of its threads."""


def _refuse_without_sandbox(problems, settings):
    """Raise an error if a sandbox is wanted and cannot be had."""
    found = sorted({problem for problem in problems.values() if problem})
    if found and settings.isolated:
        raise SandboxError("; ".join(found))


_one_at_a_time = threading.Lock()


def work_on(task, wanted):
    """Judge one submission on a cluster.

    Parameters
    ----------
    task : dict
        What `helpers.grading.worker` needs to judge it.
    wanted : str
        The `version` of the course, which must be the cluster's as well.

    Returns
    -------
    dict
        What became of it.
    """
    if version() != wanted:
        raise RuntimeError(_("a worker has another version of the course, or another language"))
    with _one_at_a_time:  # a worker of the cluster may have several threads, and has one process that judges
        workers = _workers_here(task["limits"]["total_seconds"])
        ((_name, outcome),) = workers.do([("one", {"do": "judge", **task})])
    return {"odd": str(outcome), "result": task["result"]} if isinstance(outcome, Lost) else outcome


@functools.cache
def _workers_here(seconds):
    """Return the one process that judges for this worker of a cluster; it ends with the worker."""
    return Workers(1, seconds)
