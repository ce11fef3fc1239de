"""Exercises that carry on: curves to read, choices for new tasks, comparisons on other data, and mixed reviews."""

import functools

import numpy as np

from helpers.complexity import count, mlp
from helpers.datasets import iris
from helpers.exercises.exercise import (
    ChoiceExercise,
    DesignExercise,
    FunctionExercise,
    MatchExercise,
    Slip,
    ValueExercise,
)
from helpers.language import _
from helpers.losses import sigmoid_cross_entropy
from helpers.network import Network
from helpers.training import train

RATES = 0.01, 0.1, 1
"""The learning rates that the comparison chooses from."""


def _training_macs(sizes, samples, epochs, *, back=2, first=1):
    forward = count(mlp(sizes), (sizes[0],)).macs
    return ((1 + back) * forward - first * sizes[0] * sizes[1]) * samples * epochs


def _plan(rng):
    sizes = rng.integers(2, 30, size=int(rng.integers(3, 6))).tolist()
    return sizes, int(rng.integers(10, 900)), int(rng.integers(2, 30))


def _logit_loss(logit, label):
    return float(sigmoid_cross_entropy(np.array([logit]), np.array([float(label)])))


def _naive_logit_loss(logit, label):
    p = 1 / (1 + np.exp(-np.float64(logit)))
    return -(label * np.log(p) + (1 - label) * np.log(1 - p))


def _right_probability(logit, label):
    p = 1 / (1 + np.exp(-np.float64(logit)))
    return -np.log(p if label else 1 - p)


@functools.cache
def _iris_accuracy(hidden, rate, split):
    """Return what the notebook's `accuracy_on` does."""
    training, test = iris().split(100, seed=split)
    training, test = training.standardise(test)
    network = Network([4, *hidden, 3], "tanh", seed=split)
    train(network, training.inputs, training.targets, rate, epochs=30, batch_size=16)
    return float(network.accuracy(test.inputs, test.targets))


def _accuracies(hidden, rate, splits):
    return np.array([_iris_accuracy(hidden, rate, split) for split in splits])


def _is_chosen_well(hidden, rate):
    """Tell whether no other rate reads more on the splits for choosing; half a per cent decides nothing."""
    means = {other: _accuracies(hidden, other, range(10, 20)).mean() for other in RATES}
    return means[rate] >= max(means.values()) - 0.005


def _errors_above(differences):
    return differences.mean() / (differences.std(ddof=1) / np.sqrt(len(differences)))


def _comparison_slip(got):
    """Judge a comparison by doing it again with the rates that it names."""
    without, hidden = got["rate_without"], got["rate_with"]
    if set(got) != {"rate_without", "rate_with", "standard_errors"} or not {without, hidden} <= set(RATES):
        return "form"
    if not (_is_chosen_well((), without) and _is_chosen_well((8,), hidden)):
        return "common rate" if without == hidden else "other rates"
    first, second = _accuracies((), without, range(10)), _accuracies((8,), hidden, range(10))
    known = {
        None: _errors_above(second - first),
        "turned round": _errors_above(first - second),
        "not in pairs": (second.mean() - first.mean()) / np.sqrt((first.var(ddof=1) + second.var(ddof=1)) / 10),
        "divided by n": (second - first).mean() / ((second - first).std() / np.sqrt(10)),
        "deviation for error": _errors_above(second - first) / np.sqrt(10),
        "mean alone": (second - first).mean(),
    }
    return next(
        (slip for slip, value in known.items() if abs(got["standard_errors"] - value) < 0.005), "another number"
    )


def _comparison_said(got):
    """Say what the comparison shows."""
    if _comparison_slip(got):
        return ""
    means = [_accuracies(*side, range(10)).mean() for side in (((), got["rate_without"]), ((8,), got["rate_with"]))]
    common = [_accuracies(hidden, 0.1, range(10)).mean() for hidden in ((), (8,))]
    return _(
        "Each at its own rate they read {means[0]:.1%} without and {means[1]:.1%} with a hidden layer. At a "
        "common rate of 0.1 it would have been {common[0]:.1%} and {common[1]:.1%}.",
        means=means,
        common=common,
    )


