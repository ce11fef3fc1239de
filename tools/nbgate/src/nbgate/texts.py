"""Comparing texts: by letter, or numbers by value; what is replaced before; how a difference is told."""

import math
import re

#: A number in a text, with its sign and exponent.
NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\w.]*\w)")
#: A text of the usual kind, to see how much of it a pattern replaces.
SAMPLE = "the loss after 8 epochs is 0.2513, the accuracy 93.4 %\n[[ 1.  2.]\n [-3.  4.5e-3]] <Axes: xlabel='step'>\n"
#: What differs from run to run -> how to mark it.
HINTS = [
    (r"\b0x[0-9a-f]{6,}\b", "an address in memory: print something else of the object"),
    (r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", "a random id: give it a seed"),
    (r"(?:wall|cpu) times?: |\bper loop\b|\b\d+(?:\.\d+)? ?(?:ns|µs|us|ms|s)\b", "a time"),
    (r"\b\d{1,2}:\d{2}(?::\d{2}|\b)|\b(?:19|20)\d\d-\d\d-\d\d\b", "a clock or a date"),
    (r"(?:/tmp/|/var/folders/)\S*", "a temporary path"),
    (r"ipykernel_\d+", "the number of a process"),
]
#: From how many letters on it would take seconds to look for a hint.
LONG = 200_000
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
        if too_greedy(pattern) is None:
            old, new = re.sub(pattern, by, old), re.sub(pattern, by, new)
    if old == new or (rtol and close(old, new, rtol)):
        return None
    return told(old, new)


def close(old, new, rtol):
    """Return whether two texts have the same words, and numbers that are close to each other."""
    words = [" ".join(NUMBER.sub(" # ", text).split()) for text in (old, new)]
    if words[0] != words[1]:
        return False
    pairs = zip(NUMBER.findall(old), NUMBER.findall(new), strict=True)
    return all(a == b or math.isclose(float(a), float(b), rel_tol=rtol) for a, b in pairs)


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
    if len(old) + len(new) < LONG and (hint := why(old, new)):
        words += f"\n  This looks like {hint}; {MARK}."
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
            return words.partition(":")[0]
    if re.search(r"\bper loop\b|(?:wall|cpu) times?:", new, flags=re.IGNORECASE):
        return "a time"
    if old.strip()[:1] == "{" and sorted(old) == sorted(new):
        return "the order of a set"
    return None


def too_greedy(pattern):
    """Return why a regular expression replaces too much, or is none; None if it is fine."""
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        return f"sanitize, {pattern}: not a regular expression: {error}"
    if compiled.search(""):
        return f"sanitize, {pattern}: expected a pattern for a part of the text, this one matches the empty text, too"
    left = compiled.sub("", SAMPLE)
    if len(left) < len(SAMPLE) / 2:
        part = 1 - len(left) / len(SAMPLE)
        return (
            f"sanitize, {pattern}: expected a pattern for a part of the text, this one takes {part:.0%} of a usual one"
        )
    return None
