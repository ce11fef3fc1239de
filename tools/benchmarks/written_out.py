"""What the structure costs: a step of training against the same calls into NumPy, written out one after the other."""

from itertools import pairwise

import numpy as np

from helpers.network import Network
from helpers.training import Batches
from tools.benchmarks._report import Row
from tools.benchmarks._timing import ratio
from tools.benchmarks._work import digits_batches, iris_batches


def written_out(work, network):
    """Return a function that trains for an epoch, without a class or a call in between that is not NumPy's."""
    batches = Batches(network.samples(work.inputs, work.targets), work.batch, [0])
    batches.shuffle()
    layers = network.batch_pass(work.batch).layers
    dot, maximum, subtract, multiply, divide = np.ndarray.dot, np.maximum, np.subtract, np.multiply, np.divide
    share, rate = (np.array(number, np.float32) for number in (1 / work.batch, work.rate))
    top, first = layers[-1], layers[0]
    ones, sums = np.ones((len(top.a), len(top.a)), np.float32), np.empty_like(top.a)
    parameters, gradient, change = network.parameters, network.gradient, np.empty_like(network.parameters)
    zeros = np.zeros_like(first.z)
    up = [(layer.matrix, layer.input, layer.z, np.zeros_like(layer.z), layer.a) for layer in layers[1:-1]]
    pairs = [*pairwise(layers)][::-1]
    down = [(u.input.mT, u.delta, u.gradient, u.matrix.mT, low.output_delta, low.delta, low.a) for low, u in pairs]

    def epoch():
        for x, y in batches.batches:
            dot(first.matrix, x, first.z)
            maximum(first.z, zeros, out=first.a)
            for matrix, below, z, nothing, a in up:
                dot(matrix, below, z)
                maximum(z, nothing, out=a)
            dot(top.matrix, top.input, top.a)
            delta = top.delta
            subtract(top.a, maximum.reduce(top.a, axis=0, keepdims=True), out=delta)
            np.exp(delta, out=delta)
            divide(delta, dot(ones, delta, sums), out=delta)
            subtract(delta, y, out=delta)
            multiply(delta, share, out=delta)
            for below, delta, slopes, transposed, delta_below, lower, a in down:
                dot(delta, below, slopes)
                dot(transposed, delta, delta_below)
                multiply(lower, np.sign(a), out=lower)
            dot(first.delta, x.mT, first.gradient)
            multiply(gradient, rate, out=change)
            subtract(parameters, change, out=parameters)

    return epoch


def rows():
    """Yield the results."""
    for name, work in (("digits, batches of 32, an epoch", digits_batches()), ("irises, an epoch", iris_batches())):
        mine, plain = Network(work.sizes), Network(work.sizes)
        ours, bare = work.ours(mine), written_out(work, plain)
        ours()
        bare()
        np.testing.assert_allclose(plain.parameters, mine.parameters, rtol=1e-4, atol=1e-6)
        yield Row(name, "ours / the same calls written out", ratio(ours, bare))
