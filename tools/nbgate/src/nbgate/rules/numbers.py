"""P520: a number in prose that looks like a result is shown by its section, up to rounding.

A result is a number with a decimal point, an exponent, a minus, a per cent sign, a multiple (3 million), or of
three digits and more. Its section is what stands between two headings of the first or second level; code, outputs and
formulas of it show numbers. Counts below 100 are looked at where their noun stands beside numbers in code or outputs
("40 steps" against ``steps = 30``). What is no result (years, versions, numbers of sections) is told by words, which
each language has in a file of ``languages/``.
"""

import ast
import bisect
import functools
import math
import operator
import re
import tomllib
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from nbgate.markdown import read
from nbgate.rules import Rule

LANGUAGES = Path(__file__).parents[1] / "languages"
DIGITS = r"(?:\d{1,3}(?:[,\u00a0\u2009\u202f]\d{3})+(?!\d)|\d{1,3}(?: 000)+(?!\d)|\d+)(?:\.\d+)?|\.\d+"
EXPONENT = r"(?:[eE][-+]?\d{1,3}(?!\d))?"
YEAR = r"(?:1[5-9]|20)\d\d"
#: Any number in code or an output, whatever it is part of.
SHOWN = re.compile(rf"(?:{DIGITS}){EXPONENT}")
#: What is no number: addresses, files, dates, times, colours, versions of three parts, sizes such as 784-128-10,
#: lists such as [0.2, 0.4, 0.6], which are to be put in.
NAMES = re.compile(
    r"\w+://\S+|www\.\S+|(?<!\S)\S{1,80}@\S+|10\.\d{4,}/\S+|#[0-9A-Fa-f]{3,8}\b|\d+(?:[–—-]\d+){2,}"
    r"|(?<!\d)\d{1,4}([/.])\d{1,2}\1\d{2,4}(?![\d.])|\d{4}-\d\d(?!\d)|(?<!\d)\d+(?:\.\d+){2,}[\w.-]*|\d{1,2}:\d\d(?::\d\d)?"
    r"|\[\s*-?[\d.]+(?:\s*,\s*-?[\d.]+){2,}\s*\]"
    r"|(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{1,60}\.[A-Za-z]\w{0,4}\b|(?<!\d)(?:1\d|20)\d0s\b|\d+\s?°(?!\s?[CF])"
)
#: A quotient that is worked out in the text itself: "3/6 = 0.5".
QUOTIENT = re.compile(r"(?<![\d.])(\d+(?:\.\d+)?)\s?/\s?(\d+(?:\.\d+)?)\s?=\s?(\d+(?:\.\d+)?)(?![\d%]|\.\d|\s?%)")
#: A word with a capital letter, and a number that may be part of the name: "Frobnicator 5.1".
NAMED = re.compile(
    r"(?<=[a-z,;)]\s)([A-Z][A-Za-z+#-]*)\s([1-9]\d?\.\d{1,2}|[1-9]\d{2,3})(?![\d,%]|\.\d|\s?%|\s?[a-z]+illion)"
)
#: What everybody knows: the ends of whole numbers of 7, 8, 15 and 16 bits, a circle, a year.
COMMON = {127.0, -128.0, 255.0, 32767.0, 65535.0, 360.0, 365.0, 366.0}
FULL_WIDTH = {code: code - 0xFEE0 for code in [*range(0xFF10, 0xFF1A), 0xFF05, 0xFF0E, 0xFF0D, 0x2212]} | {0x2212: 0x2D}
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻−", "0123456789--")
#: How much of an output is read: a film may have megabytes.
LONGEST = 200_000
ENCODED = re.compile(r"[A-Za-z0-9+/=\\]{200,}")


class NumbersError(ValueError):
    """The list of numbers, or the language, is not what was expected."""


# -- the words of a language ---------------------------------------------------------------------------------------


def one_of(words):
    """Return a regular expression for any of these words; the first letter may be a capital."""
    made = []
    for word in sorted(words, key=len, reverse=True):
        pattern = r"\s+".join(map(re.escape, word.split()))
        if re.match("[a-z]", word) and len(word) > 1:
            pattern = f"[{word[0]}{word[0].upper()}]{pattern[1:]}"
        before = r"(?<![A-Za-z])" if re.match("[A-Za-z]", word) else ""
        made.append(before + pattern + (r"(?![A-Za-z])" if re.search("[A-Za-z]$", word) else ""))
    return f"(?:{'|'.join(made)})" if made else "(?!)"


