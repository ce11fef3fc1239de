"""Grades follow from verdicts, rules and what was given by hand; what is written wrongly gets a sentence."""

from datetime import datetime, timedelta

import pytest

from helpers.exercises import EXERCISES
from helpers.grading.platforms import Student
from helpers.grading.rules import Rules, read_by_hand, read_rules, settle, strangers_with_more_time

#: Six of them, so that the sums below can be done in the head.
NAMES = ("decayed_rate", "largest_rate", "losses_of_descent", "steps_needed", "ravine_rate", "why_decay")
CHAPTER2 = [EXERCISES[name] for name in NAMES]
DEADLINE = datetime(2026, 3, 8, 23, 59).astimezone()


def result_of(key="k", wrong=(), share=0.0):
    verdicts = {}
    for exercise in CHAPTER2:
        right = exercise.name not in wrong
        verdicts[exercise.name] = {
            "outcome": "correct" if right else "incorrect",
            "points": exercise.points if right else 0,
            "share": 1.0 if right else share,
            "message": "",
            "slip": "",
        }
    return {"student": key, "key": key, "flags": ["a flag"], "answers": {}, "verdicts": verdicts}


def student(date=None, dated_by="platform", late=False, **more):
    return Student("Ana Lopez", "ana", files=["hw.ipynb"], date=date, dated_by=dated_by, late=late, **more)


def settled(rules=None, by_hand=None, who=None, **more):
    (one,) = settle([result_of(**more)], CHAPTER2, {"k": who or student()}, rules, by_hand)
    return one


def test_without_rules_a_grade_is_the_sum_of_the_points():
    one = settled(wrong={"decayed_rate"})
    assert (one["total"], one["flags"], one["said"]) == (8, ["a flag"], [])
    assert one["points"]["decayed_rate"] == 0 and one["points"]["ravine_rate"] == 2


@pytest.mark.parametrize("share, points", [(0.0, 8), (0.75, 9.5), (7 / 8, 9.75)])
def test_parts_of_points_are_off_until_asked_for(share, points):
    assert settled(wrong={"decayed_rate"}, share=share)["total"] == 8
    assert settled(Rules(partial=True), wrong={"decayed_rate"}, share=share)["total"] == points


def test_weights_and_bonus():
    rules = Rules(weights={"decayed_rate": 2.5, "why_decay": 0}, bonus=("ravine_rate",))
    assert rules.reachable(CHAPTER2) == 5 + 1 + 2 + 2
    one = settled(rules)
    assert one["total"] == 5 + 1 + 2 + 2 + 2 and one["points"]["decayed_rate"] == 5


@pytest.mark.parametrize(
    "after, grace, total, flag",
    [
        (timedelta(minutes=-1), 0, 10, None),
        (timedelta(minutes=10), 10, 10, None),
        (timedelta(minutes=11), 10, 9, "late by 1 day: 10 % less"),
        (timedelta(days=1, minutes=1), 0, 8, "late by 2 days: 20 % less"),
        (timedelta(days=99), 0, 5, "late by 99 days: 50 % less"),
    ],
)
def test_late(after, grace, total, flag):
    rules = Rules(deadline=DEADLINE, per_day=10, at_most=50, grace_minutes=grace)
    one = settled(rules, who=student(DEADLINE + after))
    assert one["total"] == total and one["flags"] == ["a flag", *[flag] * bool(flag)]
    assert len(one["said"]) == bool(flag)


def test_the_date_of_a_file_counts_only_if_told_so():
    who = student(DEADLINE + timedelta(hours=1), "file")
    rules = Rules(deadline=DEADLINE, per_day=10)
    assert settled(rules, who=who)["total"] == 10
    assert settled(rules, who=who)["flags"][-1] == "late by 1 day, says the date of the file, which does not count"
    assert settled(Rules(deadline=DEADLINE, per_day=10, dates="file"), who=who)["total"] == 9


def test_late_as_the_platform_says_without_a_date_costs_nothing():
    one = settled(Rules(deadline=DEADLINE, per_day=10), who=student(late=True))
    assert (one["total"], one["flags"][-1]) == (10, "late, says the platform")


def test_more_time_for_one():
    rules = Rules(
        deadline=DEADLINE, per_day=10, extensions={"ana lopez": DEADLINE + timedelta(days=3), "Zoe": DEADLINE}
    )
    assert settled(rules, who=student(DEADLINE + timedelta(days=2), late=True))["flags"] == ["a flag"]
    assert settled(rules, who=student(DEADLINE + timedelta(days=4)))["flags"][-1] == "late by 1 day: 10 % less"
    (said,) = strangers_with_more_time(rules, {"k": student()})
    assert "“Zoe”" in said


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def test_rules_are_read(tmp_path):
    text = """
deadline = 2026-03-08T23:59:00+01:00
grace_minutes = 10
per_day = 12.5
at_most = 50
dates = "file"
partial = true
bonus = ["ravine_rate"]
[weights]
decayed_rate = 2
[extensions]
"Ana Lopez" = 2026-03-10T23:59:00
"""
    rules = read_rules(write(tmp_path / "rules.toml", text), EXERCISES.values())
    assert rules.deadline == datetime.fromisoformat("2026-03-08T23:59:00+01:00")
    assert (rules.per_day, rules.bonus, rules.weights) == (12.5, ("ravine_rate",), {"decayed_rate": 2})
    assert rules.extensions["Ana Lopez"] == datetime(2026, 3, 10, 23, 59).astimezone()
    assert read_rules(write(tmp_path / "rules.toml", ""), EXERCISES.values()) == Rules()


