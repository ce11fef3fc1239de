"""Reads the list of a class, as a teacher or a platform writes it, and finds in it who handed something in.

A table is kept with all its columns, since a platform takes grades back in the table that it gave out.
"""

import csv
import io
import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from helpers.grading.platforms import Student
from helpers.language import N_, _

COLUMNS = {
    "name": "name|full name|fullname|student|student name|vollständiger name|nombre completo|nom complet|nombre|nom",
    "first": "first name|firstname|given name|vorname|prénom|first",
    "last": "last name|lastname|surname|family name|nachname|apellidos|apellido(s)|nom de famille|last",
    "id": "sis user id|student id|id number|idnumber|sid|matriculation number|matrikelnummer|number|sis id|id",
    "email": "email|e-mail|email address|e-mail address|mail|e-mail-adresse|correo|adresse de courriel",
    "username": "username|user name|login|login id|sis login id|user|github_username|github username|user id|netid",
}
"""What the columns of rosters are called, without capitals; the first that is there counts."""

NOTHING = N_("nothing was handed in")
"""What is noted of somebody on the roster of whom nothing came."""

POINTS_POSSIBLE, TEST_STUDENT = "points possible", "student, test"


@dataclass(frozen=True)
class Person:
    """One line of a roster.

    Parameters
    ----------
    name, id, email, username : str
        As far as the table has them.
    platform_id : str
        The number by which the platform names files.
    row : dict
        The line, by column.
    """

    name: str
    id: str = ""
    email: str = ""
    username: str = ""
    platform_id: str = ""
    row: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Roster:
    """The list of a class.

    Parameters
    ----------
    columns : list of str
        As the table has them.
    people : list of Person
        In the order of the table.
    kind : str
        "Moodle", "Canvas", or "" for any other.
    reachable : dict
        Canvas's line of points to reach, by column.
    """

    columns: list
    people: list
    kind: str = ""
    reachable: dict = field(default_factory=dict)


