"""Make a copy of the course for a class, without solutions: ``python -m tools.hand_out FOLDER``.

What is left out shows answers: the notebooks with solutions, the veiled ones that `solution` shows after a try, tests,
and the authors' tools but for the set-up. With ``--with-solutions`` the class may see worked solutions after a try.
"""

import argparse
import shutil
import sys
from pathlib import Path

from helpers.exercises.worked import SOLUTIONS
from tools.places import NOTEBOOKS

COURSE = NOTEBOOKS.parent
HANDED_OUT = ("data", "docs", "helpers", "notebooks", "tools/set_up.py")
FILES = ("LICENSE", "Makefile", "README.md", "pyproject.toml", "requirements.txt")
CLUTTER = ("__pycache__", ".ipynb_checkpoints", "*.egg-info")


def hand_out(folder, with_solutions=False):
    """Copy what students need.

    Parameters
    ----------
    folder : Path
        Where to; it must not be there yet.
    with_solutions : bool
        Whether `solution` shows worked solutions after a try.

    Raises
    ------
    FileExistsError
        If the folder is there already.
    """
    folder.mkdir(parents=True)
    left_out = {NOTEBOOKS / "solutions", *([] if with_solutions else [SOLUTIONS])}

    def ignored(place, names):
        hidden = shutil.ignore_patterns(*CLUTTER)(place, names)
        return hidden | {path.name for path in left_out if str(path.parent) == str(place)}

    for name in (*HANDED_OUT, *FILES):
        source, copy = COURSE / name, folder / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, copy, ignore=ignored)
        else:
            shutil.copy2(source, copy)


def main(arguments=None):
    """Make the copy that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="where to; it must not be there yet")
    parser.add_argument("--with-solutions", action="store_true", help="show worked solutions after a try")
    asked = parser.parse_args(arguments)
    try:
        hand_out(asked.folder, asked.with_solutions)
    except FileExistsError:
        return f"{asked.folder} is there already: name a new folder"
    print(f"{asked.folder} holds the course for a class, {'with' if asked.with_solutions else 'without'} solutions")


if __name__ == "__main__":
    sys.exit(main())
