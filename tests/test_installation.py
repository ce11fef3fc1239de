"""The first cell of the start notebook says in one sentence what to do, whatever is missing or in the way."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from helpers import installation

ROOT = Path(__file__).resolve().parent.parent
START = json.loads((ROOT / "notebooks" / "00_start_here.ipynb").read_text(encoding="utf-8"))
CELL = next("".join(cell["source"]) for cell in START["cells"] if cell.get("id") == "check-cell")
GOOD = {"numpy": "2.4.6", "matplotlib": "3.11.2", "ipywidgets": "8.1.9", "jupyterlab": "4.6.6", "ipykernel": "6.31.0"}
FINE = (
    "✓ numpy, matplotlib, ipywidgets, jupyterlab and ipykernel fit the course\n✓ helpers is the course's own package\n"
)


def run_the_cell(site, installed, *path, **surroundings):
    """Run the cell by a Python that sees only the standard library, `path`, and these names and versions."""
    for name, version in installed.items():
        metadata = site / f"{name}-{version}.dist-info" / "METADATA"
        metadata.parent.mkdir()
        metadata.write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    others = ("VSCODE_", "COLAB_", "PYCHARM_")
    env = {name: value for name, value in os.environ.items() if not name.startswith(others)}
    env |= {"PYTHONPATH": os.pathsep.join(map(str, [*path, site])), "PYTHONUTF8": "1", **surroundings}
    result = subprocess.run([sys.executable, "-S", "-c", CELL], cwd=site, env=env, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_all_is_well_and_nothing_but_python_is_needed_to_say_so(tmp_path):
    assert run_the_cell(tmp_path, GOOD, ROOT) == FINE


def test_helpers_is_missing(tmp_path):
    words = run_the_cell(tmp_path, GOOD)
    assert words.startswith("✗ helpers is missing: start JupyterLab as the README says")
    assert words.count("\n") == 1


@pytest.mark.parametrize("form", ["package", "module", "package that can't be imported", "folder"])
def test_something_else_named_helpers_is_in_the_way(tmp_path, form):
    other = tmp_path / ("helpers.py" if form == "module" else "helpers")
    if form != "module":
        other.mkdir()
    if form != "folder":
        (other / "__init__.py" if other.is_dir() else other).write_text("raise SystemError" if "can't" in form else "")
    # A mere folder comes before the course's package as it is installed, but not before one on the path.
    words = run_the_cell(tmp_path, GOOD, tmp_path, *([] if form == "folder" else [ROOT]))
    assert words == f"✗ Something else is named helpers, too: rename {other}, then restart the kernel.\n"


@pytest.mark.parametrize("name", GOOD)
def test_a_package_is_missing(tmp_path, name):
    words = run_the_cell(tmp_path, {other: GOOD[other] for other in GOOD if other != name}, ROOT)
    assert words.startswith(f"✗ {name} ")
    assert " is missing: close JupyterLab and start it as the README says" in words
    assert words.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "version", "wanted"),
    [
        ("numpy", "1.26.4", "2"),
        ("matplotlib", "4.0", "3"),
        ("ipywidgets", "9.0.0", "7 or 8"),
        ("jupyterlab", "3.6.8", "4"),
        ("ipykernel", "7.1.0", "6"),
    ],
)
def test_a_package_has_another_major_version(tmp_path, name, version, wanted):
    words = run_the_cell(tmp_path, {**GOOD, name: version}, ROOT)
    assert words.startswith(f"✗ {name} {wanted} is needed, this is {version}: close JupyterLab")
    assert words.count("\n") == 1


@pytest.mark.parametrize("variable", ["VSCODE_PID", "COLAB_RELEASE_TAG", "PYCHARM_HOSTED"])
def test_another_front_end_needs_no_jupyterlab_but_widgets_still(tmp_path, variable):
    installed = {name: GOOD[name] for name in ("numpy", "matplotlib", "ipywidgets")}
    (tmp_path / "with").mkdir()
    words = run_the_cell(tmp_path / "with", installed, ROOT, **{variable: "1"})
    assert words.startswith("✓ numpy, matplotlib and ipywidgets fit the course\n")
    del installed["ipywidgets"]
    (tmp_path / "without").mkdir()
    words = run_the_cell(tmp_path / "without", installed, ROOT, **{variable: "1"})
    assert words.startswith("✗ ipywidgets 7 or 8 is missing: ")


def test_in_the_browser_there_is_no_jupyterlab(monkeypatch, capsys):
    there = {"numpy": "2.4.6", "matplotlib": "3.10.8", "ipywidgets": "8.1.9"}
    monkeypatch.setattr(sys, "platform", "emscripten")
    monkeypatch.setattr(installation, "version", there.__getitem__)
    monkeypatch.setattr(installation, "PackageNotFoundError", KeyError)
    installation.check()
    assert capsys.readouterr().out.startswith("✓ numpy, matplotlib and ipywidgets fit the course\n")


def test_what_only_one_page_needs_is_missed_in_one_sentence(monkeypatch):
    assert installation.need("json", "JSON") is None
    with pytest.raises(installation.Missing) as caught:
        installation.need("no_such_package", "Fancy")
    (line,) = caught.value._render_traceback_()  # all that a notebook shows
    assert line.startswith("✗ Fancy is missing. You can read this page without it")
    assert f"{sys.executable} -m pip install no_such_package" in line
