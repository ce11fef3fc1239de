"""The texts of notebooks and pages: what they refer to is there, marks are whole, and numbers have a source.

The gate looks at links, formulas and numbers that look like results. Here: references in words ("chapter 3", "section
7"), names in code font, whole numbers and signs, tables, tags, and characters that nobody means to write.
"""

import builtins
import functools
import io
import keyword
import re
import subprocess
import sys
import tokenize
import tomllib
import unicodedata

import numpy as np
import pytest
from nbgate.rules.numbers import listed

from helpers.ledger import read_ledger
from tests.words import (
    MULTIPLE,
    WORDS,
    borne_out,
    cells,
    in_words,
    lines,
    modules,
    other_seeds,
    said,
    section,
    shown_in,
    text_of,
    tokens,
    without_source,
    written,
)
from tools.places import NOTEBOOKS, ROOT, files, notebooks, pages

TEXTS = [path for path in notebooks() if path.parent.name != "exercises"]  # these are made from solutions/
CHAPTERS = {int(path.name[:2]): path for path in notebooks() if path.parent == NOTEBOOKS}
#: The course's own; the gate's package proves its own.
PAGES = [path for path in pages() if "nbgate" not in path.parts]
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
#: A year is no result: in brackets, or after a month or certain words.
YEAR = rf"\((?:19|20)\d\d\)|\b(?:in|since|et al\.|{MONTHS}) (?:19|20)\d\d\b"
LISTED = listed(ROOT / "tests" / "numbers_in_texts.toml")
#: Those of tests/test_strings.py: their expressions are worked out here, too.
IN_STRINGS = listed(ROOT / "tests" / "numbers_in_strings.toml")
MULTIPLES = tomllib.loads((ROOT / "tests" / "multiples_in_texts.toml").read_text(encoding="utf-8"))["multiple"]
#: Statement -> the notebook that tests it.
PLACES = {entry.id: entry.notebook.rpartition("/")[2].removesuffix(".ipynb") for entry in read_ledger()}
#: What is said without a source: of the reader's time, of exercises (see test_exercises.py), and names.
NO_RESULT = re.compile(
    r"\b(?:about|of|takes) \d+(?: to \d+)? minutes|\b\d+ exercises, \d+ points|\b[A-Za-z]+-\d+\b|\b\d+-(?:bit|fold)\b"
    r"|\b(?:chapters?|sections?|Python|NumPy|PyTorch|Pyodide) \d[\d.]*(?:(?:, | and | to )\d+)*",
    flags=re.IGNORECASE,
)


def by_stem(path):
    return path.relative_to(ROOT).with_suffix("").as_posix()


def prose(path):
    """Yield id and Markdown of each text of a notebook."""
    return ((cell.id, cell.source) for cell in cells(path) if cell.cell_type == "markdown")


def plain(source):
    """Return the words of a text, without code, formulas and references."""
    parts, heading = [], ""
    for part in tokens(source):
        if part["type"] == "heading":
            heading = text_of(part)
        elif part["type"] == "text" and heading != "References":
            parts.append(part["raw"])
    return NO_RESULT.sub("", re.sub(YEAR, "", " ".join(parts)))


# -- numbers ---------------------------------------------------------------------------------------------------------


def unproved(path):
    """Return the numbers of a notebook's texts that its sections do not show.

    In figures from 10 on, below 0, or no whole ones; in words from three on.
    """
    found = []
    for _, source in prose(path):
        own = section(path, lambda cell, source=source: cell.source == source)
        has_code = any(cell.cell_type == "code" for cell in own)
        shown = shown_in(own if has_code else cells(path))
        for word, values in written(plain(source)):
            number = values[0][0]
            if not (0 <= number < 10 and number.is_integer()) and not any(borne_out(values, one) for one in shown):
                found.append(word.strip())
        if path.parent.name != "solutions":  # tests/test_exercises_texts.py knows what these mean
            found += [word for word in in_words(plain(source)) if WORDS[word] not in shown]
    return found


@pytest.mark.parametrize("path", TEXTS, ids=by_stem)
def test_numbers_in_texts_are_shown_in_their_section_or_listed(path):
    own = {entry.number for entry in LISTED if path.match(entry.notebook)}
    own |= {entry.number for entry in listed(ROOT / "tests" / "prose_numbers.toml") if path.match(entry.notebook)}
    unknown = [number for number in unproved(path) if number not in own]
    assert unknown == [], (
        "let a cell of the section print it, or list it in tests/numbers_in_texts.toml with its reason"
    )


