"""The rules on words (P501 to P511), and Markdown as JupyterLab shows it, on all samples of `samples/render.py`."""

import json
import re
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from nbgate.markdown import FORMULA, SHOWN, read
from nbgate.rules import Notebook, words

SAMPLES = json.loads((Path(__file__).parent / "samples" / "markdown.json").read_text(encoding="utf-8"))
#: What is read otherwise than JupyterLab shows it; no rule asks for it.
OTHERWISE = {
    "- [ ] todo\n- [x] done": "boxes to tick",
    "[a](pa(ge.md)": "a parenthesis that is not closed in an address",
}
PLAIN = [sample for sample in SAMPLES if sample["source"] not in OTHERWISE]
RULES = {rule.code: rule for rule in words.RULES}


def squeezed(texts):
    return re.sub(r"\s", "", "".join(texts))


def ids(samples):
    return [sample["source"][:60] for sample in samples]


@pytest.mark.parametrize("sample", PLAIN, ids=ids(PLAIN))
def test_texts_formulas_and_code_are_what_jupyterlab_shows(sample):
    page, shows = read(sample["source"]), sample["shows"]
    assert squeezed(page.strings).translate(SHOWN) == squeezed(shows.get("texts", []))
    assert len(page.formulas) == shows.get("formulas", 0)
    assert squeezed(part.text for part in page.parts if part.kind == "code") == squeezed(shows.get("code", []))


@pytest.mark.parametrize("sample", PLAIN, ids=ids(PLAIN))
def test_links_pictures_headings_and_rows_are_what_jupyterlab_shows(sample):
    page, shows = read(sample["source"]), sample["shows"]
    # Addresses on the web become links by themselves; a link of an unknown scheme, or to nothing, is none.
    links = [
        link.target for link in page.links if link.tag == "a" and not re.match("doi:|(www|http|mailto)|$", link.target)
    ]
    assert len(links) == len(
        [target for target, _ in shows.get("links", []) if not re.match("www|http|mailto", target)]
    )
    assert len([link for link in page.links if link.tag == "img"]) == len(shows.get("pictures", []))
    names = [heading.anchor for heading in page.headings if not heading.has_formula]
    assert set(names) <= {name for _, name in shows.get("headings", [])}
    assert len(page.headings) == len(shows.get("headings", []))
    assert set(shows.get("names", [])) <= page.anchors
    if "<t" not in sample["source"]:
        assert len(page.rows) == len(shows.get("rows", []))


def test_the_samples_are_many():
    assert len(PLAIN) >= 200
    assert len(OTHERWISE) == len(SAMPLES) - len(PLAIN) <= 5


# -- the rules -----------------------------------------------------------------------------------------------------


@pytest.fixture
def found(tmp_path):
    """Return a function that puts a rule before a notebook of Markdown cells, and returns its messages."""
    (tmp_path / "page.md").write_text("# Some heading\n\n## What's *new*?\n", encoding="utf-8")
    (tmp_path / "with space.png").touch()
    (tmp_path / "03_three.ipynb").write_text(
        json.dumps(new_notebook(cells=[new_markdown_cell('# Three\n\n## $x$ and y\n\n<a id="mark"></a>')])),
        encoding="utf-8",
    )

    def messages(code, *cells, attachments=None):
        content = new_notebook(cells=[new_markdown_cell(cell) if isinstance(cell, str) else cell for cell in cells])
        for cell in content.cells:
            del cell["id"]  # nbformat has them from 4.5 on
            if attachments:
                cell["attachments"] = attachments
        notebook = Notebook(tmp_path / "notebook.ipynb", tmp_path, content, None)
        return [message for cell, message in RULES[code].check(notebook) if cell in content.cells]

    return messages


