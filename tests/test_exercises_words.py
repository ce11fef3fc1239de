"""Words of feedback: wrong answers as learners write them get a word that helps, and so do cells that fail."""

import builtins
import math
import re
import tomllib
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell

from helpers.exercises import EXERCISES, feedback, progress, session
from helpers.exercises.answer import value_of
from helpers.exercises.exercise import FunctionExercise
from helpers.exercises.judge import CORRECT, INCORRECT, NOT_ATTEMPTED, judge
from helpers.losses import softmax
from tools.make_exercises import all_answers

ANSWERS = tomllib.loads(Path(__file__).with_name("answers_of_learners.toml").read_text(encoding="utf-8"))
WRONG = [(name, code, word) for name, answers in ANSWERS.items() for code, word in answers]


def answer(name, code):
    """Return what a learner's code makes the name of an exercise stand for."""
    names = {"np": np, "math": math, "pairwise": pairwise, "softmax": softmax}
    if isinstance(EXERCISES[name], FunctionExercise):
        head = re.search(rf"def {name}\(.*\):", all_answers()[name])[0]
        code = head + "".join(f"\n    {line}" for line in code.strip().replace("\\n", "\n").split("\n"))
    else:
        code = f"{name} = {code}"
    exec(code, names)
    return names[name]


@np.errstate(all="ignore")
def said(name, code):
    """Return the verdict on a learner's code; what it raises in the notebook is raised here, too."""
    return judge(EXERCISES[name], partial(value_of, answer(name, code)), np.random.default_rng(0))


@pytest.mark.parametrize("name, code, word", WRONG, ids=range(len(WRONG)))
def test_a_wrong_answer_gets_the_word_that_helps(name, code, word):
    verdict = said(name, code)
    assert verdict.outcome == INCORRECT
    assert re.search(word, verdict.message), verdict.message


def test_nine_in_ten_wrong_answers_get_a_word_that_helps():
    assert len(WRONG) >= 150 and set(ANSWERS) == set(EXERCISES)
    assert sum(bool(word) for _, _, word in WRONG) >= 0.9 * len(WRONG)


