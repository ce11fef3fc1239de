"""The plugin is inert until it is asked for, and takes its settings from the project, the notebook and the cell."""

import importlib
import json
import os
import pkgutil
import shutil
import subprocess
import sys

import nbformat
import pytest

import nbgate
from gallery import code, metadata, notebook, replace
from nbgate import settings
from nbgate.kernel import Kernel, copy_fonts, fonts
from nbgate.rules import Rule, built_in


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """Return a folder with a notebook that was run and stored, once for all tests."""
    folder = tmp_path_factory.mktemp("stored")
    nbformat.write(notebook("# Numbers", "x = 6 * 7\nprint(x)", "x / 4"), folder / "numbers.ipynb")
    run(folder, "--nbgate-store")
    return folder


@pytest.fixture
def project(stored, tmp_path):
    """Return a copy of that folder."""
    return shutil.copytree(stored, tmp_path / "project")


def run(folder, *arguments, ini="", **environment):
    """Run pytest in a folder; return what it printed and its exit code."""
    (folder / "pytest.ini").write_text(f"[pytest]\n{ini}\n", encoding="utf-8")
    without = ["-p", "no:cacheprovider", "-p", "no:hypothesispytest"]  # the second only costs time
    command = [sys.executable, "-m", "pytest", *without, "--color=no", *map(str, arguments)]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_X")}
    done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", env={**kept, **environment})
    return done.stdout + done.stderr, done.returncode


def edit(folder, *changes, name="numbers"):
    """Change a stored notebook."""
    made = nbformat.read(folder / f"{name}.ipynb", as_version=4)
    for change in changes:
        change(made)
    nbformat.write(made, folder / f"{name}.ipynb")


def items(folder, *arguments, ini=""):
    """Return the items that pytest collects."""
    told, _ = run(folder, "--collect-only", "-q", *arguments, ini=ini)
    return [line for line in told.splitlines() if "::" in line]


ALL = [f"numbers.ipynb::{item}" for item in ("stored", "Cell 0", "Cell 1", "afterwards")]


def test_it_does_nothing_until_it_is_asked(project):
    assert items(project) == []
    assert items(project, "--nbgate") == ALL
    assert items(project, ini="nbgate = true") == ALL


def test_nbval_beside_it(project):
    assert items(project, "--nbval") == ["numbers.ipynb::Cell 0", "numbers.ipynb::Cell 1"]
    assert items(project, "--nbval", "--nbgate") == ALL
    told, code = run(project, "--nbval-lax", "--nbgate")
    assert code == pytest.ExitCode.USAGE_ERROR and "nbgate compares all outputs" in told


def test_to_import_it_changes_nothing():
    names = [module.name for module in pkgutil.walk_packages(nbgate.__path__, "nbgate.")]
    code = "import importlib, os, tempfile, warnings, nbval.plugin as n\n"
    code += "before = dict(os.environ), n.RunningKernel, warnings.warn\ntempfile.mkdtemp = None\n"
    code += f"[importlib.import_module(name) for name in {names}]\n"
    code += "assert (dict(os.environ), n.RunningKernel, warnings.warn) == before"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_what_is_stored_is_green_and_has_nothing_of_this_machine(project):
    stored = json.loads((project / "numbers.ipynb").read_text(encoding="utf-8"))
    assert [cell.get("execution_count") for cell in stored["cells"]] == [None, 1, 2]
    assert "version" not in stored["metadata"]["language_info"]
    assert run(project, "--nbgate")[1] == 0
    assert run(project, "--nbval")[1] == 0


def test_what_is_red_is_not_stored(project):
    edit(project, replace(1, "x / 4", "x / 0"))
    before = (project / "numbers.ipynb").read_text(encoding="utf-8")
    told, code = run(project, "--nbgate-store")
    assert code == pytest.ExitCode.TESTS_FAILED and "E105 no-exception" in told
    assert (project / "numbers.ipynb").read_text(encoding="utf-8") == before


def test_rules_are_selected_as_in_ruff(project):
    edit(project, replace(0, "x =", "import sys\nprint('hm', file=sys.stderr)\nx ="))
    run(project, "--nbgate-store")
    assert run(project, "--nbgate")[1] == 0
    for ini in ("nbgate_select = E1", "nbgate_select = ALL", "nbgate_extend_select = E104"):
        told, code = run(project, "--nbgate", ini=ini)
        assert code == pytest.ExitCode.TESTS_FAILED and "numbers.ipynb::c1: E104 empty-stderr" in told, ini
    for ini in ("nbgate_select = ALL\nnbgate_ignore = E104", "nbgate_select = O2", "nbgate_ignore = E"):
        assert run(project, "--nbgate", ini=ini)[1] == 0, ini


