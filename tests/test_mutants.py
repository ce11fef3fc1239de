"""`tools.mutants` knows which tests should notice a mistake, and which mutants survived them."""

from tools import mutants

RESULTS = "one: killed\\n    two: survived\\nthree: timeout\\nfour: no tests\\n"


def test_the_tests_of_a_module_are_those_that_import_it():
    of = {path.relative_to(mutants.ROOT / "helpers").as_posix(): mutants.tests_of(path) for path in mutants.CORE}
    assert "tests/test_training.py" in of["schedules.py"] and "tests/test_losses.py" not in of["schedules.py"]
    assert "tests/test_losses.py" in of["losses.py"] and "tests/test_gate.py" not in of["losses.py"]
    assert "tests/test_exercises_judge.py" in of["exercises/chapter1.py"]


def test_what_no_test_kills_survives_and_is_shown(tmp_path, monkeypatch, capsys):
    mutmut = tmp_path / "mutmut"
    mutmut.write_text(f'#!/bin/sh\ncase $1 in results) printf "{RESULTS}";; show) echo "change of $2";; esac\n')
    mutmut.chmod(0o700)
    monkeypatch.setattr(mutants, "MUTMUT", mutmut)
    assert mutants.main([mutants.ROOT / "helpers" / "losses.py"])
    shown = capsys.readouterr().out
    assert "change of two" in shown and "change of four" in shown and "change of one" not in shown
    assert shown.endswith("2 of 4 mutants killed (50.0%)\n")
