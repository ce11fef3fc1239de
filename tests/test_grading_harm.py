"""One submission never harms the others, nor the teacher's machine: files, replies, kills, disks, other accounts."""

import csv
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import sysconfig
import tempfile
import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

import psutil
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

from helpers.exercises import EXERCISES
from helpers.exercises.answer import Stopped
from helpers.exercises.judge import INCORRECT, OUTCOMES, judge_on
from helpers.grading import __main__ as command
from helpers.grading import batch, confine, grade, plain_json, submissions, worker
from helpers.grading.sandbox import Limits, Sandbox
from helpers.grading.workers import Lost, Workers
from tests.submissions import CHAPTER, as_bytes, code_cell, place, points, right, solved
from tests.test_grading import many, nothing_left, run_command, settings, total, wait_for_results

pytestmark = pytest.mark.xdist_group("grading")

ROOT = Path(__file__).resolve().parent.parent
ALL = sum(points().values())
FUZZ = how(
    max_examples=int(os.environ.get("FUZZ", "300")),
    derandomize=True,
    deadline=20_000,
    suppress_health_check=list(HealthCheck),
)


# What is handed in


def nested(depth):
    value = 1
    for _ in range(depth):
        value = [value]
    return value


def deep_points(notebook):
    notebook["cells"][place(notebook, "decayed_rate")]["metadata"]["nbgrader"]["points"] = nested(700)


def ends_again_and_again(notebook):
    notebook["cells"] += [code_cell("import os\nos._exit(0)")] * 3000


def fails_again_and_again(notebook):
    notebook["cells"] += [code_cell("1 / 0")] * 3000


def damaged_throughout(notebook):
    notebook["cells"] += [None] * 3000


def strange_marks(notebook):
    notebook["cells"] += [
        {
            "cell_type": "code",
            "metadata": {"nbgrader": {"grade_id": "x" * 10**6, "points": {}}},
            "source": "",
            "outputs": [],
        }
    ] * 20


def of(edit):
    notebook = solved()
    edit(notebook)
    return as_bytes(notebook)


#: Files that once stopped or stalled a class: name -> content, whether the answers in it count, a part of its flags.
HARMFUL = {
    "deep points": (of(deep_points), True, "changed points"),
    "newlines": (right(last="\n" * 200_000), True, ""),
    "newlines and a name": (right(last="decayed_rate" + "\n" * 200_000 + "def" + "\n" * 99_999), True, "SyntaxError"),
    "blanks": (right(last="x = 1" + " " * 300_000), True, ""),
    "ends again and again": (of(ends_again_and_again), True, "again and again"),
    "fails again and again": (of(fails_again_and_again), True, "more code cells"),
    "damaged throughout": (of(damaged_throughout), True, "more damaged cells"),
    "strange marks": (of(strange_marks), True, "renamed or added"),
    "no cells": (b'{"cells": []}', False, "no code in it"),
    "huge number": (right({"steps_needed": "steps_needed = 784 ** 10"}), None, ""),
    "gigantic number": (right({"steps_needed": "steps_needed = 10 ** 50_000"}), None, ""),
    "much code": (right(last="x = 1\n" * 600_000), False, "of code"),
    "\x1b[2Jred\x07": (b"", False, "an empty file"),
}


