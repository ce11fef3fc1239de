"""Exercises of chapter 5, the capstone: train, judge fairly, and design a network."""

import functools

import numpy as np

from helpers.activations import ACTIVATIONS
from helpers.complexity import count, mlp
from helpers.datasets import digits
from helpers.exercises.exercise import ChoiceExercise, DesignExercise, FunctionExercise, Slip, times
from helpers.language import _
from helpers.losses import softmax, softmax_cross_entropy
from helpers.network import Network
from helpers.training import train

SPLITS, SEEDS, EPOCHS = 5, 2, 12
"""On how many splits of the digits a design is trained, from how many first weights on each, and how long."""

DEFAULT = 0.970, 0.961, 0.960, 0.967, 0.950
"""What share the workbench's start reads on each split: 32 ReLU units at a rate of 0.1."""

NO_HIDDEN_LAYER = 0.976, 0.965, 0.971, 0.971, 0.954
"""The same without a hidden layer, at a rate of 0.3, which suits it."""


def _classified(rng):
    samples, classes = int(rng.integers(4, 9)), int(rng.integers(2, 5))
    logits = rng.normal(0, 2, size=(samples, classes)).round(2)
    labels = np.where(rng.random(samples) < 0.5, logits.argmax(axis=1), rng.integers(classes, size=samples))
    return logits, labels


def _classified_as(samples, classes, share):
    """Return logits, all below 0, and labels of which about a share is right."""

    def draw(rng):
        logits = -rng.uniform(0.1, 5, size=(samples, classes)).round(2) + np.arange(classes) * 1e-3
        others = (logits.argmax(axis=1) + rng.integers(1, classes, size=samples)) % classes
        return logits, np.where(rng.random(samples) < share, logits.argmax(axis=1), others)

    return draw


def _accuracy(logits, labels):
    return float((logits.argmax(axis=1) == labels).mean())


def _parts(rng):
    shape = int(rng.integers(2, 4))
    parts = [rng.normal(rng.normal(0, 5), 3, size=(int(rng.integers(3, 6)), shape)).round(2) for _ in range(2)]
    return tuple(parts)


def _parts_of(rows, tested, features, spread=3.0):
    return lambda rng: tuple(
        (rng.normal(size=(number, features)) * rng.uniform(0.1, spread, size=features) + rng.normal(0, 20)).round(3)
        for number in (rows, tested)
    )


def _scaled(training, test, by=None):
    by = training if by is None else by
    return (test - by.mean(axis=0)) / by.std(axis=0)


def _pairs(rng):
    first = rng.uniform(0.8, 0.9, size=int(rng.integers(5, 9))).round(3)
    return first, (first + rng.normal(0.01, 0.02, size=len(first))).round(3)


def _pairs_of(number, shift, spread):
    """Return two sides whose differences are large or small against their spread."""

    def draw(rng):
        first = rng.uniform(0.3, 0.9, size=number).round(3)
        return first, first + shift + rng.normal(0, spread, size=number)

    return draw


def _in_errors(first, second, ddof=1):
    differences = second - first
    return float(differences.mean() / (differences.std(ddof=ddof) / np.sqrt(len(differences))))


def _unpaired(first, second):
    return (second.mean() - first.mean()) / np.sqrt((first.var(ddof=1) + second.var(ddof=1)) / len(first))


def _batch(rng):
    samples, features, classes = (int(n) for n in rng.integers(2, 5, size=3))
    return (
        rng.normal(size=(features, classes)).round(2),
        rng.normal(size=(samples, features)).round(2),
        rng.integers(classes, size=samples),
        round(float(rng.uniform(0.05, 1)), 2),
    )


def _batch_of(samples, features, classes, spread=1.0):
    return lambda rng: (
        (spread * rng.normal(size=(features, classes))).round(2),
        (spread * rng.normal(size=(samples, features))).round(2),
        rng.integers(classes, size=samples),
        round(float(rng.uniform(0.05, 3)), 2),
    )


def _step(weights, inputs, labels, rate, reduction="mean"):
    return weights - rate * inputs.T @ softmax_cross_entropy.gradient(inputs @ weights, labels, reduction=reduction)


def _step_from_logits(weights, inputs, labels, rate):
    logits = inputs @ weights
    return weights - rate * inputs.T @ (logits - np.eye(logits.shape[1])[labels]) / len(inputs)


