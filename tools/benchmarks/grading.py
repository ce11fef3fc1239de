"""Submissions graded a minute, with the sandbox, on two worker processes, against nbgrader on the same ones."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from helpers.grading.batch import Settings, grade_class
from tests.submissions import CHAPTER, right
from tools.benchmarks._report import HEAD, Row
from tools.make_exercises import SOURCES

ROOT = Path(__file__).resolve().parent.parent.parent
NOTEBOOK = "02_learning_rate_exercises"


def write(folder, number):
    """Write perfect submissions in nbgrader's layout, no two alike."""
    for i in range(number):
        place = folder / f"student{i:04}" / "solutions"
        place.mkdir(parents=True)
        (place / f"{NOTEBOOK}.ipynb").write_bytes(right(first=f"me = {i}"))
    return folder


def ours(submitted, out):
    """Return how many are graded a minute, start of the workers included."""
    start = time.perf_counter()
    _, results, failed = grade_class(submitted, out, Settings(chapter=CHAPTER, workers=2))
    assert not failed
    return 60 * len(results) / (time.perf_counter() - start)


def nbgraders(folder, number):
    """Return how many nbgrader grades a minute."""
    folder.mkdir()
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    shutil.copytree(SOURCES, folder / "notebooks" / "solutions")
    write(folder / "classroom" / "submitted", number)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

    def nbgrader(command):
        words = [sys.executable, "-m", "nbgrader", command, "solutions", f"--notebook={NOTEBOOK}"]
        subprocess.run(words, cwd=folder, env={**os.environ, "PATH": path}, capture_output=True, check=True)

    nbgrader("generate_assignment")
    start = time.perf_counter()
    nbgrader("autograde")
    taken = time.perf_counter() - start
    graded = list((folder / "classroom" / "autograded").rglob("*.ipynb"))
    assert len(graded) == number and all(json.loads(path.read_bytes())["cells"] for path in graded)
    return 60 * number / taken


def main():
    """Print submissions a minute, and the ratio to nbgrader."""
    with tempfile.TemporaryDirectory() as folder:
        print(HEAD)
        folder = Path(folder)
        rates = {}
        write(folder / "submitted20", 20)
        for number in (50, 200, 1000):
            submitted = write(folder / f"submitted{number}", number)
            rates[number] = ours(submitted, folder / f"out{number}")
            print(Row(f"{number} submissions, two workers", "graded a minute", rates[number]), flush=True)
        before = ours(folder / "submitted20", folder / "before")
        theirs = nbgraders(folder / "nbgrader", 20)
        after = ours(folder / "submitted20", folder / "after")
        print(Row("20 submissions, nbgrader autograde", "graded a minute", theirs))
        print(Row("the same 20 submissions", "ours / nbgrader", (before + after) / 2 / theirs, ">= 5"))
        print(Row("1000 submissions", "ours / nbgrader", rates[1000] / theirs, ">= 5"))


if __name__ == "__main__":
    main()
