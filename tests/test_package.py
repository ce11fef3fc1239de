"""The set-up: `helpers` is ours wherever it is imported from, and modules import one way only."""

import ast
import importlib
import json
import os
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import helpers

ROOT = Path(__file__).resolve().parent.parent

#: The one map of the modules: lines of names, and what they are for.
MAP = [line for line in helpers.__doc__.splitlines() if line.startswith("    ")]
ORDER = [name for line in MAP for name in re.split(r" {3,}", line.strip())[0].split()]

#: What nothing else may build on, and who may all the same.
ENDS = {"exercises": {"grading"}, "grading": set(), "live": set(), "ledger": set(), "installation": set()}


def run_python(code, cwd, **env):
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=cwd, capture_output=True, text=True, env={**os.environ, **env}
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def modules():
    return [info.name for info in pkgutil.walk_packages(helpers.__path__, "helpers.")]


@pytest.mark.parametrize("place", [".", "notebooks", "tests", "elsewhere"])
def test_helpers_is_ours_wherever_it_is_imported_from(place, tmp_path):
    cwd = tmp_path if place == "elsewhere" else ROOT / place
    assert Path(run_python("import helpers; print(helpers.__file__)", cwd)) == ROOT / "helpers" / "__init__.py"


def test_helpers_is_ours_in_the_kernel_of_a_notebook():
    """The start notebook prints what it found, and is run by the gate; here: that it looks at all."""
    notebook = json.loads((ROOT / "notebooks" / "00_start_here.ipynb").read_text(encoding="utf-8"))
    stored = [output for cell in notebook["cells"] for output in cell.get("outputs", [])]
    assert any("helpers is the course's own" in "".join(output.get("text", [])) for output in stored)


def test_the_numeric_core_loads_neither_matplotlib_nor_widgets():
    imports = "; ".join(f"import helpers.{name}" for name in ORDER[: ORDER.index("exercises/")])
    heavy = run_python(
        f"import sys; {imports}; print([m for m in ('matplotlib', 'ipywidgets', 'IPython') if m in sys.modules])",
        ROOT,
    )
    assert heavy == "[]"


def test_matplotlib_does_not_say_that_it_looks_through_the_fonts(caplog):
    import inspect
    import logging

    from matplotlib import font_manager

    importlib.import_module("helpers.figures")
    (said,) = re.findall(r"'(Matplotlib is building .*?)'", inspect.getsource(font_manager))
    logging.getLogger("matplotlib.font_manager").warning(said)
    logging.getLogger("matplotlib.font_manager").warning("findfont: Font family 'none' not found.")
    assert [record.message for record in caplog.records] == ["findfont: Font family 'none' not found."]


def test_no_module_of_the_course_loads_pyplot():
    imports = "; ".join(f"import {name}" for name in modules())
    assert run_python(f"import sys; {imports}; print('matplotlib.pyplot' in sys.modules)", ROOT) == "False"


def test_the_map_shows_what_there_is():
    there = {path.name + "/" for path in (ROOT / "helpers").glob("[!_.]*/")}
    there |= {path.stem for path in (ROOT / "helpers").glob("*.py")} - {"__init__"}
    assert sorted(ORDER) == sorted(there)


def test_the_readme_shows_the_same_map():
    assert "\n".join(MAP) in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", modules())
def test_imports_run_one_way(name):
    part = name.split(".")[1]
    source = Path(importlib.import_module(name).__file__).read_text(encoding="utf-8")
    imported = {
        node.module.split(".")[1]
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("helpers.")
    } - {part}
    order = [entry.rstrip("/") for entry in ORDER]
    assert imported <= set(order[: order.index(part)]), f"{name} imports what stands below it in the map of helpers"
    for end in imported & set(ENDS):
        assert part in ENDS[end], f"nothing but {ENDS[end] or 'notebooks'} may import helpers.{end}"


@pytest.mark.parametrize("name", modules())
def test_everything_public_is_documented(name):
    module = importlib.import_module(name)
    assert module.__doc__, f"{name} has no docstring"
    for attribute, value in vars(module).items():
        if not attribute.startswith("_") and getattr(value, "__module__", None) == name and callable(value):
            assert getattr(value, "__doc__", None), f"{name}.{attribute} has no docstring"


@pytest.mark.parametrize(
    ("ours", "place"),
    [
        ("overrides.json", "share/jupyter/lab/settings/overrides.json"),
        ("jupyter_server_config.py", "etc/jupyter/jupyter_server_config.py"),
        ("jupyter_nbconvert_config.py", "etc/jupyter/jupyter_nbconvert_config.py"),
        *[
            (f"page/{name}", f"share/jupyter/nbconvert/templates/course/{name}")
            for name in ("conf.json", "index.html.j2")
        ],
        *[
            (f"extension/{name}", f"share/jupyter/labextensions/course/{name}")
            for name in ("package.json", "static/course.js")
        ],
    ],
)
def test_jupyterlab_got_the_settings_of_the_course(ours, place):
    assert (Path(sys.prefix) / place).read_bytes() == (ROOT / "helpers" / "jupyter" / ours).read_bytes()


def test_jupyterlab_reads_these_settings_twice_and_says_nothing(tmp_path):
    code = """
import sys
from jupyter_server.services.contents.filemanager import FileContentsManager
from traitlets.config import PyFileConfigLoader

def settings():
    return PyFileConfigLoader("jupyter_server_config.py", sys.prefix + "/etc/jupyter").load_config()

manager = FileContentsManager(config=settings())
manager.update_config(settings())
print(manager.pre_save_hook.__name__)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("keep_what_needs_no_kernel\n", "")


def test_an_installed_wheel_carries_the_data(tmp_path):
    """A copy of the package with the data beside it, as a wheel has it, finds it there."""
    import shutil

    shutil.copytree(ROOT / "helpers", tmp_path / "helpers", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "data", tmp_path / "helpers_data")
    code = "import helpers.datasets as d; print(d.data_folder()); d.digits()"
    assert Path(run_python(code, tmp_path, PYTHONPATH=str(tmp_path))) == tmp_path / "helpers_data"


@pytest.mark.parametrize("name", ["tests", "tools", "data", "notebooks", "docs"])
def test_no_other_folder_can_be_imported_from_elsewhere(tmp_path, name):
    code = f"import importlib.util as u, sys; print(u.find_spec('{name}') and u.find_spec('{name}').loader)"
    assert run_python(code, tmp_path) == "None"


def test_learners_requirements_are_pinned_exactly():
    for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith(("#", "--editable")):
            assert "==" in line, f"not pinned: {line}"
