"""How the time of an epoch grows with width, depth, batch and networks at once, and how that of the products does."""

import numpy as np

from helpers.network import Network
from helpers.training import Batches, descend
from tests.benchmarks._report import Row
from tests.benchmarks._timing import medians
from tests.benchmarks._work import bare_products

SAMPLES = 512

#: What grows -> its values, and (sizes, batch, runs) for each of them.
GROWTH = {
    "width of two hidden layers": ([4, 8, 16, 32, 64, 128, 256, 512], lambda n: ([64, n, n, 10], 32, None)),
    "hidden layers of 32 units": ([1, 2, 4, 8, 16, 32, 64, 128], lambda n: ([64] + [32] * n + [10], 32, None)),
    "samples in a batch": ([4, 8, 16, 32, 64, 128, 256, 512], lambda n: ([64, 32, 16, 10], n, None)),
    "networks at once": ([1, 2, 4, 8, 16, 32, 64, 128], lambda n: ([64, 32, 16, 10], 32, n)),
}


def epoch_of(sizes, batch, runs):
    """Return a function that trains for an epoch on random samples."""
    rng = np.random.default_rng(0)
    network = Network(sizes, seed=[0] * runs if runs else 0)
    samples = network.samples(rng.normal(size=(SAMPLES, sizes[0])), rng.integers(0, sizes[-1], SAMPLES))
    batches = Batches(samples, batch, [0])
    rates = np.full((len(batches.batches), *([runs, 1] if runs else [1])), 0.01)

    def epoch():
        batches.shuffle()
        descend(network, batches.batches, rates)

    return epoch


def measure():
    """Return what grows -> values, seconds of our epoch, seconds of the products alone."""
    measured = {}
    for name, (values, shape_of) in GROWTH.items():
        seconds = []
        for value in values:
            sizes, batch, runs = shape_of(value)
            products = bare_products(sizes, batch, SAMPLES // batch, runs)
            seconds.append(medians([epoch_of(sizes, batch, runs), products], repeats=9))
        measured[name] = values, *np.transpose(seconds)
    return measured


def slope(values, seconds):
    """Return by which power the time grows between the last three values, where it is clearest."""
    return np.polyfit(np.log(values[-3:]), np.log(seconds[-3:]), 1)[0]


def rows():
    """Yield the slopes, and draw the curves beside the table."""
    measured = measure()
    for name, (values, ours, products) in measured.items():
        yield Row(f"time against {name}, exponent from {values[-3]} to {values[-1]}", "ours", slope(values, ours))
        yield Row("… of the products alone", "", slope(values, products))
    draw(measured)


def draw(measured):
    """Draw the curves into ``growth.png``."""
    from pathlib import Path

    from helpers.figures.style import house_style, new_figure

    @house_style
    def drawn():
        figure, axes = new_figure(2, 2, height=6.4)
        for panel, (name, (values, ours, products)) in zip(np.ravel(axes), measured.items(), strict=True):
            panel.set(xscale="log", yscale="log", xlabel=name, ylabel="time of an epoch (s)")
            for label, seconds in (("ours", ours), ("products alone", products)):
                panel.plot(values, seconds, marker="o", label=f"{label}, exponent {slope(values, seconds):.2f}")
            panel.legend(loc="lower center", bbox_to_anchor=(0.5, 1), frameon=False)
        figure.savefig(Path(__file__).with_name("growth.png"))

    drawn()
