"""A time limit for the learner's code, which runs in the thread that asks for it."""

import _thread
import signal
import sys
import threading
import time

from helpers.exercises.answer import TimeLimit

#: A signal of which nobody is told anything while a limit runs: it never leaves this process.
SIGNAL = getattr(signal, "SIGALRM", None) or signal.SIGBREAK
#: A loop may catch the error, so it comes again after so many seconds.
AGAIN = 0.05
#: In a browser there are none.
THREADS = sys.platform != "emscripten"


def within(seconds, function, *arguments):
    """Call a function, but no longer than `seconds`.

    Parameters
    ----------
    seconds : float
        How long it may take.
    function : callable
        What to call.
    *arguments : object
        What to call it with.

    Returns
    -------
    object
        What the function returns.

    Raises
    ------
    TimeLimit
        If it takes longer, be it a loop without end.
    ValueError
        Outside the main thread, which alone can be interrupted.
    """
    return (_interrupted if THREADS else _traced)(seconds, function, arguments)


def _interrupted(seconds, function, arguments):
    """Let a second thread interrupt this one when the time is over.

    It does so again and again, since a loop may catch the error. The interruption looks where this thread is, and
    raises the error inside the function alone: one that comes when the function has just ended does nothing. What waits
    inside NumPy or for the network is not reached.
    """
    going_on = threading.Event()

    def run():
        return function(*arguments)

    def interrupt(_number, frame):
        while frame and frame.f_code is not run.__code__:
            frame = frame.f_back
        if frame:
            raise TimeLimit

    def watch():
        wait = seconds
        while not going_on.wait(wait):
            _thread.interrupt_main(SIGNAL)
            wait = AGAIN

    watcher = threading.Thread(target=watch, daemon=True)
    before = signal.signal(SIGNAL, interrupt)
    try:
        watcher.start()
        return run()
    finally:
        going_on.set()
        watcher.join()
        signal.signal(SIGNAL, before)


def _traced(seconds, function, arguments):
    """Look at the clock before each line, and raise the error when the time is over.

    Python stops looking once that was raised, so a loop that catches it goes on.
    """
    end = time.monotonic() + seconds

    def look(_frame, _event, _argument):
        if time.monotonic() > end:
            raise TimeLimit
        return look

    before = sys.gettrace()
    sys.settrace(look)
    try:
        return function(*arguments)
    finally:
        sys.settrace(before)
