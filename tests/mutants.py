"""Does the course notice a mistake? Mutation testing of the helpers and of the notebooks.

A mutant is the course with one small mistake: ``<`` for ``<=``, ``+`` for ``-``, 3 for 2, an argument less. A test has
to turn red. A mutant that stays green has survived: it shows what nobody checks. What was found: tests/README.md.

    python -m tests.mutants functions      functions of the numeric core and the checkers, by mutmut
    python -m tests.mutants definitions    what mutmut leaves out: module level, class attributes, properties
    python -m tests.mutants notebooks      code cells of the chapters, run by the gate

``--sample N`` takes N of them, the same ones each time; names of files (``helpers/losses.py``) take these alone. The
status is 1 if more than one mutant in 20 survives; a sample may have more by as many as chance explains.
"""

import argparse
import ast
import json
import math
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.mutation.file_mutation import mutate_file_contents

ROOT = Path(__file__).resolve().parent.parent
#: Of `timing` only the shape of what is timed matters, not its random numbers.
NOT_CORE = ("__init__.py", "environment.py", "jupyter_server_config.py", "timing.py")
CORE = [path for path in sorted((ROOT / "helpers").glob("*.py")) if path.name not in NOT_CORE]
CORE += sorted((ROOT / "helpers" / "exercises").glob("*.py"))
CHAPTERS = sorted((ROOT / "notebooks").glob("0*.ipynb"))
COPIED = ("helpers", "tests", "data", "notebooks", "docs", "pyproject.toml", "README.md")
#: No plain settings of pytest: its own processes would only get in the way of ours.
PYTEST = (sys.executable, "-m", "pytest", "--override-ini=addopts=", "-p", "no:cacheprovider", "--exitfirst", "--quiet")
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

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


# --- making mutants -------------------------------------------------------------------------------------------------


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
        case ast.UnaryOp(op=ast.USub()):
            yield "op", ast.UAdd()
        case ast.UnaryOp(op=ast.Not()):
            yield "operand", ast.UnaryOp(ast.Not(), node.operand)
        case ast.Compare():
            for i, operator in enumerate(node.ops):
                yield "ops", [*node.ops[:i], SWAPPED[type(operator)](), *node.ops[i + 1 :]]
        case ast.Call():
            for i in range(len(node.keywords)):
                yield "keywords", node.keywords[:i] + node.keywords[i + 1 :]
            for i in range(len(node.args) - 1):
                yield "args", [*node.args[:i], node.args[i + 1], node.args[i], *node.args[i + 2 :]]


