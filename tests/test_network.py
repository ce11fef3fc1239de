"""The network: against equations by hand, central differences and PyTorch; the fast one against it; its errors."""

import copy
import pickle
import tracemalloc

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from helpers.activations import ACTIVATIONS, leaky_relu
from helpers.datasets import digits
from helpers.fast_network import Batches, FastNetwork
from helpers.initialisers import INITIALISERS, normal
from helpers.losses import LOSSES, softmax
from helpers.network import Network
from helpers.samples import class_labels
from helpers.training import train

# Each loss with each thing that can bend the outputs before it.
HEADS = [
    ("softmax_cross_entropy", "identity"),
    ("sigmoid_cross_entropy", "identity"),
    ("cross_entropy", "softmax"),
    ("asymmetric_loss", "sigmoid"),
    ("huber_loss", "identity"),
    *(("mean_squared_error", output) for output in [*ACTIVATIONS, "softmax"]),
]
SIZES = [5, 7, 4, 3]


def samples(count=6, seed=1, dtype=np.float64):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(count, SIZES[0])).astype(dtype), rng.integers(0, SIZES[-1], count)


def network(*args, **options):
    """Return a float64 network whose biases, too, are random."""
    net = Network(SIZES, *args, **{"dtype": np.float64, "seed": 3} | options)
    rng = np.random.default_rng(4)
    for values in net.weights + net.biases:
        values += 0.1 * rng.normal(size=values.shape)
    return net


def flat(parameters):
    """Return all weights and biases of a network or of a gradient, unit by unit, shape ([runs,] parameters)."""
    layers = zip(parameters.weights, parameters.biases, strict=True)
    matrices = [np.concatenate([weights, biases[..., np.newaxis]], axis=-1) for weights, biases in layers]
    return np.concatenate([matrix.reshape(*matrix.shape[:-2], -1) for matrix in matrices], axis=-1)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_forward_is_the_textbooks(name):
    net, f = network(name), ACTIVATIONS[name]
    x, _ = samples()
    for column in range(len(x)):
        a = x[column]
        for layer, (W, b) in enumerate(zip(net.weights, net.biases, strict=True)):
            z = W @ a + b
            a = f(z) if layer < 2 else z
        np.testing.assert_allclose(net.forward(x).outputs[column], a, rtol=1e-12)
        np.testing.assert_allclose(net.outputs(x)[column], a, rtol=1e-12)


def test_what_happened_inside_can_be_looked_at():
    net = network("tanh", "mean_squared_error", output_activation="sigmoid")
    x, labels = samples()
    way = net.forward(x)
    a = x
    for W, b, z, now in zip(net.weights, net.biases, way.z, way.a, strict=True):
        np.testing.assert_allclose(z, a @ W.T + b, rtol=1e-12)
        a = now
    np.testing.assert_array_equal(way.a[1], np.tanh(way.z[1]))
    np.testing.assert_array_equal(way.a[-1], way.outputs)
    assert [z.shape for z in way.z] == [(6, 7), (6, 4), (6, 3)]
    gradient = way.backward(labels)
    np.testing.assert_allclose(gradient.norms, [np.sqrt((weights**2).sum()) for weights in gradient.weights])


@pytest.mark.parametrize("f", ACTIVATIONS)
@pytest.mark.parametrize(("loss", "output"), HEADS)
def test_gradients_equal_central_differences(f, loss, output):
    net = network(f, loss, output_activation=output)
    x, labels = samples()
    gradient, step = net.forward(x).backward(labels), 1e-6
    for values, slopes in zip(net.weights + net.biases, gradient.weights + gradient.biases, strict=True):
        for index in np.ndindex(values.shape):
            start, around = values[index], []
            for sign in (1, -1):
                values[index] = start + sign * step
                around.append(net.loss_value(x, labels))
            values[index] = start
            numeric = (around[0] - around[1]) / (2 * step)
            assert slopes[index] == pytest.approx(numeric, rel=1e-5, abs=2e-9), index


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
TORCH_LOSSES = ["softmax_cross_entropy", "mean_squared_error"]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("f", ACTIVATIONS)
@pytest.mark.parametrize(
    ("loss", "output"), [head for head in HEADS if head[0] in TORCH_LOSSES and head[1] in TORCH_OUTPUTS]
)
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
    way = net.forward(x)
    np.testing.assert_allclose(way.outputs, twin(torch.tensor(x)).detach().numpy(), **tolerance)
    np.testing.assert_allclose(net.loss_value(x, labels), theirs.item(), **tolerance)
    gradient = way.backward(labels)
    for layer, W, b in zip(linear_layers(twin), gradient.weights, gradient.biases, strict=True):
        np.testing.assert_allclose(W, layer.weight.grad.numpy(), **tolerance)
        np.testing.assert_allclose(b, layer.bias.grad.numpy(), **tolerance)
    assert way.outputs.dtype == flat(gradient).dtype == net.loss_value(x, labels).dtype == dtype


