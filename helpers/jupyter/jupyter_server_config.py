"""What JupyterLab does before it starts kernels for this course: see pyproject.toml, which installs this file."""

import os
import sys
from pathlib import Path

# The course's matrices are small: a second thread gains nothing on them, and on a busy machine it costs a lot.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# Of `jupyter lab notebooks/00_start_here.ipynb` the printed address opens that notebook, not only the browser's tab.
for argument in sys.argv[1:]:
    if argument.endswith(".ipynb"):
        c.LabApp.default_url = f"/lab/tree/{Path(argument).name}"  # noqa: F821 - Jupyter's own

load_subconfig("jupyter_nbconvert_config.py")  # noqa: F821 - Jupyter's own
