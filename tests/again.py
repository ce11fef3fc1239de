"""Run cells again, and sections alone: the numbers must be the same. ``python -m tests.again [NUMBERS OF CHAPTERS]``.

Readers do not run a chapter once from top to bottom. They run a cell twice, or open it at a section. So each chapter is
put before the gate once more in these forms:

* every cell twice in a row;
* every section by itself, in a new kernel, after the cells at the top and those that define a name it uses.
"""

import copy
import re
import subprocess
import symtable
import sys
import tempfile
from pathlib import Path

import nbformat

ROOT = Path(__file__).parent.parent
CHAPTERS = sorted((ROOT / "notebooks").glob("0[1-9]*.ipynb"))


def sections(notebook):
    """Return the code cells of each section, those above the first one first."""
    found = [[]]
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and re.match(r"## ", cell.source):
            found.append([])
        elif cell.cell_type == "code":
            found[-1].append(cell)
    return found


def names(source):
    """Return the global names that a cell sets, and those that it uses."""
    top = symtable.symtable(source, "cell", "exec")
    sets = {symbol.get_name() for symbol in top.get_symbols() if symbol.is_assigned() or symbol.is_imported()}
    uses = {symbol.get_name() for symbol in top.get_symbols() if symbol.is_referenced()}
    inner = top.get_children()
    while inner:
        table = inner.pop()
        uses |= {symbol.get_name() for symbol in table.get_symbols() if symbol.is_global()}
        inner += table.get_children()
    return sets, uses


def needed(cells, earlier):
    """Return those of the earlier cells that `cells` build on, in order."""
    wanted = set()
    for cell in reversed(cells):
        sets, uses = names(cell.source)
        wanted = wanted - sets | uses
    chosen = []
    for cell in reversed(earlier):
        sets, uses = names(cell.source)
        if sets & wanted:
            chosen.insert(0, cell)
            wanted = wanted - sets | uses
    return chosen


def as_if_run(notebook, cells):
    """Return a notebook of these cells, with the outputs that are stored for them."""
    made = nbformat.v4.new_notebook(metadata=notebook.metadata)
    for number, cell in enumerate(map(copy.deepcopy, cells), 1):  # one by one: a cell may come twice
        cell.id, cell.execution_count = f"c{number}", number
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = number
        made.cells.append(cell)
    return made


def building_on(cell, later):
    """Return those of the later cells that use what a cell sets, themselves or through each other, in order."""
    changed, chosen = names(cell.source)[0], []
    for one in later:
        sets, uses = names(one.source)
        if uses & changed:
            chosen.append(one)
            changed |= sets
        else:
            changed -= sets
    return chosen


def variants(notebook):
    """Yield (name, notebook) of each form of a chapter."""
    top, *parts = sections(notebook)
    yield "twice", as_if_run(notebook, [cell for part in (top, *parts) for cell in part for _ in range(2)])
    earlier = []
    for number, part in enumerate(parts, 1):
        yield f"section_{number}", as_if_run(notebook, [*top, *needed(part, earlier), *part])
        earlier += part


def put_before_the_gate(notebooks, *arguments, **settings):
    """Run some notebooks through the gate.

    Parameters
    ----------
    notebooks : dict
        Name -> notebook.
    *arguments : str
        For pytest.
    **settings
        For `subprocess.run`.

    Returns
    -------
    subprocess.CompletedProcess
    """
    command = [sys.executable, "-m", "pytest", "--rootdir", str(ROOT), "-c", str(ROOT / "pyproject.toml"), "--quiet"]
    with tempfile.TemporaryDirectory() as folder:
        for name, notebook in notebooks.items():
            nbformat.write(notebook, Path(folder) / f"{name}.ipynb")
        return subprocess.run([*command, *arguments, folder], cwd=ROOT, check=False, **settings)


def main(numbers):
    """Put these chapters, or all, before the gate; return pytest's exit code."""
    chosen = [path for path in CHAPTERS if not numbers or path.name.startswith(tuple(numbers))]
    made = {}
    for path in chosen:
        made |= {f"{path.stem}_{name}": variant for name, variant in variants(nbformat.read(path, as_version=4))}
    return put_before_the_gate(made).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