@pytest.mark.parametrize(
    "line, said",
    [
        ("deadline = 2026-03-08", "a date and a time"),
        ('deadline = "tomorrow"', "a date and a time"),
        ("grace_minutes = -1", "number of minutes"),
        ("per_day = 200", "per cent"),
        ("per_day = nan", "per cent"),
        ("per_day = true", "per cent"),
        ('dates = "mine"', '"platform" or "file"'),
        ("partial = 1", "true or false"),
        ("extensions = 3", "each name"),
        ("extensions = {ana = 3}", "each name"),
        ("weights = {nonsense = 2}", "nonsense is none"),
        ("weights = {ravine_rate = -2}", "at least 0"),
        ("weights = 2", "at least 0"),
        ("bonus = 2", "a list"),
        ("bonus = [[]]", "is none"),
        ("per_dya = 10", "is no rule; there are deadline"),
        ("per_day 10", "not written as TOML"),
    ],
)
def test_rules_that_are_none_are_said(tmp_path, line, said):
    with pytest.raises(ValueError, match=said):
        read_rules(write(tmp_path / "rules.toml", line), EXERCISES.values())


STUDENTS = {
    "k": Student("Ana Lopez", "ana", id="007", email="ana@uni.edu"),
    "b": Student("Bo Li", "bo", id="8"),
    "c": Student("Bo Li", "bo 2", id="9"),
}


def by_hand(tmp_path, lines):
    path = write(tmp_path / "overrides.csv", f"Student,Exercise,Points,Comment\n{lines}")
    return read_by_hand(path, CHAPTER2, STUDENTS)


def test_points_and_comments_by_hand(tmp_path):
    lines = 'ana@uni.edu,decayed_rate,"1,5",Nearly.\nlopez ana,3,,See me.\n007,BONUS,-1,\n9,,,Well done.\n'
    given, remarks = by_hand(tmp_path, lines)
    assert remarks == []
    assert given == {
        ("k", "decayed_rate"): (1.5, "Nearly."),
        ("k", "losses_of_descent"): (None, "See me."),
        ("k", "bonus"): (-1, ""),
        ("c", ""): (None, "Well done."),
    }
    one = settled(Rules(weights={"decayed_rate": 2}), given)
    assert one["points"]["decayed_rate"] == 3 and one["total"] == 3 + 8 - 1
    assert one["comments"] == {"decayed_rate": "Nearly.", "losses_of_descent": "See me."}
    assert one["by_hand"] == ["decayed_rate"] and "points by hand: decayed_rate" in one["flags"]
    assert one["said"] == ["Added by hand: -1 points."]


def test_points_by_hand_are_not_parts_of_points(tmp_path):
    given, _ = by_hand(tmp_path, "007,decayed_rate,0,\n")
    assert settled(Rules(partial=True), given, wrong={"decayed_rate"}, share=0.9)["total"] == 8


@pytest.mark.parametrize(
    "line, said",
    [
        ("Bo Li,decayed_rate,1,", "is nobody here, or several"),
        ("Zoe,decayed_rate,1,", "“Zoe” is nobody"),
        (",decayed_rate,1,", "is nobody"),
        ("007,nonsense,1,", "is no exercise of this chapter"),
        ("007,parameter_count,1,", "is no exercise of this chapter"),
        ("007,decayed_rate,3,", "has 0 to 2 points"),
        ("007,decayed_rate,-1,", "has 0 to 2 points"),
        ("007,decayed_rate,nan,", "no number"),
        ("007,bonus,1e999,", "no number"),
        ("007,decayed_rate,two,", "no number"),
        ("007,decayed_rate,,", "no points and no comment"),
        ("007,,1,", "points need an exercise"),
        ("007", "no points and no comment"),
    ],
)
def test_a_line_that_cannot_be_used_gets_a_sentence(tmp_path, line, said):
    given, (remark,) = by_hand(tmp_path, f"{line}\n007,why_decay,1,\n")
    assert given == {("k", "why_decay"): (1, "")}
    assert remark.startswith("overrides.csv, line 2 is not used: ") and said in remark


def test_the_last_of_two_lines_counts(tmp_path):
    given, (remark,) = by_hand(tmp_path, "007,1,1,\nana lopez,decayed_rate,2,\n")
    assert given == {("k", "decayed_rate"): (2, "")} and "line 3" in remark


def test_no_file_is_nothing_and_another_table_is_refused(tmp_path):
    assert read_by_hand(tmp_path / "overrides.csv", CHAPTER2, STUDENTS) == ({}, [])
    with pytest.raises(ValueError, match="no column exercise"):
        read_by_hand(write(tmp_path / "overrides.csv", "student,points\n"), CHAPTER2, STUDENTS)
