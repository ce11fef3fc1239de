r"""Loss functions: one number that says how wrong a prediction is, and its gradient, which training follows.

A loss is called as ``loss(prediction, target)``; ``loss.gradient(prediction, target)`` is its derivative with
respect to the prediction. Which loss to choose depends on the question: the squared error asks for a mean,
the asymmetric loss for a quantile, cross-entropy for probabilities; Huber's loss for a mean that a few outliers
hardly move.

Regression losses have one value per element, classification losses one per sample (the classes lie along the
last axis). ``reduction`` says what becomes of these values: "mean" (over all of them), "sum" or "none".
Logarithms are natural. Results have the dtype of the prediction. When training diverges, its loss becomes inf
or nan without a warning.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from helpers._checks import any_array, check_integer, check_real, float_array, lookup, what_is
from helpers.activations import sigmoid
from helpers.language import _

_REDUCTIONS = {"mean": np.mean, "sum": np.sum, "none": np.asarray}


class Loss:
    """A measure of error between a prediction and its target, together with its gradient.

    Attributes
    ----------
    name : str
        Its key in `LOSSES`.
    formula, gradient_formula : str
        In LaTeX, without dollar signs: one value of the loss, and its derivative with respect to the
        prediction.
    undecided : float
        The prediction that speaks neither for 0 nor for 1: where a single output is cut in two classes.
    """

    undecided = 0.5

    def __call__(self, prediction, target, *, reduction="mean"):
        """Return the loss.

        Parameters
        ----------
        prediction : array_like
            Real numbers; for a classification loss of shape (..., classes).
        target : array_like
            What the prediction should be, in the same shape. For a classification loss: the probabilities of
            the classes (for example one-hot) in the same shape, or class labels, integers from 0, in shape
            (...).
        reduction : {"mean", "sum", "none"}
            What becomes of the single values.

        Returns
        -------
        numpy scalar or numpy.ndarray
            In the dtype of `prediction`. With "none" an array, of the shape of `prediction` for a regression
            loss and (...) for a classification loss.

        Raises
        ------
        TypeError
            If `prediction` or `target` does not hold real numbers, or labels are not whole numbers.
        ValueError
            If shapes do not match, a label is out of range, `reduction` is unknown, or there is nothing to
            take the mean of.
        """
        prediction, target = self._checked(prediction, target, reduction)
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            return _REDUCTIONS[reduction](self._values(prediction, target))[()]

    def gradient(self, prediction, target, *, reduction="mean"):
        """Return the derivative of the loss with respect to the prediction.

        Parameters
        ----------
        prediction, target : array_like
            As for the loss itself.
        reduction : {"mean", "sum", "none"}
            Of which loss; "none" gives each element the derivative of its own value, which is that of "sum".

        Returns
        -------
        numpy.ndarray or numpy scalar
            In the shape and dtype of `prediction`.

        Raises
        ------
        TypeError, ValueError
            As the loss itself.
        """
        prediction, target = self._checked(prediction, target, reduction)
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            gradient = self._gradient(prediction, target)
            return gradient / self.count(prediction) if reduction == "mean" else gradient

    def count(self, prediction):
        """Return how many values the loss has, over which a mean is taken.

        Parameters
        ----------
        prediction : numpy.ndarray
            Of the shape that the loss takes.

        Returns
        -------
        int
            One for each element; for a classification loss, one for each sample.
        """
        return prediction.size

    def _checked(self, prediction, target, reduction):
        """Return prediction and target as arrays of one shape and dtype."""
        lookup(_REDUCTIONS, reduction, _("reduction"))
        prediction = float_array(prediction, "prediction")
        target = self._target_array(target, prediction).astype(prediction.dtype, copy=False)
        if reduction == "mean" and self.count(prediction) == 0:
            raise ValueError(_("prediction must not be empty for a mean, got {got}", got=what_is(prediction)))
        return prediction, target

    def _target_array(self, target, prediction):
        target = float_array(target, "target")
        if target.shape != prediction.shape:
            raise ValueError(
                _(
                    "target must have the shape of the prediction, {prediction.shape}, got {got}",
                    prediction=prediction,
                    got=what_is(target),
                )
            )
        return target

    def __setattr__(self, name, value):
        raise AttributeError(_("{this!r} cannot be changed: all use the same one", this=self))

    def __repr__(self):
        return f"<loss {self.name}>"


class ClassificationLoss(Loss):
    """A loss with one value per sample, whose classes lie along the last axis."""

    def _target_array(self, target, prediction):
        if prediction.ndim == 0 or prediction.shape[-1] == 0:
            raise ValueError(_("prediction must have shape (..., classes), got {got}", got=what_is(prediction)))
        target = any_array(target, "target")
        if target.shape == prediction.shape:
            return float_array(target, "target")
        if target.shape == prediction.shape[:-1]:
            return one_hot(target, prediction.shape[-1], prediction.dtype)
        raise ValueError(
            _(
                "target must hold probabilities of shape {prediction.shape} or class labels of shape "
                "{shape}, got {got}",
                prediction=prediction,
                shape=prediction.shape[:-1],
                got=what_is(target),
            )
        )

    def count(self, prediction):
        return prediction.size // prediction.shape[-1]


class MeanSquaredError(Loss):
    """The square of the error; the prediction with the smallest mean square is the mean of the targets."""

    name = "mean_squared_error"
    formula = r"(\hat{y} - y)^2"
    gradient_formula = r"2 (\hat{y} - y)"

    def _values(self, prediction, target):
        return np.square(prediction - target)

    def _gradient(self, prediction, target):
        return 2 * (prediction - target)


@dataclass(frozen=True, repr=False)
class AsymmetricLoss(Loss):
    """A loss for which too much and too little are not equally bad, as for a shop that stocks yogurt.

    Every unit predicted too much was made in vain, every unit too little could have been sold. The best
    prediction is the quantile profit / (cost + profit) of the targets; with cost = 1 - tau and profit = tau
    this is the pinball loss. Its slope at the kink is 0 by convention.

    Parameters
    ----------
    cost, profit : float
        Price of one unit predicted too much, and too little; at least 0.

    Raises
    ------
    TypeError
        If a price is not a real number.
    ValueError
        If a price is negative or not finite.

    References
    ----------
    Koenker and Bassett, "Regression quantiles", Econometrica 46, 1978.
    """

    cost: float = 1.0
    profit: float = 99.0
    name = "asymmetric_loss"

    def __post_init__(self):
        object.__setattr__(self, "cost", float(check_real(self.cost, "cost", at_least=0)))
        object.__setattr__(self, "profit", float(check_real(self.profit, "profit", at_least=0)))

    @property
    def formula(self):
        """One value of the loss, in LaTeX."""
        return rf"{self.cost:g}\,\max(\hat{{y}} - y, 0) + {self.profit:g}\,\max(y - \hat{{y}}, 0)"

    @property
    def gradient_formula(self):
        """Its derivative with respect to the prediction, in LaTeX."""
        return rf"{self.cost:g}\,[\hat{{y}} > y] - {self.profit:g}\,[\hat{{y}} < y]"

    def with_prices(self, cost, profit):
        """Return this loss at other prices, for example ``asymmetric_loss.with_prices(cost=1, profit=1)``.

        Parameters
        ----------
        cost, profit : float
            Price of one unit predicted too much, and too little; at least 0.

        Returns
        -------
        AsymmetricLoss
            Another one; this one keeps its prices.
        """
        return AsymmetricLoss(cost, profit)

    def _values(self, prediction, target):
        error = prediction - target
        return self.cost * np.maximum(error, 0) + self.profit * np.maximum(-error, 0)

    def _gradient(self, prediction, target):
        side = np.sign(prediction - target)
        return self.cost * np.maximum(side, 0) + self.profit * np.minimum(side, 0)

    def __repr__(self):
        return f"<loss {self.name}, cost {self.cost:g}, profit {self.profit:g}>"


@dataclass(frozen=True, repr=False)
class HuberLoss(Loss):
    """A loss that squares small errors, and of large ones takes the size: a few outliers hardly move its minimum.

    Its slope is the error itself, cut off at plus and minus delta.

    Parameters
    ----------
    delta : float
        The error at which the parabola goes over into a straight line, in the unit of the targets; above 0.

    Raises
    ------
    TypeError
        If `delta` is not a real number.
    ValueError
        If `delta` is not above 0 or not finite.

    References
    ----------
    Huber, "Robust estimation of a location parameter", Annals of Mathematical Statistics 35, 1964.
    """

    delta: float = 1.0
    name = "huber_loss"

    def __post_init__(self):
        object.__setattr__(self, "delta", float(check_real(self.delta, "delta", above=0)))

    @property
    def formula(self):
        """One value of the loss, in LaTeX."""
        size, delta = r"|\hat{y} - y|", f"{self.delta:g}"
        return rf"\frac{{1}}{{2}} \min({size}, {delta})^2 + {delta}\,\max({size} - {delta}, 0)"

    @property
    def gradient_formula(self):
        """Its derivative with respect to the prediction, in LaTeX."""
        return rf"\max(-{self.delta:g}, \min(\hat{{y}} - y, {self.delta:g}))"

    def with_delta(self, delta):
        """Return this loss with another end of its parabola, for example ``huber_loss.with_delta(0.5)``.

        Parameters
        ----------
        delta : float
            The error at which the parabola goes over into a straight line; above 0.

        Returns
        -------
        HuberLoss
            Another one; this one keeps its own.
        """
        return HuberLoss(delta)

    def _values(self, prediction, target):
        size = abs(prediction - target)
        inside = np.minimum(size, self.delta)
        return inside * (size - inside / 2)

    def _gradient(self, prediction, target):
        return np.clip(prediction - target, -self.delta, self.delta)

    def __repr__(self):
        return f"<loss {self.name}, delta {self.delta:g}>"


class CrossEntropy(ClassificationLoss):
    """The surprise, in nats, of expecting `probabilities` where `target` is the truth.

    A class that the target rules out adds nothing; one that occurs although its probability is 0 makes the
    loss infinite. The arguments cannot change places, and the least possible value is the target's own
    entropy, which is 0 only if the target is certain.

    References
    ----------
    Goodfellow, Bengio and Courville, "Deep Learning", MIT Press 2016, section 3.13.
    """

    name = "cross_entropy"
    formula = r"-\sum_k y_k \ln \hat{y}_k"
    gradient_formula = r"-\frac{y_k}{\hat{y}_k}"

    def _target_array(self, target, probabilities):
        negative = probabilities < 0
        if negative.any():
            raise ValueError(
                _(
                    "probabilities must not be negative, got {worst}; logits belong in softmax_cross_entropy",
                    worst=probabilities[negative][0],
                )
            )
        return super()._target_array(target, probabilities)

    def _values(self, probabilities, target):
        return _expectation(-np.log(probabilities), target)

    def _gradient(self, probabilities, target):
        return -np.divide(target, probabilities, out=np.zeros_like(probabilities), where=target != 0)


class SoftmaxCrossEntropy(ClassificationLoss):
    """Cross-entropy of the probabilities that softmax makes of `logits`, both in one step.

    In two steps a probability may round to 0, whose logarithm is infinite; in one, the logarithm and the
    exponential cancel on paper. The gradient becomes as simple as that of the squared error. Do not apply
    softmax before.

    References
    ----------
    Bishop, "Pattern Recognition and Machine Learning", Springer 2006, section 4.3.4.
    """

    name = "softmax_cross_entropy"
    formula = r"-\sum_k y_k \ln \frac{e^{z_k}}{\sum_j e^{z_j}}"
    gradient_formula = r"\frac{e^{z_k}}{\sum_j e^{z_j}} - y_k"

    def _values(self, logits, target):
        shifted = _shifted(logits)
        surprise = np.log(np.exp(shifted).sum(axis=-1, keepdims=True)) - shifted  # -ln of the probabilities
        return _expectation(surprise, target)

    def _gradient(self, logits, target):
        return softmax(logits) - target


class SigmoidCrossEntropy(Loss):
    """Binary cross-entropy: each element of `logits` answers a question of its own, yes (1) or no (0).

    The probability of yes is the sigmoid of the logit; sigmoid and logarithm are one step, so that no probability
    rounds to 0 or 1 in between. It is softmax cross-entropy for two classes whose logits are `logits` and 0. Do not
    apply sigmoid before.

    References
    ----------
    Goodfellow, Bengio and Courville, "Deep Learning", MIT Press 2016, section 6.2.2.2.
    """

    name = "sigmoid_cross_entropy"
    formula = r"-y \ln \sigma(z) - (1 - y) \ln (1 - \sigma(z))"
    gradient_formula = r"\sigma(z) - y"
    undecided = 0.0

    def _values(self, logits, target):
        # -ln(sigma(z)) = ln(1 + e^-z), and 1 - sigma(z) = sigma(-z).
        surprise = np.stack([np.logaddexp(0, -logits), np.logaddexp(0, logits)], axis=-1)
        return _expectation(surprise, np.stack([target, 1 - target], axis=-1))

    def _gradient(self, logits, target):
        return sigmoid(logits) - target


def softmax(logits):
    """Turn logits into probabilities: positive, with sum 1 along the last axis, in the same order.

    Parameters
    ----------
    logits : array_like
        Real numbers of shape (..., classes). Adding one number to all of them changes nothing.

    Returns
    -------
    numpy.ndarray
        Probabilities in the shape and dtype of `logits`.

    Raises
    ------
    TypeError
        If `logits` does not hold real numbers.
    ValueError
        If there are no classes.
    """
    logits = float_array(logits, "logits")
    if logits.ndim == 0 or logits.shape[-1] == 0:
        raise ValueError(_("logits must have shape (..., classes), got {got}", got=what_is(logits)))
    with np.errstate(over="ignore", invalid="ignore"):
        powers = np.exp(_shifted(logits))
        powers /= powers.sum(axis=-1, keepdims=True)
    return powers


def one_hot(labels, classes, dtype=np.float64):
    """Turn class labels into probabilities: 1 for the class that the label names, 0 for all others.

    Parameters
    ----------
    labels : array_like of int
        Numbers of classes, from 0 to ``classes - 1``, in any shape.
    classes : int
        Number of classes.
    dtype : data-type
        Dtype of the result.

    Returns
    -------
    numpy.ndarray
        Of shape ``(*labels.shape, classes)``.

    Raises
    ------
    TypeError
        If labels are not whole numbers.
    ValueError
        If a label is out of range, or `classes` below 1.
    """
    labels, classes = any_array(labels, "labels"), check_integer(classes, "classes", at_least=1)
    if labels.dtype.kind not in "biu" and labels.size:
        raise TypeError(_("class labels must be whole numbers, got {got}", got=what_is(labels)))
    outside = (labels < 0) | (labels >= classes)
    if outside.any():
        raise ValueError(
            _("class labels must be from 0 to {last}, got {got}", last=classes - 1, got=labels[outside][0])
        )
    return (labels[..., None] == np.arange(classes)).astype(dtype)


def cheapest_weights(inputs, target, cost, profit):
    """Return the two weights for which ``inputs @ weights`` has the least asymmetric loss, without descending.

    Over the weights the loss is made of plane pieces, which meet where a prediction equals its target. So it is
    least at a corner: where two predictions are exact. There are only finitely many pairs of samples: try them all.

    Parameters
    ----------
    inputs : array_like of shape (samples, 2)
        At least two rows, of which no two are multiples of each other.
    target : array_like of shape (samples,)
        What ``inputs @ weights`` should be.
    cost, profit : float
        Price of one unit predicted too much, and too little; at least 0.

    Returns
    -------
    numpy.ndarray of shape (2,)
        The two weights.

    Raises
    ------
    TypeError
        If these are no real numbers.
    ValueError
        If the shapes do not fit, rows are multiples of each other, or a price is negative.
    """
    inputs, target = float_array(inputs, "inputs"), float_array(target, "target")
    if inputs.ndim != 2 or inputs.shape[1] != 2 or len(inputs) < 2:
        raise ValueError(
            _("inputs must have the shape (samples, 2) and 2 samples or more, got {got}", got=what_is(inputs))
        )
    if target.shape != inputs.shape[:1]:
        raise ValueError(
            _("target must have the shape ({number},), got {got}", number=len(inputs), got=what_is(target))
        )
    loss = asymmetric_loss.with_prices(cost, profit)
    pairs = np.array(list(combinations(range(len(target)), 2)))
    try:
        corners = np.linalg.solve(inputs[pairs], target[pairs][..., None])[..., 0]
    except np.linalg.LinAlgError:
        raise ValueError(_("no two rows of inputs may be multiples of each other, got some that are")) from None
    predictions = corners @ inputs.T
    losses = loss(predictions, np.broadcast_to(target, predictions.shape), reduction="none").sum(axis=1)
    return corners[losses.argmin()]


def _shifted(logits):
    """Subtract the largest logit: softmax stays the same, and no exponential exceeds e^0 = 1."""
    return logits - logits.max(axis=-1, keepdims=True)


def _expectation(values, probabilities):
    """Return the sum of values * probabilities, where probability 0 adds 0, even to an infinite value."""
    return np.where(probabilities == 0, 0, values * probabilities).sum(axis=-1)


mean_squared_error = MeanSquaredError()
asymmetric_loss = AsymmetricLoss()
huber_loss = HuberLoss()
cross_entropy = CrossEntropy()
softmax_cross_entropy = SoftmaxCrossEntropy()
sigmoid_cross_entropy = SigmoidCrossEntropy()

LOSSES = {
    loss.name: loss
    for loss in (
        mean_squared_error,
        asymmetric_loss,
        huber_loss,
        cross_entropy,
        softmax_cross_entropy,
        sigmoid_cross_entropy,
    )
}
