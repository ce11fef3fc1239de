"""The judge on exercises made for the purpose: what it accepts as a value, where its limits lie, and what it says.

All is small enough to be worked out by hand, and every message is compared to the last letter: a learner reads it.
"""

from array import array
from collections import OrderedDict, defaultdict, deque, namedtuple
from dataclasses import FrozenInstanceError
from decimal import Decimal
from fractions import Fraction
from functools import partial

import numpy as np
import pytest

from helpers.exercises import EXERCISES
from helpers.exercises.answer import Raised, Stopped, does_nothing, value_of
from helpers.exercises.exercise import DesignExercise, FunctionExercise, Slip, ValueExercise, times
from helpers.exercises.judge import CORRECT, INCORRECT, NOT_ATTEMPTED, OUTCOMES, Verdict, judge
from helpers.exercises.message import Message
from helpers.exercises.values import NotPlain, changed, difference, plain, show


def exercise(kind=ValueExercise, **settings):
    return kind(**{"name": "x", "chapter": 1, "title": "", "points": 2, "slips": (), "hints": (), **settings})


def function(reference, *fixed, slips=()):
    """Return an exercise about a function of one argument, which is tried on the same input again and again."""
    return exercise(FunctionExercise, reference=reference, fixed=fixed, draw=lambda rng: fixed[0], slips=slips)


def judged(asked, answer):
    return judge(asked, partial(value_of, answer), np.random.default_rng(0))


def raiser(error):
    def answer(*_):
        raise error

    return answer


def test_what_is_asked_and_said_cannot_be_changed():
    asked = exercise(reference=lambda: 1, slips=(Slip("double", 2, ""),))
    for record, field in ((asked, "reference"), (asked.slips[0], "wrong"), (judged(asked, 2), "points")):
        with pytest.raises(FrozenInstanceError):
            setattr(record, field, 2)


def test_an_exercise_is_equal_to_itself_alone():
    """Its inputs may be arrays, which cannot be compared as a whole."""
    assert exercise(reference=len) != exercise(reference=len)


def nested(kind, depth):
    value = 1
    for _ in range(depth):
        value = {"a": value} if kind is dict else kind([value])
    return value


def refusal(value):
    with pytest.raises(NotPlain) as refused:
        plain(value)
    return str(refused.value)


@pytest.mark.parametrize("kind", [list, tuple, dict])
def test_containers_may_be_nested_nine_times(kind):
    assert plain(nested(kind, 9)) == nested(kind, 9)
    assert refusal(nested(kind, 10)) == f"a {kind.__name__} that is too deep"


def test_keys_are_text():
    assert plain({"a": 3}) == {"a": 3}
    assert refusal({(1, 2): 3}) == refusal({1: 3}) == "a dict whose keys are no text"


def test_ten_thousand_values_are_plain_the_container_counted():
    assert plain([0] * 9_999) == [0] * 9_999
    assert refusal([0] * 10_000) == "more than 10000 values"


def test_whole_numbers_may_have_thirty_thousand_digits():
    assert plain(2**100_000 - 1) == 2**100_000 - 1
    assert refusal(2**100_000) == "a whole number of more than 30 000 digits"


Pair = namedtuple("Pair", "one other")


@pytest.mark.parametrize(
    "value, expected",
    [
        (Fraction(3), 3),
        (Fraction(1, 4), 0.25),
        (Fraction(10**400, 3), np.inf),
        (Decimal("0.25"), 0.25),
        (Decimal("8.66E2"), 866),
        (Decimal("-Infinity"), -np.inf),
        (Decimal("1E+99999"), np.inf),
        (Decimal("1E-99999"), 0.0),
        (OrderedDict(a=1), {"a": 1}),
        (defaultdict(int, a=1), {"a": 1}),
        (deque([1, 2]), [1, 2]),
        (range(3), [0, 1, 2]),
        (array("d", [1, 2]), [1.0, 2.0]),
        (Pair(1, Fraction(1, 2)), (1, 0.5)),
    ],
    ids=str,
)
def test_ordinary_types_become_plain_ones(value, expected):
    got = plain(value)
    assert got == expected and type(got) is type(expected)