def multiples():
    """Yield where a part or a multiple in words stands: place, text, and the match."""
    for path in TEXTS:
        if path.parent.name != "solutions":
            texts = [" ".join(plain(source).split()) for _, source in prose(path)]
            yield from ((path.stem, text, found) for text in texts for found in MULTIPLE.finditer(text))
    for entry in read_ledger():
        yield from ((entry.id, entry.why, found) for found in MULTIPLE.finditer(entry.why))


def test_parts_and_multiples_in_words_are_listed_with_what_proves_them():
    found, needless = [], {(one["place"], one["words"]) for one in MULTIPLES}
    for place, text, match in multiples():
        around = [
            one["words"]
            for one in MULTIPLES
            if one["place"] == place
            and any(at.start() <= match.start() <= at.end() for at in re.finditer(re.escape(one["words"]), text))
        ]
        needless -= {(place, words) for words in around}
        if not around:
            found.append(f"{place}: {text[max(0, match.start() - 40) : match.end() + 40]!r}")
    assert found == [], "let a cell show it in figures, or list it in tests/multiples_in_texts.toml with what proves it"
    assert needless == set(), (
        "the text has no such words any more: mend or remove them in tests/multiples_in_texts.toml"
    )


@pytest.mark.parametrize("one", MULTIPLES, ids=lambda one: f"{one['place']}: {one['words']}")
def test_a_part_or_multiple_is_what_its_expression_says(one):
    assert set(one) - {"true", "reason"} == {"place", "words"} and len({"true", "reason"} & set(one)) == 1
    if "true" in one:
        stem = PLACES.get(one["place"], one["place"])
        (path,) = (path for path in TEXTS if path.stem == stem and path.parent.name != "solutions")
        assert eval(one["true"], modules() | {"said": lambda *words: said(path, *words)}), one["true"]


@pytest.mark.parametrize("path", [path for path in TEXTS if path.parent.name != "solutions"], ids=by_stem)
def test_the_number_of_seeds_is_that_of_the_code(path):
    for name, source in prose(path):
        own = section(path, lambda cell, source=source: cell.source == source)
        if any(cell.cell_type == "code" for cell in own):
            assert other_seeds(plain(source), own) == [], name
    for cell in cells(path):
        if cell.cell_type == "code":
            assert other_seeds(" ".join(re.findall("#.*", cell.source)), [cell]) == [], f"{cell.id}: its comment"


def test_no_number_is_listed_without_need():
    found = {path.name: unproved(path) for path in TEXTS}
    needless = [entry for entry in LISTED if entry.number not in found[entry.notebook]]
    assert needless == [], "take it out of tests/numbers_in_texts.toml"


@pytest.mark.parametrize(
    "entry", [e for e in LISTED + IN_STRINGS if e.equals], ids=lambda entry: f"{entry.notebook} {entry.number}"
)
def test_a_listed_number_is_what_its_expression_gives(entry):
    assert without_source(entry.number, [float(eval(entry.equals, dict(modules())))]) == []


def test_the_start_page_says_how_long_a_chapter_takes():
    whole = {number: "\n".join(source for _, source in prose(path)) for number, path in CHAPTERS.items()}
    least, most = map(int, re.search(r"Each takes (\d+) to (\d+) minutes, chapter 3 two sittings", whole[0]).groups())
    for number in (1, 2, 4, 5):
        told = re.search(r"About (\d+) minutes", whole[number])
        assert told, f"chapter {number} says how long it takes: 'About 50 minutes'"
        assert least <= int(told[1]) <= most, f"chapter {number}: {told[0]}, the start page says otherwise"
    assert least <= int(re.search(r"Two sittings of (\d+) minutes", whole[3])[1]) <= most


# -- references ------------------------------------------------------------------------------------------------------


def title(path):
    return re.match(r"# (?:Chapter \d\. |Appendix: )?(.+)", cells(path)[0].source)[1]


def section_numbers(path):
    return [
        int(number) for _, source in prose(path) for number in re.findall(r"^## (\d+)\. ", source, flags=re.MULTILINE)
    ]


def named(words, text):
    """Yield the numbers after "chapter" or "sections": "sections 4 and 6", "chapters 2 to 4"."""
    for found in re.findall(rf"\b{words}s? (\d+(?:(?:, | and | to )\d+)*)", text, flags=re.IGNORECASE):
        yield from map(int, re.findall(r"\d+", found))


@pytest.mark.parametrize("path", TEXTS, ids=by_stem)
def test_sections_are_numbered_one_by_one(path):
    found = section_numbers(path)
    assert found == list(range(1, len(found) + 1))
    if path in CHAPTERS.values() and path != CHAPTERS[0]:
        assert cells(path)[0].source.startswith(f"# Chapter {int(path.name[:2])}. ")