IRIS_PARAMETERS = ValueExercise(
    name="iris_parameters",
    chapter=1,
    title=_("Other data: a network for irises"),
    points=1,
    reference=lambda: count(mlp([4, 6, 5, 3]), (4,)).parameters,
    slips=(
        Slip(
            "biases forgotten", 4 * 6 + 6 * 5 + 5 * 3, _("You count the weights alone. Each unit has a bias besides.")
        ),
        Slip(
            "biases for the inputs",
            4 * 6 + 6 * 5 + 5 * 3 + 4 + 6 + 5 + 3,
            _("The four inputs compute nothing: no biases."),
        ),
        Slip("outputs without biases", 4 * 6 + 6 * 5 + 5 * 3 + 6 + 5, _("The three output units have biases, too.")),
        Slip(
            "multiply-adds for 150",
            150 * (4 * 6 + 6 * 5 + 5 * 3),
            _("How many flowers there are changes no parameter."),
        ),
        Slip("one hidden layer", 4 * 6 + 6 + 6 * 3 + 3, _("There are two hidden layers, of 6 and of 5 units.")),
    ),
    hints=(
        _("Each flower has four numbers, and there are three species: 4-6-5-3."),
        _("Weights join neighbours: 4 * 6, 6 * 5 and 5 * 3."),
        _("Add a bias for each unit that computes: 6 + 5 + 3."),
    ),
)

TRAINING_MACS = FunctionExercise(
    name="training_macs",
    chapter=2,
    title=_("Review: the work of a whole training"),
    points=2,
    reference=_training_macs,
    draw=_plan,
    edges=(lambda rng: ([1, 1, 1], 1, int(rng.integers(1, 9))), lambda rng: ([7, 9], int(rng.integers(2, 90)), 1)),
    fixed=(([3, 4, 2], 10, 5), ([64, 32, 10], 1297, 12)),
    slips=(
        Slip(
            "forward alone", lambda *plan: _training_macs(*plan, back=0, first=0), _("You count the way forward alone.")
        ),
        Slip(
            "three times",
            lambda *plan: _training_macs(*plan, first=0),
            _("The first layer hands no gradient on to the inputs."),
        ),
        Slip(
            "last for first",
            lambda sizes, samples, epochs: (
                _training_macs(sizes, samples, epochs, first=0) - sizes[-2] * sizes[-1] * samples * epochs
            ),
            _("You leave out the last layer. It is the first one that hands no gradient on: its inputs are data."),
        ),
        Slip(
            "biases counted",
            lambda sizes, samples, epochs: (
                _training_macs(sizes, samples, epochs) + 3 * sum(sizes[1:]) * samples * epochs
            ),
            _("You count the biases. They cost nothing here."),
        ),
        Slip(
            "back alone",
            lambda *plan: _training_macs(*plan, back=1),
            _("That is the way back alone: each image goes forward first."),
        ),
        Slip(
            "one epoch",
            lambda sizes, samples, epochs: _training_macs(sizes, samples, 1),
            _("That is one epoch. Each epoch goes through all samples again."),
        ),
        Slip(
            "one sample",
            lambda sizes, samples, epochs: _training_macs(sizes, 1, epochs),
            _("That is one sample. Each epoch has `samples` of them."),
        ),
    ),
    hints=(
        _("Forward each weight is used once for each sample."),
        _("Back it is used twice, but in the first layer only once: nobody needs the gradient of the inputs."),
        _("(3 * forward - sizes[0] * sizes[1]) * samples * epochs."),
    ),
)

