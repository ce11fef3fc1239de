r"""Words inside formulas: a formula stays as it is, but for what stands in ``\text{...}``."""

import re
import tomllib

import nbformat

from helpers.language import LOCALE
from tools.translate.sources import PAGES, originals

TEXT = re.compile(r"\\text\{([^{}]*)\}")
#: COST and MSE are names.
WORD = re.compile("[a-z]{2}")


def words(language):
    r"""Return what the words in formulas are in a language.

    Parameters
    ----------
    language : str

    Returns
    -------
    dict
        English -> translation, each the whole content of a ``\text{...}``.
    """
    return tomllib.loads((LOCALE / language / "formulas.toml").read_text(encoding="utf-8"))


def translated(text, table):
    """Return Markdown with the words in its formulas in translation; those without one stay.

    Parameters
    ----------
    text : str
    table : dict
        As of `words`.

    Returns
    -------
    str
    """
    return TEXT.sub(lambda said: rf"\text{{{table.get(said[1], said[1])}}}", text)


def faults(table, texts):
    """Say which words in formulas have no translation, and which translations no formula wants.

    Parameters
    ----------
    table : dict
        As of `words`.
    texts : iterable of str
        The English course's Markdown.

    Returns
    -------
    list of str
    """
    wanted = {word for text in texts for word in TEXT.findall(text) if WORD.search(word)}
    found = [f"formulas.toml: {word!r} is not translated" for word in sorted(wanted - set(table))]
    return found + [f"formulas.toml: no formula has {word!r}" for word in sorted(set(table) - wanted)]


def english_texts():
    """Return the Markdown of the English notebooks and pages.

    Returns
    -------
    list of str
    """
    cells = [cell for path in originals() for cell in nbformat.read(path, as_version=4).cells]
    pages = [path.read_text(encoding="utf-8") for path in PAGES]
    return [cell.source for cell in cells if cell.cell_type == "markdown"] + pages
