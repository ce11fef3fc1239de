"""Runs inside the kernel, after the last cell: moves each control to both its ends, and looks at what happens.

Three kinds of widgets are known: those that follow the protocol below, `ipywidgets.interact`, and plain ipywidgets with
callbacks. Everything that a move shows or prints is kept from the notebook; all values are put back.

For widgets of its own a project names a module (``nbgate_widgets``), which is imported here. Its functions may be:

``adaptor(widget)``
    returns None for a widget that it does not know; a text, such as "tested", for one with tests elsewhere; or an
    object with the protocol: ``controls`` (a dict of widgets that have a ``value``), and, if there are such things,
    ``readout`` (a dict of numbers), ``description`` (what is shown, in words), ``png()`` (the same, as bytes),
    ``finished()`` (awaited after a move), ``redraw()`` and ``reset()``. A widget that has all of these itself needs no
    adaptor.
``press(button)``
    returns whether that button may be pressed; without it, none is.
"""

import asyncio
import contextlib
import importlib
import logging
import numbers
import re
import signal
import sys
import threading
import time

PROTOCOL = ("controls", "readout", "description", "png", "redraw", "reset", "finished")
#: Seconds for one move, and for all.
LIMIT, TOTAL = 20.0, 90.0
#: A move that takes so many seconds is not made a second time.
SLOW = 1.0
#: So many choices are tried at most.
CHOICES = 12
NOT_FINITE = re.compile(
    r"(?<![A-Za-z_.])(?:nan|[-+]?inf|NaN|-?Infinity|NaT)(?![A-Za-z_(=])|not finite|none of them finite"
)
#: Names that are new each time.
RANDOM = re.compile(r"0x[0-9a-fA-F]+|\b[0-9a-f]{5,}\b|_[0-9a-f]{5}(?=[_ \"'])|[0-9a-f-]{32,}")


class TooLong(BaseException):
    """A move did not end in time. No `except Exception` of a callback should catch it."""


async def examine(shown, adaptors=""):
    """Return what is wrong with the widgets that the cells show: a list of [code, cell, message].

    Parameters
    ----------
    shown : dict
        Name of a cell -> ids of the widgets that it shows.
    adaptors : str, optional
        Name of a module that knows widgets of the project's own.
    """
    try:
        own = importlib.import_module(adaptors) if adaptors else None
    except Exception as error:
        return [["W601", "", f"nbgate_widgets: {adaptors} can't be imported: {type(error).__name__}: {error}"]]
    roots = [(cell, widget) for cell, ids in shown.items() for widget in map(widget_of, ids) if widget is not None]
    found, seen, end = [], set(), time.monotonic() + TOTAL
    everything = [widget for _, widget in roots]
    for cell, root in roots:
        for panel in panels(root, own, everything, seen):
            if isinstance(panel, Problem):
                found.append(["W601", cell, str(panel)])
                continue
            found += [["W602", cell, message] for message in same_labels(panel)]
            if time.monotonic() > end:
                message = f"its controls were not moved: those before took more than {TOTAL:g} seconds"
                found.append(["W601", cell, f"{panel.name}: {message}; an adaptor (nbgate_widgets) may say how"])
                continue
            found += [[code, cell, message] async for code, message in faults(panel, end)]
    return [entry for number, entry in enumerate(found) if entry not in found[:number]]


class Problem(str):
    """What is wrong with the project's own adaptor."""


def widget_of(model_id):
    """Return the widget of that id, or None if it was closed."""
    from ipywidgets.widgets import widget

    known = getattr(widget, "_instances", None)
    return (widget.Widget.widgets if known is None else known).get(model_id)


# -- what there is to move -----------------------------------------------------------------------------------------


