"""JupyterLab in Chromium, driven by small functions: start it, open a notebook, run it, move its sliders, look.

Nothing here waits without a bound. What is asked of the page goes through `ask`, what is asked of the notebook's
kernel through `ask_kernel`; both raise `TimeoutError` with the question in it when no answer comes.
"""

import base64
import contextlib
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import nbformat
from playwright.sync_api import Error, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = ROOT / "notebooks"
SCREENSHOTS = Path(__file__).with_name("screenshots")

#: Seconds to wait for: a page's answer, a picture, a starting server or page, and one running cell.
ANSWER, PICTURE, START, CELL = 20, 30, 50, 60

CHROMIUM_FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()

# A reader's own settings: no news, no questions, nothing saved but on demand, all cells in the page at once.
SETTINGS = {
    "apputils-extension/notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    },
    "docmanager-extension/plugin": {"autosave": False},
    "notebook-extension/tracker": {"windowingMode": "none"},
}

# Errors in the browser's console that JupyterLab 4.6 itself makes; a message is ours unless it contains one of these.
NOISE = ()

# Put into each page before JupyterLab starts. Lumino is JupyterLab's widget tree; ipywidgets hang their views in it.
IN_THE_PAGE = """
window.course = {
  panel: () => window.jupyterapp?.shell.currentWidget,
  kernel: () => course.panel().context.sessionContext.session?.kernel,
  cells: () => course.panel().content.widgets,
  outputs: () => course.cells().map(cell => cell.model.outputs?.toJSON() ?? []),
  ready: () => Boolean(course.panel()?.context?.isReady && course.kernel()?.status === "idle"),
  running: () => course.cells().filter(cell => cell.model.executionState === "running").length
    + (course.kernel().status === "idle" ? 0 : 1),

  *views(widget) {
    if (widget._view?.model) yield widget._view;
    for (const child of widget.children()) yield* course.views(child);
  },
  view: id => [...course.views(course.panel())].find(view => view.model.model_id === id),
  element: (id, selector) => course.view(id).el.querySelector(selector),
  value: id => course.view(id).model.get("index") ?? course.view(id).model.get("value"),
  figures: () => [...course.views(course.panel())].filter(view => view.el.classList.contains("live-figure"))
    .map(view => view.model.model_id),
  rendered: () => course.outputs().flat().map(output => output.data?.["application/vnd.jupyter.widget-view+json"])
    .every(widget => !widget || course.view(widget.model_id))
    && [...document.querySelectorAll(".jp-OutputArea img")].every(image => image.complete),

  async picture(id) {
    const bytes = new Uint8Array(await (await fetch(course.element(id, "img").src)).arrayBuffer());
    return btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), ""));
  },
  async execute(code) {
    const future = course.kernel().requestExecute({code, store_history: false, allow_stdin: false});
    let said = "";
    future.onIOPub = ({header, content}) => {
      if (header.msg_type === "stream" && content.name === "stdout") said += content.text;
      if (header.msg_type === "error") said += content.traceback.join("\\n");
    };
    await future.done;
    return said;
  },
};
"""

# Asked of the kernel: a live figure's controls, and the picture and words that a newly built one has at their values.
ABOUT_A_FIGURE = """
import base64, html, json, re
from ipywidgets.widgets.widget import _instances as widgets
from helpers.live.core import LIVE_FIGURES

def index_or_value(control):
    return getattr(control, "index", control.value)

def told(control):
    return format(control.value, control.readout_format) if hasattr(control, "readout_format") else str(control.value)

figure = widgets[FIGURE]
fresh = LIVE_FIGURES[figure.name]()
initial = {name: index_or_value(control) for name, control in fresh.controls.items()}
fresh.set(**figure.values)
words = [child.value for child in fresh.children if "status" in str(child.value if hasattr(child, "value") else "")]
print(json.dumps({
    "name": figure.name,
    "controls": {name: control.model_id for name, control in figure.controls.items()},
    "initial": initial,
    "values": {name: index_or_value(control) for name, control in figure.controls.items()},
    "told": {name: told(control) for name, control in figure.controls.items()},
    "picture": base64.b64encode(fresh.png()).decode(),
    "words": html.unescape(re.sub("<[^>]*>", "", " ".join(words))),
}))
for widget in [fresh, *fresh.children, *fresh.controls.values()]:
    widget.close()
"""


