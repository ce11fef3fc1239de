"""How long things take: chapter 1 on what multiply-adds do not tell, chapter 3 on the price of the exponential.

Times differ between computers and between runs. Each is the best of several tries, since whatever disturbs a program
makes it slower, never faster. Sentences about times are put to the test on those that were measured when the course
was made, in ``data/``; readers measure the same on their computers.
"""

import csv
import timeit
from itertools import pairwise

import numpy as np

from helpers.activations import relu, sigmoid, tanh
from helpers.complexity import count, mlp
from helpers.datasets import data_folder
from helpers.fast_network import Batches, FastNetwork
from helpers.language import N_
from helpers.losses import one_hot
from helpers.network import Network

#: The widths of a single layer, and the numbers of samples that go through it at once.
WIDTHS = (2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)
BATCHES = (1, 8, 64)

#: The same for layers of which the part of sigmoid is measured: narrow and wide, of like size in all.
SHARES = ((16, 4096), (2048, 64))

#: The samples of an epoch in `GROWTH`.
SAMPLES = 512

#: What grows, from its first value -> a function of the factor by which it has grown, which returns the sizes of the
#: network, the samples in a batch and the number of networks at once.
GROWTH = {
    N_("width of 2 layers, from 4"): lambda factor: ([64, 4 * factor, 4 * factor, 10], 32, None),
    N_("hidden layers, from 1"): lambda factor: ([64, *[32] * factor, 10], 32, None),
    N_("samples in a batch, from 4"): lambda factor: ([64, 32, 16, 10], 4 * factor, None),
    N_("networks at once, from 1"): lambda factor: ([64, 32, 16, 10], 32, factor),
}
FACTORS = (1, 2, 4, 8, 16, 32, 64, 128)


def seconds_of_a_layer(width, batch, repeats=5):
    """Time the matrix product of a dense layer.

    Parameters
    ----------
    width : int
        Inputs, and units.
    batch : int
        Samples that go through it at once.
    repeats : int
        How often to time it.

    Returns
    -------
    float
        Seconds: the best of `repeats`.
    """
    rng = np.random.default_rng(0)
    weights = rng.normal(size=(width, width)).astype(np.float32)
    inputs = rng.normal(size=(width, batch)).astype(np.float32)
    outputs = np.empty_like(inputs)
    return best_of(repeats, lambda: weights.dot(inputs, outputs))


def seconds_of_an_epoch(what, factor, repeats=5):
    """Return the time of an epoch of training, and of its matrix products alone.

    Parameters
    ----------
    what : str
        What has grown, a key of `GROWTH`.
    factor : int
        By how much.
    repeats : int
        How often to time it.

    Returns
    -------
    tuple of two float
        Seconds: the best of `repeats`.
    """
    whole, products = epoch_and_products(what, factor)
    return best_of(repeats, whole), best_of(repeats, products)


