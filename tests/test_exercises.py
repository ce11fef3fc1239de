"""Exercises: right answers in whatever style pass, wrong ones get their own message, and nothing is given away."""

import copy
import json
import math
import pkgutil
import re
import signal
import subprocess
import sys
import threading
import time
from functools import partial

import nbformat
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from helpers import own_files
from helpers.exercises import EXERCISES, feedback, progress, time_limit
from helpers.exercises.answer import ChangedInput, Raised, Stopped, TimeLimit, does_nothing, value_of
from helpers.exercises.exercise import DRAWS, ChoiceExercise, DesignExercise, FunctionExercise, ValueExercise, seal
from helpers.exercises.judge import CORRECT, INCORRECT, NOT_ATTEMPTED, judge
from helpers.exercises.values import NotPlain, difference, plain, show
from helpers.exercises.worked import SOLUTIONS, solutions, unveil, veil
from helpers.losses import softmax
from tools.make_exercises import SOURCES, STUB, STUDENTS, all_answers, sources, student_version

FUNCTIONS = [exercise for exercise in EXERCISES.values() if isinstance(exercise, FunctionExercise)]
CHOICES = [exercise for exercise in EXERCISES.values() if isinstance(exercise, ChoiceExercise)]
SLIPS = [(exercise, slip) for exercise in EXERCISES.values() for slip in exercise.slips]
SEEDS = range(5)


def names(exercises):
    return [exercise.name for exercise in exercises]


def verdict(exercise, answer, seed=0):
    """Judge an answer as the grader does: a function is called, anything else is the value."""
    exercise = EXERCISES[exercise] if isinstance(exercise, str) else exercise
    return judge(exercise, partial(value_of, answer), np.random.default_rng(seed))


def run(source, name):
    """Run the code of an answer cell and return what it defines."""
    namespace = {"np": np, "math": math, "softmax": softmax}
    exec("from itertools import pairwise\n" + source, namespace)
    return namespace[name]


@pytest.fixture
def learner(tmp_path, monkeypatch):
    """A learner with a progress file of their own."""
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "mine" / "progress.json"))
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    monkeypatch.setattr(progress, "_unwritten", {})  # what another learner's kernel could not keep
    return tmp_path / "mine" / "progress.json"


@pytest.fixture
def impatient(learner, monkeypatch):
    monkeypatch.setattr(feedback, "SECONDS", 0.2)


#: Each function once more, in another style than the worked solution: loops and plain Python, or one vectorised line.
SECOND_STYLE = {
    "parameter_count": """
def parameter_count(sizes):
    total = 0
    for i in range(1, len(sizes)):
        total += sizes[i] * (sizes[i - 1] + 1)
    return total
""",
    "convolution_macs": """
def convolution_macs(side, kernel_size, in_channels, out_channels):
    macs = 0
    for y in range(side - kernel_size + 1):
        for x in range(side - kernel_size + 1):
            macs += kernel_size * kernel_size * in_channels * out_channels
    return float(macs)
""",
    "training_bytes": """
def training_bytes(sizes, batch_size):
    numbers = 0
    for n, m in pairwise(sizes):
        numbers += 4 * (n + 1) * m + batch_size * m
    return np.int64(32 * numbers // 8)
""",
    "decayed_rate": """
def decayed_rate(epoch, base, rate, every):
    return np.exp(np.log(base) + np.log(rate) * epoch / every)
""",
    "losses_of_descent": """
def losses_of_descent(start, rate, steps):
    return (start + 1) ** 2 * (1 - 2 * rate) ** (2 * np.arange(steps))
""",
    "sigmoid_backward": """
def sigmoid_backward(gradient, y):
    result = []
    for g, value in zip(gradient, y):
        result.append(g * (value - value**2))
    return result
""",
    "stable_tanh": """
def stable_tanh(x):
    result = np.empty(len(x))
    for i, value in enumerate(x):
        if value > 0:
            result[i] = 2 / (1 + math.exp(-2 * value)) - 1
        else:
            result[i] = 1 - 2 / (1 + math.exp(2 * value))
    return result
""",
    "initial_deviation": """
def initial_deviation(fan_in, activation):
    if activation == "relu":
        return math.sqrt(2) / math.sqrt(fan_in)
    return fan_in**-0.5
""",
    "dead_units": """
def dead_units(pre_activations):
    dead = 0
    for unit in range(pre_activations.shape[1]):
        silent = True
        for z in pre_activations[:, unit]:
            if z > 0:
                silent = False
        dead += silent
    return dead
""",
    "squared_error": """
def squared_error(predicted, true):
    total = 0
    for p, t in zip(predicted, true):
        total += (t - p) * (t - p)
    return total / len(true)
""",
    "yogurt_loss": """
def yogurt_loss(predicted, sold, cost, profit):
    total = 0.0
    for p, s in zip(predicted, sold):
        total += cost * (p - s) if p > s else profit * (s - p)
    return total
""",
    "surprise": """
def surprise(truth, guess):
    total = 0.0
    for t, g in zip(truth, guess):
        if t > 0:
            total += t * -math.log(g)
    return total
""",
    "loss_of_logits": """
def loss_of_logits(logits, label):
    top = max(logits)
    total = 0
    for z in logits:
        total += math.exp(z - top)
    return top - logits[label] + math.log(total)
""",
    "accuracy": """
def accuracy(logits, labels):
    right = 0
    for row, label in zip(logits, labels):
        right += int(np.argmax(row)) == label
    return right / len(labels)
""",
    "scaled_test": """
def scaled_test(training, test):
    scaled = test.copy()
    for column in range(test.shape[1]):
        known = training[:, column]
        scaled[:, column] -= sum(known) / len(known)
        scaled[:, column] /= (sum((known - sum(known) / len(known)) ** 2) / len(known)) ** 0.5
    return scaled
""",
    "in_standard_errors": """
def in_standard_errors(first, second):
    differences = [b - a for a, b in zip(first, second)]
    n = len(differences)
    mean = sum(differences) / n
    variance = sum((d - mean) ** 2 for d in differences) / (n - 1)
    return mean / math.sqrt(variance / n)
""",
    "training_step": """
def training_step(weights, inputs, labels, rate):
    change = np.zeros_like(weights)
    for x, label in zip(inputs, labels):
        p = np.exp(x @ weights)
        p /= p.sum()
        for k in range(len(p)):
            change[:, k] += x * (p[k] - (k == label)) / len(inputs)
    return weights - rate * change
""",
}

