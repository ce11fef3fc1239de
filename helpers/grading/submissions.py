"""Reads what students handed in: finds the notebooks, takes the code out of them, and notes what is odd about them.

Whatever is in a folder of submissions, reading it ends in a `Submission`: a file that is no notebook is one without
cells, and with a flag. Outputs are left behind here, so that only code travels on.
"""

import codecs
import errno
import functools
import hashlib
import json
import os
import re
import stat
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from helpers.exercises.variants import vary_notebook
from helpers.language import _

LARGEST_FILE = 200 << 20
LARGEST_CODE = 2 << 20
MOST_CELLS, MOST_DAMAGED, LONGEST_ID = 5000, 10, 200

PLAIN = (int, float, type(None))
"""The types of what points may be; anything else in a file is not worth carrying on."""


@dataclass(frozen=True)
class Release:
    """The cells that were handed out, to compare with.

    Parameters
    ----------
    cells : dict
        The id of each of nbgrader's cells -> (points, source if it is locked else None), in their order.
    code : frozenset of str
        The code of all cells.
    digest : str
        A fingerprint of the file.
    """

    cells: dict
    code: frozenset = frozenset()
    digest: str = ""

    @classmethod
    def read(cls, path, tag=""):
        """Read the notebook that was handed out.

        Parameters
        ----------
        path : path-like
            The student version.
        tag : str
            Whose numbers it was handed out with.

        Returns
        -------
        Release
        """
        cells, code = {}, set()
        content = Path(path).read_bytes()
        notebook = json.loads(content)
        if tag:
            vary_notebook(notebook, tag)
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                code.add(_text(cell["source"]).strip())
            if about := cell.get("metadata", {}).get("nbgrader"):
                locked = about.get("locked") and not about.get("solution")
                cells[about["grade_id"]] = (about.get("points"), _text(cell["source"]).strip() if locked else None)
        return cls(cells, frozenset(code), hashlib.sha256(content).hexdigest())


@dataclass(frozen=True)
class Submission:
    """What one student handed in.

    Parameters
    ----------
    student : str
        The student's name, as the folder or file has it.
    key : str
        Names the submission's files; different for each student, whatever the name.
    digest : str
        A fingerprint of the content.
    cells : tuple of str
        The code, cell by cell.
    marks : tuple of (str, object, str)
        Id, points and source of each of nbgrader's cells.
    flags : tuple of str
        What is odd about it.
    file : str
        The notebook's name.
    """

    student: str
    key: str
    digest: str
    cells: tuple = ()
    marks: tuple = ()
    flags: tuple = ()
    file: str = ""

    def answer_cells(self, name):
        """Return the numbers, from 0, of the cells that define a function or variable, or were meant to."""
        defines = _definition(name)
        meant = {source for grade_id, _points, source in self.marks if source and grade_id == f"{name}_answer"}
        return [i for i, code in enumerate(self.cells) if defines.search(code) or code.strip() in meant]

    def answers(self, name):
        """Tell whether the notebook has a cell for an exercise."""
        return any(name == mark[0] for mark in self.marks) or bool(self.answer_cells(name))

    def answer(self, name):
        """Return the code of the last cell of `answer_cells`, or no text."""
        numbers = self.answer_cells(name)
        return self.cells[numbers[-1]] if numbers else ""


@functools.cache
def _definition(name):
    """Return what finds the definition of a name; no step of it goes over a line twice, whatever the line is."""
    function = rf"(?:async[ \t]+)?def[ \t]+{name}\b"
    value = rf"(?:%\w+[ \t]+)?{name}[ \t]*(?::[^=\n]*)?=(?!=)"
    return re.compile(f"^(?:{function}|{value})", re.MULTILINE)


def read(student, key, files):
    """Read what a student handed in.

    Parameters
    ----------
    student, key : str
        Who it is.
    files : list of (path-like, str)
        The notebooks, and what to call them.

    Returns
    -------
    list of Submission
        One for each notebook; if there is none, one without cells.
    """
    return [_read_one(student, key, Path(path), name) for path, name in files] or [Submission(student, key, "")]


def choose(candidates, names, release=None):
    """Return the one of a student's notebooks that counts: that which differs most from what was handed out.

    Parameters
    ----------
    candidates : list of Submission
        All notebooks of one student, the newest first: of two that differ as much, it counts.
    names : collection of str
        The exercises that are graded.
    release : Release, optional
        What was handed out.

    Returns
    -------
    Submission
        If there were others, with a flag that names all.
    """
    handed_out = release.code if release else frozenset()

    def own_work(one):
        answers = [one.answer(name).strip() for name in names]
        own = [code for code in map(str.strip, one.cells) if code and code not in handed_out]
        return sum(bool(answer) and answer not in handed_out for answer in answers), any(answers), len(own)

    best = max(candidates, key=own_work)
    others = [one.file for one in candidates if one is not best]
    flag = _("several notebooks: {best.file} was graded, not {others}", best=best, others=listed(others))
    return replace(best, flags=(flag, *best.flags)) if others else best


def listed(names, most=3):
    """Return the first of several names, and how many more there are."""
    more = _(" and {number} more", number=len(names) - most) if len(names) > most else ""
    return _(", ").join(names[:most]) + more


