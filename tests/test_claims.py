"""A claim says its value, with a tick if the bounds hold, else with a cross: an error only where it is proved."""

import math
import operator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.claims import ClaimError, claim

HOLDS = {
    "above": operator.gt,
    "below": operator.lt,
    "at_least": operator.ge,
    "at_most": operator.le,
    "equals": operator.eq,
}
numbers = st.floats(width=32) | st.integers(-9, 9)


@pytest.fixture
def said(capsys, monkeypatch):
    """Return a function that makes a claim as a learner does, and says what it prints."""
    monkeypatch.delenv("COURSE_CLAIMS", raising=False)

    def make(*arguments, **bounds):
        assert claim(*arguments, **bounds) is None
        return capsys.readouterr().out

    return make


@pytest.mark.parametrize(
    ("sentence", "value", "bounds", "line"),
    [
        ("{:.0%} are lost", 0.54, {"above": 0.4, "below": 0.7}, "54% are lost"),
        ("{:.0%}，超过 {above:.0%}", 0.54, {"above": 0.4}, "54%，超过 40%"),
        ("{} of {equals}", 10, {"equals": 10}, "10 of 10"),
        ("{}", np.float32(0.5), {"at_least": np.float64(0.5), "at_most": np.array(0.5)}, "0.5"),
        ("{:.1f} then {:.2f}", [1, 2], {"below": 3}, "1.0 then 2.00"),
        ("{} and {}", np.array([[1], [2]]), {"equals": [1, 2]}, "1 and 2"),
        ("{} and {}", [1, 5], {"above": [0, 4]}, "1 and 5"),
        ("{}, each {equals}", [2], {"equals": 2}, "2, each 2"),
        ("from {least} to {most}", [2, 2, 2], {"equals": 2}, "from 2 to 2"),
        ("{least:.0f} to {most:.0f}, {median} in the middle", [3, 1, 2], {"above": 0}, "1 to 3, 2.0 in the middle"),
        ("{:d} cells", np.array(7, dtype=np.uint8), {"below": 300}, "7 cells"),
        ("{:.2f}, give or take {within}", 0.31, {"equals": 0.3, "within": 0.02}, "0.31, give or take 0.02"),
        ("{:.0f}", np.uint8(3), {"equals": np.uint8(5), "within": 2}, "3"),
        ("{}", math.inf, {"equals": math.inf, "within": 1}, "inf"),
        ("{} wins", "tanh", {"equals": "tanh"}, "tanh wins"),
        ("{} before {}", ["a", "b"], {"equals": ["a", "b"]}, "a before b"),
        ("all of them: {}", np.True_, {"equals": True}, "all of them: True"),
        ("{{braces}} around {}", 1, {"equals": 1}, "{braces} around 1"),
    ],
)
def test_a_true_claim_shows_its_value_with_a_tick(said, sentence, value, bounds, line):
    assert said(sentence, value, **bounds) == f"✓ {line}\n"


@pytest.mark.parametrize(
    ("sentence", "value", "bounds", "line"),
    [
        ("{:.0%} are lost", 0.2, {"above": 0.4, "below": 0.7}, "20% are lost (expected: above 40% and below 70%)"),
        ("{:.1f} s", 9.0, {"at_least": 1.0, "at_most": 5.0}, "9.0 s (expected: at least 1.0 and at most 5.0)"),
        ("{most:.1f}", [1.0, 9.0], {"below": 5}, "9.0 (expected: below 5.0)"),
        ("{:.0%}", 0.4004, {"above": 0.4041}, "40% (expected: above 0.4041, got 0.4004)"),
        ("{median:.0%}", [0.9, 0.5, 0.4], {"above": 0.4}, "50% (expected: above 0.4, got 0.4)"),
        ("{:.2f}", 0.35, {"equals": 0.3, "within": 0.02}, "0.35 (expected: 0.30, give or take 0.02)"),
        ("{} wins", "relu", {"equals": "tanh"}, "relu wins (expected: tanh)"),
        ("{}, {}", [1, 3], {"equals": [1, 2]}, "1, 3 (expected: 1, 2)"),
        ("{}, {}", [5, 5], {"equals": 4}, "5, 5 (expected: 4)"),
        ("{}", False, {"equals": True}, "False (expected: True)"),
        ("{:.1f}", math.nan, {"below": 1}, "nan (expected: below 1.0)"),
        ("{:.1f}", 1, {"below": math.nan}, "1.0 (expected: below nan)"),
        ("{}", math.inf, {"equals": 1, "within": 1}, "inf (expected: 1, give or take 1)"),
        ("{:d}", 3, {"above": 3.5}, "3 (expected: above 3.5)"),
        # How many values there are may depend on what a learner changed.
        ("{}, {}", [1, 2, 3], {"above": 0}, "{}, {} (expected: values: 2, got 3)"),
        ("{}", [1, 2, 3], {"above": 0}, "{} (expected: values: 1, got 3)"),
        ("{most}", [1, 2, 3], {"equals": [1, 2]}, "{most} (expected: values: 2, got 3)"),
        ("{most:.1f}", [], {"above": 0}, "{most:.1f} (expected: values: at least one, got 0)"),
    ],
)
def test_a_false_claim_says_what_was_expected_and_stops_only_where_it_is_proved(
    said, capsys, monkeypatch, sentence, value, bounds, line
):
    assert said(sentence, value, **bounds) == f"✗ {line}\n"
    monkeypatch.setenv("COURSE_CLAIMS", "strict")
    with pytest.raises(ClaimError) as caught:
        claim(sentence, value, **bounds)
    assert str(caught.value) == f"✗ {line}"
    assert isinstance(caught.value, AssertionError)
    assert capsys.readouterr().out == ""
    claim("{}", 1, equals=1)
    assert capsys.readouterr().out == "✓ 1\n"


