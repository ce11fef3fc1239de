"""A class with numbers of its own, from the hand-out to the grades; nobody gets points for another one's."""

import csv
import json
import os
import re
import subprocess
import sys

import pytest

from helpers.exercises import of_chapter
from helpers.exercises.variants import VARIATIONS, numbers_of, tag_in, tag_of, text_of
from helpers.grading import __main__ as command
from helpers.grading.roster import read_roster
from helpers.grading.secret_file import secret_in
from helpers.language import COURSE, place_of, spoken
from tools.hand_out import hand_out_variants, main
from tools.make_exercises import STUDENTS, all_answers

NAME = "01_complexity_exercises.ipynb"
ANSWERS = all_answers()
VARIED = {exercise.name for exercise in of_chapter(1)} & set(VARIATIONS)
POINTS = sum(exercise.points for exercise in of_chapter(1))
LOST = sum(exercise.points for exercise in of_chapter(1) if exercise.name in VARIED)


def solve(path, tag):
    """Return a notebook with the worked solutions for a student's numbers."""
    notebook = json.loads(path.read_text("utf-8"))
    for cell in notebook["cells"]:
        name = cell["id"].removesuffix("_answer")
        if cell["id"].endswith("_answer"):
            cell["source"] = text_of(name, ANSWERS[name], tag)
    return json.dumps(notebook)


def grade_a_class(folder):
    """Hand out, solve and grade in the language that is spoken; return the tags and the rows of the table."""
    names = ["Ana Lopez", "Bo Li", "Eve Stone", "Ida Moe", "Ute Frank", "Zoe Hall"]
    lines = [f"{name},{name.split()[0].lower()}@uni.edu" for name in names]
    (folder / "roster.csv").write_text("\n".join(["name,email", *lines]), "utf-8")
    (folder / "variants.secret").write_text("s" * 64, "utf-8")  # with some, two of them have the same right answer
    people, secret = read_roster(folder / "roster.csv").people, secret_in(folder / "variants.secret")
    hand_out_variants(folder / "for-each", people, secret)
    tags = {person.name: tag_of(secret, person) for person in people}
    got = {name: next((folder / "for-each").glob(f"{name.replace(' ', '_')}-*")) / NAME for name in names}
    (folder / "in").mkdir()
    foreign = solve(got["Ana Lopez"], tags["Ana Lopez"]).replace(tags["Ana Lopez"], "0123456789abcdef")
    handed_in = {
        "ana": solve(got["Ana Lopez"], tags["Ana Lopez"]),
        "bo": solve(got["Ana Lopez"], tags["Ana Lopez"]),  # a friend's notebook as it is
        "eve": solve(place_of(spoken(), STUDENTS) / NAME, ""),  # what the internet has
        "ida": solve(got["Ida Moe"], tags["Ida Moe"]).replace("backward_macs = ", "backward_macs = object() or "),
        "ute": foreign,
        # Zoe hands in nothing.
    }
    for name, text in handed_in.items():
        (folder / "in" / f"{name}.ipynb").write_text(text, "utf-8")
    words = ["in", "out", "--roster", "roster.csv", "--variants", "variants.secret"]
    assert command.main([str(folder / word) if not word.startswith("--") else word for word in words]) == 0
    with (folder / "out" / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    return tags, rows


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("class")
    return folder, *grade_a_class(folder)


def test_who_solves_the_own_numbers_gets_all_points_and_no_flag(graded):
    _, _, rows = graded
    assert (rows["Ana Lopez"]["total"], rows["Ana Lopez"]["flags"]) == (str(POINTS), "")


@pytest.mark.parametrize(
    ("name", "flag"),
    [
        ("Bo Li", "that of Ana Lopez"),
        ("Eve Stone", "a notebook that was made for nobody"),
        ("Ute Frank", "that of nobody in this class"),
    ],
)
def test_the_tag_of_a_notebook_is_not_trusted(graded, name, flag):
    _, _, rows = graded
    assert f"another variant: {flag}" in rows[name]["flags"].split("; ")
    assert rows[name]["total"] == str(POINTS - LOST)
    assert {exercise for exercise in VARIED if rows[name][exercise] != "0"} == set()


def test_who_hands_in_nothing_has_no_variant_to_explain(graded):
    assert graded[2]["Zoe Hall"]["flags"] == "nothing was handed in"


def test_a_page_names_the_students_own_network(graded):
    folder, tags, rows = graded
    text = (folder / "out" / rows["Ana Lopez"]["page"]).read_text("utf-8")
    hidden = numbers_of("backward_macs", tags["Ana Lopez"])["hidden"]
    assert f"the way back of 784-{hidden}-10" in text and "784-128-10" not in text


def test_each_student_gets_all_chapters_and_one_tag(graded):
    folder, tags, _ = graded
    for person in (folder / "for-each").iterdir():
        notebooks = [json.loads(path.read_text("utf-8")) for path in person.iterdir()]
        code = [[cell["source"] for cell in one["cells"] if cell["cell_type"] == "code"] for one in notebooks]
        (tag,) = {tag_in(cells) for cells in code}
        assert len(notebooks) == 5 and tag in tags.values() and person.name.endswith(tag[:8])
        assert not any(cell.get("outputs") for one in notebooks for cell in one["cells"])


def test_what_is_missing_is_told(graded, tmp_path, capsys):
    folder, _, _ = graded
    words = [str(folder / "in"), str(tmp_path / "out"), "--variants", str(tmp_path / "none")]
    assert command.main(words) == 2 and "--variants needs --roster" in capsys.readouterr().err
    assert command.main([*words, "--roster", str(folder / "roster.csv")]) == 2
    assert "name the file that was used" in capsys.readouterr().err
    assert "belong together" in main([str(tmp_path / "course"), "--variants", str(tmp_path / "secret")])
    (tmp_path / "twins.csv").write_text("name\nAna\nana\n", "utf-8")
    with pytest.raises(ValueError, match="cannot be told apart: "):
        hand_out_variants(tmp_path / "each", read_roster(tmp_path / "twins.csv").people, "s" * 32)


IN_CHINESE = """
import json, sys
from pathlib import Path
from tests.test_grading_variants import grade_a_class

print(json.dumps(grade_a_class(Path(sys.argv[1]))))
"""


@pytest.fixture(scope="module")
def graded_in_chinese(tmp_path_factory):
    folder = tmp_path_factory.mktemp("class-zh")
    return folder, *json.loads(_in_chinese([sys.executable, "-c", IN_CHINESE, str(folder)]).splitlines()[-1])


def _in_chinese(command, **more):
    environment = {**os.environ, "COURSE_LANGUAGE": "zh", "PYTHONUTF8": "1", "PYTHONPATH": str(COURSE)}
    return subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True, **more).stdout


