"""Tiny notebooks, each named for what it shows, and what the gate must say of it.

`INTACT` are honest notebooks, and `HARMLESS` changes of them: all stay green. `BREAKS` are single deliberate mistakes.
``python -m tests.gate_notebooks`` runs the intact ones, and stores them beside this file; with a folder it makes the
others there. ``tests/test_gate.py`` puts all before the gate.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tools.store_notebooks import execute

FOLDER = Path(__file__).parent
DOT = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4"
    "//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg=="
)


def notebook(title, *cells):
    """Return a notebook: its title, and cells of code, but for those that begin with "text: "."""
    made = new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}})
    for number, source in enumerate([f"text: {title}", *cells]):
        new = new_markdown_cell if source.startswith("text: ") else new_code_cell
        made.cells.append(new(source.removeprefix("text: "), id=f"c{number}"))
    return made


def with_metadata(made, number, **metadata):
    """Return a notebook whose code cell of this number has these metadata."""
    code(made)[number].metadata.update(metadata)
    return made


def code(made):
    """Return the code cells of a notebook."""
    return [cell for cell in made.cells if cell.cell_type == "code"]


IMPORTS = "import matplotlib.pyplot as plt\nimport numpy as np"
CURVE = """x = np.linspace(0, 6, 100)
figure, axes = plt.subplots(figsize=(3, 2))
axes.plot(x, np.sin(x));"""
LIVE = """def parabola():
    figure, axes = new_figure(height=2)
    axes.set(xlim=(-1, 1), ylim=(0, 4))
    x = np.linspace(-1, 1, 21)
    (curve,) = axes.plot(x, x**2, label="a x^2")
    shown = []

    def move(a):
        shown.append(a)
        curve.set_data(x, a * x**2)
        return {"height": a}

    return LiveFigure(figure, [curve], move, a=controls.slider("a", 0, 4, 1, step=0.5))


parabola()"""

#: It looks a little like a live figure of the course.
FOREIGN = """
class Panel(ipywidgets.VBox):
    controls = {}

    def redraw(self):
        pass


