"""A notebook that was saved and is opened again, with a new kernel, shows pictures and words, and how to wake them."""

import pytest

from helpers.live.live_figure import NOTE
from tests.browser import lab

pytestmark = pytest.mark.browser

CELLS = (
    "from helpers.live.learning_rate import descent_on_a_bowl\ndescent_on_a_bowl()",
    'from helpers.live.predict import predict\npredict("rate-at-the-edge")',
    "from helpers.exercises.feedback import progress\nprogress(2)",
    "import ipywidgets\nipywidgets.IntSlider(3)",
)


def test_saved_and_opened_again_no_widget_is_missing(page, url, folder):
    file = folder / "back.ipynb"
    lab.write_notebook(file, *CELLS)
    lab.open_notebook(page, url, file.name)
    lab.run_all(page)
    assert page.locator(".live-figure, .prediction").count() == 2
    lab.save(page, file)
    assert not lab.is_dirty(page)
    lab.stop_kernel(page)
    lab.open_notebook(page, url, file.name)
    page.wait_for_timeout(1000)  # the error would come only after the widgets' manager has looked for them
    shown = [
        lab.ask(page, "number => course.cells()[number].outputArea.node.innerText", number)
        for number in range(len(CELLS))
    ]
    assert "Error displaying widget" not in "".join(shown)
    (picture,) = page.locator(".jp-RenderedImage img").all()
    assert picture.is_visible() and picture.get_attribute("alt").startswith(NOTE)
    for told, words in zip(shown[1:], ("Run this cell", "Your progress", "IntSlider"), strict=True):
        assert words in told
    assert not lab.is_dirty(page), "opened, and nothing done, it counts as changed"
    lab.stop_kernel(page)
    assert lab.errors_in_console(page) == []
