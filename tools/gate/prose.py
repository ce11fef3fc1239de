"""The words of a notebook: links lead somewhere, maths can be set, pictures have words, numbers are true.

A number in prose that looks like a result (with a decimal point, an exponent, a per cent sign, or of three digits and
more) has to stand in a code cell, an output or a formula of the same section too, up to rounding: if the experiment
changes, the prose turns red. The few that come from elsewhere are listed, each with its reason, in one file.
"""

import functools
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import mistune
import nbformat

MARKDOWN = mistune.create_markdown(renderer="ast", plugins=["math", "table"])
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
#: A year is no result: in brackets, or after a month or certain words.
YEAR = re.compile(rf"\((?:19|20)\d\d\)|\b(?:in|since|et al\.|{MONTHS}) (?:19|20)\d\d\b")
SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9}
DIGITS = r"(?:\d{1,3}(?:,\d{3}| 000)+|\d+)(?:\.\d+)?(?:[eE][-+]?\d+)?"
#: A number that stands alone: no part of a name such as N07, LeNet-5 or 784-128-10.
NUMBER = re.compile(rf"(?<![\w.,–-])({DIGITS})(?:\s?(%|per cent|{'|'.join(SCALES)}))?(?![\w–]|-\w)")


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


def texts(notebook):
    """Yield a name for, and the Markdown of, each cell and output that is written in Markdown."""
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            yield f"cell {cell.get('id', number)}", cell.source
        for output in cell.get("outputs", ()):
            if "text/markdown" in output.get("data", {}):
                yield f"output of cell {cell.get('id', number)}", output.data["text/markdown"]


def problems(path, notebook, numbers=()):
    """Return what is wrong with the words of a notebook, a sentence each.

    Parameters
    ----------
    path : pathlib.Path
        Where the notebook is: links start from there.
    notebook : nbformat.NotebookNode
    numbers : iterable of Listed
        Numbers of this notebook that have a source elsewhere.
    """
    found = [f"{where}: {problem}" for where, source in texts(notebook) for problem in faults(path, source)]
    return found + unsupported(notebook, list(numbers))


# -- links, maths and pictures ------------------------------------------------------------------------------------


def faults(path, source):
    """Yield what is wrong with the marks, links, maths and pictures of one text in Markdown."""
    if len(re.findall(r"^ *```", source, flags=re.MULTILINE)) % 2:
        yield "a block of code (```) is not closed"
    for part in tokens(source):
        kind, raw = part["type"], part.get("raw", "")
        if kind == "link":
            yield from broken(path, part["attrs"]["url"])
        elif kind == "image":
            yield from broken(path, part["attrs"]["url"])
            if not text_of(part).strip():
                yield f"the picture {part['attrs']['url']} has no alternative text"
        elif kind in ("inline_html", "block_html"):
            for tag in re.findall(r"<img\b[^>]*>", raw):
                if not re.search(r"""\balt=(["'])\s*\S.*?\1""", tag):
                    yield f"the picture {tag} has no alternative text"
            for _, target in re.findall(r"""\b(?:href|src)=(["'])(.*?)\1""", raw):
                yield from broken(path, target)
        elif kind in ("inline_math", "block_math"):
            yield from unset(raw)
        elif kind == "text" and (mark := re.search(r"(?<!\\)(\$|\*\*|`|\]\()", raw)):
            yield f"a {mark[0]} without its twin shows in the text: {raw.strip()[:60]!r}"


def unset(formula):
    """Yield why a formula can't be set, if so."""
    from math_core import LatexError, LatexToMathML

    try:
        LatexToMathML().convert_with_local_state(formula, displaystyle=True)
    except LatexError as error:
        why = re.sub(r"\x1b\[[\d;]*m", "", str(error)).strip().splitlines()[0].removeprefix("Error: ")
        yield f"the formula ${formula.strip()}$ can't be set: {why}"


def broken(path, target):
    """Yield why a link from the file at `path` leads nowhere, if so; addresses on the web are not visited."""
    if re.match(r"(https?|mailto|data|attachment):", target):
        return
    name, _, heading = unquote(target).partition("#")
    file = (path.parent / name) if name else path
    if not file.exists():
        yield f"the link {target} leads to no file"
    elif heading and heading not in anchors(file):
        yield f"the link {target} leads to no heading of {file.name}"


@functools.cache
def anchors(file):
    """Return the names of the headings of a notebook (as links in JupyterLab write them) or a page (as on GitHub)."""
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".ipynb":
        sources = [source for _, source in texts(nbformat.reads(text, as_version=4))]
        return {text_of(part).replace(" ", "-") for s in sources for part in tokens(s) if part["type"] == "heading"}
    titles = (text_of(part) for part in tokens(text) if part["type"] == "heading")
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