@pytest.mark.parametrize("seed", [0, [5, 0, 7]])
@pytest.mark.parametrize(("loss", "output"), HEADS)
@pytest.mark.parametrize("f", ACTIVATIONS)
def test_the_fast_network_has_the_gradients_of_the_readable_one(f, loss, output, seed):
    net = Network(SIZES, f, loss, output_activation=output, seed=seed, dtype=np.float64)
    x, labels = samples()
    expected = net.forward(x).backward(labels)
    fast = FastNetwork(net)
    [(columns, y)] = Batches(x, np.eye(3)[labels], 6, [0]).batches
    outputs = fast.batch_pass(6).forward(columns)
    fast.batch_pass(6).backward(y)
    np.testing.assert_allclose(outputs.mT, net.outputs(x), rtol=1e-12)
    for matrix, weights, biases in zip(fast.matrix_gradients, expected.weights, expected.biases, strict=True):
        np.testing.assert_allclose(matrix[..., :-1], weights, rtol=1e-9, atol=1e-14)
        np.testing.assert_allclose(matrix[..., -1], biases, rtol=1e-9, atol=1e-14)


def test_the_fast_network_takes_parameters_over_and_hands_them_back():
    net = network(seed=[1, 2])
    before = flat(net)
    fast = FastNetwork(net)
    np.testing.assert_array_equal(fast.parameters, before)
    fast.parameters += 1
    np.testing.assert_array_equal(flat(net), before)
    fast.store()
    np.testing.assert_array_equal(flat(net), before + 1)
    net.weights[1][:] = 7
    fast.load()
    assert (fast.matrices[1][..., :-1] == 7).all() and (fast.matrices[1][..., -1] != 7).all()


def test_extreme_logits_give_finite_gradients_and_probabilities():
    net = Network([2, 3], dtype=np.float32)
    net.weights[0][:] = [[1000, 0], [0, 1000], [-1000, 0]]
    x = np.array([[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]])
    np.testing.assert_allclose(net.probabilities(x), [[1, 0, 0], [0, 1, 0], [0.5, 0.5, 0]], atol=1e-15)
    assert net.loss_value(x, [0, 1, 0]) == pytest.approx(np.log(2) / 3)
    assert net.loss_value(x, [2, 1, 0]) == pytest.approx((2000 + np.log(2)) / 3)
    # The first sample errs by -1 for its label and 1 for the winner, the third by half of that.
    gradient = net.forward(x).backward([2, 1, 0])
    np.testing.assert_allclose(gradient.biases[0], [1 / 3 - 1 / 6, 1 / 6, -1 / 3], atol=1e-6)


