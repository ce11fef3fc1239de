"""Pictures in outputs have their words in JupyterLab: stored and fresh ones, whether the notebook is trusted or not."""

import copy

import nbformat
import pytest

from tests.browser import lab

pytestmark = pytest.mark.browser

SHOW = """
import base64
import io

from IPython.display import display
from PIL import Image

for kind, metadata in [("png", {"alt": 'a <b>"red"</b> square'}), ("jpeg", {"alt": "another one"}), ("png", {})]:
    file = io.BytesIO()
    Image.new("RGB", (60, 60), "red").save(file, kind)
    mime = f"image/{kind}"
    data = {mime: base64.b64encode(file.getvalue()).decode(), "text/plain": "a square"}
    display(data, metadata={mime: {**metadata, "width": 30}}, raw=True)
"""
WORDS = ['a <b>"red"</b> square', "another one", None]


def shown(page):
    """Return the alternative text and the width of each picture."""
    pictures = page.locator(".jp-OutputArea-output img")
    return pictures.evaluate_all("all => all.map(image => [image.getAttribute('alt'), image.width])")


def is_trusted(page):
    return lab.ask(page, "() => course.cells().every(cell => cell.model.trusted)")


def test_a_picture_has_its_words_whether_stored_or_fresh_trusted_or_not(page, url, folder):
    fresh = folder / "fresh.ipynb"
    lab.write_notebook(fresh, SHOW)
    lab.open_notebook(page, url, fresh.name)
    lab.run_all(page)
    expected = [[words, 30] for words in WORDS]
    assert shown(page) == expected
    saved = lab.save(page, fresh)
    lab.stop_kernel(page)

    lab.open_notebook(page, url, fresh.name)  # JupyterLab has signed it
    assert is_trusted(page)
    assert shown(page) == expected

    unknown = copy.deepcopy(saved)
    unknown["cells"][0]["source"] = "# written elsewhere"
    stored = folder / "stored.ipynb"
    nbformat.write(nbformat.from_dict(unknown), stored)
    lab.open_notebook(page, url, stored.name)
    assert not is_trusted(page)
    assert shown(page) == expected
    lab.stop_kernel(page)
    assert lab.errors_in_console(page) == []
