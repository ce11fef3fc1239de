"""The table of all claims and variations, ``data/variations.csv``, and the rules that it keeps.

A row is a claim: where it stands, which statements its cell tests, what it says as printed, the bounds as they are
written, in which variations its value differs, in which it fails or is not reached, and the least and greatest value
of all.
"""

import csv
import re
from pathlib import Path

from tools.vary.variations import ALWAYS

ROOT = Path(__file__).parents[2]
FILE = ROOT / "data" / "variations.csv"
COLUMNS = ["notebook", "cell", "claim", "statements", "said", "bounds", "varied", "fails", "unreached", "least", "most"]

#: How a sentence names what it holds for: a claim that fails under a variation of this kind must use one of the words.
SCOPES = {
    "epochs": r"\b(epochs?|steps?|updates?)\b",
    "rates": r"\brates?\b",
    "widths": r"\b(units?|wide|width|layers?)\b|\b\d+(-\d+)+\b",
    "deeper": r"\b(layers?|deep|depth)\b|\b\d+(-\d+)+\b",
}

#: Column of the variations that a claim is lost with -> how.
LOST = {"fails": "fails", "unreached": "is not reached"}


def rows_of(notebook, asked):
    """Return the rows of a notebook.

    Parameters
    ----------
    notebook : str
        Its path below ``notebooks/``.
    asked : dict
        Name of a variation -> what `tools.vary.asking.ask` found; "" is the notebook as it is.

    Returns
    -------
    list of dict
        A row a claim, in the order of the notebook.
    """
    found = {name: {key(claim): claim for claim in result["claims"]} for name, result in asked.items()}
    rows = []
    for place, base in found[""].items():
        others = {name: claims.get(place) for name, claims in found.items() if name}
        met = [claim["values"] for claim in [base, *others.values()] if claim and claim["values"]]
        rows.append(
            {
                **{name: str(base[name]) for name in ("cell", "claim", "statements", "said")},
                "notebook": notebook,
                "varied": " ".join(name for name, one in others.items() if one and one["values"] != base["values"]),
                "fails": " ".join(name for name, one in others.items() if one and not one["holds"]),
                "unreached": " ".join(name for name, one in others.items() if one is None),
                "least": short(min(ends[0] for ends in met)),
                "most": short(max(ends[-1] for ends in met)),
            }
        )
    return rows


def key(claim):
    """Return what tells a claim from the others of its notebook."""
    return claim["cell"], claim["claim"]


def short(value):
    """Return a value as text, a number with three digits."""
    return f"{value:.3g}" if isinstance(value, int | float) else str(value)


def read():
    """Return all rows of the table."""
    return list(csv.DictReader(FILE.read_text(encoding="utf-8").splitlines()))


def write(rows):
    """Store rows in the place of those of the same notebooks; the notebooks' order is that of their names."""
    kept = read() if FILE.exists() else []
    new = {row["notebook"] for row in rows}
    rows = sorted([row for row in kept if row["notebook"] not in new] + rows, key=lambda row: row["notebook"])
    with FILE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def broken_rules(rows):
    """Yield a sentence for each rule that a row breaks."""
    for row in rows:
        where = f"{row['notebook']} [{row['cell']}] “{row['said']}”"
        for column, verb in LOST.items():
            names = row[column].split()
            always = [name for name in names if name.startswith(ALWAYS)]
            if always:
                yield f"{where} {verb} with {', '.join(always)}: it is not true beyond one setting, so change it"
        for kind, words in SCOPES.items():
            fails = [name for name in row["fails"].split() if name.startswith(kind)]
            if fails and not re.search(words, row["said"], flags=re.IGNORECASE):
                yield f"{where} fails with {', '.join(fails)}: the sentence must name what it holds for ({words})"


def losses(before, now):
    """Yield a sentence for each variation in which a claim held before, and holds no more.

    Parameters
    ----------
    before, now : list of dict
        Rows of the same notebooks; `now` may know fewer variations.
    """
    old = {(row["notebook"], row["cell"], row["claim"]): row for row in before}
    for row in now:
        where = f"{row['notebook']} [{row['cell']}] “{row['said']}”"
        known = old.get((row["notebook"], row["cell"], row["claim"]))
        if known is None:
            yield f"{where} is not in {FILE.name}: run `make vary`"
            continue
        for column, verb in LOST.items():
            lost = set(row[column].split()) - set(known["fails"].split()) - set(known["unreached"].split())
            if lost:
                yield f"{where} {verb} with {', '.join(sorted(lost))}, where it held before"
