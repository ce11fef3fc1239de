"""Ours against the two small libraries that teach automatic differentiation: autograd and micrograd."""

import autograd.numpy as anp
import numpy as np
from autograd import grad
from micrograd.engine import Value

from tools.benchmarks._report import Row
from tools.benchmarks._timing import ratio, repeated
from tools.benchmarks._work import demo, digits_batches


def with_autograd():
    """Return w after the note's 40 steps."""
    slope, w = grad(lambda w: (w + 1) ** 2), 5.0
    for epoch in range(40):
        w -= 0.2 * 0.99**epoch * slope(w)
    return w


def with_micrograd():
    """Return the same."""
    w = Value(5.0)
    for epoch in range(40):
        loss = (w + 1) ** 2
        w.grad = 0
        loss.backward()
        w.data -= 0.2 * 0.99**epoch * w.grad
    return w.data


def mean_loss(parameters, x, y):
    """Return the mean softmax cross-entropy."""
    *hidden, (weights, biases) = parameters
    for w, b in hidden:
        x = anp.maximum(anp.dot(x, w.T) + b, 0)
    z = anp.dot(x, weights.T) + biases
    z = z - anp.max(z, axis=1, keepdims=True)
    return anp.mean(anp.log(anp.sum(anp.exp(z), axis=1)) - anp.sum(z * y, axis=1))


def rows():
    """Yield the results."""
    for name, theirs in (("autograd", with_autograd), ("micrograd", with_micrograd)):
        assert np.isclose(demo(), theirs())
        yield Row("40 steps on (w + 1)²", f"{name} / ours", 10 * ratio(theirs, repeated(demo, 10)))
    work = digits_batches()
    gradient, parameters = grad(mean_loss), work.weights()
    y = np.eye(work.sizes[-1], dtype=np.float32)[work.labels]

    def epoch():
        for i in range(0, len(work.x), work.batch):
            slopes = gradient(parameters, work.x[i : i + work.batch], y[i : i + work.batch])
            for mine, theirs in zip(parameters, slopes, strict=True):
                for array, slope in zip(mine, theirs, strict=True):
                    array -= work.rate * slope

    epoch()
    work.check(parameters)
    yield Row("digits, batches of 32, an epoch", "autograd / ours", ratio(epoch, work.ours()))
