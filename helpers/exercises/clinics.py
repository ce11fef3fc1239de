"""Clinics: trainings and parts of trainings that are broken in several places, and gradients that are to be checked."""

from itertools import pairwise

import numpy as np

from helpers.exercises.exercise import FunctionExercise, Slip, times, unrepaired
from helpers.language import N_, _
from helpers.losses import softmax


def _line(x, y, rate, steps, left=()):
    """Return slope and height of a line after gradient descent, with the mistakes that are left."""
    w = b = 0.0
    for _each in range(steps - ("steps" in left)):
        error = (w * x + b - y) * (-1 if "sign" in left else 1)
        down = 2 * error.sum() if "height" in left else 2 * error.mean()
        w, b = w - rate * 2 * (error * x).mean(), b - rate * down
    return np.array([w, b])


def _line_in_turn(x, y, rate, steps):
    w = b = 0.0
    for _step in range(steps):
        w = w - rate * 2 * ((w * x + b - y) * x).mean()
        b = b - rate * 2 * (w * x + b - y).mean()
    return np.array([w, b])


def _points(rng):
    number = int(rng.integers(3, 8))
    x, y = rng.normal(size=number).round(2), rng.normal(1, 2, size=number).round(2)
    return x, y, round(float(rng.uniform(0.02, 0.3)), 2), int(rng.integers(2, 7))


def _signal(inputs, draws, left=()):
    """Return the outputs of a ReLU network with He's first weights, with the mistakes that are left."""
    for number, draw in enumerate(draws):
        variance = 2 / draw.shape["fan-in" not in left]
        inputs = inputs @ (draw * (variance if "deviation" in left else np.sqrt(variance))).T
        if number < len(draws) - 1 or "last layer" in left:
            inputs = np.maximum(inputs, 0)
    return inputs


def _layers(rng):
    sizes = rng.integers(2, 6, size=int(rng.integers(3, 5)))
    inputs = rng.normal(size=(int(rng.integers(2, 4)), sizes[0])).round(2)
    return inputs, [rng.normal(size=(m, n)).round(2) for n, m in pairwise(sizes)]


def _narrowing(rng):
    return rng.normal(size=(2, 7)).round(2), [rng.normal(size=shape).round(2) for shape in ((5, 7), (3, 5), (2, 3))]


def _held_out_loss(inputs, labels, count, rate, steps, left=()):
    """Return the loss on the rows that were held out, with the mistakes that are left."""
    known = len(inputs) if "scale" in left else count
    scaled = (inputs - inputs[:known].mean(axis=0)) / inputs[:known].std(axis=0)
    seen = len(inputs) if "training" in left else count
    targets = np.eye(labels.max() + 1)[labels]
    weights = np.zeros((inputs.shape[1], labels.max() + 1))
    for _each in range(steps):
        gradient = softmax(scaled[:seen] @ weights) - targets[:seen]
        weights = weights - rate * scaled[:seen].T @ gradient / seen
    asked = slice(count) if "rows measured" in left else slice(count, None)
    return float(-np.log(softmax(scaled[asked] @ weights)[targets[asked] == 1]).mean())


def _samples(rng):
    samples, features, classes = int(rng.integers(8, 14)), int(rng.integers(2, 4)), int(rng.integers(2, 4))
    labels = np.append(np.arange(classes), rng.integers(classes, size=samples - classes))
    inputs = (rng.normal(size=(samples, features)) + labels[:, None]).round(2)
    return (
        inputs,
        labels,
        int(rng.integers(5, samples - 1)),
        round(float(rng.uniform(0.1, 1)), 2),
        int(rng.integers(2, 9)),
    )


def _two_layers_back(x, target, first, second, *, slope=True, factor=2.0):
    hidden = first @ x
    back = second.T @ (factor * (second @ np.maximum(hidden, 0) - target))
    return np.outer(back * (hidden > 0) if slope else back, x)


def _two_layers(rng):
    inputs, hidden, outputs = (int(n) for n in rng.integers(2, 5, size=3))
    return (
        rng.normal(size=inputs).round(2),
        rng.normal(size=outputs).round(2),
        rng.normal(size=(hidden, inputs)).round(2),
        rng.normal(size=(outputs, hidden)).round(2),
    )


def _square_layers(rng):
    return tuple(rng.normal(size=shape).round(2) for shape in (3, 3, (3, 3), (3, 3)))


def _sum_of_zero(rng):
    """Draw whole numbers, with which the sum of the first unit is 0 and not nearly so."""
    weight, target = rng.integers(1, 9, size=2).astype(float)
    return np.array([2.0, 1.0]), np.array([-target]), np.array([[1.0, -2.0], [1.0, 1.0]]), np.array([[weight, 1.0]])


def _gradient_error(above, below, h, gradient, *, width=2.0, size=np.linalg.norm):
    numeric = (above - below) / (width * h)
    return size(gradient - numeric) / (size(gradient) + size(numeric))