SECOND_STYLE |= {
    "fitted_line": """
def fitted_line(x, y, rate, steps):
    w, b = 0.0, 0.0
    for step in range(steps):
        dw = db = 0.0
        for one, other in zip(x, y):
            dw += 2 * (w * one + b - other) * one / len(x)
            db += 2 * (w * one + b - other) / len(x)
        w -= rate * dw
        b -= rate * db
    return [w, b]
""",
    "training_macs": """
def training_macs(sizes, samples, epochs):
    macs = 2 * sizes[0] * sizes[1]
    for i in range(1, len(sizes) - 1):
        macs += 3 * sizes[i] * sizes[i + 1]
    return float(epochs * samples * macs)
""",
    "gradient_error": """
def gradient_error(above, below, h, gradient):
    up = down = size = 0.0
    for a, b, g in zip(above, below, gradient):
        slope = (a - b) / h / 2
        up, down, size = up + (g - slope) ** 2, down + g * g, size + slope * slope
    return math.sqrt(up) / (math.sqrt(down) + math.sqrt(size))
""",
    "two_layers_back": """
def two_layers_back(x, target, first, second):
    z = [sum(w * v for w, v in zip(row, x)) for row in first]
    o = [sum(w * max(v, 0) for w, v in zip(row, z)) for row in second]
    gradient = np.zeros(np.shape(first))
    for j in range(len(z)):
        if z[j] > 0:
            arrived = sum(2 * (o[k] - target[k]) * second[k][j] for k in range(len(o)))
            gradient[j] = [arrived * v for v in x]
    return gradient
""",
    "first_outputs": """
def first_outputs(inputs, draws):
    *hidden, last = [draw * (2 / np.shape(draw)[1]) ** 0.5 for draw in draws]
    for weights in hidden:
        inputs = inputs @ weights.T
        inputs = inputs * (inputs > 0)
    return inputs @ last.T
""",
    "logit_loss": """
def logit_loss(logit, label):
    s = logit * (1 - 2 * label)
    return max(s, 0) + math.log1p(math.exp(-abs(s)))
""",
    "held_out_loss": """
def held_out_loss(inputs, labels, count, rate, steps):
    x = (inputs - inputs[:count].mean(axis=0)) / inputs[:count].std(axis=0)
    weights = np.zeros((x.shape[1], max(labels) + 1))
    for _ in range(steps):
        p = softmax(x[:count] @ weights)
        for row, label in enumerate(labels[:count]):
            p[row, label] -= 1
        weights = weights - rate / count * x[:count].T @ p
    p = softmax(x[count:] @ weights)
    return -sum(math.log(p[row, label]) for row, label in enumerate(labels[count:])) / len(p)
""",
}

#: Other right values than the worked solution's.
SECOND_VALUE = {
    "backward_macs": 102_912.0,
    "budget_network": np.array([64, 25, 8, 10]),
    "small_layers": " b",
    "largest_rate": 0.333,
    "steps_needed": np.float64(866),
    "ravine_rate": np.float32(0.09),
    "why_decay": "b",
    "largest_factor": 0.0039,
    "waking_the_dead": "c ",
    "floor_of_twice": 0.744,
    "profit_for_service": 18.0,
    "loss_for_a_promise": "c",
    "my_settings": {"activation": "relu", "hidden": (38,), "learning_rate": 0.6},
    "fair_comparison": "d",
    "zero_weights": "b",
    "iris_parameters": 83.0,
    "loss_leaps": "(c)",
    "read_losses": {"E": "Fine", "D": "too_high", "C": "DEAD", "B": "too-low", "A": "softmax twice"},
    "outputs_for_tasks": {
        "rain or not": "Sigmoid and binary cross entropy",
        "several labels at once": "sigmoid and binary cross-entropy",
        "house price": "identity and squared error",
        "one of ten digits": "softmax and cross-entropy",
        "time that nine in ten keep": "identity and asymmetric loss",
    },
    "first_suspect": "d",
    "too_good": "a.",
    "fair_result": {"rate_without": 1.0, "rate_with": 1, "standard_errors": np.float64(-1.221)},
    "sure_and_wrong": 65.6,
    "where_first": "a",
}


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
def test_the_worked_solution_is_right(exercise):
    answer = run(all_answers()[exercise.name], exercise.name)
    for seed in SEEDS:
        assert verdict(exercise, answer, seed).outcome == CORRECT
    assert verdict(exercise, answer).points == exercise.points


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
def test_a_right_answer_in_another_style_is_right(exercise):
    written = SECOND_STYLE.get(exercise.name)
    answer = run(written, exercise.name) if written else SECOND_VALUE[exercise.name]
    for seed in SEEDS:
        assert verdict(exercise, answer, seed).outcome == CORRECT


@pytest.mark.parametrize("exercise", FUNCTIONS, ids=names(FUNCTIONS))
def test_single_precision_is_precise_enough(exercise):
    """An answer that is rounded to 32 bits at the end is still right."""

    def rounded(*arguments):
        result = exercise.reference(*arguments)
        return np.asarray(result, np.float32)[()] if isinstance(result, float | np.floating | np.ndarray) else result

    assert verdict(exercise, rounded).outcome == CORRECT


@pytest.mark.parametrize("exercise, slip", SLIPS, ids=[f"{e.name}-{s.name}" for e, s in SLIPS])
def test_a_named_wrong_answer_gets_its_own_message(exercise, slip):
    for seed in SEEDS if exercise in FUNCTIONS else [0]:
        judged = verdict(exercise, slip.wrong, seed)
        assert (judged.outcome, judged.points, judged.slip) == (INCORRECT, 0, slip.name)
        assert judged.message.endswith(slip.message)


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
def test_each_exercise_knows_three_slips_or_more_with_messages_of_their_own(exercise):
    messages = [slip.message for slip in exercise.slips]
    assert len(set(messages)) == len(messages) == len({slip.name for slip in exercise.slips})
    assert len(messages) >= 3 and exercise.reason not in messages
    assert 2 <= len(exercise.hints) <= 3, "two hints or three: join two, or leave one out"


#: Wrong answers as learners write them, and the slip that has to be found in them.
WRITTEN = {
    ("parameter_count", "biases forgotten"): "return sum(n * m for n, m in pairwise(sizes))",
    ("parameter_count", "first layer only"): "for n, m in pairwise(sizes):\n        return n * m + m",
    (
        "convolution_macs",
        "off by one",
    ): "n = side - kernel_size\n    return n * n * kernel_size**2 * in_channels * out_channels",
    ("training_bytes", "batch"): ("return 4 * sum(4 * (n + 1) * m for n, m in pairwise(sizes)) + 4 * sum(sizes[1:])"),
    ("decayed_rate", "staircase"): "return base * rate ** int(epoch / every)",
    ("decayed_rate", "exponent lost"): "return base * rate * (epoch / every)",
    ("losses_of_descent", "one too many"): (
        "w, out = start, [(start + 1) ** 2]\n    for _ in range(steps):\n"
        "        w = w - 2 * rate * (w + 1)\n        out.append((w + 1) ** 2)\n    return np.array(out)"
    ),
    ("sigmoid_backward", "output taken for input"): "s = 1 / (1 + np.exp(-y))\n    return gradient * s * (1 - s)",
    ("stable_tanh", "overflow on the right"): "return (np.exp(2 * x) - 1) / (np.exp(2 * x) + 1)",
    ("initial_deviation", "variance"): "return (2 if activation == 'relu' else 1) / fan_in",
    ("dead_units", "samples for units"): "return int(np.all(pre_activations <= 0, axis=1).sum())",
    ("squared_error", "sum for mean"): "return sum((p - t) ** 2 for p, t in zip(predicted, true))",
    ("yogurt_loss", "sign"): "e = predicted - sold\n    return sum(cost * v if v > 0 else profit * v for v in e)",
    ("surprise", "log10 for ln"): "return -sum(t * math.log10(g) for t, g in zip(truth, guess) if t > 0)",
    ("surprise", "0 times infinity"): "return -np.sum(truth * np.log(guess))",
    ("loss_of_logits", "softmax twice"): (
        "p = np.exp(logits - logits.max())\n    p = np.exp(p / p.sum())\n    return -np.log(p[label] / p.sum())"
    ),
    ("accuracy", "number for share"): "return sum(logits.argmax(axis=1) == labels)",
    ("scaled_test", "scaled by itself"): "return (test - np.mean(test, 0)) / np.std(test, 0)",
    ("in_standard_errors", "divided by n"): "d = second - first\n    return np.mean(d) / np.std(d) * len(d) ** 0.5",
    ("training_step", "sum for mean"): (
        "z = inputs @ weights\n    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)\n"
        "    return weights - rate * inputs.T @ (p - np.eye(z.shape[1])[labels])"
    ),
}


