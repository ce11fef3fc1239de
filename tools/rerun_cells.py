"""Run cells again, and sections alone: the numbers must be the same. ``python -m tools.rerun_cells [NUMBERS OF CHAPTERS]``.

Readers do not run a chapter once from top to bottom. They run a cell twice, or open it at a section. So each chapter is
put before the gate once more in these forms:

* every cell twice in a row;
* every section by itself, in a new kernel, after the cells at the top and those that define a name it uses.
"""

import ast
import copy
import re
import subprocess
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
    """Return the global names that a cell sets, and those that it uses before it sets them."""
    sets, uses = set(), set()
    for name, is_set in events(ast.parse(source)):
        if is_set:
            sets.add(name)
        elif name not in sets:
            uses.add(name)
    return sets, uses


def events(node, local=frozenset()):
    """Yield (name, whether it is set or used) in the order in which a piece of code meets its names."""
    match node:
        case ast.Name(id=name):
            if name not in local:
                yield name, isinstance(node.ctx, ast.Store)
            return
        case ast.alias(name=name, asname=other):
            yield other or name.partition(".")[0], True
            return
        case ast.Assign(targets=targets, value=value):
            parts = [value, *targets]
        case ast.AugAssign(target=target, value=value):
            parts = [ast.Name(target.id, ast.Load())] if isinstance(target, ast.Name) else []
            parts += [value, target]
        case ast.For(iter=over, target=target, body=body, orelse=orelse):
            parts = [over, target, *body, *orelse]
        case ast.FunctionDef(args=args, body=body) | ast.Lambda(args=args, body=body):
            body = body if isinstance(body, list) else [body]
            parts = [*getattr(node, "decorator_list", []), *args.defaults, *args.kw_defaults]
            inner = {argument.arg for argument in ast.walk(args) if isinstance(argument, ast.arg)}
            inner |= {name for part in body for name, is_set in events(part) if is_set}
            yield from (event for part in parts if part for event in events(part, local))
            yield from (event for part in body for event in events(part, local | inner))
            parts = []
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            targets = [part for loop in node.generators for part in ast.walk(loop.target)]
            local = local | {part.id for part in targets if isinstance(part, ast.Name)}
            parts = [*node.generators, *(part for part in ast.iter_child_nodes(node) if part not in node.generators)]
        case _:
            parts = ast.iter_child_nodes(node)
    for part in parts:
        yield from events(part, local)
    if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name not in local:
        yield node.name, True


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
