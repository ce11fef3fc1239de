"""What no figure of the course should need, but each could: errors in a figure's place, and work that takes long."""

import re

import pytest

from tests.browser import lab, live

pytestmark = pytest.mark.browser

FRAGILE = """
from helpers.figures.style import new_figure
from helpers.live.controls import whole_slider
from helpers.live.live_figure import LiveFigure, live_figure

@live_figure
def fragile():
    figure, axes = new_figure(height=2)
    axes.set(xlim=(0, 1), ylim=(0, 10))
    (curve,) = axes.plot([0, 1], [0, 0])

    def move(height):
        if height == 6:
            raise ZeroDivisionError("six is <too> much")
        curve.set_ydata([0, height])
        return {"height": height}

    return LiveFigure(figure, [curve], move, height=whole_slider("height", 0, 10, 5))

fragile()
"""
SLOW = """
import time

@live_figure
def slow():
    figure, axes = new_figure(height=2)
    axes.set(xlim=(0, 10), ylim=(0, 10))
    (curve,) = axes.plot([], [])

    def move(height):
        for done in range(1, 11):
            time.sleep(0.08)
            curve.set_data([0, done], [height, height])
            yield {"height": height, "done": done}
            yield "progress", done / 10

    return LiveFigure(figure, [curve], move, height=whole_slider("height", 0, 10, 5))

slow()
"""
LISTEN = """id => {
  const status = course.element([id, "[role=status]"]).parentElement;
  course.heard = [];
  new MutationObserver(() => course.heard.push(status.innerText)).observe(status, { subtree: true, childList: true });
}"""


def test_an_error_stands_where_the_picture_was_until_reset(page, run_cells):
    run_cells(FRAGILE)
    (figure,) = live.find(page)
    before = live.shown(page, figure)
    control = live.settle(page, figure)["ids"]["height"]
    lab.ask(page, "id => course.watch(course.view(id).el)", figure)
    live.press(page, control)
    live.wait_for_change(page, figure, before)
    assert "ZeroDivisionError: six is <too> much" in live.shown(page, figure)["error"]
    assert not live.element(page, figure, "img").is_visible()
    live.element(page, figure, "button[title='Put all controls back']").click()
    page.wait_for_timeout(500)
    live.settle(page, figure)
    heights = lab.ask(page, "course.watched")
    assert len(heights) == 1, f"the figure's height jumps: {heights}"


def test_long_work_gives_way_to_a_newer_move(page, run_cells):
    run_cells(FRAGILE, SLOW)
    figure = live.find(page)[1]
    before = live.shown(page, figure)
    control = live.settle(page, figure)["ids"]["height"]
    lab.ask(page, LISTEN, figure)
    live.press(page, control)
    live.wait_for_change(page, figure, before)
    live.press(page, control)
    live.settle(page, figure)
    heard = [tuple(map(int, re.findall(r"\d+", words))) for words in lab.ask(page, "() => course.heard")]
    heights = [height for height, _ in heard]
    assert heard[0] == (6, 1)
    assert heard[-1] == (7, 10)
    assert heights == sorted(heights), "a picture of the earlier move came after one of the later move"
    assert (6, 10) not in heard, "the earlier move's work went on to its end"
