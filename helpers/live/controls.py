"""The controls of live figures: ipywidgets of one width, with room for their labels, read out to sensible digits."""

import math

import ipywidgets

from helpers._checks import integer, real

#: A control takes half the width of a figure, its label under half of that.
LAYOUT = {"width": "390px", "max_width": "100%"}
STYLE = {"description_width": "150px"}


def number(label, low, high, value, *, step, unit=""):
    """Return a slider for a number on an even scale.

    Parameters
    ----------
    label : str
        What is set; `unit` is put behind it in brackets.
    low, high, value, step : float
        Ends of the slider, where it starts, and the size of one step (one press of an arrow key).
    unit : str

    Returns
    -------
    ipywidgets.FloatSlider
    """
    for name, given in (("low", low), ("high", high), ("value", value)):
        real(given, name)
    real(step, "step", above=0)
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    return ipywidgets.FloatSlider(
        description=_label(label, unit),
        min=low,
        max=high,
        value=value,
        step=step,
        readout_format=f".{digits}f",
        continuous_update=True,
        layout=LAYOUT,
        style=STYLE,
    )


def count(label, low, high, value, *, step=1, unit=""):
    """Return a slider for a whole number; parameters as for `number`."""
    for name, given in (("low", low), ("high", high), ("value", value), ("step", step)):
        integer(given, name)
    return ipywidgets.IntSlider(
        description=_label(label, unit),
        min=low,
        max=high,
        value=value,
        step=step,
        continuous_update=True,
        layout=LAYOUT,
        style=STYLE,
    )


def rate(label, low, high, value, *, unit="", steps_per_decade=20):
    """Return a slider whose equal steps are equal *factors*, as learning rates need; parameters as for `number`.

    Parameters
    ----------
    steps_per_decade : int
        Steps from one power of ten to the next.
    """
    for name, given in (("low", low), ("high", high), ("value", value)):
        real(given, name, above=0)
    return ipywidgets.FloatLogSlider(
        description=_label(label, unit),
        base=10,
        min=math.log10(low),
        max=math.log10(high),
        step=1 / steps_per_decade,
        value=value,
        readout_format=".3g",
        continuous_update=True,
        layout=LAYOUT,
        style=STYLE,
    )


def choice(label, options, value=None):
    """Return a drop-down list of `options` (strings), at first set to `value` or the first of them."""
    options = list(options)
    return ipywidgets.Dropdown(
        description=label,
        options=options,
        value=options[0] if value is None else value,
        layout=LAYOUT,
        style=STYLE,
    )


def switch(label, value=False):
    """Return a box to tick."""
    return ipywidgets.Checkbox(description=label, value=value, indent=True, layout=LAYOUT, style=STYLE)


def _label(label, unit):
    return f"{label} ({unit})" if unit else label
