"""Tells whose is what of all that a learning platform delivers, from the names that it gives to folders and files.

`deliver` takes the folder or zip as it was downloaded. Each entry at its top is recognised by itself, so a file that
was added by hand beside Moodle's folders is not lost. What belongs to nobody, and what cannot be read, is told.
"""

import functools
import re
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import PurePosixPath

import yaml

from helpers.grading.archives import MEGABYTE, inventory
from helpers.grading.submissions import listed
from helpers.language import COURSE, N_, _, place_of, spoken

NOTEBOOK = re.compile(r"\.ipynb(?:\.(?:txt|json|download))*$", re.IGNORECASE)
"""A notebook; browsers and phones add endings of their own."""

WORK = re.compile(
    r"\.(?:py|pdf|html?|docx?|odt|rtf|json|md|tex|zip|rar|7z|tar|gz|tgz|bz2|xz|ipynb\.\w+)$", re.IGNORECASE
)
"""What someone may hand in instead of a notebook."""

NO_PERSON = re.compile(
    r"(?:data|images?|img|figures?|pictures?|plots?|assets|static|media|docs?|feedback|grades|results|old versions?)$",
    re.IGNORECASE,
)
"""Folders that stand beside those of students."""

AROUND = re.compile(r"submi(?:tted|ssions?)|abgaben?|entregas?|rendus?|handed[ _-]?in|assignments?\b|homework", re.I)

MOODLE = re.compile(r"(?P<name>[^_]+)_(?P<id>\d+)_assign(?:submission|feedback)_(?P<kind>[a-z]+)(?:_(?P<file>.*))?$")
CANVAS = re.compile(r"(?P<name>[^_]+)_(?P<late>LATE_)?(?P<id>\d+)_(?P<number>\d+)_(?P<file>.+)$")
BLACKBOARD = re.compile(
    r"(?P<assignment>.+)_(?P<username>[^_]+)_attempt_(?P<date>\d{4}(?:-\d\d){5})(?:_(?P<file>.+)|\.txt)$"
)
COPY = re.compile(r"(?:copy of|kopie von|copia de|copie de|cópia de)\s+", re.IGNORECASE)
AGAIN = re.compile(r"\s*(?:\(\d{1,3}\)|-copy\d*)$", re.IGNORECASE)
SUBMISSIONS_YAML = "submission_metadata.yml"
LARGEST_YAML = 50 * MEGABYTE


@dataclass
class Student:
    """Somebody who handed something in, or is on the roster.

    Parameters
    ----------
    name : str
        As the platform has it.
    identity : str
        What tells this student from all others, in this delivery.
    id, email, username : str
        As far as they are known.
    files : list of Item
        The notebooks of the newest attempt.
    flags : list of str
        What is odd about what was handed in.
    date : datetime or None
        When it was handed in.
    dated_by : str
        Who says so: "platform" or "file".
    late : bool
        Whether the platform says that it was late.
    prefix : str
        How the platform calls this student where it takes files back.
    """

    name: str
    identity: str
    id: str = ""
    email: str = ""
    username: str = ""
    files: list = field(default_factory=list)
    flags: list = field(default_factory=list)
    date: datetime | None = None
    dated_by: str = ""
    late: bool = False
    prefix: str = ""


@dataclass
class Delivery:
    """What was handed in, by student.

    Parameters
    ----------
    layout : str
        Whose layout it is.
    students : list of Student
        Sorted by identity.
    remarks : list of str
        What belongs to nobody, one sentence each.
    """

    layout: str
    students: list
    remarks: list


@dataclass(frozen=True)
class _Claim:
    """Whose an item is: its student's identity and other parts, the number of the attempt, what is known of it."""

    layout: str
    identity: str
    parts: dict = field(default_factory=dict)
    attempt: object = 0
    date: datetime | None = None
    late: bool = False
    flags: tuple = ()


