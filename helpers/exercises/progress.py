"""How far a learner has come: one small file of the learner's own, which survives whatever is done to it.

The file holds a dict: name of an exercise -> {"tries": int, "outcome": str, "hints": int}. Entries of exercises that
this version of the course does not know, and keys that it does not know, are kept as they are.
"""

import json
import os
import re
import shutil
from contextlib import suppress
from pathlib import Path

from helpers.exercises import EXERCISES
from helpers.exercises.judge import CORRECT, INCORRECT, NOT_ATTEMPTED, OUTCOMES
from helpers.language import _
from helpers.own_files import COURSE, alone, graded, progress_file, write

NOTHING = {"tries": 0, "outcome": NOT_ATTEMPTED, "hints": 0}
"""The entry of an exercise that nobody has looked at."""

MOST = 10**6
"""No honest number of tries or hints is larger."""

_unwritten = {}
"""Entries that could not be written: they last as long as the kernel."""


def _take_over():
    """Move a file from where it was kept on all systems once: in the data folder of Linux."""
    path = progress_file()
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    old = Path(data) / COURSE / "progress.json"
    if os.environ.get("COURSE_PROGRESS") or path.exists() or not old.exists():
        return
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(old, path)


def read_progress():
    """Read the progress.

    Returns
    -------
    progress : dict
        Name of an exercise of this course -> dict with "tries", the best "outcome", and the number of "hints" taken.
    remark : str
        What is wrong with the file, if anything is.
    """
    stored, remark = _read()
    return {name: entry for name, entry in stored.items() if name in EXERCISES}, remark


def record(name, outcome=None, hints=0):
    """Note a try, or that hints were taken; the best outcome and the most hints stay.

    Parameters
    ----------
    name : str
        The exercise.
    outcome : str, optional
        What a try came to.
    hints : int
        How many hints were taken so far.

    Returns
    -------
    str
        A remark if the progress could not be read or kept, else no text.
    """
    if graded():
        return ""
    try:
        path = progress_file()
        path.parent.mkdir(parents=True, exist_ok=True)
        with alone(path):
            return _write(path, name, outcome, hints)
    except OSError as error:
        _unwritten[name] = _noted(_read()[0].get(name, NOTHING), outcome, hints)
        return _("Your progress could not be kept: {error}.", error=error)


def _write(path, name, outcome, hints):
    entries, remark = _read()
    entries[name] = _noted(entries.get(name, NOTHING), outcome, hints)
    aside = _free_name(path)
    if remark:
        remark += _(" The file as it was is kept as {put_aside}.", put_aside=aside.name)
    write(path, json.dumps(entries, indent=1), just_before=lambda: remark and path.rename(aside))
    _unwritten.clear()
    return remark


def _noted(entry, outcome, hints):
    """Return an entry with one more try, or more hints."""
    entry = dict(entry)
    if outcome:
        entry["tries"] += 1
        entry["outcome"] = CORRECT if entry["outcome"] == CORRECT else outcome
    entry["hints"] = max(entry["hints"], hints)
    return entry


def _free_name(path):
    """Return a name for what is put aside, that no file has yet."""
    backup, number = path.with_name(f"{path.name}.bak"), 1
    while backup.exists():
        number += 1
        backup = path.with_name(f"{path.name}.bak{number}")
    return backup


def _read():
    """Return all entries, those of this course mended, and what is wrong with the file."""
    try:
        _take_over()
        path = progress_file()
    except (OSError, RuntimeError):
        return dict(_unwritten), ""
    try:
        entries, damaged = _entries(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return dict(_unwritten), ""
    except (OSError, ValueError):
        entries, damaged = {}, True
    if damaged and not entries:
        return dict(_unwritten), _(
            "The progress file {path} could not be read, so your progress starts anew.", path=path
        )
    for name in entries.keys() & EXERCISES.keys():
        entries[name], odd = _mended(entries[name])
        damaged = damaged or odd
    remark = (
        _("Part of the progress file {path} could not be read; there your progress starts anew.", path=path)
        if damaged
        else ""
    )
    return entries | _unwritten, remark


def _entries(text):
    """Return the entries in a file's text, and whether it is damaged: then those that can be read one by one."""
    with suppress(ValueError, RecursionError):
        entries = json.loads(text)
        json.dumps(entries, indent=1)  # what is nested too deeply could not be written again
        if isinstance(entries, dict):
            return entries, False
    entries = {}
    for name, entry in re.findall(r'"([^"\\]+)"\s*:\s*(\{[^{}]*\})', text):
        with suppress(ValueError, RecursionError):
            entries[name] = json.loads(entry)
    return entries, True


def _mended(entry):
    """Return an entry with all that is right in it, and whether anything was odd; what is missing is not odd."""
    if not isinstance(entry, dict):
        return dict(NOTHING), True
    mended = NOTHING | entry
    for key in ("tries", "hints"):
        if type(mended[key]) is not int or not 0 <= mended[key] <= MOST:
            mended[key] = 0
    if mended["outcome"] not in OUTCOMES:
        mended["outcome"] = INCORRECT if mended["tries"] else NOT_ATTEMPTED
    odd = mended | entry != mended
    if mended["outcome"] != NOT_ATTEMPTED:
        mended["tries"] = max(mended["tries"], 1)
    return mended, odd
