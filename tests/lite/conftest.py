"""The built site on a server of its own, and a browser; no request may go anywhere else."""

import contextlib

import pytest

from tests.browser import lab
from tools.places import ROOT

HTML = ROOT / ".lite" / "local" / "html"
#: Seconds until a kernel in the browser has loaded all it needs, and until one cell there has run.
KERNEL, CELL = 400, 240


@pytest.fixture(scope="session")
def url():
    """Hand the site out and return its address."""
    assert (HTML / "index.html").exists(), "there is no site yet: make test-lite"
    with lab.serving(HTML) as url:
        yield url


@pytest.fixture(scope="session")
def browser():
    """Start Chromium."""
    with lab.chromium() as browser:
        yield browser


@pytest.fixture
def opened(browser, url, monkeypatch):
    """Return a function that opens a notebook in a browser without a past, and waits for its kernel."""
    monkeypatch.setattr(lab, "CELL", CELL)
    asked = []
    with contextlib.ExitStack() as stack:
        page = stack.enter_context(lab.new_page(browser))
        # From workers, too: Python asks from one.
        page.context.on("request", lambda request: asked.append(request.url))

        def open_notebook(name):
            page.goto(f"{url}/lab/index.html?path=notebooks/{name}")
            lab.wait(page, "window.course?.ready()", f"the kernel of {name}", KERNEL)
            return page

        yield open_notebook
    # Pyodide's own texts are addresses of no server.
    assert [address for address in asked if not address.startswith((url, "data:", "blob:"))] == []
