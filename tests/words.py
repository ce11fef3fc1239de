"""Numbers in words: where they stand in a text, and whether anything shows them."""

import functools
import importlib
import pkgutil
import re

import mistune
import nbformat
import numpy as np
from nbgate.rules.numbers import borne_out, value

import helpers

#: A number, with its sign and its unit.
NUMBER = re.compile(
    r"(?<![\w.])(-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:e[-+]?\d+)?)(?:\s?(%|per cent|thousand|million|billion))?",
    flags=re.IGNORECASE,
)
MARKDOWN = mistune.create_markdown(renderer="ast", plugins=["math", "table"])
SMALL = ["three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
#: One and two are too common to be numbers.
WORDS = {word: number for number, word in enumerate(SMALL, 3)} | {"twenty": 20}
PARTS = "half|third|quarter|fifth|sixth|seventh|eighth|ninth|tenth|hundredth|thousandth|ten-thousandth|millionth"
HEDGES = "about|almost|nearly|roughly|over|under|more than|less than|fewer than|at least|at most"
#: Parts and multiples in words, and small numbers that are measured, not counted: "twice", "a tenth", "about three".
MULTIPLE = re.compile(
    rf"\b(?:twice|hal(?:f|ve[sd]?)|double[sd]?|(?:a|one|two|three|four) (?:{PARTS})s?"
    rf"|(?:\d[\d.,]*|one|two|{'|'.join(WORDS)}|sixteen|hundred|thousand)(?:[ -]fold| times(?! \d))"
    rf"|(?:{HEDGES}) (?:two|{'|'.join(WORDS)}))\b",
    flags=re.IGNORECASE,
)
SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9}


def tokens(source):
    """Yield the parts of a text in Markdown in their order, each a dict with a "type" (see mistune's "ast")."""

    def walk(parts):
        for part in parts:
            yield part
            yield from walk(part.get("children", ()))

    return walk(MARKDOWN(source))


def text_of(part):
    """Return the text of a part of Markdown, without its marks."""
    return part.get("raw", "") + "".join(text_of(child) for child in part.get("children", ()))


def written(text):
    """Yield each number in figures of a text: as it is written, and the values that it may mean.

    Parameters
    ----------
    text : str
        Of sizes such as 64-32-10 each is a number.

    Yields
    ------
    tuple
        The number, and a list of values, each with half a unit of its last digit.
    """
    for found in NUMBER.finditer(re.sub(r"(?<=\d)-(?=\d)", " ", text.replace("−", "-"))):
        central, half = value(found[1])
        unit = (found[2] or "").lower()
        scales = [SCALES[unit]] if unit in SCALES else [1, 0.01] if unit else [1]
        yield found[0], [(central * scale, half * scale) for scale in scales]


def numbers(text):
    """Return the values of all numbers in figures of a text."""
    return [values[0][0] for _, values in written(text)]


def in_words(text):
    """Return the numbers in words of a text, as they are written."""
    return [word for word in re.findall(r"[a-z]+", text.lower()) if word in WORDS]


def shown_by(text):
    """Return the values of all numbers of a text, those in words included."""
    return {*numbers(text), *(WORDS[word] for word in in_words(text))}


def without_source(text, shown):
    """Return the numbers of a text, those in words included, that are not among those shown, up to rounding.

    Parameters
    ----------
    text : str
    shown : iterable of float
    """
    shown = [float(number) for number in shown]
    every = [*written(text), *((word, [(WORDS[word], 0)]) for word in in_words(text))]
    return [word for word, values in every if not any(borne_out(values, number) for number in shown)]


@functools.cache
def modules():
    """Return the modules of helpers by name, and NumPy, for expressions in lists of numbers."""
    names = [module.name for module in pkgutil.iter_modules(helpers.__path__) if not module.ispkg]
    return {name: importlib.import_module(f"helpers.{name}") for name in names if name[0] != "_"} | {"np": np}


# -- what notebooks show ---------------------------------------------------------------------------------------------


@functools.cache
def cells(path):
    """Return the cells of a notebook."""
    return nbformat.read(path, as_version=4).cells


def printed(cell):
    """Return what a cell prints, and the plain text of its results, without the words of its pictures."""
    parts = []
    for output in cell.get("outputs", ()):
        data = output.get("data", {})
        parts.append(output.get("text", "") or ("" if "image/png" in data else data.get("text/plain", "")))
    return "\n".join(parts)


def lines(path):
    """Return all lines that a notebook prints."""
    return [line for cell in cells(path) for line in printed(cell).splitlines()]


def said(path, *words):
    """Return the numbers of the one line that a notebook prints with these words in it."""
    found = [line for line in lines(path) if all(word in line for word in words)]
    assert len(found) == 1, f"{len(found)} lines of {path.name} say {words}: follow the words where they are looked for"
    return numbers(found[0])


def section(path, inside):
    """Return the cells from the heading before to the heading after that which fits: levels one and two."""
    found = [[]]
    for cell in cells(path):
        if cell.cell_type == "markdown" and re.match("##? ", cell.source):
            found.append([])
        found[-1].append(cell)
    (own,) = [part for part in found if any(inside(cell) for cell in part)]
    return own


def other_seeds(text, own):
    """Return the numbers of seeds in a text over which no code of these cells runs, and of which none speaks."""
    code = "\n".join(cell.source + printed(cell) for cell in own if cell.cell_type == "code")
    said = re.findall(rf"\b(\d+|{'|'.join(WORDS)}) (?:random )?(?:seeds|beginnings)\b", text)
    known = {int(number) for number in re.findall(r"(?:range\(|seeds=)(\d+)|", code) if number}
    known |= {int(number) for number in re.findall(r"\b(\d+) (?:random )?seeds", code)}
    return [number for number in said if int(WORDS.get(number, 0) or number) not in known]


def shown_in(own):
    """Return the numbers in the code, the prints and the formulas of cells."""
    texts = []
    for cell in own:
        if cell.cell_type == "code":
            texts += [cell.source, printed(cell)]
        else:
            texts += re.findall(r"\$\$?[^$]+\$|`[^`]+`", cell.source)
    return shown_by(re.sub(r"(?<=\d)_(?=\d)", "", "\n".join(texts)))
