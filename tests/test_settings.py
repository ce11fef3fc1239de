"""What opens the gate, all in one place: whoever leaves a notebook, a cell or a rule out has to change this list, too.

Only what is here is allowed. A reviewer reads a change of it as what it is: something is no longer looked at.
"""

import re
import tomllib

import nbformat

from tests.words import cells
from tools.places import NOTEBOOKS, ROOT, editions, files, notebooks

AGREED = "if that is meant, change the list in tests/test_settings.py as well"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

#: All settings of pytest.
PYTEST = {
    "testpaths": ["tests", "tools/nbgate/tests", "notebooks"],
    "pythonpath": [".", "tools/nbgate/tests"],
    "addopts": [
        *["--numprocesses=auto", "--dist=loadfile"],
        *[
            "--ignore=tests/browser",
            "--ignore=tests/site",
            "--ignore=tests/lite",
            "--ignore=notebooks/zh",
            "--ignore-glob=*/test_grading*.py",
        ],
        *["--strict-markers", "--import-mode=importlib"],
    ],
    "nbgate": True,
    "nbgate_select": ["ALL"],
    "nbgate_timeout": "45",
    "nbgate_numbers": "tests/prose_numbers.toml",
    "nbgate_widgets": "helpers.live.proved",
    "nbgate_env": [
        *["OPENBLAS_NUM_THREADS?=1", "COURSE_CLAIMS=strict", "COURSE_PROGRESS={folder}/progress.json"],
    ],
    "filterwarnings": ["error"],
    "markers": ["browser: drives a real JupyterLab in Chromium"],
}

#: Options of pytest where else it is run: in tox, the Makefile, CI.
TOX = "--quiet -p no:cacheprovider --ignore=notebooks/appendix/frameworks.ipynb --ignore=notebooks/zh"
COMMANDS = {
    "",
    "--override-ini=addopts= --override-ini=nbgate=false --quiet --numprocesses=2 --dist=loadfile "
    "--ignore=notebooks/zh $$how || exit; \\",
    "--override-ini=addopts= --numprocesses=2 --dist=loadfile notebooks/zh",
    "--override-ini=addopts= --numprocesses=2 $(AGAIN) tests/browser",
    "--override-ini=addopts= --numprocesses=2 --dist=loadfile tests/site",
    "--override-ini=addopts= tests/lite;; \\",
    "--override-ini=addopts= --numprocesses=2 --dist=loadfile tests/test_grading*.py",
    "--override-ini=addopts= -q tests/test_grading_harm.py -k any_",
    '--quiet || red=$$((red + 1)); echo "run $$run of $(RUNS), $$red red"; \\',
    "--override-ini=addopts= --quiet tests/test_notebooks.py",
}
WORKFLOWS = [".github/workflows/course.yml", ".github/workflows/site.yml"]
#: What CI runs, in its order: for every change, and beside it what takes longer.
CI = {
    "": [
        "make test",
        "told=$(mktemp)",
        """trap 'cat "$told"; jobs -p | xargs --no-run-if-empty kill' EXIT""",
        'make test-grading > "$told" 2>&1 &',
        "make nbval",
        "make test-zh",
        "wait $!",
        "make test-browser || make test-browser AGAIN=--last-failed",
    ],
    "slow": [
        f"make {what}"
        for what in ("elsewhere", "again", "vary SAMPLE=1", "vary DIGITS=1", "matrix", "fuzz", "odd", "wrong")
    ],
}

#: Rules of style, what is left out of them, and where.
RULES = ["E", "F", "W", "I", "UP", "B", "C4", "SIM", "RUF", "D", "S110", "S112", "BLE001", "TID251"]
NO_RULES = ["RUF001", "RUF002", "RUF003", "D105", "D107"]
RUFF = {
    "tests/**": ["D"],
    "*.ipynb": ["D", "E402", "SIM105"],
    "helpers/{activations,complexity,losses,exercises/exercise}.py": ["D102"],
    "*.py": ["S110", "S112", "BLE001", "TID251"],
}
#: Cells of notebooks whose comments or tags take something out of a check, each with what it says.
CELLS = {
    ("appendix/frameworks.ipynb", "epoch-run"): "noqa: B007, B020",
    ("appendix/more_on_activations.ipynb", "stable-claims"): "nbgate",
}
#: Metadata that a notebook and a cell may have; those of exercises are nbgrader's.
# "jupyter": what is closed because it gives an answer away, exactly (tests/test_predictions.py).
NOTEBOOK, CELL = {"kernelspec", "language_info"}, {"statements", "nbgate", "jupyter"}
EXERCISE = {"nbgrader", "deletable", "editable"}
OPENING = re.compile(r"#\s*((?:nbval|pytest_validate|nbgate|noqa|type: ignore|fmt: )[^\n(]*)", flags=re.IGNORECASE)


#: How a loop over languages ends.
OR_STOP = "|| exit; done"