def _losses_around(rng, off=0.2):
    number = int(rng.integers(2, 5))
    below, gradient = rng.uniform(1, 3, size=number).round(3), rng.uniform(1, 4, size=number).round(2)
    h = float(rng.choice([0.1, 0.01, 0.001]))
    return below + 2 * h * (gradient + rng.normal(0, off, size=number)), below, h, gradient


LINE_CLINIC = FunctionExercise(
    name="fitted_line",
    chapter=2,
    title=_("Clinic: a line that does not fit"),
    points=3,
    reference=_line,
    draw=_points,
    edges=(
        lambda rng: (*_points(rng)[:3], 1),
        lambda rng: (np.array([1.0, 2.0]), np.array([3.0, round(float(rng.normal()), 2)]), 0.1, 40),
        lambda rng: (rng.normal(size=20).round(2) + 3, rng.normal(size=20).round(2), 0.05, 5),
    ),
    fixed=((np.array([0.0, 1.0, 2.0]), np.array([1.0, 3.0, 5.0]), 0.1, 2),),
    slips=(
        *unrepaired(
            _line,
            {
                N_("sign"): _("The error has to be prediction less y: with y less prediction these steps go uphill."),
                N_("height"): _("The loss is a mean, so the slope of the height is a mean as well, not a sum."),
                N_("steps"): _("It takes one step less than it should: `range(1, steps)` begins at 1."),
            },
        ),
        Slip(
            "one after the other",
            _line_in_turn,
            _("The height already looks at the new slope. Both steps belong to one place: take them at once."),
        ),
        Slip(
            "height first",
            lambda x, y, rate, steps: _line(x, y, rate, steps)[::-1],
            _("w comes first, then b."),
        ),
        Slip(
            "factor of the square",
            lambda x, y, rate, steps: _line(x, y, rate / 2, steps),
            _("The factor 2 of the squared error is lost."),
        ),
    ),
    hints=(
        _("There are three mistakes: one of direction, one of size, one of counting."),
        _("Take one step by hand, for x = 0, 1, 2 and y = 1, 3, 5, from w = b = 0: both have to grow."),
        _("error = w * x + b - y; both slopes are means; the loop is range(steps)."),
    ),
)

SIGNAL_CLINIC = FunctionExercise(
    name="first_outputs",
    chapter=3,
    title=_("Clinic: a signal that fades or explodes"),
    points=3,
    reference=_signal,
    draw=_layers,
    edges=(_narrowing, lambda rng: (rng.normal(size=(3, 2)).round(2), [rng.normal(size=(5, 2)).round(2)])),
    fixed=((np.array([[1.0, 2.0]]), [np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]), np.array([[1.0, -1.0, -1.0]])]),),
    slips=(
        *unrepaired(
            _signal,
            {
                N_("deviation"): _("You multiply by the variance. The standard deviation is its root."),
                N_("fan-in"): _("A unit adds up as many products as it has inputs: divide by the number of columns."),
                N_("last layer"): _("The outputs are numbers of either sign: no ReLU after the last layer."),
            },
        ),
        Slip(
            "Xavier's weights",
            lambda inputs, draws: _signal(inputs, [draw / np.sqrt(2) for draw in draws]),
            _("These deviations suit the identity. ReLU cuts off half, and He's 2 makes up for it."),
        ),
    ),
    hints=(
        _("There are three mistakes: a root, a shape, and what happens at the very end."),
        _("A draw has a row for each unit and a column for each input."),
        _("weights = draw * np.sqrt(2 / draw.shape[1]); ReLU only between the layers."),
    ),
)

HELD_OUT_CLINIC = FunctionExercise(
    name="held_out_loss",
    chapter=5,
    title=_("Clinic: a loss too good to be true"),
    points=3,
    reference=_held_out_loss,
    draw=_samples,
    edges=(_samples, _samples),
    fixed=((np.array([[0.0], [2.0], [1.0], [5.0]]), np.array([0, 1, 0, 1]), 2, 1.0, 1),),
    slips=(
        *unrepaired(
            _held_out_loss,
            {
                N_("scale"): _("Mean and deviation are taken of all rows: those held out have leaked into the scale."),
                N_("training"): _("It is trained on all rows, those held out among them."),
                N_("rows measured"): _("The loss is measured on the rows that it was trained on."),
            },
        ),
        Slip(
            "uphill",
            lambda inputs, labels, count, rate, steps: _held_out_loss(inputs, labels, count, -rate, steps),
            _("The steps go uphill: subtract the gradient."),
        ),
    ),
    hints=(
        _("There are three mistakes, and each lets the network see what it should not."),
        _("Follow the rows from `count` on: where do they come in before the very last line?"),
        _("Scale by inputs[:count], train on scaled[:count], and measure on scaled[count:]."),
    ),
)