@pytest.mark.parametrize("path", [*TEXTS, *PAGES], ids=by_stem)
def test_a_chapter_that_is_named_is_there_and_its_link_leads_to_it(path):
    sources = [source for _, source in prose(path)] if path.suffix == ".ipynb" else [path.read_text(encoding="utf-8")]
    for source in sources:
        assert set(named("chapter", source)) <= set(CHAPTERS) - {0}
        for words, target in re.findall(r"\[([^\]]+)\]\(([^)#\s]+\.ipynb)", source):
            for number in named("chapter", words):
                assert re.match(rf"0{number}_", target.rpartition("/")[2]), f"[{words}] leads to {target}"
            if found := re.match(r"(\d)\. (.+)", words):
                chapter = CHAPTERS[int(found[1])]
                assert target.endswith(chapter.name) and title(chapter).startswith(found[2].rstrip("s")), words


@pytest.mark.parametrize("path", TEXTS, ids=by_stem)
def test_a_section_that_is_named_is_there(path):
    """It is one of this notebook, or of a chapter that is named beside it."""
    for name, source in prose(path):
        for paragraph in source.split("\n\n"):
            beside = [number for number in named("chapter", paragraph) if number in CHAPTERS]
            places = [path, *(CHAPTERS[number] for number in beside)]
            known = {number for place in places for number in section_numbers(place)}
            assert set(named("section", paragraph)) <= known, (
                f"{name}: no such section here, or in a chapter named beside"
            )


#: A work: its title in quotes or italics, and the year, a few words behind.
WORK = re.compile(r"[\"“*]([A-Z][^\"”*\n]{14,}?),?[\"”*],?([^;\n]{0,120}?)\b((?:19|20)\d\d)\b")


def works():
    """Yield each work that is cited: its title, what stands between it and the year, the year, and where."""
    for path in TEXTS:
        for _, source in prose(path):
            yield from ((*found, path.name) for found in WORK.findall(source))
    for path in files(ROOT / "helpers", "*.py"):
        source = re.sub(r"\n\s+", " ", path.read_text(encoding="utf-8").replace('"""', "\n\n"))
        yield from ((*found, path.name) for found in WORK.findall(source))


def test_a_work_is_of_one_year_wherever_it_is_cited():
    years = {}
    for title, between, year, where in works():
        years.setdefault(title.lower().rstrip(","), {}).setdefault(year, []).append(where)
        for number in re.findall(r"arXiv:(\d\d)\d\d\.", between):
            assert year == f"20{number}", f"{where}: {title}: arXiv counts from the year 20{number}"
    assert len(years) > 20
    several = {title: found for title, found in years.items() if len(found) > 1}
    assert several == {}, "the same work, two years: look which is right"


# -- names in code font ----------------------------------------------------------------------------------------------


@functools.cache
def names_of_the_course():
    """Return all names in the course's code, and those of NumPy and Python."""
    found = {*dir(np), *dir(np.ndarray), *dir(builtins), *keyword.kwlist, "np"}
    for path in [file for folder in ("helpers", "tools", "tests") for file in files(ROOT / folder, "*.py")]:
        if path.name not in ("test_texts.py",):
            found |= names_in(path.read_text(encoding="utf-8"))
    return found


def names_in(code):
    """Return the names in some code, and in its strings those that are nothing but a name."""
    found = set()
    try:
        for token in tokenize.generate_tokens(io.StringIO(code).readline):
            if token.type == tokenize.NAME:
                found.add(token.string)
            elif token.type == tokenize.STRING:
                found |= set(re.findall(r"\w+", token.string)) if len(token.string) < 60 else set()
    except (tokenize.TokenError, SyntaxError):
        found |= set(re.findall(r"\w+", code))
    return found


#: Names of other libraries.
ELSEWHERE = {
    *["tf", "GradientTape", "assign_sub", "math", "BinaryCrossentropy", "CategoricalCrossentropy", "from_logits"],
    *["GlorotNormal", "GlorotUniform", "HeNormal", "HeUniform", "LecunNormal", "with_logits", "huber_loss"],
    *["xavier_uniform_", "kaiming_uniform_", "BCELoss", "BCEWithLogitsLoss", "NLLLoss"],
    *["LeakyReLU", "FlopCounterMode", "load_digits", "load_iris", "Huber", "Dense", "tape", "w", "nn"],
}


def code_spans(source):
    return re.findall(r"(?<!`)`([^`\n]+)`(?!`)", source)


@pytest.mark.parametrize("path", TEXTS, ids=by_stem)
def test_names_in_code_font_are_names_of_code(path):
    own = {name for cell in cells(path) if cell.cell_type == "code" for name in names_in(cell.source)}
    own |= {word for line in lines(path) for word in re.findall(r"\w+", line)} | names_of_the_course()
    for name, source in prose(path):
        words = {word for span in code_spans(source) for word in re.findall(r"\b[A-Za-z_]\w*", span)}
        unknown = {word for word in words - own - ELSEWHERE if not re.fullmatch(r"[a-z]|\d.*|e\d+", word)}
        assert unknown == set(), f"{name}: no names in the course's code; if they are another's, add them to ELSEWHERE"
        for span in code_spans(source):
            if re.fullmatch(r"(helpers|tools)(\.\w+)+", span):
                importable(span)