class Vocabulary:
    """The words of a language, and the regular expressions that are made of them.

    Parameters
    ----------
    words : dict
        What its file holds: see ``languages/en.toml``.
    """

    def __init__(self, words):
        self.words = words["words"]
        self.scales = words["scales"]
        self.numerals = words.get("numerals")
        self.singular, self.plural = set(words["singular"]), set(words["plural"])
        letters = [scale for scale in self.scales if re.fullmatch("[A-Za-z]", scale)]
        per_cent, spelt = one_of(words["per_cent"]), one_of(set(self.scales) - set(letters))
        spelt_number = "|".join(sorted(self.words, key=len, reverse=True)) or "(?!)"
        self.number = re.compile(
            rf"(?<![A-Za-z0-9_.,–—-])(?P<sign>-)?(?:(?P<digits>(?:{DIGITS}){EXPONENT})"
            rf"|(?i:(?P<spelt>(?:{spelt_number})(?:[- ](?:{spelt_number}))?)(?=\W)))"
            rf"(?:\s?(?P<per_cent>{per_cent})|\s?(?P<scale>{spelt})|(?P<letter>{'|'.join(letters) or '(?!)'})(?!\w)"
            rf"|{one_of(words['units'])}|{one_of(words['per_mille'])})?(?![A-Za-z0-9_–]|-\w|[.,]\d)"
        )
        self.inherits = re.compile(
            rf"\s*(?:{one_of(words['and'])}|,)\s*-?(?:{DIGITS})\s?(?:(?P<per_cent>{per_cent})|(?P<scale>{spelt}))"
        )
        self.per_cent = re.compile(rf"\s?{per_cent}")
        filler = r"\s*(?:(?:the|a|an|its|only|just|about|of|is|are|was|at)\s+)?[$£€]?\s*$"
        self.about, self.over, self.under = (
            re.compile(one_of(words[name]) + filler) for name in ("about", "over", "under")
        )
        self.about_after, self.over_after, self.under_after = (
            re.compile(r"\S{0,2}?\s*" + one_of([word for word in words[name] if word in AFTER]))
            for name in ("about", "over", "under")
        )
        self.minus = re.compile(one_of(words["minus"]))
        # "above 0.5" names no section.
        self.earlier, self.later = (re.compile(one_of(words[n]) + r"(?!\s*-?[\d.])") for n in ("earlier", "later"))
        self.headings = tuple(words["headings"])
        plain = [re.sub(r"\.$", "", word) for word in words["sections"]]
        sections = one_of([*words["sections"], *(f"{word}s" for word in plain if word.isascii() and word.isalpha())])
        self.section = re.compile(
            rf"{sections}\s*(\d+(?:\.\d+)*)(?:\s*(?:{one_of(words['and'])}|,)\s*(\d+(?:\.\d+)*))?"
        )
        self.noun_of = re.compile(rf"\s+{one_of(words['of'])}\s+(?P<all>(?:{DIGITS}))(?![\w%])")
        times = one_of(words["by"])
        self.times = re.compile(rf"\s*{times}\s*(?P<other>\d+)(?!\d|\.\d|\s?%|\s*{times})")
        self.times_before = re.compile(rf"{times}\s*$")
        self.masks = self.made_masks(words, sections, per_cent)

    def made_masks(self, words, sections, per_cent):
        """Return pairs of a regular expression and a function: which matches of it are no results."""
        until = rf"(?:\s*(?:{one_of(words['and'])}|,|–|-|/)\s*)"
        plain = [word for word in words["names"] if word.isascii() and word.isalpha() and word.islower()]
        names = one_of([*words["names"], *(f"{word}s" for word in plain if not word.endswith("s"))])
        number = r"[1-9]\d*(?:\.\d+){0,2}[a-z]?"
        end = rf"(?![\w]|[.,]\d|\s?(?:{per_cent}))" if words["per_cent"] else r"(?![\w]|[.,]\d)"
        months, after = one_of(words["months"]), one_of(words["year_after"])
        determiner = one_of(words["determiners"])
        years = rf"{YEAR}(?:{until}(?:{YEAR}|\d\d))*"
        clear = [
            rf"[(\[（](?:[^()（）\[\]\n]{{0,60}}[ ,，])?{YEAR}[a-z]?[)\]）]",
            rf"{months}\.?,?\s+(?:\d{{1,2}}(?:st|nd|rd|th)?,?\s+)?{YEAR}",
            rf"©\s*{YEAR}|\({YEAR}\s?[–—-](?:\s?{YEAR}\))?",
            rf"{YEAR}{until}?\s*(?:{YEAR})?\s*{after}",
            rf"(?:{sections}|{names})\s*[:(]?\s*{number}(?:{until}{number})*(?![\w]|[.,]\d|\s?{per_cent})",
            r"(?m:^[ \t]*[1-9]\d?(?:\.\d{1,2}){1,2}\.?\s+(?=[A-Z]))",
            rf"\d[\d.]*\s*{one_of(words['names_after'])}",
        ]
        recent = r"(?:19|20)\d\d"
        surely = [
            rf"{one_of(words['year_before'])}\s+(?:{determiner}\s+)?(?:(?:early|late|mid)[ -])?{years}",
            rf"{YEAR}(?:\s+[a-z]+){{0,4}}?{until}{YEAR}",
        ]
        perhaps = [
            rf"\A\s*{one_of(words['about'])}\s+{YEAR}(?=, )",
            rf"{one_of(words['year_before_weak'])}\s+(?:{determiner}\s+)?(?:(?:early|late|mid)[ -])?{recent}"
            rf"(?:{until}{recent})*",
            rf"{determiner}\s+{recent}\s(?=[a-z])",
            rf"(?<![.!?:]\s)(?<!\A)[A-Z][\w-]+,?\s+(?:{recent}(?=\W)|{YEAR}(?=\s*(?:\n|\Z)))",
        ]
        made = [(NAMES, always), (QUOTIENT, is_right), *((re.compile(pattern), always) for pattern in clear)]
        made += [(re.compile(rf"(?<![\d.]){pattern}{end}"), self.is_no_count) for pattern in surely]
        return made + [(re.compile(rf"(?<![\d.]){pattern}{end}"), self.counts_nothing) for pattern in perhaps]

    def is_no_count(self, match):
        """Return whether what looks like a year does not count things: "in 2000 steps"."""
        last = re.findall(r"\d+", match[0])[-1]
        return int(last) % 50 != 0 or self.counts_nothing(match)

    def counts_nothing(self, match):
        """Return whether no plural follows."""
        return not self.noun(match.string[match.end() :])

    def noun(self, after):
        """Return the noun that a number counts, or "": the plural among the next three words."""
        words = re.match(r"\s+((?:[A-Za-z][a-z]*(?:-[a-z]+)?\s*){1,3})|\s?([\u4e00-\u9fff])", after)
        if not words:
            return ""
        if words[2]:
            return words[2]
        for word in words[1].split():
            if word in self.plural or (
                re.search(r"[a-z]{2}s$", word) and not re.search("(?:ss|us|is)$", word) and word not in self.singular
            ):
                return stem(word)
            if word in ("of", "and", "or", "to", "in", "is", "are", "the", "a", "for", "with", "by", "at", "on"):
                break
        return ""

    def value_in_words(self, text):
        """Return the value of "ninety-three"."""
        return sum(self.words[word] for word in re.split("[- ]", text.lower()))


