"""Counting by formula against counting for real, against PyTorch, and against the published numbers."""

import math
from dataclasses import FrozenInstanceError
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.utils.flop_counter import FlopCounterMode

from helpers import complexity
from helpers.complexity import (
    AveragePool2D,
    Conv2D,
    Dense,
    Flatten,
    MaxPool2D,
    count,
    lenet5,
    mlp,
    vgg16,
)
from helpers.network import Network

IMAGES = st.tuples(st.integers(1, 3), st.integers(1, 7), st.integers(1, 7))
WINDOWS = {"kernel_size": st.integers(1, 4), "stride": st.integers(1, 3)}


def as_torch(layers):
    """Return the same network in PyTorch, without memory for its numbers."""

    def convert(layer):
        match layer:
            case Dense():
                return torch.nn.Linear(layer.in_features, layer.out_features)
            case Conv2D():
                sizes = (
                    layer.in_channels,
                    layer.out_channels,
                    layer.kernel_size,
                    layer.stride,
                    layer.padding,
                )
                return torch.nn.Conv2d(*sizes)
            case MaxPool2D():
                return torch.nn.MaxPool2d(layer.kernel_size, layer.stride)
            case AveragePool2D():
                return torch.nn.AvgPool2d(layer.kernel_size, layer.stride)
            case Flatten():
                return torch.nn.Flatten()

    with torch.device("meta"):
        return torch.nn.Sequential(*map(convert, layers))


#: Each is made by its test, not while this file is imported: `make mutants` changes the code after that.
NETWORKS = {
    "3-4-2": lambda: (mlp([3, 4, 2]), (3,)),
    "2-11-1": lambda: (mlp([2, 11, 1]), (2,)),
    "784-128-10": lambda: (mlp([784, 128, 10]), (784,)),
    "LeNet-5": lambda: (lenet5(), (1, 32, 32)),
    "VGG-16": lambda: (vgg16(), (3, 224, 224)),
}


@pytest.mark.parametrize(
    ("name", "layers", "parameters", "macs"),
    [
        ("3-4-2", 2, 26, 20),
        ("2-11-1", 2, 45, 33),
        ("784-128-10", 2, 101_770, 101_632),
        ("LeNet-5", 5, 61_706, 416_520),
        ("VGG-16", 16, 138_357_544, 15_470_264_320),
    ],
)
def test_published_counts(name, layers, parameters, macs):
    result = count(*NETWORKS[name]())
    assert (result.layers, result.hidden_layers) == (layers, layers - 1)
    assert (result.parameters, result.macs, result.flops) == (parameters, macs, 2 * macs)
    assert result.weights + result.biases == parameters


@pytest.mark.parametrize("name", NETWORKS)
def test_the_framework_agrees(name):
    layers, input_shape = NETWORKS[name]()
    result, network = count(layers, input_shape), as_torch(layers)
    assert result.parameters == sum(parameter.numel() for parameter in network.parameters())

    value = torch.empty((1, *input_shape), device="meta")
    with FlopCounterMode(display=False) as counter:
        activations = 0
        for row, module in zip(result.rows, network, strict=True):
            value = module(value)
            assert row.output_shape == tuple(value.shape[1:])
            assert row.parameters == sum(parameter.numel() for parameter in module.parameters())
            activations += 0 if isinstance(module, torch.nn.Flatten) else value.numel()
    assert result.flops == counter.get_total_flops()
    assert result.activations == activations


@given(sizes=st.lists(st.integers(1, 50), min_size=2, max_size=6))
def test_a_plain_network_is_the_sum_of_its_layers(sizes):
    result = count(mlp(sizes), (sizes[0],))
    pairs = list(pairwise(sizes))
    assert result.weights == result.macs == sum(a * b for a, b in pairs)
    assert result.biases == result.activations == sum(sizes[1:])
    assert (result.layers, result.hidden_layers) == (len(sizes) - 1, len(sizes) - 2)
    totals = (
        "weights",
        "biases",
        "parameters",
        "parameter_bytes",
        "activations",
        "activation_bytes",
        "macs",
        "flops",
    )
    for total in totals:
        assert getattr(result, total) == sum(getattr(row, total) for row in result.rows)


def dense_by_hand(weights, inputs):
    """Multiply a matrix and a vector number by number; return the result and the multiplications."""
    multiplications = 0
    outputs = np.zeros(len(weights))
    for i, row in enumerate(weights):
        for weight, value in zip(row, inputs, strict=True):
            outputs[i] += weight * value
            multiplications += 1
    return outputs, multiplications


