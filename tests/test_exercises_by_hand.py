"""Exercises: what the right answer and each slip come to, worked by hand, and what inputs are drawn.

A slip that is judged against itself is always found, whatever it computes: here its value comes from elsewhere.
"""

import math
import re

import numpy as np
import pytest

from helpers.datasets import digits
from helpers.exercises import EXERCISES, chapter5
from helpers.exercises.exercise import FunctionExercise
from helpers.exercises.judge import CORRECT, INCORRECT, judge
from helpers.exercises.values import difference, plain
from helpers.experiments.capstone import START
from helpers.network import Network
from helpers.training import train
from tests.test_exercises_texts import TASKS

RIGHT = "right"
LN2, LN3, LN4 = np.log([2, 3, 4])

#: name: (arguments, what the right answer and the slips return) for one or more calls.
WORKED = {
    "parameter_count": [
        (
            ([2, 3, 2],),  # weights 6 + 6, biases 3 + 2
            {
                RIGHT: 17,
                "biases forgotten": 12,
                "biases for the inputs": 19,
                "a bias for each input": 17,
                "one bias a layer": 14,
                "first layer only": 9,
            },
        )
    ],
    "convolution_macs": [
        (
            (5, 2, 3, 4),  # 4 x 4 positions, 2 x 2 x 3 x 4 = 48 weights
            {
                RIGHT: 768,
                "a position for each pixel": 1200,
                "off by one": 432,
                "weights alone": 48,
                "input channels forgotten": 256,
                "output channels forgotten": 192,
                "window of one row": 384,
                "positions in one row": 192,
                "always a window of 3": 432,
                "biases counted": 832,
            },
        ),
        (
            (6, 3, 2, 5),  # 4 x 4 positions, 3 x 3 x 2 x 5 = 90 weights
            {
                RIGHT: 1440,
                "a position for each pixel": 3240,
                "off by one": 810,
                "weights alone": 90,
                "input channels forgotten": 720,
                "output channels forgotten": 288,
                "window of one row": 480,
                "positions in one row": 360,
                "always a window of 3": 1440,
                "biases counted": 1520,
            },
        ),
    ],
    "training_bytes": [
        (
            ([2, 3, 2], 10),  # 17 parameters, 5 activations for each of 10 samples
            {
                RIGHT: 4 * (68 + 50),
                "as handed out": 8 * (34 + 7),
                "optimiser, batch, inputs": 4 * (34 + 7),
                "optimiser, batch, bytes": 8 * (34 + 5),
                "optimiser, inputs, bytes": 8 * (34 + 70),
                "batch, inputs, bytes": 8 * (68 + 7),
                "optimiser, batch": 4 * (34 + 5),
                "optimiser, inputs": 4 * (34 + 70),
                "optimiser, bytes": 8 * (34 + 50),
                "batch, inputs": 4 * (68 + 7),
                "batch, bytes": 8 * (68 + 5),
                "inputs, bytes": 8 * (68 + 70),
                "optimiser": 4 * (34 + 50),
                "batch": 4 * (68 + 5),
                "inputs": 4 * (68 + 70),
                "bytes": 8 * (68 + 50),
                "gradients forgotten": 4 * (51 + 50),
            },
        )
    ],
    "decayed_rate": [
        (
            (3, 8.0, 0.25, 2),
            {
                RIGHT: 1,
                "staircase": 2,
                "exponent lost": 3,
                "a step for each epoch": 1 / 8,
                "natural exponent": 8 * math.exp(-3 / 8),
                "base forgotten": 1 / 8,
                "what is taken off": 8 * 0.75**1.5,
                "base in the power": 2**1.5,
                "fraction upside down": 2 ** (5 / 3),
                "linear instead of exponential": -1,
            },
        ),
        (
            (0, 8.0, 0.25, 2),
            {
                RIGHT: 8,
                "staircase": 8,
                "exponent lost": 0,
                "a step for each epoch": 8,
                "natural exponent": 8,
                "base forgotten": 1,
                "what is taken off": 8,
                "base in the power": 1,
                "fraction upside down": ZeroDivisionError,
                "linear instead of exponential": 8,
            },
        ),
    ],
    "losses_of_descent": [
        (
            (3.0, 0.25, 3),  # w + 1: 4, 2, 1, 0.5
            {
                RIGHT: [16, 4, 1],
                "update before loss": [4, 1, 0.25],
                "loss for slope": [16, 0, 0],
                "uphill": [16, 36, 81],
                "slope without its factor": [16, 9, 2.25**2],
                "one too many": [16, 4, 1, 0.25],
                "parameters": [3, 1, 0],
            },
        )
    ],
    "sigmoid_backward": [
        (
            (np.array([2.0, -1.0]), np.array([0.5, 0.25])),
            {
                RIGHT: [0.5, -0.1875],
                "gradient forgotten": [0.25, 0.1875],
                "output taken for input": [0.470007, -0.246134],
                "slope of tanh": [1.5, -0.9375],
                "sign": [-0.5, 0.1875],
                "slope missing": [1, -0.25],
                "half of the slope": [1, -0.75],
                "mean over the units": [0.25, -0.09375],
                "sum for product": [2.25, -0.8125],
            },
        )
    ],
    "stable_tanh": [
        (
            (np.array([LN2, -LN3, 1000, -1000]),),  # exp(2x): 4, 1/9, too large, 0
            {
                RIGHT: [0.6, -0.8, 1, -1],
                "textbook formula": [0.6, -0.8, 1, math.nan],
                "overflow on the right": [0.6, -0.8, math.nan, -1],
                "sign lost": [0.6, 0.8, 1, 1],
                "nan papered over": [0.6, -0.8, 1, 0],
                "half as steep": [1 / 3, -1 / 2, 1, -1],
                "sigmoid": [0.8, 0.1, 1, 0],
            },
        )
    ],
    "initial_deviation": [
        (
            (8, "relu"),
            {
                RIGHT: 1 / 2,
                "variance": 1 / 4,
                "the same for all": 8**-0.5,
                "He's for all": 1 / 2,
                "twice the deviation": 2 * 8**-0.5,
                "two names mixed up": 8**-0.5,
            },
        ),
        (
            (4, "identity"),
            {
                RIGHT: 1 / 2,
                "variance": 1 / 4,
                "the same for all": 1 / 2,
                "He's for all": 2**-0.5,
                "twice the deviation": 1 / 2,
                "two names mixed up": 2**-0.5,
            },
        ),
    ],
    "dead_units": [
        (
            (np.array([[-1.0, 1, 0, 2, 5], [-2, -4, -1, -1, -1], [-3, -5, 0, -1, -1], [-1, -1, 0, 0, -1]]),),
            {
                RIGHT: 2,  # the first and the third
                "samples for units": 3,
                "any for all": 5,
                "below on average": 4,
                "zero fires": 1,
                "the living": 3,
                "numbers for units": 17,
            },
        ),
        (
            (np.array([[0.0, 1, 2], [1, 1, 3]]),),
            {
                RIGHT: 0,
                "samples for units": 0,
                "any for all": 1,
                "below on average": 0,
                "zero fires": 0,
                "the living": 3,
                "numbers for units": 1,
            },
        ),
    ],
    "squared_error": [
        (
            (np.array([1.0, 4.0]), np.array([3.0, 5.0])),  # errors -2 and -1
            {
                RIGHT: 2.5,
                "sum for mean": 5,
                "absolute error": 1.5,
                "square of the mean": 2.25,
                "root": 2.5**0.5,
                "sum of both": (16 + 81) / 2,
                "no mean": [4, 1],
            },
        )
    ],
    "yogurt_loss": [
        (
            (np.array([5.0, 1.0]), np.array([2.0, 3.0]), 2.0, 10.0),  # 3 too many, 2 too few
            {
                RIGHT: 26,
                "sign": 6 - 20,
                "prices swapped": 30 + 4,
                "mean for sum": 13,
                "one price": 6 + 4,
                "squares": 18 + 40,
                "too much only": 6,
            },
        )
    ],
    "surprise": [
        (
            (np.array([0.5, 0.5, 0.0]), np.array([0.25, 0.75, 0.0])),
            {
                RIGHT: LN4 - LN3 / 2,
                "log10 for ln": math.log10(4) - math.log10(3) / 2,
                "bits": 2 - math.log2(3) / 2,
                "minus lost": LN3 / 2 - LN4,
                "truth forgotten": math.inf,
                "arguments swapped": LN2,
                "0 times infinity": math.nan,
                "mean for sum": (LN4 - LN3 / 2) / 3,
            },
        )
    ],
    "loss_of_logits": [
        (
            (np.array([LN3, 0.0]), 1),  # probabilities 3/4 and 1/4
            {
                RIGHT: LN4,
                "overflow": LN4,
                "two steps": LN4,
                "one step, not shifted": LN4,
                "shifted in one place": math.log(4 / 3),
                "small number added": -math.log(0.25 + 1e-7),
                "clipped": LN4,
                "softmax twice": math.log(1 + math.exp(0.5)),
                "log10 for ln": math.log10(4),
                "minus lost": -LN4,
            },
        ),
        (
            (np.array([1000.0, 0.0]), 1),
            {
                RIGHT: 1000,
                "overflow": math.inf,
                "two steps": math.inf,
                "one step, not shifted": math.inf,
                "shifted in one place": 0,
                "small number added": 7 * math.log(10),
                "clipped": 7 * math.log(10),
                "softmax twice": math.log(1 + math.e),
                "log10 for ln": 1000 * math.log10(math.e),
                "minus lost": -1000,
            },
        ),
    ],
    "accuracy": [
        (
            (np.array([[2.0, 1, 0], [0, 1, 3], [0, 5, 1], [1, 0, 4]]), np.array([0, 2, 1, 1])),
            {
                RIGHT: 0.75,
                "number for share": 3,
                "percent": 75,
                "errors": 0.25,
                "one answer for all": 0,
                "least probable class": 0.25,
            },
        )
    ],
    "scaled_test": [
        (
            (np.array([[0.0, 10], [4, 30]]), np.array([[6.0, 40], [2, 0]])),  # means 2 and 20, deviations 2 and 10
            {
                RIGHT: [[2, 2], [0, -2]],
                "scaled by itself": [[1, 1], [-1, -1]],
                "scaled by both": [[3 * 5**-0.5, 20 * 250**-0.5], [-(5**-0.5), -20 * 250**-0.5]],
                "deviation of the test part": [[2, 1], [0, -1]],
                "mean of the test part": [[1, 2], [-1, -2]],
                "into a range": [[1.5, 1.5], [0.5, -0.5]],
                "brackets forgotten": [[5, 38], [1, -2]],
                "one less than the number": [[2**0.5, 2**0.5], [0, -(2**0.5)]],
                "one scale for all features": [[-5 * 133**-0.5, 29 * 133**-0.5], [-9 * 133**-0.5, -11 * 133**-0.5]],
                "variance": [[1, 0.2], [0, -0.2]],
                "training part": [[-1, -1], [1, 1]],
            },
        )
    ],
    "in_standard_errors": [
        (
            (np.array([1.0, 2, 3]), np.array([3.0, 6, 9])),
            {
                RIGHT: 2 * 3**0.5,
                "turned round": -2 * 3**0.5,
                "deviation for error": 2,
                "deviation by n": 6**0.5,
                "divided twice": 2 / 3**0.5,
                "variance": 3**0.5,
                "error alone": 2 / 3**0.5,
                "spread of the second": 4 / 3 * 3**0.5,
                "number for its root": 6,
                "divided by n": 3 * 2**0.5,
                "not in pairs": 4 / (10 / 3) ** 0.5,
                "mean alone": 4,
            },
        ),
    ],
    "training_step": [
        (
            # Probabilities (3/4, 1/4) and (1/2, 1/2); the gradient is (3/8, -3/8), (1/2, -1/2).
            (np.array([[LN3, 0.0], [0, 0]]), np.array([[1.0, 2], [0, 1]]), np.array([1, 0]), 2.0),
            {
                RIGHT: [[LN3 - 0.75, 0.75], [-1, 1]],
                "uphill": [[LN3 + 0.75, -0.75], [1, -1]],
                "sum for mean": [[LN3 - 1.5, 1.5], [-2, 2]],
                "without softmax": [[0, 1], [1 - 2 * LN3, 2]],
                "softmax over samples": [[LN3 - 0.75, 0.5], [-0.75, 0.5]],
                "softmax over all": [[LN3 - 1 / 2, 5 / 6], [-1 / 6, 3 / 2]],
                "step alone": [[-0.75, 0.75], [-1, 1]],
                "the step alone": [[0.75, -0.75], [1, -1]],
            },
        )
    ],
}
#: x and y are 0, 1 and 1, 3: from w = b = 0 the errors are -1 and -3, so the slopes are -3 and -4.
LINE = np.array([0.0, 1.0]), np.array([1.0, 3.0]), 0.5, 1
SIGNAL = np.array([[1.0, 1.0]]), [np.array([[2.0, 0], [1, 1], [0, -1]]), np.array([[-1.0, -1, 1], [0, 1, 1]])]
HELD_OUT = np.array([[0.0], [2], [5]]), np.array([0, 1, 0]), 2, 1.0, 1
WORKED |= {
    "fitted_line": [
        (
            LINE,
            {
                RIGHT: [1.5, 2],
                "as handed out": [0, 0],
                "sign": [-1.5, -2],
                "height": [1.5, 4],
                "steps": [0, 0],
                "one after the other": [1.5, 1.25],
                "height first": [2, 1.5],
                "factor of the square": [0.75, 1],
            },
        )
    ],
    "training_macs": [
        (
            ([2, 3, 4], 10, 5),  # forward 6 + 12, back 6 + 24
            {
                RIGHT: 48 * 50,
                "forward alone": 18 * 50,
                "three times": 54 * 50,
                "last for first": 42 * 50,
                "biases counted": (3 * (18 + 7) - 6) * 50,
                "back alone": 30 * 50,
                "one epoch": 480,
                "one sample": 240,
            },
        )
    ],
    "gradient_error": [
        (
            (np.array([2.0, 3]), np.array([1.0, 1]), 0.25, np.array([5.0, 4])),  # measured: 2 and 4
            {
                RIGHT: 3 / (41**0.5 + 20**0.5),
                "one-sided": 17**0.5 / (41**0.5 + 80**0.5),
                "not divided": 20**0.5 / (41**0.5 + 5**0.5),
                "sum of the losses": 17**0.5 / (41**0.5 + 10),
                "half for double": (4.875**2 + 3.75**2) ** 0.5 / (41**0.5 + (1 + 4) ** 0.5 / 8),
                "not relative": 3,
                "relative to one": 3 / 41**0.5,
                "other size": 3 / (9 + 6),
                "squares of sizes": 9 / (41 + 20),
                "size of the sum": 3 / (49 + 64) ** 0.5,
                "downhill": (49 + 64) ** 0.5 / (41**0.5 + 20**0.5),
            },
        ),
    ],
    "two_layers_back": [
        (
            # Sums 3 and -1, so the output is 6, the error 5, and what comes back 10 times 2 and 3.
            (np.array([1.0, 2]), np.array([1.0]), np.array([[1.0, 1], [1, -1]]), np.array([[2.0, 3]])),
            {
                RIGHT: [[20, 40], [0, 0]],
                "slope forgotten": [[20, 40], [30, 60]],
                "factor of the square": [[10, 20], [0, 0]],
                "sign": [[-20, -40], [0, 0]],
                "rows for columns": [[20, 0], [40, 0]],
                "second layer": [[30, 0]],
            },
        )
    ],
    "first_outputs": [
        (
            SIGNAL,  # sums 2, 2 and -1, times 1; then -4 and 2, times the root of 2/3
            {
                RIGHT: [[-4 * (2 / 3) ** 0.5, 2 * (2 / 3) ** 0.5]],
                "as handed out": [[0, 4 / 3]],
                "deviation": [[-8 / 3, 4 / 3]],
                "fan-in": [[-4 * (2 / 3) ** 0.5, 2 * (2 / 3) ** 0.5]],
                "last layer": [[0, 2 * (2 / 3) ** 0.5]],
                "Xavier's weights": [[-2 * (2 / 3) ** 0.5, (2 / 3) ** 0.5]],
            },
        )
    ],
    "logit_loss": [
        (
            (float(LN3), 1),  # probabilities 3/4 and 1/4
            {
                RIGHT: LN4 - LN3,
                "overflow": LN4 - LN3,
                "one of two terms": LN4 - LN3,
                "labels swapped": LN4,
                "label 1 alone": LN4 - LN3,
                "squared error": 1 / 16,
                "minus lost": LN3 - LN4,
                "logit alone": 0,
            },
        ),
        (
            (800.0, 0),
            {
                RIGHT: 800,
                "overflow": math.inf,
                "one of two terms": math.inf,
                "labels swapped": 0,
                "label 1 alone": 0,
                "squared error": 1,
                "minus lost": -800,
                "logit alone": 800,
            },
        ),
    ],
    "held_out_loss": [
        (
            # Scaled -1, 1 and 4, one step gives weights -1/2 and 1/2: the logits of the third differ by 4.
            HELD_OUT,
            {
                RIGHT: math.log(1 + math.exp(4)),
                "scale": 1.057991,
                "training": math.log(1 + math.exp(-8 / 3)),
                "rows measured": math.log(1 + math.exp(-1)),
                "uphill": math.log(1 + math.exp(-4)),
            },
        )
    ],
}
CALLS = [(name, arguments, results) for name, calls in WORKED.items() for arguments, results in calls]


