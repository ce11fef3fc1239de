"""A roster names who handed in, gives a row to who did not, and tells whom it does not know."""

from datetime import datetime

import pytest

from helpers.grading.archives import Item
from helpers.grading.platforms import Delivery, Student
from helpers.grading.roster import bare, identify, plain, read_roster, read_table

MOODLE = """Identifier,"Full name","Email address",Status,Grade,"Maximum Grade","Last modified (grade)",Comments
"Participant 123","Ana Lopez",ana@uni.edu,"Submitted for grading",,100.00,-,
"Participant 124","Ana Lopez",ana2@uni.edu,"No submission",,100.00,-,
"Participant 125","Bo Li",bo@uni.edu,"No submission",,100.00,-,
"""

CANVAS = """Student,ID,SIS User ID,SIS Login ID,Section,Homework 2 (4711)
    Points Possible,,,,,20
"Lopez, Ana",123,m1,alopez,A,
"Li, Bo",124,m2,bli,A,7
"Student, Test",9,,,A,
"""


def roster_of(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "roster.csv"
    path.write_bytes(text.encode(encoding))
    return read_roster(path)


def handed_in(*students):
    return Delivery("", list(students), [])


def of(name, **more):
    return Student(name, f"{name} {more.get('id', '')}", files=[Item((name,))], **more)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_it_reads_what_spreadsheets_write(tmp_path, encoding, delimiter):
    text = "First name,Last name,ID number,Email address\nJosé,Ñandú Lopez,007,jose@uni.edu\n\n".replace(",", delimiter)
    (person,) = roster_of(tmp_path, text.replace("\n", "\r\n"), encoding).people
    assert (person.name, person.id, person.email) == ("José Ñandú Lopez", "007", "jose@uni.edu")


@pytest.mark.parametrize(
    "name, codec", [("李雷", "gb18030"), ("朱镕基", "gb18030"), ("Ñandú", "cp1252"), ("Nuñez", "cp1252")]
)
def test_names_in_the_encodings_of_windows(tmp_path, name, codec):
    assert roster_of(tmp_path, f"name\n{name}\n", codec).people[0].name == name


def test_it_knows_moodle_s_worksheet(tmp_path):
    roster = roster_of(tmp_path, MOODLE)
    assert roster.kind == "Moodle"
    assert [(one.name, one.platform_id, one.id) for one in roster.people[:1]] == [("Ana Lopez", "123", "")]
    blind = "Identifier,Status,Grade,Last modified (grade)\nParticipant 7,,,-\n"
    assert roster_of(tmp_path, blind).people[0].name == "Participant 7"


def test_it_knows_canvas_s_gradebook(tmp_path):
    roster = roster_of(tmp_path, CANVAS)
    assert roster.kind == "Canvas" and roster.reachable["Homework 2 (4711)"] == "20"
    assert [(one.name, one.platform_id, one.id, one.username) for one in roster.people] == [
        ("Lopez, Ana", "123", "m1", "alopez"),
        ("Li, Bo", "124", "m2", "bli"),
    ]


@pytest.mark.parametrize(
    "text, said",
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        ("colour,size\nred,1\n", "its columns are colour, size"),
        ("Name\n", "nobody"),
    ],
)
def test_what_is_no_roster_is_said(tmp_path, text, said):
    with pytest.raises(ValueError, match=said):
        roster_of(tmp_path, text)


