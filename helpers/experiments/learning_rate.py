"""Chapter 2: what a loss that is a bowl looks like, computed exactly, for comparison with training."""

from typing import NamedTuple

import numpy as np


class Bowl(NamedTuple):
    """A bowl with many parameters.

    Parameters
    ----------
    lowest_loss : float
        The loss at its lowest point.
    largest_curvature : float
        The curvature along its steepest direction; plain gradient descent converges for rates below 2 divided by it.
    """

    lowest_loss: float
    largest_curvature: float


def exact_bowl(inputs, targets):
    """Return the bowl that the mean squared error of a single layer without an activation is.

    The lowest point is that of least squares. The curvatures along the axes of the bowl are the eigenvalues of the
    second derivatives of the loss, which are the same for each output.

    Parameters
    ----------
    inputs : array_like of shape (samples, features)
        One row a sample.
    targets : array_like of shape (samples, outputs)
        What each output should be.

    Returns
    -------
    Bowl
        Its lowest loss and its largest curvature.
    """
    with_bias = np.column_stack([inputs, np.ones(len(inputs))])  # a bias is the weight of an input that is always 1
    targets = np.asarray(targets)
    weights = np.linalg.lstsq(with_bias, targets, rcond=None)[0]
    second_derivatives = 2 * with_bias.T @ with_bias / targets.size
    return Bowl(
        lowest_loss=float(np.mean((with_bias @ weights - targets) ** 2)),
        largest_curvature=float(np.linalg.eigvalsh(second_derivatives).max()),
    )
