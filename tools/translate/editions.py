"""Generate the notebooks and pages of an edition; nobody edits them."""

import ast
import functools
import html
import os
import re
from collections import Counter
from pathlib import Path

import nbformat

from helpers.language import place_of
from tools.places import NOTEBOOKS, files
from tools.translate import formulas
from tools.translate.blocks import pieces, pieces_of_markdown, put
from tools.translate.catalogues import translations
from tools.translate.faults import in_digits
from tools.translate.sources import PAGES, catalogues, originals

LINK = re.compile(r'(\]\(|href=")([^)"]*)')
#: What divides a message of the package into parts that are shown as they stand.
HOLE_OR_CODE = re.compile(r"\{[^{}]*\}|`")
NUMBER = re.compile(r"\d+(?:[.,]\d+)*(?:e[+-]?\d+)?")
#: matplotlib draws no Chinese beside a formula: x_1 is x₁.
SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
#: A letter or a mark as Chinese writes it.
CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
#: The first line of the first code cell.
SWITCH = 'from helpers.language import use\n\nuse("{language}")\n\n'


def translator(language, name):
    """Return a function from the context and the text of a message to its translation, or to its text without one.

    Parameters
    ----------
    language, name : str

    Returns
    -------
    function
    """
    table = translations(language, name)
    return lambda context, text: table.get((context, text), text)


def name_of(path):
    """Return the name of the catalogue of a notebook or page.

    Parameters
    ----------
    path : pathlib.Path

    Returns
    -------
    str
    """
    if path.is_relative_to(NOTEBOOKS):
        return f"notebooks/{path.relative_to(NOTEBOOKS).with_suffix('')}"
    return f"pages/{path.stem}"


def _anchor(heading, path):
    """Return the address of a heading on a page: JupyterLab's for a notebook, GitHub's for a page."""
    if path.suffix == ".ipynb":
        return heading.replace(" ", "-")
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def anchors(language, path):
    """Return the addresses of headings: English -> the edition's.

    Parameters
    ----------
    language : str
    path : pathlib.Path
        Of the English notebook or page.

    Returns
    -------
    dict
    """
    table = translations(language, name_of(path))
    return {
        _anchor(message.text, path): _anchor(table.get((message.context, message.text), message.text), path)
        for message in catalogues()[name_of(path)]
        if message.kind == "heading"
    }


def linked(text, language, path):
    """Return Markdown whose links lead from the edition's place to the edition's places, where there are such.

    Parameters
    ----------
    text : str
    language : str
    path : pathlib.Path
        Of the English notebook or page.

    Returns
    -------
    str
    """
    here = place_of(language, path).parent
    english = _english(language)

    def there(match):
        start, target = match.groups()
        address, mark, fragment = target.partition("#")
        if "://" in target or target.startswith("mailto:") or not target:
            return match[0]
        goal = Path(os.path.normpath(path.parent / address)) if address else path
        if fragment and goal in english.values():
            fragment = anchors(language, goal).get(fragment, fragment)
        new = Path(os.path.relpath(_twin(language, goal, english), here)).as_posix() if address else ""
        return f"{start}{new}{'/' * address.endswith('/')}{mark}{fragment}"

    return LINK.sub(there, text)


@functools.cache
def _english(language):
    """Return what has a version in the edition: the place of that -> the English notebook or page."""
    return {place_of(language, path): path for path in (*originals(), *PAGES)}


def _twin(language, goal, english):
    """Return the edition's version of a file or folder, of its own the English one; others are linked as they are."""
    if goal in english:
        return english[goal]
    in_notebooks = goal.is_relative_to(NOTEBOOKS) and goal.suffix in ("", ".ipynb") and goal.exists()
    return place_of(language, goal) if in_notebooks or goal in english.values() else goal


def notebook(language, path):
    """Return the edition's version of a notebook; its outputs are still those of the English one.

    Parameters
    ----------
    language : str
    path : pathlib.Path
        Of the English notebook.

    Returns
    -------
    notebook

    Raises
    ------
    ValueError
        If a translated cell computes something else.
    """
    made = nbformat.read(path, as_version=4)
    translate, in_formulas = translator(language, name_of(path)), formulas.words(language)
    first = True
    for cell in made.cells:
        source = put(pieces(cell), lambda text, cell=cell: translate(cell.id, text))
        if cell.cell_type == "markdown":
            cell.source = formulas.translated(linked(source, language, path), in_formulas)
        elif cell.cell_type == "code":
            if _computed(source) != _computed(cell.source):
                raise ValueError(f"{name_of(path)}: cell {cell.id}: what it computes differs from the English cell")
            cell.source = (SWITCH.format(language=language) if first else "") + source
            first = False
    made.metadata.setdefault("nbgate", {})["language"] = language
    return made


