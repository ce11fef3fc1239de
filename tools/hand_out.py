"""Make a copy of the course for a class, without solutions: ``python -m tools.hand_out FOLDER``.

What is left out shows answers: the notebooks with solutions, the veiled ones that `solution` shows after a try, tests,
and the authors' tools but for the set-up. With ``--with-solutions`` the class may see worked solutions after a try.
With ``--roster`` and ``--variants`` there is a folder of notebooks for each student besides, with numbers of their own.
"""

import argparse
import json
import re
import shutil
import sys
from pathlib import Path

from helpers.exercises.variants import tag_of, vary_notebook
from helpers.exercises.worked import file_of
from helpers.grading.roster import read_roster
from helpers.grading.secret_file import secret_in
from helpers.language import languages, place_of, spoken
from tools.places import NOTEBOOKS

COURSE = NOTEBOOKS.parent
HANDED_OUT = ("data", "docs", "helpers", "notebooks", "tools/set_up.py")
FILES = ("LICENSE", "Makefile", "README.md", "pyproject.toml", "requirements.txt")
#: Catalogues of the solutions among them: what speaks other languages is made from these.
CLUTTER = ("__pycache__", ".ipynb_checkpoints", "*.egg-info", "*.po")


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
    spoken = languages()
    left_out = {NOTEBOOKS / "solutions", *(NOTEBOOKS / language / "solutions" for language in spoken)}
    left_out |= set() if with_solutions else set(map(file_of, spoken))

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


def hand_out_variants(folder, people, secret):
    """Write a folder for each student, with the notebooks of all chapters and numbers of the student's own.

    They are in the language that is spoken.

    Parameters
    ----------
    folder : Path
        Where to; it must not be there yet.
    people : list of helpers.grading.roster.Person
        The class.
    secret : str
        What the numbers follow from, besides who it is.

    Raises
    ------
    FileExistsError
        If the folder is there already.
    ValueError
        If two people cannot be told apart.
    """
    tags = {tag_of(secret, person): person for person in people}
    if len(tags) < len(people):
        alike = next(person for person in people if person not in tags.values())
        raise ValueError(f"two lines of the roster cannot be told apart: {alike.name or alike.id or alike.email}")
    folder.mkdir(parents=True)
    for tag, person in tags.items():
        name = re.sub(r"[^\w-]+", "_", person.name or person.username or person.email or person.id)[:60]
        own = folder / f"{name}-{tag[:8]}"
        own.mkdir()
        for path in sorted(place_of(spoken(), NOTEBOOKS / "exercises").glob("*.ipynb")):
            notebook = json.loads(path.read_text(encoding="utf-8"))
            vary_notebook(notebook, tag)
            text = json.dumps(notebook, indent=1, ensure_ascii=False)
            (own / path.name).write_text(f"{text}\n", encoding="utf-8")


def main(arguments=None):
    """Make the copy that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="where to; it must not be there yet")
    parser.add_argument("--with-solutions", action="store_true", help="show worked solutions after a try")
    parser.add_argument("--roster", metavar="CSV", type=Path, help="the class: Moodle's or Canvas's table, or your own")
    parser.add_argument(
        "--variants", metavar="FILE", type=Path, help="other numbers for each student; the secret is made if missing"
    )
    asked = parser.parse_args(arguments)
    if bool(asked.roster) != bool(asked.variants):
        return "--roster and --variants belong together"
    own = asked.folder.with_name(f"{asked.folder.name}-for-each")
    try:
        people = read_roster(asked.roster).people if asked.roster else []
        hand_out(asked.folder, asked.with_solutions)
        if people:
            hand_out_variants(own, people, secret_in(asked.variants))
    except FileExistsError as error:
        return f"{error.filename} is there already: name a new folder"
    except ValueError as error:
        return str(error)
    print(f"{asked.folder} holds the course for a class, {'with' if asked.with_solutions else 'without'} solutions")
    if people:
        print(f"{own} holds notebooks for {len(people)} students; keep {asked.variants}, grading needs it")


if __name__ == "__main__":
    sys.exit(main())
