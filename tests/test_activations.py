"""Activations: values, slopes and limits, against their own formulas and PyTorch."""

import inspect
import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from matplotlib.mathtext import MathTextParser

from helpers import activations
from helpers.activations import ACTIVATIONS, Activation, leaky_relu, relu, sigmoid

NAMES = ["sigmoid", "tanh", "relu", "leaky_relu", "identity", "softplus", "elu", "silu", "gelu"]
GRID = np.concatenate([np.linspace(-12, 12, 481), [-1e-3, 1e-3, 1e-9, -1e-9]])
each = pytest.mark.parametrize("f", ACTIVATIONS.values(), ids=ACTIVATIONS)
each_dtype = pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])

exp, erf = np.exp, np.vectorize(math.erf, otypes=[float])


def logistic(x):
    return 1 / (1 + exp(-x))


# Every formula as a reader of the course understands it: x is the input, f the value of the function.
READ = {
    r"\frac{1}{1 + e^{-x}}": lambda x, f: logistic(x),
    r"f(x)\,(1 - f(x))": lambda x, f: f * (1 - f),
    r"\frac{1 - e^{-2x}}{1 + e^{-2x}}": lambda x, f: (1 - exp(-2 * x)) / (1 + exp(-2 * x)),
    r"1 - f(x)^2": lambda x, f: 1 - f**2,
    r"\max(x, 0)": lambda x, f: np.where(x > 0, x, 0),
    r"[x > 0]": lambda x, f: np.where(x > 0, 1, 0),
    r"\max(0.2\,x, x)": lambda x, f: np.where(x > 0, x, 0.2 * x),
    r"[x > 0] + 0.2\,[x \leq 0]": lambda x, f: np.where(x > 0, 1, 0.2),
    r"x": lambda x, f: x,
    r"1": lambda x, f: np.ones_like(x),
    r"\ln(1 + e^x)": lambda x, f: np.log(1 + exp(x)),
    r"\max(x, 0) + e^{\min(x, 0)} - 1": lambda x, f: np.where(x > 0, x, exp(x) - 1),
    r"e^{\min(x, 0)}": lambda x, f: np.where(x > 0, 1, exp(x)),
    r"\frac{x}{1 + e^{-x}}": lambda x, f: x / (1 + exp(-x)),
    r"s + f(x)\,(1 - s),\ s = \frac{1}{1 + e^{-x}}": lambda x, f: logistic(x) + f * (1 - logistic(x)),
    r"x\,\Phi(x),\ \Phi(x) = \frac{1}{2} (1 + \mathrm{erf}(x / \sqrt{2}))": lambda x, f: (
        x * (1 + erf(x / np.sqrt(2))) / 2
    ),
    r"\Phi(x) + \frac{x}{\sqrt{2 \pi}}\,e^{-x^2 / 2}": lambda x, f: (
        (1 + erf(x / np.sqrt(2))) / 2 + x * exp(-(x**2) / 2) / np.sqrt(2 * np.pi)
    ),
}

TORCH = {
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "leaky_relu": lambda x: torch.nn.functional.leaky_relu(x, 0.2),
    "identity": lambda x: x * 1,
    "softplus": lambda x: torch.nn.functional.softplus(x, threshold=500),  # by default a ramp beyond 20
    "elu": torch.nn.functional.elu,
    "silu": torch.nn.functional.silu,
    "gelu": torch.nn.functional.gelu,
}

# Value at minus and plus infinity, then slope there.
LIMITS = {
    "sigmoid": (0, 1, 0, 0),
    "tanh": (-1, 1, 0, 0),
    "relu": (0, np.inf, 0, 1),
    "leaky_relu": (-np.inf, np.inf, 0.2, 1),
    "identity": (-np.inf, np.inf, 1, 1),
    "softplus": (0, np.inf, 0, 1),
    "elu": (-1, np.inf, 0, 1),
    "silu": (0, np.inf, 0, 1),
    "gelu": (0, np.inf, 0, 1),
}


