r"""Formulas in the texts: those of numbers alone are worked out, each displayed one, or in a table, is proved.

`formulas.toml` has the LaTeX of each such formula as it stands, and an expression that is true because the numeric
core computes what the formula says. Who changes a formula has to look at its proof.
"""

import math
import re
import tomllib

import numpy as np
import pytest

from tests.words import cells, modules
from tools.places import ROOT, notebooks

PATHS = [path for path in notebooks() if path.parent.name not in ("exercises", "solutions")]
LISTED = tomllib.loads((ROOT / "tests" / "formulas.toml").read_text("utf-8"))
DISPLAYED, INLINE = re.compile(r"\$\$(.+?)\$\$", re.DOTALL), re.compile(r"\$([^$\n]+)\$")
#: What a formula of numbers alone may consist of, and what it is in Python; a number before a bracket multiplies it.
SPOKEN = (
    (r"\\frac\{([^{}]+)\}\{([^{}]+)\}", r"((\1)/(\2))"),
    (r"\\sqrt(?:\{([^{}]+)\}| (\d+))", r"((\1\2)**0.5)"),
    (r"\\ln ?(?=\()", "log"),
    (r"\\ln (-?[\d.]+(?:\^\{[^{}]+\})?)", r"log(\1)"),
    (r"\\cdot|\\times", "*"),
    (r"\\approx", "="),
    (r"\^\{([^{}]+)\}", r"**(\1)"),
    (r"\^", "**"),
    (r"(?<=\d) (?=log)", "*"),
    (r"\\,|[{}]", ""),
)


def texts(path):
    return "\n\n".join(cell.source for cell in cells(path) if cell.cell_type == "markdown")


def displayed(path):
    """Return the displayed formulas of a notebook, then those in its tables that compute something."""
    rows = "\n".join(line for line in texts(path).splitlines() if line.startswith("|"))
    tabled = [latex for latex in INLINE.findall(rows) if re.search(r"[\^*]|\\d?frac|\\sum|\\max|\\ln .", latex)]
    return [latex.strip() for latex in DISPLAYED.findall(texts(path)) + tabled]


def values(latex):
    """Return what the sides of an equation of numbers alone come to, and the last as it is written; else None."""
    for pattern, python in SPOKEN:
        latex = re.sub(pattern, python, latex)
    sides = [side.strip() for side in latex.split("=")]
    if len(sides) < 2 or not all(re.fullmatch(r"(?:[-\d.+*/() ]|log|\be\b)+", side) for side in sides):
        return None
    return [eval(side, {"log": math.log, "e": math.e}) for side in sides], sides[-1]


def equations():
    """Return the equations of numbers alone in all notebooks."""
    found = []
    for path in PATHS:
        found += [
            (path.stem, latex) for latex in INLINE.findall(DISPLAYED.sub("", texts(path))) if values(latex) is not None
        ]
    return found


@pytest.mark.parametrize(("notebook", "latex"), equations())
def test_an_equation_of_numbers_is_right_to_the_last_digit_that_it_shows(notebook, latex):
    sides, shown = values(latex)
    digits = len(shown.partition(".")[2])
    assert all(abs(side - sides[-1]) <= 0.5 * 10.0**-digits * (1 + 1e-9) for side in sides)


def test_equations_of_numbers_are_found_and_others_left_alone():
    assert len(equations()) >= 15
    assert values(r"\ln(1 + 9/e) = 1.46")[0] == pytest.approx([1.46, 1.46], abs=0.005)
    assert values(r"2 \cdot \sqrt{16} + \frac{1}{4} = 8.25")[0] == [8.25, 8.25]
    assert values("n v = 1") is None and values("w = -1") is None and values("2") is None


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_each_displayed_formula_is_listed_as_it_stands(path):
    own = [entry["latex"] for entry in LISTED["formula"] if entry["notebook"] == path.name]
    assert displayed(path) == own, "put it right, or list it in tests/formulas.toml with what proves it"


@pytest.mark.parametrize("entry", LISTED["formula"], ids=lambda entry: entry["latex"][:40])
def test_a_displayed_formula_is_what_the_course_computes(entry):
    assert np.all(eval(entry["holds"], dict(modules()) | {"isclose": np.isclose}))
