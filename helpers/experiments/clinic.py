"""Trainings on digits in which one thing is wrong, for learners to read what it is."""

import numpy as np

from helpers.datasets import digits
from helpers.losses import one_hot, softmax, softmax_cross_entropy
from helpers.network import Network
from helpers.training import train

EPOCHS, SEEDS = 12, range(3)


def troubled_trainings():
    """Return the training losses of five trainings, under letters that do not tell what is wrong with them.

    Returns
    -------
    dict of str -> array (epochs, seeds)
    """
    images = digits().split(600, seed=0)[0].standardise()
    return {
        "A": _softmax_twice(images),
        "B": _trained(images, rate=0.001),
        "C": _trained(images, rate=0.1, bias=-30.0),
        "D": _trained(images, rate=3.0),
        "E": _trained(images, rate=0.1),
    }


@np.errstate(all="ignore")  # one runs away on purpose
def _trained(images, rate, bias=0.0):
    """Train 64-32-10 with ReLU; a low bias keeps all hidden units silent."""
    network = Network([64, 32, 10], "relu", seed=SEEDS)
    network.biases[0][...] = bias
    return train(network, images.inputs, images.targets, rate, EPOCHS).loss


def _softmax_twice(images, rate=0.3):
    """Train 64-10 with batches of 32, where the loss applies softmax to what has gone through it already."""
    curves = []
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        weights, losses = rng.normal(0, 0.05, (64, 10)), []
        for _ in range(EPOCHS):
            for rows in np.array_split(rng.permutation(len(images)), len(images) // 32):
                p = softmax(images.inputs[rows] @ weights)
                slope = softmax(p) - one_hot(images.targets[rows], 10)
                back = p * (slope - (p * slope).sum(axis=-1, keepdims=True))
                weights -= rate * images.inputs[rows].T @ back / len(rows)
            losses.append(softmax_cross_entropy(softmax(images.inputs @ weights), images.targets))
        curves.append(losses)
    return np.transpose(curves)
