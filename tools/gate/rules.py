"""What can be seen in a code cell without running it, and what makes outputs comparable."""

import copy
import difflib
import io
import re
import tokenize

from IPython.core.inputtransformer2 import TransformerManager
from nbval.plugin import comment_markers, metadata_tags

from tools.gate import pictures

WIDGET = "application/vnd.jupyter.widget-view+json"
#: What takes the comparison away from a cell, and needs a reason.
IGNORING = {"NBVAL_IGNORE_OUTPUT", "NBVAL_SKIP", "PYTEST_VALIDATE_IGNORE_OUTPUT"}
#: Calls that IPython makes of magics: what they hide or let fail, no stored output tells.
FORBIDDEN = {
    r"run_cell_magic\('capture'": "%%capture hides outputs: remove it",
    r"filter(warnings)?\(\s*(action=)?['\"]ignore": "a filter hides warnings: change what causes them",
    r"get_ipython\(\)\.(system|getoutput)\(|run_(cell|line)_magic\('(!|sx|system|sh|bash|script)'": (
        "a line for the shell may fail unseen, and differs from system to system: "
        "use Python, or subprocess.run(..., check=True)"
    ),
}


def problems(cell, expected_count, skipped=False):
    """Return what is wrong with a stored code cell, a sentence each.

    Parameters
    ----------
    cell : nbformat.NotebookNode
    expected_count : int
        Its number among the cells that are run, from the top.
    skipped : bool
        Whether it is marked as one that tests don't run.
    """
    found = [*markers(cell.source), *tags(cell.metadata), *unreadable(cell)]
    python = TransformerManager().transform_cell(cell.source)
    found += [message for pattern, message in FORBIDDEN.items() if re.search(pattern, python)]
    count = cell.execution_count
    if cell.source.strip() and count != expected_count and not (skipped and count is None):
        came = "it was never run" if count is None else f"it is {count}"
        found.append(
            f"stored execution count: expected {expected_count}, but {came}; run `make notebooks`, "
            "which runs all cells from top to bottom"
        )
    return found


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


def markers(source):
    """Yield what is wrong with nbval's markers in the comments of a cell."""
    found = list(comments(source))
    lines = [line.strip().lstrip("#").strip() if line.strip().startswith("#") else "" for line in source.splitlines()]
    real = {number for number, _, text in found if text in comment_markers}
    for number, line in enumerate(lines):
        if line in comment_markers and number not in real:
            yield f"{line} is part of a string, and nbval takes it for a marker"
    reasons = {number: text for number, alone, text in found if alone and text not in comment_markers}
    for number, alone, text in found:
        if text in comment_markers:
            if not alone:
                yield f"the marker {text} has no effect beside code: give it a line of its own"
            elif text in IGNORING and len(reasons.get(number + 1, "")) < 10:
                yield f"the marker {text} needs a reason, in a comment on the next line"
        elif meant := close_to(text, comment_markers) or (re.match("(?i)nb[ _-]?val", text) and "a marker of nbval"):
            yield f"the comment {text!r} has no effect: did you mean {meant}?"


def tags(metadata):
    """Yield what is wrong with nbval's tags in the metadata of a cell."""
    for tag in metadata.get("tags", ()):
        if tag in metadata_tags:
            if tag.replace("-", "_").upper() in IGNORING and len(metadata.get("nbval_reason", "")) < 10:
                yield f"the tag {tag} needs a reason, in the cell's metadata as `nbval_reason`"
        elif meant := close_to(tag, metadata_tags):
            yield f"the tag {tag!r} has no effect: did you mean {meant}?"


def unreadable(cell):
    """Yield what is wrong with the stored pictures of a cell."""
    for output in cell.outputs:
        for kind in pictures.KINDS & set(output.get("data", {})):
            try:
                pictures.load(output.data[kind])
            except ValueError as error:
                yield f"the stored picture is damaged: {error}"
            if not (output.metadata.get(kind, {}).get("alt", "") or cell.metadata.get("alt", "")).strip():
                yield 'a stored picture has no alternative text: `Image(..., alt="...")`, or `alt` in the metadata'


def normal(outputs):
    """Return a copy of outputs, as they are compared: neighbouring streams in one, nothing that only a kernel knows."""
    result = []
    for output in copy.deepcopy(outputs):
        if result and output.output_type == "stream" and kind(output) == kind(result[-1]):
            result[-1].text += output.text
            continue
        output.get("data", {}).pop(WIDGET, None)
        result.append(output)
    return result


def kind(output):
    """Return what sort of output this is, in words."""
    if output.output_type == "stream":
        return output.name
    return " ".join([output.output_type, *sorted(output.get("data", {}))])
