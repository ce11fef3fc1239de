"""What is timed is what it is said to be; how long it takes is nobody's business but the reader's."""

import functools
import timeit
from types import SimpleNamespace

import numpy as np
import pytest

from helpers.experiments import timing
from helpers.experiments.timing import FACTORS, GROWTH, SAMPLES, epoch_of_training, macs_of_an_epoch, matrix_products
from helpers.fast_network import FastNetwork


@pytest.mark.parametrize("runs", [None, 2])
def test_the_products_are_those_of_a_training(runs, monkeypatch):
    counted = []
    multiply = "ndarray" if runs is None else "matmul"

    def product(a, b, out):
        assert a.dtype == b.dtype == out.dtype == np.float32
        assert out.shape[:-2] == (() if runs is None else (runs,))
        counted.append(out.shape[-2] * out.shape[-1] * a.shape[-1])

    class Spy(np.ndarray):
        dot = product

    # In this module only: NumPy itself must keep its own.
    spied = {**vars(np), "random": np.random, multiply: Spy if runs is None else product}
    monkeypatch.setattr(timing, "np", SimpleNamespace(**spied))
    matrix_products([4, 8, 3], 30, 5, runs)()
    forward = 30 * (8 * 5 + 3 * 9)  # with the biases
    assert sum(counted) == 5 * (2 * forward + 30 * 3 * 9)  # and once more the upper matrix


@pytest.mark.parametrize("runs", [None, 2])
def test_an_epoch_is_one_update_for_each_batch(runs, monkeypatch):
    trained = []
    monkeypatch.setattr(timing.FastNetwork, "descend", lambda *arguments: trained.append(arguments))
    epoch_of_training([4, 8, 3], 128, runs)()
    [(fast, batches, rates)] = trained
    assert fast.network.sizes == (4, 8, 3) and fast.network.runs == runs
    assert [x.shape[-1] for x, _ in batches] == [128] * 4 and len(rates) == 4


def test_training_for_an_epoch_moves_the_parameters_and_keeps_them_finite(monkeypatch):
    made = []
    monkeypatch.setattr(timing, "FastNetwork", lambda network: made.append(FastNetwork(network)) or made[-1])
    epoch = epoch_of_training([4, 8, 3], 32)
    before = made[0].parameters.copy()
    for _ in range(3):
        epoch()
    moved = made[0].parameters - before
    assert np.isfinite(moved).all() and np.count_nonzero(moved) > moved.size / 2


def test_multiply_adds_of_an_epoch_by_hand():
    width, depth, batch, runs = GROWTH
    assert macs_of_an_epoch(width, 2) == SAMPLES * (64 * 8 + 8 * 8 + 8 * 10)
    assert macs_of_an_epoch(depth, 2) == SAMPLES * (64 * 32 + 32 * 32 + 32 * 10)
    assert {macs_of_an_epoch(batch, factor) for factor in FACTORS} == {SAMPLES * (64 * 32 + 32 * 16 + 16 * 10)}
    assert macs_of_an_epoch(runs, 8) == 8 * macs_of_an_epoch(batch, 1)


def test_the_best_time_is_the_time_of_one_call(monkeypatch):
    """By a clock on which each call takes a microsecond, and those of the first repetition three."""
    calls = []

    def clock():
        slow = min(max(len(calls) - 2, 0), 2000)
        return 1e-6 * (len(calls) + 2 * slow)

    monkeypatch.setattr(timing.timeit, "Timer", functools.partial(timeit.Timer, timer=clock))
    seconds = timing.best_of(3, lambda: calls.append(0))
    assert len(calls) > 1000 and seconds > 0
    assert len(calls) == 2 + 3 * 2000 and seconds == pytest.approx(1e-6)


@pytest.mark.parametrize("what", GROWTH)
def test_both_an_epoch_and_its_products_are_timed(what):
    whole, products = timing.seconds_of_an_epoch(what, 1, repeats=1)
    assert whole > 0 and products > 0


def test_times_are_stored_for_all_that_grows():
    stored = timing.stored_epochs()
    assert {what: seconds.shape for what, seconds in stored.items()} == dict.fromkeys(GROWTH, (2, len(FACTORS)))
    assert all((epoch > products).all() for epoch, products in stored.values())
    layers = timing.stored_layers()
    assert set(layers) == {(width, batch) for width in timing.WIDTHS for batch in timing.BATCHES}
    assert min(layers.values()) > 0


def test_activations_are_timed_on_as_many_numbers_as_asked_for(monkeypatch):
    work = []
    monkeypatch.setattr(timing, "best_of", lambda repeats, function: work.append(function()) or len(work))
    assert timing.seconds_of_activations(5) == {"sigmoid": 1, "tanh": 2, "relu": 3, "copy": 4}
    assert [values.shape for values in work[:3]] == [(5,)] * 3
    assert set(timing.stored_activations()) == {"sigmoid", "tanh", "relu", "copy"}


def test_the_share_of_sigmoid_is_a_part_of_the_whole(monkeypatch):
    monkeypatch.setattr(timing, "best_of", lambda repeats, function: function() is not None and 1.0)
    monkeypatch.setattr(timing, "seconds_of_a_layer", lambda width, batch, repeats: width * batch)
    assert timing.share_of_sigmoid(1, 3) == 0.25
    assert set(timing.stored_shares()) == set(timing.SHARES)
    assert all(0 < share < 1 for share in timing.stored_shares().values())
