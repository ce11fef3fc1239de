"""The language of the pages that this process makes: their words, and where each page has its twins.

English pages stand at the top of the site, those of another language in a folder below it, of the same names.
"""

import functools
import posixpath
import tomllib
from pathlib import Path, PurePosixPath

from helpers.language import FONT, LOCALE, _, languages, place_of, spoken
from helpers.live.predict import questions
from tools.places import NOTEBOOKS, ROOT, files, notebooks

#: Words that only pages say: language -> English -> translation. What the course says, too, is in its catalogues.
WORDS = Path(__file__).with_name("words.toml")
#: Language -> how HTML and Sphinx call it, and how its readers do.
TAGS, SPHINX, NAMES = {"en": "en", "zh": "zh-CN"}, {"en": "en", "zh": "zh_CN"}, {"en": "English", "zh": "中文"}
#: The folder of this process's language in the repository and in the site.
FOLDER = "" if spoken() == "en" else spoken()
#: Style sheets of a book: one more for letters that no computer must have.
BOOK_STYLES = ["book", "book_letters"] if (LOCALE / spoken() / FONT).exists() else ["book"]


@functools.cache
def words():
    """Return the words that only pages say: language -> English -> translation."""
    return tomllib.loads(WORDS.read_text(encoding="utf-8"))


def theme_words():
    """Return what Sphinx's theme says in English alone: English -> translation into the language that is spoken."""
    return words().get(spoken(), {}).get("theme", {})


def said(text, **values):
    """Return what a page says in the language that is spoken.

    Parameters
    ----------
    text : str
        In English, with holes for values.
    **values
        What its holes show.

    Returns
    -------
    str
    """
    told = words().get(spoken(), {}).get(text) or _(text)
    return told.format(**values) if values else told


def said_questions():
    """Return all questions, by name, in the language that is spoken."""
    asked = {name: dict(question) for name, question in questions().items()}
    for question in asked.values():
        question |= {part: _(question[part]) for part in ("question", "because")}
        question["choices"] = [_(choice) for choice in question["choices"]]
    return asked


def stored_notebooks(language=None):
    """Return the notebooks that have a page: name -> path. Solutions have none.

    Parameters
    ----------
    language : str, optional
        By default the one that is spoken.

    Returns
    -------
    dict
    """
    language = language or spoken()
    found = {path.relative_to(NOTEBOOKS).with_suffix("").as_posix() for path in notebooks()}
    return {
        name: place_of(language, NOTEBOOKS / f"{name}.ipynb")
        for name in sorted(found)
        if not name.startswith("solutions/")
    }


def pages(language=None):
    """Return all pages of a language.

    Parameters
    ----------
    language : str, optional
        By default the one that is spoken.

    Returns
    -------
    dict
        Path in the repository -> path in what Sphinx reads, such as ``docs/teaching.md``.
    """
    language = language or spoken()
    docs = ROOT / "docs" / _folder(language)
    texts = {path: f"docs/{path.name}" for path in files(docs, "*.md") if path.parent == docs}
    texts |= {place_of(language, ROOT / "README.md"): "index.md"}
    texts |= {path: f"{name}.ipynb" for name, path in stored_notebooks(language).items()}
    return {path.relative_to(ROOT).as_posix(): page for path, page in texts.items()}


def pages_of_others():
    """Return the pages of all other languages: path in the repository -> way to it from the top of this one's."""
    return {
        path: way_to(language, page)
        for language in languages()
        if language != spoken()
        for path, page in pages(language).items()
    }


def way_to(language, page):
    """Return the way to a page of a language, from the top of the pages of the one that is spoken."""
    return posixpath.relpath(posixpath.join(_folder(language), PurePosixPath(page).with_suffix(".html")), FOLDER or ".")


def twins(name):
    """Return where a page can be read in another language.

    Parameters
    ----------
    name : str
        The page without its ending. What is no page of the course, such as the search, is there in all languages.

    Returns
    -------
    list of dict
        Of each other language ``tag``, ``name``, ``page``, whether it has the ``same`` page; if not, its first page
        is meant.
    """
    found = []
    for language in languages():
        if language == spoken():
            continue
        own, others = (
            {PurePosixPath(page).with_suffix("").as_posix() for page in pages(one).values()}
            for one in (spoken(), language)
        )
        same = name in others or name not in own
        way = posixpath.relpath(way_to(language, f"{name if same else 'index'}.md"), posixpath.dirname(name) or ".")
        found.append({"tag": TAGS[language], "name": NAMES[language], "page": way, "same": same})
    return found


def _folder(language):
    return "" if language == "en" else language
