"""The gate bites: each tiny notebook of tests/gate_notebooks/ turns red where it should, or stays green."""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections import defaultdict
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import pytest

from tests.gate_notebooks import BREAKS, FOLDER, HARMLESS, INTACT, code
from tools.gate.kernel import GateKernel

ROOT = Path(__file__).parent.parent
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"]["ini_options"]
GREEN = [*INTACT, *HARMLESS]
BY_GATE = {name: change for name, change in BREAKS.items() if change.item != "ruff"}
BY_RUFF = {name: change for name, change in BREAKS.items() if change.item == "ruff"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with all notebooks: the intact ones, which are stored, and those that are made from them."""
    folder = tmp_path_factory.mktemp("gate") / "notebooks"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    subprocess.run([sys.executable, "-m", "tests.gate_notebooks", folder], cwd=ROOT, check=True)
    return folder


@pytest.fixture(scope="module")
def failures(folder):
    """Return what the gate says of all notebooks: name -> list of (item, message), in order; they run only once."""
    command = [sys.executable, "-m", "pytest", "-c", ROOT / "pyproject.toml", "--rootdir", folder.parent, folder]
    command += ["-p", "tools.gate.plugin", "--gate", "-o", f"gate_numbers={folder / 'numbers.toml'}"]
    command += ["--override-ini=addopts=", "-p", "no:cacheprovider", "--nbval-cell-timeout=15", "--color=no"]
    command += ["--numprocesses=2", "--dist=loadfile", "--import-mode=importlib"]
    command += [f"--ignore-glob={folder / 'not_collected.ipynb'}"]
    report = folder.parent / "report.xml"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    run = subprocess.run([*map(str, command), f"--junitxml={report}"], cwd=ROOT, env=environment, capture_output=True)
    assert report.exists(), (run.stdout + run.stderr).decode("utf-8", "replace")
    found = defaultdict(list)
    for case in ElementTree.parse(report).iter("testcase"):
        name = case.get("classname").removesuffix(".ipynb").replace(".", "/").removeprefix("notebooks/")
        bad = [part for part in case if part.tag in ("failure", "error")]
        found[name or case.get("name").partition(".")[0]] += [(case.get("name"), part.text) for part in bad]
    return found


@pytest.mark.parametrize("name", GREEN)
def test_an_honest_notebook_stays_green(failures, name):
    assert name in failures, "the notebook was not run"
    assert failures[name] == []


@pytest.mark.parametrize("name", BY_GATE)
def test_a_mistake_turns_red_where_it_is_and_says_why(failures, name):
    change = BY_GATE[name]
    assert failures[name], "the gate is open"
    item, message = failures[name][0]
    assert item == change.item, message
    assert change.says in message, message


@pytest.mark.parametrize("name", BREAKS)
def test_a_mistake_differs_from_a_twin_that_stays_green(folder, name):
    twin = BREAKS[name].of
    assert twin in INTACT
    assert (folder / f"{name}.ipynb").read_text("utf-8") != (folder / f"{twin}.ipynb").read_text("utf-8") or (
        name == "not_collected"
    )


def test_the_stored_notebooks_are_those_of_the_table():
    assert {path.stem for path in FOLDER.glob("*.ipynb")} == set(INTACT)
    for name, notebook in INTACT.items():
        stored = nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)
        assert [cell.source for cell in stored.cells] == [cell.source for cell in notebook.cells], name


@pytest.fixture(scope="module")
def complaints(folder):
    """Return what ruff says of the notebooks, with the project's settings: name -> set of its rules."""
    files = [folder / f"{name}.ipynb" for name in [*INTACT, *BY_RUFF]]
    command = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--no-cache",
        "--output-format=json",
        "--config=pyproject.toml",
        *map(str, files),
    ]
    told = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8").stdout)
    found = defaultdict(set)
    for complaint in told:
        found[Path(complaint["filename"]).stem].add(complaint["code"])
    return found


