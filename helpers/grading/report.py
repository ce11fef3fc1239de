"""Writes what came out: the table of grades, a page for each student, and a page about the class.

Everything follows from the results alone, without dates or chance: the same results make the same files, byte for
byte. Names, answers and messages come from students: the templates escape whatever goes in, and no page runs scripts.
"""

import csv
import io
import re
import statistics
from collections import Counter
from pathlib import Path

import jinja2
from markupsafe import Markup, escape

from helpers.exercises.judge import CORRECT, INCORRECT, MARKS, NOT_ATTEMPTED
from helpers.grading.files import write

BINS = 10
LONGEST_ANSWER = 5000

PAGES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).with_name("pages")),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    keep_trailing_newline=True,
)


def write_reports(out, exercises, results):
    """Write ``grades.csv``, ``summary.html`` and the pages in ``feedback/``.

    Parameters
    ----------
    out : Path
        The folder.
    exercises : list of Exercise
        What was graded.
    results : list of dict
        As `helpers.grading.batch.grade_class` returns them.
    """
    (out / "feedback").mkdir(exist_ok=True)
    write(out / "grades.csv", grades(exercises, results))
    write(out / "summary.html", summary_page(exercises, results))
    for result in results:
        write(out / "feedback" / page_name(result), feedback_page(exercises, result))


def total(result):
    """Return the points of a student."""
    return sum(verdict["points"] for verdict in result["verdicts"].values())


def grades(exercises, results):
    """Return the table of grades as CSV: for each student the points by exercise, total, points to reach, flags."""
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(["student", *(exercise.name for exercise in exercises), "total", "out_of", "flags"])
    for result in results:
        points = [f"{result['verdicts'][exercise.name]['points']:g}" for exercise in exercises]
        total_points = [f"{total(result):g}", _reachable(exercises)]
        writer.writerow([_name(result, "'"), *points, *total_points, "; ".join(result["flags"])])
    return table.getvalue()


def _reachable(exercises):
    return sum(exercise.points for exercise in exercises)


def _name(result, guard=""):
    """Return a student's name on one line; a spreadsheet would take one like ``=1+1`` for a formula without a guard."""
    name = " ".join("".join(c if c.isprintable() else " " for c in result["student"]).split())
    return guard + name if name[:1] in ("=", "+", "-", "@") else name


def page_name(result):
    """Return the file name of a student's page, different for each student."""
    plain = re.sub(r"[^\w-]+", "_", _name(result))[:60]
    return f"{plain}-{result['key'][:8]}.html"


def feedback_page(exercises, result):
    """Return the page that a student may see: answers, verdicts and messages, no solutions."""
    return _page("feedback.html", f"Feedback for {_name(result)}", exercises, result=result)


def summary_page(exercises, results):
    """Return the page about the class: histogram, hardest exercises, and what deserves a look."""
    totals = [total(result) for result in results]
    return _page(
        "summary.html",
        f"Grades for chapter {exercises[0].chapter}",
        exercises,
        results=results,
        mean=statistics.fmean(totals),
        median=statistics.median(totals),
        histogram=Markup(histogram(totals, _reachable(exercises))),
        hardest=_hardest(exercises, results),
    )


def _page(template, title, exercises, **more):
    return PAGES.get_template(template).render(
        title=title,
        exercises=exercises,
        reachable=_reachable(exercises),
        total=lambda result: f"{total(result):g}",
        name=_name,
        page_name=page_name,
        marks=MARKS,
        longest=LONGEST_ANSWER,
        prose=_prose,
        **more,
    )


def _prose(text):
    """Return a message as HTML; what stands between backticks is code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text)))


def histogram(totals, reachable):
    """Return a histogram of the totals as a picture (SVG) with a description in words.

    Parameters
    ----------
    totals : list of float
        The points of each student.
    reachable : int
        The most that can be reached.

    Returns
    -------
    str
    """
    counts = [0] * BINS
    for points in totals:
        counts[min(int(BINS * points / reachable), BINS - 1)] += 1
    edges = [f"{reachable * i / BINS:g}" for i in range(BINS + 1)]
    words = ", ".join(f"{n} from {edges[i]} to {edges[i + 1]}" for i, n in enumerate(counts) if n)
    tallest = max(*counts, 1)
    bars = [{"x": 10 + 54 * i, "height": 140 * n / tallest, "count": n} for i, n in enumerate(counts)]
    return PAGES.get_template("histogram.svg").render(words=words, bars=bars, edges=edges)


def _hardest(exercises, results):
    """Return the rows of the table of exercises, the hardest first."""
    rows = []
    for number, exercise in enumerate(exercises, 1):
        verdicts = [result["verdicts"][exercise.name] for result in results]
        outcomes = Counter(verdict["outcome"] for verdict in verdicts)
        slips = Counter(sorted(verdict["slip"] for verdict in verdicts if verdict["slip"]))
        share = outcomes[CORRECT] / len(verdicts)
        counts = [outcomes[outcome] for outcome in (CORRECT, INCORRECT, NOT_ATTEMPTED)]
        row = {
            "title": f"{number}. {exercise.title}",
            "numbers": [exercise.points, *counts, f"{share:.0%}"],
            "slip": "".join(f"{slip} ({count})" for slip, count in slips.most_common(1)),
        }
        rows.append((share, number, row))
    return [row for *_, row in sorted(rows, key=lambda ranked: ranked[:2])]
