"""What the real JupyterLab shows for each sample: the truth that nbgate.markdown and nbgate.maths are held against.

formulas.json and markdown.json hold samples, each with its "source" in Markdown and what JupyterLab "shows". To make it
anew, after a sample was added or JupyterLab has changed: `python render.py` (needs jupyterlab, playwright, and Chromium
on the PATH; about a minute). Each file becomes a notebook of one Markdown cell a sample; formulas hold their macros
from cell to cell.
"""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import nbformat
from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "docmanager-extension/plugin": {"autosave": False},
    "notebook-extension/tracker": {"windowingMode": "none"},
}
#: A picture that the samples may attach.
PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mP4DwABAQEAG7buVgAAAABJRU5ErkJggg=="
FILES = ("other.ipynb", "page.md", "picture.png", "with space.ipynb")
#: What a cell shows. A text is what stands between two tags; formulas are replaced by one mark each.
SHOWN = r"""cells => cells.map(cell => {
    const host = cell.querySelector('.jp-RenderedMarkdown');
    const texts = [], code = [];
    let text = '';
    // Without what differs from run to run: the server's address, its token, the time.
    const plain = address => address
        .replace(/^http:\/\/127\.0\.0\.1:\d+\/files\//, '').replace(/([?&])_xsrf=[^&#]*&?/, '$1')
        .replace(/[?&]\d{13}(?=#|$)/, '').replace(/[?&](?=#|$)/, '').replace(/^(data:[^,]*),.*/, '$1');
    const end = () => { if (text.trim()) texts.push(text); text = ''; };
    const walk = node => {
        for (const child of node.childNodes) {
            if (child.nodeType === 3) text += child.data;
            else if (child.nodeType !== 1) continue;
            else if (child.matches('.jp-InternalAnchorLink')) continue;
            else if (child.localName === 'mjx-container') text += '\ue000';
            else if (['br', 'wbr'].includes(child.localName)) text += child.localName === 'br' ? '\n' : '';
            else if (['pre', 'code'].includes(child.localName)) { end(); code.push(child.textContent); }
            else { end(); walk(child); end(); }
        }
    };
    walk(host);
    end();
    const all = what => [...host.querySelectorAll(what)];
    return {
        errors: all('[data-mjx-error]').map(node => node.getAttribute('data-mjx-error')),
        unknown: all('mjx-mtext').filter(node => getComputedStyle(node).color === 'rgb(255, 0, 0)').length,
        formulas: all('mjx-container').length,
        texts, code,
        links: all('a[href]').filter(node => !node.matches('.jp-InternalAnchorLink, mjx-container *'))
            .map(node => [plain(node.getAttribute('href')), node.textContent]),
        pictures: all('img').map(node => [plain(node.getAttribute('src')), node.getAttribute('alt')]),
        headings: all('h1, h2, h3, h4, h5, h6').map(node => [node.localName, node.dataset.jupyterId ?? node.id]),
        names: all('[data-jupyter-id], [id], [name]').filter(node => !/^(h\d|mjx-.*)$/.test(node.localName))
            .map(node => node.dataset.jupyterId || node.id || node.getAttribute('name')),
        rows: all('tr').map(node => node.querySelectorAll('td, th').length),
    };
})"""


@contextlib.contextmanager
def jupyterlab(folder):
    """Run JupyterLab on a folder, without this user's settings; give its address."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        for name, values in SETTINGS.items():
            file = Path(home) / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(values), encoding="utf-8")
        places = ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR", "LAB_SETTINGS_DIR", "LAB_WORKSPACES_DIR")
        private = {f"JUPYTER{'' if place.startswith('LAB') else '_'}{place}": f"{home}/{place}" for place in places}
        private["JUPYTERLAB_SETTINGS_DIR"] = f"{home}/settings"
        command = [
            *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
            *("--LabApp.expose_app_in_browser=True", "--LabApp.extension_manager=readonly"),
            *("--IdentityProvider.token=", "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}"),
            *("--ServerApp.port_retries=0", f"--ServerApp.root_dir={folder}"),
        ]
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        server = subprocess.Popen(command, env=os.environ | private, cwd=folder, **quiet)
        try:
            url = f"http://127.0.0.1:{port}"
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            for _ in range(300):
                with contextlib.suppress(OSError):
                    opener.open(f"{url}/api/status", timeout=5).close()
                    break
                time.sleep(0.2)
            yield url
        finally:
            server.terminate()
            server.wait(20)


def write_notebook(file, sources):
    """Write a notebook of Markdown cells."""
    cells = [nbformat.v4.new_markdown_cell(source) for source in sources]
    for cell in cells:
        if "attachment:" in cell.source:
            cell.attachments = {"there.png": {"image/png": PICTURE}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells), file)


def shown(page, url, name, count):
    """Open a notebook, and return what each of its cells shows."""
    page.goto(f"{url}/lab/tree/{name}?reset", timeout=60_000)
    rendered = f"document.querySelectorAll('.jp-Notebook .jp-MarkdownCell .jp-RenderedMarkdown').length === {count}"
    page.wait_for_function(f"() => {rendered}", timeout=60_000)
    before = None
    for _ in range(60):  # MathJax is loaded late and works on: wait until nothing changes any more
        page.wait_for_timeout(2000)
        now = page.locator(".jp-Notebook .jp-MarkdownCell").evaluate_all(SHOWN)
        if now == before and any(cell["formulas"] for cell in now):
            return now
        before = now
    raise TimeoutError(f"{name}: what it shows changes all the time")


def main():
    """Render all samples, and write what they show beside them."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, jupyterlab(folder) as url:
        folder = Path(folder)
        for name in FILES:
            if name.endswith(".ipynb"):
                write_notebook(folder / name, ["# A heading"])
            else:
                (folder / name).write_text("# A heading\n", encoding="utf-8")
        with sync_playwright() as playwright:
            flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=flags)
            for file in (HERE / "formulas.json", HERE / "markdown.json"):
                samples = json.loads(file.read_text(encoding="utf-8"))
                write_notebook(folder / f"{file.stem}.ipynb", [sample["source"] for sample in samples])
                page = browser.new_page()
                for sample, found in zip(samples, shown(page, url, f"{file.stem}.ipynb", len(samples)), strict=True):
                    sample["shows"] = {key: value for key, value in found.items() if value}
                lines = ",\n".join(json.dumps(sample, ensure_ascii=False) for sample in samples)
                file.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
                page.close()
                print(f"{file.name}: {len(samples)} samples")
            browser.close()


if __name__ == "__main__":
    main()