@pytest.fixture(scope="module")
def harmed(tmp_path_factory):
    folder, out = tmp_path_factory.mktemp("submitted"), tmp_path_factory.mktemp("out")
    for name, (content, *_) in HARMFUL.items():
        (folder / f"{name}.ipynb").write_bytes(content)
    (folder / "honest.ipynb").write_bytes(right())
    os.mkfifo(folder / "a pipe.ipynb")
    with nothing_left():
        status = run_command(folder, out, "--total-seconds=20").wait(400)
    with (out / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        return status, {row["student"]: row for row in csv.DictReader(file)}


def test_who_sits_beside_them_gets_all_points(harmed):
    status, rows = harmed
    assert status == 0
    assert rows["honest"]["total"] == f"{ALL}" and rows["honest"]["flags"] == ""


@pytest.mark.parametrize("name", HARMFUL)
def test_what_is_odd_ends_in_its_own_row(harmed, name):
    _, counts, flag = HARMFUL[name]
    row = harmed[1][name.replace("\x1b", "\\x1b").replace("\x07", "\\x07")]
    expected = {True: ALL, False: 0, None: ALL - points()["steps_needed"]}[counts]
    assert float(row["total"]) == expected, row
    assert flag in row["flags"] and len(row["flags"]) < 3000


def test_each_file_has_a_row(harmed):
    assert len(harmed[1]) == len(HARMFUL) + 2
    assert "no regular file" in harmed[1]["a pipe"]["flags"]


NOTHING_OR = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9)
ANY = st.recursive(
    NOTHING_OR,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=9,
)
SOURCES = st.sampled_from(
    ["decayed_rate = 1", "def decayed_rate(a):\n", "%time x = 1", "\n" * 999, "check('a', a)", "\0", "\ud800", "=" * 99]
)
MARKS = st.fixed_dictionaries(
    {},
    optional={
        key: ANY | st.sampled_from(["decayed_rate", "decayed_rate_answer"]) for key in ("grade_id", "points", "grade")
    },
)
CELLS = st.fixed_dictionaries(
    {},
    optional={
        "cell_type": st.sampled_from(["code", "markdown"]) | ANY,
        "source": SOURCES | st.lists(SOURCES) | ANY,
        "metadata": st.fixed_dictionaries({}, optional={"nbgrader": MARKS | ANY}) | ANY,
    },
)
FILES = (
    st.binary(max_size=300)
    | ANY.map(lambda value: json.dumps(value).encode())
    | st.fixed_dictionaries({"cells": st.lists(CELLS | ANY, max_size=8) | ANY}).map(
        lambda value: json.dumps(value).encode()
    )
    | st.tuples(st.integers(0, 3000), st.binary(max_size=4)).map(
        lambda cut: right()[: cut[0]] + cut[1] + right()[cut[0] + 9 :]
    )
)
RELEASE = str(next(batch.RELEASES.glob(f"{CHAPTER:02}_*.ipynb")))


@FUZZ
@given(st.lists(FILES, max_size=3))
def test_any_file_is_read_or_refused(contents):
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for number, content in enumerate(contents):
            path = Path(folder, f"{number}.ipynb")
            path.write_bytes(content)
            files.append((str(path), path.name))
        done = worker.done(
            {"do": "read", "student": "x", "key": "y", "files": files, "chapter": CHAPTER, "release": RELEASE}
        )
        assert "odd" not in done and "no grade" not in done, done
        json.dumps(done)
        assert all(len(flag) < 400 for flag in done["result"]["flags"]) and len(done["result"]["flags"]) < 80
        assert "odd" not in worker.done({"do": "chapter", "students": [files]})


REPLIES = st.recursive(
    NOTHING_OR | st.sampled_from([10**400, -(2**64), 1e308, float("nan")]),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(st.sampled_from(["array", "shape", "dtype", "tuple", "dict", "int", "x"]), inner, max_size=4)
        | inner.map(lambda value: {"tuple": [value]})
        | inner.map(lambda value: {"dict": [["hidden", value], ["activation", "relu"], ["learning_rate", value]]})
        | st.lists(st.floats() | st.integers(-9, 9), max_size=6).map(
            lambda numbers: {"array": numbers, "shape": [len(numbers)], "dtype": "<f8"}
        )
    ),
    max_leaves=8,
)


class Answering:
    """Stands in for a session: it answers whatever it is told to."""

    def __init__(self, reply):
        self.reply, self.ended = reply, False

    def used(self):
        return 0.0

    def close(self):
        self.ended = True

    def replies(self, _seconds, number, **_request):
        for _ in range(number):
            yield dict(self.reply)


@FUZZ
@given(
    st.sampled_from([exercise for exercise in EXERCISES.values() if exercise.name != "my_settings"]),
    REPLIES.map(lambda value: {"value": value})
    | st.tuples(ANY, ANY).map(lambda said: {"raised": [*said]})
    | st.dictionaries(st.sampled_from(["value", "raised", "missing", "checked", "left out"]), ANY, max_size=3),
)
def test_any_reply_is_judged(exercise, reply):
    box = Sandbox(Limits())
    grading = grade._Grading(submissions.Submission("x", "y", "z"), [exercise], box, "")
    grading._session = Answering(reply)
    verdict = grading._judged(exercise, checked=True)
    assert verdict.outcome in OUTCOMES and len(verdict.message) < 2000
    grading._session = Answering(reply)
    grading._run(0, "x = 1")
    assert all(len(flag) < 400 for flag in grading.flags())