def content_of(path):
    """Return what is in a regular file.

    Raises
    ------
    ValueError
        If it is something else, such as a link, or too large; the message says what.
    OSError
        If it cannot be read.
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise ValueError(_("no regular file")) from None  # a link could point at the solutions
        raise
    with open(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise ValueError(_("no regular file"))
        if status.st_size > LARGEST_FILE:
            raise ValueError(f"larger than {LARGEST_FILE >> 20} MB")
        return file.read(LARGEST_FILE + 1)


def _read_one(student, key, path, name):
    """Read one file, whatever it is."""

    def unreadable(reason, digest=""):
        return Submission(student, key, digest, flags=(_("unreadable: {reason}", reason=reason),), file=name)

    try:
        content = content_of(path)
    except OSError as error:
        return unreadable(error.strerror or type(error).__name__)
    except ValueError as error:
        return unreadable(str(error))
    digest = hashlib.sha256(content).hexdigest()
    if not content.strip():
        return unreadable(_("an empty file"), digest)
    text, encoding = _decode(content)
    del content
    try:
        cells = json.loads(text)["cells"]
        if not isinstance(cells, list):
            raise TypeError
    except (ValueError, TypeError, KeyError, RecursionError):
        return unreadable(_("not a notebook"), digest)
    except MemoryError:
        return unreadable(_("it would fill the memory"), digest)
    flags = [_("read as {encoding}, not UTF-8", encoding=encoding)] if encoding != "UTF-8" else []
    code, marks, damaged = [], [], []
    for number, cell in enumerate(cells, 1):
        try:
            source = _text(cell["source"])
            about = cell.get("metadata", {}).get("nbgrader") or {}
            if cell["cell_type"] == "code":
                code.append(source)
            if isinstance(about.get("grade_id"), str):
                points = about.get("points")
                marks.append(
                    (about["grade_id"][:LONGEST_ID], points if type(points) in PLAIN else "none", source.strip())
                )
        except (KeyError, TypeError, AttributeError):
            damaged.append(number)
    flags += [_("damaged cell {number}", number=number) for number in damaged[:MOST_DAMAGED]]
    if len(damaged) > MOST_DAMAGED:
        flags.append(_("and {number} more damaged cells", number=len(damaged) - MOST_DAMAGED))
    if not any(map(str.strip, code)):
        flags.append(_("no code in it"))
    if sum(map(len, code)) > LARGEST_CODE or len(code) > MOST_CELLS:
        most = {"size": LARGEST_CODE >> 20, "number": MOST_CELLS}
        return unreadable(_("more than {size} MB of code, or {number} cells of it", **most), digest)
    if sum(len(grade_id) + len(source) for grade_id, _, source in marks) > 2 * LARGEST_CODE:
        marks = []
    return Submission(student, key, digest, tuple(code), tuple(marks), tuple(flags), name)


def changes(submission, release):
    """Return what was done to the cells that were handed out, as flags; none of it changes a grade.

    Parameters
    ----------
    submission : Submission
        A readable notebook.
    release : Release
        What was handed out.

    Returns
    -------
    list of str
    """
    seen, flags = [], set()
    for grade_id, points, source in submission.marks:
        if grade_id not in release.cells:
            flags.add(_("renamed or added cells"))
            continue
        if grade_id in seen:
            flags.add(_("duplicated cell {grade_id}", grade_id=grade_id))
            continue
        seen.append(grade_id)
        released_points, released_source = release.cells[grade_id]
        if points != released_points:
            flags.add(_("changed points of {grade_id}", grade_id=grade_id))
        if released_source is not None and source != released_source:
            flags.add(_("edited cell {grade_id}", grade_id=grade_id))
    flags |= {_("missing cell {grade_id}", grade_id=grade_id) for grade_id in release.cells if grade_id not in seen}
    if seen != [grade_id for grade_id in release.cells if grade_id in seen]:
        flags.add(_("reordered cells"))
    return sorted(flags)


def likely_chapter(submissions, exercises):
    """Return the chapter that most submissions are about.

    Parameters
    ----------
    submissions : iterable of Submission
        A class.
    exercises : iterable of Exercise
        All exercises of the course.

    Returns
    -------
    int or None
        None if no submission answers any exercise.
    """
    votes = Counter()
    for submission in submissions:
        answered = Counter(exercise.chapter for exercise in exercises if submission.answers(exercise.name))
        if answered:
            votes[max(sorted(answered), key=answered.get)] += 1
    return max(sorted(votes), key=votes.get) if votes else None


def _text(source):
    """Return a cell's source, which is text or a list of lines."""
    text = "".join(source) if isinstance(source, list) else source
    if not isinstance(text, str):
        raise TypeError("no text")
    return text


def _decode(content):
    """Return bytes as text and the name of the encoding: UTF-8, or what PowerShell or Chinese Windows writes."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "replace"), "UTF-16"
    for name, codec in (("UTF-8", "utf-8-sig"), ("GB18030", "gb18030")):
        try:
            return content.decode(codec), name
        except UnicodeDecodeError:
            pass
    return content.decode("utf-8", "replace"), _("damaged UTF-8")
