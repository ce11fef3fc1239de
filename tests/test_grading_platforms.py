"""What learning platforms deliver is read as it comes: whose it is, which attempt, when; nothing is lost."""

import io
import os
import stat
import struct
import zipfile
import zlib
from datetime import UTC, datetime

import pytest

from helpers.grading import archives, platforms
from helpers.grading.platforms import deliver

NOTEBOOK = b'{"cells": []}'


def zipped(files):
    """Return a zip; a value is the content, a dict (a zip within), or a `zipfile.ZipInfo` with content."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, zipped(content) if isinstance(content, dict) else content)
    return stream.getvalue()


def laid_out(folder, files):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(zipped(content) if isinstance(content, dict) else content)
    return folder


@pytest.fixture(params=["folder", "zip"])
def read(request, tmp_path):
    """Return a function that delivers files, as a folder and as one zip of all."""

    def delivered(files, assignment=None):
        scratch = tmp_path / "scratch"
        scratch.mkdir()
        if request.param == "folder":
            source = laid_out(tmp_path / "in", files)
        else:
            source = tmp_path / "in.zip"
            source.write_bytes(zipped(files))
        return deliver(source, scratch, assignment)

    return delivered


def by_name(delivery):
    return {student.name: student for student in delivery.students}


def places(student):
    return [item.place for item in student.files]


def test_moodle(read):
    delivery = read(
        {
            "Ana Lopez_123_assignsubmission_file_/02_learning_rate_exercises.ipynb": NOTEBOOK,
            "Ana Lopez_124_assignsubmission_file/sub/hw.ipynb": NOTEBOOK,
            "Bo Li_125_assignsubmission_onlinetext_/onlinetext.html": b"I could not do it",
            "Cy_126_assignsubmission_file_hw.ipynb": NOTEBOOK,
            "Dé O'Neill-Žák_127_assignsubmission_file_/hw.zip": {"deep/hw.ipynb": NOTEBOOK, "deep/a.png": b""},
            "Participant_128_assignsubmission_file_/hw.pdf": b"%PDF",
        }
    )
    assert delivery.layout == "Moodle: 6" and delivery.remarks == []
    assert [(one.name, one.id, len(one.files)) for one in delivery.students] == [
        ("Ana Lopez", "123", 1),
        ("Ana Lopez", "124", 1),
        ("Bo Li", "125", 0),
        ("Cy", "126", 1),
        ("Dé O'Neill-Žák", "127", 1),
        ("Participant", "128", 0),
    ]
    assert delivery.students[0].prefix == "Ana Lopez_123_assignsubmission_file_"
    assert delivery.students[2].flags == ["no notebook, but onlinetext.html"]
    assert delivery.students[5].flags == ["no notebook, but hw.pdf"]


def test_canvas(read):
    delivery = read(
        {
            "lopezana_LATE_123_456_hw-2.ipynb": NOTEBOOK,
            "lopezana_123_455_hw.ipynb": NOTEBOOK,
            "libo_124_9_hw.ipynb": NOTEBOOK,
            "libo_124_10_more.ipynb": NOTEBOOK,
            "李雷_125_700_hw_3.ipynb": NOTEBOOK,
        }
    )
    assert delivery.layout == "Canvas: 3"
    students = by_name(delivery)
    ana = students["lopezana"]
    assert (ana.id, ana.late, places(ana)) == ("123", True, ["lopezana_LATE_123_456_hw-2.ipynb"])
    assert ana.flags == ["earlier attempts, not graded: lopezana_123_455_hw.ipynb"]
    assert ana.prefix == "lopezana_LATE_123_456_"
    assert len(students["libo"].files) == 2 and not students["libo"].late
    assert students["李雷"].id == "125"


def test_blackboard(read):
    note = b"Name: Ana Lopez (alopez)\nAssignment: Homework 2\nDate Submitted: Sunday\n"
    delivery = read(
        {
            "Homework 2_alopez_attempt_2026-03-01-12-34-56.txt": note,
            "Homework 2_alopez_attempt_2026-03-01-12-34-56_hw.ipynb": NOTEBOOK,
            "Homework 2_alopez_attempt_2026-02-28-01-02-03_hw.ipynb": NOTEBOOK,
            "Homework 2_bli_attempt_2026-02-28-01-02-03_hw_final.ipynb": NOTEBOOK,
        }
    )
    assert delivery.layout == "Blackboard: 2" and delivery.remarks == []
    ana, bo = delivery.students
    assert (ana.name, ana.username, len(ana.files)) == ("Ana Lopez", "alopez", 1)
    assert (ana.date, ana.dated_by) == (datetime(2026, 3, 1, 12, 34, 56).astimezone(), "platform")
    assert "2026-02-28" in ana.flags[0] and (bo.name, bo.flags) == ("bli", [])


GRADESCOPE = b"""---
submission_1:
  :submitters:
  - :name: Ana Lopez
    :sid: '0071'
    :email: ana@uni.edu
  :created_at: 2026-03-01 12:34:56.789 Z
  :history:
  - :id: 4
