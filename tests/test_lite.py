"""What the site that runs the course in a browser is made of. `tests/lite` opens it."""

import ast
import hashlib
import json
import re
import zipfile

import pytest

from helpers.own_files import COURSE
from tools.lite.lock import with_wheels
from tools.lite.source import AT_ONCE, BESIDE, DRIVE, KERNEL, LOCK, lay_out
from tools.places import ROOT, editions, notebooks

PYODIDE = {
    "info": {"python": "3.14.2"},
    "packages": {"numpy": {"name": "numpy", "file_name": "numpy-2.4.6.whl", "depends": [], "sha256": "0"}},
}
NEEDS = ["numpy>=2", "tornado; sys_platform != 'emscripten'", "black; extra == 'dev'", "widgetsnbextension~=4.0"]


def wheel(folder, needs):
    """Return a wheel of a course that needs this."""
    path = folder / "a_course-1.2-py3-none-any.whl"
    about = "\n".join(
        ["Metadata-Version: 2.1", "Name: A_Course", "Version: 1.2", *(f"Requires-Dist: {n}" for n in needs)]
    )
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("helpers/__init__.py", "")
        packed.writestr("helpers/live/board.py", "")
        packed.writestr("helpers_data/iris.csv", "")
        packed.writestr("a_course-1.2.dist-info/METADATA", about)
    return path


def test_the_lock_file_names_the_course_and_what_it_is_imported_by(tmp_path):
    path = wheel(tmp_path, NEEDS)
    lock = with_wheels(PYODIDE, [path], "../course/", "https://elsewhere/")
    assert lock["info"] == PYODIDE["info"]
    assert lock["packages"]["a-course"] == {
        "name": "a-course",
        "version": "1.2",
        "file_name": "../course/a_course-1.2-py3-none-any.whl",
        "install_dir": "site",
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "package_type": "package",
        "imports": ["helpers"],
        "depends": ["numpy"],
        "unvendored_tests": False,
    }
    assert lock["packages"]["numpy"]["file_name"] == "https://elsewhere/numpy-2.4.6.whl"
    assert PYODIDE["packages"]["numpy"]["file_name"] == "numpy-2.4.6.whl", "what it was given has changed"


def test_a_wheel_that_needs_what_is_nowhere_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"a-course needs platformdirs: expected it in Pyodide or in wheels\.txt"):
        with_wheels(PYODIDE, [wheel(tmp_path, [*NEEDS, "platformdirs>=4"])], "", "")


def test_readers_get_all_notebooks_unchanged_but_no_solutions(tmp_path):
    (tmp_path / "contents").mkdir()
    (tmp_path / "contents" / "old.ipynb").touch()
    lay_out(tmp_path)
    found = {
        path.relative_to(tmp_path / "contents"): path for path in (tmp_path / "contents").rglob("*") if path.is_file()
    }
    wanted = {path.relative_to(ROOT): path for path in [*notebooks(), *editions()]}
    assert sorted(found) == sorted(path for path in wanted if "solutions" not in path.parts)
    assert all(path.read_bytes() == wanted[name].read_bytes() for name, path in found.items())


def test_the_kernel_loads_the_course_and_keeps_the_progress_where_the_browser_keeps_it(tmp_path):
    lay_out(tmp_path)
    told = json.loads((tmp_path / "jupyter-lite.json").read_text(encoding="utf-8"))
    options = told["jupyter-config-data"]["litePluginSettings"][KERNEL]["loadPyodideOptions"]
    assert options["lockFileURL"] == f"./{BESIDE}/{LOCK}" and COURSE in options["packages"] == AT_ONCE
    assert options["env"] == {"COURSE_PROGRESS": f"{DRIVE}/{COURSE}/progress.json"}


def test_the_browser_gets_the_versions_that_learners_have():
    pins, theirs = (
        dict(re.findall(r"^([\w-]+)==(\S+)$", (ROOT / name).read_text(encoding="utf-8"), flags=re.MULTILINE))
        for name in ("tools/lite/wheels.txt", "requirements.txt")
    )
    assert {name: version for name, version in pins.items() if name in theirs and theirs[name] != version} == {}
    assert {"ipywidgets", "platformdirs"} <= set(pins) & set(theirs)


def test_labels_are_indices_on_every_machine():
    """On one of 32 bits, such as a browser, NumPy refuses to count labels of 64."""
    said = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in (ROOT / "helpers").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "int64"
    ]
    assert said == []
