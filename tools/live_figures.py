"""All live figures of the course, all that their controls may be set to, and what notebooks have stored of them."""

import base64
import importlib
import pkgutil
import re

import helpers.live
from helpers.live.live_figure import LIVE_FIGURES, NOTE, without_note


def live_figures():
    """Return `LIVE_FIGURES` with all figures of the course in it: each module of `helpers.live` registers its own."""
    for module in pkgutil.iter_modules(helpers.live.__path__, "helpers.live."):
        importlib.import_module(module.name)
    return LIVE_FIGURES


def steps_of(control):
    """Return all that a control may be set to.

    Parameters
    ----------
    control : ipywidgets.Widget
        As `helpers.live.controls` makes them.

    Returns
    -------
    list
        In the order of the control.
    """
    if isinstance(control.value, bool):
        return [False, True]
    if hasattr(control, "options"):
        return [option[1] if isinstance(option, tuple) else option for option in control.options]
    count = round((control.max - control.min) / control.step)
    return [type(control.value)(round(control.min + i * control.step, 10)) for i in range(count + 1)]


def figure_in(cell, names):
    """Return which of some live figures a cell shows, None if it shows none of them."""
    if cell["cell_type"] != "code" or not any("image/png" in output.get("data", {}) for output in cell["outputs"]):
        return None
    called = re.findall(r"\b(\w+)\(\)", "".join(cell["source"]))
    return next((name for name in called if name in names), None)


def picture_of(cell):
    """Return the picture of the live figure that a cell shows, as the bytes of a PNG file."""
    data = next(output["data"] for output in cell["outputs"] if "image/png" in output.get("data", {}))
    return without_note(base64.b64decode("".join(data["image/png"])))


def words_of(cell):
    """Return the words of the live figure that a cell shows."""
    stored = next(o["metadata"]["image/png"]["alt"] for o in cell["outputs"] if "image/png" in o.get("metadata", {}))
    return stored.removeprefix(f"{NOTE}\n")