submission_2:
  :submitters:
  - :name: Bo Li
    :email: bo@uni.edu
  - :name: Cy
    :email: cy@uni.edu
  :created_at: 2026-03-02 12:34:56 +00:00
"""


def test_gradescope(read):
    delivery = read(
        {
            "assignment_9_export/submission_metadata.yml": GRADESCOPE,
            "assignment_9_export/submission_1/hw.ipynb": NOTEBOOK,
            "assignment_9_export/submission_2/hw.ipynb": NOTEBOOK,
        }
    )
    assert delivery.layout == "Gradescope: 2"
    ana, both = delivery.students
    assert (ana.name, ana.id, ana.email, len(ana.files)) == ("Ana Lopez", "0071", "ana@uni.edu", 1)
    assert ana.date == datetime(2026, 3, 1, 12, 34, 56, 789000, UTC)
    assert both.name == "Bo Li and Cy"


@pytest.mark.parametrize(
    "text", [b"[" * 5000, b"- a", b"submission_1: 3", b"\xff\xfe", b"a: &a [*a, *a]", b"&a [*a]: 1"]
)
def test_a_damaged_list_of_gradescope_costs_the_names_alone(read, text):
    delivery = read({"submission_metadata.yml": text, "submission_1/hw.ipynb": NOTEBOOK})
    assert [one.name for one in delivery.students] == ["submission_1"]


def test_google_drive(read):
    delivery = read(
        {
            "Copy of ana.ipynb": NOTEBOOK,
            "ana.ipynb": NOTEBOOK,
            "ana (1).ipynb": NOTEBOOK,
            "02_learning_rate_exercises - Bo Li.ipynb": NOTEBOOK,
            "Copy of Copy of Cy Ng - 02_learning_rate_exercises (2).ipynb": NOTEBOOK,
            "02_learning_rate_exercises.ipynb": NOTEBOOK,
            "02_learning_rate_exercises (1).ipynb": NOTEBOOK,
        }
    )
    names = {one.name: len(one.files) for one in delivery.students}
    assert names == {
        "ana": 3,
        "Bo Li": 1,
        "Cy Ng": 1,
        "02_learning_rate_exercises": 1,
        "02_learning_rate_exercises (1)": 1,
    }
    assert "Google Drive" in delivery.layout
    unknown = by_name(delivery)["02_learning_rate_exercises (1)"]
    assert unknown.flags == ["whose it is, its name does not say"]


def fork(name, **more):
    files = {
        "helpers/__init__.py": b"",
        ".git/config": b"",
        "notebooks/02_learning_rate.ipynb": NOTEBOOK,
        "notebooks/exercises/02_learning_rate_exercises.ipynb": NOTEBOOK,
        "notebooks/solutions/02_learning_rate_exercises.ipynb": NOTEBOOK,
        "notebooks/appendix/frameworks.ipynb": NOTEBOOK,
        **more,
    }
    return {f"{name}/{inner}": content for inner, content in files.items()}


def test_github_classroom(read):
    delivery = read(fork("hw2-ana") | fork("hw2-bo-li", **{"mine.ipynb": NOTEBOOK}) | fork("hw2-cy-main/hw2-cy-main"))
    assert delivery.layout == "GitHub: 3"
    students = by_name(delivery)
    assert set(students) == {"ana", "bo-li", "cy"}
    assert places(students["ana"]) == ["hw2-ana/notebooks/exercises/02_learning_rate_exercises.ipynb"]
    assert len(students["bo-li"].files) == 2 and len(students["cy"].files) == 1


def test_a_zip_for_each_and_folders_around(read):
    delivery = read(
        {
            "submitted/ana.zip": {"solutions/hw.ipynb": NOTEBOOK, "__MACOSX/._hw.ipynb": b"x", "data/x.csv": b""},
            "submitted/bo.ZIP": {"a.zip": {"b.zip": {"hw.ipynb": NOTEBOOK}}},
            "submitted/cy.zip": {"a.zip": {"b.zip": {"c.zip": {"d.zip": {"hw.ipynb": NOTEBOOK}}}}},
            "submitted/.DS_Store": b"",
            "submitted/__MACOSX/ana.ipynb": b"",
            "submitted/data/x.csv": b"1",
            "submitted/images/a.png": b"1",
            "submitted/readme.txt": b"1",
        }
    )
    students = by_name(delivery)
    assert {name: len(one.files) for name, one in students.items()} == {"ana": 1, "bo": 1, "cy": 0}
    assert "a zip within 3 others" in students["cy"].flags[0]
    assert [line.split(":")[0] for line in delivery.remarks[1:]] == ["data/x.csv", "images/a.png", "readme.txt"]
    assert delivery.remarks[0].startswith("submitted/ holds everything else")


def test_one_student_is_no_folder_around(read):
    delivery = read({"ana/solutions/02_learning_rate_exercises.ipynb": NOTEBOOK, "ana/hw.ipynb": NOTEBOOK})
    assert [(one.name, len(one.files)) for one in delivery.students] == [("ana", 2)]


@pytest.mark.parametrize("name", ["ana.py", "ana.pdf", "ana.html", "ana.docx", "ana.rar", "ana.tar.gz"])
def test_the_wrong_kind_of_file_has_a_row(read, name):
    (student,) = read({name: b"x"}).students
    assert student.name.startswith("ana") and student.flags == [f"no notebook, but {name}"] and not student.files


@pytest.mark.parametrize("name", ["ana.IPYNB", "ana.ipynb.txt", "ana.ipynb.json", "ana.Ipynb.Txt"])
def test_a_notebook_with_another_ending_is_read(read, name):
    (student,) = read({name: NOTEBOOK}).students
    assert (student.name, len(student.files), student.flags) == ("ana", 1, [f"an ending of its own: {name}"])


def test_nbgrader_with_a_date_and_a_choice_of_assignment(read):
    files = {
        "ana/first/hw.ipynb": NOTEBOOK,
        "ana/second/hw.ipynb": NOTEBOOK,
        "ana/second/timestamp.txt": b"2026-03-01 12:00:00 UTC",
        "bo/first/hw.ipynb": NOTEBOOK,
    }
    ana, bo = read(files, "second").students
    assert places(ana) == ["ana/second/hw.ipynb"] and not bo.files
    assert ana.date == datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_links_are_told_and_not_followed(tmp_path):
    laid_out(tmp_path, {"in/ana/solutions/hw.ipynb": NOTEBOOK, "in/bo/readme.txt": b"", "in/cy/hw.ipynb": NOTEBOOK})
    os.symlink("../ana/solutions", tmp_path / "in/bo/solutions")
    os.symlink("ana", tmp_path / "in/eve")
    os.symlink("ana/solutions/hw.ipynb", tmp_path / "in/fay.ipynb")
    os.mkfifo(tmp_path / "in/pipe.ipynb")
    (tmp_path / "scratch").mkdir()
    students = by_name(deliver(tmp_path / "in", tmp_path / "scratch"))
    assert {name for name, one in students.items() if one.files} == {"ana", "cy"}
    assert students["bo"].flags == ["not read: solutions (a link, and links are not followed)"]
    assert all("a link" in students[name].flags[0] for name in ("eve", "fay"))
    assert "no regular file" in students["pipe"].flags[0]


def only(tmp_path, content, name="Ana_1_assignsubmission_file_"):
    """Deliver one student's zip beside another's notebook; return what became of it."""
    laid_out(tmp_path, {f"in/{name}/hw.zip": content, "in/Bo_2_assignsubmission_file_/hw.ipynb": NOTEBOOK})
    (tmp_path / "scratch").mkdir()
    ana, bo = deliver(tmp_path / "in", tmp_path / "scratch").students
    assert len(bo.files) == 1 and bo.flags == []
    return ana


def written(tmp_path):
    return sum(path.stat().st_size for path in (tmp_path / "scratch").iterdir())


def test_a_bomb_is_not_unpacked(tmp_path):
    ana = only(tmp_path, zipped({"hw.ipynb": bytes(60 << 20), "b.ipynb": NOTEBOOK}))
    assert "as only a trap would be" in ana.flags[0] and len(ana.files) == 1
    assert written(tmp_path) < 1000


def test_many_large_files_are_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "LARGEST_ZIP", 3000)
    ana = only(tmp_path, zipped({f"{i}.ipynb": os.urandom(1000) for i in range(5)}))
    assert len(ana.files) == 3 and len(ana.flags) == 2 and "MB when unpacked" in ana.flags[0]


def test_a_size_that_lies_writes_no_more_than_it_says(tmp_path):
    content = bytearray(zipped({"hw.ipynb": os.urandom(5000)}))
    at = content.index(b"PK\1\2")
    struct.pack_into("<I", content, at + 24, 10)
    struct.pack_into("<I", content, content.index(b"PK\3\4") + 22, 10)
    ana = only(tmp_path, bytes(content))
    assert "damaged" in ana.flags[0] and written(tmp_path) <= 10


def test_a_list_that_is_too_long_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "LARGEST_LIST", 1000)
    ana = only(tmp_path, zipped({f"{i}.txt": b"" for i in range(100)}))
    assert "lists too many files" in ana.flags[0]


@pytest.mark.parametrize("name", ["../hw.ipynb", "a/../../hw.ipynb", "/etc/hw.ipynb", "C:\\hw.ipynb", "..\\hw.ipynb"])
def test_a_name_that_leads_out_is_refused(tmp_path, name):
    ana = only(tmp_path, zipped({name: NOTEBOOK, "good.ipynb": NOTEBOOK}))
    assert len(ana.files) == 1 and "leads out of the zip" in ana.flags[0]
    assert not (tmp_path / "hw.ipynb").exists() and written(tmp_path) == len(NOTEBOOK)


def test_a_link_in_a_zip_is_refused(tmp_path):
    link = zipfile.ZipInfo("hw.ipynb")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    ana = only(tmp_path, stream.getvalue())
    assert not ana.files and "a link" in ana.flags[0] and written(tmp_path) == 0


def test_what_cannot_be_unpacked_is_told(tmp_path):
    good = zipped({"hw.ipynb": NOTEBOOK * 99})
    locked, strange, damaged = bytearray(good), bytearray(good), bytearray(good)
    for content, place, value in ((locked, 8, 1), (strange, 10, 97)):
        struct.pack_into("<H", content, content.index(b"PK\1\2") + place, value)
    damaged[45] ^= 255
    inner = {"locked.zip": bytes(locked), "strange.zip": bytes(strange), "damaged.zip": bytes(damaged)}
    inner |= {"no.zip": b"PK\3\4 or not", "cut.zip": good[:-30], "empty.zip": b""}
    ana = only(tmp_path, zipped(inner))
    told = {flag.split("hw/")[1].split(".")[0].split("/")[0]: flag for flag in ana.flags}
    assert set(told) == {"locked", "strange", "damaged", "no", "cut", "empty"}
    assert "password" in told["locked"] and "a way that is not read" in told["strange"]
    assert all("damaged" in told[name] for name in ("damaged", "no", "cut", "empty"))


def with_raw_name(content, ascii_name, raw):
    assert len(ascii_name) == len(raw)
    return content.replace(ascii_name, raw)


def test_names_that_collide_or_are_not_utf8_lose_nothing(tmp_path):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive, pytest.warns(UserWarning, match="Duplicate"):
        for name in ("ANA.ipynb", "ana.ipynb", "ana.ipynb", "xxxx.ipynb", "e\u0301va.ipynb", "tab\t\x1b[31m.ipynb"):
            archive.writestr(name, NOTEBOOK)
    source = tmp_path / "in.zip"
    source.write_bytes(with_raw_name(stream.getvalue(), b"xxxx", "李雷".encode("gbk")))
    (tmp_path / "scratch").mkdir()
    delivery = deliver(source, tmp_path / "scratch")
    names = {one.name: len(one.files) for one in delivery.students}
    assert names == {"ANA": 1, "ana": 2, "李雷": 1, "éva": 1, "tab\\t\\x1b[31m": 1}
    assert delivery.remarks == ["ANA, ana differ in capitals alone: each has a row."]


def test_what_is_no_folder_and_no_zip_is_said(tmp_path):
    (tmp_path / "a.rar").write_bytes(b"Rar!")
    (tmp_path / "in").mkdir()
    (tmp_path / "cut.zip").write_bytes(b"PK\5\6")
    for name, said in {
        "a.rar": "neither a folder nor a zip",
        "none": "there is no folder",
        "in": "no submissions",
    }.items():
        with pytest.raises(ValueError, match=said):
            deliver(tmp_path / name, tmp_path / "in")
    with pytest.raises(ValueError, match="neither"):
        deliver(tmp_path / "cut.zip", tmp_path / "in")


@pytest.mark.skipif(os.getuid() == 0, reason="root reads every folder")
def test_a_folder_that_cannot_be_read_is_told(tmp_path):
    laid_out(tmp_path, {"in/ana/hw.ipynb": NOTEBOOK, "in/bo/hw.ipynb": NOTEBOOK})
    (tmp_path / "in/bo").chmod(0)
    students = by_name(deliver(tmp_path / "in", tmp_path))
    assert "cannot be read" in students["bo"].flags[0] and students["ana"].files


def test_random_bytes_in_a_zip_end_in_a_row(tmp_path):
    """Each byte of a zip's heads and list, changed one at a time: no error, and the other student is unharmed."""
    good = zipped({"a/hw.ipynb": NOTEBOOK * 3, "b.ipynb": zlib.compress(NOTEBOOK)})
    for at in range(len(good)):
        for change in (1, 128, 255):
            content = bytearray(good)
            content[at] ^= change
            item = archives.Item(("ana", "hw.zip"), tmp_path / "hw.zip")
            item.path.write_bytes(content)
            scratch = tmp_path / f"{at} {change}"
            scratch.mkdir()
            found = archives._Unpacking(scratch, platforms._is_wanted).zip(item, 1)
            assert all(one.refused or one.folder or one.parts for one in found)
            assert sum(path.stat().st_size for path in scratch.iterdir()) < 10_000
