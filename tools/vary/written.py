"""Claims as a notebook has them written: what each compares with what, and why some could never be false.

`make vary` keeps the bounds of each claim in ``data/variations.csv``. So a claim that is taken out, is no longer
reached, or is given a wider bound, changes that list as well, where whoever reviews it sees it.
"""

import ast
import builtins
import math
import re
from dataclasses import dataclass

import nbformat
import numpy as np

#: Bounds from below, and from above.
LOWER, UPPER = ("above", "at_least"), ("below", "at_most")
#: What cuts a value off -> the bounds that it keeps by that alone.
CUT_OFF = {"max": {*LOWER}, "maximum": {*LOWER}, "min": {*UPPER}, "minimum": {*UPPER}, "clip": {*LOWER, *UPPER}}
#: How many times the least (or most) that was ever measured a bound may be away; fewer from below, if it is a share
#: or a count "of 10".
FAR, FAR_OF_SHARES = 50, 3
#: Bounds of what is a rounding, or of what explodes, may be far.
SMALL, LARGE = 0.05, 1000
#: How far from the number it must equal a value may be.
NEAR = 0.25


@dataclass(frozen=True)
class Written:
    """One call of `helpers.claims.claim`.

    Parameters
    ----------
    cell : str
        The id of its cell.
    call : ast.Call
    looped : bool
        Whether it stands in a loop, and speaks more than once.
    """

    cell: str
    call: ast.Call
    looped: bool

    @property
    def bounds(self):
        """The bounds as they are written: ``above=0.4, below=0.7``."""
        return ", ".join(map(ast.unparse, self.call.keywords))

    @property
    def constants(self):
        """The bounds that are numbers, by name; of several numbers the one that is hardest to keep."""
        found = {}
        for keyword in self.call.keywords:
            try:
                value = np.array(ast.literal_eval(keyword.value), dtype=float)
            except (ValueError, TypeError):
                continue
            found[keyword.arg] = value.max() if keyword.arg in LOWER else value.min()
        return found


def calls(source):
    """Return the calls of ``claim`` in some code, wherever they stand."""
    found = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call) and name_of(node) == "claim"]
    return sorted(found, key=lambda call: (call.lineno, call.col_offset))


def name_of(call):
    """Return the last name of what is called."""
    return getattr(call.func, "id", getattr(call.func, "attr", None))


