"""Texts are compared by letter, numbers by value where that is asked for; a difference is told so that one sees it."""

import pytest

from nbgate.texts import difference, too_greedy

TABLE = "     loss  rate\n0  0.2513  0.10\n1  0.1301  0.30"


@pytest.mark.parametrize(
    "new, rtol, same",
    [
        (TABLE, 0, True),
        (TABLE.replace("0.2513", "0.2514"), 0, False),
        (TABLE.replace("0.2513", "0.2514"), 1e-3, True),
        (TABLE.replace("0.2513", "0.2614"), 1e-3, False),
        (TABLE.replace("loss", "lost"), 1e-3, False),
        (TABLE.replace("0.2513", "-0.2513"), 1e-3, False),
        (TABLE + "\n2  0.1  0.9", 1e-3, False),
        (TABLE.replace("0  0.2513", "0   0.2513"), 1e-3, True),
    ],
)
def test_numbers_may_differ_by_their_tolerance_and_words_never(new, rtol, same):
    assert (difference(TABLE, new, rtol=rtol) is None) == same


@pytest.mark.parametrize(
    "old, new", [("array([1e-3, nan])", "array([1.0001e-3, nan])"), ("-.5 and 3", "-.50001 and 3")]
)
def test_numbers_are_read_as_python_writes_them(old, new):
    assert difference(old, new) is not None and difference(old, new, rtol=1e-3) is None


def test_a_name_with_a_digit_is_no_number():
    assert difference("layer1", "layer2", rtol=9.0) is not None


def test_what_is_replaced_is_not_compared():
    assert difference("took 3.2 s", "took 4.1 s", [(r"\d+\.\d+ s", "# s")]) is None
    assert difference("took 3.2 s", "took 4.1 m", [(r"\d+\.\d+ s", "# s")]) is not None


@pytest.mark.parametrize(
    "pattern", ["(?s).+", ".*", r"[\s\S]+", r"\w+|\W+", "[^x]", "(", "x*", "^.+$", r"^\S+$", "(?m)^.*\\d.*$", "."]
)
def test_a_pattern_for_everything_is_refused_and_not_applied(pattern):
    assert pattern in too_greedy(pattern)
    assert difference("1", "2", [(pattern, "")]) is not None


@pytest.mark.parametrize("pattern", [r"\d+\.\d+ ms", "0x[0-9a-f]+", r"\d+"])
def test_a_pattern_for_a_part_is_fine(pattern):
    assert too_greedy(pattern) is None


def test_the_first_line_that_differs_is_told():
    told = difference("a\nb\nc", "a\nB\nc")
    assert "line 2" in told and "'b'" in told and "'B'" in told and "'c'" not in told
    assert "the text ends" in difference("a\nb\n" * 60, "a\nb\n" * 60 + "c")
    assert len(difference("x" * 5000, "x" * 4000 + "y" * 1000)) < 600


@pytest.mark.parametrize(
    "old, new, hint",
    [
        ("<Thing at 0x7f4c79e64150>", "<Thing at 0x7f4c79e64980>", "an address in memory"),
        ("12:30:11", "12:31:12", "a clock"),
        ("/tmp/a1/x", "/tmp/b2/x", "a temporary path"),
        ("Wall time: 3.2 ms", "Wall time: 4.1 ms", "a time"),
        ("1.2 µs ± 3 ns per loop", "1.3 µs ± 4 ns per loop", "a time"),
        ("{'b', 'a'}", "{'a', 'b'}", "the order of a set"),
        ("f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "a81d4fae-7dec-11d0-a765-00a0c91e6bf6", "a random id"),
        ("1716212345.25", "1716212399.5", "a clock"),
        ("datetime.datetime(2024, 5, 1, 12, 3)", "datetime.datetime(2024, 6, 2, 13, 4)", "a clock"),
        ("Mon, 6 May 2024", "Tue, 7 May 2024", "a clock"),
        ("keys: frozenset({1, 22, 3})", "keys: frozenset({3, 22, 1})", "the order of a set"),
        (r"C:\Users\a\AppData\Local\Temp\x1", r"C:\Users\a\AppData\Local\Temp\x2", "a temporary path"),
        ("/home/alice/x.py", "/home/bob/x.py", "a path of one machine"),
        ("0.25", "0.26", None),
        ("decay 5", "decay 6", None),
        ("{1, 2}", "{1, 3}", None),
        ("monkeys", "money", None),
    ],
)
def test_what_differs_on_each_run_is_named_with_its_remedy(old, new, hint):
    told = difference(old, new)
    assert ("This looks like" in told) == (hint is not None)
    assert hint is None or (hint in told and "NBVAL_IGNORE_OUTPUT" in told)


def test_a_replacement_that_cannot_be_made_is_told_and_not_tried():
    assert "can't replace it" in too_greedy(r"\d", r"\9")
    assert difference("1", "2", [(r"\d", r"\9")]) is not None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<tr><td>0.25</td>\n<td>x1</td></tr>", "<tr><td>0.2500001</td>\n<td>x1</td></tr>"),
        ("[[0.25, 1.],\n [2., 3.]]", "[[0.2500001, 1.], [2., 3.]]"),
        ("(0.25+1.5j)", "(0.2500001+1.5j)"),
    ],
)
def test_tables_arrays_and_complex_numbers_have_a_tolerance(old, new):
    assert difference(old, new) is not None and difference(old, new, rtol=1e-5) is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[[1. 2.] [3. 4.]]", "[[1. 2. 3. 4.]]"),
        ("shape (2, 3)", "shape (2, 3, 1)"),
        ("0.25 nan", "0.25 0.25"),
        ("1j", "1"),
    ],
)
def test_another_shape_is_no_rounding(old, new):
    assert difference(old, new, rtol=0.5) is not None


def test_rounding_is_told_as_such():
    assert "differ by 4e-07 of themselves at most: a tolerance (`rtol`)" in difference(
        "loss 0.25 8", "loss 0.2500001 8"
    )
    assert "rtol" not in difference("loss 0.25", "loss 0.26")
    assert "rtol" not in difference("1000000000 steps", "1000000001 steps")
