"""Reads what students handed in: finds the notebooks, takes the code out of them, and notes what is odd about them.

Whatever is in a folder of submissions, reading it ends in a `Submission`: a file that is no notebook is one without
cells, and with a flag. Outputs are left behind here, so that only code travels on.
"""

import hashlib
import json
import os
import re
import stat
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

LARGEST_FILE = 200 << 20
LARGEST_CODE = 2 << 20

DEFINES = re.compile(r"^(?:(?:async\s+)?def\s|\w[\w, ]*=(?!=))", re.MULTILINE)
"""Finds an answer: some write theirs into the cell with the test, which otherwise need not run."""


@dataclass(frozen=True)
class Release:
    """The cells that were handed out, to compare with.

    Parameters
    ----------
    cells : dict
        The id of each of nbgrader's cells -> (points, source if it is locked else None), in their order.
    """

    cells: dict

    @classmethod
    def read(cls, path):
        """Read the notebook that was handed out.

        Parameters
        ----------
        path : path-like
            The student version.

        Returns
        -------
        Release
        """
        cells = {}
        for cell in json.loads(Path(path).read_text(encoding="utf-8"))["cells"]:
            if about := cell.get("metadata", {}).get("nbgrader"):
                locked = about.get("locked") and not about.get("solution")
                cells[about["grade_id"]] = (about.get("points"), _text(cell["source"]).strip() if locked else None)
        return cls(cells)


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
        The code, cell by cell; that of tests is left out.
    marks : tuple of (str, object, str)
        Id, points and source of each of nbgrader's cells.
    flags : tuple of str
        What is odd about it.
    """

    student: str
    key: str
    digest: str
    cells: tuple = ()
    marks: tuple = ()
    flags: tuple = ()

    def answer_cells(self, name):
        """Return the numbers, from 0, of the cells that define a function or variable, or were meant to."""
        defines = re.compile(rf"^(?:(?:async\s+)?def\s+{name}\b|{name}\s*(?::[^=\n]*)?=(?!=))", re.MULTILINE)
        meant = {source for grade_id, _points, source in self.marks if source and grade_id == f"{name}_answer"}
        return [i for i, code in enumerate(self.cells) if defines.search(code) or code.strip() in meant]

    def answers(self, name):
        """Tell whether the notebook has a cell for an exercise."""
        return any(name == mark[0] for mark in self.marks) or bool(self.answer_cells(name))

    def answer(self, name):
        """Return the code of the last cell of `answer_cells`, or no text."""
        numbers = self.answer_cells(name)
        return self.cells[numbers[-1]] if numbers else ""


def find(folder, assignment=None):
    """Find the notebooks in a folder of submissions.

    Parameters
    ----------
    folder : path-like
        Either nbgrader's submitted layout, ``STUDENT/ASSIGNMENT/NOTEBOOK.ipynb``, or ``STUDENT.ipynb`` for each.
    assignment : str, optional
        The name of the assignment's folder; needed if there are several.

    Returns
    -------
    dict
        The name of a student, as the file system has it -> the paths of the notebooks, sorted.

    Raises
    ------
    ValueError
        If there is nothing, or more than one assignment.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise ValueError(f"there is no folder {folder}")
    found, assignments = {}, set()
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith("."):
            continue
        if entry.suffix == ".ipynb" and not entry.is_dir():
            found.setdefault(entry.stem, []).append(entry)
        elif entry.is_dir() and not entry.is_symlink():
            inner = [path for path in sorted(entry.iterdir()) if path.is_dir() and not path.name.startswith(".")]
            assignments |= {path.name for path in inner}
            chosen = [path for path in inner if assignment in (None, path.name)]
            notebooks = [path for place in [entry, *chosen] for path in sorted(place.glob("*.ipynb"))]
            found.setdefault(entry.name, []).extend(notebooks)
    if not found:
        raise ValueError(f"there are no submissions in {folder}")
    if assignment is None and len(assignments) > 1:
        raise ValueError(f"there are several assignments, choose one of: {', '.join(sorted(assignments))}")
    return found


