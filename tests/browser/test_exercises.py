"""An exercise as a learner meets it: not attempted, wrong with a reason, right; and the panel follows."""

import json

import nbformat
import pytest

from tests.browser import lab

pytestmark = pytest.mark.browser

WRONG = "def decayed_rate(epoch, base, rate, every):\n    return base * rate ** (epoch // every)"
RIGHT = WRONG.replace("//", "/")


@pytest.fixture
def exercises(page, url, folder, fresh_copy):
    """Open the exercises of chapter 2, with progress of their own, and run them; give the page and the cells' ids."""
    file = fresh_copy("exercises/02_learning_rate_exercises.ipynb")
    lab.open_notebook(page, url, file.relative_to(folder))
    keep = "import os; os.environ['COURSE_PROGRESS'] = path; print('true')"
    lab.ask_kernel(page, keep, path=str(file.with_name("progress.json")))
    lab.run_all(page)
    yield page, [cell.metadata.nbgrader.grade_id for cell in nbformat.read(file, as_version=4).cells]
    lab.stop_kernel(page)


def test_check_hint_and_solution_answer_and_the_panel_follows(exercises):
    page, ids = exercises
    panel, answer, check = (ids.index(name) for name in ("chapter2_setup", "decayed_rate_answer", "decayed_rate"))

    def hand_in(source):
        page.evaluate("([n, text]) => course.cells()[n].model.sharedModel.setSource(text)", [answer, source])
        lab.start_cell(page, answer)
        lab.start_cell(page, check)

    def press(button):
        page.locator(f"button[title='{button} for decayed_rate']").click()

    def shows(number, text):
        shown = f"course.cells()[{number}].outputArea.node.innerText"
        lab.wait(page, f"{shown}.includes({json.dumps(text)})", f"cell {number} to show {text!r}")

    shows(check, "○ Not attempted yet")
    shows(panel, "0 of 16 points")
    shows(panel, "○ 1. Complete a formula: exponential decay (not attempted)")
    press("Solution")
    shows(panel, "Try it first")

    hand_in(WRONG)
    shows(check, "✗ Not yet right: decayed_rate(epoch=5, base=0.2, rate=0.5, every=10)")
    shows(check, "staircase")
    shows(panel, "✗ 1. Complete a formula: exponential decay (incorrect)")
    for text in ("Hint 1 of 3", "Hint 2 of 3"):
        press("Hint")
        shows(panel, text)
    press("Solution")
    shows(panel, "return base * rate ** (epoch / every)")

    hand_in(RIGHT)
    shows(check, "✓ Right.")
    shows(panel, "2 of 16 points")
    shows(panel, "✓ 1. Complete a formula: exponential decay (correct)")
    assert lab.errors_in_cells(page) == [] and lab.errors_in_console(page) == []
