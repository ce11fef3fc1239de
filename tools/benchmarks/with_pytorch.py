"""Ours against PyTorch: plain loops, as its tutorials write them."""

from itertools import pairwise

import numpy as np
import torch
from torch import nn

from tools.benchmarks._report import Row
from tools.benchmarks._timing import ratio, repeated
from tools.benchmarks._work import RATES, demo, digits_at_once, digits_batches, iris_batches


def optimiser():
    """Return w after the note's 40 steps, with an optimiser and a scheduler."""
    w = torch.tensor(5.0, requires_grad=True)
    sgd = torch.optim.SGD([w], lr=0.2)
    schedule = torch.optim.lr_scheduler.ExponentialLR(sgd, gamma=0.99)
    for _ in range(40):
        loss = (w + 1) ** 2
        sgd.zero_grad()
        loss.backward()
        sgd.step()
        schedule.step()
    return w.item()


def model_of(sizes, weights):
    """Return a stack of layers with the given weights."""
    layers = [nn.Linear(*pair) for pair in pairwise(sizes)]
    with torch.no_grad():
        for layer, (matrix, biases) in zip(layers, weights, strict=True):
            layer.weight.copy_(torch.from_numpy(matrix))
            layer.bias.copy_(torch.from_numpy(biases))
    bent = [part for layer in layers for part in (layer, nn.ReLU())]
    return nn.Sequential(*bent[:-1])


def epoch_of(work, model, rate):
    """Return a function that trains for an epoch."""
    sgd, loss_of = torch.optim.SGD(model.parameters(), lr=rate), nn.CrossEntropyLoss()
    x, labels = torch.from_numpy(work.x), torch.from_numpy(work.labels)

    def epoch():
        for i in range(0, len(x), work.batch):
            loss = loss_of(model(x[i : i + work.batch]), labels[i : i + work.batch])
            sgd.zero_grad()
            loss.backward()
            sgd.step()

    return epoch


def theirs(work):
    """Return the same for a new network, once it has reached our loss after one epoch."""
    model = model_of(work.sizes, work.weights())
    epoch = epoch_of(work, model, work.rate)
    epoch()
    layers = [part for part in model if isinstance(part, nn.Linear)]
    work.check([(layer.weight.detach().numpy(), layer.bias.detach().numpy()) for layer in layers])
    return epoch


def rows():
    """Yield the results."""
    torch.set_num_threads(1)
    assert np.isclose(demo(), optimiser())
    value = 10 * ratio(optimiser, repeated(demo, 10), repeats=51)
    yield Row("40 steps on (w + 1)²", "PyTorch, SGD and ExponentialLR / ours", value, ">= 100")
    batches = digits_batches()
    for name, work, goal in (
        ("digits, batches of 32, an epoch", batches, ">= 10"),
        ("digits, full batch, an epoch", digits_at_once(), ">= 2"),
        ("irises 4-8-3, batches of 30, an epoch", iris_batches(), ">= 15"),
    ):
        yield Row(name, "PyTorch / ours", ratio(theirs(work), work.ours_alone()), goal)
    models = [model_of(batches.sizes, batches.weights()) for _ in RATES]
    loop = [epoch_of(batches, model, float(rate)) for model, rate in zip(models, RATES, strict=True)]
    value = ratio(lambda: [epoch() for epoch in loop], batches.ours_at_all_rates(), repeats=3, warmup=1)
    yield Row("50 learning rates, batches of 32, an epoch", "PyTorch's loop / ours at once", value, ">= 20")
