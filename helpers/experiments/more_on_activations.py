"""The appendix on activations: outputs whose mean is taken off, and a GELU without erf."""

import math
from dataclasses import dataclass

import numpy as np

from helpers.activations import GELU, Activation


@dataclass(frozen=True)
class Centred(Activation):
    """Another activation, less the mean that each unit has over the samples at hand: it is 0 in every batch.

    It does not go number by number, so it knows where the samples are: `forward` and `backward`, which training uses,
    have a column for each; a call, as of a whole `Network`, has a row for each. The slope of the mean is in `backward`.

    Parameters
    ----------
    f : helpers.activations.Activation
        The other one.
    """

    f: Activation
    name = "centred"

    def __call__(self, x, out=None):
        """Return f(x) less its mean over the rows, for arrays ([runs,] samples, units)."""
        y = self.f(x, out=out)
        return np.subtract(y, y.mean(axis=-2, keepdims=True), out=y)

    def forward(self, x, out):
        """Write f(x) less its mean over the columns, for arrays ([runs,] units, samples)."""
        y = self.f.forward(x, out)
        return np.subtract(y, y.mean(axis=-1, keepdims=True), out=y)

    def backward(self, gradient, x, y, out=None):
        """Return (gradient - its mean over the columns) * f'(x): what moves all samples alike moves nothing."""
        return np.multiply(gradient - gradient.mean(axis=-1, keepdims=True), self.f.derivative(x), out=out)


class QuickGELU(GELU):
    r"""GELU with tanh in place of the error function, as several language models compute it.

    Its formula is x (1 + tanh(s)) / 2 with s = sqrt(2 / pi) (x + 0.044715 x^3).

    References
    ----------
    Hendrycks and Gimpel, "Gaussian error linear units (GELUs)", arXiv:1606.08415, 2016.
    """

    name = "quick_gelu"
    formula = r"\frac{x}{2} \big(1 + \tanh(\sqrt{2 / \pi}\,(x + 0.044715\,x^3))\big)"
    derivative_formula = r"\frac{1 + t}{2} + \frac{x}{2} (1 - t^2) \sqrt{2 / \pi}\,(1 + 0.134145\,x^2)"

    def forward(self, x, out):
        """Write f(x) into an array, which may be `x` itself."""
        return np.multiply(x, (1 + self._bend(x)) / 2, out=out)

    def _derivative(self, x, y):
        t = self._bend(x)
        inner = math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * x * x)
        return (1 + t) / 2 + x * (1 - t * t) * inner / 2

    @staticmethod
    def _bend(x):
        return np.tanh(math.sqrt(2 / math.pi) * x * (1 + 0.044715 * x * x))


quick_gelu = QuickGELU()
