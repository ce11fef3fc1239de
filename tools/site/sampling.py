"""At which settings of its controls a live figure is recorded.

A slider with thousands of steps is recorded at some of them. How many, or at which, ``samples.toml`` says; what it does
not say is shared out evenly. The start is always among them, and so are the ends, unless they are listed.
"""

import math
import tomllib
from pathlib import Path

from tools.live_figures import steps_of

#: So many settings a figure has where ``samples.toml`` says nothing.
BUDGET = 600
SAMPLES = Path(__file__).with_name("samples.toml")


def samples():
    """Return what is declared: figure -> control -> how many places, or which values.

    Returns
    -------
    dict
        For a figure that can't be recorded the reason, a text, stands for its controls.
    """
    return tomllib.loads(SAMPLES.read_text(encoding="utf-8"))


def is_menu(control):
    """Return whether a control offers a choice of which none may be left out."""
    return isinstance(control.value, bool | str)


def grid(controls, declared):
    """Return the values of each control at which to record.

    Parameters
    ----------
    controls : dict
        Name -> widget.
    declared : dict
        Name -> number of places, or list of values, for some of the controls.

    Returns
    -------
    dict
        Name -> list of values, in the order of the control.

    Raises
    ------
    ValueError
        If a name or a value is none of the controls'.
    """
    if unknown := set(declared) - set(controls):
        raise ValueError(f"expected names of controls, {', '.join(controls)}, got {', '.join(sorted(unknown))}")
    everything = {name: steps_of(control) for name, control in controls.items()}
    chosen = {name: everything[name] for name, control in controls.items() if is_menu(control)}
    for name, wanted in declared.items():
        chosen[name] = _chosen(name, everything[name], controls[name].value, wanted)
    rest = [name for name in sorted(controls, key=lambda name: len(everything[name])) if name not in chosen]
    for left, name in zip(range(len(rest), 0, -1), rest, strict=True):
        # What a short slider does not need, the longer ones get.
        share = (BUDGET / math.prod(map(len, chosen.values()))) ** (1 / left)
        chosen[name] = _chosen(name, everything[name], controls[name].value, max(2, int(share)))
    return {name: chosen[name] for name in controls}


def _chosen(name, everything, start, wanted):
    if isinstance(wanted, list):
        if missing := [value for value in wanted if value not in everything]:
            raise ValueError(f"expected values that the control {name} can take, got {missing}")
        kept = {*wanted, start}
    else:
        last, count = len(everything) - 1, max(2, min(wanted, len(everything)))
        kept = {start, *(everything[round(i * last / (count - 1))] for i in range(count))}
    return [value for value in everything if value in kept]
