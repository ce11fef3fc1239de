"""The capstone: a configuration of everything the course taught, and its training on handwritten digits."""

import functools

import numpy as np

from helpers.complexity import count, mlp
from helpers.datasets import digits
from helpers.experiments.schedules import schedule_from
from helpers.network import Network
from helpers.training import train_by_epoch

#: The configuration with which the workbench starts.
START = {
    "hidden_1": 32,
    "hidden_2": 0,
    "activation": "relu",
    "initialisation": "he",
    "loss": "softmax_cross_entropy",
    "schedule": "constant",
    "learning_rate": 0.1,
    "batch_size": "32",
    "epochs": 12,
    "seed": 0,
}
#: How many digits are held out from training.
HELD_OUT = 500


def schedule_values(updates):
    """Return what schedules need besides the initial rate, so that they end at about 1 % after so many updates.

    Parameters
    ----------
    updates : float
        All updates of a training.

    Returns
    -------
    dict
        Name of a parameter -> its value; name of a schedule -> such a dict for it alone.
    """
    return {
        "decay_rate": 0.01,
        "decay_steps": updates,
        "drop": 0.1,
        "every": updates / 3,
        "warmup_steps": updates / 10,
        "inverse_time_decay": {"decay_rate": 99},
    }


@functools.cache
def samples():
    """Return digits to train on and 500 held out, standardised with the means and spreads of the first part."""
    digit_images = digits()
    training, held_out = digit_images.split(len(digit_images) - HELD_OUT, seed=0)
    return *training.standardise(held_out), held_out.inputs


def layer_sizes(hidden_1, hidden_2):
    """Return the sizes of the network's layers; a hidden layer of 0 units is left out."""
    return [64, *(units for units in (hidden_1, hidden_2) if units), 10]


def parameters(hidden_1, hidden_2):
    """Return how many parameters the network has."""
    return count(mlp(layer_sizes(hidden_1, hidden_2)), (64,)).parameters


def run(hidden_1, hidden_2, activation, initialisation, loss, schedule, learning_rate, batch_size, epochs, seed):
    """Train the network that a configuration names, an epoch at a time.

    Parameters
    ----------
    hidden_1, hidden_2 : int
        Units of the hidden layers, 0 for none.
    activation, initialisation, loss : str
        As for `helpers.network.Network`.
    schedule : str
        A key of `helpers.schedules.SCHEDULES`.
    learning_rate : float
        The initial one.
    batch_size : int or str
        As the menu has it, or as a number.
    epochs : int
        How many times to go through all images.
    seed : int or sequence of int
        A sequence trains one network for each, all at once.

    Yields
    ------
    network : Network
        As it is then.
    record : helpers.training.Epoch
        What is known of it.
    """
    training, held_out, _ = samples()
    batch_size = int(batch_size)
    updates = epochs * -(-len(training) // batch_size)
    sizes = layer_sizes(hidden_1, hidden_2)
    network = Network(
        sizes,
        activation,
        loss,
        output_activation="softmax" if loss == "cross_entropy" else "identity",  # it wants probabilities
        initialisation=initialisation,
        seed=seed,
        dtype=np.float64,  # in which a shared configuration gives the same digits on every machine
    )
    rates = schedule_from(schedule, learning_rate, schedule_values(updates))
    held_out = held_out.inputs, held_out.targets
    for record in train_by_epoch(
        network, training.inputs, training.targets, rates, epochs, batch_size, seed=seed, validation=held_out
    ):
        yield network, record


def trained(**changes):
    """Train the workbench's first configuration, with some settings changed, to its end.

    Parameters
    ----------
    **changes
        Settings of `run`.

    Returns
    -------
    network : Network
        Trained.
    record : helpers.training.Epoch
        Of the last epoch.
    """
    *_, finished = run(**(START | changes))
    return finished


def confusion(labels, predictions):
    """Return how often each digit (row) was taken for each digit (column), shape (10, 10)."""
    table = np.zeros((10, 10), int)
    np.add.at(table, (labels, predictions), 1)
    return table
