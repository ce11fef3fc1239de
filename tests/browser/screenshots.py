"""Pictures of a notebook in the browser for people to look at: ``python -m tests.browser.screenshots NOTEBOOK``.

The notebook is run, then photographed from top to bottom, one window after the other, and each of its live figures
once more while the mouse drags a slider. Options: a narrow window, the dark theme, no kernel (as it is stored).
"""

import argparse
import shutil
import tempfile
from pathlib import Path

from tests.browser import lab, live

DARK = {"apputils-extension/themes": {"theme": "JupyterLab Dark"}}


def pieces(page):
    """Scroll through the notebook and yield at each stop."""
    box = page.locator(".jp-Notebook .jp-WindowedPanel-outer").first
    last = page.locator(".jp-Notebook .jp-Cell").last.evaluate("cell => cell.offsetTop + cell.offsetHeight + 20")
    top, end = 0, last - box.evaluate("box => box.clientHeight")
    while True:
        box.evaluate("(box, top) => box.scrollTop = top", top)
        page.wait_for_timeout(300)
        yield
        if top >= end:
            return
        top = min(end, top + box.evaluate("box => box.clientHeight - 40"))


def mid_drags(page):
    """Drag the first slider of each live figure, and yield before the mouse lets go."""
    for figure in live.find(page):
        live.wait_until_still(page, figure)
        live.element(page, figure, "img").scroll_into_view_if_needed()
        for control in list(live.sliders(page, figure).values())[:1]:
            live.grab(page, control, 1, 0.2, 0.6)
            yield
            page.mouse.up()


def main(arguments=None):
    """Take the pictures that the command line asks for, and print where they are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("notebook", type=Path)
    parser.add_argument("--width", type=int, default=1280)
    parser.add_argument("--height", type=int, default=900)
    parser.add_argument("--dark", action="store_true", help="JupyterLab's dark theme")
    parser.add_argument("--no-kernel", action="store_true", help="show the stored outputs, run nothing")
    parser.add_argument("--no-sidebar", action="store_true", help="hide the list of files")
    parser.add_argument("--out", type=Path, default=lab.SCREENSHOTS)
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    marks = [str(options.width), "dark" * options.dark, "no-kernel" * options.no_kernel]
    stem = "-".join([options.notebook.stem, *filter(None, marks)])

    def shoot(kind, number):
        file = options.out / f"{stem}-{kind}{number:02}.png"
        page.screenshot(path=file)
        print(file)

    with (
        tempfile.TemporaryDirectory() as folder,
        lab.jupyterlab(folder, DARK if options.dark else {}) as url,
        lab.chromium() as browser,
        lab.new_page(browser, options.width, options.height) as page,
    ):
        shutil.copytree(options.notebook.parent, folder, ignore=shutil.ignore_patterns(".*"), dirs_exist_ok=True)
        lab.open_notebook(page, url, options.notebook.name)
        if options.no_sidebar:
            lab.ask(page, "() => { jupyterapp.commands.execute('application:toggle-left-area'); }")
        if options.no_kernel:
            lab.stop_kernel(page)
        else:
            lab.run_all(page)
        for number, _ in enumerate(pieces(page), 1):
            shoot("", number)
        if not options.no_kernel:
            for number, _ in enumerate(mid_drags(page), 1):
                shoot("drag", number)


if __name__ == "__main__":
    main()