def importable(dotted):
    """Raise unless a dotted name is that of a module, or of something in one."""
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found = __import__(".".join(parts[:length]), fromlist=["_"])
        except ModuleNotFoundError:
            continue
        for name in parts[length:]:
            found = getattr(found, name)
        return
    raise AssertionError(f"{dotted} is no module")


# -- marks -----------------------------------------------------------------------------------------------------------

#: HTML that has no end, and signs that come from a wrong encoding, are seen by nobody, or look like others.
VOID = {"img", "br", "hr", "input"}
SUSPICIOUS = re.compile("[\u00ad\u200b-\u200f\u2028-\u202e\u2060\ufeff\ufffd]|[ÃÂâ][\u0080-\u00bf€™œ]|Â")


@pytest.mark.parametrize("path", [*TEXTS, *PAGES], ids=by_stem)
def test_marks_are_whole_and_characters_are_meant(path):
    sources = [source for _, source in prose(path)] if path.suffix == ".ipynb" else [path.read_text(encoding="utf-8")]
    for source in sources:
        assert list(slips(source)) == []


def slips(source):
    """Yield what is wrong with the marks and characters of a text."""
    yield from (f"the character {unicodedata.name(c[0], repr(c))}" for c in SUSPICIOUS.findall(source))
    bare = re.sub(r"```.*?```|`[^`\n]*`|\$\$.*?\$\$|\$[^$\n]+\$", "x", source, flags=re.DOTALL)
    opened = []
    for closing, tag in re.findall(r"<(/?)([a-z]+)(?=[\s>])[^>]*>", bare):
        if tag in VOID:
            continue
        if not closing:
            opened.append(tag)
        elif not opened or opened.pop() != tag:
            yield f"</{tag}> closes what is not open"
    yield from (f"<{tag}> is never closed" for tag in opened)
    for table in re.findall(r"(?:^\|.*\n?)+", bare, flags=re.MULTILINE):
        widths = {len(re.findall(r"(?<!\\)\|", line.strip())) for line in table.splitlines()}
        if len(widths) > 1:
            yield f"a table whose rows have different numbers of cells: {table.splitlines()[0][:60]}"
    for part in tokens(source):
        if part["type"] == "text" and (mark := re.search(r"(?<![\s\\*])\*(?!\*)|(?<![\\*])\*(?![\s*])", part["raw"])):
            yield f"a * without its twin: {part['raw'][max(0, mark.start() - 20) :][:60]!r}"
        if part["type"] == "image" and len(text_of(part).split()) < 3:
            yield f"alternative text of a word or two: {text_of(part)!r}"
    for double in re.findall(r"\b([a-z]{2,}) \1\b", bare, flags=re.IGNORECASE):
        if double.lower() not in ("that", "had"):
            yield f"“{double} {double}”"


#: What is no slip: “to and fro”, and French and German words in headings and names of learning platforms.
SPELT = "fro,copie,complet,adresse"


def misspelt(text):
    """Return the words of a text that are known to be misspelt, each with what is meant."""
    command = [sys.executable, "-m", "codespell_lib", f"--ignore-words-list={SPELT}", "-"]
    said = subprocess.run(command, input=text, capture_output=True, encoding="utf-8").stdout
    return re.findall(r"^\d+: .*\n\t(.+)", said, flags=re.MULTILINE)


def test_words_are_spelt():
    sources = [*PAGES, ROOT / "data" / "ledger.csv", *files(ROOT / "data" / "predictions", "*.json")]
    texts = [path.read_text(encoding="utf-8") for path in [*sources, *files(ROOT / "helpers", "*.py")]]
    texts += [source for path in TEXTS for _, source in prose(path)]
    assert misspelt("the paramters\n") == ["paramters ==> parameters"]
    assert misspelt("\n".join(texts)) == [], "if that is meant, add it to the words that are spelt so"


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("a\u200bb", "ZERO WIDTH SPACE"),
        ("50 Â°C", "CIRCUMFLEX"),
        ("a <b>bold word", "never closed"),
        ("a bold</b> word", "not open"),
        ("| a | b |\n|---|---|\n| 1 |", "different numbers"),
        ("a *word and no end", "without its twin"),
        ("![x](y.png)", "a word or two"),
        ("of the the network", "“the the”"),
    ],
)
def test_a_slip_is_found(source, why):
    (found,) = slips(source)
    assert why in found