#: Hedges that stand behind their number.
AFTER = {"or so", "or thereabouts", "左右", "上下", "以上", "以下", "以内"}


def is_right(match):
    """Return whether a quotient is what the text says, up to rounding."""
    above, below, said = match.groups()
    half = 0.5 * 10.0 ** -len(said.partition(".")[2])
    return float(below) != 0 and abs(float(above) / float(below) - float(said)) <= half * (1 + 1e-9)


@functools.cache
def vocabulary(language):
    """Return the words of a language.

    Parameters
    ----------
    language : str
        Its code: the name of a file in ``languages/``.

    Raises
    ------
    NumbersError
        If there is no such file.
    """
    known = sorted(file.stem for file in LANGUAGES.glob("*.toml"))
    if language not in known:
        raise NumbersError(f"language: expected one of {', '.join(known)}, got {language!r}")
    return Vocabulary(words_of(language))


def words_of(language):
    """Return what the file of a language holds, joined with those that it extends."""
    own = tomllib.loads((LANGUAGES / f"{language}.toml").read_text(encoding="utf-8"))
    base = words_of(own["extends"]) if "extends" in own else {}
    for name, value in base.items():
        if isinstance(value, dict):
            own[name] = {**value, **own.get(name, {})}
        else:
            own[name] = [*own.get(name, []), *value]
    return {name: value for name, value in own.items() if name != "extends"}


def stem(word):
    """Return a word without the ending of its plural, in small letters."""
    word = word.lower()
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if re.search("(?:[sx]|ch|sh)es$", word):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def stems(text):
    """Return the stems of all words of a text; names in code are taken apart."""
    found = re.findall(r"[A-Z]?[a-z]{2,}|[A-Z]{2,}|[A-Za-z]|[\u4e00-\u9fff]", text)
    return {stem(word) for word in found}


# -- numbers in prose ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Said:
    """A number in prose.

    Parameters
    ----------
    cell : nbformat.NotebookNode or None
    written : str
        As it stands there.
    values : tuple of (float, float)
        What it may mean, each with half a unit of its last digit.
    per_cent : bool
        Whether it is one of a hundred.
    near : str
        The words around it.
    noun : str
        What it counts, if it is a small count.
    beside : float or None
        Of "16 of 1797" and "8 by 9", the other number.
    """

    cell: object
    written: str
    values: tuple
    per_cent: bool = False
    near: str = ""
    noun: str = ""
    beside: float | None = None


def value(text):
    """Return the value of a number as it is written, and half a unit of its last digit."""
    mantissa, _, exponent = re.sub(r"[, _\u00a0\u2009\u202f]", "", text).lower().partition("e")
    decimals, power = len(mantissa.partition(".")[2]), int(exponent or 0)
    return float(f"{mantissa}e{power}"), float(f"5e{power - decimals - 1}")


