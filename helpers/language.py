"""The language in which the course speaks.

English is what is written in the code, as the argument of `_`; other languages are catalogues in ``locale/``, made and
checked by ``python -m tools.translate``. A name that code looks up, such as an option of a menu, stays English: it is
marked by `N_` where it is defined, and what shows it asks `_` for it. ``COURSE_LANGUAGE`` in the environment names a
language; a translated notebook names its own in its first line, before it loads anything else:

>>> use("en")
"""

import gettext
import os
import sys
import unicodedata
from pathlib import Path

#: Where each language has a folder.
LOCALE = Path(__file__).resolve().parent / "locale"
COURSE = LOCALE.parent.parent
#: The font of an edition, in its folder: what matplotlib's own font lacks.
FONT = "course-sans.otf"

_spoken = os.environ.get("COURSE_LANGUAGE") or "en"


def languages():
    """Return all languages.

    Returns
    -------
    list of str
        The codes of English, then of those that have a catalogue.
    """
    return ["en", *sorted(catalogue.parents[1].name for catalogue in LOCALE.glob("*/LC_MESSAGES/course.mo"))]


def place_of(language, path):
    """Return where the version of a notebook, a folder of them or a page in a language is kept.

    Parameters
    ----------
    language : str
        Its code; "en" is what the others are generated from.
    path : pathlib.Path
        Of the English one.

    Returns
    -------
    pathlib.Path
        The same path for English; whether anything is there is not looked at.
    """
    if language == "en":
        return path
    notebooks = COURSE / "notebooks"
    if path.is_relative_to(notebooks):
        return notebooks / language / path.relative_to(notebooks)
    return COURSE / "docs" / language / path.name


def spoken():
    """Return the language in which the course speaks now.

    Returns
    -------
    str
        Its code, such as "en".
    """
    return _spoken


def use(language):
    """Let the course speak a language, from here on; a copy without catalogues speaks English whatever is asked.

    Parameters
    ----------
    language : str
        A code that `languages` lists.

    Raises
    ------
    ValueError
        If there is no such language.
    RuntimeError
        If a module of the course is loaded already and has made its texts in another language.
    """
    global _spoken
    if languages() == ["en"]:
        return
    catalogue = _catalogue(language)
    loaded = [name for name in sys.modules if name.startswith("helpers.") and name != __name__]
    if language != _spoken and loaded:
        raise RuntimeError(
            f"the course speaks {_spoken!r} already: restart the kernel, then call use({language!r}) before all else"
        )
    _spoken = language
    _use(catalogue)


def _catalogue(language):
    if language == "en":
        return gettext.NullTranslations()
    if language not in languages():
        raise ValueError(f"language must be one of {', '.join(languages())}, got {language!r}")
    return gettext.translation("course", LOCALE, languages=[language])


def _use(catalogue):
    global _gettext
    _gettext = catalogue.gettext


def _(message, **values):
    """Return a message in the language that is spoken now; what is not translated stays English.

    Parameters
    ----------
    message : str
        The English text, as a format string if values are given.
    **values
        What its holes show, such as ``got=3`` for ``{got}``.

    Returns
    -------
    str
        With its holes filled, if values are given.
    """
    text = _gettext(message) if message else message
    return text.format(**values) if values else text


def ngettext(one, many, number):
    """Return the message that goes with a number of things.

    Parameters
    ----------
    one, many : str
        The English texts for 1 and for any other number.
    number : int
        How many there are.

    Returns
    -------
    str
        With its holes, for `str.format`.
    """
    return _gettext(one if number == 1 else many)


def N_(name):
    """Mark a name as one that `_` will be asked for where it is shown.

    Parameters
    ----------
    name : str
        In English, as code looks it up.

    Returns
    -------
    str
        The same name.
    """
    return name


def columns(text):
    """Return how many columns a text takes where all letters are of one width: a Chinese character takes two.

    Parameters
    ----------
    text : str
        One line.

    Returns
    -------
    int
        At least as many as letters.
    """
    return sum(1 + (unicodedata.east_asian_width(letter) in "WF") for letter in text)


def padded(text, width):
    """Return a text with spaces behind it, so that what follows stands in one column in each language.

    Parameters
    ----------
    text : str
        One line; a longer one stays as it is.
    width : int
        How many columns it takes at least, see `columns`.

    Returns
    -------
    str
        It takes `width` columns or more.

    Examples
    --------
    >>> padded("rate", 8) + "|", padded("速率", 8) + "|"
    ('rate    |', '速率    |')
    """
    return text + " " * (width - columns(text))


_use(_catalogue(_spoken))
