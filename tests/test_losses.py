"""Losses: values, gradients and published numbers, against central differences and PyTorch."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from matplotlib.mathtext import MathTextParser

from helpers import losses
from helpers.datasets import yogurt_sales
from helpers.losses import (
    LOSSES,
    AsymmetricLoss,
    ClassificationLoss,
    HuberLoss,
    Loss,
    asymmetric_loss,
    cheapest_weights,
    cross_entropy,
    huber_loss,
    mean_squared_error,
    one_hot,
    sigmoid_cross_entropy,
    softmax,
    softmax_cross_entropy,
)

NAMES = [
    "mean_squared_error",
    "asymmetric_loss",
    "huber_loss",
    "cross_entropy",
    "softmax_cross_entropy",
    "sigmoid_cross_entropy",
]
REDUCTIONS = ["mean", "sum", "none"]
PRICED = asymmetric_loss.with_prices(1.5, 7.0)
ROUNDED = huber_loss.with_delta(0.7)
each = pytest.mark.parametrize(
    "loss", [{"asymmetric_loss": PRICED, "huber_loss": ROUNDED}.get(n, LOSSES[n]) for n in NAMES], ids=NAMES
)
each_reduction = pytest.mark.parametrize("reduction", REDUCTIONS)
each_classifier = pytest.mark.parametrize("loss", [cross_entropy, softmax_cross_entropy], ids=NAMES[3:5])


def example(loss, dtype=np.float64, shape=(6, 4), seed=0):
    """Return a prediction and a target that suit the loss."""
    rng = np.random.default_rng(seed)
    prediction, target = rng.standard_normal((2, *shape))
    if isinstance(loss, ClassificationLoss):
        target = softmax(target)
        if loss is cross_entropy:
            prediction = softmax(prediction)
    if loss is sigmoid_cross_entropy:
        target = softmax(target)  # any numbers from 0 to 1
    return prediction.astype(dtype), target.astype(dtype)


def in_torch(loss, prediction, target):
    """Return the single values of the loss as PyTorch computes them."""
    functional = torch.nn.functional
    if loss.name == "mean_squared_error":
        return functional.mse_loss(prediction, target, reduction="none")
    if loss.name == "asymmetric_loss":
        over = prediction - target
        return torch.where(over > 0, over * 1.5, -over * 7.0)
    if loss.name == "huber_loss":
        return functional.huber_loss(prediction, target, reduction="none", delta=0.7)
    if loss.name == "sigmoid_cross_entropy":
        return functional.binary_cross_entropy_with_logits(prediction, target, reduction="none")
    if loss.name == "cross_entropy":
        return -torch.xlogy(target, prediction).sum(dim=-1)
    return functional.cross_entropy(prediction, target, reduction="none")


def reduced(values, reduction):
    return {"mean": values.mean, "sum": values.sum, "none": lambda: values}[reduction]()


def test_registry_holds_the_losses_of_the_course_in_their_order():
    assert list(LOSSES) == NAMES
    for name, loss in LOSSES.items():
        assert isinstance(loss, Loss)
        assert loss is getattr(losses, name)
        assert loss.name == name
        assert name in repr(loss)


@each
def test_formulas_can_be_drawn(loss):
    for formula in (loss.formula, loss.gradient_formula):
        assert "$" not in formula
        MathTextParser("path").parse(f"${formula}$")


# Values and gradients


@each
def test_values_are_what_the_formulas_say(loss):
    prediction, target = example(loss)
    over = prediction - target
    chances = np.exp(prediction) / np.exp(prediction).sum(axis=-1, keepdims=True)
    yes = 1 / (1 + np.exp(-prediction))
    read = {  # formulas as a reader of the course understands them
        r"(\hat{y} - y)^2": over**2,
        r"2 (\hat{y} - y)": 2 * over,
        r"1.5\,\max(\hat{y} - y, 0) + 7\,\max(y - \hat{y}, 0)": np.where(over > 0, 1.5 * over, 7 * -over),
        r"1.5\,[\hat{y} > y] - 7\,[\hat{y} < y]": 1.5 * (over > 0) - 7.0 * (over < 0),
        r"\frac{1}{2} \min(|\hat{y} - y|, 0.7)^2 + 0.7\,\max(|\hat{y} - y| - 0.7, 0)": np.minimum(abs(over), 0.7) ** 2
        / 2
        + 0.7 * np.maximum(abs(over) - 0.7, 0),
        r"\max(-0.7, \min(\hat{y} - y, 0.7))": np.maximum(-0.7, np.minimum(over, 0.7)),
        r"-y \ln \sigma(z) - (1 - y) \ln (1 - \sigma(z))": -target * np.log(yes) - (1 - target) * np.log(1 - yes),
        r"\sigma(z) - y": yes - target,
        r"-\sum_k y_k \ln \hat{y}_k": -(target * np.log(np.abs(prediction))).sum(axis=-1),
        r"-\frac{y_k}{\hat{y}_k}": -target / prediction,
        r"-\sum_k y_k \ln \frac{e^{z_k}}{\sum_j e^{z_j}}": -(target * np.log(chances)).sum(axis=-1),
        r"\frac{e^{z_k}}{\sum_j e^{z_j}} - y_k": chances - target,
    }
    values = loss(prediction, target, reduction="none")
    gradient = loss.gradient(prediction, target, reduction="none")
    np.testing.assert_allclose(values, read[loss.formula], rtol=1e-13)
    np.testing.assert_allclose(gradient, read[loss.gradient_formula], rtol=1e-13, atol=1e-15)


@each
@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("shape", [(4,), (6, 4), (2, 3, 4)])
def test_gradient_matches_central_differences(loss, reduction, shape):
    prediction, target = example(loss, shape=shape)
    step = 1e-6
    numeric = np.empty_like(prediction)
    for index in np.ndindex(shape):
        ends = []
        for sign in (1, -1):
            moved = prediction.copy()
            moved[index] += sign * step
            ends.append(loss(moved, target, reduction=reduction))
        numeric[index] = (ends[0] - ends[1]) / (2 * step)
    gradient = loss.gradient(prediction, target, reduction=reduction)
    np.testing.assert_allclose(gradient, numeric, rtol=1e-6, atol=1e-8)


@each
@each_reduction
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float32, 2e-6), (np.float64, 1e-13)])
def test_values_and_gradients_match_pytorch(loss, reduction, dtype, tolerance):
    prediction, target = example(loss, dtype)
    leaf = torch.tensor(prediction, requires_grad=True)
    expected = reduced(in_torch(loss, leaf, torch.tensor(target)), reduction)
    expected.sum().backward()
    value = loss(prediction, target, reduction=reduction)
    gradient = loss.gradient(prediction, target, reduction=reduction)
    close = {"rtol": tolerance, "atol": tolerance}
    np.testing.assert_allclose(value, expected.detach().numpy(), **close)
    np.testing.assert_allclose(gradient, leaf.grad.numpy(), **close)
    assert value.dtype == gradient.dtype == dtype
    assert value.shape == expected.shape


@each_reduction
def test_class_labels_match_pytorch(reduction):
    logits, _ = example(softmax_cross_entropy, np.float64)
    labels = np.array([0, 3, 1, 1, 2, 0])
    leaf = torch.tensor(logits, requires_grad=True)
    expected = torch.nn.functional.cross_entropy(leaf, torch.tensor(labels), reduction=reduction)
    expected.sum().backward()
    close = {"rtol": 1e-13, "atol": 1e-15}
    np.testing.assert_allclose(
        softmax_cross_entropy(logits, labels, reduction=reduction), expected.detach().numpy(), **close
    )
    np.testing.assert_allclose(
        softmax_cross_entropy.gradient(logits, labels, reduction=reduction), leaf.grad.numpy(), **close
    )
    log_chances = torch.tensor(np.log(softmax(logits)))
    np.testing.assert_allclose(
        cross_entropy(softmax(logits), labels, reduction=reduction),
        torch.nn.functional.nll_loss(log_chances, torch.tensor(labels), reduction=reduction).numpy(),
        **close,
    )


@each
@each_reduction
def test_float32_in_float32_out_whatever_the_target(loss, reduction):
    prediction, target = example(loss, np.float32)
    for call in (loss, loss.gradient):
        result = call(prediction, target.astype(np.float64), reduction=reduction)
        assert result.dtype == np.float32
        assert call(prediction.tolist(), target, reduction=reduction).dtype == np.float64


@each
def test_inputs_are_left_alone_and_mean_is_the_default(loss):
    prediction, target = example(loss)
    before = prediction.copy(), target.copy()
    for call in (loss, loss.gradient):
        np.testing.assert_array_equal(
            call(prediction, target),
            call(prediction, target, reduction="mean"),
        )
    np.testing.assert_array_equal((prediction, target), before)
    assert np.isscalar(loss(prediction, target))


@each
def test_mean_is_over_all_values(loss):
    prediction, target = example(loss, shape=(2, 3, 4))
    values = loss(prediction, target, reduction="none")
    assert values.shape == ((2, 3) if isinstance(loss, ClassificationLoss) else (2, 3, 4))
    np.testing.assert_allclose(loss(prediction, target), values.mean())
    np.testing.assert_allclose(loss(prediction, target, reduction="sum"), values.sum())
    total = loss.gradient(prediction, target, reduction="sum")
    np.testing.assert_array_equal(loss.gradient(prediction, target, reduction="none"), total)
    np.testing.assert_allclose(loss.gradient(prediction, target), total / values.size)


# Regression


def test_squared_error_of_numbers():
    assert mean_squared_error(3, 1) == 4
    assert mean_squared_error.gradient(3, 1) == 4
    assert mean_squared_error([1, 2, 5], [1, 4, 4]) == 5 / 3
    assert type(mean_squared_error(np.float32(3), 1)) is np.float32


def test_asymmetric_loss_by_hand():
    prediction, target = [5.0, 2.0, 3.0], [3.0, 5.0, 3.0]
    np.testing.assert_array_equal(asymmetric_loss(prediction, target, reduction="none"), [2, 297, 0])
    np.testing.assert_array_equal(asymmetric_loss.gradient(prediction, target, reduction="none"), [1, -99, 0])
    assert asymmetric_loss(prediction, target, reduction="sum") == 299
    assert LOSSES["asymmetric_loss"].with_prices(3, 2)(prediction, target, reduction="sum") == 12


@given(
    tau=st.floats(0, 1),
    pair=arrays(np.float64, (2, 5), elements=st.floats(-1e6, 1e6)),
)
def test_asymmetric_loss_is_the_pinball_loss(tau, pair):
    prediction, target = pair
    missed = target - prediction
    pinball = np.where(missed >= 0, tau * missed, (tau - 1) * missed)
    np.testing.assert_allclose(
        asymmetric_loss.with_prices(1 - tau, tau)(prediction, target, reduction="none"), pinball, rtol=1e-12, atol=1e-12
    )


@pytest.mark.parametrize(("cost", "profit"), [(1, 99), (1, 1), (7, 2), (99, 1)])
def test_no_small_change_makes_the_cheapest_weights_cheaper(cost, profit):
    """The loss is convex: what is least among its neighbours is least of all."""
    data = yogurt_sales()

    def bill(w):
        return asymmetric_loss.with_prices(cost, profit)(data.inputs @ w, data.targets, reduction="sum")

    best = cheapest_weights(data.inputs, data.targets, cost, profit)
    for angle in np.linspace(0, 2 * np.pi, 360):
        assert bill(best + 1e-4 * np.array([np.cos(angle), np.sin(angle)])) > bill(best)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (([["a", "b"]] * 2, [1, 2]), TypeError, "^inputs must hold real numbers"),
        (([[1, 2], [3, 4]], ["a", "b"]), TypeError, "^target must hold real numbers"),
        (
            ([[1, 2]], [1]),
            ValueError,
            r"^inputs must have the shape \(samples, 2\) and 2 samples or more, got .*\(1, 2\)",
        ),
        (([1, 2], [1, 2]), ValueError, r"^inputs must have the shape \(samples, 2\).*\(2,\)"),
        ((np.ones((3, 3)), [1, 2, 3]), ValueError, r"^inputs must have the shape \(samples, 2\).*\(3, 3\)"),
        (([[1, 2], [3, 4]], [1, 2, 3]), ValueError, r"^target must have the shape \(2,\), got .*\(3,\)"),
        (([[1, 2], [2, 4]], [1, 2]), ValueError, "^no two rows of inputs may be multiples of each other"),
        (([[1, 2], [3, 4]], [1, 2], -1), ValueError, "^cost must be"),
        (([[1, 2], [3, 4]], [1, 2], 1, None), TypeError, "^profit must be a real number, got None"),
    ],
)
def test_cheapest_weights_of_what_has_none(arguments, error, message):
    with pytest.raises(error, match=message):
        cheapest_weights(*arguments, *(1, 99)[len(arguments) - 2 :])


@pytest.mark.parametrize(("cost", "profit"), [(1, 99), (99, 1), (1, 1), (2, 6)])
def test_best_constant_prediction_is_a_quantile(cost, profit):
    demand = np.random.default_rng(0).uniform(0, 100, 1000)
    guesses = np.linspace(0, 100, 2001)
    loss = asymmetric_loss.with_prices(cost, profit)
    mean_losses = [loss(np.full(1000, guess), demand) for guess in guesses]
    best = guesses[np.argmin(mean_losses)]
    assert abs(best - np.quantile(demand, profit / (cost + profit))) < 0.5


@pytest.mark.parametrize("loss", [mean_squared_error, PRICED], ids=NAMES[:2])
def test_diverged_predictions_give_inf_or_nan_without_a_warning(loss):
    prediction = np.array([1e38, -1e38, np.inf, np.nan], np.float32)
    values = loss(prediction * 3, np.zeros(4), reduction="none")
    assert not np.isfinite(values[2:]).any()
    assert not np.isfinite(loss(prediction, np.zeros(4)))
    gradient = loss.gradient(prediction * 3, np.zeros(4), reduction="none")
    assert np.isnan(gradient[3])


# Classification: published numbers and extremes

LABELS = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0], [0, 1, 0]]
LOGITS = [[12, 3, 2], [3, 10, 1], [1, 2, 5], [4, 6.5, 1.2], [3, 6, 1]]
PUBLISHED = [1.68795487e-04, 1.03475622e-03, 6.58839038e-02, 2.58349207e00, 5.49852354e-02]


def test_published_cross_entropies():
    np.testing.assert_allclose(cross_entropy([0.6, 0.4], [1, 0]), 0.5108256, rtol=1e-7)
    np.testing.assert_allclose(cross_entropy([0.8, 0.2], [1, 0]), 0.22314353, rtol=1e-7)


@pytest.mark.parametrize("target", [LABELS, [0, 1, 2, 0, 1]], ids=["one-hot", "labels"])
def test_published_softmax_cross_entropies_both_ways(target):
    together = softmax_cross_entropy(LOGITS, target, reduction="none")
    apart = cross_entropy(softmax(LOGITS), target, reduction="none")
    np.testing.assert_allclose(together, PUBLISHED, rtol=1e-8)
    np.testing.assert_allclose(apart, PUBLISHED, rtol=1e-8)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_stable_at_logits_of_1000(dtype):
    logits = np.array([1000, 0, 0], dtype)
    assert softmax_cross_entropy(logits, 1) == 1000
    assert softmax_cross_entropy(-logits, 0) == pytest.approx(1000 + np.log(2))
    assert softmax_cross_entropy(logits, 0) == 0
    assert not np.signbit(softmax_cross_entropy(logits, 0)), "no minus sign before 0"
    np.testing.assert_array_equal(softmax_cross_entropy.gradient(logits, 1), [1, -1, 0])
    np.testing.assert_array_equal(softmax(logits), [1, 0, 0])
    np.testing.assert_array_equal(softmax(-logits), [0, 0.5, 0.5])


def test_probability_zero():
    chances = [[0.0, 1.0, 0.0], [0.0, 0.5, 0.5]]
    np.testing.assert_array_equal(cross_entropy(chances, [0, 1], reduction="none"), [np.inf, np.log(2)])
    np.testing.assert_array_equal(
        cross_entropy.gradient(chances, [0, 1], reduction="none"), [[-np.inf, 0, 0], [0, -2, 0]]
    )
    assert cross_entropy(chances, [0, 1]) == np.inf
    perfect = cross_entropy([0.0, 1.0], [0, 1], reduction="none")
    assert perfect == 0
    assert not np.signbit(perfect), "no minus sign before 0"


@each_classifier
def test_labels_are_one_hot_rows(loss):
    prediction, _ = example(loss, shape=(2, 3, 4))
    labels = np.array([[0, 3, 1], [2, 2, 0]])
    for call in (loss, loss.gradient):
        for kind in (np.int64, np.uint8):
            np.testing.assert_array_equal(
                call(prediction, labels.astype(kind), reduction="none"),
                call(prediction, one_hot(labels, 4), reduction="none"),
            )
        assert call(prediction[0, 0], 3).dtype == np.float64  # one sample alone


@given(target=arrays(np.float64, (3, 4), elements=st.floats(-5, 5)), seed=st.integers(0, 1000))
def test_least_cross_entropy_is_the_entropy_of_the_target(target, seed):
    truth, other = softmax(target), softmax(np.random.default_rng(seed).standard_normal((3, 4)))
    entropy = cross_entropy(truth, truth)
    np.testing.assert_allclose(entropy, -(truth * np.log(truth)).sum(axis=-1).mean())
    assert cross_entropy(other, truth) >= entropy - 1e-12


any_logits = st.one_of(
    arrays(np.float32, (3, 4), elements=st.floats(width=32, allow_nan=False, allow_infinity=False)),
    arrays(np.float64, (3, 4), elements=st.floats(allow_nan=False, allow_infinity=False)),
)


@given(logits=any_logits)
def test_softmax_of_any_finite_logits_is_a_distribution(logits):
    chances = softmax(logits)
    assert chances.dtype == logits.dtype
    assert (chances >= 0).all()
    np.testing.assert_allclose(chances.sum(axis=-1), 1, rtol=1e-6)
    np.testing.assert_array_equal(
        chances.max(axis=-1), np.take_along_axis(chances, logits.argmax(axis=-1)[:, None], axis=-1)[:, 0]
    )
    for labels in ([0, 1, 2], [3, 3, 3]):
        values = softmax_cross_entropy(logits, labels, reduction="none")
        assert (values >= 0).all()  # inf only where the logits are further apart than the largest number
        assert np.isfinite(softmax_cross_entropy.gradient(logits, labels)).all()


@given(logits=arrays(np.float64, (3, 4), elements=st.floats(-50, 50)), shift=st.floats(-1000, 1000))
def test_softmax_does_not_feel_a_shift(logits, shift):
    np.testing.assert_allclose(softmax(logits + shift), softmax(logits), rtol=1e-11)
    np.testing.assert_allclose(
        softmax_cross_entropy(logits + shift, [0, 1, 2]), softmax_cross_entropy(logits, [0, 1, 2]), atol=1e-11
    )


def test_softmax_matches_pytorch():
    logits = np.random.default_rng(0).normal(0, 10, (5, 7))
    np.testing.assert_allclose(softmax(logits), torch.softmax(torch.tensor(logits), -1).numpy(), rtol=1e-13)
    assert softmax([1, 2]).dtype == np.float64


def test_softmax_of_diverged_logits_is_nan_without_a_warning():
    diverged = np.array([np.inf, 0, 0])
    assert np.isnan(softmax(diverged)).any()
    assert np.isnan(softmax_cross_entropy(diverged, 0))
    assert np.isnan(softmax_cross_entropy([np.nan, 0], 0))
    np.testing.assert_array_equal(softmax([-np.inf, 0]), [0, 1])  # a class ruled out is no divergence


def test_one_hot():
    np.testing.assert_array_equal(one_hot([[2, 0]], 3), [[[0, 0, 1], [1, 0, 0]]])
    assert one_hot([1], 2).dtype == np.float64
    assert one_hot([1], 2, np.float32).dtype == np.float32
    np.testing.assert_array_equal(one_hot([True, False], 2), [[0, 1], [1, 0]])
    assert one_hot([], 3).shape == (0, 3)


# Errors


@each
def test_shapes_that_do_not_match(loss):
    for call in (loss, loss.gradient):
        with pytest.raises(ValueError, match=r"target must h.*\(2, 3\).*got an array of shape \(3, 2\)"):
            call(np.full((2, 3), 0.5), np.zeros((3, 2)))
        with pytest.raises(ValueError, match=r"target must h.*\(2, 3\).*got an array of shape \(3,\)"):
            call(np.full((2, 3), 0.5), np.zeros(3))


@each
def test_unknown_reduction(loss):
    prediction, target = example(loss)
    for call in (loss, loss.gradient):
        with pytest.raises(ValueError, match="unknown reduction 'means': expected one of mean, sum, none"):
            call(prediction, target, reduction="means")


@each
def test_empty_arrays_have_a_sum_but_no_mean(loss):
    empty = np.empty((0, 3))
    for call in (loss, loss.gradient):
        with pytest.raises(ValueError, match=r"prediction must not be empty for a mean, got .*\(0, 3\)"):
            call(empty, empty)
        assert call(empty, empty, reduction="none").size == 0
    assert loss(empty, empty, reduction="sum") == 0


@each
def test_things_that_are_no_numbers(loss):
    prediction, target = example(loss)
    with pytest.raises(TypeError, match="prediction must hold real numbers"):
        loss(prediction * 1j, target)
    with pytest.raises(TypeError, match="target must hold real numbers"):
        loss(prediction, target * 1j)
    with pytest.raises(ValueError, match="prediction must be a number or an array of numbers"):
        loss([[1], [1, 2]], target)
    with pytest.raises(ValueError, match="target must be a number or an array of numbers"):
        loss(prediction, [[1], [1, 2]])


@each_classifier
def test_labels_that_are_no_labels(loss):
    prediction, _ = example(loss, shape=(2, 3))
    for labels, wrong in [([0, 3], 3), ([-1, 0], -1)]:
        with pytest.raises(ValueError, match=f"class labels must be from 0 to 2, got {wrong}"):
            loss(prediction, labels)
    with pytest.raises(TypeError, match=r"class labels must be whole numbers, got .*float64"):
        loss(prediction, [0.0, 1.0])
    with pytest.raises(ValueError, match=r"shape \(2, 3\) or class labels of shape \(2,\), got .*\(4,\)"):
        loss(prediction, [0.5, 1.5, 2.5, 3.5])
    for wrong in (1.0, np.empty((2, 0))):
        with pytest.raises(ValueError, match=r"prediction must have shape \(\.\.\., classes\), got an array of shape"):
            loss(wrong, 0)
    with pytest.raises(ValueError, match=r"shape \(2, 3, 4\) or class labels of shape \(2, 3\), got"):
        loss(np.ones((2, 3, 4)), [0, 1])


def test_binary_cross_entropy_is_that_of_two_classes_whose_logits_are_z_and_0():
    z = np.linspace(-800, 800, 41)
    for label in (0, 1):
        pair = np.stack([np.zeros_like(z), z], axis=-1)
        labels = np.full(len(z), label)
        ours = sigmoid_cross_entropy(z, labels.astype(float), reduction="none")
        np.testing.assert_allclose(ours, softmax_cross_entropy(pair, labels, reduction="none"), atol=1e-15)
        np.testing.assert_allclose(
            sigmoid_cross_entropy.gradient(z, labels, reduction="none"),
            softmax_cross_entropy.gradient(pair, labels, reduction="none")[:, 1],
            atol=1e-15,
        )


def test_a_sure_and_right_answer_keeps_its_small_surprise():
    np.testing.assert_allclose(sigmoid_cross_entropy([40.0, -40.0], [1, 0], reduction="none"), np.exp(-40), rtol=1e-12)


@pytest.mark.parametrize("delta", [0.5, 2])
def test_a_large_huber_loss_grows_by_delta_a_unit(delta):
    loss = huber_loss.with_delta(delta)
    values = loss([-4.0, -3.0, 0.1, 3.0, 4.0], np.zeros(5), reduction="none")
    assert values[0] - values[1] == values[4] - values[3] == delta
    assert values[2] == pytest.approx(0.005)


def test_hubers_delta_is_fixed_and_above_0():
    assert huber_loss.delta == 1
    assert repr(ROUNDED) == "<loss huber_loss, delta 0.7>"
    assert huber_loss.with_delta(1) == huber_loss != ROUNDED
    for make in (HuberLoss, huber_loss.with_delta):
        with pytest.raises(ValueError, match="delta must be a finite number above 0, got 0"):
            make(0)
        with pytest.raises(TypeError, match="delta must be a real number, got 'wide'"):
            make("wide")


def test_softmax_needs_classes():
    for wrong in (1.0, np.empty((2, 0))):
        with pytest.raises(ValueError, match=r"logits must have shape \(\.\.\., classes\), got an array of shape"):
            softmax(wrong)
    with pytest.raises(TypeError, match=r"^logits must hold real numbers"):
        softmax([1j])


def test_logits_given_as_probabilities():
    for call in (cross_entropy, cross_entropy.gradient):
        with pytest.raises(ValueError, match=r"must not be negative, got -2\.0; logits belong in softmax_cross"):
            call([[3.0, -2.0]], [0])


@pytest.mark.parametrize("name", ["cost", "profit"])
def test_prices_must_be_numbers_from_0(name):
    good = {"cost": 1, "profit": 2}
    for make in (AsymmetricLoss, asymmetric_loss.with_prices):
        with pytest.raises(ValueError, match=f"{name} must be a finite number at least 0, got -1"):
            make(**good | {name: -1})
        with pytest.raises(TypeError, match=f"{name} must be a real number, got 'a lot'"):
            make(**good | {name: "a lot"})
    priced = asymmetric_loss.with_prices(**good | {name: np.float64(3)})
    assert type(getattr(priced, name)) is float
    for call in (priced, priced.gradient):
        assert call(np.ones(2, np.float32), [2, 0]).dtype == np.float32


def test_prices_are_fixed():
    assert (asymmetric_loss.cost, asymmetric_loss.profit) == (1, 99)
    assert asymmetric_loss.with_prices(1, 99) == asymmetric_loss != asymmetric_loss.with_prices(1, 98)
    assert repr(PRICED) == "<loss asymmetric_loss, cost 1.5, profit 7>"
    assert (asymmetric_loss.cost, asymmetric_loss.profit) == (1, 99), "another one was made, this one kept its prices"


@each
def test_a_loss_cannot_be_changed(loss):
    for name in ("name", "cost", "delta", "other"):
        with pytest.raises(AttributeError):
            setattr(loss, name, "other")


def test_gradients_of_what_has_diverged_are_silent():
    for loss in (mean_squared_error, PRICED, ROUNDED):
        assert np.isnan(loss.gradient(np.inf, np.inf))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_softmax_of_logits_farther_apart_than_numbers_reach(dtype):
    largest = np.finfo(dtype).max
    np.testing.assert_array_equal(softmax(np.array([largest, -largest], dtype)), [1, 0])


def test_one_hot_of_how_many_classes():
    assert losses.one_hot([0, 0], 1).tolist() == [[1], [1]]
    with pytest.raises(ValueError, match=r"^classes must be at least 1, got 0"):
        losses.one_hot([], 0)
