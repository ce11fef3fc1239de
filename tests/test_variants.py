"""Numbers of one's own: right with every tag, in every text, and nobody else's."""

import json
import re

import pytest

from helpers.exercises import EXERCISES, feedback
from helpers.exercises.exercise import ValueExercise
from helpers.exercises.judge import CORRECT, INCORRECT, judge
from helpers.exercises.variants import (
    NUMBER,
    VARIATIONS,
    exercise_of,
    numbers_of,
    tag_in,
    tag_of,
    text_of,
    vary_notebook,
)
from helpers.grading.roster import Person
from tools.make_exercises import STUDENTS, all_answers

TAGS = [tag_of("a secret", Person("", id=str(number))) for number in range(60)]
ANSWERS = all_answers()


def told(exercise, value):
    return judge(exercise, lambda: value, None)


def solved(name, tag):
    names = {}
    exec("import numpy as np\n" + text_of(name, ANSWERS[name], tag), names)
    return names[name]


def tasks():
    cells = [cell for path in STUDENTS.glob("*.ipynb") for cell in json.loads(path.read_text("utf-8"))["cells"]]
    return {cell["id"].removesuffix("_task"): "".join(cell["source"]) for cell in cells if cell["id"].endswith("_task")}


def test_each_chapter_has_an_exercise_that_varies():
    assert {EXERCISES[name].chapter for name in VARIATIONS} == {1, 2, 3, 4, 5}
    assert all(type(EXERCISES[name]) is ValueExercise for name in VARIATIONS)


@pytest.mark.parametrize("name", VARIATIONS)
def test_with_the_usual_numbers_it_is_the_exercise_of_the_course(name):
    variation, exercise = VARIATIONS[name], EXERCISES[name]
    assert told(exercise, variation.right(**variation.usual)).outcome == CORRECT
    slips = {slip.name: slip for slip in exercise.slips}
    for slip, wrong in variation.wrong.items():
        assert wrong(**variation.usual) == pytest.approx(slips[slip].wrong, rel=1e-3)


@pytest.mark.parametrize("name", VARIATIONS)
def test_the_worked_solution_is_right_with_everybodys_numbers_and_the_courses_is_wrong(name):
    for tag in TAGS:
        exercise = exercise_of(name, tag)
        assert told(exercise, solved(name, tag)).outcome == CORRECT
        assert told(exercise, solved(name, "")).outcome == INCORRECT
        assert told(EXERCISES[name], solved(name, tag)).outcome == INCORRECT


@pytest.mark.parametrize("name", VARIATIONS)
def test_each_slip_has_its_own_message_with_everybodys_numbers(name):
    for tag in TAGS:
        exercise = exercise_of(name, tag)
        for slip in exercise.slips:
            verdict = told(exercise, slip.wrong)
            assert (verdict.outcome, verdict.slip) == (INCORRECT, slip.name), (tag, numbers_of(name, tag))


@pytest.mark.parametrize("name", VARIATIONS)
def test_a_task_says_the_students_numbers_and_else_what_it_said(name):
    variation, task = VARIATIONS[name], tasks()[name]
    for number in variation.usual.values():
        assert f"{number}" in NUMBER.findall(task)
    for tag in TAGS:
        varied, numbers = text_of(name, task, tag), numbers_of(name, tag)
        assert {f"{number:g}" for number in numbers.values()} <= set(NUMBER.findall(varied))
        assert NUMBER.sub("#", varied) == NUMBER.sub("#", task)
        assert re.match(r"## \d+\.", varied)[0] == re.match(r"## \d+\.", task)[0]
        points = f"*{EXERCISES[name].points} point"
        assert points in varied


@pytest.mark.parametrize("name", VARIATIONS)
def test_no_hint_and_no_message_keeps_a_number_of_the_course(name):
    variation, exercise = VARIATIONS[name], EXERCISES[name]
    usual = set(variation.shown(**variation.usual))
    for tag in TAGS:
        ours, own = exercise_of(name, tag), set(variation.shown(**numbers_of(name, tag)))
        texts = zip(
            [*exercise.hints, *(slip.message for slip in exercise.slips), exercise.title],
            [*ours.hints, *(slip.message for slip in ours.slips), ours.title],
            strict=True,
        )
        for text, varied in texts:
            assert not usual & set(NUMBER.findall(text)) or text != varied
            assert not (usual - own) & set(NUMBER.findall(varied))


def test_numbers_differ_between_students_and_secrets():
    ana, bo = Person("Ana", email="Ana@uni.edu"), Person("Bo", email="bo@uni.edu")
    assert tag_of("one", ana) != tag_of("two", ana) != tag_of("two", bo)
    assert tag_of("one", ana) == tag_of("one", Person("A. Lopez", email="ana@uni.edu"))
    for name in VARIATIONS:
        assert len({str(numbers_of(name, tag)) for tag in TAGS}) >= 10


@pytest.fixture
def at_home(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.json"))
    monkeypatch.setattr(feedback, "_tag", "")


def test_a_notebook_with_a_tag_is_checked_at_home_with_its_own_numbers(at_home):
    notebook = json.loads((STUDENTS / "02_learning_rate_exercises.ipynb").read_text("utf-8"))
    vary_notebook(notebook, TAGS[0])
    code = [cell["source"] for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert tag_in(code) == TAGS[0]
    panel = feedback.progress(2, variant=tag_in(code))
    assert feedback.check("largest_rate", solved("largest_rate", "")).outcome == INCORRECT
    assert feedback.check("largest_rate", solved("largest_rate", TAGS[0])).outcome == CORRECT
    assert feedback.solution("largest_rate").text == text_of("largest_rate", ANSWERS["largest_rate"], TAGS[0])
    assert feedback.hint("largest_rate", 2).text.endswith(exercise_of("largest_rate", TAGS[0]).hints[1])
    assert panel.bar.value == 1
    feedback.progress(2)
    assert feedback.check("largest_rate", solved("largest_rate", TAGS[0])).outcome == CORRECT


@pytest.mark.parametrize("tag", ["x", 7, "0123456789abcdeg"])
def test_what_is_no_tag_is_told(at_home, tag):
    with pytest.raises(ValueError, match="variant must be the 16 characters"):
        feedback.progress(2, variant=tag)


def test_only_a_notebook_of_exercises_can_vary():
    with pytest.raises(ValueError, match="does not call progress"):
        vary_notebook({"cells": []}, TAGS[0])
