"""Build the course for the browser: ``python -m tools.lite``. It stands in ``.lite/html`` then, to be published."""

import json
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from jupyterlite_pyodide_kernel.constants import PYODIDE_CDN_URL, PYODIDE_KERNEL_NPM_NAME, PYODIDE_VERSION

from tools.lite.lock import with_wheels
from tools.lite.source import BESIDE, LOCK, lay_out
from tools.places import ROOT

HERE = Path(__file__).parent
LITE = ROOT / ".lite"
HTML = LITE / "html"
#: Where the wheels lie, as seen from the lock file, and as well from a Pyodide of the site's own.
WHEELS = "../course/"


def npm_pyodide(version):
    """Return the folder that holds Pyodide's own files, as npm has them: the core and the lock file, no wheels.

    Parameters
    ----------
    version : str

    Returns
    -------
    pathlib.Path

    Raises
    ------
    OSError
        If there is no npm.
    subprocess.CalledProcessError
        If npm can't get it; npm has said why.
    """
    folder = LITE / "npm" / version
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        command = ["npm", "pack", "--silent", f"pyodide@{version}"]
        subprocess.run(command, cwd=folder.parent, check=True, stdout=subprocess.DEVNULL)
        with tarfile.open(folder.parent / f"pyodide-{version}.tgz") as packed:
            packed.extractall(folder, filter="data")
    return folder / "package"


def read_lock(pyodide):
    """Return the lock file in a folder of Pyodide's files."""
    return json.loads((pyodide / LOCK).read_text(encoding="utf-8"))


def wheels():
    """Make the wheel of the course, and fetch what it needs beside Pyodide's; return all, the kernel's with them."""
    folder = LITE / "wheels"
    shutil.rmtree(folder, ignore_errors=True)
    options = ["--quiet", "--no-deps", "--wheel-dir", folder, "-r", HERE / "wheels.txt"]
    subprocess.run([sys.executable, "-m", "pip", "wheel", *map(str, options)], cwd=ROOT, check=True)
    kernels = Path(sys.prefix, "share/jupyter/labextensions", PYODIDE_KERNEL_NPM_NAME, "static/pypi")
    of_the_kernel = [
        path for name in ("ipykernel", "piplite", "pyodide_kernel") for path in kernels.glob(f"{name}-*.whl")
    ]
    return [*sorted(folder.glob("*.whl")), *of_the_kernel]


def build(source, html, wheels, lock):
    """Let JupyterLite build the site, and put the course beside it.

    Parameters
    ----------
    source : pathlib.Path
        The folder that JupyterLite reads; Pyodide lies in its `static/pyodide`, or comes from where it is published.
    html : pathlib.Path
        The folder of the site, made anew.
    wheels : list of pathlib.Path
        What is loaded from the site.
    lock : dict
        The lock file, in which they are.
    """
    lay_out(source)
    shutil.rmtree(html, ignore_errors=True)
    options = ["--no-sourcemaps", "--apps", "lab", "--contents", source / "contents"]
    command = ["-m", "jupyter", "lite", "build", "--lite-dir", source, "--output-dir", html, *options]
    subprocess.run([sys.executable, *map(str, command)], cwd=source, check=True, stdout=subprocess.DEVNULL)
    beside = html / BESIDE
    beside.mkdir(parents=True)
    for wheel in wheels:
        shutil.copy(wheel, beside)
    (beside / LOCK).write_text(json.dumps(lock), encoding="utf-8")
    size = sum(path.stat().st_size for path in html.rglob("*") if path.is_file())
    print(f"{html / 'index.html'}, {size / 1e6:.0f} MB")


def main():
    """Build what readers get: Pyodide, NumPy and matplotlib come from where Pyodide publishes them."""
    lock, ours = read_lock(npm_pyodide(PYODIDE_VERSION)), wheels()
    build(LITE / "source", HTML, ours, with_wheels(lock, ours, WHEELS, f"{PYODIDE_CDN_URL}/"))


if __name__ == "__main__":
    main()
