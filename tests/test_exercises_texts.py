"""Exercises ask for what is judged: names, arguments, code and numbers in a task are those of its judge."""

import copy
import inspect
import math
import re

import nbformat
import numpy as np
import pytest

from helpers.complexity import count, mlp
from helpers.exercises import EXERCISES, chapter1, chapter2, chapter5, of_chapter, transfer
from helpers.exercises.exercise import FunctionExercise, ValueExercise
from helpers.exercises.judge import INCORRECT, judge
from helpers.experiments.capstone import START
from helpers.losses import softmax
from tests.test_texts import NO_RESULT
from tests.words import said, shown_by, without_source, written
from tools.make_exercises import all_answers, sources
from tools.places import NOTEBOOKS

TASKS = {
    cell.metadata.nbgrader.grade_id.removesuffix("_task"): cell.source
    for notebook in sources().values()
    for cell in notebook.cells
    if cell.metadata.nbgrader.grade_id.endswith("_task")
}
CHAPTER = {number: next(NOTEBOOKS.glob(f"0{number}_*.ipynb")) for number in range(1, 6)}
FUNCTIONS = [name for name, exercise in EXERCISES.items() if isinstance(exercise, FunctionExercise)]
BLOCK = re.compile(r"^```python\n(.*?)^```", flags=re.MULTILINE | re.DOTALL)


def run(code, name):
    """Run some code with what a notebook of exercises imports; return what it calls by a name."""
    names = {"np": np, "softmax": softmax}
    exec("from itertools import pairwise\n" + code, names)
    return names[name]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_has_the_arguments_that_the_judge_passes(name):
    exercise = EXERCISES[name]
    asked = list(inspect.signature(run(all_answers()[name], name)).parameters)
    for case in exercise.cases(np.random.default_rng(0)):
        assert len(case) == len(asked)
    known = {*asked, *re.findall(r"\w+", TASKS[name].partition("```")[2]), "relu", "identity", "pairwise", "nan", "i"}
    for span in re.findall(r"`([^`\n]+)`", BLOCK.sub("", TASKS[name])):
        words = re.sub(r"np(\.\w+)+|ddof|\d[\d.]*", "", span)
        assert set(re.findall(r"[A-Za-z_]\w*", words)) <= known, f"`{span}` is no argument: {asked}"


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if "```" in TASKS[name]])
def test_code_to_repair_is_wrong_and_known_as_handed_out(name):
    (code,) = BLOCK.findall(TASKS[name])
    function = run(code, name)
    asked = inspect.signature(run(all_answers()[name], name)).parameters
    assert list(inspect.signature(function).parameters) == list(asked)
    said = judge(EXERCISES[name], lambda *case: function(*copy.deepcopy(case)), np.random.default_rng(0))
    assert said.outcome == INCORRECT and said.slip, said


def right(name, *arguments):
    return EXERCISES[name].reference(*arguments)


def backward(macs):
    return macs == count(mlp([784, 128, 10]), (784,)).macs and right("backward_macs") == 2 * macs - 784 * 128


def within_budget(pixels, digits, least, most):
    nets = [[int(pixels), a, b, int(digits)] for a in range(20, 30) for b in range(4, a)]
    fits = [least <= count(mlp(net), (net[0],)).parameters <= most for net in nets]
    return [chapter1._budget_slip(net) is None for net in nets] == fits and any(fits) and not all(fits)


def first_step_within(start, rate, distance):
    factor = abs(1 - 2 * rate)
    return right("steps_needed") == math.ceil(math.log(distance / (start + 1)) / math.log(factor))


def down_the_ravine(steep, x, y, steps, distance):
    rates = np.linspace(0.05, 0.1, 100)
    ends = np.hypot(x * (1 - rates) ** steps, y * (1 - steep * rates) ** steps)
    return [chapter2._ravine_slip(rate) is None for rate in rates] == list(ends < distance)


def no_number(x):
    with np.errstate(all="ignore"):
        return np.isnan(run(*BLOCK.findall(TASKS["stable_tanh"]), "stable_tanh")(x))


