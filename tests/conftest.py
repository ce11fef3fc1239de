"""Settings shared by all tests."""

import os

# Small matrices gain nothing from more threads; kernels of notebooks inherit this as well.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# JupyterLab's own settings folder of the person who runs the tests must not matter.
os.environ.setdefault("JUPYTER_PLATFORM_DIRS", "1")

from hypothesis import settings

# The same examples on each run: a red test must stay red until the code changes.
settings.register_profile("course", derandomize=True, deadline=None, max_examples=50)
settings.load_profile("course")