def panels(root, own, everything, seen):
    """Yield the panels of a widget: those that move together.

    Parameters
    ----------
    root : ipywidgets.Widget
    own : module or None
        The project's.
    everything : list of ipywidgets.Widget
        All that the notebook shows.
    seen : set of str
        Ids of widgets that were moved already; changed in place.
    """
    import ipywidgets

    plain = []

    def walk(widget, parent):
        if widget is None or widget.model_id in seen:
            return
        seen.add(widget.model_id)
        try:
            adapted = own.adaptor(widget) if hasattr(own, "adaptor") else None
        except Exception as error:
            yield Problem(f"{own.__name__}.adaptor raises {type(error).__name__}: {error}")
            return
        if isinstance(adapted, str):
            return
        if adapted is not None:
            if not isinstance(getattr(adapted, "controls", None), dict):
                wanted = "None, a reason, or an object whose controls are a dict"
                yield Problem(f"{own.__name__}.adaptor: expected {wanted}, got {adapted!r}")
                return
            yield Live(adapted, widget)
        elif is_live(widget):
            yield Live(widget, widget)
        elif isinstance(widget, ipywidgets.interactive):
            seen.update(child.model_id for child in widget.children)
            yield Interact(widget, everything, own)
        else:
            if is_control(widget):
                plain.append((parent, widget))
            elif isinstance(widget, ipywidgets.Button) and may_press(own, widget):
                yield Press(widget, everything)
            for child in getattr(widget, "children", ()):
                yield from walk(child, widget)

    yield from walk(root, None)
    for parent in {id(parent): parent for parent, _ in plain}.values():
        yield Plain(parent, [control for beside, control in plain if beside is parent], everything)


def is_live(widget):
    """Return whether a widget follows the protocol itself."""
    return all(hasattr(widget, name) for name in PROTOCOL)


def is_control(widget):
    """Return whether a widget is one that a reader moves."""
    import ipywidgets

    shows_only = ("HTML", "HTMLMath", "Label", "Image", "Audio", "Video", "IntProgress", "FloatProgress", "Valid")
    known = tuple(getattr(ipywidgets, name) for name in shows_only)
    return isinstance(widget, ipywidgets.ValueWidget) and not isinstance(widget, known)


def may_press(own, button):
    """Return whether the project lets a button be pressed."""
    return bool(hasattr(own, "press") and own.press(button))


def linked_in_browser():
    """Return the ids of widgets that are linked by `jslink`: what they do, only a browser sees."""
    from ipywidgets.widgets import widget
    from ipywidgets.widgets.widget_link import Link

    known = getattr(widget, "_instances", None)
    links = [w for w in list((widget.Widget.widgets if known is None else known).values()) if isinstance(w, Link)]
    return {end[0].model_id for link in links for end in (link.source, link.target) if hasattr(end[0], "model_id")}


def ends(control):
    """Return what a control may be set to: its two ends, or all its choices; nothing if there are none."""
    if isinstance(control.value, bool):
        return [False, True]
    if hasattr(control, "options"):
        return of_options(control)
    low, high = getattr(control, "min", None), getattr(control, "max", None)
    if low is None or high is None:
        return []
    if isinstance(control.value, tuple):
        return [(low, low), (low, high), (high, high)]
    if not isinstance(control.value, numbers.Real):
        return []
    if hasattr(control, "base"):  # a slider for powers
        return [control.base**low, control.base**high]
    return [low, high]


def of_options(control):
    """Return the choices of a control: all, or if they are many or in a row, the ends and some between."""
    options = getattr(control, "_options_values", None)
    if options is None:
        options = [option[1] if isinstance(option, tuple) else option for option in control.options]
    options = list(options)
    kind = type(control).__name__
    if isinstance(control.value, tuple) and kind != "SelectionRangeSlider":  # several may be chosen
        return [(), tuple(options)]
    if not options:
        return []
    if kind == "SelectionRangeSlider":
        return [(options[0], options[0]), (options[0], options[-1]), (options[-1], options[-1])]
    if kind == "SelectionSlider":
        return [options[0], options[-1]]
    if len(options) > CHOICES:
        step = (len(options) - 1) / (CHOICES - 1)
        options = [options[round(number * step)] for number in range(CHOICES)]
    return options


