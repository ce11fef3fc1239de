"""Means taken off, a GELU without erf, networks at their best rates, and paired differences, worked by hand."""

import numpy as np
import pytest

from helpers.activations import gelu, relu, tanh
from helpers.datasets import two_rings
from helpers.experiments.more_on_activations import (
    Centred,
    Sweep,
    paired_difference,
    quick_gelu,
    sigmoid_twin,
    sweep,
)
from helpers.network import Network
from helpers.training import train

SIZES = [2, 5, 4, 2]


@pytest.fixture(scope="module")
def rings():
    return two_rings().split(0.5)


def test_each_unit_has_a_mean_of_0_over_the_samples():
    network = Network([2, 6, 5, 1], Centred(relu), loss="mean_squared_error", seed=[0, 1], dtype=np.float64)
    x = np.random.default_rng(0).normal(size=(7, 2))
    passed = network.forward(x)
    for z, a in zip(passed.z[:-1], passed.a[:-1], strict=True):
        assert a.mean(axis=-2) == pytest.approx(np.zeros(a[:, 0].shape), abs=1e-12)
        assert a - a.min(axis=-2, keepdims=True) == pytest.approx(relu(z) - relu(z).min(axis=-2, keepdims=True))
    assert network.outputs(x) == pytest.approx(passed.outputs)


def test_the_slope_of_a_centred_activation_is_the_measured_one():
    f, rng = Centred(tanh), np.random.default_rng(1)
    z, wanted, h = rng.normal(size=(3, 6)), rng.normal(size=(3, 6)), 1e-6
    found = f.backward(wanted, z, f.forward(z, np.empty_like(z)))
    for place in np.ndindex(z.shape):
        up, down = z.copy(), z.copy()
        up[place] += h
        down[place] -= h
        both = [np.sum(wanted * f.forward(one, np.empty_like(one))) for one in (up, down)]
        assert found[place] == pytest.approx((both[0] - both[1]) / (2 * h), abs=1e-8)


def test_training_goes_down_with_a_centred_activation(rings):
    data, _ = rings
    network = Network(SIZES, Centred(relu), seed=0, dtype=np.float64)
    record = train(network, data.inputs, data.targets, 0.1, epochs=20)
    assert record.loss[-1] < record.loss[0] / 2


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_quick_gelu_is_nearly_gelu(dtype):
    x = np.linspace(-8, 8, 801, dtype=dtype)
    assert abs(quick_gelu(x) - gelu(x)).max() < 5e-4 and quick_gelu(x).dtype == dtype
    assert abs(quick_gelu.derivative(x) - gelu.derivative(x)).max() < 2e-3
    h = 1e-5
    x = x.astype(np.float64)
    assert quick_gelu.derivative(x) == pytest.approx((quick_gelu(x + h) - quick_gelu(x - h)) / (2 * h), abs=1e-8)


def test_a_sweep_is_the_training_at_each_rate(rings):
    known, unseen = rings
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


@pytest.mark.parametrize("seed", [3, [0, 1]])
def test_the_sigmoid_twin_gives_the_same_answers(rings, seed):
    network = Network([2, 5, 4, 3, 2], "tanh", initialisation="xavier", seed=seed, dtype=np.float64)
    train(network, rings[0].inputs, rings[0].targets, 0.3, epochs=2)
    twin = sigmoid_twin(network)
    assert twin.activation.name == "sigmoid"
    assert twin.outputs(rings[1].inputs) == pytest.approx(network.outputs(rings[1].inputs), abs=1e-12)
