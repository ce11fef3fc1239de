"""`LIVE_FIGURES` with all live figures of the course in it: each module of `helpers.live` registers its own."""

import importlib
import pkgutil

import helpers.live
from helpers.live.live_figure import LIVE_FIGURES

__all__ = ["LIVE_FIGURES"]

for _module in pkgutil.iter_modules(helpers.live.__path__, "helpers.live."):
    importlib.import_module(_module.name)
