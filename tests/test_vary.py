"""Each claim can be false and is in the table; variations change what they name; the table keeps its rules."""

import importlib
import json
import os
import re
import subprocess
import sys

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from helpers.schedules import constant, exponential_decay
from tools.vary import __main__ as command_line
from tools.vary import table, variations, written
from tools.vary.asking import without_words

CHAPTERS = command_line.chapters()
ROWS = table.read()


def cells(path):
    return nbformat.read(path, as_version=4).cells


def rows_about(path):
    name = path.relative_to(command_line.NOTEBOOKS).as_posix()
    return [row for row in ROWS if row["notebook"] == name]


def ticks(path):
    """Return cell and text of each line with a tick that a notebook shows, in order."""
    for cell in cells(path):
        for output in cell.get("outputs", ()):
            for line in output.get("text", "").splitlines():
                if line.startswith("✓ "):
                    yield cell.id, line.removeprefix("✓ ")


# -- the stored table ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_the_table_has_each_claim_of_the_notebooks_as_printed(path):
    told = [(row["cell"], row["said"]) for row in rows_about(path)]
    assert told == list(ticks(path)), f"if each change is meant: make vary NOTEBOOKS={path.relative_to(table.ROOT)}"


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_the_table_has_the_bounds_of_each_claim_as_written(path):
    rows, tags = rows_about(path), {cell.id: " ".join(cell.metadata.get("statements", [])) for cell in cells(path)}
    for row, claim in zip(rows, written.said_by(written.claims(path), rows), strict=True):
        assert claim is not None, f"{row['cell']}: no claim() says {row['said']!r}"
        assert row["bounds"] == claim.bounds, f"{row['cell']}: {row['said']!r} has other bounds: `make vary`"
        assert row["statements"] == tags[row["cell"]], f"{row['cell']} tests other statements: `make vary`"
        assert list(written.far(row, claim)) == [], row["said"]


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_each_claim_is_asked_and_can_be_false(path):
    assert list(written.idle(path)) == []


def test_the_table_speaks_of_these_notebooks_alone():
    names = [path.relative_to(command_line.NOTEBOOKS).as_posix() for path in CHAPTERS]
    assert {row["notebook"] for row in ROWS} <= set(names)


def test_no_claim_breaks_a_rule():
    assert list(table.broken_rules(ROWS)) == []


# -- claims as written, with known faults --------------------------------------------------------------------------

MEASURED = """import numpy as np

from helpers.claims import claim
from helpers.losses import softmax

p = softmax(np.arange(3.0))
agreed = 5
filled = {}
filled["most"] = p.max()
"""


def claiming(code):
    return new_notebook(cells=[new_code_cell(MEASURED, id="a"), new_code_cell(code, id="b")])


@pytest.mark.parametrize(
    "code",
    [
        "claim('{:.2f}', p.max(), above=0.5)",
        "claim('{:.2f}', filled['most'], above=0.5)",
        "for one in (0.1, 1):\n    x = softmax(p / one)\n    claim('{:.2f}', x.max(), above=0.3)",
        "claim('{}', str(p[0]), equals='nan')",
        "claim('{:.2f}', softmax([0, 0])[0], equals=0.5)",
        "claim('{:.1f} or more', min(p.max(), 0.5), at_least=0.5)",
        "claim('{:.2f} and {:.2f}', p[:2], equals=[p[0], p[1]])",
    ],
)
def test_a_claim_of_something_measured_is_in_order(code):
    assert list(written.idle(claiming(code))) == []


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("claim('{}', True, equals=True)", "not measured"),
        ("claim('{}', 5, at_least=0)", "not measured"),
        ("claim('{}', agreed, equals=5)", "not measured"),
        ("claim('{:.0f}', np.array([1, 2]).max(), equals=2)", "not measured"),
        ("claim('{}', len([1, 2]), equals=2)", "not measured"),
        ("claim('{:.2f}', p.max(), at_most=p.max())", "with itself"),
        ("claim('{:.2f}', p.max(), above=p.max() - 0.1)", "with itself"),
        ("claim('{:.2f}', np.maximum(p, 0.6), above=0.5)", "cut off"),
        ("claim('{:.2f}', min(p.max(), 0.6), at_most=0.6)", "cut off"),
        ("claim('{}', (p > 2).all() or True, equals=True)", "without `or`"),
        ("claim('{}', p.max() if False else 5, equals=5)", "without `or`"),
        ("claim('{}', (p == p).all(), equals=True)", "both sides"),
        ("claim('{:.2f}', p.max() - p.max(), below=0.1)", "from itself"),
        ("claim('{:.2f}', 0 * p.max() + 1, above=0)", "0 times"),
        ("claim('{:.2f}', p.max(), above=-np.inf)", "above bounds nothing"),
        ("claim('{:.2f}', p.max(), below=float('inf'))", "below bounds nothing"),
        ("claim('{:.2f}', p.max(), below=1e300)", "below bounds nothing"),
        ("if p.max() > 1:\n    claim('{:.2f}', p.max(), above=0.5)", "always asked"),
        ("def later():\n    claim('{:.2f}', p.max(), above=0.5)", "always asked"),
        ("try:\n    claim('{:.2f}', p.max(), above=0.5)\nexcept Exception:\n    p = 1", "always asked"),
        ("p.max() > 1 and claim('{:.2f}', p.max(), above=0.5)", "always asked"),
        ("claims.claim('{:.2f}', value=p.max(), above=0.5)", "a sentence, a value"),
        ("from helpers.claims import claim as say", "its own name"),
        ("def claim(sentence, *_, **__):\n    print(sentence)", "another meaning"),
        ("claim = print", "another meaning"),
        ("from elsewhere import claim", "another meaning"),
        ("print('✓ all is well')", "a tick"),
    ],
)
def test_a_claim_that_could_never_be_false_or_is_not_asked_is_found(code, why):
    (problem, *_) = written.idle(claiming(code))
    assert problem.startswith("b: ") and why in problem


