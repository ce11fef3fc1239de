"""Run the notebooks that have outputs of their own, and store them: ``python -m tests.gate_notebooks``."""

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
    """Store the intact notebooks, and those changes that have to be run."""
    for file in FOLDER.rglob("*.ipynb"):
        file.unlink()
    with ThreadPoolExecutor(2) as pool:
        twins = dict(zip(INTACT, pool.map(executed, INTACT.values()), strict=True))
        changes = {name: change for name, change in (HARMLESS | BREAKS).items() if change.rerun}
        changed = pool.map(lambda change: change.apply(twins[change.of], executed), changes.values())
        made = twins | dict(zip(changes, changed, strict=True))
    for name, notebook in made.items():
        nbformat.write(notebook, FOLDER / f"{name}.ipynb")
    print(f"stored {len(INTACT)} intact notebooks and {len(changes)} changed ones")


if __name__ == "__main__":
    main()
