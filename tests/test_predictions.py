"""Predictions: the answer is the choice that follows from what is measured, and numbers in the words have a source.

Each question names what decides it: ``measured``, an expression, and ``means``, for each choice a condition on its
value ``x``. The expression knows the modules of the numeric core, NumPy as ``np``, and ``said(words, ...)``: the
numbers of the one line that the question's notebook prints with these words in it. ``numbers`` holds an expression for
each number in its words that no cell of its section shows.
"""

import re

import numpy as np
import pytest

from helpers.live.predict import questions
from tests.words import lines, modules, numbers, other_seeds, section, shown_by, shown_in, without_source
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

    def said(*words):
        (line,) = [line for line in lines(ASKED[name]) if all(word in line for word in words)]
        return numbers(line)

    with np.errstate(all="ignore"):
        return eval(expression, modules() | {"said": said, "x": x})


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
        assert without_source(number, np.ravel(measured(name, expression))) == [], expression
    text = f"{question['question']} {question['because']}"
    assert other_seeds(text, own) == [], "the code of the section runs over another number of seeds"
    unknown = set(without_source(text, shown_in(own))) - set(listed)
    assert unknown == set(), "no cell of the section shows that: put it right, or list it under numbers"