def name_of(widget):
    """Return how a control is named for a reader."""
    for name in (getattr(widget, "description", ""), getattr(widget, "_kwarg", "")):
        if isinstance(name, str) and name.strip():
            return name.strip()
    return type(widget).__name__


# -- panels --------------------------------------------------------------------------------------------------------


class Live:
    """A widget that follows the protocol, or what an adaptor made of one.

    Parameters
    ----------
    live : object
        With the protocol.
    widget : ipywidgets.Widget
    """

    needs_change = False

    def __init__(self, live, widget):
        self.live, self.controls, self.name = live, dict(live.controls), type(widget).__name__
        self.excuse = {name for name, control in self.controls.items() if control.model_id in linked_in_browser()}

    async def finished(self):
        """Wait for the last picture of a move."""
        if hasattr(self.live, "finished"):
            result = self.live.finished()
            if hasattr(result, "__await__"):
                await result

    def look(self):
        """Return what is shown now: its picture and its words, without the values of the controls."""
        picture = self.live.png() if hasattr(self.live, "png") else b""
        words = re.sub(r"\nShown: .*", "", getattr(self.live, "description", ""))
        return bytes(picture), words, repr(getattr(self.live, "readout", ""))

    def seen(self, captured):
        """Return what a move shows, to be compared."""
        return self.look()

    def lost(self, captured):
        """Return which number is not finite, in words, or None."""
        return not_finite(self.live)

    def drawn_anew(self):
        """Return what is shown when all is drawn anew, or None if it can't be."""
        if not hasattr(self.live, "redraw"):
            return None
        self.live.redraw()
        return self.look()


def not_finite(live):
    """Return which number of a widget with the protocol is not finite, in words, or None."""
    for label, value in getattr(live, "readout", {}).items():
        if isinstance(value, numbers.Real) and not abs(value) < float("inf"):
            return f"{label} is {value}"
    lost = re.search(r".*(?:\b(?:nan|inf)\b|not finite|none of them finite).*", getattr(live, "description", ""))
    return lost[0] if lost else None


class Plain:
    """Controls side by side, and what their callbacks show.

    Parameters
    ----------
    parent : ipywidgets.Widget or None
        The box that they stand in.
    controls : list of ipywidgets.Widget
    everything : list of ipywidgets.Widget
        All that the notebook shows.
    """

    needs_change = True  # the same value once more calls nothing

    def __init__(self, parent, controls, everything):
        self.everything, self.name = everything, type(parent).__name__ if parent is not None else "the control"
        self.controls = {}
        for control in controls:
            name, number = name_of(control), 1
            while name in self.controls:
                number += 1
                name = f"{name_of(control)} ({number})"
            self.controls[name] = control
        # A button, a link in the browser, or code of another kind may read their values.
        linked = linked_in_browser()
        read_later = any(type(widget).__name__ == "Button" for root in everything for widget in tree(root))
        self.excuse = {name for name, c in self.controls.items() if read_later or c.model_id in linked}

    async def finished(self):
        """Wait a moment: what a callback starts is waited for by `move`."""
        await asyncio.sleep(0)

    def seen(self, captured):
        """Return what a move shows, to be compared."""
        own = {control.model_id for control in self.controls.values()}
        return tuple(captured), tuple(look(self.everything, own))

    def lost(self, captured):
        """Return which text shows what is not a finite number, or None."""
        texts = [text for kind, text in captured if kind != "picture"]
        texts += [str(value) for kind, value in look(self.everything, set()) if kind in ("HTML", "HTMLMath", "Label")]
        for text in texts:
            plain = re.sub(r"<[^>]*>", " ", text)
            if match := NOT_FINITE.search(plain):
                line = plain[: match.start()].rpartition("\n")[2] + plain[match.start() :].partition("\n")[0]
                return " ".join(line.split())[:120]
        return None

    def drawn_anew(self):
        """Return None: there is no other way to draw it."""
        return


