r"""Activation functions: what a unit makes of its input, and the slope that training multiplies by.

Each activation `f` is called as ``f(x)``; ``f.derivative(x)`` is its slope f'(x). Backpropagation has
``y = f(x)`` at hand and asks for ``f.backward(gradient, x, y)``, the chain rule's product gradient * f'(x):
for sigmoid, y (1 - y) needs no second exponential. Below, a class holds both halves of an activation side by
side: `forward`, the function, and `_derivative`, its slope written with whichever of x and y is cheaper.

The textbook formula and the code differ where the formula, taken literally, overflows to nan: exp(1000) is
infinite in floating point. Every function here has its right limits at both ends, without a warning.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from helpers._checks import check_real, float_array, what_is
from helpers.language import _

_erfc = np.vectorize(math.erfc, otypes=[float])


class Activation:
    """A function applied to each element of an array, together with its derivative.

    Attributes
    ----------
    name : str
        Its key in `ACTIVATIONS`.
    formula, derivative_formula : str
        f(x) and f'(x) in LaTeX, without dollar signs. ``[x > 0]`` is 1 where true and 0 where false.
    output_range : tuple of float
        Lower and upper bound of f(x), which may be infinite.
    zero_mean : bool
        Whether f(-x) = -f(x), so that inputs spread evenly about 0 give outputs of mean 0.
    """

    zero_mean = False

    def __call__(self, x, out=None):
        """Return f(x), element by element.

        Parameters
        ----------
        x : array_like
            Real numbers in any shape. The result has the dtype of `x`, or float64 if `x` holds integers.
        out : numpy.ndarray, optional
            Array to write into, of the shape of `x`; it may be `x` itself.

        Returns
        -------
        numpy.ndarray or numpy scalar
            `out`, or a new array of the shape of `x`; a scalar if `x` is one.

        Raises
        ------
        TypeError
            If `x` does not hold real numbers, or `out` is no array of floating-point ones.
        ValueError
            If `out` does not have the shape of `x`.
        """
        x = float_array(x, "x")
        y = self.forward(x, _buffer(out, x))
        return y if y.ndim else y[()]

    def derivative(self, x, out=None):
        """Return the slope f'(x), element by element.

        Parameters
        ----------
        x : array_like
            Real numbers in any shape.
        out : numpy.ndarray, optional
            Array to write into, of the shape of `x`; it may be `x` itself.

        Returns
        -------
        numpy.ndarray or numpy scalar
            In the shape and dtype of f(x).

        Raises
        ------
        TypeError, ValueError
            As for a call.
        """
        x = float_array(x, "x")
        slope = np.positive(self._derivative(x, self.forward(x, np.empty_like(x))), out=_buffer(out, x))
        return slope if slope.ndim else slope[()]

    def forward(self, x, out):
        """Compute f(x) without the checks of a call, for arrays of one shape and dtype.

        Parameters
        ----------
        x : numpy.ndarray
            Floating-point numbers.
        out : numpy.ndarray
            Array to write into; it may be `x` itself.

        Returns
        -------
        numpy.ndarray
            The same as `out`.
        """
        raise NotImplementedError

    def backward(self, gradient, x, y, out=None):
        """Return gradient * f'(x): one step of the chain rule, from the output of f back to its input.

        Parameters
        ----------
        gradient : numpy.ndarray
            Derivative of the loss with respect to the output, ``y``.
        x, y : numpy.ndarray
            Floating-point input, and ``y = f(x)`` as the forward pass left it. All have the same shape.
        out : numpy.ndarray, optional
            Array to write into; it may be `gradient` itself.

        Returns
        -------
        numpy.ndarray
            Derivative of the loss with respect to the input, `x`.
        """
        return np.multiply(gradient, self._derivative(x, y), out=out)

    def __setattr__(self, name, value):
        raise AttributeError(_("{this!r} cannot be changed: all use the same one", this=self))

    def __repr__(self):
        return f"<activation {self.name}>"


class Sigmoid(Activation):
    """The logistic function: any number becomes one between 0 and 1. Its slope is at most 1/4, at 0."""

    name = "sigmoid"
    formula = r"\frac{1}{1 + e^{-x}}"
    derivative_formula = r"f(x)\,(1 - f(x))"
    output_range = (0.0, 1.0)

    def forward(self, x, out):
        with np.errstate(over="ignore"):  # far left exp(-x) is inf, and 1 / (1 + inf) = 0 is the right limit
            return np.divide(1, 1 + np.exp(-x), out=out)

    def _derivative(self, x, y):
        return y * (1 - y)


class Tanh(Activation):
    """The hyperbolic tangent: a sigmoid stretched to (-1, 1), so zero-mean, and of slope up to 1."""

    name = "tanh"
    formula = r"\frac{1 - e^{-2x}}{1 + e^{-2x}}"
    derivative_formula = r"1 - f(x)^2"
    output_range = (-1.0, 1.0)
    zero_mean = True

    def forward(self, x, out):
        return np.tanh(x, out=out)

    def _derivative(self, x, y):
        return 1 - y * y


class ReLU(Activation):
    """The rectified linear unit: positive numbers pass, others become 0. Its slope at 0 is 0 by convention.

    References
    ----------
    Nair and Hinton, "Rectified linear units improve restricted Boltzmann machines", ICML 2010.
    """

    name = "relu"
    formula = r"\max(x, 0)"
    derivative_formula = r"[x > 0]"
    output_range = (0.0, math.inf)

    def forward(self, x, out):
        return _maximum(x, 0, out)

    def _derivative(self, x, y):
        return np.sign(y)  # y is 0 or positive


@dataclass(frozen=True)
class LeakyReLU(Activation):
    """ReLU with a small slope for negative numbers, so that no unit loses its gradient altogether.

    Parameters
    ----------
    slope : float
        Slope for x <= 0, from 0 (ReLU) to 1 (identity).

    Raises
    ------
    TypeError
        If `slope` is not a real number.
    ValueError
        If it is not from 0 to 1.

    References
    ----------
    Maas, Hannun and Ng, "Rectifier nonlinearities improve neural network acoustic models", ICML 2013.
    """

    slope: float = 0.2
    name = "leaky_relu"

    def __post_init__(self):
        object.__setattr__(self, "slope", float(check_real(self.slope, "slope", at_least=0, at_most=1)))

    @property
    def formula(self):
        """f(x) in LaTeX."""
        return rf"\max({self.slope:g}\,x, x)"

    @property
    def derivative_formula(self):
        """f'(x) in LaTeX."""
        return rf"[x > 0] + {self.slope:g}\,[x \leq 0]"

    @property
    def output_range(self):
        """Lower and upper bound of f(x)."""
        return (-math.inf if self.slope else 0.0, math.inf)

    def with_slope(self, slope):
        """Return a leaky ReLU of another slope, for example ``leaky_relu.with_slope(0.01)``.

        Parameters
        ----------
        slope : float
            Slope for x <= 0, from 0 to 1.

        Returns
        -------
        LeakyReLU
            Another one; this one keeps its slope.
        """
        return LeakyReLU(slope)

    def forward(self, x, out):
        if not self.slope:
            return relu.forward(x, out)  # 0 * inf would be nan
        return np.maximum(self.slope * x, x, out=out)

    def _derivative(self, x, y):
        return _maximum(np.sign(y), self.slope)  # 1 where y > 0, else the larger of the slope and -1 or 0

    def __repr__(self):
        return f"<activation leaky_relu, slope {self.slope:g}>"


