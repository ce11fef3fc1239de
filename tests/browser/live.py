"""Live figures in the browser: find them, move their controls as a hand would, and see whether all is as it should be.

A live figure is known by the id that its widget has in the kernel and in the page alike.
"""

import base64
import io
import time

import numpy as np
from PIL import Image

from tests.browser.lab import ask, ask_kernel

#: Seconds within which the picture must belong to the controls' values.
PICTURE = 30

# Asked of the kernel: a live figure's controls, and what a newly built one shows at their values.
ABOUT = """
import base64, html, json, re
from ipywidgets.widgets.widget import _instances as widgets
from helpers.live.core import LIVE_FIGURES

def value(control):
    return getattr(control, "index", control.value)

def text(control):
    form = getattr(control, "readout_format", None)
    return format(control.value, form) if form else str(getattr(control, "label", control.value))

figure = widgets[FIGURE]
fresh = LIVE_FIGURES[figure.name]()
initial = {name: value(control) for name, control in fresh.controls.items()}
fresh.set(**figure.values)
status = next(child.value for child in fresh.children if 'role="status"' in str(getattr(child, "value", "")))
print(json.dumps({
    "name": figure.name,
    "controls": {name: control.model_id for name, control in figure.controls.items()},
    "initial": initial,
    "values": {name: value(control) for name, control in figure.controls.items()},
    "texts": {name: text(control) for name, control in figure.controls.items()},
    "picture": base64.b64encode(fresh.png()).decode(),
    "words": html.unescape(re.sub("<[^>]*>", "", status)),
}))
for widget in [*fresh.controls.values(), *fresh.children, fresh]:
    widget.close()
"""


def find(page):
    """Return the ids of all live figures in the notebook, from top to bottom."""
    return ask(page, "course.liveFigures")


def about(page, figure):
    """Ask the kernel for a live figure's name and controls, and for what a new one shows at their values."""
    return ask_kernel(page, ABOUT, FIGURE=figure)


def shown(page, figure):
    """Return what the reader sees: picture (base64), words (the key numbers), and error (empty if there is none)."""
    return ask(page, "course.shown", figure)


def element(page, widget, selector):
    """Return an element inside a widget, to be clicked or dragged; None if there is no such."""
    return page.evaluate_handle("course.element", [widget, selector]).as_element()


def settle(page, figure):
    """Wait until a live figure shows all that a new one would at these values; return `about` it.

    Browser and kernel must agree about each control, the number beside each slider must be its value, and the picture
    (pixel for pixel) and the key numbers must be those of a new figure.
    """
    deadline = time.monotonic() + PICTURE
    while time.monotonic() < deadline:
        wanted = about(page, figure)
        while not (faults := _faults(page, figure, wanted)) or time.monotonic() < deadline:
            if not faults:
                return wanted
            if _values(page, wanted) != wanted["values"]:
                break
            time.sleep(0.05)
    raise AssertionError(f"{wanted['name']} at {wanted['texts']}: " + "; ".join(faults))


def _values(page, wanted):
    return {name: ask(page, "course.value", control) for name, control in wanted["controls"].items()}


def _faults(page, figure, wanted):
    seen = shown(page, figure)
    faults = []
    if seen["error"]:
        faults.append(f"it shows an error: {seen['error']}")
    if (values := _values(page, wanted)) != wanted["values"]:
        faults.append(f"the browser's controls are at {values}, the kernel's at {wanted['values']}")
    for name, control in wanted["controls"].items():
        label = element(page, control, ".widget-readout")
        if label and not _same_number(label.inner_text(), wanted["texts"][name]):
            faults.append(f"beside {name} stands {label.inner_text()}, not {wanted['texts'][name]}")
    if seen["words"].split() != wanted["words"].split():
        faults.append(f"it reads {seen['words']!r}, not {wanted['words']!r}")
    if seen["picture"] != wanted["picture"]:
        faults.append(f"{_different(seen['picture'], wanted['picture'])} pixels differ from a new figure's")
    return faults


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
        page.mouse.move(box["x"] + stop * box["width"], box["y"] + box["height"] / 2, steps=15)


def drag(page, control, *stops):
    """Drag a slider's handle as `grab` does, then let it go."""
    grab(page, control, *stops)
    page.mouse.up()


def sliders(page, about):
    """Return name -> id of those controls of a live figure that are sliders."""
    return {name: control for name, control in about["controls"].items() if element(page, control, ".noUi-handle")}


def wait_for_change(page, figure, before):
    """Wait until a live figure shows anything else than `before`, which is what `shown` returned then."""
    deadline = time.monotonic() + PICTURE
    while shown(page, figure) == before:
        if time.monotonic() > deadline:
            raise AssertionError(f"for {PICTURE} s nothing changed: {before['words']}")
        time.sleep(0.02)