@pytest.mark.parametrize(
    ("said", "ends", "bounds", "why"),
    [
        ("97% are right", (0.93, 0.99), "above=0.1", "no less than 0.93"),
        ("97% are right", (0.93, 0.99), "above=0", "never below 0"),
        ("10 of 10 win", (9, 10), "at_least=2", "no less than 9"),
        ("it is 5", (4, 6), "above=0.01", "no less than 4"),
        ("it is 5", (4, 6), "below=1000", "no more than 6"),
        ("it is 5", (4, 6), "above=-1e9, below=9", "no less than 4"),
        ("it is 5", (5, 5), "equals=5, within=1e9", "of a value of 5"),
        ("97% are right", (0.93, 0.99), "above=0.5", ""),
        ("it is 5 times", (4, 6), "above=2, below=9", ""),
        ("it has exploded: 2e+30", (1e20, 1e200), "above=1e6", ""),
        ("off by 0.0000", (1e-17, 1e-16), "below=1e-4", ""),
        ("it is yes", ("yes", "yes"), "equals='yes'", ""),
        ("it is 5 or 1", (1, 6), "above=[0.5, 0.01]", ""),
    ],
)
def test_a_bound_far_from_all_that_was_measured_is_found(said, ends, bounds, why):
    (call,) = written.calls(f"claim('{{}}', x, {bounds})")
    found = list(written.far(row(said, least=str(ends[0]), most=str(ends[1])), written.Written("b", call, False)))
    assert [why in problem for problem in found] == ([True] if why else [])


def test_the_bounds_of_a_claim_in_a_loop_are_those_of_all_that_it_says():
    code = "for x in p:\n    claim('{:.2f}', x, above=0.01)\nclaim('{:.2f}', p.sum(), equals=1, within=1e-9)"
    rows = [row(cell="b") for _ in range(4)]
    bounds = [claim.bounds for claim in written.said_by(written.claims(claiming(code)), rows)]
    assert bounds == 3 * ["above=0.01"] + ["equals=1, within=1e-09"]
    assert written.said_by([], rows[:1]) == [None]


# -- rules, on rows with known faults ------------------------------------------------------------------------------


def row(said="it is so", **changes):
    return {
        **dict.fromkeys(table.COLUMNS, ""),
        "notebook": "a.ipynb",
        "cell": "run",
        "claim": "1",
        "said": said,
        **changes,
    }


