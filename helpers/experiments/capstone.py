"""The capstone: a configuration of all that the course taught, its training, fair comparisons, and overfitting."""

import copy
import functools
import math
from dataclasses import dataclass, replace

import numpy as np

from helpers.complexity import count, mlp
from helpers.datasets import digits
from helpers.experiments.schedules import schedule_from
from helpers.language import _
from helpers.network import Network
from helpers.training import History, train, train_by_epoch

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
    training, held_out, _images = samples()
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


def in_words(record):
    """Say how several seeds of one configuration came out.

    Where training is about to break, digits depend on the processor: there it says no more than what does not.

    Parameters
    ----------
    record : helpers.training.Epoch
        The last epoch of many networks side by side.

    Returns
    -------
    str
        Such as "98% right"; the number is the median.
    """
    right, finite = record.validation_accuracy, np.isfinite(record.loss)
    if not finite.all():
        return _("some seeds diverge, some read over 95% right") if right.max() > 0.95 else _("some seeds diverge")
    median = np.median(right)
    if median < 0.8:
        return _("broken: under 80% right")
    # Worse than guessing among ten digits, somewhere: the training has leapt, and was lucky to land.
    leapt = record.loss.max() > np.log(10)
    return _("over 90% right") if leapt and median > 0.9 else _("{median:.0%} right", median=median)


# -- fair comparisons ------------------------------------------------------------------------------------------------


def mean_and_error(differences):
    """Return the mean of several differences, and its standard error.

    Parameters
    ----------
    differences : array_like (count,)
        Each from an independent repetition.

    Returns
    -------
    mean, error : float
        The standard error is the standard deviation over the root of the count: so far such a mean typically lies
        from the mean of endlessly many.
    """
    differences = np.asarray(differences)
    return float(differences.mean()), float(differences.std(ddof=1) / np.sqrt(len(differences)))


def coin(wins, games):
    """Return how probable so many wins or more are if each game is the throw of a fair coin.

    Parameters
    ----------
    wins, games : int
        Draws are no games.

    Returns
    -------
    float
        From 0 to 1.
    """
    return sum(math.comb(games, k) for k in range(wins, games + 1)) / 2**games


def named(count, gap, repeats=2000, seed=0):
    """Return how often two ways to judge name a winner between two sides that differ by a known gap.

    Each side is measured `count` times. The measurements are normally distributed, with standard deviation 1.

    Parameters
    ----------
    count : int
        At least 2.
    gap : float
        The true difference of their means, in standard deviations.
    repeats : int
        How many such comparisons are made.
    seed : int
        Of the measurements.

    Returns
    -------
    apart : float
        Share of the comparisons in which the two ranges, from lowest to highest, do not overlap.
    errors : float
        Share in which the mean of the paired differences is over two standard errors from 0.
    """
    first, second = np.random.default_rng(seed).normal(size=(2, repeats, count))
    second = second + gap
    apart = (first.max(axis=1) < second.min(axis=1)) | (second.max(axis=1) < first.min(axis=1))
    differences = second - first
    error = differences.std(axis=1, ddof=1) / np.sqrt(count)
    return float(apart.mean()), float((abs(differences.mean(axis=1)) > 2 * error).mean())


def errors_by_split(hidden, rate, splits=20, seeds=3, epochs=30):
    """Train networks on several splits of the digits, and count their errors on the 500 that each holds out.

    Parameters
    ----------
    hidden : sequence of int
        Units of the hidden ReLU layers.
    rate : float
        The learning rate.
    splits, seeds : int
        How many splits, and how many networks on each; no two splits share a seed.
    epochs : int
        How many times to go through the training images.

    Returns
    -------
    array (splits,)
        Wrong answers among 500, the mean over the seeds.
    """
    wrong = np.empty(splits)
    for split in range(splits):
        training, held_out = digits().split(1297, seed=split)
        training, held_out = training.standardise(held_out)
        own = range(seeds * split, seeds * split + seeds)
        network = Network([64, *hidden, 10], "relu", seed=own, dtype=np.float64)
        train(network, training.inputs, training.targets, rate, epochs, seed=own)
        wrong[split] = HELD_OUT * (1 - network.accuracy(held_out.inputs, held_out.targets).mean())
    return wrong


# -- overfitting -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Stopped:
    """A training on few images, with the network at its lowest held-out loss kept.

    Parameters
    ----------
    history : helpers.training.History
        Of the whole training; the validation is on the held-out images.
    kept, last : Network
        After the epoch of the lowest held-out loss, and after the last epoch.
    training, test : Dataset
        What was trained on, and a third part that took no part in anything.
    wrong : array of bool (samples,)
        Which training images have a wrong label.
    """

    history: History
    kept: Network
    last: Network
    training: object
    test: object
    wrong: np.ndarray

    @property
    def epoch(self):
        """The epoch of the lowest held-out loss, from 1."""
        return int(np.nanargmin(self.history.validation_loss)) + 1

    def right(self, network):
        """Return the share of the third part that a network reads right."""
        return float(network.accuracy(self.test.inputs, self.test.targets))

    def learned_by_heart(self, network):
        """Return the share of the wrong labels that a network gives as its answer."""
        return float(network.accuracy(self.training.inputs[self.wrong], self.training.targets[self.wrong]))


def stopping(split, wrong_share, hidden=(64,), rate=0.2, epochs=100, images=200):
    """Train on few digits, some of them with wrong labels, and keep the network with the lowest held-out loss.

    Parameters
    ----------
    split : int
        Decides which images are trained on, which 500 are held out, and which labels are wrong; the network's seed.
    wrong_share : float
        This share of the training labels, chosen at random, is replaced by another digit.
    hidden : sequence of int
        Units of the hidden ReLU layers.
    rate : float
        The learning rate.
    epochs : int
        How many times to go through the training images.
    images : int
        How many there are.

    Returns
    -------
    Stopped
        The third part is what the other two leave, over a thousand images.
    """
    parts = digits().split(images, HELD_OUT, seed=split)
    training, held_out, test = parts[0].standardise(*parts[1:])
    rng = np.random.default_rng(split)
    wrong = np.isin(np.arange(images), rng.permutation(images)[: round(wrong_share * images)])
    other = (training.targets + rng.integers(1, 10, images)) % 10
    training = replace(training, targets=np.where(wrong, other, training.targets))
    network = Network([64, *hidden, 10], "relu", seed=split, dtype=np.float64)
    kept, lowest = copy.deepcopy(network), np.inf

    def keep(record):
        nonlocal kept, lowest
        if record.validation_loss < lowest:
            kept, lowest = copy.deepcopy(network), record.validation_loss

    history = train(
        network,
        training.inputs,
        training.targets,
        rate,
        epochs,
        seed=split,
        validation=(held_out.inputs, held_out.targets),
        callback=keep,
    )
    return Stopped(history, kept, network, training, test, wrong)
