"""Who opens a fresh chapter and reads a question does not see its answer on the same screen."""

import re

import pytest

from helpers.live.predict import questions
from tests.browser import lab
from tests.words import WORDS, numbers

pytestmark = pytest.mark.browser

NAMES = sorted(path.name for path in lab.NOTEBOOKS.glob("*.ipynb") if "predict(" in path.read_text(encoding="utf-8"))

#: Words, and a number, that may stand anywhere and tell nothing.
COMMON = {"about", "again", "before", "comes", "could", "difference", "digit", "digits", "draws", "first", "layer"}
COMMON |= {"level", "number", "place", "point", "second", "still", "times", 1.0}


def words(text):
    """Return the longer words of a text, and its numbers."""
    return {*re.findall("[a-z]{5,}", text.lower()), *numbers(text)} - COMMON - set(WORDS)


def telling(question):
    """Return the words and numbers that belong to the answer alone."""
    right = question["choices"][question["answer"]]
    others = " ".join(choice for choice in question["choices"] if choice != right)
    return words(right) - words(f"{question['question']} {others}")


@pytest.mark.parametrize("executed", NAMES, indirect=True)
def test_no_answer_is_in_view_with_its_question(executed):
    below = executed.opened.below_questions
    assert below
    found = {asked: telling(questions()[asked]) & words(seen) for asked, seen in below.items()}
    assert {asked: told for asked, told in found.items() if told} == {}