def finite(dtype, shape=None):
    """Arrays of any finite numbers, the largest and smallest included."""
    width = np.dtype(dtype).itemsize * 8
    elements = st.floats(width=width, allow_nan=False, allow_infinity=False)
    return arrays(dtype, shape or array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4), elements=elements)


any_finite = st.one_of(finite(np.float32), finite(np.float64))


def extremes(dtype):
    limits = np.finfo(dtype)
    tiny = [limits.smallest_subnormal, limits.tiny, limits.eps]
    sizes = [*tiny, 1, 11, 12, 88, 89, 103, 104, 709, 710, 745, 746, 6e4, limits.max]
    positive = np.array(sizes, dtype)
    return np.concatenate([-positive[::-1], np.array([-0.0, 0.0], dtype), positive])


def test_registry_holds_the_functions_of_the_course_in_their_order():
    assert list(ACTIVATIONS) == NAMES
    for name, f in ACTIVATIONS.items():
        assert isinstance(f, Activation)
        assert f is getattr(activations, name)
        assert f.name == name
        assert name in repr(f)
        assert inspect.getdoc(type(f)) != inspect.getdoc(Activation)


# Values and derivatives


@each
def test_value_and_derivative_are_what_the_formulas_say(f):
    y = f(GRID)
    np.testing.assert_allclose(y, READ[f.formula](GRID, y), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(f.derivative(GRID), READ[f.derivative_formula](GRID, y), rtol=1e-12, atol=1e-14)


@each
def test_formulas_can_be_drawn(f):
    for formula in (f.formula, f.derivative_formula):
        assert "$" not in formula
        MathTextParser("path").parse(f"${formula}$")


@each
def test_derivative_matches_central_differences(f):
    x = np.linspace(-6, 6, 240)  # an even number of points: none at 0, where two functions have a kink
    h = 1e-5
    np.testing.assert_allclose(f.derivative(x), (f(x + h) - f(x - h)) / (2 * h), rtol=1e-7, atol=1e-9)


@each
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float32, 1e-6), (np.float64, 1e-14)])
def test_value_derivative_and_backward_match_pytorch(f, dtype, tolerance):
    x = np.append(GRID, [-80, -30, 0, 30, 80]).astype(dtype)
    gradient = np.random.default_rng(0).standard_normal(x.size).astype(dtype)
    x_torch = torch.tensor(x, requires_grad=True)
    y_torch = TORCH[f.name](x_torch)
    (slope,) = torch.autograd.grad(y_torch.sum(), x_torch, retain_graph=True)
    (product,) = torch.autograd.grad(y_torch, x_torch, torch.tensor(gradient))
    close = {"rtol": tolerance, "atol": tolerance}
    np.testing.assert_allclose(f(x), y_torch.detach().numpy(), **close)
    np.testing.assert_allclose(f.derivative(x), slope.numpy(), **close)
    np.testing.assert_allclose(f.backward(gradient, x, f(x)), product.numpy(), **close)


@pytest.mark.parametrize(
    ("f", "x", "value"),
    [
        (activations.sigmoid, -40.0, 4.248354255291589e-18),
        (activations.softplus, -40.0, 4.248354255291589e-18),
        (activations.silu, -40.0, -40 * 4.248354255291589e-18),
        (activations.gelu, -8.0, -8 * 6.220960574271785e-16),
        (activations.elu, -1e-12, -1e-12 + 5e-25),
        (activations.tanh, 1e-12, 1e-12),
        (activations.softplus, 1000.0, 1000.0),
    ],
)
def test_no_digits_are_lost_where_the_formula_cancels(f, x, value):
    np.testing.assert_allclose(f(x), value, rtol=1e-14)


def test_sigmoid_in_float32_is_right_to_4_ulp():
    x = np.linspace(-87, 100, 400_001, dtype=np.float32)
    exact = 1 / (1 + np.exp(-x.astype(np.float64)))
    assert (np.abs(sigmoid(x) - exact) / np.spacing(exact.astype(np.float32))).max() <= 4