def test_a_workbook_and_a_file_that_is_not_there_are_said(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(b"PK\3\4")
    with pytest.raises(ValueError, match="save it as CSV"):
        read_table(tmp_path / "a.xlsx")
    with pytest.raises(ValueError, match="cannot be read"):
        read_table(tmp_path / "none.csv")
    (tmp_path / "long.csv").write_bytes(b'Name\n"' + b"x" * 200_000)
    with pytest.raises(ValueError, match="is no table"):
        read_table(tmp_path / "long.csv")


def test_numbers_of_the_platform_come_before_names(tmp_path):
    roster = roster_of(tmp_path, MOODLE)
    prefix = "Ana Lopez_124_assignsubmission_file_"
    students, people, remarks = identify(handed_in(of("Ana Lopez", id="124", prefix=prefix)), roster)
    assert [(one.name, one.email, bool(one.files), one.flags) for one in students] == [
        ("Ana Lopez", "ana@uni.edu", False, ["nothing was handed in"]),
        ("Ana Lopez", "ana2@uni.edu", True, []),
        ("Bo Li", "bo@uni.edu", False, ["nothing was handed in"]),
    ]
    assert [people[one.identity].platform_id for one in students] == ["123", "124", "125"] and remarks == []
    assert [one.id for one in students] == ["123", "124", "125"]


@pytest.mark.parametrize("said", ["Sunday, 8 March 2026, 11:59 PM", "Sunday, 8 March 2026, 23:59"])
def test_moodle_s_worksheet_says_when(tmp_path, said):
    roster = roster_of(tmp_path, f'Identifier,Full name,Last modified (submission)\nParticipant 1,Ana,"{said}"\n')
    (ana,), _, _ = identify(handed_in(of("Ana", dated_by="file")), roster)
    assert (ana.date, ana.dated_by) == (datetime(2026, 3, 8, 23, 59).astimezone(), "platform")


def test_dates_that_are_not_read_are_told(tmp_path):
    lines = 'Participant 1,Ana,"Sonntag, 8. März 2026, 23:59"\nParticipant 2,Bo,-\nParticipant 3,Cy,\n'
    roster = roster_of(tmp_path, f"Identifier,Full name,Last modified (submission)\n{lines}")
    students, _, (remark,) = identify(handed_in(of("Ana", dated_by="file")), roster)
    assert students[0].dated_by == "file" and "not read: 1, such as “Sonntag" in remark


def test_a_name_that_two_have_is_nobody_s(tmp_path):
    students, people, remarks = identify(handed_in(of("Ana Lopez")), roster_of(tmp_path, MOODLE))
    assert len(students) == 4 and students[3].files and students[3].identity not in people
    assert remarks == ["Ana Lopez is not on the roster, or not alone under that name: graded all the same."]


@pytest.mark.parametrize(
    "student",
    [
        of("lopezana", id="999", prefix="lopezana_999_1_"),
        of("whoever", id="123", prefix="whoever_123_1_"),
        of("Ana LÓPEZ"),
        of("lopez ana"),
        of("alopez"),
        of("m1"),
        of("x", username="ALopez"),
        of("y", id="M1"),
    ],
)
def test_many_ways_to_be_found(tmp_path, student):
    students, _, remarks = identify(handed_in(student), roster_of(tmp_path, CANVAS))
    assert remarks == [] and students[0].files and (students[0].name, students[0].id) == ("Lopez, Ana", "m1")


def test_an_address_finds_too(tmp_path):
    for student in (of("ANA2@uni.edu"), of("ana2"), of("z", email="ana2@uni.edu")):
        students, _, remarks = identify(handed_in(student), roster_of(tmp_path, MOODLE))
        assert remarks == [] and students[1].files


def test_two_names_of_one_person_are_one(tmp_path):
    students, _, remarks = identify(handed_in(of("bli"), of("Bo Li")), roster_of(tmp_path, CANVAS))
    assert len(students) == 2 and {item.name for item in students[1].files} == {"Bo Li", "bli"}
    assert len(remarks) == 1 and "counts as one" in remarks[0]


def test_a_stranger_is_graded_and_told(tmp_path):
    students, _, remarks = identify(handed_in(of("Zoe")), roster_of(tmp_path, CANVAS))
    assert [one.name for one in students] == ["Lopez, Ana", "Li, Bo", "Zoe"] and "Zoe is not on the roster" in remarks[
        0
    ]


def test_names_are_compared_without_accents_and_order():
    assert plain("López, José-María") == plain("Jose Maria LOPEZ") != plain("Jose Lopez")
    assert plain("李雷") == "李雷"


def test_names_are_sorted_and_found_as_whoever_types_them_without_accents():
    names = ["Zoe", "Émile", "Łukasz Żak", "anna", "Ole Ødegård", "Fay"]
    assert sorted(names, key=bare) == ["anna", "Émile", "Fay", "Łukasz Żak", "Ole Ødegård", "Zoe"]
    assert plain("Zak, Lukasz") == plain("Łukasz Żak")
