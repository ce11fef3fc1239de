"""Schedules: their values worked by hand, their purity, and the same answer for numbers and arrays."""

import inspect
import math
import re
from dataclasses import FrozenInstanceError
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.mathtext import MathTextParser

from helpers._checks import what_is
from helpers.schedules import (
    SCHEDULES,
    Schedule,
    as_schedule,
    constant,
    cosine_decay,
    exponential_decay,
    inverse_time_decay,
    linear_warmup,
    step_decay,
)

# A good value for every parameter by name, so that a new schedule is tested as soon as it is registered.
ARGUMENTS = {
    "learning_rate": 0.1,
    "initial_learning_rate": 0.1,
    "decay_rate": 0.7,
    "decay_steps": 8,
    "drop": 0.5,
    "every": 8,
    "schedule": 0.1,
    "warmup_steps": 8,
}


def make(name, **changes):
    """Make the schedule of this name; parameters that have a default keep it unless changed."""
    parameters = inspect.signature(SCHEDULES[name]).parameters.values()
    arguments = {p.name: ARGUMENTS[p.name] for p in parameters if p.default is p.empty}
    return SCHEDULES[name](**(arguments | changes))


every_schedule = pytest.mark.parametrize("name", SCHEDULES)


@every_schedule
def test_a_number_gives_a_python_float(name):
    schedule = make(name)
    for step in (0, 3, 7.5, np.int64(3), np.float32(2), np.array(3)):
        assert type(schedule(step)) is float


@every_schedule
@pytest.mark.parametrize("steps", [np.arange(30), np.arange(30.0, dtype=np.float32), np.ones((2, 3), int), [], [1, 2]])
def test_an_array_gives_a_rate_for_each_step(name, steps):
    schedule = make(name)
    rates = schedule(steps)
    assert rates.dtype == np.float64
    assert rates.shape == np.shape(steps)
    one_by_one = [schedule(float(step)) for step in np.ravel(steps)]
    np.testing.assert_allclose(np.ravel(rates), one_by_one, rtol=1e-14)


@every_schedule
def test_rates_in_a_row_are_those_of_the_steps(name):
    schedule = make(name)
    for steps in (range(30), range(10, 20), range(20, 10, -3), range(0)):
        rates = schedule.rates(steps)
        assert rates.dtype == np.float64
        assert rates.tolist() == [schedule(step) for step in steps]
    for wrong in (range(-1, 3), range(3, -2, -1)):
        with pytest.raises(ValueError, match=re.escape(f"steps must be at least 0, got {wrong}")):
            schedule.rates(wrong)
    for wrong in (3, None, [0, 1], "3"):
        with pytest.raises(
            TypeError, match=re.escape(f"steps must be a range such as range(40), got {what_is(wrong)}")
        ):
            schedule.rates(wrong)


@every_schedule
def test_a_step_has_one_answer(name):
    schedule = make(name)
    first = [schedule(step) for step in range(20)]
    schedule(1000)
    assert [schedule(step) for step in reversed(range(20))] == first[::-1]
    steps = np.arange(20)
    assert (schedule(steps) == schedule(steps)).all()
    assert (steps == np.arange(20)).all()


@every_schedule
@given(step=st.integers(0, 10_000) | st.floats(0, 1e6))
def test_rates_stay_between_nothing_and_the_initial_rate(name, step):
    assert 0 <= make(name)(step) <= 0.1


@every_schedule
def test_the_rate_scales_with_the_initial_rate(name):
    rate = next(iter(inspect.signature(SCHEDULES[name]).parameters))
    steps = np.arange(20)
    np.testing.assert_allclose(make(name, **{rate: 0.3})(steps), 3 * make(name)(steps), rtol=1e-14)
    assert (make(name, **{rate: 0})(steps) == 0).all()


@every_schedule
@pytest.mark.parametrize("step", [-1, -0.5, math.nan, math.inf, [0, -1], [math.nan], [math.inf]])
def test_steps_start_at_zero(name, step):
    with pytest.raises(ValueError, match=f"at least 0, got {re.escape(what_is(step))}"):
        make(name)(step)


@every_schedule
@pytest.mark.parametrize("step", ["one", None, True, ["one"], 1j])
def test_steps_are_numbers(name, step):
    with pytest.raises(TypeError, match=r"step must .* number"):
        make(name)(step)


@every_schedule
def test_bad_parameters(name):
    for parameter in inspect.signature(SCHEDULES[name]).parameters.values():
        if parameter.name == "staircase":
            for wrong in (1, "yes", None):
                with pytest.raises(TypeError, match=r"^staircase must be True or False, got"):
                    make(name, staircase=wrong)
        else:
            said = parameter.name.removeprefix("schedule") or "learning_rate"
            with pytest.raises(TypeError, match=f"^{said} must be a .*number.*, got 'x'"):
                make(name, **{parameter.name: "x"})
            for value in (-0.1, math.nan, math.inf):
                with pytest.raises(ValueError, match=f"^{said} must be a finite number"):
                    make(name, **{parameter.name: value})


