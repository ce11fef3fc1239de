"""Pages for people: what they tell to type works, what they name is there, and their numbers are true."""

import importlib.util
import itertools
import re
import tomllib
from importlib.machinery import PathFinder
from pathlib import Path

import pytest
from gallery import BREAKS

from helpers.exercises import EXERCISES
from helpers.grading.rules import BY_HAND
from helpers.grading.sandbox import Limits
from helpers.live.live_figure import NOTE
from tests import submissions
from tests.test_settings import WORKFLOWS
from tests.test_texts import NO_RESULT, PAGES, code_spans, names_in, names_of_the_course
from tests.words import cells, printed, written
from tools.places import ROOT, files, notebooks
from tools.wrong_answers import DRAWS

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
IDS = [path.relative_to(ROOT).as_posix() for path in PAGES]


def text(path):
    return path.read_text(encoding="utf-8")


def commands(path):
    """Yield all that a page tells to type: code spans and lines of blocks."""
    yield from code_spans(text(path))
    for block in re.findall(r"^```\w*\n(.*?)^```", text(path), flags=re.MULTILINE | re.DOTALL):
        yield from (line.partition(" #")[0].strip() for line in block.splitlines() if line.strip())
    yield from re.findall(r"^    (\.venv\S+ .+)$", text(path), flags=re.MULTILINE)


# -- commands --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES, ids=IDS)
def test_each_target_of_make_is_there_and_knows_its_variables(path):
    for command in commands(path):
        if command.startswith("make "):
            target, *words = command.split()[1:]
            assert re.search(rf"^{re.escape(target)}:", MAKEFILE, flags=re.MULTILINE), command
            own = re.search(rf"^{re.escape(target)}:.*\n(?:\t.*\n)+", MAKEFILE, flags=re.MULTILINE)[0]
            for word in words:
                assert f"$({word.partition('=')[0]})" in own, command


def test_make_help_names_each_target_that_the_pages_name():
    targets = set(re.findall(r"^([a-z][\w-]*):(?!=)", MAKEFILE, flags=re.MULTILINE))
    (phony,) = re.findall(r"^\.PHONY: (.+)$", MAKEFILE, flags=re.MULTILINE)
    assert set(phony.split()) == targets, "list each target of the Makefile in .PHONY"
    told = {command.split()[1] for path in PAGES for command in commands(path) if command.startswith("make ")}
    help_text = "\n".join(re.findall(r'@echo "(.+)"', MAKEFILE))
    untold = {target for target in targets - {"help"} if not re.search(rf"\b{target}\b", help_text)}
    assert untold == set(), "name it in `make help`"
    assert targets - told == {"help", "lint", "clean", "grade"} - told, "say on a page what it is for"


#: Programs of others, with which of their words the course uses.
PROGRAMS = {
    "nbgrader": {"generate_assignment", "autograde", "generate_feedback", "export"},
    "dask": {"scheduler", "worker"},
}


@pytest.mark.parametrize("path", PAGES, ids=IDS)
def test_each_module_that_is_run_is_there_and_knows_its_options(path, pytestconfig):
    for command in commands(path):
        ran = re.fullmatch(r"(?:\S*python(?:\.exe)? -m )(\S+)(.*)|(pytest)( .+)", command)
        if ran:
            module, rest = ran[1] or ran[3], ran[2] or ran[4] or ""
            # Of others only whether they are there: setuptools takes a question for pip as a sign to step aside.
            own = module.partition(".")[0] in ("helpers", "tools")
            found = importlib.util.find_spec(module) if own else PathFinder.find_spec(module)
            assert found, command
            if own:
                entry = importlib.util.find_spec(f"{module}.__main__") if found.submodule_search_locations else found
                known = text(Path(entry.origin))
                assert "__main__" in known, f"{module} is nothing to run"
                assert [o for o in re.findall(r"--[\w-]+", rest) if f'"{o}"' not in known] == [], command
            elif module == "pytest":
                options = pytestconfig._parser.optparser._option_string_actions
                assert [o for o in re.findall(r"(?<=\s)--?[a-z][\w-]*", rest) if o not in options] == [], command
            for word in rest.split():
                if re.search(r"\.(py|ipynb|txt)$", word):
                    assert (ROOT / word).exists() or word.startswith("NOTEBOOK"), command
        elif command.split(" ")[0] in PROGRAMS and " " in command:
            assert command.split()[1] in PROGRAMS[command.split()[0]], command


@pytest.mark.parametrize("path", PAGES, ids=IDS)
def test_an_option_in_code_font_is_one_of_ours(path):
    """Alone, without the command that takes it: `--again "Ana Lopez"`."""
    sources = [text(file) for folder in ("helpers", "tools") for file in files(ROOT / folder, "*.py")]
    for span in code_spans(text(path)):
        if option := re.match(r"--[a-z][\w-]*", span):
            assert any(f'"{option[0]}"' in source for source in sources) or option[0] in OF_OTHERS, span