FENCE = "```"
BROKEN = {
    "P501": [
        ("[a](nothing.ipynb)", "leads to no file: expected one at nothing.ipynb"),
        ("![a](nothing.png)", "leads to no file"),
        ('<a href="nothing.md">a</a>', "leads to no file"),
        ('<img src="nothing.png" alt="x">', "leads to no file"),
        ("# Heading\n\n[a](#Haeding)", "expected for example #Heading"),
        ("[a](page.md#No-heading)", "leads to no heading of page.md"),
        ("[a](03_three.ipynb#Four)", "leads to no heading of 03_three.ipynb"),
        ("![a](attachment:x.png)", "expected one of the cell's attachments, of which there are none"),
        ("see [the page][there]", "expected a line [there]: address"),
        ("see [the page][]", "expected a line [the page]: address"),
        ("[a][b]\n\n[b]: nothing.md", "leads to no file"),
        ("[a](<with  space.png>)", "leads to no file"),
        ("![a](/home/me/x.png)", "a file of one computer"),
        (r"![a](C:\x.png)", "a file of one computer"),
        ("[a](file:///x.png)", "a file of one computer"),
    ],
    "P502": [
        ("$x^2^3$", "Double exponent"),
        ("$$\n\\frac{1}{2\n$$", "braces don't balance"),
        (r"\begin{align} a &= b \end{aligned}", "can't be set"),
        (r"\\(\alhpa\\)", r"unknown command \alhpa"),
        (r"# A heading with $\fracc{1}{2}$", r"unknown command \fracc"),
    ],
    "P503": [
        ("so $x", "$ shows in the text, without its twin"),
        ("so x$ is", "$ shows"),
        (r"so $\alpha is", "$ shows"),
        ("we have $x$ and y$", "$ shows"),
        ("$$\nx\n\ny\n$$", "$$ shows"),
        ("**bold **text", "** shows"),
        ("**bold", "** shows"),
        ("bold** text", "** shows"),
        ("**注意：**文字", "** shows"),
        ("这是**重点。**后面", "** shows"),
        ("an *unclosed word", "* shows"),
        ("~~struck", "~~ shows"),
        ("(text)[https://x.org]", ")[ shows"),
        ("(text)[page.md]", ")[ shows"),
        ("`code", "` shows"),
        ("``code`", "`` shows"),
        ("[text] (page.md)", "]( shows"),
        ("[text](page.md", "]( shows"),
        ("[text](a page.md)", "for a space stands in it"),
        ("<div>\n[text](page.md)\n</div>", "]( shows"),
        (r"costs \$5 and \$6", "make a formula"),
        ("costs $5 and $6", "make a formula"),
        ("##Heading", "# shows"),
        ("#Heading without space", "# shows"),
    ],
    "P504": [
        (f"text\n\n{FENCE}python\nx", "not closed"),
        ("~~~\nx\n", "not closed"),
        (f"{FENCE}\nx\n{FENCE} y", "not closed"),
    ],
    "P505": [("![](with%20space.png)", "no alternative text"), ('<img src="x.png">', "no alternative text")],
    "P506": [
        ("|a|b|\n|-|-|\n|1|", "has 1 cells, expected 2"),
        ("|a|b|\n|-|-|\n|1|2|3|", "has 3 cells, expected 2; the rest is not shown"),
        ("|a|b|\n|---|\n|1|2|", "not shown as a table"),
        ("|a|b|\n|-|-|\n|1|2|\ntext", "has 1 cells, expected 2"),
    ],
    "P507": [
        ("<b>bold", "expected </b>"),
        ('<font color="red">red\n\nmore', "expected </font>"),
        ('<a href="page.md">text', "expected </a>"),
        ("text <!-- a note\n\nmore", "a comment is not closed"),
        ("<!-- a note\n\nmore", "a comment is not closed"),
        ("pip install <package>", "no tag of HTML"),
        ("a List<int> of them", "no tag of HTML"),
    ],
    "P508": [
        ("cafÃ© au lait", "looks like UTF-8"),
        ("20Â °C", "looks like UTF-8"),
        ("itâ€™s", "looks like UTF-8"),
        ("zero\u200bwidth", "space of no width"),
        ("soft\u00adhyphen", "hyphen that is not shown"),
        ("\ufeffmark", "mark of byte order"),
        ("lost \ufffd", "could not be read"),
        ("bell \x07", "control character"),
        ("right \u202eleft", "turns the direction"),
    ],
    "P509": [
        ("![x](a.png)", "says nothing"),
        ("![image](a.png)", "says nothing"),
        ("![a.png](b/a.png)", "says nothing"),
        ("![Figure 1](a.png)", "says nothing"),
    ],
    "P510": [
        ("## 1. a\n\n## 2. b\n\n## 4. c", "expected number 3, got 4"),
        ("## 1. a\n\n## 2. b\n\n## 2. c", "expected number 3, got 2"),
        ("### 1.1 a\n\n### 1.3 b", "expected number 1.2, got 1.3"),
        ("## 1) a\n\n## 3) b", "expected number 2, got 3"),
        ("## 一、甲\n\n## 二、乙\n\n## 四、丁", "expected number 3, got 4"),
        ("## 十、甲\n\n## 十二、乙", "expected number 11, got 12"),
    ],
    "P511": [
        ("[chapter 4](03_three.ipynb)", "expected number 4"),
        ("[`04_four.ipynb`](03_three.ipynb)", "leads to another file"),
    ],
}


