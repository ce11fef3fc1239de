"""Run all benchmarks and write the table of README.md, or print those named: ``python -m tools.benchmarks [NAME ...]``.

Each benchmark is a process of its own with one BLAS thread, and hands over its rows as lines of JSON.
"""

import importlib
import json
import os
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from tools.benchmarks._report import HEAD, Row

HERE = Path(__file__).parent

#: What is compared -> the package that it needs besides NumPy.
BENCHMARKS = {
    "with_pytorch": "torch",
    "with_scikit_learn": "scikit-learn",
    "with_jax": "jax",
    "products": "numpy",
    "executing": "nbmake",
    "live_latency": "playwright",
}
PEERS = ("numpy", "torch", "scikit-learn", "jax", "nbval", "nbmake")

ONE_THREAD = {
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
}


def installed(package):
    """Return the version of a package, or None."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def run(name):
    """Return the rows of one benchmark; whatever keeps it from running becomes a row, too."""
    package = BENCHMARKS[name]
    if not installed(package):
        return [Row(name, f"not run: {package} is not installed", None)]
    command = [sys.executable, "-m", "tools.benchmarks", "--rows", name]
    done = subprocess.run(command, env={**os.environ, **ONE_THREAD}, capture_output=True, text=True)
    lines = [line.removeprefix("row ") for line in done.stdout.splitlines() if line.startswith("row ")]
    rows = [Row(*json.loads(line)) for line in lines]
    if done.returncode:
        sys.stderr.write(done.stderr)
        rows.append(Row(name, f"stopped: {done.stderr.strip().splitlines()[-1]}", None))
    return rows


def readme(rows):
    """Return the page with another table."""
    page = (HERE / "README.md").read_text(encoding="utf-8")
    before, end = page.split("<!-- measured -->")[0], page.split("<!-- end -->")[1]
    versions = ", ".join(f"{package} {installed(package) or 'not installed'}" for package in PEERS)
    goals = [row.reached() for row in rows if row.goal]
    summary = f"{goals.count(True)} of {len(goals)} goals are reached, {goals.count(None)} were not measured."
    table = "\n".join([HEAD, *map(str, rows)])
    return f"{before}<!-- measured -->\nThis run: {versions}. {summary}\n\n{table}\n<!-- end -->{end}"


def main(names):
    """Print the rows of the benchmarks named; of all, and write them, if none is."""
    print(HEAD, flush=True)
    rows = []
    for name in names or BENCHMARKS:
        for row in run(name):
            print(row, flush=True)
            rows.append(row)
    if not names:
        (HERE / "README.md").write_text(readme(rows), encoding="utf-8")
    return any("stopped:" in row.measure for row in rows)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--rows"]:
        for row in importlib.import_module(f"tools.benchmarks.{sys.argv[2]}").rows():
            print("row", json.dumps(row), flush=True)
    elif sys.argv[1:] == ["grading"]:
        importlib.import_module("tools.benchmarks.grading").main()
    elif sys.argv[1:2] == ["cluster"]:
        importlib.import_module("tools.benchmarks.cluster").main(*map(int, sys.argv[2:]))
    else:
        sys.exit(main(sys.argv[1:]))
