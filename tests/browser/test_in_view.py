"""Who runs a cell with Shift+Enter sees its live figure, controls and picture, although the next cell is selected."""

import nbformat
import pytest

from tests.browser import lab
from tests.live_figures import LIVE_FIGURES

pytestmark = pytest.mark.browser

NAMES = sorted(path.name for path in lab.NOTEBOOKS.glob("0*.ipynb"))

# How far controls and picture reach out of what one sees of the notebook, above and below.
OUTSIDE = """number => {
  const cell = course.cells()[number].node, box = cell.closest(".jp-WindowedPanel-outer").getBoundingClientRect();
  const figure = cell.querySelector(".live-figure");
  return [box.top - figure.getBoundingClientRect().top,
          figure.querySelector("img").getBoundingClientRect().bottom - box.bottom];
}"""
# The accessible names of what is drawn in a live figure, by what it is.
NAMED = """number => {
  const { node } = course.cells()[number], drawn = ".noUi-handle, .live-figure img, .widget-play button";
  return [...node.querySelectorAll(drawn)].map(part => [part.className, part.getAttribute("aria-label") ?? part.alt]);
}"""
WIDGETS = "course.cells()[{}].node.querySelector('.live-figure img')?.offsetHeight > 50"


@pytest.mark.parametrize("executed", NAMES, indirect=True)
def test_after_shift_and_enter_a_live_figure_is_in_view_and_its_parts_have_names(executed):
    page, out_of_view = executed.page, {}
    for number, cell in enumerate(nbformat.read(executed.file, as_version=4).cells):
        if cell.cell_type == "code" and any(f"{live}(" in cell.source for live in LIVE_FIGURES):
            page.evaluate("number => { course.panel().content.activeCellIndex = number; }", number)
            page.evaluate("number => course.panel().content.scrollToItem(number, 'smart')", number)
            page.evaluate("number => course.cells()[number].model.outputs.clear()", number)
            page.evaluate("() => { jupyterapp.commands.execute('notebook:run-cell-and-select-next'); }")
            lab.wait(page, WIDGETS.format(number), f"the live figure of {cell.id}")
            page.wait_for_timeout(700)
            if max(outside := lab.ask(page, OUTSIDE, number)) > 0:
                out_of_view[cell.id] = outside
            named = lab.ask(page, NAMED, number)
            assert named and all(words for _, words in named), named
    lab.wait_for_cells(page)
    assert out_of_view == {}
    assert lab.errors_in_console(page) == []