#: Options of argparse, nbgrader and Dask.
OF_OTHERS = {"--help", "--notebook", "--student", "--protocol"}


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_makes_what_there_is_to_make(name):
    targets = set(re.findall(r"^([a-z][\w-]*):(?!=)", MAKEFILE, flags=re.MULTILINE))
    made = [target for words in re.findall(r"\bmake ([a-z -]+)", text(ROOT / name)) for target in words.split()]
    assert made and set(made) <= targets, made


@pytest.mark.parametrize("path", PAGES, ids=IDS)
def test_packages_of_the_system_are_those_that_ci_installs(path):
    (installed,) = re.findall(r"apt-get install .*--no-install-recommends (.+?) >", text(ROOT / ".ci" / "run"))
    for names in re.findall(r"`apt install ([^`]+)`", text(path)):
        assert set(names.split()) <= {"python3", *installed.split()}, f"{names}: .ci/run installs: {installed}"


# -- names -----------------------------------------------------------------------------------------------------------

#: What is not in the course: made when something is run, another's, or an example.
MADE = (
    r"\.venv|classroom|~|%|/$|//$|first-steps-in-neural-networks/progress\.json|summary\.html|grades\.csv|feedback/"
    r"|(ana|lopezana_|Homework_|(moodle|canvas|overrides)\.csv)"
)
EXAMPLES = {"NN_*.json": "*.json", "chapterN.py": "chapter1.py", "STUDENT": "", "NOTEBOOK": ""}


@pytest.mark.parametrize("path", PAGES, ids=IDS)
def test_each_file_in_code_font_is_there(path):
    # In a table of folders, names are those of the folder that the page stands in or speaks of.
    places = [ROOT, path.parent, ROOT / "tools", ROOT / "tests", ROOT / "helpers", ROOT / "helpers" / "exercises"]
    for span in code_spans(text(path)):
        for example, real in EXAMPLES.items():
            span = span.replace(example, real) if real else span
        if not re.fullmatch(r"[\w./*-]*(/|\.(py|md|csv|txt|toml|json|ipynb|npz|html))[\w./*-]*", span):
            continue
        if not re.match(MADE, span):
            assert any(list(place.glob(span.strip("/"))) for place in places), f"{span} is not there (or: see MADE)"


@pytest.mark.parametrize("path", PAGES, ids=IDS)
def test_names_in_code_font_are_known(path):
    """Known to the code, or a file's or a target's name, or a text that the grader writes."""
    names = names_of_the_course() | {"apt", "pip", "source", "install", "r", "venv", "activate"}
    names |= {"bubblewrap", "libseccomp2"}
    names |= {part for file in files(ROOT, "*") for part in re.findall(r"\w+", file.relative_to(ROOT).as_posix())}
    names |= names_in(MAKEFILE) | {name for path in PAGES for name in re.findall(r"\| `?(\w+)`? \|", text(path))}
    names |= {part for notebook in notebooks() for cell in cells(notebook) for part in re.findall(r"\w+", cell.id)}
    for span in code_spans(text(path)):
        words = re.findall(r"(?<!\w)[A-Za-z_]\w+(?![\w*])", re.sub(r'"[^"]*"', "", span))
        unknown = {word for word in words if word not in names} - ELSEWHERE
        assert unknown == set(), f"{span}: no names of the course; if they are another's, add them to ELSEWHERE"


ELSEWHERE = {
    *["nbgrader", "dask", "FlopCounterMode", "load_digits", "load_iris", "chromium", "python3", "LOCALAPPDATA"],
    *["Library", "Application", "Support", "ana", "STUDENT", "NAME", "NOTEBOOK", "chapterN", "NN_", "epochs"],
    *["Homework_alopez_attempt_2026"],
}


# -- numbers ---------------------------------------------------------------------------------------------------------