class Interact(Plain):
    """What `interact` makes of a function."""

    def __init__(self, widget, everything, own):
        controls = [control for control in widget.kwargs_widgets if hasattr(control, "model_id")]
        super().__init__(widget, [control for control in controls if is_control(control)], everything)
        self.name = getattr(widget.f, "__name__", "interact")
        self.manual = widget if widget.manual else None
        if self.manual is not None:
            self.excuse = set(self.controls)
            self.presses = may_press(own, widget.manual_button)

    async def finished(self):
        """Press the button, if there is one and the project lets it be pressed."""
        if self.manual is not None and self.presses:
            self.manual.update()
        await asyncio.sleep(0)


class Press(Plain):
    """A button."""

    def __init__(self, button, everything):
        super().__init__(None, [], everything)
        self.button = button


def tree(widget, seen=None):
    """Yield a widget and all inside it."""
    seen = set() if seen is None else seen
    if widget.model_id not in seen:
        seen.add(widget.model_id)
        yield widget
        for child in getattr(widget, "children", ()):
            yield from tree(child, seen)


def look(roots, without):
    """Yield what the widgets of a notebook show: kind and value, but for some controls."""
    known = set()
    for root in roots:
        for widget in tree(root, known):
            kind = type(widget).__name__
            layout = getattr(widget, "layout", None)
            yield kind, f"{getattr(layout, 'display', None)} {getattr(layout, 'visibility', None)}"
            if widget.model_id in without:
                continue
            for name in ("value", "description", "disabled", "selected_index", "options", "min", "max", "bar_style"):
                if hasattr(widget, name):
                    value = getattr(widget, name)
                    yield kind, value if isinstance(value, bytes) else RANDOM.sub("#", str(value))


# -- moves ---------------------------------------------------------------------------------------------------------


async def faults(panel, end=float("inf")):
    """Yield what is wrong with a panel, as (code, message): each control is moved to both its ends, twice.

    Parameters
    ----------
    panel : Live or Plain
    end : float, optional
        When to stop, by `time.monotonic`.
    """
    before = {name: control.value for name, control in panel.controls.items()}
    try:
        if isinstance(panel, Press):
            errors, _, _ = await move(panel, panel.button.click)
            for error in errors:
                yield "W601", f"pressing {name_of(panel.button)!r} {error}"
        for name, control in panel.controls.items():
            broken = False
            async for code, message in faults_of(panel, name, control, end):
                yield code, message
                broken |= code == "W601"
            if broken:
                return
            await put_back(panel, before)
    finally:
        await put_back(panel, before)


async def faults_of(panel, name, control, end):
    """Yield what is wrong with one control."""
    values = ends(control)
    if len(values) < 2 or getattr(control, "disabled", False):
        return
    rounds = values * 2
    seen, told, begin = [], False, time.monotonic()
    if panel.needs_change and control.value == values[0]:
        rounds = [values[-1], *rounds]
    for number, value in enumerate(rounds):
        errors, captured, appended = await move(panel, lambda value=value: setattr(control, "value", value))
        for error in errors:
            yield "W601", f"{name} = {value!r} {error}"
        if errors:
            return
        if (bad := panel.lost(captured)) and not told:
            told = True
            yield "W604", f"{name} = {value!r} shows what is not a finite number: {bad}"
        seen.append((panel.seen(captured), appended))
        if number + 1 == len(rounds) - len(values) and time.monotonic() - begin > SLOW * len(values):
            break  # once is enough
        if time.monotonic() > end:
            yield "W601", f"{name}: its callbacks and those before took more than {TOTAL:g} seconds"
            return
    seen = seen[len(rounds) - 2 * len(values) :]
    first, second = seen[: len(values)], seen[len(values) :]
    if all(one == seen[0] for one in seen):
        if name not in panel.excuse and await stays(panel, control, values, seen[0]):
            yield "W603", f"{name} is linked to nothing: it changes neither the picture nor a word of it"
    elif second and first != second:
        place = next(number for number, pair in enumerate(zip(first, second, strict=True)) if pair[0] != pair[1])
        yield (
            "W605",
            f"{name} = {values[place]!r}: the same value shows another picture the second time: it depends on "
            "earlier values, or on chance",
        )
    elif isinstance(panel, Live):
        for value, (picture, _) in zip(values, first, strict=True):
            await move(panel, lambda value=value: setattr(control, "value", value))
            with quiet():
                anew = panel.drawn_anew()
            if anew is not None and anew != picture:
                yield "W606", f"{name} = {value!r}: drawn anew, the picture is another one: is all that moves declared?"
                return


