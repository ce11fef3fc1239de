"""Runs inside the kernel, after the last cell: moves the controls of widgets to both their ends, as a reader would.

What moves, and how one sees what it did, is known to an adaptor: an object with

`controls`
    name -> widget with a value;
`finished()`
    to be awaited after a move;
`png()`, `description`, `readout` (name -> number)
    what is shown: a picture, words, numbers;
`redraw()`, `reset()`
    draw all anew; go back to the start.

Widgets that have all of these are their own adaptor. Those of `interact` and plain ones with observers are moved by
`Plain`. A project's module may know more: its function ``adaptor(widget)`` returns such an object, or "tested" for
widgets that have tests elsewhere, or None. Nothing of this package is needed in the kernel's environment.
"""

import contextlib
import importlib
import numbers
import re
import signal
import threading

PROTOCOL = ("controls", "readout", "description", "png", "redraw", "reset", "finished")
#: Seconds for one move.
LIMIT = 20


class TooSlow(Exception):
    """A move did not end in time."""


async def examine(shown, module):
    """Return what is wrong with the widgets that cells show: a list of [code, cell, message].

    Parameters
    ----------
    shown : dict
        Name of a cell -> ids of the widgets that it shows.
    module : str
        The project's module that knows widgets of its own; "" if there is none.
    """
    known = importlib.import_module(module).adaptor if module else lambda widget: None
    found, seen = [], set()
    for cell, ids in shown.items():
        for widget in map(widget_of, ids):
            if widget is not None and widget.model_id not in seen:
                seen.add(widget.model_id)
                problems = [problem async for problem in faults(widget, known)]
                found += [[code, cell, message] for code, message in dict.fromkeys(problems)]
    return found


def widget_of(model_id):
    """Return the widget of that id, None if it is closed."""
    from ipywidgets.widgets import widget

    return getattr(widget, "_instances", {}).get(model_id)


async def faults(widget, known):
    """Yield (code, message) for all that is wrong with a shown widget."""
    own = known(widget)
    if own == "tested":
        return
    if own is None and all(hasattr(widget, name) for name in PROTOCOL):
        own = widget
    if own is not None:
        for problem in same_labels(own.controls.values()):
            yield problem
        async for problem in faults_of_movable(own):
            yield problem
        return
    parts = list(leaves(widget, known))
    plain = [part for part in parts if is_control(part)]
    for problem in same_labels(plain):
        yield problem
    for control in plain:
        async for problem in faults_of_plain(control):
            yield problem
    for part in parts:
        if part is not widget and not is_control(part):
            async for problem in faults(part, known):
                yield problem


def leaves(widget, known):
    """Yield the widgets inside a box, each box opened; those that an adaptor knows as they are."""
    children = getattr(widget, "children", ())
    if not children:
        yield widget
    for child in children:
        if known(child) is not None or all(hasattr(child, name) for name in PROTOCOL):
            yield child
        else:
            yield from leaves(child, known)


def is_control(widget):
    """Return whether a reader can change the value of a widget, and Python listens."""
    has_value = hasattr(widget, "value") and (hasattr(widget, "options") or hasattr(widget, "max"))
    has_value |= isinstance(getattr(widget, "value", None), bool)
    shows = {"IntProgress", "FloatProgress", "Valid"}
    return has_value and type(widget).__name__ not in shows and not getattr(widget, "disabled", False)


def same_labels(controls):
    """Yield the labels that two controls share."""
    labels = [label for control in controls if (label := getattr(control, "description", "").strip())]
    for label in sorted({label for label in labels if labels.count(label) > 1}):
        yield "W602", f"two controls have the same label: {label!r}"


def ends(control):
    """Return what a control may be set to: its two ends, or all its choices."""
    if hasattr(control, "options"):
        # ipywidgets keeps labels and values of a menu apart.
        values = list(getattr(control, "_options_values", control.options))
        if isinstance(control.value, tuple) and type(control).__name__ == "SelectMultiple":
            return [(value,) for value in values]
        if type(control).__name__ == "SelectionRangeSlider":
            return [(values[0], values[-1]), (values[-1], values[-1])]
        return [values[0], values[-1]] if "Slider" in type(control).__name__ and values else values
    if isinstance(control.value, bool):
        return [False, True]
    low, high = control.min, control.max
    if type(control).__name__ == "FloatLogSlider":
        low, high = control.base**low, control.base**high
    if isinstance(control.value, tuple):
        return [(low, low), (low, high), (high, high)]
    return [value for value in (low, high) if value is not None]


def not_finite(live):
    """Return which number of an adaptor is not finite, in words, or None."""
    for label, value in live.readout.items():
        if isinstance(value, numbers.Real) and not abs(value) < float("inf"):
            return f"{label} is {value}"
    lost = re.search(r".*(?:\b(?:nan|inf)\b|not finite|none of them finite).*", live.description)
    return lost and lost[0]


# -- widgets that show what they do -------------------------------------------------------------------------------


async def faults_of_movable(live):
    """Yield what is wrong with a widget that shows what it does: each control is moved to both its ends, twice."""
    for name, control in live.controls.items():
        seen = []
        for value in ends(control) * 2:
            try:
                await move(live, control, value)
            except Exception as error:
                yield "W601", f"{name} = {value!r} raises {type(error).__name__}: {error}"
                return
            if bad := not_finite(live):
                yield "W604", f"{name} = {value!r} shows what is not a finite number: {bad}"
            seen.append((live.png(), re.sub(r"\nShown: .*", "", live.description)))
        half = len(seen) // 2
        if len(set(seen)) == 1:
            yield "W603", f"{name} is linked to nothing: it changes neither the picture nor a word of it"
        elif seen[:half] != seen[half:]:
            yield "W605", f"{name}: the same value shows another picture the second time: it depends on earlier values"
        else:
            for value, (picture, _) in zip(ends(control), seen, strict=False):
                await move(live, control, value)
                live.redraw()
                if live.png() != picture:
                    message = f"{name} = {value!r}: drawn anew, the picture is another one: is all that moves declared?"
                    yield "W606", message
        live.reset()


async def move(live, control, value):
    """Move a control, and wait for its last picture."""
    with in_time():
        control.value = value
    await live.finished()


# -- plain widgets, and those of interact -------------------------------------------------------------------------


async def faults_of_plain(control):
    """Yield what is wrong when a control is moved to both its ends, and back to where it was."""
    name = getattr(control, "description", "").strip() or type(control).__name__
    if not control._trait_notifiers.get("value", {}).get("change"):
        yield "W603", f"{name} is linked to nothing in Python"
        return
    before = control.value
    for value in [*ends(control), before]:
        with shown_errors() as errors:
            try:
                with in_time():
                    control.value = value
            except Exception as error:
                errors.append(f"{type(error).__name__}: {error}")
        if errors:
            yield "W601", f"{name} = {value!r} raises {errors[0]}"
            break
    with contextlib.suppress(Exception), shown_errors(), in_time():
        control.value = before


@contextlib.contextmanager
def shown_errors():
    """Collect the errors that IPython would show: `interact` catches those of its function."""
    from IPython import get_ipython

    shell, errors = get_ipython(), []
    original = shell.showtraceback

    def keep(*arguments, **named):
        import sys

        error = sys.exc_info()[1]
        errors.append(f"{type(error).__name__}: {error}")

    shell.showtraceback = keep
    try:
        yield errors
    finally:
        shell.showtraceback = original


@contextlib.contextmanager
def in_time():
    """Raise `TooSlow` if something takes longer than `LIMIT`."""
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return

    def stop(number, frame):
        raise TooSlow(f"it did not end within {LIMIT} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, LIMIT)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