def test_keys_that_collide_are_refused_before_they_meet():
    keys = [[k * (2**61 - 1), 0] for k in range(40_000)]
    with pytest.raises(ValueError, match="not of the agreed form"):
        plain_json.decode({"dict": keys})
    with pytest.raises(ValueError, match="more than"):
        plain_json.decode([0] * 60_000)


# What the grader itself may meet


def test_a_worker_that_is_killed_costs_nothing(tmp_path):
    folder, out = many(tmp_path / "submitted", 8), tmp_path / "out"
    with nothing_left():
        process = run_command(folder, out, "--workers=2")
        wait_for_results(out, 2, process)
        psutil.Process(process.pid).children()[0].kill()
        assert process.wait(200) == 0
    fresh = tmp_path / "fresh"
    assert run_command(folder, fresh).wait(200) == 0
    shutil.copy(out / "secret", fresh / "secret")
    assert totals(out) == totals(fresh) == [f"{ALL}"] * 8


def totals(out):
    with (out / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        return [row["total"] for row in csv.DictReader(file)]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_grader_that_is_killed_leaves_nothing_behind(tmp_path, number):
    folder, out = many(tmp_path / "submitted", 8), tmp_path / "out"
    with nothing_left():
        process = run_command(folder, out, "--workers=2")
        wait_for_results(out, 2, process)
        process.send_signal(number)
        process.wait(60)
    assert run_command(folder, out).wait(200) == 0
    assert totals(out) == [f"{ALL}"] * 8


def test_a_task_that_takes_too_long_is_lost_and_the_others_go_on(tmp_path, monkeypatch):
    monkeypatch.setattr("helpers.grading.workers.READING", 4)
    path = tmp_path / "large.ipynb"
    path.write_bytes(as_bytes({"cells": [code_cell("x = 1")] * 300_000}))
    quick = {"do": "chapter", "students": []}
    with Workers(1, 1) as workers:
        done = dict(
            workers.do([("quick", dict(quick)), ("slow", {"do": "chapter", "students": [[[str(path), "x"]]] * 99})])
        )
        done |= dict(workers.do([("again", dict(quick))]))
    assert done["quick"] == done["again"] == {"chapters": []}
    assert isinstance(done["slow"], Lost) and "too long" in str(done["slow"])


def test_what_the_judge_stumbles_over_has_a_row_and_is_tried_again(tmp_path, monkeypatch):
    def stumble(*_):
        raise RuntimeError

    def here(tasks, _number, _chapter, judging, _settings):
        return [(key, worker.done({"do": "grade", **task, "judge": judging})) for key, task in tasks]

    (tmp_path / "submitted").mkdir()
    (tmp_path / "submitted" / "ana.ipynb").write_bytes(right())
    monkeypatch.setattr(batch, "_graded", here)
    monkeypatch.setattr(worker, "grade", stumble)
    _, (result,), _ = batch.grade_class(tmp_path / "submitted", tmp_path / "out", settings())
    assert result["flags"] == ["not graded: RuntimeError in the grader"] and total(result) == 0
    assert result["answers"]["largest_rate"] and not list((tmp_path / "out" / "results").iterdir())


def test_a_full_disk_is_told_in_a_sentence_and_nothing_is_lost(tmp_path, monkeypatch, capsys):
    folder, out = many(tmp_path / "submitted", 3), tmp_path / "out"
    words = [str(folder), str(out), f"--chapter={CHAPTER}"]
    write, written = batch.write, []

    def fail(path, text):
        if len(written) == 2:
            raise OSError(28, "No space left on device", str(path))
        if path.suffix == ".json" and path.parent.name == "results":
            written.append(path)
        write(path, text)

    monkeypatch.setattr(batch, "write", fail)
    assert command.main(words) == 2
    assert "Stopped: [Errno 28] No space left on device" in capsys.readouterr().err
    monkeypatch.undo()
    times = {path: path.stat().st_mtime_ns for path in written}
    assert command.main(words) == 0
    assert len(times) == 2 and all(path.stat().st_mtime_ns == at for path, at in times.items())


def test_a_full_disk_while_pages_are_written_is_told_in_a_sentence(tmp_path, monkeypatch, capsys):
    def fail(*_arguments, **_named):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(command, "write_reports", fail)
    assert command.main([str(many(tmp_path / "submitted", 1)), str(tmp_path / "out"), f"--chapter={CHAPTER}"]) == 2
    assert "Stopped: [Errno 28] No space left on device. What was graded is kept" in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["file", "missing", "a file for the grades"])
