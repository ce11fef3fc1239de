"""Does the course notice a mistake? Mutation testing of the helpers and of the notebooks.

A mutant is the course with one small mistake: ``<`` for ``<=``, ``+`` for ``-``, 3 for 2, an argument less. A test has
to turn red. A mutant that stays green has survived: it shows what nobody checks. What was found: tests/README.md.

    python -m tests.mutants functions      functions of the numeric core and the checkers, by mutmut ([tool.mutmut])
    python -m tests.mutants definitions    what mutmut leaves out: module level, class attributes, properties
    python -m tests.mutants notebooks      code cells of the chapters, run by the gate

``--sample N`` takes N of them, the same ones each time; names of files (``helpers/losses.py``) take these alone. The
status is 1 if more than one mutant in 20 survives (in a sample: one in 10).
"""

import argparse
import ast
import os
import random
import shutil
import subprocess
import sys
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parent.parent
CONFIGURATION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mutmut"]
CORE = [path for pattern in CONFIGURATION["only_mutate"] for path in sorted(ROOT.glob(pattern))]
CHAPTERS = sorted((ROOT / "notebooks").glob("0*.ipynb"))
COPIED = ("helpers", "tests", "data", "notebooks", "docs", "pyproject.toml", "README.md")
#: No plain settings of pytest: its own processes would only get in the way of ours.
PYTEST = (sys.executable, "-m", "pytest", "--override-ini=addopts=", "-p", "no:cacheprovider", "--exitfirst", "--quiet")
SECONDS = 300

SWAPPED = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.MatMult: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}


# --- our own mutants ------------------------------------------------------------------------------------------------


def changes(node):
    """Yield (field, value) for each small mistake that can be made in one node of a syntax tree."""
    match node:
        case ast.Constant(value=bool()):
            yield "value", not node.value
        case ast.Constant(value=int() | float()):
            yield "value", node.value + 1
        case ast.Constant(value=str()):
            yield "value", f"XX{node.value}"
        case ast.BinOp() | ast.AugAssign() | ast.BoolOp() if type(node.op) in SWAPPED:
            yield "op", SWAPPED[type(node.op)]()
        case ast.UnaryOp(op=ast.USub() | ast.Not()):
            yield "op", ast.UAdd() if isinstance(node.op, ast.USub) else ast.Not()
        case ast.Compare():
            for i, operator in enumerate(node.ops):
                yield "ops", [*node.ops[:i], SWAPPED[type(operator)](), *node.ops[i + 1 :]]
        case ast.Call():
            for i in range(len(node.keywords)):
                yield "keywords", node.keywords[:i] + node.keywords[i + 1 :]
            for i in range(len(node.args) - 1):
                yield "args", [*node.args[:i], node.args[i + 1], node.args[i], *node.args[i + 2 :]]


def inside(node, enters):
    """Yield a node and all nodes below it, but for docstrings, annotations and what `enters` refuses."""
    yield node
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "format_spec"):
            continue
        for child in value if isinstance(value, list) else [value]:
            docstring = isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
            if isinstance(child, ast.AST) and not docstring and enters(child):
                yield from inside(child, enters)


def mutants(source, enters=lambda node: True):
    """Yield (what was changed, source) for each mutant of a piece of code.

    Only the changed statement is written anew, so that a semicolon at the end of a cell keeps its meaning.
    """
    lines = source.encode().splitlines(keepends=True)
    starts = [sum(map(len, lines[:i])) for i in range(len(lines) + 1)]
    for statement in ast.parse(source).body:
        if not enters(statement):
            continue
        first = min([statement, *getattr(statement, "decorator_list", [])], key=lambda node: node.lineno)
        begin = starts[first.lineno - 1] + first.col_offset - (first is not statement)  # the @ of a decorator
        end = starts[statement.end_lineno - 1] + statement.end_col_offset
        before = ast.unparse(statement)
        for node in inside(statement, enters):
            for field, value in changes(node):
                kept = getattr(node, field)
                setattr(node, field, value)
                after = ast.unparse(statement)
                setattr(node, field, kept)
                changed = source.encode()[:begin] + after.encode() + source.encode()[end:]
                yield difference(before, after), changed.decode()


def difference(before, after):
    """Return the lines that changed, as "before -> after"."""
    pairs = zip(before.splitlines(), after.splitlines(), strict=False)
    return next((f"{old.strip()}  ->  {new.strip()}" for old, new in pairs if old != new), f"{before}  ->  {after}")


def left_out_by_mutmut(node):
    """Return whether mutmut leaves a node alone: it mutates nothing but functions without decorators."""
    plain = isinstance(node, ast.FunctionDef) and all(
        getattr(decorator, "id", "") in ("staticmethod", "classmethod") for decorator in node.decorator_list
    )
    return not plain and not isinstance(node, ast.Import | ast.ImportFrom)


def definition_mutants(path):
    """Yield (name, path, None, source) of the mutants of one module outside of its functions."""
    for what, source in mutants(path.read_text(encoding="utf-8"), left_out_by_mutmut):
        yield f"{path.relative_to(ROOT)}: {what}", path, None, source


