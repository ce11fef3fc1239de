"""P520: numbers in prose that nothing shows are found, and what is no result, or shown, is left in peace."""

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from nbgate.rules import Notebook, numbers
from nbgate.settings import Settings


def made(*cells):
    """Return a notebook without ids: texts, and code cells as (source, what it prints)."""
    notebook = new_notebook()
    for cell in cells:
        if isinstance(cell, str):
            notebook.cells.append(new_markdown_cell(cell))
        else:
            source, *printed = cell
            outputs = [new_output("stream", name="stdout", text=text) for text in printed]
            notebook.cells.append(new_code_cell(source, outputs=outputs, execution_count=len(notebook.cells)))
    for cell in notebook.cells:
        del cell["id"]
    return notebook


def found(*cells, language="en"):
    return [said.written for said, _ in numbers.unsupported(made(*cells), language)]


HONEST = [
    # how numbers are written
    ("The time step is 0.025 s.", ("dt = .025",)),
    ("There are 3,000 values, half of 6 000.", ("x", "3000 6_000")),
    ("It is 1e-3, or 2.5 × 10⁻³.", ("x", "0.001 0.0025")),
    ("The loss falls to **0.25** (from 2.31).", ("x", "2.3142 0.2497")),
    ("It has 1.2 million parameters, 60k of them biases.", ("x", "1234567 60012")),
    ("From 0.5 to 1.5 million.", ("x", "500000 1500000")),
    ("Between 0.1–0.25 and 0.5-0.75.", ("x", "0.1 0.25 0.5 0.75")),
    ("It takes 0.35s and 2.5 GB.", ("x", "0.35 2.5")),
    ("A third is 0.33, a day has 1440 minutes.", ("x = 1 / 3\nday = 24 * 60",)),
    ("One third is 0.33.", (r"x",), r"It is $\frac{1}{3}$."),
    # hedges
    ("It needs about 4,300 steps.", ("x", "4346")),
    ("It needs roughly 10,000 steps, some 12,500 at most.", ("x", "9837 12480")),
    ("More than 93 % are right, fewer than 9.5 % unsure.", ("x", "93.4 % 9.43 %")),
    ("4,300 or so.", ("x", "4346")),
    # no results
    ("The 2020 census, a paper of 2015 (Kingma and Ba, 2014), from 1986 to 1998, 1986–1998.", ("x", "1")),
    ("In 2016 researchers found it; since 1998, in May 2019, on June 5, 2018, LeCun 1998, © 2021.", ("x", "1")),
    ("the 1930s", ("x", "1")),
    ("Python 3.11, numpy 2.4.6, version 2.4, NumPy 2.4, v1.2.3, Frobnicator 5.1.", ("x", "1")),
    ("We meet in room 101, see page 436, pp. 436–444, PEP 484, RFC 2119, error 404.", ("x", "1")),
    ("# Notebook 3.4: Activation functions\n\nSee Section 7.3, chapters 3.1 and 3.2, Figure 4.12.", ("x", "1")),
    ("## 7.3 Initialization\n\nText", ("x", "1")),
    ("Mail a@b.org 10:30, 2024-01-05, 1/5/2024, https://x.org/2345, data_2019.csv, 192.168.0.1, #1f77b4.", ("x", "1")),
    ("A layer 784-128-10, ResNet-50, a 40-step plan.", ("x", "1")),
    ("Turned by 180°, bytes to 255, a year of 365 days.", ("x", "1")),
    ("Using [(27.2)](#equation) we get", ("x", "1")),
    ("## References\n\nNature 323, 533", ("x", "1")),
    # signs
    ("The correlation is -0.998, that is −0.998.", ("x", "-0.998")),
    ("It falls by 0.25.", ("x", "[ 1.  -0.25]")),
    ("The shift is 0.25.", ("y = x-0.25",)),
    # per cent
    ("20 % are for testing.", ("test_size = 0.2", "right: 93 %")),
    ("93 % are right.", ("x", "0.9345")),
    ("93 percent are right.", ("x", "93.4 %")),
    ("0.93 of all.", ("x", "93 %")),
    ("ninety-three per cent", ("x", "93 %")),
    # counts
    ("After 40 steps.", ("steps = 40",)),
    ("After 10 steps.", ("steps = 40\nfirst = 10",)),
    ("16 of 1797 are wrong.", ("x", "16 of 1797")),
    ("Images of 8 by 8.", ("x", "(8, 8)")),
    ("three thousand", ("x", "3000")),
    # other sections
    ("## 1. A", ("x", "0.75"), "## 2. B\n\nAs section 1 showed, 0.75 it was.", ("y", "1")),
    ("## A", ("x", "0.75"), "## B\n\nThe value above, 0.75, is small.", ("y", "1")),
    ("## A\n\nThe next section gives 0.75.", ("y", "1"), "## B", ("x", "0.75")),
    ("## A", ("x", "0.75"), "## B\n\nSee [A](#A): 0.75", ("y", "1")),
    ("## A", ("x", "0.75"), "## B\n\nCell 1 prints 0.75", ("y", "1")),
    ("## A", ("x", "0.75"), "# Summary\n\nIt was 0.75."),
    # what outputs may hold
    ("The loss is 0.25.", ("Thing()", "<Thing at 0x7f4c79e64150> 3e1613af " + "9" * 5000 + " 0.25")),
]
BROKEN = [
    (["0.25"], "The time step is 0.25 s.", ("dt = .025",)),
    (["4,400"], "It needs about 4,400 steps.", ("x", "4346")),
    (["4,300"], "It needs 4,300 steps.", ("x", "4346")),
    (["94 %"], "More than 94 % are right.", ("x", "93.4 %")),
    (["0.998"], "The correlation is 0.998.", ("x", "-0.998")),
    (["-0.998"], "The correlation is −0.998.", ("x", "0.998")),
    (["0.75"], "The weight is 0.75.", ("w = -0.75",)),
    (["20 %"], "20 % are wrong.", ("rate = 0.2", "wrong: 10 %")),
    (["60 %"], "60 % are right.", ("x", "0.5")),
    (["30"], "After 30 steps.", ("steps = 40",)),
    (["32"], "All 32 images.", ("x", "16 images")),
    (["thirty"], "After thirty steps.", ("steps = 40",)),
    (["61"], "61 of 1797 are wrong.", ("x", "16 of 1797")),
    (["9"], "Images of 8 by 9.", ("x", "(8, 8)")),
    (["1.3 million"], "It has 1.3 million parameters.", ("x", "1234567")),
    (["2000"], "In 2000 steps it is done.", ("x", "1000")),
    (["1798"], "These are 3 of 1798 images.", ("x", "3 1797")),
    (["2025"], "It has 2025 weights.", ("x", "2052")),
    (["0.34"], "A third is 0.34.", ("x = 1 / 3",)),
    (["0.75"], "## A\n\n0.75", ("x", "1"), "## B", ("x", "0.75")),
    (["0.75"], "## 1. A", ("x", "1"), "## 2. B", ("x", "0.75"), "## 3. C\n\nAs section 1 shows, 0.75.", ("x", "2")),
    (["0.95"], "| a | 0.95 |\n|---|---|\n| b | 0.5 |", ("x", "0.5")),
    (["1.25"], "ReLU 1.25, tanh 1.5", ("x", "ReLU 1.52 tanh 1.5")),
]


