"""Interleaved timing: A B A B ..., so that a machine that slows down slows both."""

import statistics
import time


def medians(functions, *, repeats=15, warmup=2):
    """Return the median time in seconds of each function, run in turn."""
    times = [[] for _ in functions]
    for repeat in range(warmup + repeats):
        for function, taken in zip(functions, times, strict=True):
            start = time.perf_counter()
            function()
            if repeat >= warmup:
                taken.append(time.perf_counter() - start)
    return [statistics.median(taken) for taken in times]


def row(work, ratio, goal, unit="x"):
    """Print one line of a table of results."""
    print(f"| {work:58} | {ratio:8.2f}{unit} | {goal:28} |", flush=True)
