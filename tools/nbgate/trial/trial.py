"""Try nbgate on other people's notebooks, as they are stored and run anew, beside plain nbval.

The collections are in `collections.toml`; what a person thinks of each finding is in `judgements.csv`. In an
environment that has nbgate, nbclient and the packages that `python trial.py --needs` prints:

    python trial.py FOLDER --write ../README.md

clones the collections into FOLDER, runs the notebooks anew there, tests both copies with `pytest --nbval` and
`pytest --nbgate`, and writes the table into the README. What FOLDER holds already is not done again; delete a part of
it (`clones`, `fresh`, `checked`) to have it done again. Nothing of the collections goes anywhere else.
"""

import argparse
import csv
import fnmatch
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import nbclient
import nbformat

from nbgate import rules
from nbgate.findings import cell_name

HERE = Path(__file__).resolve().parent
STATES = ("shipped", "fresh")
# How long, in seconds, a cell may take, and all notebooks of a collection.
CELL, COLLECTION = 600, 3600
OPTIONS = {
    "nbval": ["-p", "no:nbgate", "--nbval", "--nbval-current-env", f"--nbval-cell-timeout={CELL}"],
    "nbgate": ["--nbgate", "-o", f"nbgate_timeout={CELL}"],
    "nbgate with all rules": ["--nbgate", "-o", f"nbgate_timeout={CELL}", "-o", "nbgate_select=ALL"],
}
# What is tried: rules that are not asked for by default say something on notebooks that were run anew, or nothing new.
RUNS = [*((state, tool) for state in STATES for tool in ("nbval", "nbgate")), ("fresh", "nbgate with all rules")]
VERDICTS = {"real": "real fault", "false": "false alarm", "": "not judged"}
BEGIN, END = "<!-- the trial's table: written by trial/trial.py -->", "<!-- end of the trial's table -->"


@dataclass(frozen=True)
class Collection:
    """One entry of `collections.toml`."""

    name: str
    about: str
    address: str
    commit: str
    needs: list
    notebooks: list
    without: list = field(default_factory=list)
    repairs: dict = field(default_factory=dict)
    folder: str = "."

    def git(self, folder, mirror):
        """Return the git directory: of a clone in `folder`, or where `mirror` says that there is one."""
        owner, repository = self.address.split("/")[-2:]
        if mirror:
            return Path(mirror.format(owner=owner, name=repository))
        clone = folder / "clones" / self.name
        if not clone.exists():
            command = ["git", "clone", "--quiet", "--bare", "--filter=blob:none", self.address, str(clone)]
            subprocess.run(command, check=True)
        return clone

    def lay(self, git, where):
        """Write all files of the commit into the folder `where`: links and data lead to what lies beside a notebook."""
        command = ["git", f"--git-dir={git}", "archive", self.commit, "."]
        command += [f":(exclude){pattern}" for pattern in self.without]
        archive = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
        with tarfile.open(fileobj=io.BytesIO(archive)) as files:
            files.extractall(where, filter="data")
        command = ["git", f"--git-dir={git}", "ls-tree", "-r", "-z", "--name-only", self.commit]
        names = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.split("\0")
        for name in names:
            if any(fnmatch.fnmatchcase(name, pattern) for pattern in self.without):
                (where / name).parent.mkdir(parents=True, exist_ok=True)
                (where / name).touch()


def collections(only):
    """Return the collections, or those that `only` names."""
    listed = tomllib.loads((HERE / "collections.toml").read_text(encoding="utf-8"))["collection"]
    found = [Collection(**entry) for entry in listed]
    if unknown := set(only) - {collection.name for collection in found}:
        raise SystemExit(f"collections.toml has no {', '.join(sorted(unknown))}")
    return [collection for collection in found if not only or collection.name in only]


@contextmanager
def copy_of(tree):
    """Give a copy of a folder that is thrown away: what a notebook writes is not there when the next one is tested."""
    with tempfile.TemporaryDirectory() as place:
        where = Path(place).resolve() / tree.name
        shutil.copytree(tree, where, symlinks=True)
        yield where