def read(student, paths):
    """Read what a student handed in.

    Parameters
    ----------
    student : str
        The name, as the file system has it.
    paths : list of path-like
        The notebooks.

    Returns
    -------
    list of Submission
        One for each notebook; if there is none, one without cells.
    """
    key = hashlib.sha256(os.fsencode(student)).hexdigest()[:16]
    student = _decode(os.fsencode(student))[0].strip()
    return [_read_one(student, key, Path(path)) for path in paths] or [
        Submission(student, key, "", flags=("no notebook",))
    ]


def choose(candidates, names):
    """Return the one of a student's notebooks that counts: that with the most answers.

    Parameters
    ----------
    candidates : list of Submission
        All notebooks of one student.
    names : collection of str
        The exercises that are graded.

    Returns
    -------
    Submission
    """
    answering = [one for one in candidates if any(map(one.answers, names))]
    if len(answering) < 2:
        return (answering or candidates)[0]
    best = max(answering, key=lambda one: sum(map(one.answers, names)))
    return replace(best, flags=("several notebooks", *best.flags))


def _read_one(student, key, path):
    """Read one file, whatever it is."""

    def unreadable(reason, digest=""):
        return Submission(student, key, digest, flags=(f"unreadable: {reason}",))

    try:
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode):
            return unreadable("no regular file")  # a link could point at the solutions
        if status.st_size > LARGEST_FILE:
            return unreadable(f"larger than {LARGEST_FILE >> 20} MB")
        content = path.read_bytes()
    except OSError as error:
        return unreadable(f"{type(error).__name__}")
    digest = hashlib.sha256(content).hexdigest()
    if not content.strip():
        return unreadable("an empty file", digest)
    text, encoding = _decode(content)
    try:
        notebook = json.loads(text)
        cells = notebook["cells"]
        if not isinstance(cells, list):
            raise TypeError
    except (ValueError, TypeError, KeyError, RecursionError):
        return unreadable("not a notebook", digest)
    flags = [f"read as {encoding}, not UTF-8"] if encoding != "UTF-8" else []
    code, marks = [], []
    for number, cell in enumerate(cells, 1):
        try:
            source = _text(cell["source"])
            about = cell.get("metadata", {}).get("nbgrader") or {}
            if cell["cell_type"] == "code":
                test = about.get("grade") and not about.get("solution") and not DEFINES.search(source)
                code.append("" if test else source)
            if isinstance(about.get("grade_id"), str):
                marks.append((about["grade_id"], about.get("points"), source.strip()))
        except (KeyError, TypeError, AttributeError):
            flags.append(f"damaged cell {number}")
    if sum(map(len, code)) > LARGEST_CODE:
        return unreadable(f"more than {LARGEST_CODE >> 20} MB of code", digest)
    return Submission(student, key, digest, tuple(code), tuple(marks), tuple(flags))


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
            flags.add("renamed or added cells")
            continue
        if grade_id in seen:
            flags.add(f"duplicated cell {grade_id}")
            continue
        seen.append(grade_id)
        released_points, released_source = release.cells[grade_id]
        if points != released_points:
            flags.add(f"changed points of {grade_id}")
        if released_source is not None and source != released_source:
            flags.add(f"edited cell {grade_id}")
    flags |= {f"missing cell {grade_id}" for grade_id in release.cells if grade_id not in seen}
    if seen != [grade_id for grade_id in release.cells if grade_id in seen]:
        flags.add("reordered cells")
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
    """Return bytes as text and the name of the encoding: UTF-8, or what Chinese Windows writes."""
    for name, codec in (("UTF-8", "utf-8-sig"), ("GB18030", "gb18030")):
        try:
            return content.decode(codec), name
        except UnicodeDecodeError:
            pass
    return content.decode("utf-8", "replace"), "damaged UTF-8"
