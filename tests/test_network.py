"""The network: against equations by hand, central differences and PyTorch; its views; its errors."""

import copy
import pickle
from dataclasses import FrozenInstanceError

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from helpers.activations import ACTIVATIONS, leaky_relu
from helpers.datasets import digits
from helpers.initialisers import INITIALISERS, normal
from helpers.losses import mean_squared_error, softmax, softmax_cross_entropy
from helpers.network import GRADIENTS, Network

# Each loss with each thing that can bend the outputs before it.
HEADS = [("softmax_cross_entropy", "identity")] + [
    ("mean_squared_error", output) for output in [*ACTIVATIONS, "softmax"]
]
SIZES = [5, 7, 4, 3]


def samples(count=6, seed=1, dtype=np.float64):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(count, SIZES[0])).astype(dtype), rng.integers(0, SIZES[-1], count)


def network(*args, **options):
    """Return a float64 network whose biases, too, are random."""
    net = Network(SIZES, *args, **{"dtype": np.float64, "seed": 3} | options)
    net.parameters += 0.1 * np.random.default_rng(4).normal(size=net.parameters.shape)
    return net


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_forward_is_the_textbooks(name):
    net, f = network(name), ACTIVATIONS[name]
    x, _ = samples()
    for column in range(len(x)):
        a = x[column]
        for layer, (W, b) in enumerate(zip(net.weights, net.biases, strict=True)):
            z = W @ a + b
            a = f(z) if layer < 2 else z
        np.testing.assert_allclose(net.forward(x)[column], a, rtol=1e-12)


def test_what_happened_inside_can_be_looked_at():
    net = network("tanh", "mean_squared_error", output_activation="sigmoid")
    x, labels = samples()
    outputs = net.forward(x)
    a = x
    for W, b, z, now in zip(net.weights, net.biases, net.pre_activations, net.activations, strict=True):
        np.testing.assert_allclose(z, a @ W.T + b, rtol=1e-12)
        a = now
    np.testing.assert_array_equal(net.activations[1], np.tanh(net.pre_activations[1]))
    np.testing.assert_array_equal(net.activations[-1], outputs)
    assert [z.shape for z in net.pre_activations] == [(6, 7), (6, 4), (6, 3)]
    net.backward(labels)
    norms = [np.sqrt((gradient**2).sum()) for gradient in net.weight_gradients]
    np.testing.assert_allclose(net.gradient_norms, norms)


@pytest.mark.parametrize("f", ACTIVATIONS)
@pytest.mark.parametrize(("loss", "output"), HEADS)
def test_gradients_equal_central_differences(f, loss, output):
    net = network(f, loss, output_activation=output)
    x, labels = samples()
    net.forward(x)
    gradient = net.backward(labels)
    start, step = net.parameters.copy(), 1e-6
    for index in range(len(start)):
        around = []
        for sign in (1, -1):
            net.parameters = start
            net.parameters[index] += sign * step
            around.append(net.loss_value(x, labels))
        numeric = (around[0] - around[1]) / (2 * step)
        assert gradient[index] == pytest.approx(numeric, rel=1e-5, abs=2e-9), index


def torch_twin(net, f, output):
    """Return PyTorch's network of the same parameters."""
    layers = []
    for W, b in zip(net.weights, net.biases, strict=True):
        layer = torch.nn.Linear(W.shape[1], W.shape[0])
        layer.weight.data, layer.bias.data = torch.tensor(W), torch.tensor(b)
        layers += [layer, f]
    return torch.nn.Sequential(*layers[:-1], output)


def linear_layers(twin):
    return [layer for layer in twin if isinstance(layer, torch.nn.Linear)]


TORCH = {
    "sigmoid": torch.nn.Sigmoid(),
    "tanh": torch.nn.Tanh(),
    "relu": torch.nn.ReLU(),
    "leaky_relu": torch.nn.LeakyReLU(0.2),
    "identity": torch.nn.Identity(),
    "softplus": torch.nn.Softplus(),
    "elu": torch.nn.ELU(),
    "silu": torch.nn.SiLU(),
    "gelu": torch.nn.GELU(),
    "softmax": torch.nn.Softmax(dim=1),
}