@pytest.mark.parametrize("name, arguments, results", CALLS, ids=[f"{name}-{i}" for i, (name, *_) in enumerate(CALLS)])
@np.errstate(all="ignore")
def test_right_answers_and_slips_return_what_was_worked_by_hand(name, arguments, results):
    exercise = EXERCISES[name]
    answers = {RIGHT: exercise.reference, **{slip.name: slip.wrong for slip in exercise.slips}}
    several = {slip for slip in answers if slip not in results}  # of several mistakes that are left: combinations
    assert set(results) <= set(answers) and all(", " in slip or slip == "as handed out" for slip in several)
    for answer, result in results.items():
        if result is ZeroDivisionError:
            with pytest.raises(result):
                answers[answer](*arguments)
        else:
            got = plain(answers[answer](*arguments))
            assert type(got) is not bool or type(result) is bool, answer
            np.testing.assert_allclose(got, result, rtol=1e-5, atol=1e-8, err_msg=answer)


def test_every_function_is_worked_by_hand():
    assert set(WORKED) == {exercise.name for exercise in EXERCISES.values() if isinstance(exercise, FunctionExercise)}


#: The right answers to the inputs that are always tried.
FIXED = {
    "parameter_count": [3 * 4 + 4 + 4 * 2 + 2, 101_770, 6],
    "convolution_macs": [36 * 9, 28 * 28 * 150, 100 * 2400, 36 * 2 * 3],
    "training_bytes": [4 * (4 * 26 + 6), 4 * (4 * 101_770 + 32 * 138)],
    "decayed_rate": [0.2, 0.1, 0.2 * 0.5**0.5],
    "losses_of_descent": [[36 * 0.36**n for n in range(5)], [16, 4]],
    "sigmoid_backward": [[0.25, 0.09, 0.18]],
    "stable_tanh": [np.tanh([-1, 0, 2]), [-1, np.tanh(0.5)], [1, np.tanh(-0.5)]],
    "initial_deviation": [2**0.5 / 8, 1 / 8, 1 / 10, 1],
    "dead_units": [1],
    "squared_error": [5 / 3, 0],
    "yogurt_loss": [99 + 2, 2 * 5],
    "surprise": [-math.log(0.6), -math.log(0.4), LN4],
    "loss_of_logits": [2.5836, 1000, math.log(1 + math.exp(-1))],
    "accuracy": [0.75],
    "scaled_test": [[[0, 0], [3, 2], [4, -2]], [[0]]],
    "in_standard_errors": [2 * 3**0.5, -4 / (10 / 3) ** 0.5],
    "training_step": [[[0.475631, -0.475631], [0.048737, 0.951263]]],
    "fitted_line": [[1.324444, 0.906667]],
    "training_macs": [(3 * 20 - 12) * 50, (3 * 2368 - 2048) * 1297 * 12],
    "gradient_error": [1 / (17**0.5 + 10**0.5)],
    "two_layers_back": [[[20, 40], [0, 0]]],
    "first_outputs": [[[-4 * (2 / 3) ** 0.5]]],
    "logit_loss": [math.log(1 + math.exp(-2)), math.log(1 + math.exp(2)), 800, 0],
}


