"""Why tools that count "FLOPs" disagree: each follows a convention, and from it every figure can be computed."""

import csv
from math import prod
from typing import NamedTuple

from helpers._checks import what_is
from helpers.complexity import AveragePool2D, Complexity, Conv2D, Dense, MaxPool2D, count, lenet5, mlp, vgg16
from helpers.datasets import data_folder
from helpers.language import N_, _

NETWORKS = ("3-4-2", "LeNet-5", "VGG-16")


class Report(NamedTuple):
    """What one tool reported.

    Parameters
    ----------
    tool, convention : str
        As named in ``data/counting_tools.csv``; the convention in the language that is spoken.
    figures : list of int
        What it reported for each of `NETWORKS`.
    computed : list of int
        What follows from its convention.
    per_mac : int
        How many operations it counts for a multiply-add.
    """

    tool: str
    convention: str
    figures: list
    computed: list
    per_mac: int

    @property
    def macs(self):
        """The figures as multiply-adds: of FLOPs the half."""
        return [figure / self.per_mac for figure in self.figures]


def tool_reports():
    """Return what well-known tools reported for three networks.

    Returns
    -------
    list of Report
        One a line of ``data/counting_tools.csv``.
    """
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
            _(row["convention"]),
            [int(row[name]) for name in NETWORKS],
            [figures[row["convention"]] for figures in computed],
            2 if row["convention"].startswith("2 per MAC") else 1,
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

    Raises
    ------
    TypeError
        If `counted` is something else.
    """
    if not isinstance(counted, Complexity):
        raise TypeError(_("counted must be what helpers.complexity.count returns, got {got}", got=what_is(counted)))
    rows = counted.rows

    def of(*kinds):
        return [row for row in rows if isinstance(row.layer, kinds)]

    macs, pools = counted.macs, of(MaxPool2D, AveragePool2D)
    convolutions = sum(row.activations for row in of(Conv2D))
    # One addition for each output of a layer with biases; ReLU looks at each but those of the last.
    outputs = [row.activations for row in of(Conv2D, Dense)]
    biases, relus = sum(outputs), sum(outputs[:-1]) if relu else 0
    means = sum(row.activations for row in of(AveragePool2D))
    # Of pooling, some tools count each number that comes in once, others each number that a window sees.
    pooled = sum(prod(row.input_shape) for row in pools)
    seen = sum(row.layer.kernel_size**2 * row.activations for row in pools)
    return {
        N_("weights only"): macs,
        N_("+ adaptive average pooling"): macs + adaptive_pooling,
        N_("+ average pooling"): macs + means + adaptive_pooling,
        N_("+ average pooling, adaptive twice"): macs + means + 2 * adaptive_pooling,
        N_("+ biases"): macs + biases,
        N_("+ biases, twice ReLU and pooling"): macs + biases + 2 * (relus + pooled + adaptive_pooling),
        N_("2 per MAC, conv biases, ReLU, pooling"): 2 * macs + convolutions + relus + pooled + adaptive_pooling,
        N_("2 per MAC, biases, pooling, softmax"): 2 * macs + biases + seen + softmax,
    }
