"""Does the course notice a mistake? Mutation testing of the helpers and of the notebooks.

A mutant is the course with one small mistake: ``<`` for ``<=``, ``+`` for ``-``, 3 for 2, an argument less. A test has
to turn red. A mutant that stays green has survived: it shows what nobody checks. What was found: tests/README.md.

    python -m tools.mutants functions      functions of the numeric core and the checkers, by mutmut
    python -m tools.mutants definitions    what mutmut leaves out: module level, class attributes, properties
    python -m tools.mutants notebooks      code cells of the chapters, run by the gate

``--sample N`` takes N of them, the same ones each time; names of files (``helpers/losses.py``) take these alone. The
status is 1 if more than one mutant in 20 survives; a sample may have more by as many as chance explains.
"""

import argparse
import ast
import faulthandler
import gc
import importlib
import json
import math
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from contextlib import contextmanager
from importlib.metadata import entry_points
from importlib.util import cache_from_source
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import pytest
from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.mutation.file_mutation import mutate_file_contents
from nbformat import NotebookNode
from nbformat.v4 import new_notebook

from tools.rerun_cells import as_if_run, building_on, needed, put_before_the_gate, sections

ROOT = Path(__file__).resolve().parent.parent
#: Of `timing` only the shape of what is timed matters, not its random numbers.
NOT_CORE = ("__init__.py", "environment.py", "jupyter_server_config.py", "timing.py")
CORE = [path for path in sorted((ROOT / "helpers").glob("*.py")) if path.name not in NOT_CORE]
CORE += sorted((ROOT / "helpers" / "exercises").glob("*.py"))
CHAPTERS = sorted((ROOT / "notebooks").glob("0*.ipynb"))
COPIED = ("helpers", "tests", "data", "notebooks", "docs", "pyproject.toml", "README.md")
#: No plain settings of pytest: its own processes would only get in the way of ours.
PYTEST = ("--override-ini=addopts=", "-p", "no:cacheprovider", "--exitfirst", "--quiet", "--durations=0")
#: Asserts as they are: written anew, pytest's plugins would be compiled for each mutant.
PYTEST += ("--assert=plain",)
#: Loaded before the processes of single mutants fork, so that each has them at once.
WARM = ("numpy", "matplotlib.pyplot", "ipywidgets", "IPython", "hypothesis.extra.numpy", "torch")
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


#: In a cell of a notebook nothing is an input: unless two sides happen to be equal, `<=` for `<` changes nothing.
OPPOSITE = {ast.Lt: ast.GtE, ast.LtE: ast.Gt, ast.Gt: ast.LtE, ast.GtE: ast.Lt}

#: To swap the arguments of these is no mistake.
SYMMETRIC = ("array_equal", "allclose", "isclose", "maximum", "max", "min", "mean_squared_error")


# --- making mutants -------------------------------------------------------------------------------------------------


def changes(node, swapped):
    """Yield (field, value) for each small mistake that can be made in one node of a syntax tree."""
    match node:
        case ast.Constant(value=bool()):
            yield "value", not node.value
        case ast.Constant(value=int() | float()):
            yield "value", node.value + 1
        case ast.Constant(value=str()):
            yield "value", f"XX{node.value}"
        case ast.BinOp() | ast.AugAssign() | ast.BoolOp() if type(node.op) in swapped:
            yield "op", swapped[type(node.op)]()
        case ast.UnaryOp(op=ast.USub()):
            yield "op", ast.UAdd()
        case ast.UnaryOp(op=ast.Not()):
            yield "operand", ast.UnaryOp(ast.Not(), node.operand)
        case ast.Compare():
            for i, operator in enumerate(node.ops):
                yield "ops", [*node.ops[:i], swapped[type(operator)](), *node.ops[i + 1 :]]
        case ast.Call():
            for i in range(len(node.keywords)):
                yield "keywords", node.keywords[:i] + node.keywords[i + 1 :]
            symmetric = getattr(node.func, "attr", getattr(node.func, "id", "")) in SYMMETRIC
            for i in range(0 if symmetric else len(node.args) - 1):
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


def mutants(source, swapped, enters=lambda node: True):
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
            for field, value in changes(node, swapped):
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
    for what, source in mutants(path.read_text(encoding="utf-8"), SWAPPED, left_out_by_mutmut):
        yield f"{path.relative_to(ROOT)}: {what}", path, None, source


def notebook_mutants(path):
    """Yield (name, path, number of the cell, source of the cell) of the mutants of one notebook."""
    for number, cell in enumerate(nbformat.read(path, as_version=4).cells):
        if cell.cell_type == "code":
            for what, source in mutants(cell.source, SWAPPED | OPPOSITE):
                yield f"{path.name}, cell {cell.id}: {what}", path, number, source


# --- running them ---------------------------------------------------------------------------------------------------


def tests_of(path):
    """Return the arguments for pytest that check a mutated file, seen from the root of the course."""
    if path.suffix == ".ipynb":
        return ["-p", "tools.gate", "--nbval-current-env", "--nbval-cell-timeout=60", str(path.relative_to(ROOT))]
    module = path.stem.removeprefix("_") if path.parent.name == "helpers" else "exercises"
    files = (ROOT / "tests").glob(f"test_{module}*.py")
    return [str(test.relative_to(ROOT)) for test in sorted(files, key=lambda test: test.stat().st_size)]


