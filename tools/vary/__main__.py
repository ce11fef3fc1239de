"""Ask all claims again under variations: ``python -m tools.vary [NOTEBOOKS] [--only NAMES] [--sample] [--digits]``.

Whole, it stores the table, ``data/variations.csv``, and is red if a claim breaks a rule; what has been asked is kept in
``.vary/`` until the notebook's code or the helpers change, so a run that was stopped goes on. With ``--only`` it
prints what fails and stores nothing. With ``--sample`` it asks a few variations, and is red if a claim has lost one.
With ``--digits`` it is red if what a claim or a cell *says* depends on the seventh digit of a rate, hence on the
processor.
"""

import argparse
import ast
import hashlib
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import zip_longest
from pathlib import Path

import nbformat

from tools.vary import table, written
from tools.vary.variations import SEVENTH_DIGIT, VARIATIONS

NOTEBOOKS = table.ROOT / "notebooks"
KEPT = table.ROOT / ".vary"
#: Asked in `.ci/run slow`: what changes most, at the price of two runs of all chapters.
SAMPLE = ("seeds-1", "rates-double")
#: Room for ten times the epochs on a slow machine, in seconds.
PATIENCE = 3600


def chapters():
    """Return the notebooks that make claims: chapters and appendices."""
    return sorted([*NOTEBOOKS.glob("0[1-9]*.ipynb"), *(NOTEBOOKS / "appendix").glob("*.ipynb")])


def fingerprint(notebook, name):
    """Return a text that changes when a notebook's answers to a variation may."""
    code = [cell.source for cell in nbformat.read(notebook, as_version=4).cells if cell.cell_type == "code"]
    files = {Path(__file__).with_name("variations.py"), Path(__file__).with_name("asking.py")}
    for source in code:
        stands_on(source, files)
    parts = [name, *code, *(path.read_text(encoding="utf-8") for path in sorted(files))]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:20]


def stands_on(source, files):
    """Add to a set of files those modules of the course that some code imports, and what these import; not pictures."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith("helpers"):
            continue
        for name in [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]:
            path = table.ROOT / f"{name.replace('.', '/')}.py"
            if path.exists() and path not in files and path.parent.name not in ("figures", "live"):
                files.add(path)
                stands_on(path.read_text(encoding="utf-8"), files)


def kept(notebook, name):
    """Return the file in which a notebook's answers to a variation are kept."""
    return KEPT / f"{notebook.stem}.{name or 'as-it-is'}.{fingerprint(notebook, name)}.json"


def asked(job, answer):
    """Return what a notebook claims under a variation, from an earlier run, which is kept in a file, or a new one."""
    notebook, name = job
    if not answer.exists():
        command = [sys.executable, "-m", "tools.vary.asking", str(notebook), *([name] if name else [])]
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "MPLBACKEND": "agg"}
        done = subprocess.run(
            command, cwd=table.ROOT, env=environment, capture_output=True, encoding="utf-8", timeout=PATIENCE
        )
        if done.returncode:
            sys.exit(f"{notebook.name} with {name or 'nothing'} changed:\n{done.stderr[-2000:]}")
        KEPT.mkdir(exist_ok=True)
        for old in KEPT.glob(f"{notebook.stem}.{name or 'as-it-is'}.*"):
            old.unlink()
        answer.write_text(done.stdout, encoding="utf-8")
        print(f"{notebook.name} {name or 'as it is'}", flush=True)
    return json.loads(answer.read_text(encoding="utf-8"))


def ask_all(notebooks, names):
    """Return what each notebook claims: a dict of each, variation -> answer, "" for the notebook as it is."""
    known = VARIATIONS | SEVENTH_DIGIT
    with ThreadPoolExecutor(os.cpu_count()) as pool:

        def ask(jobs):
            # Source is parsed here, in one thread: Python 3.11 can't in several at once.
            return pool.map(asked, jobs, [kept(*job) for job in jobs])

        plain = dict(zip(notebooks, ask([(notebook, "") for notebook in notebooks]), strict=True))
        # Where a notebook uses nothing that a variation changes, it would say the same again.
        jobs = [
            (notebook, name)
            for name in names
            for notebook in notebooks
            if not set(plain[notebook]["used"]).isdisjoint(known[name].places)
        ]
        results = dict(zip(jobs, ask(jobs), strict=True))
    same = {notebook: {**plain[notebook], "errors": []} for notebook in notebooks}
    return {
        notebook: {"": plain[notebook], **{name: results.get((notebook, name), same[notebook]) for name in names}}
        for notebook in notebooks
    }


def rows_of(answers):
    """Return the table's rows, and a sentence for each cell that stopped where nothing was changed."""
    rows, stopped = [], []
    for notebook, own in answers.items():
        made = table.rows_of(notebook.relative_to(NOTEBOOKS).as_posix(), own)
        written.add_bounds(notebook, made)
        rows += made
        stopped += [f"{notebook.name} [{cell}] stopped: {error}" for cell, error in own[""]["errors"]]
        for name in [name for name in own if name]:
            for cell, error in own[name]["errors"]:
                print(f"  {notebook.name} [{cell}] stopped with {name}: {error}")
    return rows, stopped


def said_otherwise(answers):
    """Return a sentence for each claim, and each line that a cell prints, that is another under some variation."""
    return [
        f"{notebook.name} [{cell}] {said!r}; with {name}: {other!r}"
        for notebook, own in answers.items()
        for name, answer in own.items()
        for (cell, said), (_, other) in zip_longest(texts(own[""]), texts(answer), fillvalue=("", ""))
        if other != said
    ]


def texts(answer):
    """Return cell and words of all that a notebook claims and prints."""
    claimed = [(claim["cell"], claim["said"]) for claim in answer["claims"]]
    return claimed + [(cell, line) for cell, text in answer["printed"].items() for line in text.splitlines()]


def main():
    """Ask, tell, store."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("notebooks", nargs="*", type=Path, help="all chapters and appendices unless some are named")
    parser.add_argument("--only", default="", help="names of variations, with commas between; nothing is stored")
    parser.add_argument("--sample", action="store_true", help=f"ask {', '.join(SAMPLE)}: has a claim lost one?")
    parser.add_argument("--digits", action="store_true", help="does any text depend on the seventh digit of a rate?")
    chosen = parser.parse_args()
    notebooks = [path.resolve() for path in chosen.notebooks] or chapters()
    names = list(SAMPLE) if chosen.sample else chosen.only.split(",") if chosen.only else list(VARIATIONS)
    unknown = sorted(set(names) - set(VARIATIONS))
    if unknown:
        parser.error(f"expected names among {', '.join(VARIATIONS)}, got {', '.join(unknown)}")
    if chosen.digits:
        problems = said_otherwise(ask_all(notebooks, SEVENTH_DIGIT))
        sys.exit("\n".join(f"✗ {problem}" for problem in problems) or 0)
    rows, problems = rows_of(ask_all(notebooks, names))
    if chosen.sample:
        problems += table.losses(table.read(), rows)
    else:
        problems += table.broken_rules(rows)
    for row in rows:
        for column, verb in table.LOST.items():
            if row[column]:
                print(f"  {row['notebook']} [{row['cell']}] {row['said']}: {verb} with {row[column]}")
    if not (chosen.sample or chosen.only):
        table.write(rows)
    print(f"{len(rows)} claims, {len(names)} variations, {len(problems)} red")
    sys.exit("\n".join(f"✗ {problem}" for problem in problems) if problems else 0)


if __name__ == "__main__":
    main()
