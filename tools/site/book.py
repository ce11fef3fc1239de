"""The course as a book: ``python -m tools.site.book epub``, or ``pdf``: each chapter, and the whole.

Both come from the same pages: Sphinx makes an EPUB file of the stored notebooks, and Chromium prints what is in it.
"""

import argparse
import base64
import html
import itertools
import json
import os
import posixpath
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile

from bs4 import BeautifulSoup

from helpers.language import place_of, spoken
from tools.live_figures import figure_in, live_figures, picture_of, words_of
from tools.places import NOTEBOOKS, ROOT
from tools.site.__main__ import HERE, SITE, contents
from tools.site.captions import panels
from tools.site.language import BOOK_STYLES, FOLDER, TAGS, said, stored_notebooks
from tools.site.pages import across, asked_in, describe, is_one_call, leave_out_own, tag, with_anchors

SOURCE, PAGES, BOOK = SITE / "book_source" / spoken(), SITE / "book_pages" / spoken(), SITE / "book"
TITLE = "first-steps-in-neural-networks"
#: How names of files end: those of a language are told apart by it.
ENDING = f".{FOLDER}" if FOLDER else ""
#: What prints, under the names that it has on various systems.
BROWSERS = ("chromium", "google-chrome", "chromium-browser", "chrome")

# -- from a notebook to pages of a book ------------------------------------------------------------------------------


def book_page(notebook, name, questions, figures):
    """Turn a notebook into what a book shows of it: each picture with a caption, answers at the end of the chapter.

    Parameters
    ----------
    notebook, name, questions, figures
        As for `tools.site.pages.page`. The notebook is changed.

    Returns
    -------
    dict
        The same notebook.
    """
    leave_out_own(notebook)
    asked, pictures = [], itertools.count(1)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            text = with_anchors(across("".join(cell["source"]), name, there=False))
            cell["source"] = text.replace("<details>", '<details open="open">')
            continue
        if prediction := asked_in(cell):
            asked.append(questions[prediction])
            shown = {"text/html": _question(questions[prediction], len(asked))}
            cell["outputs"] = [{"output_type": "display_data", "metadata": {}, "data": shown}]
        elif figure_in(cell, figures):
            output = next(output for output in cell["outputs"] if "image/png" in output.get("data", {}))
            output["data"] = {"image/png": base64.b64encode(picture_of(cell)).decode()}
            output["metadata"]["image/png"]["alt"] = words_of(cell)
        for output in cell["outputs"]:
            describe(cell, output)
        if words := cell["metadata"].get("mystnb", {}).get("image", {}).get("alt"):
            cell["metadata"]["mystnb"]["figure"] = {"caption": caption(next(pictures), words)}
        if cell.get("id") == "setup" or (is_one_call(cell) and (prediction or figure_in(cell, figures))):
            tag(cell, "remove-input")
    if asked:
        text = "\n".join(_answer(question, number) for number, question in enumerate(asked, 1))
        text = f"## {said('Answers to the predictions')}\n\n<ol>{text}</ol>"
        notebook["cells"].append({"cell_type": "markdown", "id": "answers", "metadata": {}, "source": text})
    return notebook


def caption(number, words):
    """Return the caption of a picture: its number, and what `panels` says.

    Parameters
    ----------
    number : int
        In its chapter: a chapter is printed by itself, too.
    words : str
        As `helpers.figures.words.describe` returns them.

    Returns
    -------
    str
        In Markdown.
    """
    told = said("Picture {number}. {words}", number=number, words=panels(words))
    return re.sub(r"([\\`*_$\[\]<>~|])", r"\\\1", told)


def _question(question, number):
    choices = "".join(f"<li>{html.escape(choice)}</li>" for choice in question["choices"])
    return (
        f'<div class="prediction" id="question-{number}"><p><b>{said("Your prediction {number}:", number=number)}</b> '
        f"{html.escape(question['question'])}</p><ul>{choices}</ul>"
        f'<p><a href="#answer-{number}">{said("The answer stands at the end of the chapter.")}</a></p></div>'
    )


def _answer(question, number):
    right, because = (html.escape(text) for text in (question["choices"][question["answer"]], question["because"]))
    answer = said("{answer}: {because}", answer=f'<a href="#question-{number}"><b>{right}</b></a>', because=because)
    return f'<li id="answer-{number}"><p>{answer}</p></li>'


def lay_out():
    """Lay out the folder that Sphinx reads."""
    shutil.rmtree(SOURCE, ignore_errors=True)
    notebooks = stored_notebooks()
    for name, path in notebooks.items():
        target = SOURCE / f"{name}.ipynb"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    (SOURCE / "figures.json").write_text(json.dumps(sorted(live_figures())), encoding="utf-8")
    title, introduction, _ = place_of(spoken(), ROOT / "README.md").read_text(encoding="utf-8").split("\n\n", 2)
    listed = contents([f"{name}.ipynb" for name in notebooks]).replace(":hidden:\n", "")
    (SOURCE / "index.md").write_text(f"{title}\n\n{introduction}\n\n{listed}", encoding="utf-8")