def test_slopes_at_the_kinks_follow_the_convention():
    assert relu.derivative(0.0) == relu.derivative(-0.0) == 0
    assert leaky_relu.derivative(0.0) == 0.2
    assert sigmoid.derivative(0.0) == 0.25
    assert activations.tanh.derivative(0.0) == 1


# Extremes


@each
@each_dtype
def test_limits_at_infinity(f, dtype):
    ends = np.array([-np.inf, np.inf], dtype)
    low, high, slope_low, slope_high = np.array(LIMITS[f.name], dtype)
    np.testing.assert_array_equal(f(ends), [low, high])
    np.testing.assert_array_equal(f.derivative(ends), [slope_low, slope_high])


@each
@each_dtype
def test_nan_stays_nan(f, dtype):
    x = np.array([1, np.nan, -1], dtype)
    np.testing.assert_array_equal(np.isnan(f(x)), [False, True, False])
    assert np.isnan(f(dtype("nan")))


@each
@each_dtype
def test_extremes_give_no_nan_and_no_warning(f, dtype):
    x = extremes(dtype)
    low, high, slope_low, slope_high = LIMITS[f.name]
    y, slope = f(x), f.derivative(x)
    assert y.dtype == slope.dtype == dtype
    assert np.isfinite(y).all()
    assert np.isfinite(slope).all()
    np.testing.assert_allclose(slope[[0, -1]], [slope_low, slope_high], rtol=1e-3)
    if np.isfinite(low):
        np.testing.assert_allclose(y[0], low, rtol=1e-3)
    if np.isfinite(high):
        np.testing.assert_allclose(y[-1], high, rtol=1e-3)


@each
@given(x=any_finite)
def test_any_finite_input_keeps_dtype_and_shape_and_gives_finite_output(f, x):
    for result in (f(x), f.derivative(x)):
        assert result.dtype == x.dtype
        assert result.shape == x.shape
        assert np.isfinite(result).all()


@each
@given(x=any_finite)
def test_output_stays_in_its_range(f, x):
    low, high = f.output_range
    y = f(x)
    eps = np.finfo(x.dtype).eps
    assert (y >= low - eps).all()
    assert (y <= high + eps).all()


