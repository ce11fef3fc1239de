"""The command ``python -m helpers.grading SUBMISSIONS OUT``."""

import argparse
import sys
from pathlib import Path

from helpers.grading.batch import Settings, grade_class, progress_bar
from helpers.grading.report import write_reports
from helpers.grading.sandbox import Limits, SandboxError

WITHOUT = """
Without a sandbox a submission can read and write what you can, and use the network.
If all submissions are your own, or this machine is one to throw away, say --no-sandbox.
"""


def arguments(words=None):
    """Return the command's arguments."""
    parser = argparse.ArgumentParser(
        prog="python -m helpers.grading",
        description="Grade a class: run each submission in a sandbox, ask it questions, and write grades.csv, "
        "summary.html and a page of feedback for each student. Run it again to go on where it was stopped.",
        epilog="What is protected, and how to run a class: docs/teaching.md.",
    )
    limits = Limits()
    parser.add_argument("submissions", metavar="SUBMISSIONS", type=Path)
    parser.add_argument("out", metavar="OUT", type=Path, help="a folder for the results; made if there is none")
    parser.add_argument("--chapter", type=int, help="whose exercises (default: what most submissions are about)")
    parser.add_argument("--assignment", help="the folder within each student's folder, if there are several")
    parser.add_argument("--release", type=Path, help="the notebook that was handed out (default: the course's own)")
    parser.add_argument("--workers", type=int, help="processes on this machine (default: one for each processor)")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="use a Dask cluster, such as tcp://192.168.0.1:8786")
    for name, what in {
        "cell_seconds": "how long a cell may run",
        "call_seconds": "how long one call of a function may take",
        "total_seconds": "how long a submission may take",
    }.items():
        option = f"--{name.replace('_', '-')}"
        parser.add_argument(option, type=float, default=getattr(limits, name), help=f"{what} (default: %(default)g)")
    parser.add_argument("--memory", type=int, default=limits.memory, help="megabytes (default: %(default)d)")
    parser.add_argument("--no-sandbox", action="store_true", help="run submissions without protection")
    return parser.parse_args(words)


def main(words=None):
    """Run the command; return its exit status."""
    told = arguments(words)
    settings = Settings(
        chapter=told.chapter,
        assignment=told.assignment,
        release=told.release,
        scheduler=told.scheduler,
        workers=told.workers,
        isolated=not told.no_sandbox,
        limits=Limits(told.cell_seconds, told.call_seconds, told.total_seconds, told.memory),
    )
    try:
        exercises, results, failed = grade_class(told.submissions, told.out, settings, show=progress_bar)
    except SandboxError as error:
        print(f"Nothing was graded: {error}.\n{WITHOUT}", file=sys.stderr)
        return 2
    except (ValueError, OSError) as error:
        print(f"Nothing was graded: {error}.", file=sys.stderr)
        return 2
    if results:
        write_reports(told.out, exercises, results)
        print(f"{told.out / 'grades.csv'} and {told.out / 'summary.html'}: {len(results)} submissions")
    for line in failed:
        print(f"not graded: {line}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
