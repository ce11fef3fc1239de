"""Do the tests notice a mistake? Mutation testing of the numeric core and of the checkers, by mutmut.

``python -m tools.mutants [FILE ...]`` puts small mistakes into the functions of these modules, or of all, one at a
time: ``<`` for ``<=``, ``+`` for ``-``, 3 for 2, an argument less. The tests of the module have to turn red. Prints
what survived; the status is 1 if more than one mutant in 20 does. Settings: ``[tool.mutmut]`` in pyproject.toml.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MUTMUT = Path(sys.executable).with_name("mutmut")
COPIED = ("helpers", "tests", "tools", "data", "notebooks", "docs")


def tests_of(path):
    """Return the test files that import a module, seen from the root of the course; of exercises those of all."""
    folder, name = ".".join(path.relative_to(ROOT).parts[:-1]), path.stem
    named = re.compile(rf"\b{folder}\.{name}\b|from {folder} import .*\b{name}\b")
    if path.parent.name == "exercises":
        named = re.compile(r"\bhelpers\.exercises\b")
    tests = [
        test for test in sorted((ROOT / "tests").glob("test_*.py")) if test.stem != "test_grading"
    ]  # its own sandbox
    return [str(test.relative_to(ROOT)) for test in tests if named.search(test.read_text(encoding="utf-8"))]


#: Of `timing` only the shape of what is timed matters, not its random numbers.
CORE = [
    path
    for folder in (".", "exercises", "experiments")
    for path in sorted((ROOT / "helpers" / folder).glob("*.py"))
    if path.stem not in ("__init__", "timing") and tests_of(path)
]


def survivors(path):
    """Run the mutants of one module in a copy of the course; return how many there are, and the survivors' changes."""
    with tempfile.TemporaryDirectory() as folder:
        for name in COPIED:
            shutil.copytree(ROOT / name, Path(folder, name), ignore=shutil.ignore_patterns("__pycache__", ".*"))
        settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
        settings += f"only_mutate = {json.dumps([str(path.relative_to(ROOT))])}\n"
        settings += f"pytest_add_cli_args_test_selection = {json.dumps(tests_of(path))}\n"
        Path(folder, "pyproject.toml").write_text(settings, encoding="utf-8")

        def mutmut(*arguments):
            environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
            done = subprocess.run([MUTMUT, *arguments], cwd=folder, env=environment, capture_output=True, text=True)
            if done.returncode:
                raise SystemExit(f"mutmut stopped at {path.name}:\n{done.stdout}{done.stderr}")
            return done.stdout

        mutmut("run", "--max-children", "2")
        states = [line.strip().split(": ") for line in mutmut("results", "--all", "true").splitlines() if ": " in line]
        return len(states), [mutmut("show", name) for name, state in states if state not in ("killed", "timeout")]


def main(files):
    """Run the mutants of these modules, or of all; return whether too many survive."""
    total = lost = 0
    for path in [Path(file).resolve() for file in files] or CORE:
        count, alive = survivors(path)
        print(*alive, f"{path.name}: {count - len(alive)} of {count} mutants killed", sep="\n", flush=True)
        total, lost = total + count, lost + len(alive)
    print(f"{total - lost} of {total} mutants killed ({1 - lost / max(total, 1):.1%})")
    return lost > 0.05 * total


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