@pytest.mark.parametrize(("loss", "output"), HEADS)
@pytest.mark.parametrize("f", ["relu", "tanh"])
def test_many_networks_equal_the_single_ones(f, loss, output):
    seeds = [5, 0, 7]
    x, labels = samples()
    many = Network(SIZES, f, loss, output_activation=output, seed=seeds, dtype=np.float64)
    way = many.forward(x)
    gradient = way.backward(labels)
    assert many.runs == 3
    assert way.outputs.shape == (3, 6, 3)
    assert flat(gradient).shape == flat(many).shape
    for run, seed in enumerate(seeds):
        single = Network(SIZES, f, loss, output_activation=output, seed=seed, dtype=np.float64)
        alone = single.forward(x)
        np.testing.assert_array_equal(flat(many)[run], flat(single))
        np.testing.assert_allclose(way.outputs[run], alone.outputs, rtol=1e-12)
        np.testing.assert_allclose(flat(gradient)[run], flat(alone.backward(labels)), rtol=1e-10, atol=1e-15)
        np.testing.assert_allclose(gradient.norms[run], alone.backward(labels).norms)
        np.testing.assert_allclose(many.loss_value(x, labels)[run], single.loss_value(x, labels))
        np.testing.assert_array_equal(many.predict(x)[run], single.predict(x))
        assert many.accuracy(x, labels)[run] == single.accuracy(x, labels)
    assert [w.shape for w in many.weights] == [(3, 7, 5), (3, 4, 7), (3, 3, 4)]
    assert [z.shape for z in way.z] == [(3, 6, 7), (3, 6, 4), (3, 6, 3)]


@pytest.mark.parametrize("clone", [copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))])
def test_a_copy_is_a_network_of_its_own(clone):
    net = network()
    x, labels = samples()
    before = net.outputs(x)
    other = clone(net)
    np.testing.assert_array_equal(flat(other.forward(x).backward(labels)), flat(net.forward(x).backward(labels)))
    other.weights[0][:] = 0
    other.biases[2][:] = 1
    np.testing.assert_array_equal(net.outputs(x), before)
    assert not np.allclose(other.outputs(x), before)


def test_a_pass_belongs_to_its_own_batch():
    net = network()
    x, labels = samples()
    batch = x.copy()
    first = net.forward(batch)
    outputs, gradient = first.outputs.copy(), flat(first.backward(labels))
    batch[:] = 0
    net.accuracy(x[:2], labels[:2])
    net.forward(x + 1).backward((labels + 1) % 3)
    np.testing.assert_array_equal(first.outputs, outputs)
    np.testing.assert_array_equal(flat(first.backward(labels)), gradient)


def test_a_step_goes_down_the_gradient():
    net = network()
    x, labels = samples()
    before, gradient = flat(net), net.forward(x).backward(labels)
    net.step(gradient, 0.25)
    np.testing.assert_allclose(flat(net), before - 0.25 * flat(gradient), rtol=1e-15)


