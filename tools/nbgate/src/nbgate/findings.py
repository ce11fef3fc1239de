"""What is wrong with a notebook, and how it is told."""

from dataclasses import asdict, dataclass, field


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong.

    Parameters
    ----------
    code : str
        Of the rule that found it, such as "E101".
    cell : str
        The name of the cell; "" if it is the notebook as a whole.
    message : str
        What was expected, and what came.
    pictures : dict
        Name ("expected", "came") -> a picture in base64, if it is about one.
    """

    code: str
    cell: str
    message: str
    pictures: dict = field(default_factory=dict, compare=False)

    def told(self, notebook, name):
        """Return the lines that tell it: where, which rule (with its `name`), what."""
        where = f"{notebook}::{self.cell}" if self.cell else notebook
        return f"{where}: {self.code} {name}: {self.message}"

    def as_dict(self):
        """Return it as what JSON can hold."""
        return asdict(self)


class Found(Exception):
    """What an item of a notebook raises: its findings.

    Parameters
    ----------
    findings : list of Finding
    """

    def __init__(self, findings):
        super().__init__("\n".join(f"{finding.code} {finding.cell}: {finding.message}" for finding in findings))
        self.findings = findings


def cell_name(cell, number):
    """Return how findings name a cell: its id, or in files that have none its place, counted from 1.

    Parameters
    ----------
    cell : nbformat.NotebookNode
    number : int
        Its place among all cells, from 0.
    """
    return cell.get("id") or f"cell {number + 1}"