LOSS_LEAPS = ChoiceExercise(
    name="loss_leaps",
    chapter=2,
    title=_("Review: a loss that leaps"),
    points=1,
    right="8de1918dd0ff936e",
    options={
        "longer": _("More epochs at this rate leap on: beyond the edge each step ends further out."),
        "smaller network": _("Fewer parameters cost less, and the edge lies where the curvature puts it."),
        "smaller rate": _("Beyond 2 / curvature each step ends further away; below it, closer."),
        "decay later": _("It leaps from the first step on: what comes later comes too late."),
    },
    hints=(
        _("What does each step do to the distance from the lowest point?"),
        _("Compare the rate with 2 / curvature."),
        _("Which of the four changes the length of the very first steps?"),
    ),
)

READ_LOSSES = MatchExercise(
    name="read_losses",
    chapter=4,
    title=_("Read the curves: what is wrong?"),
    points=2,
    right={"A": "softmax twice", "B": "too low", "C": "dead", "D": "too high", "E": "fine"},
    labels=("too low", "too high", "dead", "softmax twice", "fine"),
    slips=(
        Slip(
            "stuck is not low",
            {"A": "too low"},
            _("A falls fast and then stops above a floor: a low rate would go on falling."),
        ),
        Slip(
            "flat is not low",
            {"C": "too low"},
            _("C does not move at all from the loss of guessing, ln 10. Does any gradient arrive?"),
        ),
        Slip("slow is not dead", {"B": "dead"}, _("B falls all the time, if slowly: something learns.")),
        Slip("floor is not dead", {"A": "dead"}, _("A has learned something: it is well below ln 10.")),
        Slip(
            "loud is not twice",
            {"D": "softmax twice"},
            _("Softmax twice stays below 2.5 or so; D has left the frame."),
        ),
    ),
    hints=(
        _("The loss of guessing one of ten digits is ln 10, about 2.3. Who stays there, and who leaves it?"),
        _("Section 5 of chapter 4 says below which value the loss never gets with softmax twice."),
        _("One never moves, one moves slowly, one runs away, one stops above 1.46."),
    ),
)

OUTPUTS = MatchExercise(
    name="outputs_for_tasks",
    chapter=4,
    title=_("New tasks: which output, which loss?"),
    points=2,
    right={
        "house price": "identity and squared error",
        "one of ten digits": "softmax and cross entropy",
        "rain or not": "sigmoid and binary cross entropy",
        "several labels at once": "sigmoid and binary cross entropy",
        "time that nine in ten keep": "identity and asymmetric loss",
    },
    labels=(
        "identity and squared error",
        "identity and asymmetric loss",
        "sigmoid and binary cross entropy",
        "softmax and cross entropy",
    ),
    slips=(
        Slip(
            "softmax for several",
            {"several labels at once": "softmax and cross entropy"},
            _("Softmax shares out one whole among the classes. Several labels may be true at once, each for itself."),
        ),
        Slip(
            "softmax for one",
            {"rain or not": "softmax and cross entropy"},
            _("One output says yes or no. Softmax of a single output is always 1."),
        ),
        Slip(
            "mean for a promise",
            {"time that nine in ten keep": "identity and squared error"},
            _("The squared error asks for the mean, which about half of the times exceed."),
        ),
        Slip(
            "price as a probability",
            {"house price": "sigmoid and binary cross entropy"},
            _("A sigmoid gives numbers between 0 and 1. No price is such a number."),
        ),
        Slip(
            "digits one by one",
            {"one of ten digits": "sigmoid and binary cross entropy"},
            _("An image shows exactly one digit: the ten probabilities should sum to 1."),
        ),
    ),
    hints=(
        _("Is the answer a number, one class of several, or a yes or no?"),
        _("Do the probabilities have to sum to 1? Then softmax, else a sigmoid for each."),
        _("A promise for nine in ten is a quantile."),
    ),
)

