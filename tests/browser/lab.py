"""JupyterLab in Chromium: start it, open a notebook, run it, save it, and look for errors.

Nothing here waits without a bound. Questions to the page go through `ask`, those to the notebook's kernel through
`ask_kernel`; what does not come in time is named in a `TimeoutError`.
"""

import contextlib
import functools
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import nbformat
from playwright.sync_api import Error, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeout

HERE = Path(__file__).resolve().parent
NOTEBOOKS = HERE.parents[1] / "notebooks"
SCREENSHOTS = HERE / "screenshots"

#: Seconds to wait for an answer, for a server or a page to start, and for one cell to run.
ANSWER, START, CELL = 20, 50, 60
LATE = "no answer in time"

CHROMIUM_FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]

# A reader's own settings: no news, no questions, nothing saved but on demand, all cells in the page at once.
SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": True},
    "docmanager-extension/plugin": {"autosave": False},
    "notebook-extension/tracker": {"windowingMode": "none"},
}

# An error in the browser's console is ours unless it contains one of these.
NOISE = (
    "Could not restore the debugger state",  # JupyterLab asks a kernel about breakpoints while we shut it down
)


# -- starting and stopping -----------------------------------------------------------------------------------------


@contextlib.contextmanager
def jupyterlab(folder, settings=()):
    """Run JupyterLab on `folder`, with none of this user's settings; give its address, and stop it in the end."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # who is told to stop, stops JupyterLab first
    with tempfile.TemporaryDirectory(prefix="lab-", ignore_cleanup_errors=True) as home:
        home = Path(home)
        for name, values in (SETTINGS | dict(settings)).items():
            file = home / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(values), encoding="utf-8")
        private = {
            "JUPYTER_CONFIG_DIR": "config",
            "JUPYTER_DATA_DIR": "data",
            "JUPYTER_RUNTIME_DIR": "runtime",
            "IPYTHONDIR": "ipython",
            "JUPYTERLAB_SETTINGS_DIR": "settings",
            "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
            "COURSE_PROGRESS": "progress.json",  # exercises that are solved here are nobody's progress
        }
        port, log = _free_port(), home / "log.txt"
        command = [
            *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
            *("--LabApp.expose_app_in_browser=True", "--LabApp.extension_manager=readonly"),
            *("--IdentityProvider.token=", "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}"),
            *("--ServerApp.port_retries=0", f"--ServerApp.root_dir={folder}"),
        ]
        with log.open("w", encoding="utf-8") as output:
            server = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=os.environ | {name: str(home / place) for name, place in private.items()},
                cwd=folder,
                start_new_session=True,
            )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_for_server(server, url, log)
            yield url
        finally:
            server.terminate()  # JupyterLab then stops its kernels, too
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(server.pid, signal.SIGKILL)
                server.wait(10)


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for_server(server, url, log):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + START
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with opener.open(f"{url}/api/status", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    happened = f"did not answer within {START} s" if server.poll() is None else f"ended with code {server.returncode}"
    told = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-30:])
    raise TimeoutError(f"JupyterLab {happened}; its last words:\n{told}")


class Silent(SimpleHTTPRequestHandler):
    """Says nothing of what it hands out."""

    def log_message(self, *args):
        """Say nothing."""


@contextlib.contextmanager
def serving(folder):
    """Hand the files of a folder out; give the address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Silent, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@contextlib.contextmanager
