"""Live figures in the browser: find them, move their controls as a hand would, and see whether all is as it should be.

A live figure is known by the id that its widget has in the kernel and in the page alike.
"""

import base64
import io
import re
import time

import numpy as np
from PIL import Image

from tests.browser.lab import ask, ask_kernel

#: Seconds within which the picture must belong to the controls' values.
PICTURE = 30

# Asked of the kernel: a live figure's controls now.
CONTROLS = """
import json
from ipywidgets.widgets.widget import _instances as widgets

def value(control):
    return getattr(control, "index", control.value)

def text(control):
    if options := getattr(control, "options", ()):
        # Not its label, which is empty until it has moved.
        option = options[control.index]
        return str(option[0] if isinstance(option, tuple) else option)
    form = getattr(control, "readout_format", None)
    return format(control.value, form) if form else str(control.value)

figure = widgets[FIGURE]
print(json.dumps({
    "name": figure.name,
    "ids": {name: control.model_id for name, control in figure.controls.items()},
    "boxes": {name: control.typed.model_id for name, control in figure.controls.items() if hasattr(control, "typed")},
    "values": {name: value(control) for name, control in figure.controls.items()},
    "texts": {name: text(control) for name, control in figure.controls.items()},
}))
"""

# Asked of the kernel: what another figure of that name, drawn anew, shows at these values, and at which it starts.
TWIN = """
import base64, json
from ipywidgets.widgets.widget import _instances as widgets
from helpers.live.live_figure import LIVE_FIGURES

figure = widgets[FIGURE]
if not hasattr(figure, "twin"):
    figure.twin = LIVE_FIGURES[figure.name]()
    figure.initial = {name: getattr(control, "index", control.value) for name, control in figure.twin.controls.items()}
figure.twin.set(**figure.values)
figure.twin.redraw()
print(json.dumps({
    "initial": figure.initial,
    "picture": base64.b64encode(figure.twin.png()).decode(),
    "words": figure.twin.description.rpartition("Read off:")[2],
}))
"""


def find(page):
    """Return the ids of all live figures in the notebook, from top to bottom."""
    return ask(page, "course.liveFigures")


def controls(page, figure):
    """Ask the kernel for a live figure's name and, by the names of its controls, their ids, values and texts."""
    return ask_kernel(page, CONTROLS, FIGURE=figure)


def shown(page, figure):
    """Return what the reader sees: picture (base64), words (the key numbers), and error (empty if there is none)."""
    return ask(page, "course.shown", figure)


def element(page, widget, selector):
    """Return an element inside a widget, to be clicked or dragged; None if there is no such."""
    return page.evaluate_handle("course.element", [widget, selector]).as_element()


def settle(page, figure):
    """Wait until a live figure shows all that another one, drawn anew, shows at its controls' values.

    Browser and kernel must agree about each control, the number beside each slider must be its value, and the picture
    (pixel for pixel) and the key numbers must be those of that other figure, its twin. Returns `controls`, and the
    values that a new figure starts with as "initial".
    """
    deadline = time.monotonic() + PICTURE
    while (now := controls(page, figure))["values"] != (seen := _values(page, now)):
        if time.monotonic() > deadline:
            raise AssertionError(f"{now['name']} is at {now['values']} in the kernel, at {seen} in the browser")
        time.sleep(0.05)
    wanted = now | ask_kernel(page, TWIN, FIGURE=figure)
    deadline = time.monotonic() + PICTURE
    while faults := _faults(page, figure, wanted):
        if time.monotonic() > deadline:
            raise AssertionError(f"{now['name']} at {now['texts']}: " + "; ".join(faults))
        time.sleep(0.05)
    return wanted


def _values(page, now):
    return {name: ask(page, "course.value", control) for name, control in now["ids"].items()}