@pytest.mark.parametrize("cells", HONEST, ids=lambda cells: cells[0][:50])
def test_what_is_shown_or_no_result_is_left_in_peace(cells):
    assert found(*cells) == []


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: f"{case[0][0]} {case[1][:40]}")
def test_what_nothing_shows_is_found(case):
    written, *cells = case
    assert found(*cells) == written


CHINESE = [
    ([], "准确率为93.5%，约4,300步。", ("x", "93.5% 4346")),
    ([], "共有1.2万个参数，３５００张图像，百分之五十用于测试，九成正确。", ("x", "12034 3500 50% 90%")),
    ([], "从1986年至1998年，2020年，第3.4节，图3.12，第101页，101教室，Python 3.11。", ("x", "1")),
    ([], "三百二十个样本，两亿。", ("x", "320 200000000")),
    ([], "如第1节所述，误差为0.75。", ("y", "0.75")),
    ([], "## 1. 甲", ("x", "0.75"), "## 2. 乙\n\n如上文，误差为0.75。", ("y", "1")),
    ([], "步长超过4000左右。", ("x", "4020")),
    (["95.3%"], "准确率为95.3%。", ("x", "93.5%")),
    (["3600"], "共３６００张图像。", ("x", "3500")),
    (["1.3万"], "共1.3万个参数。", ("x", "12034")),
    (["百分之六十"], "百分之六十用于测试。", ("x", "50%")),
    (["三百二十一"], "三百二十一个样本。", ("x", "320")),
    (["4,500"], "约4,500步。", ("x", "4346")),
    (["30"], "共30步。", ("x", "40 步")),
]


@pytest.mark.parametrize("case", CHINESE, ids=lambda case: case[1][:30])
def test_chinese(case):
    written, *cells = case
    assert found(*cells, language="zh") == written


