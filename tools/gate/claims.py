"""The claims of a cell: a bound that the sentence names has to stand in the condition.

A claim such as ``claim("over 90 % are right", right > 0.9)`` is true for many other bounds, too: without this rule,
nothing would notice a condition that says less, or something else, than its sentence.
"""

import ast
import math
import re

from tools.gate.prose import DIGITS, SCALES, value

PARTS = {"half": 2, "third": 3, "thirds": 3, "quarter": 4, "fifth": 5, "tenth": 10}
COUNTS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "ten": 10, "twice": 2}
NAMED = rf"(?:{DIGITS}|{'|'.join([*COUNTS, *PARTS])}|a(?= point| {'| '.join(SCALES)}))"
WORDS = (
    "over|under|above|below|within|at least|at most|(?:less|more|fewer|higher|lower|earlier) than|by|between|factor of"
)
#: A number that is a bound: "over 20 %", "between 0.2 and 0.3", "0.2 to 0.3", "under a tenth", "3-fold".
BOUND = re.compile(
    rf"(?:(?:\b(?:{WORDS})|(?<=[\d%]) (?:to|and))\s(?:an? (?=\d|{'|'.join(PARTS)}))?|\b(?=[\d.]+ to \d|\d+-fold))"
    rf"({NAMED})(?:th)?\b(?:\s?(%|points?|{'|'.join([*SCALES, *PARTS])})\b|\s?(%))?"
)


def problems(source):
    """Return a sentence for each bound that a claim names but does not test.

    Parameters
    ----------
    source : str
        A code cell, as plain Python.
    """
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return []
    nodes, found = list(ast.walk(tree)), []
    for call in nodes:
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "claim" and len(call.args) > 1:
            tested = numbers(call.args[1], nodes)
            sentence = "".join(part.value for part in ast.walk(call.args[0]) if is_text(part))
            for match in BOUND.finditer(sentence):
                named = meant(match, sentence[match.end() :])
                if not any(math.isclose(one, number) for one in named for number in tested):
                    found.append(
                        f"the claim says {match[0].strip()!r}, but no number of its condition does: {sentence!r}"
                    )
    return found


def is_text(node):
    """Return whether a node of a syntax tree is a string."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def numbers(condition, nodes):
    """Return the numbers that a condition compares; of a name, those where the same cell gives it its value."""
    found, waiting, seen = set(), [condition], set()
    while waiting:
        parts = list(ast.walk(waiting.pop()))
        found |= {part.value for part in parts if isinstance(part, ast.Constant) and type(part.value) in (int, float)}
        names = {part.id for part in parts if isinstance(part, ast.Name)} - seen
        if not any(isinstance(part, ast.Compare) for part in parts):
            seen |= names
            waiting += [
                node.value for node in nodes if isinstance(node, ast.Assign) and any(sets(node, name) for name in names)
            ]
    return found


def sets(assignment, name):
    """Return whether an assignment sets a name."""
    return any(getattr(part, "id", "") == name for target in assignment.targets for part in ast.walk(target))


def meant(match, after):
    """Return the numbers that a condition may hold for a bound, by what comes after it in its sentence.

    "20 %" may be 20 or 0.2, "20 % above" something 1.2, "a tenth" and "10-fold" 10 or 0.1.
    """
    number, unit = match[1], match[2] or match[3]
    known = COUNTS | PARTS | {"a": 1}
    bound = known[number] if number in known else value(number)[0]
    if unit in SCALES:
        return [bound * SCALES[unit]]
    if unit in ("%", "point", "points"):
        part = bound / 100
        return [bound, part, *([1 + part, 1 - part] if after.startswith((" above", " below")) else ())]
    if number in PARTS or match[0].endswith("th") or after.startswith("-fold"):
        return [bound, 1 / bound]
    return [bound]
