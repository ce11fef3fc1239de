"""A claim prints its tick, or stops the notebook; anything but a plain truth value is a mistake."""

import re

import numpy as np
import pytest

from helpers._checks import what_is
from helpers.claims import ClaimError, claim


@pytest.mark.parametrize("true", [True, np.True_, np.float32(1) < 2, (np.arange(3) < 3).all()])
def test_a_true_claim_prints_one_line(true, capsys):
    assert claim("the sky is blue", true, "N06", "N33") is None
    assert capsys.readouterr().out == "✓ N06 N33: the sky is blue\n"


def test_a_claim_of_no_statement_has_no_ids(capsys):
    claim("the sky is blue", True)
    assert capsys.readouterr().out == "✓ the sky is blue\n"


@pytest.mark.parametrize("false", [False, np.False_])
def test_a_false_claim_stops(false, capsys):
    with pytest.raises(ClaimError) as caught:
        claim("the sky is green", false, "N01")
    assert str(caught.value) == "✗ N01: the sky is green"
    with pytest.raises(AssertionError, match=r"^✗ the sky is green$"):
        claim("the sky is green", false)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("condition", [1, 0, None, "yes", 1.0, [True], np.array([True]), np.array(True), np.int64(1)])
def test_only_a_truth_value_is_a_condition(condition, capsys):
    with pytest.raises(TypeError, match="condition must be True or False, got ") as caught:
        claim("the sky is blue", condition, "N01")
    assert ("; use .all()" in str(caught.value)) == isinstance(condition, np.ndarray)
    assert isinstance(condition, np.ndarray) or str(caught.value).endswith(f"got {what_is(condition)}")
    assert capsys.readouterr().out == ""


def test_an_array_gets_the_remedy_named():
    with pytest.raises(TypeError, match=r"got an array of shape \(2,\) and dtype bool; use \.all\(\)"):
        claim("all are blue", np.array([True, False]))


@pytest.mark.parametrize("id", ["N00", "N34", "N1", "N001", "n01", "N01 ", "N0١", "N01\n", "", 6, None])
def test_unknown_ids(id, capsys):
    with pytest.raises(ValueError, match=f"N01 to N33, got {re.escape(repr(id))}$"):
        claim("the sky is blue", True, "N01", id)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("id", ["N01", "N09", "N10", "N33"])
def test_known_ids(id, capsys):
    claim("the sky is blue", True, id)
    assert capsys.readouterr().out == f"✓ {id}: the sky is blue\n"


@pytest.mark.parametrize(
    ("text", "error"), [("", ValueError), (" \t", ValueError), ("a\nb", ValueError), (True, TypeError)]
)
def test_a_claim_is_one_line_of_text(text, error):
    with pytest.raises(error, match=f"text must be .*, got {re.escape(repr(text))}"):
        claim(text, True)
