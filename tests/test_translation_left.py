"""No English word is left in what an edition shows: outputs, menus, tables, errors.

Code, formulas, links, quoted texts and the English that stands in brackets behind a term are left out of the search.
So are names: those that code looks up, those of arguments, those in ``names_in_all_languages.txt``.
"""

import ast
import json
import os
import re
import subprocess
import sys
from functools import cache

import nbformat
import pytest

from helpers.outputs import OUTPUT_ACTIVATIONS
from tools.places import NOTEBOOKS, ROOT, editions, files
from tools.translate.catalogues import catalogues, read

#: What is no word of the reader's language: code, formulas, links, tags, quotes, holes, English in brackets.
NO_WORDS = re.compile(
    r"\$\$?[^$]+\$\$?|`[^`]*`|https?://\S+|\]\([^)]*\)|<[^>]*>|\{[^{}]*\}|\"[^\"]*\"|'[^'\n]*'|（[A-Za-z][^（）]*）"
)
#: A word of three letters or more; not the rest of a name with digits, dots or underscores.
WORD = re.compile(r"(?<![\w./\\])[A-Za-z][A-Za-z-]+[A-Za-z](?![\w(]|\.\w)")
#: Names of people, tools, sizes and functions, the same in all languages, and words that Chinese textbooks leave.
ALLOWED = frozenset((ROOT / "tests" / "names_in_all_languages.txt").read_text(encoding="utf-8").split())
#: What code looks up, and what is typed where a network is made.
LOOKED_UP = frozenset(OUTPUT_ACTIVATIONS)
#: In a menu the parts of a name are words as well.
IN_MENU = re.compile(r"[A-Za-z_]{3,}")
#: Cells whose outputs are code, or what a program of others printed: notebook -> ids.
QUOTED = {
    "03_activations": {"backward-source"},
    "frameworks": {"epoch-predict", "run", "run-claim"},
    "printed_decay": {"rows-run", "rows-claim"},
}
#: Lines that a library writes.
WRITTEN_ELSEWHERE = re.compile("NumPy 警告")


def left(text, allowed=ALLOWED | LOOKED_UP):
    """Return the English words of a text."""
    words = WORD.findall(NO_WORDS.sub(" ", text))
    return [word for word in words if word not in allowed and sum(letter.isalpha() for letter in word) > 2]


def shown(cell):
    """Yield the texts that the outputs of a cell show, line by line."""
    for output in cell.outputs:
        texts = [output.get("text", "")]
        texts += [data for kind, data in output.get("data", {}).items() if kind.startswith("text/")]
        texts += [kept["alt"] for kept in output.get("metadata", {}).values() if "alt" in kept]
        for text in texts:
            yield from (line for line in text.splitlines() if not WRITTEN_ELSEWHERE.search(line))


def test_what_is_a_word_of_english():
    assert left("准确率 98% right，曲线“momentum 0.9”") == ["right", "momentum"]
    assert left("用 `momentum` 和 $rate$，学习率（learning rate）0.1，VGG-16，np.exp，softmax_cross_entropy(x)") == []