def deliver(source, scratch, assignment=None):
    """Read what a platform delivered.

    Parameters
    ----------
    source : path-like
        A folder, or a zip of it.
    scratch : Path
        An empty folder, for what is unpacked; keep it until the notebooks have been read.
    assignment : str, optional
        The folder within each student's folder, if there are several and one counts.

    Returns
    -------
    Delivery

    Raises
    ------
    ValueError
        If there is nothing in it.
    """
    items = inventory(source, scratch, _is_wanted)
    if not items:
        raise ValueError(_("there are no submissions in {source}", source=source))
    items, remarks = _unwrapped(items)
    claims, about = _Claims(items), {}
    students = {}
    for item in items:
        claim = claims.of(item)
        if claim is None:
            if not _is_note(item):
                why = item.refused or _("nobody’s work")
                remarks.append(_("{item.place}: {why}, not graded.", item=item, why=why))
        elif assignment and not _in_assignment(item, assignment):
            about.setdefault(claim.identity, (claim, []))
        else:
            about.setdefault(claim.identity, (claim, []))[1].append((claim, item))
    for identity, (claim, found) in about.items():
        students[identity] = _student(claim, found, claims)
    if not students:
        why = " ".join(remarks).rstrip(".。") or _("it is empty")
        raise ValueError(_("there are no submissions in {source}: {why}", source=source, why=why))
    remarks += _same_but_for_case(students.values())
    return Delivery(claims.layout, sorted(students.values(), key=lambda one: one.identity), remarks)


def _is_wanted(name):
    return bool(NOTEBOOK.search(name)) or name == SUBMISSIONS_YAML or _is_note_name(name)


def _is_note_name(name):
    """Tell whether a file is one that a platform or nbgrader adds about a submission."""
    match = BLACKBOARD.match(name)
    return name == "timestamp.txt" or bool(match and not match["file"])


def _is_note(item):
    return item.name == SUBMISSIONS_YAML or _is_note_name(item.name)


def _in_assignment(item, assignment):
    return len(item.parts) == 2 or assignment in item.parts[1:-1]


def _unwrapped(items):
    """Take away folders around all, such as the name of the assignment."""
    remarks = []
    while len(items[0].parts) > 1 and len({item.parts[0] for item in items}) == 1 and _is_around(items):
        words = N_("{folder}/ holds everything else, so the submissions were looked for in it.")
        remarks.append(_(words, folder=items[0].parts[0]))
        items = [replace(item, parts=item.parts[1:]) for item in items]
    return items, remarks


def _is_around(items):
    """Tell whether the one folder at the top holds students, or belongs to one."""
    top = items[0].parts[0]
    if MOODLE.match(top) or any(item.parts[1:2] in (("helpers",), (".git",)) for item in items):
        return False
    below = {item.parts[1] for item in items if len(item.parts) > 1 and not NO_PERSON.match(item.parts[1])}
    told = any(
        MOODLE.match(name) or CANVAS.match(name) or BLACKBOARD.match(name) or name == SUBMISSIONS_YAML for name in below
    )
    people = {name for name in below if not _release_in(name)}
    return told or bool(AROUND.search(top)) or len(people) > 2


class _Claims:
    """Who owns which item."""

    def __init__(self, items):
        self._tops = {}
        for item in items:
            self._tops.setdefault(item.parts[0], []).append(item)
        self._gradescope = _gradescope(self._tops)
        canvas = [name for name in self._tops if CANVAS.match(name)]
        self._is_canvas = len(canvas) * 2 >= len(self._tops)
        self._forks = {name for name, inner in self._tops.items() if _is_fork(inner)}
        self._with_notebooks = {item.parts[0] for item in items if NOTEBOOK.search(item.name)}
        self._nested = {item.parts[0] for item in items if len(item.parts) > 2}
        self._github = _common_start(self._tops) if len(self._forks) > 1 else ""
        self._blackboard = _blackboard(items)
        self._seen = Counter()

    @property
    def layout(self):
        """What was recognised, most first."""
        return _(", ").join(f"{_(layout)}: {count}" for layout, count in self._seen.most_common())

    def count(self, layout):
        """Note that one student's submission came in a layout."""
        self._seen[layout] += 1

    def of(self, item):
        """Return the claim on an item; None if it is nobody's."""
        top = item.parts[0]
        if top in self._gradescope:
            return self._gradescope[top]
        if match := MOODLE.match(top):
            name, number = match["name"].strip(), match["id"]
            parts = {"name": name, "id": number, "prefix": f"{match['name']}_{number}_assignsubmission_file_"}
            return _Claim("Moodle", f"{name} {number}", parts)
        if self._is_canvas and (match := CANVAS.match(top)):
            parts = {"name": match["name"], "id": match["id"]}
            parts["prefix"] = f"{match['name']}_{match['late'] or ''}{match['id']}_{match['number']}_"
            attempt = int(match["number"]) if len(match["number"]) < 30 else 0
            return _Claim("Canvas", f"{match['name']} {match['id']}", parts, attempt, late=bool(match["late"]))
        if match := BLACKBOARD.match(top):
            date = _as_date(match["date"], "%Y-%m-%d-%H-%M-%S")
            parts = {"username": match["username"], "name": self._blackboard.get(match["username"], match["username"])}
            return _Claim("Blackboard", match["username"], parts, match["date"], date)
        return self._by_folder(item) if len(item.parts) > 1 or item.folder else self._by_file(item)

    def _by_folder(self, item):
        top = item.parts[0]
        if NO_PERSON.match(top) and top not in self._with_notebooks:
            return None
        if top in self._forks:
            name = top.removeprefix(self._github)
            name = re.sub(r"-(?:main|master)$", "", name)
            return _Claim("GitHub", name, {"name": name, "username": name})
        layout = N_("folders in a folder for each") if top in self._nested else N_("a folder for each")
        return _Claim(layout, top, {"name": top})

    def _by_file(self, item):
        is_work = NOTEBOOK.search(item.name) or WORK.search(item.name) or item.refused
        if not is_work or NO_PERSON.match(item.name):
            return None
        stem = re.sub(r"\.zip$", "", WORK.sub("", NOTEBOOK.sub("", item.name)), flags=re.IGNORECASE)
        person = _person(stem)
        if not person:
            flags = (_("whose it is, its name does not say"),)
            return _Claim(N_("one file for each"), item.name, {"name": stem}, flags=flags)
        google = COPY.match(stem) or (_release_in(stem) and " - " in stem)
        return _Claim("Google Drive" if google else "one file for each", person, {"name": person})


