"""Schedules of the registry, made from values by their names: what is added to the registry is made, too."""

import inspect

from helpers._checks import lookup
from helpers.language import _
from helpers.schedules import SCHEDULES


def schedule_from(name, learning_rate, values):
    """Make a schedule.

    Parameters
    ----------
    name : str
        A key of `SCHEDULES`.
    learning_rate : float
        The initial one, or the only one.
    values : dict
        Name of a parameter -> its value, for all schedules alike: each takes what it asks for. A dict under the name
        of a schedule has values for this one alone.

    Returns
    -------
    helpers.schedules.Schedule
        For as many steps as one likes.

    Raises
    ------
    ValueError
        If there is no such schedule, or no value for one of its parameters.
    """
    make = lookup(SCHEDULES, name, _("schedule"))
    values = {**values, **values.get(name, {})}
    _rate, *asked = (p.name for p in inspect.signature(make).parameters.values() if p.default is p.empty)
    missing = [parameter for parameter in asked if parameter not in values]
    if missing:
        raise ValueError(
            _(
                "expected values for all parameters of {name}, got none for {missing}",
                name=name,
                missing=", ".join(missing),
            )
        )
    return make(learning_rate, **{parameter: values[parameter] for parameter in asked})