@pytest.mark.parametrize(
    ("code", "source", "message"), [(code, *case) for code, cases in BROKEN.items() for case in cases]
)
def test_a_fault_is_found(found, code, source, message):
    assert any(message in text for text in found(code, source)), found(code, source)


HONEST = {
    "P501": [
        "[a](page.md) [b](page.md#some-heading) [c](page.md#Some-heading)",
        "[d](03_three.ipynb#Three) [e](03_three.ipynb#mark)",
        "[a](with%20space.png) [b](<with space.png>) ![c](with%20space.png?raw=true)",
        "# A *heading*, with `code`!\n\n[a](#A-heading,-with-code!)",
        '<a id="here"></a><a name="there"></a> [a](#here) [b](#there)',
        "[a](https://x.org/nothing) [b](mailto:a@b.c) [c](tel:123) [d](doi:10.1/2)",
        "[e](ftp://x.org) [f](//x.org) [g](#)",
        "x[0][1] and M[i][j], [1][2], note[^1]\n\n[^1]: the note",
        "[a][b] and [b]\n\n[b]: page.md",
        "[a](03_three.ipynb#x-and-y)",
        "`[a](nothing.md)`",
        f"{FENCE}\n[a](nothing.md)\n{FENCE}",
    ],
    "P502": [
        r"$x \tag{1}$ $$\text{.. $x$ ..} \label{a}$$ $\mbox{a} \LaTeX \substack{a\\b}$ $\ce{H2O}$",
        r"$\newcommand{\half}{\frac12}$ $\half$",
        "costs $5",
        "`$x^2^3$`",
        "\\begin{eqnarray}\na &=& b\n\\end{eqnarray}",
        "$ c $ and $a<b$ and $$\na\n+ b\n$$",
    ],
    "P503": [
        "costs $5",
        "costs \\$7",
        "US$ 8 <span>$</span>9",
        "$HOME, ${HOME} and $PATH",
        "2**3 and d**2 and x ** y",
        "f(*args, **kwargs) takes **kwargs",
        "a * b, 5 *3, A* search, value*\n\n*a footnote",
        "`code` ``a ` b`` and the ` key",
        "**bold** *em* ***both*** **$x$** **`code`** __bold__",
        "[a](page.md) [0, 1](x) f[i](x) [a] (b)",
        "#hashtag, #1 and C#",
        "\\*not\\* \\`not\\` \\[x\\](y)",
        "``quoted''",
        "$ c $, $a_1$ and $b_2$: *em*",
        "| `a` | $|x|$ |\n|---|---|\n| **b** | *c* |",
    ],
    "P504": [
        f"{FENCE}\nx\n{FENCE}",
        f"- a\n  {FENCE}\n  x\n  {FENCE}\n- b",
        f"~~~\n{FENCE}\n~~~",
        "    indented",
        f"{FENCE}`\n{FENCE}\n{FENCE}``",
    ],
    "P505": ["![a curve](x.png)", '<img src="x.png" alt="a curve">', "`![](x.png)`"],
    "P506": [
        "|a|b|\n|-|-|\n|1|2|\n\ntext",
        "a|b\n-|-\n1|2",
        "|a|b|\n|-|-|\n|x\\|y|$|z|$|",
        "|a|b|\n|-|-|\n||2|",
        "a | b",
    ],
    "P507": [
        '<b>a</b><br><img src="x" alt="y"><p>text<ul><li>a<li>b</ul>',
        '<a id="x"> <a name="y"/> text',
        "a < b and `<int>` and <https://x.org> and <a@b.org>",
        "<details><summary>a</summary>\n\nb\n\n</details>",
        "a <!-- <b> --> `<!--`",
        "<b><i>crossed</b></i>",
    ],
    "P508": ["café, naïve, Âge, SÃO, 20\u00a0°C, 20\u202fkg, “quotes” – — … 👩\u200d👩, Ångström, Ñandú, 中文"],
    "P509": ["![Loss falls from 2.3 to 0.1](a.png)", "![损失曲线](a.png)", "![](a.png)"],
    "P510": [
        "# A\n\n## 1. a\n\n## 2. b\n\n# B\n\n## 1. c\n\n## 2. d",
        "## 一 甲\n\n## 第二章 乙\n\n## 三、丙\n\n## 一些话",
        "## 1. a\n\n## 2. b\n\n## 1. a\n\n## 2. b",
        "## 3. starts here\n\n## 4. b",
        "## 1. to 7.\n\n## 8. b",
        "## 2019 was\n\n## 2021 too\n\n## 3D plots\n\n## 10 minutes",
        "## 1. a\n\n### 1.1 b\n\n### 1.2 c\n\n## 2. d\n\n### 2.1 e",
    ],
    "P511": [
        "[chapter 3](03_three.ipynb) [three](03_three.ipynb) [2 of 5](03_three.ipynb) [03_three.ipynb](03_three.ipynb)"
    ],
}


