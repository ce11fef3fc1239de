"""From a zip and a roster to pages and tables: what a teacher gives by hand stays, what is stopped is told."""

import csv
import re

import pytest

from helpers.exercises import EXERCISES
from helpers.exercises.judge import CORRECT, INCORRECT, NOT_ATTEMPTED
from helpers.grading import __main__ as command
from tests.test_grading_platforms import NOTEBOOK, zipped
from tests.test_grading_roster import CANVAS, MOODLE

#: Six of them, so that the sums below can be done in the head.
NAMES = ["decayed_rate", "largest_rate", "losses_of_descent", "steps_needed", "ravine_rate", "why_decay"]
CHAPTER2 = [EXERCISES[name] for name in NAMES]


def verdict(exercise, right):
    if right is None:
        return {"outcome": NOT_ATTEMPTED, "points": 0, "slip": "", "message": "Not attempted yet.", "share": 0}
    slip = "" if right else exercise.slips[0].name
    points = exercise.points if right else 0
    message = "Right." if right else "`f(1)`: <b>no</b>"
    return {
        "outcome": CORRECT if right else INCORRECT,
        "points": points,
        "slip": slip,
        "message": message,
        "share": 0.5,
    }


def results_for(students):
    """Return results as if the sandbox had run: all is right but the first exercise."""
    results = []
    for key, student in students.items():
        right = [None] * 6 if not student.files else [False] + [True] * 5
        verdicts = {one.name: verdict(one, is_right) for one, is_right in zip(CHAPTER2, right, strict=True)}
        answers = {name: f"{name} = {key!r}" for name in NAMES}
        flags = ["code cell 4 (largest_rate) raised NameError"] if student.files else []
        result = {"student": "?", "key": key, "content": key, "flags": flags, "answers": answers}
        results.append(result | {"verdicts": verdicts})
    return results


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Return a function that runs the command on Moodle's zip, without a sandbox, and returns its status."""
    files = {
        "Ana Lopez_123_assignsubmission_file_/hw.ipynb": NOTEBOOK,
        "Ana Lopez_124_assignsubmission_file_/hw.pdf": b"%PDF",
        "Zoe_999_assignsubmission_file_/hw.ipynb": NOTEBOOK,
        "grades of last year.csv": b"",
    }
    (tmp_path / "moodle.zip").write_bytes(zipped(files))
    (tmp_path / "roster.csv").write_text(MOODLE, encoding="utf-8")

    def graded(students, _out, _settings, *, show, each):
        results = results_for(students)
        for done in range(len(results) + 1):
            show(done, len(results))
            each(CHAPTER2, results[:done])
            if done == graded.stops_after:
                raise KeyboardInterrupt
        return CHAPTER2, results, []

    graded.stops_after = None
    monkeypatch.setattr(command, "grade_students", graded)
    (tmp_path / "out").mkdir()

    def run_command(*more, stops_after=None):
        graded.stops_after = stops_after
        words = [tmp_path / "moodle.zip", tmp_path / "out", "--roster", tmp_path / "roster.csv", *more]
        return command.main([str(word) for word in words])

    run_command.out = tmp_path / "out"
    return run_command


