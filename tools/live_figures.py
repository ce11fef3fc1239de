"""All live figures of the course, and all that their controls may be set to: what tests move and pages record."""

import importlib
import pkgutil

import helpers.live
from helpers.live.live_figure import LIVE_FIGURES


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
