"""The class grader: hostile submissions get what they deserve, honest ones too, and nothing is left behind."""

import csv
import functools
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from markupsafe import escape

from helpers.exercises import EXERCISES, of_chapter
from helpers.exercises.answer import Stopped, TimeLimit
from helpers.exercises.exercise import FunctionExercise
from helpers.exercises.judge import CORRECT, INCORRECT
from helpers.exercises.values import plain
from helpers.grading import __main__ as command
from helpers.grading import batch, confine, plain_json, report, sandbox, worker
from helpers.grading.batch import Settings, grade_class, grade_students
from helpers.grading.book import Book, open_book
from helpers.grading.likeness import likeness_of
from helpers.grading.rules import settle
from helpers.grading.sandbox import Limits, Nonsense, Sandbox, SandboxError
from tests.submissions import (
    CALL_SECONDS,
    CELL_SECONDS,
    CHAPTER,
    EVERY_CHAPTER,
    MARKER,
    QUICK,
    as_bytes,
    cases,
    points,
    released,
    right,
    slip_of,
    solved,
    wrong,
)
from tools.make_exercises import SOURCES

# Better all in one worker, since they share a graded class; they hold their own in several, too.
pytestmark = pytest.mark.xdist_group("grading")

ROOT = Path(__file__).resolve().parent.parent
LIMITS = Limits(cell_seconds=CELL_SECONDS, call_seconds=CALL_SECONDS)
CHAPTERS = sorted({exercise.chapter for exercise in EXERCISES.values()})
BANK = {
    (chapter, case.student): case
    for chapter in CHAPTERS
    for case in cases(chapter)
    if chapter == CHAPTER or case.student in EVERY_CHAPTER
}
POINTS = points()


def settings(**changes):
    return Settings(**{"chapter": CHAPTER, "limits": LIMITS, "workers": 2, **changes})


def graders():
    """Return the live processes that run submissions, started from here or left without a parent."""
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        words = " ".join(process.info["cmdline"] or [])
        is_ours = re.search(r"helpers\.grading\.(sandboxed_process|worker)\b", words)
        if is_ours and process.info["status"] != psutil.STATUS_ZOMBIE:
            with suppress(psutil.NoSuchProcess):
                ancestors = {parent.pid for parent in process.parents()}
                if os.getpid() in ancestors or process.ppid() == 1:
                    found.append(process)
    return found


@contextmanager
def nothing_left():
    """Check that the processes within are gone a little later."""
    before = {process.pid for process in graders()}
    yield
    deadline = time.monotonic() + 20
    while left := [process for process in graders() if process.pid not in before]:
        assert time.monotonic() < deadline, f"left behind: {left}"
        time.sleep(0.1)


def write_quick(folder, names=QUICK):
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        BANK[CHAPTER, name].write(folder)
    return folder


def table(results, exercises):
    return report.grades_table(exercises, settle(results, exercises, {}), Book()).encode()


def total(result):
    return sum(verdict["points"] for verdict in result["verdicts"].values())


@pytest.fixture(scope="module")
def bank(tmp_path_factory):
    """Return a function that grades the whole bank of a chapter at once: no submission may change another's grade."""

    @functools.cache
    def graded(chapter):
        folder, out = tmp_path_factory.mktemp("submitted"), tmp_path_factory.mktemp("out")
        for (belongs_to, _), case in BANK.items():
            if belongs_to == chapter:
                case.write(folder)
        os.symlink(next(SOURCES.glob(f"{chapter:02}_*.ipynb")), folder / "a link.ipynb")
        book = open_book(folder, tmp_path_factory.mktemp("delivered"))
        with nothing_left():
            exercises, results, failed = grade_students(book.students, out, settings(chapter=chapter, hidden=(folder,)))
        report.write_reports(out, exercises, results, book)
        assert not failed
        return out, {result["student"]: result for result in results}

    return graded


@pytest.fixture
def graded(bank):
    return bank(CHAPTER)