def test_pytest_is_set_as_agreed():
    """So `-k`, `--deselect`, `-p no:...`, another `testpaths` or `norecursedirs` is seen, wherever it comes from."""
    assert PROJECT["tool"]["pytest"] == {"ini_options": PYTEST}, AGREED
    for name in ("pytest.toml", "pytest.ini", ".pytest.ini", "tox.ini", "setup.cfg", "conftest.py"):
        assert not (ROOT / name).exists(), f"{name} would have a word in it, too"


def test_no_conftest_leaves_anything_out():
    opening = r"\b(collect_ignore\w*|pytest_ignore_collect|pytest_collection_modifyitems|addopts)\b"
    for path in files(ROOT / "tests", "conftest.py"):
        assert re.findall(opening, path.read_text(encoding="utf-8")) == [], path


def test_nothing_stands_among_the_notebooks_but_notebooks():
    """A conftest.py, a sanitize file or a start-up file there would change how they are run."""
    assert files(NOTEBOOKS, "*") == sorted([*notebooks(), *editions()])


def test_wherever_pytest_is_run_its_options_are_agreed():
    (command,) = PROJECT["tool"]["tox"]["env_run_base"]["commands"]
    *words, chosen = command
    assert words == ["python", "-m", "pytest", *TOX.split()] and "notebooks" in chosen["default"]
    for name in ("Makefile", ".ci/run", *WORKFLOWS, ".pre-commit-config.yaml"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert {line.strip() for line in re.findall(r"\bpytest\b(?!\.)(.*)", text)} <= COMMANDS, name
        assert "PYTEST_ADDOPTS" not in text and not re.search(r"\|\| true|continue-on-error", text), name


def test_ci_runs_everything():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert re.search(r"^set -euo pipefail$", script, flags=re.MULTILINE)
    cases = re.findall(r"^    (\S+)\)\n(.*?)^        ;;$", script, flags=re.MULTILINE | re.DOTALL)
    ran = {word.strip('"'): re.findall(r"^        ([^#\s].*)", lines, flags=re.MULTILINE) for word, lines in cases}
    assert ran.pop("*")[-1] == "exit 2"
    assert ran == CI and "exit" not in script.split("case", 1)[0]
    workflow = (ROOT / ".github" / "workflows" / "course.yml").read_text(encoding="utf-8")
    assert re.findall(r"^      - run: (.+)", workflow, flags=re.MULTILINE) == [
        ".ci/run ${{ matrix.which }}",
        "make test",
    ]
    assert re.search(r'^        which: \["", slow\]$', workflow, flags=re.MULTILINE)
    assert re.search(r"^on: \[push, pull_request\]$", workflow, flags=re.MULTILINE)
    assert not re.search(r"^ *if:", workflow, flags=re.MULTILINE)


def test_no_loop_of_make_goes_on_after_a_failure_unheard():
    text = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", " ")
    assert re.findall(r"^OR_STOP = (.+)$", text, flags=re.MULTILINE) == [OR_STOP]
    loops = re.findall(r"\bfor \w+ in .*?(?:done|$)", text, flags=re.MULTILINE)
    assert len(loops) >= 4
    # `OR_STOP` ends the loop over languages; a bench may lack a tool, and its table says so.
    deaf = [one for one in loops if not re.search(r"\|\| (exit|red=|echo \"\$\$tool)|COURSE_LANGUAGE", one)]
    assert deaf == [], "end what the loop does with `|| exit`"


def test_what_is_looked_at_before_a_commit_is_there():
    hooks = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    (folders,) = re.findall(r"files: \^\(([\w|]+)\)/$", hooks, flags=re.MULTILINE)
    missing = [name for name in folders.split("|") if not (ROOT / name).is_dir()]
    assert missing == [], "no such folder: the hook would never run"


def test_style_is_looked_at_as_agreed():
    ruff = PROJECT["tool"]["ruff"]
    assert ruff["lint"]["per-file-ignores"] == RUFF, AGREED
    assert (ruff["lint"]["select"], ruff["lint"]["ignore"]) == (RULES, NO_RULES), AGREED
    assert ruff["extend-include"] == ["*.ipynb"] and "extend-exclude" not in ruff, AGREED
    assert ruff["format"] == {"exclude": ["notebooks/zh/**"]}, AGREED


def test_cells_that_are_left_out_of_a_check_are_agreed():
    found = {}
    for path in notebooks():
        for cell in cells(path):
            words = OPENING.findall(cell.source) if cell.cell_type == "code" else []
            words += cell.metadata.get("tags", [])
            words += [key for key in cell.metadata if key.startswith("nb") and key != "nbgrader"]
            words += ["raw"] if cell.cell_type == "raw" else []
            if words:
                found[path.relative_to(NOTEBOOKS).as_posix(), cell.id] = ", ".join(word.strip() for word in words)
    assert found == CELLS, AGREED


def test_metadata_hide_nothing():
    """Such as a source that JupyterLab folds away, or what a tool does with a cell."""
    for path in notebooks():
        assert set(nbformat.read(path, as_version=4).metadata) == NOTEBOOK, path.name
        allowed = EXERCISE if path.parent.name in ("exercises", "solutions") else CELL
        assert [cell.id for cell in cells(path) if set(cell.metadata) - allowed] == [], f"{path.name}: {AGREED}"
