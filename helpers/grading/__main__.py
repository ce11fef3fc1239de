"""The command ``python -m helpers.grading SUBMISSIONS OUT``."""

import argparse
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from helpers.exercises.variants import tag_of
from helpers.grading.batch import RELEASES, Settings, grade_students
from helpers.grading.book import apply_rules, open_book
from helpers.grading.likeness import course_code, likeness_of
from helpers.grading.report import write_reports, write_table
from helpers.grading.sandbox import Limits, SandboxError
from helpers.grading.secret_file import secret_in
from helpers.language import N_, _

WITHOUT = N_(
    "Without a sandbox a submission can read and write what you can, and use the network. "
    "If all submissions are your own, or this machine is one to throw away, say --no-sandbox."
)

ELSEWHERE = N_("On Windows it runs in WSL, on a Mac in a virtual machine with Linux.")

SECONDS_A_TABLE = 5
"""How often the table is written while a class is graded."""


def arguments(words=None):
    """Return the command's arguments."""
    parser = argparse.ArgumentParser(
        prog="python -m helpers.grading",
        description="Grade a class: run each submission in a sandbox, ask it questions, and write grades.csv, "
        "summary.html and a page of feedback for each student. Run it again to go on where it was stopped.",
        epilog="What is protected, and how to run a class: docs/teaching.md.",
    )
    limits = Limits()
    parser.add_argument("submissions", metavar="SUBMISSIONS", type=Path, help="a folder or a zip, as it was downloaded")
    parser.add_argument("out", metavar="OUT", type=Path, help="a folder for the results; made if there is none")
    parser.add_argument("--chapter", type=int, help="whose exercises (default: what most submissions are about)")
    parser.add_argument("--roster", metavar="CSV", type=Path, help="the class: Moodle's or Canvas's table, or your own")
    parser.add_argument(
        "--variants", metavar="FILE", type=Path, help="the secret with which each student was handed other numbers"
    )
    parser.add_argument(
        "--rules", metavar="TOML", type=Path, help="deadline, weights and more (default: OUT/rules.toml)"
    )
    parser.add_argument("--column", default="", help="the assignment in Canvas's gradebook (default: Chapter N)")
    parser.add_argument("--assignment", help="the folder within each student's folder, if there are several")
    parser.add_argument("--release", type=Path, help="the notebook that was handed out (default: the course's own)")
    parser.add_argument("--workers", type=int, help="processes on this machine (default: one for each processor)")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="use a Dask cluster, such as tcp://192.168.0.1:8786")
    for name, what in {
        "cell_seconds": "processor time for a cell",
        "call_seconds": "processor time for all calls that judge a function",
        "total_seconds": "processor time for a submission",
    }.items():
        option = f"--{name.replace('_', '-')}"
        parser.add_argument(option, type=float, default=getattr(limits, name), help=f"{what} (default: %(default)g)")
    parser.add_argument("--memory", type=int, default=limits.memory, help="megabytes (default: %(default)d)")
    parser.add_argument(
        "--again", metavar="NAME", action="append", default=[], help="grade this student again (may be repeated)"
    )
    parser.add_argument("--no-sandbox", action="store_true", help="run submissions without protection")
    return parser.parse_args(words)


def main(words=None):
    """Run the command; return its exit status."""
    told = arguments(words)
    if sys.platform != "linux":
        why = _("the grader needs Linux, and this is {platform}", platform=sys.platform)
        _say(" ".join([_("Nothing was graded: {error}.", error=why), _(ELSEWHERE)]))
        return 2
    settings = Settings(
        chapter=told.chapter,
        assignment=told.assignment,
        release=told.release,
        scheduler=told.scheduler,
        workers=told.workers,
        isolated=not told.no_sandbox,
        limits=Limits(told.cell_seconds, told.call_seconds, told.total_seconds, told.memory),
        again=tuple(told.again),
        hidden=(told.submissions,),
    )
    try:
        with tempfile.TemporaryDirectory(prefix="delivered-") as scratch:
            book = open_book(told.submissions, Path(scratch), told.assignment, told.roster)
            book.column = told.column
            if told.variants:
                settings = replace(settings, tags=_tags(told, book))
            return _grade(told, settings, book)
    except SandboxError as error:
        _say("\n".join([_("Nothing was graded: {error}.", error=error), _(WITHOUT)]))
    except (ValueError, OSError) as error:
        if _has_results(told.out):
            _say(_("Stopped: {error}. What was graded is kept: start the same command again to go on.", error=error))
        else:
            _say(_("Nothing was graded: {error}.", error=error))
    return 2


