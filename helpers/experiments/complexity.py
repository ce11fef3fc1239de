"""Chapter 1: five networks at once learn digits of few pixels, for the game with a budget of parameters."""

import functools

import numpy as np

from helpers.datasets import pooled_digits
from helpers.network import Network
from helpers.training import train_by_epoch

#: How many networks train at once, and for how many epochs.
SEEDS, EPOCHS = 5, 15

#: Finished trainings: sizes -> accuracies (epochs, seeds) in %.
_finished = {}


@functools.cache
def images(side):
    """Return digits to train on and to test with, standardised.

    Parameters
    ----------
    side : {8, 4, 2, 1}
        How many pixels wide and high they are.

    Returns
    -------
    list of Dataset
        1200 digits and 597.
    """
    train, test = pooled_digits(side).split(1200, seed=0)
    return train.standardise(test)


def accuracies(sizes):
    """Train `SEEDS` networks of these sizes at once, and yield all test accuracies in % after each epoch.

    Parameters
    ----------
    sizes : tuple of int
        From the number of pixels to the 10 classes.

    Yields
    ------
    numpy.ndarray of shape (epochs so far, SEEDS)
    """
    if sizes not in _finished:
        train, test = images(round(sizes[0] ** 0.5))
        # float64: the same curves on every processor, to more digits than are shown.
        network = Network(sizes, seed=range(SEEDS), dtype=np.float64)
        reached = []
        held_out = (test.inputs, test.targets)
        for record in train_by_epoch(network, train.inputs, train.targets, 0.2, EPOCHS, validation=held_out):
            reached.append(100 * record.validation_accuracy)
            if record.epoch < EPOCHS:
                yield np.array(reached)
        _finished[sizes] = np.array(reached)
        _finished[sizes].flags.writeable = False
    yield _finished[sizes]
