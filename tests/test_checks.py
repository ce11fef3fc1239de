"""Checks of arguments: what is let through, and what an error says."""

import math
import re

import numpy as np
import pytest

from helpers._checks import check_integer, check_real, float_array, lookup, what_is


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (np.zeros((2, 3), np.float32), "an array of shape (2, 3) and dtype float32"),
        (3, "3"),
        ("word", "'word'"),
        (None, "None"),
        (True, "True"),
        (np.float32(0.5), "np.float32(0.5)"),
        ([1, 2], "[1, 2] of type list"),
        (list(range(100)), f"{str(list(range(100)))[:60]} of type list"),
    ],
)
def test_describe(value, text):
    assert what_is(value) == text


@pytest.mark.parametrize("value", [2, 2.5, np.float32(2), np.int64(3)])
def test_a_real_number_comes_back_as_it_is(value):
    assert check_real(value, "width", above=1, at_least=2, at_most=3) is value
    assert check_real(value, "width") is value


@pytest.mark.parametrize("value", [True, np.True_, "2", None, 1j, [2.0]])
def test_no_real_number(value):
    with pytest.raises(TypeError, match=re.escape(f"width must be a real number, got {what_is(value)}")):
        check_real(value, "width")
    with pytest.raises(TypeError, match=re.escape(f"width must be a whole number, got {what_is(value)}")):
        check_integer(value, "width")


@pytest.mark.parametrize(
    ("value", "limits", "said"),
    [
        (1, {"above": 1}, " above 1"),
        (0, {"above": 1, "at_most": 3}, " above 1 and at most 3"),
        (4, {"above": 1, "at_most": 3}, " above 1 and at most 3"),
        (1.9, {"at_least": 2}, " at least 2"),
        (math.nan, {}, ""),
        (math.inf, {}, ""),
        (-math.inf, {"at_most": 3}, " at most 3"),
        (math.nan, {"above": 1, "at_least": 2, "at_most": 3}, " above 1 and at least 2 and at most 3"),
    ],
)
def test_numbers_beyond_the_limits(value, limits, said):
    with pytest.raises(ValueError, match=re.escape(f"width must be a finite number{said}, got {value!r}")):
        check_real(value, "width", **limits)


def test_limits_belong_to_the_range_or_not():
    assert check_real(2, "width", at_least=2) == check_real(2, "width", at_most=2) == 2
    assert check_integer(0, "width", at_least=0) == 0


def test_a_whole_number_becomes_an_int():
    for value in (5, np.int8(5), np.uint64(5)):
        assert type(check_integer(value, "width", at_least=5)) is int
    assert check_integer(-5, "width") == -5
    with pytest.raises(ValueError, match=r"^width must be at least 5, got 4$"):
        check_integer(4, "width", at_least=5)
    with pytest.raises(TypeError, match=r"^width must be a whole number, got 2\.0$"):
        check_integer(2.0, "width")


def test_float_arrays_keep_their_type_and_others_become_float64():
    for dtype in (np.float16, np.float32, np.float64):
        array = np.ones(2, dtype)
        assert float_array(array, "x") is array
    for other in ([1, 2], [True], np.array([1], np.uint8), 7):
        assert float_array(other, "x").dtype == np.float64
    assert float_array([], "x").shape == (0,)


def test_no_array_of_numbers():
    with pytest.raises(ValueError, match=r"^x must be a number or an array of numbers: .*inhomogeneous"):
        float_array([[1], [1, 2]], "x")
    for wrong in ("a", [1j], [None]):
        with pytest.raises(TypeError, match=r"^x must hold real numbers, got an array of shape \("):
            float_array(wrong, "x")
    with pytest.raises(ValueError, match=r"^x must not be empty, got an array of shape \(0, 3\)"):
        float_array(np.empty((0, 3)), "x", may_be_empty=False)


def test_lookup():
    registry = {"relu": 1, "tanh": 2}
    assert lookup(registry, "tanh", "activation") == 2
    with pytest.raises(ValueError) as close:
        lookup(registry, "rellu", "activation")
    assert str(close.value) == "unknown activation 'rellu': expected one of relu, tanh; did you mean 'relu'?"
    for far in ("maximum", 3, None, ["relu"]):
        with pytest.raises(ValueError) as caught:
            lookup(registry, far, "activation")
        if far != ["relu"]:
            assert str(caught.value) == f"unknown activation {far!r}: expected one of relu, tanh"
