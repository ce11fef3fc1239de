"""The note's 40-step run against the same loop in PyTorch, both as one would write them down."""

import numpy as np
import torch

from helpers.descent import gradient_descent
from helpers.schedules import exponential_decay
from tests.benchmarks._timing import medians, row


def ours():
    """Return w after 40 steps on (w + 1)^2."""
    schedule = exponential_decay(0.2, 0.99, 1)
    return gradient_descent(lambda w: (w + 1) ** 2, lambda w: 2 * (w + 1), np.float32(5), schedule, 40).parameters[-1]


def autograd():
    """Return the same, by PyTorch's automatic differentiation."""
    w = torch.tensor(5.0, requires_grad=True)
    for epoch in range(40):
        rate = 0.2 * 0.99**epoch
        loss = (w + 1) ** 2
        loss.backward()
        with torch.no_grad():
            w -= rate * w.grad
        w.grad = None
    return w.item()


def main():
    """Print the ratio of times, once both give the same result."""
    assert np.isclose(ours(), autograd())
    torch.set_num_threads(1)
    mine, theirs = medians([ours, autograd], repeats=101)
    row("40 steps on (w + 1)^2: PyTorch autograd / ours", theirs / mine, "at least 100")