class QuickestFirst:
    """A plugin for pytest that sorts tests by the seconds that they are known to take; killers have less than none."""

    def __init__(self, seconds):
        self.seconds = seconds

    def pytest_collection_modifyitems(self, items):
        """Sort; those not known to take long keep their order, as do the cells of a notebook."""
        items.sort(key=lambda item: self.seconds.get(item.nodeid, 0) * (item.path.suffix == ".py"))


def durations(said):
    """Return the seconds of each test that pytest calls slow."""
    lines = re.findall(r"^([\d.]+)s call +(\S.*)$", said, flags=re.MULTILINE)
    return {test: float(seconds) for seconds, test in lines}


def killers(said):
    """Return the tests that pytest calls failed."""
    return re.findall(r"^FAILED (.+?)(?: - |$)", said, flags=re.MULTILINE)


def start(mutant, folder, limit, seconds):
    """Run the tests with one mutant in a copy of the course; return the number of the process, which this one forks.

    So Python, pytest and the libraries need not be loaded for each mutant. The process ends with pytest's exit code,
    or with 1 after the limit, and writes what pytest says to output.txt; `seconds` is for `QuickestFirst`.
    """
    name, path, cell, source = mutant
    place = folder / path.relative_to(ROOT)
    if cell is not None:
        notebook = nbformat.read(place, as_version=4)
        notebook.cells[cell].source = source
        source = nbformat.writes(notebook)
    if source is not None:
        place.write_text(source, encoding="utf-8")
    process = os.fork()
    if process:
        return process
    with (folder / "output.txt").open("w") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    if limit:
        faulthandler.dump_traceback_later(limit, exit=True)
    os.chdir(folder)
    for loaded in [module for module in sys.modules if module.partition(".")[0] == "tests"]:
        del sys.modules[loaded]
    sys.path.insert(0, str(folder))
    # The kernels of notebooks, too, must find the copy, not the package that is installed.
    os.environ |= {"PYTHONPATH": str(folder), "TMPDIR": str(folder / "tmp"), "MUTANT_UNDER_TEST": name}
    code = pytest.ExitCode.INTERNAL_ERROR
    try:
        code = pytest.main([*PYTEST, *tests_of(path)], [QuickestFirst(seconds)])
    except BaseException:
        traceback.print_exc()
    os._exit(code)  # never back into the loop that forked, which would remove its folders


def copy_course(folder):
    """Copy what the tests need into a folder."""
    (folder / "tmp").mkdir()
    ignored = shutil.ignore_patterns("__pycache__", ".*", "browser", "submissions")
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=ignored)
        else:
            shutil.copy(ROOT / name, folder / name)


def run_each(candidates):
    """Run each mutant in a process of its own; return those that survive."""
    os.environ |= ONE_THREAD
    for name in WARM:
        importlib.import_module(name)
    for plugin in entry_points(group="pytest11"):
        plugin.load()
    gc.freeze()  # what is loaded by now need not be searched for garbage each time
    intact = list({str(tests_of(path)): (path.name, path, None, None) for _, path, *_ in candidates}.values())
    known = {}
    for (name, path, *_), green, said, seconds in two_at_a_time((mutant, 0, {}) for mutant in intact):
        if not green:
            raise SystemExit(f"{said}\n{name} is red without a mutant: mend it first")
        known[str(tests_of(path))] = 20 + 4 * seconds, durations(said)  # what takes longer has an endless loop
    survivors = []
    tasks = ((mutant, *known[str(tests_of(mutant[1]))]) for mutant in candidates)
    for i, (mutant, green, said, _) in enumerate(two_at_a_time(tasks), 1):
        print(f"{i:4} of {len(candidates)}  {'SURVIVED' if green else 'killed  '}  {mutant[0]}", flush=True)
        survivors += [mutant] * green
        # Neighbours often die of the same test: the latest killer is the first to try.
        known[str(tests_of(mutant[1]))][1].update(dict.fromkeys(killers(said), -i))
    return survivors


def two_at_a_time(tasks):
    """Run (mutant, limit, seconds of tests) side by side; yield (mutant, green or not, what pytest says, seconds)."""
    running, tasks = {}, iter(tasks)
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        idle = [Path(one), Path(other)]
        for folder in idle:
            copy_course(folder)
        while True:
            for folder, (mutant, *known) in zip(tuple(idle), tasks, strict=False):
                idle.remove(folder)
                running[start(mutant, folder, *known)] = mutant, folder, time.monotonic()
            if not running:
                return
            process, status = os.wait()
            mutant, folder, begin = running.pop(process)
            idle.append(folder)
            said = (folder / "output.txt").read_text(encoding="utf-8", errors="replace")
            code = os.waitstatus_to_exitcode(status)
            if code not in (0, 1, 2):  # 2: not even collected, for example since the import fails
                raise RuntimeError(f"pytest did not run:\n{said}")
            place = folder / mutant[1].relative_to(ROOT)
            shutil.copy(mutant[1], place)
            # Python takes compiled code for fresh if the source has its size and its second: so may the next mutant.
            Path(cache_from_source(place)).unlink(missing_ok=True)
            yield mutant, code == 0, said, time.monotonic() - begin