@pytest.mark.parametrize("name", FIXED)
def test_inputs_that_are_always_tried_have_these_answers(name):
    exercise = EXERCISES[name]
    for arguments, right in zip(exercise.fixed, FIXED[name], strict=True):
        np.testing.assert_allclose(plain(exercise.reference(*arguments)), right, rtol=1e-4, atol=1e-12)


def test_inputs_that_a_task_names_are_always_tried():
    assert [-1000, 0.5] in [case[0].tolist() for case in EXERCISES["stable_tanh"].fixed]
    assert ([1000, 0, 0], 1) in [(logits.tolist(), label) for logits, label in EXERCISES["loss_of_logits"].fixed]
    assert {name for _, name in EXERCISES["initial_deviation"].fixed} == {"relu", "identity"}


def test_probabilities_that_are_always_tried_sum_to_1_and_accuracies_are_shares():
    for case in EXERCISES["surprise"].fixed:
        assert [part.sum() for part in case] == pytest.approx([1, 1])
    assert all(0 < share < 1 for case in EXERCISES["in_standard_errors"].fixed for part in case for share in part)


#: The slips whose wrong answer is a number that comes from a formula.
NUMBERS = {
    "backward_macs": {
        "twice the forward pass": 2 * (784 * 128 + 128 * 10),
        "as much as forward": 784 * 128 + 128 * 10,
        "both ways": 3 * (784 * 128 + 128 * 10) - 784 * 128,
        "gradient handed on only": 128 * 10,
    },
    "largest_rate": {
        "one over curvature": 1 / 6,
        "factor for curvature": 2 / 3,
        "edge of the chapter's bowl": 2 / 2,
        "edge for a curvature of 1": 2,
        "curvature itself": 6,
    },
    "steps_needed": {
        "never": math.inf,
        "log10 for ln": math.ceil(math.log10(0.001 / 6) / math.log(0.99)),
        "start at 1": math.ceil(math.log(0.001) / math.log(0.99)),
        "start at 5": math.ceil(math.log(0.001 / 5) / math.log(0.99)),
        "factor 0.995": math.ceil(math.log(0.001 / 6) / math.log(0.995)),
        "loss for distance": math.ceil(math.log(0.001 / 36) / math.log(0.99**2)),
        "one too many": math.ceil(math.log(0.001 / 6) / math.log(0.99)) + 1,
        "one short": math.floor(math.log(0.001 / 6) / math.log(0.99)),
    },
    "largest_factor": {
        "weights forgotten": 1 / 65_536,
        "slopes forgotten": 2**8,
        "sum": 8 * 2 / 4,
        "one layer": 2 / 4,
        "one layer short": (2 / 4) ** 7,
        "slope of 1": 1,
    },
    "floor_of_twice": {
        "softmax once": 0,
        "guessing": LN4,
        "probability": math.e / (math.e + 3),
        "four others": math.log(1 + 4 / math.e),
        "log10 for ln": math.log10(1 + 3 / math.e),
        "ten classes": math.log(1 + 9 / math.e),
    },
    "iris_parameters": {
        "biases forgotten": 69,
        "biases for the inputs": 83 + 4,
        "outputs without biases": 83 - 3,
        "multiply-adds for 150": 150 * 69,
        "one hidden layer": 5 * 6 + 7 * 3,
    },
    "sure_and_wrong": {
        "ratio of probabilities": 0.9 / 0.001,
        "loss alone": -math.log(0.001),
        "right answers alone": -math.log(0.9),
        "log10 for ln": 3.0,
        "upside down": math.log(0.9) / math.log(0.001),
    },
    "profit_for_service": {
        "share for price": 0.9,
        "cost of 1": 0.9 / 0.1,
        "cost forgotten below": 0.9 * 2,
        "turned round": 2 / 9,
        "total for profit": 2 + 18,
    },
}


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_of_slips_come_from_their_mistake(name):
    wrong = {slip.name: slip.wrong for slip in EXERCISES[name].slips}
    assert wrong == pytest.approx(NUMBERS[name], rel=2e-4)
    assert all(wrong[slip] == number for slip, number in NUMBERS[name].items() if type(number) is int)