# -- numbers ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Listed:
    """A number in prose that no cell of its section shows.

    Parameters
    ----------
    notebook : str
        The end of the notebook's path: its name, or with a folder before it.
    number : str
        As it is written there.
    reason : str
        Where it comes from.
    equals : str
        A Python expression that has this value; a test of the project computes it.
    """

    notebook: str
    number: str
    reason: str
    equals: str = ""


def listed(file):
    """Return the numbers that are listed in a TOML file, as tables ``[[number]]`` with the keys of `Listed`."""
    if not Path(file).exists():
        return []
    entries = [Listed(**entry) for entry in tomllib.loads(Path(file).read_text(encoding="utf-8")).get("number", [])]
    without = [entry.number for entry in entries if len(entry.reason) < 10]
    if without:
        raise ValueError(f"{file}: these numbers need a reason: {', '.join(without)}")
    return entries


def value(text):
    """Return the value of a number as it is written, and half a unit of its last digit."""
    mantissa, _, exponent = re.sub("[, _]", "", text).lower().partition("e")
    decimals = len(mantissa.partition(".")[2])
    return float(f"{mantissa}e{exponent or 0}"), 0.5 * 10.0 ** (int(exponent or 0) - decimals)


def results(text):
    """Yield all numbers of a text that look like results: as written, and the values that would bear them out."""
    for number, unit in NUMBER.findall(YEAR.sub("", text)):
        digits = re.sub(r"[eE].*|\D", "", number).lstrip("0")
        if not (unit or "." in number or "e" in number.lower() or len(digits) >= 3):
            continue
        written = f"{number} {unit}".strip()
        central, half = value(number)
        if unit in SCALES:
            yield written, [(central * SCALES[unit], half * SCALES[unit])]
        elif unit:
            yield written, [(central, half), (central / 100, half / 100)]
        else:
            yield written, [(central, half)]


def borne_out(values, number):
    """Return whether a number, rounded, is one of a result's values."""
    return any(abs(number - middle) <= half * 1.0001 for middle, half in values)


def numbers_in(text):
    """Return the values of all numbers in a text, whatever they are part of."""
    text = re.sub(r"(?<=\d)_(?=\d)", "", text)
    return {value(number)[0] for number in re.findall(DIGITS, text)} | {
        value(number)[0] for number in re.findall(r"\d+", text)
    }


def shown_by(cell):
    """Return the values of all numbers in a code cell and its outputs."""
    found = numbers_in(cell.source)
    for output in cell.outputs:
        found |= numbers_in(output.get("text", ""))
        for kind, content in output.get("data", {}).items():
            if kind.startswith("text/"):
                found |= numbers_in(content)
    return found


@dataclass
class Section:
    """From one heading of the first or second level to the next.

    Parameters
    ----------
    results : list of tuple
        The results in its prose: cell, number as written, values that would bear it out.
    shown : set of float
        The numbers of its code, outputs and formulas.
    has_code : bool
        Whether it has code cells.
    """

    results: list
    shown: set
    has_code: bool = False


def sections(notebook):
    """Return the sections of a notebook."""
    found, heading = [Section([], set())], ""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            found[-1].shown |= shown_by(cell)
            found[-1].has_code = True
        elif cell.cell_type == "markdown":
            for part in tokens(cell.source):
                if part["type"] == "heading":
                    heading = text_of(part)
                    if part["attrs"]["level"] <= 2:
                        found.append(Section([], set()))
                elif part["type"] in ("inline_math", "block_math", "codespan", "block_code"):
                    found[-1].shown |= numbers_in(part["raw"])
                elif part["type"] == "text" and heading != "References":
                    found[-1].results += [(cell.id, *result) for result in results(part["raw"])]
    return found


def unsupported(notebook, numbers):
    """Return a sentence for each result in prose that its section does not show, and for each needless entry.

    For a section without code, such as a summary, anything in the notebook counts.
    """
    found, used = [], set()
    parts = sections(notebook)
    anywhere = set().union(*(section.shown for section in parts))
    for section in parts:
        shown = section.shown if section.has_code else anywhere
        for cell, written, values in section.results:
            if not any(borne_out(values, number) for number in shown):
                entries = {entry for entry in numbers if entry.number == written}
                used |= entries
                if not entries:
                    found.append(f"cell {cell}: the prose says {written}, but no cell of its section shows that")
    needless = [f"the number {e.number} is listed without need: {e.reason}" for e in numbers if e not in used]
    return found + needless
