r"""Training: stochastic gradient descent, the rule of `helpers.descent` applied to a whole network.

An epoch goes once through all samples, in a new random order, a batch at a time. Each batch makes one update,

    parameters <- parameters - learning_rate(t) * gradient of the batch's mean loss,

where t = 0, 1, 2, ... counts the updates. After the epoch, loss and accuracy are measured on all samples with
the parameters as they then are, so that training and validation can be compared. `epochs` hands over one
epoch's results at a time, to whoever wants to watch; `train` collects them.
"""

from dataclasses import dataclass, fields

import numpy as np

from helpers._checks import check_integer
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


class History(Epoch):
    """What `Epoch` says, for all epochs: arrays of shape (epochs,), or (epochs, runs) for all but `epoch`."""


def epochs(network, inputs, targets, learning_rate, epochs, batch_size=32, seed=0, validation=None):
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
    samples = network.samples(inputs, targets)
    held_out = None if validation is None else network.samples(*validation)
    schedules = [as_schedule(one) for one in _per_run(learning_rate, "learning_rate", network)]
    seeds = [check_integer(one, "seed", at_least=0) for one in _per_run(seed, "seed", network)]
    batch_size = len(samples.x) if batch_size is None else check_integer(batch_size, "batch_size", at_least=1)
    batches = Batches(samples, batch_size, seeds)
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
    network, inputs, targets, learning_rate, epochs, batch_size, seed, validation
        As for the function `epochs`.
    callback : callable, optional
        Is given the `Epoch` after each epoch.

    Returns
    -------
    History

    Examples
    --------
    >>> data = digits().standardise()
    >>> history = train(Network([64, 32, 10]), data.inputs, data.targets, learning_rate=0.1, epochs=20)
    """
    records = []
    for record in iterate(network, inputs, targets, learning_rate, epochs, batch_size, seed, validation):
        records.append(record)
        if callback is not None:
            callback(record)
    shape = (len(records), *network.lead)
    return History(
        epoch=np.arange(1, len(records) + 1),
        **{
            name: np.array([getattr(record, name) for record in records], np.float64).reshape(shape)
            for name in (field.name for field in fields(Epoch))
            if name != "epoch"
        },
    )


iterate = epochs  # under a name that the argument `epochs` of `train` does not hide


class Batches:
    """Samples cut into batches, in a new random order every epoch.

    Parameters
    ----------
    samples : Samples
        All samples.
    batch_size : int
        The samples in a batch. If it is all of them, their order means nothing and is kept.
    seeds : list of int
        One for all runs, or one for each.

    Attributes
    ----------
    batches : list of tuple
        Pairs (x, y) with one column a sample. What one column of x holds lies together in memory, and so does the whole
        of y: a sum or product that has to jump from row to row takes more than twice as long.
    """

    def __init__(self, samples, batch_size, seeds):
        self.x, self.y, self.generators = samples.x, samples.y, []
        count = len(self.x)
        if batch_size >= count:
            self.batches = [(self.x.mT, self.y)]
            return
        # Runs of one seed meet the same batches, and share them.
        seeds = seeds[:1] if len(set(seeds)) == 1 else seeds
        self.generators = [np.random.default_rng(seed) for seed in seeds]
        self.shuffled = [np.empty((len(seeds), *array.shape), array.dtype) for array in (self.x, self.y)]
        x, y = self.shuffled if len(seeds) > 1 else (array[0] for array in self.shuffled)
        whole = count - count % batch_size
        self.columns = np.moveaxis(y[..., :whole].reshape(*y.shape[:-1], -1, batch_size), -2, 0)
        self.targets = np.empty_like(self.columns, order="C")
        ys = [*self.targets, y[..., whole:]] if whole < count else self.targets
        self.batches = [(x[..., i * batch_size : (i + 1) * batch_size, :].mT, y) for i, y in enumerate(ys)]

    def shuffle(self):
        """Bring the samples into a new order, and so fill the batches anew."""
        if not self.generators:
            return
        for generator, x, y in zip(self.generators, *self.shuffled, strict=True):
            order = generator.permutation(len(x))
            # No index is out of range; with "clip" NumPy need not look, and writes straight into place.
            np.take(self.x, order, axis=0, out=x, mode="clip")
            np.take(self.y, order, axis=1, out=y, mode="clip")
        np.copyto(self.targets, self.columns)


def descend(network, batches, rates):
    """Make one update for each batch.

    Parameters
    ----------
    network : Network
        What to train.
    batches : list of tuple
        Pairs (x, y) with one column a sample, as `Batches` makes them.
    rates : numpy.ndarray of shape (updates,) or (updates, runs, 1)
        The learning rate of each update, for many runs that of each run.
    """
    parameters, gradient = network.parameters, network.gradient
    change, rates = np.empty_like(parameters), rates.astype(network.dtype)
    with np.errstate(over="ignore", invalid="ignore"):  # of a training that diverges
        for (x, y), step in zip(batches, range(len(rates)), strict=True):
            batch = network.batch_pass(x.shape[-1])
            batch.forward(x)
            batch.backward(y)
            # With the dots a single rate remains an array, with which NumPy begins sooner than with a number.
            np.multiply(gradient, rates[step, ...], out=change)
            np.subtract(parameters, change, out=parameters)


def _epochs(network, samples, held_out, batches, schedules, count):
    """Train and measure, epoch by epoch."""
    updates = len(batches.batches)
    unknown = np.full(network.lead, np.nan)
    for epoch in range(count):
        steps = range(epoch * updates, (epoch + 1) * updates)
        rates = np.array([[schedule(step) for schedule in schedules] for step in steps], np.float64)
        batches.shuffle()
        descend(network, batches.batches, rates[:, :, np.newaxis] if network.runs else rates[:, 0])
        values = [
            *network.evaluate(samples),
            *((unknown, unknown) if held_out is None else network.evaluate(held_out)),
            np.broadcast_to(rates[-1], network.lead) if network.runs else rates[-1, 0],
        ]
        yield Epoch(epoch + 1, *(values if network.runs else map(float, values)))


def _per_run(value, name, network):
    """Return a list with one value for all runs or with one for each."""
    if np.ndim(value) == 0:
        return [value]
    values = list(value)
    if not network.runs:
        raise ValueError(f"{name} must be a single one for a single network, got {len(values)}")
    if len(values) != network.runs:
        raise ValueError(f"{name} must have one entry for each of the {network.runs} runs, got {len(values)}")
    return values
