"""Writes what came out: the table of grades, a page for each student, and a page about the class.

Everything follows from the grades alone, without dates or chance: the same grades make the same files, byte for
byte. Names, answers and messages come from students: the templates escape whatever goes in, and no page runs scripts.
"""

import math
import re
import statistics
from collections import Counter
from pathlib import Path

import jinja2
from markupsafe import Markup, escape

from helpers.exercises.judge import CORRECT, INCORRECT, MARKS, NOT_ATTEMPTED
from helpers.exercises.variants import exercise_of
from helpers.grading.exports import guarded, number, table, write_exports
from helpers.grading.roster import bare
from helpers.grading.rules import settle
from helpers.language import _, ngettext, spoken
from helpers.own_files import write

MOST_BARS = 20
LONGEST_ANSWER = 5000
LONGEST_FLAGS = 2000
"""What a cell of the table holds at most: a spreadsheet takes 32 767 characters, and nobody reads them."""

PAGES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).with_name("pages")),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    keep_trailing_newline=True,
)
PAGES.globals.update(_=_, spoken=spoken)


def write_reports(out, exercises, results, book, pairs=()):
    """Write ``grades.csv``, ``summary.html``, the pages in ``feedback/``, and what the platform takes back.

    Parameters
    ----------
    out : Path
        The folder.
    exercises : list of Exercise
        What was graded.
    results : list of dict
        As `helpers.grading.batch.grade_class` returns them.
    book : Book
        The class and its rules.
    pairs : list of Pair
        Who is more alike than chance explains.

    Returns
    -------
    list of str
        Remarks about what the platform takes back.
    """
    grades = write_table(out, exercises, results, book)
    (out / "feedback").mkdir(exist_ok=True)
    pages = {grade["key"]: out / "feedback" / page_name(grade) for grade in grades}
    answers = {result["key"]: result for result in results}  # they are read from their file when they are asked for
    for grade in grades:
        whole = {**grade, "answers": answers[grade["key"]]["answers"]}
        write(pages[grade["key"]], feedback_page(exercises, whole, book))
    remarks = write_exports(
        out,
        grades,
        book.students,
        book.people,
        book.roster,
        reachable=book.rules.reachable(exercises),
        column=book.column or f"Chapter {exercises[0].chapter}",
        pages=pages,
    )
    write(out / "summary.html", summary_page(exercises, grades, book, pairs, remarks))
    return remarks


def write_table(out, exercises, results, book):
    """Write ``grades.csv`` alone, which may grow while a class is graded; return the grades, sorted by name."""
    grades = settle(results, exercises, book.students, book.rules, book.by_hand)
    grades.sort(key=lambda grade: (bare(grade["student"]), grade["key"]))
    write(out / "grades.csv", grades_table(exercises, grades, book))
    return grades


def grades_table(exercises, grades, book):
    """Return the table of grades as CSV: who, the points by exercise, total, points to reach, flags, date and page."""
    names = [exercise.name for exercise in exercises]
    rows = []
    for grade in grades:
        student = book.students.get(grade["key"])
        flags = "; ".join(grade["flags"])
        rows.append(
            {
                "student": guarded(grade["student"]),
                "id": guarded(student.id) if student else "",
                "email": guarded(student.email) if student else "",
                **{name: number(grade["points"][name]) for name in names},
                "total": number(grade["total"]),
                "out_of": number(book.rules.reachable(exercises)),
                "flags": flags if len(flags) <= LONGEST_FLAGS else f"{flags[:LONGEST_FLAGS]} …",
                "handed_in": _date(student),
                "page": f"feedback/{page_name(grade)}",
            }
        )
    return table(["student", "id", "email", *names, "total", "out_of", "flags", "handed_in", "page"], rows)


def _date(student):
    return f"{student.date:%Y-%m-%d %H:%M}" if student and student.date else ""


def page_name(result):
    """Return the file name of a student's page, different for each student."""
    plain = re.sub(r"[^\w-]+", "_", guarded(result["student"]))[:60]
    return f"{plain}-{result['key'][:8]}.html"


def feedback_page(exercises, grade, book):
    """Return the page that a student may see: answers, verdicts and messages, no solutions."""
    if tag := grade.get("tag"):
        exercises = [exercise_of(exercise.name, tag) for exercise in exercises]
    return _page(
        "feedback.html", _("Feedback for {name}", name=guarded(grade["student"])), exercises, book, grade=grade
    )


def summary_page(exercises, grades, book, pairs=(), remarks=()):
    """Return the page about the class: histogram, hardest exercises, who is alike, and what deserves a look."""
    totals = [grade["total"] for grade in grades]
    return _page(
        "summary.html",
        _("Grades for chapter {number}", number=exercises[0].chapter),
        exercises,
        book,
        grades=grades,
        groups=_groups(pairs, {grade["key"]: grade for grade in grades}),
        remarks=[*book.remarks, *remarks],
        mean=statistics.fmean(totals),
        median=statistics.median(totals),
        histogram=Markup(histogram(totals, book.rules.reachable(exercises))),
        hardest=_hardest(exercises, grades, book.rules),
    )


def _page(template, title, exercises, book, **more):
    return PAGES.get_template(template).render(
        title=title,
        exercises=exercises,
        book=book,
        reachable=book.rules.reachable(exercises),
        number=number,
        name=lambda grade: guarded(grade["student"]),
        page_name=page_name,
        date=_date,
        marks=MARKS,
        longest=LONGEST_ANSWER,
        prose=_prose,
        **more,
    )


