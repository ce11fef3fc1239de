"""Does a wrong function get a point by luck? ``make wrong`` counts in how many of 1000 draws each of many passes.

The wrong functions of an exercise are its slips, small changes to its worked solution, and those in
wrong_answers.toml. None may pass in more than one draw of a thousand; the status is 1 if one does.
"""

import ast
import copy
import functools
import itertools
import sys
import tomllib
from pathlib import Path

import numpy as np

from helpers.exercises import EXERCISES
from helpers.exercises.answer import Raised, value_of
from helpers.exercises.exercise import FunctionExercise
from helpers.losses import softmax
from tools.make_exercises import all_answers

DRAWS = 1000
MOST = 1
"""In how many of the draws a wrong function may pass."""

KNOWN = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))

OPERATORS = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div, ast.Add, ast.Pow),
    ast.Div: (ast.Mult, ast.FloorDiv),
    ast.Pow: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
    ast.LtE: (ast.Lt, ast.Gt, ast.Eq),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.Eq: (ast.NotEq,),
}
NAMES = {
    "mean": ("sum", "max"),
    "sum": ("mean", "max", "prod"),
    "max": ("min", "mean"),
    "all": ("any",),
    "argmax": ("argmin",),
    "std": ("var",),
    "log": ("log10", "log1p", "log2"),
    "exp": ("expm1", "exp2"),
    "sqrt": ("abs", "square"),
    "abs": ("square", "negative"),
    "sign": ("abs", "negative"),
}


def changes(code):
    """Yield the code of a function after each small change that may be a mistake.

    Parameters
    ----------
    code : str
        A right function.

    Yields
    ------
    str
    """
    tree = ast.parse(code)
    arguments = [argument.arg for argument in tree.body[0].args.args]
    for number, node in enumerate(ast.walk(tree)):
        for change in _changes_of(node, arguments):
            changed = copy.deepcopy(tree)
            change(next(itertools.islice(ast.walk(changed), number, None)))
            text = ast.unparse(changed)
            if text != ast.unparse(tree):
                yield text


def _changes_of(node, arguments):
    """Return functions that change a node of this kind in place."""
    match node:
        case ast.BinOp() | ast.AugAssign():
            return [functools.partial(_set, "op", kind()) for kind in OPERATORS.get(type(node.op), ())]
        case ast.Compare():
            return [functools.partial(_set, "ops", [kind()]) for kind in OPERATORS.get(type(node.ops[0]), ())]
        case ast.UnaryOp(op=ast.USub()):
            return [functools.partial(_set, "op", ast.UAdd())]
        case ast.Constant(value=int(value)) if not isinstance(value, bool):
            return [functools.partial(_set, "value", value + step) for step in (1, -1)]
        case ast.Attribute():
            return [functools.partial(_set, "attr", name) for name in NAMES.get(node.attr, ())]
        case ast.Name(ctx=ast.Load()) if node.id in arguments:
            return [functools.partial(_set, "id", name) for name in arguments if name != node.id]
        case ast.Call(keywords=[_, *_]):
            return [functools.partial(_set, "keywords", node.keywords[1:])]
    return []


def _set(field, value, node):
    setattr(node, field, value)


def wrong_functions(exercise):
    """Return all wrong functions of an exercise that are known: what to call them -> the function."""
    if not KNOWN["wrong"].get(exercise.name):
        raise LookupError(f"write some wrong answers to {exercise.name} into tools/wrong_answers.toml")
    solution = all_answers()[exercise.name]
    head = solution.split("\n")[0]
    found = {f"slip: {slip.name}": slip.wrong for slip in exercise.slips}
    for text in KNOWN["wrong"][exercise.name]:
        body = "\n".join(f"    {line}" for line in text.strip().split("\n"))
        found[text.strip()] = f"{head}\n{body}"
    for text in changes(solution):
        lines = [line.strip() for line in text.split("\n") if line not in ast.unparse(ast.parse(solution)).split("\n")]
        found[" ... ".join(lines)] = text
    right = set(KNOWN["right"].get(exercise.name, ()))
    return {name: _made(exercise.name, wrong) for name, wrong in found.items() if name not in right}


def _made(name, wrong):
    if callable(wrong):
        return wrong
    known = {"np": np, "pairwise": itertools.pairwise, "softmax": softmax}
    exec(compile(wrong, "<wrong>", "exec"), known)
    return known[name]


def passes(exercise, wrong, draws=DRAWS):
    """Return in how many draws a function passes as right.

    Parameters
    ----------
    exercise : FunctionExercise
        Which it is to answer.
    wrong : callable
        The function.
    draws : int
        How many, each of as many inputs as a learner's answer is tried on.

    Returns
    -------
    int
        If it is more than a few, not all draws are tried.
    """
    with np.errstate(all="ignore"):
        if any(_problem(exercise, case, wrong) for case in exercise.fixed):
            return 0  # these are always asked
        count = 0
        for seed in range(draws):
            count += not any(_problem(exercise, case, wrong) for case in exercise.cases(np.random.default_rng(seed)))
            if count > 20 * MOST:  # far too many, and a right function would take long
                break
        return count


def _problem(exercise, case, wrong):
    try:
        got = value_of(wrong, *case)
    except Exception as error:
        got = Raised.of(error)
    return exercise.problem(case, got)


def main(names):
    """Count for these exercises, or all; return whether one lets wrong functions pass."""
    lets_pass = False
    for name in names or EXERCISES:
        exercise = EXERCISES[name]
        if not isinstance(exercise, FunctionExercise):
            continue
        wrong = wrong_functions(exercise)
        counts = {text: passes(exercise, function) for text, function in wrong.items()}
        most = max(counts.values())
        print(
            f"{name}: {len(wrong)} wrong functions, of which one passes in {most} of {DRAWS} draws at most", flush=True
        )
        for text, count in counts.items():
            if count > MOST:
                print(f"  {count}: {text!r}", flush=True)
        lets_pass |= most > MOST
    return lets_pass


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