def test_an_array_of_fractions_becomes_one_of_numbers():
    got = plain(np.array([[Fraction(1, 2), Decimal(3)]], dtype=object))
    np.testing.assert_array_equal(got, [[0.5, 3.0]])
    assert got.dtype == float
    assert refusal(np.array([[], [1]], dtype=object)).startswith("an array of dtype object")


@pytest.mark.parametrize("exponent", [63, 64, 65, 200, 1000, 1024, 20_000])
def test_whole_numbers_of_any_size_are_judged(exponent):
    for huge in (2**exponent, -(2**exponent), [2**exponent], (2**exponent,), {"a": 2**exponent}):
        for name, exercise in EXERCISES.items():
            assert judge(exercise, lambda *_, huge=huge: huge, np.random.default_rng(0)).outcome == INCORRECT, name


def test_text_may_have_ten_thousand_characters():
    assert plain("x" * 10_000) == "x" * 10_000
    assert refusal("x" * 10_001) == "text of 10001 characters"


def test_an_array_may_have_ten_thousand_numbers():
    np.testing.assert_array_equal(plain(np.arange(10_000)), np.arange(10_000))
    assert refusal(np.zeros(10_001)) == "an array of 10001 numbers"


def test_the_type_of_an_array_that_holds_no_numbers_is_cut_to_30_characters():
    table = np.zeros(2, dtype=[("temperature", "<f8"), ("pressure", "<f8")])
    assert refusal(table) == "an array of dtype [('temperature', '<f8'), ('pre, which holds no real numbers"


def test_the_name_of_a_type_is_cut_to_40_characters():
    assert refusal(type("T" * 60, (), {})()) == f"an object of type {'T' * 40}"


@pytest.mark.parametrize(
    "value, expected",
    [
        (np.array(5.5), 5.5),
        (np.array(5), 5),
        (np.array(True), True),
        (np.float16(0.5), 0.5),
        (np.float32(0.5), 0.5),
        (np.longdouble(0.5), 0.5),
        (np.array(0.5, np.longdouble), 0.5),
        (np.uint8(7), 7),
        (np.bool_(False), False),
        (np.str_("B"), "B"),
    ],
)
def test_a_single_number_of_numpy_becomes_one_of_python(value, expected):
    got = plain(value)
    assert got == expected and type(got) is type(expected)


@pytest.mark.parametrize(
    "value, text",
    [
        (np.array([1, 10, -100]), "array([1, 10, -100])"),
        ([1 / 3, 2.0], "[0.333333, 2.0]"),
        ((1 / 3, 2 / 3), "(0.333333, 0.666667)"),
        ([1 / 3, 1], "[0.3333333333333333, 1]"),
    ],
)
def test_numbers_are_shown_without_padding_and_fractions_with_six_digits(value, text):
    assert show(value) == text


def test_a_list_of_arrays_is_shown_on_one_line_and_as_code():
    arrays = [np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]), np.array([[1.0, -1.0]])]
    assert show(arrays) == "[array([[1., 0.], [0., 1.], [1., 1.]]), array([[1., -1.]])]"
    assert "<code>two\nlines</code> and" in Message("`two\nlines` and `one`")._repr_html_()


def test_an_array_of_more_than_24_numbers_is_shown_by_its_ends():
    assert show(np.arange(24)) == f"array({list(range(24))})"
    assert show(np.arange(25)) == "array([0, 1, 2, ..., 22, 23, 24])"


def test_what_is_as_long_as_allowed_is_not_cut():
    assert show("y" * 118) == f"'{'y' * 118}'"
    assert show("y" * 119) == f"'{'y' * 115} ..."


@pytest.mark.parametrize("kind", ["", "not a name", "Any: thing", "T" * 61, 3, None])
def test_an_error_of_no_proper_name_is_called_error(kind):
    raised = Raised(kind, "by zero")
    assert (raised.kind, str(raised)) == ("Error", "Error: by zero")


@pytest.mark.parametrize("text", ["", b"by zero", 3, None])
def test_an_error_without_words_has_its_name_alone(text):
    raised = Raised("T" * 60, text)
    assert (raised.text, str(raised)) == ("", "T" * 60)


