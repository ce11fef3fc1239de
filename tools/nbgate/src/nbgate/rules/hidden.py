"""H3xx: a cell hides nothing: no warning, no error, no failed program. Noticed by their effect, in the kernel."""

import re

from nbgate.rules import Rule


def of_kind(kind, words):
    """Return the function of a rule that tells the effects of one kind, in these words."""

    def check(run):
        for effect in run.effects:
            if effect["kind"] == kind:
                yield words.format(effect["what"])

    return check


def caught_error(run):
    """Yield the errors that a cell catches and says nothing of."""
    said = "".join(
        str(output.get("text", "")) + str(output.get("data", "")) for output in run.shown.outputs(with_widgets=True)
    )
    for effect in run.effects:
        if effect["kind"] == "error":
            name, _, message = effect["what"].partition(": ")
            if name not in said and (not message or message not in said):
                yield f"a cell catches an error, and nothing of it is shown: {effect['what']}"


def in_source(pattern, words):
    """Return the function of a rule on what IPython makes of a cell's source."""

    def check(notebook):
        from IPython.core.inputtransformer2 import TransformerManager

        if notebook.content.metadata.get("language_info", {}).get("name", "python") not in ("python", "ipython"):
            return
        for cell in notebook.cells:
            if cell.cell_type == "code" and re.search(pattern, TransformerManager().transform_cell(cell.source)):
                yield cell, words

    return check


RULES = [
    Rule(
        "H301",
        "no-hidden-warning",
        False,
        "No cell hides a warning.",
        "`warnings.simplefilter('ignore')` above a call that warns.",
        "Change what causes the warning.",
        "cell",
        of_kind("warning", "a warning is hidden: {}"),
    ),
    Rule(
        "H302",
        "no-hidden-floating-point-error",
        False,
        "No cell silences NumPy's warnings of overflow, division and invalid values.",
        "`np.errstate(all='ignore')` around a logarithm of zero.",
        "Compute it so that nothing overflows, or show the warning.",
        "cell",
        of_kind("errstate", "NumPy's warnings are silenced: {}"),
    ),
    Rule(
        "H303",
        "no-hidden-stderr",
        False,
        "No cell leads stderr or stdout elsewhere.",
        "`sys.stderr = io.StringIO()`",
        "Leave the streams as they are.",
        "cell",
        of_kind("stream", "a stream is led elsewhere: {}"),
    ),
    Rule(
        "H304",
        "no-failed-program",
        True,
        "A program that a cell starts does not fail unseen.",
        "`!pip install something-that-is-not-there`, or `subprocess.run(['false'])`.",
        "`subprocess.run(..., check=True)`, or mend the command.",
        "cell",
        of_kind("program", "a program failed, and the cell went on: {}"),
    ),
    Rule(
        "H305",
        "no-hidden-error",
        False,
        "An error that a cell catches is shown.",
        "`except LinAlgError: x = None`",
        "Print the error, or ask before whether it would come.",
        "cell",
        caught_error,
    ),
    Rule(
        "H306",
        "no-shell-line",
        False,
        "No line for the shell: it differs from system to system.",
        "`!ls`, `%%bash`",
        "Use Python, or `subprocess.run(..., check=True)`.",
        "stored",
        in_source(
            r"get_ipython\(\)\.(system|getoutput)\(|"
            r"run_(cell|line)_magic\('(!|sx|system|sh|bash|script|perl|ruby|cmd)'",
            "a line for the shell may fail unseen, and differs from system to system",
        ),
    ),
    Rule(
        "H307",
        "no-capture",
        False,
        "No cell hides its outputs.",
        "`%%capture`",
        "Remove it.",
        "stored",
        in_source(r"run_cell_magic\('capture'", "%%capture hides the outputs of the cell"),
    ),
]