def test_a_chinese_class_has_chinese_notebooks_flags_and_pages(graded_in_chinese):
    folder, _, rows = graded_in_chinese
    notebook = next((folder / "for-each").glob(f"Ana_Lopez-*/{NAME}")).read_text("utf-8")
    assert 'use(\\"zh\\")' in notebook
    assert (rows["Ana Lopez"]["total"], rows["Ana Lopez"]["flags"]) == (str(POINTS), "")
    for name, flag in {"Bo Li": "是 Ana Lopez 的", "Eve Stone": "这份笔记本不是为任何人生成的"}.items():
        assert f"数值不同：{flag}" in rows[name]["flags"].split("; ")
        assert rows[name]["total"] == str(POINTS - LOST)
    assert rows["Zoe Hall"]["flags"] == "没有提交"
    summary = (folder / "out" / "summary.html").read_text("utf-8")
    shown = re.sub(r"<style>.*?</style>|<[^>]+>", "\n", summary, flags=re.DOTALL)
    assert '<html lang="zh">' in summary and "所有学生" in shown
    assert re.findall(r"[a-z]+ [a-z]+ [a-z]+", shown) == []


def test_what_the_sandbox_says_to_a_chinese_class_is_chinese(graded_in_chinese):
    folder, _, rows = graded_in_chinese
    assert rows["Ida Moe"]["backward_macs"] == "0"
    assert "object 类型的对象" in (folder / "out" / rows["Ida Moe"]["page"]).read_text("utf-8")


def test_a_chinese_notebook_is_checked_at_home_with_its_own_numbers(graded_in_chinese, tmp_path):
    folder, tags, _ = graded_in_chinese
    path = next((folder / "for-each").glob(f"Ana_Lopez-*/{NAME}"))
    cells = [cell for cell in json.loads(solve(path, tags["Ana Lopez"]))["cells"] if cell["cell_type"] == "code"]
    code = "\n".join("".join(cell["source"]) for cell in cells)
    code += "\nfor name in NAMES:\n    print('*', check(name, globals()[name]))"
    names = [exercise.name for exercise in of_chapter(1)]
    said = _in_chinese([sys.executable, "-c", f"NAMES = {names}\n{code}"], cwd=tmp_path)
    verdicts = [line for line in said.splitlines() if line.startswith("*")]
    assert len(verdicts) == len(names) and all(line.startswith("* ✓ 正确。") for line in verdicts)
