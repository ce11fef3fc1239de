"""What a translation must keep: numbers, formulas, code, links and holes; and what it must look like."""

import re
import tomllib
import unicodedata
from collections import Counter
from decimal import Decimal

from markdown_it import MarkdownIt

from helpers.language import LOCALE
from tools.translate import formulas
from tools.translate.blocks import HOLE
from tools.translate.catalogues import file_of, read
from tools.translate.sources import catalogues

KEPT = {
    "formula": re.compile(r"\$\$?[^$]+\$\$?"),
    "code": re.compile(r"`[^`]+`"),
    "link": re.compile(r"\]\(([^)]*)\)|https?://[^\s)>]+"),
    "tag": re.compile(r"</?[a-z]+[^>]*>"),
    "statement": re.compile(r"\b[NC]\d\d\b"),
}
#: In a formula matplotlib has no Chinese: beside Chinese a drawn text may say x₁ for $x_1$.
SUBSCRIPT = re.compile(r"(\w)([₁₂ᵢ])")
#: A name of code: a call, or what holds an underscore.
NAME = re.compile(r"\w+\(|\w*_\w+")
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
MARKDOWN = MarkdownIt()
#: What multiplies the number before it, and by which power of ten: 138 million is 1.38 亿.
POWERS = {"million": 6, "billion": 9, "万": 4, "亿": 8}
MULTIPLE = re.compile(rf"(\d[\d,]*(?:\.\d+)?) ?({'|'.join(POWERS)})")
#: Small numbers and parts in words.
SMALL = {
    "three": "三",
    "four": "四",
    "five": "五",
    "six": "六",
    "seven": "七",
    "eight": "八",
    "nine": "九",
    "ten": "十",
}
MANY = {"a": "一", "one": "一", "two": "[两二]", "three": "三", "four": "四"}
PARTS = {"third": "三", "quarter": "四", "fifth": "五", "sixth": "六", "seventh": "七", "eighth": "八", "ninth": "九"}
CHINESE = "\u4e00-\u9fff"
#: How Chinese is not set, or not said.
UNUSUAL = {
    "half-width mark beside Chinese": re.compile(
        rf"[{CHINESE}✓✗][,;:?!]|[,;:?!][{CHINESE}]|(?<![\d}}])[,;:?!] [{CHINESE}]"
    ),
    "no space between Chinese and Latin": re.compile(f"[{CHINESE}][A-Za-z0-9$`]|[A-Za-z0-9$`%][{CHINESE}]"),
    "space before a per cent sign": re.compile(r"[\d}] %"),
    "a number is said in 万 and 亿": re.compile(r"\d ?个?(?:百万|千万|十亿|百亿)"),
    "the reader is 你": re.compile("您"),
}


def glossary(language):
    """Return the terms of a language.

    Parameters
    ----------
    language : str

    Returns
    -------
    dict
        English term -> dict with "is", the forms that it may have, and "not", forms that it must not have.
    """
    return tomllib.loads((LOCALE / language / "glossary.toml").read_text(encoding="utf-8"))


def in_digits(text):
    """Return a text with its multiples written out: "138 million" and "1.38 亿" are both "138000000".

    Parameters
    ----------
    text : str

    Returns
    -------
    str
    """
    return MULTIPLE.sub(lambda said: f"{Decimal(said[1].replace(',', '')).scaleb(POWERS[said[2]]):f}", text)


def _numbers(text, kind):
    for pattern in KEPT.values():
        text = pattern.sub(" ", text)
    return Counter(NUMBER.findall(in_digits(HOLE.sub(" ", text) if kind == "string" else text)))


def _written(counter):
    return ", ".join(sorted(counter.elements())) or "none"