def test_evaluation_keeps_nothing():
    """Of passes of many sizes nothing is left, neither by the network nor by what it hands out."""
    net = Network([64, 32, 16, 10], seed=range(4))
    x = np.zeros((4000, 64), np.float32)
    tracemalloc.start()
    try:
        net.accuracy(x, np.zeros(4000, int))
        base = tracemalloc.get_traced_memory()[0]
        for count in range(3993, 4001):
            net.accuracy(x[:count], np.zeros(count, int))
            net.forward(x[:count])
            train(net, x[:50], np.zeros(50, int), 0.1, 1, validation=(x[:count], np.zeros(count, int)))
        kept = tracemalloc.get_traced_memory()[0] - base
    finally:
        tracemalloc.stop()
    assert kept < x.nbytes / 10


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
    np.testing.assert_allclose(net.probabilities(x), softmax(net.outputs(x)))
    np.testing.assert_array_equal(net.predict(x), net.outputs(x).argmax(axis=1))
    labels = net.predict(x)
    labels[:10] = (labels[:10] + 1) % 3
    assert net.accuracy(x, labels) == 0.8
    for output in ("softmax", "sigmoid"):
        bent = network("relu", "mean_squared_error", output_activation=output)
        np.testing.assert_array_equal(bent.probabilities(x), bent.outputs(x))
    np.testing.assert_allclose(
        network("relu", "mean_squared_error", output_activation="softmax").outputs(x),
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


def test_a_single_logit_is_cut_at_zero():
    net = Network([1, 1], loss="sigmoid_cross_entropy", dtype=np.float64)
    net.weights[0][:] = 1
    x = [[-0.4], [0.4], [3.0]]
    assert net.predict(x).tolist() == [0, 1, 1]
    history = train(net, x, [0, 1, 0], 0.0, epochs=1)
    assert net.accuracy(x, [0, 1, 0]) == history.accuracy[0] == pytest.approx(2 / 3)
    np.testing.assert_allclose(net.probabilities(x)[:, 0], 1 / (1 + np.exp([0.4, -0.4, -3])))


def test_the_class_is_the_largest_of_two_outputs_or_a_single_one_cut_below_hidden_layers_too():
    pair = Network([1, 1, 2], "identity", dtype=np.float64)
    single = Network([1, 2, 1], "identity", loss="mean_squared_error", dtype=np.float64)
    pair.weights[0][:], pair.weights[1][:] = 1, [[-1], [0]]
    single.weights[0][:], single.weights[1][:] = 1, 0.5
    for net in (pair, single):
        classes = net.predict([[-0.1], [0.6]])
        assert classes.tolist() == [0, 1]
        assert classes.dtype == np.intp


def test_labels_and_one_hot_targets_are_the_same():
    net = network()
    x, labels = samples()
    one_hot = np.eye(3)[labels]
    assert net.loss_value(x, labels) == net.loss_value(x, one_hot)
    way = net.forward(x)
    np.testing.assert_array_equal(flat(way.backward(labels)), flat(way.backward(one_hot)))


def test_twenty_layers_keep_their_tiny_gradients():
    net = Network([8] * 21, "sigmoid", initialisation=normal(1e-3), dtype=np.float64, seed=[0, 1])
    x = np.random.default_rng(0).normal(size=(16, 8))
    norms = net.forward(x).backward(np.arange(16) % 8).norms
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
    gradient = net.forward(x).backward(y)
    net.step(gradient, 1e-7)
    gradient = flat(gradient)
    # A small step downhill lowers the loss by the step times the squared slope.
    assert before - net.loss_value(x, y) == pytest.approx(1e-7 * (gradient @ gradient), rel=1e-2, abs=1e-14)


def test_a_network_that_has_diverged_stays_silent():
    net = Network([2, 4, 3], seed=[0, 1])
    for values in net.weights + net.biases:
        values[0] = 1e38
    way = net.forward(np.full((5, 2), 1e3))
    way.backward([0, 1, 2, 0, 1])
    assert not np.isfinite(way.outputs[0]).any()
    assert np.isfinite(way.outputs[1]).all()
    assert not np.isfinite(net.outputs(np.full((5, 2), 1e3))[0]).any()
    assert not np.isfinite(net.loss_value(np.full((5, 2), 1e3), [0, 1, 2, 0, 1])[0])


@pytest.mark.parametrize("seed", [0, [0]])
def test_sums_that_overflow_stay_silent(seed):
    net = Network([1, 1], loss="mean_squared_error", seed=seed)
    net.weights[0][:] = 1
    x = np.full((5, 1), 1e19)  # each square of an error is 1e38, just small enough for float32, their sum is not
    assert net.loss_value(x, np.zeros(5)) == np.inf
    assert flat(net.forward(x * 1e6).backward(np.zeros(5))).max() == np.inf


def test_objects_stand_for_names():
    net = Network([2, 3], leaky_relu.with_slope(0.01), initialisation=normal(2.0))
    assert net.activation.slope == 0.01
    assert repr(net) == "<network 2-3, leaky_relu, softmax_cross_entropy>"
    np.testing.assert_array_equal(flat(Network([2, 3])), flat(Network([2, 3], seed=0)))
    assert Network([2, 3], loss=LOSSES["mean_squared_error"]).loss is LOSSES["mean_squared_error"]
    assert repr(Network([2, 3], seed=[1, 2])) == "<2 networks 2-3, relu, softmax_cross_entropy>"


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Network([3]), ValueError, "at least the inputs|sizes must name"),
        (lambda: Network([3, 0, 2]), ValueError, "size of a layer must be at least 1"),
        (lambda: Network([3, 2.0]), TypeError, "size of a layer.*2.0"),
        (lambda: Network([3, 2], "rellu"), ValueError, "unknown activation 'rellu'.*did you mean 'relu'"),
        (lambda: Network([3, 2], loss="hinge"), ValueError, "unknown loss 'hinge'"),
        (lambda: Network([3, 2], initialisation="hee"), ValueError, "unknown initialiser 'hee'"),
        (
            lambda: Network([3, 2], output_activation="softmax"),
            ValueError,
            "^softmax_cross_entropy contains the softmax: output_activation must be 'identity', got ",
        ),
        (
            lambda: Network([3, 2], loss="cross_entropy"),
            ValueError,
            "^cross_entropy wants probabilities: output_activation must be 'softmax', got 'identity'",
        ),
        (
            lambda: Network([3, 1], loss="sigmoid_cross_entropy", output_activation="sigmoid"),
            ValueError,
            "^sigmoid_cross_entropy contains the sigmoid: output_activation must be 'identity', got ",
        ),
        (lambda: Network([3, 1]), ValueError, "two classes or more"),
        (lambda: Network([3, 4, 1]), ValueError, "two classes or more"),
        (lambda: Network([3, 2], dtype=int), TypeError, "floating-point.*int64"),
        (lambda: Network([3, 2], seed=-1), ValueError, "seed must be at least 0"),
        (lambda: Network([3, 2], seed=0.5), TypeError, "seed must be a whole number"),
        (lambda: Network([3, 2], seed=[]), ValueError, "seed must be"),
        (lambda: Network([3, 2], seed=[[1, 2]]), ValueError, "seed must be"),
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
        net.forward(inputs).backward(labels)