def design(most, splits, epochs):
    over = chapter5._network_slip({"hidden": [23, 44], "activation": "relu", "learning_rate": 0.1})  # one too many
    return (over, splits, epochs) == ("over the budget", chapter5.SPLITS, chapter5.EPOCHS) and count(
        mlp([64, 23, 44, 10]), (64,)
    ).parameters == most + 1


#: Exercise -> what its task says, with a group for each number -> whether the judge says the same.
SAID = {
    "parameter_count": {
        r"\[3, 4, 2\]` has (\d) inputs, a hidden layer of (\d) units, and (\d) outputs": lambda *n: n == (3, 4, 2),
        r"For 3-4-2 that is (\d+)\.": lambda n: n == right("parameter_count", [3, 4, 2]),
    },
    "convolution_macs": {},
    "backward_macs": {r"784-128-10 makes ([\d,]+) multiply-adds": backward},
    "training_bytes": {r"All numbers have (\d+) bits": lambda bits: right("training_bytes", [1, 1], 1) == 9 * bits / 8},
    "budget_network": {
        r"images of (\d+) pixels and (\d+) digits: .*between (\d+) and (\d+) parameters": within_budget,
    },
    "small_layers": {
        r"width (\d) to one of width (\d) the multiply-adds grow (\d+)-fold": lambda a, b, n: n == b**2 / a**2,
        r"less than (\d) times as long": lambda n: n < 16,
        r"that of (\d+) multiply-adds": lambda n: n == 8 * 8,
    },
    "decayed_rate": {r"counted from (\d)": lambda n: right("decayed_rate", n, 0.2, 0.9, 3) == 0.2},
    "largest_rate": {
        r"\$(\d)\\,\(w - (\d)\)\^2 \+ (\d)\$": lambda c, *_: right("largest_rate") == 2 / (2 * c),
        r"to within (\d) %": lambda n: EXERCISES["largest_rate"].rtol == n / 100,
    },
    "losses_of_descent": {r"\(w \+ 1\)\^(2)": lambda n: right("losses_of_descent", 5, 0.1, 1) == [(5 + 1) ** n]},
    "steps_needed": {
        r"start from (\d) with a learning rate of ([\d.]+)\. .*below ([\d.]+) for": first_step_within,
    },
    "ravine_rate": {
        r"x\^2 \+ (\d+)\\,y\^2.*from \((\d), (\d)\) and take (\d+) steps.*below ([\d.]+)\.": down_the_ravine,
    },
    "stable_tanh": {r"at \$x = (-\d+)\$": no_number},
    "largest_factor": {
        r"chain of (\d) sigmoid units has weights of (\d)": lambda n, w: right("largest_factor") == (w / 4) ** n,
        r"To within (\d) %": lambda n: EXERCISES["largest_factor"].rtol == n / 100,
    },
    "initial_deviation": {},
    "loss_of_logits": {
        r"array\(\[([\d.]+), ([\d.]+), ([\d.]+)\]\)` with label (\d), where the loss is (\d+)\.": lambda *n: (
            right("loss_of_logits", np.array(n[:3]), int(n[3])) == n[4]
        ),
    },
    "floor_of_twice": {
        r"for \*\*(four)\*\* classes": lambda n: right("floor_of_twice") == pytest.approx(np.log(np.e + n - 1) - 1),
        r"To within (half a) per cent": lambda n: EXERCISES["floor_of_twice"].rtol == n / 100,
    },
    "profit_for_service": {
        r"costs (\d)\. .*on (\d) days in (\d+)": lambda c, n, m: (
            right("profit_for_service") == pytest.approx(c * n / (m - n))
        ),
    },
    "iris_parameters": {
        r"have (\d) and (\d) units": lambda a, b: (
            right("iris_parameters") == count(mlp([4, int(a), int(b), 3]), (4,)).parameters
        ),
    },
    "logit_loss": {
        r"at (-\d+) with label (\d) it is (\d+)": lambda z, label, loss: right("logit_loss", z, label) == loss
    },
    "sure_and_wrong": {
        r"probability of ([\d.]+), .* gets ([\d.]+)\.": lambda p, q: (
            right("sure_and_wrong") == pytest.approx(np.log(q) / np.log(p))
        ),
        r"To within (\d) %": lambda n: EXERCISES["sure_and_wrong"].rtol == n / 100,
    },
    "fair_result": {
        r"rate of ([\d.]+), ([\d.]+) or (\d),": lambda *rates: rates == transfer.RATES,
        r"layer of (\d) units .* splits (10) to (19)\. .* splits (0) to (9)": lambda units, *splits: (
            (units, splits) == (8, (10, 19, 0, 9))
            and "range(10, 20)" in inspect.getsource(transfer._is_chosen_well)
            and "(8,), hidden, range(10)" in inspect.getsource(transfer._comparison_slip)
        ),
    },
    "my_settings": {
        r"at most (\d+) parameters .* on (five) splits,.* after (\d+) epochs": design,
        r"start \((\d+) ReLU units\)": lambda units: units == START["hidden_1"],
    },
}
#: Exercise -> numbers of its task that nothing is judged by.
OTHERS = {
    **{"why_decay": {"16", "32"}, "accuracy": {"0", "1"}, "zero_weights": {"0"}, "small_layers": {"2"}},
    **{"in_standard_errors": {"0"}, "initial_deviation": {"0"}, "surprise": {"0"}, "ravine_rate": {"0"}},
    **{"losses_of_descent": {"1", "2"}, "steps_needed": {"1", "2"}},
    **{"fitted_line": {"0"}, "training_macs": {"1"}, "two_layers_back": {"0"}, "logit_loss": {"0", "1"}},
    **{"fair_result": {"0"}},
}
WORDS = {"four": 4, "half a": 0.5, "five": 5}


