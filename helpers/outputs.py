"""What the outputs of a network mean: logits, probabilities, classes, or plain predictions."""

import numpy as np

from helpers.activations import ACTIVATIONS, Activation
from helpers.losses import softmax


class Softmax(Activation):
    """Softmax along the last axis: an activation of outputs, which compares the units of a layer."""

    __slots__ = ()
    name = "softmax"
    output_range = (0.0, 1.0)

    def __call__(self, z, out=None):
        """Return e^z over the sum of all e^z."""
        return np.positive(softmax(z), out=out)

    def backward(self, gradient, z, p, out=None):
        """Return dloss/dz = p * (g - sum of p g), where p is the output and g = dloss/dp."""
        return np.multiply(p, gradient - (p * gradient).sum(axis=-1, keepdims=True), out=out)


#: What may bend the outputs of a network.
OUTPUT_ACTIVATIONS = {**ACTIVATIONS, "softmax": Softmax()}


def check_outputs(outputs, activation, loss):
    """Refuse outputs that the loss cannot judge.

    Parameters
    ----------
    outputs : int
        How many there are.
    activation : Activation
        What bends them.
    loss : helpers.losses.Loss

    Raises
    ------
    ValueError
        If cross-entropy gets something else than the logits or probabilities of two classes or more.
    """
    if loss.name == "softmax_cross_entropy" and activation.name != "identity":
        raise ValueError(
            f"softmax_cross_entropy contains the softmax: output_activation must be 'identity', got {activation.name!r}"
        )
    if loss.name == "cross_entropy" and activation.name != "softmax":
        raise ValueError(
            f"cross_entropy wants probabilities: output_activation must be 'softmax', got {activation.name!r}"
        )
    if loss.name.endswith("cross_entropy") and outputs < 2:
        raise ValueError(f"{loss.name} needs two classes or more, got {outputs} output")


def classes_of(outputs):
    """Return the classes that outputs speak for: the largest output, or a single output cut at 1/2.

    Parameters
    ----------
    outputs : numpy.ndarray of shape (..., outputs)

    Returns
    -------
    numpy.ndarray of int, shape (...)
    """
    if outputs.shape[-1] == 1:
        return (outputs[..., 0] > 0.5).astype(np.intp)
    return outputs.argmax(axis=-1)


def probabilities_of(outputs, activation, loss):
    """Return the probabilities of the classes that outputs stand for.

    Parameters
    ----------
    outputs : numpy.ndarray of shape (..., outputs)
    activation : Activation
        What bent them.
    loss : helpers.losses.Loss
        What they were trained for.

    Returns
    -------
    numpy.ndarray of shape (..., outputs)

    Raises
    ------
    ValueError
        If they stand for none.
    """
    if loss.name == "softmax_cross_entropy":
        return softmax(outputs)
    if activation.name in ("softmax", "sigmoid"):
        return outputs
    raise ValueError(
        f"only the outputs of softmax and sigmoid are probabilities, not those of output_activation {activation.name!r}"
    )