def test_the_words_of_an_error_are_cut_to_200_characters():
    assert Raised("E", "y" * 200).text == "y" * 200
    assert Raised("E", "y" * 201).text == "y" * 196 + " ..."


@pytest.mark.parametrize("wrap", [list, tuple, lambda inner: [list(inner)]])
def test_both_tolerances_count_inside_of_lists(wrap):
    assert difference(wrap([2.0]), wrap([2.5]), rtol=0.25, atol=0) is None
    assert difference(wrap([2.0]), wrap([2.6]), rtol=0.25, atol=0) is not None
    assert difference(wrap([0.0]), wrap([0.5]), rtol=0, atol=0.5) is None
    assert difference(wrap([0.0]), wrap([0.6]), rtol=0, atol=0.5) is not None


@pytest.mark.parametrize("wrap", [float, lambda number: np.array([number])])
def test_nan_and_infinity_agree_with_themselves_alone(wrap):
    odd = [1.0, np.nan, np.inf, -np.inf]
    agree = [[difference(wrap(one), wrap(other)) is None for other in odd] for one in odd]
    assert agree == np.eye(4, dtype=bool).tolist()


@pytest.mark.parametrize(
    "before, after",
    [
        ((1.0,), (1.5,)),  # which a relative tolerance of 1 would let pass
        ((0.0,), (0.5,)),  # and this an absolute one
        ((0.0,), (1e-12,)),
        ((1.0,), (1.0 + 1e-12,)),
        ((np.zeros(2),), (np.array([0.0, 1e-12]),)),
        (([1, 2],), ([1],)),
        ((1, [2]), (1, [3])),
        (([1],), ([print],)),
    ],
)
def test_an_argument_may_not_change_at_all(before, after):
    assert changed(before, after) is True
    assert changed(before, before) is False


def test_dots_and_pass_together_do_nothing():
    def untouched(x):
        """Return something."""
        pass
        ...

    assert does_nothing(untouched)


def test_dots_are_no_answer_yet():
    not_yet = Verdict(NOT_ATTEMPTED, "Not attempted yet: replace the dots by your answer.", points=0, slip="")
    assert judged(exercise(reference=lambda: 1), ...) == not_yet


def test_a_right_answer_gets_all_points_and_one_word():
    assert judged(exercise(reference=lambda: 1), 1) == Verdict(CORRECT, "Right.", points=2, slip="", share=1)


def test_an_absolute_tolerance_is_that_of_the_exercise():
    asked = exercise(reference=lambda: 0.0, atol=0.5, rtol=0)
    assert judged(asked, 0.4).outcome == CORRECT
    assert judged(asked, 0.6).outcome == INCORRECT


def test_outcomes_are_called_as_in_the_progress_files_of_learners():
    assert OUTCOMES == ("not attempted", "incorrect", "correct")


def test_a_wrong_answer_of_no_known_kind_has_no_slip():
    asked = exercise(reference=lambda: 1, slips=(Slip("double", 2, "That is twice as much."),))
    assert judged(asked, 3) == Verdict(INCORRECT, "Not yet right: the answer is not 3. It is too large.", 0, "")
    low = judged(exercise(reference=lambda: 10), 3)
    assert low.message == "Not yet right: the answer is not 3. It is too small."
    known = "Not yet right: the answer is not 2. That is twice as much."
    assert judged(asked, 2) == Verdict(INCORRECT, known, 0, "double")


def test_a_value_of_no_plain_kind_is_told_as_the_answer():
    message = judged(exercise(reference=lambda: 1.0), judged).message
    said = "the answer is an object of type function; expected a number. Brackets after its name call a function."
    assert message == f"Not yet right: {said}"


@pytest.mark.parametrize("value", [judged, np.sum, np.exp, [].append, "".join, lambda: 1])
def test_a_function_that_was_not_called_is_known_as_one(value):
    assert "Brackets after its name" in judged(exercise(reference=lambda: 1.0), value).message


def test_what_only_has_a_name_like_a_function_is_none():
    names = type("function", (), {})(), type("generator", (), {})(), int
    told = [judged(exercise(reference=lambda: 1.0), value).message for value in names]
    assert not [message for message in told if "Brackets" in message or "use up" in message]