def not_right(result):
    return {name for name, verdict in result["verdicts"].items() if verdict["outcome"] != CORRECT}


@pytest.mark.parametrize("chapter, student", BANK, ids=[f"{chapter}-{student}" for chapter, student in BANK])
def test_it_gets_its_grade_and_its_flags(bank, chapter, student):
    result, case = bank(chapter)[1][student], BANK[chapter, student]
    assert not_right(result) == case.lost, {name: one["message"] for name, one in result["verdicts"].items()}
    assert total(result) == sum(worth for name, worth in points(chapter).items() if name not in case.lost)
    assert case.flags is None or sorted(result["flags"]) == sorted(case.flags)


def test_a_link_is_not_followed(graded):
    result = graded[1]["a link"]
    assert not_right(result) == set(POINTS)
    with (graded[0] / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = (row for row in csv.DictReader(file) if row["student"] == "a link")
    assert "a link, and links are not followed" in row["flags"]


def test_nothing_was_written_outside(graded):
    places = [ROOT, Path.cwd(), Path.home(), Path("/"), Path("/tmp"), Path("/etc"), Path("/dev/shm"), graded[0]]
    places += [Path(np.__file__).parent, ROOT / "helpers"]
    assert not [place for place in places if (place / MARKER).exists()]


@pytest.mark.parametrize("student, reason", {"crashes": "its process ended", "a loop in a cell": "too long"}.items())
def test_an_answer_that_was_stopped_was_attempted(graded, student, reason):
    result = graded[1][student]
    (name,) = BANK[CHAPTER, student].lost
    assert result["verdicts"][name]["outcome"] == INCORRECT and reason in result["verdicts"][name]["message"]
    assert result["answers"][name]


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_usual_slip_is_named_in_the_feedback(bank, chapter):
    out, results = bank(chapter)
    page = (out / "feedback" / report.page_name(results["partly right"])).read_text(encoding="utf-8")
    (name,) = (name for name in BANK[chapter, "partly right"].lost if not isinstance(EXERCISES[name], FunctionExercise))
    assert results["partly right"]["verdicts"][name]["slip"] == slip_of(name).name
    assert escape(slip_of(name).message) in page
    assert escape(f"{name} = {slip_of(name).wrong!r}") in page


def test_pages_run_no_code_of_students(graded):
    out, results = graded
    name = "<script>alert(1)<_script>"
    pages = [out / "summary.html", *(out / "feedback").iterdir()]
    assert len(pages) == len(results) + 1
    texts = [page.read_text(encoding="utf-8") for page in pages]
    assert not any("<script" in text for text in texts)
    assert all("default-src 'none'" in text for text in texts)
    assert (
        "&lt;script&gt;alert(1)&lt;/script&gt;"
        in texts[1 + [p.name for p in pages[1:]].index(report.page_name(results[name]))]
    )


def test_the_table_is_readable_by_a_spreadsheet(graded):
    with (graded[0] / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["student", "id", "email", *POINTS, "total", "out_of", "flags", "handed_in", "page"]
    assert {row["out_of"] for row in rows} == {str(sum(POINTS.values()))}
    names = [row["student"] for row in rows]
    assert "'=1+1, a formula" in names and "李雷 🎓 Žofie" in names
    perfect = rows[names.index("right")]
    assert perfect["total"] == str(sum(POINTS.values())) and perfect["flags"] == ""


def test_no_page_shows_a_solution(graded):
    """The feedback of one who answered nothing holds none of the right numbers or lines."""
    page = (graded[0] / "feedback" / report.page_name(graded[1]["not attempted"])).read_text(encoding="utf-8")
    assert "epoch / every" not in page and "0.333" not in page and ">B<" not in page


def test_the_same_submissions_give_the_same_table_however_many_workers(graded, tmp_path):
    folder = write_quick(tmp_path / "submitted", reversed(QUICK))
    tables = {
        table(results, exercises)
        for workers in (1, 2)
        for exercises, results, _ in [grade_class(folder, tmp_path / f"{workers}", settings(workers=workers))]
    }
    assert len(tables) == 1
    lines = table(list(graded[1].values()), of_chapter(CHAPTER)).splitlines()
    assert set(tables.pop().splitlines()) <= set(lines)


def run_command(folder, out, *more):
    words = [sys.executable, "-m", "helpers.grading", folder, out, f"--chapter={CHAPTER}", *more]
    return subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def wait_for_results(out, number, process):
    deadline = time.monotonic() + 120
    while len(list((out / "results").glob("*.json"))) < number:
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.01)


def many(folder, number):
    folder.mkdir()
    for i in range(number):
        (folder / f"student{i:02}.ipynb").write_bytes(right(first=f"import time\ntime.sleep(0.2)\nme = {i}"))
    return folder


def test_killed_half_way_it_goes_on_where_it_was(tmp_path):
    folder, out = many(tmp_path / "submitted", 12), tmp_path / "out"
    with nothing_left():
        process = run_command(folder, out, "--workers=1")
        wait_for_results(out, 4, process)
        for child in [*psutil.Process(process.pid).children(recursive=True), process]:
            with suppress(psutil.NoSuchProcess):
                child.kill()
        process.wait()
    times = {path.name: path.stat().st_mtime_ns for path in (out / "results").glob("*.json")}
    assert 4 <= len(times) < 12
    assert run_command(folder, out).wait() == 0
    again = {path.name: path.stat().st_mtime_ns for path in (out / "results").glob("*.json")}
    assert len(again) == 12 and all(again[name] == at for name, at in times.items())
    fresh = tmp_path / "fresh"
    assert run_command(folder, fresh).wait() == 0
    assert (out / "grades.csv").read_bytes() == (fresh / "grades.csv").read_bytes()


def test_what_is_handed_in_again_is_graded_again_and_nothing_else(tmp_path):
    folder, out = write_quick(tmp_path / "submitted", ["right", "wrong"]), tmp_path / "out"
    grade_class(folder, out, settings(workers=1))
    (folder / "wrong.ipynb").write_bytes(right())
    before = {path: path.stat().st_mtime_ns for path in (out / "results").iterdir()}
    _, results, _ = grade_class(folder, out, settings(workers=1))
    assert [total(result) for result in results] == [sum(POINTS.values())] * 2
    assert sum(path.stat().st_mtime_ns != at for path, at in before.items()) == 1
    assert likeness_of(results)[0][0].same_file


def test_a_damaged_result_is_made_again(tmp_path):
    folder, out = write_quick(tmp_path / "submitted", ["broken JSON", "empty file"]), tmp_path / "out"
    first = grade_class(folder, out, settings())[1]
    for path, text in zip(sorted((out / "results").iterdir()), ("{", "[]"), strict=True):
        path.write_text(text, encoding="utf-8")
    assert grade_class(folder, out, settings())[1] == first


def test_what_no_table_says_stays_in_the_file_of_a_result(tmp_path):
    """Of 10,000 students the answers alone are tens of megabytes."""
    verdict = {"outcome": "correct", "message": "Right.", "points": 1}
    whole = dict.fromkeys(("student", "content", "flags", "tag", "digest", "file"), "x")
    one, other = (
        batch._keep(tmp_path, {**whole, "key": key, "answers": {"a": "a = 1"}, "verdicts": {"a": dict(verdict)}})
        for key in "ab"
    )
    assert "answers" not in one and one["answers"] == {"a": "a = 1"}
    assert one["verdicts"]["a"] is other["verdicts"]["a"] and one["verdicts"]["a"] == verdict


def test_on_a_cluster_that_loses_a_worker_all_are_graded(tmp_path):
    """A scheduler and two workers as processes of their own; one is killed while it grades."""
    folder, out, address = many(tmp_path / "submitted", 12), tmp_path / "out", tmp_path / "scheduler.json"
    start = functools.partial(subprocess.Popen, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    python, here = [sys.executable, "-m"], ["--no-dashboard", "--scheduler-file", str(address)]
    worker = [
        *python,
        "distributed.cli.dask_worker",
        *here,
        "--no-nanny",
        "--nthreads=1",
        "--local-directory",
        str(tmp_path / "scratch"),
    ]
    started = [start([*python, "distributed.cli.dask_scheduler", *here, "--host=127.0.0.1", "--port=0"])]
    try:
        started += [start(worker), start(worker)]
        deadline = time.monotonic() + 180
        while not address.exists() or not address.read_text(encoding="utf-8"):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        scheduler = json.loads(address.read_text(encoding="utf-8"))["address"]
        with nothing_left():
            process = run_command(folder, out, f"--scheduler={scheduler}")
            wait_for_results(out, 3, process)
            started[1].kill()
            assert process.wait(120) == 0
            for other in started:
                other.kill()
    finally:
        for other in started:
            other.kill()
            other.wait()
    assert run_command(folder, tmp_path / "local").wait() == 0
    assert (out / "grades.csv").read_bytes() == (tmp_path / "local" / "grades.csv").read_bytes()


@pytest.fixture(scope="module")
def warm():
    with Sandbox(LIMITS) as one:
        yield one


def run_in(one, code, seconds=20):
    session = one.session()
    try:
        reply = session.ask(seconds, do="run", code=code)
        return {"raised": reply["raised"]} if "raised" in reply else {}
    finally:
        session.close()


def test_it_sees_no_exercises_no_tests_no_notebooks_and_no_processes(warm):
    seen = "import os, helpers; top = os.path.dirname(os.path.dirname(helpers.__file__))\n"
    seen += "raise Exception([sorted(os.listdir(top)), sorted(os.listdir(top + '/helpers/exercises')), "
    seen += "os.path.exists('/proc/1'), os.getpid(), os.getuid() != 0])"
    text = run_in(warm, seen)["raised"][1]
    top, exercises, *others = eval(text)
    assert set(top) <= {"data", "helpers", ".venv"}
    assert exercises == ["__init__.py", "answer.py", "feedback.py", "values.py"]
    assert others == [False, 1, True]


def test_nothing_passes_from_one_submission_to_the_next(warm):
    leave = "import os, helpers.losses\nopen('left', 'w').write('x'); helpers.losses.left = 1; os.environ['LEFT'] = '1'"
    assert run_in(warm, leave) == {}
    look = "import os, helpers.losses\nassert not os.listdir('.') and not hasattr(helpers.losses, 'left')\n"
    assert run_in(warm, look + "assert 'LEFT' not in os.environ") == {}


REFUSED = """
os.fork()
os.execv('/bin/true', ['true'])
socket.socket()
shared_memory.SharedMemory(create=True, size=9)
os.chroot('/')
os.setuid(0)
os.memfd_create('x')
os.mkdir('/new')
resource.setrlimit(resource.RLIMIT_AS, (-1, -1))
"""


@pytest.mark.parametrize("call", REFUSED.split("\n")[1:-1])
def test_the_system_refuses(warm, call):
    imports = "import os, socket, resource\nfrom multiprocessing import shared_memory\n"
    kind, _text = run_in(warm, imports + call)["raised"]
    assert kind in ("PermissionError", "OSError", "FileNotFoundError", "ValueError")


@pytest.mark.parametrize("name", ["unshare", "ptrace", "shmget", "keyctl", "mount", "bpf"])
def test_the_system_refuses_calls_that_python_has_not(warm, name):
    number = confine._seccomp().seccomp_syscall_resolve_name(name.encode())
    code = f"import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\nassert libc.syscall({number}, 0, 4096, 0) == -1\n"
    assert run_in(warm, code + "assert ctypes.get_errno() == 1") == {}


def test_it_does_not_wait_longer_than_told(warm):
    start = time.monotonic()
    with pytest.raises(TimeLimit):
        run_in(warm, "while True:\n    try:\n        while True: pass\n    except BaseException: pass", seconds=1)
    assert time.monotonic() - start < 30
    assert run_in(warm, "x = 1") == {}


def test_a_broken_sandbox_is_replaced(warm):
    run_in(warm, "x = 1")
    os.kill(warm._process.pid, signal.SIGKILL)
    warm._process.wait()
    assert run_in(warm, "x = 1") == {}


@pytest.mark.parametrize("line", [b"no json\n", b"[]\n", b'{"id": "made up", "value": 1}\n', b"[" * 100_000 + b"\n"])
def test_a_reply_that_is_none_ends_the_process(warm, line):
    session = warm.session()
    code = f"import os\nfor i in range(3, 64):\n    try: os.write(i, {line!r})\n    except OSError: pass"
    with pytest.raises(Nonsense):
        session.ask(20, do="run", code=code)
    assert session.ended


def test_without_bubblewrap_nothing_is_graded_unless_told_otherwise(tmp_path, monkeypatch, capsys):
    folder = write_quick(tmp_path / "submitted", ["right"])
    monkeypatch.setattr(batch, "missing", lambda: "bubblewrap is missing")
    assert command.main([str(folder), str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert "Nothing was graded: bubblewrap is missing." in said and "--no-sandbox" in said
    assert not (tmp_path / "out" / "grades.csv").exists()


def test_without_sandbox_when_told_so(tmp_path):
    folder = write_quick(tmp_path / "submitted", ["right", "a loop in a cell"])
    with nothing_left():
        _, results, failed = grade_class(folder, tmp_path / "out", settings(isolated=False, workers=1))
    assert not failed
    assert [not_right(result) for result in results] == [{"largest_rate"}, set()]


def test_a_sandbox_that_does_not_start_says_why(monkeypatch):
    monkeypatch.setattr(sandbox, "_course", lambda: ["--ro-bind", "/no/such/folder", "/x"])
    with pytest.raises(SandboxError, match="no/such/folder"):
        Sandbox(LIMITS).session()


def test_a_sandbox_that_breaks_costs_no_points_and_is_told(tmp_path, monkeypatch):
    """A verdict is about the answer: where none could be asked for, there is no grade, and another run tries again."""

    def here(tasks, _number, _chapter, judging, _settings):
        return [(key, worker.done({"do": "grade", **task, "judge": judging})) for key, task in tasks]

    monkeypatch.setattr(batch, "_graded", here)
    monkeypatch.setattr(sandbox, "_course", lambda: ["--ro-bind", "/no/such/folder", "/x"])
    _, results, failed = grade_class(write_quick(tmp_path / "submitted", ["right"]), tmp_path / "out", settings())
    assert results == [] and not list((tmp_path / "out" / "results").iterdir())
    assert failed[0].startswith("right: the sandbox did not start")


def test_a_process_that_cannot_be_confined_is_no_fault_of_a_submission():
    with Sandbox(Limits(file=-1)) as one, pytest.raises(SandboxError, match="the sandbox broke"):
        one.session()


def test_libraries_elsewhere_are_seen(tmp_path, monkeypatch):
    library = tmp_path / "lib" / "site-packages"
    library.mkdir(parents=True)
    (library / "from_elsewhere.py").write_text("x = 1", encoding="utf-8")
    monkeypatch.setattr(sandbox, "PACKAGES", [*sandbox.PACKAGES, str(library)])
    with Sandbox(LIMITS) as one:
        assert run_in(one, "import from_elsewhere") == {}


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
ARRAYS = st.sampled_from(["?", "i1", "u2", "i8", "u8", "f2", "f4", "f8"]).flatmap(
    lambda dtype: arrays(dtype, array_shapes(min_dims=0, min_side=0))
)
PLAIN = st.recursive(
    SCALARS | ARRAYS,
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(st.text() | st.integers(), inner),
    max_leaves=8,
)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["array", "shape", "dtype", "tuple", "dict", "x"]), inner)
    ),
    max_leaves=12,
)


