"""O2xx: what comes is what is stored."""

from nbgate import pictures
from nbgate.rules import Rule


def damaged_picture(notebook):
    """Yield the cells whose stored pictures can't be read."""
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            for kind in pictures.KINDS & set(output.get("data", {})):
                try:
                    pictures.load(output.data[kind])
                except ValueError as error:
                    yield cell, f"the stored picture is damaged: {error}"


def widget_state(notebook):
    """Yield what is wrong if the state of widgets is stored."""
    if "widgets" in notebook.content.metadata:
        yield None, "expected no state of widgets in the metadata, which no run can compare"


def alternative_text(notebook):
    """Yield the cells whose stored pictures have no alternative text."""
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            for kind in pictures.KINDS & set(output.get("data", {})):
                own = output.metadata.get(kind, {})
                words = own.get("alt", "") if isinstance(own, dict) else ""
                if not str(words or cell.metadata.get("alt", "")).strip():
                    yield cell, "a stored picture has no alternative text"


RULES = [
    Rule(
        "O201",
        "same-kinds",
        True,
        "The outputs are of the stored kinds, in the stored order.",
        "A picture that is no longer shown.",
        "Mend the cell, or store the notebook anew with `pytest --nbgate-store`.",
    ),
    Rule(
        "O202",
        "same-text",
        True,
        "Texts are the stored ones, up to what is sanitised, and numbers up to `nbgate_rtol`.",
        "A clock, an address, a random number without a seed.",
        "Store it anew, seed it, print fewer digits, or mark the cell with NBVAL_IGNORE_OUTPUT.",
    ),
    Rule(
        "O203",
        "same-picture",
        True,
        "Pictures are the stored ones: exactly where the same matplotlib drew both, else up to a few pixels.",
        "Data drawn from a generator without a seed.",
        "Look at both pictures (`--nbgate-report`), then mend the cell or store it anew.",
    ),
    Rule(
        "O204",
        "readable-picture",
        True,
        "Stored pictures can be read.",
        "Half a picture, after a merge.",
        "Store the notebook anew.",
        "stored",
        damaged_picture,
    ),
    Rule(
        "O205",
        "no-widget-state",
        False,
        "No state of widgets is stored.",
        "A notebook that was saved by JupyterLab with `Save Widget State`.",
        "Store it with `pytest --nbgate-store`, which removes the state.",
        "stored",
        widget_state,
    ),
    Rule(
        "O206",
        "alternative-text",
        False,
        "Pictures in outputs have an alternative text.",
        "`plt.plot(x)` alone.",
        '`Image(..., alt="...")`, or `"alt"` in the cell\'s metadata.',
        "stored",
        alternative_text,
    ),
]