def left_in(task, said=()):
    """Return the numbers of a task that are not in what is said; nor in its title, its points, and code."""
    for pattern in said:
        task = re.sub(pattern, "", task)
    no_words = r"^## .*|^\*\d points?, [a-z-]+\.\*|`[^`\n]*`|3-4-2|784-128-10|\\frac12"
    return {word.strip() for word, _ in written(re.sub(no_words, "", BLOCK.sub("", task), flags=re.MULTILINE))}


@pytest.mark.parametrize("name", SAID)
def test_numbers_in_a_task_are_those_of_its_judge(name):
    for words, agrees in SAID[name].items():
        found = re.findall(words, TASKS[name])
        assert found, words
        groups = [found[0]] if isinstance(found[0], str) else found[0]
        assert agrees(*(WORDS.get(group) or float(group.replace(",", "")) for group in groups)), words


@pytest.mark.parametrize("name", TASKS)
def test_no_number_in_a_task_is_left_out(name):
    left = left_in(TASKS[name], SAID.get(name, ())) - OTHERS.get(name, set())
    assert left == set(), "say in SAID what the judge has to do with it, or in OTHERS that it has nothing to do with it"


#: Exercise -> numbers of its hints, messages and options that its task does not have -> what they are.
OF_HINTS = {
    "budget_network": {
        "65": lambda: count(mlp([64, 1]), (64,)).parameters,
        "1560": lambda: count(mlp([64, 24]), (64,)).parameters,
        "four": lambda: len([64, 24, 44, 10]),
    },
    "losses_of_descent": {"36": lambda: right("losses_of_descent", 5.0, 0.2, 1)[0]},
    "steps_needed": {
        "6": lambda: 5 - (-1),
        "-1": lambda: chapter2._path(5.0, 0.5, 1)[-1],
    },
    "ravine_rate": {"19": lambda: abs(1 - 20 * 1.0)},
    "why_decay": {
        "0.2": lambda: said(CHAPTER[2], "decay ends", "further away")[0],
        "70": lambda: round(said(CHAPTER[2], "decay ends", "further away")[1], -1),
        "1e-38": lambda: np.finfo(np.float32).tiny,
    },
    "loss_leaps": {"four": lambda: len(EXERCISES["loss_leaps"].options)},
    "largest_factor": {"seven": lambda: 8 - 1},
    "squared_error": {"-1": lambda: -1},
    "loss_of_logits": {"16": lambda: -np.log(1e-7), "16.118": lambda: -np.log(1e-7)},
    "floor_of_twice": {
        "three": lambda: 4 - 1,
        "3": lambda: 4 - 1,
        "ten": lambda: 9 + 1,
    },
    "read_losses": {
        "10": lambda: 10,
        "ten": lambda: 10,
        "2.3": lambda: np.log(10),
        "1.46": lambda: np.log(np.e + 9) - 1,
        "2.5": lambda: np.log(np.e + 9),
    },
    "my_settings": {
        "2410": lambda: count(mlp([64, START["hidden_1"], 10]), (64,)).parameters,
        "0.3": lambda: 0.3,
        "0.5": lambda: 0.5,
        "39": lambda: 39,
        "four": lambda: 4,
    },
    "fair_comparison": {"four": lambda: len(EXERCISES["fair_comparison"].options)},
    "zero_weights": {"10": lambda: 10},
}