def borne_out(values, number):
    """Return whether a number, rounded, is one of a result's values."""
    return any(abs(number - middle) <= half * 1.0001 for middle, half in values)


def results(text, language="en"):
    """Yield all numbers of a text that look like results: as written, and the values that would bear them out."""
    for said in said_in(None, text, vocabulary(language)):
        if not said.noun and said.beside is None:
            hundredths = [(middle / 100, half / 100) for middle, half in said.values] if said.per_cent else []
            yield said.written, [*said.values, *hundredths]


def tidy(text):
    """Return a text with plain digits and signs, and ranges written with "to"."""
    text = text.translate(FULL_WIDTH)
    text = re.sub(
        r"(?<=\d)\s?[×x·]\s?10(?:(?:\^|\*\*)(-?\d+)|([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+))",
        lambda match: "e" + (match[1] or match[2]).translate(SUPERSCRIPTS),
        text,
    )
    text = re.sub(r"(?<=\.\d)-(?=\d*\.\d)|(?<=\.\d\d)-(?=\d*\.\d)", " to ", text)
    return re.sub(r"(?<![–—~]\d)(?<=[\d%])\s?[–—~]\s?(?=-?[\d.])(?!\d+[–—])", " to ", text)


def masked(text, words, known=frozenset(), heading=False):
    """Return a text without its years, versions, numbers of sections and other names.

    Parameters
    ----------
    text : str
    words : Vocabulary
    known : set of str, optional
        Words that stand in the code and outputs of the section: a number behind another name is part of the name.
    heading : bool, optional
        Whether it is a heading, which may begin with its number.
    """

    def is_version(match):
        counts = match[2].isdigit() and words.noun(match.string[match.end() :])
        return match[1] not in known and not counts

    if heading:
        text = re.sub(r"^\W*\d+(?:\.\d+)*", blank, text)
    for pattern, is_name in [*words.masks, (NAMED, is_version)]:
        text = pattern.sub(lambda match, is_name=is_name: blank(match) if is_name(match) else match[0], text)
    return text


def blank(match):
    """Return what a regular expression found, without its digits."""
    return re.sub(r"\d", " ", match[0])


def always(match):
    """Return that this is a name."""
    return True


def said_in(cell, text, words, known=frozenset(), heading=False):
    """Yield the numbers in a text that need a source."""
    whole = tidy(text)
    text = masked(whole, words, known, heading)  # as long as before
    for match in words.number.finditer(text):
        before, after = text[max(0, match.start() - 60) : match.start()], text[match.end() : match.end() + 60]
        near = whole[max(0, match.start() - 100) : match.end() + 100]
        per_cent, scale = match["per_cent"], match["scale"] or match["letter"]
        written, counts = match[0].strip(), False
        if match["spelt"]:
            middle, half = float(words.value_in_words(match["spelt"])), 0.5
            counts = not (per_cent or scale)
        else:
            middle, half = value(match["digits"])
            digits = re.sub(r"[eE].*|\D", "", match["digits"]).lstrip("0")
            plain = match["digits"].isdigit() and len(digits) < 3
            counts = plain and not (per_cent or scale or (match["sign"] and middle > 1))
        if not math.isfinite(middle) or (not (per_cent or scale) and (-middle if match["sign"] else middle) in COMMON):
            continue
        if counts:
            yield from small(cell, middle, written, before, after, near, words)
            continue
        if match["sign"]:
            middle = -middle
        factors = [words.scales[scale]] if scale else [1.0]
        if not (per_cent or scale) and (inherited := words.inherits.match(after)):
            per_cent = inherited["per_cent"]
            factors += [words.scales[inherited["scale"]]] if inherited["scale"] else []
        values = tuple(hedged(middle * factor, half * factor, before, after, words) for factor in factors)
        yield Said(cell, written, values, bool(per_cent), near)
    if words.numerals:
        yield from in_numerals(cell, text, words)


def hedged(middle, half, before, after, words):
    """Return the values that a number may stand for, as the middle and half of a range, with the words beside it."""
    if middle == 0:
        return middle, half
    unit = 10.0 ** (math.floor(math.log10(abs(middle)) + 1e-12) - 1)
    if words.over.search(before) or words.over_after.match(after):
        return middle + (unit - half) / 2 if unit > half else middle, max(half, (unit + half) / 2)
    if words.under.search(before) or words.under_after.match(after):
        return middle - (unit - half) / 2 if unit > half else middle, max(half, (unit + half) / 2)
    if words.about.search(before) or words.about_after.match(after):
        return middle, max(half, unit / 2)
    return middle, half