@pytest.fixture
def learner(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.json"))
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    monkeypatch.setattr(progress, "_unwritten", {})
    return tmp_path / "progress.json"


class Notebook:
    """A kernel whose cells are run by hand."""

    def __init__(self):
        self.shell = InteractiveShell()
        session.watch(self.shell)
        self.run("from helpers.exercises.feedback import check", "setup")

    def run(self, source, cell):
        return self.shell.run_cell(source, store_history=True, cell_id=cell).result

    def check(self, name, source):
        """Run an answer and its check; return the message, or None where the check itself failed."""
        self.run(source, "answer")
        return self.run(f'check("{name}", {name})', "check")


@pytest.fixture
def notebook(learner, monkeypatch):
    monkeypatch.setattr(session, "_last", {})
    return Notebook()


RIGHT = "def decayed_rate(epoch, base, rate, every):\n    return base * rate ** (epoch / every)"


@pytest.mark.parametrize(
    "source, said",
    [
        (RIGHT.replace("**", "*** "), r"ended in an error \(SyntaxError\)"),
        (RIGHT.replace("every)", "every=nothing)", 1), r"ended in an error \(NameError\)"),
        (RIGHT.replace("decayed_rate", "decayd_rate"), "no longer defines `decayed_rate`. It defines `decayd_rate`"),
        ("# nothing", "no longer defines `decayed_rate`.$"),
    ],
)
def test_after_a_cell_that_failed_the_old_answer_is_not_judged(notebook, learner, source, said):
    assert notebook.check("decayed_rate", RIGHT).outcome == CORRECT
    message = notebook.check("decayed_rate", source)
    assert message.outcome == INCORRECT and re.search(said, message.text), message
    assert progress.read_progress()[0]["decayed_rate"]["tries"] == 1
    assert notebook.check("decayed_rate", RIGHT).outcome == CORRECT


def test_an_answer_above_a_line_that_failed_is_judged(notebook):
    assert notebook.check("decayed_rate", RIGHT + "\n\ndecayed_rate(1)").outcome == CORRECT


@pytest.mark.parametrize(
    "name, source, said",
    [
        ("why_decay", "why_decay = B", "A letter stands in quotes"),
        ("largest_rate", "largest_rate = sqrt(2)", "begin with `np.`"),
        ("largest_rate", "largest_rate = (2 / 6", "Nothing to check: the cell with your answer ended"),
        ("largest_rate", "largst_rate = 2 / 6", "There is no `largest_rate`, but there is `largst_rate`"),
        ("largest_rate", "", "There is no `largest_rate` yet"),
    ],
)
def test_an_error_in_a_cell_gets_a_word_below_it(notebook, capsys, name, source, said):
    assert notebook.check(name, source) is None
    assert said in capsys.readouterr().out


def test_whoever_comes_back_is_told_to_run_the_first_cell(notebook, capsys):
    notebook.run("del check", "other")
    notebook.run('check("why_decay", 1)', "check")
    assert "Run the first cell of this notebook once" in capsys.readouterr().out


def test_a_shell_is_watched_once(notebook):
    session.watch(notebook.shell)
    session.watch(None)
    assert len(notebook.shell.events.callbacks["post_run_cell"]) == 1


UNFINISHED = """
def losses_of_descent(start, rate, steps):
    \"\"\"Return the losses.\"\"\"
    w, losses = {start}, []
    for step in range(steps):
        losses.append((w + 1) ** 2)
        {line}w - rate * 2 * (w + 1)
    return np.array(losses)
"""


@pytest.mark.parametrize(
    ("name", "source", "word"),
    [
        ("convolution_macs", "def convolution_macs(side, *sizes):\n    return side ^ 2", r"`\*\*` is\.$"),
        ("losses_of_descent", UNFINISHED.format(start="0", line="w = "), r"Never used: `start`\.$"),
        ("losses_of_descent", UNFINISHED.format(start="start", line=""), r"line `w - rate \* 2 .* nothing is done"),
        ("losses_of_descent", "n = 2\nn + 1\n" + UNFINISHED.format(start="start", line="w = 2 * "), r"903.94\]\)\.$"),
        ("fitted_line", "def fitted_line(x, y, rate, steps):\n    return np.polyfit(x, y, 1)", "`rate`, `steps`"),
        ("backward_macs", "backward_macs = print(102912)", "gives back None"),
        ("backward_macs", "backward_macs = max(102911, 1)", r"exact\.$"),
    ],
)
def test_what_a_cell_does_not_do_is_named(notebook, name, source, word):
    notebook.run("import numpy as np", "first")
    assert re.search(word, notebook.check(name, source).text), notebook.check(name, source).text


@pytest.mark.parametrize(
    ("source", "named"),
    [
        ("steps_needed = 26 ^ 2", True),
        ("n = 26\nsteps_needed = n ^ 2 + 1", True),
        ("steps_needed = 26 ** 2  # no ^ here", False),
        ("%time steps_needed = 26 ^ 2", False),  # nothing that Python could read
    ],
)
def test_a_caret_in_a_value_is_named(notebook, source, named):
    notebook.run(source, "answer")
    said = feedback.check("steps_needed", 24)
    assert ("`^` is no power" in said.text) == named


def test_nobody_can_type_while_a_check_runs(learner):
    before = builtins.input
    message = feedback.check("decayed_rate", lambda *_: float(input("rate? ")))
    assert "Nobody is there to type" in message.text and builtins.input is before


def test_a_function_that_calls_itself_for_ever_is_told(learner):
    def decayed_rate(*case):
        return decayed_rate(*case)

    assert "calls itself and never comes to an end" in feedback.check("decayed_rate", decayed_rate).text


def test_an_interrupted_check_counts_nothing(learner):
    def decayed_rate(*_):
        raise KeyboardInterrupt  # as Ctrl-C and the button of Jupyter do

    message = feedback.check("decayed_rate", decayed_rate)
    assert message.outcome is None and "interrupted" in message.text and not learner.exists()


def test_without_a_home_folder_progress_lasts_as_long_as_the_kernel(learner, monkeypatch):
    monkeypatch.delenv("COURSE_PROGRESS")
    monkeypatch.setattr("platformdirs.user_data_path", lambda *_, **__: Path("~/.local/share"))

    def no_home():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", no_home)
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    assert "there is no home folder, so let COURSE_PROGRESS name a file" in feedback.check("largest_rate", 1).text
    assert feedback.check("largest_rate", 1 / 3).outcome == CORRECT
    assert progress.read_progress()[0]["largest_rate"] == {"tries": 2, "outcome": "correct", "hints": 0}
    assert "2 / 6" in feedback.solution("largest_rate").text and not Path("~").exists()


def opened(message):
    """Return what can be opened below a message: titles and texts."""
    return re.findall(r"<details><summary>(.*?)</summary>(.*?)</details>", message._repr_html_(), re.DOTALL)


def test_hints_and_after_a_try_the_solution_stand_under_the_check(learner):
    hints = EXERCISES["largest_rate"].hints
    titles = [f"Hint {number} of 3" for number in (1, 2, 3)]
    untried = feedback.check("largest_rate", ...)
    assert untried.outcome == NOT_ATTEMPTED and opened(untried) == [(titles[0], hints[0])]
    wrong = opened(feedback.check("largest_rate", 1.0))
    assert [title for title, _ in wrong] == [*titles, "A worked solution"] and "2 / 6" in wrong[-1][1]
    assert [text for _, text in wrong[:-1]] == list(hints)
    assert [title for title, _ in opened(feedback.check("largest_rate", 1 / 3))] == ["A worked solution"]


def test_earlier_hints_can_be_read_again(learner):
    for _ in range(3):
        last = feedback.hint("largest_rate")
    assert "Hint 3 of 3" in last.text and [text for _, text in opened(last)] == list(
        EXERCISES["largest_rate"].hints[:2]
    )


def test_where_a_teacher_keeps_the_solutions_none_is_shown(learner, monkeypatch):
    monkeypatch.setattr(feedback, "solutions", dict)
    assert "A worked solution" not in dict(opened(feedback.check("largest_rate", 1.0)))
    assert feedback.solution("largest_rate").text == "Your teacher has kept the solutions back."
