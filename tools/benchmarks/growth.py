"""How the time of an epoch grows with width, depth, batch and networks at once, and how that of the products does.

``python -m tools.benchmarks.growth`` measures anew what chapters 1 and 3 test their sentences on (``data/*_times.csv``,
``data/sigmoid_shares.csv``); ``make notebooks`` then has to follow.
"""

import csv
from itertools import product
from pathlib import Path

import numpy as np

from helpers.datasets import data_folder
from helpers.experiments.timing import (
    BATCHES,
    FACTORS,
    GROWTH,
    SHARES,
    WIDTHS,
    epoch_and_products,
    seconds_of_a_layer,
    seconds_of_activations,
    share_of_sigmoid,
)
from tools.benchmarks._report import Row
from tools.benchmarks._timing import medians


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
    """Write the times of all that chapters 1 and 3 time, to three digits."""
    epochs = [
        (name, factor, *taken)
        for name, seconds in measured.items()
        for factor, *taken in zip(FACTORS, *seconds, strict=True)
    ]
    write("epoch_times.csv", ("what grows", "factor", "epoch", "products"), epochs)
    layers = [(*pair, seconds_of_a_layer(*pair, 9)) for pair in product(WIDTHS, BATCHES)]
    write("layer_times.csv", ("width", "batch", "seconds"), layers)
    write("activation_times.csv", ("activation", "seconds"), seconds_of_activations().items())
    write("sigmoid_shares.csv", ("width", "batch", "share"), [(*pair, share_of_sigmoid(*pair)) for pair in SHARES])


def write(name, head, rows):
    """Write a table into the course's data, with three digits of each number that is not whole."""
    with (data_folder() / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head)
        writer.writerows([[f"{one:.3g}" if isinstance(one, float) else one for one in row] for row in rows])


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