def _faults(page, figure, wanted):
    seen = shown(page, figure)
    faults = []
    if seen["error"]:
        faults.append(f"it shows an error: {seen['error']}")
    for name, control in wanted["ids"].items():
        label = element(page, control, ".widget-readout")
        stands = label.inner_text() if label else wanted["texts"][name]
        if name in wanted["boxes"]:
            stands = element(page, wanted["boxes"][name], "input").input_value()
        if not _same_number(stands, wanted["texts"][name]):
            faults.append(f"beside {name} stands {stands}, not {wanted['texts'][name]}")
    if _bare(seen["words"]) != _bare(wanted["words"]):
        faults.append(f"it reads {seen['words']!r}, not {wanted['words']!r}")
    if seen["picture"] != wanted["picture"]:
        faults.append(f"{_different(seen['picture'], wanted['picture'])} pixels differ from its twin's")
    return faults


def wait_until_still(page, *figures):
    """Wait until live figures have shown the same for half a second."""
    deadline = time.monotonic() + PICTURE
    before = None
    while (now := [shown(page, figure) for figure in figures]) != before:
        if time.monotonic() > deadline:
            raise AssertionError(f"still moving after {PICTURE} s: {[seen['words'] for seen in now]}")
        before = now
        page.wait_for_timeout(500)


def _bare(words):
    """Return the labels and numbers of "a: 1 | b: 2" or "a = 1, b = 2" alike."""
    return re.findall(r"[^\s:|=,]+", words)


def _same_number(one, other):
    try:
        return float(one.replace("−", "-")) == float(other)
    except ValueError:
        return one == other


def _different(*pictures):
    one, other = (np.asarray(Image.open(io.BytesIO(base64.b64decode(picture)))) for picture in pictures)
    return np.count_nonzero((one != other).any(axis=-1)) if one.shape == other.shape else "all"


# -- moving --------------------------------------------------------------------------------------------------------


def press(page, control):
    """Move a control by one step with the keyboard: up, or down where it is at its end."""
    if handle := element(page, control, ".noUi-handle"):
        at_end = handle.get_attribute("aria-valuenow") == handle.get_attribute("aria-valuemax")
        handle.press("ArrowLeft" if at_end else "ArrowRight")
    elif box := element(page, control, "input[type=checkbox]"):
        box.press("Space")
    elif menu := element(page, control, "select"):
        last = menu.evaluate("menu => menu.selectedIndex === menu.options.length - 1")
        # Opened first: while it is closed, JupyterLab takes the arrow keys for itself and goes to the next cell.
        menu.press("Space")
        page.keyboard.press("ArrowUp" if last else "ArrowDown")
        page.keyboard.press("Enter")
    elif button := element(page, control, "button:not(.mod-active)"):
        button.press("Space")
    else:
        raise NotImplementedError(f"{control} is no slider, box, menu or row of buttons, which keys can move")


def grab(page, control, *stops):
    """Drag a slider's handle by mouse to one place after the other, 0 for its left end, 1 for its right; hold it."""
    handle, track = element(page, control, ".noUi-handle"), element(page, control, ".noUi-base")
    handle.hover()
    page.mouse.down()
    box = track.bounding_box()
    for stop in stops:
        page.mouse.move(box["x"] + stop * box["width"], box["y"] + box["height"] / 2, steps=6)


def drag(page, control, *stops):
    """Drag a slider's handle as `grab` does, then let it go."""
    grab(page, control, *stops)
    page.mouse.up()


def sliders(page, figure):
    """Return name -> id of those controls of a live figure that are sliders."""
    ids = controls(page, figure)["ids"]
    return {name: control for name, control in ids.items() if element(page, control, ".noUi-handle")}


def wait_for_change(page, figure, before):
    """Wait until a live figure shows anything else than `before`, which is what `shown` returned then."""
    deadline = time.monotonic() + PICTURE
    while shown(page, figure) == before:
        if time.monotonic() > deadline:
            raise AssertionError(f"for {PICTURE} s nothing changed: {before['words']}")
        time.sleep(0.02)
