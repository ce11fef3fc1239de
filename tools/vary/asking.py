"""Run a notebook with one thing changed, and record its claims: ``python -m tools.vary.asking NOTEBOOK [VARIATION]``.

A claim is asked, not obeyed: one that is false is recorded, and the notebook goes on. Pictures are not drawn.
"""

import ast
import contextlib
import importlib
import io
import json
import os
import pkgutil
import sys
from pathlib import Path

import nbformat
import numpy as np
from IPython.core.interactiveshell import InteractiveShell

import helpers
from helpers import claims
from tools.vary import variations

#: Calls of these show something and return to nobody: what they show is not asked.
SHOWN = ("figures", "live", "predict", "print", "display", "training_spread")


def without_pictures(source):
    """Return a cell's statements but for those that only draw, ask or print."""
    kept = [statement for statement in ast.parse(source).body if not shows_only(statement)]
    return ast.unparse(ast.Module(kept, []))


def shows_only(statement):
    """Return whether a statement is a call that only shows something."""
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
        return False
    named = statement.value.func
    while isinstance(named, ast.Attribute):
        named = named.value
    return isinstance(named, ast.Name) and named.id in SHOWN


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
        A key of `variations.VARIATIONS`.

    Returns
    -------
    dict
        ``claims``: for each claim the cell, its number in the cell, the statements the cell tests, what was said,
        whether it holds, and the least and greatest value; ``errors``: cell and error of each cell that stopped.
    """
    os.environ.pop("COURSE_CLAIMS", None)
    # All modules are there before one of their functions is changed.
    for module in pkgutil.walk_packages(helpers.__path__, "helpers."):
        if "grading" not in module.name and "jupyter" not in module.name:
            importlib.import_module(module.name)
    if name is not None:
        variations.apply(variations.VARIATIONS[name])
    heard, errors, place = [], [], {}

    def listen(sentence, value, **bounds):
        place["claim"] += 1
        heard.append({**place, **record(sentence, value, **bounds)})

    shell = InteractiveShell.instance()
    os.chdir(notebook.parent)
    for cell in nbformat.read(notebook.name, as_version=4).cells:
        if cell.cell_type != "code":
            continue
        place.update(cell=cell.id, claim=0, statements=" ".join(cell.metadata.get("statements", [])))
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            result = shell.run_cell(without_pictures(cell.source), silent=True)
        shell.user_ns["claim"] = listen  # after the cell that imports the real one
        if not result.success:
            errors.append([cell.id, repr(result.error_in_exec or result.error_before_exec)[:200]])
    return {"claims": heard, "errors": errors}


def plain(value):
    """Return a NumPy number as one that JSON knows."""
    return value.item()


if __name__ == "__main__":
    print(json.dumps(ask(Path(sys.argv[1]).resolve(), *sys.argv[2:]), default=plain, ensure_ascii=False))
