"""A time limit for the learner's code, which runs in the thread that asks for it."""

import ctypes
import threading

from helpers.exercises.answer import TimeLimit


def within(seconds, function, *arguments):
    """Call a function, but no longer than `seconds`.

    A second thread raises the error in this one, again and again, since a loop may catch it. What waits inside NumPy
    or for the network is not reached.

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
    """
    thread = ctypes.c_ulong(threading.get_ident())
    raise_here = ctypes.pythonapi.PyThreadState_SetAsyncExc
    going_on = threading.Lock()  # a bare one: an error that arrives while it is used cannot leave it half used
    going_on.acquire()
    finished = False

    def watch():
        wait = seconds
        while not going_on.acquire(timeout=wait) and not finished:
            raise_here(thread, ctypes.py_object(TimeLimit))
            wait = 0.05

    watcher = threading.Thread(target=watch, daemon=True)

    def end():
        if going_on.locked():
            going_on.release()
        watcher.join()
        raise_here(thread, None)  # one that was sent and has not arrived

    try:
        watcher.start()
        return function(*arguments)
    finally:
        finished = True  # from here on one more can arrive at most: that which is just being sent
        try:
            end()
        except TimeLimit:
            end()
