"""Sweeps over learning rates: each network at its best one, and paired differences between networks."""

from dataclasses import dataclass

import numpy as np

from helpers.experiments.activations import SEEDS
from helpers.network import Network
from helpers.training import train


@dataclass(frozen=True, eq=False)
class Sweep:
    """Ten networks at each of several learning rates.

    Parameters
    ----------
    rates : sequence of float
        The learning rates.
    loss, accuracy : numpy.ndarray of shape (rates, epochs, seeds)
        The training loss after each epoch, infinite where the training diverged, and the share of the unseen samples
        that are recognised.
    """

    rates: tuple
    loss: np.ndarray
    accuracy: np.ndarray

    def best(self, epoch):
        """Return the index of the rate whose median loss is the lowest after so many epochs."""
        return int(np.median(self.loss[:, epoch - 1], axis=-1).argmin())

    def loss_at_best(self, epoch):
        """Return the losses of the ten networks after so many epochs, at the rate that is best then."""
        return self.loss[self.best(epoch), epoch - 1]

    def accuracy_at_best(self, epoch):
        """Return what the ten networks recognise after so many epochs, at the rate whose loss is best then."""
        return self.accuracy[self.best(epoch), epoch - 1]


def sweep(data, unseen, sizes, activation, initialisation, rates, epochs):
    """Train ten networks at one learning rate after the other: side by side they would need much memory.

    Parameters
    ----------
    data, unseen : Dataset
        What to train on, and what to recognise.
    sizes, activation, initialisation
        Those of a `Network`.
    rates : sequence of float
        The learning rates.
    epochs : int
        How many times to go through all samples.

    Returns
    -------
    Sweep
        What each of them reaches.
    """
    losses, shares = [], []
    for rate in rates:
        network = Network(sizes, activation, initialisation=initialisation, seed=SEEDS, dtype=np.float64)
        record = train(
            network, data.inputs, data.targets, rate, epochs, seed=SEEDS, validation=(unseen.inputs, unseen.targets)
        )
        losses.append(np.where(np.isnan(record.loss), np.inf, record.loss))
        shares.append(record.validation_accuracy)
    return Sweep(tuple(rates), np.stack(losses), np.stack(shares))


def paired_difference(ours, theirs):
    """Return the mean of paired differences, and its standard error.

    Parameters
    ----------
    ours, theirs : array_like of shape (pairs,)
        What was measured with the same seed stands at the same place.

    Returns
    -------
    tuple of two float
        The mean of ours - theirs, and its standard error: the deviation of the differences, with one less than their
        number as the divisor, over the root of their number.
    """
    apart = np.asarray(ours) - np.asarray(theirs)
    return float(apart.mean()), float(apart.std(ddof=1) / np.sqrt(apart.size))