def chromium():
    """Start the system's Chromium, and close it in the end."""
    path = shutil.which("chromium")
    if path is None:
        raise FileNotFoundError("Chromium is missing; on Debian: apt install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS, timeout=1000 * START)
        try:
            yield browser
        finally:
            browser.close()


@contextlib.contextmanager
def new_page(browser, width=1280, height=800):
    """Open an empty page in a browser without a past; errors in its console gather in ``page.errors``."""
    context = browser.new_context(viewport={"width": width, "height": height})
    try:
        page = context.new_page()
        page.set_default_timeout(1000 * ANSWER)
        page.set_default_navigation_timeout(1000 * START)
        page.add_init_script(path=HERE / "page.js")
        page.errors = []
        page.on("console", lambda message: message.type == "error" and page.errors.append(message.text))
        page.on("pageerror", lambda error: page.errors.append(f"uncaught: {error}"))
        yield page
    finally:
        context.close()


# -- asking --------------------------------------------------------------------------------------------------------


def wait(page, condition, what, seconds=ANSWER):
    """Wait until a JavaScript expression holds."""
    try:
        page.wait_for_function(f"() => {condition}", timeout=1000 * seconds)
    except PlaywrightTimeout:
        raise TimeoutError(f"waited {seconds} s in vain for {what}") from None


def ask(page, function, argument=None, seconds=ANSWER):
    """Return what a JavaScript function returns for `argument`."""
    late = f"new Promise((_, no) => setTimeout(() => no(Error('{LATE}')), {1000 * seconds}))"
    try:
        return page.evaluate(f"argument => Promise.race([({function})(argument), {late}])", argument)
    except Error as error:
        if LATE in str(error):
            raise TimeoutError(f"waited {seconds} s in vain for the answer to {function}, {argument}") from None
        raise


def ask_kernel(page, code, **names):
    """Run code in the notebook's kernel, apart from the reader's own names; return what it prints, read as JSON."""
    said = ask(page, "course.execute", f"exec({code!r}, {names!r})")
    try:
        return json.loads(said)
    except json.JSONDecodeError:
        plain = re.sub(r"\x1b\[[\d;]*m", "", said)  # a traceback comes in colours
        raise RuntimeError(f"the kernel answered: {plain.strip().splitlines()[-1:]}") from None


# -- a notebook ----------------------------------------------------------------------------------------------------


def write_notebook(path, *cells):
    """Write a notebook of these code cells."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, path)


def open_notebook(page, url, name):
    """Open a notebook of the server's folder and wait for its kernel."""
    try:
        page.goto(f"{url}/lab/tree/{name}?reset")
    except PlaywrightTimeout:
        raise TimeoutError(f"waited {START} s in vain for JupyterLab's page") from None
    wait(page, "window.course?.ready()", f"JupyterLab to open {name} and start its kernel", START)


def start_all(page):
    """Let all cells run, without waiting for them."""
    page.evaluate("() => { jupyterapp.commands.execute('notebook:run-all-cells'); }")


def start_cell(page, number):
    """Let one cell run, without waiting for it."""
    page.evaluate(
        """number => {
            course.panel().content.activeCellIndex = number;
            jupyterapp.commands.execute('notebook:run-cell');
        }""",
        number,
    )


def wait_for_cells(page):
    """Wait until all cells have run and their pictures are there."""
    left, deadline = None, 0
    while (running := ask(page, "course.running")) > 0:
        if running != left:
            left, deadline = running, time.monotonic() + CELL
        if time.monotonic() > deadline:
            raise TimeoutError(f"no cell finished within {CELL} s; {left} still to come")
        time.sleep(0.2)
    wait(page, "course.rendered()", "widgets and pictures to appear")


def run_all(page):
    """Run all cells and wait until their pictures are there."""
    start_all(page)
    wait_for_cells(page)


def stop_kernel(page):
    """Shut the notebook's kernel down; the notebook stays open."""
    ask(page, "() => course.panel().context.sessionContext.shutdown()")
    wait(page, "!course.kernel()", "the kernel to stop")


def start_kernel(page):
    """Give a notebook whose kernel was stopped a new one."""
    ask(page, "() => course.panel().context.sessionContext.changeKernel({ name: 'python3' })", seconds=START)
    wait(page, "course.ready()", "a new kernel", START)


def is_dirty(page):
    """Tell whether the notebook counts as changed since it was saved."""
    return ask(page, "() => course.panel().context.model.dirty")


def save(page, file):
    """Save the notebook, and return what its file holds then."""
    before = file.stat().st_mtime_ns
    page.evaluate("() => { jupyterapp.commands.execute('docmanager:save'); }")
    deadline = time.monotonic() + ANSWER
    while file.stat().st_mtime_ns == before or is_dirty(page):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{file.name} was not saved within {ANSWER} s")
        time.sleep(0.1)
    return json.loads(file.read_text(encoding="utf-8"))


def errors_in_cells(page):
    """Return the error messages in the notebook's outputs, but for cells that are tagged to raise one."""
    tags = ask(page, "() => course.cells().map(cell => cell.model.getMetadata('tags') ?? [])")
    return [
        f"cell {number}: " + (output.get("evalue") or "".join(output["text"]))
        for number, outputs in enumerate(ask(page, "course.outputs"))
        for output in outputs
        if (output["output_type"] == "error" and "raises-exception" not in tags[number])
        or output.get("name") == "stderr"
    ]


def errors_in_console(page):
    """Return the errors in the browser's console, but for those that JupyterLab makes by itself."""
    return [error for error in page.errors if not any(noise in error for noise in NOISE)]
