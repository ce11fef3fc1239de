"""Interleaved timing: A B A B ..., so that a machine that slows down slows both."""

import statistics
import time


def times(functions, *, repeats=31, warmup=5):
    """Return for each function, run in turn, a list of seconds of processor time: those of others do not count."""
    taken = [[] for _ in functions]
    for _ in range(warmup + repeats):
        for function, seconds in zip(functions, taken, strict=True):
            start = time.process_time()
            function()
            seconds.append(time.process_time() - start)
    return [seconds[warmup:] for seconds in taken]


def medians(functions, **settings):
    """Return the median time in seconds of each function, run in turn."""
    return [statistics.median(taken) for taken in times(functions, **settings)]


def ratio(above, below, **settings):
    """Return how many times as long `above` takes as `below`: the median over pairs run one after the other."""
    return statistics.median(a / b for a, b in zip(*times([above, below], **settings), strict=True))


def repeated(function, number):
    """Return a function that calls another `number` times: too short a time is not measured well."""

    def calls():
        for _ in range(number):
            function()

    return calls