N = r"(\d+)"
#: Page -> what it says, with a group for each number -> what these are.
SAID = {
    "README.md": {
        r"Python (3\.\d+) or newer": lambda: [float(PROJECT["project"]["requires-python"].removeprefix(">="))],
        r"some (\d+) deliberate mistakes": lambda: [len(BREAKS) // 10 * 10],
        r"on (\d+) draws each": lambda: [DRAWS],
        r"all tests (\d+) times": lambda: re.findall(r"^RUNS \?= (\d+)", MAKEFILE, flags=re.MULTILINE),
    },
    "docs/teaching.md": {
        r"on (\d+) draws each": lambda: [DRAWS],
        rf"may use {N} seconds of processor time, the calls that judge a function {N}, a submission {N} min": lambda: [
            *[Limits().cell_seconds, Limits().call_seconds, Limits().total_seconds / 60]
        ],
        r"empty scratch folder of (\d+) MB": lambda: [Limits().file],
        r"; (\d+) threads and (\d+) GB of memory": lambda: [Limits().threads, Limits().memory / 1024],
        r"\| (\d+) GB, (\d+) threads, (\d+) MB \|": lambda: [Limits().memory / 1024, Limits().threads, Limits().file],
        r"more than (\d+) seconds`": lambda: [Limits().cell_seconds],
    },
    "CHANGELOG.md": {r"\*\*Exercises\.\*\* (\d+) in": lambda: [len(EXERCISES)]},
    "data/README.md": {
        r"medians of (\d+)\.": lambda: re.findall(r"repeats=(\d+)", text(ROOT / "tools" / "measure_times.py")),
    },
}
#: Page -> numbers in it that nothing in the course decides.
OTHERS = {
    "README.md": {"1", "2", "3", "4", "5", "20", "4.0"},  # licences, and chapters in a table
    "docs/teaching.md": {*"0123456789", "0.9", "30", "64", "100", "200", "0.9.6"},  # numbered steps, and examples
    "docs/CONTRIBUTING.md": {*"1234", "8", "0.03"},  # a list, and an example
}


@pytest.mark.parametrize("name", SAID)
def test_what_a_page_counts_is_so_many(name):
    page = text(ROOT / name)
    for said, expected in SAID[name].items():
        found = re.findall(said, page)
        assert found, said
        for one in found:
            assert [float(n) for n in ([one] if isinstance(one, str) else one)] == [float(n) for n in expected()], said


@pytest.mark.parametrize("name", OTHERS)
def test_no_number_on_a_page_is_left_out(name):
    page = re.sub(
        r"```.*?```|`[^`\n]*`|\]\([^)]*\)|^#+ [^\n]*|BSD 3|CC BY 4\.0|UTF-8|GB18030",
        " ",
        text(ROOT / name),
        flags=re.S | re.M,
    )
    for said in SAID.get(name, ()):
        page = re.sub(said, " ", page)
    unknown = [word.strip() for word, _ in written(NO_RESULT.sub(" ", page))]
    unknown = [word for word in unknown if word not in OTHERS[name]]
    assert unknown == [], "say in SAID what decides it, or in OTHERS that nothing of the course does"


def test_points_by_hand_have_the_columns_that_the_page_shows():
    assert ",".join(BY_HAND) in text(ROOT / "docs" / "teaching.md").splitlines()


def test_more_than_fifty_submissions_are_hostile():
    assert "more than fifty hostile notebooks" in text(ROOT / "docs" / "teaching.md")
    banks = [submissions.cases(chapter) for chapter in (2, 3)]
    assert sum(bool(case.lost or case.flags) for bank in banks for case in bank) > 50


def test_the_shares_of_killed_mutants_are_those_of_their_numbers():
    rows = re.findall(r"\| ([\d,]+) \| ([\d,]+) \(([\d.]+) %\) \|", text(ROOT / "tests" / "README.md"))
    assert rows
    for many, killed, share in rows:
        assert round(100 * int(killed.replace(",", "")) / int(many.replace(",", "")), 1) == float(share)


def test_goals_reached_are_counted():
    page = text(ROOT / "tools" / "benchmarks" / "README.md")
    ((reached, goals),) = re.findall(r"(\d+) of (\d+) goals are reached", page)
    assert (page.count("| ✓ |"), page.count("| ✓ |") + page.count("| ✗ |")) == (int(reached), int(goals))


def test_files_of_data_are_told_with_their_size_and_their_licence():
    page = text(ROOT / "data" / "README.md")
    for name, size in re.findall(r"^\| `([\w.]+)` \|.*\| ([\d ]+) bytes \|", page, flags=re.MULTILINE):
        assert (ROOT / "data" / name).stat().st_size == int(size.replace(" ", "")), name
    for file in (ROOT / "data").iterdir():
        assert f"`{file.name}{'/' * file.is_dir()}`" in page or file.name == "README.md", file.name
    parts = page.split("\n## ")[1:]
    assert [part.splitlines()[0] for part in parts if "Licence: " not in part and "decay_table" not in part] == []


def test_columns_of_the_tables_are_those_that_the_page_names():
    page = text(ROOT / "data" / "README.md")
    (words,) = re.findall(r"## `variations.csv`.*?\* Columns: (.*?)\n", page, flags=re.DOTALL)
    head = text(ROOT / "data" / "variations.csv").splitlines()[0].split(",")
    assert [name for name in head if name not in code_spans(words)] == []


#: How many words are read in a minute.
PACE = 250


def minutes_to_read(markdown):
    """Return how long one reads, without addresses, tags, pictures, and what is closed behind a line."""
    left_out = r"</summary>.*?</details>|\]\([^)]*\)|<[^>]*>|!\[[^]]*\]"
    return len(re.findall(r"\w[\w'.,-]*", re.sub(left_out, " ", markdown, flags=re.DOTALL))) / PACE


def before_its_first_slider(path):
    """Return what stands in a notebook before its first live figure."""
    before = itertools.takewhile(lambda cell: NOTE not in str(cell.get("outputs")), cells(path))
    return "\n".join(cell.source if cell.cell_type == "markdown" else printed(cell) for cell in before)


def test_the_first_sliders_move_after_minutes_of_reading():
    start, first = (path for path in notebooks() if path.stem in ("00_start_here", "01_complexity"))
    way = text(ROOT / "README.md").partition("make lab-zh")[0]
    assert minutes_to_read(way + before_its_first_slider(start)) < 1.5
    all_of_it = "\n".join(cell.source for cell in cells(start) if cell.cell_type == "markdown")
    assert minutes_to_read(way + all_of_it + before_its_first_slider(first)) < 5
