"""The built site on a server of its own, and a browser."""

import contextlib

import pytest

from tests.browser import lab
from tools.site.__main__ import HTML


@pytest.fixture(scope="session")
def html():
    """Return the folder of the site."""
    assert (HTML / "index.html").exists(), "there is no site yet: make site"
    return HTML


@pytest.fixture(scope="session")
def url(html):
    """Hand the site out and return its address."""
    with lab.serving(html) as url:
        yield url


@pytest.fixture(scope="session")
def browser():
    """Start Chromium."""
    with lab.chromium() as browser:
        yield browser


@pytest.fixture
def opened(browser, url):
    """Return a function that opens a page of the site; what it asks for gathers in ``page.asked``."""
    with contextlib.ExitStack() as stack:

        def open_page(name, width=1280, height=900, dark=False, body=None):
            page = stack.enter_context(lab.new_page(browser, width, height))
            mode = "dark" if dark else "light"
            page.add_init_script(f"localStorage.setItem('mode', '{mode}'); localStorage.setItem('theme', '{mode}')")
            page.asked, page.sizes = [], {}
            page.on("request", lambda request: page.asked.append(request.url))
            page.on("response", lambda response: page.sizes.update({response.url: response.status}))
            if body is not None:  # a page of which only the rest is the site's
                answer = {"body": body, "content_type": "text/html; charset=utf-8"}
                page.route(f"**/{name}", lambda route: route.fulfill(**answer))
            page.goto(f"{url}/{name}", wait_until="load")
            return page

        yield open_page