display(Panel([ipywidgets.IntSlider(description="size")]))"""

INTACT = {
    "figure": with_metadata(notebook("# A figure", IMPORTS, CURVE), 1, alt="a sine curve"),
    "saved_figure": notebook(
        "# A figure that passes through a file",
        f"import tempfile\nfrom pathlib import Path\n\nfrom IPython.display import Image\n\n{IMPORTS}",
        f"{CURVE}\nfolder = Path(tempfile.mkdtemp())\nfigure.savefig(folder / 'curve.png')\nplt.close(figure)",
        "Image(folder / 'curve.png', alt='a sine curve')",
    ),
    "numbers": notebook("# Numbers", "x = 6 * 7\nprint(x)", "x / 4", "print('before')\ndisplay(x)\nprint('after')"),
    "two_outputs": notebook("# Outputs of two kinds", "print('text')\ndisplay(42)"),
    "live_figure": notebook(
        "# A live figure",
        "import numpy as np\n\nfrom helpers.figures.style import new_figure\nfrom helpers.live import controls\n"
        "from helpers.live.live_figure import LiveFigure",
        LIVE,
    ),
    "course_figure": notebook(
        "# A live figure of the course, which has its own tests",
        "from helpers.live.complexity import network_of_any_size\n\nlive = network_of_any_size()\nlive",
    ),
    "widgets": notebook(
        "# Widgets of the course, and one that only shows",
        "import ipywidgets\nfrom helpers.live.predict import predict",
        'predict("layers-of-3-4-2")',
        "display(ipywidgets.VBox([ipywidgets.HTML('<b>read</b>')]))",
    ),
    "markers": with_metadata(
        notebook(
            "# Markers of nbval, with their reasons",
            "import time",
            "# NBVAL_IGNORE_OUTPUT\n# the clock is never the same\nprint(time.time())",
            "time.time()",
            "# NBVAL_RAISES_EXCEPTION\nint('seven')",
        ),
        2,
        tags=["nbval-ignore-output"],
        nbval_reason="the clock is never the same",
    ),
    "raises_exception": with_metadata(notebook("# An error to learn from", "1 / 0"), 0, tags=["raises-exception"]),
    "background": notebook(
        "# A task and a thread",
        "import asyncio\nimport threading\n\n\nasync def work():\n    await asyncio.sleep(0.01)\n    return 42",
        "task = asyncio.create_task(work())",
        "await task",
        "thread = threading.Thread(target=lambda: sum(range(1000)))\nthread.start()\nthread.join()",
    ),
    "outside_program": notebook(
        "# Another program",
        "import subprocess\nimport sys",
        "subprocess.run([sys.executable, '-c', 'print(42)'], check=True, capture_output=True).stdout",
    ),
    "words": notebook(
        "# Words",
        "text: See [a figure](figure.ipynb), [its heading](figure.ipynb#A-figure), [here](#Words), "
        "[the list](numbers.toml), and [the web](https://jupyter.org).",
        f"text: A picture: ![a dot]({DOT}), and another: <img src='{DOT}' alt='a dot'>.",
        r"text: $\hat y = \frac{1}{2} x$, and $$f(x) = \begin{cases} 0 & x < 0 \\ x & \text{otherwise} \end{cases}$$",
        "text: Some **bold** words, and code:\n\n```python\nx = 1\n```",
    ),
    "numbers_in_prose": notebook(
        "# Numbers in prose",
        "values = [1.25, 2.5, 3.7512]\nprint(len(values) * 1000, max(values), 0.5)",
        "text: Of 3,000 values the largest is 3.75, and 50 % of 5 is 2.5. A day has 1440 minutes.",
    ),
    "claims": notebook(
        "# A claim",
        "from helpers.claims import claim",
        'right = 93 / 100\nclaim("{:.0%} are right, over {above:.0%}", right, above=0.9)',
    ),
    "trailing_semicolon": notebook("# A closing semicolon hides the result", "x = 5", "x;"),
    "out_n": notebook("# An earlier result", "6 * 7", "Out[1] + _1"),
    "output_widget": notebook(
        "# Output inside a widget",
        "import ipywidgets\n\nbox = ipywidgets.Output()\nbox",
        "with box:\n    print('inside')\nprint('beside')",
    ),
    "progress_bar": notebook(
        "# A progress bar", "for percent in range(0, 101, 20):\n    print(f'\\r{percent:3} %', end='')\nprint()"
    ),
    "cleared_output": notebook(
        "# A cleared output",
        "from IPython.display import clear_output",
        "for n in range(3):\n    clear_output(wait=True)\n    print(n)",
        "print('gone')\nclear_output()",
    ),
    "updated_display": notebook(
        "# A display that changes", "shown = display('first', display_id=True)\nshown.update('second')"
    ),
    "display_updated_later": notebook(
        "# A display that a later cell changes", "shown = display('first', display_id=True)", "shown.update('second')"
    ),
    "kernel": notebook("# A kernel", "import os\nimport signal\nimport sys\nimport warnings", "x = 1", "x + 1"),
    "not_renamed": notebook("# A notebook", "1 + 1"),
}


@dataclass(frozen=True)
class Break:
    """A mistake, or a harmless change.

    Parameters
    ----------
    of : str
        The intact twin.
    item : str
        What turns red first: an item of the gate, or "ruff"; "" if nothing does.
    says : str
        A part of the message.
    source, stored : callable, optional
        Changes the notebook in place: its cells (before it is run), or what is stored in it (afterwards).
    rerun : bool
        Whether the outputs are those of the changed cells, rather than of the intact ones.
    """

    of: str
    item: str
    says: str
    source: Callable | None = None
    stored: Callable | None = None
    rerun: bool = False

    def apply(self, intact):
        """Return the broken copy of a notebook that was run."""
        broken = copy.deepcopy(intact)
        if self.source:
            self.source(broken)
            if self.rerun:
                broken = run(broken)
        if self.stored:
            self.stored(broken)
        return broken


def replace(number, old, new):
    """Return a change of the code cell of this number."""

    def change(made):
        cell = code(made)[number]
        assert old in cell.source, (old, cell.source)
        cell.source = cell.source.replace(old, new)

    return change


def text(number, old, new):
    """Return a change of the Markdown cell of this number."""

    def change(made):
        cell = [cell for cell in made.cells if cell.cell_type == "markdown"][number]
        assert old in cell.source, (old, cell.source)
        cell.source = cell.source.replace(old, new)

    return change


def picture_of(source):
    """Return a change that stores the picture of other code."""

    def change(made):
        other = copy.deepcopy(made)
        source(other)
        code(made)[1].outputs = code(run(other))[1].outputs

    return change


def strip(*numbers):
    """Return a change that removes all outputs and execution counts, of some cells or of all."""

    def change(made):
        for number, cell in enumerate(code(made)):
            if not numbers or number in numbers:
                cell.outputs, cell.execution_count = [], None

    return change


def counts(*values):
    """Return a change of the execution counts."""

    def change(made):
        for cell, count in zip(code(made), values, strict=True):
            cell.execution_count = count

    return change


def stored_picture(value):
    """Return a change of the stored picture in cell 1."""

    def change(made):
        data = code(made)[1].outputs[0].data
        if value is None:
            del data["image/png"]
        else:
            data["image/png"] = value

    return change


def result_as_display(made):
    """Store a result as if it had been displayed."""
    output = code(made)[1].outputs[0]
    output.output_type = "display_data"
    del output["execution_count"]


def swap_outputs(made):
    """Store the outputs in another order."""
    code(made)[0].outputs.reverse()


def without_captured(made):
    """Store only what is shown beside the Output widget, as JupyterLab does."""
    (output,) = code(made)[1].outputs
    assert output.text == "inside\nbeside\n"
    output.text = "beside\n"


def crossed(made):
    """Store what a false claim prints where it is no error."""
    (output,) = code(made)[1].outputs
    output.text = "✗ 93% are right, over 95% (expected: above 95%)\n"


def widget_state(made):
    """Store the state of widgets."""
    made.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {}, "version_major": 2}}


def metadata(number, **values):
    """Return a change of a cell's metadata; None removes an entry."""

    def change(made):
        cell = code(made)[number]
        for name, value in values.items():
            cell.metadata.pop(name, None) if value is None else cell.metadata.update({name: value})

    return change


