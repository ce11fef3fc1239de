"""Ours against PyTorch: plain loops, as its tutorials write them."""

from itertools import pairwise

import numpy as np
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from helpers.complexity import Conv2D, Dense, Flatten, count, vgg16
from helpers.datasets import two_rings
from helpers.network import Network
from helpers.training import train
from tools.benchmarks._report import Row
from tools.benchmarks._timing import medians, ratio, repeated
from tools.benchmarks._work import RATES, Training, demo, digits_at_once, digits_batches, iris_batches

BENDS = {"relu": nn.ReLU, "tanh": nn.Tanh, "identity": nn.Identity}


def autograd():
    """Return w after the note's 40 steps, with the update written by hand."""
    w = torch.tensor(5.0, requires_grad=True)
    for epoch in range(40):
        rate = 0.2 * 0.99**epoch
        loss = (w + 1) ** 2
        loss.backward()
        with torch.no_grad():
            w -= rate * w.grad
        w.grad = None
    return w.item()


def numbers():
    """Return w after the same steps on NumPy's numbers and nothing else, which is the least that Python must do."""
    w, one, two = np.float32(5), np.float32(1), np.float32(2)
    for epoch in range(40):
        rate = np.float32(0.2 * 0.99**epoch)
        error = w + one
        loss = error * error  # noqa: F841
        w = w - rate * (two * error)
    return w


def optimiser():
    """Return the same, with an optimiser and a scheduler."""
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


def model_of(sizes, weights, activation="relu"):
    """Return a stack of layers with the given weights."""
    layers = [nn.Linear(*pair) for pair in pairwise(sizes)]
    with torch.no_grad():
        for layer, (matrix, biases) in zip(layers, weights, strict=True):
            layer.weight.copy_(torch.from_numpy(matrix))
            layer.bias.copy_(torch.from_numpy(biases))
    bent = [part for layer in layers for part in (layer, BENDS[activation]())]
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


def claim():
    """Return our and their way to train ten seeds with three activations on two rings for 20 epochs."""
    rings = two_rings()
    work = Training(rings, [2, 16, 16, 2], batch=32)

    def ours():
        for activation in BENDS:
            train(Network(work.sizes, activation, seed=range(10)), work.inputs, work.targets, 0.1, epochs=20)

    def loop():
        for activation in BENDS:
            for seed in range(10):
                network = Network(work.sizes, activation, seed=seed)
                weights = zip(network.weights, network.biases, strict=True)
                model = model_of(work.sizes, [(w.copy(), b.copy()) for w, b in weights], activation)
                repeated(epoch_of(work, model, 0.1), 20)()

    theirs(work)
    return ours, loop


def stack(layers):
    """Return our layers as PyTorch's, without memory behind them."""
    made = []
    for layer in layers:
        if isinstance(layer, Conv2D):
            made.append(nn.Conv2d(layer.in_channels, layer.out_channels, layer.kernel_size, padding=layer.padding))
        elif isinstance(layer, Dense):
            made.append(nn.Linear(layer.in_features, layer.out_features))
        else:
            made.append(nn.Flatten() if isinstance(layer, Flatten) else nn.MaxPool2d(layer.kernel_size))
    return nn.Sequential(*made)


def counting():
    """Yield how long it takes to count VGG-16."""
    layers = vgg16()
    [seconds] = medians([repeated(lambda: count(layers, (3, 224, 224)), 500)])
    yield Row("count VGG-16", "time (µs)", seconds / 500 * 1e6, "<= 20")
    with torch.device("meta"):
        model, image = stack(layers), torch.empty(1, 3, 224, 224)

    def flops():
        with FlopCounterMode(display=False) as counter:
            model(image)
        return counter.get_total_flops()

    def ours():
        counted = count(layers, (3, 224, 224))
        return counted.parameters, counted.flops

    assert flops() == ours()[1]
    yield Row(
        "count VGG-16", "PyTorch's FlopCounterMode (no arithmetic done) / ours", ratio(flops, repeated(ours, 10)) * 10
    )


def rows():
    """Yield the results."""
    torch.set_num_threads(1)
    assert np.isclose(demo(), autograd()) and np.isclose(demo(), optimiser()) and demo() == numbers()
    ten = repeated(demo, 10)
    yield Row("40 steps on (w + 1)²", "PyTorch, update by hand / ours", 10 * ratio(autograd, ten, repeats=51), ">= 100")
    yield Row(
        "40 steps on (w + 1)²",
        "PyTorch, update by hand / np.float32 numbers alone",
        10 * ratio(autograd, repeated(numbers, 10), repeats=51),
    )
    yield Row(
        "40 steps on (w + 1)²",
        "PyTorch, SGD and ExponentialLR / ours",
        10 * ratio(optimiser, ten, repeats=51),
        ">= 100",
    )
    batches = digits_batches()
    for name, work, goal in (
        ("digits, batches of 32, an epoch", batches, ">= 10"),
        ("digits, full batch, an epoch", digits_at_once(), ">= 2"),
        ("irises 4-8-3, batches of 30, an epoch", iris_batches(), ">= 15"),
    ):
        yield Row(name, "PyTorch / ours", ratio(theirs(work), work.ours()), goal)
    models = [model_of(batches.sizes, batches.weights()) for _ in RATES]
    loop = [epoch_of(batches, model, float(rate)) for model, rate in zip(models, RATES, strict=True)]
    value = ratio(lambda: [epoch() for epoch in loop], batches.ours_at_all_rates(), repeats=3, warmup=1)
    yield Row("50 learning rates, batches of 32, an epoch", "PyTorch's loop / ours at once", value, ">= 20")
    ours, loop = claim()
    value = ratio(loop, ours, repeats=3, warmup=1)
    yield Row("10 seeds x 3 activations, 20 epochs", "PyTorch's loop / ours at once", value, ">= 15")
    yield from counting()