TORCH_OUTPUTS = ["identity", "sigmoid", "softmax"]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("f", ACTIVATIONS)
@pytest.mark.parametrize(("loss", "output"), [head for head in HEADS if head[1] in TORCH_OUTPUTS])
def test_loss_and_gradient_equal_pytorchs(f, loss, output, dtype):
    net = network(f, loss, output_activation=output, dtype=dtype)
    twin = torch_twin(net, TORCH[f], TORCH[output])
    x, labels = samples(dtype=dtype)
    if loss == "softmax_cross_entropy":
        theirs = torch.nn.functional.cross_entropy(twin(torch.tensor(x)), torch.tensor(labels))
    else:
        one_hot = torch.nn.functional.one_hot(torch.tensor(labels), 3).to(torch.tensor(x).dtype)
        theirs = torch.nn.functional.mse_loss(twin(torch.tensor(x)), one_hot)
    theirs.backward()
    tolerance = {"rtol": 2e-5, "atol": 1e-7} if dtype == np.float32 else {"rtol": 1e-11, "atol": 1e-14}
    outputs = net.forward(x)
    np.testing.assert_allclose(outputs, twin(torch.tensor(x)).detach().numpy(), **tolerance)
    np.testing.assert_allclose(net.loss_value(x, labels), theirs.item(), **tolerance)
    gradient = net.backward(labels)
    for layer, W, b in zip(linear_layers(twin), net.weight_gradients, net.bias_gradients, strict=True):
        np.testing.assert_allclose(W, layer.weight.grad.numpy(), **tolerance)
        np.testing.assert_allclose(b, layer.bias.grad.numpy(), **tolerance)
    assert outputs.dtype == gradient.dtype == net.loss_value(x, labels).dtype == dtype


@pytest.mark.parametrize("name", GRADIENTS)
def test_the_columnwise_gradients_equal_those_of_losses(name):
    rng = np.random.default_rng(0)
    outputs, labels = 30 * rng.normal(size=(8, 4)), rng.integers(0, 4, 8)
    y = np.eye(4)[labels]
    columns = np.empty((4, 8))
    GRADIENTS[name]((4, 8), np.dtype(np.float64), np.matmul)(outputs.T, y.T, columns)
    loss = {"softmax_cross_entropy": softmax_cross_entropy, "mean_squared_error": mean_squared_error}[name]
    np.testing.assert_allclose(columns.T, loss.gradient(outputs, y), rtol=1e-12, atol=1e-300)


def test_extreme_logits_give_finite_gradients_and_probabilities():
    net = Network([2, 3], dtype=np.float32)
    net.parameters = 0
    net.weights[0][:] = [[1000, 0], [0, 1000], [-1000, 0]]
    x = np.array([[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]])
    np.testing.assert_allclose(net.probabilities(x), [[1, 0, 0], [0, 1, 0], [0.5, 0.5, 0]], atol=1e-15)
    assert net.loss_value(x, [0, 1, 0]) == pytest.approx(np.log(2) / 3)
    assert net.loss_value(x, [2, 1, 0]) == pytest.approx((2000 + np.log(2)) / 3)
    net.forward(x)
    # The first sample errs by -1 for its label and 1 for the winner, the third by half of that.
    net.backward([2, 1, 0])
    np.testing.assert_allclose(net.bias_gradients[0], [1 / 3 - 1 / 6, 1 / 6, -1 / 3], atol=1e-6)


@pytest.mark.parametrize(("loss", "output"), HEADS)
@pytest.mark.parametrize("f", ["relu", "tanh"])
def test_many_networks_equal_the_single_ones(f, loss, output):
    seeds = [5, 0, 7]
    x, labels = samples()
    many = Network(SIZES, f, loss, output_activation=output, seed=seeds, dtype=np.float64)
    outputs, gradient = many.forward(x), many.backward(labels)
    assert many.runs == 3
    assert outputs.shape == (3, 6, 3)
    assert gradient.shape == many.parameters.shape
    for run, seed in enumerate(seeds):
        single = Network(SIZES, f, loss, output_activation=output, seed=seed, dtype=np.float64)
        np.testing.assert_array_equal(many.parameters[run], single.parameters)
        np.testing.assert_allclose(outputs[run], single.forward(x), rtol=1e-12)
        np.testing.assert_allclose(gradient[run], single.backward(labels), rtol=1e-10, atol=1e-15)
        np.testing.assert_allclose(many.gradient_norms[run], single.gradient_norms)
        np.testing.assert_allclose(many.loss_value(x, labels)[run], single.loss_value(x, labels))
        np.testing.assert_array_equal(many.predict(x)[run], single.predict(x))
        assert many.accuracy(x, labels)[run] == single.accuracy(x, labels)
    assert [w.shape for w in many.weights] == [(3, 7, 5), (3, 4, 7), (3, 3, 4)]
    assert [z.shape for z in many.pre_activations] == [(3, 6, 7), (3, 6, 4), (3, 6, 3)]