def _tags(told, book):
    """Return whose numbers each student has."""
    if not told.roster:
        raise ValueError(_("--variants needs --roster, since the numbers follow from who a student is there"))
    if not told.variants.is_file():
        words = N_("there is no {file}: name the file that was used when the course was handed out")
        raise ValueError(_(words, file=told.variants))
    secret = secret_in(told.variants)
    return {key: tag_of(secret, book.people.get(key, student)) for key, student in book.students.items()}


def _has_results(out):
    with suppress(OSError):
        return any((out / "results").glob("*.json"))
    return False


def _say(text, file=None):
    """Print a text; names and messages in it may hold what would steer the terminal."""
    plain = "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in text)
    file = file or sys.stderr
    print(plain.encode(file.encoding or "utf-8", "backslashreplace").decode(file.encoding or "utf-8"), file=file)


def _grade(told, settings, book):
    """Grade a class, and write what came out; return the command's exit status."""
    _say(_("{delivered}: read as {layout}", delivered=told.submissions, layout=book.layout or _("empty")))
    progress = Progress(told.out, book)
    try:
        exercises, results, failed = grade_students(
            book.students, told.out, settings, show=progress.show, each=progress.keep
        )
    except KeyboardInterrupt:
        _say("\n" + " ".join([progress.stopped(), _("Start the same command again to go on.")]))
        return 130
    apply_rules(book, told.out, exercises, told.rules)
    if results:
        pairs, remarks = likeness_of(results, course_code(exercises[0].chapter, RELEASES))
        book.remarks += remarks
        remarks = write_reports(told.out, exercises, results, book, pairs)
        for remark in [*book.remarks, *remarks]:
            _say(remark)
        files = {"grades": told.out / "grades.csv", "summary": told.out / "summary.html"}
        _say(_("{grades} and {summary}: {number} students", **files, number=len(results)), sys.stdout)
    for line in failed:
        _say(_("not graded: {why}", why=line))
    return 1 if failed else 0


class Progress:
    """What is told while a class is graded: how many are done, the time left, and a table that grows.

    Parameters
    ----------
    out : Path
        Where the table goes.
    book : Book
        The class.
    """

    def __init__(self, out, book):
        self._out, self._book = out, book
        self._began = self._written = time.monotonic()
        self._first = self._done = self._of = 0
        self._kept = None

    def show(self, done, of):
        """Draw a bar, and say how long the rest will take.

        Parameters
        ----------
        done, of : int
            How many submissions have a grade, and how many there are.
        """
        if not self._of:
            self._first, self._began = done, time.monotonic()
        self._done, self._of = done, of
        filled = 40 * done // of
        words = _("{done} of {of} graded", done=done, of=of) + self._left()
        bar = f"\r[{'#' * filled}{'.' * (40 - filled)}] {words}"
        print(f"{bar:<90}", end="\n" if done == of else "", file=sys.stderr, flush=True)

    def _left(self):
        new = self._done - self._first
        if not new or self._done == self._of:
            return ""
        seconds = (time.monotonic() - self._began) / new * (self._of - self._done)
        if seconds >= 90:
            return _(", {minutes:.0f} min left", minutes=seconds / 60)
        return _(", {seconds:.0f} s left", seconds=seconds)

    def keep(self, exercises, results):
        """Write the table, if the last one is old.

        Parameters
        ----------
        exercises : list of Exercise
            What is graded.
        results : list of dict
            What came so far.
        """
        self._kept = exercises, results
        if time.monotonic() - self._written > SECONDS_A_TABLE:
            self._write()

    def _write(self):
        self._written = time.monotonic()
        write_table(self._out, *self._kept, self._book)

    def stopped(self):
        """Write the table so far; return what to say about it."""
        if not self._kept or not self._kept[1]:
            return _("Stopped before anything was graded.")
        self._write()
        words = N_("Stopped: {number} of {of} are graded, and in {table}.")
        return _(words, number=len(self._kept[1]), of=self._of, table=self._out / "grades.csv")


if __name__ == "__main__":
    sys.exit(main())