def run_in_turns(candidates):
    """Run mutants of cells, many in one kernel; return those that survive, or could not be judged.

    At first only the mutated cell is looked at; for those still alive also the later cells that build on it. The rest
    of the chapter, which is not run, may kill some of the survivors.
    """
    for follow in (False, True):
        left, alive = candidates, []
        while left:
            played = {f"cell_{i}": list(turns(*cell, follow)) for i, cell in enumerate(by_cell(left))}
            red = {(name, played[name][number][2]) for name, number in red_cells(played)}
            survived = {}
            for name, those in played.items():
                for _, mutant, turn in those:
                    # The cells as they are were green just before, so the mutants before have left nothing behind.
                    if mutant and (name, turn - 1) not in red:
                        survived[mutant] = (name, turn) not in red
            alive += [mutant for mutant in left if survived.get(mutant, not survived)]
            left = [mutant for mutant in left if survived and mutant not in survived]
            print(f"{len(candidates) - len(left)} of {len(candidates)} judged, {len(alive)} not killed", flush=True)
        candidates = alive
    return candidates


def by_cell(candidates):
    """Yield (path, number of the cell, its mutants), a few mutants at a time, so that all processors have work."""
    cells = {}
    for mutant in candidates:
        cells.setdefault(mutant[1:3], []).append(mutant)
    for (path, number), those in cells.items():
        for i in range(0, len(those), 20):
            yield path, number, those[i : i + 20]


def turns(path, number, mutants, follow):
    """Yield what to run for the mutants of a cell: (cell, mutant or None, number of the turn).

    First comes what the cell needs. Then it takes turns: as it is, as a mutant, as it is, as the next mutant, and so
    on; each time, if they follow, with the cells that build on it.
    """
    notebook = nbformat.read(path, as_version=4)
    mutated = notebook.cells[number]
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    place = [cell.id for cell in cells].index(mutated.id)
    followers = building_on(mutated, cells[place + 1 :]) if follow else []
    turn = [mutated.id, *(cell.id for cell in followers)]
    others = [cell for cell in cells[: [cell.id for cell in cells].index(turn[-1])] if cell.id not in turn]
    top = [cell for cell in sections(notebook)[0] if cell in others]
    for cell in [*top, *needed([mutated, *followers], [cell for cell in others if cell not in top])]:
        yield cell, None, 0
    count = 1
    for mutant in mutants:
        for cell, what in ((mutated, None), (NotebookNode(mutated, source=mutant[3]), mutant)):
            yield cell, what, count
            for follower in followers:
                yield follower, None, count
            count += 1


def red_cells(played):
    """Run what `turns` made, by name, through the gate; return the (name, number) of each cell that is red."""
    notebooks = {name: as_if_run(new_notebook(), [cell for cell, *_ in those]) for name, those in played.items()}
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        # On a busy machine a slow cell is no endless loop, and its mutants are not dead.
        arguments = ("-k", "Cell", "--nbval-cell-timeout=600", f"--junitxml={report}")
        environment = {**os.environ, "TMPDIR": folder}  # for the pictures that differ
        done = put_before_the_gate(notebooks, *arguments, env=environment, capture_output=True, text=True)
        if done.returncode not in (0, 1):
            raise RuntimeError(f"pytest did not run:\n{done.stdout}{done.stderr}")
        cases = ElementTree.parse(report).iter("testcase")
        bad = [case for case in cases if any(part.tag != "properties" for part in case)]
        return {(Path(case.get("classname")).stem, int(case.get("name").removeprefix("Cell "))) for case in bad}


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


@contextmanager
def trainings_remembered():
    """Let all kernels that start meanwhile do no training twice (tools/cache_trainings.py)."""
    with tempfile.TemporaryDirectory() as folder:
        startup = Path(folder, "profile_default", "startup")
        startup.mkdir(parents=True)
        remember = f"__import__('runpy').run_path({str(ROOT / 'tests' / 'remember.py')!r})"
        (startup / "remember.py").write_text(remember, encoding="utf-8")
        os.environ |= {"IPYTHONDIR": folder, "COURSE_TRAININGS": folder}
        yield


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

    if options.kind == "functions" and not options.sample:
        survivors = run_together(candidates)
    elif options.kind == "notebooks":
        with trainings_remembered():
            survivors = run_each(run_in_turns(candidates))
    else:
        survivors = run_each(candidates)

    count, lost = len(candidates), len(survivors)
    print(*(described(mutant, options.kind) for mutant in survivors), sep="\n")
    print(f"{options.kind}: {count - lost} of {count} mutants killed ({1 - lost / max(count, 1):.1%}), of {total}")
    chance = 3 * math.sqrt(0.05 * 0.95 * count) if count < total else 0  # three standard deviations
    sys.exit(lost > 0.05 * count + chance)


if __name__ == "__main__":
    main()
