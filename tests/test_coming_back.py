"""Whoever comes back to a notebook and runs a cell too early is told what to do."""

import pytest
from IPython.core.interactiveshell import InteractiveShell

from helpers.live import coming_back


@pytest.fixture
def shell():
    shell = InteractiveShell()
    coming_back.watch(shell)
    return shell


def test_a_cell_that_is_run_before_those_above_it_says_so(shell, capsys):
    assert not shell.run_cell("images.shape").success
    said = capsys.readouterr().out
    assert "Is images set in a cell further up?" in said and "Run All Above Selected Cell" in said


@pytest.mark.parametrize("source", ["1 / 0", "(", "len(3)", "import codecs\ncodecs.nothing", "sum([1])"])
def test_other_errors_speak_for_themselves(shell, capsys, source):
    shell.run_cell(source)
    assert "further up" not in capsys.readouterr().out


def test_a_shell_is_watched_once(shell):
    coming_back.watch(shell)
    coming_back.watch(None)
    assert len(shell.events.callbacks["post_run_cell"]) == 1
