"""`tools/set_up.py` notices what it must begin anew, installs by uv, and by pip where uv can't be had."""

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tools import set_up


@pytest.fixture
def course(tmp_path, monkeypatch):
    """Return a copy of the course that has no more than its lists of requirements; nothing gets installed for it."""
    root = tmp_path / "course 1"
    for name in [*set_up.PROJECTS.values(), *set_up.REQUIREMENTS.values()]:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(set_up.ROOT / name, root / name)
    monkeypatch.setattr(set_up, "ROOT", root)
    monkeypatch.setattr(set_up, "find_uv", lambda own: "uv")
    monkeypatch.setattr(set_up, "look_through_fonts", lambda python: None)
    monkeypatch.setattr(set_up, "PYTHON", shutil.which("true"))  # it would be asked for pip's settings
    return root


@pytest.fixture
def commands(monkeypatch):
    """Return the list of commands that the set-up has run, without what they would do."""
    ran = []
    monkeypatch.setattr(set_up, "run", lambda command, environment=None: ran.append(command) or True)
    return ran


def prepare(root, stage="learner"):
    set_up.set_up(stage, root / ".venv")


def test_the_second_time_there_is_nothing_to_do(course, commands, capsys):
    prepare(course)
    assert [command[:3] for command in commands] == [["uv", "pip", "install"]]
    assert "once (the first time)" in capsys.readouterr().out
    prepare(course)
    assert len(commands) == 1
    assert capsys.readouterr().out == ""


def test_a_tester_gets_what_all_need(course, commands):
    prepare(course, "tester")
    assert [Path(word).relative_to(course).as_posix() for word in commands[0] if word.endswith(".txt")] == [
        "requirements.txt",
        "helpers/grading/requirements.txt",
        "tests/requirements.txt",
    ]
    for stage in ("learner", "teacher", "tester"):
        prepare(course, stage)
    assert len(commands) == 1


@pytest.mark.parametrize("name", ["requirements.txt", "pyproject.toml"])
def test_new_requirements_are_installed_on_top(course, commands, name, capsys):
    prepare(course)
    (course / ".venv" / "own").touch()
    with (course / name).open("a") as file:
        file.write("# new\n")
    prepare(course)
    assert len(commands) == 2
    assert "the requirements are new" in capsys.readouterr().out
    assert (course / ".venv" / "own").exists()


@pytest.mark.parametrize("way", [shutil.move, shutil.copytree])
def test_a_moved_or_copied_folder_begins_anew(course, commands, way, monkeypatch, capsys):
    prepare(course)
    (course / ".venv" / "own").touch()
    other = course.with_name("course 2")
    way(course, other, **({"symlinks": True} if way is shutil.copytree else {}))
    monkeypatch.setattr(set_up, "ROOT", other)
    prepare(other)
    assert f"it was made for {course / '.venv'}" in capsys.readouterr().out
    assert not (other / ".venv" / "own").exists()
    assert len(commands) == 2


def test_an_interrupted_set_up_begins_anew(course, commands, monkeypatch, capsys):
    def interrupted(*_):
        raise KeyboardInterrupt

    for stage in ("learner", "teacher"):  # the first time, and on top of what is there
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(set_up, "install_with_uv", interrupted)
            prepare(course, stage)
        (course / ".venv" / "half").touch()
        prepare(course, stage)
        assert "the last set-up was not finished" in capsys.readouterr().out
        assert not (course / ".venv" / "half").exists()


def test_another_python_begins_anew_but_one_that_is_too_old_may_start_the_course(course, commands, monkeypatch, capsys):
    prepare(course)
    monkeypatch.setattr(set_up, "VERSION", "3.99")
    prepare(course)
    assert "this is 3.99" in capsys.readouterr().out
    monkeypatch.setattr(set_up, "VERSION", "3.9")
    monkeypatch.setattr(set_up, "TOO_OLD", True)
    prepare(course)
    assert len(commands) == 2
    with pytest.raises(SystemExit, match=r"^Python 3.11 or newer is needed, \S.* is 3.9; try: make PYTHON=python3.12"):
        prepare(course, "tester")


def test_an_environment_without_its_python_begins_anew(course, commands, capsys):
    prepare(course)
    for place in (course / ".venv").glob("*/python*"):
        if not place.is_dir():
            place.unlink()
    prepare(course)
    assert "its Python is gone" in capsys.readouterr().out


def test_an_environment_made_by_hand_is_kept_unless_it_was_moved(course, commands, monkeypatch):
    venv.create(course / ".venv")
    (course / ".venv" / "own").touch()
    prepare(course)
    assert (course / ".venv" / "own").exists()
    (course / ".venv" / "set-up.json").unlink()
    monkeypatch.setattr(set_up, "ROOT", course.rename(course.with_name("course 2")))
    prepare(set_up.ROOT)
    assert not (set_up.ROOT / ".venv" / "own").exists()


@pytest.mark.parametrize("trouble", ["missing", "failing"])
def test_where_uv_does_not_work_pip_installs(course, monkeypatch, capsys, trouble):
    ran = []

    def run(command, environment=None):
        ran.append(command)
        return "uv" not in Path(command[0]).name

    monkeypatch.setattr(set_up, "run", run)
    if trouble == "missing":
        monkeypatch.setattr(set_up, "find_uv", lambda own: None)
    prepare(course)
    python = str(course / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))
    wanted = ["--requirement", str(course / "requirements.txt")]
    assert ran[-2] == [python, "-m", "ensurepip"]
    assert ran[-1] == [python, "-m", "pip", "install", "--disable-pip-version-check", *wanted]
    assert "pip installs" in capsys.readouterr().out


def test_without_pip_it_says_what_to_install(course, monkeypatch):
    monkeypatch.setattr(set_up, "run", lambda command, environment=None: False)
    with pytest.raises(SystemExit, match=r"^Python's venv is missing; on Debian or Ubuntu: apt install python3-venv$"):
        prepare(course)


def test_uv_gets_packages_from_the_same_places_as_pip():
    lines = (
        ":env:.find-links='/a'\nglobal.find-links='/b /c'\nglobal.index-url='https://mirror/simple'\nglobal.timeout='9'"
    )
    assert dict(set_up.where_from(lines)) == {"UV_FIND_LINKS": "/a", "UV_DEFAULT_INDEX": "https://mirror/simple"}
    assert dict(set_up.where_from("global.extra-index-url='\\nhttps://a\\nhttps://b'")) == {
        "UV_INDEX": "https://a https://b",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
    }


def test_a_long_silence_is_broken_and_a_failure_shown(monkeypatch, capsys):
    monkeypatch.setattr(set_up, "HEARTBEAT", 0.2)
    assert not set_up.run([sys.executable, "-c", "import time; time.sleep(0.5); raise SystemExit('no network')"])
    words = capsys.readouterr().out
    assert "... 0 seconds\n" in words
    assert words.endswith("  | no network\n")


def test_an_older_python_can_read_the_program():
    """Otherwise it could not say that it is too old."""
    import ast

    ast.parse(Path(set_up.__file__).read_text(encoding="utf-8"), feature_version=(3, 6))


def test_the_whole_program_runs(course):
    """Started as `make` starts it: here where everything is in place."""
    result = subprocess.run([sys.executable, set_up.__file__, "--help"], capture_output=True, text=True, check=True)
    assert "learner,teacher,tester" in result.stdout
