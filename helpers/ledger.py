"""The ledger: each statement put to the test, the verdict of the course's experiments, how far it stands, and where.

The sources are two files: ``data/ledger.csv``, written by hand, and ``data/variations.csv``, written by ``make vary``,
which asks each claim of the notebooks again under other conditions. One notebook shows both as a table.
"""

import csv
import posixpath
import re
from dataclasses import dataclass
from types import MappingProxyType

from helpers.datasets import data_folder
from helpers.language import _

VERDICTS = {"holds": "✓", "holds within limits": "≈", "not confirmed": "?", "wrong as stated": "✗"}

#: Where the table is shown: a folder below ``notebooks/``, from which its links start.
SHOWN_IN = "appendix"

#: How the name of a variation begins -> what a reader calls what it changes. `tools.vary` says how it is changed.
VARIATIONS = MappingProxyType(
    {
        "seeds": _("random numbers"),
        "splits": _("held-out samples"),
        "precision": _("precision"),
        "epochs": _("epochs"),
        "rates": _("rates"),
        "widths": _("widths"),
        "deeper": _("depth"),
    }
)


@dataclass(frozen=True)
class Entry:
    """One statement.

    Parameters
    ----------
    id : str
        "N01" to "N33" for the lecture note and the lecture; "C01", "C02" and so on for what the course adds.
    statement : str
        What is stated, in our words.
    verdict : str
        A key of `VERDICTS`.
    why : str
        One sentence.
    notebook, heading : str
        Where it is tested: a file below ``notebooks/`` and the text of a heading in it.
    claims : str
        The claims that decide it, by cell and number, each after the sign of what it says of the statement:
        "✓rows-claim.1". The gravest sign decides; beside "≈" some may be "✓".
    """

    id: str
    statement: str
    verdict: str
    why: str
    notebook: str
    heading: str
    claims: str

    @property
    def link(self):
        """The place as a link, with the heading in the form that JupyterLab and GitHub share."""
        return f"{posixpath.relpath(self.notebook, SHOWN_IN)}#{_(self.heading).replace(' ', '-')}"

    @property
    def place(self):
        """The place in a word or two: "chapter 3" or "appendix"."""
        if self.notebook.startswith("appendix/"):
            return _("appendix")
        return _("chapter {number}", number=int(self.notebook[:2]))


def read_ledger():
    """Return all entries.

    Returns
    -------
    list of Entry
        In the order of the file: the note's, then the course's own.
    """
    return [Entry(**row) for row in _rows("ledger.csv")]


def how_far(entry):
    """Return in words under which variations the claims behind an entry hold.

    Parameters
    ----------
    entry : Entry
        One statement.

    Returns
    -------
    str
        What may change, and what only as the chapter has it; "exact" if no variation changes what is measured.
    """
    free, bound = set(), set()
    for row in _rows("variations.csv"):
        if row["notebook"] == entry.notebook and entry.id in row["statements"].split():
            free |= {name.partition("-")[0] for name in row["varied"].split()}
            bound |= {name.partition("-")[0] for name in row["fails"].split()}
    told = {_("other {kinds}"): free - bound, _("not with other {kinds}"): bound}
    words = [
        how.format(kinds=_(", ").join(name for kind, name in VARIATIONS.items() if kind in kinds))
        for how, kinds in told.items()
        if kinds
    ]
    return _("; ").join(words) or _("exact")


def _rows(name):
    """Return the rows of a file of the course's data."""
    return list(csv.DictReader((data_folder() / name).read_text(encoding="utf-8").splitlines()))


def _on_one_line(text):
    """Return a text that no table makes narrower than it is: Chinese could be broken at any character."""
    text = re.sub(r"(?<=[\u4e00-\u9fff])(?=[\u4e00-\u9fff])", "\u2060", text)
    return re.sub(r"(?<=[\u4e00-\u9fff]) | (?=[\u4e00-\u9fff])", "\u00a0", text)


class Ledger:
    """The ledger as a table for a notebook."""

    def __init__(self):
        self.entries = read_ledger()

    def _repr_markdown_(self):
        rows = [
            f"| {entry.id} | {_(entry.statement)} | {VERDICTS[entry.verdict]} {_on_one_line(_(entry.verdict))} "
            f"| {_(entry.why)} | {how_far(entry)} | [{_on_one_line(entry.place)}]({entry.link}) |"
            for entry in self.entries
        ]
        names = _("| id | statement | verdict | why | holds also with | tested in |").strip("| ").split(" | ")
        head = [f"| {' | '.join(map(_on_one_line, names))} |", "|---|---|---|---|---|---|"]
        return "\n".join([*head, *rows])

    def __repr__(self):
        return "\n".join(
            _(
                "{id} {verdict}: {statement}. {why}",
                id=entry.id,
                verdict=_(entry.verdict),
                statement=_(entry.statement),
                why=_(entry.why),
            )
            for entry in self.entries
        )