def test_folders_that_are_none_are_told_in_a_sentence(tmp_path, capsys, kind):
    folder, out = tmp_path / "submitted", tmp_path / "out"
    if kind == "file":
        folder.write_text("x", encoding="utf-8")
    elif kind != "missing":
        many(folder, 1)
        out.write_text("x", encoding="utf-8")
    assert command.main([str(folder), str(out), f"--chapter={CHAPTER}"]) == 2
    assert capsys.readouterr().err.splitlines()[-1].startswith("Nothing was graded: ")


def test_names_do_not_steer_the_terminal(tmp_path, capsys):
    folder = tmp_path / "submitted"
    (folder / "ana").mkdir(parents=True)
    (folder / "\x1b[31mbo\x07.txt").write_text("x", encoding="utf-8")
    (folder / "\x1b]0;cy\x07.ipynb").write_bytes(b"")
    command.main([str(folder), str(tmp_path / "out"), f"--chapter={CHAPTER}"])
    command._say("\x1b[2J\u202e")
    said = capsys.readouterr()
    assert not set(said.out + said.err) & {"\x1b", "\x07", "\u202e"}


def test_elsewhere_than_on_linux_a_sentence_says_so(monkeypatch, capsys):
    monkeypatch.setattr(sys, "platform", "win32")
    assert command.main(["x", "y"]) == 2
    assert "the grader needs Linux, and this is win32. On Windows it runs in WSL" in capsys.readouterr().err


# What makes a grade another one


def graded(folder, out, **changes):
    _, results, failed = batch.grade_class(folder, out, settings(workers=1, **changes))
    assert not failed
    return results, {path.name: path.stat().st_mtime_ns for path in (out / "results").iterdir()}


def test_other_limits_another_course_or_again_is_a_rerun(tmp_path, monkeypatch):
    folder, out = many(tmp_path / "submitted", 2), tmp_path / "out"
    _, first = graded(folder, out)
    assert graded(folder, out)[1] == first
    _, again = graded(folder, out, again=("STUDENT01",))
    assert sum(again[name] != at for name, at in first.items()) == 1
    _, longer = graded(folder, out, limits=Limits(7))
    assert all(longer[name] != at for name, at in again.items())
    monkeypatch.setattr(batch, "version", lambda: "another")
    assert all(graded(folder, out, limits=Limits(7))[1][name] != at for name, at in longer.items())
    with pytest.raises(ValueError, match="there is no student Zoe"):
        graded(folder, out, again=("Zoe",))


def test_the_inputs_depend_on_a_secret_of_the_class_that_stays(tmp_path):
    secret = batch.secret_of(tmp_path)
    assert batch.secret_of(tmp_path) == secret and len(secret) == 64
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600
    (tmp_path / "other").mkdir()
    assert batch.secret_of(tmp_path / "other") != secret
    seen = []

    class Recorder(Answering):
        def replies(self, seconds, number, **request):
            seen.append(request["calls"])
            return super().replies(seconds, number, **request)

    for one in (secret, secret, "another"):
        grading = grade._Grading(submissions.Submission("x", "y", "z"), [], Sandbox(Limits()), one)
        grading._session = Recorder({"value": 1})
        grading._judged(EXERCISES["decayed_rate"], checked=True)
    assert seen[0] == seen[1] != seen[2]
    (tmp_path / "secret").write_text("short", encoding="utf-8")
    with pytest.raises(ValueError, match="should hold the secret"):
        batch.secret_of(tmp_path)


# Other accounts of the machine, and where the course may lie


def other_account(*words):
    return subprocess.run(
        ["setpriv", "--reuid=54321", "--regid=54321", "--clear-groups", *words], capture_output=True, check=False
    )


def test_no_other_account_reaches_the_grader_or_the_grades():
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        submitted, out = many(Path(folder) / "submitted", 4), Path(folder) / "out"
        process = run_command(submitted, out, "--workers=2")
        wait_for_results(out, 1, process)
        tree = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
        doors = []
        for one in tree:
            with suppress(psutil.NoSuchProcess):
                doors += [c for c in one.net_connections("all") if c.status == psutil.CONN_LISTEN or c.laddr]
        assert len(tree) > 3 and not doors
        process.wait(200)
        for path in (out, out / "secret"):
            assert not stat.S_IMODE(path.stat().st_mode) & 0o077
        if os.getuid() == 0:
            assert other_account("ls", folder).returncode == 0
            assert other_account("ls", str(out)).returncode and other_account("cat", str(out / "secret")).returncode