@pytest.mark.parametrize(
    "ini, says",
    [
        ("nbgate_select = X1", "no rule begins with X1"),
        ("nbgate_select = e101", "expected codes such as E101"),
        ("nbgate_timeout = long", "nbgate_timeout: expected a number, got 'long'"),
        ("nbgate_pictures = blurred", "expected one of auto, exact, near, got 'blurred'"),
        ("nbgate_sanitize = none.cfg", "none.cfg"),
        ("nbgate_env = lower case", "expected NAME=VALUE"),
    ],
)
def test_a_wrong_setting_is_told(project, ini, says):
    told, code = run(project, "--nbgate", ini=ini)
    assert code == pytest.ExitCode.USAGE_ERROR and says in told, told


def test_a_kernel_has_the_environment_that_is_asked_for(project):
    made = notebook("# Env", "import os\nprint(os.environ['A'], os.environ['B'], os.path.isdir(os.environ['C']))")
    nbformat.write(made, project / "env.ipynb")
    ini = "nbgate_env = A=1\n    B?=2\n    C={folder}"
    run(project, "--nbgate-store", "env.ipynb", ini=ini)
    (output,) = code(nbformat.read(project / "env.ipynb", 4))[0].outputs
    assert output.text == "1 2 True\n"
    assert run(project, "--nbgate", "env.ipynb", ini=ini, A="9")[1] == 0
    assert run(project, "--nbgate", "env.ipynb", ini=ini, B="9")[1] == 1


def test_settings_of_the_author_do_not_reach_the_kernel(project, tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    (home / "profile_default" / "startup").mkdir(parents=True)
    (home / "profile_default" / "startup" / "a.py").write_text("x = 'from the profile'")
    edit(project, replace(1, "x / 4", "'x' in dir() and x"), replace(0, "x = 6 * 7\nprint(x)", "'x' in dir()"))
    run(project, "--nbgate-store")
    assert run(project, "--nbgate", IPYTHONDIR=str(home))[1] == 0


def test_only_what_changed_since_a_revision_is_proved(project):
    for command in (["init", "-q"], ["add", "."], ["-c", "user.name=a", "-c", "user.email=b", "commit", "-qm", "all"]):
        subprocess.run(["git", *command], cwd=project, check=True)
    assert items(project, "--nbgate", "--nbgate-since", "HEAD") == []
    edit(project, replace(0, "6 * 7", "6 * 8"))
    assert items(project, "--nbgate", "--nbgate-since", "HEAD") == ALL
    told, code = run(project, "--nbgate", "--nbgate-since", "nowhere")
    assert code == pytest.ExitCode.USAGE_ERROR and "nowhere" in told


def test_a_baseline_lets_what_is_known_pass_and_nothing_else(project):
    edit(project, replace(1, "x / 4", "x / 8"))
    assert run(project, "--nbgate", "--nbgate-write-baseline=known.json")[1] == 1
    assert run(project, "--nbgate", "--nbgate-baseline=known.json")[1] == 0
    edit(project, replace(0, "print(x)", "print(-x)"))
    told, code = run(project, "--nbgate", "--nbgate-baseline=known.json")
    assert code == 1 and "::c1: O202" in told and "::c2" not in told
    assert run(project, "--nbgate", "--nbgate-baseline=none.json")[1] == pytest.ExitCode.USAGE_ERROR


@pytest.mark.parametrize("processes", ["-n0", "-n2"])
def test_the_report_shows_both_pictures(project, processes):
    curve = "import matplotlib.pyplot as plt\nplt.plot([1, 2]);"
    nbformat.write(notebook("# A curve", curve), project / "curve.ipynb")
    run(project, "--nbgate-store", "curve.ipynb")
    edit(project, replace(0, "[1, 2]", "[2, 1]"), name="curve")
    run(project, "--nbgate", processes, "--nbgate-report=report.html")
    page = (project / "report.html").read_text(encoding="utf-8")
    assert "1 finding in 2 notebooks" in page and page.count("<img alt=") == 2 and "O203 same-picture in c1" in page


def test_what_pytest_is_told_to_leave_out_is_not_missed(project):
    names = ["seen", "venv/a", "build/b", "node_modules/c", "deep/.hidden/d", "ignored/e", "left", "old_1", "missed"]
    text = (project / "numbers.ipynb").read_text(encoding="utf-8")
    (project / "numbers.ipynb").unlink()
    for name in names:
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / f"{name}.ipynb").write_text(text, encoding="utf-8")
    told = 'collect_ignore = ["left.ipynb"]\ncollect_ignore_glob = ["old_*.ipynb"]\n'
    (project / "conftest.py").write_text(told, encoding="utf-8")
    found = items(project, "--nbgate", "--ignore=ignored", "--ignore-glob=missed.*", ".")
    seen = [f"seen.ipynb::{item}" for item in ("stored", "Cell 0", "Cell 1", "afterwards")]
    assert found == [*seen, "::missed.ipynb was not collected"]