def same(one, other):
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()
    if isinstance(one, dict):
        return list(one) == list(other) and all(map(same, one.values(), other.values()))
    if isinstance(one, list | tuple):
        return type(one) is type(other) and len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and (one == other or one != one)


@given(PLAIN)
def test_plain_values_come_back_as_they_were(value):
    try:
        line = plain_json.to_line({"value": plain_json.encode(value)})
        back = plain_json.decode(plain_json.from_line(line)["value"])
    except ValueError:
        assert not isinstance(value, np.ndarray)  # numbers of thousands of digits
        return
    assert same(value, back) or "nan" in repr(value)  # the bits of nan do not travel


@given(JSON)
def test_reading_makes_a_plain_value_or_fails_cleanly(value):
    try:
        made = plain_json.decode(value)
    except ValueError:
        return
    plain(made)


@given(st.binary())
def test_reading_bytes_makes_a_message_or_fails_cleanly(line):
    with suppress(ValueError):
        assert isinstance(plain_json.from_line(line), dict)


@pytest.mark.parametrize("dtype", ["O", "|O8", "<U4", "|V8", "<M8[s]", "|S3", "", "f8", "<f8,<f8", "<c16"])
def test_no_dtype_but_those_of_real_numbers(dtype):
    with pytest.raises(ValueError):
        plain_json.decode({"array": [1.0], "shape": [1], "dtype": dtype})


