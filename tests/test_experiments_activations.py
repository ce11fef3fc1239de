"""Ten networks at a time are ten networks one after the other; and who is dead, worked by hand."""

import numpy as np
import pytest

from helpers.datasets import digits, two_rings
from helpers.experiments.activations import (
    best_line,
    dead_at_rates,
    dead_units,
    first_epoch_above,
    gradient_lengths,
    recognised,
    sigmoid_twin,
    signal_sizes,
    trained,
)
from helpers.network import Network
from helpers.training import train

SIZES = [2, 5, 4, 2]


@pytest.fixture(scope="module")
def rings():
    return two_rings().split(0.5)


def alone(data, seed, rate, epochs, batch_size=32):
    """Train the network of one seed."""
    network = Network(SIZES, "tanh", initialisation="xavier", seed=seed, dtype=np.float64)
    history = train(network, data.inputs, data.targets, rate, epochs, batch_size, seed=seed)
    return network, history.loss


def test_ten_networks_are_trained_as_each_alone(rings):
    known, unseen = rings
    _, loss = trained(known, SIZES, "tanh", "xavier", rate=0.3, epochs=2)
    shares = recognised(known, unseen, SIZES, "tanh", "xavier", rate=0.3, epochs=2)
    network, expected = alone(known, 7, 0.3, 2)
    assert loss.shape == (2, 10) and loss[:, 7] == pytest.approx(expected)
    assert shares.shape == (10,) and shares[7] == network.accuracy(unseen.inputs, unseen.targets)


def test_a_unit_is_dead_if_it_fires_on_no_sample():
    network = Network([1, 3, 2, 1], loss="mean_squared_error")
    network.weights[0][:] = [[1], [-1], [0]]  # fires on 2, on no sample, and on none, for its sums are 0
    network.weights[1][:] = [[-1, 0, 0], [0, 0, 1]]
    network.biases[1][:] = [1.5, 0]  # the first fires on 0 alone
    first, second = dead_units(network, [[0.0], [2.0]])
    assert first.tolist() == [False, True, True] and second.tolist() == [False, True]


def test_no_unit_of_a_diverged_network_is_dead():
    network = Network([1, 2, 1], loss="mean_squared_error", seed=[0, 1])
    network.weights[0][:] = [[[np.nan], [-1]], [[-1], [-1]]]
    assert dead_units(network, [[1.0]])[0].tolist() == [[False, True], [True, True]]


def test_the_best_line_puts_each_class_on_a_side_of_its_own():
    points = np.array([[0.0, 0], [1, 0], [2, 0], [3, 0]])
    for classes, share in (([1, 1, 0, 0], 1), ([0, 1, 1, 1], 1), ([0, 1, 0, 1], 0.75), ([1, 1, 1, 1], 1)):
        assert best_line(points, np.array(classes)) == share
        assert best_line(points[:, ::-1], np.array(classes)) == share


def test_no_line_tells_the_rings_apart():
    rings = two_rings()
    assert best_line(rings.inputs, rings.targets) == pytest.approx(0.75, abs=0.01)


def test_the_first_epoch_above_a_level_is_counted_from_1():
    curves = np.array([[0.1, 0.9, 0.1], [0.6, 0.2, 0.2], [0.4, 0.9, 0.5]])
    assert first_epoch_above(curves, 0.5).tolist() == [2, 1, np.inf]


def test_units_die_at_rates_that_are_too_large_and_a_loss_that_is_no_number_is_not_dead():
    images = digits().split(0.8)[0]
    shares = dead_at_rates(images.inputs[:100], images.targets[:100], [1e-4, 1.0, 1e200], epochs=1)
    assert shares.shape == (3, 10) and (shares[0] < 0.2).all() and (shares[1] > 0.5).all()
    assert np.isnan(shares[2]).all()


def test_deep_networks_are_measured_layer_by_layer():
    images = digits().standardise()
    network = Network([64] * 20 + [10], "tanh", initialisation="xavier", seed=3, dtype=np.float64)
    way = network.forward(images.inputs[:1])
    lengths, sizes = (measure(images, "tanh", "xavier") for measure in (gradient_lengths, signal_sizes))
    assert lengths.shape == (20, 10) and sizes.shape == (19, 10)
    gradient = way.backward(images.targets[:1])
    assert lengths[[0, 19], 3] == pytest.approx([np.linalg.norm(gradient.biases[i]) for i in (0, 19)])
    assert sizes[18, 3] == pytest.approx(np.sqrt(np.mean(network.forward(images.inputs[:200]).a[18] ** 2)))


@pytest.mark.parametrize("seed", [3, [0, 1]])
def test_the_sigmoid_twin_gives_the_same_answers(rings, seed):
    network = Network([2, 5, 4, 3, 2], "tanh", initialisation="xavier", seed=seed, dtype=np.float64)
    train(network, rings[0].inputs, rings[0].targets, 0.3, epochs=2)
    twin = sigmoid_twin(network)
    assert twin.activation.name == "sigmoid"
    assert twin.outputs(rings[1].inputs) == pytest.approx(network.outputs(rings[1].inputs), abs=1e-12)
