"""Fair comparisons and stopping early, worked by hand and on small trainings."""

import numpy as np
import pytest

from helpers.datasets import digits
from helpers.experiments.capstone import (
    coin,
    errors_by_split,
    in_words,
    mean_and_error,
    named,
    stopping,
)
from helpers.network import Network
from helpers.training import Epoch, train


def record(loss, right):
    """Return what is known of several seeds after an epoch."""
    return Epoch(12, np.array(loss), None, None, np.array(right), 0.1)


def test_the_standard_error_shrinks_with_the_root_of_the_count():
    assert mean_and_error([1, 2, 3, 6]) == pytest.approx((3, np.sqrt((4 + 1 + 0 + 9) / 3) / 2))
    assert mean_and_error(np.tile([1.0, 5.0], 50))[1] == pytest.approx(np.sqrt(400 / 99) / 10)


def test_a_coin_is_counted_throw_by_throw():
    assert coin(0, 7) == 1
    assert coin(3, 3) == 1 / 8
    assert coin(2, 3) == (3 + 1) / 8


def test_ranges_that_are_apart_become_rarer_with_more_measurements_and_the_other_rule_better():
    few, many = named(3, 2.0), named(50, 2.0)
    assert few[0] > 0.5 > 0.05 > many[0] and few[1] < 0.9 < many[1]
    assert named(50, 0.0)[1] < 0.1
    # With a gap that is huge both rules always name a winner, in either direction.
    assert named(4, 50.0, repeats=50) == (1, 1) == named(4, -50.0, repeats=50)


def test_seeds_are_told_in_words_as_far_as_processors_agree():
    assert in_words(record([0.1, 0.2, 0.1], [0.97, 0.98, 0.99])) == "98% right"
    assert in_words(record([0.1, np.nan, 0.1], [0.97, 0.1, 0.9])) == "some seeds diverge, some read over 95% right"
    assert in_words(record([0.1, np.nan, 0.1], [0.9, 0.1, 0.9])) == "some seeds diverge"
    assert in_words(record([1, 2, 3], [0.5, 0.6, 0.9])) == "broken: under 80% right"
    assert in_words(record([1, 2, 3], [0.93, 0.96, 0.97])) == "over 90% right"
    assert in_words(record([1, 2, 3], [0.85, 0.89, 0.97])) == "89% right"
    assert in_words(record([1, 2, 2.2], [0.93, 0.96, 0.97])) == "96% right"


def test_errors_are_counted_on_each_split_with_seeds_of_its_own():
    wrong = errors_by_split([4], 0.3, splits=2, seeds=2, epochs=1)
    known, new = digits().split(1297, seed=1)
    known, new = known.standardise(new)
    network = Network([64, 4, 10], "relu", seed=[2, 3], dtype=np.float64)
    train(network, known.inputs, known.targets, 0.3, 1, seed=[2, 3])
    assert wrong.shape == (2,)
    assert wrong[1] == pytest.approx((network.predict(new.inputs) != new.targets).sum() / 2)


def test_what_is_kept_is_the_network_with_the_lowest_held_out_loss():
    run = stopping(3, 0.2, hidden=(16,), rate=0.5, epochs=30, images=60)
    again = stopping(3, 0.2, hidden=(16,), rate=0.5, epochs=run.epoch, images=60)
    assert 1 <= run.epoch < 30
    for kept, then in zip(run.kept.weights, again.last.weights, strict=True):
        assert np.array_equal(kept, then)
    assert run.right(run.kept) == again.right(again.last) != run.right(run.last)
    assert len(run.training) == 60 and len(run.test) == 1797 - 560


def test_as_many_labels_are_wrong_as_asked_and_only_in_the_training_part():
    run, clean = (stopping(5, share, epochs=1) for share in (0.2, 0))
    assert run.wrong.sum() == 40 and clean.wrong.sum() == 0
    assert np.array_equal(run.training.targets != clean.training.targets, run.wrong)
    assert np.array_equal(run.test.targets, clean.test.targets)
    always = np.bincount(run.training.targets[run.wrong], minlength=10)
    run.last.weights[-1][:], run.last.biases[-1][:] = 0, np.arange(10) == 7
    assert run.learned_by_heart(run.last) == always[7] / 40