@given(sizes=st.tuples(st.integers(1, 6), st.integers(1, 6)))
def test_dense_multiplications_counted_for_real(sizes):
    rng = np.random.default_rng(0)
    weights, inputs = rng.normal(size=sizes[::-1]), rng.normal(size=sizes[0])
    outputs, multiplications = dense_by_hand(weights, inputs)
    np.testing.assert_allclose(outputs, weights @ inputs, rtol=1e-12, atol=1e-12)
    layer = Dense(*sizes)
    assert layer.macs((sizes[0],)) == multiplications
    assert layer.weights == weights.size


def convolution_by_hand(weights, image, stride, padding):
    """Convolve number by number; return the result and the number of multiplications."""
    image = np.pad(image, ((0, 0), (padding, padding), (padding, padding)))
    out_channels, in_channels, size, _ = weights.shape
    tops, lefts = (range(0, edge - size + 1, stride) for edge in image.shape[1:])
    outputs = np.zeros((out_channels, len(tops), len(lefts)))
    multiplications = 0
    for o in range(out_channels):
        for y, top in enumerate(tops):
            for x, left in enumerate(lefts):
                for c in range(in_channels):
                    for dy in range(size):
                        for dx in range(size):
                            outputs[o, y, x] += weights[o, c, dy, dx] * image[c, top + dy, left + dx]
                            multiplications += 1
    return outputs, multiplications


@given(shape=IMAGES, out_channels=st.integers(1, 3), padding=st.integers(0, 2), **WINDOWS)
def test_convolution_multiplications_counted_for_real(shape, out_channels, kernel_size, stride, padding):
    layer = Conv2D(shape[0], out_channels, kernel_size, stride, padding)
    rng = np.random.default_rng(0)
    weights = rng.normal(size=(out_channels, shape[0], kernel_size, kernel_size))
    image = rng.normal(size=shape)
    if kernel_size > min(shape[1:]) + 2 * padding:
        with pytest.raises(ValueError, match="is larger than its input"):
            layer.output_shape(shape)
        return

    outputs, multiplications = convolution_by_hand(weights, image, stride, padding)
    peer = torch.nn.functional.conv2d(torch.tensor(image), torch.tensor(weights), stride=stride, padding=padding)
    np.testing.assert_allclose(outputs, peer, rtol=1e-10, atol=1e-12)
    assert layer.macs(shape) == multiplications
    assert layer.output_shape(shape) == outputs.shape
    assert layer.weights == weights.size
    assert layer.biases == out_channels


@pytest.mark.parametrize("kind", [MaxPool2D, AveragePool2D])
@given(shape=IMAGES, **WINDOWS)
def test_pooling_shapes_are_those_of_the_framework(kind, shape, kernel_size, stride):
    layer = kind(kernel_size, stride)
    if kernel_size > min(shape[1:]):
        with pytest.raises(ValueError, match="is larger than its input"):
            layer.output_shape(shape)
        return
    (module,) = as_torch([layer])
    assert layer.output_shape(shape) == tuple(module(torch.empty((1, *shape), device="meta")).shape[1:])
    assert (layer.weights, layer.biases, layer.macs(shape), layer.computes) == (0, 0, 0, False)


def test_pooling_moves_by_its_own_size():
    assert MaxPool2D(3) == MaxPool2D(3, stride=3)
    assert AveragePool2D(2).output_shape((4, 9, 8)) == (4, 4, 4)


def test_flattening():
    assert Flatten().output_shape((2, 3, 4)) == (24,)
    assert (Flatten().macs((2, 3, 4)), Flatten().computes) == (0, False)
    assert Dense(1, 1).computes


def test_a_network_has_a_layer_at_least():
    with pytest.raises(ValueError, match=r"^layers must not be empty: expected at least one layer$"):
        count([], (3,))


def test_only_layers_with_weights_count():
    result = count([Flatten()], (1, 2, 2))
    assert (result.layers, result.hidden_layers, result.parameters, result.activations) == (0, 0, 0, 0)


def test_what_was_counted_stays_as_it_was():
    result = count([Conv2D(1, 2, 3), MaxPool2D(2), Flatten(), Dense(2, 3)], (1, 4, 4))
    fields = ["itemsize", "itemsize", "stride", "stride", "weights", "in_features"]
    layers = [row.layer for row in result.rows]
    for record, field in zip((result, result.rows[0], *layers), fields, strict=True):
        with pytest.raises(FrozenInstanceError):
            setattr(record, field, 8)
    again = count(layers, (1, 4, 4))
    assert result != again and result.rows[0] != again.rows[0]
    assert [(row.input_shape, row.output_shape) for row in again.rows] == [
        ((1, 4, 4), (2, 2, 2)),
        ((2, 2, 2), (2, 1, 1)),
        ((2, 1, 1), (2,)),
        ((2,), (3,)),
    ]


