"""Whoever comes back and runs a cell too early, or changes a number that is looked up later, is told what to do."""

import re

import pytest
from IPython.core.interactiveshell import InteractiveShell

from helpers import network
from helpers.live import first_aid


@pytest.fixture
def shell():
    shell = InteractiveShell()
    first_aid.watch(shell)
    return shell


def test_a_cell_that_is_run_before_those_above_it_says_so(shell, capsys):
    assert not shell.run_cell("images.shape").success
    said = capsys.readouterr().out
    assert "Is images set in a cell further up?" in said and "Run All Above Selected Cell" in said


def test_a_number_that_was_changed_in_one_place_alone_is_told(shell, capsys):
    shell.run_cell("off = {units: 1 / units for units in (1, 6, 50)}\nprint(off[3])")
    assert "There is no result for 3." in capsys.readouterr().out


def test_a_key_that_other_code_misses_is_none_of_the_learners(shell, capsys):
    assert not shell.run_cell("import string\nstring.Template('$x').substitute({})").success
    assert "no result" not in capsys.readouterr().out


@pytest.mark.parametrize("source", ["1 / 0", "(", "len(3)", "import codecs\ncodecs.nothing", "sum([1])"])
def test_other_errors_speak_for_themselves(shell, capsys, source):
    shell.run_cell(source)
    said = capsys.readouterr().out
    assert "further up" not in said and "no result" not in said


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("Network([64, 0, 10])", "the size of a layer must be at least 1, got 0"),
        ("Network([64, 10], activation='bent')", "activation"),
        ("def mine(size):\n    return Network([64, size, 10])\nmine('wide')", "the size of a layer"),
    ],
)
def test_an_error_of_the_course_shows_the_cell_alone(shell, capsys, source, sentence):
    shell.run_cell("from helpers.network import Network")
    assert not shell.run_cell(source).success
    said = re.sub(r"\x1b\[[\d;]*m", "", capsys.readouterr().out)  # without colours
    assert sentence in said and source.splitlines()[0] in said
    assert "network.py" not in said and "_checks.py" not in said


def test_an_error_that_the_course_meets_is_shown_whole(shell, capsys, monkeypatch):
    monkeypatch.setattr(network, "as_initialiser", lambda _name: None)
    assert not shell.run_cell("from helpers.network import Network\nNetwork([64, 10])").success
    said = capsys.readouterr().out
    assert "NoneType" in said and "network.py" in said


def test_a_shell_is_watched_once(shell, capsys):
    first_aid.watch(shell)
    first_aid.watch(None)
    shell.run_cell("images.shape")
    said = capsys.readouterr().out
    assert said.count("Is images set in a cell further up?") == 1