def run_anew(collection, shipped, fresh):
    """Fill the folder `fresh`: `shipped`, with the notebooks as plain nbclient runs them here. Errors are stored."""
    unfinished = fresh.with_name(f"{fresh.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    shutil.copytree(shipped, unfinished, symlinks=True)
    with copy_of(shipped) as where:
        for name in collection.notebooks:
            file = where / collection.folder / name
            notebook = nbformat.read(file, as_version=4)
            for cell in notebook.cells:
                for old, new in collection.repairs.items():
                    cell.source = cell.source.replace(old, new)
            place = {"metadata": {"path": str(file.parent)}}
            nbclient.NotebookClient(
                notebook, timeout=CELL, kernel_name="python3", allow_errors=True, resources=place
            ).execute()
            nbformat.write(notebook, unfinished / collection.folder / name)
            errors = sum(
                output.output_type == "error"
                for cell in notebook.cells
                if cell.cell_type == "code"
                for output in cell.outputs
            )
            print(f"  ran {name}" + (f": {errors} errors" if errors else ""), flush=True)
    unfinished.rename(fresh)


def check(collection, tree, tool):
    """Test the notebooks of a tree, and return the recorder's lines, with paths relative to the tree."""
    with copy_of(tree) as where, tempfile.TemporaryDirectory() as outside:
        top = where / collection.folder
        lines = Path(outside) / "record"
        lines.touch()
        settings = Path(outside) / "pytest.ini"
        settings.write_text("[pytest]\n", encoding="utf-8")
        # -P: a collection may hold a package that is called as one of ours.
        command = [sys.executable, "-P", "-m", "pytest", "-q", "--noconftest", "-c", str(settings), f"--rootdir={top}"]
        command += [
            f"--confcutdir={top}",
            "-p",
            "recorder",
            "-p",
            "no:cacheprovider",
            *OPTIONS[tool],
            *collection.notebooks,
        ]
        # The package that is imported here, also if it was found by a path relative to this folder.
        ours = str(Path(rules.__file__).resolve().parent.parent.parent)
        paths = os.pathsep.join(filter(None, [str(HERE), ours, os.environ.get("PYTHONPATH")]))
        surroundings = {**os.environ, "TRIAL_RECORD": str(lines), "PYTHONPATH": paths}
        ran = subprocess.run(
            command,
            cwd=top,
            env=surroundings,
            timeout=COLLECTION,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        found = [json.loads(line) for line in lines.read_text(encoding="utf-8").splitlines()]
    if ran.returncode not in (0, 1) and not any(line["crash"] for line in found):
        found.append({"notebook": "", "item": "", "red": True, "skipped": False, "findings": [], "crash": ran.stdout})
    for line in found:
        line["notebook"] = line["notebook"].removeprefix(f"{top}/")
    return found, ran.stdout


def checked(collection, folder, mirror):
    """Return what each tool says of each state, as (state, tool) -> lines; from `folder` where it is known already."""
    trees = {state: folder / state / collection.name for state in STATES}
    if not trees["shipped"].exists():
        collection.lay(collection.git(folder, mirror), trees["shipped"])
    if not trees["fresh"].exists():
        run_anew(collection, trees["shipped"], trees["fresh"])
    results = {}
    for state, tool in RUNS:
        kept = folder / "checked" / f"{collection.name}, {state}, {tool}.json"
        if not kept.exists():
            lines, log = check(collection, trees[state], tool)
            kept.parent.mkdir(exist_ok=True)
            kept.with_suffix(".txt").write_text(log, encoding="utf-8")
            kept.write_text(json.dumps(lines, ensure_ascii=False, indent=1), encoding="utf-8")
            print(f"  {state}, {tool}: {sum(line['red'] for line in lines)} of {len(lines)} red", flush=True)
        results[state, tool] = json.loads(kept.read_text(encoding="utf-8"))
    return results


class Judgements:
    """What a person thinks of findings: `judgements.csv`.

    Its columns are state ("shipped", "fresh" or "*"), notebook, cell, code (all three may hold the wildcards of
    fnmatch), verdict ("real" or "false") and why. The first row that fits a finding decides.
    """

    def __init__(self, path):
        with path.open(encoding="utf-8", newline="") as lines:
            self.rows = list(csv.DictReader(lines))
        for row in self.rows:
            if row["verdict"] not in ("real", "false"):
                raise SystemExit(f"{path.name}: a verdict is 'real' or 'false', not {row['verdict']!r}")

    def verdict(self, state, notebook, finding):
        """Return "real", "false", or "" for a finding that nobody has judged."""
        has = {"state": state, "notebook": notebook, "cell": finding["cell"], "code": finding["code"]}
        for row in self.rows:
            if all(fnmatch.fnmatchcase(value, row[key]) for key, value in has.items()):
                return row["verdict"]
        return ""


def seen_by_nbval(lines, notebook, tree):
    """Return the names of the cells of a notebook that plain nbval calls red, as nbgate names cells."""
    cells = nbformat.read(tree / notebook, as_version=4).cells
    names = [cell_name(cell, number) for number, cell in enumerate(cells) if cell.cell_type == "code"]
    red = [line["item"] for line in lines if line["notebook"] == notebook and line["red"]]
    return {names[int(item.removeprefix("Cell "))] for item in red}


def said(results, run, collection, notebook, judgements, folder):
    """Return what nbgate said of a notebook in one run: (code, verdict, whether plain nbval calls the cell red) each.

    Parameters
    ----------
    results : dict
        (state, tool) -> lines.
    run : (str, str)
        The state and the tool.
    collection : Collection
    notebook : str
    judgements : Judgements
    folder : pathlib.Path
    """
    state, _ = run
    red = seen_by_nbval(results[state, "nbval"], notebook, folder / state / collection.name / collection.folder)
    for line in results[run]:
        if line["notebook"] == notebook:
            for finding in line["findings"]:
                verdict = judgements.verdict(state, f"{collection.name}/{notebook}", finding)
                yield finding["code"], verdict, finding["cell"] in red


def in_words(findings, known):
    """Return findings as words: how many of each rule, with what they were judged unless they are real faults."""
    words = []
    for (code, verdict), number in sorted(Counter(findings).items()):
        judged = "" if verdict == "real" else f" (**{VERDICTS[verdict]}**)"
        words.append(f"{number} {code} {known[code].name}{judged}")
    return ", ".join(words)


def table(tried, folder, judgements):
    """Return what came of it in Markdown: a sentence, a table of notebooks, and one of rules.

    Parameters
    ----------
    tried : dict
        Collection's name -> (the collection, its results).
    folder : pathlib.Path
    judgements : Judgements
    """
    known = rules.built_in()
    columns, more = RUNS[:-1], RUNS[-1]
    rows, red, of, green, by_rule = [], Counter(), Counter(), Counter(), {}
    false = unjudged = 0
    for collection, results in tried.values():
        for notebook in collection.notebooks:
            cells, words = [], []
            for run in columns:
                lines = [line for line in results[run] if line["notebook"] == notebook]
                bad = sum(line["red"] for line in lines)
                red[run], of[run], green[run] = red[run] + bad, of[run] + len(lines), green[run] + (not bad)
                cells.append(f"{bad}/{len(lines)}")
            for run in RUNS:
                if run[1] == "nbval":
                    continue
                findings = list(said(results, run, collection, notebook, judgements, folder))
                if run == more:
                    findings = [finding for finding in findings if not known[finding[0]].default]
                else:
                    alone = [(code, verdict) for code, verdict, seen in findings if not seen]
                    words += [f"{run[0]}: {in_words(alone, known)}"] if alone else []
                    if run[0] == "fresh":
                        false += sum(verdict == "false" for _, verdict, _ in findings)
                for code, verdict, seen in findings:
                    by_rule.setdefault(code, Counter())[run[0], "too" if seen and verdict == "real" else verdict] += 1
                    unjudged += not verdict
            name = f"{collection.name}: {Path(notebook).stem}".replace("|", " ")
            rows.append(f"| {name} | {' | '.join(cells)} | {'; '.join(words)} |")
    crashes = sum(line["crash"] is not None for _, results in tried.values() for run in RUNS for line in results[run])
    total = " | ".join(f"{red[run]}/{of[run]}, {green[run]} green" for run in columns)
    text = [
        f"{len(rows)} notebooks of {len(tried)} collections. On those that were run anew, nbgate's default rules "
        f"said {false} things that are no fault ({10 * false / len(rows):.1f} in 10 notebooks). Crashes: {crashes}. "
        f"Findings that nobody has judged: {unjudged}.",
        "",
        "| notebook | " + " | ".join(f"{tool}, {state}" for state, tool in columns) + " | what nbgate alone said |",
        "|---|---|---|---|---|---|",
        *rows,
        f"| **sum** | {total} | |",
        "",
        "By rule: how many real faults nbval misses, how many it sees, too, and how many false alarms there are.",
        "",
        "| rule | by default | " + " | ".join(f"{state}: missed by nbval, seen, false" for state in STATES) + " |",
        "|---|---|---|---|",
    ]
    for code, counted in sorted(by_rule.items()):
        numbers = [", ".join(str(counted[state, kind]) for kind in ("real", "too", "false")) for state in STATES]
        asked = "yes" if known[code].default else "no"
        text.append(
            f"| {code} {known[code].name} | {asked} | {numbers[0] if known[code].default else '-'} | {numbers[1]} |"
        )
    return "\n".join(text)


def main():
    """Read the command line, and do what it says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, help="where clones, runs and results go")
    parser.add_argument("--needs", action="store_true", help="print the packages that the notebooks need, and stop")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="these collections")
    parser.add_argument(
        "--mirror", metavar="PATTERN", help="git directories to use instead of clones, as {owner}/{name}.git"
    )
    parser.add_argument("--write", type=Path, metavar="README", help="write the table there, between its two comments")
    arguments = parser.parse_args()
    chosen = collections(arguments.only)
    if arguments.needs:
        print(*sorted({package for collection in chosen for package in collection.needs}))
        return
    if arguments.folder is None:
        parser.error("say in which folder to work")
    folder = arguments.folder.resolve()
    tried = {}
    for collection in chosen:
        print(collection.name, flush=True)
        tried[collection.name] = collection, checked(collection, folder, arguments.mirror)
    text = table(tried, folder, Judgements(HERE / "judgements.csv"))
    if arguments.write is None:
        print(text)
        return
    page = arguments.write.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        raise SystemExit(f"{arguments.write} has no lines {BEGIN!r} and {END!r}")
    arguments.write.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