TWO_LAYERS = FunctionExercise(
    name="two_layers_back",
    chapter=3,
    title=_("Put together: back through two layers"),
    points=3,
    reference=_two_layers_back,
    draw=_two_layers,
    edges=(
        _square_layers,
        lambda rng: tuple(rng.normal(size=shape).round(2) for shape in (1, 1, (4, 1), (1, 4))),
        _sum_of_zero,
    ),
    fixed=(
        (
            np.array([1.0, 2.0]),
            np.array([1.0]),
            np.array([[1.0, 1.0], [1.0, -1.0]]),
            np.array([[2.0, 3.0]]),
        ),
    ),
    slips=(
        Slip(
            "slope forgotten",
            lambda *case: _two_layers_back(*case, slope=False),
            _("The slope of ReLU is missing: units with a sum of 0 or below pass nothing back."),
        ),
        Slip(
            "factor of the square",
            lambda *case: _two_layers_back(*case, factor=1.0),
            _("The square brings a factor of 2: the slope of (o - t)^2 is 2 (o - t)."),
        ),
        Slip("sign", times(-1, _two_layers_back), _("The sign is turned round: the error is output less target.")),
        Slip(
            "rows for columns",
            lambda *case: _two_layers_back(*case).T,
            _("Rows and columns have changed places: the gradient has the shape of the weights, a row for each unit."),
        ),
        Slip(
            "second layer",
            lambda x, target, first, second: np.outer(
                2 * (second @ np.maximum(first @ x, 0) - target), np.maximum(first @ x, 0)
            ),
            _("This is the gradient of the second weights. Go one layer further down."),
        ),
    ),
    hints=(
        _("Forward first: the sums z of the hidden units, h = ReLU(z), then the outputs o."),
        _("Back: 2 (o - target), then through second.T, then times the slope of ReLU, which is 1 where z > 0."),
        _("What arrives at a hidden unit, times what came in at an input: np.outer(dz, x)."),
    ),
)

GRADIENT_CHECK = FunctionExercise(
    name="gradient_error",
    chapter=3,
    title=_("Check a gradient"),
    points=2,
    reference=_gradient_error,
    draw=_losses_around,
    edges=(
        lambda rng: _losses_around(rng, off=1e-3),
        lambda rng: _losses_around(rng, off=30.0),
        lambda rng: (np.array([2.0]), np.array([1.0]), 0.5, np.array([round(float(rng.uniform(1.5, 9)), 2)])),
    ),
    fixed=((np.array([1.2, 2.0]), np.array([1.0, 1.4]), 0.1, np.array([1.0, 4.0])),),
    slips=(
        Slip(
            "one-sided",
            lambda *case: _gradient_error(*case, width=1.0),
            _("From w - h to w + h the way is 2 h, not h."),
        ),
        Slip(
            "not divided",
            lambda above, below, h, gradient: _gradient_error(above, below, h, gradient, width=1 / h),
            _("A slope is a rise by a way: divide the difference of the losses by 2 * h."),
        ),
        Slip(
            "sum of the losses",
            lambda above, below, h, gradient: _gradient_error(above, -below, h, gradient),
            _("You add the two losses. The slope comes from their difference."),
        ),
        Slip(
            "half for double",
            lambda above, below, h, gradient: _gradient_error(above, below, 1 / h, gradient),
            _("Python computes a / 2 * h as half of a, times h: the product 2 * h needs brackets."),
        ),
        Slip(
            "not relative",
            lambda above, below, h, gradient: np.linalg.norm(gradient - (above - below) / (2 * h)),
            _("This is the size of the difference. Compare it with the sizes of the two."),
        ),
        Slip(
            "relative to one",
            lambda above, below, h, gradient: (
                np.linalg.norm(gradient - (above - below) / (2 * h)) / np.linalg.norm(gradient)
            ),
            _("You divide by the size of one of them. The sum of both keeps the result between 0 and 1."),
        ),
        Slip(
            "other size",
            lambda *case: _gradient_error(*case, size=lambda array: np.abs(array).sum()),
            _("You add up sizes of single numbers. The size of an array is the root of its sum of squares."),
        ),
        Slip(
            "squares of sizes",
            lambda *case: _gradient_error(*case, size=lambda array: np.square(array).sum()),
            _("You take the squares of the sizes: each of them needs its own root."),
        ),
        Slip(
            "size of the sum",
            lambda above, below, h, gradient: (
                np.linalg.norm(gradient - (above - below) / (2 * h))
                / np.linalg.norm(gradient + (above - below) / (2 * h))
            ),
            _("You take the size of the sum. The sum of the sizes is asked for."),
        ),
        Slip(
            "downhill",
            lambda above, below, h, gradient: _gradient_error(below, above, h, gradient),
            _("Your difference has the wrong sign: above less below."),
        ),
    ),
    hints=(
        _("The slope, measured: how much the loss rises from w - h to w + h, by the way between them."),
        _("np.linalg.norm is the size of an array, the root of the sum of squares."),
        _("numeric = (above - below) / (2 * h), then the size of the difference by the sum of the two sizes."),
    ),
)
