"""The editions in other languages say what the English course says, all of it, and nothing else."""

import ast
import itertools
import re

import nbformat
import polib
import pytest

from helpers.exercises import EXERCISES
from helpers.language import FONT, LOCALE, columns, languages
from tools.make_exercises import student_version
from tools.places import NOTEBOOKS, ROOT, editions, files, notebooks
from tools.translate import catalogues, faults, font, formulas
from tools.translate import editions as made
from tools.translate.blocks import pieces
from tools.translate.sources import PAGES, Message, originals

EDITIONS = languages()[1:]
TERMS = {"learning rate": {"is": ["学习率"], "not": ["学习速率"]}, "held out": {"is": ["留出"]}}
TWINS = [(language, path) for language in EDITIONS for path in originals()]


def twin_id(twin):
    return f"{twin[0]}/{twin[1].stem}"


def test_there_is_a_chinese_edition():
    assert EDITIONS == ["zh"]


@pytest.mark.parametrize("language", EDITIONS)
def test_catalogues_say_all_that_the_course_says(language):
    assert faults.all_faults(language) == [], f"make {language}, translate what it marks as stale, and call it again"


@pytest.mark.parametrize("language", EDITIONS)
def test_the_package_reads_what_its_catalogues_say(language):
    stored = LOCALE / language / "LC_MESSAGES"
    assert (stored / "course.mo").read_bytes() == catalogues.compiled(language), f"make {language}"
    shown = catalogues.compiled(language, catalogues.said_in_the_sandbox())
    assert (stored / "sandbox.mo").read_bytes() == shown, f"make {language}"


def test_the_catalogue_of_the_sandbox_has_messages_of_values_and_no_hint():
    shown = catalogues.said_in_the_sandbox()
    assert "an object of type {type}" in shown and "the size of a layer" in shown
    asked = EXERCISES.values()
    assert not shown & {text for exercise in asked for text in (*exercise.hints, *(s.message for s in exercise.slips))}


