"""Check the docstrings of all that is public in `helpers` with numpydoc's validator: ``python -m tools.docstrings``.

ruff sees that a docstring is there; this sees that it tells of each parameter, and of what comes back. What a subclass
overrides may leave it to its parent.
"""

import importlib
import inspect
import pkgutil
import sys

from numpydoc.validate import validate

import helpers

#: Faults by numpydoc's codes: GL of the whole, SS of the summary, PR of parameters, RT and YD of what comes back.
EVERYWHERE = {
    *("GL01", "GL02", "GL03", "GL05", "GL06", "GL07", "GL08", "GL09", "SS04", "SS05"),
    *("PR02", "PR05", "PR08", "PR10"),
}
#: The textbook and its figures tell of everything; in the rooms behind them a sentence may be enough.
TEXTBOOK = EVERYWHERE | {"PR01", "PR03", "PR07", "RT01", "RT03", "RT04", "YD01"}
ROOMS = {
    "helpers.experiments.": EVERYWHERE,
    "helpers.live.": EVERYWHERE,
    "helpers.exercises.": EVERYWHERE,
    "helpers.grading.": EVERYWHERE,
}


def public_names(module):
    """Yield the dotted names of the public functions and classes that a module defines, and of their methods."""
    for name, value in vars(module).items():
        if name.startswith("_") or getattr(value, "__module__", None) != module.__name__:
            continue
        if inspect.isroutine(value) or inspect.isclass(value):
            yield f"{module.__name__}.{name}"
        if inspect.isclass(value):
            for member, function in vars(value).items():
                public = member == "__call__" or not member.startswith("_")
                if inspect.isfunction(function) and function.__doc__ and public:
                    yield f"{module.__name__}.{name}.{member}"


def faults(name):
    """Yield what is wrong with one docstring, as lines to print."""
    result = validate(name)
    checks = next((codes for room, codes in ROOMS.items() if name.startswith(room)), TEXTBOOK)
    for code, words in result["errors"]:
        if code in checks:
            yield f"{result['file']}:{result['file_line']}: {code} {name.removeprefix('helpers.')}: {words}"


def main():
    """Check all modules but private ones; return the number of faults."""
    names = sorted(info.name for info in pkgutil.walk_packages(helpers.__path__, "helpers."))
    modules = [importlib.import_module(name) for name in names if "._" not in name and "jupyter" not in name]
    lines = [line for module in modules for name in public_names(module) for line in faults(name)]
    print(*lines, sep="\n", end="\n" if lines else "")
    return len(lines)


if __name__ == "__main__":
    sys.exit(min(main(), 1))
