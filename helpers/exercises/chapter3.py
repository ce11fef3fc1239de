"""Exercises of chapter 3: activations, their slopes, first weights, and units that die."""

import numpy as np

from helpers.activations import sigmoid, tanh
from helpers.exercises.exercise import ChoiceExercise, FunctionExercise, Slip, ValueExercise, times
from helpers.initialisers import he, xavier
from helpers.language import _


def _sigmoid_backward(gradient, y):
    return sigmoid.backward(gradient, np.log(y / (1 - y)), y)


def _gradient_and_output(rng):
    size = int(rng.integers(2, 6))
    return rng.normal(size=size).round(3), rng.uniform(0.02, 0.98, size=size).round(3)


def _table_and_output(rng):
    shape = int(rng.integers(2, 4)), int(rng.integers(2, 5))
    return rng.normal(0, 50, size=shape).round(3), rng.uniform(0.02, 0.98, size=shape).round(3)


def _almost_certain(rng):
    return rng.normal(0, 1e6, size=4).round(1), rng.permutation([1e-4, 2e-3, 0.4999, 0.9999])


def _steps_between(low, high):
    return lambda rng: (rng.permutation(np.append(rng.uniform(low, high, 4), rng.uniform(-high, -low, 4))),)


def _numbers(rng):
    return (np.append(rng.normal(0, 3, size=4).round(3), rng.choice([-1000.0, 1000.0], size=2)),)


def _textbook_tanh(x):
    return (1 - np.exp(-2 * x)) / (1 + np.exp(-2 * x))


def _mirrored_tanh(x):
    return (np.exp(2 * x) - 1) / (np.exp(2 * x) + 1)


def _standard_deviation(fan_in, activation):
    return (he if activation == "relu" else xavier).standard_deviation(fan_in)


def _units(dead, alive, samples, almost=0.01):
    """Return pre-activations: some units are silent throughout, the others on all samples but one, at random."""

    def draw(rng):
        numbers = dead if isinstance(dead, int) else int(rng.integers(*dead))
        table = -rng.uniform(0, 3, size=(samples, numbers + alive)).round(2)
        table[rng.random(table.shape) < 0.2] = 0.0
        for unit in range(alive):
            table[rng.integers(samples), numbers + unit] = almost if unit == 0 else rng.choice([0.5, 3.0])
        return (table[:, rng.permutation(numbers + alive)],)

    return draw


def _pre_activations(rng):
    samples, units = int(rng.integers(3, 7)), int(rng.integers(2, 6))
    return ((rng.normal(size=(samples, units)) - rng.uniform(-1, 4, size=units)).round(2),)


