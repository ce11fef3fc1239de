"""Exercises of chapter 1: layers, parameters, multiply-adds, and what else needs memory."""

from functools import partial
from itertools import pairwise

import numpy as np

from helpers.complexity import Conv2D, count, mlp
from helpers.exercises.exercise import ChoiceExercise, DesignExercise, FunctionExercise, Slip, ValueExercise, unrepaired
from helpers.language import N_, _

BUDGET = 1900, 2000


def _sizes(rng):
    return rng.integers(2, 40, size=rng.integers(2, 6)).tolist()


def _deep_sizes(rng):
    return rng.integers(1, 12, size=9).tolist()


def _equal_sizes(rng):
    return [int(rng.integers(2, 40))] * 4


def _wide_sizes(rng):
    return rng.integers(3000, 90_000, size=2).tolist()


def _ending_in_one(rng):
    return [*_sizes(rng), 1]


EDGES_OF_SIZES = _deep_sizes, _equal_sizes, _wide_sizes, _ending_in_one


def _complexity(sizes):
    return count(mlp(sizes), (sizes[0],))


def _macs(sizes):
    return sum(n * m for n, m in pairwise(sizes))


def _convolution(side, kernel_size, in_channels, out_channels):
    return count([Conv2D(in_channels, out_channels, kernel_size)], (in_channels, side, side))


def _memory(sizes, batch_size, *, copies=4, left=()):
    """Return the bytes for `copies` of the parameters and for the activations, with the mistakes that are left."""
    activations = _complexity(sizes).activations + ("inputs" in left) * sizes[0]
    activations *= 1 if "batch" in left else batch_size
    copies -= 2 * ("optimiser" in left)
    return (8 if "bytes" in left else 4) * (copies * _complexity(sizes).parameters + activations)


def _budget_slip(sizes):
    sizes = np.asarray(sizes).tolist()
    if {type(size) for size in sizes} != {int} or min(sizes) < 1:
        return _("no list of whole numbers")
    if len(sizes) != 4:
        return "not two hidden layers"
    if sizes[0] != 64 or sizes[-1] != 10:
        return "wrong ends"
    if sizes[2] >= sizes[1]:
        return "not narrowing"
    parameters = _complexity(sizes).parameters
    if parameters > BUDGET[1]:
        return "biases forgotten" if _macs(sizes) <= BUDGET[1] else "over the budget"
    return "budget left unused" if parameters < BUDGET[0] else None


