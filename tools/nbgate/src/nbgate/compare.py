"""Whether what came is what is stored."""

import copy
import re

from nbgate import pictures, texts
from nbgate.findings import Finding
from nbgate.shown import WIDGET

#: What comes of running, and says nothing: compared as kinds alone.
NOT_COMPARED = {WIDGET, *pictures.KINDS}
#: How a kernel names the file of a cell.
CELL_FILE = re.compile(r"\S*ipykernel_\d+\S*\.py|<ipython-input-[^>]*>|Cell In\[\d+\]")
NUMBER = re.compile(r"\d[\d.,:]*")
BAR = re.compile(r"[▏▎▍▌▋▊▉█#= ]{2,}")
FONTS = re.compile(r"Matplotlib is building the font cache; this may take a moment\.\n?")
TQDM = re.compile(r"\d+%\|.*\|.*\[.*\]")
#: Names of elements in HTML and SVG that are drawn anew on each run.
NAME = re.compile(
    r"\bid=[\"']?([^\"'\s>]*[0-9a-f]{5}[^\"'\s>]*)"
    r"|([0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?![0-9a-f])"
)
#: When matplotlib drew an SVG.
DRAWN = re.compile(r"<dc:date>[^<]*</dc:date>")
ADDRESS = re.compile(r"\b0x[0-9a-f]{6,}\b")
#: An object that has only a name, such as <Figure size 640x480 with 1 Axes>.
NAMED = re.compile(r"\A<[^<>\n]*>\Z")
#: What an Output widget holds, in its representation: texts, and brackets up to the third level.
HELD = re.compile(
    r"""Output\(outputs=\((?:[^()'"]|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\((?:[^()'"]|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")*\))*\)"""
)


def normal(outputs):
    """Return a copy of outputs as they are stored and compared.

    Neighbouring streams are one, carriage returns and backspaces have done their work; what only a kernel knows, and
    the line that matplotlib writes when it looks through fonts, are gone.
    """
    result = []
    for output in copy.deepcopy(outputs):
        if output.output_type == "stream" and output.name == "stderr":
            output.text = FONTS.sub("", output.text)
            if not output.text:
                continue
        if result and output.output_type == "stream" and kind(output) == kind(result[-1]):
            result[-1].text += output.text
            continue
        output.get("data", {}).pop(WIDGET, None)
        result.append(output)
    for output in result:
        if output.output_type == "stream":
            output.text = overwritten(output.text)
    return result


def overwritten(text):
    r"""Return what is seen of a text after its \r and \b."""
    while "\b" in text:
        shorter = re.sub(r"[^\n]\x08|^\x08", "", text)
        if shorter == text:
            break
        text = shorter
    return re.sub(r"^.*\r(?=[^\n])", "", text, flags=re.MULTILINE)


def kind(output):
    """Return what sort of output this is, in words."""
    if output.output_type == "stream":
        return output.name
    return " ".join([output.output_type, *sorted(output.get("data", {}))])


def order_of(outputs):
    """Return outputs, all of stdout first in one, and the same of stderr: how they mix with others is chance."""
    streams, others = {}, []
    for output in outputs:
        if output.output_type != "stream":
            others.append(output)
        elif output.name in streams:
            streams[output.name].text += output.text
        else:
            streams[output.name] = output
    return [*(streams[name] for name in sorted(streams)), *others]


def differences(fresh, stored, settings, name):
    """Return findings on how the outputs of a cell differ from the stored ones; an empty list if they don't.

    Parameters
    ----------
    fresh, stored : list of nbformat.NotebookNode
    settings : nbgate.settings.Settings
        Of the cell.
    name : str
        Of the cell.
    """
    fresh, stored = normal(fresh), normal(stored)
    kinds, expected = [kind(o) for o in fresh], [kind(o) for o in stored]
    if kinds != expected:
        fresh, stored = order_of(fresh), order_of(stored)
        now, then = [kind(o) for o in fresh], [kind(o) for o in stored]
        by_chance = now == then and "stderr" in now
        if not by_chance:
            message = "the outputs are of other kinds, or in another order\n"
            message += f"  expected, as stored: {', '.join(expected) or 'nothing'}\n"
            message += f"  what came:           {', '.join(kinds) or 'nothing'}"
            return [Finding("O201", name, message + said(fresh, stored))]
    for new, old in zip(fresh, stored, strict=True):
        if found := difference(new, old, settings, name):
            return [found]
    return []


