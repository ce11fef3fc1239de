"""The troubled trainings show what each is made to show."""

import numpy as np
import pytest

from helpers.datasets import digits
from helpers.experiments.clinic import EPOCHS, SEEDS, troubled_trainings
from helpers.losses import softmax, softmax_cross_entropy

GUESSING = np.log(10)
"""The loss of whoever gives each of the ten digits the same chance."""


@pytest.fixture(scope="module")
def losses():
    return troubled_trainings()


def test_each_has_a_loss_for_each_epoch_and_seed(losses):
    assert list(losses) == list("ABCDE")
    assert {np.shape(curves) for curves in losses.values()} == {(EPOCHS, len(SEEDS))}


def test_the_healthy_one_falls_and_ends_lowest(losses):
    healthy = losses["E"]
    assert (np.diff(healthy, axis=0) < 0).mean() > 0.9 and healthy[-1].max() < 0.1
    for letter in "ABCD":
        assert not np.any(losses[letter][-1] < 5 * healthy[-1].max()), letter


def test_softmax_twice_stays_above_what_it_can_never_pass(losses):
    """Where what goes in lies between 0 and 1, the best that softmax can give is a one among zeros."""
    least = softmax_cross_entropy(np.eye(10)[:1], np.array([0]))
    assert np.isclose(least, -np.log(softmax(np.eye(10))[0, 0]))
    assert (losses["A"] > least).all() and (np.diff(losses["A"], axis=0) < 0).all()
    assert losses["A"][-1].max() < GUESSING


def test_a_rate_that_is_too_low_creeps(losses):
    assert (np.diff(losses["B"], axis=0) < 0).all()
    assert losses["B"][-1].min() > 0.3 * losses["B"][0].max()


def test_silent_units_leave_the_guess_by_frequency(losses):
    targets = digits().split(600, seed=0)[0].targets
    shares = np.bincount(targets, minlength=10) / len(targets)
    entropy = -(shares * np.log(shares)).sum()
    assert np.all(losses["C"] >= entropy - 1e-9) and losses["C"][-1].max() < entropy + 0.05


def test_a_rate_that_is_too_high_never_settles_below_guessing(losses):
    assert not np.any(losses["D"][-1] < GUESSING)