@pytest.mark.parametrize("name, slip", WRITTEN, ids=["-".join(key) for key in WRITTEN])
def test_slips_are_found_in_code_as_learners_write_it(name, slip):
    head = re.search(rf"def {name}\(.*\):", all_answers()[name])[0]
    answer = run(f"{head}\n    {WRITTEN[name, slip]}", name)
    for seed in SEEDS:
        assert verdict(name, answer, seed).slip == slip


def test_wrong_code_that_a_task_hands_out_is_a_known_slip():
    found = 0
    for notebook in sources().values():
        for cell in notebook.cells:
            for code in re.findall(r"```python\n(def .*?)```", cell.source, flags=re.DOTALL):
                name = re.match(r"def (\w+)", code)[1]
                assert verdict(name, run(code, name)).slip, name
                found += 1
    assert found >= 5


@pytest.mark.parametrize("exercise", FUNCTIONS, ids=names(FUNCTIONS))
def test_a_wrong_function_is_shown_its_input_what_is_expected_and_what_came(exercise):
    message = verdict(exercise, lambda *_: 12345.678).message
    assert f"`{exercise.name}(" in message and "should be" in message and "12345.7" in message


@pytest.mark.parametrize("exercise", FUNCTIONS, ids=names(FUNCTIONS))
def test_answers_to_the_fixed_inputs_alone_do_not_pass(exercise):
    """Whoever writes down the answers to inputs seen before has not solved anything."""
    known = {show(case): exercise.reference(*case) for case in exercise.fixed}
    learned = verdict(exercise, lambda *arguments: known.get(show(arguments), exercise.reference(*exercise.fixed[0])))
    assert learned.outcome == INCORRECT
    asked = len(exercise.cases(np.random.default_rng(0)))
    assert asked == len(exercise.fixed) + len(exercise.edges) + DRAWS


@pytest.mark.parametrize("exercise", FUNCTIONS, ids=names(FUNCTIONS))
def test_inputs_are_drawn_anew_and_plain(exercise):
    first, second = (exercise.draw(np.random.default_rng(seed)) for seed in (0, 1))
    assert show(first, 10_000) != show(second, 10_000)
    assert show(plain(first), 10_000) == show(first, 10_000)


def raiser(error):
    def function(*_):
        raise error

    return function


class SaysYes:
    """An answer that is equal to everything."""

    __hash__ = None

    def __eq__(self, other):
        return True

    def __array__(self, *_args, **_kwargs):
        raise RuntimeError("no array for you")

    def __getattr__(self, name):
        raise RuntimeError("no attributes either")


class Mute(type):
    """The type of a type that does not even tell its name."""

    @property
    def __name__(cls):
        raise RuntimeError("no name")

    def __repr__(cls):
        raise RuntimeError("no text")


class Nameless(metaclass=Mute):
    __hash__ = None

    def __repr__(self):
        raise RuntimeError("no text")

    def __bool__(self):
        raise RuntimeError("neither")

    @property
    def __class__(self):
        raise RuntimeError("no class")


class Unspeakable(Exception):
    def __str__(self):
        raise RuntimeError("no words")


class YesFloat(float):
    def __eq__(self, other):
        return True

    __hash__ = None


class YesArray(np.ndarray):
    def __eq__(self, other):
        return np.ones(self.shape, bool)

    __hash__ = None


def endless():
    return endless()


ITSELF = []
ITSELF.append(ITSELF)
BOMB = []
for _ in range(6):
    BOMB = [BOMB] * 50

HOSTILE = [
    SaysYes(),
    SaysYes,
    Nameless(),
    Nameless,
    YesFloat(1.0),
    np.zeros(3).view(YesArray),
    np.ma.masked_array([1.0, 2.0], [True, False]),
    ITSELF,
    BOMB,
    [SaysYes(), 1],
    {"a": Nameless()},
    {(1, 2): 3},
    10**5000,
    [10**5000],
    -(10**320),
    float("nan"),
    complex(1, 2),
    b"bytes",
    "x" * 1_000_000,
    range(3),
    (i for i in range(3)),
    np.array([1, "a", None], dtype=object),
    np.array(["a", "b"]),
    np.array([1 + 2j]),
    np.array("2020-01-01", dtype="datetime64[D]"),
    np.zeros((0, 3)),
    np.zeros(2, dtype=[("a", int)]),
    np.longdouble(7),
    np.float16(7),
    np.array(5.0),
    np.bool_(True),
    np.str_("B"),
    [[1.0], [1.0, 2.0]],
    Exception,
    raiser,
    Ellipsis,
    NotImplemented,
    None,
]
FATAL = [
    ZeroDivisionError("by zero"),
    Unspeakable(),
    SystemExit(0),
    KeyboardInterrupt(),
    GeneratorExit(),
    MemoryError(),
    StopIteration(3),
    NotPlain("mine"),
    ChangedInput(),
    Stopped("the process died"),
    Raised("NameError", "name 'x' is not defined"),
]


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
def test_the_judge_never_raises_and_never_passes_a_hostile_answer(exercise):
    for value in HOSTILE:
        answer = (lambda *_, value=value: value) if exercise in FUNCTIONS else value
        judged = verdict(exercise, answer)
        right = type(value) is np.str_ and seal(exercise.name, "B") == getattr(exercise, "right", "")
        expected = NOT_ATTEMPTED if value is ... else CORRECT if right else INCORRECT
        assert judged.outcome == expected and judged.message, (judged, type(value))


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
def test_the_judge_never_raises_whatever_is_raised(exercise):
    for error in FATAL:
        judged = judge(exercise, raiser(error), np.random.default_rng(0))
        assert judged.outcome == INCORRECT and judged.message
    assert judge(exercise, endless, np.random.default_rng(0)).outcome == INCORRECT
    assert judge(exercise, raiser(NotImplementedError()), np.random.default_rng(0)).outcome == NOT_ATTEMPTED


