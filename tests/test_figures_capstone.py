"""The figures of chapter 5, read back from their words."""

import numpy as np
import pytest

from helpers.experiments.capstone import stopping
from helpers.figures.capstone import paired_differences, parting_losses


def test_differences_stand_in_order_beside_their_mean():
    figure = paired_differences(
        np.array([5.0, 9, 4]), np.array([4.0, 4, 6]), ["old", "new"], ylabel="errors", repetition="split"
    )
    words = figure.description
    assert "old at 0, new at 1" in words
    assert "points 'one split': rises from -2 at split, in ascending order = 1" in words and "to 5 at" in words
    assert "'mean (band: two standard errors)': a horizontal line at 1.33" in words
    (band,) = figure.figure.axes[1].patches
    saved = [1, 5, -2]
    assert band.get_height() == pytest.approx(4 * np.std(saved, ddof=1) / np.sqrt(3))
    assert band.get_y() + band.get_height() / 2 == pytest.approx(np.mean(saved))


def test_the_lowest_held_out_loss_of_each_run_is_marked():
    runs = [stopping(split, 0.2, hidden=(8,), rate=0.5, epochs=6, images=60) for split in range(2)]
    words = parting_losses(runs).description
    assert "'training images'" in words and "'held-out images'" in words
    for run in runs:
        assert f"{run.history.validation_loss[run.epoch - 1]:.3g} at epoch = {run.epoch}" in words