# -- starting and stopping -----------------------------------------------------------------------------------------


@contextlib.contextmanager
def jupyterlab(folder):
    """Run JupyterLab on `folder`, with none of this user's settings; give its address, and stop it in the end."""
    with tempfile.TemporaryDirectory(prefix="lab-", ignore_cleanup_errors=True) as home:
        home = Path(home)
        for name, values in SETTINGS.items():
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
        }
        port = _free_port()
        command = [
            *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
            *("--LabApp.expose_app_in_browser=True", "--LabApp.extension_manager=readonly"),
            *("--IdentityProvider.token=", "--ServerApp.ip=127.0.0.1"),
            *(f"--ServerApp.port={port}", "--ServerApp.port_retries=0", f"--ServerApp.root_dir={folder}"),
        ]
        log = home / "log.txt"
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
            server.terminate()  # asks JupyterLab to stop its kernels, too
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
    told = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-30:])
    happened = (
        f"did not answer within {START} s"
        if server.poll() is None
        else f"ended with code {server.returncode}"
    )
    raise TimeoutError(f"JupyterLab {happened}; its last words:\n{told}")


@contextlib.contextmanager
def chromium():
    """Start Debian's Chromium, and close it in the end."""
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
    """Open an empty page in a browser without a past; the console's errors gather in ``page.errors``."""
    context = browser.new_context(viewport={"width": width, "height": height})
    try:
        page = context.new_page()
        page.set_default_timeout(1000 * ANSWER)
        page.set_default_navigation_timeout(1000 * START)
        page.add_init_script(IN_THE_PAGE)
        page.errors = []
        page.on("console", lambda message: message.type == "error" and page.errors.append(message.text))
        page.on("pageerror", lambda error: page.errors.append(f"uncaught: {error}"))
        yield page
    finally:
        context.close()


# -- a notebook ----------------------------------------------------------------------------------------------------


def write_notebook(path, *cells):
    """Write a notebook of these code cells."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, path)


def wait(page, condition, what, seconds=ANSWER):
    """Wait until a JavaScript expression holds."""
    try:
        page.wait_for_function(f"() => {condition}", timeout=1000 * seconds)
    except Timeout:
        raise TimeoutError(f"waited {seconds} s in vain for {what}") from None


def ask(page, expression, argument=None, seconds=ANSWER):
    """Return the value of a JavaScript function of `argument`."""
    late = (
        f"new Promise((_, no) => setTimeout(() => no(Error('no answer in {seconds} s')), {1000 * seconds}))"
    )
    return page.evaluate(f"argument => Promise.race([({expression})(argument), {late}])", argument)


def ask_kernel(page, code, seconds=PICTURE, **names):
    """Run code in the notebook's kernel, apart from the reader's names; return what it prints, read as JSON."""
    said = ask(page, "course.execute", f"exec({code!r}, {names!r})", seconds)
    try:
        return json.loads(said)
    except json.JSONDecodeError:
        raise RuntimeError(f"the kernel answered: {said}") from None


def open_notebook(page, url, name):
    """Open a notebook of the server's folder and wait for its kernel."""
    page.goto(f"{url}/lab/tree/{name}?reset")
    wait(page, "window.course?.ready()", f"JupyterLab to open {name} and start its kernel", START)


def run_all(page):
    """Run all cells and wait until all pictures are there; no cell may take longer than `CELL` seconds."""
    page.evaluate("() => { jupyterapp.commands.execute('notebook:run-all-cells'); }")
    wait_for_cells(page)