NEGATED = replace(1, "np.sin(x)", "-np.sin(x)")
ALL_NAN = replace(1, "np.sin(x)", "np.nan * x")
MISSING = replace(1, "axes.plot(x, np.sin(x));", "")
NEW_DOT = replace(1, "axes.plot(x, np.sin(x));", "axes.plot(x, np.sin(x))\naxes.plot(2, 0.2, 'o');")
SCALED = replace(1, "np.sin(x)", "0.9 * np.sin(x)")
NOT_THE_STORED_ONE = "the picture is not the stored one"

OTHER_TEXT = replace(0, IMPORTS, f"{IMPORTS}\n\nplt.rcParams.update({{'text.hinting': 'none', 'xtick.major.pad': 5}})")

HARMLESS = {
    "picture_with_other_hinting": Break("figure", "", "", stored=picture_of(OTHER_TEXT)),
    "output_widget_saved_by_jupyterlab": Break("output_widget", "", "", stored=without_captured),
}

BREAKS = {
    # -- pictures ------------------------------------------------------------------------------------------------
    "stored_picture_replaced": Break(
        "figure", "Cell 1", NOT_THE_STORED_ONE, stored=stored_picture(DOT.partition(",")[2])
    ),
    "stored_picture_deleted": Break("figure", "Cell 1", "outputs are of other kinds", stored=stored_picture(None)),
    "stored_picture_garbage": Break(
        "figure", "Cell 1", "stored one is damaged", stored=stored_picture("bm8gcGljdHVyZQ==")
    ),
    "stored_curve_negated": Break("figure", "Cell 1", NOT_THE_STORED_ONE, stored=picture_of(NEGATED)),
    "curve_negated": Break("figure", "Cell 1", NOT_THE_STORED_ONE, source=NEGATED),
    "curve_scaled": Break("figure", "Cell 1", NOT_THE_STORED_ONE, source=SCALED),
    "curve_all_nan": Break("figure", "Cell 1", NOT_THE_STORED_ONE, source=ALL_NAN),
    "curve_missing": Break("figure", "Cell 1", NOT_THE_STORED_ONE, source=MISSING),
    "new_dot": Break("figure", "Cell 1", NOT_THE_STORED_ONE, source=NEW_DOT),
    "figure_no_longer_shown": Break(
        "figure", "Cell 1", "what came:           nothing", source=replace(1, "sin(x));", "sin(x))\nplt.close()")
    ),
    "figure_no_longer_saved": Break(
        "saved_figure", "Cell 2", "FileNotFoundError", source=replace(1, "figure.savefig(folder / 'curve.png')", "")
    ),
    "picture_without_alt": Break("figure", "Cell 1", "no alternative text", stored=metadata(1, alt=None)),
    # -- what is stored ------------------------------------------------------------------------------------------
    "number_changed": Break("numbers", "Cell 1", "mismatch 'text/plain'", source=replace(1, "x / 4", "x / 8")),
    "notebook_stripped": Break("numbers", "Cell 0", "expected 1, but it was never run", stored=strip()),
    "cell_stripped": Break("numbers", "Cell 1", "expected 2, but it was never run", stored=strip(1)),
    "cells_run_out_of_order": Break("numbers", "Cell 0", "expected 1, but it is 2", stored=counts(2, 1, 3)),
    "cell_run_twice": Break("numbers", "Cell 1", "expected 2, but it is 3", stored=counts(1, 3, 4)),
    "execution_count_repeated": Break("numbers", "Cell 2", "expected 3, but it is 2", stored=counts(1, 2, 2)),
    "result_stored_as_display": Break(
        "numbers", "Cell 1", "expected, as stored: display_data", stored=result_as_display
    ),
    "display_updated_to_another_value": Break(
        "display_updated_later",
        "afterwards",
        "Cell 0, updates included",
        source=replace(1, "second", "third"),
    ),
    "outputs_in_another_order": Break("two_outputs", "Cell 0", "in another order", stored=swap_outputs),
    "widget_state_stored": Break("live_figure", "stored", "hold the state of widgets", stored=widget_state),
    # -- widgets -------------------------------------------------------------------------------------------------
    "callback_raises_at_an_end": Break(
        "live_figure",
        "afterwards",
        "a = 4.0 raises ZeroDivisionError",
        source=replace(1, "shown.append(a)", "1 / (a - 4)"),
        rerun=True,
    ),
    "callback_shows_nan_at_an_end": Break(
        "live_figure",
        "afterwards",
        "a = 0.0 shows what is not a finite number",
        source=replace(1, "a * x**2)", "(a if a else np.nan) * x**2)"),
        rerun=True,
    ),
    "callback_shows_another_value": Break(
        "live_figure",
        "afterwards",
        "the same value shows another picture the second time",
        source=replace(1, "curve.set_data(x, a * x**2)", "a = shown[-2:][0]\n        curve.set_data(x, a * x**2)"),
        rerun=True,
    ),
    "callback_never_triggered": Break(
        "live_figure",
        "afterwards",
        "a is linked to nothing",
        source=replace(1, "\n\n\nparabola()", "\n\n\nlive = parabola()\nlive.controls['a'].unobserve_all()\nlive"),
        rerun=True,
    ),
    "control_linked_to_nothing": Break(
        "live_figure",
        "afterwards",
        "b is linked to nothing",
        source=lambda made: (
            replace(1, "def move(a)", "def move(a, b)")(made),
            replace(1, "step=0.5)", 'step=0.5), b=controls.slider("b", 0, 4, 1, step=0.5)')(made),
        ),
        rerun=True,
    ),
    "moving_artist_not_declared": Break(
        "live_figure", "afterwards", "it is not declared as moving", source=replace(1, "[curve]", "[]"), rerun=True
    ),
    "moving_artist_not_noticed": Break(
        "live_figure",
        "afterwards",
        "the picture is another one",
        source=lambda made: (
            replace(1, '"a x^2")\n', '"a x^2")\n    (line,) = axes.plot(x, x, label="a x")\n')(made),
            replace(1, "a * x**2)\n", "a * x**2)\n        line.get_ydata(orig=False)[:] = a * x\n")(made),
        ),
        rerun=True,
    ),
    "added_callback_raises": Break(
        "course_figure",
        "afterwards",
        "raises ValueError",
        source=replace(
            0,
            "()\nlive",
            "()\n\n\ndef check(change):\n    if change.new > 5:\n        raise ValueError(change.new)\n\n\n"
            "for control in live.controls.values():\n    control.observe(check, 'value')\nlive",
        ),
        rerun=True,
    ),
    "control_that_nothing_tests": Break(
        "widgets",
        "afterwards",
        "nothing tests the control 'size'",
        source=replace(1, 'predict("layers-of-3-4-2")', "ipywidgets.interact(lambda size: None, size=(0, 9));"),
        rerun=True,
    ),
    "foreign_widget": Break(
        "output_widget",
        "afterwards",
        "nothing tests the control 'size'",
        source=replace(0, "\n\nbox", f"\n\n{FOREIGN}\nbox"),
        rerun=True,
    ),
    "output_widget_hides_exception": Break(
        "output_widget",
        "Cell 1",
        "ZeroDivisionError",
        source=replace(1, "print('inside')", "1 / 0"),
    ),
    # -- claims --------------------------------------------------------------------------------------------------
    "claim_false": Break(
        "claims", "Cell 1", "93% are right, over 95% (expected: above 95%)", replace(1, "=0.9", "=0.95")
    ),
    "claim_false_stored_anew": Break(
        "claims", "Cell 1", "✗ 93% are right, over 95% (expected", source=replace(1, "=0.9", "=0.95"), rerun=True
    ),
    "claim_false_stored_by_a_learner": Break(
        "claims", "Cell 1", "✗ 93% are right, over 95% (expected", source=replace(1, "=0.9", "=0.95"), stored=crossed
    ),
    "claim_of_another_value": Break("claims", "Cell 1", "mismatch 'stdout'", source=replace(1, "93", "94")),
    # -- markers, tags, magics -----------------------------------------------------------------------------------
    "marker_misspelt": Break(
        "markers", "Cell 1", "did you mean NBVAL_IGNORE_OUTPUT", source=replace(1, "IGNORE_OUTPUT", "IGNORE_OUPUT")
    ),
    "marker_beside_code": Break(
        "numbers", "Cell 0", "has no effect beside code", source=replace(0, "x = 6 * 7", "x = 6 * 7  # NBVAL_SKIP")
    ),
    "marker_in_a_string": Break(
        "numbers",
        "Cell 0",
        "NBVAL_SKIP is part of a string",
        source=replace(0, "x = 6 * 7", 'x = 6 * 7\n"""\n# NBVAL_SKIP\n"""'),
    ),
    "marker_without_reason": Break(
        "markers",
        "Cell 1",
        "NBVAL_IGNORE_OUTPUT needs a reason",
        source=replace(1, "# the clock is never the same\n", ""),
    ),
    "tag_misspelt": Break(
        "markers", "Cell 2", "did you mean nbval-ignore-output", stored=metadata(2, tags=["nbval-ignore-ouput"])
    ),
    "tag_without_reason": Break("markers", "Cell 2", "needs a reason", stored=metadata(2, nbval_reason=None)),
    "exception_no_longer_raised": Break(
        "raises_exception", "Cell 0", "expected an exception", source=replace(0, "1 / 0", "1 / 2"), rerun=True
    ),
    "marked_exception_no_longer_raised": Break(
        "markers", "Cell 3", "expected an exception", source=replace(3, "seven", "7"), rerun=True
    ),
    "captured_output": Break(
        "numbers", "Cell 0", "%%capture hides outputs", source=replace(0, "x =", "%%capture\nx ="), rerun=True
    ),
    "failing_shell_line": Break(
        "outside_program",
        "Cell 1",
        "a line for the shell",
        source=replace(1, "subprocess", "!false\nsubprocess"),
        rerun=True,
    ),
    "swallowed_exception": Break(
        "numbers",
        "ruff",
        "S110",
        source=replace(0, "print(x)", "try:\n    print(y)\nexcept NameError:\n    pass"),
        rerun=True,
    ),
    "suppressed_exception": Break(
        "numbers",
        "ruff",
        "TID251",
        source=replace(
            0, "x = 6 * 7", "from contextlib import suppress\n\nwith suppress(NameError):\n    y\nx = 6 * 7"
        ),
    ),
    "silenced_warning": Break(
        "kernel",
        "Cell 1",
        "a filter hides warnings",
        source=replace(1, "x = 1", "warnings.simplefilter('ignore')\nx = 1"),
    ),
    # -- what the kernel does ------------------------------------------------------------------------------------
    "warning_on_stderr": Break(
        "kernel",
        "Cell 1",
        "writes to stderr",
        source=replace(1, "x = 1", "sys.stderr.write('careful')\nx = 1"),
        rerun=True,
    ),
    "task_raises": Break(
        "background",
        "afterwards",
        "an asyncio task raised ValueError",
        source=lambda made: (
            replace(0, "return 42", "raise ValueError(42)")(made),
            replace(2, "await task", "42")(made),
        ),
        rerun=True,
    ),
    "forgotten_task_raises": Break(
        "background",
        "afterwards",
        "Task exception was never retrieved",
        source=lambda made: (
            replace(0, "return 42", "raise ValueError(42)")(made),
            replace(1, "task = asyncio.create_task(work())", "asyncio.create_task(work());")(made),
            replace(2, "await task", "42")(made),
        ),
        rerun=True,
    ),
    "thread_raises": Break(
        "background",
        "afterwards",
        "ZeroDivisionError",
        source=replace(
            3,
            "thread = threading.Thread(target=lambda: sum(range(1000)))\nthread.start()\nthread.join()",
            "import time\n\n\ndef fail():\n    time.sleep(0.3)\n    1 / 0\n\n\nthreading.Thread(target=fail).start()",
        ),
        rerun=True,
    ),
    "kernel_ends": Break("kernel", "Cell 1", "the cell ended its kernel", source=replace(1, "x = 1", "os._exit(0)")),
    "session_ends": Break("kernel", "Cell 1", "the cell ends the session", source=replace(1, "x = 1", "quit()")),
    "session_ends_in_last_cell": Break(
        "numbers", "Cell 2", "ends the session", source=replace(2, "'after')", "'after')\nexit()")
    ),
    "kernel_stuck": Break("kernel", "Cell 1", "Timeout of", source=replace(1, "x = 1", "while True:\n    pass")),
    "kernel_stuck_for_good": Break(
        "kernel",
        "Cell 1",
        "Timeout of",
        source=replace(1, "x = 1", "signal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True:\n    pass"),
    ),
    "alone/file_left_behind": Break(
        "saved_figure",
        "afterwards",
        "leaves left_behind.txt behind",
        source=replace(1, "plt.close(figure)", "plt.close(figure)\nPath('left_behind.txt').touch()"),
    ),
    "not_collected": Break("not_renamed", "not_collected.ipynb was not collected", "nothing in it is tested"),
    # -- words ---------------------------------------------------------------------------------------------------
    "link_to_no_notebook": Break("words", "stored", "figures.ipynb leads to no file", text(1, "(figure.", "(figures.")),
    "link_to_no_heading": Break(
        "words", "stored", "leads to no heading of figure.ipynb", text(1, "#A-figure", "#The-figure")
    ),
    "link_to_no_heading_here": Break("words", "stored", "leads to no heading of link_to", text(1, "#Words", "#words")),
    "link_to_no_file": Break("words", "stored", "number.toml leads to no file", text(1, "numbers.toml", "number.toml")),
    "formula_not_closed": Break("words", "stored", "can't be set", text(3, "{1}{2}", "{1}{2")),
    "formula_of_unknown_command": Break("words", "stored", r'Unknown command "\fraq"', text(3, r"\frac", r"\fraq")),
    "formula_of_unknown_environment": Break("words", "stored", "can't be set", text(3, r"\end{cases}", r"\end{case}")),
    "formula_without_end": Break("words", "stored", "a $ without its twin", text(3, "x$, and", "x, and")),
    "bold_not_closed": Break("words", "stored", "a ** without its twin", text(4, "**bold**", "**bold")),
    "code_block_not_closed": Break("words", "stored", "(```) is not closed", text(4, "x = 1\n```", "x = 1")),
    "image_without_alt": Break("words", "stored", "has no alternative text", text(2, "![a dot]", "![]")),
    "html_image_without_alt": Break("words", "stored", "has no alternative text", text(2, " alt='a dot'", "")),
    "number_in_prose_changed": Break("numbers_in_prose", "stored", "the prose says 3.85", text(1, "3.75", "3.85")),
    "cell_prints_another_number": Break(
        "numbers_in_prose", "stored", "the prose says 3.75", source=replace(0, "3.7512", "3.8512"), rerun=True
    ),
    "percentage_changed": Break("numbers_in_prose", "stored", "the prose says 60 %", text(1, "50 %", "60 %")),
    "listed_number_gone": Break(
        "numbers_in_prose", "stored", "1440 is listed without need", text(1, " A day has 1440 minutes.", "")
    ),
}


def run(made):
    """Return a copy of a notebook with its outputs in this folder, as `make notebooks` stores them, errors included."""
    made = copy.deepcopy(made)
    execute(made, FOLDER, timeout=60, allow_errors=True)
    return made