def said(fresh, stored):
    """Return what came on stderr that is not stored, as a further line."""
    came = [o.text for o in fresh if o.get("name") == "stderr"]
    if came and not any(o.get("name") == "stderr" for o in stored):
        return f"\n  stderr says: {came[0].strip()[:300]}"
    return ""


def difference(new, old, settings, name):
    """Return a finding on how one output differs from the stored one, or None."""
    if new.output_type == "stream":
        if new.name == "stderr":
            same = shape_of_stderr(new.text) == shape_of_stderr(old.text)
            return None if same else Finding("O202", name, "stderr: " + texts.told(old.text, new.text))
        return text_difference("stdout", old.text, new.text, settings, name)
    if new.output_type == "error":
        for part in ("ename", "evalue"):
            if found := text_difference(part, old.get(part, ""), new.get(part, ""), settings, name):
                return found
        return None
    for mime, value in sorted(new.data.items(), key=lambda item: item[0] not in pictures.KINDS):  # pictures say most
        if mime in pictures.KINDS:
            if why := pictures.difference(old.data[mime], value, settings.pictures):
                both = {"expected": old.data[mime], "came": value}
                return Finding("O203", name, f"the picture is not the stored one: {why}", both)
            if found := words_of(new, old, mime, settings, name):
                return found
        elif mime not in NOT_COMPARED and value != old.data[mime]:
            seen = visible(mime, old.data), visible(mime, new.data)
            if found := text_difference(mime, *seen, settings, name):
                return found
    return None


def visible(mime, data):
    """Return what can be seen of one kind of an output's data.

    Nobody sees names of elements and dates in HTML and SVG, nor an address or the name of an object beside what is
    shown in its place. What an Output widget holds is written by the front end: it says nothing of the cell.
    """
    text = data[mime]
    if not isinstance(text, str):
        return text
    if mime in ("text/html", "image/svg+xml"):
        text, names = DRAWN.sub("", text), {}
        for match in NAME.finditer(text):
            names.setdefault(match[1] or match[2], f"name {len(names)}")
        if names:
            longest_first = sorted(names, key=len, reverse=True)
            text = re.sub("|".join(map(re.escape, longest_first)), lambda match: names[match[0]], text)
    elif mime == "text/plain":
        text = HELD.sub("Output(", text)
        if len(data) > 1:
            text = NAMED.sub("<...>", ADDRESS.sub("0x...", text))
    return text


def words_of(new, old, mime, settings, name):
    """Return a finding on a picture's alternative text, which is compared, too, if the code gives one."""
    words = [(output.get("metadata", {}).get(mime) or {}).get("alt", "") for output in (old, new)]
    if not words[1] and not words[0]:
        return None
    return text_difference("alternative text", *words, settings, name)


def text_difference(what, old, new, settings, name):
    """Return a finding on two texts (or what JSON holds), or None if they are the same."""
    if not (isinstance(old, str) and isinstance(new, str)):
        return None if old == new else Finding("O202", name, f"{what}: expected {old!r}, what came: {new!r}")
    problem = texts.difference(old, new, settings.sanitize, settings.rtol)
    return Finding("O202", name, f"mismatch '{what}': {problem}") if problem else None


def shape_of_stderr(text):
    """Return what two runs have in common on stderr: no numbers, files of cells, or bars of progress."""
    text = CELL_FILE.sub("<cell>", text)
    text = TQDM.sub("<progress>", text)
    lines = [BAR.sub(" ", NUMBER.sub("#", line)).strip() for line in text.splitlines()]
    return [line for number, line in enumerate(lines) if line and (number == 0 or line != lines[number - 1])]
