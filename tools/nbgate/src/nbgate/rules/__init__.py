"""What is asked of a notebook: a rule has a code, a default, a sentence, an example and a remedy.

Each module of this folder holds a family, and lists it in `RULES`. A rule's function is called at one of three times:

"stored"
    before anything is run, with a `Notebook`; yields (cell or None, message);
"cell"
    after a cell was run, with the `Run` of it; yields messages;
"after"
    after the last cell, with all runs of the notebook; yields (cell's name or "", message).

Some findings come from running itself, such as an exception: their rule has no function.
"""

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat

from nbgate.findings import cell_name

WHEN = ("stored", "cell", "after")


@dataclass(frozen=True)
class Rule:
    """What is asked for.

    Parameters
    ----------
    code : str
        A letter for the family and three digits.
    name : str
        A short name, such as "run-in-order".
    default : bool
        Whether it is asked for without being selected.
    asks : str
        The sentence that says it.
    example : str
        What breaks it.
    remedy : str
        What to do then.
    when : str
        When `check` is called: see this module's docstring.
    check : callable, optional
        Finds what is wrong.
    """

    code: str
    name: str
    default: bool
    asks: str
    example: str
    remedy: str
    when: str = "stored"
    check: Callable | None = None

    def __post_init__(self):
        if self.when not in WHEN:
            raise ValueError(f"rule {self.code}: expected one of {', '.join(WHEN)}, got {self.when!r}")


@dataclass(frozen=True)
class Notebook:
    """A stored notebook.

    Parameters
    ----------
    path : pathlib.Path
        Where it is: links start from there.
    root : pathlib.Path
        pytest's root folder.
    content : nbformat.NotebookNode
    settings : nbgate.settings.Settings
    """

    path: Path
    root: Path
    content: nbformat.NotebookNode
    settings: object

    @property
    def cells(self):
        """All cells."""
        return self.content.cells

    def name(self, cell):
        """Return how findings name a cell of it."""
        number = next(number for number, other in enumerate(self.cells) if other is cell)
        return cell_name(cell, number)


@dataclass
class Run:
    """A cell that was run.

    Parameters
    ----------
    notebook : Notebook
    cell : nbformat.NotebookNode
        As it is stored.
    name : str
    shown : nbgate.shown.Shown
        What it shows now.
    effects : list of dict
        What `nbgate.effects` noticed in the kernel: each with "kind" and "what".
    ends_session : bool
        Whether it asked its front end to end the session.
    may_raise : bool
        Whether it is marked as one that raises an exception.
    """

    notebook: Notebook
    cell: nbformat.NotebookNode
    name: str
    shown: object
    effects: list
    ends_session: bool
    may_raise: bool


def built_in():
    """Return all rules of this package, by code; those on Markdown only with the extra `prose` installed."""
    from nbgate.rules import claims, execution, hidden, markers, outputs, widgets

    families = [execution, outputs, hidden, markers, widgets, claims]
    if importlib.util.find_spec("markdown_it"):
        from nbgate.rules import numbers, words

        families += [words, numbers]
    return {rule.code: rule for family in families for rule in family.RULES}
