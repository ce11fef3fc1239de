"""A copy for a class: it works, and holds no solution unless the teacher wants it to."""

import json
import os
import subprocess
import sys

import pytest

from tools.hand_out import main
from tools.make_exercises import all_answers

ASK = """
from helpers.exercises.feedback import check, solution
message = check("decayed_rate", lambda *case: 1.0)
print("A worked solution" in message.help, solution("decayed_rate").text)
"""


@pytest.fixture(params=[False, True], ids=["without", "with"])
def handed_out(request, tmp_path, capsys):
    arguments = [str(tmp_path / "course"), *["--with-solutions"] * request.param]
    assert main(arguments) is None and "holds the course" in capsys.readouterr().out
    assert "is there already" in main(arguments)
    return tmp_path / "course", request.param


def test_a_class_gets_solutions_only_if_its_teacher_wants_it(handed_out, tmp_path):
    course, with_solutions = handed_out
    surroundings = {**os.environ, "PYTHONPATH": str(course), "COURSE_PROGRESS": str(tmp_path / "progress.json")}
    done = subprocess.run(
        [sys.executable, "-c", ASK], cwd=course, env=surroundings, capture_output=True, text=True, check=True
    )
    offered, _, said = done.stdout.partition(" ")
    assert offered == str(with_solutions)
    assert ("return base * rate" in said) == with_solutions
    assert with_solutions or said.strip() == "Your teacher has kept the solutions back."


def test_no_file_of_the_copy_holds_a_worked_solution(handed_out):
    course, _ = handed_out
    assert not {"tests", ".git", ".venv", "classroom"} & {path.name for path in course.iterdir()}
    assert [path.name for path in (course / "tools").iterdir()] == ["set_up.py"]
    assert not (course / "notebooks" / "solutions").exists()
    comments = {line.strip() for text in all_answers().values() for line in text.splitlines() if "# " in line}
    texts = [
        path.read_text(encoding="utf-8") for end in ("py", "ipynb", "md", "po") for path in course.rglob(f"*.{end}")
    ]
    assert len(comments) > 40 and len(texts) > 100
    assert not {comment for comment in comments if any(json.dumps(comment)[1:-1] in text for text in texts)}