def test_memory():
    result = count(mlp([3, 4, 2]), (3,))
    assert (result.parameter_bytes, result.activation_bytes) == (104, 24)
    double = count(mlp([3, 4, 2]), (3,), itemsize=8)
    assert (double.parameter_bytes, double.activation_bytes) == (208, 48)
    assert [(row.parameter_bytes, row.activation_bytes) for row in double.rows] == [(128, 32), (80, 16)]


@pytest.mark.parametrize(("optimiser", "state"), [("sgd", 0), ("momentum", 1), ("adam", 2)])
def test_memory_of_training(optimiser, state):
    memory = count(mlp([3, 4, 2]), (3,)).training_memory(batch_size=32, optimiser=optimiser)
    assert memory == (104, 104, 104 * state, 32 * 24)
    assert memory.total == 208 + 104 * state + 768


def test_memory_of_training_is_that_of_plain_steps_with_one_sample_unless_told_otherwise():
    assert count(mlp([3, 4, 2]), (3,)).training_memory() == (104, 104, 0, 24)


@pytest.mark.parametrize("optimiser", complexity.OPTIMISER_STATE)
def test_what_optimisers_remember(optimiser):
    weight = torch.nn.Parameter(torch.ones(3))
    peer = {
        "sgd": lambda: torch.optim.SGD([weight]),
        "momentum": lambda: torch.optim.SGD([weight], momentum=0.9),
        "adam": lambda: torch.optim.Adam([weight]),
    }[optimiser]()
    weight.sum().backward()
    peer.step()
    values = sum(value.numel() for value in peer.state[weight].values() if value is not None and value.ndim)
    assert complexity.OPTIMISER_STATE[optimiser] * 3 == values


def test_the_table():
    layers = [Conv2D(1, 20, 3, padding=1), MaxPool2D(2), Flatten(), Dense(320, 10)]
    result = count(layers, (1, 8, 8))
    assert repr(result) == str(result)
    assert str(result).splitlines() == [
        "layer                        output      weights  biases  parameters    MACs  activations",
        "Conv2D(1, 20, 3, padding=1)  20 x 8 x 8      180      20         200  11,520        1,280",
        "MaxPool2D(2)                 20 x 4 x 4        0       0           0       0          320",
        "Flatten()                    320               0       0           0       0            0",
        "Dense(320, 10)               10            3,200      10       3,210   3,200           10",
        "total                                      3,380      30       3,410  14,720        1,610",
        "layers: 2 (hidden: 1); parameters: 3,410 (13,640 bytes); "
        "activations: 1,610 (6,440 bytes); MACs: 14,720 (FLOPs: 29,440)",
    ]


def test_layers_in_words():
    layers = [
        Conv2D(3, 64, 3),
        Conv2D(3, 64, 3, stride=2, padding=1),
        MaxPool2D(2),
        AveragePool2D(3, 2),
        Flatten(),
        Dense(3, 4),
    ]
    assert list(map(str, layers)) == [
        "Conv2D(3, 64, 3)",
        "Conv2D(3, 64, 3, stride=2, padding=1)",
        "MaxPool2D(2)",
        "AveragePool2D(3, stride=2)",
        "Flatten()",
        "Dense(3, 4)",
    ]


