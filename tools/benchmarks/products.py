"""Ours against the least that NumPy must do: the matrix products alone."""

from itertools import product

import numpy as np

from helpers.datasets import digits
from helpers.experiments.timing import matrix_products
from helpers.network import Network
from tools.benchmarks._report import Row
from tools.benchmarks._timing import ratio
from tools.benchmarks._work import RATES, digits_at_once, digits_batches

DEEP = [64] * 20 + [10]
STARTS = ("he", "xavier", "normal", "zeros")


def gradient_norms(activation, dtype):
    """Return a function that finds the norms of a deep network's gradients, and one with the products alone."""
    data = digits().standardise()[:128]
    x, y = data.inputs.astype(dtype), data.targets
    networks = [Network(DEEP, activation, initialisation=start, dtype=dtype) for start in STARTS]
    products = [matrix_products(DEEP, len(x), 1, dtype=dtype) for _ in STARTS]  # in arrays of their own, too

    def ours():
        for network in networks:
            network.forward(x)
            network.backward(y)
            assert network.gradient_norms.shape == (20,)

    def bare():
        for those in products:
            those()

    return ours, bare


def rows():
    """Yield the results."""
    batches, at_once = digits_batches(), digits_at_once()
    sizes = batches.sizes
    products = matrix_products(sizes, 32, 56)
    yield Row("digits, batches of 32, an epoch", "ours / products", ratio(batches.ours(), products), "<= 2.5")
    products = matrix_products(sizes, 1792, 1)
    yield Row("digits, full batch, an epoch", "ours / products", ratio(at_once.ours(), products), "<= 2")
    for name, work in (("batches of 32", batches), ("full batch", at_once)):
        loop = [work.ours(Network(sizes), rate) for rate in RATES]
        value = ratio(lambda loop=loop: [epoch() for epoch in loop], work.ours_at_all_rates(), repeats=5, warmup=1)
        yield Row(f"50 learning rates, {name}", "our own loop / ours at once", value, ">= 2")
    pairs = {}
    for dtype, activation in product((np.float32, np.float64), ("relu", "leaky_relu", "sigmoid", "tanh")):
        pairs[dtype, activation] = gradient_norms(activation, dtype)
    for dtype in (np.float32, np.float64):
        chosen = [pair for (kind, _), pair in pairs.items() if kind is dtype]
        value = ratio(*([lambda i=i: [pair[i]() for pair in chosen] for i in (0, 1)]))  # noqa: B023
        work = f"gradients of 20 layers, 4 activations x 4 starts, {dtype.__name__}"
        yield Row(work, "ours / products", value, "<= 1.5")
    for (dtype, activation), pair in pairs.items():
        yield Row(f"… of these {activation}, {dtype.__name__}", "ours / products", ratio(*pair))
