"""Means taken off, and a GELU without erf."""

import numpy as np
import pytest

from helpers.activations import gelu, relu, tanh
from helpers.datasets import two_rings
from helpers.experiments.more_on_activations import Centred, quick_gelu
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