def small(cell, middle, written, before, after, near, words):
    """Yield a count below 100, if it is beside another number or counts something."""
    if match := words.noun_of.match(after):
        yield Said(cell, written, ((middle, 0.5),), near=near, beside=value(match["all"])[0])
    elif (
        (match := words.times.match(after))
        and min(middle, int(match["other"])) > 1
        and not words.times_before.search(before)
    ):
        for one, other in ((middle, float(match["other"])), (float(match["other"]), middle)):
            yield Said(cell, f"{one:g}", ((one, 0.5),), near=near, beside=other)
    elif middle >= 10 and (noun := words.noun(after)):
        hedge = words.about.search(before) or words.over.search(before) or words.under.search(before)
        if not hedge:
            yield Said(cell, written, ((middle, 0.5),), near=near, noun=noun)


def in_numerals(cell, text, words):
    """Yield the numbers of a Chinese text that are written in its own characters: 百分之五十, 九成, 三百二十."""
    table = words.numerals
    digits, places, groups = table["digits"], table["places"], table["groups"]
    run = f"[{''.join([*digits, *places, *groups])}]+(?:{table['point']}[{''.join(digits)}]+)?"
    pattern = rf"(?P<hundredths>{table['per_cent']})?(?P<number>{run}|(?<={table['per_cent']}){DIGITS})"
    pattern += rf"(?P<tenths>{table['tenth']})?"
    for match in re.finditer(pattern, text):
        number = match["number"]
        if number[0] in "0123456789.":
            middle, half = value(number)
        else:
            middle, half = read_numerals(number, table)
        near = text[max(0, match.start() - 100) : match.end() + 100]
        before, after = text[max(0, match.start() - 60) : match.start()], text[match.end() :]
        if match["hundredths"] or match["tenths"]:
            factor = 10 if match["tenths"] else 1
            values = (hedged(middle * factor, half * factor, before, after, words),)
            yield Said(cell, match[0], values, True, near)
        elif middle >= 100 and len(number) > 2 and set(number) & {*places, *groups}:
            yield Said(cell, match[0], (hedged(middle, half, before, after, words),), False, near)


def read_numerals(text, table):
    """Return the value of a number in Chinese characters, and half a unit of its last digit."""
    whole, _, decimals = text.partition(table["point"])
    total = section = current = 0.0
    unit = 1.0
    for character in whole:
        if character in table["digits"]:
            current, unit = table["digits"][character], 1.0
        elif character in table["places"]:
            unit = table["places"][character]
            section, current = section + (current or 1) * unit, 0.0
        else:
            unit = table["groups"][character]
            total, section, current = (total + section + current or 1) * unit, 0.0, 0.0
    after = sum(table["digits"][c] * 10.0**-place for place, c in enumerate(decimals, 1))
    return total + section + current + after, 0.5 * 10.0 ** -len(decimals) if decimals else 0.5


# -- numbers that are shown ----------------------------------------------------------------------------------------


