"""The ledger is complete: every statement has a verdict, a place, and a claim that tests it there."""

import re
from dataclasses import FrozenInstanceError
from pathlib import Path

import nbformat
import pytest

from helpers.ledger import VERDICTS, Ledger, read_ledger

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
ENTRIES = read_ledger()


def claimed(path):
    """Return the ids of all claims that a notebook printed with a tick; the gate proves that it prints them."""
    outputs = [
        output
        for cell in nbformat.read(path, as_version=4).cells
        for output in cell.get("outputs", [])
        if output.output_type == "stream"
    ]
    ticked = re.findall(r"^✓ (N\d\d(?: N\d\d)*): ", "".join(o.text for o in outputs), flags=re.MULTILINE)
    return {id for ids in ticked for id in ids.split()}


def headings(path):
    cells = nbformat.read(path, as_version=4).cells
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return re.findall(r"^#+ (.+?)\s*$", text, flags=re.MULTILINE)


def test_the_ledger_names_each_statement_once_in_order():
    assert [entry.id for entry in ENTRIES] == [f"N{n:02d}" for n in range(1, 34)]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_a_statement_has_a_verdict_a_reason_and_a_place(entry):
    assert entry.verdict in VERDICTS
    assert entry.statement and entry.why.endswith(".") and "|" not in entry.statement + entry.why
    assert entry.heading in headings(NOTEBOOKS / entry.notebook), f"no such heading in {entry.notebook}"


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_a_statement_is_claimed_in_its_chapter(entry):
    assert entry.id in claimed(NOTEBOOKS / entry.notebook)


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_no_claim_names_an_unknown_statement(path):
    assert claimed(path) <= {entry.id for entry in ENTRIES}


def test_the_table_in_the_start_notebook_is_the_file():
    cells = nbformat.read(NOTEBOOKS / "00_start_here.ipynb", as_version=4).cells
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
