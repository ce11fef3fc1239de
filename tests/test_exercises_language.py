"""Exercises speak the reader's language; what is typed as an answer is the same in all of them."""

import json
import os
import re
import subprocess
import sys

import pytest

#: Judges every slip and the right answers of a match, in a process of its own: texts are made once a module is loaded.
JUDGED = """
import json
from functools import partial
import numpy as np
from helpers.exercises import EXERCISES
from helpers.exercises.answer import value_of
from helpers.exercises.judge import judge

def verdict(exercise, answer):
    said = judge(exercise, partial(value_of, answer), np.random.default_rng(0))
    return [said.outcome, said.message]

np.seterr(all="ignore")
matches = {name: EXERCISES[name] for name in ("read_losses", "outputs_for_tasks")}
functions = {name: EXERCISES[name] for name in ("parameter_count", "surprise", "squared_error", "dead_units")}
print(json.dumps({
    "said": {
        name: [exercise.title, *exercise.hints, *(slip.message for slip in exercise.slips)]
        for name, exercise in EXERCISES.items()
    },
    "right": [verdict(exercise, exercise.right) for exercise in matches.values()],
    "hyphens": verdict(matches["outputs_for_tasks"], {
        task: said.replace("cross entropy", "cross-entropy")
        for task, said in matches["outputs_for_tasks"].right.items()
    }),
    "slips": [verdict(exercise, slip.wrong) for exercise in functions.values() for slip in exercise.slips],
    "text": verdict(EXERCISES["backward_macs"], "102912"),
    "dots": verdict(EXERCISES["backward_macs"], ...),
}))
"""

#: Words without which there is hardly an English sentence.
ENGLISH = re.compile(r"\b(?:the|is|are|of|it|you|your|with|that|this|should|for|to|and)\b", re.IGNORECASE)


@pytest.fixture(scope="module")
def judged():
    """Return what is said in English and in Chinese."""
    found = {}
    for language in ("en", "zh"):
        environment = {**os.environ, "COURSE_LANGUAGE": language, "PYTHONUTF8": "1"}
        command = [sys.executable, "-W", "error", "-c", JUDGED]
        done = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", timeout=120, check=False)
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
        found[language] = json.loads(done.stdout)
    return found


def english_in(text):
    """Return where a text speaks English outside of code and of quotes."""
    return ENGLISH.search(re.sub(r'`[^`]*`|"[^"]*"', "", text))


def test_all_titles_hints_and_slips_are_chinese(judged):
    assert english_in(judged["en"]["said"]["parameter_count"][1])
    texts = {name: [text for text in said if english_in(text)] for name, said in judged["zh"]["said"].items()}
    assert {name: left for name, left in texts.items() if left} == {}
    counts = [{name: len(said) for name, said in judged[language]["said"].items()} for language in ("en", "zh")]
    assert counts[0] == counts[1]


def test_a_wrong_answer_is_told_in_chinese(judged):
    english, chinese = (judged[language] for language in ("en", "zh"))
    assert len(chinese["slips"]) == len(english["slips"]) > 15
    for (outcome, said), (outcome_there, there) in zip(english["slips"], chinese["slips"], strict=True):
        assert outcome == outcome_there == "incorrect"
        assert said.startswith("Not yet right:") and re.match("[\u4e00-\u9fff]", there) and not english_in(there), there
    assert re.search("不加引号", chinese["text"][1]) and chinese["dots"][0] == "not attempted"
    assert chinese["dots"][1] != english["dots"][1]


def test_the_names_of_answers_are_the_same_in_both_languages(judged):
    for language in ("en", "zh"):
        assert [outcome for outcome, _said in [*judged[language]["right"], judged[language]["hyphens"]]] == 3 * [
            "correct"
        ]