def _gradescope(tops):
    """Return the claims that Gradescope's list of submissions makes: name of a folder -> claim."""
    (listed, *_) = tops.get(SUBMISSIONS_YAML, [None])
    if listed is None or listed.path is None or listed.path.stat().st_size > LARGEST_YAML:
        return {}
    claims = {}
    try:
        read = yaml.load(
            listed.path.read_text(encoding="utf-8", errors="replace"), getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        )
        for folder, about in read.items():
            people = [{key.strip(":"): value for key, value in one.items()} for one in about[":submitters"]]
            names = [str(one.get("name") or one.get("email") or folder) for one in people]
            date = about.get(":created_at")
            if isinstance(date, datetime):
                date = date.replace(tzinfo=date.tzinfo or UTC)
            parts = {
                "name": " and ".join(names) or folder,
                "id": str(people[0].get("sid") or "") if len(people) == 1 else "",
                "email": str(people[0].get("email") or "") if len(people) == 1 else "",
            }
            claims[folder] = _Claim("Gradescope", folder, parts, date=date if isinstance(date, datetime) else None)
    except (yaml.YAMLError, AttributeError, KeyError, TypeError, IndexError, RecursionError, ValueError):
        return claims
    return claims


def _blackboard(items):
    """Return the names that Blackboard's notes give: username -> name."""
    names = {}
    for item in items:
        match = BLACKBOARD.match(item.parts[0])
        if match and not match["file"] and item.path:
            text = item.path.read_bytes()[:4096].decode("utf-8", "replace")
            if said := re.search(r"^Name:\s*(.+?)\s*\(([^()\s]+)\)\s*$", text, re.MULTILINE):
                names[match["username"]] = said[1]
    return names


def _is_fork(items):
    """Tell whether a folder is a copy of the whole course, or holds one."""
    folders = ({item.parts[depth] for item in items if len(item.parts) > depth + 1} for depth in (1, 2, 3))
    return any({"helpers", "notebooks"} <= names for names in folders)


def _common_start(names):
    """Return what the names of all repositories start with, up to a hyphen: the assignment's name."""
    names = list(names)
    start = names[0]
    for name in names[1:]:
        while not name.startswith(start):
            start = start[:-1]
    return start[: start.rfind("-") + 1]


@functools.cache
def _releases():
    """Return the names of the notebooks that are handed out, without their ending."""
    return [path.stem for path in sorted((COURSE / "notebooks" / "exercises").glob("*.ipynb"))]


def _release_in(name):
    """Return the handed-out notebook whose name is in a name; None if there is none."""
    return next((release for release in _releases() if release.casefold() in name.casefold()), None)


def _person(stem):
    """Return what is left of a file's name without the words that programs and the course put in; "" if nothing is."""
    before = None
    while stem != before:
        before = stem
        stem = AGAIN.sub("", COPY.sub("", stem, count=1) if COPY.match(stem) else stem)
    if release := _release_in(stem):
        at = stem.casefold().index(release.casefold())
        stem = f"{stem[:at]} {stem[at + len(release) :]}"
    return stem.strip(" _-")