class Shown:
    """The numbers of code, outputs and formulas: each with the words of its lines."""

    def __init__(self):
        self.words = defaultdict(set)  # value -> stems of the words of its line
        self.counted = defaultdict(set)  # noun -> the values right beside it: `steps = 40`, "40 steps"
        self.per_cents = set()
        self.precise = set()  # with two digits and more behind the point
        self.names = set()  # words that begin with a capital, and the tags of formulas
        self._sorted = None

    def add(self, number, words=(), per_cent=False, precise=False):
        """Take in a number."""
        if not math.isfinite(number):
            return
        self._sorted = None
        self.words[number].update(words)
        if per_cent:
            self.per_cents.add(number)
            self.words[number / 100].update(words)
            self.precise.add(number / 100)
        if precise:
            self.precise.add(number)

    def update(self, other):
        """Take in all numbers of another section."""
        for number, words in other.words.items():
            self.add(number, words)
        for noun, counts in other.counted.items():
            self.counted[noun] |= counts
        self.per_cents |= other.per_cents
        self.precise |= other.precise
        self.names |= other.names

    def between(self, middle, half):
        """Return the numbers within `half` of `middle`."""
        if self._sorted is None:
            self._sorted = sorted(self.words)
        low = bisect.bisect_left(self._sorted, middle - half * 1.0001)
        high = bisect.bisect_right(self._sorted, middle + half * 1.0001)
        return self._sorted[low:high]

    def nearest(self, number):
        """Return the number that is closest to this one, or None."""
        return min(self.words, key=lambda other: abs(other - number), default=None)

    def read(self, text, kind):
        """Take in the numbers of a text.

        Parameters
        ----------
        text : str
        kind : str
            "code", "output" or "formula": what a minus before a number means there.
        """
        above = set()
        for line in ENCODED.sub(" ", text[: 10 * LONGEST])[:LONGEST].splitlines():
            own = stems(line) if len(line) < 1000 else set()
            self.names |= set(re.findall(r"[A-Z][A-Za-z+#-]*", line))
            if not line.strip():
                above = set()
            elif not re.search(r"\d", line) and kind == "output":
                above = own  # the head of a table
            self.read_line(line, own | above, kind)

    def read_line(self, line, words, kind):
        """Take in the numbers of a line."""
        line = re.sub(r"(?<=\d)_(?=\d)", "", line.translate(FULL_WIDTH))
        short = len(line) < 1000
        for match in SHOWN.finditer(line):
            number = value(match[0])[0]
            after = line[match.end() : match.end() + 30]
            precise = bool(re.search(r"\.\d\d", match[0]))
            for sign in signs(line, match.start(), kind):
                self.add(sign * number, words, bool(re.match(r"\s?(?:\\?%|per cent|percent)", after)), precise)
            if scale := re.match(r"\s?(million|billion|thousand|万|亿|[kKMG])(?![A-Za-z])", after):
                powers = {"thousand": 1e3, "k": 1e3, "K": 1e3, "million": 1e6, "M": 1e6, "万": 1e4, "亿": 1e8}
                self.add(number * powers.get(scale[1], 1e9), words, precise=precise)
            for run in re.findall(r"\d+", match[0]):
                self.add(float(run), words)
            if short and number.is_integer() and number > 1:
                before = re.search(
                    r"([A-Za-z]*[a-z]s)['\"]?\s*[=:]\s*$", line[max(0, match.start() - 40) : match.start()]
                )
                behind = re.match(r"\s?(?:([a-z]*[a-z]s)\b|([\u4e00-\u9fff]))", after)
                for noun in filter(None, [*(before.groups() if before else ()), *(behind.groups() if behind else ())]):
                    self.counted[stem(noun)].add(number)
        if kind == "formula":
            self.read_formula(line, words)

    def read_formula(self, line, words):
        """Take in fractions, powers of ten and tags."""
        self.names |= {f"({tag})" for tag in re.findall(r"\\tag\*?\s*\{\(?([^{}()]*)\)?\}", line)}
        for top, bottom in re.findall(r"\\[dt]?frac\s*\{?(\d+)\}?\s*\{?(\d+)\}?", line):
            if float(bottom):
                self.add(float(top) / float(bottom), words, precise=True)
        for factor, power in re.findall(r"(?:(\d+(?:\.\d+)?)\s*\\(?:times|cdot)\s*)?10\^\{?(-?\d{1,3})\}?", line):
            self.add(float(factor or 1) * float(f"1e{power}"), words, precise=True)

    def read_code(self, source):
        """Take in the numbers of a code cell, and what arithmetic of numbers alone gives."""
        self.read(source, "code")
        try:
            tree = ast.parse(re.sub(r"(?m)^\s*[%!].*$", "", source))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return
        for node in ast.walk(tree):
            if isinstance(node, ast.BinOp) and (result := computed(node)) is not None:
                self.add(float(result), precise=True)


def signs(line, start, kind):
    """Return the signs that a number at this place of a line may have: 1, -1, or both."""
    if line[start - 1 : start] != "-" or start == 0:
        return (1,)
    before = line[: start - 1]
    if kind == "formula":
        return (1, -1)
    if re.search(r"[\w)\]}.%'\"]$", before):  # x-5
        return (1,)
    if (
        kind == "code"
        and re.search(r"[\w)\]}]\s+$", before)
        and not re.search(r"\b(?:return|in|and|or|if|else|not|is|print)\s+$", before)
    ):
        return (1, -1)
    return (-1,)


OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}


def computed(node):
    """Return what an expression of numbers alone gives, or None."""
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return node.value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        result = computed(node.operand)
        return None if result is None else -result
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        left, right = computed(node.left), computed(node.right)
        if (
            left is None
            or right is None
            or (isinstance(node.op, ast.Pow) and abs(right) * math.log(abs(left) + 2) > 300)
        ):
            return None
        try:
            result = OPERATORS[type(node.op)](left, right)
            return result if not isinstance(result, complex) and math.isfinite(result) else None
        except (ArithmeticError, ValueError):
            return None
    return None


def without_tags(html):
    """Return the text of HTML: a line for each row of a table."""
    html = re.sub(r"(?is)<(style|script)\b.*?</\1>|<!--.*?-->", " ", ENCODED.sub(" ", html[: 10 * LONGEST]))
    return re.sub(r"<[^>]*>", " ", re.sub(r"(?i)</tr>|<br\b|</p>|</div>|</li>", "\n<", re.sub(r"\n", " ", html)))


def texts_of(cell):
    """Yield what the outputs of a code cell show as texts."""
    for output in cell.get("outputs", ()):
        yield "".join(output.get("text", ""))
        yield output.get("evalue", "")
        data, metadata = output.get("data", {}), output.get("metadata", {})
        for mime, content in data.items():
            if mime.startswith("text/"):
                content = "".join(content)
                yield without_tags(content) if mime == "text/html" else content
            described = metadata.get(mime)
            if isinstance(described, dict):
                yield str(described.get("alt", ""))


# -- sections ------------------------------------------------------------------------------------------------------


