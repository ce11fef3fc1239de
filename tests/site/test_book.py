"""The book that `make epub` and `make pdf` made: sound pages, links that lead somewhere, all of it printed."""

import re
import xml.etree.ElementTree as ElementTree
import zipfile
from posixpath import dirname, join, normpath

import pytest
from fontTools.ttLib import TTFont

from tools.places import ROOT
from tools.site.book import BOOK, TITLE
from tools.site.language import stored_notebooks

XHTML, MATHML = "{http://www.w3.org/1999/xhtml}", "{http://www.w3.org/1998/Math/MathML}"
#: How files end in each language.
ENDINGS = ["", ".zh"]
FONT = ROOT / "tools" / "site" / "static" / "course-math.woff"
CHAPTERS = sorted(name for name in stored_notebooks() if "/" not in name)


@pytest.fixture(scope="module", params=ENDINGS)
def pages(request):
    """Return the pages in the EPUB file, parsed: as XML they must be, or readers show an error in their place."""
    with zipfile.ZipFile(BOOK / f"{TITLE}{request.param}.epub") as book:
        assert book.infolist()[0].filename == "mimetype" and book.read("mimetype") == b"application/epub+zip"
        names = book.namelist()
        found = {name: ElementTree.fromstring(book.read(name)) for name in names if name.endswith(".xhtml")}
    return found, set(names)


def ids(page):
    return {element.get("id") for element in page.iter()}


def test_each_notebook_is_in_the_book(pages):
    found, _ = pages
    assert {f"{name}.xhtml" for name in stored_notebooks()} <= set(found)


def test_each_link_and_picture_of_the_book_is_there(pages):
    found, names = pages
    dead = []
    for name, page in found.items():
        for element in [*page.iter(f"{XHTML}a"), *page.iter(f"{XHTML}img"), *page.iter(f"{XHTML}link")]:
            path, _, fragment = (element.get("href") or element.get("src") or "").partition("#")
            if ":" in path:
                continue
            goal = normpath(join(dirname(name), path)) if path else name
            if goal not in names or (fragment and goal in found and fragment not in ids(found[goal])):
                dead.append((name, path, fragment))
    assert dead == []


def test_each_picture_of_the_book_has_words_and_those_of_chapters_a_caption(pages):
    found, _ = pages
    assert [name for name, page in found.items() for i in page.iter(f"{XHTML}img") if not i.get("alt")] == []
    chapter = found["02_learning_rate.xhtml"]
    assert len(list(chapter.iter(f"{XHTML}figcaption"))) == len(list(chapter.iter(f"{XHTML}img"))) == 13


def test_formulas_of_the_book_are_mathml(pages):
    found, _ = pages
    assert len(list(found["02_learning_rate.xhtml"].iter(f"{MATHML}math"))) > 20


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_list_of_pages_says_which_have_formulas(ending):
    with zipfile.ZipFile(BOOK / f"{TITLE}{ending}.epub") as book:
        items = ElementTree.fromstring(book.read("content.opf")).iter("{http://www.idpf.org/2007/opf}item")
        declared = {item.get("href") for item in items if item.get("properties") == "mathml"}
        assert declared == {name for name in book.namelist() if b"<math" in book.read(name)} != set()


def test_the_font_of_formulas_has_all_that_stands_in_them(pages):
    found, _ = pages
    parts = [part for page in found.values() for math in page.iter(f"{MATHML}math") for part in math.iter()]
    words = "".join(part.text or "" for part in parts if part.tag != f"{MATHML}mtext")
    # A browser slants a letter that stands alone.
    slanted = "\N{MATHEMATICAL ITALIC SMALL W}\N{MATHEMATICAL ITALIC CAPITAL W}\N{MATHEMATICAL ITALIC SMALL ETA}"
    assert {*words, *slanted} - {"\n", *map(chr, TTFont(FONT).getBestCmap())} == set()


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("name", [*CHAPTERS, TITLE])
def test_it_is_printed_with_pages_and_links(name, ending):
    pdf = (BOOK / f"{name}{ending}.pdf").read_bytes()
    # The letters that a computer may lack are in the file.
    assert bool(re.search(rb"/FontName /[A-Z]+\+CourseSanszh", pdf)) == (ending == ".zh")
    assert pdf.startswith(b"%PDF") and re.search(rb"/Type /Outlines", pdf)
    assert len(re.findall(rb"/Type /Page\b(?!s)", pdf)) >= (150 if name == TITLE else 2)
    assert name == "00_start_here" or re.search(rb"/Subtype /Link", pdf)
    assert b"file://" not in pdf