@pytest.mark.parametrize("seed", [0, [0, 1]])
def test_matrices_are_views_of_the_parameters(seed):
    net = Network(SIZES, seed=seed)
    assert net.parameters.shape[-1] == 5 * 7 + 7 + 7 * 4 + 4 + 4 * 3 + 3
    for views, vector in (
        (net.weights + net.biases, net.parameters),
        (net.weight_gradients + net.bias_gradients, net.gradient),
    ):
        assert all(np.shares_memory(view, vector) for view in views)
        for view in views:
            view[:] = 7
        assert (vector == 7).all()
    net.parameters = 0
    assert not any(view.any() for view in net.weights)


@pytest.mark.parametrize("clone", [copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))])
def test_a_copy_is_a_network_of_its_own(clone):
    net = network()
    x, labels = samples()
    before = net.forward(x)
    other = clone(net)
    other.weights[0][:] = 0
    other.biases[2][:] = 1
    np.testing.assert_array_equal(net.forward(x), before)
    assert np.shares_memory(other.weights[0], other.parameters)
    assert not np.allclose(other.forward(x), before)
    other.parameters = net.parameters
    np.testing.assert_array_equal(other.forward(x), before)
    np.testing.assert_array_equal(other.backward(labels), net.backward(labels))


def test_results_are_not_overwritten_by_later_passes():
    net = network()
    x, labels = samples()
    outputs, gradient = net.forward(x), net.backward(labels)
    kept = outputs.copy(), gradient.copy()
    net.forward(x + 1)
    net.backward((labels + 1) % 3)
    np.testing.assert_array_equal(outputs, kept[0])
    np.testing.assert_array_equal(gradient, kept[1])


def test_many_batch_sizes_do_not_mix():
    net = network()
    x, labels = samples(20)
    whole = net.forward(x)
    for count in [*range(1, 21), *range(1, 21)]:
        np.testing.assert_allclose(net.forward(x[:count]), whole[:count], rtol=1e-12)
        assert net.backward(labels[:count]).any()


@pytest.mark.parametrize("name", INITIALISERS)
def test_initial_weights_come_from_the_initialiser_layer_by_layer(name):
    net = Network(SIZES, initialisation=name, seed=9, dtype=np.float64)
    rng = np.random.default_rng(9)
    for weights, biases in zip(net.weights, net.biases, strict=True):
        np.testing.assert_array_equal(weights, INITIALISERS[name](weights.shape[1], weights.shape[0], rng))
        assert not biases.any()


@pytest.mark.parametrize("classes", [2, 10])
def test_the_first_loss_of_tiny_weights_is_that_of_guessing(classes):
    net = Network([64, 32, classes], initialisation=normal(1e-4))
    data = digits()
    assert net.loss_value(data.inputs, data.targets % classes) == pytest.approx(np.log(classes), rel=1e-4)


def test_predictions_probabilities_and_accuracy_fit_each_other():
    net = network()
    x, _ = samples(50)
    np.testing.assert_allclose(net.probabilities(x), softmax(net.forward(x)))
    np.testing.assert_array_equal(net.predict(x), net.forward(x).argmax(axis=1))
    labels = net.predict(x)
    labels[:10] = (labels[:10] + 1) % 3
    assert net.accuracy(x, labels) == 0.8
    for output in ("softmax", "sigmoid"):
        bent = network("relu", "mean_squared_error", output_activation=output)
        np.testing.assert_array_equal(bent.probabilities(x), bent.forward(x))
    np.testing.assert_allclose(
        network("relu", "mean_squared_error", output_activation="softmax").forward(x),
        net.probabilities(x),
        rtol=1e-12,
    )
    with pytest.raises(ValueError, match=r"^only the outputs of softmax and .*output_activation 'identity'"):
        network("relu", "mean_squared_error").probabilities(x)


