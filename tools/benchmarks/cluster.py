"""A large class on a cluster of two workers of this machine: the memory of all its processes as the class is graded."""

import json
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil

from helpers.grading.batch import Settings, grade_class
from tests.submissions import CHAPTER
from tools.benchmarks.grading import ROOT, write

POINTS = 10
"""How many points the curve has."""


@contextmanager
def cluster(folder, *more, workers=1, environment=None):
    """Start a scheduler and workers of one thread each, which end with the context.

    Parameters
    ----------
    folder : Path
        Where they write.
    *more : str
        Options of the scheduler.
    workers : int
        How many.
    environment : dict, optional
        Theirs; by default this process's.

    Yields
    ------
    address : str
        The scheduler's.
    processes : list of subprocess.Popen
        The scheduler, then the workers.
    """
    file = folder / "scheduler.json"
    words = ["--no-dashboard", "--scheduler-file", str(file)]
    scheduler = ["scheduler", *words, "--host=127.0.0.1", "--port=0", *more]
    worker = ["worker", *words, "--no-nanny", "--nthreads=1", f"--local-directory={folder / 'scratch'}"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": ROOT, "env": environment}
    with ExitStack() as stack:
        processes = []
        for command in (scheduler, *[worker] * workers):
            processes.append(stack.enter_context(subprocess.Popen([sys.executable, "-m", "dask", *command], **quiet)))
            stack.callback(processes[-1].kill)
        deadline = time.monotonic() + 120
        while not file.exists() or not (text := file.read_text(encoding="utf-8")):
            if time.monotonic() > deadline:
                raise RuntimeError("the scheduler did not start")
            time.sleep(0.1)
        yield json.loads(text)["address"], processes


def trees(processes):
    """Return the processes and all that they have started."""
    found = [psutil.Process(process.pid) for process in processes]
    return [*found, *(child for one in found for child in one.children(recursive=True))]


def used(tree, what):
    """Return a sum over processes, of which some may have ended."""
    total = 0
    for one in tree:
        try:
            total += what(one)
        except psutil.Error:
            continue
    return total


def main(number=10_000):
    """Grade so many, and print how many are done, the memory of all processes that is not shared, and the time.

    Parameters
    ----------
    number : int
        The size of the class.
    """
    with tempfile.TemporaryDirectory() as folder, cluster(Path(folder), workers=2) as (address, processes):
        folder = Path(folder)
        submitted = write(folder / "submitted", number)
        print("| graded | grader, MB | scheduler and workers, MB | seconds |\n|---:|---:|---:|---:|", flush=True)
        start, own = time.perf_counter(), psutil.Process()

        def show(done, of):
            if done and done % max(1, of // POINTS) == 0:
                here = used([own], lambda one: one.memory_full_info().uss) / 1e6
                there = used(trees(processes), lambda one: one.memory_full_info().uss) / 1e6
                print(f"| {done} | {here:.0f} | {there:.0f} | {time.perf_counter() - start:.0f} |", flush=True)

        _, results, failed = grade_class(
            submitted, folder / "out", Settings(chapter=CHAPTER, scheduler=address), show=show
        )
        assert len(results) == number and not failed
