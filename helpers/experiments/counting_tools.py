"""Why tools that count "FLOPs" disagree: each follows a convention, and from it every figure can be computed."""

import csv
from typing import NamedTuple

from helpers.complexity import count, lenet5, mlp, vgg16
from helpers.datasets import data_folder

NETWORKS = ("3-4-2", "LeNet-5", "VGG-16")


class Report(NamedTuple):
    """What one tool reported.

    Parameters
    ----------
    tool, convention : str
        As named in ``data/counting_tools.csv``.
    figures : list of int
        What it reported for each of `NETWORKS`.
    computed : list of int
        What follows from its convention.
    """

    tool: str
    convention: str
    figures: list
    computed: list

    @property
    def macs(self):
        """The figures as multiply-adds: of FLOPs the half."""
        return [figure / 2 if self.convention.startswith("2 per MAC") else figure for figure in self.figures]


def tool_reports():
    """Return what well-known tools reported for three networks: a list of `Report`."""
    computed = (
        by_convention(count(mlp([3, 4, 2]), (3,))),
        by_convention(count(lenet5(), (1, 32, 32)), relu=False),  # it has tanh, which no tool counts
        # PyTorch's VGG-16 pools once more, 7 x 7 to 7 x 7; TensorFlow's ends in a softmax.
        by_convention(count(vgg16(), (3, 224, 224)), adaptive_pooling=512 * 7 * 7, softmax=5 * 1000),
    )
    with (data_folder() / "counting_tools.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        Report(
            row["tool"],
            row["convention"],
            [int(row[name]) for name in NETWORKS],
            [figures[row["convention"]] for figures in computed],
        )
        for row in rows
    ]


def by_convention(counted, *, relu=True, adaptive_pooling=0, softmax=0):
    """Return what a tool of each convention reports for a network.

    Parameters
    ----------
    counted : helpers.complexity.Complexity
        The counts of the network.
    relu : bool
        Whether ReLU follows all layers with weights but the last. (tanh is counted by no tool.)
    adaptive_pooling : int
        The outputs of an adaptive average pooling besides the network's own layers.
    softmax : int
        The operations of a softmax after the last layer.

    Returns
    -------
    dict of str to int
        A convention, as named in ``data/counting_tools.csv`` -> the figure reported.
    """
    rows = counted.rows

    def outputs_of(kind):
        return sum(row.activations for row in rows if kind in type(row.layer).__name__)

    macs, convolutions = counted.macs, outputs_of("Conv2D")
    biases = convolutions + outputs_of("Dense")  # one addition for each output of a layer
    relus = biases - rows[-1].activations if relu else 0
    means = outputs_of("AveragePool")
    pooled = 4 * outputs_of("Pool")  # what goes into pooling: 2 x 2 numbers for each that comes out
    return {
        "weights only": macs,
        "+ adaptive average pooling": macs + adaptive_pooling,
        "+ average pooling": macs + means + adaptive_pooling,
        "+ average pooling, adaptive twice": macs + means + 2 * adaptive_pooling,
        "+ biases": macs + biases,
        "+ biases, twice ReLU and pooling": macs + biases + 2 * (relus + pooled + adaptive_pooling),
        "2 per MAC, conv biases, ReLU, pooling": 2 * macs + convolutions + relus + pooled + adaptive_pooling,
        "2 per MAC, biases, pooling, softmax": 2 * macs + biases + pooled + softmax,
    }