@pytest.mark.parametrize("parameter", ["decay_rate", "decay_steps", "drop", "every", "warmup_steps"])
def test_parameters_that_must_not_be_zero(parameter):
    takers = [name for name in SCHEDULES if parameter in inspect.signature(SCHEDULES[name]).parameters]
    assert takers
    for name in takers:
        with pytest.raises(ValueError, match=f"{parameter} must be a finite number above 0"):
            make(name, **{parameter: 0})


@pytest.mark.parametrize("make_schedule", [lambda: exponential_decay(1, 1.01, 1), lambda: step_decay(1, 2, 1)])
def test_a_decay_does_not_grow(make_schedule):
    with pytest.raises(ValueError, match="at most 1, got "):
        make_schedule()


def test_final_fraction_is_a_fraction():
    with pytest.raises(ValueError, match=r"final_fraction must be .* at most 1, got 2"):
        cosine_decay(0.1, 10, final_fraction=2)


@every_schedule
def test_what_a_schedule_says_of_itself(name):
    schedule = make(name)
    assert SCHEDULES[name].__name__ == schedule.name == name
    assert list(schedule.parameters) == list(inspect.signature(SCHEDULES[name]).parameters)
    again = eval(repr(schedule), dict(SCHEDULES))
    assert repr(again) == repr(schedule)
    assert (again(np.arange(20)) == schedule(np.arange(20))).all()
    MathTextParser("path").parse(f"${schedule.formula}$")  # which raises on what cannot be drawn


def test_the_formula_names_the_staircase():
    for name in ("exponential_decay", "inverse_time_decay"):
        smooth, stairs = make(name), make(name, staircase=True)
        assert "floor" in stairs.formula
        assert "floor" not in smooth.formula


#: Parameter -> its symbol in the formulas.
SYMBOLS = {
    "initial_learning_rate": "eta_0",
    "decay_rate": "r",
    "decay_steps": "T",
    "drop": "r",
    "every": "T",
    "final_fraction": "f",
    "schedule": "eta",
    "learning_rate": "eta",
    "warmup_steps": "T_w",
}


def formula_at(schedule, t):
    """Compute what the LaTeX formula says, as a reader would."""
    code = re.sub(r"\\(left|right)", "", schedule.formula)
    code = re.sub(r"\\frac{([^{}]*)}{([^{}]*)}", r"((\1) / (\2))", code.replace(r"\,", "*").replace(r"\cdot", "*"))
    code = re.sub(r"(?<=\w) (?=\(|\\lfloor|\\min)", "*", code)  # a product may be written without a sign
    code = code.replace(r"\lfloor", "floor(").replace(r"\rfloor", ")")
    code = code.replace("^{", "**(").replace("}", ")").replace("\\", "")
    parameters = {name: ARGUMENTS.get(name, value) for name, value in schedule.parameters.items()}
    values = {symbol: parameters[name] for name, symbol in SYMBOLS.items() if name in parameters}
    return eval(code, {"floor": math.floor, "min": min, "cos": math.cos, "pi": math.pi, "t": t}, values)


@every_schedule
@pytest.mark.parametrize("staircase", [False, True])
def test_the_formula_is_the_rule(name, staircase):
    has_stairs = "staircase" in inspect.signature(SCHEDULES[name]).parameters
    schedule = make(name, staircase=staircase) if has_stairs else make(name)
    for step in (0, 1, 3, 7, 8, 12, 30):
        assert schedule(step) == pytest.approx(formula_at(schedule, step)), schedule.formula


def test_constant():
    assert constant(0.2)(0) == constant(0.2)(10**6) == 0.2
    assert constant(1)(3) == 1.0


def test_a_schedule_stays_as_it_was_made_and_is_equal_to_itself_alone():
    schedule = constant(0.2)
    with pytest.raises(FrozenInstanceError):
        schedule.formula = "0.3"
    assert {schedule: "slow"}[schedule] == "slow" and schedule != constant(0.2)


def test_exponential_decay_is_exact_in_python_floats():
    schedule = exponential_decay(0.2, 0.99, 1)
    assert [schedule(step) for step in range(1000)] == [0.2 * 0.99**step for step in range(1000)]
    schedule = exponential_decay(np.float64(0.2), 0.99, np.int64(7))
    assert [schedule(step) for step in range(1000)] == [0.2 * 0.99 ** (step / 7) for step in range(1000)]


def test_exponential_decay_smooth_and_in_stairs():
    smooth, stairs = exponential_decay(1, 0.25, 4), exponential_decay(1, 0.25, 4, staircase=True)
    assert [smooth(step) for step in (0, 2, 4, 6, 8)] == [1, 0.5, 0.25, 0.125, 0.0625]
    assert [stairs(step) for step in (0, 3, 3.9, 4, 7, 8)] == [1, 1, 1, 0.25, 0.25, 0.0625]
    one, each = exponential_decay(1, 0.25, 1), exponential_decay(1, 0.25, 1, staircase=True)
    assert [one(step) for step in range(9)] == [each(step) for step in range(9)]


