"""All messages of the course, in English: those of its notebooks, its pages and its package."""

import ast
import csv
import functools
import json
import re
from dataclasses import dataclass

import nbformat

from tools.places import NOTEBOOKS, ROOT, files, notebooks
from tools.translate.blocks import pieces, pieces_of_markdown

HELPERS = ROOT / "helpers"
DATA = ROOT / "data"
#: Pages that are translated, too.
PAGES = (ROOT / "README.md", ROOT / "docs" / "teaching.md")
#: What a reader of predictions and of the ledger reads; of the ledger's places only headings.
ASKED = ("question", "choices", "because", "instead")
STATED = ("statement", "verdict", "why", "heading")
#: Functions of `helpers.language` whose arguments are messages.
MARKS = ("_", "N_", "ngettext")
TEMPLATE = re.compile(r'\b_\("([^"]+)"')


@dataclass(frozen=True)
class Message:
    """A text and where it stands.

    Parameters
    ----------
    text : str
        In English.
    context : str
        The id of its cell; of a text of the package or of a page there is none.
    kind : str
        "heading", "text", "table", "comment" or "string".
    """

    text: str
    context: str = ""
    kind: str = "string"


def originals():
    """Return the notebooks that are written and not made from others.

    Returns
    -------
    list of pathlib.Path
    """
    return [path for path in notebooks() if path.parent.name != "exercises"]


def of_notebook(path):
    """Return the messages of a notebook.

    Parameters
    ----------
    path : pathlib.Path

    Returns
    -------
    list of Message
        In the order of their places, each once a cell.
    """
    cells = nbformat.read(path, as_version=4).cells
    return _once(Message(text, cell.id, kind) for cell in cells for text, kind in pieces(cell) if kind)


def of_page(path):
    """Return the messages of a page in Markdown.

    Parameters
    ----------
    path : pathlib.Path

    Returns
    -------
    list of Message
    """
    return _once(Message(text, "", kind) for text, kind in pieces_of_markdown(path.read_text(encoding="utf-8")) if kind)


def of_code(path):
    """Return the messages of a module: what its code hands to `helpers.language`.

    Parameters
    ----------
    path : pathlib.Path

    Returns
    -------
    list of Message
    """
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS:
            texts = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            found += [(node.lineno, node.col_offset, text) for text in texts]
    return list(dict.fromkeys(Message(text) for _line, _column, text in sorted(found)))


def of_template(path):
    """Return the messages of a template of a page.

    Parameters
    ----------
    path : pathlib.Path

    Returns
    -------
    list of Message
    """
    return _once(Message(text) for text in TEMPLATE.findall(path.read_text(encoding="utf-8")))


def of_predictions():
    """Return the messages of all questions.

    Returns
    -------
    list of Message
    """
    found = []
    for file in files(DATA / "predictions", "*.json"):
        for asked in json.loads(file.read_text(encoding="utf-8")).values():
            for part in ASKED:
                value = asked[part]
                found += value.values() if isinstance(value, dict) else [value] if isinstance(value, str) else value
    return _once(map(Message, found))


def of_ledger():
    """Return the messages of the ledger.

    Returns
    -------
    list of Message
    """
    with (DATA / "ledger.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return _once(Message(row[part]) for part in STATED for row in rows)


def _once(messages):
    return list(dict.fromkeys(messages))


@functools.cache
def catalogues():
    """Return what each catalogue has to say.

    Returns
    -------
    dict
        Name of a catalogue, such as "notebooks/appendix/frameworks" -> list of `Message`.
    """
    found = {f"notebooks/{path.relative_to(NOTEBOOKS).with_suffix('')}": of_notebook(path) for path in originals()}
    found |= {f"pages/{path.stem}": of_page(path) for path in PAGES}
    for place in (HELPERS, *sorted(folder for folder in HELPERS.iterdir() if folder.is_dir())):
        modules = sorted(place.glob("*.py")) if place == HELPERS else files(place, "*.py")
        messages = _once(message for path in modules for message in of_code(path))
        messages += [message for path in files(place / "pages", "*") for message in of_template(path)]
        if messages:
            found[f"helpers/{'core' if place == HELPERS else place.name}"] = messages
    return found | {"helpers/predictions": of_predictions(), "helpers/ledger": of_ledger()}