def code(notebook):
    """Yield id and source of each code cell of a notebook, which may be a path."""
    if not hasattr(notebook, "cells"):
        notebook = nbformat.read(notebook, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            yield cell.id, cell.source


def claims(notebook):
    """Return those claims of a notebook that are always reached: statements of a cell, or of a loop in it."""
    found = []
    for cell, source in code(notebook):
        for statement in ast.parse(source).body:
            looped = isinstance(statement, ast.For)
            inside = statement.body if looped else [statement]
            for each in inside:
                if isinstance(each, ast.Expr) and isinstance(each.value, ast.Call) and name_of(each.value) == "claim":
                    found.append(Written(cell, each.value, looped))
    return found


def said_by(written, rows):
    """Return for each row of a notebook the claim that says it; None for those without any.

    Parameters
    ----------
    written : list of Written
    rows : list of dict
        The notebook's rows of the table. A claim in a loop has as many of its cell's as the others leave.
    """
    found = []
    for cell in dict.fromkeys(row["cell"] for row in rows):
        own = [one for one in written if one.cell == cell]
        spare = sum(row["cell"] == cell for row in rows) - len(own)
        spoken = []
        for one in own:
            spoken += [one] * (1 + (spare if one.looped else 0))
        found += [spoken[place] if place < len(spoken) else None for place in range(len(own) + spare)]
    return found


def add_bounds(notebook, rows):
    """Put into each row of a notebook the bounds of its claim."""
    for row, claim in zip(rows, said_by(claims(notebook), rows), strict=True):
        row["bounds"] = claim.bounds if claim else ""


# -- what could never be false ---------------------------------------------------------------------------------------


def idle(notebook):
    """Yield a sentence for each claim of a notebook that no measurement could make false, or that is not reached."""
    reached = {(one.cell, ast.dump(one.call)) for one in claims(notebook)}
    given = constants(notebook)
    for cell, source in code(notebook):
        if "✓" in source:
            yield f"{cell}: a tick is for claim() to print"
        for node in ast.walk(ast.parse(source)):
            if (
                isinstance(node, ast.alias)
                and "claim" in (node.name, node.asname)
                and (node.asname or "claim") != "claim"
            ):
                yield f"{cell}: claim goes by its own name, not {node.asname}"
            if binds(node, "claim"):
                yield f"{cell}: claim is the course's, and is not given another meaning"
        for call in calls(source):
            text = ast.unparse(call)
            if (cell, ast.dump(call)) not in reached:
                yield f"{cell}: a claim is a statement of its cell or of a loop in it, and so always asked: {text}"
            elif len(call.args) != 2:
                yield f"{cell}: expected a sentence, a value, and bounds by name: {text}"
            else:
                yield from (f"{cell}: {why}: {text}" for why in idle_call(call, given))


def binds(node, name):
    """Return whether a node gives a name a meaning, other than by the course's import."""
    match node:
        case ast.Name(id=found, ctx=ast.Store()):
            return found == name
        case ast.FunctionDef(name=found) | ast.ClassDef(name=found):
            return found == name
        case ast.ImportFrom(module=module, names=names):
            return module != "helpers.claims" and any((one.asname or one.name) == name for one in names)
    return False


def idle_call(call, given):
    """Yield why a claim could never be false, if so.

    Parameters
    ----------
    call : ast.Call
    given : set of str
        Names that stand for nothing measured.
    """
    value, bounds = call.args[1], {keyword.arg: keyword.value for keyword in call.keywords}
    names = {node.id for node in ast.walk(value) if isinstance(node, ast.Name)}
    if names <= given:
        yield "the value is not measured"
    if any(ast.dump(node) == ast.dump(value) for bound in bounds.values() for node in ast.walk(bound)):
        yield "the value is compared with itself"
    for node in ast.walk(value):
        match node:
            case ast.BoolOp() | ast.IfExp():
                yield "the value is what was measured, without `or`, `and` or `if`"
            case ast.Compare(left=left, comparators=others) if len({*map(ast.dump, [left, *others])}) <= len(others):
                yield "both sides of a comparison are the same"
            case ast.BinOp(left=left, op=ast.Sub() | ast.Div(), right=right) if ast.dump(left) == ast.dump(right):
                yield "what is taken from itself is 0"
            case ast.BinOp(op=ast.Mult(), left=left, right=right) if any(zero(side) for side in (left, right)):
                yield "0 times anything is 0"
            case ast.Call(args=args) if CUT_OFF.get(name_of(node), set()) & set(bounds) and any(map(literal, args)):
                yield "the value is cut off on the side of its bound"
    for name, bound in bounds.items():
        if any(unbounded(node) for node in ast.walk(bound)):
            yield f"{name} bounds nothing"


def zero(node):
    """Return whether a node is the number 0."""
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float) and node.value == 0


def unbounded(node):
    """Return whether a node is infinite, or not a number, or as good as."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name.lower() in ("inf", "infty", "nan")
        case ast.Call(func=ast.Name(id="float"), args=[ast.Constant(value=str())]):
            return True
        case ast.Constant(value=float() | int() as number):
            return not math.isfinite(number) or abs(number) > 1e100
    return False


def constants(notebook):
    """Return the names that a notebook gives to nothing but constants; those of Python and of whole modules, too."""
    found, others = {*dir(builtins)}, set()
    for _, source in code(notebook):
        for node in ast.walk(ast.parse(source)):
            match node:
                case ast.Import(names=names):
                    found |= {alias.asname or alias.name for alias in names}
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    (found if literal(value) else others).add(name)
    return found - others


def literal(node):
    """Return whether a piece of code is written out, without anything computed; what is still empty will be filled."""
    try:
        return ast.literal_eval(node) not in ([], {})
    except ValueError:
        return False


# -- bounds that are far away ----------------------------------------------------------------------------------------


def far(row, written):
    """Yield why a bound is so far from all that was ever measured that it says nothing.

    Parameters
    ----------
    row : dict
        The claim's row of the table, with the least and the most of all variations.
    written : Written
    """
    try:
        least, most = float(row["least"]), float(row["most"])
    except ValueError:
        return
    share = re.search(r"\d%|\d+ of \d", row["said"])
    size = max(abs(least), abs(most))
    for name, bound in written.constants.items():
        if name == "within" and bound > NEAR * size > 0:
            yield f"within={bound:g} of a value of {size:g}"
        elif name in LOWER and 0 < bound < LARGE and least > bound * (FAR_OF_SHARES if share else FAR):
            yield f"{name}={bound:g}, but no less than {least:g} was ever measured"
        elif name in UPPER and bound > max(SMALL, FAR * size):
            yield f"{name}={bound:g}, but no more than {most:g} was ever measured"
        elif name in LOWER and bound < 0 and -bound > FAR * size:
            yield f"{name}={bound:g}, but no less than {least:g} was ever measured"
        elif name in LOWER and bound <= 0 < least and share and not set(UPPER) & set(written.constants):
            yield f"{name}={bound:g}, but a share and a count are never below 0"
