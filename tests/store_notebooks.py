"""Execute the course's notebooks and store their outputs: ``python -m tests.store_notebooks [NOTEBOOK ...]``.

Outputs always come from running a notebook, never from an editor. What is stored is the same on each run, and
readable without a kernel: of a widget its picture and words, no widget state, no times, no version of Python.
"""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


class StoringClient(NotebookClient):
    """An executor that leaves widgets alone: what they show is stored by their own picture.

    nbclient would otherwise act as a front end for `Output` widgets, and sometimes waits for them in vain.
    """

    def setup_kernel(self, **kwargs):
        self.comm_open_handlers = {}
        return super().setup_kernel(**kwargs)


def tidy(notebook):
    """Remove from an executed notebook what only a running kernel understands or what differs by machine."""
    notebook.metadata.pop("widgets", None)
    notebook.metadata.get("language_info", {}).pop("version", None)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            data.pop(WIDGET_VIEW, None)
            if "image/png" in data:
                data.pop("text/html", None)


def store(path):
    """Execute one notebook in its own folder and write it back."""
    notebook = nbformat.read(path, as_version=4)
    client = StoringClient(
        notebook,
        kernel_name="python3",
        timeout=120,
        record_timing=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(path.parent)}},
    )
    client.execute()
    tidy(notebook)
    nbformat.validate(notebook)
    nbformat.write(notebook, path)
    return path


def main(names):
    """Store the notebooks of these names, or all of them."""
    paths = [Path(name).resolve() for name in names] or sorted(NOTEBOOKS.rglob("[!.]*.ipynb"))
    with ThreadPoolExecutor(2) as pool:
        for path in pool.map(store, paths):
            print(f"stored {path.name}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
