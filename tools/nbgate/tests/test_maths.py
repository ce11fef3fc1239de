"""Formulas: the verdict is that of JupyterLab's own MathJax, on all samples that `samples/render.py` has rendered."""

import json
import re
from pathlib import Path

import pytest

from nbgate.markdown import read
from nbgate.maths import Formulas

SAMPLES = json.loads((Path(__file__).parent / "samples" / "formulas.json").read_text(encoding="utf-8"))


def is_set(shows):
    """Return whether JupyterLab set it: no red error, no red command, nothing left as it was written."""
    return "formulas" in shows and not shows.get("errors") and not shows.get("unknown")


def verdicts():
    """Return why each sample can't be set, in their order: macros and labels hold on."""
    formulas = Formulas()
    for sample in SAMPLES:
        yield [formulas.error(part.text, part.display) for part in read(sample["source"]).formulas]


@pytest.mark.parametrize(
    ("sample", "errors"), list(zip(SAMPLES, verdicts(), strict=True)), ids=[sample["source"] for sample in SAMPLES]
)
def test_the_verdict_is_that_of_jupyterlab(sample, errors):
    assert errors, "no formula was found"
    assert (not any(errors)) == is_set(sample["shows"]), (errors, sample["shows"])


def test_the_samples_are_many_and_of_both_kinds():
    good = [sample for sample in SAMPLES if is_set(sample["shows"])]
    assert len(good) >= 300
    assert len(SAMPLES) - len(good) >= 150


@pytest.mark.parametrize(
    ("formula", "why"),
    [
        ("x^2^3", "Double exponent"),
        (r"\frac{1}{2", "Missing close brace"),
        (r"\alhpa + \betta", r"unknown command \alhpa, \betta"),
        (r"\text{learning_rate}", "'_' allowed only in math mode"),
        (r"\left( x", r"Extra \left or missing \right"),
        (r"\begin{align} a", r"Missing \end{align}"),
        (r"\begin{aling} a \end{aling}", "Unknown environment 'aling'"),
        (r"\frac{1}", r"Missing argument for \frac"),
        ("a & b", "Misplaced &"),
        (r"\require{nosuch}", "has no package nosuch"),
        ("{" * 5000, "nested too deeply|Extra open brace"),
    ],
)
def test_the_reason_names_what_is_wrong(formula, why):

    assert re.search(why if "|" in why else re.escape(why), Formulas().error(formula))


def test_a_macro_holds_from_its_definition_on():
    formulas = Formulas()
    assert formulas.error(r"\half") == r"unknown command \half"
    assert formulas.error(r"\newcommand{\half}{\frac{1}{2}}") is None
    assert formulas.error(r"\half") is None


def test_two_notebooks_have_nothing_in_common():
    assert Formulas().error(r"\newcommand{\half}{\frac{1}{2}} x \label{one}") is None
    assert Formulas().error(r"\half") == r"unknown command \half"
    assert Formulas().error(r"x \label{one}") is None
