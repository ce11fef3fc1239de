"""Who copied is told, who did not is not: measured on classes of honest students."""

import json

import numpy as np
import pytest

from helpers.exercises import EXERCISES
from helpers.exercises.exercise import FunctionExercise
from helpers.grading.likeness import HONEST, Pair, course_code, features, likeness, likeness_of
from tools.honest_answers import AGAIN, answer, honest_class
from tools.make_exercises import STUDENTS
from tools.wrong_answers import wrong_functions

CHAPTERS = sorted({exercise.chapter for exercise in EXERCISES.values()})


def class_of(chapter, size=40, seed=0):
    answers = honest_class(chapter, size, np.random.default_rng([2026, chapter, seed]))
    return {f"{i:02}": one for i, one in enumerate(answers)}


def pairs(answers, course=()):
    return {frozenset((pair.one, pair.other)) for pair in likeness(answers, course)}


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_of_honest_students_nobody_is_named(chapter):
    assert likeness(class_of(chapter)) == []


def renamed(code):
    """Return code whose own names are all changed, and that has another comment."""
    for name in ("losses", "result", "values", "total", "grad", "diff", "probs", "mask"):
        code = code.replace(name, f"my_{name}")
    return code.replace("#", "# as I said:")


@pytest.mark.parametrize("change", [str, renamed], ids=["as it was", "renamed"])
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_whoever_copies_a_chapter_is_named(chapter, change):
    """Not always: a notebook that is like everybody's cannot be told from everybody's. But nobody else is named."""
    found = []
    for student in ("05", "11", "17", "23"):
        answers = class_of(chapter)
        answers["39"] = {name: change(code) for name, code in answers[student].items()}
        named = pairs(answers)
        assert named <= {frozenset((student, "39"))}
        found += named
    assert len(found) >= (2 if change is str else 1)


def test_a_large_group_does_not_excuse_itself():
    answers = class_of(4)
    answers |= {f"{i}": answers["05"] for i in range(30, 40)}
    named = {key for pair in pairs(answers) for key in pair}
    assert named == {"05", *map(str, range(30, 40))}


OWN = """def losses_of_descent(start, rate, steps):
    # my grandmother's way: walk down the stairs, and count
    staircase, shoe = [], start
    while len(staircase) != steps:
        height_above_cellar = shoe - (-1)
        staircase += [height_above_cellar * height_above_cellar]
        shoe = shoe + (-rate) * (height_above_cellar + height_above_cellar)
    return np.array(tuple(staircase), dtype=float)"""


def test_one_answer_that_nobody_else_would_write_is_enough():
    answers = class_of(2)
    answers["03"]["losses_of_descent"] = answers["07"]["losses_of_descent"] = OWN
    (pair,) = likeness(answers)
    assert {pair.one, pair.other} == {"03", "07"} and set(pair.alike) == {"losses_of_descent"}


def test_what_the_course_shows_is_nobody_s():
    answers = class_of(2)
    answers["03"]["losses_of_descent"] = answers["07"]["losses_of_descent"] = OWN
    assert likeness(answers, [OWN]) == []
    assert any("import" in code for code in course_code(2, STUDENTS))


def test_runs_are_the_same_without_names_but_not_without_structure():
    one, other = "total = a * b + c * a - b / c", "result = x * y + z * x - y / z"
    shapes = [{run for run in features(code) if run[0] in "sS"} for code in (one, other, one.replace("*", "/"))]
    assert shapes[0] == shapes[1] != shapes[2]
    assert features(one) != features(other)


@pytest.mark.parametrize("code", ["", "\n" * 9999, "#" * 9999, "'" * 9999, "\ud800", "(" * 9999])
def test_any_text_has_features(code):
    assert len(features(code)) < 10


def test_the_same_file_is_told_and_empty_ones_are_not():
    def result(key, content, outcome="incorrect"):
        verdicts = {"largest_rate": {"outcome": outcome}}
        return {"key": key, "content": content, "answers": {"largest_rate": "largest_rate = 1"}, "verdicts": verdicts}

    results = [result("a", "1"), result("b", "1"), result("c", "2", "not attempted"), result("d", "2", "not attempted")]
    assert likeness_of(results) == ([Pair("a", "b", {}, {}, True)], [])


def test_a_class_that_is_too_large_is_told(monkeypatch):
    monkeypatch.setattr("helpers.grading.likeness.LARGEST_CLASS", 1)
    results = [
        {"key": key, "content": key, "answers": {}, "verdicts": {"x": {"outcome": "correct"}}} for key in ("a", "b")
    ]
    found, (remark,) = likeness_of(results)
    assert not found and "among up to 1 students" in remark


def test_every_exercise_has_honest_answers():
    rng = np.random.default_rng(0)
    for name in EXERCISES:
        text = answer(name, rng)
        compile(text, name, "exec")
        assert "@" not in text.replace(" @ ", "") and not set(text) & set("‹›¦")


def test_every_exercise_has_been_learned_from():
    learned = json.loads(HONEST.read_text(encoding="utf-8"))
    for part in learned.values():
        assert set(part) == set(EXERCISES), f"{HONEST.name} is old: {AGAIN}"


def test_every_function_has_wrong_answers():
    for exercise in EXERCISES.values():
        if isinstance(exercise, FunctionExercise):
            assert len(wrong_functions(exercise)) > len(exercise.slips)
