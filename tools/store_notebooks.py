"""Execute the course's notebooks and store their outputs: ``python -m tools.store_notebooks [NOTEBOOK ...]``.

Outputs always come from running a notebook, never from an editor; nbgate runs and stores, and refuses what is red.
"""

import subprocess
import sys
from pathlib import Path

import nbformat

from tools import hide_answers
from tools.live_figures import picture_of
from tools.places import NOTEBOOKS, ROOT, notebooks

PICTURES = NOTEBOOKS.parent / "docs" / "pictures"
#: Notebook -> id of the cell whose picture the README shows.
SHOWN_IN_README = {
    "01_complexity": "layers-live",
    "02_learning_rate": "live-bowl-cell",
    "03_activations": "vanishing-live",
    "04_losses": "prices-live",
    "05_capstone": "panel-cell",
}


def store(paths):
    """Execute notebooks, each in its own folder, and write them back.

    Parameters
    ----------
    paths : iterable of pathlib.Path

    Raises
    ------
    SystemExit
        If something in them is red: pytest has told it, and that notebook is as it was.
    """
    command = [sys.executable, "-m", "pytest", "--quiet", "--nbgate-store", *map(str, paths)]
    if subprocess.run(command, cwd=ROOT, check=False).returncode:
        sys.exit("What is red was not stored.")


def picture(notebook, cell_id):
    """Return the picture of the live figure that the cell with this id shows, as the bytes of a PNG file."""
    (cell,) = (cell for cell in notebook.cells if cell.id == cell_id)
    return picture_of(cell)


def main(names):
    """Store the notebooks of these names, or all of them, and the pictures of the README."""
    paths = list(map(Path, names)) or notebooks()
    for path in paths:
        notebook = nbformat.read(path, as_version=4)
        hide_answers.close(notebook)
        nbformat.write(notebook, path)
    store(paths)
    PICTURES.mkdir(parents=True, exist_ok=True)
    for name, cell in SHOWN_IN_README.items():
        notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
        (PICTURES / f"{name}.png").write_bytes(picture(notebook, cell))


if __name__ == "__main__":
    main(sys.argv[1:])
