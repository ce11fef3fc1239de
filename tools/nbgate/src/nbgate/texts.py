"""Comparing texts: by letter, or numbers by value; what is replaced before; how a difference is told."""

import math
import re

#: A number in a text, with its sign and exponent.
NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?=j?(?![\w.]*\w))")
#: Texts of the usual kinds, to see how much of them a pattern replaces: several lines, and single ones without an end.
SAMPLES = (
    "the loss after 8 epochs is 0.2513, the accuracy 93.4 %\n[[ 1.  2.]\n [-3.  4.5e-3]] <Axes: xlabel='step'>\n",
    "the loss after 8 epochs is 0.2513, the accuracy 93.4 %",
    "done",
)
#: What differs from run to run, and what it is.
HINTS = [
    (r"\b0x[0-9a-f]{6,}\b", "an address in memory"),
    (r"\b[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\b", "a random id"),
    (
        r"(?:wall|cpu) times?: |\bper loop\b|\b\d+(?:\.\d+)? ?(?:ns|µs|μs|us|ms|s|sec|secs|seconds|min|minutes)\b",
        "a time",
    ),
    (
        r"\b\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?|\b)|\b(?:19|20)\d\d-\d\d-\d\d(?:T[\d:.]+Z?)?|datetime\([\d, ]+\)"
        r"|\b(?:mon|tue|wed|thu|fri|sat|sun|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b,?"
        r"|\b(?:\d{1,2} +)?(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
        r"|sep(?:t|tember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b(?: +\d+)*"
        r"|\b1[5-9]\d{8}(?:\.\d+)?\b",
        "a clock or a date",
    ),
    (r"(?:/tmp/|/var/folders/|[a-z]:\\[^\s'\"]*\\temp\\)[^\s'\"]*", "a temporary path"),
    (r"(?:/home/|/users/|[a-z]:\\users\\)[^\s'\"]*", "a path of one machine"),
    (r"ipykernel_\d+|\bpid:? ?=?\d+", "the number of a process"),
]
#: How a set of several members, a frozenset, or the keys of one are written.
SET = re.compile(r"\{[^{}]*\}")
#: From how many letters on it would take seconds to look for a hint.
LONG = 200_000
#: Up to here a difference of numbers looks like rounding.
NOISE = 1e-5
MARK = "mark the cell with NBVAL_IGNORE_OUTPUT and a reason, or replace that part (`sanitize`)"


def difference(old, new, sanitize=(), rtol=0.0):
    """Return how two texts differ, or None if they are the same.

    Parameters
    ----------
    old, new : str
        As stored, and as it came.
    sanitize : iterable of (str, str)
        Regular expressions, and what replaces them in both.
    rtol : float
        By which part of it a number may differ.
    """
    for pattern, by in sanitize:
        if too_greedy(pattern, by) is None:
            old, new = re.sub(pattern, by, old), re.sub(pattern, by, new)
    if old == new or (rtol and close(old, new, rtol)):
        return None
    return told(old, new)


def close(old, new, rtol):
    """Return whether two texts have the same words, and numbers that are close to each other."""
    if not same_words(old, new):
        return False
    return all(a == b or math.isclose(float(a), float(b), rel_tol=rtol) for a, b in numbers(old, new))


def same_words(old, new):
    """Return whether two texts are the same but for their numbers, and for spaces, which follow their lengths."""
    words = [NUMBER.sub(" # ", text).split() for text in (old, new)]
    return words[0] == words[1]


def numbers(old, new):
    """Return the pairs of numbers of two texts with the same words, as they are written."""
    return list(zip(NUMBER.findall(old), NUMBER.findall(new), strict=True))


def told(old, new):
    """Return how two different texts differ: the first line that does, and what it might be."""
    before, after = old.splitlines(), new.splitlines()
    if len(before) <= 1 and len(after) <= 1 and len(old) + len(new) < 200:
        words = f"expected {old!r}, what came: {new!r}"
    else:
        row = next(
            (n for n, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), min(len(before), len(after))
        )
        pair = [lines[row] if row < len(lines) else None for lines in (before, after)]
        shown = ["the text ends" if line is None else repr(cut(line, *pair)) for line in pair]
        words = f"line {row + 1}\n  expected, as stored: {shown[0]}\n  what came:           {shown[1]}"
    if hint := why(old, new):
        words += f"\n  This looks like {hint}; {MARK}."
    elif (error := largest_error(old, new)) is not None and error < NOISE:
        words += f"\n  Its numbers differ by {error:.0e} of themselves at most: a tolerance (`rtol`) lets them pass."
    return words


def cut(line, old, new):
    """Return the part of a long line that differs."""
    if len(line) <= 160 or old is None or new is None:
        return line[:160]
    place = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), 0)
    return ("..." if place > 60 else "") + line[max(0, place - 60) : place + 100]


def why(old, new):
    """Return what makes two texts differ from run to run, if that is known; of long ones it is not looked for."""
    if len(old) + len(new) > LONG:
        return None
    for pattern, words in HINTS:
        masked = [re.sub(pattern, "#", text, flags=re.IGNORECASE) for text in (old, new)]
        if masked[0] == masked[1]:
            return words
    if re.search(r"\bper loop\b|(?:wall|cpu) times?:", new, flags=re.IGNORECASE):
        return "a time"
    in_order = [
        SET.sub(lambda match: " ".join(sorted(re.findall(r"[^\s,{}]+", match[0]))), text) for text in (old, new)
    ]
    if in_order[0] == in_order[1]:
        return "the order of a set"
    return None


def largest_error(old, new):
    """Return by which part of it a number differs at most, if two texts differ in decimal numbers alone, else None."""
    if same_words(old, new) and len(old) + len(new) < LONG:
        pairs = [(float(a), float(b), a + b) for a, b in numbers(old, new) if a != b]
        if pairs and all("." in written or "e" in written for _, _, written in pairs):
            return max(abs(a - b) / max(abs(a), abs(b)) if a != b else 0.0 for a, b, _ in pairs)
    return None


def too_greedy(pattern, by=""):
    """Return why a regular expression replaces too much, or can't be used; None if it is fine.

    Parameters
    ----------
    pattern : str
    by : str, optional
        What replaces what it finds.
    """
    expected = f"sanitize, {pattern}: expected a pattern for a part of the text"
    try:
        compiled = re.compile(pattern)
        compiled.sub(by, "")
    except (re.error, IndexError) as error:
        return f"sanitize, {pattern}: not a regular expression, or {by!r} can't replace it: {error}"
    if compiled.search(""):
        return f"{expected}, this one matches the empty text, too"
    for sample in SAMPLES:
        taken = sum(match.end() - match.start() for match in compiled.finditer(sample))
        if taken > len(sample) / 2:
            return f"{expected}, this one takes {taken / len(sample):.0%} of {sample!r}"
    return None
