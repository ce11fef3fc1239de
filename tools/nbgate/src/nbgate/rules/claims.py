"""C7xx: a claim compares something measured with a bound."""

import ast
import warnings

from nbgate.rules import Rule


def idle_claim(notebook):
    """Yield the claims that can't be false."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            for call in idle(cell.source, notebook.settings.claim):
                yield cell, f"this claim can't be false, expected was a comparison of something measured: {call}"


def idle(source, name="claim"):
    """Yield the claims of a cell that can't be false: they name nothing that was computed, or both sides are alike.

    Parameters
    ----------
    source : str
    name : str, optional
        Of the function that states a claim: a sentence, then what is measured, then bounds by name.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what Python would say of the source, such as "\\m" in a text
            tree = ast.parse(source)
    except SyntaxError:  # magics: not a cell for claims
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", None)) == name:
            values, bounds = node.args[1:], [keyword.value for keyword in node.keywords]
            measured = any(isinstance(part, ast.Name) for value in values for part in ast.walk(value))
            told = {ast.unparse(value) for value in values}
            bounds_itself = any(ast.unparse(bound) in told for bound in bounds)
            if not measured or bounds_itself or any(map(always_true, [*values, *bounds])):
                yield ast.unparse(node)


def always_true(value):
    """Return whether an expression is true whatever is measured: `x == x`, `... or True`."""
    for node in ast.walk(value):
        or_true = isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or)
        if or_true and any(isinstance(part, ast.Constant) and part.value for part in node.values):
            return True
        if isinstance(node, ast.Compare):
            sides = [ast.unparse(side) for side in (node.left, *node.comparators)]
            if len(set(sides)) < len(sides):
                return True
    return False


RULES = [
    Rule(
        "C701",
        "claim-can-fail",
        False,
        "A claim (`nbgate_claim`) compares something measured.",
        '`claim("it works", True)`, `claim("...", x == x)`',
        "Compare what the cells computed with a bound.",
        "stored",
        idle_claim,
    ),
]