LOGIT_LOSS = FunctionExercise(
    name="logit_loss",
    chapter=4,
    title=_("Review: one logit, yes or no"),
    points=2,
    reference=_logit_loss,
    draw=lambda rng: (round(float(rng.normal(0, 3)), 2), int(rng.integers(2))),
    edges=(
        lambda rng: (float(rng.integers(40, 90)), 0),
        lambda rng: (-float(rng.integers(40, 90)), 1),
        lambda rng: (float(rng.integers(800, 2000)), 0),
        lambda rng: (-float(rng.integers(800, 2000)), 1),
        lambda rng: (float(rng.integers(5, 15)), 1),
    ),
    fixed=((2.0, 1), (2.0, 0), (800.0, 0), (-800.0, 0)),
    slips=(
        Slip(
            "overflow",
            _naive_logit_loss,
            _("For large logits 1 - p is 0, and 0 * ln 0 is nan. Go from the logit to the loss in one step."),
        ),
        Slip(
            "one of two terms",
            _right_probability,
            _("Where the network is sure and wrong, its probability is rounded to 0 and the loss is infinite."),
        ),
        Slip(
            "labels swapped",
            lambda logit, label: _logit_loss(logit, 1 - label),
            _("You have the two labels the wrong way round."),
        ),
        Slip(
            "label 1 alone",
            lambda logit, label: label * _logit_loss(logit, 1),
            _("With label 0 your loss is always 0: the term with 1 - label is missing."),
        ),
        Slip(
            "squared error",
            lambda logit, label: (1 / (1 + np.exp(-np.float64(logit))) - label) ** 2,
            _("This is the squared error of the probability. Cross-entropy is asked for: minus its logarithm."),
        ),
        Slip(
            "minus lost",
            lambda logit, label: -_logit_loss(logit, label),
            _("The minus is lost: a loss is not negative."),
        ),
        Slip(
            "logit alone",
            lambda logit, label: max(logit, 0) - logit * label,
            _("That is the loss for large logits alone: the logarithm is missing."),
        ),
    ),
    hints=(
        _("With label 1 the loss is -ln sigmoid(z) = ln(1 + exp(-z)); with label 0 it is ln(1 + exp(z))."),
        _("So both are ln(1 + exp(s)), where s is z or -z. For large s that is s, nearly."),
        _("np.logaddexp(0, s) is ln(e^0 + e^s), without overflow."),
    ),
)

FIRST_SUSPECT = ChoiceExercise(
    name="first_suspect",
    chapter=4,
    title=_("Review: sigmoid in twenty layers"),
    points=1,
    right="c72a97ab638bf543",
    options={
        "loss": _("The loss reaches the last layers well: they learn."),
        "rate": _("A rate that suits the first layers would be thousands of times too large for the last."),
        "size": _("The number of units changes little: the factor is lost in each layer, wide or narrow."),
        "slopes": _("Each sigmoid multiplies by at most a quarter, so little arrives at the first layers."),
    },
    hints=(
        _("Which layers learn, and which do not? What lies between them?"),
        _("By how much at most is a gradient multiplied on its way through one sigmoid?"),
        _("A quarter to the power of the number of layers."),
    ),
)

TOO_GOOD = ChoiceExercise(
    name="too_good",
    chapter=5,
    title=_("Explain: too good on held-out images"),
    points=1,
    right="f2905d82cda88b97",
    options={
        "leak": _("Copies of what was trained on are no test: the network knows them."),
        "rate": _("A rate that is too high would harm the images that were held out as well."),
        "dead": _("Dead units cost accuracy on all images alike."),
        "too few": _("With few held-out images the share is uncertain, by a few images up or down, not by hundreds."),
    },
    hints=(
        _("On which images is the network so good, and what sets them apart from the later ones?"),
        _("Where might an image have been seen before?"),
        _("What happens if the data hold many images twice, and are split at random?"),
    ),
)

