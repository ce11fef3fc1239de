"""Ours against the least that NumPy must do, the matrix products alone, and against the equations as they are read."""

import numpy as np

from helpers.experiments.timing import matrix_products
from helpers.fast_network import FastNetwork
from helpers.network import Network
from tools.benchmarks._report import Row
from tools.benchmarks._timing import ratio
from tools.benchmarks._work import RATES, digits_at_once, digits_batches


def readable(work, network):
    """Return a function that trains for an epoch with nothing but `helpers.network`."""

    def epoch():
        for i in range(0, len(work.x), work.batch):
            batch = slice(i, i + work.batch)
            network.step(network.forward(work.x[batch]).backward(work.labels[batch]), work.rate)

    return epoch


def rows():
    """Yield the results."""
    batches, at_once = digits_batches(), digits_at_once()
    sizes = batches.sizes
    products = matrix_products(sizes, 32, 56)
    yield Row("digits, batches of 32, an epoch", "ours / products", ratio(batches.ours_alone(), products), "<= 2.5")
    products = matrix_products(sizes, 1792, 1)
    yield Row("digits, full batch, an epoch", "ours / products", ratio(at_once.ours_alone(), products), "<= 2")
    for name, work in (("batches of 32", batches), ("full batch", at_once)):
        loop = [work.ours_alone(rate) for rate in RATES]
        value = ratio(lambda loop=loop: [epoch() for epoch in loop], work.ours_at_all_rates(), repeats=5, warmup=1)
        yield Row(f"50 learning rates, {name}", "our own loop / ours at once", value, ">= 2")
    network = Network(sizes)
    readable(batches, network)()
    batches.check(zip(network.weights, network.biases, strict=True))
    for name, seed in (("an epoch", 0), ("an epoch of ten seeds", np.arange(10))):
        plain, fast = (Network(sizes, seed=seed) for _ in range(2))
        value = ratio(readable(batches, plain), batches.ours(FastNetwork(fast)))
        yield Row(f"digits, batches of 32, {name}", "helpers.network alone / ours", value)
