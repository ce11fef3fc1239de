"""Numbers that keep a tally of what is done with them, so that multiply-adds can be counted for real.

>>> with Tally() as tally:
...     outputs = counted([[1.0, 2.0], [3.0, 4.0]]) @ counted([1.0, 1.0])
>>> tally
4 multiplications, 2 additions, 0 comparisons
"""

import numpy as np

from helpers.language import _

#: The tallies that are being kept.
_open = []


class Tally:
    """What counted numbers did inside ``with Tally() as tally: ...``.

    Attributes
    ----------
    multiplications, additions, comparisons : int
        How many of each.
    """

    def __init__(self):
        self.multiplications = self.additions = self.comparisons = 0

    def __enter__(self):
        _open.append(self)
        return self

    def __exit__(self, *_):
        _open.remove(self)

    def __repr__(self):
        return _(
            "{multiplications:,} multiplications, {additions:,} additions, {comparisons:,} comparisons",
            **vars(self),
        )


class Counted:
    """A number that tallies each operation it takes part in.

    Parameters
    ----------
    value : float
        The number.
    """

    def __init__(self, value):
        self.value = float(value)

    def __mul__(self, other):
        for tally in _open:
            tally.multiplications += 1
        return Counted(self.value * other.value)

    def __add__(self, other):
        for tally in _open:
            tally.additions += 1
        return Counted(self.value + other.value)

    def __ge__(self, other):
        for tally in _open:
            tally.comparisons += 1
        return self.value >= other.value

    def __float__(self):
        return self.value


def counted(numbers):
    """Turn each number into one that counts.

    Parameters
    ----------
    numbers : array_like
        Of any shape.

    Returns
    -------
    numpy.ndarray of Counted, of the same shape
        ``astype(float)`` gives plain numbers back.
    """
    numbers = np.asarray(numbers)
    made = np.empty(numbers.shape, dtype=object)
    for place, number in np.ndenumerate(numbers):
        made[place] = Counted(number)
    return made