@pytest.mark.parametrize("language", EDITIONS)
def test_key_numbers_that_differ_in_english_have_names_that_differ(language):
    """Two of one name would be one: a figure would tell fewer of them."""
    said = {
        entry.msgid: entry.msgstr
        for name in catalogues.catalogues()
        for entry in polib.pofile(catalogues.file_of(language, name))
    }
    for path in files(ROOT / "helpers", "*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Dict):
                calls = [key for key in node.keys if getattr(getattr(key, "func", None), "id", None) in ("_", "N_")]
                keys = [call.args[0].value for call in calls]
                twice = {key for key in keys if [said[one] for one in keys].count(said[key]) > keys.count(key)}
                assert twice == set(), f"translate them differently: {path.name}"


@pytest.mark.parametrize("language", EDITIONS)
def test_there_is_no_catalogue_of_nothing(language):
    known = {catalogues.file_of(language, name) for name in catalogues.catalogues()}
    assert set(files(LOCALE / language, "*.po")) == known


@pytest.mark.parametrize("twin", TWINS, ids=map(twin_id, TWINS))
def test_a_notebook_is_what_its_catalogue_makes_of_the_english_one(twin):
    language, path = twin
    stored = nbformat.read(made.place_of(language, path), as_version=4)
    assert made.bare(stored) == made.bare(made.notebook(language, path)), f"make {language}"


@pytest.mark.parametrize("language", EDITIONS)
def test_exercises_are_what_students_get_of_the_solutions(language):
    folder = NOTEBOOKS / language
    for path in sorted((folder / "solutions").glob("*.ipynb")):
        stored = nbformat.read(folder / "exercises" / path.name, as_version=4)
        assert made.bare(stored) == made.bare(student_version(nbformat.read(path, as_version=4))), f"make {language}"


@pytest.mark.parametrize("language", EDITIONS)
def test_pages_are_what_their_catalogues_make_of_the_english_ones(language):
    for path in PAGES:
        stored = made.place_of(language, path).read_text(encoding="utf-8")
        assert stored == made.page(language, path), f"{path.name}: make {language}"


def test_an_edition_has_all_notebooks_and_pages_and_no_others():
    expected = {made.place_of(language, path) for language in EDITIONS for path in notebooks()}
    assert set(editions()) == expected
    for language in EDITIONS:
        assert set(files(ROOT / "docs" / language, "*")) == {made.place_of(language, path) for path in PAGES}


@pytest.mark.parametrize("twin", TWINS, ids=map(twin_id, TWINS))
def test_each_cell_shows_the_numbers_and_the_code_that_the_english_one_shows(twin):
    language, path = twin
    english, other = (nbformat.read(place, as_version=4).cells for place in (path, made.place_of(language, path)))
    differ = [
        cell.id
        for cell, twin_cell in zip(english, other, strict=True)
        if cell.cell_type == "code" and made.shows_otherwise(cell, twin_cell)
    ]
    assert differ == [], f"make {language}"


def fields(line):
    """Return where each field of a printed line begins and ends; two spaces or more stand between them."""
    return [[columns(line[:end]) for end in found.span()] for found in re.finditer(r"\S+(?: \S+)*", line)]


def crooked(english, own):
    """Return the lines of a printed text whose fields stand below those of the line before in English alone.

    A heading may stand one column off its numbers.
    """
    lines = [[(line, fields(line)) for line in text.splitlines()] for text in (english, own)]
    found = []
    for ((_line, a), (_line, b)), ((_line, c), (line, d)) in zip(*map(itertools.pairwise, lines), strict=False):
        if len(a) == len(b) == len(c) == len(d) > 1:
            straight = [one[0] == other[0] or one[1] == other[1] for one, other in zip(a, b, strict=True)]
            off = [min(abs(one[0] - other[0]), abs(one[1] - other[1])) > 1 for one, other in zip(c, d, strict=True)]
            found += [line] * any(is_so and is_off for is_so, is_off in zip(straight, off, strict=True))
    return found


def test_a_table_that_is_crooked_is_found():
    english = "plain      53\nAdam 0.5   13"
    assert crooked(english, "普通         53\nAdam 0.5   13") == ["Adam 0.5   13"]
    assert crooked(english, "普通       53\nAdam 0.5   13") == crooked(english, "普通") == []


@pytest.mark.parametrize("twin", TWINS, ids=map(twin_id, TWINS))
def test_what_stands_in_columns_in_english_stands_in_columns(twin):
    language, path = twin
    own = {cell.id: cell for cell in nbformat.read(made.place_of(language, path), as_version=4).cells}
    found = [
        f"{cell.id}: {line}"
        for cell in nbformat.read(path, as_version=4).cells
        for outputs in zip(cell.get("outputs", ()), own[cell.id].get("outputs", ()), strict=True)
        if all(output.output_type == "stream" for output in outputs)
        for line in crooked(*(output.text for output in outputs))
    ]
    assert found == [], "`helpers.language.padded` fills a column up in each language"


@pytest.mark.parametrize("language", EDITIONS)
def test_pictures_have_all_characters(language):
    assert font.characters(language) <= font.covered(LOCALE / language / FONT)


@pytest.mark.parametrize("path", notebooks(), ids=lambda path: path.stem)
def test_pieces_join_to_the_cell(path):
    for cell in nbformat.read(path, as_version=4).cells:
        assert "".join(text for text, _kind in pieces(cell)) == cell.source


# -- what is found ---------------------------------------------------------------------------------------------------


def cell(source, kind="markdown"):
    return nbformat.from_dict({"cell_type": kind, "id": "c", "source": source, "metadata": {}})


def messages(source, kind="markdown"):
    return [text for text, kind in pieces(cell(source, kind)) if kind]


def test_what_a_reader_reads_is_a_message():
    assert messages("# A title\n\nSome *words* and $x$.\n\n* an item\n* $x^2$\n\n$$\\text{loss} = 1$$\n") == [
        "A title",
        "Some *words* and $x$.",
        "an item",
    ]
    assert messages("| rate | seen |\n|---|---|\n| 0.5 | arrives |") == ["rate", "seen", "arrives"]
    assert messages("```python\nx = 'no words'\n```\n\n> quoted words") == ["quoted words"]


def test_what_code_shows_is_a_message_and_its_names_are_none():
    code = 'x = f["relu"]  # a remark\nprint(f"rate {x:.2f}: " + names["x"])\nplot(title="loss", kind="loss")\n'
    assert messages(code, "code") == ["a remark", "rate {x:.2f}: ", "loss"]


@pytest.mark.parametrize(
    ("english", "chinese", "fault"),
    [
        ("After 10 epochs", "20 轮以后", "number: 10 became 20"),
        ("After ten epochs", "10 轮以后", "number: none became 10"),
        ("The loss is $x^2$", "损失是 $x^3$", "formula"),
        ("Call `train`", "调用 `trains`", "code"),
        ("See [this](a.ipynb)", "见[此处](b.ipynb)", "link"),
        ("<b>Bold</b> words", "粗体的字", "tag"),
        ("As N06 says", "如 N07 所说", "statement"),
        ("Words `x` and {x} in prose", "文字 `x` 和 {x} 与 {y} 7", "number"),
        ("A **bold** word", "**“粗体”**的字", "emphasis"),
        ("The learning rate", "学习步长", "glossary"),
        ("The learning rate", "学习率就是学习速率", "glossary"),
        ("One, two", "一,二", "half-width"),
        ("It gets a ✗. One", "得到 ✗, 一", "half-width"),
        ("Of four units", "五个单元里", "number: four"),
        ("Three quarters of it", "它的三分之二", "part: Three quarter"),
        ("This is **descent**", "这就是下降", "emphasis"),
        ("A ReLU unit", "ReLU单元", "no space"),
        ("the work of $n$ units", "$n$个单元的计算量", "no space"),
        ("Your answer", "您的答案", "reader is 你"),
        ("1 % of it", "它的 1 %", "per cent sign"),
        ("138 million weights", "138 百万个权重", "万 and 亿"),
        ("138 million weights", "13.8 亿个权重", "number: 138000000 became 1380000000"),
        ("Over 2 times as large", "大到 2 倍以上", "bound: 以上"),
        ("Batches held-out", "一些批量", "'held out' is 留出"),
        ("Words", "", "not translated"),
    ],
)
def test_a_wrong_translation_of_prose_is_found(english, chinese, fault):
    entry = polib.POEntry(msgid=english, msgstr=chinese, comment="text")
    assert re.search(fault, "\n".join(faults.of_entry(entry, TERMS))), faults.of_entry(entry, TERMS)


@pytest.mark.parametrize(
    ("english", "chinese", "fault"),
    [
        ("rate {rate:.2f}", "比率 {rate:.1f}", "hole"),
        ("rate {rate}", "比率", "hole"),
        ("over 5 times", "超过 6 倍", "number"),
        ("a name", '一个"名字"', "quotation mark"),
        ("name: ", "名字", "space"),
        ("one\\ntwo", "一二", "line breaks"),
    ],
)
def test_a_wrong_translation_of_a_text_in_code_is_found(english, chinese, fault):
    assert re.search(fault, "\n".join(faults.lost(english, chinese, "string")))


def test_a_right_translation_is_left_alone():
    pairs = {
        "With **learning rate** 0.5, [see](a.ipynb) $x$.": "**学习率**为 0.5 时，[见](a.ipynb) $x$。",
        "The learning rates": "几个学习率",
        "138 million and 1,550 million are 2 numbers": "1.38 亿和 15.5 亿是 2 个数",
        "2 or more, held-out": "留出 2 个或以上",
        "Of ten thousand, ten are *bold* in 1: one": "一万个里有十个**粗**的，1: 一",
    }
    for english, chinese in pairs.items():
        assert faults.of_entry(polib.POEntry(msgid=english, msgstr=chinese, comment="text"), TERMS) == []
    assert faults.lost("seen: ", "所见：", "string") == []


def test_a_term_that_comes_without_its_english_is_found():
    terms = {"entropy": {"is": ["熵"]}, "cross-entropy": {"is": ["交叉熵"]}, "logit": {"is": ["logit"]}}
    named = {"1": ["logit 的交叉熵（cross-entropy）", "交叉熵"], "2": ["**熵**（entropy）是", "熵"]}
    assert faults.unnamed(named, terms) == []
    assert faults.unnamed({"1": ["交叉熵"], "2": ["熵（entropy）"]}, terms) == [
        "1: first use of 交叉熵 without （cross-entropy）"
    ]
    assert faults.unnamed({"1": ["交叉熵（cross-entropy）"], "2": ["熵"], "3": ["熵（entropy）"]}, terms) == [
        "2: first use of 熵 without （entropy）"
    ]


def test_a_changed_sentence_is_stale_and_shows_what_it_was():
    old = polib.POFile()
    old.append(polib.POEntry(msgctxt="c", msgid="After 10 epochs the loss is small.", msgstr="10 轮以后损失很小。"))
    old.append(polib.POEntry(msgctxt="c", msgid="Gone.", msgstr="没了。"))
    (entry,) = catalogues.renewed([Message("After 20 epochs the loss is small.", "c", "text")], old, "zh")
    assert faults.of_entry(entry, {}) == ["stale: the English was 'After 10 epochs the loss is small.'"]
    (same,) = catalogues.renewed([Message("Gone.", "c", "text")], old, "zh")
    assert (same.msgstr, same.flags) == ("没了。", [])


def kept(outputs, count=1):
    """Return a notebook that has one cell of code with these outputs."""
    made_cell = nbformat.v4.new_code_cell("x", execution_count=count, outputs=outputs, id="c")
    return nbformat.v4.new_notebook(cells=[made_cell])


def test_what_the_package_says_otherwise_is_told(monkeypatch, tmp_path):
    texts = {"rate {rate}": "比率 {rate}", "loss": "损失"}

    def compiled(_language, wanted=None):
        file = polib.POFile()
        file.extend(polib.POEntry(msgid=text, msgstr=said) for text, said in texts.items())
        return file.to_binary()

    monkeypatch.setattr(catalogues, "LOCALE", tmp_path)
    monkeypatch.setattr(catalogues, "compiled", compiled)
    assert catalogues.compile_all("zh") == {"rate {rate}", "loss"}  # English until now
    texts["rate {rate}"] = "学习率 {rate}"
    assert catalogues.compile_all("zh") == {"比率 {rate}"}
    assert catalogues.compile_all("zh") == set()


def test_only_notebooks_that_differ_or_show_what_is_now_said_otherwise_are_run(monkeypatch, tmp_path):
    monkeypatch.setattr(made, "NOTEBOOKS", tmp_path)
    place = tmp_path / "zh" / "a.ipynb"
    place.parent.mkdir()
    shows = kept([nbformat.v4.new_output("stream", text="比率 0.5，不大\n")])
    nbformat.write(shows, place)
    assert not made.must_be_run(place, shows) and made.must_be_run(place.with_name("b.ipynb"), shows)
    made.mark_stale("zh", {"损失", "比率 {rate}，很大", "{rate}"})
    assert not made.must_be_run(place, shows)
    made.mark_stale("zh", {"比率 {rate}，不大"})
    assert made.must_be_run(place, shows)
    changed = kept([], None)
    changed.cells[0].source = "y"
    made._keep_outputs(changed, shows)
    nbformat.write(changed, place)
    assert made.must_be_run(place, changed)  # until it was run


@pytest.mark.parametrize(
    ("english", "own", "otherwise"),
    [
        ("rate 0.5", "比率 0.5", False),
        ("rate 0.5", "比率 0.4", True),
        ("two\nslope  = x", "二\nslope = x", False),
        ("two\ndelta = x", "二\nslope = x", True),
        ("1.38 million", "138 万", False),
    ],
)
def test_a_cell_shows_its_twins_numbers_and_code(english, own, otherwise):
    cells = [kept([nbformat.v4.new_output("stream", text=text)]).cells[0] for text in (english, own)]
    assert made.shows_otherwise(*cells) == otherwise


def test_a_translation_that_computes_something_else_is_refused(monkeypatch):
    path = NOTEBOOKS / "00_start_here.ipynb"
    monkeypatch.setattr(made, "translator", lambda *_: lambda _context, text: text + '" + str(1) + "')
    with pytest.raises(ValueError, match="what it computes differs"):
        made.notebook("zh", path)


def test_words_in_formulas_are_translated_and_their_names_are_not():
    text = r"A loss, $\text{loss} = \text{MSE}$, and $$x_\text{in} > 0 \quad \text{if } y$$"
    said = formulas.translated(text, formulas.words("zh"))
    assert said == r"A loss, $\text{损失} = \text{MSE}$, and $$x_\text{入} > 0 \quad \text{若 } y$$"
    assert formulas.faults({"loss": "损失", "gain": "增益"}, [text]) == [
        "formulas.toml: 'if ' is not translated",
        "formulas.toml: 'in' is not translated",
        "formulas.toml: no formula has 'gain'",
    ]


def test_links_lead_to_the_edition_and_out_of_it():
    path = NOTEBOOKS / "02_learning_rate.ipynb"
    told = (
        "[a](03_activations.ipynb) [b](../README.md) [c](../data/ledger.csv) [d](https://numpy.org) "
        "[e](zh/02_learning_rate.ipynb)"
    )
    assert made.linked(told, "zh", path) == (
        "[a](03_activations.ipynb) [b](../../docs/zh/README.md) [c](../../data/ledger.csv) [d](https://numpy.org) "
        "[e](../02_learning_rate.ipynb)"
    )
