"""Run a notebook with one thing changed, and record its claims: ``python -m tools.vary.asking NOTEBOOK [VARIATION]``.

A claim is asked, not obeyed: one that is false is recorded, and the notebook goes on. Pictures are not drawn. What
cells print is kept where it should be the same to the letter.
"""

import ast
import contextlib
import importlib
import importlib.machinery
import io
import json
import os
import sys
import types
import warnings
from pathlib import Path

import nbformat
import numpy as np

from helpers import claims
from tools.vary import variations

#: Calls of these show something and return to nobody: under a variation that changes it, what they show is not asked.
SHOWN = ("print", "display")
#: Where nothing is computed that a claim could be about.
PICTURES = ("helpers.figures", "helpers.live")


class Pictures(types.ModuleType):
    """Stands for modules that draw, and for what is in them: it takes anything, and returns itself."""

    __path__ = ()

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *_, **__):
        """Return itself."""
        return self


class Finder:
    """Finds `Pictures` for each module that draws, so that none is imported."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        """Return how to make the module; None for all others."""
        if name.startswith(PICTURES):
            return importlib.machinery.ModuleSpec(name, Finder)
        return None

    @staticmethod
    def create_module(spec):
        """Return the module."""
        return Pictures(spec.name)

    @staticmethod
    def exec_module(module):
        """Do nothing: it is complete."""


def without_words(source):
    """Return a cell's statements but for those that only print."""
    kept = [statement for statement in ast.parse(source).body if not shows_only(statement)]
    return ast.unparse(ast.Module(kept, []))


def shows_only(statement):
    """Return whether a statement is a call that only shows something."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in SHOWN


def record(sentence, value, **bounds):
    """Return what a claim says, as the text that it prints, whether it holds, and the values it is about."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        claims.claim(sentence, value, **bounds)
    line = said.getvalue().strip()
    values = np.ravel(value)
    ends = [values.min(), values.max()] if values.dtype.kind in "iuf" and values.size else values[:1]
    return {"said": line.removeprefix("✓ ").removeprefix("✗ "), "holds": line.startswith("✓"), "values": list(ends)}


def ask(notebook, name=None):
    """Run a notebook with a variation, or as it is.

    Parameters
    ----------
    notebook : pathlib.Path
        The notebook, from whose folder it runs.
    name : str, optional
        A key of `variations.VARIATIONS` or `variations.SEVENTH_DIGIT`.

    Returns
    -------
    dict
        ``claims``: for each claim the cell, its number in the cell, the statements the cell tests, what was said,
        whether it holds, and the least and greatest value; ``printed``: for each cell what it prints besides, none
        under `variations.VARIATIONS`; ``errors``: cell and error of each cell that stopped;
        ``used``: without a variation, the arguments in use that some variation changes.
    """
    os.environ.pop("COURSE_CLAIMS", None)
    sys.meta_path.insert(0, Finder)
    # All modules are there before one of their functions is changed.
    import_all("helpers", "helpers.experiments")
    used = set()
    if name is None:
        used = variations.watch()
    else:
        variations.apply((variations.VARIATIONS | variations.SEVENTH_DIGIT)[name])
    heard, printed, errors, place = [], {}, [], {}

    def listen(sentence, value, **bounds):
        place["claim"] += 1
        heard.append({**place, **record(sentence, value, **bounds)})

    os.chdir(notebook.parent)
    names = {"__name__": "__main__"}
    warnings.simplefilter("ignore")
    for cell in nbformat.read(notebook.name, as_version=4).cells:
        if cell.cell_type != "code":
            continue
        place.update(cell=cell.id, claim=0, statements=" ".join(cell.metadata.get("statements", [])))
        source = without_words(cell.source) if name in variations.VARIATIONS else cell.source
        try:
            with contextlib.redirect_stdout(io.StringIO()) as out:
                exec(compile(source, f"cell {cell.id}", "exec"), names)
        except Exception as error:
            errors.append([cell.id, repr(error)[:200]])
        printed[cell.id] = out.getvalue()
        names["claim"] = listen  # after the cell that imports the real one
    return {"claims": heard, "printed": printed, "errors": errors, "used": sorted(used)}


def import_all(*packages):
    """Import the modules of packages, but not of what lies deeper."""
    for package in packages:
        folder = Path(importlib.import_module(package).__file__).parent
        for path in sorted(folder.glob("[!_]*.py")):
            importlib.import_module(f"{package}.{path.stem}")


def plain(value):
    """Return a NumPy number as one that JSON knows."""
    return value.item()


if __name__ == "__main__":
    print(json.dumps(ask(Path(sys.argv[1]).resolve(), *sys.argv[2:]), default=plain, ensure_ascii=False))