@each
def test_output_range_is_reached(f):
    y = f(np.array([-np.inf, *np.linspace(-5, 5, 10_001), np.inf]))
    np.testing.assert_allclose([y.min(), y.max()], f.output_range, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("f", ACTIVATIONS.values(), ids=ACTIVATIONS)
def test_zero_mean_tells_the_odd_functions_from_the_others(f):
    x = np.linspace(-3, 3, 13)
    assert f.zero_mean == np.allclose(f(-x), -f(x))
    assert f.zero_mean == (abs(f(x).mean()) < 1e-12)


# Buffers, shapes, kinds of input


@each
@given(x=any_finite, data=st.data())
def test_out_gives_the_same_and_may_be_the_input(f, x, data):
    gradient = data.draw(arrays(x.dtype, x.shape, elements=st.floats(-1000, 1000, width=32)))
    y, slope = np.asarray(f(x)), np.asarray(f.derivative(x))
    product = gradient * slope
    np.testing.assert_array_equal(f.backward(gradient, x, y), product)
    for call, expected in [
        (lambda out: f(x, out=out), y),
        (lambda out: f.derivative(x, out=out), slope),
        (lambda out: f.backward(gradient, x, y, out=out), product),
        (lambda out: f(out, out=out), y),
        (lambda out: f.derivative(out, out=out), slope),
    ]:
        buffer = x.copy()
        call(buffer)
        np.testing.assert_array_equal(buffer, expected)
    f.backward(gradient, x, y, out=gradient)
    np.testing.assert_array_equal(gradient, product)


@each
@each_dtype
def test_the_steps_of_a_network_keep_the_dtype(f, dtype):
    x = np.linspace(-3, 3, 7, dtype=dtype)
    out = np.empty_like(x)
    assert f.forward(x, out) is out
    np.testing.assert_array_equal(out, f(x))
    assert f.backward(np.ones_like(x), x, out).dtype == dtype


@each
def test_an_array_out_is_returned_and_the_input_left_alone(f):
    x = np.array([[-1.0, 0.5], [2.0, -3.0]])
    before, out = x.copy(), np.empty_like(x)
    assert f(x, out=out) is out
    assert f.derivative(x, out=out) is out
    assert f.backward(np.ones_like(x), x, f(x), out=out) is out
    np.testing.assert_array_equal(x, before)
    np.testing.assert_array_equal(f(x.T), f(x).T)
    np.testing.assert_array_equal(f(x[:, ::-1]), f(x)[:, ::-1])


@each
@each_dtype
def test_scalars_in_scalars_out(f, dtype):
    for result in (f(dtype(0.5)), f.derivative(dtype(0.5))):
        assert type(result) is dtype
    assert type(f(0.5)) is type(f.derivative(0.5)) is np.float64


@each
def test_lists_and_whole_numbers_become_float64(f):
    expected = f(np.array([-1.0, 0.0, 2.0]))
    for x in ([-1, 0, 2], np.array([-1, 0, 2]), np.array([-1, 0, 2], np.int8)):
        assert f(x).dtype == f.derivative(x).dtype == np.float64
        np.testing.assert_array_equal(f(x), expected)


@each
def test_wrong_inputs_say_what_was_expected(f):
    for call in (f, f.derivative):
        with pytest.raises(TypeError, match=r"x must hold real numbers, got .*complex"):
            call(np.array([1j]))
        with pytest.raises(TypeError, match=r"x must hold real numbers"):
            call("one")
        with pytest.raises(ValueError, match=r"shape of x, \(3,\), got an array of shape \(2, 3\)"):
            call(np.zeros(3), out=np.zeros((2, 3)))
        for wrong in ([0.0], np.zeros(1, int), np.zeros(1, object)):
            with pytest.raises(TypeError, match=r"out must be an array of floating-point numbers, got "):
                call(np.zeros(1), out=wrong)


@each
def test_an_activation_cannot_be_changed(f):
    for name in ("name", "slope", "other"):
        with pytest.raises(AttributeError):
            setattr(f, name, "other")


# Leaky ReLU's slope


@pytest.mark.parametrize("slope", [0, 0.01, 0.3, 1, np.float32(0.5)])
def test_leaky_relu_of_another_slope(slope):
    f = leaky_relu.with_slope(slope)
    x = np.array([-np.inf, -2, 0, 3, np.inf, np.nan], np.float32)
    left = -np.inf if slope else 0
    np.testing.assert_allclose(f(x), [left, -2 * slope, 0, 3, np.inf, np.nan])
    np.testing.assert_allclose(f.derivative(x[:-1]), [slope, slope, slope, 1, 1])
    assert f(x).dtype == f.derivative(x).dtype == np.float32
    assert f.output_range == (left, np.inf)
    assert f"{slope:g}" in f.formula
    assert f"{slope:g}" in f.derivative_formula
    assert f"{slope:g}" in repr(f)
    assert type(f.slope) is float
    assert leaky_relu.slope == 0.2, "the original keeps its slope"


def test_leaky_relus_of_one_slope_are_equal():
    assert leaky_relu.with_slope(0.2) == leaky_relu
    assert leaky_relu.with_slope(0.1) != leaky_relu


@pytest.mark.parametrize("slope", [-0.1, 1.1, math.nan])
def test_leaky_relu_refuses_slopes_outside_0_to_1(slope):
    with pytest.raises(ValueError, match="slope must be a finite number at least 0 and at most 1, got"):
        leaky_relu.with_slope(slope)


def test_leaky_relu_refuses_a_slope_that_is_no_number():
    with pytest.raises(TypeError, match=r"slope must be a real number, got '0\.1'"):
        leaky_relu.with_slope("0.1")


def test_an_array_that_all_share_cannot_be_written_to():
    shared = activations._full(0, (2, 3), np.dtype("float32"))
    with pytest.raises(ValueError, match="read-only"):
        shared[0] = 1