def _prose(text):
    """Return a message as HTML; what stands between backticks is code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))


def counts(totals, reachable):
    """Return how many totals there are by number of points.

    Parameters
    ----------
    totals : list of float
        The points of each student.
    reachable : float
        What can be reached; whoever has as much, or more, is counted apart.

    Returns
    -------
    list of (str, str, int)
        Where it begins, such as "3"; the points, such as "3 to 5"; and the number of students.
    """
    width = max(1, math.ceil(reachable / MOST_BARS))
    starts = list(range(0, math.ceil(reachable), width)) or [0]
    numbers = [0] * (len(starts) + 1)
    for points in totals:
        full = points >= reachable
        numbers[-1 if full else min(max(int(points // width), 0), len(starts) - 1)] += 1
    names = [_("{low} to {high}", low=start, high=min(start + width, math.ceil(reachable))) for start in starts]
    last = number(reachable)
    return list(zip([*map(str, starts), last], [*names, last], numbers, strict=True))


def histogram(totals, reachable):
    """Return a histogram of the totals as a picture (SVG) with a description in words; see `counts`."""
    counted = counts(totals, reachable)
    words = _(", ").join(_("{n} with {points} points", n=n, points=points) for _low, points, n in counted if n)
    tallest = max(n for *_points, n in counted) or 1
    step = 560 / len(counted)
    bars = [
        {
            "x": 8 + step * i,
            "width": step - 4,
            "height": 140 * n / tallest,
            "count": n,
            "label": low,
        }
        for i, (low, _points, n) in enumerate(counted)
    ]
    return PAGES.get_template("histogram.svg").render(words=words, bars=bars)


def _strip(points, reachable):
    """Return a small histogram of one exercise as a picture (SVG): fifths of its points, and all of them."""
    numbers = [0] * 6
    for got in points:
        numbers[5 if got >= reachable else max(0, min(4, int(5 * got / reachable)))] += 1
    shares = [*(_("{low} to {high} %", low=20 * i, high=20 * i + 20) for i in range(5)), _("all")]
    words = _(", ").join(_("{n} with {share}", n=n, share=share) for share, n in zip(shares, numbers, strict=True) if n)
    bars = [{"x": 12 * i, "height": 20 * n / max(numbers)} for i, n in enumerate(numbers)]
    return Markup(PAGES.get_template("strip.svg").render(words=words, bars=bars))


def _groups(pairs, grades):
    """Return who is alike, in groups: whoever is like one of a group belongs to it; the most surprising first."""
    groups = {}  # key of a student -> the group, the same for all who are in it
    for pair in pairs:
        one, other = (groups.get(key, {"keys": [key], "pairs": []}) for key in (pair.one, pair.other))
        small, large = (one, other) if len(one["keys"]) <= len(other["keys"]) else (other, one)
        if small is not large:
            large["keys"] += small["keys"]
            large["pairs"] += small["pairs"]
            groups |= dict.fromkeys(large["keys"], large)
        large["pairs"].append(pair)
    rows = []
    for group in {id(group): group for group in groups.values()}.values():
        ranked = sorted(group["pairs"], key=lambda pair: -pair.total)
        same = list(dict.fromkeys(name for pair in ranked for name in pair.same))
        alike = list(dict.fromkeys(name for pair in ranked for name in pair.alike if name not in same))
        files = sum(pair.same_file for pair in ranked)
        counted = ngettext("{number} pair", "{number} pairs", files).format(number=files)
        said = [(_("the same file"), [counted] if files else [])]
        said += [(_("the same answers"), same), (_("much in common"), alike)]
        bits = [pair.total for pair in ranked if not pair.same_file]
        rows.append(
            {
                "members": sorted((grades[key] for key in group["keys"]), key=lambda grade: bare(grade["student"])),
                "what": _("; ").join(f"{words}{_(': ')}{_(', ').join(names)}" for words, names in said if names),
                "bits": f"{max(bits):.0f}" if bits else "",
                "rank": ranked[0].total,
            }
        )
    return sorted(rows, key=lambda row: (-row["rank"], row["members"][0]["key"]))


def _hardest(exercises, grades, rules):
    """Return the rows of the table of exercises, the hardest first."""
    rows = []
    for order, exercise in enumerate(exercises, 1):
        verdicts = [grade["verdicts"][exercise.name] for grade in grades]
        points = [grade["points"][exercise.name] for grade in grades]
        outcomes = Counter(verdict["outcome"] for verdict in verdicts)
        slips = Counter(sorted(verdict["slip"] for verdict in verdicts if verdict["slip"]))
        share = outcomes[CORRECT] / len(verdicts)
        numbers = [outcomes[outcome] for outcome in (CORRECT, INCORRECT, NOT_ATTEMPTED)]
        row = {
            "title": f"{order}. {exercise.title}",
            "numbers": [number(rules.reach(exercise)), *numbers, f"{share:.0%}", _discrimination(exercise, grades)],
            "strip": _strip(points, rules.reach(exercise)) if rules.reach(exercise) else "",
            "slip": "".join(f"{_(slip)} ({count})" for slip, count in slips.most_common(1)),
        }
        rows.append((share, order, row))
    return [row for *_, row in sorted(rows, key=lambda ranked: ranked[:2])]


def _discrimination(exercise, grades):
    """Return how an exercise's points go with those of all others, from −1 to 1, as text; a dash if nothing varies."""
    own = [grade["points"][exercise.name] for grade in grades]
    others = [sum(grade["points"].values()) - points for grade, points in zip(grades, own, strict=True)]
    if len(set(own)) < 2 or len({round(points, 6) for points in others}) < 2:
        return "–"
    return f"{statistics.correlation(own, others):.2f}".replace("-", "−")
