"""Run and store the intact notebooks, or make the others: ``python -m tests.gate_notebooks [FOLDER]``."""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat

from tests.gate_notebooks import BREAKS, FOLDER, HARMLESS, INTACT, run


def change(name):
    """Return the notebook that is made from a stored intact one."""
    made = (HARMLESS | BREAKS)[name]
    return made.apply(nbformat.read(FOLDER / f"{made.of}.ipynb", as_version=4))


def main(folder=None):
    """Write the notebooks."""
    names, make = (INTACT, lambda name: run(INTACT[name])) if folder is None else (HARMLESS | BREAKS, change)
    with ThreadPoolExecutor(2) as pool:
        for name, notebook in zip(names, pool.map(make, names), strict=True):
            file = Path(folder or FOLDER, f"{name}.ipynb")
            file.parent.mkdir(exist_ok=True)
            nbformat.write(notebook, file)


if __name__ == "__main__":
    main(*sys.argv[1:])