@pytest.mark.parametrize("name", BY_RUFF)
def test_ruff_sees_what_a_cell_swallows(complaints, name):
    assert BY_RUFF[name].says in complaints[name]
    assert BY_RUFF[name].says not in complaints[BY_RUFF[name].of]


def collected(*arguments, folder=ROOT):
    """Return what the program `pytest` collects, and its exit code; it does not put the root on Python's path."""
    pytest_itself = Path(sys.executable).with_name("pytest")
    command = [pytest_itself, "--collect-only", "-q", "-p", "no:cacheprovider", *arguments]
    done = subprocess.run([*map(str, command)], cwd=folder, capture_output=True, encoding="utf-8")
    return [line.partition("::")[::2] for line in done.stdout.splitlines() if "::" in line], done


def test_nbvals_own_flag_runs_no_cell_twice_and_its_lax_twin_is_refused():
    notebook = "notebooks/05_capstone.ipynb"
    items, _ = collected("-n0", "--nbval", notebook)
    assert [items[0], items[1], items[-1]] == [(notebook, item) for item in ("stored", "Cell 0", "afterwards")]
    assert len(items) == len(set(items))
    items, done = collected("-n0", "--nbval-lax", notebook)
    assert items == [] and done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "the gate compares all outputs" in done.stderr


def test_the_gate_is_inert_until_it_is_switched_on():
    items, _ = collected("-o", "addopts=", "-p", "tools.gate.plugin", "--nbval", "notebooks")
    assert items and all(item.startswith("Cell ") for _, item in items)


def test_what_pytest_is_told_to_leave_out_is_not_missed(tmp_path):
    names = ["seen", "venv/a", "build/b", "node_modules/c", "deep/.hidden/d", "ignored/e", "left", "old_1", "missed"]
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(FOLDER / "not_renamed.ipynb", tmp_path / f"{name}.ipynb")
    told = 'collect_ignore = ["left.ipynb"]\ncollect_ignore_glob = ["old_*.ipynb"]\n'
    (tmp_path / "conftest.py").write_text(told, encoding="utf-8")
    arguments = ["-c", ROOT / "pyproject.toml", "--rootdir", tmp_path, "-n0", "--ignore=ignored"]
    items, _ = collected(*arguments, "--ignore-glob=missed.*", ".", folder=tmp_path)
    seen = [("seen.ipynb", item) for item in ("stored", "Cell 0", "afterwards")]
    assert items == [*seen, ("", "missed.ipynb was not collected")]


def test_to_import_the_gate_changes_nothing():
    modules = [f"tools.gate.{path.stem}" for path in (ROOT / "tools" / "gate").glob("[!_]*.py")]
    code = "import importlib, os, tempfile, nbval.plugin as n; before = dict(os.environ), n.RunningKernel\n"
    code += f"tempfile.mkdtemp = None\n[importlib.import_module(name) for name in {modules}]\n"
    code += "assert (dict(os.environ), n.RunningKernel) == before"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_a_stuck_kernel_is_noticed_within_a_minute():
    (limit,) = (float(option.partition("=")[2]) for option in SETTINGS["addopts"] if "cell-timeout" in option)
    assert limit + 10 < 60  # ten more seconds are waited for the kernel to obey an interrupt


def test_a_kernel_needs_no_port_that_another_program_could_take(monkeypatch):
    def find_available_port(self, ip):
        raise AssertionError("a port was asked for")

    monkeypatch.setattr("jupyter_client.connect.LocalPortCache.find_available_port", find_available_port)
    GateKernel("python3").stop()


def test_each_kind_of_output_has_a_fixture():
    """Pictures, text and streams: else a hole in one of them would not be noticed."""
    outputs = [o for name in INTACT for c in code(nbformat.read(FOLDER / f"{name}.ipynb", 4)) for o in c.outputs]
    assert {"stream", "display_data", "execute_result", "error"} == {output.output_type for output in outputs}
