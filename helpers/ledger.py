"""The ledger: each statement of the lecture note, the verdict of the course's experiments, and where they are.

The source is one file, ``data/ledger.csv``; the start notebook shows it as a table.
"""

import csv
from dataclasses import dataclass

from helpers.datasets import data_folder

VERDICTS = {"holds": "✓", "holds within limits": "≈", "wrong as stated": "✗"}


@dataclass(frozen=True)
class Entry:
    """One statement of the note.

    Parameters
    ----------
    id : str
        "N01" to "N33".
    statement : str
        What the note says, in our words.
    verdict : str
        A key of `VERDICTS`.
    why : str
        One sentence.
    notebook, heading : str
        Where it is tested: a file in ``notebooks/`` and the text of a heading in it.
    """

    id: str
    statement: str
    verdict: str
    why: str
    notebook: str
    heading: str

    @property
    def link(self):
        """The place as a link, with the heading in the form that JupyterLab and GitHub share."""
        return f"{self.notebook}#{self.heading.replace(' ', '-')}"


def read_ledger():
    """Return all entries.

    Returns
    -------
    list of Entry
        In the order of their ids.
    """
    text = (data_folder() / "ledger.csv").read_text(encoding="utf-8")
    return [Entry(**row) for row in csv.DictReader(text.splitlines())]


class Ledger:
    """The ledger as a table for a notebook."""

    def __init__(self):
        self.entries = read_ledger()

    def _repr_markdown_(self):
        rows = [
            f"| {entry.id} | {entry.statement} | {VERDICTS[entry.verdict]} {entry.verdict} | {entry.why} "
            f"| [chapter {int(entry.notebook[:2])}]({entry.link}) |"
            for entry in self.entries
        ]
        return "\n".join(["| id | the note says | verdict | why | tested in |", "|---|---|---|---|---|", *rows])

    def __repr__(self):
        return "\n".join(f"{entry.id} {entry.verdict}: {entry.statement}. {entry.why}" for entry in self.entries)
