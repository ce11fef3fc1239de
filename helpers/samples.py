"""Samples and their targets: checked, and told apart into class labels and numbers."""

import numpy as np

from helpers._checks import float_array, what_is
from helpers.language import _
from helpers.losses import one_hot


def check_inputs(inputs, features, dtype):
    """Return inputs as an array of shape (samples, features).

    Parameters
    ----------
    inputs : array_like
        One row a sample.
    features : int
        How many numbers a sample has.
    dtype : data-type
        That of the result.

    Returns
    -------
    numpy.ndarray
        A new array only where the dtype is another one.

    Raises
    ------
    TypeError, ValueError
        If these are no numbers, if there are no samples, or if they have another number of features.
    """
    inputs = float_array(inputs, "inputs", may_be_empty=False)
    if inputs.ndim != 2 or inputs.shape[1] != features:
        raise ValueError(
            _("inputs must have the shape (samples, {features}), got {got}", features=features, got=what_is(inputs))
        )
    return inputs.astype(dtype, copy=False)


def check_targets(targets, shape, dtype):
    """Return targets as an array of `shape`, (samples, outputs); class labels become one-hot.

    Parameters
    ----------
    targets : array_like
        Class labels from 0 on, shape (samples,), or what each output should be, shape (samples, outputs); for a single
        output also numbers of shape (samples,).
    shape : tuple of two int
        Samples and outputs.
    dtype : data-type
        That of the result.

    Returns
    -------
    numpy.ndarray
        What each output should be.

    Raises
    ------
    TypeError, ValueError
        If these are no numbers, if the shape is another one, or if a label is out of range.
    """
    targets, (samples, outputs) = np.asarray(targets), shape
    if targets.shape == (samples,) and outputs > 1:
        return one_hot(targets, outputs, dtype)
    if targets.shape not in {(samples,), shape}:
        shapes = f"({samples},) or ({samples}, {outputs})"
        raise ValueError(_("targets must have the shape {shapes}, got {got}", shapes=shapes, got=what_is(targets)))
    return float_array(targets, "targets").reshape(shape).astype(dtype, copy=False)


def class_labels(targets, outputs):
    """Return targets that are class labels as an array, or None if they are something else.

    Whole numbers are labels if there is an output for each class; for a single output, which decides between two
    classes, if they are 0 and 1. Others (counts to be predicted, labels -1 and 1) are no labels here.

    Parameters
    ----------
    targets : array_like
        As `check_targets` lets pass.
    outputs : int
        How many the network has.

    Returns
    -------
    numpy.ndarray of shape (samples,) or None
        The labels, if these are labels.
    """
    targets = np.asarray(targets)
    if targets.ndim != 1 or targets.dtype.kind not in "biu":
        return None
    if outputs == 1 and not np.isin(targets, (0, 1)).all():
        return None
    return targets