@pytest.mark.parametrize("name", ["seeds-3", "splits-1", "precision"])
@pytest.mark.parametrize("column", ["fails", "unreached"])
def test_what_fails_by_chance_is_not_true(name, column):
    (problem,) = table.broken_rules([row("after 8 epochs at rate 1 in 3 layers it is so", **{column: name})])
    assert name in problem and "not true" in problem


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("epochs-3", "after 8 epochs it is so"),
        ("epochs-10", "in 40 steps it is so"),
        ("rates-half", "at a rate of 0.1 it is so"),
        ("widths-double", "with 32 units it is so"),
        ("widths-half", "64-32-10 is so"),
        ("deeper", "in three layers it is so"),
    ],
)
def test_what_fails_elsewhere_must_name_what_it_holds_for(name, said):
    (problem,) = table.broken_rules([row(fails=name)])
    assert "must name" in problem and name in problem
    assert list(table.broken_rules([row(said, fails=name)])) == []
    other = "rates-half" if not name.startswith("rates") else "epochs-3"
    assert len(list(table.broken_rules([row(said, fails=f"{name} {other}")]))) == 1


def test_a_claim_that_loses_a_variation_is_red():
    stored = row(fails="rates-half", unreached="deeper")
    assert list(table.losses([stored], [row(fails="rates-half deeper")])) == []
    (problem,) = table.losses([stored], [row(fails="seeds-1 rates-half")])
    assert "fails with seeds-1, where it held before" in problem
    (problem,) = table.losses([stored], [row(unreached="epochs-3")])
    assert "is not reached with epochs-3" in problem
    (problem,) = table.losses([], [row()])
    assert "is not in variations.csv" in problem


def test_rows_tell_what_differs_and_what_is_lost():
    def claims(value, holds=True):
        claim = {"cell": "run", "claim": 1, "statements": "N01", "said": f"it is {value}", "holds": holds}
        return {"claims": [{**claim, "values": [value, value]}], "errors": []}

    asked = {"": claims(0.25), "seeds-1": claims(0.25), "seeds-2": claims(0.5), "deeper": claims(0.125, False)}
    (made,) = table.rows_of("a.ipynb", asked | {"precision": {"claims": [], "errors": [["run", "ValueError()"]]}})
    assert made["said"] == "it is 0.25"
    assert made["varied"] == "seeds-2 deeper" and made["fails"] == "deeper" and made["unreached"] == "precision"
    assert (made["least"], made["most"]) == ("0.125", "0.5")


# -- what a variation changes --------------------------------------------------------------------------------------


def test_seeds_are_shifted_and_generators_left_alone():
    change = variations.other_seeds(2)
    assert change(7) == 2007 and change(np.int64(7)) == 2007 and change([1, 2]) == [2001, 2002]
    rng = np.random.default_rng(0)
    assert change(rng) is rng and change(None) is None


def test_counts_rates_sizes_and_precision():
    assert variations.times(3)(8) == 24 and variations.times(3)(0) == 0
    assert variations.wider(2)([64, 32, 16, 10]) == [64, 64, 32, 10]
    assert variations.wider(0.5)([64, 1, 10]) == [64, 1, 10]
    assert variations.one_deeper([64, 32, 16, 10]) == [64, 32, 16, 16, 10]
    assert variations.one_deeper([64, 10]) == [64, 10]
    assert variations.other_precision("float32") is np.float64
    assert variations.other_precision(np.float64) is np.float32


def test_rates_of_every_form_are_multiplied():
    change = variations.faster(2)
    assert change(0.25) == 0.5 and change([0.25, 1]) == [0.5, 2]
    schedule = exponential_decay(0.2, decay_rate=0.5, decay_steps=1)
    assert change(schedule)(1) == 2 * schedule(1)
    assert [one(3) for one in change([constant(0.25), schedule])] == [0.5, 2 * schedule(3)]


def test_each_variation_names_an_argument_that_is_there():
    for variation in variations.VARIATIONS.values():
        for place in variation.places:
            module, path, argument = place.split(":")
            owner = importlib.import_module(module)
            for name in path.split("."):
                owner = getattr(owner, name)
            assert argument in variations.inspect.signature(owner).parameters


# -- a notebook, asked ---------------------------------------------------------------------------------------------

NOTEBOOK = [
    """import numpy as np

from helpers.claims import claim
from helpers.datasets import digits
from helpers.figures.learning_rate import training_spread
from helpers.live import learning_rate as live
from helpers.network import Network
from helpers.training import train

live.descent_on_a_bowl()
training_spread("nothing that could be drawn")
known = digits().standardise().split(0.2)[0]""",
    """network = Network([64, 8, 10])
loss = train(network, known.inputs, known.targets, 0.1, epochs=2).loss
claim("{} epochs", len(loss), equals=2)
claim("{} weights", network.weights[0].size, equals=512)
claim("float{}", 8 * network.weights[0].itemsize, equals=32)""",
    """claim("{:.6f} is drawn", np.random.default_rng(0).random(), equals=0.636962, within=1e-6)
claim("{:.0f} is the first label", known.targets[0], at_least=0)""",
    """nothing_of_that_name
claim("{} is never said", 1, equals=1)""",
]
LOST = {
    "seeds-1": {"0.636962 is drawn"},
    "splits-1": set(),
    "precision": {"float32"},
    "epochs-3": {"2 epochs"},
    "widths-half": {"512 weights"},
    "rates-half": set(),
}


