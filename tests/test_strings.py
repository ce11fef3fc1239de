"""Numbers that cells of code write into labels, claims and prints: the code above them has the same.

A label that says "× 12" beside a 10 is printed and drawn as it stands, and storing the notebook keeps it.
"""

import ast
import re

import nbformat
import pytest
from nbgate.rules.numbers import listed

from tests.words import cells
from tools.places import ROOT, notebooks

TEXTS = [path for path in notebooks() if path.parent.name not in ("exercises", "solutions")]
LISTED = listed(ROOT / "tests" / "numbers_in_strings.toml")
#: A number, but not that of a name ("VGG-16") or of a field ("{:8.4f}", which is taken out before).
NUMBER = re.compile(r"(?<![\w.])(?<![A-Za-z]-)\d+(?:,\d{3})*(?:\.\d+)?(?:e-?\d+)?(?![\w.]*\d)")
#: A name of a file, a question, a figure: not words.
NAME = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)+")
#: Three numbers or more: "0.5, 1 and 10", "784-128-10".
SERIES = re.compile(r"(?<![\w.-])\d[\d.]*(?:(?:(?:, | and |, and )\d[\d.]*){2,}|(?:-\d+){2,})(?![\w-])")
#: Those that number panels, layers and choices.
SMALL = {0, 1, 2, 3}


def strings(node):
    """Yield the strings of a syntax tree; not how numbers are written ("8.4f"), nor docstrings."""
    for child in ast.iter_child_nodes(node):
        if isinstance(node, ast.FormattedValue) and child is node.format_spec:
            continue
        if isinstance(child, ast.Constant) and isinstance(child.value, str) and not isinstance(node, ast.Expr):
            yield re.sub(r"\{[^{}]*\}", " ", child.value)
        yield from strings(child)


def constants(tree):
    """Return the numbers of a syntax tree."""
    found = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    return {abs(value) for value in found if isinstance(value, int | float)}


def parsed(cell):
    """Return the syntax tree of a cell, without what is for IPython alone."""
    return ast.parse(re.sub(r"^[%!].*", "pass", cell.source, flags=re.MULTILINE))


def unfounded(notebook):
    """Return the numbers in strings of cells, but the smallest, that no code has since the section's heading."""
    found, known = [], set()
    for cell in notebook:
        if cell.cell_type == "markdown":
            known = set() if re.search("^## ", cell.source, flags=re.MULTILINE) else known
            continue
        tree = parsed(cell)
        known |= constants(tree) | SMALL
        for text in strings(tree):
            for written in () if NAME.fullmatch(text) else NUMBER.findall(text):
                number = float(written.replace(",", ""))
                if not known & {number, number / 100}:
                    found.append(written)
    return found


def series(tree):
    """Yield the tuples and lists of three numbers or more in a syntax tree."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Tuple | ast.List):
            values = [getattr(item, "value", None) for item in node.elts]
            if len(values) > 2 and all(isinstance(value, int | float) for value in values):
                yield tuple(map(float, values))


def almost(notebook):
    """Yield the series of numbers, in words, from which a series of the section's code differs in one number."""
    sections = [[]]
    for cell in notebook:
        if cell.cell_type == "markdown" and re.search("^## ", cell.source, flags=re.MULTILINE):
            sections.append([])
        sections[-1].append(cell)
    for section in sections:
        trees = [parsed(cell) for cell in section if cell.cell_type == "code"]
        known = {one for tree in trees for one in series(tree)}
        words = [re.sub(r"\$[^$]*\$|`[^`]*`", " ", cell.source) for cell in section if cell.cell_type == "markdown"]
        for text in [*words, *(text for tree in trees for text in strings(tree))]:
            for said in SERIES.findall(text):
                values = tuple(float(number) for number in re.findall(r"\d+(?:\.\d+)?", said))
                differ = [
                    sum(a != b for a, b in zip(one, values, strict=True)) for one in known if len(one) == len(values)
                ]
                if values not in known and 1 in differ:
                    yield said


def mislabelled(tree):
    """Yield the labels of dicts whose first number stands nowhere in what they label, but for "25 times"."""
    for node in ast.walk(tree):
        for key, value in zip(node.keys, node.values, strict=True) if isinstance(node, ast.Dict) else ():
            label, beside = getattr(key, "value", None), constants(value)
            part = any(isinstance(inside, ast.Slice) for inside in ast.walk(value))
            if isinstance(label, str) and beside and not part and not NAME.fullmatch(label):
                numbers = NUMBER.findall(re.sub(NUMBER.pattern + " times", "", label))
                if numbers and float(numbers[0].replace(",", "")) not in beside:
                    yield label


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_a_label_has_the_number_of_what_it_labels(path):
    found = [label for cell in cells(path) if cell.cell_type == "code" for label in mislabelled(parsed(cell))]
    assert found == [], "a number in the label is not the one beside it: put right which of them is wrong"


def test_a_label_with_another_number_is_found():
    tree = ast.parse(
        'plot({"T = 10": decay(0.2, 20), "rate 1": run(1), "rate 5 times larger": run(0.5), "a 3": x[:41]})'
    )
    assert list(mislabelled(tree)) == ["T = 10"]


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_series_in_words_are_those_of_the_code(path):
    found = list(almost(cells(path)))
    assert found == [], "the code's series differs in one number: put right which of them is wrong"


def test_a_series_that_differs_in_one_number_is_found():
    code = nbformat.v4.new_code_cell('sizes = [784, 100, 10]\nprint("of 0.5, 1 and 10:", [f(x) for x in (0.5, 2, 10)])')
    text = nbformat.v4.new_markdown_cell("The network 784-128-10, and 3, 4 and 5, which nothing here has.")
    assert list(almost([text, code])) == ["784-128-10", "0.5, 1 and 10"]


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_numbers_in_strings_are_those_of_the_code_or_listed(path):
    own = {entry.number for entry in LISTED if path.match(entry.notebook)}
    unknown = [number for number in unfounded(cells(path)) if number not in own]
    assert unknown == [], "write it as {} with the code's own value, or list it in tests/numbers_in_strings.toml"


def test_no_number_is_listed_without_need():
    found = {path.name: unfounded(cells(path)) for path in TEXTS}
    needless = [entry for entry in LISTED if entry.number not in found[entry.notebook]]
    assert needless == [], "take it out of tests/numbers_in_strings.toml"


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('plot(10 * x, label="weights × 12")', ["12"]),
        ('claim(f"over {a:8.4f} of 16", b)', ["16"]),
        ('print(f"{least} of 600 rates, from 0.3")', ["600", "0.3"]),
        ('x = 600\nprint(f"{x} of 600")', []),
        ('print("VGG-16")\npredict("after-16-steps")', []),
    ],
)
def test_what_is_found(source, found):
    assert unfounded([nbformat.v4.new_code_cell(source)]) == found