@dataclass
class Section:
    """From one heading of the first or second level to the next.

    Parameters
    ----------
    title : str
    shown : Shown
    texts : list of (cell, str, bool)
        Its prose, piece by piece; whether it is a heading.
    has_code : bool
        Whether it has code cells.
    """

    title: str = ""
    shown: Shown = field(default_factory=Shown)
    texts: list = field(default_factory=list)
    has_code: bool = False

    @property
    def number(self):
        """The number that its title begins with, or holds behind a word: "2" of "2. Data" or "Section 2"."""
        match = re.search(r"\d+(?:\.\d+)*", self.title)
        return match[0] if match else ""


def sections(notebook, words):
    """Return the sections of a notebook, and its code cells by their execution count."""
    found, by_count, heading, last = [Section()], {}, "", 0
    for cell in notebook.cells:
        if cell.cell_type == "code":
            own = Shown()
            own.read_code(cell.source)
            for text in texts_of(cell):
                own.read(text, "output")
            found[-1].shown.update(own)
            found[-1].has_code = True
            by_count[str(cell.get("execution_count"))] = own
        elif cell.cell_type == "markdown":
            text, last = "", 0
            for part in read(cell.source).parts:
                if part.heading and part.heading != last:
                    found[-1].texts.append((cell, text, False))
                    text, heading = "", ""
                    if part.heading <= 2:
                        found.append(Section())
                if last and not part.heading:
                    is_of_others(heading, words) or found[-1].texts.append((cell, heading, True))
                last = part.heading
                if part.kind != "text":
                    found[-1].shown.read(part.text, part.kind) if part.kind == "formula" else found[-1].shown.read_code(
                        part.text
                    )
                piece = part.text if part.kind == "text" else " \ue000 "
                if part.heading:
                    heading += piece
                    found[-1].title += piece if part.heading <= 2 else ""
                elif not is_of_others(heading, words):
                    text += piece if not text or text[-1:].isspace() or piece[:1].isspace() else f" {piece}"
            if last:
                found[-1].texts.append((cell, heading, True))
            found[-1].texts.append((cell, text, False))
    return found, by_count


def references(cell):
    """Return the texts of links that are nothing but the number of what they lead to."""
    links = read(cell.source).links if cell is not None else ()
    return [link.text for link in links if link.tag == "a" and re.fullmatch(r"\W*\d+(?:\.\d+)*\W*", link.text or "")]


def is_of_others(heading, words):
    """Return whether what stands below a heading tells of the work of others, as its references do."""
    return re.sub(r"[\W\d]+", " ", heading).strip().lower().startswith(words.headings)


# -- the rule ------------------------------------------------------------------------------------------------------


def is_shown(said, shown):
    """Return whether a number in prose is shown.

    Parameters
    ----------
    said : Said
    shown : Shown
    """
    if said.noun:
        return not shown.counted.get(said.noun) or bool(shown.between(said.values[0][0], 1e-9))
    middle = said.values[0][0]
    if said.beside is not None:
        return not shown.between(said.beside, said.beside * 1e-9 + 1e-9) or bool(shown.between(middle, 1e-9))
    return any(is_value(said, value, shown) for value in said.values)


def is_value(said, interval, shown):
    """Return whether one of the values of a number in prose is shown."""
    middle, half = interval
    found = shown.between(middle, half)
    if not said.per_cent:
        return bool(found)
    if shown.per_cents.intersection(found):
        return True
    parts = shown.between(middle / 100, half / 100)
    if not shown.per_cents:
        return bool(found or parts)
    # Numbers with a per cent sign are shown: another one counts if it is as precise, or stands by the same words.
    around = {word[:4] for word in stems(said.near) if len(word) > 3}
    return any(
        number in shown.precise or around & {word[:4] for word in shown.words[number]} for number in [*found, *parts]
    )


def with_lost_minus(said):
    """Return the same number with a minus, as in "falls by 0.25"."""
    return Said(said.cell, said.written, tuple((-m, h) for m, h in said.values), said.per_cent, said.near)


def unsupported(notebook, language="en"):
    """Yield each number in prose that nothing shows: a `Said`, and the number that is closest, or None.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
    language : str, optional

    Raises
    ------
    NumbersError
        If nothing is known of that language.
    """
    words = vocabulary(language)
    parts, by_count = sections(notebook, words)
    anywhere = Shown()
    for section in parts:
        anywhere.update(section.shown)
    tags = [name for name in anywhere.names if name.startswith("(")]
    for place, section in enumerate(parts):
        shown = section.shown if section.has_code else anywhere
        for cell, text, heading in section.texts:
            for reference in [*tags, *references(cell)]:
                text = text.replace(reference, " ")
            for said in said_in(cell, text, words, shown.names, heading):
                forms = [said]
                if words.minus.search(said.near):
                    forms.append(with_lost_minus(said))
                places = [shown] if shown is anywhere else [shown, *named(said, cell, parts, place, by_count, words)]
                if not any(is_shown(form, where) for form in forms for where in places):
                    yield said, shown.nearest(said.values[0][0])