@given(st.lists(numbers, min_size=1, max_size=4), st.dictionaries(st.sampled_from(list(HOLDS)), numbers, min_size=1))
def test_a_tick_means_that_each_value_keeps_each_bound(values, bounds):
    holds = all(HOLDS[name](value, bound) for name, bound in bounds.items() for value in values)
    sentence = " ".join(["{}"] * len(values))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_CLAIMS", "strict")
        for form in (values, np.array(values, dtype=float)):
            try:
                claim(sentence, form, **bounds)
            except ClaimError:
                assert not holds
            else:
                assert holds


@given(st.floats(-9, 9), st.floats(-9, 9), st.floats(0, 9))
def test_within_is_the_distance_from_equals(value, equals, within):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_CLAIMS", "strict")
        try:
            claim("{}", value, equals=equals, within=within)
        except ClaimError:
            assert not abs(value - equals) <= within
        else:
            assert abs(value - equals) <= within


@pytest.mark.parametrize(
    ("sentence", "value", "bounds", "error", "message"),
    [
        ("{}", 1, {}, TypeError, "needs a bound: above, below"),
        ("{}", 1, {"within": 1}, TypeError, "needs a bound"),
        ("no hole", 1, {"above": 0}, ValueError, "must show the value, in a hole such as {}"),
        ("over {above}", 1, {"above": 0}, ValueError, "must show the value"),
        ("", 1, {"above": 0}, ValueError, "one line, got ''"),
        ("{}\n", 1, {"above": 0}, ValueError, "one line, got"),
        ("{} a\nb", 1, {"above": 0}, ValueError, "one line, got '{} a"),
        (7, 1, {"above": 0}, TypeError, "sentence must be a string, got 7"),
        (
            "{} {abov}",
            1,
            {"above": 0},
            ValueError,
            "hole {abov} has no value here, expected one of {}, {least}, .*{above}",
        ),
        ("{} {below}", 1, {"above": 0}, ValueError, "hole {below} has no value here"),
        ("{0}", 1, {"above": 0}, ValueError, r"hole \{0\} has no value here"),
        (
            "{most}",
            "tanh",
            {"equals": "tanh"},
            ValueError,
            "hole {most} has no value here, expected one of {}, {equals}",
        ),
        ("{:.0%}", "tanh", {"equals": "tanh"}, ValueError, "a hole does not suit what it shows .*'{:.0%}'"),
        ("{} {} {above:.0f}", [1, 2], {"above": [0, 0]}, ValueError, "a hole does not suit"),
        ("{", 1, {"above": 0}, ValueError, "'{'"),
        ("{}", 1j, {"above": 0}, TypeError, "value must be a real number, a truth value, a text, .* got 1j"),
        ("{}", None, {"equals": 1}, TypeError, "got None"),
        ("{}", [[1], [2, 3]], {"above": 0}, ValueError, "value must be one value or an array"),
        ("{}", 1, {"above": 1j}, TypeError, "above must be a real number, .* got 1j"),
        ("{}", 1, {"equals": "1"}, TypeError, "equals must be a number like the value, got '1'"),
        ("{}", 1, {"equals": True}, TypeError, "equals must be a number like the value, got True"),
        ("{}", True, {"above": 0}, TypeError, "above bounds a number, but the value is a truth value: expected equals"),
        ("{}", "b", {"above": "a"}, TypeError, "above bounds a number, but the value is a text"),
        ("{}", 1, {"equals": 1, "within": -1}, ValueError, "within must be a finite number at least 0, got -1"),
        ("{}", 1, {"above": 1, "within": 1}, TypeError, "within needs a number to be near to: expected equals"),
        ("{}", "a", {"equals": "a", "within": 1}, TypeError, "within needs a number"),
    ],
)
def test_a_claim_that_is_ill_made_is_an_error_everywhere(said, sentence, value, bounds, error, message):
    with pytest.raises(error, match=message) as caught:
        said(sentence, value, **bounds)
    assert not isinstance(caught.value, ClaimError)
