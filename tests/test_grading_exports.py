"""Grades go back to where the class came from: the table and the zip are as the platform reads them."""

import csv
import io
import json
import zipfile

import pytest

from helpers.grading import term
from helpers.grading.exports import number, table, write_exports
from helpers.grading.platforms import Student
from helpers.grading.roster import read_roster, read_table
from tests.test_grading_roster import CANVAS, MOODLE

ANA, BO, CY = "a" * 16, "b" * 16, "c" * 16


def grade(key, total, flags=(), **more):
    base = {"key": key, "total": total, "flags": [*flags], "said": [], "comments": {}, "by_hand": [], "bonus": 0}
    return {**base, **more}


def rows_of(path):
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf") and b"\r" not in content
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def exported(tmp_path, grades, students, roster_text=None, people=(), column="Chapter 2", reachable=10):
    roster = None
    if roster_text:
        (tmp_path / "roster.csv").write_text(roster_text, encoding="utf-8")
        roster = read_roster(tmp_path / "roster.csv")
    known = {key: roster.people[line] for key, line in dict(people).items()}
    pages = {one["key"]: tmp_path / f"{one['key'][:1]}.html" for one in grades}
    for page in pages.values():
        page.write_text("page", encoding="utf-8")
    return write_exports(tmp_path, grades, students, known, roster, reachable=reachable, column=column, pages=pages)


def names_in_zip(tmp_path):
    with zipfile.ZipFile(tmp_path / "feedback.zip") as archive:
        return archive.namelist()


def test_moodle_s_worksheet_comes_back_with_grades(tmp_path):
    students = {
        ANA: Student("Ana Lopez", "1", prefix="Ana Lopez_123_assignsubmission_file_"),
        BO: Student("Ana Lopez", "2"),
        CY: Student("Zoe", "3"),
    }
    text = MOODLE.replace("Comments", "Feedback comments")
    grades = [
        grade(ANA, 9.5, said=["Late."], comments={"": "Well done.", "ravine_rate": "x"}),
        grade(BO, 0, ["nothing was handed in"]),
        grade(CY, 3),
    ]
    remarks = exported(tmp_path, grades, students, text, {ANA: 0, BO: 1})
    rows = rows_of(tmp_path / "moodle.csv")
    assert list(rows[0]) == read_table(tmp_path / "roster.csv")[0]
    assert [(row["Identifier"], row["Grade"]) for row in rows] == [
        ("Participant 123", "95"),
        ("Participant 124", ""),
        ("Participant 125", ""),
    ]
    assert rows[0]["Feedback comments"] == "Late. Well done."
    assert len(remarks) == 2 and "multiplied by 10" in remarks[0] and remarks[1] == "Zoe is not in moodle.csv."
    assert names_in_zip(tmp_path) == [
        "Ana Lopez_123_assignsubmission_file_/feedback.html",
        "Ana Lopez_124_assignsubmission_file_/feedback.html",
        "c.html",
    ]
    assert not (tmp_path / "canvas.csv").exists()


def test_by_hand_who_handed_in_nothing_has_a_grade(tmp_path):
    one = grade(ANA, 4, ["nothing was handed in"], by_hand=["ravine_rate"])
    exported(tmp_path, [one], {ANA: Student("Ana Lopez", "1")}, MOODLE, {ANA: 0})
    assert rows_of(tmp_path / "moodle.csv")[0]["Grade"] == "40"


def test_moodle_without_a_roster(tmp_path):
    students = {ANA: Student("=Ana", "1", id="123", prefix="=Ana_123_assignsubmission_file_"), BO: Student("Bo", "2")}
    exported(tmp_path, [grade(ANA, 1 / 3), grade(BO, 2)], students)
    (row,) = rows_of(tmp_path / "moodle.csv")
    assert (row["Identifier"], row["Full name"], row["Grade"]) == ("Participant 123", "'=Ana", "0.33")
    assert row["Last modified (grade)"] == "-"


def test_more_points_than_moodle_takes_are_told(tmp_path):
    students = {ANA: Student("Ana Lopez", "123"), BO: Student("Bo Li", "124")}
    remarks = exported(tmp_path, [grade(ANA, 11), grade(BO, 10)], students, MOODLE, {ANA: 0, BO: 1})
    assert remarks[-1] == "Moodle may refuse more points than its maximum grade: Ana Lopez."