#: The networks that are shown as slips, by their parameters.
COSTS = {
    "over the budget": 64 * 32 + 32 + 32 * 16 + 16 + 16 * 10 + 10,
    "biases forgotten": 1978 + 24 + 13 + 10,
    "budget left unused": 1300 + 168 + 90,
    "not two hidden layers": 1690 + 270,
    "wrong ends": 1320 + 410 + 110,
    "not narrowing": 1040 + 510 + 310,
}


def test_networks_of_slips_cost_what_was_counted_by_hand():
    count = EXERCISES["parameter_count"].reference
    assert {slip.name: count(slip.wrong) for slip in EXERCISES["budget_network"].slips} == COSTS


def test_settings_of_slips_are_wrong_in_one_respect():
    right = {"hidden": [32], "activation": "relu", "learning_rate": 0.4}
    for slip in EXERCISES["my_settings"].slips:
        wrong = [name for name, value in slip.wrong.items() if right.get(name) != value]
        assert len(wrong) == 1, slip.name


#: How far from the right answer a number still counts as right.
TOLERANCES = {
    "largest_rate": 0.01,
    "largest_factor": 0.01,
    "floor_of_twice": 0.005,
    "sure_and_wrong": 0.01,
    "profit_for_service": 0.001,
}


@pytest.mark.parametrize("name", TOLERANCES)
def test_a_number_may_be_off_by_its_tolerance(name):
    exercise, share = EXERCISES[name], TOLERANCES[name]
    for factor, outcome in ((1 + 0.99 * share, CORRECT), (1 + 1.01 * share, INCORRECT)):
        assert judge(exercise, lambda factor=factor: exercise.reference() * factor, None).outcome == outcome