def epoch_and_products(what, factor):
    """Return two functions to time.

    Parameters
    ----------
    what, factor
        As for `seconds_of_an_epoch`.

    Returns
    -------
    tuple of two functions
        An epoch of training, and its matrix products alone.
    """
    sizes, batch, runs = GROWTH[what](factor)
    return epoch_of_training(sizes, batch, runs), matrix_products(sizes, batch, SAMPLES // batch, runs)


def seconds_of_activations(numbers=100_000, repeats=9):
    """Return the times of sigmoid, tanh, ReLU and of mere copying.

    Parameters
    ----------
    numbers : int
        How many to bend at once.
    repeats : int
        How often to time each.

    Returns
    -------
    dict of str to float
        Name -> seconds, the best of `repeats`.
    """
    x = np.random.default_rng(0).normal(size=numbers).astype(np.float32)
    out = np.empty_like(x)
    work = {f.name: lambda f=f: f(x, out=out) for f in (sigmoid, tanh, relu)}
    work[N_("copy")] = lambda: np.copyto(out, x)
    return {name: best_of(repeats, one) for name, one in work.items()}


def share_of_sigmoid(width, batch):
    """Return which part of a dense layer's time goes into sigmoid.

    Parameters
    ----------
    width, batch
        As for `seconds_of_a_layer`.

    Returns
    -------
    float
        From 0 to 1.
    """
    z = np.full((width, batch), 0.5, np.float32)
    bend = best_of(9, lambda: sigmoid(z, out=z))
    return bend / (bend + seconds_of_a_layer(width, batch, 9))


def stored_activations():
    """Return the stored times of `seconds_of_activations`: name -> seconds."""
    return {row["activation"]: float(row["seconds"]) for row in _rows("activation_times.csv")}


def stored_shares():
    """Return the stored values of `share_of_sigmoid`: (width, batch) -> share."""
    return {(int(row["width"]), int(row["batch"])): float(row["share"]) for row in _rows("sigmoid_shares.csv")}


def stored_layers():
    """Return the stored times of `seconds_of_a_layer`: (width, batch) -> seconds."""
    return {(int(row["width"]), int(row["batch"])): float(row["seconds"]) for row in _rows("layer_times.csv")}


def stored_epochs():
    """Return the stored times of `seconds_of_an_epoch`: what grows -> array (epoch and products, factors)."""
    seconds = {what: [] for what in GROWTH}
    for row in _rows("epoch_times.csv"):
        seconds[row["what grows"]].append((float(row["epoch"]), float(row["products"])))
    return {what: np.transpose(taken) for what, taken in seconds.items()}


def _rows(name):
    with (data_folder() / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def macs_of_an_epoch(what, factor):
    """Return the multiply-adds of the forward passes of an epoch.

    Parameters
    ----------
    what, factor
        As for `seconds_of_an_epoch`.

    Returns
    -------
    int
        Of all samples and all networks.
    """
    sizes, _, runs = GROWTH[what](factor)
    return SAMPLES * (runs or 1) * count(mlp(sizes), sizes[:1]).macs


def best_of(repeats, function):
    """Return the shortest time of a call; short calls are timed many at once.

    Parameters
    ----------
    repeats : int
        How often to time it.
    function : function
        Called without arguments.

    Returns
    -------
    float
        Seconds.
    """
    timer = timeit.Timer(function)
    number = max(1, round(2e-3 / max(timer.timeit(2) / 2, 1e-7)))
    return min(timer.repeat(repeats, number)) / number


def epoch_of_training(sizes, batch, runs=None):
    """Return a function that trains for an epoch of `SAMPLES` random samples.

    Parameters
    ----------
    sizes : sequence of int
        Of the network.
    batch : int
        Samples in a batch.
    runs : int, optional
        How many networks to train at once.
    """
    rng = np.random.default_rng(0)
    network = Network(sizes, seed=[0] * runs if runs else 0)
    x = rng.normal(size=(SAMPLES, sizes[0])).astype(network.dtype)
    y = one_hot(rng.integers(0, sizes[-1], SAMPLES), sizes[-1], network.dtype)
    fast, batches = FastNetwork(network), Batches(x, y, batch, [0])
    # The rate matters to no time, but no number must grow until it overflows.
    rates = np.full((len(batches.batches), *((runs, 1) if runs else ())), 1e-4)

    def epoch():
        batches.shuffle()
        fast.descend(batches.batches, rates)

    return epoch


def matrix_products(sizes, batch, batches, runs=None, dtype=np.float32):
    """Return a function with the matrix products of an epoch alone: no training can do with less.

    Parameters
    ----------
    sizes, batch
        As for `epoch_of_training`.
    batches : int
        The number of batches.
    runs : int, optional
        As for `epoch_of_training`.
    dtype : data-type
        Of all arrays.
    """
    rng, lead = np.random.default_rng(0), () if runs is None else (runs,)
    multiply = np.ndarray.dot if runs is None else np.matmul

    def array(*shape):
        return rng.normal(size=(*lead, *shape)).astype(dtype)

    forward, backward = [], []
    x = rng.normal(size=(sizes[0] + 1, batch)).astype(dtype)
    for layer, (inputs, units) in enumerate(pairwise(sizes)):
        matrix = array(units, inputs + 1) / np.sqrt(inputs + 1, dtype=dtype)  # keeps the size of what goes through
        output, delta = array(units + 1, batch), array(units, batch)
        forward.append((matrix, x, output[..., :-1, :]))
        if layer:
            backward.append((matrix.mT, delta, array(inputs + 1, batch)))
        backward.append((delta, x.mT, array(units, inputs + 1)))
        x = output
    products = forward + backward

    def epoch():
        for _ in range(batches):
            for a, b, out in products:
                multiply(a, b, out)

    return epoch
