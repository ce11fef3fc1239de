"""Who opens a fresh chapter and reads a question does not see its answer on the same screen."""

import re

import nbformat
import pytest

from helpers.live.predict import questions
from tests.browser import lab
from tests.words import WORDS, numbers

pytestmark = pytest.mark.browser

ASK = r'predict\("([^"]+)"\)'
NAMES = sorted(path.name for path in lab.NOTEBOOKS.glob("*.ipynb") if "predict(" in path.read_text(encoding="utf-8"))

#: Words, and a number, that may stand anywhere and tell nothing.
COMMON = {"about", "again", "before", "comes", "could", "difference", "digit", "digits", "draws", "first", "layer"}
COMMON |= {"level", "number", "place", "point", "second", "still", "times", 1.0}

# All texts on the screen below a cell, once that cell stands at its top.
BELOW = """async number => {
  const cell = course.cells()[number].node, box = cell.closest(".jp-WindowedPanel-outer");
  for (let tries = 0; tries < 3; tries++) {  // what is above may still get its height
    box.scrollBy(0, cell.getBoundingClientRect().top - box.getBoundingClientRect().top);
    await new Promise(done => setTimeout(done, 200));
  }
  const end = box.getBoundingClientRect().bottom, start = cell.getBoundingClientRect().bottom;
  const walker = document.createTreeWalker(box, NodeFilter.SHOW_TEXT), seen = [];
  while (walker.nextNode()) {
    const range = document.createRange();
    range.selectNodeContents(walker.currentNode);
    const shows = [...range.getClientRects()].some(({ top, bottom, width }) => width && bottom > start && top < end);
    if (shows && walker.currentNode.parentElement.checkVisibility()) seen.push(walker.currentNode.textContent);
  }
  return seen.join(" ");
}"""


def words(text):
    """Return the longer words of a text, and its numbers."""
    return {*re.findall("[a-z]{5,}", text.lower()), *numbers(text)} - COMMON - set(WORDS)


def telling(question):
    """Return the words and numbers that belong to the answer alone."""
    right = question["choices"][question["answer"]]
    others = " ".join(choice for choice in question["choices"] if choice != right)
    return words(right) - words(f"{question['question']} {others}")


@pytest.mark.parametrize("name", NAMES)
def test_no_answer_is_in_view_with_its_question(page, url, folder, fresh_copy, name):
    file = fresh_copy(name)
    lab.open_notebook(page, url, file.relative_to(folder))
    told = {}
    for number, cell in enumerate(nbformat.read(file, as_version=4).cells):
        for asked in re.findall(ASK, cell.source):
            seen = lab.ask(page, BELOW, number)
            page.screenshot(path=lab.SCREENSHOTS / f"asked-{asked}.png")
            if found := telling(questions()[asked]) & words(seen):
                told[asked] = found
    lab.stop_kernel(page)
    assert told == {}