def test_a_single_output_is_cut_at_one_half():
    net = Network([1, 1], loss="mean_squared_error", dtype=np.float64)
    net.weights[0][:] = 1
    x = [[0.4], [0.5], [0.6]]
    assert net.predict(x).tolist() == [0, 0, 1]
    assert net.accuracy(x, [0, 1, 1]) == pytest.approx(2 / 3)
    # Targets of one output may have the shape (samples,): no matrix of all pairs may come of it.
    assert net.loss_value(x, [0.4, 0.5, 0.9]) == pytest.approx(0.03)
    assert net.loss_value(x, [[0.4], [0.5], [0.9]]) == pytest.approx(0.03)


def test_the_class_is_the_largest_of_two_outputs_or_a_single_one_cut_below_hidden_layers_too():
    pair = Network([1, 1, 2], "identity", dtype=np.float64)
    single = Network([1, 2, 1], "identity", loss="mean_squared_error", dtype=np.float64)
    pair.weights[0][:], pair.weights[1][:] = 1, [[-1], [0]]
    single.weights[0][:], single.weights[1][:] = 1, 0.5
    for net in (pair, single):
        classes = net.predict([[-0.1], [0.6]])
        assert classes.tolist() == [0, 1]
        assert classes.dtype == np.int64


def test_labels_and_one_hot_targets_are_the_same():
    net = network()
    x, labels = samples()
    one_hot = np.eye(3)[labels]
    assert net.loss_value(x, labels) == net.loss_value(x, one_hot)
    net.forward(x)
    np.testing.assert_array_equal(net.backward(labels), net.backward(one_hot))


def test_twenty_layers_keep_their_tiny_gradients():
    net = Network([8] * 21, "sigmoid", initialisation=normal(1e-3), dtype=np.float64, seed=[0, 1])
    x = np.random.default_rng(0).normal(size=(16, 8))
    net.forward(x)
    net.backward(np.arange(16) % 8)
    norms = net.gradient_norms
    assert norms.shape == (2, 20)
    assert norms.dtype == np.float64
    assert (norms > 0).all()
    assert (norms[:, 0] < 1e-50).all()


@given(st.lists(st.integers(1, 6), min_size=2, max_size=5), st.integers(1, 9), st.integers(0, 99))
def test_any_sizes_fit_together(sizes, count, seed):
    # Smooth, since a step over a kink may go up.
    net = Network(sizes, "tanh", "mean_squared_error", seed=seed, dtype=np.float64)
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(count, sizes[0])), rng.normal(size=(count, sizes[-1]))
    before = net.loss_value(x, y)
    net.forward(x)
    gradient = net.backward(y)
    net.parameters -= 1e-7 * gradient
    # A small step downhill lowers the loss by the step times the squared slope.
    assert before - net.loss_value(x, y) == pytest.approx(1e-7 * (gradient @ gradient), rel=1e-2, abs=1e-14)


def test_a_network_that_has_diverged_stays_silent():
    net = Network([2, 4, 3], seed=[0, 1])
    net.parameters[0] = 1e38
    outputs = net.forward(np.full((5, 2), 1e3))
    net.backward([0, 1, 2, 0, 1])
    assert not np.isfinite(outputs[0]).any()
    assert np.isfinite(outputs[1]).all()
    assert not np.isfinite(net.loss_value(np.full((5, 2), 1e3), [0, 1, 2, 0, 1])[0])


@pytest.mark.parametrize("seed", [0, [0]])
def test_sums_that_overflow_stay_silent(seed):
    net = Network([1, 1], loss="mean_squared_error", seed=seed)
    net.weights[0][:] = 1
    x = np.full((5, 1), 1e19)  # each square of an error is 1e38, just small enough for float32, their sum is not
    assert net.loss_value(x, np.zeros(5)) == np.inf
    net.forward(x * 1e6)
    assert net.backward(np.zeros(5)).max() == np.inf