LOOK = """
import os
marker = {marker!r}
found = [os.path.join(folder, name) for folder, _, names in os.walk("/") for name in names if name == marker]
import helpers.losses, helpers.exercises
from helpers.datasets import iris
assert len(iris()) == 150
raise Exception(found, os.path.exists("/usr/bin/ls"))
"""

RUN = """
import sys
from helpers.grading.sandbox import Limits, Sandbox
with Sandbox(Limits(), hidden=sys.argv[2:]) as box:
    session = box.session()
    print(session.ask(60, do="run", code=sys.argv[1])["raised"])
"""


def below():
    """Return folders that the sandbox shows in part, and in which a course may lie."""
    packages = Path(sysconfig.get_path("purelib"))
    folders = [
        packages,
        Path(sys.prefix),
        Path(sys.base_prefix) / "lib",
        Path("/usr/lib"),
        Path("/usr/src"),
        Path("/opt"),
    ]
    return [folder for folder in folders if os.access(folder, os.W_OK)]


@pytest.mark.parametrize("folder", below(), ids=str)
def test_nothing_of_the_course_is_seen_wherever_it_lies(folder):
    marker = f"marker-{os.getpid()}-{time.monotonic_ns()}"
    with tempfile.TemporaryDirectory(dir=folder, prefix="course-") as course:
        for name in ("helpers", "data"):
            shutil.copytree(ROOT / name, Path(course, name), ignore=shutil.ignore_patterns("__pycache__"))
        hidden = (
            Path(course) / "notebooks" / "solutions",
            Path(course) / "helpers" / "exercises",
            Path(course) / "class",
        )
        with tempfile.TemporaryDirectory(dir=folder, prefix="class-") as submitted:
            for place_ in (*hidden, Path(course), Path(submitted)):
                place_.mkdir(parents=True, exist_ok=True)
                (place_ / marker).write_text("x", encoding="utf-8")
            words = [sys.executable, "-c", RUN, LOOK.format(marker=marker), submitted]
            done = subprocess.run(
                words, cwd=course, env={**os.environ, "PYTHONPATH": course}, capture_output=True, text=True, check=False
            )
    assert done.stdout.strip() == "['Exception', '([], False)']", done.stderr


@pytest.mark.parametrize("processor", ["x86_64", "aarch64", "riscv64"])
def test_system_calls_are_refused_by_name_on_each_kind_of_processor(processor, tmp_path):
    rules = confine.rules_for_calls(processor)
    with (tmp_path / "rules").open("w+b") as file:
        assert confine._seccomp().seccomp_export_pfc(rules, file.fileno()) == 0
        file.seek(0)
        text = file.read().decode()
    assert processor in text
    for name in ("execve", "socket", "ptrace", "unshare", "mount", "memfd_create", "clone3", "clone", "io_uring_setup"):
        assert f'# filter for syscall "{name}"' in text


def test_what_is_left_of_a_stopped_notebook_costs_no_time():
    """When the time of a submission is up, no further cell is tried, and no process started."""
    starts = []

    class Slow(Answering):
        def replies(self, *_arguments, **_named):
            self.ended = True
            raise Stopped("its process ended")
            yield

    class Box:
        limits = Limits(total_seconds=5)

        def session(self, **_):
            starts.append(1)
            return Slow({})

    submission = submissions.Submission("x", "y", "z", cells=("1",) * 3000)
    verdicts, flags = grade.grade(submission, [EXERCISES["largest_rate"]], Box())
    assert len(starts) == grade.MOST_STARTS and len(flags) < 20
    assert verdicts["largest_rate"].outcome == INCORRECT


def test_judging_drawn_cases_asks_them_in_their_order():
    asked = []
    exercise = EXERCISES["decayed_rate"]
    cases = [(1, 2.0, 0.5, 1), (2, 2.0, 0.5, 1)]
    assert judge_on(exercise, cases, lambda *case: asked.append(case) or exercise.reference(*case)).share == 1
    assert asked == cases
    assert asdict(judge_on(exercise, cases, lambda *_: 0))["outcome"] == INCORRECT