def read_table(path):
    """Read a table as spreadsheets and platforms write it: CSV with commas, semicolons or tabs, in any usual encoding.

    Parameters
    ----------
    path : path-like
        The file.

    Returns
    -------
    columns : list of str
        The first line.
    rows : list of (int, dict)
        The number of each line in the file, and what it holds by column; empty lines are left out.

    Raises
    ------
    ValueError
        If it is no table; the message says what it is.
    """
    path = Path(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ValueError(_("{path} cannot be read: {error.strerror}", path=path, error=error)) from None
    if content.startswith((b"PK", b"\xd0\xcf")):
        raise ValueError(_("{path} is a workbook: save it as CSV", path=path))
    text = _text(content)
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    try:
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        columns = [name.strip() for name in next(lines, [])]
        rows = [(lines.line_num, dict(zip(columns, map(str.strip, line), strict=False))) for line in lines if any(line)]
    except csv.Error as error:
        raise ValueError(_("{path} is no table: {error}", path=path, error=error)) from None
    if not any(columns):
        raise ValueError(_("{path} is empty: its first line should name the columns", path=path))
    return columns, rows


def _text(content):
    """Return the text of a file, whatever program has saved it."""
    codecs = ["utf-16"] if content.startswith((b"\xff\xfe", b"\xfe\xff")) else []
    for codec in [*codecs, "utf-8-sig", "gb18030", "cp1252"]:
        with suppress(UnicodeDecodeError):
            text = content.decode(codec)
            if codec != "gb18030" or _is_chinese(text):
                return text
    return content.decode("latin-1")


def _is_chinese(text):
    """Tell whether most characters are usual ones: accented letters of western Windows make rare ones."""
    foreign = [c for c in text if c > "\x7f"]
    return len("".join(foreign).encode("gb2312", "ignore")) >= len(foreign)  # two bytes for each usual one


def read_roster(path):
    """Read the list of a class.

    Parameters
    ----------
    path : path-like
        A table with a column for the name (or first and last name), an e-mail address, an id or a user name: Moodle's
        grading worksheet or list of participants, Canvas's gradebook, or your own.

    Returns
    -------
    Roster

    Raises
    ------
    ValueError
        If there is no such column, or nobody in it.
    """
    columns, rows = read_table(path)
    known = {name.casefold().strip(): name for name in columns}

    def column(part):
        return next((known[name] for name in COLUMNS[part].split("|") if name in known), None)

    found = {part: column(part) for part in ("name", "first", "last", "id", "email", "username")}
    kind = "Moodle" if "identifier" in known else "Canvas" if {"student", "id"} <= set(known) else ""
    platform = {"Moodle": known.get("identifier"), "Canvas": known.get("id")}.get(kind)
    if not any(found.values()) and not platform:
        words = N_(
            "{path} has no column for a name, an id, an e-mail address or a user name; its columns are {columns}"
        )
        raise ValueError(_(words, path=path, columns=", ".join(columns)))
    if found["id"] == platform:
        found["id"] = None
    people, reachable = [], {}
    for _number, row in rows:
        person = _person(row, found, platform)
        if kind == "Canvas" and person.name.casefold().strip() in (POINTS_POSSIBLE, TEST_STUDENT):
            reachable = row if person.name.casefold().strip() == POINTS_POSSIBLE else reachable
        elif person.name or person.id or person.email or person.username:
            people.append(person)
    if not people:
        raise ValueError(_("{path} lists nobody", path=path))
    return Roster(columns, people, kind, reachable)


def _person(row, found, platform):
    parts = {part: row.get(name, "") if name else "" for part, name in found.items()}
    name = parts["name"] or " ".join(filter(None, (parts["first"], parts["last"])))
    name = name or (row.get(platform, "") if platform else "")
    platform_id = re.sub(r"\D", "", row.get(platform, "")) if platform else ""
    return Person(name, parts["id"], parts["email"], parts["username"], platform_id, row)


def plain(name):
    """Return a name for comparing: no accents, no capitals, no punctuation, the words sorted."""
    return " ".join(sorted(re.findall(r"\w+", bare(name).replace("_", " "))))


STROKES = str.maketrans("łđøħ", "ldoh")
"""Letters whose stroke is no accent to Unicode, though whoever types a name without accents leaves it out."""


def bare(name):
    """Return a name for sorting: no accents, no capitals."""
    letters = unicodedata.normalize("NFKD", name).casefold().translate(STROKES)
    return "".join(c for c in letters if not unicodedata.combining(c))


def _run_together(name):
    """Return a name as Canvas runs it together: the letters of the last name, then of the first."""
    words = name.split(",") if "," in name else [*name.split()[-1:], *name.split()[:-1]]
    return "".join(re.findall(r"\w", "".join(words).casefold()))


class Finder:
    """Finds people on a roster.

    Parameters
    ----------
    people : list of Person
        The class.
    """

    def __init__(self, people):
        self._known = {}
        for person in people:
            mail = person.email.casefold()
            names = {("platform", person.platform_id), ("id", person.id.casefold()), ("email", mail)}
            names |= {("username", person.username.casefold()), ("username", mail.partition("@")[0])}
            names |= {("name", plain(person.name)), ("together", _run_together(person.name))}
            for kind, name in names:
                if name:
                    self._known.setdefault((kind, name), []).append(person)

    def find(self, *, platform="", id="", email="", username="", name=""):
        """Return the person that is meant; None if nobody is, or more than one.

        Parameters
        ----------
        platform, id, email, username, name : str
            What is known; the surest counts first.
        """
        anything = name.casefold().strip()
        asked = [("platform", platform), ("id", id.casefold()), ("email", email.casefold())]
        asked += [("username", username.casefold()), ("name", plain(name)), ("together", anything)]
        asked += [("id", anything), ("email", anything), ("username", anything)]
        for kind, text in asked:
            found = self._known.get((kind, text), []) if text else []
            if len(found) == 1:
                return found[0]
        return None


def identify(delivery, roster):
    """Put names and ids of a roster to who handed something in, and add who did not.

    Parameters
    ----------
    delivery : Delivery
        What was handed in; its students are completed in place.
    roster : Roster
        The class.

    Returns
    -------
    students : list of Student
        All, in the order of the roster; then those who are not on it. Somebody who handed in under two names is one.
    people : dict
        Identity of a student -> Person.
    remarks : list of str
        Who could not be found on it, one sentence each.
    """
    finder, found, strangers, remarks = Finder(roster.people), {}, [], []
    for student in delivery.students:
        own = bool(student.prefix)  # then its number is the platform's, not the university's
        person = finder.find(
            platform=student.id if own else "",
            id="" if own else student.id,
            email=student.email,
            username=student.username,
            name=student.name,
        )
        if person is None:
            strangers.append(student)
            words = N_("{student.name} is not on the roster, or not alone under that name: graded all the same.")
            remarks.append(_(words, student=student))
        elif id(person) in found:
            first = found[id(person)]
            words = N_("{student.name} and {first.name} are one line of the roster: what both handed in counts as one.")
            remarks.append(_(words, student=student, first=first))
            _merge(first, student)
        else:
            found[id(person)] = student
    students, people, unread = [], {}, []
    for number, person in enumerate(roster.people, 1):
        student = found.get(id(person))
        if student is None:
            name = person.name or person.username or person.email or person.id
            student = Student(name, f"line {number} of the roster, {name}", flags=[_(NOTHING)])
        student.name = person.name or student.name
        student.id = person.id or student.id or person.platform_id
        student.email = person.email or student.email
        student.username = person.username or student.username
        said = person.row.get("Last modified (submission)", "").strip(" -")
        if date := _moodle_date(said):
            student.date, student.dated_by = date, "platform"
        elif said:
            unread.append(said)
        students.append(student)
        people[student.identity] = person
    if unread:
        words = N_("Dates on the roster that are not read: {number}, such as “{date}”. They have to be English.")
        remarks.append(_(words, number=len(unread), date=unread[0]))
    return students + strangers, people, remarks


def _moodle_date(text):
    """Return the date in a line of Moodle's worksheet, such as "Sunday, 8 March 2026, 11:59 PM"."""
    text = re.sub(r"^\w+, ", "", text)
    for form in ("%d %B %Y, %I:%M %p", "%d %B %Y, %H:%M"):
        with suppress(ValueError):
            return datetime.strptime(text, form).astimezone()
    return None


def _merge(first, other):
    """Add what somebody handed in under another name."""
    first.files = sorted([*first.files, *other.files], key=lambda item: str(item.date), reverse=True)
    first.flags += [flag for flag in other.flags if flag not in first.flags]
    first.late = first.late or other.late
    first.prefix = first.prefix or other.prefix
    if other.date and (first.date is None or other.date > first.date):
        first.date, first.dated_by = other.date, other.dated_by