def _step_softmax_over_samples(weights, inputs, labels, rate):
    logits = inputs @ weights
    return weights - rate * inputs.T @ (softmax(logits.T).T - np.eye(logits.shape[1])[labels]) / len(inputs)


def _step_softmax_over_all(weights, inputs, labels, rate):
    logits = inputs @ weights
    powers = np.exp(logits - logits.max())
    return weights - rate * inputs.T @ (powers / powers.sum() - np.eye(logits.shape[1])[labels]) / len(inputs)


@functools.cache
def _parts_of_digits(split):
    training, held_out = digits().split(1297, seed=split)
    return training.standardise(held_out)


@functools.cache
def _reached(hidden, activation, rate, splits=SPLITS):
    """Return the share of held-out digits that a network reads on each split, the mean of its seeds."""
    shares = []
    for split in range(splits):
        training, held_out = _parts_of_digits(split)
        network = Network([64, *hidden, 10], activation, seed=range(SEEDS))
        train(network, training.inputs, training.targets, rate, epochs=EPOCHS)
        shares.append(network.accuracy(held_out.inputs, held_out.targets).mean())
    return np.nan_to_num(shares)


def _is_better(shares):
    """Tell whether a design is ahead of both others by more than luck: two standard errors."""
    return all(_in_errors(np.array(other), shares) > 2 for other in (DEFAULT, NO_HIDDEN_LAYER))


def _network_slip(settings):
    """Judge a network by training it; whether its rate is at fault, too, is found by training."""
    if settings.keys() != {"hidden", "activation", "learning_rate"}:
        return "unknown setting"
    hidden, activation, rate = settings["hidden"], settings["activation"], settings["learning_rate"]
    if activation not in ACTIVATIONS:
        return "unknown activation"
    if type(rate) not in (int, float) or not 0 < rate < 1e6 or len(hidden) > 5:
        return "unknown setting"
    if not hidden:
        return "no hidden layer"
    if count(mlp([64, *hidden, 10]), (64,)).parameters > 3000:
        return "over the budget"
    shares = _reached(tuple(hidden), activation, rate)
    if _is_better(shares):
        return None
    below, above = (_reached(tuple(hidden), activation, other, splits=1)[0] for other in (rate / 4, rate * 4))
    if max(below, above) > shares[0] + 0.003 or shares[0] < 0.2:
        return "rate too large" if below > above or rate > 1 else "rate too small"
    return "bottleneck" if shares.mean() < 0.94 else "no better"


def _measured(settings):
    """Say what share a network reads, and what the others do."""
    if _network_slip(settings) in ("unknown setting", "unknown activation", "no hidden layer", "over the budget"):
        return ""
    shares = _reached(tuple(settings["hidden"]), settings["activation"], settings["learning_rate"])
    others = _(
        "the workbench's start {default:.1%}, no hidden layer {none:.1%}",
        default=np.mean(DEFAULT),
        none=np.mean(NO_HIDDEN_LAYER),
    )
    return _(
        "It reads {share:.1%} of the held-out digits, the mean of {splits} splits; {others}.",
        share=np.mean(shares),
        splits=SPLITS,
        others=others,
    )


