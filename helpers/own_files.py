"""Where what a learner has done is kept: in a folder of the learner's own, outside the course.

Beside the progress in the exercises stand small files of JSON, a dict each: what was predicted, what stands on boards.
"""

import json
import os
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import platformdirs

from helpers.language import _

COURSE = "first-steps-in-neural-networks"

PATIENCE = 5
"""Seconds to wait for another process that writes; one that has not finished by then was killed."""


def progress_file():
    """Return where the progress is kept; other files of the learner stand beside it.

    Returns
    -------
    Path
        What COURSE_PROGRESS says, else a file in the user's data folder of this system.

    Raises
    ------
    OSError
        If the user has no folder.
    """
    if named := os.environ.get("COURSE_PROGRESS"):
        return Path(named)
    folder = platformdirs.user_data_path(COURSE, appauthor=False)
    if not folder.is_absolute():
        raise OSError(_("there is no home folder, so let COURSE_PROGRESS name a file"))
    return folder / "progress.json"


def read(name):
    """Return what a small file holds; nothing if there is none, or none that can be read.

    Parameters
    ----------
    name : str
        Its name, such as "predictions".

    Returns
    -------
    dict
        What it is, is for the caller to say.
    """
    with suppress(OSError, ValueError, RecursionError):
        found = json.loads(_beside(name).read_text(encoding="utf-8"))
        if isinstance(found, dict):
            return found
    return {}


def update(name, change):
    """Change what a small file holds, while no other process does.

    Parameters
    ----------
    name : str
        As for `read`.
    change : function
        Called with what it holds, returns what it is to hold.

    Raises
    ------
    OSError
        If it can't be written.
    """
    if graded():
        return
    file = _beside(name)
    file.parent.mkdir(parents=True, exist_ok=True)
    with alone(file):
        write(file, json.dumps(change(read(name)), indent=1))


def _beside(name):
    return progress_file().with_name(f"{name}.json")


def graded():
    """Return whether a teacher's machine grades a class here: then nothing that is done is a learner's.

    Returns
    -------
    bool
        True where nbgrader runs the cells.
    """
    return bool(os.environ.get("NBGRADER_EXECUTION"))


@contextmanager
def alone(path):
    """Keep other processes from writing between what is read and what is written here.

    Parameters
    ----------
    path : Path
        The file.

    Yields
    ------
    None
    """
    lock = path.with_name(f"{path.name}.lock")
    give_up = time.monotonic() + PATIENCE
    while True:
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL))
            break
        except FileExistsError:
            if time.monotonic() > give_up:
                lock.unlink(missing_ok=True)
            time.sleep(0.01)
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)


def write(path, text, just_before=None):
    """Write a file in one go: whoever reads it sees the old one or the new one.

    Parameters
    ----------
    path : Path
        Where to.
    text : str
        What; lone halves of characters become question marks.
    just_before : function, optional
        Called when all is written, before it takes the place of the old file.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_bytes(text.encode("utf-8", "replace"))
        if just_before:
            just_before()
        temporary.replace(path)
    except BaseException:  # an interruption, too
        with suppress(OSError):
            temporary.unlink()
        raise
