"""What tools and tests walk over. Hidden folders, such as that in which JupyterLab keeps copies, are no part of it."""

import os
from fnmatch import fnmatch
from pathlib import Path

from helpers.language import languages

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"


def files(folder, pattern):
    """Return the files below a folder that are not hidden, nor in a hidden folder.

    Parameters
    ----------
    folder : pathlib.Path
        Where to begin.
    pattern : str
        How their names look, for example ``*.ipynb``.

    Returns
    -------
    list of pathlib.Path
        In the order of their paths.
    """
    found = []
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [Path(place, name) for name in names if fnmatch(name, pattern) and not name.startswith(".")]
    return sorted(found)


def notebooks():
    """Return all notebooks of the course as they are written; editions in other languages are generated from them."""
    editions = {NOTEBOOKS / language for language in languages()}
    return [path for path in files(NOTEBOOKS, "*.ipynb") if editions.isdisjoint(path.parents)]


def editions():
    """Return all generated notebooks, in all other languages."""
    return [path for language in languages()[1:] for path in files(NOTEBOOKS / language, "*.ipynb")]


def pages():
    """Return all pages in Markdown as they are written."""
    editions = {ROOT / "docs" / language for language in languages()}
    return [path for path in files(ROOT, "*.md") if editions.isdisjoint(path.parents)]
