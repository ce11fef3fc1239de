"""Writes what came out: the table of grades, a page for each student, and a page about the class.

Everything follows from the results alone, without dates or chance: the same results make the same files, byte for
byte. Names, answers and messages come from students, so they are escaped wherever they go, and no page runs scripts.
"""

import csv
import html
import io
import re
import statistics
from collections import Counter

from helpers.exercises.exercise import CORRECT, INCORRECT, MARKS, NOT_ATTEMPTED
from helpers.grading.batch import write

BINS = 10
LONGEST_ANSWER = 5000

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }}
body {{ color: #1a1a1a; background: #fff }}
pre {{ background: #f4f4f4; padding: .6rem .8rem; overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere }}
table {{ border-collapse: collapse }}
th, td {{ text-align: left; padding: .25rem 1.2rem .25rem 0; vertical-align: top }}
tr {{ border-bottom: 1px solid #ddd }} th {{ white-space: nowrap }}
td.number, th.number {{ text-align: right }}
.said {{ border-left: 4px solid; padding-left: .8rem; overflow-wrap: anywhere }}
.correct {{ border-color: #0b7285 }} .incorrect {{ border-color: #b45309 }} .not {{ border-color: #757575 }}
</style>
</head>
<body>
<h1>{title}</h1>
{body}
</body>
</html>
"""


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
    parts = [f"<p>Chapter {exercises[0].chapter}: {total(result):g} of {_reachable(exercises)} points.</p>"]
    if result["flags"]:
        notes = "".join(f"<li>{html.escape(flag)}</li>" for flag in result["flags"])
        parts.append(f"<p>Noted while grading:</p><ul>{notes}</ul>")
    for number, exercise in enumerate(exercises, 1):
        verdict, answer = result["verdicts"][exercise.name], result["answers"][exercise.name]
        outcome = verdict["outcome"]
        parts.append(
            f"<h2>{number}. {html.escape(exercise.title)}</h2>"
            f'<p class="said {outcome.split()[0]}">{MARKS[outcome]} {verdict["points"]:g} of {exercise.points}. '
            f"{_prose(verdict['message'])}</p>"
        )
        if answer:
            cut = " …" if len(answer) > LONGEST_ANSWER else ""
            parts.append(f"<pre>{html.escape(answer[:LONGEST_ANSWER])}{cut}</pre>")
    return PAGE.format(title=html.escape(f"Feedback for {_name(result)}"), body="\n".join(parts))


def _prose(text):
    """Return a message as HTML; what stands between backticks is code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))


def summary_page(exercises, results):
    """Return the page about the class: histogram, hardest exercises, and what deserves a look."""
    reachable = _reachable(exercises)
    totals = [total(result) for result in results]
    parts = [
        f"<p>{len(results)} submissions, {reachable} points to reach; mean {statistics.fmean(totals):.1f}, "
        f"median {statistics.median(totals):g}.</p>",
        histogram(totals, reachable),
        "<h2>Exercises, the hardest first</h2>",
        _hardest(exercises, results),
        "<h2>All submissions</h2>",
        _list(results, reachable),
    ]
    return PAGE.format(title=f"Grades for chapter {exercises[0].chapter}", body="\n".join(parts))


def histogram(totals, reachable):
    """Return a histogram of the totals as a picture (SVG) with a description in words."""
    counts = [0] * BINS
    for points in totals:
        counts[min(int(BINS * points / reachable), BINS - 1)] += 1
    edges = [reachable * i / BINS for i in range(BINS + 1)]
    words = ", ".join(f"{n} from {edges[i]:g} to {edges[i + 1]:g}" for i, n in enumerate(counts) if n)
    tallest, bars = max(*counts, 1), []
    for i, count in enumerate(counts):
        height = 140 * count / tallest
        bars.append(f'<rect x="{10 + 54 * i}" y="{160 - height:.1f}" width="50" height="{height:.1f}" fill="#0b7285"/>')
        bars.append(f'<text x="{35 + 54 * i}" y="{154 - height:.1f}" text-anchor="middle">{count or ""}</text>')
        bars.append(f'<text x="{8 + 54 * i}" y="178" text-anchor="middle">{edges[i]:g}</text>')
    bars.append(f'<text x="{8 + 54 * BINS}" y="178" text-anchor="middle">{reachable:g}</text>')
    bars.append('<path d="M8 160H552" stroke="#1a1a1a"/><text x="280" y="200" text-anchor="middle">points</text>')
    return (
        f'<svg role="img" viewBox="0 0 570 206" width="570" font-size="13" font-family="system-ui, sans-serif">'
        f"<title>Histogram of the points: {words}</title>{''.join(bars)}</svg>"
    )


def _hardest(exercises, results):
    rows = []
    for number, exercise in enumerate(exercises, 1):
        verdicts = [result["verdicts"][exercise.name] for result in results]
        outcomes = Counter(verdict["outcome"] for verdict in verdicts)
        slips = Counter(verdict["slip"] for verdict in verdicts if verdict["slip"])
        commonest = min(slips, key=lambda slip: (-slips[slip], slip)) if slips else ""
        share = outcomes[CORRECT] / len(verdicts)
        often = f"{html.escape(commonest)} ({slips[commonest]})" if commonest else ""
        numbers = (exercise.points, *(outcomes[outcome] for outcome in (CORRECT, INCORRECT, NOT_ATTEMPTED)))
        counts = _numbers("td", *numbers, f"{share:.0%}")
        row = f"<tr><td>{number}. {html.escape(exercise.title)}</td>{counts}<td>{often}</td></tr>"
        rows.append((share, number, row))
    head = _numbers("th", "points", "right", "wrong", "not tried", "share right")
    rows = "".join(row for *_, row in sorted(rows))
    return f"<table><tr><th>exercise</th>{head}<th>most usual slip</th></tr>{rows}</table>"


def _numbers(tag, *values):
    return "".join(f'<{tag} class="number">{value}</{tag}>' for value in values)


def _list(results, reachable):
    rows = [
        f'<tr><td><a href="feedback/{html.escape(page_name(result))}">{html.escape(_name(result))}</a></td>'
        f"{_numbers('td', f'{total(result):g}')}<td>{html.escape('; '.join(result['flags']))}</td></tr>"
        for result in results
    ]
    head = f"<th>student</th>{_numbers('th', f'points of {reachable}')}<th>flags</th>"
    return f"<table><tr>{head}</tr>{''.join(rows)}</table>"
