"""Run cells again, and sections alone, for the same numbers: ``python -m tools.rerun_cells [CHAPTERS]``.

Readers do not run a chapter once from top to bottom. They run a cell twice, or open it at a section. So each chapter is
put before the gate once more in these forms:

* every cell twice in a row, then each of them once more, from the last to the first;
* every section by itself, in a new kernel, after the cells at the top; in an appendix, and those that define a name
  it uses.
"""

import ast
import copy
import dis
import importlib
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from types import CodeType

import nbformat

ROOT = Path(__file__).parent.parent
CHAPTERS = [path for place in ("0[1-9]*", "appendix/*") for path in sorted((ROOT / "notebooks").glob(f"{place}.ipynb"))]


def sections(notebook):
    """Return the code cells of each section, those above the first one first.

    A cell may end a section before its heading begins the next one.
    """
    found = [[]]
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and re.search(r"^## ", cell.source, re.MULTILINE):
            found.append([])
        elif cell.cell_type == "code":
            found[-1].append(cell)
    return found


def names(source):
    """Return the global names that a cell sets, and those that it uses before it sets them.

    Python's compiler says which names are global, and in which order they are met. What a function uses counts where
    the function is defined.
    """
    sets, uses = set(), set()
    for statement in ast.parse(source).body:  # one by one: the compiler moves handlers of errors to the end
        module = ast.Module([statement], [])
        for action, name in events(compile(module, "cell", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)):
            if action == "STORE":
                sets.add(name)
            elif name not in sets:
                uses.add(name)
            if action == "DELETE":
                sets.discard(name)
    return sets, uses


def events(code, own=None):
    """Yield (LOAD, STORE or DELETE, name) for each global name in compiled code; `own` names a class body has set."""
    imported = ""
    for step in dis.get_instructions(code):
        if isinstance(step.argval, CodeType):
            yield from events(step.argval, set())
        elif step.opname == "IMPORT_NAME":
            imported = step.argval
        elif (step.opname + step.argrepr).endswith("IMPORT_STAR"):
            module = importlib.import_module(imported)
            public = getattr(module, "__all__", [name for name in vars(module) if not name.startswith("_")])
            yield from (("STORE", name) for name in public)
        elif found := re.fullmatch(r"(LOAD|STORE|DELETE)_(NAME|GLOBAL|FROM_DICT_OR_GLOBALS)", step.opname):
            action, place = found.groups()
            if own is None or place == "GLOBAL":
                yield action, step.argval
            elif action == "STORE":
                own.add(step.argval)
            elif step.argval not in own:
                yield action, step.argval


def overwritten(cells):
    """Yield (id of a cell, name that it uses, id of a later cell that sets it): run again, it means another thing."""
    known = [(cell.id, *names(cell.source)) for cell in cells]
    for number, (using, _, uses) in enumerate(known):
        for name in sorted(uses & set().union(*(sets for _, sets, _ in known[:number]))):
            yield from ((using, name, setting) for setting, sets, _ in known[number + 1 :] if name in sets)


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


def variants(notebook):
    """Yield (name, notebook) of each form of a chapter."""
    top, *parts = sections(notebook)
    cells = [cell for part in (top, *parts) for cell in part]
    yield "again", as_if_run(notebook, [cell for cell in cells for _ in range(2)] + cells[::-1])
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


def main(beginnings):
    """Put the chapters and appendices whose names begin so, or all, before the gate; return pytest's exit code."""
    chosen = [path for path in CHAPTERS if not beginnings or path.name.startswith(tuple(beginnings))]
    made = {}
    for path in chosen:
        made |= {f"{path.stem}_{name}": variant for name, variant in variants(nbformat.read(path, as_version=4))}
    return put_before_the_gate(made).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
