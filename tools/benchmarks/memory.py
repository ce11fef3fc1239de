"""Peak memory of a whole process that trains on the digits, against one that does so with PyTorch."""

import subprocess
import sys

from tools.benchmarks._report import Row

TRAIN = {
    "numpy": "import numpy",
    "ours": """
from helpers.datasets import digits
from helpers.network import Network
from helpers.training import train

data = digits().standardise()
train(Network([64, 32, 16, 10]), data.inputs, data.targets, 0.1, epochs=3)
""",
    "PyTorch": """
import torch
from tools.benchmarks._work import digits_batches
from tools.benchmarks.with_pytorch import theirs

epoch = theirs(digits_batches())
epoch()
""",
}
# Kilobytes, but bytes on macOS: only the ratio counts.
PEAK = "\nimport resource\nprint(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"


def peak(name):
    """Return the peak memory of a process that does one of these."""
    done = subprocess.run([sys.executable, "-c", TRAIN[name] + PEAK], check=True, capture_output=True, text=True)
    return int(done.stdout)


def rows():
    """Yield the results; the goal of a sixth stands here as six times."""
    ours = peak("ours")
    yield Row("peak memory, digits", "ours / a process that imports NumPy", ours / peak("numpy"))
    try:
        import torch  # noqa: F401
    except ModuleNotFoundError:
        yield Row("peak memory, digits", "PyTorch / ours (PyTorch is not installed)", None, ">= 6")
    else:
        yield Row("peak memory, digits", "PyTorch / ours", peak("PyTorch") / ours, ">= 6")
