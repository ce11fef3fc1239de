"""Writes what learning platforms take back: a table of grades in their own columns, and the pages as one zip."""

import csv
import io
import re
import zipfile

from helpers.grading.roster import NOTHING, POINTS_POSSIBLE, Roster
from helpers.language import N_, _
from helpers.own_files import write

BOM = "\ufeff"
"""Tells Excel that a table is UTF-8; everybody else skips it."""

MOODLE = ["Identifier", "Full name", "Email address", "Grade", "Last modified (grade)", "Feedback comments"]
CANVAS = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]

EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The date of all files in a zip, so that the same pages make the same zip."""


def number(points):
    """Return points as text, with at most two digits after the point."""
    return f"{round(points, 2):.2f}".rstrip("0").rstrip(".")


def guarded(text):
    """Return a text on one line that no spreadsheet takes for a formula, such as ``=1+1``."""
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text


def table(columns, rows):
    """Return a table as CSV that Excel reads, too.

    Parameters
    ----------
    columns : list of str
        The first line.
    rows : iterable of dict
        By column; what is missing stays empty.

    Returns
    -------
    str
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return BOM + text.getvalue()


def write_exports(out, grades, students, people, roster, *, reachable, column, pages):
    """Write ``moodle.csv`` or ``canvas.csv``, if that is where the class comes from, and ``feedback.zip``.

    Parameters
    ----------
    out : Path
        The folder.
    grades : list of dict
        As `helpers.grading.rules.settle` returns them.
    students : dict
        Key of a result -> Student.
    people : dict
        Key of a result -> Person, for those on the roster.
    roster : Roster or None
        The class.
    reachable : float
        What can be reached.
    column : str
        What the assignment is called in Canvas.
    pages : dict
        Key of a result -> Path of the page.

    Returns
    -------
    list of str
        Remarks, one sentence each.
    """
    roster = roster or Roster([], [])
    prefixes = {key: _prefix(students[key], people.get(key), roster.kind) for key in students}
    made, remarks = {}, []
    if roster.kind == "Moodle" or any("_assignsubmission_" in prefix for prefix in prefixes.values()):
        made["moodle.csv"], remarks = _moodle(grades, students, people, roster, reachable)
    elif roster.kind == "Canvas" or any(prefixes.values()):
        made["canvas.csv"], remarks = _canvas(grades, students, people, roster, reachable, column)
    for name in ("moodle.csv", "canvas.csv"):
        if name in made:
            write(out / name, made[name])
        else:
            (out / name).unlink(missing_ok=True)
    _write_zip(out / "feedback.zip", {_inside(prefixes.get(key, ""), page.name): page for key, page in pages.items()})
    return remarks


def _prefix(student, person, kind):
    """Return how a platform calls somebody where it takes files back; "" if it is none of those."""
    if student.prefix:
        return student.prefix
    if kind == "Moodle" and person:
        name = re.sub(r"[_/\\]", " ", person.name)
        return f"{name}_{person.platform_id}_assignsubmission_file_"
    return ""


def _inside(prefix, name):
    """Return the place of a page in the zip: Moodle wants a folder for each, Canvas one name for each."""
    prefix = re.sub(r'[\\/:*?"<>|\x00-\x1f]', " ", prefix)
    if "_assignsubmission_" in prefix:
        return f"{prefix}/feedback.html"
    return f"{prefix}feedback.html" if prefix else name


def _write_zip(path, pages):
    temporary = path.with_name(f".{path.name}")
    with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, page in sorted(pages.items()):
            archive.writestr(zipfile.ZipInfo(name, EARLIEST), page.read_bytes(), zipfile.ZIP_DEFLATED)
    temporary.replace(path)


def _handed_in(grade):
    """Tell whether there is a grade to give: who handed in nothing, and has nothing by hand, keeps what is there."""
    return _(NOTHING) not in grade["flags"] or bool(grade["by_hand"] or grade["bonus"])


