"""Pyodide's lock file: which wheel a package or an import is loaded from, and what else that needs."""

import hashlib
import zipfile
from pathlib import Path

from packaging.metadata import parse_email
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

#: What the page has already, and Python does not import.
OF_THE_PAGE = {"jupyterlab-widgets", "widgetsnbextension"}


def with_wheels(lock, wheels, here, elsewhere):
    """Return a lock file to which wheels are added.

    Parameters
    ----------
    lock : dict
        Pyodide's own.
    wheels : list of pathlib.Path
        They take the place of what has their names in it.
    here, elsewhere : str
        Where they lie, and where all others do, as seen from the lock file: addresses that end in a slash.

    Returns
    -------
    dict

    Raises
    ------
    ValueError
        If a wheel needs what is in none of them.
    """
    packages = {name: entry | {"file_name": elsewhere + entry["file_name"]} for name, entry in lock["packages"].items()}
    added = {entry["name"]: entry for entry in (entry_of(wheel, here, lock["info"]["python"]) for wheel in wheels)}
    packages |= added
    for name, entry in added.items():
        if missing := set(entry["depends"]) - set(packages):
            raise ValueError(f"{name} needs {', '.join(sorted(missing))}: expected it in Pyodide or in wheels.txt")
    return lock | {"packages": packages}


def entry_of(wheel, here, python):
    """Return what a lock file says of a wheel.

    Parameters
    ----------
    wheel : pathlib.Path
    here : str
        The address of its folder.
    python : str
        Python's version in the browser.

    Returns
    -------
    dict
    """
    with zipfile.ZipFile(wheel) as packed:
        (about,) = [name for name in packed.namelist() if name.endswith(".dist-info/METADATA")]
        told, _ = parse_email(packed.read(about))
    where = {
        "sys_platform": "emscripten",
        "platform_system": "Emscripten",
        "python_version": ".".join(python.split(".")[:2]),
        "extra": "",
    }
    needs = [Requirement(line) for line in told.get("requires_dist", ())]
    needs = {canonicalize_name(need.name) for need in needs if need.marker is None or need.marker.evaluate(where)}
    return {
        "name": canonicalize_name(told["name"]),
        "version": told["version"],
        "file_name": here + wheel.name,
        "install_dir": "site",
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "package_type": "package",
        "imports": imports(wheel),
        "depends": sorted(needs - OF_THE_PAGE),
        "unvendored_tests": False,
    }


def imports(wheel):
    """Return what can be imported from a wheel: its modules, and its folders that hold some.

    Parameters
    ----------
    wheel : pathlib.Path

    Returns
    -------
    list of str
    """
    names = [Path(name) for name in zipfile.ZipFile(wheel).namelist()]
    return sorted({name.parts[0].removesuffix(".py") for name in names if name.suffix == ".py"})