def test_step_decay():
    schedule = step_decay(0.8, 0.5, 10)
    assert [schedule(step) for step in (0, 9, 9.5, 10, 19, 20, 30)] == [0.8, 0.8, 0.8, 0.4, 0.4, 0.2, 0.1]
    steps = np.arange(50)
    assert (schedule(steps) == exponential_decay(0.8, 0.5, 10, staircase=True)(steps)).all()
    assert repr(schedule) == "step_decay(initial_learning_rate=0.8, drop=0.5, every=10)"


def test_inverse_time_decay():
    smooth, stairs = inverse_time_decay(1, 2, 4), inverse_time_decay(1, 2, 4, staircase=True)
    assert [smooth(step) for step in (0, 2, 6, 14)] == [1, 1 / 2, 1 / 4, 1 / 8]
    assert [stairs(step) for step in (0, 3, 4, 7, 8)] == [1, 1, 1 / 3, 1 / 3, 1 / 5]


def test_cosine_decay():
    schedule = cosine_decay(0.4, 12)
    expected = [0.4, 0.4 * 0.75, 0.2, 0.1, 0, 0, 0]
    np.testing.assert_allclose(schedule([0, 4, 6, 8, 12, 13, 1000]), expected, rtol=1e-14, atol=1e-17)
    assert schedule(12) == schedule(13) == 0
    floor = cosine_decay(0.4, 12, final_fraction=0.25)
    np.testing.assert_allclose(floor([0, 6, 12, 99]), [0.4, 0.25, 0.1, 0.1], rtol=1e-14)


def test_linear_warmup_of_a_rate():
    schedule = linear_warmup(0.8, 4)
    assert [schedule(step) for step in range(6)] == [0.2, 0.4, 0.6000000000000001, 0.8, 0.8, 0.8]
    assert linear_warmup(0.8, 1)(0) == 0.8


def test_linear_warmup_of_a_schedule_shares_its_clock():
    inner = exponential_decay(1, 0.5, 1)
    schedule = linear_warmup(inner, 4)
    assert [schedule(step) for step in range(6)] == [1 / 4, 1 / 4, 3 / 16, 1 / 8, 1 / 16, 1 / 32]
    assert schedule.parameters["schedule"] is inner
    assert inner.formula in schedule.formula


def test_as_schedule():
    schedule = step_decay(0.1, 0.5, 3)
    assert as_schedule(schedule) is schedule
    assert as_schedule(np.float32(0.5))(7) == 0.5
    assert as_schedule(0.25).name == "constant"

    def hyperbola(step):
        return np.float64(1) / (step + 1)

    own = as_schedule(hyperbola)
    assert isinstance(own, Schedule)
    assert (own.name, own.formula, own.parameters) == ("hyperbola", r"\eta(t)", {})
    assert (own(3), type(own(3))) == (0.25, float)
    assert as_schedule(partial(hyperbola)).name == "custom"
    assert linear_warmup(own, 2)(0) == 0.5
    np.testing.assert_array_equal(own([[0, 1, 3]]), [[1, 0.5, 0.25]])
    with pytest.raises(ValueError, match="at least 0"):
        own(-1)


def test_a_function_of_single_steps_takes_arrays_too():
    two_rates = as_schedule(lambda step: 0.1 if step < 2 else 0.01)
    assert two_rates([0, 1, 2, 3]).tolist() == [0.1, 0.1, 0.01, 0.01]
    assert as_schedule(lambda step: 0.2)(np.arange(3)).tolist() == [0.2] * 3
    assert as_schedule(lambda step: 1 / step)([]).shape == (0,)
    assert linear_warmup(two_rates, 2)([0, 1, 2]).tolist() == [0.05, 0.1, 0.01]


@pytest.mark.parametrize("result", [None, "0.1", 1j, True, [0.1]])
def test_a_function_that_returns_no_rate(result):
    schedule = as_schedule(lambda step: result)
    for ask in (lambda: schedule(0), lambda: schedule([0]), lambda: schedule.rates(range(1))):
        with pytest.raises(TypeError, match=re.escape(f"must return a number for step 0, got {what_is(result)}")):
            ask()


@pytest.mark.parametrize("wrong", ["0.1", None, [0.1], np.array([0.1])])
def test_what_is_no_schedule(wrong):
    with pytest.raises(TypeError, match=re.escape("must be a number or a schedule (a function of the step), got ")):
        as_schedule(wrong)


@pytest.mark.parametrize("wrong", [True, -0.1, math.nan])
def test_what_is_no_learning_rate(wrong):
    with pytest.raises((TypeError, ValueError), match="learning_rate must be a"):
        as_schedule(wrong)
