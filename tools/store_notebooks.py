"""Execute the course's notebooks and store their outputs: ``python -m tools.store_notebooks [NOTEBOOK ...]``.

Outputs always come from running a notebook, never from an editor. What is stored is the same on each run, and
readable without a kernel: of a widget its picture and words, no widget state, no times, no version of Python.
"""

import base64
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from tools.gate import kernel, rules
from tools.places import ROOT, notebooks

PICTURES = ROOT / "docs" / "pictures"
#: Notebook -> id of the cell whose picture the README shows.
SHOWN_IN_README = {
    "01_complexity": "layers-live",
    "02_learning_rate": "live-bowl-cell",
    "03_activations": "vanishing-live",
    "04_losses": "prices-live",
    "05_capstone": "panel-cell",
}


class StoringClient(NotebookClient):
    """An executor that leaves widgets alone: what they show is stored by their own picture.

    nbclient would otherwise act as a front end for `Output` widgets, and sometimes waits for them in vain.
    """

    def __init__(self, *arguments, **settings):
        super().__init__(*arguments, **settings)
        self.comm_open_handlers = {}


def execute(notebook, folder, **settings):
    """Run a notebook in a folder, as the gate does, and put into it what is stored: nothing that differs by machine.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
    folder : pathlib.Path
    **settings
        For `nbclient.NotebookClient`.
    """
    settings = {"timeout": 120, "kernel_name": "python3", "record_timing": False, **settings}
    client = StoringClient(notebook, resources={"metadata": {"path": str(folder)}}, **settings)
    with tempfile.TemporaryDirectory() as private:
        client.execute(env=kernel.environment(private))
    notebook.metadata.pop("widgets", None)
    notebook.metadata.get("language_info", {}).pop("version", None)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = rules.normal(cell.outputs)


def store(path):
    """Execute one notebook in its own folder and write it back."""
    notebook = nbformat.read(path, as_version=4)
    execute(notebook, path.parent)
    nbformat.validate(notebook)
    nbformat.write(notebook, path)
    if path.stem in SHOWN_IN_README:
        (PICTURES / f"{path.stem}.png").write_bytes(picture(notebook, SHOWN_IN_README[path.stem]))
    return path


def picture(notebook, cell_id):
    """Return the picture that the cell with this id shows, as the bytes of a PNG file."""
    (cell,) = (cell for cell in notebook.cells if cell.id == cell_id)
    (encoded,) = (output.data["image/png"] for output in cell.outputs if "image/png" in output.get("data", {}))
    return base64.b64decode(encoded)


def main(names):
    """Store the notebooks of these names, or all of them."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    paths = [Path(name).resolve() for name in names] or notebooks()
    with ThreadPoolExecutor(2) as pool:
        for path in pool.map(store, paths):
            print(f"stored {path.name}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