def nbgrader_layout(folder):
    for student, content in {"ana": right(), "bo": as_bytes(released())}.items():
        place = folder / student / "solutions"
        place.mkdir(parents=True)
        (place / "02_learning_rate_exercises.ipynb").write_bytes(content)
        (place / "timestamp.txt").write_text("2026-01-01", encoding="utf-8")
    (folder / "cy").mkdir()
    (folder / ".hidden").mkdir()
    return folder


def test_it_reads_the_layout_of_nbgrader_and_guesses_the_chapter(tmp_path):
    folder = nbgrader_layout(tmp_path / "submitted")
    exercises, results, _ = grade_class(folder, tmp_path / "out", settings(chapter=None, workers=1))
    assert {exercise.chapter for exercise in exercises} == {CHAPTER}
    assert [(result["student"], total(result), result["flags"]) for result in results] == [
        ("ana", sum(POINTS.values()), []),
        ("bo", 0, []),
        ("cy", 0, ["no notebook"]),
    ]


def test_of_several_notebooks_that_with_the_most_own_work_counts_and_all_are_named(tmp_path):
    place = tmp_path / "submitted" / "ana"
    place.mkdir(parents=True)
    (place / "hw.ipynb").write_bytes(right())
    for name, content in {"hw (1).ipynb": as_bytes(released()), "other.ipynb": as_bytes(solved(chapter=3))}.items():
        (place / name).write_bytes(content)
        os.utime(place / name, (2e9, 2e9))
    (tmp_path / "submitted" / "bo.ipynb").write_bytes(b"")
    _, (result, _), _ = grade_class(tmp_path / "submitted", tmp_path / "out", settings())
    assert total(result) == sum(POINTS.values())
    (flag,) = result["flags"]
    assert flag.startswith("several notebooks: hw.ipynb was graded, not ")
    assert "hw (1).ipynb" in flag and "other.ipynb" in flag