def test_canvas_s_gradebook_comes_back_with_one_column(tmp_path):
    students = {ANA: Student("Lopez, Ana", "1", prefix="lopezana_LATE_123_456_"), BO: Student("Li, Bo", "2")}
    grades = [grade(ANA, 9), grade(BO, 0, ["nothing was handed in"])]
    remarks = exported(tmp_path, grades, students, CANVAS, {ANA: 0, BO: 1}, column="Homework 2")
    rows = rows_of(tmp_path / "canvas.csv")
    assert list(rows[0]) == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Homework 2 (4711)"]
    assert [(row["Student"], row["ID"], row["Homework 2 (4711)"]) for row in rows] == [
        ("    Points Possible", "", "20"),
        ("Lopez, Ana", "123", "18"),
        ("Li, Bo", "124", "7"),
    ]
    assert len(remarks) == 1 and "multiplied by 2" in remarks[0]
    assert names_in_zip(tmp_path) == ["b.html", "lopezana_LATE_123_456_feedback.html"]


def test_a_column_that_canvas_has_not_is_told(tmp_path):
    students = {ANA: Student("Lopez, Ana", "1"), CY: Student("Zoe", "3")}
    remarks = exported(tmp_path, [grade(ANA, 9), grade(CY, 1)], students, CANVAS, {ANA: 0})
    assert rows_of(tmp_path / "canvas.csv")[1]["Chapter 2"] == "9"
    assert "“Chapter 2” is no column" in remarks[0] and remarks[1] == "Zoe is not in canvas.csv."


def test_canvas_without_a_roster(tmp_path):
    students = {ANA: Student("lopezana", "1", id="123", prefix="lopezana_123_456_")}
    exported(tmp_path, [grade(ANA, 9)], students)
    possible, row = rows_of(tmp_path / "canvas.csv")
    assert (possible["Chapter 2"], row["ID"], row["Chapter 2"]) == ("10", "123", "9")


def test_what_no_longer_belongs_goes_and_no_name_leads_out_of_the_zip(tmp_path):
    (tmp_path / "canvas.csv").write_text("old", encoding="utf-8")
    students = {ANA: Student("x", "1", id="1", prefix="../..\\x:_1_assignsubmission_file_")}
    exported(tmp_path, [grade(ANA, 9)], students)
    assert not (tmp_path / "canvas.csv").exists()
    (name,) = names_in_zip(tmp_path)
    assert not {"..", ""} & set(name.split("/")) and name.count("/") == 1 and not set(name) & set("\\:")
    before = (tmp_path / "feedback.zip").read_bytes()
    exported(tmp_path, [grade(ANA, 9)], students)
    assert (tmp_path / "feedback.zip").read_bytes() == before


def test_any_other_class_has_the_pages_alone(tmp_path):
    exported(tmp_path, [grade(ANA, 9)], {ANA: Student("Ana", "1")}, "Name,Email\nAna,a@b\n", {ANA: 0})
    assert not (tmp_path / "moodle.csv").exists() and not (tmp_path / "canvas.csv").exists()
    assert names_in_zip(tmp_path) == ["a.html"]


@pytest.mark.parametrize(
    "points, text", [(0, "0"), (10, "10"), (2 / 3, "0.67"), (100.0, "100"), (1.5, "1.5"), (12345678, "12345678")]
)
def test_numbers_are_short(points, text):
    assert number(points) == text


def chapter(folder, number, rows, out_of=10):
    folder.mkdir(parents=True)
    (folder / "chapter.json").write_text(json.dumps(number), encoding="utf-8")
    lines = [{**dict(zip(("student", "id", "email", "total"), row, strict=True)), "out_of": out_of} for row in rows]
    text = table(["student", "id", "email", "total", "out_of"], lines)
    (folder / "grades.csv").write_text(text, encoding="utf-8")
    return folder


def test_one_table_over_the_chapters_of_a_term(tmp_path, capsys):
    first = chapter(
        tmp_path / "1", 1, [("Ana", "1", "", "9.5"), ("Bo", "", "b@u", 3), ("Li", "", "", 1), ("Li", "", "", 2)], 11
    )
    second = chapter(
        tmp_path / "2", 2, [("Ana L.", "1", "", 10), ("bo", "", "", 4), ("Cy", "", "", 5), ("Ana", "9", "", 2)]
    )
    words = [str(first), str(second), f"--to={tmp_path / 'term.csv'}"]
    assert term.main(words) == 0
    said = capsys.readouterr()
    assert "Li is 2 lines" in said.err and "6 students, 2 chapters" in said.out
    rows = rows_of(tmp_path / "term.csv")
    assert [tuple(row.values()) for row in rows] == [
        ("Ana", "1", "", "9.5", "10", "19.5", "21"),
        ("Ana", "9", "", "", "2", "2", "21"),
        ("Bo", "", "b@u", "3", "4", "7", "21"),
        ("Cy", "", "", "", "5", "5", "21"),
        ("Li", "", "", "1", "", "1", "21"),
        ("Li", "", "", "2", "", "2", "21"),
    ]
    assert list(rows[0])[3:5] == ["chapter 1", "chapter 2"]


def test_a_folder_without_grades_is_said(tmp_path, capsys):
    assert term.main([str(tmp_path / "none")]) == 2
    assert "none holds no grades of a chapter" in capsys.readouterr().err
