"""What the notebook itself tells about an answer: whether the cell that holds it has failed, and how it is written.

Once IPython runs cells, each of them is looked at when it has ended. A cell that failed leaves an older answer behind,
and to judge that would only confuse.
"""

import ast
import difflib
import functools
import re

from IPython.display import display

from helpers.exercises import EXERCISES
from helpers.exercises.advice import error_advice
from helpers.exercises.message import Message
from helpers.language import _

_last = {}
"""Name of an exercise -> (id of the cell that was run for it last, what went wrong in it or no text, the answer)."""

_sources = {}
"""Name of an exercise -> the source of the cell that set its answer last."""


def watch(shell):
    """Look at each cell that this shell runs from now on; a shell that is watched already is not watched twice."""
    if shell and not getattr(shell, "_exercises_watched", False):
        shell._exercises_watched = True
        shell.events.register("post_run_cell", functools.partial(_look_at, shell))


def trouble(name):
    """Return what went wrong in the cell with the answer of this name, when it was run last; no text if nothing did."""
    return _last[name][1] if name in _last else ""


def besides(name):
    """Return a word on what stands in an answer's cell and does something else than it seems to; no text if nothing."""
    try:
        cell = ast.parse(_sources.get(name, ""))
    except (SyntaxError, ValueError):  # a line for IPython alone
        return ""
    parts = list(ast.walk(cell))
    if any(isinstance(part, ast.BitXor) for part in parts):
        return _("By the way: `^` is no power in Python, `**` is.")
    for part in parts:
        if isinstance(part, ast.FunctionDef) and part.name == name:
            return _unfinished(part)
        if isinstance(part, ast.Assign) and _calls(part.value, "print"):
            return _("`print(...)` shows a value and gives back None: leave it out.")
    return ""


def _unfinished(function):
    """Return a word on lines of a function that come to nothing, and on arguments that it never looks at."""
    parts = list(ast.walk(function))
    for part in parts:
        if isinstance(part, ast.Expr) and isinstance(part.value, ast.BinOp | ast.Compare):
            line = ast.unparse(part)
            return _("The line `{line}` computes something, and nothing is done with it.", line=line)
    read = {part.id for part in parts if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)}
    unread = [argument.arg for argument in function.args.args if argument.arg not in read]
    if not unread:
        return ""
    return _("Never used: {names}.", names=_(", ").join(f"`{argument}`" for argument in unread))


def _calls(expression, name):
    return isinstance(expression, ast.Call) and getattr(expression.func, "id", "") == name


def _look_at(shell, result):
    """Note what a cell has done to the answers of exercises, and help with its error."""
    source, cell = result.info.raw_cell, getattr(result.info, "cell_id", None)
    error = result.error_before_exec or result.error_in_exec
    defined = {name for name in EXERCISES if re.search(rf"^(def\s+{name}\b|{name}\s*=)", source, re.MULTILINE)}
    for name in defined:
        _sources[name] = source
        value = shell.user_ns.get(name)
        old = name in _last and _last[name][2] is value  # what fails below its definition has defined it all the same
        _last[name] = cell, _failed(error) if error and (old or value is None) else "", value
    for name, (known, _failure, value) in list(_last.items()):
        if cell is not None and cell == known and name not in defined:
            _last[name] = cell, _renamed(name, source), value
    if error and (said := _word(shell, source, error, defined)):
        display(Message(said))


def _failed(error):
    return _(
        "the cell with your answer ended in an error ({kind}). Mend it, run it, then check again.",
        kind=type(error).__name__,
    )


def _renamed(name, source):
    others = difflib.get_close_matches(name, _defined_in(source), 1, 0.5)
    instead = _(" It defines `{other}` instead.", other=others[0]) if others else ""
    return _("the cell with your answer no longer defines `{name}`.{instead}", name=name, instead=instead)


def _word(shell, source, error, defined):
    """Return a word that helps with an error in a cell about an exercise; no text if there is none."""
    checked = re.search(r"check\(\s*[\"'](\w+)", source)
    if isinstance(error, NameError) and checked and error.name == checked[1] and error.name in EXERCISES:
        name, last = error.name, trouble(error.name)
        names = _defined_in("\n".join(shell.user_ns.get("In", [])[-3:]))
        close = difflib.get_close_matches(name, names, 1, 0.6)
        if last:
            return _("Nothing to check: {last}", last=last)
        if close:
            return _(
                "There is no `{name}`, but there is `{other}`: the check asks for `{name}`.", name=name, other=close[0]
            )
        return _("There is no `{name}` yet: run the cell with your answer first, and all cells above it.", name=name)
    if isinstance(error, NameError) and error.name in ("check", "progress", "np", "pairwise"):
        return _("Run the first cell of this notebook once, each time you come back.")
    return error_advice(type(error).__name__, str(error)) if defined else ""


def _defined_in(source):
    """Return the names that code defines at its top level; none if it cannot be read."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError):
        return re.findall(r"^(?:def\s+)?(\w+)\s*[(=]", source, re.MULTILINE)
    targets = [target for line in body if isinstance(line, ast.Assign) for target in line.targets]
    functions = [line.name for line in body if isinstance(line, ast.FunctionDef)]
    return functions + [target.id for target in targets if isinstance(target, ast.Name)]
