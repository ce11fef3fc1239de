"""Activations on 100 000 numbers of float32, against each other and SciPy."""

import numpy as np

from helpers.activations import relu, sigmoid, tanh
from tools.benchmarks._report import Row
from tools.benchmarks._timing import ratio, repeated


def rows():
    """Yield the results."""
    x = np.random.default_rng(0).normal(size=100_000).astype(np.float32)
    out = np.empty_like(x)

    def fifty(f, *arguments):
        return repeated(lambda: f(*arguments), 50)

    ours, copy = fifty(sigmoid, x, out), fifty(np.copyto, out, x)
    yield Row("relu, 1e5 numbers", "ours / copy", ratio(fifty(relu, x, out), copy), "<= 1.3")
    yield Row("sigmoid, 1e5 numbers", "sigmoid / relu", ratio(ours, fifty(relu, x, out)), "<= 7")
    yield Row("tanh, 1e5 numbers", "tanh / relu", ratio(fifty(tanh, x, out), fifty(relu, x, out)))
    try:
        from scipy.special import expit
    except ModuleNotFoundError:
        yield Row("sigmoid, 1e5 numbers", "SciPy's expit / ours (SciPy is not installed)", None, ">= 1.5")
    else:
        yield Row("sigmoid, 1e5 numbers", "SciPy's expit / ours", ratio(fifty(expit, x, out), ours), ">= 1.5")
    x = -np.geomspace(1e-3, 87, 20_000, dtype=np.float32)
    x = np.concatenate([x, -x])
    exact = 1 / (1 + np.exp(-x.astype(np.float64)))
    error = np.abs(sigmoid(x) - exact) / np.spacing(exact.astype(np.float32))
    yield Row("sigmoid, error in units of the last place (x > −87)", "", error.max(), "<= 4")
