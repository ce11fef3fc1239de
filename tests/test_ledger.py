"""The ledger is complete: every statement has a verdict, a place, and claims that test it there.

Learners do not see the statements' ids: a cell that tests some names them in its metadata (``"statements": ["N06"]``).
"""

import re
from dataclasses import FrozenInstanceError

import nbformat
import pytest

from helpers import ledger
from helpers.ledger import VARIATIONS, VERDICTS, Entry, Ledger, how_far, read_ledger
from tests.words import modules, shown_in, without_source
from tools.places import NOTEBOOKS, notebooks
from tools.vary import table

PAGE = NOTEBOOKS / "appendix" / "the_lecture_note.ipynb"
OTHERS = [path for path in notebooks() if path != PAGE]
ENTRIES = read_ledger()
ROWS = table.read()
#: Statement -> numbers in its words that no cell shows where it is tested -> what they are.
NUMBERS = {
    "N09": {"32": "np.finfo(np.float32).bits"},
    "N32": {"8": "-np.log10(1e-8)"},
    "C01": {"1797": "len(datasets.digits())"},
    "C08": {"40": "len((datasets.data_folder() / 'decay_table.txt').read_text(encoding='utf-8').splitlines())"},
}


#: From the lightest to the gravest.
SIGNS = {sign: verdict for verdict, sign in VERDICTS.items()}


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
    """The 33 of the note and the lecture come first, then what the course adds."""
    own = len(ENTRIES) - 33
    assert [entry.id for entry in ENTRIES] == [f"N{n:02d}" for n in range(1, 34)] + [
        f"C{n:02d}" for n in range(1, own + 1)
    ]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_a_statement_has_a_verdict_a_reason_and_a_place_where_claims_test_it(entry):
    assert entry.verdict in VERDICTS
    assert entry.statement and entry.why.endswith(".") and "|" not in entry.statement + entry.why
    cells = [cell for cell, headings in cells_under(NOTEBOOKS / entry.notebook) if entry.heading in headings]
    assert cells, f"no such heading in {entry.notebook}"
    testing = [cell for cell in cells if entry.id in cell.metadata.get("statements", ())]
    # The gate proves that what is stored is printed.
    assert re.search("^✓ ", "\n".join(map(printed, testing)), flags=re.MULTILINE)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_the_verdict_is_that_of_the_claims_behind_it(entry):
    """Whoever turns a verdict has to say which claim turned; and each is asked where the statement is tested."""
    about = {(row["cell"], row["claim"]) for row in ROWS if entry.id in row["statements"].split()}
    about |= {(row["cell"], row["claim"]) for row in ROWS if row["notebook"] == entry.notebook}
    signs = []
    for sign, cell, number in re.findall(r"(\S)(\S+)\.(\d)(?: |$)", entry.claims):
        assert (cell, number) in about, f"no such claim: {cell}.{number}"
        signs.append(sign)
    assert len(signs) == len(entry.claims.split()) > 0
    assert entry.verdict == SIGNS[max(signs, key=list(SIGNS).index)]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_numbers_of_a_statement_and_its_reason_are_shown_where_it_is_tested(entry):
    own = [cell for cell, headings in cells_under(NOTEBOOKS / entry.notebook) if entry.heading in headings]
    own += [cell for path in OTHERS for cell, _ in cells_under(path) if entry.id in cell.metadata.get("statements", ())]
    listed = NUMBERS.get(entry.id, {})
    for number, expression in listed.items():
        assert without_source(number, [eval(expression, dict(modules()))]) == [], expression
    unknown = set(without_source(f"{entry.statement}. {entry.why}", shown_in(own)))
    assert unknown == set(listed), "expected numbers that code, a print or a formula shows, or an expression in NUMBERS"


@pytest.mark.parametrize("path", [PAGE, *OTHERS], ids=lambda path: path.stem)
def test_no_cell_names_an_unknown_statement_or_one_twice(path):
    for cell, _ in cells_under(path):
        named = cell.metadata.get("statements", [])
        assert isinstance(named, list) and len(named) == len(set(named)), cell.id
        assert set(named) <= {entry.id for entry in ENTRIES}, cell.id


@pytest.mark.parametrize("path", OTHERS, ids=lambda path: path.stem)
def test_learners_meet_ids_on_the_page_of_the_ledger_alone(path):
    for cell, _ in cells_under(path):
        assert re.findall(r"\b[NC]\d\d\b", f"{cell.source}\n{printed(cell)}") == [], cell.id


def test_the_stored_table_is_that_of_the_files():
    cells = nbformat.read(PAGE, as_version=4).cells
    tables = [
        output.data["text/markdown"]
        for cell in cells
        for output in cell.get("outputs", [])
        if "data" in output and "text/markdown" in output.data
    ]
    way = "python -m tools.store_notebooks notebooks/appendix/the_lecture_note.ipynb"
    assert tables == [Ledger()._repr_markdown_()], way


def test_a_chinese_verdict_is_not_broken_over_lines():
    stored = (NOTEBOOKS / "zh" / "appendix" / "the_lecture_note.ipynb").read_text(encoding="utf-8")
    verdicts = re.findall(r"\| [NC]\d\d \| [^|]+ \| [✓≈?✗] ([^|]+) \|", stored)
    assert len(verdicts) == len(ENTRIES)
    assert all(len(parts) == 2 * parts.count("\u2060") + 1 for parts in verdicts)


def test_the_ledger_can_be_read_as_plain_text():
    lines = repr(Ledger()).split("\n")
    assert len(lines) == len(ENTRIES)
    for line, entry in zip(lines, ENTRIES, strict=True):
        assert line == f"{entry.id} {entry.verdict}: {entry.statement}. {entry.why}"


def test_an_entry_stays_as_it_was_read():
    with pytest.raises(FrozenInstanceError):
        ENTRIES[0].verdict = "holds"


def test_how_far_a_verdict_stands_is_told_from_the_claims_behind_it(monkeypatch):
    entry = Entry("N01", "One", "holds", "So.", "04_losses.ipynb", "5. Surprise", "✓run.1")

    def told(*rows):
        names = ["notebook", "statements", "varied", "fails"]
        monkeypatch.setattr(ledger, "_rows", lambda name: [dict(zip(names, row, strict=True)) for row in rows])
        return how_far(entry)

    mine = "04_losses.ipynb"
    assert told((mine, "N01", "", "")) == "exact"
    assert told((mine, "N01 N02", "seeds-1 seeds-2 epochs-3", "")) == "other random numbers, epochs"
    # What fails once is lost, whatever else its kind brings, and whatever other claims say.
    rows = [(mine, "N01", "seeds-1 rates-half rates-double", "rates-half"), (mine, "N01", "rates-half deeper", "")]
    assert told(*rows) == "other random numbers, depth; not with other rates"
    others = [(mine, "N02", "seeds-1", "epochs-3"), ("05_capstone.ipynb", "N01", "seeds-1", "")]
    assert told((mine, "N01", "widths-half", "widths-half"), *others) == "not with other widths"


def test_every_kind_of_variation_has_a_word_for_readers():
    from tools.vary.variations import VARIATIONS as NAMED

    assert {name.partition("-")[0] for name in NAMED} == set(VARIATIONS)