def everything_said(notebook, language):
    """Yield all numbers in prose that need a source, shown or not."""
    words = vocabulary(language)
    for section in sections(notebook, words)[0]:
        for cell, text, heading in section.texts:
            yield from said_in(cell, text, words, section.shown.names, heading)


def named(said, cell, parts, place, by_count, words):
    """Yield what other places show that the words around a number name: sections, cells, "above", "in the next"."""
    if said.noun or said.beside is not None:
        return
    for match in words.section.finditer(said.near):
        for number in filter(None, match.groups()):
            yield from (part.shown for part in parts if part.number == number)
    for match in re.finditer(r"(?:[Cc]ell|In|Out|_)\s*\[?\s*(\d+)\]?", said.near):
        if match[1] in by_count:
            yield by_count[match[1]]
    targets = re.findall(r"\]\(#([^)\s]+)\)", cell.source) if cell is not None else ()
    anchors = {target.replace("%20", "-").lower() for target in targets}
    yield from (part.shown for part in parts if part.title.strip().replace(" ", "-").lower() in anchors)
    if words.earlier.search(said.near):
        yield from (part.shown for part in parts[:place])
    if words.later.search(said.near):
        yield from (part.shown for part in parts[place + 1 :])


# -- numbers that come from elsewhere ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Listed:
    """A number in prose that no cell of its section shows.

    Parameters
    ----------
    notebook : str
        The end of the notebook's path: its name, or with a folder before it.
    number : str
        As it is written there.
    reason : str
        Where it comes from.
    equals : str
        A Python expression that has this value; a test of the project computes it.
    """

    notebook: str
    number: str
    reason: str
    equals: str = ""


def listed(file):
    """Return the numbers that are listed in a TOML file, as tables ``[[number]]`` with the keys of `Listed`.

    Raises
    ------
    NumbersError
        If there is no such file, or an entry is not what was expected.
    """
    try:
        entries = tomllib.loads(Path(file).read_text(encoding="utf-8")).get("number", [])
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise NumbersError(f"nbgate_numbers: expected a file of TOML at {file}: {error}") from None
    for entry in entries:
        wrong = sorted({"notebook", "number", "reason"} - set(entry)) or sorted(set(entry) - {*Listed.__annotations__})
        if wrong:
            raise NumbersError(f"{file}: expected notebook, number, reason and perhaps equals, got {sorted(entry)}")
        if len(entry["reason"]) < 10:
            raise NumbersError(f"{file}: the number {entry['number']} needs a reason")
    return [Listed(**entry) for entry in entries]


def bare(number):
    """Return a number as it is looked up in the list: another language writes 1% for 1 %."""
    return tidy(number).replace(" ", "")


def unexplained(notebook):
    """Yield the numbers in prose that neither the notebook shows nor the project lists, and needless entries."""
    settings = notebook.settings
    try:
        entries = listed(settings.numbers) if settings and settings.numbers else []
        found = list(unsupported(notebook.content, settings.language if settings else "en"))
    except NumbersError as error:
        yield None, str(error)
        return
    path = notebook.path.as_posix()
    own = [entry for entry in entries if path == entry.notebook or path.endswith(f"/{entry.notebook}")]
    for said, nearest in found:
        if not any(bare(entry.number) == bare(said.written) for entry in own):
            yield said.cell, f"{told(said, nearest)}; {way(notebook)}"
    written = {bare(said.written) for said in everything_said(notebook.content, settings.language)} if own else set()
    for entry in own:
        if bare(entry.number) not in written:
            yield None, f"the number {entry.number} is listed without need: {entry.reason}"


def told(said, nearest):
    """Return the message on a number that nothing shows."""
    if said.noun:
        return f"the prose says {said.written} beside {said.noun!r}; its section counts these, but shows no such number"
    closest = "" if nearest is None else f"; the closest that is shown is {nearest:.10g}"
    return f"the prose says {said.written}, but no cell of its section shows that{closest}"


def way(notebook):
    """Return what to do with a number from elsewhere: where it is listed, as a path from pytest's root."""
    file = Path(notebook.settings.numbers if notebook.settings else "")
    if not file.name:
        return "mend it, or list it with its reason in a TOML file that the setting nbgate_numbers names"
    place = file.relative_to(notebook.root) if file.is_relative_to(notebook.root) else file
    return f"mend it, or list it with its reason in {place.as_posix()}"


RULES = [
    Rule(
        "P520",
        "numbers-in-prose",
        False,
        "A number in prose that looks like a result stands in its section's code, outputs or formulas, up to rounding.",
        '"The loss falls to 0.25" above a cell that prints 0.35.',
        "Mend the number; list one from elsewhere, with its reason, in the file that `nbgate_numbers` names.",
        "stored",
        unexplained,
    )
]
