"""Runs inside the kernel, after the last cell: what a reader could do next, and what the cells left running.

Nothing of it enters the notebook's own names; what it finds it raises, as one exception.
"""

import asyncio
import gc
import numbers
import re
import sys
import threading
from pathlib import Path

#: Controls inside widgets of these packages have tests of their own.
TESTED = "helpers."


class Found(Exception):
    """All problems, a line each."""


async def examine(shown):
    """Raise `Found` if anything is wrong with the widgets, tasks and threads that the cells left.

    Parameters
    ----------
    shown : dict
        Name of a cell -> ids of the widgets that it shows.
    """
    problems = []
    for cell, ids in shown.items():
        for widget in map(widget_of, ids):
            problems += [f"{cell}: {problem}" for problem in [p async for p in faults(widget)]]
    await wait_for_tasks()
    wait_for_threads()
    problems += unheard_exceptions()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    if problems:
        raise Found("\n".join(dict.fromkeys(problem.replace("\n", " ") for problem in problems)))


# -- widgets ------------------------------------------------------------------------------------------------------


def widget_of(model_id):
    """Return the widget of that id."""
    from ipywidgets.widgets import widget

    return widget._instances[model_id]


async def faults(widget):
    """Yield what is wrong with a widget: live figures are moved, other controls of the notebook's own refused."""
    import ipywidgets

    display_only = (
        ipywidgets.HTML,
        ipywidgets.HTMLMath,
        ipywidgets.Label,
        ipywidgets.Image,
        ipywidgets.Audio,
        ipywidgets.Video,
        ipywidgets.IntProgress,
        ipywidgets.FloatProgress,
        ipywidgets.Valid,
    )
    if is_live(widget):
        if not has_own_test(widget):
            async for problem in faults_of_live(widget):
                yield problem
    elif type(widget).__module__.startswith(TESTED):
        return
    elif isinstance(widget, ipywidgets.ValueWidget | ipywidgets.Button) and not isinstance(widget, display_only):
        name = getattr(widget, "description", "") or type(widget).__name__
        yield f"nothing tests the control {name!r}: expected is a LiveFigure, or a class in {TESTED.rstrip('.')}"
    else:
        for child in getattr(widget, "children", ()):
            async for problem in faults(child):
                yield problem


def is_live(widget):
    """Return whether a widget can be moved and looked at, as live figures can."""
    needed = ("controls", "readout", "description", "png", "redraw", "reset", "finished")
    return all(hasattr(widget, name) for name in needed)


def has_own_test(live):
    """Return whether this figure comes from the course's helpers as it is, and is tested there."""
    module = sys.modules.get("helpers.live.live_figure")
    build = module.LIVE_FIGURES.get(live.name) if module and isinstance(live, module.LiveFigure) else None
    callbacks = [
        callback
        for control in live.controls.values()
        for callback in control._trait_notifiers.get("value", {}).get("change", ())
    ]
    added = any(getattr(callback, "__module__", "") == "__main__" for callback in callbacks)
    return build is not None and build.__module__.startswith(TESTED) and not added


def ends(control):
    """Return what a control may be set to: its two ends, or all its choices."""
    if hasattr(control, "options"):
        options = [option[1] if isinstance(option, tuple) else option for option in control.options]
        return [options[0], options[-1]] if type(control).__name__ == "SelectionSlider" else options
    if isinstance(control.value, bool):
        return [False, True]
    return [control.min, control.max]


def not_finite(live):
    """Return which number of a live figure is not finite, in words, or None."""
    for label, value in live.readout.items():
        if isinstance(value, numbers.Real) and not abs(value) < float("inf"):
            return f"{label} is {value}"
    lost = re.search(r".*(?:\b(?:nan|inf)\b|not finite|none of them finite).*", live.description)
    return lost and lost[0]


async def faults_of_live(live):
    """Yield what is wrong with a live figure: each control is moved to both its ends, twice, as a browser does it."""
    for name, control in live.controls.items():
        seen = []
        for value in ends(control) * 2:
            try:
                await move(live, control, value)
            except Exception as error:
                yield f"{name} = {value!r} raises {type(error).__name__}: {error}"
                return
            if bad := not_finite(live):
                yield f"{name} = {value!r} shows what is not a finite number: {bad}"
            seen.append((live.png(), re.sub(r"\nShown: .*", "", live.description)))
        half = len(seen) // 2
        if len(set(seen)) == 1:
            yield f"{name} is linked to nothing: it changes neither the picture nor a word of it"
        elif seen[:half] != seen[half:]:
            yield f"{name}: the same value shows another picture the second time: it depends on earlier values"
        else:
            for value, (picture, _) in zip(ends(control), seen, strict=False):
                await move(live, control, value)
                live.redraw()
                if live.png() != picture:
                    yield f"{name} = {value!r}: drawn anew, the picture is another one: is all that moves declared?"
        live.reset()


async def move(live, control, value):
    """Move a control, and wait for its last picture."""
    control.value = value
    await live.finished()


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