EXERCISES = (
    FunctionExercise(
        name="sigmoid_backward",
        chapter=3,
        title=_("Complete a formula: the way back through sigmoid"),
        points=2,
        reference=_sigmoid_backward,
        draw=_gradient_and_output,
        edges=(
            _table_and_output,
            _almost_certain,
            lambda rng: (rng.normal(size=1).round(3), rng.uniform(0.02, 0.98, size=1).round(3)),
            lambda rng: (np.append(rng.normal(size=3).round(3), 0.0), rng.uniform(0.02, 0.98, size=4).round(3)),
        ),
        fixed=((np.array([1.0, 1.0, 2.0]), np.array([0.5, 0.9, 0.1])),),
        slips=(
            Slip(
                "gradient forgotten",
                lambda gradient, y: y * (1 - y),
                _("This is the slope alone. The chain rule multiplies it by the gradient that comes in."),
            ),
            Slip(
                "output taken for input",
                lambda gradient, y: gradient * sigmoid(y) * (1 - sigmoid(y)),
                _("You apply sigmoid to y, but y is its output already."),
            ),
            Slip("slope of tanh", lambda gradient, y: gradient * (1 - y**2), _("1 - y^2 is the slope of tanh.")),
            Slip(
                "sign",
                times(-1, _sigmoid_backward),
                _("The sign is turned round: sigmoid rises, so its slope is positive."),
            ),
            Slip("slope missing", lambda gradient, y: gradient * y, _("The slope is y times one more factor, 1 - y.")),
            Slip(
                "half of the slope",
                lambda gradient, y: gradient * (1 - y),
                _("The slope is 1 - y times one more factor, y."),
            ),
            Slip(
                "mean over the units",
                lambda gradient, y: gradient * y * (1 - y) / len(y),
                _("There is no mean in it: each unit's gradient is its own."),
            ),
            Slip(
                "sum for product",
                lambda gradient, y: gradient + y * (1 - y),
                _("You add gradient and slope; the chain rule multiplies them."),
            ),
        ),
        hints=(
            _("By the chain rule: gradient times slope."),
            _("Written with the output, the slope of sigmoid needs no exponential."),
            _("The slope is y * (1 - y)."),
        ),
    ),
    FunctionExercise(
        name="stable_tanh",
        chapter=3,
        title=_("Repair: a tanh without nan"),
        points=3,
        reference=tanh,
        draw=_numbers,
        edges=(
            *(
                _steps_between(*ends)
                for ends in ((1e-5, 1e-3), (0.01, 0.1), (0.5, 3), (3, 9), (9, 30), (355, 400), (400, 709), (800, 1e5))
            ),
            lambda rng: (np.append(rng.normal(size=2), [0.0, -0.0]),),
            lambda rng: (rng.choice([-800.0, -3.0, 2.0, 800.0], size=1),),
        ),
        fixed=((np.array([-1.0, 0.0, 2.0]),), (np.array([-1000.0, 0.5]),), (np.array([1000.0, -0.5]),)),
        atol=1e-9,
        slips=(
            Slip(
                "textbook formula",
                _textbook_tanh,
                _("Far left exp(-2x) overflows, and inf / inf is nan. Which sign of the exponent is safe there?"),
            ),
            Slip(
                "overflow on the right",
                _mirrored_tanh,
                _("Now the left side is safe, and exp(2x) overflows on the right."),
            ),
            Slip(
                "sign lost",
                lambda x: tanh(abs(x)),
                _("With abs(x) in the exponent all results are positive: give them the sign of x."),
            ),
            Slip(
                "nan papered over",
                lambda x: np.nan_to_num(_textbook_tanh(x)),
                _("You replace nan by 0, but far left tanh is -1."),
            ),
            Slip(
                "half as steep",
                lambda x: tanh(x / 2),
                _("This is tanh(x / 2), half as steep: there is a factor 2 in the exponent."),
            ),
            Slip(
                "sigmoid",
                lambda x: sigmoid(2 * x),
                _("This is sigmoid(2x), between 0 and 1; tanh lies between -1 and 1."),
            ),
        ),
        hints=(
            _("An exponential that can only shrink cannot overflow: exp(-2 * abs(x))."),
            _("Compute tanh(abs(x)) with it; then use that tanh(-x) = -tanh(x)."),
            _("np.sign(x) * (1 - e) / (1 + e) with e = np.exp(-2 * abs(x))."),
        ),
    ),
    ValueExercise(
        name="largest_factor",
        chapter=3,
        title=_("Find a number: eight sigmoids with weights of 2"),
        points=1,
        reference=lambda: float((2 * sigmoid.derivative(0.0)) ** 8),
        rtol=0.01,
        slips=(
            Slip(
                "weights forgotten",
                0.25**8,
                _("This is the bound for weights of 1. Each layer also multiplies by its weight."),
            ),
            Slip("slopes forgotten", 256, _("These are the weights alone. Each layer also multiplies by a slope.")),
            Slip("sum", 4, _("You added the factors of the layers; the chain rule multiplies them.")),
            Slip("one layer", 0.5, _("This is the factor of one layer. There are eight.")),
            Slip(
                "one layer short", 0.5**7, _("That is seven layers. Each of the eight units has a weight and a slope.")
            ),
            Slip("slope of 1", 1, _("Sigmoid's slope never reaches 1. Where is it steepest, and how steep?")),
        ),
        hints=(
            _("Each layer multiplies by weight times slope."),
            _("Sigmoid is steepest at 0, where its slope is 1/4."),
            "(2 * 1/4) ** 8.",
        ),
    ),
    FunctionExercise(
        name="initial_deviation",
        chapter=3,
        title=_("Choose the first weights"),
        points=2,
        reference=_standard_deviation,
        draw=lambda rng: (int(rng.integers(3, 2000)), str(rng.choice(["relu", "identity"]))),
        edges=tuple(
            lambda rng, low=low, high=high, activation=activation: (int(rng.integers(low, high)), activation)
            for activation in ("relu", "identity")
            for low, high in ((1, 2), (3, 40), (41, 999), (10_000, 9_000_000))
        ),
        fixed=((64, "relu"), (64, "identity"), (100, "identity"), (2, "relu")),
        slips=(
            Slip(
                "variance",
                lambda *case: _standard_deviation(*case) ** 2,
                _("This is the variance; the standard deviation is its square root."),
            ),
            Slip(
                "the same for all",
                lambda fan_in, activation: xavier.standard_deviation(fan_in),
                _(
                    "For relu you return what suits the identity. ReLU cuts off half of the signal, which its "
                    'weights must make up for. Or is it that the name comes as "relu", in small letters?'
                ),
            ),
            Slip(
                "He's for all",
                lambda fan_in, activation: he.standard_deviation(fan_in),
                _("The 2 makes up for what ReLU cuts off. The identity cuts nothing off."),
            ),
            Slip(
                "twice the deviation",
                lambda fan_in, activation: (2 if activation == "relu" else 1) * xavier.standard_deviation(fan_in),
                _("For ReLU the variance doubles, not the deviation: the 2 belongs under the root."),
            ),
            Slip(
                "two names mixed up",
                lambda fan_in, activation: (xavier if activation == "relu" else he).standard_deviation(fan_in),
                _("You have the two cases the wrong way round."),
            ),
        ),
        hints=(
            _("A unit adds up fan_in products; their variances add up, too."),
            _("To keep the signal's size the variance must be 1 / fan_in; ReLU halves the mean square."),
            _("sqrt(2 / fan_in) for relu, sqrt(1 / fan_in) else."),
        ),
    ),
    FunctionExercise(
        name="dead_units",
        chapter=3,
        title=_("Complete a function: count the dead"),
        points=2,
        reference=lambda pre_activations: int((pre_activations <= 0).all(axis=0).sum()),
        draw=_pre_activations,
        edges=(
            _units((2, 9), 3, 5),
            _units((2, 9), 4, 40),
            _units((10, 30), 8, 6, almost=1e-6),
            _units(0, 5, 7),
            _units((3, 7), 0, 4),
            _units((2, 9), 3, 1),
            _units(1, 0, 6),
            _units((2, 40), 1, 3, almost=1e-9),
        ),
        fixed=((np.array([[0.0, 1.0, -1.0], [-1.0, -3.0, 2.0]]),),),
        slips=(
            Slip(
                "samples for units",
                lambda pre_activations: int((pre_activations <= 0).all(axis=1).sum()),
                _("You count samples that fire no unit. A row is a sample, a column is a unit: mind the axis."),
            ),
            Slip(
                "any for all",
                lambda pre_activations: int((pre_activations <= 0).any(axis=0).sum()),
                _("You count units that are silent on some sample. A dead one is silent on every sample."),
            ),
            Slip(
                "below on average",
                lambda pre_activations: int((pre_activations.mean(axis=0) <= 0).sum()),
                _("A unit whose mean is negative may still fire on one sample, and learn from it."),
            ),
            Slip(
                "zero fires",
                lambda pre_activations: int((pre_activations < 0).all(axis=0).sum()),
                _("At exactly 0 ReLU gives 0 and its slope is 0 by convention: that is silent, too."),
            ),
            Slip(
                "the living",
                lambda pre_activations: int((pre_activations > 0).any(axis=0).sum()),
                _("You count the units that live."),
            ),
            Slip(
                "numbers for units",
                lambda pre_activations: int((pre_activations <= 0).sum()),
                _("You count single numbers. A unit is a whole column."),
            ),
        ),
        hints=(
            _("Silent on one sample means a pre-activation of at most 0."),
            _("Each column is a unit: `.all(axis=0)` asks something of whole columns."),
            _("Truth values can be summed: True counts as 1."),
        ),
    ),
    ChoiceExercise(
        name="waking_the_dead",
        chapter=3,
        title=_("Explain: what can wake a dead unit?"),
        points=1,
        right="9b7e412bd650a1b9",
        options={
            "smaller rate": _("A smaller rate helps to prevent deaths. It scales the gradient, and the gradient is 0."),
            "patience": _("Each further step adds 0 to the unit's weights, as long as its inputs stay the same."),
            "other inputs": _("Other inputs change w.x + b without the unit's help; one positive sum is enough."),
            "larger rate": _("However large the rate: its product with a gradient of 0 is 0."),
        },
        hints=(
            _("Write down the update of one of the unit's weights."),
            _("The gradient of its weights is 0. What else does w.x + b depend on?"),
        ),
    ),
)
