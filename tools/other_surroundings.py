"""The notebooks print the same in other surroundings: ``python -m tools.other_surroundings [PYTEST ARGUMENTS]``.

All at once: another processor's BLAS kernels on two threads, ASCII as the system's encoding, another time zone, a
read-only checkout whose path has spaces and Chinese characters, and no network. Needs bubblewrap.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
SURROUNDINGS = {
    "OPENBLAS_CORETYPE": "Prescott",  # the oldest kernels there are: other sums of products, in another order
    "OPENBLAS_NUM_THREADS": "2",
    "LC_ALL": "C",
    "PYTHONUTF8": "0",
    "PYTHONCOERCECLOCALE": "0",
    "TZ": "Asia/Shanghai",
    "PYTHONDONTWRITEBYTECODE": "1",
}


def command(checkout, scratch, arguments):
    """Return the command that runs pytest on the read-only checkout; only `scratch` can be written to."""
    inside = Path(scratch, "第 1 course")
    confined = ["bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--unshare-net"]
    confined += ["--bind", scratch, scratch, "--ro-bind", str(checkout), str(inside), "--chdir", str(inside)]
    for name, value in SURROUNDINGS.items():
        confined += ["--setenv", name, value]
    for name in ("HOME", "TMPDIR", "IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "MPLCONFIGDIR"):
        confined += ["--setenv", name, scratch]
    confined += ["--setenv", "PYTHONPATH", str(inside)]  # before the installed package, which is the same elsewhere
    # One process: pytest-xdist can't send such a path as ASCII. Two BLAS threads can be slow on a busy machine.
    options = ["--quiet", "-p", "no:cacheprovider", "--numprocesses=0", "-o", "nbgate_timeout=300"]
    # Another processor's sums differ in their last digits, and pictures of trainings in a few pixels.
    options += ["-o", "nbgate_pictures=near"]
    return [*confined, sys.executable, "-m", "pytest", *options, *arguments]


def main(arguments):
    """Run the notebooks, or what the arguments name; return pytest's exit code."""
    if shutil.which("bwrap") is None:
        sys.exit("bubblewrap is missing; on Debian: apt install bubblewrap")
    with tempfile.TemporaryDirectory() as scratch:
        os.mkdir(Path(scratch, "第 1 course"))
        return subprocess.run(command(ROOT, scratch, arguments or ["notebooks"]), check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
