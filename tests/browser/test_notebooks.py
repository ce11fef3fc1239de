"""Each notebook in a real browser: it runs, every live figure follows every control, and it is stored clean."""

import nbformat
import pytest

from tests.browser import lab, live

pytestmark = pytest.mark.browser

NAMES = sorted(path.name for path in lab.NOTEBOOKS.glob("*.ipynb"))
each_notebook = pytest.mark.parametrize("executed", NAMES, indirect=True)

# What a notebook holds of a widget that only a running kernel can show.
WIDGET = "application/vnd.jupyter.widget-view+json"


def words_of_pictures(page):
    """Return the alternative text of each picture in an output that no widget shows."""
    return page.locator(".jp-RenderedImage img").evaluate_all("all => all.map(image => image.alt)")


def test_there_are_notebooks():
    assert NAMES


@each_notebook
def test_runs_without_an_error(executed):
    assert lab.errors_in_cells(executed.page) == []
    assert executed.page.locator("mjx-merror, [data-mml-node=merror]").count() == 0, "a formula is not set"
    assert lab.errors_in_console(executed.page) == []


@each_notebook
def test_each_control_moves_its_figure_by_keyboard(executed):
    page = executed.page
    changed = []
    for figure in live.find(page):
        before = live.settle(page, figure)
        for name, control in before["ids"].items():
            shown = live.shown(page, figure)
            live.press(page, control)
            live.wait_for_change(page, figure, shown)
            after = live.settle(page, figure)
            assert after["values"][name] != before["values"][name]
            changed.append(after["picture"] != before["picture"])
            before = after
    assert any(changed) or not changed, "key numbers change, but no picture does"
    assert lab.errors_in_console(page) == []


@each_notebook
def test_a_typed_rate_is_obeyed(executed):
    page = executed.page
    for figure in live.find(page):
        for name, box in live.controls(page, figure)["boxes"].items():
            field = live.element(page, box, "input")
            for typed in ("0.3", "1", "abc"):  # what is no number leaves the rate as it is
                field.fill(typed)
                field.press("Enter")
                settled = live.settle(page, figure)
            assert float(settled["texts"][name]) == 1.0
    assert lab.errors_in_console(page) == []


@each_notebook
def test_reset_puts_each_figure_back(executed):
    page = executed.page
    for figure in live.find(page):
        live.element(page, figure, "button[title='Put all controls back']").click()
    page.wait_for_timeout(500)  # a slider that can't stand at its first value would move on by itself
    for figure in live.find(page):
        settled = live.settle(page, figure)
        assert settled["values"] == settled["initial"], settled["name"]


@each_notebook
def test_saved_file_is_valid_and_holds_no_widget_state(executed):
    saved = lab.save(executed.page, executed.file)
    nbformat.validate(saved)
    assert "widgets" not in sorted(saved["metadata"])


@each_notebook
def test_fresh_pictures_have_their_words(executed):
    assert words_of_pictures(executed.page) == [
        output["metadata"]["image/png"]["alt"]
        for outputs in lab.ask(executed.page, "course.outputs")
        for output in outputs
        if "image/png" in output.get("data", {}) and WIDGET not in output["data"]
    ]


@each_notebook
def test_stored_pictures_show_without_a_kernel(executed):
    stored = [
        output
        for cell in nbformat.read(lab.NOTEBOOKS / executed.file.name, as_version=4).cells
        for output in cell.get("outputs", ())
        if "image/png" in output.get("data", {})
        # After a question they are closed.
        and not cell.metadata.get("jupyter", {}).get("outputs_hidden")
    ]
    assert all(WIDGET not in output.data for output in stored)
    assert [words for words, _width in executed.opened.pictures] == [
        output.metadata["image/png"]["alt"] for output in stored
    ]
    assert all(width > 50 for _words, width in executed.opened.pictures)
    assert not executed.opened.is_dirty, "opened, and nothing done, it counts as changed"
