"""A sweep is the training at each rate; the best rate and paired differences, worked by hand."""

import numpy as np
import pytest

from helpers.datasets import two_rings
from helpers.experiments.sweeps import Sweep, paired_difference, sweep
from helpers.network import Network
from helpers.training import train

SIZES = [2, 5, 4, 2]


def test_a_sweep_is_the_training_at_each_rate():
    known, unseen = two_rings().split(0.5)
    swept = sweep(known, unseen, SIZES, "tanh", "xavier", [0.3, 1e200], epochs=3)
    network = Network(SIZES, "tanh", initialisation="xavier", seed=7, dtype=np.float64)
    record = train(network, known.inputs, known.targets, 0.3, 3, seed=7)
    assert swept.loss.shape == swept.accuracy.shape == (2, 3, 10)
    assert swept.loss[0, :, 7] == pytest.approx(record.loss)
    assert swept.accuracy[0, -1, 7] == network.accuracy(unseen.inputs, unseen.targets)
    assert not np.isnan(swept.loss).any() and swept.best(3) == 0


def test_the_best_rate_is_that_of_the_lowest_median():
    loss = np.array([[[9, 9, 9], [1, 5, 6]], [[2, 2, 2], [4, 4, 100]]], dtype=float)
    swept = Sweep((0.1, 0.2), loss, 1 / loss)
    assert [swept.best(1), swept.best(2)] == [1, 1]
    assert swept.loss_at_best(2).tolist() == [4, 4, 100] and swept.accuracy_at_best(1).tolist() == [0.5] * 3


def test_a_paired_difference_comes_with_its_standard_error():
    assert paired_difference([3, 5, 7, 9], [2, 2, 2, 2]) == pytest.approx((4, np.sqrt(20 / 3 / 4)))