def _computed(source):
    """Return code as a tree, each of its texts replaced by its holes alone."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
        if isinstance(node, ast.JoinedStr):
            holes = [part for part in node.values if isinstance(part, ast.FormattedValue)]
            node.values = sorted(holes, key=ast.dump)
    return ast.dump(tree)


def page(language, path):
    """Return the edition's version of a page.

    Parameters
    ----------
    language : str
    path : pathlib.Path
        Of the English page.

    Returns
    -------
    str
    """
    translate = translator(language, name_of(path))
    text = put(pieces_of_markdown(path.read_text(encoding="utf-8")), lambda text: translate("", text))
    return formulas.translated(linked(text, language, path), formulas.words(language))


def generate(language):
    """Write all notebooks and pages of an edition; what has not changed stays as it was stored.

    Parameters
    ----------
    language : str

    Returns
    -------
    list of pathlib.Path
        Notebooks that must be run and stored.
    """
    changed = []
    for path in originals():
        new, place = notebook(language, path), place_of(language, path)
        if must_be_run(place, new):
            _keep_outputs(new, nbformat.read(place, as_version=4) if place.exists() else None)
            place.parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(new, place)
            changed.append(place)
    for path in PAGES:
        place = place_of(language, path)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(page(language, path), encoding="utf-8")
    return changed


def must_be_run(place, new):
    """Return whether a stored notebook is not there, is written otherwise than a new one, or has cells to run again.

    Parameters
    ----------
    place : pathlib.Path
    new : notebook

    Returns
    -------
    bool
    """
    if not place.exists():
        return True
    stored = nbformat.read(place, as_version=4)
    return bare(stored) != bare(new) or any(
        cell.execution_count is None for cell in stored.cells if cell.cell_type == "code"
    )


def mark_stale(language, texts):
    """Mark the cells that show what is now said or computed otherwise: without a count, they are run again.

    Parameters
    ----------
    language : str
    texts : iterable of str
        What the edition said, with holes.
    """
    said = [[part for part in HOLE_OR_CODE.split(text) if part.strip()] for text in texts]
    english = {place_of(language, path): path for path in originals()}
    for path in files(NOTEBOOKS / language, "*.ipynb"):
        stored = nbformat.read(path, as_version=4)
        twins = {cell.id: cell for cell in nbformat.read(english[path], 4).cells} if path in english else {}
        stale = [
            cell
            for cell in stored.cells
            if cell.cell_type == "code"
            and (_says_one_of(said, cell) or (cell.id in twins and shows_otherwise(twins[cell.id], cell)))
        ]
        for cell in stale:
            cell.execution_count = None
        if stale:
            nbformat.write(stored, path)


def shows_otherwise(english, cell):
    """Return whether a cell shows other numbers than its English twin, or a line without Chinese that this lacks.

    Parameters
    ----------
    english, cell : code cell

    Returns
    -------
    bool
    """
    return _numbers(english) != _numbers(cell) or not _plain_lines(cell) <= _plain_lines(english)


def _numbers(cell):
    """Return the numbers that a cell shows in words, each as often as it does."""
    shown = [output.get("text") or output.get("data", {}).get("text/plain", "") for output in cell.outputs]
    return Counter(NUMBER.findall(in_digits("\n".join(shown).translate(SUBSCRIPTS))))


def _plain_lines(cell):
    """Return the lines that a cell prints without a letter or mark of Chinese, such as code, whatever their spaces."""
    lines = "\n".join(output.get("text", "") for output in cell.outputs).splitlines()
    return {" ".join(line.split()) for line in lines if not CHINESE.search(line)}


def _says_one_of(said, cell):
    """Return whether the outputs of a cell have all parts of one of the texts."""
    texts = []
    for output in cell.outputs:
        texts.append(output.get("text", ""))
        texts += [html.unescape(data) for kind, data in output.get("data", {}).items() if kind.startswith("text/")]
        texts += [kept["alt"] for kept in output.get("metadata", {}).values() if "alt" in kept]
    shown = "\n".join(texts)
    return any(parts and all(part in shown for part in parts) for parts in said)


def _keep_outputs(new, old):
    """Give cells whose source has not changed the outputs that they had; others have no count until they are run."""
    had = {(cell.id, cell.source): cell for cell in (old.cells if old else []) if cell.cell_type == "code"}
    for cell in new.cells:
        if was := had.get((cell.id, cell.source)):
            cell.outputs, cell.execution_count = was.outputs, was.execution_count
        elif cell.cell_type == "code":
            cell.execution_count = None


def bare(notebook):
    """Return what is written of a notebook and not run: of each cell id, kind, source and metadata.

    Parameters
    ----------
    notebook : notebook

    Returns
    -------
    list of tuple
    """
    return [notebook.metadata, *((cell.id, cell.cell_type, cell.source, cell.metadata) for cell in notebook.cells)]