def test_a_project_adds_rules_of_its_own(project):
    (project / "conftest.py").write_text(
        "from nbgate.rules import Rule\n\n\n"
        "def check(notebook):\n    yield None, 'expected a happier title'\n\n\n"
        "def pytest_nbgate_rules():\n"
        "    return [Rule('X901', 'happy', True, 'a', 'b', 'c', 'stored', check)]\n",
        encoding="utf-8",
    )
    told, _ = run(project, "--nbgate")
    assert "numbers.ipynb: X901 happy: expected a happier title" in told
    assert run(project, "--nbgate", ini="nbgate_ignore = X")[1] == 0


def test_all_rules_are_listed_with_what_they_ask(project):
    told, code = run(project, "--nbgate-rules", ini="nbgate_ignore = O")
    lines = {line.split()[0]: line.split()[1] for line in told.splitlines() if line[1:4].isdigit()}
    assert code == 0 and set(lines) == set(built_in())
    assert lines["E101"] == "on" and lines["E104"] == "off" and lines["O202"] == "off"


@pytest.mark.parametrize("rule", built_in().values(), ids=lambda rule: rule.code)
def test_a_rule_says_all_there_is_to_know(rule):
    assert rule.asks.endswith(".") and rule.remedy.endswith((".", "`")) and rule.example
    assert isinstance(rule, Rule) and len(rule.code) == 4


@pytest.mark.parametrize(
    "reason, enough",
    [
        ("the clock is never the same", True),
        ("because because because because", False),
        ("random", False),
        ("x y z w v u t s r q p o n m", False),
        ("时钟每次运行都不同", True),
        ("", False),
    ],
)
def test_a_reason_says_something(reason, enough):
    assert settings.says_something(reason) == enough


def test_a_kernel_needs_no_port_that_another_program_could_take(monkeypatch):
    def find_available_port(self, ip):
        raise AssertionError("a port was asked for")

    monkeypatch.setattr("jupyter_client.connect.LocalPortCache.find_available_port", find_available_port)
    Kernel("python3").stop()


def test_a_list_of_fonts_is_made_once(tmp_path, monkeypatch):
    monkeypatch.setenv("MPLCONFIGDIR", str(tmp_path / "usual"))
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "fontlist-v390.json").write_text("{}")
    copy_fonts(tmp_path / "own", fonts())
    assert [file.name for file in (tmp_path / "usual").iterdir()] == ["fontlist-v390.json"]
    copy_fonts(fonts(), tmp_path / "next")
    assert (tmp_path / "next" / "fontlist-v390.json").read_text() == "{}"
    (tmp_path / "file").write_text("no folder")
    copy_fonts(fonts(), tmp_path / "file" / "below")  # says nothing


def test_settings_in_metadata_reach_a_cell(project):
    edit(project, metadata(1, nbgate={"timeout": 0.5}), replace(1, "x / 4", "import time\ntime.sleep(5)"))
    told, code = run(project, "--nbgate")
    assert code == 1 and "Timeout of 0.5 seconds" in told


def test_each_module_has_a_docstring_and_a_place_in_the_map():
    names = [module.name for module in pkgutil.iter_modules(nbgate.__path__)]
    for name in names:
        assert importlib.import_module(f"nbgate.{name}").__doc__, name
        assert f"`{name}`" in nbgate.__doc__, f"{name} is not in the map of the package"