FAIR_RESULT = DesignExercise(
    name="fair_result",
    chapter=5,
    title=_("Other data: plan and run a fair comparison"),
    points=3,
    accepts=_comparison_slip,
    says=_comparison_said,
    expects=_('a dict such as {"rate_without": 0.01, "rate_with": 0.01, "standard_errors": 0.0}'),
    slips=(
        Slip(
            "form",
            {"rate_without": 0.2, "rate_with": 0.1, "standard_errors": 0.0},
            _("Both rates are to be among 0.01, 0.1 and 1, and the third entry is called standard_errors."),
        ),
        Slip(
            "common rate",
            {"rate_without": 0.1, "rate_with": 0.1, "standard_errors": 0.0},
            _("One rate for both suits one of them. Choose for each on splits 10 to 19, by the mean."),
        ),
        Slip(
            "other rates",
            {"rate_without": 0.01, "rate_with": 1, "standard_errors": 0.0},
            _("These rates are not the best ones: compare the means of splits 10 to 19, for each kind by itself."),
        ),
        Slip(
            "turned round",
            {"rate_without": 1, "rate_with": 0.1, "standard_errors": 1.0776},
            _("The sign is turned round: with a hidden layer less without."),
        ),
        Slip(
            "not in pairs",
            {"rate_without": 1, "rate_with": 0.1, "standard_errors": -0.6816},
            _("You take the spread of each side. Take that of the differences: each split is a pair."),
        ),
        Slip(
            "divided by n",
            {"rate_without": 1, "rate_with": 0.1, "standard_errors": -1.1359},
            _("The standard deviation of a few numbers wants ddof=1."),
        ),
        Slip(
            "deviation for error",
            {"rate_without": 1, "rate_with": 0.1, "standard_errors": -0.3408},
            _("You divide by the standard deviation. Their mean varies less, by the root of 10."),
        ),
        Slip(
            "mean alone",
            {"rate_without": 1, "rate_with": 0.1, "standard_errors": -0.008},
            _("This is the mean difference. How many of its standard errors is that?"),
        ),
        Slip(
            "another number",
            {"rate_without": 1, "rate_with": 0.1, "standard_errors": 7.0},
            _("The rates are right, the number is not. Are the differences those of splits 0 to 9?"),
        ),
    ),
    hints=(
        _(
            "Choose first: for each kind the mean of accuracy_on(hidden, rate, split) over splits 10 to 19, for "
            "each rate."
        ),
        _("Then measure, on splits 0 to 9, each kind at its own rate, and take the ten differences."),
        _("d.mean() / (d.std(ddof=1) / np.sqrt(10)) with d = with_layer - without."),
    ),
)

WHERE_FIRST = ChoiceExercise(
    name="where_first",
    chapter=5,
    title=_("Review: which change first?"),
    points=1,
    right="962796ec4dd4880f",
    options={
        "rate": _("Everything else looks bad at a rate that does not suit it: it is the first thing to look for."),
        "loss": _("Cross-entropy is the loss for classes; another would ask another question."),
        "activation": _("Tanh and ReLU differ little, each at its own rate."),
        "size": _("A larger network at a poor rate learns as slowly as a small one."),
    },
    hints=(
        _("Which single number spoiled most runs on the workbench?"),
        _("Which setting has to be chosen anew whenever another one changes?"),
        _("It is the one that is compared at its best for each side of a fair comparison."),
    ),
)

SURE_AND_WRONG = ValueExercise(
    name="sure_and_wrong",
    chapter=5,
    title=_("Review: how sure is too sure?"),
    points=1,
    reference=lambda: float(-np.log(0.001) / -np.log(0.9)),
    rtol=0.01,
    slips=(
        Slip("ratio of probabilities", 900, _("900 is the ratio of the probabilities. Losses are their -ln.")),
        Slip(
            "loss alone",
            6.9078,
            _("That is the loss of the wrong answer alone. How many losses of right ones is that?"),
        ),
        Slip("right answers alone", 0.10536, _("That is the loss of one right answer.")),
        Slip("log10 for ln", 3.0, _("You took log10 for one of them: both need the same logarithm.")),
        Slip("upside down", 0.015252, _("It is upside down: the wrong answer's loss is divided by the right one's.")),
    ),
    hints=(
        _("The loss of an answer is -ln of the probability that the right class got."),
        _("Right answers at 90 % have -ln 0.9 each; the wrong one has -ln 0.001."),
        _("Divide -np.log(0.001) by -np.log(0.9)."),
    ),
)