numbers = st.integers() | st.floats() | st.booleans() | st.complex_numbers()
dtypes = arrays.scalar_dtypes() | arrays.unicode_string_dtypes()
values = st.recursive(
    numbers
    | st.text(max_size=3)
    | st.binary(max_size=3)
    | st.none()
    | arrays.arrays(dtypes, arrays.array_shapes(max_side=3)),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(st.sampled_from(["hidden", "activation", "learning_rate", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
@settings(max_examples=20)
@given(value=values)
def test_the_judge_never_raises_for_any_value(exercise, value):
    answer = (lambda *_: value) if exercise in FUNCTIONS else value
    assert verdict(exercise, answer).outcome in (INCORRECT, CORRECT)


@pytest.mark.parametrize(
    "value",
    ["array([1., 0.5, nan])", "array([[1, 2], [3, 4]])", "array([True, False])", "array([1e+20, -inf])", "[0.5, 2.0]"],
)
def test_a_value_is_shown_as_it_would_be_written(value):
    assert show(eval(value, {"array": np.array, "nan": np.nan, "inf": np.inf})) == value


@given(value=values)
def test_a_value_is_plain_or_refused_and_can_always_be_shown(value):
    try:
        assert len(show(plain(value))) <= 120
    except NotPlain as refused:
        assert str(refused)


@pytest.mark.parametrize("exercise", FUNCTIONS, ids=names(FUNCTIONS))
def test_an_answer_that_claims_to_be_equal_does_not_pass(exercise):
    def lie(*arguments):
        expected = exercise.reference(*arguments)
        return np.zeros_like(expected).view(YesArray) if isinstance(expected, np.ndarray) else YesFloat(0)

    assert "an object of type Yes" in verdict(exercise, lie).message


def test_what_is_not_plain_is_refused_without_being_asked():
    for value in (SaysYes(), SaysYes, Nameless(), ITSELF, BOMB, YesFloat(1), np.zeros(2).view(YesArray), 10**40_000):
        with pytest.raises(NotPlain):
            plain(value)


def test_each_kind_of_mistake_has_its_message():
    said = {
        "returned None. Is there a `return`, on each way through the function?": lambda training, test: print(end=""),
        "raised ZeroDivisionError: division by zero": lambda training, test: 1 / 0,
        "should be an array of shape (3, 2), got one of shape (2, 3)": lambda training, test: np.zeros((2, 3)),
        "should be an array of shape (3, 2), got 3": lambda training, test: 3.0,
        "fractions were cut off": lambda training, test: EXERCISES["scaled_test"].reference(training, test).astype(int),
        "should be an array of shape (3, 2) of numbers, got truth values": lambda training, test: np.zeros((3, 2)) > 0,
        "an array of dtype object": lambda training, test: np.array([None]),
        "an object of type function; expected an array": lambda training, test: (
            test_each_kind_of_mistake_has_its_message
        ),
        "a list whose rows differ in length": lambda training, test: [[1.0], [1.0, 2.0]],
    }
    for message, answer in said.items():
        assert message in verdict("scaled_test", answer).message


def test_a_changed_input_is_noticed_even_where_the_result_is_right():
    def in_place(training, test):
        test -= training.mean(axis=0)
        test /= training.std(axis=0)
        return test

    assert "changed its own input" in verdict("scaled_test", in_place).message

    def sorts(sizes):
        result = EXERCISES["parameter_count"].reference(list(sizes))
        sizes.append(1)
        return result

    assert "changed its own input" in verdict("parameter_count", sorts).message


def test_an_error_in_another_process_reads_like_one_in_this():
    here = verdict("accuracy", raiser(NameError("name 'x' is not defined"))).message
    assert here == verdict("accuracy", raiser(Raised("NameError", "name 'x' is not defined"))).message
    assert str(Raised.of(Unspeakable())) == "Unspeakable"


def test_whole_numbers_are_exact_and_others_have_their_tolerance():
    assert verdict("backward_macs", 102_912 + 1).outcome == INCORRECT
    assert verdict("largest_rate", 1 / 3 * 1.009).outcome == CORRECT
    assert verdict("largest_rate", 1 / 3 * 1.011).outcome == INCORRECT
    reference = EXERCISES["decayed_rate"].reference
    assert verdict("decayed_rate", lambda *case: reference(*case) * (1 + 0.9e-5)).outcome == CORRECT
    assert verdict("decayed_rate", lambda *case: reference(*case) * (1 + 1.1e-5)).outcome == INCORRECT


@pytest.mark.parametrize(
    "expected, got, said",
    [
        ([True, False], [1.0, 0.0], "should be an array of shape (2,) of truth values, got numbers"),
        ([1.0, 0.0], [True, False], "should be an array of shape (2,) of numbers, got truth values"),
        ([1, 2], [1.0, 2.0], None),
        ([1, 2], [1.0, 2.0000001], "should be array([1, 2]), got array([1., 2.0000001])"),
        ([1.5], [2.5], "should be array([1.5]), got array([2.5])"),
        ([1.0], [2], "should be array([1.]), got array([2])"),
        ([1.5], [1], "should be array([1.5]), got array([1]) of dtype int64: fractions were cut off"),
        (np.arange(40) / 8, np.arange(40) // 4 / 2, "should be 0.125 in place [1], got 0"),
        ([np.inf, np.nan], [np.inf, np.nan], None),
    ],
)
def test_arrays_are_compared_with_words(expected, got, said):
    assert difference(np.array(expected), np.array(got), tell=True) == said


@pytest.mark.parametrize(
    "expected, got, said",
    [
        (3, 4, "is not 4"),
        (3, "x", "should be a whole number, got 'x'"),
        (3, 3.5, "should be a whole number, got 3.5"),
        (866, 865.9999, "should be a whole number, got 865.9999"),
        (102_912, 102_911.99999999, "should be a whole number, got 102911.99999999"),
        (3.5, 4, "is not 4"),
        (0.5, 0.50001, "is not 0.50001"),
        (0.5, 0.500000001, "is not 0.500000001"),
        (3.5, None, "should be a number, got None"),
        (3.5, np.zeros(2), "should be a number, got an array of shape (2,)"),
        (True, False, "is not False"),
        (True, 1, "should be True or False, got 1"),
        ("a", "b", "is not 'b'"),
        ("a", 1, "should be text, got 1"),
        ([1, 2], [1, 3], "in place 2 is not 3"),
        ((1, 2), [1, 2], None),
        ([1, 2], [1], "should be 2 values, got [1]"),
        ([1, 2], 5, "should be 2 values, got 5"),
        (np.array([1.5, 2.0]), [1.5, 2.5], "is not array([1.5, 2.5])"),
    ],
)
def test_what_differs_is_said_without_giving_it_away(expected, got, said):
    assert difference(expected, got, rtol=1e-10, atol=1e-10) == said


@pytest.mark.parametrize(
    "expected, got, said",
    [
        (26, 20, "should be 26, got 20"),
        (0.5, 0.50000001, "should be 0.5, got 0.50000001"),
        (1 / 3, 0.25, "should be 0.333333, got 0.25"),
        (26, "26", "should be a whole number, got '26'"),
        ([1, 2], [1, 3], "in place 2 should be 2, got 3"),
    ],
)
def test_of_a_published_example_it_is_said_what_should_come_out(expected, got, said):
    assert difference(expected, got, rtol=1e-10, atol=1e-10, tell=True) == said


@pytest.mark.parametrize(
    "value, text",
    [
        (1e15, "1000000000000000.0"),
        (999999.4, "999999"),
        ("y" * 200, "'" + "y" * 115 + " ..."),
        (list(range(60)), str(list(range(60)))[:116] + " ..."),
    ],
)
def test_long_values_are_cut_to_120_characters(value, text):
    assert show(value) == text
    assert len(text) <= 120


def test_a_question_is_shown_as_the_call_that_was_made():
    message = verdict("decayed_rate", lambda *_: print(end="")).message
    assert "`decayed_rate(epoch=0, base=0.2, rate=0.99, every=1)` returned None." in message


def test_a_list_of_words_is_no_array():
    assert difference(np.zeros(2), ["a", "b"]) == "should be an array of shape (2,), got ['a', 'b']"


@pytest.mark.parametrize("wrap", [float, lambda number: np.array([number])])
def test_both_tolerances_count(wrap):
    assert difference(wrap(2.0), wrap(2.5), rtol=0.25, atol=0) is None
    assert difference(wrap(2.0), wrap(2.6), rtol=0.25, atol=0) is not None
    assert difference(wrap(0.0), wrap(0.5), rtol=0, atol=0.5) is None
    assert difference(wrap(0.0), wrap(0.6), rtol=0, atol=0.5) is not None


COMPLETE = {"name": "x", "chapter": 1, "title": "t", "points": 1, "slips": (), "hints": ()}
CHOICE = {name: value for name, value in COMPLETE.items() if name != "slips"}


@pytest.mark.parametrize(
    "settings, message",
    [
        ({"name": "x y"}, "the name of an exercise must be one for a variable, got 'x y'"),
        ({"chapter": 0}, "chapter must be at least 1, got 0"),
        ({"points": 0}, "points must be at least 1, got 0"),
        ({"rtol": -1.0}, "rtol must be a finite number at least 0, got -1.0"),
        ({"atol": -1.0}, "atol must be a finite number at least 0, got -1.0"),
    ],
)
def test_an_exercise_with_odd_settings_is_refused(settings, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        ValueExercise(**{**COMPLETE, "reference": len, **settings})


@pytest.mark.parametrize(
    "kind, settings, lacks",
    [
        (ValueExercise, {}, "'reference'"),
        (ValueExercise, {"reference": len, "accepts": len}, "'accepts'"),
        (FunctionExercise, {"reference": len}, "'draw'"),
        (FunctionExercise, {"draw": len}, "'reference'"),
        (FunctionExercise, {"reference": len, "draw": len, "accepts": len}, "'accepts'"),
        (DesignExercise, {"accepts": len}, "'expects'"),
        (DesignExercise, {"expects": "t"}, "'accepts'"),
        (ChoiceExercise, {"options": {"a": "b"}}, "'right'"),
        (ChoiceExercise, {"right": "ab"}, "'options'"),
        (ChoiceExercise, {"options": {"a": "b"}, "right": "ab", "reference": len}, "'reference'"),
    ],
)
def test_an_exercise_has_what_says_which_answer_is_right_and_nothing_else(kind, settings, lacks):
    with pytest.raises(TypeError, match=lacks):
        kind(**(CHOICE if kind is ChoiceExercise else COMPLETE), **settings)


@pytest.mark.parametrize(
    "kind, settings",
    [
        (ValueExercise, {**COMPLETE, "reference": len, "rtol": 0, "atol": 0}),
        (DesignExercise, {**COMPLETE, "accepts": len, "expects": "t"}),
        (ChoiceExercise, {**CHOICE, "options": {"one": "No.", "two": "Yes."}, "right": "a"}),
    ],
)
def test_an_exercise_needs_no_more_than_its_kind_does(kind, settings):
    assert kind(**settings).points == 1


@pytest.mark.parametrize("exercise", CHOICES, ids=names(CHOICES))
def test_a_choice_has_a_reason_for_each_option_and_one_that_is_right(exercise):
    right = [letter for letter in exercise.letters if seal(exercise.name, letter) == exercise.right]
    assert right == [run(all_answers()[exercise.name], exercise.name)]
    assert sorted([*right, *(slip.wrong for slip in exercise.slips)]) == list(exercise.letters)
    assert verdict(exercise, f"({right[0].lower()}).").outcome == CORRECT
    reason = list(exercise.options.values())[exercise.letters.index(right[0])]
    assert verdict(exercise, right[0]).message == f"Right. {reason}"
    assert "letters A, B, C, D" in verdict(exercise, "E").message


@pytest.mark.parametrize(
    "sizes, slip",
    [
        ([64, 20, 19, 10], "budget left unused"),  # 1899 parameters; no network has 1900 or 2000
        ([64, 22, 17, 10], "biases forgotten"),  # 2001 parameters, 1952 of them weights
        ([64, 23, 16, 10], "biases forgotten"),  # 2000 weights
        ([64, 24, 16, 10], "over the budget"),  # 2080 weights
        ([64, 20, 20, 10], "not narrowing"),
    ],
)
def test_the_budget_is_counted_to_the_last_parameter(sizes, slip):
    assert verdict("budget_network", sizes).slip == slip


def test_rates_for_the_ravine_are_right_up_to_both_edges():
    for rate in np.linspace(0.06, 0.1, 400, endpoint=False):
        along, across = 4 * (1 - rate) ** 60, 4 * (20 * rate - 1) ** 60  # after 60 steps from (4, 4)
        slip = "" if math.hypot(along, across) < 0.05 else "too timid" if along > across else "too close to the edge"
        assert verdict("ravine_rate", rate).slip == slip
    assert [verdict("ravine_rate", rate).slip for rate in (0.1, 0.101, 0.999)] == ["at the edge"] + [
        "beyond the edge"
    ] * 2


@pytest.mark.parametrize(
    "name, expected",
    [
        ("budget_network", "expected a list of four whole numbers such as [64, 20, 12, 10], got 'x'."),
        ("ravine_rate", "expected a number, the learning rate, got 'x'."),
        (
            "my_settings",
            'expected settings such as {"hidden": [16], "activation": "tanh", "learning_rate": 0.01}, got \'x\'.',
        ),
        ("largest_rate", "the answer should be a number, got 'x'. A number stands without quotes."),
        ("why_decay", "expected one of the letters A, B, C, D as text, got 'X'."),
    ],
)
def test_an_answer_of_another_kind_is_told_what_is_expected(name, expected):
    assert verdict(name, "x").message == f"Not yet right: {expected}"


SETTINGS = {"hidden": [16], "activation": "tanh", "learning_rate": 0.1}


@pytest.mark.parametrize(
    "changed",
    [
        {"learning_rate": 0},
        {"learning_rate": -0.1},
        {"learning_rate": 1_000_000},
        {"learning_rate": True},
        {"learning_rate": "0.1"},
        {"hidden": [3] * 6},
        {"epochs": 12},
    ],
    ids=str,
)
def test_settings_that_cannot_be_trained_are_named(changed):
    judged = verdict("my_settings", {**SETTINGS, **changed})
    assert (judged.outcome, judged.slip) == (INCORRECT, "unknown setting")


def test_five_hidden_layers_can_be_trained():
    assert verdict("my_settings", {**SETTINGS, "hidden": [3] * 5}).slip != "unknown setting"


def test_networks_are_refused_from_the_first_parameter_over_the_budget_on():
    assert verdict("my_settings", {**SETTINGS, "hidden": [28, 30]}).slip != "over the budget"  # 3000 parameters
    assert verdict("my_settings", {**SETTINGS, "hidden": [23, 44]}).slip == "over the budget"  # 3001


def loop(*_):
    while True:
        pass


def stubborn(*_):
    for _ in range(3):
        try:
            loop()
        except BaseException:
            continue
    loop()


def swallow_once(*_):
    try:
        while True:
            pass
    except BaseException:
        return 1.0


def sleeper(*_):
    while True:
        time.sleep(0.05)


@pytest.mark.parametrize("answer", [loop, sleeper, stubborn, swallow_once], ids=lambda f: f.__name__)
def test_an_endless_loop_is_stopped(impatient, answer):
    said = feedback.check("decayed_rate", answer)
    assert said.outcome == INCORRECT
    if answer is not swallow_once:
        assert "took too long" in said.text and "loop never end" in said.text
    time.sleep(0.15)  # nothing may arrive late
    assert all("watch" not in thread.name for thread in threading.enumerate())
    assert feedback.check("largest_rate", 1 / 3).outcome == CORRECT


def spin(seconds):
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass


@pytest.mark.parametrize("again", [0.05, 0])
def test_a_time_limit_arrives_in_time_or_not_at_all(monkeypatch, again):
    """A call may end just when its time is over: the error comes out of it or is gone, and no watcher is left.

    With no pause between interruptions some come while the call's own end is under way.
    """
    monkeypatch.setattr(time_limit, "AGAIN", again)
    before, handler, stopped = threading.active_count(), signal.getsignal(time_limit.SIGNAL), 0
    for number in range(100):
        try:
            time_limit.within(0.001, spin, number * 2e-4)
        except TimeLimit:
            stopped += 1
        spin(1e-5)  # here one that is late would come out
    assert stopped and threading.active_count() == before
    assert signal.getsignal(time_limit.SIGNAL) is handler


def test_without_threads_a_time_limit_arrives_too(monkeypatch):
    """In a browser the clock is looked at before each line."""
    monkeypatch.setattr(time_limit, "THREADS", False)
    monkeypatch.setattr(time_limit.threading, "Thread", None)
    before = sys.gettrace()
    with pytest.raises(TimeLimit):
        time_limit.within(0.01, spin, 100)
    assert sys.gettrace() is before
    assert time_limit.within(10, max, 1, 2) == 2
    assert sys.gettrace() is before


def test_a_loop_that_swallows_the_error_many_times_is_stopped_and_nothing_comes_late(monkeypatch):
    monkeypatch.setattr(time_limit, "AGAIN", 0)
    for _ in range(10):
        with pytest.raises(TimeLimit):
            time_limit.within(0.001, stubborn)
        assert time_limit.within(0.001, swallow_once) == 1.0
        spin(1e-5)


def test_an_answer_may_take_its_time(impatient):
    waits = iter([0.1])

    def slow(*arguments):
        time.sleep(next(waits, 0))
        return EXERCISES["decayed_rate"].reference(*arguments)

    assert feedback.check("decayed_rate", slow).outcome == CORRECT


def test_three_outcomes(learner):
    assert (
        feedback.check(
            "decayed_rate", run(f"def decayed_rate(*a):\n    '''What.'''\n    {STUB}", "decayed_rate")
        ).outcome
        == NOT_ATTEMPTED
    )
    not_yet = feedback.check("largest_rate", ...)
    assert repr(not_yet) == "○ Not attempted yet: replace the dots by your answer."
    assert " #757575;" in not_yet._repr_html_()
    assert not learner.exists()
    wrong = feedback.check("largest_rate", 1.0)
    assert wrong.outcome == INCORRECT and repr(wrong).startswith("✗ Not yet right: ")
    assert " #b45309;" in wrong._repr_html_()
    right = feedback.check("largest_rate", 1 / 3)
    assert repr(right) == "✓ Right." and " #0b7285;" in right._repr_html_()


def test_a_value_in_place_of_a_function_is_explained(learner):
    assert "expected a function, got an object of type float" in feedback.check("decayed_rate", 0.2).text
    assert "is an object of type function; expected a number" in feedback.check("largest_rate", lambda: 1 / 3).text


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
def test_check_never_raises(learner, exercise):
    for value in HOSTILE:
        assert feedback.check(exercise.name, value).outcome in (INCORRECT, NOT_ATTEMPTED, CORRECT)
        if exercise in FUNCTIONS:
            assert feedback.check(exercise.name, lambda *_, value=value: value).outcome == INCORRECT or value is ...


def test_an_unknown_exercise_is_named(learner):
    for ask in (lambda name: feedback.check(name, 1), feedback.hint, feedback.solution):
        with pytest.raises(ValueError, match=r"^unknown exercise 'decayd_rate': .* did you mean 'decayed_rate'"):
            ask("decayd_rate")


def test_a_hint_or_a_chapter_that_is_none_is_refused(learner):
    with pytest.raises(ValueError, match=r"^number must be at least 1, got 0"):
        feedback.hint("decayed_rate", 0)
    with pytest.raises(TypeError, match=r"^number must be a whole number, got 1.0"):
        feedback.hint("decayed_rate", 1.0)
    with pytest.raises(ValueError, match=r"^chapter must be at least 1, got 0"):
        feedback.progress(0)
    with pytest.raises(ValueError, match=r"^there are no exercises for chapter 6"):
        feedback.progress(6)


def test_code_stands_out_in_a_message(learner):
    wrong = feedback.check("parameter_count", len)._repr_html_().split("<details>")[0]
    assert "<code>parameter_count(sizes=[3, 4, 2])</code> should be" in wrong and "<pre>" not in wrong


def test_the_best_outcome_stays_and_tries_are_counted(learner):
    for value in (1.0, 1 / 3, 1.0, ...):
        feedback.check("largest_rate", value)
    assert json.loads(learner.read_text(encoding="utf-8")) == {
        "largest_rate": {"tries": 3, "outcome": "correct", "hints": 0}
    }
    assert [path.name for path in learner.parent.iterdir()] == ["progress.json"]


def test_hints_come_one_by_one_and_the_last_one_stays(learner):
    hints = EXERCISES["decayed_rate"].hints
    for number in (1, 2, 3, 3):
        assert feedback.hint("decayed_rate").text == f"Hint {number} of 3: {hints[number - 1]}"
    assert "Hint 1 of 3" in feedback.hint("decayed_rate", 1).text
    assert "Hint 3 of 3" in feedback.hint("decayed_rate").text  # having looked back takes none away
    assert repr(feedback.hint("largest_rate")).startswith("Hint 1 of")  # no mark: it says nothing of an answer


def test_a_solution_is_shown_to_whoever_has_tried(impatient):
    first = "Try it first: the solution is shown once you have checked an answer of your own."
    assert repr(feedback.solution("decayed_rate")) == first
    feedback.check("decayed_rate", loop)
    shown = feedback.solution("decayed_rate")
    assert "return base * rate ** (epoch / every)" in repr(shown) and "<pre>" in shown._repr_html_()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'{"decayed_rate": 3}',
        b"\xff\xfe",
        b'{"decayed_rate": {"tries": "x"}}',
        b'{"decayed_rate": {"outcome": "perfect"}}',
        b"null",
        b"9" * 5000,
    ],
)
def test_a_damaged_progress_file_starts_anew_with_a_word(learner, content):
    learner.parent.mkdir()
    learner.write_bytes(content)
    said = feedback.check("largest_rate", 1 / 3)
    assert said.outcome == CORRECT and "your progress starts anew" in said.text
    assert "The file as it was is kept as progress.json.bak." in said.text
    assert learner.with_name("progress.json.bak").read_bytes() == content
    assert feedback.check("largest_rate", 1 / 3).text == "Right."


SOLVED = {"tries": 3, "outcome": "correct", "hints": 1}
NEW = {"tries": 0, "outcome": "not attempted", "hints": 0}


@pytest.mark.parametrize(
    "entry, mended",
    [
        ('{"tries": 2, "outcome": "partly correct", "hints": 1}', {"tries": 2, "outcome": "incorrect", "hints": 1}),
        ('{"outcome": ["correct"], "hints": 1}', {**NEW, "hints": 1}),
        ('{"tries": "x", "outcome": "correct", "hints": 1}', {**SOLVED, "tries": 1}),
        ('{"tries": -3, "outcome": "correct", "hints": true}', {"tries": 1, "outcome": "correct", "hints": 0}),
        ('{"tries": NaN, "outcome": "correct", "hints": Infinity}', {"tries": 1, "outcome": "correct", "hints": 0}),
        (f'{{"tries": 1{"0" * 300}, "outcome": "correct", "hints": 1e999}}', {**SOLVED, "tries": 1, "hints": 0}),
        (f'{{"tries": 1{"0" * 9000}, "outcome": "correct"}}', NEW),
        ("3", NEW),
        ("null", NEW),
        ("[[1]]", NEW),
        (f"{'[' * 900}{']' * 900}", NEW),
        (f"{'[' * 90_000}{']' * 90_000}", NEW),
    ],
    ids=range(12),
)
@pytest.mark.parametrize("first", [True, False])
def test_one_odd_entry_is_mended_and_costs_no_other(learner, entry, mended, first):
    learner.parent.mkdir()
    entries = [f'"decayed_rate": {entry}', f'"largest_rate": {json.dumps(SOLVED)}']
    text = f"{{{', '.join(entries if first else reversed(entries))}}}"
    learner.write_text(text, encoding="utf-8")
    said = feedback.check("steps_needed", 1)
    assert f"Part of the progress file {learner} could not be read; there your progress starts anew." in said.text
    assert learner.with_name("progress.json.bak").read_text(encoding="utf-8") == text
    entries, remark = progress.read_progress()
    assert entries["largest_rate"] == SOLVED and entries["steps_needed"]["tries"] == 1
    assert entries.get("decayed_rate", NEW) == mended and remark == ""


def test_a_file_that_was_cut_off_gives_what_is_left_of_it(learner):
    learner.parent.mkdir()
    learner.write_text(json.dumps({"largest_rate": SOLVED, "decayed_rate": SOLVED}, indent=1)[:-20], encoding="utf-8")
    feedback.check("steps_needed", 1)
    entries, _ = progress.read_progress()
    assert entries["largest_rate"] == SOLVED and "decayed_rate" not in entries


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"], ids=["", "byte order mark"])
def test_what_this_version_does_not_know_is_kept_as_it_is(learner, start):
    """A newer or an older course may have other exercises, and note more of each."""
    learner.parent.mkdir()
    others = {"of_chapter_9": {"tries": "many", "outcome": "brilliant"}, "odd": [{"deep": [None, 1e300]}], "": 1}
    known = {**SOLVED, "minutes": [1, {"2": 3}]}
    learner.write_bytes(start + json.dumps({"largest_rate": known, **others}).encode())
    assert feedback.check("largest_rate", 1).outcome == INCORRECT and feedback.hint("steps_needed").outcome is None
    stored = json.loads(learner.read_text(encoding="utf-8"))
    assert stored == {"largest_rate": {**known, "tries": 4}, **others, "steps_needed": {**NEW, "hints": 1}}
    assert list(progress.read_progress()[0]) == ["largest_rate", "steps_needed"]
    assert [path.name for path in learner.parent.iterdir()] == ["progress.json"]


def test_what_is_missing_in_an_entry_is_no_damage(learner):
    learner.parent.mkdir()
    learner.write_text('{"largest_rate": {"outcome": "correct"}, "decayed_rate": {}}', encoding="utf-8")
    assert progress.read_progress() == (
        {"largest_rate": {**NEW, "outcome": "correct", "tries": 1}, "decayed_rate": NEW},
        "",
    )


def test_no_kept_file_is_overwritten(learner):
    learner.parent.mkdir()
    for content in ("first", "second", "third"):
        learner.write_text(content, encoding="utf-8")
        assert "is kept as progress.json.bak" in feedback.check("largest_rate", 1 / 3).text
    kept = {path.name: path.read_text(encoding="utf-8") for path in learner.parent.glob("*.bak*")}
    assert kept == {"progress.json.bak": "first", "progress.json.bak2": "second", "progress.json.bak3": "third"}


def test_a_file_that_may_not_be_read_is_kept_too(learner, monkeypatch):
    learner.parent.mkdir()
    learner.write_text("mine", encoding="utf-8")

    def refuse(*_args, **_kwargs):
        raise PermissionError("not yours")

    with monkeypatch.context() as patch:
        patch.setattr("pathlib.Path.read_text", refuse)
        assert "could not be read, so your progress starts anew" in feedback.check("largest_rate", 1 / 3).text
    assert learner.with_name("progress.json.bak").read_text(encoding="utf-8") == "mine"


TRIES = """
import sys
from helpers.exercises.progress import record
for _ in range(25):
    for name in sys.argv[1:]:
        assert record(name, outcome="incorrect") == ""
"""


def test_processes_that_write_at_once_lose_no_try(learner):
    """Each has an exercise of its own, and all share one."""
    own = ["decayed_rate", "steps_needed", "why_decay"]
    started = [subprocess.Popen([sys.executable, "-c", TRIES, name, "largest_rate"]) for name in own]
    assert [process.wait(120) for process in started] == [0, 0, 0]
    tries = {name: entry["tries"] for name, entry in progress.read_progress()[0].items()}
    assert tries == {**dict.fromkeys(own, 25), "largest_rate": 75}
    assert [path.name for path in learner.parent.iterdir()] == ["progress.json"]


def test_a_process_that_was_killed_while_writing_holds_nobody_up_for_long(learner, monkeypatch):
    monkeypatch.setattr(own_files, "PATIENCE", 0.1)
    learner.parent.mkdir()
    learner.with_name("progress.json.lock").touch()
    assert feedback.check("largest_rate", 1 / 3).text == "Right."
    assert feedback.check("largest_rate", 1 / 3).text == "Right."
    assert [path.name for path in learner.parent.iterdir()] == ["progress.json"]


def test_progress_that_cannot_be_kept_is_no_error(learner):
    learner.parent.write_text("a file where a folder should be", encoding="utf-8")
    said = feedback.check("largest_rate", 1 / 3)
    assert said.outcome == CORRECT and "could not be" in said.text


def test_a_teacher_who_grades_makes_no_progress(learner, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert feedback.check("largest_rate", 1 / 3).text == "Right."
    assert not learner.exists()
    with pytest.raises(AssertionError, match="curvature"):
        feedback.require("largest_rate", 6)
    feedback.require("largest_rate", 1 / 3)


def test_the_file_is_the_learners_own(monkeypatch, tmp_path):
    inside = "first-steps-in-neural-networks/progress.json"
    monkeypatch.delenv("COURSE_PROGRESS", raising=False)
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert progress.progress_file() == tmp_path / "data" / inside
    feedback.check("largest_rate", 1 / 3)  # makes the folders
    assert progress.progress_file().exists()
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    assert progress.progress_file() == tmp_path / "me" / ".local" / "share" / inside


@pytest.mark.parametrize(
    "system, folder", [("unix.Unix", ".local/share"), ("macos.MacOS", "Library/Application Support")]
)
def test_the_file_is_where_a_system_keeps_such_files_and_an_older_one_moves_there(
    monkeypatch, tmp_path, system, folder
):
    for name in ("COURSE_PROGRESS", "NBGRADER_EXECUTION", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("platformdirs.PlatformDirs", pkgutil.resolve_name(f"platformdirs.{system}"))
    here, before = (
        tmp_path / place / "first-steps-in-neural-networks" / "progress.json" for place in (folder, ".local/share")
    )
    assert progress.progress_file() == here
    before.parent.mkdir(parents=True)
    before.write_text(json.dumps({"largest_rate": SOLVED}), encoding="utf-8")
    feedback.check("largest_rate", 1)
    feedback.check("largest_rate", 1)
    assert json.loads(here.read_text(encoding="utf-8")) == {"largest_rate": {**SOLVED, "tries": 5}}
    assert before == here or not before.exists()


def test_a_file_that_was_named_is_the_only_one(learner, monkeypatch, tmp_path):
    monkeypatch.setattr("platformdirs.user_data_path", lambda *_, **__: tmp_path / "new")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    old = tmp_path / "first-steps-in-neural-networks" / "progress.json"
    old.parent.mkdir()
    old.write_text(json.dumps({"largest_rate": SOLVED}), encoding="utf-8")
    assert progress.progress_file() == learner
    assert progress.read_progress() == ({}, "") and old.exists() and not (tmp_path / "new").exists()


def test_the_panel_follows_the_checks(learner):
    panel = feedback.progress(2)
    assert panel.total.value == "0 of 16 points" and "(not attempted)" in panel.states["largest_rate"].value
    feedback.check("largest_rate", 1.0)
    assert "✗" in panel.states["largest_rate"].value and panel.bar.value == 0
    feedback.check("largest_rate", 1 / 3)
    assert "✓" in panel.states["largest_rate"].value and panel.total.value == "1 of 16 points"
    buttons = {button.tooltip: button for row in panel.children[1:-1] for button in row.children[1:]}
    buttons["Hint for decayed_rate"].click()
    assert panel.said.value.startswith("<strong>1. Complete a formula: exponential decay</strong><div")
    assert "Hint 1 of 3" in panel.said.value and {button.description for button in buttons.values()} == {
        "Hint",
        "Solution",
    }
    buttons["Solution for largest_rate"].click()
    assert "2 / 6" in panel.said.value
    bundle = panel._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    first, *lines, last = bundle["text/plain"].splitlines()
    assert first == "Your progress in chapter 2 when this cell was run: 1 of 16 points." and "Run it again" in last
    titles = [exercise.title for exercise in EXERCISES.values() if exercise.chapter == 2]
    states = ["not attempted", "correct", *["not attempted"] * (len(titles) - 2)]
    marks = {"correct": "✓", "not attempted": "○"}
    assert lines == [
        f"  {marks[state]} {number}. {title} ({state})"
        for number, (title, state) in enumerate(zip(titles, states, strict=True), 1)
    ]
    learner.write_bytes(b"{")
    panel.refresh()
    assert panel.said.value.startswith("<div") and "your progress starts anew" in panel.said.value


def test_titles_shrink_in_a_narrow_window_and_buttons_do_not(learner):
    panel = feedback.progress(2)
    for part in (panel.bar, *panel.states.values()):
        assert re.fullmatch(r"0 1 \d+em", part.layout.flex) and part.layout.min_width == "0"
    for row in panel.children[1:-1]:
        assert all(re.fullmatch(r"0 0 \d+em", button.layout.flex) for button in row.children[1:])


def test_an_untouched_function_is_told_from_an_attempt():
    def untouched(x):
        """Return something."""
        ...

    def forgot(x):
        x + 1

    assert does_nothing(untouched) and does_nothing(lambda: None)
    assert not any(map(does_nothing, (forgot, lambda: 5, lambda x: x, lambda: "text", print, SaysYes(), Nameless())))


SOURCE_NAMES = sorted(path.name for path in SOURCES.glob("*.ipynb"))


def student(name):
    return nbformat.read(STUDENTS / name, as_version=4)


def without_outputs(notebook):
    return [(cell.cell_type, cell.id, cell.source, cell.metadata) for cell in notebook.cells]


def test_every_chapter_has_its_exercises_in_the_order_of_the_package():
    assert [path.name for path in sorted(STUDENTS.glob("*.ipynb"))] == SOURCE_NAMES
    assert list(all_answers()) == list(EXERCISES)
    assert len(EXERCISES) >= 48
    for chapter in range(1, 6):
        assert sum(exercise.chapter == chapter for exercise in EXERCISES.values()) >= 6


@pytest.mark.parametrize("name", SOURCE_NAMES)
def test_titles_points_and_checks_agree_with_the_package(name):
    cells = sources()[name].cells
    marks = [cell.metadata.nbgrader for cell in cells]
    assert len({mark.grade_id for mark in marks}) == len(marks)
    tests = [(cell, mark) for cell, mark in zip(cells, marks, strict=True) if mark.grade]
    for number, (cell, mark) in enumerate(tests, 1):
        exercise = EXERCISES[mark.grade_id]
        task = next(cell for cell in cells if cell.metadata.nbgrader.grade_id == f"{exercise.name}_task").source
        points = f"*{exercise.points} point{'s' * (exercise.points > 1)}, {exercise.level}.* "
        begins = f"## {number}. {exercise.title}\n\n{points}"
        assert task.startswith(begins), f"let the task in notebooks/solutions/{name} begin with {begins!r}"
        assert mark.points == exercise.points and mark.locked and not mark.solution
        assert cell.source.startswith(f'check("{exercise.name}", {exercise.name})\n### BEGIN HIDDEN TESTS')
        options = re.findall(r"^\* \*\*(\w)\.\*\*", task, flags=re.MULTILINE)
        assert options == list(getattr(exercise, "letters", ()))
    total = sum(
        exercise.points for exercise in EXERCISES.values() if f"chapter{exercise.chapter}_title" == marks[0].grade_id
    )
    sum_of_all = f"{len(tests)} exercises, {total} points"
    assert sum_of_all in cells[0].source, f"let the first cell of notebooks/solutions/{name} say {sum_of_all!r}"


@pytest.mark.parametrize("name", SOURCE_NAMES)
def test_links_lead_somewhere(name):
    for notebook in (sources()[name], student(name)):
        links = re.findall(r"\]\(([^)]+\.ipynb)\)", "\n".join(cell.source for cell in notebook.cells))
        assert links and all((STUDENTS / link).resolve().exists() for link in links)


@pytest.mark.parametrize("name", SOURCE_NAMES)
def test_the_student_notebooks_are_not_stale(name):
    fresh = student_version(sources()[name])
    assert without_outputs(fresh) == without_outputs(student(name)), "run `make exercises`"
    assert fresh.metadata.kernelspec == student(name).metadata.kernelspec


def test_the_veiled_solutions_are_not_stale():
    assert solutions() == all_answers(), "run `make exercises`"
    assert unveil(veil({"a": "é\n"})) == {"a": "é\n"}
    assert veil({"a": "1", "b": "2"}) == veil({"b": "2", "a": "1"})


@pytest.mark.parametrize("name", SOURCE_NAMES)
def test_a_student_notebook_says_not_attempted_yet(name):
    checks = [cell for cell in student(name).cells if cell.metadata.nbgrader.grade]
    assert len(checks) >= 6
    for cell in checks:
        (output,) = cell.outputs
        assert output.data["text/plain"] == "○ Not attempted yet: replace the dots by your answer."


def secrets(source):
    """Return what a student must not find: the lines of solutions, the values of answers, all that is hidden."""
    found = {"BEGIN SOLUTION", "END SOLUTION", "HIDDEN TESTS", "require("}
    for cell in source.cells:
        marks = cell.metadata.nbgrader
        if marks.solution:
            region = cell.source.split("### BEGIN SOLUTION")[1].split("### END SOLUTION")[0]
            found |= {line.strip() for line in region.splitlines()}
            exercise = EXERCISES[marks.grade_id.removesuffix("_answer")]
            if exercise not in FUNCTIONS:
                found.add(str(run(cell.source, exercise.name)))
            found |= {slip.message for slip in exercise.slips}
    return {secret for secret in found if len(secret) > 2 and secret != '"B"'}


def leaks(source, handed_out):
    """Return the secrets that are left in a student notebook; its tasks, which must be the same, do not count."""
    tasks = [cell.source.rstrip() for cell in source.cells if cell.cell_type == "markdown"]
    assert [cell.source for cell in handed_out.cells if cell.cell_type == "markdown"] == tasks
    rest = copy.deepcopy(handed_out)
    for cell in rest.cells:
        cell.source = "" if cell.cell_type == "markdown" else cell.source
    text = json.dumps(rest, ensure_ascii=False)
    escaped = {secret: re.escape(json.dumps(secret, ensure_ascii=False)[1:-1]) for secret in secrets(source)}
    return [secret for secret, pattern in escaped.items() if re.search(rf"(?<!\w){pattern}(?!\w)", text)]


@pytest.mark.parametrize("name", SOURCE_NAMES)
def test_nothing_of_a_solution_is_left_in_a_student_notebook(name):
    assert leaks(sources()[name], student(name)) == []
    for cell in student(name).cells:
        assert "attachments" not in cell
        if cell.metadata.nbgrader.solution:
            assert cell.source.count(STUB) == 1 and cell.outputs == []


def test_the_search_for_leaks_finds_them():
    source = sources()[SOURCE_NAMES[0]]
    assert (
        len(leaks(source, nbformat.from_dict({**student_version(source), "metadata": {"note": "it is 102912"}}))) == 1
    )
    for place in ("source", "metadata", "outputs", "attachments"):
        handed_out = student_version(source)
        cell = next(cell for cell in handed_out.cells if cell.metadata.nbgrader.solution)
        line = "return sum(n * m + m for n, m in pairwise(sizes))"
        cell[place] = line if place == "source" else {"kept": line}
        assert leaks(source, handed_out) == [line]
    handed_out = copy.deepcopy(source)
    for cell in handed_out.cells:
        cell.source = cell.source.rstrip()
    assert len(leaks(source, handed_out)) > 10


def test_solutions_are_not_readable_at_a_glance():
    veiled = SOLUTIONS.read_text(encoding="utf-8")
    assert "return" not in veiled and "def " not in veiled