@pytest.mark.parametrize("path", editions(), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_no_output_of_an_edition_has_english_words(path):
    allowed = ALLOWED | LOOKED_UP | (arguments() | names_in_exercises() if "exercises" in path.stem else set())
    found = {
        f"{cell.id}: {word}: {line[:80]}"
        for cell in nbformat.read(path, as_version=4).cells
        if cell.cell_type == "code" and cell.id not in QUOTED.get(path.stem, ())
        for line in shown(cell)
        for word in left(line, allowed)
    }
    assert found == set(), "translate what is shown (docs/CONTRIBUTING.md), or allow a name"


@cache
def arguments():
    """Return the names of the package's classes and of its functions' arguments: errors name them."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in files(ROOT / "helpers", "*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    found = {node.arg for node in nodes if isinstance(node, ast.arg)}
    found |= {node.name for node in nodes if isinstance(node, ast.ClassDef)}
    return frozenset(found | {"True", "False", "None"})


@cache
def names_in_exercises():
    """Return the names in answers to exercises: their hints spell code."""
    found = {"progress", "without"}
    for path in files(NOTEBOOKS / "solutions", "*.ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            for node in ast.walk(ast.parse(cell.source)) if cell.cell_type == "code" else ():
                match node:
                    case ast.Name(id=name) | ast.arg(arg=name) | ast.Attribute(attr=name) | ast.keyword(arg=str(name)):
                        found.add(name)
    return frozenset(found)


#: What learners read; the grader names platforms, tools and options to teachers.
PACKAGE = [name for name in catalogues() if name.startswith("helpers/") and name != "helpers/grading"]


@pytest.mark.parametrize("name", PACKAGE)
def test_messages_of_the_package_are_chinese_but_for_names(name):
    allowed = ALLOWED | LOOKED_UP | arguments() | (names_in_exercises() if name == "helpers/exercises" else set())
    entries = read("zh", name)
    found = {entry.msgid: words for entry in entries if (words := left(entry.msgstr, allowed))}
    same = [entry.msgid for entry in entries if entry.msgid == entry.msgstr and left(entry.msgid)]
    assert (found, same) == ({}, [])


#: Errors for authors, and of the module that has no language yet.
IN_ENGLISH = {"helpers/language.py", "helpers/live/blit.py", "helpers/live/controls.py"}


def untranslated(tree):
    """Yield the texts of errors, and the names that checks are given, that `_` is not asked for."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            parts = node.exc.args
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("check_real", "check_integer", "lookup"):
            parts = node.args[1:]
        else:
            continue
        kind = isinstance(node, ast.Call) and node.func.id == "lookup"
        inner = [one for part in parts for one in _outside_of_messages(part)]
        yield from (text for text in inner if kind or " " in text.strip())


def _outside_of_messages(node):
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("_", "ngettext"):
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    for child in ast.iter_child_nodes(node):
        yield from _outside_of_messages(child)


def test_errors_and_the_kinds_that_they_name_are_messages():
    assert list(untranslated(ast.parse('raise ValueError(f"must be {x}")\nlookup(A, name, "loss")'))) == [
        "must be ",
        "loss",
    ]
    assert list(untranslated(ast.parse('raise ValueError(_("must be"))\ncheck_real(x, "rate")'))) == []
    found = {}
    for path in files(ROOT / "helpers", "*.py"):
        place = path.relative_to(ROOT).as_posix()
        if place not in IN_ENGLISH and not place.startswith("helpers/grading/"):
            found[place] = list(untranslated(ast.parse(path.read_text(encoding="utf-8"))))
    assert {place: texts for place, texts in found.items() if texts} == {}


#: Asks for all menus of live figures, a table and an error of each kind, in a process that speaks a language.
ASKED = """
import contextlib
import json
from helpers import complexity, datasets, initialisers, losses, network
from helpers.exercises.feedback import check
from helpers.live.live_figure import LiveFigure
from tools.live_figures import live_figures

told = [repr(complexity.count(complexity.lenet5(), (1, 32, 32))), repr(datasets.two_rings()), repr(datasets.digits())]
menus = []


def controls_alone(self, figure, moving, move, *, play=None, board=None, **controls):
    for control in controls.values():
        options = getattr(control, "options", ())
        menus.extend([control.description, *(one[0] if isinstance(one, tuple) else one for one in options)])
    raise StopIteration  # nothing needs to be drawn


whole = LiveFigure.__init__
LiveFigure.__init__ = controls_alone
for make in live_figures().values():
    with contextlib.suppress(StopIteration):
        make()
LiveFigure.__init__ = whole
wrong = [
    lambda: network.Network([2, 2], "rleu"), lambda: network.Network([2, 2], loss="sqared"),
    lambda: network.Network([2, 0]), lambda: initialisers.as_initialiser("hee"),
    lambda: losses.mean_squared_error([1.0], [1.0], reduction="avg"),
    lambda: complexity.count(complexity.lenet5(), (1, 32, 32)).training_memory(1, "adm"),
    lambda: complexity.count(complexity.mlp([3, 2]), (0,)), lambda: check("surprize", 1),
    lambda: datasets.digits().split(-0.5), lambda: live_figures()["descent_on_a_bowl"]().set(rat=1),
]
for one in wrong:
    try:
        one()
    except (TypeError, ValueError) as error:
        told.append(str(error))
    else:
        raise AssertionError("no error")
print(json.dumps([menus, told]))
"""


def test_menus_tables_and_errors_are_chinese():
    environment = {**os.environ, "COURSE_LANGUAGE": "zh", "PYTHONUTF8": "1", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", ASKED]
    done = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    menus, told = json.loads(done.stdout)
    names = ALLOWED | LOOKED_UP - {"identity"}
    assert [option for option in menus if set(IN_MENU.findall(option)) - names] == []
    lists = re.compile("应是 [^，；]*|得到的是.*")  # what may be looked up instead, and what came
    found = {text[:120]: words for text in told if (words := left(lists.sub("", text)))}
    assert found == {}
