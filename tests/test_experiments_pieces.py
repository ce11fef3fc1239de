"""What a network with bends computes: straight pieces, each joint where a unit bends, and regions of the plane."""

from itertools import pairwise

import numpy as np
import pytest

from helpers.datasets import two_rings
from helpers.experiments.pieces import (
    CURVES,
    PLACEMENTS,
    X,
    fitted,
    joints,
    one_by_one,
    plane,
    rings_network,
    typical_error,
)
from helpers.network import Network


def test_a_joint_is_where_a_weighted_sum_is_0():
    network = Network([1, 4, 1], loss="mean_squared_error", dtype=np.float64)
    network.weights[0][:, 0], network.biases[0][:] = [2, -1, 0, 1], [3, 0.5, 7, 0]
    assert joints(network).tolist() == [-1.5, 0, 0.5]
    with pytest.raises(ValueError, match="expected a network with one input, got 2"):
        joints(Network([2, 4, 2]))


@pytest.mark.parametrize("placement", PLACEMENTS)
@pytest.mark.parametrize("curve", CURVES)
def test_between_two_joints_a_fit_is_straight(curve, placement):
    network = fitted(curve, 6, placement)
    ends = np.unique([X[0], *joints(network), X[-1]])
    for low, high in pairwise(ends):
        y = network.outputs(np.linspace(low, high, 5)[:, None])[:, 0]
        assert np.diff(y, 2) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("placement", PLACEMENTS)
@pytest.mark.parametrize("curve", CURVES)
def test_the_outputs_weights_are_the_best_for_these_joints(curve, placement):
    network = fitted(curve, 6, placement)
    gradient = network.forward(X[:, None]).backward(CURVES[curve](X))
    assert np.abs(gradient.weights[1]).max() < 1e-9 and np.abs(gradient.biases[1]).max() < 1e-9
    error = typical_error(network, curve)
    assert error**2 == pytest.approx(network.loss_value(X[:, None], CURVES[curve](X)))


@pytest.mark.parametrize("placement", PLACEMENTS)
@pytest.mark.parametrize("curve", CURVES)
def test_many_units_fit_clearly_better_than_few(curve, placement):
    few, more, many = (typical_error(fitted(curve, units, placement), curve) for units in (3, 10, 50))
    assert many < more / 3 and more < few and many < few / 10


def test_the_first_joint_is_the_best_of_all_candidates():
    goal = CURVES["smooth step"](X)
    (place,), (side,) = one_by_one(1, goal)

    def error(place, side):
        columns = np.column_stack([np.maximum(side * (X - place), 0), np.ones(len(X))])
        return np.linalg.norm(columns @ np.linalg.lstsq(columns, goal)[0] - goal)

    assert error(place, side) <= min(error(x, s) for x in X for s in (1, -1)) * (1 + 1e-9)


def test_a_network_that_always_says_0_is_off_by_the_size_of_the_curve():
    network = Network([1, 1, 1], "relu", "mean_squared_error", dtype=np.float64)
    network.weights[1][:] = 0
    network.biases[1][:] = 0
    assert typical_error(network, "sine") == pytest.approx(np.sqrt(np.mean(np.sin(2 * X) ** 2)))


def test_the_plane_goes_row_by_row_from_below():
    assert plane(1, 3)[:4].tolist() == [[-1, -1], [0, -1], [1, -1], [-1, 0]]


def test_a_bend_closes_the_boundary_around_the_inner_ring_and_a_line_cannot():
    bent, straight = (rings_network(name, [8], 0.3, 40) for name in ("relu", "identity"))
    corners, centre = np.array([[3, 3], [-3, 3], [-3, -3], [3, -3]]), np.zeros((1, 2))
    assert bent.lead(centre) > 0 > bent.lead(corners).max()
    assert bent.accuracy[-1] > 0.9 > straight.accuracy[-1]
    # Along a line the lead of a network without bends changes evenly.
    assert np.diff(straight.lead(np.linspace([-3, -1], [3, 2], 7)), 2) == pytest.approx(0, abs=1e-9)


def test_no_epoch_is_the_network_as_it_begins():
    rings = two_rings()
    start = rings_network("tanh", [3, 3], 0.3, 0, seed=2)
    begins = Network([2, 3, 3, 2], "tanh", seed=2, dtype=np.float64)
    assert start.accuracy.tolist() == [begins.accuracy(rings.inputs, rings.targets)]
    assert len(rings_network("tanh", [3, 3], 0.3, 2, seed=2).accuracy) == 3