@pytest.mark.parametrize("targets", [np.eye(2)[[0, 1, 0, 1]], np.eye(2, dtype=int)[[0, 1, 0, 1]]])
def test_accuracy_wants_labels(targets):
    net = Network([3, 2])
    with pytest.raises(ValueError, match=r"accuracy needs one class label a sample, got an array of shape \(4, 2\)"):
        net.accuracy(np.zeros((4, 3)), targets)
    assert np.isnan(train(net, np.zeros((4, 3)), targets, 0.1, 1).accuracy).all()


def test_numbers_are_no_labels():
    net = Network([1, 1], loss="mean_squared_error")
    with pytest.raises(ValueError, match="accuracy needs one class label a sample"):
        net.accuracy([[1.0], [2.0]], [0.5, 1.0])
    with pytest.raises(TypeError, match=r"^targets must hold real numbers"):
        net.loss_value([[1.0], [2.0]], ["a", "b"])


def test_counts_and_signs_are_told_apart_from_labels():
    """Whole numbers to be predicted have no accuracy, nor have labels that the outputs do not stand for."""
    x = np.array([[-1.0], [1.0], [2.0]])
    regression = Network([1, 1], loss="mean_squared_error")
    assert np.isnan(train(regression, x, [3, 5, 8], 0.01, 2).accuracy).all()
    signs = Network([1, 1], loss="mean_squared_error", output_activation="tanh")
    assert np.isnan(train(signs, x, [-1, 1, 1], 0.01, 2).accuracy).all()
    with pytest.raises(ValueError, match=r"one class label a sample, got \[-1, 1, 1\].*; expected .* from 0 to 1"):
        signs.accuracy(x, [-1, 1, 1])
    decided = Network([1, 1], loss="mean_squared_error", output_activation="sigmoid")
    decided.weights[0][:] = 9
    assert decided.accuracy(x, [0, 1, 1]) == decided.accuracy(x, np.array([False, True, True])) == 1


def test_validation_is_judged_as_the_training_targets_are():
    """A few counts that happen to be 0 and 1 are counts nevertheless."""
    x = np.array([[-1.0], [1.0], [2.0]])
    history = train(Network([1, 1], loss="mean_squared_error"), x, [0, 1, 2], 0.01, 2, validation=(x[:2], [0, 1]))
    assert np.isnan(history.validation_accuracy).all() and np.isfinite(history.validation_loss).all()


@pytest.mark.parametrize(
    ("targets", "outputs", "labels"),
    [([0, 2], 3, [0, 2]), ([0, 1], 1, [0, 1]), ([0, 2], 1, None), ([0.0, 1.0], 1, None), ([[0], [1]], 2, None)],
)
def test_labels_are_whole_numbers_with_an_output_each(targets, outputs, labels):
    found = class_labels(targets, outputs)
    assert found is None if labels is None else found.tolist() == labels