def test_results_that_may_be_small_are_compared_more_closely_than_others():
    closer = {"decayed_rate": 0, "stable_tanh": 1e-9, "loss_of_logits": 1e-12}
    assert {e.name: e.atol for e in EXERCISES.values() if getattr(e, "atol", 1e-8) != 1e-8} == closer
    exercise = EXERCISES["stable_tanh"]
    assert difference(np.zeros(1), np.full(1, 2e-9), exercise.rtol, exercise.atol) is not None


def test_settings_are_judged_by_the_mean_of_their_seeds_on_each_split():
    for split in range(chapter5.SPLITS):
        training, held_out = digits().split(1297, seed=split)
        training, held_out = training.standardise(held_out)
        reached = []
        for seed in range(chapter5.SEEDS):
            network = Network([64, 4, 10], "relu", seed=seed)
            train(network, training.inputs, training.targets, 0.1, epochs=12)
            reached.append(network.accuracy(held_out.inputs, held_out.targets))
        assert chapter5._reached((4,), "relu", 0.1)[split] == pytest.approx(np.mean(reached))


def test_designs_are_compared_with_what_the_others_read():
    start = START["hidden_1"], START["hidden_2"], START["activation"], START["learning_rate"], START["epochs"]
    assert start == (32, 0, "relu", 0.1, chapter5.EPOCHS)
    assert chapter5._reached((32,), "relu", 0.1) == pytest.approx(chapter5.DEFAULT, abs=0.003)
    assert chapter5._reached((), "relu", 0.3) == pytest.approx(chapter5.NO_HIDDEN_LAYER, abs=0.003)


