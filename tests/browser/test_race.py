"""A slider that is moved while a cell draws must not spoil the cell's pictures."""

import pytest

from tests.browser import lab, live

pytestmark = pytest.mark.browser

SLIDER = """
from helpers.figures.style import new_figure
from helpers.live.controls import slider
from helpers.live.live_figure import LiveFigure, live_figure

@live_figure
def line():
    figure, axes = new_figure(height=2)
    axes.set(xlim=(0, 1), ylim=(0, 100))
    (curve,) = axes.plot([0, 1], [0, 0])

    def move(height):
        curve.set_ydata([0, height])
        return {"height": height}

    return LiveFigure(figure, [curve], move, height=slider("height", 0, 100, 50, step=1))

line()
"""
PICTURES = """
import matplotlib.pyplot as plt
for _ in range(30):
    plt.figure(figsize=(3, 2))
    plt.plot([0, 1, 2], [0, 1, 4])
    plt.title("always the same")
    plt.show()
"""


def test_pictures_stay_the_same_while_a_slider_moves(page, run_cells):
    run_cells(SLIDER, PICTURES)
    (figure,) = live.find(page)
    control = live.controls(page, figure)["ids"]["height"]
    live.press(page, control)  # ipykernel 7 runs a widget's callbacks beside cells from its second move on
    live.settle(page, figure)
    lab.start_cell(page, 1)
    moves = 0
    while lab.ask(page, "course.running"):
        live.press(page, control)
        page.wait_for_timeout(50)
        moves += 1
    lab.wait_for_cells(page)
    pictures = [output["data"]["image/png"] for output in lab.ask(page, "course.outputs")[1]]
    assert moves > 10
    assert len(pictures) == 30
    assert len(set(pictures)) == 1
    live.settle(page, figure)