def lost(text, translation, kind):
    """Say what a translation does not keep.

    Parameters
    ----------
    text, translation : str
    kind : str
        As of a `Message`.

    Returns
    -------
    list of str
        One line for each kind of thing that differs.
    """
    if kind == "string" and "$" not in translation:
        translation = SUBSCRIPT.sub(
            lambda drawn: f"${drawn[1]}_{unicodedata.normalize('NFKC', drawn[2])}$", translation
        )
    found = []
    patterns = {**KEPT, **({"hole": HOLE} if kind == "string" else {})}
    pairs = [
        (what, *(Counter(m[0] for m in p.finditer(t)) for t in (text, translation))) for what, p in patterns.items()
    ]
    pairs.append(("number", _numbers(text, kind), _numbers(translation, kind)))
    for what, before, after in pairs:
        if before != after:
            found.append(f"{what}: {_written(before - after)} became {_written(after - before)}")
    if text.count("\\n") != translation.count("\\n") or (
        kind in ("string", "comment") and "\n" in translation and "\n" not in text
    ):
        found.append("line breaks differ")
    if (said := re.search("以[上下](?!面)", translation)) and re.search(r"\b(?:more than|over)\b", text, re.IGNORECASE):
        found.append(f"bound: {said[0]} includes it, 'more than' does not")
    if kind == "string":
        more = [quote for quote in "\"'" if translation.count(quote) > text.count(quote)]
        found += [f"a quotation mark {quote} more than the English has" for quote in more]
    for side, ends in (("begins", str.lstrip), ("ends", str.rstrip)):
        full_width = set(translation[:1] + translation[-1:]) & set("，。：；？！、（）“”")
        if (ends(text) == text) != (ends(translation) == translation) and not full_width:
            found.append(f"one {side} with a space, the other does not")
    return found


def unsaid(text, translation):
    """Say which small numbers and parts in words, and how much of the emphasis, a translation lacks.

    Parameters
    ----------
    text, translation : str

    Returns
    -------
    list of str
    """
    found, words = [], text
    for pattern in (HOLE, *KEPT.values()):
        words = pattern.sub(" ", words)
    for word in re.findall(rf"\b({'|'.join(SMALL)})\b(?! thousand)", words, re.IGNORECASE):
        if SMALL[word.lower()] not in translation:
            found.append(f"number: {word} is not said")
    for many, part in re.findall(rf"\b({'|'.join(MANY)})[ -]({'|'.join(PARTS)})s?\b", words, re.IGNORECASE):
        if not re.search(f"{PARTS[part.lower()]}分之{MANY[many.lower()]}|第{PARTS[part.lower()]}", translation):
            found.append(f"part: {many} {part} is not said")
    # Chinese may have more: it has no italics. What stands on a button it quotes.
    if text.count("**") > translation.count("**") + 2 * translation.count("“"):
        found.append("emphasis: the English has more in bold")
    return found


def unrendered(translation):
    """Say which marks of Markdown a page would show.

    Parameters
    ----------
    translation : str
        A paragraph, an item or a cell of a table.

    Returns
    -------
    list of str
    """
    text = KEPT["formula"].sub("x", translation)
    shown = [
        child.content
        for token in MARKDOWN.parse(text)
        for child in token.children or ()
        if child.type == "text" and re.search(r"\*|__", child.content)
    ]
    return [f"emphasis that is not rendered: {part}" for part in shown]


def misworded(text, translation, terms):
    """Say which terms do not have the form that the glossary gives them.

    Parameters
    ----------
    text, translation : str
    terms : dict
        As of `glossary`.

    Returns
    -------
    list of str
    """
    words = text
    for pattern in (HOLE, *KEPT.values(), NAME):
        words = pattern.sub(" ", words)
    words, found = words.casefold(), []
    for english, form in terms.items():
        term = english.casefold()
        if (
            term.replace(" ", "-") in words.replace(" ", "-")  # which is told much faster than what follows
            and re.search(rf"\b{re.escape(term)}s?\b".replace(r"\ ", "[ -]"), words)
            and not any(one in translation for one in form["is"])
        ):
            found.append(f"{english!r} is {' or '.join(form['is'])} in the glossary")
        found += [
            f"{wrong} is {form['is'][0]} in the glossary" for wrong in form.get("not", ()) if wrong in translation
        ]
    return found


