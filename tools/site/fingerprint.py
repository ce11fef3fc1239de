"""What the recording of a live figure depends on, as a short text that changes with it.

Code counts, not what is said about it: comments, docstrings and layout may change. The course's modules count that a
figure's own imports, directly or not, with their texts in the language that is spoken and the data files that they
name.
"""

import ast
import functools
import hashlib
import json
from importlib.metadata import version

from helpers.language import FONT, LOCALE, spoken
from tools.live_figures import live_figures
from tools.places import ROOT
from tools.site.language import said
from tools.site.sampling import samples

#: What makes recordings.
RECORDER = "tools.site.recording"
#: What draws and computes in other ways from version to version.
LIBRARIES = ("ipywidgets", "matplotlib", "numpy")


def fingerprint(name):
    """Return the text for a live figure.

    Parameters
    ----------
    name : str
        A key of `LIVE_FIGURES`.

    Returns
    -------
    str
    """
    own = live_figures()[name].__module__
    read = [_read(source(module), name if module == own else None) for module in modules(own, RECORDER)]
    texts = {text for _code, texts, _imports in read for text in texts}
    files = [ROOT / "data" / text for text in texts if "." in text and text.isprintable()]
    files = [*files, LOCALE / spoken() / FONT]
    parts = [
        json.dumps([samples().get(name), *map(version, LIBRARIES), *(code for code, *_ in read)]),
        json.dumps([said(text) for text in sorted(texts)]),
    ]
    content = [part.encode() for part in parts] + [file.read_bytes() for file in sorted(files) if file.is_file()]
    return hashlib.sha256(b"\n".join(content)).hexdigest()[:16]


def modules(*starts):
    """Return the names of the course's modules that some of them import, directly or not, with these and packages."""
    found, left = set(), list(starts)
    while left:
        module = left.pop()
        if module not in found and _file(module):
            found.add(module)
            left += [module.rpartition(".")[0], *_read(source(module))[2]]
    return sorted(found)


def source(module):
    """Return the code of a module of the course."""
    return _file(module).read_text(encoding="utf-8")


def _file(module):
    path = ROOT.joinpath(*module.split("."))
    return next((file for file in (path.with_suffix(".py"), path / "__init__.py") if file.exists()), None)


@functools.cache
def _read(code, figure=None):
    """Return code without docstrings, its texts, and what it imports; of a figure's module its other figures left out.

    Figures of one module have no part in each other.
    """
    tree = ast.parse(code)
    if figure:
        tree.body = [node for node in tree.body if not _is_live_figure(node) or node.name == figure]
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    texts, imports = set(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            texts.add(node.value)
        elif isinstance(node, ast.Import):
            imports |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            imports |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
    return ast.unparse(tree), texts, imports


def _is_live_figure(node):
    return isinstance(node, ast.FunctionDef) and "live_figure" in map(ast.unparse, node.decorator_list)
