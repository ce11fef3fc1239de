"""What the outputs of a network mean: logits, probabilities, classes, or plain predictions; and what loss they have."""

import numpy as np

from helpers.activations import ACTIVATIONS, Activation, sigmoid
from helpers.language import _
from helpers.losses import softmax


class Softmax(Activation):
    """Softmax along the last axis: an activation of outputs, which compares the units of a layer."""

    __slots__ = ()
    name = "softmax"
    output_range = (0.0, 1.0)

    def __call__(self, z, out=None):
        """Return e^z over the sum of all e^z.

        Parameters
        ----------
        z : numpy.ndarray of shape (..., classes)
            The logits.
        out : numpy.ndarray, optional
            Array to write into.

        Returns
        -------
        numpy.ndarray of shape (..., classes)
            Probabilities.
        """
        return np.positive(softmax(z), out=out)

    def backward(self, gradient, z, p, out=None):
        """Return dloss/dz = p * (g - sum of p g), where p is the output and g = dloss/dp.

        Parameters
        ----------
        gradient, z, p : numpy.ndarray of shape (..., classes)
            The derivative g, the logits, and their softmax.
        out : numpy.ndarray, optional
            Array to write into.

        Returns
        -------
        numpy.ndarray of shape (..., classes)
            The derivative of the loss with respect to the logits.
        """
        return np.multiply(p, gradient - (p * gradient).sum(axis=-1, keepdims=True), out=out)


#: Activation functions that the outputs of a network may have.
OUTPUT_ACTIVATIONS = {**ACTIVATIONS, "softmax": Softmax()}


def check_outputs(outputs, activation, loss):
    """Refuse outputs that the loss cannot judge.

    Parameters
    ----------
    outputs : int
        How many there are.
    activation : Activation
        Their activation function.
    loss : helpers.losses.Loss
        What is to judge them.

    Raises
    ------
    ValueError
        If cross-entropy gets something else than the logits or probabilities that it wants.
    """
    bend, _mark, rest = loss.name.partition("_")
    if rest == "cross_entropy" and activation.name != "identity":
        raise ValueError(
            _(
                "{loss.name} contains the {bend}: output_activation must be 'identity', got {activation.name!r}",
                loss=loss,
                bend=bend,
                activation=activation,
            )
        )
    if loss.name == "cross_entropy" and activation.name != "softmax":
        raise ValueError(
            _(
                "cross_entropy wants probabilities: output_activation must be 'softmax', got {activation.name!r}",
                activation=activation,
            )
        )
    if loss.name in ("cross_entropy", "softmax_cross_entropy") and outputs < 2:
        raise ValueError(_("{loss.name} needs two classes or more, got {outputs} output", loss=loss, outputs=outputs))


def mean_loss(loss, outputs, y):
    """Return the mean loss of each network's outputs.

    Parameters
    ----------
    loss : helpers.losses.Loss
        What judges them.
    outputs : numpy.ndarray of shape ([runs,] samples, outputs)
        Those of one network or of many.
    y : numpy.ndarray of shape (samples, outputs)
        What each output should be.

    Returns
    -------
    float or numpy.ndarray of shape (runs,)
        One number a network.
    """
    losses = loss(outputs, np.broadcast_to(y, outputs.shape), reduction="none")
    return losses.mean(axis=tuple(range(outputs.ndim - 2, losses.ndim)))


def mean_loss_gradient(loss, outputs, y):
    """Return the derivative of `mean_loss` with respect to the outputs.

    Parameters
    ----------
    loss, outputs, y : as in `mean_loss`
        What is judged, and by what.

    Returns
    -------
    numpy.ndarray
        In the shape of the outputs.
    """
    return loss.gradient(outputs, np.broadcast_to(y, outputs.shape), reduction="sum") / loss.count(y)


def classes_of(outputs, loss):
    """Return the classes that outputs speak for: the largest output, or a single output cut at 1/2 (a logit: at 0).

    Parameters
    ----------
    outputs : numpy.ndarray of shape (..., outputs)
        Of any samples.
    loss : helpers.losses.Loss
        What they were trained for.

    Returns
    -------
    numpy.ndarray of int, shape (...)
        From 0 on.
    """
    if outputs.shape[-1] == 1:
        return (outputs[..., 0] > loss.undecided).astype(np.intp)
    return outputs.argmax(axis=-1)


def probabilities_of(outputs, activation, loss):
    """Return the probabilities of the classes that outputs stand for.

    Parameters
    ----------
    outputs : numpy.ndarray of shape (..., outputs)
        Of any samples.
    activation : Activation
        What bent them.
    loss : helpers.losses.Loss
        What they were trained for.

    Returns
    -------
    numpy.ndarray of shape (..., outputs)
        Each from 0 to 1.

    Raises
    ------
    ValueError
        If they stand for none.
    """
    if loss.name == "softmax_cross_entropy":
        return softmax(outputs)
    if loss.name == "sigmoid_cross_entropy":
        return sigmoid(outputs)
    if activation.name in ("softmax", "sigmoid"):
        return outputs
    raise ValueError(
        _(
            "only the outputs of softmax and sigmoid are probabilities, "
            "not those of output_activation {activation.name!r}",
            activation=activation,
        )
    )
