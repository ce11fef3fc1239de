"""Gradient descent: the published numbers, the table of 40 rows byte for byte, silent divergence."""

import warnings
from dataclasses import FrozenInstanceError
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.descent import Rule, adam, gradient_descent, momentum, plain
from helpers.schedules import constant, exponential_decay, step_decay

TABLE = Path(__file__).parents[1] / "data" / "decay_table.txt"


def loss(w):
    return (w + 1) ** 2


def gradient(w):
    return 2 * (w + 1)


def bowl(learning_rate, steps=40, start=5.0):
    return gradient_descent(loss, gradient, start, learning_rate, steps)


def table(path):
    return "".join(
        f"After {epoch:2d} epoch,\tw is {w:f},\tloss is {value:f}\tlr is {rate:f}\n"
        for epoch, (w, value, rate) in enumerate(
            zip(path.parameters[1:], path.losses, path.learning_rates, strict=True)
        )
    )


@pytest.mark.parametrize("square", [lambda x: x**2, lambda x: x * x, np.square])
def test_the_table_of_40_rows_byte_for_byte(square):
    schedule = exponential_decay(0.2, 0.99, 1)
    path = gradient_descent(lambda w: square(w + 1), gradient, np.float32(5), schedule, 40)
    assert table(path).encode() == TABLE.read_bytes()


def test_the_table_needs_float32():
    assert table(bowl(exponential_decay(0.2, 0.99, 1))).encode() != TABLE.read_bytes()


def test_learning_rates_are_the_schedule_in_full_precision():
    schedule = exponential_decay(0.2, 0.99, 1)
    path = bowl(schedule, start=np.float32(5))
    assert path.learning_rates.dtype == np.float64
    assert path.learning_rates.tolist() == [schedule(step) for step in range(40)]
    assert bowl(0.1).learning_rates.tolist() == [0.1] * 40


def test_published_path_of_the_constant_rate():
    path = bowl(0.2, start=np.float32(5))
    assert [f"{w:g}" for w in path.parameters[:6]] == ["5", "2.6", "1.16", "0.296", "-0.2224", "-0.53344"]
    assert [f"{value:f}" for value in path.losses[:5]] == [
        "36.000000",
        "12.959999",
        "4.665599",
        "1.679616",
        "0.604662",
    ]
    printed = [f"{w:f}" for w in path.parameters[1:]]
    assert printed.index("-1.000000") == 31
    assert set(printed[31:]) == {"-1.000000"}


def test_rate_1_jumps_to_and_fro_for_ever():
    path = bowl(1, start=np.float32(5))
    assert path.parameters.tolist() == [5, -7] * 20 + [5]
    assert (path.losses == 36).all()


def test_0_001_and_0_999_are_mirror_images():
    slow, jumpy = (bowl(rate, 5000).parameters + 1 for rate in (0.001, 0.999))
    np.testing.assert_allclose(jumpy, slow * (-1.0) ** np.arange(5001), rtol=1e-9)
    for error in (slow, jumpy):
        assert np.argmax(abs(error) <= 1e-3) == 4346


@pytest.mark.parametrize(
    ("base", "without_decay", "with_decay"),
    [(0.2, "8.0e-09", "5.8e-07"), (0.999, "5.5e+00", "4.0e-08"), (1.1, "8.8e+03", "5.6e-04")],
)
def test_published_errors_with_and_without_decay(base, without_decay, with_decay):
    assert f"{abs(bowl(base).parameters[-1] + 1):.1e}" == without_decay
    assert f"{abs(bowl(exponential_decay(base, 0.99, 1)).parameters[-1] + 1):.1e}" == with_decay


def test_published_errors_to_more_digits():
    assert f"{abs(bowl(0.999).parameters[-1] + 1):.2f}" == "5.54"
    assert f"{abs(bowl(1.1).parameters[-1] + 1):.0f}" == "8819"


