"""Exercises of chapter 4: prices for errors, surprise, softmax, and which loss answers which question."""

import numpy as np

from helpers.exercises.exercise import ChoiceExercise, FunctionExercise, Slip, ValueExercise, times
from helpers.language import _
from helpers.losses import asymmetric_loss, cross_entropy, mean_squared_error, softmax, softmax_cross_entropy


def _pair(rng):
    size = int(rng.integers(3, 7))
    return rng.normal(0, 3, size=size).round(2), rng.normal(0, 3, size=size).round(2)


def _pair_of(size, spread):
    return lambda rng: (rng.normal(0, spread, size=size).round(3), rng.normal(0, spread, size=size).round(3))


def _nearly_equal(rng):
    first = rng.normal(0, 3, size=5).round(2)
    return first, first + rng.choice([0.0, 0.25, -0.5], size=5)


def _one_sided(sign):
    def draw(rng):
        sold = rng.normal(0, 3, size=5).round(2)
        return (
            sold + sign * rng.uniform(0.1, 4, size=5).round(2),
            sold,
            float(rng.uniform(1, 9)),
            float(rng.uniform(10, 99)),
        )

    return draw


def _priced(pair, low=1.0, high=99.0):
    return lambda rng: (*pair(rng), float(rng.uniform(low, high)), float(rng.uniform(low, high)))


def _priced_pair(rng):
    return *_pair(rng), float(rng.integers(1, 9)), float(rng.integers(10, 99))


def _yogurt_loss(predicted, sold, cost, profit):
    return asymmetric_loss.with_prices(cost, profit)(predicted, sold, reduction="sum")


def _slipped_sign(predicted, sold, cost, profit):
    error = predicted - sold
    return np.where(error > 0, cost * error, profit * error).sum()


def _surprise(truth, guess):
    return cross_entropy(guess, truth)


def _distributions(rng):
    return tuple(rng.dirichlet(np.ones(3)).round(4) + 0.0001 for _ in range(2))