@pytest.mark.parametrize(("code", "source"), [(code, source) for code, cases in HONEST.items() for source in cases])
def test_what_is_in_order_is_not_reported(found, code, source):
    assert found(code, source) == []


def test_each_rule_has_both():
    assert set(BROKEN) == set(HONEST) == set(RULES)


def test_an_attachment_that_is_there_is_found(found):
    assert found("P501", "![a](attachment:x.png)", attachments={"x.png": {"image/png": ""}}) == []


def test_a_heading_may_stand_in_another_cell_or_in_an_output(found):
    output = new_output("display_data", {"text/html": '<h2 id="result">Result</h2>'})
    code = new_code_cell("show()", outputs=[output])
    assert found("P501", "[a](#Later) [b](#result)", code, "# Later") == []


def test_numbers_of_sections_go_on_from_cell_to_cell(found):
    assert found("P510", "## 1. a", "text", "## 3. b") != []


def test_a_macro_holds_in_later_cells_only(found):
    assert found("P502", r"$\newcommand{\half}{\frac12}$", r"$\half$") == []
    assert found("P502", r"$\half$", r"$\newcommand{\half}{\frac12}$") != []


def test_an_output_in_markdown_is_read_too(found):
    code = new_code_cell("show()", outputs=[new_output("display_data", {"text/markdown": "$x^2^3$"})])
    assert len(found("P502", code)) == 1


def test_a_page_beside_the_notebooks_is_read_too(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# One\n\n[a](#one) [b](#two) **bold", encoding="utf-8")
    assert [text[:4] for text in words.of_page(page)] == ["P501", "P503"]
    assert words.of_page(page, ["P505"]) == []


def test_formulas_show_in_messages_as_such(found):
    (message,) = found("P503", "so $x$ and **y")
    assert "(formula)" in message
    assert FORMULA not in message
