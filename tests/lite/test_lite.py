"""In Chromium: the start page, kernel, slider, words of all chapters, and a progress that outlives the page."""

import json
import re
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.browser import lab, live
from tests.lite.conftest import HTML
from tools.lite.source import BESIDE
from tools.places import NOTEBOOKS

pytestmark = pytest.mark.browser

CHAPTERS = sorted(path.name for path in NOTEBOOKS.glob("*.ipynb"))
#: Chapter -> cell -> why it prints other words than those that are stored.
DIFFERENT = tomllib.loads((Path(__file__).parent / "different.toml").read_text(encoding="utf-8"))
EXERCISE = "exercises/02_learning_rate_exercises.ipynb"
RIGHT = "def decayed_rate(epoch, base, rate, every):\n    return base * rate ** (epoch / every)"


def clear(page):
    """Clear the stored outputs, so that what is there then comes from this kernel."""
    page.evaluate("() => { jupyterapp.commands.execute('notebook:clear-all-cell-outputs'); }")
    lab.wait(page, "course.outputs().flat().length === 0", "the outputs to be cleared")


def words(outputs):
    """Return what a cell prints: streams joined, and the plain text of results, without addresses of objects."""
    streams = "".join("".join(out["text"]) for out in outputs if out["output_type"] == "stream")
    plain = ["".join(out["data"].get("text/plain", "")) for out in outputs if "data" in out]
    errors = [f"{out['ename']}: {out['evalue']}" for out in outputs if out["output_type"] == "error"]
    return [re.sub(r"0x[0-9a-f]+", "0x", text) for text in [streams, *plain, *errors]]


def test_the_wheel_has_fonts_catalogues_and_data_but_no_solutions_and_no_tests():
    (wheel,) = (HTML / BESIDE).glob("first_steps_*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    for needed in (
        "helpers/locale/zh/course-sans.otf",
        "helpers/locale/zh/LC_MESSAGES/course.mo",
        "helpers_data/iris.csv",
    ):
        assert needed in names
    assert {name.split("/")[0] for name in names if ".dist-info" not in name and ".data" not in name} == {
        "helpers",
        "helpers_data",
    }
    assert [name for name in names if name.endswith(".ipynb") or "test" in name] == []


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_prints_the_stored_words(opened, name):
    page = opened(name)
    clear(page)
    lab.run_all(page)
    stored = json.loads((NOTEBOOKS / name).read_text(encoding="utf-8"))["cells"]
    found = lab.ask(page, "course.outputs")
    different = {
        cell["id"]: (words(cell.get("outputs", ())), words(outputs))
        for cell, outputs in zip(stored, found, strict=True)
        if words(cell.get("outputs", ())) != words(outputs)
    }
    reasons = DIFFERENT.get(name.removesuffix(".ipynb"), {})
    assert {cell: both for cell, both in different.items() if cell not in reasons} == {}
    assert reasons.keys() <= different.keys(), "these are the same now"


def test_the_slider_of_chapter_2_moves_its_picture(opened):
    page = opened("02_learning_rate.ipynb")
    clear(page)
    lab.run_all(page)
    figure = live.find(page)[0]
    for control in live.sliders(page, figure).values():
        before = live.shown(page, figure)
        live.press(page, control)
        live.wait_for_change(page, figure, before)
        live.settle(page, figure)


def test_the_progress_in_the_exercises_outlives_the_page(opened):
    page = opened(EXERCISE)
    ids = [
        cell["metadata"]["nbgrader"]["grade_id"]
        for cell in json.loads((NOTEBOOKS / EXERCISE).read_text("utf-8"))["cells"]
    ]
    setup, answer, check = (ids.index(name) for name in ("chapter2_setup", "decayed_rate_answer", "decayed_rate"))

    def shows(number, text):
        shown = f"course.cells()[{number}].outputArea.node.innerText"
        lab.wait(page, f"{shown}.includes({json.dumps(text)})", f"cell {number} to show {text!r}", 60)

    lab.start_cell(page, setup)
    shows(setup, "0 of 16 points")
    page.evaluate("([n, text]) => course.cells()[n].model.sharedModel.setSource(text)", [answer, RIGHT])
    lab.start_cell(page, answer)
    lab.start_cell(page, check)
    shows(check, "✓ Right.")
    page = opened(EXERCISE)
    lab.start_cell(page, setup)
    shows(setup, "2 of 16 points")
