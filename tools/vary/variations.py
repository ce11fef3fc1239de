"""What can be changed in a chapter without touching its text: arguments of the functions that draw, build and train."""

import functools
import importlib
import inspect
import sys
from dataclasses import dataclass, replace

import numpy as np

from helpers.schedules import Schedule

#: Between the seeds of one set and the next: more than any chapter counts up.
STRIDE = 1000
#: So many other sets are tried; those of seeds shift the splits as well.
SETS, SPLIT_SETS = range(1, 6), range(1, 3)


def other_seeds(number):
    """Return a change of seeds: each whole number is shifted, what is drawn from already is left alone."""

    def change(seed):
        if isinstance(seed, np.random.Generator | np.random.BitGenerator | type(None)):
            return seed
        return (np.asarray(seed) + STRIDE * number).tolist()

    return change


def other_precision(dtype):
    """Return float64 for float32, and float32 for all others."""
    return np.float64 if np.dtype(dtype) == np.float32 else np.float32


def times(factor):
    """Return a change of counts: so many times as many, at least one."""
    return lambda count: max(1, round(count * factor)) if count else count


def faster(factor):
    """Return a change of learning rates: numbers, schedules or sequences of them."""

    def change(rate):
        if isinstance(rate, Schedule):
            return replace(rate, rule=lambda step: factor * rate.rule(step))
        if np.ndim(rate):
            return [change(one) for one in rate]
        return rate * factor if isinstance(rate, int | float | np.number) else rate

    return change


def wider(factor):
    """Return a change of a network's sizes: hidden layers so many times as wide."""
    return lambda sizes: [sizes[0], *(max(1, round(size * factor)) for size in sizes[1:-1]), sizes[-1]]


def one_deeper(sizes):
    """Return the sizes with the last hidden layer twice; without any there is none to add."""
    return [*sizes[:-1], *sizes[1:-1][-1:], sizes[-1]]


#: What training functions call the same thing: module:function:argument.
DRAWS = ["numpy.random:default_rng:seed"]
SPLITS = ["helpers.datasets:Dataset.shuffle:seed"]
PRECISION = ["helpers.network:Network.__init__:dtype"]
EPOCHS = [
    "helpers.training:train_by_epoch:epochs",
    "helpers.experiments.learning_rate:train_by_rule:epochs",
    "helpers.experiments.learning_rate:edge_of_batches:epochs",
]
RATES = [
    "helpers.training:train_by_epoch:learning_rate",
    "helpers.experiments.learning_rate:train_by_rule:rates",
]
SIZES = ["helpers.network:Network.__init__:sizes"]


@dataclass(frozen=True)
class Variation:
    """One thing that is changed.

    Parameters
    ----------
    name : str
        Its kind, as `helpers.ledger.VARIATIONS` knows it, and which one: "seeds-3".
    places : list of str
        The arguments that are changed.
    change : callable
        Takes an argument's value, returns another one.
    """

    name: str
    places: list
    change: object


VARIATIONS = {
    variation.name: variation
    for variation in [
        *(Variation(f"seeds-{number}", DRAWS, other_seeds(number)) for number in SETS),
        *(Variation(f"splits-{number}", SPLITS, other_seeds(number)) for number in SPLIT_SETS),
        Variation("precision", PRECISION, other_precision),
        Variation("epochs-3", EPOCHS, times(3)),
        Variation("epochs-10", EPOCHS, times(10)),
        Variation("rates-half", RATES, faster(0.5)),
        Variation("rates-double", RATES, faster(2)),
        Variation("widths-half", SIZES, wider(0.5)),
        Variation("widths-double", SIZES, wider(2)),
        Variation("deeper", SIZES, one_deeper),
    ]
}
#: Rates that differ in their seventh digit, as far as a training in float32 can tell them apart. Another processor adds
#: in another order, with like effect: a claim says the same, to the letter.
SEVENTH_DIGIT = {
    variation.name: variation
    for variation in [Variation(f"digit-{number}", RATES, faster(1 + number * 1e-7)) for number in range(2, 8)]
}
#: A claim that fails under these is not true.
ALWAYS = ("seeds", "splits", "precision")


def apply(variation):
    """Change the arguments from now on, wherever in the course the functions are used."""
    for place in variation.places:
        change_argument(place, variation.change)


def watch():
    """Return a set to which each place is added whose argument is used from now on."""
    used = set()

    def note(place):
        return lambda value: used.add(place) or value

    for place in sorted({place for variation in VARIATIONS.values() for place in variation.places}):
        change_argument(place, note(place))
    return used


def change_argument(place, change):
    """Change an argument from now on, wherever in the course its function is used."""
    module, path, argument = place.split(":")
    owner = importlib.import_module(module)
    *classes, name = path.split(".")
    for step in classes:
        owner = getattr(owner, step)
    original = getattr(owner, name)
    changed = with_change(original, argument, change)
    setattr(owner, name, changed)
    for other in [value for key, value in sys.modules.items() if key.startswith("helpers")]:
        for key, value in list(vars(other).items()):
            if value is original:  # imported by name
                setattr(other, key, changed)


def with_change(function, argument, change):
    """Return the function, with a change of one argument whenever it is called."""
    signature = inspect.signature(function)

    @functools.wraps(function)
    def changed(*given, **named):
        bound = signature.bind(*given, **named)
        bound.apply_defaults()
        bound.arguments[argument] = change(bound.arguments[argument])
        return function(*bound.args, **bound.kwargs)

    return changed