async def stays(panel, control, values, seen):
    """Return whether a value between the ends shows the same as both: of an angle of 0 and 360 degrees both are one."""
    low, high = values[0], values[-1]
    if not isinstance(low, numbers.Real) or isinstance(low, bool):
        return True
    between = low + ((high - low) // 3 if isinstance(low, int) and isinstance(high, int) else (high - low) / 3)
    _, captured, appended = await move(panel, lambda: setattr(control, "value", between))
    return (panel.seen(captured), appended) == seen


async def put_back(panel, before):
    """Set all controls to what they were."""
    if isinstance(panel, Live) and hasattr(panel.live, "reset"):
        await move(panel, panel.live.reset)
    for name, value in before.items():
        if panel.controls[name].value != value:
            await move(panel, lambda name=name, value=value: setattr(panel.controls[name], "value", value))


async def move(panel, action):
    """Do something to a panel, and return what came of it.

    Returns
    -------
    errors : list of str
        What was raised or written as an error, in words.
    captured : list of (str, str)
        What was shown and printed.
    appended : tuple
        What was added to Output widgets.
    """
    errors, before, started = [], asyncio.all_tasks(), set()
    outputs = {
        w.model_id: (w, w.outputs)
        for root in getattr(panel, "everything", ())
        for w in tree(root)
        if hasattr(w, "outputs")
    }
    with quiet() as captured, noticed(errors):
        try:
            with limit(before):
                action()
                started |= started_since(before)
                await asyncio.wait_for(panel.finished(), LIMIT)
                started |= started_since(before)
                if started:
                    await asyncio.wait(started, timeout=LIMIT)
        except (TooLong, TimeoutError):
            errors.append(too_long())
        except Exception as error:
            errors.append(raised(error))
    for task in started:
        if task.done() and not task.cancelled() and (error := task.exception()):
            errors.append(too_long() if isinstance(error, TooLong) else raised(error))
    added = []
    for widget, old in outputs.values():
        new = widget.outputs
        tail = new[len(old) :] if new[: len(old)] == old else new
        added += [RANDOM.sub("#", str(output)) for output in tail]
        errors += [f"writes an error: {words}" for words in map(error_in, tail) if words]
    shown = list(parts(captured))
    errors += [
        f"writes an error: {words}" for kind, text in shown if kind != "picture" and (words := traceback_in(text))
    ]
    return list(dict.fromkeys(errors)), shown, tuple(added)


def started_since(before):
    """Return the tasks that callbacks started and that still run."""
    return asyncio.all_tasks() - before - {asyncio.current_task()}


def too_long():
    """Return in words that a move did not end."""
    return f"does not end within {LIMIT:g} seconds"


def raised(error):
    """Return an exception in words."""
    return f"raises {type(error).__name__}: {error}"


def error_in(output):
    """Return the error that an output of an Output widget holds, or None."""
    if output.get("output_type") == "error":
        return f"{output.get('ename')}: {output.get('evalue')}"
    return traceback_in(str(output.get("text", "")))


def traceback_in(text):
    """Return the last line of a traceback that a text holds, or None."""
    plain = re.sub(r"\x1b\[[\d;]*m", "", text)
    if "Traceback (most recent call last)" not in plain:
        return None
    lines = [
        line
        for line in plain.partition("Traceback")[2].splitlines()[1:]
        if re.match(r"[\w.]+(?:Error|Exception|Warning|Interrupt|Exit)?\b:? ?", line)
    ]
    return lines[-1][:200] if lines else "a traceback"


@contextlib.contextmanager
def quiet():
    """Keep what is shown and printed; gives an object with `stdout`, `stderr` and `outputs`."""
    from IPython import get_ipython
    from IPython.utils.capture import capture_output

    with capture_output() as captured:
        if get_ipython() is not None:  # Output widgets tell it who asks, and the one that captures can't be told
            get_ipython().display_pub.set_parent = lambda parent: None
        yield captured


def parts(captured):
    """Yield what was captured, as (kind, text)."""
    for kind in ("stdout", "stderr"):
        if text := getattr(captured, kind):
            yield kind, RANDOM.sub("#", re.sub(r"\x1b\[[\d;]*[A-Za-z]", "", text))
    for output in captured.outputs:
        data = output.data or {}
        pictures = [mime for mime in data if mime.startswith("image/") and mime != "image/svg+xml"]
        if pictures:
            yield "picture", str(data[pictures[0]])
            continue
        for mime, content in sorted(data.items()):
            yield mime, RANDOM.sub("#", str(content))


@contextlib.contextmanager
def noticed(errors):
    """Add to a list what ipywidgets tells of exceptions instead of raising them: on the screen, or in a log."""
    from IPython import get_ipython

    class Handler(logging.Handler):
        def emit(self, record):
            error = record.exc_info[1] if record.exc_info else None
            if error is not None:
                errors.append(raised(error))
            elif record.levelno >= logging.ERROR:
                errors.append(f"writes an error to the log: {record.getMessage()[:200]}")

    def show(exc_tuple=None, *arguments, **named):
        error = (exc_tuple or sys.exc_info())[1]
        if isinstance(error, TooLong):
            errors.append(too_long())
        elif error is not None:
            errors.append(raised(error))

    shell, handler = get_ipython(), Handler(logging.WARNING)
    loggers = [logging.getLogger(), *([shell.log] if shell is not None else [])]
    for logger in loggers:
        logger.addHandler(handler)
    if shell is not None:
        shell.showtraceback = show
    try:
        yield
    finally:
        if shell is not None:
            del shell.showtraceback
        for logger in loggers:
            logger.removeHandler(handler)


@contextlib.contextmanager
def limit(before):
    """Stop code that does not end, if the system has a clock for it; other code of the kernel goes on.

    Parameters
    ----------
    before : set of asyncio.Task
        Tasks that are none of a callback's.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    own, armed = asyncio.current_task(), [True]

    def stop(number, frame):
        try:
            task = asyncio.current_task()
        except RuntimeError:  # the loop itself waits
            return
        if armed and (task is own or (task is not None and task not in before)):
            raise TooLong

    old = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, LIMIT, 1.0)
    try:
        yield
    finally:
        armed.clear()
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)


# -- labels --------------------------------------------------------------------------------------------------------


def same_labels(panel):
    """Yield the labels that two controls of a panel have; two that are linked show one value, and may share it."""
    linked = linked_in_browser()
    controls = [c for c in panel.controls.values() if c.model_id not in linked and not is_linked(c)]
    labels = [label for c in controls if isinstance(label := getattr(c, "description", ""), str) and label.strip()]
    for label in sorted({label for label in labels if labels.count(label) > 1}):
        yield f"{panel.name}: expected a label for each control, got {label!r} for {labels.count(label)} of them"


def is_linked(control):
    """Return whether a control is linked to another one by `link`."""
    callbacks = [c for kinds in control._trait_notifiers.get("value", {}).values() for c in kinds]
    return any(
        type(getattr(callback, "__self__", None)).__name__ in ("link", "directional_link") for callback in callbacks
    )