def notebook_mutants(path):
    """Yield (name, path, number of the cell, source of the cell) of the mutants of one notebook."""
    for number, cell in enumerate(nbformat.read(path, as_version=4).cells):
        if cell.cell_type == "code":
            for what, source in mutants(cell.source):
                yield f"{path.name}, cell {cell.id}: {what}", path, number, source


def tests_of(path):
    """Return the arguments for pytest that check a mutated file, seen from the root of the course."""
    if path.suffix == ".ipynb":
        return ["-p", "tests.gate", "--nbval-current-env", "--nbval-cell-timeout=60", str(path)]
    module = path.stem if path.parent.name == "helpers" else "exercises"
    return [f"tests/test_{module}.py"]


def survives(mutant):
    """Return whether the tests stay green with one mutant, in a copy of the course of its own."""
    _, path, cell, source = mutant
    with tempfile.TemporaryDirectory() as folder:
        copy_course(Path(folder))
        place = Path(folder) / path.relative_to(ROOT)
        if cell is not None:
            notebook = nbformat.read(place, as_version=4)
            notebook.cells[cell].source = source
            source = nbformat.writes(notebook)
        if source is not None:
            place.write_text(source, encoding="utf-8")
        command = [*PYTEST, *tests_of(place.relative_to(folder))]
        try:
            # The kernels of notebooks, too, must find the copy, not the package that is installed.
            environment = {**os.environ, "PYTHONPATH": folder}
            done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            return False
        if done.returncode not in (0, 1, 2):  # 2: not even collected, for example since the import fails
            raise RuntimeError(f"pytest did not run:\n{done.stdout.decode()}{done.stderr.decode()}")
        return done.returncode == 0


def copy_course(folder):
    """Copy what the tests need into a folder."""
    ignored = shutil.ignore_patterns("__pycache__", ".*", "browser", "submissions")
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=ignored)
        else:
            shutil.copy(ROOT / name, folder / name)


def run_ours(candidates, paths):
    """Run mutants of our own; return the names of those that survive."""
    intact = [(path.name, path, None, None) for path in paths]
    with ThreadPoolExecutor(2) as pool:
        for (name, *_), green in zip(intact, pool.map(survives, intact), strict=True):
            if not green:
                raise SystemExit(f"{name} is red without a mutant: mend it first")
        survivors = []
        for i, ((name, *_), green) in enumerate(zip(candidates, pool.map(survives, candidates), strict=True), 1):
            print(f"{i:4} of {len(candidates)}  {'SURVIVED' if green else 'killed  '}  {name}", flush=True)
            survivors += [name] * green
    return survivors


# --- mutmut's mutants -----------------------------------------------------------------------------------------------


def function_mutants(path):
    """Yield the names of mutmut's mutants of one module."""
    from mutmut.mutation.file_mutation import mutate_file_contents

    name = path.relative_to(ROOT)
    module = ".".join(name.with_suffix("").parts)
    for mutant in mutate_file_contents(str(name), path.read_text(encoding="utf-8")).mutant_names:
        yield f"{module}.{mutant}"


def run_mutmut(names):
    """Run mutmut on mutants, in a copy of the course; return the differences that survive."""
    mutmut = str(Path(sys.executable).with_name("mutmut"))
    with tempfile.TemporaryDirectory() as folder:
        copy_course(Path(folder))
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

        def call(*arguments, **options):
            return subprocess.run([mutmut, *arguments], cwd=folder, env=environment, check=True, text=True, **options)

        call("run", "--max-children", "2", *names)
        results = call("results", "--all", "true", capture_output=True).stdout
        state = dict(line.strip().split(": ") for line in results.splitlines() if ": " in line)
        lost = [name for name in names if state[name] not in ("killed", "timeout", "caught by type check")]
        return [f"{name} ({state[name]})\n{call('show', name, capture_output=True).stdout}" for name in lost]


# --- the command line -----------------------------------------------------------------------------------------------


def main(arguments=None):
    """Run mutants and report the survivors."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=("functions", "definitions", "notebooks"))
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--sample", type=int)
    options = parser.parse_args(arguments)

    known = CHAPTERS if options.kind == "notebooks" else CORE
    paths = [path.resolve() for path in options.files] or known
    make = {"functions": function_mutants, "definitions": definition_mutants, "notebooks": notebook_mutants}
    candidates = [mutant for path in paths for mutant in make[options.kind](path)]
    total = len(candidates)
    if options.sample is not None and options.sample < total:
        candidates = random.Random(0).sample(candidates, options.sample)

    if options.kind == "functions":
        survivors = run_mutmut(candidates)
    else:
        survivors = run_ours(candidates, sorted({path for _, path, *_ in candidates}))

    killed = len(candidates) - len(survivors)
    print(*survivors, sep="\n")
    print(f"{options.kind}: {killed} of {len(candidates)} mutants killed ({killed / len(candidates):.1%}), of {total}")
    sys.exit(killed < (0.9 if options.sample else 0.95) * len(candidates))


if __name__ == "__main__":
    main()