def wait_for_cells(page):
    """Wait until no cell runs; no cell may take longer than `CELL` seconds."""
    left, deadline = None, 0
    while (running := ask(page, "course.running")) > 0:
        if running != left:
            left, deadline = running, time.monotonic() + CELL
        if time.monotonic() > deadline:
            raise TimeoutError(f"no cell finished within {CELL} s; {left} still to come")
        time.sleep(0.2)
    wait(page, "course.rendered()", "widgets and pictures to appear")


def save(page, file):
    """Save the notebook and return what is in its file then."""
    before = file.stat().st_mtime_ns
    page.evaluate("() => { jupyterapp.commands.execute('docmanager:save'); }")
    deadline = time.monotonic() + ANSWER
    while file.stat().st_mtime_ns == before or ask(page, "() => course.panel().context.model.dirty"):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{file.name} was not saved within {ANSWER} s")
        time.sleep(0.1)
    return nbformat.read(file, as_version=nbformat.NO_CONVERT)


def errors_in_cells(page):
    """Return the error messages in the notebook's outputs, but for cells that are tagged to raise one."""
    found = []
    tags = ask(page, "() => course.cells().map(cell => cell.model.getMetadata('tags') ?? [])")
    for number, outputs in enumerate(ask(page, "course.outputs")):
        if "raises-exception" in tags[number]:
            continue
        for output in outputs:
            if output["output_type"] == "error":
                found.append(f"cell {number}: {output['ename']}: {output['evalue']}")
            elif output.get("name") == "stderr":
                found.append(f"cell {number}: {''.join(output['text'])}")
    return found


def errors_in_console(page):
    """Return the errors in the browser's console, but for those JupyterLab makes by itself."""
    return [error for error in page.errors if not any(noise in error for noise in NOISE)]


# -- live figures --------------------------------------------------------------------------------------------------


def figures(page):
    """Return the ids of all live figures in the notebook, from top to bottom."""
    return ask(page, "course.figures")


def picture(page, figure):
    """Return the PNG file that a live figure shows in the browser."""
    return base64.b64decode(ask(page, "course.picture", figure))


def words(page, figure):
    """Return the key numbers beside a live figure as the reader sees them."""
    return _plain(ask(page, "id => course.element(id, '[role=status]').innerText", figure))


def _plain(text):
    return " ".join(text.split())


def about(page, figure):
    """Ask the kernel for a live figure's name, controls and values, and the picture and words of a new one there."""
    told = ask_kernel(page, ABOUT_A_FIGURE, FIGURE=figure)
    told["picture"] = base64.b64decode(told["picture"])
    told["words"] = _plain(told["words"])
    return told


def settle(page, figure):
    """Wait until a live figure shows what a new one would show at the values of the controls in the browser.

    Compared are the value of each control in browser and kernel, the number beside each slider, the key numbers and,
    pixel for pixel, the picture. Returns the kernel's words about the figure, see `about`.
    """
    deadline, wanted = time.monotonic() + PICTURE, None
    while True:
        message = ask(
            page,
            "id => { const box = course.element(id, '[role=alert]'); "
            "return box?.checkVisibility() ? box.innerText : ''; }",
            figure,
        )
        assert not message, f"a live figure shows an error: {message}"
        if wanted is None or not _values_agree(page, wanted):
            wanted = about(page, figure)
        shown = picture(page, figure)
        faults = [
            not _values_agree(page, wanted) and "browser and kernel disagree about the controls",
            words(page, figure) != wanted["words"]
            and f"it reads {words(page, figure)!r}, not {wanted['words']!r}",
            shown != wanted["picture"]
            and f"{_different_pixels(shown, wanted['picture'])} pixels are not as they should be",
            *(
                f"the slider {control} reads {shown!r}, not {told!r}"
                for control, shown, told in _readouts(page, wanted)
                if shown != told
            ),
        ]
        faults = [fault for fault in faults if fault]
        if not faults:
            return wanted
        if time.monotonic() > deadline:
            raise AssertionError(f"{wanted['name']} at {wanted['told']}: {'; '.join(faults)}")
        time.sleep(0.1)