def test_of_two_notebooks_that_differ_as_much_the_newer_counts(tmp_path):
    place = tmp_path / "submitted" / "ana"
    place.mkdir(parents=True)
    for day, (name, content) in enumerate({"a.ipynb": wrong(), "b.ipynb": right()}.items()):
        (place / name).write_bytes(content)
        os.utime(place / name, (1e9 + day, 1e9 + day))
    (tmp_path / "submitted" / "bo.ipynb").write_bytes(b"")
    _, (result, _), _ = grade_class(tmp_path / "submitted", tmp_path / "out", settings())
    assert total(result) == sum(POINTS.values())


def test_a_folder_of_results_belongs_to_one_chapter(tmp_path):
    folder = write_quick(tmp_path / "submitted", ["broken JSON"])
    grade_class(folder, tmp_path / "out", settings())
    with pytest.raises(ValueError, match="chapter 2"):
        grade_class(folder, tmp_path / "out", settings(chapter=3))


@pytest.mark.parametrize("words", [["nowhere"], ["empty"]])
def test_the_command_says_what_is_wrong(words, tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    assert command.main([str(tmp_path / words[0]), str(tmp_path / "out")]) == 2
    assert "Nothing was graded: there" in capsys.readouterr().err


def test_the_command_has_help(capsys):
    with pytest.raises(SystemExit):
        command.arguments(["--help"])
    assert "--scheduler ADDRESS" in capsys.readouterr().out


def test_the_histogram_counts_everyone():
    picture = report.histogram([0, 0.4, 1, 5, 10, 10], 10)
    assert "2 with 0 to 1 points, 1 with 1 to 2 points, 1 with 5 to 6 points, 2 with 10 points" in picture
    assert report.counts([9, 9.5, 10, 11, -1], 10)[-2:] == [("9", "9 to 10", 2), ("10", "10", 2)]
    long = report.counts([0, 49, 50, 99.5, 100], 100)[::10]
    assert long == [("0", "0 to 5", 1), ("50", "50 to 55", 1), ("100", "100", 1)]


def result_of(student, points):
    verdicts = {
        name: {
            "outcome": CORRECT if got else "incorrect",
            "points": got,
            "message": "",
            "slip": "" if got else "a slip",
        }
        for name, got in points.items()
    }
    return {
        "student": student,
        "key": "0" * 16,
        "flags": [],
        "answers": dict.fromkeys(points, ""),
        "verdicts": verdicts,
    }


def test_the_hardest_exercise_comes_first():
    exercises = [EXERCISES[name] for name in POINTS]
    results = [result_of("a", POINTS), result_of("b", POINTS | {"ravine_rate": 0})]
    page = report.summary_page(exercises, settle(results, exercises, {}), Book())
    hardest = page[page.index("<h2>Exercises") :]
    titles = {name: hardest.index(f" {EXERCISES[name].title}<") for name in POINTS}
    assert min(titles, key=titles.get) == "ravine_rate"
    assert "50%" in hardest and "a slip (1)" in hardest


def test_the_progress_bar_ends_full(capsys, tmp_path):
    progress = command.Progress(tmp_path, Book())
    for done in (0, 1, 4):
        progress.show(done, 4)
    said = capsys.readouterr().err
    assert "1 of 4 graded, 0 s left" in said and said.rstrip().endswith("4 of 4 graded") and "#" * 40 in said


def test_nbgrader_works_on_the_same_notebooks(tmp_path):
    """Release, submit twice, grade, give feedback: all with the repository's configuration."""
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    shutil.copytree(SOURCES, tmp_path / "notebooks" / "solutions")
    notebook = "--notebook=02_learning_rate_exercises"
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "JUPYTER_CONFIG_DIR": str(tmp_path / "config"),
        "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime"),
    }

    def nbgrader(*words):
        words = [sys.executable, "-m", "nbgrader", *words]
        done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    nbgrader("generate_assignment", "solutions", notebook)
    handed_out = json.loads((tmp_path / "classroom/release/solutions/02_learning_rate_exercises.ipynb").read_bytes())
    assert [cell["source"] for cell in handed_out["cells"]] == [cell["source"] for cell in released()["cells"]]
    nbgrader_layout(tmp_path / "classroom" / "submitted")
    nbgrader("autograde", "solutions", notebook)
    nbgrader("generate_feedback", "solutions", notebook)
    nbgrader("export", "--to=grades.csv")
    with (tmp_path / "grades.csv").open(encoding="utf-8", newline="") as file:
        scores = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert scores["ana"] == sum(POINTS.values()) and scores["bo"] == 0
    assert len(list((tmp_path / "classroom" / "feedback").rglob("*.html"))) == 2


def test_stopped_is_what_the_judge_understands():
    assert issubclass(Nonsense, Stopped) and not issubclass(Stopped, Exception)
