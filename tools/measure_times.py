"""Measure anew how long things take, for chapters 1 and 3: ``python -m tools.measure_times``.

Writes ``data/*_times.csv`` and ``data/sigmoid_shares.csv``; ``make notebooks`` then has to follow.
"""

import csv
from itertools import product

from helpers.datasets import data_folder
from helpers.experiments import timing
from tools.benchmarks._timing import medians


def write(name, head, rows):
    """Write a table into the course's data, with three digits of each number that is not whole."""
    with (data_folder() / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head)
        writer.writerows([[f"{one:.3g}" if isinstance(one, float) else one for one in row] for row in rows])


def main():
    """Measure, and write the tables."""
    epochs = [
        (what, factor, *medians(timing.epoch_and_products(what, factor), repeats=9))
        for what, factor in product(timing.GROWTH, timing.FACTORS)
    ]
    write("epoch_times.csv", ("what grows", "factor", "epoch", "products"), epochs)
    layers = [(*size, timing.seconds_of_a_layer(*size, 9)) for size in product(timing.WIDTHS, timing.BATCHES)]
    write("layer_times.csv", ("width", "batch", "seconds"), layers)
    write("activation_times.csv", ("activation", "seconds"), timing.seconds_of_activations().items())
    shares = [(*size, timing.share_of_sigmoid(*size)) for size in timing.SHARES]
    write("sigmoid_shares.csv", ("width", "batch", "share"), shares)


if __name__ == "__main__":
    main()