def test_objects_stand_for_names():
    net = Network([2, 3], leaky_relu.with_slope(0.01), initialisation=normal(2.0))
    assert net.activation.slope == 0.01
    assert repr(net) == "<network 2-3, leaky_relu, softmax_cross_entropy>"
    np.testing.assert_array_equal(Network([2, 3]).parameters, Network([2, 3], seed=0).parameters)
    assert repr(Network([2, 3], seed=[1, 2])) == "<2 networks 2-3, relu, softmax_cross_entropy>"


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Network([3]), ValueError, "at least the inputs|sizes must name"),
        (lambda: Network([3, 0, 2]), ValueError, "size of a layer must be at least 1"),
        (lambda: Network([3, 2.0]), TypeError, "size of a layer.*2.0"),
        (lambda: Network([3, 2], "rellu"), ValueError, "unknown activation 'rellu'.*did you mean 'relu'"),
        (lambda: Network([3, 2], loss="hinge"), ValueError, "unknown loss of a network 'hinge'"),
        (lambda: Network([3, 2], initialisation="hee"), ValueError, "unknown initialiser 'hee'"),
        (
            lambda: Network([3, 2], output_activation="softmax"),
            ValueError,
            "^softmax_cross_entropy contains the softmax: output_activation must be 'identity', got ",
        ),
        (lambda: Network([3, 1]), ValueError, "two classes or more"),
        (lambda: Network([3, 4, 1]), ValueError, "two classes or more"),
        (lambda: Network([3, 2], dtype=int), TypeError, "floating-point.*int64"),
        (lambda: Network([3, 2], seed=-1), ValueError, "seed must be at least 0"),
        (lambda: Network([3, 2], seed=0.5), TypeError, "seed must be a whole number"),
        (lambda: Network([3, 2], seed=[]), ValueError, "seed must be"),
        (lambda: Network([3, 2], seed=[[1, 2]]), ValueError, "seed must be"),
        (lambda: Network([3, 2]).activations, RuntimeError, "^nothing has gone through the network yet"),
        (lambda: Network([3, 2]).backward([0]), RuntimeError, r"call forward\(inputs\) first"),
    ],
)
def test_a_wrong_network_is_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()


@pytest.mark.parametrize(
    ("inputs", "labels", "error", "message"),
    [
        (np.zeros((4, 2)), [0] * 4, ValueError, r"inputs must have the shape \(samples, 3\).*\(4, 2\)"),
        (np.zeros(3), [0], ValueError, r"inputs must have the shape \(samples, 3\)"),
        (np.zeros((0, 3)), [], ValueError, "inputs must not be empty"),
        ([["a", "b", "c"]], [0], TypeError, "inputs must hold real numbers"),
        (np.zeros((4, 3)), [0, 1, 2, 0], ValueError, "from 0 to 1, got 2"),
        (np.zeros((4, 3)), [0, -1, 0, 0], ValueError, "from 0 to 1, got -1"),
        (np.zeros((4, 3)), [0.0, 1.0, 0.5, 0.0], TypeError, "whole numbers"),
        (np.zeros((4, 3)), [0, 1, 0], ValueError, r"targets must have the shape \(4,\) or \(4, 2\).*\(3,\)"),
        (
            np.zeros((4, 3)),
            np.zeros((4, 3)),
            ValueError,
            r"targets must have the shape \(4,\) or \(4, 2\).*\(4, 3\)",
        ),
    ],
)
def test_wrong_samples_are_refused(inputs, labels, error, message):
    net = Network([3, 2])
    with pytest.raises(error, match=message):
        net.loss_value(inputs, labels)
    with pytest.raises(error, match=message):
        net.accuracy(inputs, labels)
    with pytest.raises(error, match=message):
        net.forward(inputs)
        net.backward(labels)


@pytest.mark.parametrize("targets", [np.eye(2)[[0, 1, 0, 1]], np.eye(2, dtype=int)[[0, 1, 0, 1]]])
def test_accuracy_wants_labels(targets):
    net = Network([3, 2])
    with pytest.raises(ValueError, match=r"accuracy needs one class label a sample, got an array of shape \(4, 2\)"):
        net.accuracy(np.zeros((4, 3)), targets)
    assert np.isnan(net.evaluate(net.samples(np.zeros((4, 3)), targets))[1])


def test_samples_stay_as_they_were_made_and_are_equal_to_themselves_alone():
    made = Network([3, 2]).samples(np.zeros((2, 3)), [0, 1])
    with pytest.raises(FrozenInstanceError):
        made.labels = None
    assert {made: "here"}[made] == "here"


def test_numbers_are_no_labels():
    net = Network([1, 1], loss="mean_squared_error")
    with pytest.raises(ValueError, match="accuracy needs one class label a sample"):
        net.accuracy([[1.0], [2.0]], [0.5, 1.0])
    with pytest.raises(TypeError, match=r"^targets must hold real numbers"):
        net.loss_value([[1.0], [2.0]], ["a", "b"])
