"""A JupyterLab and a browser for all tests, and each notebook opened and run once for all tests of it."""

import dataclasses
import re
import shutil
import signal
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Page
from xdist.scheduler import LoadScopeScheduling

from tests.browser import lab, opened

#: A test that takes longer, in seconds, is stopped: a last resort, for each single wait has a bound of its own.
LONGEST_TEST = 300


class ByNotebook(LoadScopeScheduling):
    """All tests of a notebook go to one worker, which opens and runs it once."""

    def _split_scope(self, nodeid):
        notebook = re.search(r"\w+\.ipynb", nodeid)
        return notebook.group() if notebook else nodeid


def pytest_xdist_make_scheduler(config, log):
    """Share the tests out by notebook."""
    return ByNotebook(config, log)


@dataclasses.dataclass
class OpenNotebook:
    """A notebook in the browser: the page it is shown in, its file, and what it showed before its cells ran."""

    page: Page
    file: Path
    opened: opened.Opened


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """Return the folder that JupyterLab shows."""
    return tmp_path_factory.mktemp("lab")


@pytest.fixture(scope="session")
def url(folder):
    """Start JupyterLab and return its address."""
    with lab.jupyterlab(folder) as url:
        yield url


@pytest.fixture(scope="session")
def browser():
    """Start Chromium."""
    with lab.chromium() as browser:
        yield browser


@pytest.fixture
def page(browser):
    """Return an empty page."""
    with lab.new_page(browser) as page:
        yield page


@pytest.fixture
def run_cells(page, url, folder):
    """Return a function that opens a new notebook of some code cells and runs them all."""

    def run(*cells):
        name = f"cells{len(list(folder.iterdir()))}.ipynb"
        lab.write_notebook(folder / name, *cells)
        lab.open_notebook(page, url, name)
        lab.run_all(page)

    yield run
    lab.stop_kernel(page)


@pytest.fixture(scope="session")
def fresh_copy(folder, tmp_path_factory):
    """Return a function that copies the notebooks to a folder of their own and says where one of them is."""

    def copy(name):
        place = folder / f"copy{len(list(folder.iterdir()))}"
        shutil.copytree(lab.NOTEBOOKS, place, ignore=shutil.ignore_patterns(".*"))
        return place / name

    return copy


@pytest.fixture(scope="session")
def executed(request, browser, url, folder, fresh_copy):
    """Open the notebook named by the test's parameter, look at it, and run all its cells."""
    file = fresh_copy(request.param)
    with lab.new_page(browser) as page:
        lab.open_notebook(page, url, file.relative_to(folder))
        seen = opened.look(page, nbformat.read(file, as_version=4).cells)
        lab.run_all(page)
        yield OpenNotebook(page, file, seen)
        lab.stop_kernel(page)


@pytest.fixture(autouse=True)
def never_hang():
    """Stop a test that takes too long."""

    def stop(signum, frame):
        raise TimeoutError(f"the test took longer than {LONGEST_TEST} s")

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(LONGEST_TEST)
    yield
    signal.alarm(0)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Leave a screenshot of each page that is open when a test fails."""
    report = yield
    browser = item.funcargs.get("browser")
    if report.failed and browser is not None:
        pages = [page for context in browser.contexts for page in context.pages]
        for number, page in enumerate(pages):
            name = "".join(c if c.isalnum() else "-" for c in f"{item.name} {report.when} {number}") + ".png"
            try:
                page.screenshot(path=lab.SCREENSHOTS / name, timeout=10_000)
                report.sections.append(("screenshot", str(lab.SCREENSHOTS / name)))
            except Exception as error:
                report.sections.append(("screenshot", f"none: {error}"))
    return report
