"""M4xx: marks and settings in a notebook have an effect, and a reason."""

import difflib
import io
import re
import tokenize

from nbval.plugin import comment_markers, metadata_tags

from nbgate import settings, texts
from nbgate.rules import Rule

#: What takes the comparison away from a cell.
IGNORING = {"NBVAL_IGNORE_OUTPUT", "NBVAL_SKIP", "PYTEST_VALIDATE_IGNORE_OUTPUT"}


def close_to(name, known):
    """Return the known name that `name` seems to mean, or None."""
    wanted = re.sub(r"[\W_]+", "-", name).lower()
    names = {re.sub(r"[\W_]+", "-", k).lower(): k for k in known}
    match = difflib.get_close_matches(wanted, names, n=1, cutoff=0.75)
    return names[match[0]] if match else None


def comments(source):
    """Yield (number of the line, whether it is all of its line, text) of each comment in a cell; not of strings."""
    body = re.sub(r"^%%.*", "", source)  # the first line of a cell magic is no Python
    try:
        for token in tokenize.generate_tokens(io.StringIO(body).readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0] - 1, not token.line[: token.start[1]].strip(), token.string.lstrip("#").strip()
    except (tokenize.TokenError, SyntaxError):
        return


def without_effect(notebook):
    """Yield the marks of nbval that have no effect."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            for problem in [*of_comments(cell.source), *of_tags(cell.metadata)]:
                yield cell, problem


def of_comments(source):
    """Yield what is wrong with nbval's markers in the comments of a cell."""
    found = list(comments(source))
    lines = [line.strip().lstrip("#").strip() if line.strip().startswith("#") else "" for line in source.splitlines()]
    real = {number for number, _, text in found if text in comment_markers}
    for number, line in enumerate(lines):
        if line in comment_markers and number not in real:
            yield f"{line} is part of a string, and nbval takes it for a marker"
    for _, alone, text in found:
        if text in comment_markers:
            if not alone:
                yield f"the marker {text} has no effect beside code: give it a line of its own"
        elif meant := close_to(text, comment_markers) or (re.match("(?i)nb[ _-]?val", text) and "a marker of nbval"):
            yield f"the comment {text!r} has no effect: did you mean {meant}?"


def of_tags(metadata):
    """Yield what is wrong with nbval's tags in the metadata of a cell."""
    for tag in metadata.get("tags", ()):
        if tag not in metadata_tags and (meant := close_to(tag, metadata_tags)):
            yield f"the tag {tag!r} has no effect: did you mean {meant}?"


def without_reason(notebook):
    """Yield the marks of nbval that take a comparison away, and say not why."""
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        found = list(comments(cell.source))
        reasons = {number: text for number, alone, text in found if alone and text not in comment_markers}
        for number, alone, text in found:
            if text in IGNORING and alone and not settings.says_something(reasons.get(number + 1, "")):
                yield cell, f"the marker {text} needs a reason (three words or more), in a comment on the next line"
        for tag in cell.metadata.get("tags", ()):
            ignoring = tag in metadata_tags and tag.replace("-", "_").upper() in IGNORING
            if ignoring and not settings.says_something(cell.metadata.get("nbval_reason", "")):
                yield cell, f"the tag {tag} needs a reason, in the cell's metadata as `nbval_reason`"


def ignored_without_reason(notebook):
    """Yield the rules that a notebook or a cell ignores for no good reason."""
    of_notebook = settings.Settings().of(notebook.content.metadata).ignored
    parts = [(None, of_notebook), *((cell, settings.Settings().of_cell(cell).ignored) for cell in notebook.cells)]
    for cell, ignored in parts:
        for code, reason in ignored.items():
            if not settings.says_something(reason):
                yield cell, f"{code} is ignored: expected a reason of three words or more, got {reason!r}"


def unknown_setting(notebook):
    """Yield settings that have no effect, or are of another kind than expected."""
    for problem in settings.problems(notebook.content.metadata, "", False, settings.NOTEBOOK_KEYS):
        yield None, problem
    for cell in notebook.cells:
        markdown = cell.cell_type != "code"
        for problem in settings.problems(cell.metadata, cell.source, markdown, settings.CELL_KEYS):
            yield cell, problem


def greedy_sanitizing(notebook):
    """Yield what would be replaced in texts, but matches nearly everything."""
    parts = [(None, settings.Settings().of(notebook.content.metadata))]
    parts += [(cell, settings.Settings().of_cell(cell)) for cell in notebook.cells]
    for cell, own in parts:
        for regex, by in own.sanitize:
            if problem := texts.too_greedy(regex, by):
                yield cell, problem


RULES = [
    Rule(
        "M401",
        "mark-has-effect",
        True,
        "nbval's marks are spelt and placed so that they have an effect.",
        "`# NBVAL_IGNORE_OUPUT`, or a marker beside code or in a string.",
        "Spell it as the message says, on a line of its own.",
        "stored",
        without_effect,
    ),
    Rule(
        "M402",
        "mark-has-reason",
        False,
        "A mark that takes the comparison away has a reason.",
        "`# NBVAL_SKIP` alone.",
        "Give the reason in a comment on the next line, or beside a tag as `nbval_reason` in the metadata.",
        "stored",
        without_reason,
    ),
    Rule(
        "M403",
        "ignored-with-reason",
        True,
        "A rule that is ignored in a notebook or a cell is ignored for a reason.",
        "`# nbgate: ignore O202: because because`",
        "Say why: three different words at least.",
        "stored",
        ignored_without_reason,
    ),
    Rule(
        "M404",
        "known-setting",
        True,
        "Settings of this package in metadata and comments are known, and of the expected kind.",
        '`"nbgate": {"time_out": 300}`',
        "Spell it as the message says.",
        "stored",
        unknown_setting,
    ),
    Rule(
        "M405",
        "sanitizing-is-narrow",
        True,
        "What is replaced in texts before they are compared is a part of them.",
        '`{"regex": "(?s).+", "replace": ""}`',
        "Replace only what differs: the clock, the address.",
        "stored",
        greedy_sanitizing,
    ),
]
