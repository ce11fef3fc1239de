"""A large class on a cluster of two workers of this machine: the memory of all its processes as the class is graded."""

import json
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import psutil

from helpers.grading.batch import Settings, grade_class
from tests.submissions import CHAPTER
from tools.benchmarks.grading import write

POINTS = 10
"""How many points the curve has."""


def cluster(folder, stack):
    """Start a scheduler and two workers, which end with the stack; return the scheduler's address and the processes."""
    file, here = folder / "scheduler.json", [sys.executable, "-m"]
    words = ["--scheduler-file", str(file), "--no-dashboard"]
    scheduler = [*here, "distributed.cli.dask_scheduler", *words, "--host=127.0.0.1", "--port=0"]
    worker = [*here, "distributed.cli.dask_worker", *words, "--no-nanny", "--nthreads=1", f"--local-directory={folder}"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    processes = []
    for command in (scheduler, worker, worker):
        processes.append(stack.enter_context(subprocess.Popen(command, **quiet)))
        stack.callback(processes[-1].terminate)
    for _ in range(600):
        if file.exists() and (text := file.read_text(encoding="utf-8")):
            return json.loads(text)["address"], processes
        time.sleep(0.1)
    raise RuntimeError("the scheduler did not start")


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
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        folder = Path(folder)
        submitted = write(folder / "submitted", number)
        address, processes = cluster(folder, stack)
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
