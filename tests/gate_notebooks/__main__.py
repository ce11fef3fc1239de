"""Run the intact notebooks, make all mistakes, and store both: ``python -m tests.gate_notebooks``."""

import copy
from concurrent.futures import ThreadPoolExecutor

import nbformat

from tests.gate_notebooks import BREAKS, FOLDER, HARMLESS, INTACT
from tools.store_notebooks import execute


def executed(notebook):
    """Return a copy of a notebook with its outputs, as `make notebooks` stores them, errors included."""
    notebook = copy.deepcopy(notebook)
    execute(notebook, FOLDER, timeout=60, allow_errors=True)
    return notebook


def main():
    """Store all notebooks."""
    for file in FOLDER.rglob("*.ipynb"):
        file.unlink()
    with ThreadPoolExecutor(2) as pool:
        twins = dict(zip(INTACT, pool.map(executed, INTACT.values()), strict=True))
        changes = HARMLESS | BREAKS
        changed = pool.map(lambda change: change.apply(twins[change.of], executed), changes.values())
        made = twins | dict(zip(changes, changed, strict=True))
    for name, notebook in made.items():
        file = FOLDER / f"{name}.ipynb"
        file.parent.mkdir(exist_ok=True)
        nbformat.write(notebook, file)
    print(f"stored {len(INTACT) + len(HARMLESS)} notebooks that stay green, and {len(BREAKS)} that turn red")


if __name__ == "__main__":
    main()