def build():
    """Let Sphinx make the EPUB file, and the pages in it; a warning is an error."""
    lay_out()
    # What an earlier build has left there would go into the file, or stop it.
    shutil.rmtree(PAGES, ignore_errors=True)
    doctrees = SITE / "book_doctrees" / spoken()
    command = ["-q", "-W", "--keep-going", "-b", "epub", "-t", "book", "-c", HERE, "-d", doctrees]
    subprocess.run([sys.executable, "-m", "sphinx", *map(str, command), str(SOURCE), str(PAGES)], check=True)


def with_formulas_declared(made, file):
    """Write an EPUB file again, whose list of pages says which of them have formulas, as Sphinx does not.

    Parameters
    ----------
    made, file : pathlib.Path
    """
    with zipfile.ZipFile(made) as book, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as declared:
        pages = {name for name in book.namelist() if name.endswith(".xhtml") and b"<math" in book.read(name)}
        for entry in book.infolist():
            content = book.read(entry)
            if entry.filename == "content.opf":
                for there in (rb'<item [^>]*href="%b"' % re.escape(name).encode() for name in pages):
                    content = re.sub(there, rb'\g<0> properties="mathml"', content)
            declared.writestr(entry, content)


# -- from pages to paper ---------------------------------------------------------------------------------------------


def bound(names, folder, repository=None):
    """Return pages as one page, in which links among them stay inside.

    Parameters
    ----------
    names : list of str
        Of the pages, without their ending, in their order.
    folder : pathlib.Path
        Where they stand, and where the page will.
    repository : str, optional
        Address of the repository, for links to notebooks that are not bound in; without it these become words.

    Returns
    -------
    str
        In HTML.
    """
    head = f'<html lang="{TAGS[spoken()]}"><head><meta charset="utf-8"/></head>'
    whole = BeautifulSoup(f"<!DOCTYPE html>{head}<main></main></html>", "html.parser")
    for style in ("pygments", *BOOK_STYLES):
        whole.head.append(whole.new_tag("link", rel="stylesheet", href=f"_static/{style}.css"))
    whole.head.append(paper := whole.new_tag("style"))
    paper.string = (HERE / "static" / "paper.css").read_text(encoding="utf-8")
    for name in names:
        page = BeautifulSoup((folder / f"{name}.xhtml").read_text(encoding="utf-8"), "html.parser")
        if not whole.title:
            whole.head.append(page.title)
        section = page.select_one("div.body > section, div.body section")
        for element in (section, *section.select("[id]")):
            element["id"] = f"{name}--{element['id']}"
        section.insert(0, whole.new_tag("a", id=name))
        for element in section.select("[src]"):
            element["src"] = posixpath.normpath(posixpath.join(posixpath.dirname(name), element["src"]))
        for link in section.select("a[href]"):
            _bend(link, name, names, repository)
        whole.main.append(section)
    return str(whole)


def _bend(link, name, names, repository):
    path, _, fragment = link["href"].partition("#")
    if ":" in path:
        return
    target = posixpath.normpath(posixpath.join(posixpath.dirname(name), path)).removesuffix(".xhtml") if path else name
    if target in names:
        link["href"] = f"#{target}--{fragment}" if fragment else f"#{target}"
    elif repository and (path := place_of(spoken(), NOTEBOOKS / f"{target}.ipynb")).exists():
        link["href"] = f"{repository}/blob/main/{path.relative_to(ROOT).as_posix()}"
    else:
        link.unwrap()


def printed(page, file):
    """Let Chromium print a page.

    Parameters
    ----------
    page : pathlib.Path
    file : pathlib.Path
        The PDF.

    Raises
    ------
    FileNotFoundError
        If there is no Chromium.
    """
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        raise FileNotFoundError("Chromium prints the PDF, and is missing; on Debian: apt install chromium")
    with tempfile.TemporaryDirectory() as profile:
        settings = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            f"--user-data-dir={profile}",
            "--no-pdf-header-footer",
        ]
        command = [browser, *settings, "--generate-pdf-document-outline", f"--print-to-pdf={file}", page.as_uri()]
        subprocess.run(command, check=True, capture_output=True, timeout=300)


def print_all():
    """Print each chapter, and the whole."""
    names = ["index", *sorted(stored_notebooks(), key=lambda name: ("/" in name, name))]
    repository = os.environ.get("COURSE_REPOSITORY")
    books = {name: [name] for name in names if re.match(r"\d", name)} | {TITLE: names}
    for title, bound_in in books.items():
        page = PAGES / "bound.html"
        page.write_text(bound(bound_in, PAGES, repository), encoding="utf-8")
        printed(page, BOOK / f"{title}{ENDING}.pdf")
        page.unlink()


def main():
    """Make what is asked for, and say where it stands."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=("epub", "pdf"))
    kind = parser.parse_args().kind
    build()
    BOOK.mkdir(exist_ok=True)
    if kind == "epub":
        with_formulas_declared(next(PAGES.glob("*.epub")), BOOK / f"{TITLE}{ENDING}.epub")
    else:
        print_all()
    made = [file for file in BOOK.glob(f"*.{kind}") if file.stem.partition(".")[2] == FOLDER]
    for file in sorted(made):
        print(f"{file}; {file.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
