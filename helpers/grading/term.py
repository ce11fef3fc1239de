"""One table over the chapters of a term: ``python -m helpers.grading.term classroom/grades-* --to term.csv``."""

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

from helpers.grading.exports import guarded, number, table
from helpers.grading.roster import bare, plain, read_table
from helpers.language import N_, _, ngettext
from helpers.own_files import write


def term_table(folders):
    """Return one table of several chapters.

    Parameters
    ----------
    folders : list of Path
        What `python -m helpers.grading` wrote, one for each chapter.

    Returns
    -------
    text : str
        As CSV: for each student the total by chapter, the sum, and what can be reached.
    remarks : list of str
        Who is in some tables under the same name as another, one sentence each.

    Raises
    ------
    ValueError
        If a folder holds no grades.
    """
    chapters, people = [], _People()
    for folder in folders:
        title, reachable, rows = _chapter(folder)
        if title in (known for known, _points in chapters):
            title = f"{title}, {folder.name}"
        chapters.append((title, reachable))
        for row in rows:
            people.of(row, title)[title] = float(row["total"])
    words = N_("{name} is {count} lines: two have that name, and no id or e-mail address tells them apart.")
    remarks = [
        _(words, name=name, count=count)
        for name, count in Counter(person["student"] for person in people.all if not person["id"]).items()
        if count > 1
    ]
    out_of = sum(reachable for _, reachable in chapters)
    lines = []
    for person in people.all:
        got = {title: person[title] for title, _points in chapters if title in person}
        line = {name: guarded(person[name]) for name in ("student", "id", "email")}
        line |= {title: number(points) for title, points in got.items()}
        lines.append({**line, "total": number(sum(got.values())), "out_of": number(out_of)})
    lines.sort(key=lambda line: (bare(line["student"]), line["id"], line["email"]))
    return table(["student", "id", "email", *(title for title, _points in chapters), "total", "out_of"], lines), remarks


def _chapter(folder):
    try:
        chapter = json.loads((folder / "chapter.json").read_text(encoding="utf-8"))
        _columns, rows = read_table(folder / "grades.csv")
        rows = [row for _number, row in rows]
        reachable = float(rows[0]["out_of"])
    except (OSError, ValueError, KeyError, IndexError) as error:
        raise ValueError(_("{folder} holds no grades of a chapter ({error})", folder=folder, error=error)) from None
    return _("chapter {number}", number=chapter), reachable, rows


class _People:
    """All who are in a table, found by id, else e-mail address, else name."""

    def __init__(self):
        self.all, self._known = [], {}

    def of(self, row, title):
        """Return the person that a line of a chapter is about, which may be somebody new."""
        about = {"student": row["student"], "id": row.get("id", ""), "email": row.get("email", "")}
        keys = [("id", about["id"].casefold()), ("email", about["email"].casefold()), ("name", plain(about["student"]))]
        for part, text in keys:
            found = self._known.get((part, text), []) if text else []
            same = [one for one in found if title not in one and not _are_others(one, about)]
            if len(same) == 1:
                person = same[0]
                break
        else:
            person = {"student": about["student"], "id": "", "email": ""}
            self.all.append(person)
        for name in ("id", "email"):
            person[name] = person[name] or about[name]
        for key in keys:
            if person not in self._known.setdefault(key, []):
                self._known[key].append(person)
        return person


def _are_others(one, other):
    """Tell whether two lines are about two people: their ids or addresses differ."""
    return any(one[part] and other[part] and one[part].casefold() != other[part].casefold() for part in ("id", "email"))


def main(words=None):
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m helpers.grading.term", description="Make one table of the grades of several chapters."
    )
    parser.add_argument("folders", metavar="OUT", type=Path, nargs="+", help="what the grader wrote, for each chapter")
    parser.add_argument("--to", metavar="FILE", type=Path, default=Path("term.csv"), help="default: %(default)s")
    told = parser.parse_args(words)
    try:
        text, remarks = term_table(told.folders)
        write(told.to, text)
    except (ValueError, OSError) as error:
        print(_("No table was made: {error}.", error=error), file=sys.stderr)
        return 2
    for remark in remarks:
        print(remark, file=sys.stderr)
    words = ngettext(
        "{to}: {students} students, {number} chapter", "{to}: {students} students, {number} chapters", len(told.folders)
    )
    print(words.format(to=told.to, students=text.count("\n") - 1, number=len(told.folders)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