@given(rate=st.floats(0, 1.2), start=st.floats(-10, 10), steps=st.integers(0, 60))
def test_the_error_shrinks_by_1_minus_2_rates_a_step(rate, start, steps):
    path = bowl(rate, steps, start)
    expected = (start + 1) * (1 - 2 * rate) ** np.arange(steps + 1)
    np.testing.assert_allclose(path.parameters + 1, expected, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(path.losses, loss(path.parameters[:-1]), rtol=1e-14)


def test_each_step_uses_the_rate_of_its_own_step():
    path = bowl(step_decay(0.5, 0.5, 1), steps=3)
    assert path.learning_rates.tolist() == [0.5, 0.25, 0.125]
    assert path.parameters.tolist() == [5, -1, -1, -1]
    assert bowl(lambda step: step / 4, steps=3).parameters.tolist() == [5, 5, 2, -1]


def test_any_function_of_the_step_is_a_schedule():
    assert (bowl(constant(0.2)).parameters == bowl(lambda step: 0.2).parameters).all()


def quadratic(curvatures):
    return lambda w: (curvatures * w * w).sum() / 2, lambda w: curvatures * w


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
@pytest.mark.parametrize("shape", [(), (1,), (3,), (2, 3)])
def test_arrays_of_parameters(dtype, shape):
    curvatures = (np.arange(1, np.prod(shape, dtype=int) + 1)).reshape(shape).astype(dtype)
    start = np.ones(shape, dtype)
    path = gradient_descent(*quadratic(curvatures), start, 0.125, 5)
    assert path.parameters.shape == (6, *shape)
    assert path.parameters.dtype == path.losses.dtype == dtype
    assert path.losses.shape == path.learning_rates.shape == (5,)
    expected = [(1 - curvatures / 8) ** step for step in range(6)]
    np.testing.assert_allclose(path.parameters, np.array(expected), rtol=4 * float(np.finfo(dtype).eps))
    assert (start == 1).all()


def test_the_type_of_the_start_wins_over_that_of_the_gradient():
    wide = gradient_descent(loss, lambda w: np.float64(2) * (w + 1), np.float32(5), 0.2, 40)
    assert wide.parameters.dtype == wide.losses.dtype == np.float32
    seen = []
    gradient_descent(loss, lambda w: seen.append(w.dtype) or np.float64(2) * w, np.float32(5), 0.2, 3)
    assert set(seen) == {np.dtype(np.float32)}


@pytest.mark.parametrize(("start", "dtype"), [(5, np.float64), (5.0, np.float64), (np.float32(5), np.float32)])
def test_the_type_follows_the_start(start, dtype):
    path = bowl(0.2, start=start)
    assert path.parameters.dtype == path.losses.dtype == dtype
    assert gradient_descent(lambda w: w.sum(), np.ones_like, [1, 2], 1, 1).parameters.tolist() == [
        [1, 2],
        [0, 1],
    ]


def test_no_steps():
    path = bowl(0.2, steps=0)
    assert path.parameters.tolist() == [5]
    assert path.losses.shape == path.learning_rates.shape == (0,)


def test_a_record_stays_as_it_was_made_and_is_equal_to_itself_alone():
    path = bowl(0.2)
    with pytest.raises(FrozenInstanceError):
        path.losses = path.losses[1:]
    assert {path: "here"}[path] == "here" and path != bowl(0.2)


@pytest.mark.parametrize("start", [5.0, np.float32(5), np.float16(5), np.full(3, 5.0)])
@pytest.mark.parametrize("rate", [1.5, 1e5, 1e300])
def test_divergence_is_silent_and_goes_to_the_end(start, rate):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        path = gradient_descent(lambda w: ((w + 1) ** 2).sum(), gradient, start, rate, 3000)
    assert not np.isfinite(path.parameters[-1]).any()
    assert not np.isfinite(path.losses[-1])
    assert np.isinf(path.losses).any()
    assert len(path.losses) == 3000


def test_shapes_that_do_not_fit():
    with pytest.raises(ValueError, match=r"loss must return a value of shape \(\), got an array of shape \(3,\)"):
        gradient_descent(loss, gradient, np.ones(3), 0.1, 5)
    with pytest.raises(ValueError, match=r"gradient must return a value of shape \(3,\), got np.float64"):
        gradient_descent(lambda w: w.sum(), lambda w: w.sum(), np.ones(3), 0.1, 5)
    with pytest.raises(ValueError, match=r"gradient must return a value of shape \(\), got an array of shape \(2,\)"):
        gradient_descent(loss, lambda w: np.ones(2), 1.0, 0.1, 5)


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"loss": 3.0}, TypeError, "loss must be a function of the parameters, got 3.0"),
        ({"gradient": None}, TypeError, "gradient must be a function of the parameters, got None"),
        ({"loss": lambda w: None}, TypeError, "what loss returns must hold real numbers, got .*object"),
        ({"gradient": lambda w: None}, TypeError, "what gradient returns must hold real numbers, got .*object"),
        ({"loss": lambda w: "low"}, TypeError, "what loss returns must hold real numbers"),
        ({"gradient": lambda w: 1j * w}, TypeError, "what gradient returns must hold real numbers, got .*complex"),
        ({"start": "5"}, TypeError, "start must hold real numbers"),
        ({"start": []}, ValueError, "start must not be empty"),
        ({"start": [[1], [1, 2]]}, ValueError, "start must be a number or an array"),
        ({"learning_rate": "0.1"}, TypeError, "learning_rate must be a number or a schedule"),
        ({"learning_rate": -0.1}, ValueError, "learning_rate must be a finite number at least 0, got -0.1"),
        ({"steps": 2.0}, TypeError, "steps must be a whole number, got 2.0"),
        ({"steps": -1}, ValueError, "steps must be at least 0, got -1"),
    ],
)
def test_wrong_arguments(changes, error, message):
    arguments = {"loss": loss, "gradient": gradient, "start": 5.0, "learning_rate": 0.1, "steps": 3}
    with pytest.raises(error, match=message):
        gradient_descent(**(arguments | changes))


