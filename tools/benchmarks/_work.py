"""What is measured: our side of each piece of work, and what a peer needs to do exactly the same."""

import numpy as np

from helpers.datasets import digits, iris
from helpers.descent import gradient_descent
from helpers.fast_network import Batches, FastNetwork
from helpers.losses import one_hot
from helpers.network import Network
from helpers.schedules import exponential_decay

RATES = np.geomspace(0.001, 0.2, 50)


def demo():
    """Return w after the note's 40 steps on (w + 1)^2."""
    schedule = exponential_decay(0.2, 0.99, 1)
    return gradient_descent(lambda w: (w + 1) ** 2, lambda w: 2 * (w + 1), np.float32(5), schedule, 40).parameters[-1]


class Training:
    """A network to train by plain gradient descent, with its samples in the order in which ours will meet them."""

    def __init__(self, data, sizes, batch=None, samples=None, rate=0.1):
        data = data.standardise().shuffle(0)[:samples]
        self.sizes, self.batch, self.rate = sizes, batch or len(data), rate
        self.inputs, self.targets = data.inputs.astype(np.float32), data.targets
        whole = self.batch == len(data)
        order = slice(None) if whole else np.random.default_rng(0).permutation(len(data))
        self.x, self.labels = np.ascontiguousarray(self.inputs[order]), self.targets[order]

    def weights(self):
        """Return copies of the initial matrices and biases of each layer."""
        network = Network(self.sizes)
        return [(w.copy(), b.copy()) for w, b in zip(network.weights, network.biases, strict=True)]

    def ours(self, network, rate=None):
        """Return a function that trains a `FastNetwork` for an epoch, with the same batches every time."""
        runs, y = network.network.runs, one_hot(self.targets, self.sizes[-1], np.float32)
        batches = Batches(self.inputs, y, self.batch, [0])
        batches.shuffle()
        rates = np.reshape(self.rate if rate is None else rate, (-1, 1) if runs else ())
        rates = np.broadcast_to(rates, (len(batches.batches), *rates.shape))
        return lambda: network.descend(batches.batches, rates)

    def ours_alone(self, rate=None):
        """Return a function that trains a single network."""
        return self.ours(FastNetwork(Network(self.sizes)), rate)

    def ours_at_all_rates(self):
        """Return a function that trains one network for each of `RATES`, all at once."""
        return self.ours(FastNetwork(Network(self.sizes, seed=[0] * len(RATES))), RATES)

    def check(self, theirs):
        """Make sure that after one epoch from equal weights a peer's (weights, biases) give the same loss as ours."""
        mine, peer = Network(self.sizes), Network(self.sizes)
        before = mine.loss_value(self.inputs, self.targets)
        fast = FastNetwork(mine)
        self.ours(fast)()
        fast.store()
        for layer, (weights, biases) in enumerate(theirs):
            peer.weights[layer][:], peer.biases[layer][:] = weights, biases
        after = mine.loss_value(self.inputs, self.targets)
        assert after < before
        np.testing.assert_allclose(peer.loss_value(self.inputs, self.targets), after, rtol=2e-4)


def digits_batches():
    """Return the usual piece of work: digits in 56 batches of 32."""
    return Training(digits(), [64, 32, 16, 10], batch=32, samples=1792)


def digits_at_once():
    """Return the same with all samples as one batch."""
    return Training(digits(), [64, 32, 16, 10], samples=1792)


def iris_batches():
    """Return a network that is smaller still: irises in batches of 30."""
    return Training(iris(), [4, 8, 3], batch=30)
