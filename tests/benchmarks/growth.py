"""How the time of an epoch grows with width, depth, batch and networks at once, and how that of the products does.

``python -m tests.benchmarks.growth`` measures anew what chapter 1 shows (``data/epoch_times.csv``,
``data/layer_times.csv``); ``make notebooks`` then has to follow.
"""

import csv
from itertools import product
from pathlib import Path

import numpy as np

from helpers.datasets import data_folder
from helpers.timing import BATCHES, FACTORS, GROWTH, WIDTHS, epoch_and_products, seconds_of_a_layer
from tests.benchmarks._report import Row
from tests.benchmarks._timing import medians


def measure():
    """Return what grows -> seconds of our epoch and of the products alone, shape (2, factors)."""
    return {
        what: np.transpose([medians(epoch_and_products(what, factor), repeats=9) for factor in FACTORS])
        for what in GROWTH
    }


def slope(seconds):
    """Return by which power the time grows between the last three values, where it is clearest."""
    return np.polyfit(np.log(FACTORS[-3:]), np.log(seconds[-3:]), 1)[0]


def rows():
    """Yield the slopes, and draw the curves."""
    measured = measure()
    for name, (ours, products) in measured.items():
        yield Row(f"time against {name}: exponent from {FACTORS[-3]} to {FACTORS[-1]} times", "ours", slope(ours))
        yield Row("… of the products alone", "", slope(products))
    draw(measured)


def store(measured):
    """Write the times of epochs and of single layers, to three digits, for chapter 1."""
    table = [["what grows", "factor", "epoch", "products"]]
    for name, seconds in measured.items():
        table += [[name, factor, *map(digits, taken)] for factor, taken in zip(FACTORS, seconds.T, strict=True)]
    write(table, "epoch_times.csv")
    pairs = product(WIDTHS, BATCHES)
    write(
        [["width", "batch", "seconds"], *([*pair, digits(seconds_of_a_layer(*pair, 9))] for pair in pairs)],
        "layer_times.csv",
    )


def digits(seconds):
    """Return three digits of a time."""
    return f"{seconds:.3g}"


def write(table, name):
    """Write a table into the course's data."""
    with (data_folder() / name).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(table)


def draw(measured):
    """Draw the curves into ``growth.png``."""
    from helpers.figures.style import house_style, new_figure

    @house_style
    def drawn():
        figure, axes = new_figure(2, 2, height=6.4)
        for panel, (name, (ours, products)) in zip(np.ravel(axes), measured.items(), strict=True):
            panel.set(xscale="log", yscale="log", xlabel=f"{name} (times)", ylabel="time of an epoch (s)")
            for label, seconds in (("ours", ours), ("products alone", products)):
                panel.plot(FACTORS, seconds, marker="o", label=f"{label}, exponent {slope(seconds):.2f}")
            panel.legend(loc="lower center", bbox_to_anchor=(0.5, 1), frameon=False)
        figure.savefig(Path(__file__).with_name("growth.png"))

    drawn()


if __name__ == "__main__":
    store(measure())
