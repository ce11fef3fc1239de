"""The teacher's book: who is in the class, what was handed in, which rules hold, and what was given by hand."""

import hashlib
from dataclasses import dataclass, field

from helpers.grading.platforms import deliver
from helpers.grading.roster import identify, read_roster
from helpers.grading.rules import BY_HAND, Rules, read_by_hand, read_rules, strangers_with_more_time


@dataclass
class Book:
    """All that is known of a class besides its answers.

    Parameters
    ----------
    students : dict
        Key of a result -> Student, in the order of the roster.
    people : dict
        Key of a result -> Person on the roster.
    roster : Roster, optional
        The class.
    layout : str
        Whose layout was read.
    remarks : list of str
        What a teacher should know, one sentence each.
    rules : Rules
        How points become a grade.
    by_hand : dict
        What a teacher gave, see `helpers.grading.rules.read_by_hand`.
    column : str
        What the assignment is called in Canvas.
    """

    students: dict = field(default_factory=dict)
    people: dict = field(default_factory=dict)
    roster: object = None
    layout: str = ""
    remarks: list = field(default_factory=list)
    rules: Rules = field(default_factory=Rules)
    by_hand: dict = field(default_factory=dict)
    column: str = ""


def key_of(identity):
    """Return the key of a student's result, which names files whatever the student is called."""
    return hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def open_book(source, scratch, assignment=None, roster=None):
    """Read what was delivered, and who is on the roster.

    Parameters
    ----------
    source, scratch, assignment
        As for `helpers.grading.platforms.deliver`.
    roster : path-like, optional
        The list of the class.

    Returns
    -------
    Book
    """
    delivery = deliver(source, scratch, assignment)
    book = Book(layout=delivery.layout, remarks=delivery.remarks)
    students, people = delivery.students, {}
    if roster:
        book.roster = read_roster(roster)
        students, people, remarks = identify(delivery, book.roster)
        book.remarks += remarks
    book.students = {key_of(student.identity): student for student in students}
    book.people = {key_of(identity): person for identity, person in people.items()}
    return book


def apply_rules(book, out, exercises, rules=None):
    """Read the rules and what was given by hand into the book.

    Parameters
    ----------
    book : Book
        It is changed in place.
    out : Path
        Where ``overrides.csv`` is, and ``rules.toml`` if no other file is named; an empty ``overrides.csv`` is made.
    exercises : list of Exercise
        What was graded.
    rules : Path, optional
        The file of rules.
    """
    path = rules or out / "rules.toml"
    if rules or path.exists():
        book.rules = read_rules(path, exercises)
    by_hand = out / "overrides.csv"
    if not by_hand.exists():
        by_hand.write_text(",".join(BY_HAND) + "\n", encoding="utf-8")
    book.by_hand, remarks = read_by_hand(by_hand, exercises, book.students)
    book.remarks += remarks + strangers_with_more_time(book.rules, book.students)
