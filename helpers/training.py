r"""Training: stochastic gradient descent, the rule of `helpers.descent` applied to a whole network.

An epoch goes once through all samples, in a new random order, a batch at a time. Each batch makes one update,

    parameters <- parameters - learning_rate(t) * gradient of the batch's mean loss,

where t = 0, 1, 2, ... counts the updates. After the epoch, loss and accuracy are measured on all samples with
the parameters as they then are, so that training and validation can be compared. `train_by_epoch` hands over one
epoch's results at a time, to whoever wants to watch; `train` collects them.
"""

from dataclasses import dataclass, fields

import numpy as np

from helpers._checks import check_integer
from helpers.fast_network import Batches, FastNetwork
from helpers.language import _
from helpers.network import silently
from helpers.outputs import classes_of, mean_loss
from helpers.samples import check_inputs, check_targets, class_labels
from helpers.schedules import as_schedule


@dataclass(frozen=True, eq=False)
class Epoch:
    """What is known after an epoch; with many runs, all but `epoch` are arrays of shape (runs,).

    Parameters
    ----------
    epoch : int
        Its number, from 1.
    loss, accuracy : float
        Over the training samples. The accuracy is nan unless the targets are class labels.
    validation_loss, validation_accuracy : float
        Over the validation samples; nan without any.
    learning_rate : float
        That of the epoch's last update.
    """

    epoch: int
    loss: float
    accuracy: float
    validation_loss: float
    validation_accuracy: float
    learning_rate: float


@dataclass(frozen=True, eq=False)
class History:
    """What is known after each epoch of a training.

    Parameters
    ----------
    epoch : numpy.ndarray of int, shape (epochs,)
        1, 2, 3 and so on.
    loss, accuracy, validation_loss, validation_accuracy, learning_rate : numpy.ndarray
        As in `Epoch`, float64 of shape (epochs,) or, for many networks, (epochs, runs).
    """

    epoch: np.ndarray
    loss: np.ndarray
    accuracy: np.ndarray
    validation_loss: np.ndarray
    validation_accuracy: np.ndarray
    learning_rate: np.ndarray


def train_by_epoch(network, inputs, targets, learning_rate, epochs, batch_size=32, seed=0, validation=None):
    """Train a network in place, one epoch at a time.

    Training that diverges goes on to its end, with a loss of inf or nan and without a warning.

    Parameters
    ----------
    network : Network
        What to train: its parameters change.
    inputs : array_like of shape (samples, features)
        One row a sample.
    targets : array_like of shape (samples,) or (samples, outputs)
        Class labels from 0 on, or what each output should be.
    learning_rate : float, Schedule, or sequence of these
        A constant, or a function of the update t. A sequence has one for each of the network's runs.
    epochs : int
        How many times to go through all samples.
    batch_size : int or None
        The number of samples in a batch (the last may have fewer); with None all of them are one batch.
    seed : int or sequence of int
        Decides the order of the samples. A sequence has one for each of the network's runs.
    validation : tuple of two array_like, optional
        Inputs and targets to measure on, but not to train with.

    Returns
    -------
    iterator of Epoch
        Asking for the next record trains the next epoch; to stop asking is to stop training.

    Raises
    ------
    TypeError, ValueError
        If an argument is wrong: at once, not when the first epoch is asked for.
    """
    samples = _Samples(network, inputs, targets)
    held_out = None
    if validation is not None:
        held_out = _Samples(network, *validation)
        if samples.labels is None:  # a few counts may look like labels
            held_out.labels = None
    schedules = [as_schedule(one) for one in _per_run(learning_rate, "learning_rate", network)]
    seeds = [check_integer(one, "seed", at_least=0) for one in _per_run(seed, "seed", network)]
    batch_size = len(samples.x) if batch_size is None else check_integer(batch_size, "batch_size", at_least=1)
    batches = Batches(samples.x, samples.y, batch_size, seeds)
    return _epochs(network, samples, held_out, batches, schedules, check_integer(epochs, "epochs", at_least=0))


def train(
    network,
    inputs,
    targets,
    learning_rate,
    epochs,
    batch_size=32,
    seed=0,
    validation=None,
    callback=None,
):
    """Train a network in place.

    Parameters
    ----------
    network, inputs, targets, learning_rate, epochs, batch_size, seed, validation : as in `train_by_epoch`
        What to train, with what, and how.
    callback : callable, optional
        Is given the `Epoch` after each epoch.

    Returns
    -------
    History
        What became of loss and accuracy.

    Examples
    --------
    >>> data = digits().standardise()
    >>> history = train(Network([64, 32, 10]), data.inputs, data.targets, learning_rate=0.1, epochs=20)
    """
    records = []
    for record in train_by_epoch(network, inputs, targets, learning_rate, epochs, batch_size, seed, validation):
        records.append(record)
        if callback is not None:
            callback(record)
    shape = (len(records), network.runs) if network.runs else (len(records),)
    return History(
        epoch=np.arange(1, len(records) + 1),
        **{
            name: np.array([getattr(record, name) for record in records], np.float64).reshape(shape)
            for name in (field.name for field in fields(Epoch))
            if name != "epoch"
        },
    )


class _Samples:
    """Samples to train with or to measure on, checked.

    Parameters
    ----------
    network : Network
    inputs, targets : array_like
        As for `train_by_epoch`.
    """

    def __init__(self, network, inputs, targets):
        outputs = network.sizes[-1]
        self.x = check_inputs(inputs, network.sizes[0], network.dtype)
        self.y = check_targets(targets, (len(self.x), outputs), network.dtype)
        self.labels = class_labels(targets, outputs)

    @silently
    def measure(self, network):
        """Return mean loss and accuracy, numbers or arrays of shape (runs,); without labels the accuracy is nan."""
        outputs = network.outputs(self.x)
        loss = mean_loss(network.loss, outputs, self.y)
        if self.labels is None:
            return loss, np.full_like(loss, np.nan)
        return loss, (classes_of(outputs, network.loss) == self.labels).mean(axis=-1)


def _epochs(network, samples, held_out, batches, schedules, count):
    """Train and measure, epoch by epoch."""
    updates, fast = len(batches.batches), FastNetwork(network)
    for epoch in range(count):
        steps = range(epoch * updates, (epoch + 1) * updates)
        rates = np.stack([schedule.rates(steps) for schedule in schedules], axis=1)
        batches.shuffle()
        fast.load()  # who watches may have changed the network
        fast.descend(batches.batches, rates[:, :, np.newaxis] if network.runs else rates[:, 0])
        fast.store()
        measured = samples.measure(network)
        unknown = np.full_like(measured, np.nan)
        values = [
            *measured,
            *(unknown if held_out is None else held_out.measure(network)),
            np.broadcast_to(rates[-1], network.runs) if network.runs else rates[-1, 0],
        ]
        yield Epoch(epoch + 1, *(values if network.runs else map(float, values)))


def _per_run(value, name, network):
    """Return a list with one value for all runs or with one for each."""
    if np.ndim(value) == 0:
        return [value]
    values = list(value)
    if not network.runs:
        raise ValueError(
            _("{name} must be a single one for a single network, got {number}", name=name, number=len(values))
        )
    if len(values) != network.runs:
        raise ValueError(
            _(
                "{name} must have one entry for each of the {network.runs} runs, got {number}",
                name=name,
                network=network,
                number=len(values),
            )
        )
    return values