def is_docstring(node):
    """Return whether a node is a string that stands alone."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def inside(node, enters):
    """Yield a node and all nodes below it, but for docstrings, annotations and what `enters` refuses."""
    yield node
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "format_spec"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not is_docstring(child) and enters(child):
                yield from inside(child, enters)


def mutants(source, enters=lambda node: True):
    """Yield (what was changed, source) for each mutant of a piece of code.

    Only the changed statement is written anew, so that a semicolon at the end of a cell keeps its meaning.
    """
    lines = source.encode().splitlines(keepends=True)
    starts = [sum(map(len, lines[:i])) for i in range(len(lines) + 1)]
    for statement in ast.parse(source).body:
        if not enters(statement) or is_docstring(statement):
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
                if after != before:  # as f(x, x) with its arguments swapped is not
                    yield difference(before, after), changed.decode()


def difference(before, after):
    """Return what changed between two texts with a little around it, as "before -> after"."""
    start = common(before, after)
    end = common(before[start:][::-1], after[start:][::-1])
    shown = [text[max(start - 50, 0) : len(text) - end + 15].replace("\n", " ") for text in (before, after)]
    return "  ->  ".join(shown)


def common(one, other):
    """Return how many characters two texts have in common, from their beginning on."""
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def left_out_by_mutmut(node):
    """Return whether mutmut leaves a node alone: it mutates nothing but functions without decorators."""
    plain = isinstance(node, ast.FunctionDef) and all(
        getattr(decorator, "id", "") in ("staticmethod", "classmethod") for decorator in node.decorator_list
    )
    return not plain and not isinstance(node, ast.Import | ast.ImportFrom)


def function_mutants(path):
    """Yield (name, path, None, source) of mutmut's mutants of one module.

    The source is the same for all: it holds every mutant, and the variable MUTANT_UNDER_TEST decides which one acts.
    """
    name = path.relative_to(ROOT)
    mutated = mutate_file_contents(str(name), path.read_text(encoding="utf-8"))
    for mutant in mutated.mutant_names:
        yield f"{'.'.join(name.with_suffix('').parts)}.{mutant}", path, None, mutated.code


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


# --- running them ---------------------------------------------------------------------------------------------------


def tests_of(path):
    """Return the arguments for pytest that check a mutated file, seen from the root of the course."""
    if path.suffix == ".ipynb":
        return ["-p", "tests.gate", "--nbval-current-env", "--nbval-cell-timeout=60", str(path.relative_to(ROOT))]
    module = path.stem.removeprefix("_") if path.parent.name == "helpers" else "exercises"
    files = (ROOT / "tests").glob(f"test_{module}*.py")
    return [str(test.relative_to(ROOT)) for test in sorted(files, key=lambda test: test.stat().st_size)]


def run_tests(mutant, seconds=None):
    """Run the tests with one mutant in a copy of the course; return (green or not, what pytest says, seconds)."""
    name, path, cell, source = mutant
    with tempfile.TemporaryDirectory() as folder:
        copy_course(Path(folder))
        place = Path(folder) / path.relative_to(ROOT)
        if cell is not None:
            notebook = nbformat.read(place, as_version=4)
            notebook.cells[cell].source = source
            source = nbformat.writes(notebook)
        if source is not None:
            place.write_text(source, encoding="utf-8")
        # The kernels of notebooks, too, must find the copy, not the package that is installed.
        environment = {**os.environ, **ONE_THREAD, "PYTHONPATH": folder, "MUTANT_UNDER_TEST": name}
        command, start = [*PYTEST, *tests_of(path)], time.monotonic()
        try:
            done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=seconds)
        except subprocess.TimeoutExpired:
            return False, "too slow", seconds
        if done.returncode not in (0, 1, 2):  # 2: not even collected, for example since the import fails
            raise RuntimeError(f"pytest did not run:\n{done.stdout}{done.stderr}")
        return done.returncode == 0, done.stdout + done.stderr, time.monotonic() - start


def copy_course(folder):
    """Copy what the tests need into a folder."""
    ignored = shutil.ignore_patterns("__pycache__", ".*", "browser", "submissions")
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=ignored)
        else:
            shutil.copy(ROOT / name, folder / name)


def run_each(candidates):
    """Run each mutant in a process of its own; return those that survive."""
    intact = list({str(tests_of(path)): (path.name, path, None, None) for _, path, *_ in candidates}.values())
    limits, survivors = {}, []
    with ThreadPoolExecutor(2) as pool:
        for (name, path, *_), (green, said, seconds) in zip(intact, pool.map(run_tests, intact), strict=True):
            if not green:
                raise SystemExit(f"{said}\n{name} is red without a mutant: mend it first")
            limits[str(tests_of(path))] = 20 + 4 * seconds  # what takes longer has an endless loop
        results = pool.map(run_tests, candidates, [limits[str(tests_of(path))] for _, path, *_ in candidates])
        for i, (mutant, (green, *_)) in enumerate(zip(candidates, results, strict=True), 1):
            print(f"{i:4} of {len(candidates)}  {'SURVIVED' if green else 'killed  '}  {mutant[0]}", flush=True)
            survivors += [mutant] * green
    return survivors


def run_together(candidates):
    """Run mutmut on its mutants, which is many times quicker; return those that survive."""
    paths = sorted({path for _, path, *_ in candidates})
    with tempfile.TemporaryDirectory() as folder:
        copy_course(Path(folder))
        modules = json.dumps([str(path.relative_to(ROOT)) for path in paths])
        tests = json.dumps(sorted({test for path in paths for test in tests_of(path)}))
        with (Path(folder) / "pyproject.toml").open("a", encoding="utf-8") as settings:
            settings.write(f"only_mutate = {modules}\npytest_add_cli_args_test_selection = {tests}\n")

        def mutmut(*arguments):
            command = [Path(sys.executable).with_name("mutmut"), *arguments]
            environment = {**os.environ, **ONE_THREAD}
            done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
            if done.returncode:
                raise SystemExit(f"mutmut stopped:\n{done.stdout}{done.stderr}")
            return done.stdout

        mutmut("run", "--max-children", "2", *(name for name, *_ in candidates))
        lines = mutmut("results", "--all", "true").split("\n")
        state = dict(line.strip().split(": ") for line in lines if ": " in line)
        print(f"{list(state.values()).count('timeout')} of the killed ones ran without end")
        return [mutant for mutant in candidates if state[mutant[0]] not in ("killed", "timeout")]


def described(mutant, kind):
    """Return what a mutant changes, in words or as a difference."""
    name, path, _, source = mutant
    return name if kind != "functions" else f"# {name}\n{get_diff_for_mutant(name, source, path.relative_to(ROOT))}"


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

    together = options.kind == "functions" and not options.sample
    survivors = (run_together if together else run_each)(candidates)

    count, lost = len(candidates), len(survivors)
    print(*(described(mutant, options.kind) for mutant in survivors), sep="\n")
    print(f"{options.kind}: {count - lost} of {count} mutants killed ({1 - lost / count:.1%}), of {total}")
    chance = 3 * math.sqrt(0.05 * 0.95 * count) if count < total else 0  # three standard deviations
    sys.exit(lost > 0.05 * count + chance)


if __name__ == "__main__":
    main()