def test_a_call_that_was_cut_short_says_why():
    asked = function(lambda n: n, (1,))
    message = judged(asked, raiser(Stopped("the process died"))).message
    assert message == "Not yet right: `x(n=1)` was cut short: the process died."


def test_of_a_call_the_arguments_are_shown_that_were_given():
    def reference(n, scale=2):
        return n * scale

    assert judged(function(reference, (1,)), raiser(ValueError("no"))).message == (
        "Not yet right: `x(n=1)` raised ValueError: no."
    )


@pytest.mark.parametrize(
    "tolerance, close, far", [({"rtol": 0.1, "atol": 0}, 10.9, 11.1), ({"rtol": 0, "atol": 0.5}, 10.4, 10.6)]
)
def test_a_slip_has_the_tolerance_of_its_exercise(tolerance, close, far):
    asked = exercise(reference=lambda: 1.0, slips=(Slip("ten times", 10.0, ""),), **tolerance)
    assert judged(asked, close).slip == "ten times"
    assert judged(asked, far).slip == ""


def test_a_slip_may_be_that_nothing_is_returned():
    asked = function(lambda n: n, (1,), slips=(Slip("printed", lambda n: None, "You print it."),))
    message = (
        "Not yet right: `x(n=1)` returned None. Is there a `return`, on each way through the function? You print it."
    )
    assert judged(asked, lambda n: print(end="")) == Verdict(INCORRECT, message, 0, "printed")
    assert judged(asked, lambda n: 5).slip == ""


def test_a_slip_that_answers_is_not_that_of_whoever_returns_nothing():
    asked = function(lambda n: n, (1,), slips=(Slip("one more", lambda n: n + 1, ""),))
    assert judged(asked, lambda n: print(end="")).slip == ""


def test_a_factor_makes_a_slip_out_of_the_reference():
    percent = times(100, lambda part, whole: part / whole)
    assert percent(1, 4) == 25


def test_the_reference_and_the_slips_may_use_up_what_they_get():
    """Each works on a copy, so the call is shown as it was made, and the next one finds its input whole."""
    slips = (Slip("first two", lambda values: values.pop(0) + values.pop(0), "Not the first ones."),)
    slips += (Slip("first", lambda values: values.pop(0), "Not the first one."),)
    asked = function(lambda values: values.pop(), ([1, 2, 3],), slips=slips)
    assert judged(asked, lambda values: values[-1]).outcome == CORRECT
    for _ in range(2):
        message = "Not yet right: `x(values=[1, 2, 3])` should be 3, got 1. Not the first one."
        assert judged(asked, lambda values: values[0]) == Verdict(INCORRECT, message, 0, "first")


def test_a_learner_who_uses_up_the_input_leaves_the_exercise_whole():
    asked = function(lambda values: values[-1], ([1, 2, 3],))
    message = "Not yet right: `x(values=[1, 2, 3])` changed its own input. Work on a copy, or make a new array."
    assert [judged(asked, lambda values: values.pop()).message for _ in range(2)] == [message] * 2
    assert asked.fixed == (([1, 2, 3],),)


def odd_number(answer):
    if answer < 0:
        return "below zero"
    return None if answer % 2 else "even"


ODD = exercise(
    DesignExercise, accepts=odd_number, expects="an odd number", slips=(Slip("even", None, "It can be halved."),)
)


@pytest.mark.parametrize(
    "answer, message, slip",
    [
        (4, "4 will not do. It can be halved.", "even"),
        (-1, "expected an odd number, got -1.", ""),  # a fault without a slip of that name
        ("x", "expected an odd number, got 'x'.", ""),  # over which `accepts` stumbles
        ([1], "expected an odd number, got [1].", ""),
    ],
)
def test_one_of_many_answers_that_will_not_do_is_told_why(answer, message, slip):
    assert judged(ODD, answer) == Verdict(INCORRECT, f"Not yet right: {message}", 0, slip)


def test_each_of_many_right_answers_is_right():
    assert [judged(ODD, answer).outcome for answer in (1, 3, np.int64(5))] == [CORRECT] * 3
