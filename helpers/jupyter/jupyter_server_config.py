"""What JupyterLab does before it starts kernels for this course: see pyproject.toml, which installs this file."""

import os

# The course's matrices are small: a second thread gains nothing on them, and on a busy machine it costs a lot.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
