r"""Initial weights: small random numbers that break the symmetry between units.

How small is a matter of variance. A unit adds up `fan_in` products, so the variance of its pre-activation is
`fan_in` times that of one product. Weights of variance 1 / fan_in keep the size of the signal from layer to
layer; ReLU halves its mean square, so He's variance is 2 / fan_in. With weights of a fixed size the signal of
a deep network vanishes or blows up, and with zeros all units of a layer stay copies of each other.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from helpers._checks import check_integer, check_real, lookup, what_is
from helpers.language import _


@dataclass(frozen=True)
class Initialiser:
    """Normally distributed weights with mean 0 and a standard deviation that depends on `fan_in`.

    From equal random states all initialisers draw the same numbers, and differ in their scale alone.

    Parameters
    ----------
    name : str
        Its key in `INITIALISERS`.
    formula : str
        The standard deviation in LaTeX, without dollar signs; n is `fan_in`.
    standard_deviation : callable
        The same as a function of `fan_in`.
    """

    name: str
    formula: str
    standard_deviation: Callable[[int], float]

    def __call__(self, fan_in, fan_out, rng):
        """Draw the weights of one layer.

        Parameters
        ----------
        fan_in, fan_out : int
            Number of the layer's inputs and of its units.
        rng : numpy.random.Generator
            Source of the random numbers, such as ``numpy.random.default_rng(seed)``.

        Returns
        -------
        numpy.ndarray
            Weights of shape (fan_out, fan_in), float64: one row per unit.

        Raises
        ------
        TypeError
            If these are not two whole numbers and a generator.
        ValueError
            If `fan_in` or `fan_out` is below 1.
        """
        fan_in, fan_out = check_integer(fan_in, "fan_in", at_least=1), check_integer(fan_out, "fan_out", at_least=1)
        if not isinstance(rng, np.random.Generator):
            raise TypeError(_("rng must be a generator like numpy.random.default_rng(0), got {got}", got=what_is(rng)))
        return rng.normal(0.0, self.standard_deviation(fan_in), (fan_out, fan_in))

    def __repr__(self):
        return f"<initialiser {self.name}, standard deviation {self.formula}>"


def normal(std):
    """Return an initialiser whose weights have one standard deviation, however wide the layer is.

    Parameters
    ----------
    std : float
        The standard deviation, at least 0.

    Returns
    -------
    Initialiser
        For example ``normal(0.05)``.

    Raises
    ------
    TypeError, ValueError
        If `std` is not a number of at least 0.
    """
    std = float(check_real(std, "std", at_least=0))
    return Initialiser("normal", f"{std:g}", lambda fan_in: std)


def as_initialiser(initialiser):
    """Return an initialiser for whatever stands for one.

    Parameters
    ----------
    initialiser : str or callable
        A key of `INITIALISERS`, or what is called like an `Initialiser`.

    Returns
    -------
    callable
        The entry of that name, or the same.

    Raises
    ------
    ValueError
        If there is no entry of that name.
    """
    return initialiser if callable(initialiser) else lookup(INITIALISERS, initialiser, _("initialiser"))


# He, Zhang, Ren and Sun, "Delving deep into rectifiers", ICCV 2015.
he = Initialiser("he", r"\sqrt{2 / n}", lambda fan_in: math.sqrt(2 / fan_in))

# Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks",
# AISTATS 2010, weigh both passes: variance 2 / (fan_in + fan_out). This is the forward pass alone, as in
# LeCun's "Efficient BackProp", 1998, so that it differs from `he` by ReLU's factor of 2 and nothing else.
xavier = Initialiser("xavier", r"\sqrt{1 / n}", lambda fan_in: math.sqrt(1 / fan_in))

zeros = Initialiser("zeros", "0", lambda fan_in: 0.0)

INITIALISERS = {initialiser.name: initialiser for initialiser in (he, xavier, normal(0.05), zeros)}