class Identity(Activation):
    """No activation at all. Layers joined by it collapse into a single linear layer."""

    name = "identity"
    formula = r"x"
    derivative_formula = r"1"
    output_range = (-math.inf, math.inf)
    zero_mean = True

    def forward(self, x, out):
        return np.positive(x, out=out)

    def _derivative(self, x, y):
        return np.ones_like(x)


class Softplus(Activation):
    """A smooth ReLU, whose slope is the sigmoid.

    References
    ----------
    Dugas et al., "Incorporating second-order functional knowledge for better option pricing", NIPS 2000.
    """

    name = "softplus"
    formula = r"\ln(1 + e^x)"
    derivative_formula = r"\frac{1}{1 + e^{-x}}"
    output_range = (0.0, math.inf)

    def forward(self, x, out):
        # For x > 0, ln(1 + e^x) = x + ln(1 + e^-x): the exponential never grows.
        return np.add(np.maximum(x, 0), np.log1p(np.exp(-np.abs(x))), out=out)

    def _derivative(self, x, y):
        return sigmoid(x)


class ELU(Activation):
    """The exponential linear unit: ReLU's right half, joined without a kink to e^x - 1.

    References
    ----------
    Clevert, Unterthiner and Hochreiter, "Fast and accurate deep network learning by exponential linear
    units (ELUs)", ICLR 2016.
    """

    name = "elu"
    formula = r"\max(x, 0) + e^{\min(x, 0)} - 1"
    derivative_formula = r"e^{\min(x, 0)}"
    output_range = (-1.0, math.inf)

    def forward(self, x, out):
        return np.add(np.maximum(x, 0), np.expm1(np.minimum(x, 0)), out=out)

    def _derivative(self, x, y):
        return np.exp(np.minimum(x, 0))