def rows(out, name="grades.csv"):
    with (out / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_everyone_has_a_row_and_everything_a_line(run, capsys):
    assert run() == 0
    said = capsys.readouterr()
    assert "read as Moodle: 3" in said.err and "4 students" in said.out
    assert "grades of last year.csv: nobody’s work, not graded." in said.err and "Zoe is not on the roster" in said.err
    got = {row["email"] or row["student"]: (row["total"], row["flags"]) for row in rows(run.out)}
    assert got == {
        "ana@uni.edu": ("8", "code cell 4 (largest_rate) raised NameError"),
        "ana2@uni.edu": ("0", "no notebook, but hw.pdf"),
        "bo@uni.edu": ("0", "nothing was handed in"),
        "Zoe": ("8", "code cell 4 (largest_rate) raised NameError"),
    }
    assert all((run.out / row["page"]).exists() for row in rows(run.out))
    assert [row["Grade"] for row in rows(run.out, "moodle.csv")] == ["80", "0", ""]


def test_grades_go_into_the_column_of_the_gradebook_that_is_named(run, tmp_path):
    (tmp_path / "moodle.zip").write_bytes(zipped({"lopezana_123_9_hw.ipynb": NOTEBOOK}))
    (tmp_path / "canvas.csv").write_text(CANVAS, encoding="utf-8")
    assert run("--roster", tmp_path / "canvas.csv", "--column", "Homework 2 (4711)") == 0
    got = {row["Student"]: row["Homework 2 (4711)"] for row in rows(run.out, "canvas.csv")}
    assert got == {"    Points Possible": "20", "Lopez, Ana": "16", "Li, Bo": "7"}


def test_what_is_given_by_hand_survives_and_is_shown(run, capsys):
    run()
    by_hand = run.out / "overrides.csv"
    assert by_hand.read_text(encoding="utf-8") == "student,exercise,points,comment\n"
    lines = "ana@uni.edu,decayed_rate,1.5,Nearly <b>right</b>.\nbo@uni.edu,bonus,2,\nnobody,1,1,\n"
    by_hand.write_text(by_hand.read_text(encoding="utf-8") + lines, encoding="utf-8")
    for _ in range(2):
        run()
        assert "overrides.csv, line 4 is not used: “nobody” is nobody here" in capsys.readouterr().err
        got = {row["email"]: row for row in rows(run.out)}
        assert got["ana@uni.edu"]["total"] == "9.5" and got["bo@uni.edu"]["total"] == "2"
        page = (run.out / got["ana@uni.edu"]["page"]).read_text(encoding="utf-8")
        assert "1.5 of 2 by hand." in page and "Nearly &lt;b&gt;right&lt;/b&gt;." in page
        assert "<code>f(1)</code>: &lt;b&gt;no&lt;/b&gt;" in page
        assert [row["Grade"] for row in rows(run.out, "moodle.csv")] == ["95", "0", "20"]


def test_rules_change_grades_without_grading(run, tmp_path):
    run("--rules", write(tmp_path / "rules.toml", 'partial = true\nbonus = ["why_decay"]\nweights = {ravine_rate = 2}'))
    row = next(row for row in rows(run.out) if row["email"] == "ana@uni.edu")
    assert (row["decayed_rate"], row["ravine_rate"], row["total"], row["out_of"]) == ("1", "4", "11", "11")
    assert run("--rules", write(tmp_path / "rules.toml", "weight = 2")) == 2


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def test_the_summary_tells_exercises_and_slips_apart(run):
    run()
    page = (run.out / "summary.html").read_text(encoding="utf-8")
    assert "2 with 0 to 1 points, 2 with 8 to 9 points" in page
    assert page.count('<svg role="img" viewBox="0 0 72 22"') == 6
    assert f"0<small>{CHAPTER2[0].slips[0].name}</small>" in page and "Zoe is not on the roster" in page
    assert re.search(r"Complete a formula: exponential decay</td>.*>–</td>", page)  # nobody has it right
    assert "1.00</td>" in page and "<script" not in page


def test_stopped_by_hand_it_says_so_and_leaves_the_table(run, capsys):
    assert run(stops_after=2) == 130
    said = capsys.readouterr().err
    assert "Stopped: 2 of 4 are graded, and in" in said and "to go on." in said and "Traceback" not in said
    assert len(rows(run.out)) == 2
    assert run(stops_after=0) == 130
    assert "Stopped before anything was graded." in capsys.readouterr().err


def test_the_table_grows_while_a_class_is_graded(run, monkeypatch):
    monkeypatch.setattr(command, "SECONDS_A_TABLE", -1)
    grown = []
    whole = command.write_table
    monkeypatch.setattr(command, "write_table", lambda *args: grown.append(len(args[2])) or whole(*args))
    run()
    assert grown == [0, 1, 2, 3, 4]


def test_a_roster_or_rules_that_are_none_are_said(run, capsys, tmp_path):
    write(tmp_path / "roster.csv", "colour\nred\n")
    assert run() == 2
    assert "Nothing was graded:" in capsys.readouterr().err