@pytest.mark.parametrize(
    ("text", "numbers_found"),
    [
        ("Around 1700, Bernoulli wrote of urns.", []),
        ("Thomas Bayes (1701-1761)", []),
        ("We jump ahead from 1654 all the way to 1693, when Pepys wrote.", []),
        ("A letter to Isaac Newton 1693", []),
        ("The rise is 3, the run 6, so the slope is 3/6 = 0.5.", []),
        ("The rise is 3, the run 6, so the slope is 3/6 = 0.6.", ["0.6"]),
        ("Cut it at [1000, 3500, 5500].", []),
        ("The best lies in [0.25, 0.35].", ["0.25", "0.35"]),
        ("Around 1700 steps are enough.", ["1700"]),
        ("The loss falls from 1654 to 1200 units.", ["1654", "1200"]),
    ],
)
def test_years_of_long_ago_and_quotients_are_told_from_results(text, numbers_found):
    assert found(text, ("x", "1")) == numbers_found


@pytest.mark.parametrize(
    "text", ["3e1613", "79e64150", "1e999", "9" * 400, "0x7f4c79e64150", "1." * 500, "- " * 3000, "(" * 3000]
)
def test_no_run_of_digits_is_too_long(text):
    assert isinstance(found(f"It is {text}.", ("x", text)), list)


def test_a_language_that_is_not_known_is_told():
    with pytest.raises(numbers.NumbersError, match="expected one of en, zh, got 'de'"):
        found("0.5", language="de")


# -- the rule, with a list -----------------------------------------------------------------------------------------


def messages(tmp_path, listed, *cells, name="a.ipynb", **settings):
    file = tmp_path / "numbers.toml"
    file.write_text(listed, encoding="utf-8")
    notebook = Notebook(Path("/x/notebooks") / name, Path("/x"), made(*cells), Settings(numbers=str(file), **settings))
    (rule,) = numbers.RULES
    return [message for _, message in rule.check(notebook)]


ENTRY = '[[number]]\nnotebook = "a.ipynb"\nnumber = "1440"\nreason = "minutes of a day"\nequals = "24 * 60"\n'
TEXT = "A day has 1440 minutes."


def test_a_listed_number_needs_no_other_source(tmp_path):
    (message,) = messages(tmp_path, "", TEXT, ("x", "1"))
    assert message == (
        "the prose says 1440, but no cell of its section shows that; the closest that is shown is 1; "
        f"mend it, or list it with its reason in {(tmp_path / 'numbers.toml').as_posix()}"
    )
    assert messages(tmp_path, ENTRY, TEXT, ("x", "1")) == []
    assert messages(tmp_path, ENTRY, TEXT, ("x", "1440")) == []
    assert messages(tmp_path, ENTRY, TEXT, ("x", "1"), name="b.ipynb") != []
    assert messages(tmp_path, ENTRY.replace("a.ipynb", "notebooks/a.ipynb"), TEXT, ("x", "1")) == []


def test_a_listed_number_may_be_set_in_another_way(tmp_path):
    entry = ENTRY.replace("1440", "1 %")
    assert messages(tmp_path, entry, "相差不超过 1%。", ("x", "7"), language="zh") == []
    assert messages(tmp_path, entry, "相差不超过 2%。", ("x", "7"), language="zh") != []


def test_a_listed_number_that_is_not_there_is_told(tmp_path):
    assert messages(tmp_path, ENTRY, "A day.", ("x", "1")) == [
        "the number 1440 is listed without need: minutes of a day"
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[number]]\nnotebook = 'a'\n", "expected notebook, number, reason"),
        (ENTRY.replace("minutes of a day", "day"), "the number 1440 needs a reason"),
        ("[[number", "expected a file of TOML"),
    ],
)
def test_a_wrong_list_is_told(tmp_path, text, says):
    (message,) = messages(tmp_path, text, TEXT)
    assert says in message


def test_a_list_that_is_not_there_is_told(tmp_path):
    notebook = Notebook(Path("/a.ipynb"), Path("/"), made(TEXT), Settings(numbers=str(tmp_path / "none.toml")))
    ((_, message),) = numbers.RULES[0].check(notebook)
    assert "none.toml" in message


def test_the_language_is_that_of_the_settings(tmp_path):
    assert messages(tmp_path, "", "百分之六十", ("x", "50%"), language="zh") != []
    assert "expected one of en, zh" in messages(tmp_path, "", "0.5", language="xx")[0]


def test_html_is_read_without_its_tags():
    html = new_output("display_data", {"text/html": "<style>p {width: 0.75em}</style><p style='x:0.75'>0.25</p>"})
    notebook = new_notebook(cells=[new_markdown_cell("0.25 0.75"), new_code_cell("x", outputs=[html])])
    assert [said.written for said, _ in numbers.unsupported(notebook)] == ["0.75"]


def test_the_alternative_text_of_a_picture_shows_numbers_too():
    data, words = {"image/png": "", "text/plain": "<Figure>"}, {"image/png": {"alt": "it ends at 0.75"}}
    picture = new_output("display_data", data, metadata=words)
    notebook = new_notebook(cells=[new_markdown_cell("0.75"), new_code_cell("x", outputs=[picture])])
    assert list(numbers.unsupported(nbformat.from_dict(notebook))) == []
