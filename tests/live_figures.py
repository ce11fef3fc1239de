"""`LIVE_FIGURES` with all live figures of the course in it, and what tests ask of one.

Each module of `helpers.live` registers its own.
"""

import importlib
import pkgutil

import helpers.live
from helpers.live.live_figure import LIVE_FIGURES

__all__ = ["LIVE_FIGURES", "steps_of", "words"]

for _module in pkgutil.iter_modules(helpers.live.__path__, "helpers.live."):
    importlib.import_module(_module.name)


def steps_of(control):
    """Return all that a control may be set to, in order."""
    if isinstance(control.value, bool):
        return [False, True]
    if hasattr(control, "options"):
        return [option[1] if isinstance(option, tuple) else option for option in control.options]
    count = round((control.max - control.min) / control.step)
    return [type(control.value)(round(control.min + i * control.step, 10)) for i in range(count + 1)]


def words(axes):
    """Return the title and the labels of axes."""
    return axes.get_title(), axes.get_xlabel(), axes.get_ylabel()