def _as_date(text, form):
    with suppress(ValueError, OverflowError):
        return datetime.strptime(text, form).astimezone()
    return None


def _student(claim, found, claims):
    """Return a student with the notebooks of the newest attempt, and a flag for all else."""
    claims.count(claim.layout)
    student = Student(identity=claim.identity, flags=[*claim.flags], **claim.parts)
    items = [item for _, item in found]
    is_fork = _is_fork(items)
    notebooks = [(one, item) for one, item in found if NOTEBOOK.search(item.name) and not item.refused]
    if is_fork:
        notebooks = [(one, item) for one, item in notebooks if not _is_the_course_s(item)]
    newest, older = _attempts(claim.layout, notebooks)
    student.files = sorted((item for _, item in newest), key=lambda item: (-_age(item), len(item.parts), item.parts))
    if older:
        student.flags.append(_("earlier attempts, not graded: {files}", files=_listed(older)))
    if endings := [item for item in student.files if not re.search(r"\.ipynb$", item.name)]:
        student.flags.append(_("an ending of its own: {files}", files=_listed(endings)))
    refused = [item for item in items if item.refused]
    student.flags += [_("not read: {file} ({item.refused})", file=_listed([item]), item=item) for item in refused]
    others = [item for item in items if WORK.search(item.name) and not item.refused and not NOTEBOOK.search(item.name)]
    if others and not student.files and not is_fork:
        student.flags.append(_("no notebook, but {files}", files=_listed(others)))
    if last := max((one for one, _ in newest), key=lambda one: (one.attempt, str(one.date)), default=None):
        student.prefix = last.parts.get("prefix", "")
        student.late = any(one.late for one, _ in newest)
    dates = [one.date for one, _ in newest or found if one.date]
    dates = dates or [stamp for item in items if item.name == "timestamp.txt" and (stamp := _stamp(item))]
    if dates:
        student.date, student.dated_by = max(dates), "platform"
    elif dates := [item.date for item in student.files if item.date]:
        student.date, student.dated_by = max(dates), "file"
    return student


def _attempts(layout, notebooks):
    """Return the notebooks of the newest attempt, and all others; pairs of a claim and an item."""
    newest = {}
    for one, item in notebooks:
        group = _base(item) if layout == "Canvas" else ""
        newest[group] = max(newest.get(group, one.attempt), one.attempt)
    is_new = [one.attempt == newest[_base(item) if layout == "Canvas" else ""] for one, item in notebooks]
    pairs = list(zip(notebooks, is_new, strict=True))
    return [pair for pair, new in pairs if new], [item for (_, item), new in pairs if not new]


def _base(item):
    """Return what one of Canvas's files was called: what is handed in again gets a number at the end of its name."""
    return re.sub(r"-\d+$", "", AGAIN.sub("", NOTEBOOK.sub("", CANVAS.match(item.parts[0])["file"])))


def _is_the_course_s(item):
    """Tell whether a notebook of a fork is one that the course has itself, and that is not handed in."""
    exercises = place_of(spoken(), COURSE / "notebooks" / "exercises").relative_to(COURSE).parts
    for start in range(1, len(item.parts)):
        inner = item.parts[start:]
        if inner[0] == "notebooks" and inner[: len(exercises)] != exercises:
            return inner[1] in ("solutions", "appendix") or (COURSE / PurePosixPath(*inner)).exists()
    return False


def _stamp(item):
    """Return the date in nbgrader's note, such as ``2026-03-01 12:00:00 UTC``."""
    if item.path is None:
        return None
    text = item.path.read_bytes()[:100].decode("utf-8", "replace").strip()
    text = re.sub(r"\s*UTC$", "+00:00", text).replace("/", "-")
    with suppress(ValueError, OverflowError):
        return datetime.fromisoformat(text).astimezone()
    return None


def _age(item):
    return item.date.timestamp() if item.date else 0.0


def _listed(items):
    return listed([item.name if len(item.parts) == 1 else "/".join(item.parts[1:]) for item in items])


def _same_but_for_case(students):
    """Return a remark for identities that differ in nothing but capitals."""
    alike = {}
    for student in students:
        alike.setdefault(student.identity.casefold(), []).append(student.identity)
    return [
        _("{names} differ in capitals alone: each has a row.", names=_(", ").join(sorted(names)))
        for names in alike.values()
        if names[1:]
    ]