def test_a_design_has_to_be_ahead_of_both_others_by_two_standard_errors():
    others = np.array([chapter5.DEFAULT, chapter5.NO_HIDDEN_LAYER])
    luck = np.array([0.01, -0.01, 0.01, -0.01, 0.01])
    assert chapter5._is_better(others.max(axis=0) + 0.02 + luck / 10)
    assert not chapter5._is_better(others.max(axis=0) + luck)
    assert not any(chapter5._is_better(shares) for shares in others + luck / 100)


def test_a_design_is_told_what_was_measured():
    right = judge(EXERCISES["my_settings"], lambda: chapter5_solution(), None)
    assert re.fullmatch(
        r"Right\. It reads 97\.\d% of the held-out digits, the mean of 5 splits; "
        r"the workbench's start 96\.2%, no hidden layer 96\.7%\.",
        right.message,
    )


def chapter5_solution():
    return {"hidden": [39], "activation": "tanh", "learning_rate": 1}


#: The options of the choices, by the thought behind them, with words of the line in the task that says it.
OPTIONS = {
    "small_layers": {
        "multiply-adds of biases": "more biases",
        "fixed cost": "a fixed cost",
        "parallel cores": "several cores",
        "wrong count": "only an estimate",
    },
    "why_decay": {
        "always": "always ends lower",
        "noise": "mostly noise",
        "overflow": "too small for 32 bits",
        "local minima": "a local minimum",
    },
    "waking_the_dead": {
        "smaller rate": "A smaller learning rate",
        "patience": "Patience",
        "other inputs": "changes its inputs",
        "larger rate": "A larger learning rate",
    },
    "loss_for_a_promise": {
        "mean": "squared error",
        "median": "absolute error",
        "quantile": "asymmetric loss",
        "classes": "Cross-entropy",
    },
    "fair_comparison": {
        "one seed": "one network",
        "training images": "on the training images",
        "common rate": "that suits ReLU best",
        "spread": "paired differences",
    },
    "zero_weights": {
        "rate": "learning rate is too small",
        "no way through": "no weight gets a gradient",
        "loss of zero": "loss is 0",
        "biases first": "biases of the outputs learn first",
    },
    "loss_leaps": {
        "longer": "More epochs",
        "smaller network": "Fewer units",
        "smaller rate": "A smaller learning rate",
        "decay later": "shrinks after",
    },
    "first_suspect": {
        "loss": "loss does not fit",
        "rate": "learning rate is too small",
        "size": "too few units",
        "slopes": "a small slope",
    },
    "too_good": {"leak": "as copies", "rate": "learning rate was too high", "dead": "are dead", "too few": "Too few"},
    "where_first": {"rate": "learning rate", "loss": "The loss", "activation": "activation", "size": "number of units"},
}


