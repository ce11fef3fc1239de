"""The ledger is complete: every statement has a verdict, a place, and claims that test it there.

Learners do not see the statements' ids: a cell that tests some names them in its metadata (``"statements": ["N06"]``).
"""

import re
from dataclasses import FrozenInstanceError
from pathlib import Path

import nbformat
import pytest

from helpers.ledger import VERDICTS, Ledger, read_ledger

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
START, *OTHERS = sorted(NOTEBOOKS.rglob("[!.]*.ipynb"), key=lambda path: (len(path.parts), path))
ENTRIES = read_ledger()


def printed(cell):
    """Return all text that a cell shows, what is said of its pictures included."""
    outputs = cell.get("outputs", ())
    texts = [text for o in outputs for kind, text in o.get("data", {}).items() if kind.startswith("text/")]
    return "\n".join([*(o.get("text", "") for o in outputs), *texts, *(str(o.get("metadata", "")) for o in outputs)])


def cells_under(path):
    """Yield each cell of a notebook, and the headings that it stands under, those inside of others included."""
    trail = {}
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "markdown":
            for marks, title in re.findall(r"^(#+) (.+?)\s*$", cell.source, flags=re.MULTILINE):
                trail = {level: other for level, other in trail.items() if level < len(marks)} | {len(marks): title}
        yield cell, set(trail.values())


def test_the_ledger_names_each_statement_once_in_order():
    assert [entry.id for entry in ENTRIES] == [f"N{n:02d}" for n in range(1, 34)]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_a_statement_has_a_verdict_a_reason_and_a_place_where_claims_test_it(entry):
    assert entry.verdict in VERDICTS
    assert entry.statement and entry.why.endswith(".") and "|" not in entry.statement + entry.why
    cells = [cell for cell, headings in cells_under(NOTEBOOKS / entry.notebook) if entry.heading in headings]
    assert cells, f"no such heading in {entry.notebook}"
    testing = [cell for cell in cells if entry.id in cell.metadata.get("statements", ())]
    # The gate proves that what is stored is printed.
    assert re.search("^✓ ", "\n".join(map(printed, testing)), flags=re.MULTILINE)


@pytest.mark.parametrize("path", [START, *OTHERS], ids=lambda path: path.stem)
def test_no_cell_names_an_unknown_statement_or_one_twice(path):
    for cell, _ in cells_under(path):
        named = cell.metadata.get("statements", [])
        assert isinstance(named, list) and len(named) == len(set(named)), cell.id
        assert set(named) <= {entry.id for entry in ENTRIES}, cell.id


@pytest.mark.parametrize("path", OTHERS, ids=lambda path: path.stem)
def test_learners_meet_ids_in_the_start_notebook_alone(path):
    for cell, _ in cells_under(path):
        assert re.findall(r"\bN\d\d\b", f"{cell.source}\n{printed(cell)}") == [], cell.id


def test_the_table_in_the_start_notebook_is_the_file():
    cells = nbformat.read(START, as_version=4).cells
    tables = [
        output.data["text/markdown"]
        for cell in cells
        for output in cell.get("outputs", [])
        if "data" in output and "text/markdown" in output.data
    ]
    assert tables == [Ledger()._repr_markdown_()]


def test_the_ledger_can_be_read_as_plain_text():
    lines = repr(Ledger()).split("\n")
    assert len(lines) == len(ENTRIES)
    for line, entry in zip(lines, ENTRIES, strict=True):
        assert line == f"{entry.id} {entry.verdict}: {entry.statement}. {entry.why}"


def test_an_entry_stays_as_it_was_read():
    with pytest.raises(FrozenInstanceError):
        ENTRIES[0].verdict = "holds"
