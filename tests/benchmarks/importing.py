"""How long the numeric core takes to import, against NumPy alone; each in a new process."""

import subprocess
import sys

from tests.benchmarks._timing import medians, row

CORE = "activations losses schedules initialisers descent complexity datasets network training".split()  # noqa: SIM905


def python(code):
    """Return a function that runs `code` in a new Python."""
    return lambda: subprocess.run([sys.executable, "-c", code], check=True)


def main():
    """Print the ratio of times, start of Python included and not."""
    core = "; ".join(f"import helpers.{name}" for name in CORE)
    bare, numpy, helpers = medians([python("pass"), python("import numpy"), python(core)], repeats=21)
    row("import of the whole numeric core / import numpy", (helpers - bare) / (numpy - bare), "at most 1.25")