@pytest.mark.parametrize("name", OPTIONS)
def test_options_are_named_in_their_order(name):
    lines = re.findall(r"^\* \*\*\w\.\*\* (.+)", TASKS[name], flags=re.MULTILINE)
    assert list(EXERCISES[name].options) == list(OPTIONS[name])
    for line, (thought, words) in zip(lines, OPTIONS[name].items(), strict=True):
        assert words in line, (
            f"the option for {thought!r} is judged, and reads {line!r}: mend the task, or the words here"
        )


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
def test_messages_and_hints_are_whole_sentences(exercise):
    for text in (exercise.reason or exercise.hints[0], *(slip.message for slip in exercise.slips), *exercise.hints):
        assert re.match(r"[A-Z](?![A-Z])|[a-z\d(]|MACs|COST", text) and text[-1] in ".?", text


def between(lowest, highest, size=(), decimals=None):
    """Numbers from lowest to highest, both of which are drawn (almost, if they are written with a point)."""
    return lowest, highest, None, None, size, decimals


def around(mean, deviation, size=(), decimals=2):
    return None, None, mean, deviation, size, decimals


#: What is drawn for each argument. A size is the smallest and the largest length, for a table those of each side.
DRAWN = {
    "parameter_count": [between(2, 39, size=[(2, 5)])],
    "convolution_macs": [between(8, 39), between(2, 6), between(1, 7), between(2, 8)],
    "training_bytes": [between(2, 39, size=[(2, 5)]), between(2, 64)],
    "decayed_rate": [between(1, 59), between(0.01, 1.0), between(0.5, 0.99), between(2, 19)],
    "losses_of_descent": [between(-9.0, 9.0), between(0.05, 1.05), between(2, 8)],
    "sigmoid_backward": [around(0, 1, [(2, 5)], decimals=3), between(0.02, 0.98, [(2, 5)], decimals=3)],
    "stable_tanh": [around(0, np.sqrt((4 * 9 + 2 * 1000**2) / 6), [(6, 6)], decimals=3)],
    "initial_deviation": [between(3.0, 1999.0), {"relu", "identity"}],
    "dead_units": [around(-1.5, np.sqrt(1 + 25 / 12), [(3, 6), (2, 5)])],
    "squared_error": [around(0, 3, [(3, 6)]), around(0, 3, [(3, 6)])],
    "yogurt_loss": [around(0, 3, [(3, 6)]), around(0, 3, [(3, 6)]), between(1, 8), between(10, 98)],
    "surprise": [around(1 / 3 + 1e-4, np.sqrt(1 / 18), [(3, 3)], decimals=4)] * 2,
    "loss_of_logits": [around(0, 4, [(3, 5)]), between(0, 4)],
    "accuracy": [around(0, 2, [(4, 8), (2, 4)]), between(0, 3, [(4, 8)])],
    "scaled_test": [around(0, np.sqrt(25 + 9), [(3, 5), (2, 3)])] * 2,
    "in_standard_errors": [
        between(0.8, 0.9, [(5, 8)], decimals=3),
        around(0.86, np.sqrt(0.01 / 12 + 0.0004), [(5, 8)], decimals=3),
    ],
    "training_step": [
        around(0, 1, [(2, 4), (2, 4)]),
        around(0, 1, [(2, 4), (2, 4)]),
        between(0, 3, [(2, 4)]),
        between(0.05, 1.0, decimals=2),
    ],
}


