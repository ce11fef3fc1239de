"""Runs inside the kernel, after the last cell: what a reader could do next, and what the cells left running.

Nothing of it enters the notebook's own names.
"""

import asyncio
import gc
import json
import sys
import threading
from pathlib import Path

EFFECTS = "_nbgate_effects"
WIDGETS = "_nbgate_widgets"


async def examine(shown, adaptors):
    """Print nothing, and return all that is wrong, as JSON: a list of [code, cell, message].

    Parameters
    ----------
    shown : dict
        Name of a cell -> ids of the widgets that it shows.
    adaptors : str
        Name of a module that knows widgets of the project's own; "" if there is none.
    """
    found = []
    if shown:
        found += await sys.modules[WIDGETS].examine(shown, adaptors)
    await wait_for_tasks()
    wait_for_threads()
    found += [["E108", "", problem] for problem in unheard_exceptions()]
    for name, what in sys.modules[EFFECTS].changed_files():
        told = {"left": "is left behind", "changed": "is written over", "removed": "is removed"}[what]
        found.append(["E109", "", f"{name} {told}; expected was none: write to a temporary folder"])
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    return json.dumps([[code, cell, message.replace("\n", " ")] for code, cell, message in found])


# -- what still runs ----------------------------------------------------------------------------------------------


async def wait_for_tasks():
    """Wait up to 5 seconds for the notebook's own asyncio tasks."""
    own = {task for task in asyncio.all_tasks() if task is not asyncio.current_task() and not of_kernel(task)}
    if own:
        await asyncio.wait(own, timeout=5)


def of_kernel(task):
    """Return whether a task belongs to the kernel itself."""
    code = getattr(task.get_coro(), "cr_code", None)
    return code is None or not {"ipykernel", "IPython", "tornado", "zmq"}.isdisjoint(Path(code.co_filename).parts)


def wait_for_threads():
    """Wait a second for each thread that would keep Python from ending."""
    for thread in threading.enumerate():
        if not thread.daemon and thread is not threading.current_thread():
            thread.join(1)


def unheard_exceptions():
    """Return the exceptions of tasks that nobody asked for; those of forgotten tasks asyncio writes to stderr."""
    gc.collect()
    tasks = [thing for thing in gc.get_objects() if issubclass(type(thing), asyncio.Task) and thing.done()]
    return [
        f"an asyncio task raised {type(error).__name__}: {error}, and nothing in the notebook awaits it"
        for task in tasks
        if not task.cancelled() and task._log_traceback and (error := task.exception())
    ]
