"""What JupyterLab does before it starts kernels for this course: see pyproject.toml, which installs this file."""

# ruff: noqa: F821 - Jupyter's own names
import os
import sys
import warnings
from pathlib import Path

# The course's matrices are small: a second thread gains nothing on them, and on a busy machine it costs a lot.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# Of `jupyter lab notebooks/00_start_here.ipynb` the printed address opens that notebook, not only the browser's tab.
for argument in sys.argv[1:]:
    if argument.endswith(".ipynb"):
        c.LabApp.default_url = f"/lab/tree/{Path(argument).name}"

WIDGET = "application/vnd.jupyter.widget-view+json"


def keep_what_needs_no_kernel(model, **_):
    """Save the picture or the words of a widget, not the widget: opened again, it would only say "model not found"."""
    if model["type"] == "notebook":
        for cell in model["content"]["cells"]:
            for output in cell.get("outputs", ()):
                if len(output.get("data", ())) > 1:
                    output["data"].pop(WIDGET, None)


# JupyterLab reads this file twice, and then warns of itself.
warnings.filterwarnings("ignore", "Overriding existing pre_save_hook")
c.ContentsManager.pre_save_hook = keep_what_needs_no_kernel

load_subconfig("jupyter_nbconvert_config.py")

# The file browser shows exercises, and not their solutions beside them. By its path each can be opened.
c.ContentsManager.hide_globs = ["__pycache__", "*.pyc", "*.pyo", ".DS_Store", "*~", "solutions"]
