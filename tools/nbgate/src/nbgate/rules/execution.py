"""E1xx: the notebook was run from top to bottom, and can be run again."""

from nbgate.rules import Rule


def run_in_order(notebook):
    """Yield the code cells whose stored execution count is not their place among those that run."""
    expected = 0
    for cell in notebook.cells:
        if cell.cell_type != "code" or not cell.source.strip():  # an empty cell is never run, and not counted
            continue
        if notebook.settings.skipped(cell) and cell.get("execution_count") is None:
            continue
        expected += 1
        count = cell.get("execution_count")
        if count != expected:
            came = "it was never run" if count is None else f"it is {count}"
            yield cell, f"stored execution count: expected {expected}, but {came}"


def ends_session(run):
    """Yield what is wrong if a cell ends the session."""
    if run.ends_session:
        yield "the cell ends the session (quit or exit): expected was one that goes on, for nothing below it would run"


def must_raise(run):
    """Yield what is wrong if a cell that is marked as one that raises an exception does not."""
    if run.may_raise and not run.shown.raised():
        yield "expected an exception, as the cell is marked, but none was raised"


def stderr(run):
    """Yield what a cell writes to stderr."""
    if text := run.shown.stderr():
        yield f"expected nothing on stderr, what came: {text.strip()}"


RULES = [
    Rule(
        "E100",
        "valid-notebook",
        True,
        "The file is a notebook that follows nbformat's schema.",
        "Two cells have the same id, or a conflict of a merge is left in the file.",
        "Open it in JupyterLab and save it, or repair the line that the message names.",
    ),
    Rule(
        "E101",
        "run-in-order",
        True,
        "The stored cells were run once each, from top to bottom.",
        "A cell that was never run, or that was run twice; then its output belongs to another state of the names.",
        "Run it with `pytest --nbgate-store`, or by Restart Kernel and Run All Cells, and save.",
        "stored",
        run_in_order,
    ),
    Rule(
        "E102",
        "ends-session",
        True,
        "No cell ends the session.",
        "A cell that calls `quit()`.",
        "Remove the call.",
        "cell",
        ends_session,
    ),
    Rule(
        "E103",
        "must-raise",
        True,
        "A cell that is marked as one that raises an exception raises one.",
        "The tag `raises-exception` on a cell that runs through.",
        "Remove the mark, or mend what no longer fails.",
        "cell",
        must_raise,
    ),
    Rule(
        "E104",
        "empty-stderr",
        False,
        "No cell writes to stderr, stored or not.",
        "A warning of a library that readers see in red.",
        "Change what causes it, or ignore the rule for that cell, with the reason.",
        "cell",
        stderr,
    ),
    Rule(
        "E105",
        "no-exception",
        True,
        "No cell raises an exception, but for those that are marked.",
        "`1 / 0` without a mark.",
        "Mend the cell, or give it the tag `raises-exception`.",
    ),
    Rule(
        "E106",
        "in-time",
        True,
        "Each cell ends in time, and then says all it has to say.",
        "An endless loop.",
        'Make the cell faster, or allow more: `nbgate_timeout`, or `"nbgate": {"timeout": 300}` in its metadata.',
    ),
    Rule(
        "E107",
        "kernel-lives",
        True,
        "The kernel lives on after each cell.",
        "`os._exit(0)`, or a crash in compiled code.",
        "Mend the cell: nothing below it can be run.",
    ),
    Rule(
        "E108",
        "nothing-late",
        True,
        "Nothing comes after a cell has ended: no words on stderr, no exception of a task or a thread.",
        "A task that raises, and that nothing awaits.",
        "Await the task, join the thread.",
    ),
    Rule(
        "E109",
        "no-file-left",
        True,
        "The notebook leaves no file behind below the project's folder, and writes over none.",
        "`np.save('result.npy', x)` beside the notebook.",
        "Write to a temporary folder (`tempfile`).",
    ),
    Rule(
        "E110",
        "collected",
        True,
        "Each notebook below a folder that pytest is asked for is tested.",
        "`--ignore-glob='*draft*'` that hits more than was meant.",
        "Name what is left out in `norecursedirs` or `collect_ignore`.",
    ),
]