def drawn(name, count=3000):
    """Return many draws of each argument."""
    rng = np.random.default_rng(0)
    return list(zip(*(EXERCISES[name].draw(rng) for _ in range(count)), strict=True))


@pytest.mark.parametrize("name", DRAWN)
def test_random_inputs_cover_what_they_should(name):
    for values, expected in zip(drawn(name), DRAWN[name], strict=True):
        if isinstance(expected, set):
            assert set(values) == expected
            continue
        lowest, highest, mean, deviation, size, decimals = expected
        shapes = np.array([np.shape(value) for value in values])
        assert [*zip(shapes.min(axis=0), shapes.max(axis=0), strict=True)] == list(size)
        numbers = np.concatenate([np.ravel(value) for value in values])
        if decimals is not None:  # short enough to be read, and no shorter
            assert np.allclose(numbers, numbers.round(decimals), atol=1e-9)
            assert not np.allclose(numbers, numbers.round(decimals - 1), atol=1e-9)
        if mean is not None:
            assert numbers.mean() == pytest.approx(mean, abs=0.06 * deviation)
            assert numbers.std() == pytest.approx(deviation, rel=0.06)
        else:
            margin = 0.03 * (highest - lowest) if type(highest) is float else 0
            assert lowest <= numbers.min() <= lowest + margin and highest - margin <= numbers.max() <= highest


def test_random_inputs_fit_together():
    tanh_inputs = np.array(drawn("stable_tanh")[0])
    assert set(tanh_inputs[:, 4:].ravel()) == {-1000, 1000}
    assert tanh_inputs[:, :4].mean() == pytest.approx(0, abs=0.2)
    assert tanh_inputs[:, :4].std() == pytest.approx(3, rel=0.05)

    centres = [table.mean(axis=0).std() for (table,) in zip(*drawn("dead_units"), strict=True)]
    assert np.mean(centres) > 1  # each unit lies around a number of its own: some are dead and some alive

    for name in ("loss_of_logits", "accuracy"):
        logits, labels = drawn(name)
        assert all(np.max(label) < row.shape[-1] for row, label in zip(logits, labels, strict=True))
        assert any(np.max(label) == row.shape[-1] - 1 for row, label in zip(logits, labels, strict=True))
    logits, labels = drawn("accuracy")
    right = [(table.argmax(axis=1) == row).mean() for table, row in zip(logits, labels, strict=True)]
    assert np.mean(right) == pytest.approx(1 / 2 + (1 / 2 + 1 / 3 + 1 / 4) / 6, abs=0.02)
    wrong = [set(row[table.argmax(axis=1) != row]) for table, row in zip(logits, labels, strict=True)]
    assert max(map(len, wrong)) > 1  # each sample has a label of its own

    training, test = drawn("scaled_test")
    assert all(one.shape[1] == other.shape[1] for one, other in zip(training, test, strict=True))
    assert np.mean([part.var(ddof=1) for part in training]) == pytest.approx(9, rel=0.05)
    assert all(len(first) == len(second) for first, second in zip(*drawn("in_standard_errors"), strict=True))
    assert all(weights.shape[1] > labels.max() for weights, _, labels, _ in zip(*drawn("training_step"), strict=True))
