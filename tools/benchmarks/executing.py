"""How long the chapters take under the gate, against nbval alone, nbmake, and plain execution by nbclient.

Time is that of the clock on the wall, not of the processor: whoever executes notebooks also waits for kernels.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

import nbformat
from jupyter_client.manager import start_new_kernel
from nbclient import NotebookClient

from tools.benchmarks._report import Row

ROOT = Path(__file__).resolve().parent.parent.parent
CHAPTERS = sorted((ROOT / "notebooks").glob("0*.ipynb"))
#: The course's own settings would let the gate run beside whatever else is timed.
OWN_SETTINGS = ("addopts=", "filterwarnings=default", "nbgate=false")
PYTEST = [sys.executable, "-m", "pytest", "--quiet", *(f"--override-ini={setting}" for setting in OWN_SETTINGS)]
WAYS = {
    "nbclient": [sys.executable, "-m", "jupyter", "execute"],
    "nbmake": [*PYTEST, "--nbmake"],
    "nbval": [*PYTEST, "--nbval", "--nbval-current-env"],
    "the gate": [*PYTEST, "--nbgate"],
}


def seconds(function):
    """Return how long a call takes."""
    start = time.monotonic()
    function()
    return time.monotonic() - start


def kernel_start():
    """Start a kernel until it answers, and end it."""
    manager, client = start_new_kernel()
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def cells(path):
    """Return the seconds that the cells of a notebook take in the kernel, one after the other."""
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}}).execute()
    return sum(
        (stamp(cell, "shell.execute_reply") - stamp(cell, "iopub.execute_input")).total_seconds()
        for cell in notebook.cells
        if "execution" in cell.metadata
    )


def stamp(cell, name):
    """Return when something happened in the execution of a cell."""
    return datetime.fromisoformat(cell.metadata.execution[name])


def execute(way, path, folder=ROOT, alone=False):
    """Execute one notebook from a folder, where settings are; it must be green.

    The gate alone is pytest with nbval and nbgate, without other plugins that happen to be installed.
    """
    plugins = ["-p", "nbval.plugin", "-p", "nbgate.plugin"] if alone and "pytest" in WAYS[way] else []
    surroundings = os.environ | ({"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"} if alone else {})
    command = [*WAYS[way], *plugins, str(path)]
    done = subprocess.run(command, cwd=folder, env=surroundings, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{way} did not execute {path.name}: {done.stdout[-500:]} {done.stderr[-500:]}")


def fifty(folder):
    """Write a notebook of fifty small cells, with what they print, and return its path."""
    cells = [nbformat.v4.new_code_cell(f"print({number})") for number in range(50)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, kernel_name="python3").execute()
    nbformat.write(notebook, Path(folder) / "fifty.ipynb")
    return Path(folder) / "fifty.ipynb"


def rows():
    """Yield the results."""
    with tempfile.TemporaryDirectory() as folder:
        path = fifty(folder)
        more = [
            seconds(lambda: execute("the gate", path, folder, alone=True))
            - seconds(lambda: execute("nbclient", path, folder))
            for _ in range(9)
        ]
    yield Row("fifty small cells, without the course", "the gate - nbclient (s)", statistics.median(more), "<= 0.5")
    with tempfile.TemporaryDirectory() as folder:
        # What the reader has solved is not touched.
        os.environ["COURSE_PROGRESS"] = str(Path(folder) / "progress.json")
        taken = dict.fromkeys((*WAYS, "cells", "kernels"), 0.0)
        for path in CHAPTERS:
            for way in WAYS:
                taken[way] += seconds(lambda: execute(way, path))  # noqa: B023
            taken["kernels"] += seconds(kernel_start)
            taken["cells"] += cells(path)
    work = "the six chapters, each in a process"
    yield Row(work, "the gate / nbclient", taken["the gate"] / taken["nbclient"], "<= 1.15")
    yield Row(work, "nbval alone / nbclient", taken["nbval"] / taken["nbclient"])
    yield Row(work, "the gate / nbmake", taken["the gate"] / taken["nbmake"], "<= 1.15")
    kernels, inside = (100 * taken[part] / taken["the gate"] for part in ("kernels", "cells"))
    yield Row("… of the gate's time", "cells (%)", inside)
    yield Row("… of the gate's time", "starts of kernels (%)", kernels)
    yield Row("… of the gate's time", "pytest's start, comparing, moving sliders (%)", 100 - kernels - inside)