def texts_of(exercise):
    """Return the hints of an exercise, the messages of its slips, and what is said of its options."""
    options = getattr(exercise, "options", {})
    return [*exercise.hints, *(slip.message for slip in getattr(exercise, "slips", ())), *options.values()]


@pytest.mark.parametrize("name", TASKS)
def test_numbers_in_hints_and_messages_are_those_of_the_task_or_worked_out(name):
    exercise, listed = EXERCISES[name], OF_HINTS.get(name, {})
    known = shown_by(TASKS[name]) | {0, 1, 2} | shown_by(str(getattr(exercise, "fixed", "")))
    known |= shown_by(" ".join(str(s.wrong) for s in getattr(exercise, "slips", ()) if not callable(s.wrong)))
    if type(exercise) is ValueExercise:
        known |= {float(right(name))}
    for number, value in listed.items():
        assert without_source(number, [value()]) == [], number
    found = {number for text in texts_of(exercise) for number in without_source(NO_RESULT.sub("", text), known)}
    assert found == set(listed), "numbers that the task does not have: put them right, or say in OF_HINTS what they are"


def test_the_form_of_an_answer_that_a_task_shows_is_judged():
    form = run("form = " + BLOCK.findall(TASKS["my_settings"])[0], "form")
    assert judge(EXERCISES["my_settings"], lambda: form, np.random.default_rng(0)).slip not in ("", "unknown setting")
    assert EXERCISES["budget_network"].expects.partition("such as ")[2] in TASKS["budget_network"]


CHAPTERS = sorted({exercise.chapter for exercise in EXERCISES.values()})


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_ends_with_what_one_should_be_able_to_do(chapter):
    """As many lines as there are promises at its beginning, and each exercise in one of them."""
    (path,) = NOTEBOOKS.glob(f"0{chapter}_*.ipynb")
    cells = nbformat.read(path, as_version=4).cells
    promises = next(cell.source for cell in cells if "**You will learn**" in cell.source).partition(
        "**You will learn**"
    )[2]
    (able,) = (cell.source for cell in cells if cell.source.startswith("### Can I do this?"))
    lines = re.findall(r"^\* I can .*", able, flags=re.MULTILINE)
    promised = re.findall(r"^\* ", promises, flags=re.MULTILINE)
    assert len(lines) == len(promised), f"{path.name}: a line 'I can' for each line of 'You will learn'"
    asked = [name for line in lines if "of chapter" not in line for name in re.findall(r"\*([^*]+)\*", line[2:])]
    titles = [exercise.title for exercise in of_chapter(chapter)]
    named = sorted(title.partition(": ")[2] or title for title in titles)
    assert sorted(asked) == named, f"{path.name}: name each exercise, by its title, in a line 'I can'"
