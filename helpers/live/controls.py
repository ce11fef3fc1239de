"""The controls of live figures: ipywidgets of one width, with room for their labels, read out to sensible digits."""

import math

import ipywidgets
import numpy as np

from helpers._checks import check_integer, check_real
from helpers.language import N_, _

#: Names of the numeric core that menus show. Those of people and of functions in mathematics are the same everywhere.
NAMES = (
    *(N_("identity"), N_("normal"), N_("zeros")),
    *(N_("mean_squared_error"), N_("asymmetric_loss"), N_("huber_loss")),
    *(N_("cross_entropy"), N_("softmax_cross_entropy"), N_("sigmoid_cross_entropy")),
    *(N_("constant"), N_("exponential_decay"), N_("step_decay")),
    *(N_("inverse_time_decay"), N_("cosine_decay"), N_("linear_warmup")),
)

#: A control takes half the width of a figure, its label under half of that.
LAYOUT = {"width": "390px", "max_width": "calc(100% - 4px)"}
STYLE = {"description_width": "150px"}

#: Round numbers that divide a power of ten into nearly equal factors, as on the parts of an electronics kit.
PREFERRED = (
    *(1, 1.1, 1.2, 1.3, 1.5, 1.6, 1.8, 2, 2.2, 2.4, 2.7, 3),
    *(3.3, 3.6, 4, 4.3, 4.7, 5, 5.6, 6.2, 6.8, 7.5, 8.2, 9.1),
)


def slider(label, low, high, value, *, step, unit=""):
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
        check_real(given, name)
    check_real(step, "step", above=0)
    _on_a_step(low, high, value, step)
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


def whole_slider(label, low, high, value, *, step=1, unit=""):
    """Return a slider for a whole number; parameters as for `slider`."""
    for name, given in (("low", low), ("high", high), ("value", value), ("step", step)):
        check_integer(given, name)
    _on_a_step(low, high, value, step)
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


def rate_slider(label, low, high, value, *, unit=""):
    """Return a slider whose equal steps are, nearly, equal *factors*, as learning rates need.

    It steps through `PREFERRED` numbers, so that the rates one talks about, such as 0.2 or 1, are met exactly. A box
    beside it, its attribute `typed`, takes a number to the nearest of them.

    Parameters
    ----------
    label : str
        What is set; `unit` is put behind it in brackets.
    low, high, value : float
        Ends of the slider and where it starts, which must be a preferred number.
    unit : str

    Returns
    -------
    ipywidgets.SelectionSlider
    """
    for name, given in (("low", low), ("high", high), ("value", value)):
        check_real(given, name, above=0)
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    numbers = [float(f"{number}e{decade}") for decade in decades for number in PREFERRED]
    numbers = [number for number in numbers if low <= number <= high]
    if value not in numbers:
        raise ValueError(f"value must be a preferred number such as {numbers[0]:g} or {numbers[-1]:g}, got {value!r}")
    made = ipywidgets.SelectionSlider(
        description=_label(label, unit),
        options=[(f"{number:g}", number) for number in numbers],
        value=float(value),
        continuous_update=True,
        readout=False,  # the browser would let one type into it, and ignore what is typed
        layout={**LAYOUT, "flex": "1 1 auto"},
        style=STYLE,
    )
    made.typed = _typed_into(made)
    return made


def _typed_into(slider):
    """Return a box that shows where a slider stands, and takes a typed number to the nearest one that it has."""
    numbers = np.array([number for _label, number in slider.options])
    box = ipywidgets.Text(continuous_update=False, layout={"width": "64px", "flex": "none"})
    box.tooltip = _("{label}: type a number", label=slider.description)

    def obey(_change):
        try:
            wanted = float(box.value.strip().replace(",", "."))
        except ValueError:
            wanted = np.nan
        if wanted > 0:
            slider.value = numbers[abs(np.log(numbers / np.clip(wanted, numbers[0], numbers[-1]))).argmin()].item()
        follow()

    def follow(_change=None):
        box.value = f"{slider.value:g}"  # a slider that starts at its first option has no label yet

    follow()
    box.observe(obey, names="value")
    slider.observe(follow, names="value")
    return box


def placed(control):
    """Return what stands for a control in a panel: itself, or itself beside the box that takes what is typed."""
    if not hasattr(control, "typed"):
        return control
    return ipywidgets.HBox([control, control.typed], layout=LAYOUT)


def menu(label, options, value=None):
    """Return a drop-down list of `options` (strings), at first set to `value` or the first of them.

    They are shown in the language that is spoken; its value is one of `options`.
    """
    options = list(options)
    shown = [_(option) for option in options]
    return ipywidgets.Dropdown(
        description=label,
        options=options if shown == options else list(zip(shown, options, strict=True)),
        value=options[0] if value is None else value,
        layout=LAYOUT,
        style=STYLE,
    )


def checkbox(label, value=False):
    """Return a box to tick."""
    return ipywidgets.Checkbox(description=label, value=value, indent=True, layout=LAYOUT, style=STYLE)


def button(text, tooltip, action, *, primary=False):
    """Return a button.

    Parameters
    ----------
    text, tooltip : str
        What stands on it, and what it tells a hovering mouse.
    action : function
        What a click calls, without arguments.
    primary : bool
        Whether it is the one to press.

    Returns
    -------
    ipywidgets.Button
    """
    made = ipywidgets.Button(description=text, tooltip=tooltip, layout={"width": "max-content"})
    if primary:
        made.button_style = "primary"
    made.on_click(lambda _button: action())
    return made


class ForgetButton(ipywidgets.HBox):
    """A button that asks before it forgets: its first click offers a second button, which does it.

    Meanwhile the first one says "Keep all", so that a double click does no harm.

    Parameters
    ----------
    tooltip : str
        What is forgotten.
    forget : function
        Called without arguments.
    """

    def __init__(self, tooltip, forget):
        self.asking = button(_("Forget all"), tooltip, self._turn)
        self.sure = button(_("Yes, forget all"), tooltip, self._forget)
        self._tooltip, self._do = tooltip, forget
        super().__init__([self.asking])

    def _turn(self):
        """Ask, or stop asking."""
        if self.sure in self.children:
            self.children = [self.asking]
            self.asking.description, self.asking.tooltip = _("Forget all"), self._tooltip
        else:
            self.children = [self.asking, self.sure]
            self.asking.description = self.asking.tooltip = _("Keep all")

    def _forget(self):
        self._turn()
        self._do()


def _on_a_step(low, high, value, step):
    """Refuse a start between two steps: the browser would move it, and the picture with it."""
    steps = (value - low) / step
    if not low <= value <= high or abs(steps - round(steps)) > 1e-6:
        raise ValueError(
            f"value must be a step of the slider, {low} plus a multiple of {step} up to {high}, got {value}"
        )


def _label(label, unit):
    return _("{label} ({unit})", label=label, unit=unit) if unit else label