def _comment(grade):
    """Return the words for a student that stand beside the grade."""
    return " ".join([*grade["said"], *(text for name, text in grade["comments"].items() if not name)])


def _moodle(grades, students, people, roster, reachable):
    """Return the table that Moodle's offline grading worksheet takes back, and remarks."""
    by_row = {id(person.row): key for key, person in people.items()}
    grade_of = {grade["key"]: grade for grade in grades}
    rows, remarks, scaled, above = [], [], set(), []
    if roster.kind == "Moodle":
        columns = roster.columns
        for person in roster.people:
            grade, row = grade_of.get(by_row.get(id(person.row))), dict(person.row)
            if grade and _handed_in(grade):
                best = _float(row.get("Maximum Grade"))
                if best and best != reachable:
                    scaled.add(best)
                row["Grade"] = number(grade["total"] * (best or reachable) / reachable)
                if best and _float(row["Grade"]) > best:
                    above.append(person.name)
                if "Feedback comments" in columns and _comment(grade):
                    row["Feedback comments"] = _comment(grade)
            rows.append(row)
        words = N_("Moodle's grades go to {best:g}, so points were multiplied by {factor}.")
        remarks += [_(words, best=best, factor=number(best / reachable)) for best in scaled]
        if above:
            words = N_("Moodle may refuse more points than its maximum grade: {names}.")
            remarks.append(_(words, names=_(", ").join(above)))
        missing = [name for name in ("Grade", "Last modified (grade)") if name not in columns]
        columns = [*columns, *missing]
        left = [grade for grade in grades if grade["key"] not in people]
        remarks += [_("{student.name} is not in moodle.csv.", student=students[grade["key"]]) for grade in left]
        return table(columns, rows), remarks
    for grade in grades:
        student = students[grade["key"]]
        if student.id and "_assignsubmission_" in student.prefix:
            known = {"Identifier": f"Participant {student.id}", "Full name": guarded(student.name)}
            known |= {"Email address": guarded(student.email), "Last modified (grade)": "-"}
            rows.append({**known, "Grade": number(grade["total"]), "Feedback comments": _comment(grade)})
    return table(MOODLE, rows), remarks


def _canvas(grades, students, people, roster, reachable, column):
    """Return the table that Canvas's gradebook takes back, and remarks."""
    remarks, best = [], reachable
    if roster.kind == "Canvas":
        last = next((i for i, name in enumerate(roster.columns) if name == "Section"), len(CANVAS) - 1)
        columns = roster.columns[: last + 1]
        others = [name for name in roster.columns[last + 1 :] if name.casefold().startswith(column.casefold())]
        if len(others) == 1:
            column = others[0]
            best = _float(roster.reachable.get(column)) or reachable
        else:
            words = N_(
                "“{column}” is no column of the gradebook, so Canvas will ask whether to make a new assignment; "
                "--column names one that is there."
            )
            remarks.append(_(words, column=column))
        if best != reachable:
            words = N_("“{column}” goes to {best:g} in Canvas, so points were multiplied by {factor}.")
            remarks.append(_(words, column=column, best=best, factor=number(best / reachable)))
    else:
        columns = CANVAS
    rows = [{columns[0]: f"    {POINTS_POSSIBLE.title()}", column: number(best)}]
    for grade in grades:
        student, person = students[grade["key"]], people.get(grade["key"])
        if roster.kind == "Canvas":
            row = dict(person.row) if person else None
        else:
            row = {"Student": guarded(student.name), "ID": student.id} if student.prefix else None
        if row is None:
            remarks.append(_("{student.name} is not in canvas.csv.", student=student))
        else:
            given = number(grade["total"] * best / reachable) if _handed_in(grade) else row.get(column, "")
            rows.append({**row, column: given})
    return table([*columns, column], rows), remarks


def _float(text):
    try:
        return float((text or "").replace(",", "."))
    except ValueError:
        return 0.0
