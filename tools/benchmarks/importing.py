"""How long the numeric core takes to import, against NumPy alone; each in a new process."""

import os
import statistics
import subprocess
import sys
import tempfile

from tools.benchmarks._report import Row
from tools.benchmarks._timing import children, times

CORE = "activations losses schedules initialisers descent complexity datasets network training".split()  # noqa: SIM905


def rows():
    """Yield the result, start of Python not included; modules are compiled once, as for any learner."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": folder, "PYTHONDONTWRITEBYTECODE": ""}

        def python(code):
            return lambda: subprocess.run([sys.executable, "-c", code], check=True, env=environment)

        core = "; ".join(f"import helpers.{name}" for name in CORE)
        taken = times([python("pass"), python("import numpy"), python(core)], repeats=21, clock=children)
    ratios = [(helpers - bare) / (numpy - bare) for bare, numpy, helpers in zip(*taken, strict=True)]
    yield Row("import of the whole numeric core", "ours / import numpy", statistics.median(ratios), "<= 1.15")