def test_sizes_may_come_from_numpy():
    layer = Dense(np.int64(3), np.int32(4))
    assert layer == Dense(3, 4)
    assert type(layer.weights) is int
    assert type(count([layer], np.zeros(3).shape).macs) is int
    assert count([layer], [3]).macs == 12


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Dense(3.0, 4), TypeError, "in_features must be a whole number, got 3.0"),
        (lambda: Dense(3, 0), ValueError, "out_features must be at least 1, got 0"),
        (lambda: Conv2D(1, 1, (3, 3)), TypeError, "kernel_size must be a whole number"),
        (lambda: Conv2D(1, 1, 3, stride=0), ValueError, "stride must be at least 1"),
        (lambda: Conv2D(1, 1, 3, padding=-1), ValueError, "padding must be at least 0"),
        (lambda: MaxPool2D(2.5), TypeError, "kernel_size must be a whole number, got 2.5"),
        (lambda: AveragePool2D(2, stride=True), TypeError, "stride must be a whole number, got True"),
        (lambda: mlp([3]), ValueError, "at least the number of inputs and of outputs, got [3]"),
        (lambda: mlp([3, 4.0]), TypeError, "out_features must be a whole number, got 4.0"),
        (lambda: mlp(3), TypeError, "sizes must be a list such as [3, 4, 2], got 3"),
        (lambda: count(3, (3,)), TypeError, "layers must be a list of layers, got 3"),
        (lambda: count([3, 4, 2], (3,)), TypeError, "such as Dense(3, 4), got 3"),
        (lambda: count(mlp([3, 4]), 3), TypeError, "such as (3,) or (1, 28, 28), got 3"),
        (
            lambda: count(mlp([3, 4]), (3.0,)),
            TypeError,
            "each size of input_shape must be a whole number, got 3.0",
        ),
        (
            lambda: count(lenet5(), (1, 32, 0)),
            ValueError,
            "each size of input_shape must be at least 1, got 0",
        ),
        (lambda: count(mlp([3, 4]), (3,), itemsize=0), ValueError, "itemsize must be at least 1"),
        (
            lambda: count(mlp([3, 4]), (5,)),
            ValueError,
            "Dense(3, 4) expects an input of shape (3,), got (5,)",
        ),
        (lambda: count([Dense(12, 4)], (3, 2, 2)), ValueError, "got (3, 2, 2); put Flatten() before it"),
        (
            lambda: count([Dense(3, 4), Dense(5, 2)], (3,)),
            ValueError,
            "Dense(5, 2) expects an input of shape (5,)",
        ),
        (lambda: count(lenet5(), (3, 32, 32)), ValueError, "Conv2D(1, 6, 5) expects 1 channels, got"),
        (lambda: count(lenet5(), (32, 32)), ValueError, "of shape (channels, height, width), got (32, 32)"),
        (lambda: Dense(3, 4).output_shape(None), TypeError, "such as (3,) or (1, 28, 28), got None"),
        (lambda: Conv2D(1, 1, 1).macs("abc"), TypeError, "such as (3,) or (1, 28, 28), got 'abc'"),
        (lambda: Flatten().output_shape((2, 1.5)), TypeError, "each size of input_shape must be a whole number"),
        (lambda: count([MaxPool2D(2)], (4,)), ValueError, "of shape (channels, height, width), got (4,)"),
        (lambda: count([Conv2D(1, 1, 5)], (1, 4, 9)), ValueError, "larger than its input of shape (1, 4, 9)"),
        (lambda: count([Conv2D(1, 1, 5)], (1, 9, 4)), ValueError, "larger than its input of shape (1, 9, 4)"),
        (lambda: count(mlp([3, 4]), (3,)).training_memory(0), ValueError, "batch_size must be at least 1"),
        (
            lambda: count(mlp([3, 4]), (3,)).training_memory(optimiser="adm"),
            ValueError,
            "unknown optimiser 'adm': expected one of sgd, momentum, adam; did you mean 'adam'",
        ),
    ],
)
def test_wrong_arguments(make, error, message):
    with pytest.raises(error) as caught:
        make()
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("shape", "hint"), [((5,), ""), ((3, 4), "; put Flatten() before it"), ((3, 2, 2), "; put Flatten() before it")]
)
def test_flatten_is_suggested_for_tables_and_images_alone(shape, hint):
    with pytest.raises(ValueError) as caught:
        count([Dense(12, 4)], shape)
    assert str(caught.value) == f"Dense(12, 4) expects an input of shape (12,), got {shape}{hint}"


def test_the_largest_counts_are_exact():
    wide = mlp([10**6, 10**7, 10**6])
    assert count(wide, (10**6,)).macs == 2 * 10**13
    assert math.log2(count(mlp([2**40, 2**40]), (2**40,)).weights) == 80


@given(sizes=st.lists(st.integers(1, 9), min_size=2, max_size=6), samples=st.integers(1, 5))
def test_a_real_network_holds_and_keeps_what_was_counted(sizes, samples):
    result, network = count(mlp(sizes), (sizes[0],)), Network(sizes, loss="mean_squared_error")
    assert result.layers == len(network.weights)
    held = sum(array.size for array in network.weights + network.biases)
    assert result.parameters == held

    forward = network.forward(np.ones((samples, sizes[0])))
    gradient = forward.backward(np.ones((samples, sizes[-1])))
    memory = result.training_memory(samples)
    assert memory.parameters == sum(array.nbytes for array in network.weights + network.biases)
    assert memory.gradients == sum(array.nbytes for array in gradient.weights + gradient.biases)
    assert memory.activations == sum(array.nbytes for array in forward.a)
