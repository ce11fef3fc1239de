"""Predictions: the answer is the choice that follows from what is measured, and numbers in the words have a source.

Each question names what decides it: ``measured``, an expression, and ``means``, for each choice a condition on its
value ``x``. The expression knows the modules of the numeric core, NumPy as ``np``, and ``said(words, ...)``: the
numbers of the one line that the question's notebook prints with these words in it. ``numbers`` holds an expression for
each number in its words that no cell of its section shows.
"""

import re

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from helpers.live.predict import chapters, questions
from tests.words import modules, other_seeds, said, section, shown_by, shown_in, without_source
from tools import hide_answers
from tools.places import notebooks

QUESTIONS = questions()
#: Question -> the notebook that asks it.
ASKED = {
    name: path
    for path in notebooks()
    for name in re.findall(r'predict\(\\"([^"\\]+)\\"\)', path.read_text(encoding="utf-8"))
}


def measured(name, expression, x=None):
    """Return the value of an expression of a question."""

    with np.errstate(all="ignore"):
        return eval(expression, modules() | {"said": lambda *words: said(ASKED[name], *words), "x": x})


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_answer_follows_from_what_is_measured(name):
    question = QUESTIONS[name]
    x = measured(name, question["measured"])
    true = [choice for choice, condition in question["means"].items() if measured(name, condition, x)]
    assert true == [question["choices"][question["answer"]]], f"measured: {x}"


@pytest.mark.parametrize("name", QUESTIONS)
def test_numbers_in_a_choice_are_those_of_its_condition(name):
    question = QUESTIONS[name]
    assert list(question["means"]) == question["choices"], "means has a condition for each choice, in its words"
    for choice, condition in question["means"].items():
        known = f"{question['question']} {question['measured']} {condition} {' '.join(question.get('numbers', ()))}"
        assert without_source(choice, shown_by(known)) == [], condition


@pytest.mark.parametrize("name", QUESTIONS)
def test_numbers_in_a_question_and_its_reason_have_a_source(name):
    question, own = QUESTIONS[name], section(ASKED[name], lambda cell: f'predict("{name}")' in cell.source)
    listed = question.get("numbers", {})
    for number, expression in listed.items():
        assert re.search(r"[a-z(*/+]|\d\s*-", expression), (
            f"{expression} computes nothing: say where {number} comes from"
        )
        assert without_source(number, np.ravel(measured(name, expression))) == [], expression
    text = " ".join((question["question"], question["because"], *question["instead"].values()))
    assert other_seeds(text, own) == [], "the code of the section runs over another number of seeds"
    words = f"{text} {' '.join(question['choices'])}".lower()
    assert [number for number in listed if number.lower() not in words] == [], "listed, and not in the words"
    unknown = set(without_source(text, shown_in(own))) - set(listed)
    assert unknown == set(), "no cell of the section shows that: put it right, or list it under numbers"


@pytest.mark.parametrize("name", [name for name in QUESTIONS if "said(" not in QUESTIONS[name]["measured"]])
def test_numbers_in_a_question_are_those_that_are_computed_with(name):
    """Where an expression decides, it is of what the question says: ten classes are not measured with five."""
    question = QUESTIONS[name]
    computed = [question["measured"], *question["means"].values(), *question.get("numbers", {})]
    text = re.sub(r"\b[A-Za-z]+-\d+\b", "", question["question"])  # names, such as LeNet-5
    assert without_source(text, shown_by(" ".join(computed))) == [], "measure what is asked, or list it under numbers"


def places(asked):
    """Return how often the right choice stands in each place, and how often it would by chance."""
    found, expected = np.zeros(4), np.zeros(4)
    for question in asked.values():
        found[question["answer"]] += 1
        expected[: len(question["choices"])] += 1 / len(question["choices"])
    return found, expected


def test_the_place_of_the_right_choice_gives_nothing_away():
    found, expected = places(QUESTIONS)
    assert abs(found - expected).max() <= 2.5, found
    for chapter, asked in chapters().items():
        found, _ = places(asked)
        assert found.max() <= (len(asked) / 2 if len(asked) > 3 else max(len(asked) - 1, 1)), chapter


@pytest.mark.parametrize("name", QUESTIONS)
def test_each_wrong_choice_has_a_reason_of_its_own(name):
    question = QUESTIONS[name]
    wrong = [choice for choice in question["choices"] if choice != question["choices"][question["answer"]]]
    assert list(question["instead"]) == wrong
    assert len({*question["instead"].values(), question["because"]}) == len(wrong) + 1


@pytest.mark.parametrize("path", notebooks(), ids=lambda path: path.stem)
def test_what_gives_an_answer_away_is_stored_closed(path):
    notebook = nbformat.read(path, as_version=4)
    stored = {cell.id: cell.metadata.jupyter for cell in notebook.cells if "jupyter" in cell.metadata}
    assert stored == hide_answers.marks(notebook), "run tools.store_notebooks"


def test_from_a_question_to_the_end_of_its_section_outputs_are_closed_and_claims():
    kinds = ["run()", "predict('it')", "## 2", "run()", "claim('it')", "run()", "predict('it')", "run()", "so", "run()"]
    made = [
        new_markdown_cell(source, id=f"c{number}")
        if re.match("##|so", source)
        else new_code_cell(source, id=f"c{number}")
        for number, source in enumerate([*kinds, "run()", "## 3", "run()"])
    ]
    output, both = {"outputs_hidden": True}, {"outputs_hidden": True, "source_hidden": True}
    wanted = {"c3": output, "c4": both, "c7": output, "c9": output, "c10": output}
    assert hide_answers.marks(new_notebook(cells=made)) == wanted
    hide_answers.close(notebook := new_notebook(cells=made))
    assert {cell.id: cell.metadata.jupyter for cell in notebook.cells if cell.metadata} == wanted
