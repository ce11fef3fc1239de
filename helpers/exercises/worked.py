"""The worked solutions, kept in a form that nobody reads by accident; ``make exercises`` writes it."""

import base64
import functools
import json
import zlib
from pathlib import Path

from helpers.language import LOCALE, N_, spoken

SOLUTIONS = Path(__file__).with_name("solutions.b64")
#: The comment in the place of an answer that a learner has to give.
TODO = N_("replace the dots by your answer")


def file_of(language):
    """Return where the solutions are kept, with comments in a language.

    Parameters
    ----------
    language : str
        Such as "en".

    Returns
    -------
    Path
    """
    return SOLUTIONS if language == "en" else LOCALE / language / SOLUTIONS.name


def veil(solutions):
    """Return solutions, name of an exercise -> text, in a form that nobody reads by accident."""
    packed = zlib.compress(json.dumps(solutions, sort_keys=True).encode())
    return base64.encodebytes(packed).decode()


def unveil(text):
    """Return the solutions that `veil` hid."""
    return json.loads(zlib.decompress(base64.b64decode(text)))


@functools.cache
def solutions():
    """Return the worked solutions, name of an exercise -> text; none where a teacher has left the file out."""
    file = file_of(spoken())
    return unveil(file.read_text(encoding="utf-8")) if file.exists() else {}
