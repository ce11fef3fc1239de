"""Live figures fit into narrow windows; while a control is dragged nothing jumps, and its picture follows."""

import pytest

from tests.browser import lab, live
from tests.browser.test_notebooks import each_notebook

pytestmark = pytest.mark.browser

# How many pixels of a live figure, or of anything in it, lie outside the cell's output to the right.
OVERFLOW = """id => {
  const root = course.view(id).el, output = root.closest(".jp-OutputArea-output");
  const right = Math.max(...[root, ...root.querySelectorAll("*")]
    .filter(element => element.checkVisibility({visibilityProperty: true}) && !element.closest(".noUi-target"))
    .map(element => element.getBoundingClientRect().right));
  return Math.max(right - output.getBoundingClientRect().right, output.scrollWidth - output.clientWidth);
}"""


@pytest.fixture(params=[1280, 800])
def width(request, executed):
    """Make the window so wide for the time of the test."""
    executed.page.set_viewport_size({"width": request.param, "height": 800})
    yield request.param
    executed.page.set_viewport_size({"width": 1280, "height": 800})


@each_notebook
def test_a_dragged_figure_fits_stays_put_and_shows_the_last_value(executed, width):
    page = executed.page
    live.wait_until_still(page, *live.find(page))
    for figure in live.find(page):
        about = live.controls(page, figure)["name"]
        over = lab.ask(page, OVERFLOW, figure)
        assert over <= 1, f"{about} is {over} pixels too wide"
        lab.ask(page, "id => course.watch(course.view(id).el.closest('.jp-Cell'))", figure)
        for number, control in enumerate(live.sliders(page, figure).values()):
            live.drag(page, control, 1.05, -0.05, 1.05)
            handle = live.element(page, control, ".noUi-handle")
            assert handle.get_attribute("aria-valuenow") == handle.get_attribute("aria-valuemax")
            live.settle(page, figure)
            live.drag(page, control, 0.2 + number / 10)  # where others are equal, or at their ends, one may do nothing
        live.wait_until_still(page, figure)
        heights = lab.ask(page, "course.watched")
        assert len(heights) == 1, f"the controls of {about} change the cell's height: {heights}"
    assert lab.errors_in_console(page) == []
