"""Sentences put to the test.

A course should not ask to be believed. Where a chapter states something, a cell claims it together with
the condition that makes it true: a claim that holds prints one line with a tick, a claim that does not
stops the notebook. The ids N01 to N33 name the statements of the lecture note that the course examines.
"""

import re

import numpy as np

from helpers._checks import describe


class ClaimError(AssertionError):
    """A claim whose condition turned out to be false."""


def claim(text, condition, *ids):
    """Print `text` with a tick if `condition` is true, else stop.

    Parameters
    ----------
    text : str
        One line that says what is claimed.
    condition : bool
        What has to be true; for an array say whether ``.all()`` or ``.any()`` of it is meant.
    *ids : str
        The statements that the claim tests, "N01" to "N33".

    Raises
    ------
    ClaimError
        If `condition` is false.
    """
    if not isinstance(text, str):
        raise TypeError(f"text must be a string, got {describe(text)}")
    if not text.strip() or len(text.splitlines()) > 1:
        raise ValueError(f"text must be one line that says what is claimed, got {text!r}")
    for id in ids:
        if not (isinstance(id, str) and re.fullmatch("N[0-9][0-9]", id) and 1 <= int(id[1:]) <= 33):
            raise ValueError(f"an id must be one of N01 to N33, got {describe(id)}")
    if not isinstance(condition, bool | np.bool_):
        hint = "; use .all() to claim it of every element" if isinstance(condition, np.ndarray) else ""
        raise TypeError(f"condition must be True or False, got {describe(condition)}{hint}")

    line = f"{' '.join(ids)}: {text}" if ids else text
    if not condition:
        raise ClaimError(f"✗ {line}")
    print(f"✓ {line}")