EXERCISES = (
    FunctionExercise(
        name="parameter_count",
        chapter=1,
        title=_("Complete a formula: the parameters of a plain network"),
        points=2,
        reference=lambda sizes: _complexity(sizes).parameters,
        draw=lambda rng: (_sizes(rng),),
        edges=tuple(lambda rng, sizes=sizes: (sizes(rng),) for sizes in EDGES_OF_SIZES),
        fixed=(([3, 4, 2],), ([784, 128, 10],), ([5, 1],)),
        slips=(
            Slip("biases forgotten", _macs, _("You count the weights alone. Each unit has a bias besides.")),
            Slip(
                "biases for the inputs",
                lambda sizes: _macs(sizes) + sum(sizes),
                _("You give biases to the inputs, too. The input layer computes nothing, so it has none."),
            ),
            Slip(
                "a bias for each input",
                lambda sizes: _macs(sizes) + sum(sizes[:-1]),
                _("You count a bias for each of the n inputs of a layer. Its m units have one each: n * m + m."),
            ),
            Slip(
                "one bias a layer",
                lambda sizes: _macs(sizes) + len(sizes) - 1,
                _("You add one bias a layer. Each unit of the layer has its own."),
            ),
            Slip(
                "first layer only",
                lambda sizes: sizes[0] * sizes[1] + sizes[1],
                _("You return after the first pair of layers. Is `return` inside the loop?"),
            ),
        ),
        hints=(
            _("Take the layers in pairs: n inputs feed m units."),
            _("m units have n weights each and one bias each."),
            _("Add n * m + m over all pairs of neighbours; itertools.pairwise(sizes) yields the pairs."),
        ),
    ),
    FunctionExercise(
        name="convolution_macs",
        chapter=1,
        title=_("Complete a formula: the work of a convolution"),
        points=2,
        reference=lambda side, kernel_size, in_channels, out_channels: (
            _convolution(side, kernel_size, in_channels, out_channels).macs
        ),
        draw=lambda rng: tuple(int(rng.integers(low, high)) for low, high in ((8, 40), (2, 7), (1, 8), (2, 9))),
        edges=(
            lambda rng: (int(rng.integers(8, 40)), 1, 3, 2),
            lambda rng: (7, 7, int(rng.integers(2, 9)), int(rng.integers(2, 9))),
            lambda rng: (2 * int(rng.integers(5, 20)), 4, 1, int(rng.integers(2, 9))),
            lambda rng: (2 * int(rng.integers(5, 20)) + 1, 2, int(rng.integers(2, 9)), 1),
            lambda rng: (int(rng.integers(400, 4000)), 11, 64, int(rng.integers(100, 500))),
        ),
        fixed=((8, 3, 1, 1), (32, 5, 1, 6), (14, 5, 6, 16), (6, 6, 2, 3)),
        slips=(
            Slip(
                "a position for each pixel",
                lambda side, kernel_size, in_channels, out_channels: (
                    side**2 * kernel_size**2 * in_channels * out_channels
                ),
                _("You let the window start at every pixel. Without a rim of zeros it must stay inside the image."),
            ),
            Slip(
                "off by one",
                lambda side, kernel_size, in_channels, out_channels: (
                    (side - kernel_size) ** 2 * kernel_size**2 * in_channels * out_channels
                ),
                _(
                    "You lose one position in each direction: a window as large as the image has one position, "
                    "not none."
                ),
            ),
            Slip(
                "weights alone",
                lambda side, kernel_size, in_channels, out_channels: kernel_size**2 * in_channels * out_channels,
                _("This is the number of weights. Each weight is used once at every position of the window."),
            ),
            Slip(
                "input channels forgotten",
                lambda side, kernel_size, in_channels, out_channels: (
                    (side - kernel_size + 1) ** 2 * kernel_size**2 * out_channels
                ),
                _("Each window has weights for every channel that comes in."),
            ),
            Slip(
                "output channels forgotten",
                lambda side, kernel_size, in_channels, out_channels: (
                    (side - kernel_size + 1) ** 2 * kernel_size**2 * in_channels
                ),
                _("Each of the `out_channels` windows does all of this work again."),
            ),
            Slip(
                "window of one row",
                lambda side, kernel_size, in_channels, out_channels: (
                    (side - kernel_size + 1) ** 2 * kernel_size * in_channels * out_channels
                ),
                _("The window is a square: its pixels are kernel_size ** 2."),
            ),
            Slip(
                "positions in one row",
                lambda side, kernel_size, in_channels, out_channels: (
                    (side - kernel_size + 1) * kernel_size**2 * in_channels * out_channels
                ),
                _("You count the positions in one row. There are as many rows of them."),
            ),
            Slip(
                "always a window of 3",
                lambda side, kernel_size, in_channels, out_channels: (
                    (side - 2) ** 2 * kernel_size**2 * in_channels * out_channels
                ),
                _("side - 2 is right for windows of 3 pixels. How many positions has one of 5?"),
            ),
            Slip(
                "biases counted",
                lambda side, kernel_size, in_channels, out_channels: (
                    (side - kernel_size + 1) ** 2 * (kernel_size**2 * in_channels + 1) * out_channels
                ),
                _(
                    "You count the biases. With each bias the additions are as many as the multiplications: none "
                    "is extra."
                ),
            ),
        ),
        hints=(
            _("MACs = weights * positions."),
            _("In a row of 8 pixels a window of 3 has 6 positions."),
            _("weights = kernel_size ** 2 * in_channels * out_channels; positions = (side - kernel_size + 1) ** 2."),
        ),
    ),
    ValueExercise(
        name="backward_macs",
        chapter=1,
        title=_("Predict, then compute: the way back of 784-128-10"),
        points=1,
        reference=lambda: 2 * _macs([784, 128, 10]) - 784 * 128,
        slips=(
            Slip("twice the forward pass", 203_264, _("Twice is the rule of thumb. Which layer has nobody below it?")),
            Slip(
                "as much as forward", 101_632, _("This is the way forward. The way back makes two products in a layer.")
            ),
            Slip(
                "both ways",
                204_544,
                _("This is forward and backward together; the question is for the way back alone."),
            ),
            Slip(
                "gradient handed on only", 1_280, _("This hands the gradient on, but the weights want gradients, too.")
            ),
        ),
        hints=(
            _("Each layer makes two products: one for the gradient of its weights, one for the layer below."),
            _("Nobody needs the gradient of the inputs, so the first layer makes only one product."),
            _("Twice 784 * 128 + 128 * 10, less 784 * 128."),
        ),
    ),
    FunctionExercise(
        name="training_bytes",
        chapter=1,
        title=_("Repair: the memory that training needs"),
        points=3,
        reference=lambda sizes, batch_size: _complexity(sizes).training_memory(batch_size, "adam").total,
        draw=lambda rng: (_sizes(rng), int(rng.integers(2, 65))),
        edges=(
            *(lambda rng, sizes=sizes: (sizes(rng), int(rng.integers(2, 65))) for sizes in EDGES_OF_SIZES),
            lambda rng: (_sizes(rng), 1),
            lambda rng: (_sizes(rng), int(rng.integers(1000, 100_000))),
        ),
        fixed=(([3, 4, 2], 1), ([784, 128, 10], 32)),
        slips=(
            *unrepaired(
                _memory,
                {
                    N_("optimiser"): _("Adam remembers two numbers for each parameter."),
                    N_("batch"): _("You keep the outputs for one sample. The way back needs those of the whole batch."),
                    N_("inputs"): _(
                        "The inputs are the data and no layer's output: they do not count among the activations."
                    ),
                    N_("bytes"): _("8 bytes are a float64. Here all numbers have 32 bits."),
                },
            ),
            Slip(
                "gradients forgotten",
                partial(_memory, copies=3),
                _("Three copies of the parameters are too few: parameters, gradients, and two numbers of Adam."),
            ),
        ),
        hints=(
            _("There are four mistakes: two kinds of numbers are missing, one is miscounted, and the bytes are wrong."),
            _("How many numbers are kept for each parameter? One is its value."),
            _("4 bytes * (4 * parameters + batch_size * sum(sizes[1:]))."),
        ),
    ),
    DesignExercise(
        name="budget_network",
        chapter=1,
        title=_("Design: spend a budget"),
        points=2,
        accepts=_budget_slip,
        expects=_("a list of four whole numbers such as [64, 20, 12, 10]"),
        slips=(
            Slip("over the budget", [64, 32, 16, 10], _("It has more than 2000 parameters.")),
            Slip(
                "biases forgotten",
                [64, 24, 13, 10],
                _("Its weights are at most 2000, but with the biases it has more."),
            ),
            Slip("budget left unused", [64, 20, 8, 10], _("It has fewer than 1900 parameters: spend the budget.")),
            Slip("not two hidden layers", [64, 26, 10], _("Two hidden layers make a list of four numbers.")),
            Slip(
                "wrong ends",
                [32, 40, 10, 10],
                _("The images have 64 pixels and there are 10 digits: 64 first, 10 last."),
            ),
            Slip("not narrowing", [64, 16, 30, 10], _("The second hidden layer should be narrower than the first.")),
        ),
        hints=(
            _("Most parameters sit between the 64 pixels and the first hidden layer: about 65 for each of its units."),
            _("Try 24 units in the first hidden layer: what does it cost, and what is left?"),
            _("With 24 units 1560 are spent. Each unit of the second layer costs 24 + 1, and 10 in the output layer."),
        ),
    ),
    ChoiceExercise(
        name="small_layers",
        chapter=1,
        title=_("Explain: sixteen times the work, hardly more time"),
        points=1,
        right="e70966a279a6c568",
        options={
            "multiply-adds of biases": _("Biases are a few additions more, and they grow with the width as well."),
            "fixed cost": _("A call costs some tenths of a microsecond, whatever it computes; 64 products take less."),
            "parallel cores": _("A second core takes longer to wake than such a product lasts."),
            "wrong count": _("The count is exact: Counted numbers made every multiplication and tallied it."),
        },
        hints=(
            _("What would a layer of width 1 cost?"),
            _("Think of everything that happens between your line of Python and the first multiplication."),
        ),
    ),
)
