"""The benchmarks compare equal work, and say what they could not measure."""

import numpy as np
import pytest

from helpers.datasets import iris
from helpers.fast_network import FastNetwork
from helpers.network import Network
from tools.benchmarks import __main__ as bench
from tools.benchmarks._report import Row
from tools.benchmarks._work import Training


def one_epoch(work, rate=0.1, order=slice(None)):
    """Return weights and biases after an epoch, written down once more: rows, lists, float64."""
    layers = [(w.astype(float), b.astype(float)) for w, b in work.weights()]
    x, y = work.x[order], np.eye(work.sizes[-1])[work.labels[order]]
    for i in range(0, len(x), work.batch):
        (v, c), (w, b) = layers
        inputs, target = x[i : i + work.batch], y[i : i + work.batch]
        hidden = np.maximum(inputs @ v.T + c, 0)
        p = np.exp(hidden @ w.T + b)
        upper = (p / p.sum(axis=1, keepdims=True) - target) / len(target)
        lower = upper @ w * (hidden > 0)
        layers = [
            (v - rate * lower.T @ inputs, c - rate * lower.sum(axis=0)),
            (w - rate * upper.T @ hidden, b - rate * upper.sum(axis=0)),
        ]
    return layers


@pytest.mark.parametrize("batch", [30, None])
def test_a_peer_that_does_the_same_passes(batch):
    work = Training(iris(), [4, 8, 3], batch)
    work.check(one_epoch(work))


def test_a_peer_with_another_rate_or_other_batches_does_not_pass():
    work = Training(iris(), [4, 8, 3], batch=30)
    for other in (one_epoch(work, rate=0.101), one_epoch(work, order=slice(None, None, -1)), work.weights()):
        with pytest.raises(AssertionError):
            work.check(other)


def test_all_rates_at_once_train_as_one_by_one(monkeypatch):
    monkeypatch.setattr("tools.benchmarks._work.RATES", np.array([0.01, 0.2]))
    work = Training(iris(), [4, 8, 3], batch=30)
    many = FastNetwork(Network(work.sizes, seed=[0, 0]))
    work.ours(many, np.array([0.01, 0.2]))()
    for run, rate in enumerate((0.01, 0.2)):
        single = FastNetwork(Network(work.sizes))
        work.ours(single, rate)()
        np.testing.assert_array_equal(many.parameters[run], single.parameters)


def test_rows_say_whether_a_goal_is_reached():
    assert Row("", "", 10.0, ">= 10").reached() and Row("", "", 2.5, "<= 2.5").reached()
    assert Row("", "", 9.9, ">= 10").reached() is False and Row("", "", 2.6, "<= 2.5").reached() is False
    assert Row("", "", None, ">= 10").reached() is None
    assert "not measured" in str(Row("", "", None, ">= 10"))


def test_what_is_missing_or_stops_is_a_row(monkeypatch, capsys):
    monkeypatch.setitem(bench.BENCHMARKS, "with_jax", "no-such-package")
    [row] = bench.run("with_jax")
    assert "no-such-package is not installed" in row.measure
    monkeypatch.setitem(bench.BENCHMARKS, "no_such_benchmark", "numpy")
    [row] = bench.run("no_such_benchmark")
    assert row.measure.startswith("stopped: ModuleNotFoundError")
    assert "1 were not measured" in bench.readme([Row("", "", None, ">= 1"), row])