def unusual(translation):
    """Say where a translation is not set as Chinese is.

    Parameters
    ----------
    translation : str

    Returns
    -------
    list of str
    """
    return [f"{what}: {part[0]!r}" for what, pattern in UNUSUAL.items() for part in pattern.finditer(translation)]


def of_entry(entry, terms):
    """Say what is wrong with an entry of a catalogue.

    Parameters
    ----------
    entry : polib.POEntry
        Its comment is the kind of the message.
    terms : dict
        As of `glossary`.

    Returns
    -------
    list of str
    """
    if not entry.msgstr:
        return ["not translated"]
    if "fuzzy" in entry.flags:
        return [f"stale: the English was {entry.previous_msgid!r}"]
    found = lost(entry.msgid, entry.msgstr, entry.comment) + misworded(entry.msgid, entry.msgstr, terms)
    if re.search(f"[{CHINESE}]", entry.msgstr):  # else it is a name, the same in all languages
        found += unsaid(entry.msgid, entry.msgstr)
    if entry.comment in ("text", "table", "heading"):
        found += unrendered(entry.msgstr)
    return found + unusual(entry.msgstr)


def of_catalogue(language, name, terms):
    """Say what is wrong with a catalogue.

    Parameters
    ----------
    language, name : str
    terms : dict
        As of `glossary`.

    Returns
    -------
    list of str
        Each line with file, place, fault and English text.
    """
    place = file_of(language, name).relative_to(LOCALE.parents[1])
    entries = read(language, name)
    said = {(entry.msgctxt or "", entry.msgid): entry for entry in entries}
    wanted = {(message.context, message.text): message for message in catalogues()[name]}
    found = [(*key, "missing in the catalogue") for key in wanted if key not in said]
    found += [(*key, "no longer in the English course") for key in said if key not in wanted]
    found += [(*key, fault) for key, entry in said.items() if key in wanted for fault in of_entry(entry, terms)]
    return [f"{place}: {context or 'no cell'}: {fault}: {text[:70]!r}" for context, text, fault in found]


def at_odds(language):
    """Say which messages of the package have two translations: at run time there is but one.

    Parameters
    ----------
    language : str

    Returns
    -------
    list of str
    """
    told = {}
    for name in catalogues():
        if name.startswith("helpers/"):
            for entry in read(language, name):
                told.setdefault(entry.msgid, {})[entry.msgstr] = name
    return [f"{text[:70]!r} is said in two ways: {said}" for text, said in told.items() if len(said) > 1]


def unnamed(chapters, terms):
    """Say which terms do not stand with their English where the course first uses them.

    Parameters
    ----------
    chapters : dict
        Name -> translated texts, in the order in which they are read.
    terms : dict
        As of `glossary`.

    Returns
    -------
    list of str
    """
    chinese = {english: [one for one in form["is"] if not one.isascii()] for english, form in terms.items()}
    forms = [one for those in chinese.values() for one in those]

    def says(text, one):
        for longer in forms:
            if one in longer != one:  # 熵 in 交叉熵 is not a use of 熵
                text = text.replace(longer, " ")
        return one in text

    found = []
    for english, those in chinese.items():
        for name, texts in chapters.items():
            if any(says(text, one) for one in those for text in texts):
                named = [f"{one}{mark}（{english}" for one in those for mark in ("", "**")]
                if not any(one.casefold() in text.casefold() for one in named for text in texts):
                    found.append(f"{name}: first use of {those[0]} without （{english}）")
                break
    return found


def all_faults(language, names=()):
    """Say what is wrong with all catalogues of a language.

    Parameters
    ----------
    language : str
    names : list of str
        Of some catalogues alone.

    Returns
    -------
    list of str
    """
    terms = glossary(language)
    found = [fault for name in names or catalogues() for fault in of_catalogue(language, name, terms)]
    if names:
        return found
    chapters = {
        name: [entry.msgstr for entry in read(language, name) if entry.comment in ("text", "heading", "table")]
        for name in catalogues()
        if name.startswith("notebooks/0")
    }
    in_formulas = formulas.faults(formulas.words(language), formulas.english_texts())
    return found + in_formulas + at_odds(language) + unnamed(chapters, terms)
