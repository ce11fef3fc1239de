"""Pictures of a notebook in JupyterLab, from top to bottom, to look at: ``python -m tools.screenshots NOTEBOOK``."""

import argparse
import shutil
import tempfile
from pathlib import Path

from tests.browser import lab

DARK = {"apputils-extension/themes": {"theme": "JupyterLab Dark"}}


def main():
    """Run the notebook, scroll through it, and print where the pictures are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("notebook", type=Path)
    parser.add_argument("--width", type=int, default=1280)
    parser.add_argument("--height", type=int, default=900)
    parser.add_argument("--dark", action="store_true", help="JupyterLab's dark theme")
    told = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        lab.jupyterlab(folder, DARK if told.dark else {}) as url,
        lab.chromium() as browser,
        lab.new_page(browser, told.width, told.height) as page,
    ):
        shutil.copytree(told.notebook.parent, folder, ignore=shutil.ignore_patterns(".*"), dirs_exist_ok=True)
        lab.open_notebook(page, url, told.notebook.name)
        lab.run_all(page)
        lab.SCREENSHOTS.mkdir(exist_ok=True)
        box = page.locator(".jp-Notebook .jp-WindowedPanel-outer").first
        for top in range(0, box.evaluate("box => box.scrollHeight"), told.height - 150):
            box.evaluate("(box, top) => box.scrollTop = top", top)
            page.wait_for_timeout(300)
            file = lab.SCREENSHOTS / f"{told.notebook.stem}-{told.width}-{top:05}.png"
            page.screenshot(path=file)
            print(file)


if __name__ == "__main__":
    main()