def _many_classes(classes, impossible=0, unlikely=None):
    """Return a truth and a guess: some classes are impossible, and one that happens is hardly expected."""

    def draw(rng):
        truth, guess = (rng.dirichlet(np.ones(classes)) * 0.99 + 0.01 / classes for _ in range(2))
        order = rng.permutation(classes)
        truth[order[:impossible]] = 0.0
        guess[order[: impossible // 2]] = 0.0
        if unlikely is not None:
            guess[order[-1]] = unlikely
        return truth / truth.sum(), guess / guess.sum()

    return draw


def _naive_cross_entropy(truth, guess):
    return -(truth * np.log(guess)).sum()


def _logits(rng):
    logits = rng.normal(0, 4, size=int(rng.integers(3, 6))).round(2)
    return logits, int(rng.integers(len(logits)))


def _apart(size, spread):
    def draw(rng):
        logits = rng.uniform(-1, 1, size=size).round(2) * spread
        return logits, int(rng.integers(size))

    return draw


def _right_by_far(rng):
    logits = rng.normal(size=4).round(2)
    label = int(rng.integers(4))
    logits[label] += 15
    return logits, label


def _two_steps(logits, label):
    p = np.exp(logits)
    return -np.log(p[label] / p.sum())


EXERCISES = (
    FunctionExercise(
        name="squared_error",
        chapter=4,
        title=_("Repair: the mean squared error"),
        points=1,
        reference=lambda predicted, true: mean_squared_error(predicted, true),
        draw=_pair,
        edges=(
            _pair_of(1, 3),
            _pair_of(2, 0.1),
            _pair_of(40, 3),
            _pair_of(5, 4000),
            _nearly_equal,
        ),
        fixed=((np.array([3.0, 5.0, 8.0]), np.array([4.0, 5.0, 6.0])), (np.array([1.0, 1.0]), np.array([1.0, 1.0]))),
        slips=(
            Slip(
                "sum for mean",
                lambda predicted, true: ((predicted - true) ** 2).sum(),
                _("You sum the squares. The mean divides by their number, and so does its gradient."),
            ),
            Slip(
                "absolute error",
                lambda predicted, true: abs(predicted - true).mean(),
                _("You price an error by its size; asked for is its square."),
            ),
            Slip(
                "square of the mean",
                lambda predicted, true: (predicted - true).mean() ** 2,
                _("You take the mean first, so errors of both signs cancel. Square first."),
            ),
            Slip(
                "root",
                lambda predicted, true: np.sqrt(((predicted - true) ** 2).mean()),
                _("This is the root of the mean squared error."),
            ),
            Slip(
                "sum of both",
                lambda predicted, true: ((predicted + true) ** 2).mean(),
                _("An error is the difference of the two, not their sum."),
            ),
            Slip(
                "no mean",
                lambda predicted, true: (predicted - true) ** 2,
                _("These are the prices of the single errors. A loss is one number: their mean."),
            ),
        ),
        hints=(
            _("First price each error, then put the prices together."),
            _("For errors -1, 0 and 2 the prices are 1, 0 and 4, and the loss is 5 / 3."),
        ),
    ),
    FunctionExercise(
        name="yogurt_loss",
        chapter=4,
        title=_("Complete a formula: too much and too little"),
        points=2,
        reference=_yogurt_loss,
        draw=_priced_pair,
        edges=(
            _one_sided(1),
            _one_sided(-1),
            _priced(_nearly_equal),
            _priced(_pair_of(1, 3)),
            _priced(_pair_of(30, 300)),
            lambda rng: (*_pair(rng), float(rng.uniform(50, 99)), float(rng.uniform(1, 9))),
            lambda rng: (*_pair(rng), float(rng.uniform(0.01, 0.5)), float(rng.uniform(0.01, 0.5))),
        ),
        fixed=(
            (np.array([3.0, 5.0, 8.0]), np.array([4.0, 5.0, 6.0]), 1.0, 99.0),
            (np.array([1.0]), np.array([3.0]), 2.0, 5.0),
        ),
        slips=(
            Slip(
                "sign",
                _slipped_sign,
                _("A shortage has a negative price here: the more customers leave, the better. Turn its sign round."),
            ),
            Slip(
                "prices swapped",
                lambda predicted, sold, cost, profit: _yogurt_loss(predicted, sold, profit, cost),
                _("COST belongs to a unit too much, PROFIT to a unit too little; you have them swapped."),
            ),
            Slip(
                "mean for sum",
                lambda predicted, sold, cost, profit: asymmetric_loss.with_prices(cost, profit)(predicted, sold),
                _("You take the mean; the example sums over the days. For a descent that is another learning rate."),
            ),
            Slip(
                "one price",
                lambda predicted, sold, cost, profit: (cost * abs(predicted - sold)).sum(),
                _("Every unit has the price `cost` here. Units too little have their own, `profit`."),
            ),
            Slip(
                "squares",
                lambda predicted, sold, cost, profit: np.where(
                    predicted > sold, cost * (predicted - sold) ** 2, profit * (predicted - sold) ** 2
                ).sum(),
                _("You square the errors. Here the price of a unit is the same for the first and the tenth."),
            ),
            Slip(
                "too much only",
                lambda predicted, sold, cost, profit: cost * (predicted - sold).clip(0).sum(),
                _("You price only what is too much. What is too little loses the profit."),
            ),
        ),
        hints=(
            _("Split the days in two: predicted > sold, and the others."),
            _("Both prices are positive: cost * (predicted - sold) and profit * (sold - predicted)."),
            _("np.where(predicted > sold, ..., ...) chooses for each day; then sum."),
        ),
    ),
    FunctionExercise(
        name="surprise",
        chapter=4,
        title=_("Complete a formula: cross-entropy"),
        points=2,
        reference=_surprise,
        draw=_distributions,
        edges=(
            _many_classes(2),
            _many_classes(8),
            _many_classes(6, impossible=3),
            _many_classes(4, impossible=3),
            _many_classes(3, unlikely=1e-5),
            _many_classes(4, unlikely=1e-40),
            lambda rng: (np.array([1 - (rare := rng.uniform(0.002, 0.008)), rare]), np.array([1 - 1e-9, 1e-9])),
            lambda rng: (np.array([1 - (rare := rng.uniform(0.1, 0.4)), rare]), np.array([1e-40, 1.0])),
        ),
        fixed=(
            (np.array([1.0, 0.0]), np.array([0.6, 0.4])),
            (np.array([0.5, 0.5]), np.array([0.8, 0.2])),
            (np.array([0.0, 1.0, 0.0]), np.array([0.0, 0.25, 0.75])),
        ),
        slips=(
            Slip(
                "log10 for ln",
                times(1 / np.log(10), _surprise),
                _("You take log10. The formula has the natural logarithm, ln, which NumPy calls np.log."),
            ),
            Slip(
                "bits",
                times(1 / np.log(2), _surprise),
                _("You take log2, which gives bits. The course measures in nats, by the natural logarithm."),
            ),
            Slip(
                "minus lost",
                times(-1, _surprise),
                _("The minus is lost: logarithms of probabilities are negative, surprise is not."),
            ),
            Slip(
                "truth forgotten",
                lambda truth, guess: -np.log(guess).sum(),
                _("You add up the surprises as they are. Each counts as often as it happens: multiply by the truth."),
            ),
            Slip(
                "arguments swapped",
                cross_entropy,
                _("You take the logarithm of the truth. It belongs to the guess; the truth says how often it counts."),
            ),
            Slip(
                "0 times infinity",
                _naive_cross_entropy,
                _("0 * ln 0 is nan in a computer. What cannot happen should add nothing: leave it out."),
            ),
            Slip(
                "mean for sum",
                lambda truth, guess: _surprise(truth, guess) / len(truth),
                _("You take the mean over the classes. The truth's probabilities are the weights already: sum."),
            ),
        ),
        hints=(
            _("How surprising is a class of probability p? -ln p."),
            _("Weigh the surprises by how often they happen, that is by the truth, and add them up."),
            _("Use only the classes with truth > 0: a mask such as truth[truth > 0] picks them."),
        ),
    ),
    FunctionExercise(
        name="loss_of_logits",
        chapter=4,
        title=_("Repair: softmax and cross-entropy in one step"),
        points=3,
        reference=lambda logits, label: softmax_cross_entropy(logits, label),
        draw=_logits,
        edges=(
            _apart(2, 3),
            _apart(9, 3),
            _apart(3, 200),
            _apart(4, 900),
            lambda rng: (np.sort(rng.uniform(-1e5, 1e5, size=5).round(1)), 0),
            _right_by_far,
            lambda rng: (np.full(int(rng.integers(2, 9)), round(float(rng.uniform(-9, 9)), 2)), 1),
            lambda rng: (rng.normal(-5000, 2, size=4).round(2), int(rng.integers(4))),
        ),
        atol=1e-12,
        fixed=((np.array([4.0, 6.5, 1.2]), 0), (np.array([1000.0, 0.0, 0.0]), 1), (np.array([-1000.0, -1001.0]), 0)),
        slips=(
            Slip(
                "overflow",
                _two_steps,
                _("exp(1000) is infinite. Softmax stays the same if you subtract the largest logit first."),
            ),
            Slip(
                "two steps",
                lambda logits, label: cross_entropy(softmax(logits), label),
                _("The probability is rounded to 0 before you take its logarithm. Write ln(e^z / sum) as z - ln(sum)."),
            ),
            Slip(
                "one step, not shifted",
                lambda logits, label: np.log(np.exp(logits).sum()) - logits[label],
                _("ln(sum) - z is the right form, and exp(1000) is still infinite: subtract the largest logit first."),
            ),
            Slip(
                "shifted in one place",
                lambda logits, label: np.log(np.exp(logits - logits.max()).sum()) - logits[label],
                _("You subtract the largest logit in the sum, and not from the logit of the label."),
            ),
            Slip(
                "small number added",
                lambda logits, label: -np.log(softmax(logits)[label] + 1e-7),
                _("A small number inside the logarithm hides the infinity: where the loss is 1000, you get 16."),
            ),
            Slip(
                "clipped",
                lambda logits, label: cross_entropy(softmax(logits).clip(1e-7), label),
                _("You clip the probability: the result is finite and wrong, 16.118 instead of 1000."),
            ),
            Slip(
                "softmax twice",
                lambda logits, label: softmax_cross_entropy(softmax(logits), label),
                _("Softmax is applied twice: the second time to probabilities, as if they were logits."),
            ),
            Slip(
                "log10 for ln",
                times(1 / np.log(10), softmax_cross_entropy),
                _("You take log10; the course uses the natural logarithm."),
            ),
            Slip("minus lost", times(-1, softmax_cross_entropy), _("The minus is lost: a loss is not negative.")),
        ),
        hints=(
            _("Subtract the largest logit from all of them. Which exponentials can overflow now?"),
            _("ln(e^z / sum) = z - ln(sum): the logarithm and the exponential cancel."),
            _("shifted = logits - logits.max(), then np.log(np.exp(shifted).sum()) - shifted[label]."),
        ),
    ),
    ValueExercise(
        name="floor_of_twice",
        chapter=4,
        title=_("Find a number: softmax twice, four classes"),
        points=1,
        reference=lambda: float(softmax_cross_entropy(np.array([1.0, 0.0, 0.0, 0.0]), 0)),
        rtol=0.005,
        slips=(
            Slip("softmax once", 0.0, _("0 is the floor of softmax applied once, for a right logit without limit.")),
            Slip("guessing", 1.3863, _("ln 4 is the loss of guessing, with all four probabilities equal.")),
            Slip("probability", 0.4754, _("This is the largest probability. The loss is its -ln.")),
            Slip("four others", 0.9048, _("You count four other classes; there are three beside the right one.")),
            Slip("log10 for ln", 0.3230, _("You took log10; the loss is measured by the natural logarithm.")),
            Slip("ten classes", 1.4612, _("1.46 is the floor for ten classes.")),
        ),
        hints=(
            _("The second softmax gets probabilities. What is the best that the first can give?"),
            _("It gets 1 for the right class and 0 for the three others."),
            _("The right class then has probability e / (e + 3)."),
        ),
    ),
    ValueExercise(
        name="profit_for_service",
        chapter=4,
        title=_("Design: a price that keeps a promise"),
        points=1,
        # profit / (2 + profit) = 0.9
        reference=lambda: 18.0,
        rtol=1e-3,
        slips=(
            Slip(
                "share for price", 0.9, _("0.9 is the share. Which PROFIT makes PROFIT / (COST + PROFIT) that large?")
            ),
            Slip("cost of 1", 9, _("9 would be right for a COST of 1; here a unit too much costs 2.")),
            Slip("cost forgotten below", 1.8, _("0.9 * COST is too little: PROFIT stands in the denominator as well.")),
            Slip(
                "turned round",
                2 / 9,
                _("You have it the wrong way round: with this PROFIT it is enough on 1 day in 10."),
            ),
            Slip("total for profit", 20, _("20 is COST + PROFIT together.")),
        ),
        hints=(
            _("The plan suffices on a share tau = PROFIT / (COST + PROFIT) of the days."),
            _("Solve 0.9 = PROFIT / (2 + PROFIT)."),
            _("0.9 * 2 = (1 - 0.9) * PROFIT."),
        ),
    ),
    ChoiceExercise(
        name="loss_for_a_promise",
        chapter=4,
        title=_("Explain: which loss for which question?"),
        points=1,
        right="fe5b1796ac3d5ff9",
        options={
            "mean": _("The squared error asks for the mean, and one very long ride moves the mean at will."),
            "median": _("The absolute error asks for the median, which half of all rides exceed."),
            "quantile": _("Nine times the price for too little puts the balance where nine in ten rides are shorter."),
            "classes": _("Cross-entropy asks for probabilities of classes; a time in minutes is none."),
        },
        hints=(
            _("What share of the rides may take longer than promised?"),
            _("The asymmetric loss asks for the quantile PROFIT / (COST + PROFIT)."),
        ),
    ),
)