# -- other rules -----------------------------------------------------------------------------------------------------


def test_momentum_by_hand():
    """On the bowl from 5: slopes 12, then with v = 12 a step of 0.1 leads to 3.8, whose slope is 9.6."""
    path = gradient_descent(loss, gradient, 5.0, 0.1, 2, momentum(0.5))
    assert path.parameters.tolist() == pytest.approx([5, 3.8, 3.8 - 0.1 * (0.5 * 12 + 9.6)])


def test_adam_by_hand():
    """The first direction is the slope's sign; the second is m / sqrt(s) of two slopes, both freed from the start."""
    path = gradient_descent(loss, gradient, 5.0, 0.1, 2, adam(0.5, 0.75))
    m = (0.25 * 12 + 0.5 * 11.8) / 0.75
    s = (0.75 * 0.25 * 12**2 + 0.25 * 11.8**2) / (1 - 0.75**2)
    assert path.parameters.tolist() == pytest.approx([5, 4.9, 4.9 - 0.1 * m / s**0.5])


def test_without_a_rule_the_direction_is_the_slope():
    for rule in (plain(), momentum(0)):
        other = gradient_descent(loss, gradient, 5.0, 0.2, 40, rule)
        np.testing.assert_array_equal(other.parameters, bowl(0.2).parameters)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("rule", [plain(), momentum(), adam()], ids=lambda rule: rule.name)
def test_a_rule_keeps_the_type_of_the_start(rule, dtype):
    seen = []

    def direction(g, memory, t):
        d, memory = rule.direction(g, memory, t)
        seen.extend(np.asarray(one).dtype for one in (d, *memory))
        return d, memory

    watched = Rule(rule.name, rule.memory, direction)
    path = gradient_descent(lambda w: (w**2).sum(), lambda w: np.float64(2) * w, np.ones(3, dtype), 0.1, 5, watched)
    assert path.parameters.dtype == dtype and set(seen) == {np.dtype(dtype)}


def test_a_rule_has_no_memory_of_the_walk_before():
    rule = adam()
    first, second = (gradient_descent(loss, gradient, 5.0, 0.2, 9, rule).parameters for _ in range(2))
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("rule", "theirs"),
    [
        (plain(), lambda torch, w: torch.optim.SGD(w, lr=0.03)),
        (momentum(0.7), lambda torch, w: torch.optim.SGD(w, lr=0.03, momentum=0.7)),
        (adam(), lambda torch, w: torch.optim.Adam(w, lr=0.03)),
        (adam(0.5, 0.9, 1e-3), lambda torch, w: torch.optim.Adam(w, lr=0.03, betas=(0.5, 0.9), eps=1e-3)),
    ],
    ids=["plain", "momentum", "adam", "adam with other numbers"],
)
def test_the_rules_are_those_of_pytorch(rule, theirs, dtype):
    torch = pytest.importorskip("torch")
    curvatures, start = np.array([1, 20], dtype), np.array([4, -3], dtype)
    ours = gradient_descent(lambda w: curvatures @ w**2 / 2, lambda w: curvatures * w, start, 0.03, 50, rule)
    w = torch.tensor(start, requires_grad=True)
    optimiser = theirs(torch, [w])
    for step in range(50):
        optimiser.zero_grad()
        (torch.tensor(curvatures) @ w**2 / 2).backward()
        optimiser.step()
        tolerance = 100 * float(np.finfo(dtype).eps)
        np.testing.assert_allclose(ours.parameters[step + 1], w.detach().numpy(), rtol=tolerance, atol=5 * tolerance)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: momentum(1), ValueError, "beta must be below 1, got 1"),
        (lambda: momentum(-0.1), ValueError, "beta must be a finite number at least 0 and at most 1"),
        (lambda: adam(beta_1=1.0), ValueError, "beta_1 must be below 1"),
        (lambda: adam(beta_2="much"), TypeError, "beta_2 must be a real number"),
        (lambda: adam(epsilon=0), ValueError, "epsilon must be a finite number above 0"),
        (lambda: gradient_descent(loss, gradient, 5.0, 0.1, 3, "adam"), TypeError, "rule must be a Rule such as"),
        (lambda: gradient_descent(loss, gradient, 5.0, 0.1, 3, adam), TypeError, "rule must be a Rule such as"),
    ],
)
def test_wrong_rules(make, error, message):
    with pytest.raises(error, match=message):
        make()