@pytest.fixture(scope="module")
def notebook(tmp_path_factory):
    path = tmp_path_factory.mktemp("asked") / "small.ipynb"
    cells = [new_code_cell(source, id=f"c{number}") for number, source in enumerate(NOTEBOOK)]
    nbformat.write(new_notebook(cells=cells), path)
    return path


def asked(*arguments):
    command = [sys.executable, "-m", "tools.vary.asking", *map(str, arguments)]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    return json.loads(subprocess.run(command, cwd=table.ROOT, env=environment, capture_output=True, check=True).stdout)


@pytest.fixture(scope="module")
def said(notebook):
    """Return what the notebook claims as it is: cell and number of a claim -> the sentence."""
    claims = asked(notebook)["claims"]
    assert all(claim["holds"] for claim in claims)
    return {table.key(claim): claim["said"] for claim in claims}


@pytest.mark.parametrize("name", LOST)
def test_a_notebook_is_asked_under_a_variation(notebook, said, name):
    found = asked(notebook, name)
    assert {said[table.key(claim)] for claim in found["claims"] if not claim["holds"]} == LOST[name]
    assert len(found["claims"]) == len(said) == 5
    assert [cell for cell, _ in found["errors"]] == ["c3"]


@pytest.mark.parametrize("says", ["claim('{{:.{digits}f}}', loss, above=0)", "print(f'{{loss:.{digits}f}}')"])
@pytest.mark.parametrize(("digits", "red"), [(1, 0), (12, len(variations.SEVENTH_DIGIT))])
def test_a_text_that_depends_on_the_seventh_digit_of_a_rate_is_found(says, digits, red, monkeypatch, tmp_path):
    monkeypatch.setattr(command_line, "KEPT", tmp_path)
    path = tmp_path / "digits.ipynb"
    cells = [
        NOTEBOOK[0],
        NOTEBOOK[1].splitlines()[0] + "\nloss = train(network, known.inputs, known.targets, 0.1, 2).loss[-1]",
        says.format(digits=digits),
    ]
    nbformat.write(new_notebook(cells=[new_code_cell(cell, id=f"c{n}") for n, cell in enumerate(cells)]), path)
    monkeypatch.setattr(sys, "argv", ["vary", "--digits", str(path)])
    with pytest.raises(SystemExit) as ended:
        command_line.main()
    found = ended.value.code.splitlines() if red else []
    assert bool(ended.value.code) == bool(red) and len(found) == red
    assert all(re.fullmatch(r"✗ digits.ipynb \[c2\] '\d\.\d{12}'; with digit-\d: '\d\.\d{12}'", one) for one in found)


def test_what_only_prints_is_left_out_and_the_rest_kept():
    source = "print(1)\ntrain(network)\nprint = claim('{}', 1, equals=1)\nx.print()"
    assert without_words(source).splitlines() == [
        "train(network)",
        "print = claim('{}', 1, equals=1)",
        "x.print()",
    ]


def test_an_answer_is_asked_for_again_when_code_that_the_notebook_stands_on_has_changed(notebook, tmp_path):
    files = set()
    command_line.stands_on(NOTEBOOK[0] + "\nfrom helpers.figures.style import new_figure", files)
    names = {path.relative_to(table.ROOT / "helpers").as_posix() for path in files}
    assert {"network.py", "training.py", "fast_network.py", "outputs.py", "datasets.py", "claims.py"} <= names
    assert not any(name.startswith(("figures", "live")) for name in names) and "complexity.py" not in names
    known = command_line.fingerprint(notebook, "seeds-1")
    assert command_line.fingerprint(notebook, "seeds-1") == known != command_line.fingerprint(notebook, "seeds-2")
    other = nbformat.read(notebook, as_version=4)
    other.cells[1].source += "\nprint(loss)"
    nbformat.write(other, tmp_path / "small.ipynb")
    assert command_line.fingerprint(tmp_path / "small.ipynb", "seeds-1") != known