class SiLU(Activation):
    """The sigmoid linear unit, or swish: x times sigmoid(x), which dips below 0 before it rises.

    References
    ----------
    Elfwing, Uchibe and Doya, "Sigmoid-weighted linear units for neural network function approximation in
    reinforcement learning", Neural Networks 107, 2018.
    """

    name = "silu"
    formula = r"\frac{x}{1 + e^{-x}}"
    derivative_formula = r"s + f(x)\,(1 - s),\ s = \frac{1}{1 + e^{-x}}"
    output_range = (-0.2784645427610738, math.inf)

    def forward(self, x, out):
        return _product(x, sigmoid(x), out)

    def _derivative(self, x, y):
        s = sigmoid(x)
        return s + _product(y, 1 - s)


class GELU(Activation):
    r"""The Gaussian error linear unit: x times the probability that a standard normal number is below x.

    References
    ----------
    Hendrycks and Gimpel, "Gaussian error linear units (GELUs)", arXiv:1606.08415, 2016.
    """

    name = "gelu"
    formula = r"x\,\Phi(x),\ \Phi(x) = \frac{1}{2} (1 + \mathrm{erf}(x / \sqrt{2}))"
    derivative_formula = r"\Phi(x) + \frac{x}{\sqrt{2 \pi}}\,e^{-x^2 / 2}"
    output_range = (-0.16997120747990369, math.inf)

    def forward(self, x, out):
        return _product(x, self._probability(x), out)

    def _derivative(self, x, y):
        with np.errstate(over="ignore"):  # x^2 may be inf, and exp(-inf) = 0 is right
            density = np.exp(x * x / -2) / math.sqrt(2 * math.pi)
        return self._probability(x) + _product(x, density)

    @staticmethod
    def _probability(x):
        # erfc(-t) = 1 + erf(t), but keeps its digits where erf(t) is close to -1.
        return (_erfc(x / -math.sqrt(2)) / 2).astype(x.dtype)


def _buffer(out, x):
    """Return the array to write into: `out` if it fits `x`, or a new one."""
    if out is None:
        return np.empty_like(x)
    if not isinstance(out, np.ndarray) or out.dtype.kind != "f":
        raise TypeError(_("out must be an array of floating-point numbers, got {got}", got=what_is(out)))
    if out.shape != x.shape:
        raise ValueError(_("out must have the shape of x, {x.shape}, got {got}", x=x, got=what_is(out)))
    return out


def _product(factor, weight, out=None):
    """Return factor * weight, and 0 where `weight` has fallen to 0, even if `factor` is infinite."""
    return np.multiply(np.where(weight == 0, weight, factor), weight, out=out)


sigmoid = Sigmoid()
tanh = Tanh()
relu = ReLU()
leaky_relu = LeakyReLU()
identity = Identity()
softplus = Softplus()
elu = ELU()
silu = SiLU()
gelu = GELU()

ACTIVATIONS = {f.name: f for f in (sigmoid, tanh, relu, leaky_relu, identity, softplus, elu, silu, gelu)}


# The larger of an array and a number, made fast. NumPy compares an array with a number one by one, two arrays many at
# once: in a third of the time.


def _maximum(x, number, out=None):
    """Return max(x, number), element by element."""
    if x.size > 2**15:  # two such arrays do not fit into the cache together; `clip` needs no second one
        return x.clip(x.dtype.type(number), x.dtype.type(math.inf), out=out)
    return np.maximum(x, _full(number, x.shape, x.dtype), out=out)


@lru_cache(maxsize=32)
def _full(number, shape, dtype):
    """Return an array that holds one number everywhere, made once; nobody may write to it."""
    full = np.full(shape, number, dtype)
    full.flags.writeable = False
    return full
