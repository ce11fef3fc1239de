"""Whoever comes back and runs a cell too early, or changes a number that is looked up later, is told what to do."""

import pytest
from IPython.core.interactiveshell import InteractiveShell

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


def test_a_shell_is_watched_once(shell):
    first_aid.watch(shell)
    first_aid.watch(None)
    assert len(shell.events.callbacks["post_run_cell"]) == 1