EXERCISES = (
    FunctionExercise(
        name="accuracy",
        chapter=5,
        title=_("Complete a function: the share that is right"),
        points=1,
        reference=_accuracy,
        draw=_classified,
        edges=(
            _classified_as(1, 3, 0.5),
            _classified_as(6, 4, 0),
            _classified_as(6, 4, 1),
            _classified_as(61, 2, 0.5),
            _classified_as(97, 10, 0.9),
            _classified_as(7, 3, 0.6),
        ),
        fixed=(
            (np.array([[2.0, 1.0, 0.0], [0.0, 3.0, 1.0], [0.0, 1.0, 4.0], [5.0, 0.0, 1.0]]), np.array([0, 1, 2, 1])),
        ),
        slips=(
            Slip(
                "number for share",
                lambda logits, labels: int((logits.argmax(axis=1) == labels).sum()),
                _("You return how many are right; asked for is their share of all samples."),
            ),
            Slip("percent", times(100, _accuracy), _("You return percent; asked for is a share between 0 and 1.")),
            Slip("errors", lambda *case: 1 - _accuracy(*case), _("This is the share that is wrong.")),
            Slip(
                "one answer for all",
                lambda logits, labels: float((logits.argmax() == labels).mean()),
                _("Without an axis argmax looks at the whole table. Each sample, a row, has its own answer."),
            ),
            Slip(
                "least probable class",
                lambda logits, labels: float((logits.argmin(axis=1) == labels).mean()),
                _("You take the class with the smallest logit."),
            ),
        ),
        hints=(
            _("The network's answer is the class with the largest logit."),
            _("logits.argmax(axis=1) gives one answer a row."),
            _("The mean of truth values is the share of True."),
        ),
    ),
    FunctionExercise(
        name="scaled_test",
        chapter=5,
        title=_("Repair: scale without looking"),
        points=2,
        reference=_scaled,
        draw=_parts,
        edges=(
            _parts_of(5, 1, 1),
            _parts_of(4, 4, 4),
            _parts_of(9, 3, 6),
            _parts_of(3, 20, 2),
            _parts_of(12, 5, 3, spread=500.0),
        ),
        fixed=(
            (np.array([[0.0, 10.0], [2.0, 30.0]]), np.array([[1.0, 20.0], [4.0, 40.0], [5.0, 0.0]])),
            (np.array([[1.0], [2.0], [6.0]]), np.array([[3.0]])),
        ),
        slips=(
            Slip(
                "scaled by itself",
                lambda training, test: _scaled(training, test, by=test),
                _("You scale the test part by its own mean and deviation: the network would see two different scales."),
            ),
            Slip(
                "scaled by both",
                lambda training, test: _scaled(training, test, by=np.concatenate([training, test])),
                _("You take mean and deviation over both parts: the test part has leaked into the training."),
            ),
            Slip(
                "deviation of the test part",
                lambda training, test: (test - training.mean(axis=0)) / test.std(axis=0),
                _("The deviation comes from the test part. It has to be the training part's, like the mean."),
            ),
            Slip(
                "mean of the test part",
                lambda training, test: (test - test.mean(axis=0)) / training.std(axis=0),
                _("The mean comes from the test part. It has to be the training part's, like the deviation."),
            ),
            Slip(
                "into a range",
                lambda training, test: (test - training.min(axis=0)) / np.ptp(training, axis=0),
                _("You scale into the range of the training part. Standardised means by mean and standard deviation."),
            ),
            Slip(
                "brackets forgotten",
                lambda training, test: test - training.mean(axis=0) / training.std(axis=0),
                _("Brackets are missing: the difference is divided, not the mean alone."),
            ),
            Slip(
                "one less than the number",
                lambda training, test: (test - training.mean(axis=0)) / training.std(axis=0, ddof=1),
                _(
                    "With ddof=1 the deviation differs from the one that the training part was scaled by: leave "
                    "ddof out."
                ),
            ),
            Slip(
                "one scale for all features",
                lambda training, test: (test - training.mean()) / training.std(),
                _("You take one mean over all features. Each column has its own."),
            ),
            Slip(
                "variance",
                lambda training, test: (test - training.mean(axis=0)) / training.var(axis=0),
                _("You divide by the variance; the standard deviation is its square root."),
            ),
            Slip(
                "training part",
                lambda training, test: _scaled(training, training),
                _("You return the training part. Asked for is the test part."),
            ),
        ),
        hints=(
            _("Which numbers are known when the network is trained?"),
            _("Mean and deviation come from the training part, a pair for each column: axis=0."),
            _("(test - training.mean(axis=0)) / training.std(axis=0)."),
        ),
    ),
    FunctionExercise(
        name="in_standard_errors",
        chapter=5,
        title=_("Complete a function: more than luck?"),
        points=1,
        reference=_in_errors,
        draw=_pairs,
        edges=(
            _pairs_of(2, 0.05, 0.02),
            _pairs_of(30, 0.01, 0.05),
            _pairs_of(6, -0.2, 0.02),
            _pairs_of(5, 40.0, 3.0),
            _pairs_of(7, 0.0, 1e-3),
        ),
        fixed=(
            (np.array([0.90, 0.92, 0.94]), np.array([0.91, 0.95, 0.96])),
            (np.array([0.95, 0.96, 0.93, 0.94]), np.array([0.94, 0.93, 0.93, 0.90])),
        ),
        slips=(
            Slip(
                "turned round",
                times(-1, _in_errors),
                _("The sign is turned round: the second is to be compared with the first."),
            ),
            Slip(
                "deviation for error",
                lambda first, second: (second - first).mean() / (second - first).std(ddof=1),
                _("You divide by the standard deviation. Their mean varies less, by the root of their number."),
            ),
            Slip(
                "deviation by n",
                lambda first, second: (second - first).mean() / (second - first).std(),
                _(
                    "You divide by the standard deviation, and that without ddof=1. The mean varies less, by the root "
                    "of the number of pairs."
                ),
            ),
            Slip(
                "divided twice",
                lambda first, second: _in_errors(first, second) / len(first),
                _("a / b / c divides by both: the standard error, b / c, needs brackets."),
            ),
            Slip(
                "variance",
                lambda first, second: _in_errors(first, second) / (second - first).std(ddof=1),
                _("You divide by the variance. Its root is the standard deviation."),
            ),
            Slip(
                "error alone",
                lambda first, second: (second - first).mean() / _in_errors(first, second),
                _("This is the standard error. How many of it is the mean difference?"),
            ),
            Slip(
                "spread of the second",
                lambda first, second: (second - first).mean() / second.std(ddof=1) * np.sqrt(len(second)),
                _("You take the spread of `second`. Take that of the differences: each split is a pair."),
            ),
            Slip(
                "number for its root",
                lambda first, second: _in_errors(first, second) * np.sqrt(len(first)),
                _("You divide by the number of pairs; the standard error divides by its root."),
            ),
            Slip(
                "divided by n",
                functools.partial(_in_errors, ddof=0),
                _(
                    "Your deviation divides by the number of pairs; with ddof=1 it divides by one less, as it "
                    "should here."
                ),
            ),
            Slip(
                "not in pairs",
                _unpaired,
                _("You take the spread of each side. Take the spread of the differences: each split is a pair."),
            ),
            Slip(
                "mean alone",
                lambda first, second: (second - first).mean(),
                _("This is the mean difference. How many of its standard errors is that?"),
            ),
        ),
        hints=(
            _("First make one array of differences."),
            _("Their standard error is their standard deviation over the root of their number."),
            _("d.mean() / (d.std(ddof=1) / np.sqrt(len(d))) with d = second - first."),
        ),
    ),
    FunctionExercise(
        name="training_step",
        chapter=5,
        title=_("Put together: one step of training"),
        points=3,
        reference=_step,
        draw=_batch,
        edges=(
            _batch_of(1, 3, 2),
            _batch_of(3, 1, 4),
            _batch_of(12, 5, 7),
            _batch_of(2, 4, 3, spread=3.0),
            _batch_of(5, 2, 2, spread=0.1),
            lambda rng: (*_batch(rng)[:3], round(float(rng.uniform(1.5, 3)), 2)),
        ),
        fixed=(
            (
                np.array([[0.5, -0.5], [0.0, 1.0]]),
                np.array([[1.0, 2.0], [0.0, -1.0], [2.0, 1.0]]),
                np.array([0, 1, 1]),
                0.1,
            ),
        ),
        slips=(
            Slip(
                "uphill",
                lambda weights, inputs, labels, rate: _step(weights, inputs, labels, -rate),
                _("The step goes uphill: subtract the gradient."),
            ),
            Slip(
                "the step alone",
                lambda weights, inputs, labels, rate: weights - _step(weights, inputs, labels, rate),
                _("You return the step alone. It is to be subtracted from the weights."),
            ),
            Slip(
                "sum for mean",
                functools.partial(_step, reduction="sum"),
                _("You sum over the samples. With the mean a rate keeps its meaning whatever the batch size."),
            ),
            Slip(
                "without softmax",
                _step_from_logits,
                _("You compare logits with the labels. Cross-entropy compares probabilities: softmax first."),
            ),
            Slip(
                "softmax over samples",
                _step_softmax_over_samples,
                _("Your softmax runs over the samples. The classes of one sample compete, along the last axis."),
            ),
            Slip(
                "softmax over all",
                _step_softmax_over_all,
                _("Your softmax runs over the whole table: the probabilities of each sample have to sum to 1."),
            ),
            Slip(
                "step alone",
                lambda weights, *rest: _step(weights, *rest) - weights,
                _("You return the change alone. Asked for are the new weights."),
            ),
        ),
        hints=(
            _("The logits are inputs @ weights; the loss is the mean of softmax cross-entropy over the samples."),
            _("Its gradient with respect to the logits is (softmax(logits) - one_hot(labels)) / samples."),
            _("Carry it back by inputs.T @ gradient, and subtract rate times that."),
        ),
    ),
    DesignExercise(
        name="my_settings",
        chapter=5,
        title=_("Design: a network for digits"),
        points=3,
        accepts=_network_slip,
        says=_measured,
        expects=_('settings such as {"hidden": [16], "activation": "tanh", "learning_rate": 0.01}'),
        slips=(
            Slip(
                "over the budget",
                {"hidden": [64], "activation": "relu", "learning_rate": 0.4},
                _("It has more than 3000 parameters."),
            ),
            Slip(
                "no hidden layer",
                {"hidden": [], "activation": "relu", "learning_rate": 0.4},
                _("Without a hidden layer there is nothing to design: give it one at least."),
            ),
            Slip(
                "rate too large",
                {"hidden": [32], "activation": "relu", "learning_rate": 5.0},
                _("The learning rate is too large: training breaks, or a quarter of the rate does better."),
            ),
            Slip(
                "rate too small",
                {"hidden": [32], "activation": "relu", "learning_rate": 0.1},
                _("The learning rate is too small: after 12 epochs four times the rate does better."),
            ),
            Slip(
                "bottleneck",
                {"hidden": [3], "activation": "relu", "learning_rate": 0.4},
                _("A rate four times larger or smaller does not help. Is a layer too narrow for ten classes?"),
            ),
            Slip(
                "no better",
                {"hidden": [10], "activation": "relu", "learning_rate": 0.4},
                _(
                    "It should be ahead of both by two standard errors of the paired differences. The budget "
                    "allows more."
                ),
            ),
            Slip(
                "unknown setting",
                {"hidden": [32], "activation": "relu", "rate": 0.4},
                _("Three settings are wanted, spelled like this: hidden, activation, and learning_rate (above 0)."),
            ),
            Slip(
                "unknown activation",
                {"hidden": [32], "activation": "ReLU", "learning_rate": 0.4},
                _("Activations are named in small letters: {names}.", names=", ".join(ACTIVATIONS)),
            ),
        ),
        hints=(
            _("Chapter 5's workbench shows what the budget allows: 32 hidden units cost 2410 parameters."),
            _("With more units, or another activation, the rate has to be chosen anew: try 0.3, 0.5 and 1."),
            _("With 39 tanh units the rate may be as large as 1."),
        ),
    ),
    ChoiceExercise(
        name="fair_comparison",
        chapter=5,
        title=_("Explain: which comparison is fair?"),
        points=1,
        right="dc8c84e5a7a3d7c8",
        options={
            "one seed": _("One seed each: another draw of first weights may turn the order round."),
            "training images": _("On the images that it was trained on, the network that remembers most wins."),
            "common rate": _("The common rate suits one of the two; the other may only want another rate."),
            "spread": _(
                "Each has its own best rate, chosen on other images, and the differences show what luck can do."
            ),
        },
        hints=(
            _("Which of the four could be turned round by mere luck, or by memory?"),
            _("Chapter 3 compares activations each at its own best rate. Why?"),
        ),
    ),
    ChoiceExercise(
        name="zero_weights",
        chapter=5,
        title=_("Explain: why zero weights do not learn"),
        points=1,
        right="c5563417fcfc2904",
        options={
            "rate": _("A larger rate multiplies a gradient of 0, which stays 0."),
            "no way through": (
                _("All hidden units give 0 and their slope at 0 is 0: no gradient passes in either direction.")
            ),
            "loss of zero": _("The loss is ln 10, that of guessing, and far from 0."),
            "biases first": _(
                "The output biases do learn how frequent each digit is; it does not set the weights free."
            ),
        },
        hints=(
            _("Follow one image forward: what do the hidden units give?"),
            _("Now go back: by what is the gradient of each matrix multiplied?"),
        ),
    ),
)
