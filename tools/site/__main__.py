"""Make the site: ``python -m tools.site``. It stands in ``.site/html`` then, to be opened or published as it is.

A process makes the pages of one language, that of ``COURSE_LANGUAGE``: English ones first, others in folders of theirs.
"""

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
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import nbformat
from PIL import Image

from helpers.language import FONT, LOCALE, spoken
from tools.live_figures import figure_in, live_figures, picture_of, words_of
from tools.places import ROOT
from tools.site.font import font_of
from tools.site.language import FOLDER, pages, pages_of_others, said, stored_notebooks, theme_words
from tools.site.pages import live_figure
from tools.site.recording import read, recorded
from tools.site.sampling import samples
from tools.site.start_page import addressed, rewired, start_page
from tools.store_notebooks import SHOWN_IN_README, picture

HERE = Path(__file__).parent
SITE = ROOT / ".site"
RECORDINGS, SOURCE, DOCTREES = (SITE / name / spoken() for name in ("recordings", "source", "doctrees"))
#: Where English pages stand, and below them those of other languages.
HTML = SITE / "html"
#: Words that the search must not take apart.
TERMS = SOURCE / "terms.txt"
#: What moves on the first page.
FIRST_FIGURE = "descent_on_a_bowl"
#: Titles of the table of contents -> their pages.
CONTENTS = {
    "Course": "0*.ipynb",
    "Exercises": "exercises/*.ipynb",
    "Appendices": "appendix/*.ipynb",
    "For teachers and authors": "docs/*.md",
}


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
        (live / f"{name}.png").write_bytes(still := picture_of(cell))
        figures[name] = {"size": Image.open(io.BytesIO(still)).size, **facts(name, recordings.get(name))}
    for name, file in recordings.items():
        shutil.copyfile(file, live / f"{name}.js")
    characters = "".join(file.read_text(encoding="utf-8") for file in recordings.values())
    (live / "course-sans.woff").write_bytes(font_of(characters))
    if (more := LOCALE / spoken() / FONT).exists():
        (live / "course-sans-more.woff").write_bytes(font_of(characters, more))
    TERMS.write_text("\n".join(terms()), encoding="utf-8")
    (SOURCE / "figures.json").write_text(json.dumps(figures), encoding="utf-8")

    (SOURCE / "docs").mkdir()
    shutil.copytree(ROOT / "docs" / "pictures", SOURCE / "docs" / "pictures")
    for name, cell in SHOWN_IN_README.items():  # in the language of these pages
        file = SOURCE / "docs" / "pictures" / f"{name}.png"
        file.write_bytes(picture(nbformat.from_dict(stored[name]), cell))
    pictures = [f"docs/pictures/{path.name}" for path in (ROOT / "docs" / "pictures").iterdir()]
    places = pages() | dict(zip(pictures, pictures, strict=True))
    figure = live_figure(FIRST_FIGURE, figures[FIRST_FIGURE], words_of(shown[FIRST_FIGURE]))
    for path, place in pages().items():
        if not place.endswith(".md"):
            continue
        text = (ROOT / path).read_text(encoding="utf-8")
        if place == "index.md":
            text = f"{start_page(addressed(text, repository), figure)}\n\n{contents(pages().values())}"
        (SOURCE / place).write_text(rewired(text, path, places, pages_of_others(), repository), encoding="utf-8")


def terms():
    """Return the terms of the course in the language that is spoken, as its glossary has them; in English none."""
    glossary = LOCALE / spoken() / "glossary.toml"
    told = tomllib.loads(glossary.read_text(encoding="utf-8")) if glossary.exists() else {}
    return [
        form for term in told.values() if isinstance(term, dict) for form in term.get("is", ()) if not form.isascii()
    ]


def contents(names):
    """Return the table of contents, which the theme shows at the side."""
    told = []
    for title, pattern in CONTENTS.items():
        listed = "\n".join(sorted(name for name in names if fnmatch(name, pattern)))
        told.append(f"```{{toctree}}\n:hidden:\n:caption: {said(title)}\n\n{listed}\n```\n")
    return "\n".join(told)


def build():
    """Let Sphinx make pages; a warning is an error."""
    shutil.rmtree(HTML / FOLDER, ignore_errors=True)
    static = f"html_static_path={SOURCE / '_static'}"
    command = ["-q", "-W", "--keep-going", "-c", HERE, "-D", static, "-d", DOCTREES, SOURCE, HTML / FOLDER]
    subprocess.run([sys.executable, "-m", "sphinx", *map(str, command)], check=True)
    for page in (HTML / FOLDER).rglob("*.html") if theme_words() else ():
        page.write_text(with_theme_said(page.read_text(encoding="utf-8")), encoding="utf-8")


def with_theme_said(page):
    """Return a page whose theme says in its language what it says in English alone."""
    for text, told in theme_words().items():
        page = page.replace(f'="{text}"', f'="{told}"').replace(f">{text}<", f">{told}<")
    return page


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
    print(f"{HTML / FOLDER / 'index.html'}; {len(recordings)} recordings, {packed / 1e6:.2f} MB packed")


if __name__ == "__main__":
    main()
