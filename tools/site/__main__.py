"""Make the site: ``python -m tools.site``. It stands in ``.site/html`` then, to be opened or published as it is."""

import argparse
import concurrent.futures
import gzip
import io
import json
import math
import os
import shutil
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

from PIL import Image

from tools.live_figures import live_figures
from tools.places import NOTEBOOKS, ROOT, files, notebooks
from tools.places import pages as markdown
from tools.site.font import font_of
from tools.site.pages import figure_in, live_figure, picture_of, words_of
from tools.site.recording import read, recorded
from tools.site.sampling import samples
from tools.site.start_page import rewired, start_page

HERE = Path(__file__).parent
SITE = ROOT / ".site"
RECORDINGS, SOURCE, HTML = SITE / "recordings", SITE / "source", SITE / "html"
#: What moves on the first page.
FIRST_FIGURE = "descent_on_a_bowl"
#: Titles of the table of contents -> their pages.
CONTENTS = {
    "Course": "0*.ipynb",
    "Exercises": "exercises/*.ipynb",
    "Appendices": "appendix/*.ipynb",
    "For teachers and authors": "docs/*.md",
}


def stored_notebooks():
    """Return the notebooks that have a page: name -> path. Solutions have none."""
    found = {path.relative_to(NOTEBOOKS).with_suffix("").as_posix(): path for path in notebooks()}
    return {name: path for name, path in found.items() if not name.startswith("solutions/")}


def record_all(jobs):
    """Record what has changed since the last time; return name -> file of all recordings."""
    names = [name for name in live_figures() if not isinstance(samples().get(name), str)]
    with concurrent.futures.ProcessPoolExecutor(jobs) as workers:
        return dict(zip(names, workers.map(recorded, names, [RECORDINGS] * len(names)), strict=True))


def facts(name, recording):
    """Return what a page says of a live figure: why it has no recording, or how large that is."""
    if recording is None:
        return {"reason": samples()[name]}
    data = read(name, recording)
    states = math.prod(len(control["values"]) for control in data["controls"])
    return {"states": states, "buttons": data["buttons"]}


def lay_out(recordings, repository):
    """Lay out the folder that Sphinx reads."""
    shutil.rmtree(SOURCE, ignore_errors=True)
    live = SOURCE / "_static" / "live"
    shutil.copytree(HERE / "static", SOURCE / "_static")
    live.mkdir()
    pages_of = stored_notebooks()
    for name, path in pages_of.items():
        target = SOURCE / f"{name}.ipynb"
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(path, target)
    stored = {name: json.loads(path.read_text(encoding="utf-8")) for name, path in pages_of.items()}
    cells = [cell for notebook in stored.values() for cell in notebook["cells"]]
    shown = {name: cell for cell in cells if (name := figure_in(cell, live_figures()))}
    figures = {}
    for name, cell in shown.items():
        (live / f"{name}.png").write_bytes(picture := picture_of(cell))
        figures[name] = {"size": Image.open(io.BytesIO(picture)).size, **facts(name, recordings.get(name))}
    for name, file in recordings.items():
        shutil.copyfile(file, live / f"{name}.js")
    characters = "".join(file.read_text(encoding="utf-8") for file in recordings.values())
    (live / "course-sans.woff").write_bytes(font_of(characters))
    (SOURCE / "figures.json").write_text(json.dumps(figures), encoding="utf-8")

    pages = {f"notebooks/{name}.ipynb": f"{name}.ipynb" for name in pages_of} | {"README.md": "index.md"}
    texts = [path for path in markdown() if path in (ROOT / "README.md", ROOT / "docs" / path.name)]
    copied = [path.relative_to(ROOT).as_posix() for path in (*texts[1:], *files(ROOT / "docs", "*.png"))]
    pages |= dict(zip(copied, copied, strict=True))
    shutil.copytree(ROOT / "docs" / "pictures", SOURCE / "docs" / "pictures")
    figure = live_figure(FIRST_FIGURE, figures[FIRST_FIGURE], words_of(shown[FIRST_FIGURE]))
    for path in texts:
        name, text = path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
        if name == "README.md":
            text = f"{start_page(text, figure)}\n\n{contents(pages.values())}"
        text = rewired(text, path.parent.relative_to(ROOT).as_posix().strip("."), pages, repository)
        (SOURCE / pages[name]).write_text(text, encoding="utf-8")


def contents(names):
    """Return the table of contents, which the theme shows at the side."""
    told = []
    for title, pattern in CONTENTS.items():
        pages = "\n".join(sorted(name for name in names if fnmatch(name, pattern)))
        told.append(f"```{{toctree}}\n:hidden:\n:caption: {title}\n\n{pages}\n```\n")
    return "\n".join(told)


def build():
    """Let Sphinx make pages; a warning is an error."""
    shutil.rmtree(HTML, ignore_errors=True)
    static = f"html_static_path={SOURCE / '_static'}"
    command = ["-q", "-W", "--keep-going", "-c", HERE, "-D", static, "-d", SITE / "doctrees", SOURCE, HTML]
    subprocess.run([sys.executable, "-m", "sphinx", *map(str, command)], check=True)


def main():
    """Record, lay out, build, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="so many figures are recorded at once")
    told = parser.parse_args()
    repository = os.environ.get("COURSE_REPOSITORY")
    recordings = record_all(told.jobs)
    lay_out(recordings, repository)
    build()
    packed = sum(len(gzip.compress(file.read_bytes())) for file in recordings.values())
    print(f"{HTML / 'index.html'}; {len(recordings)} recordings, {packed / 1e6:.2f} MB packed")


if __name__ == "__main__":
    main()
