"""Tiny notebooks, each named for what it shows, and what the gate must say of it: the package's gallery.

`INTACT` are honest notebooks, and `HARMLESS` changes of them: all stay green. `BREAKS` are single deliberate mistakes.
`make` writes all of them to a folder, run and stored by the package itself; ``test_gallery.py`` puts them before it.
"""

import base64
import copy
import io
import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import nbformat.validator
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from PIL import Image

SETTINGS = Path(__file__).with_name("settings.toml")
LISTED = """[[number]]
notebook = "{}.ipynb"
number = "1440"
reason = "twenty-four hours of sixty minutes each"

"""
NUMBERS = "".join(map(LISTED.format, ["numbers_in_prose", "no_ids", "listed_number_gone"]))
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
    "stderr": with_metadata(
        notebook("# Words on stderr", "import sys\nprint('step 3 of 9', file=sys.stderr)"),
        0,
        nbgate={"ignore": {"E104": "the cell shows what a warning looks like"}},
    ),
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
        What turns red first: an item of the notebook; "" if nothing does.
    says : str
        The code of the rule, and a part of the message.
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

    @property
    def code(self):
        """The rule that finds it."""
        return self.says.split(":")[0]

    @property
    def part(self):
        """A part of its message."""
        return self.says.partition(": ")[2]


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


def by_another_matplotlib(made):
    """Store the picture as one that another version of matplotlib drew."""
    (output,) = code(made)[1].outputs
    picture = Image.open(io.BytesIO(base64.b64decode(output.data["image/png"])))
    written = io.BytesIO()
    picture.save(written, "png")
    output.data["image/png"] = base64.b64encode(written.getvalue()).decode()


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
OTHER = "O203: the picture is not the stored one"
REASON = "the value is drawn anew each time"
OLD = "warnings.warn('old')"


def without_ids(made):
    """Store it in the form of nbformat 4.4."""
    made.nbformat_minor = 4
    for cell in made.cells:
        del cell["id"]


def edited_alternative_text(made):
    """Edit the words of a picture by hand."""
    (output,) = code(made)[2].outputs
    output.metadata["image/png"]["alt"] = "a cosine curve"


def as_text(text):
    """Return what stands in the file instead of a notebook."""

    def change(made):
        made.instead = text

    return change


def same_id(made):
    """Give two cells one id."""
    made.cells[2].id = made.cells[1].id


def unknown_type(made):
    """Store a cell of a type that there is not."""
    made.cells[1].cell_type = "heading"


def hidden(says, line):
    """Return a mistake in a cell of its own, with outputs stored anew."""
    return Break("kernel", "Cell 1", says, source=replace(1, "x = 1", f"{line}\nx = 1"), rerun=True)


def left(says, line):
    """Return a notebook that leaves a file."""
    return Break(
        "saved_figure",
        "afterwards",
        f"E109: {says}",
        source=replace(1, "plt.close(figure)", f"plt.close(figure)\n{line};"),
    )


OTHER_TEXT = f"{IMPORTS}\n\nplt.rcParams.update({{'text.hinting': 'none', 'xtick.major.pad': 5}})"


def both(*changes):
    """Return changes one after the other."""

    def change(made):
        for part in changes:
            part(made)

    return change


HARMLESS = {
    "picture_of_another_matplotlib": Break(
        "figure",
        "",
        "",
        source=replace(0, IMPORTS, OTHER_TEXT),
        rerun=True,
        stored=both(replace(0, OTHER_TEXT, IMPORTS), by_another_matplotlib),
    ),
    "output_widget_saved_by_jupyterlab": Break("output_widget", "", "", stored=without_captured),
    "no_ids": Break("numbers_in_prose", "", "", stored=without_ids),
    "stderr_with_other_numbers": Break(
        "stderr", "", "", source=replace(0, "step 3", "step 4"), rerun=True, stored=replace(0, "step 4", "step 3")
    ),
    "ignored_for_a_reason": Break(
        "numbers", "", "", source=replace(1, "x / 4", "x / 8"), stored=metadata(1, nbgate={"ignore": {"O202": REASON}})
    ),
    "ignored_in_a_comment": Break(
        "numbers", "", "", source=replace(1, "x / 4", f"# nbgate: ignore O202: {REASON}\nx / 8")
    ),
    "number_within_tolerance": Break(
        "numbers", "", "", source=replace(1, "x / 4", "x / 4.001"), stored=metadata(1, nbgate={"rtol": 1e-3})
    ),
    "sanitised_in_a_cell": Break(
        "numbers",
        "",
        "",
        source=replace(1, "x / 4", "x / 8"),
        stored=metadata(1, nbgate={"sanitize": [{"regex": r"\d+\.\d+", "replace": "#"}]}),
    ),
    "warning_filter_that_hides_nothing": Break(
        "kernel", "", "", source=replace(1, "x = 1", "warnings.simplefilter('ignore')\nx = 1")
    ),
}

BREAKS = {
    # -- pictures ------------------------------------------------------------------------------------------------
    "stored_picture_replaced": Break("figure", "Cell 1", OTHER, stored=stored_picture(DOT.partition(",")[2])),
    "stored_picture_deleted": Break(
        "figure", "Cell 1", "O201: outputs are of other kinds", stored=stored_picture(None)
    ),
    "stored_picture_garbage": Break(
        "figure", "Cell 1", "O204: the stored picture is damaged", stored=stored_picture("bm8gcGljdHVyZQ==")
    ),
    "stored_curve_negated": Break(
        "figure", "Cell 1", OTHER, source=NEGATED, rerun=True, stored=replace(1, "-np.sin(x)", "np.sin(x)")
    ),
    "curve_negated": Break("figure", "Cell 1", OTHER, source=NEGATED),
    "curve_scaled": Break("figure", "Cell 1", OTHER, source=replace(1, "np.sin(x)", "0.9 * np.sin(x)")),
    "curve_scaled_a_little": Break("figure", "Cell 1", OTHER, source=replace(1, "np.sin(x)", "0.97 * np.sin(x)")),
    "curve_all_nan": Break("figure", "Cell 1", OTHER, source=replace(1, "np.sin(x)", "np.nan * x")),
    "curve_missing": Break("figure", "Cell 1", OTHER, source=replace(1, "axes.plot(x, np.sin(x));", "")),
    "curve_dashed": Break("figure", "Cell 1", OTHER, source=replace(1, "np.sin(x))", "np.sin(x), '--')")),
    "curve_of_another_colour": Break(
        "figure", "Cell 1", OTHER, source=replace(1, "np.sin(x))", "np.sin(x), '#4f86ab')")
    ),
    "curve_wider": Break("figure", "Cell 1", OTHER, source=replace(1, "np.sin(x))", "np.sin(x), lw=2)")),
    "title_added": Break("figure", "Cell 1", OTHER, source=replace(1, "sin(x));", "sin(x))\naxes.set_title('a');")),
    "ticks_changed": Break(
        "figure", "Cell 1", OTHER, source=replace(1, "sin(x));", "sin(x))\naxes.set_xticks([0, 6]);")
    ),
    "new_dot": Break("figure", "Cell 1", OTHER, source=replace(1, "sin(x));", "sin(x))\naxes.plot(2, 0.2, 'o');")),
    "figure_no_longer_shown": Break(
        "figure", "Cell 1", "O201: what came:           nothing", source=replace(1, "sin(x));", "sin(x))\nplt.close()")
    ),
    "figure_no_longer_saved": Break(
        "saved_figure",
        "Cell 2",
        "E105: FileNotFoundError",
        source=replace(1, "figure.savefig(folder / 'curve.png')", ""),
    ),
    "picture_without_alt": Break("figure", "Cell 1", "O206: no alternative text", stored=metadata(1, alt=None)),
    "alternative_text_edited": Break(
        "saved_figure", "Cell 2", "O202: alternative text", stored=edited_alternative_text
    ),
    # -- what is stored ------------------------------------------------------------------------------------------
    "number_changed": Break("numbers", "Cell 1", "O202: mismatch 'text/plain'", source=replace(1, "x / 4", "x / 8")),
    "number_beyond_tolerance": Break(
        "numbers",
        "Cell 1",
        "O202: mismatch 'text/plain'",
        source=replace(1, "x / 4", "x / 4.1"),
        stored=metadata(1, nbgate={"rtol": 1e-3}),
    ),
    "notebook_stripped": Break("numbers", "Cell 0", "E101: expected 1, but it was never run", stored=strip()),
    "cell_stripped": Break("numbers", "Cell 1", "E101: expected 2, but it was never run", stored=strip(1)),
    "cells_run_out_of_order": Break("numbers", "Cell 0", "E101: expected 1, but it is 2", stored=counts(2, 1, 3)),
    "cell_run_twice": Break("numbers", "Cell 1", "E101: expected 2, but it is 3", stored=counts(1, 3, 4)),
    "execution_count_repeated": Break("numbers", "Cell 2", "E101: expected 3, but it is 2", stored=counts(1, 2, 2)),
    "result_stored_as_display": Break(
        "numbers", "Cell 1", "O201: expected, as stored: display_data", stored=result_as_display
    ),
    "display_updated_to_another_value": Break(
        "display_updated_later",
        "afterwards",
        "O202: updates included",
        source=replace(1, "second", "third"),
    ),
    "outputs_in_another_order": Break("two_outputs", "Cell 0", "O201: in another order", stored=swap_outputs),
    "widget_state_stored": Break("numbers", "stored", "O205: expected no state of widgets", stored=widget_state),
    "not_json": Break("numbers", "stored", "E100: expected JSON", stored=as_text("<<<<<<< HEAD\n")),
    "two_cells_with_one_id": Break("numbers", "stored", "E100: two cells have the same id: c1", stored=same_id),
    "cell_of_unknown_type": Break("numbers", "stored", "E100: not a valid notebook", stored=unknown_type),
    # -- widgets -------------------------------------------------------------------------------------------------
    "output_widget_hides_exception": Break(
        "output_widget", "Cell 1", "E105: ZeroDivisionError", source=replace(1, "print('inside')", "1 / 0")
    ),
    # -- marks and settings --------------------------------------------------------------------------------------
    "marker_misspelt": Break(
        "markers",
        "Cell 1",
        "M401: did you mean NBVAL_IGNORE_OUTPUT",
        source=replace(1, "IGNORE_OUTPUT", "IGNORE_OUPUT"),
    ),
    "marker_beside_code": Break(
        "numbers",
        "Cell 0",
        "M401: has no effect beside code",
        source=replace(0, "x = 6 * 7", "x = 6 * 7  # NBVAL_SKIP"),
    ),
    "marker_in_a_string": Break(
        "numbers",
        "Cell 0",
        "M401: NBVAL_SKIP is part of a string",
        source=replace(0, "x = 6 * 7", 'x = 6 * 7\n"""\n# NBVAL_SKIP\n"""'),
    ),
    "tag_misspelt": Break(
        "markers", "Cell 2", "M401: did you mean nbval-ignore-output", stored=metadata(2, tags=["nbval-ignore-ouput"])
    ),
    "marker_without_reason": Break(
        "markers",
        "Cell 1",
        "M402: NBVAL_IGNORE_OUTPUT needs a reason",
        source=replace(1, "# the clock is never the same\n", ""),
    ),
    "marker_with_an_empty_reason": Break(
        "markers",
        "Cell 1",
        "M402: NBVAL_IGNORE_OUTPUT needs a reason",
        source=replace(1, "# the clock is never the same\n", "# because because because\n"),
    ),
    "tag_without_reason": Break("markers", "Cell 2", "M402: needs a reason", stored=metadata(2, nbval_reason=None)),
    "ignored_without_reason": Break(
        "numbers", "Cell 1", "M403: expected a reason", stored=metadata(1, nbgate={"ignore": {"O202": "because"}})
    ),
    "unknown_setting": Break("numbers", "Cell 1", "M404: got 'time_out'", stored=metadata(1, nbgate={"time_out": 3})),
    "setting_of_another_kind": Break(
        "numbers", "Cell 1", "M404: expected a number", stored=metadata(1, nbgate={"timeout": "long"})
    ),
    "comment_misspelt": Break(
        "numbers", "Cell 1", "M404: expected 'nbgate: ignore CODE", source=replace(1, "x / 4", "# nbgate: skip\nx / 4")
    ),
    "sanitising_everything": Break(
        "numbers",
        "Cell 1",
        "M405: (?s).+",
        stored=metadata(1, nbgate={"sanitize": [{"regex": "(?s).+", "replace": ""}]}),
    ),
    "exception_no_longer_raised": Break(
        "raises_exception", "Cell 0", "E103: expected an exception", source=replace(0, "1 / 0", "1 / 2"), rerun=True
    ),
    "marked_exception_no_longer_raised": Break(
        "markers", "Cell 3", "E103: expected an exception", source=replace(3, "seven", "7"), rerun=True
    ),
    # -- what a cell hides ---------------------------------------------------------------------------------------
    **{
        name: hidden(says, line)
        for name, says, line in [
            (
                "warning_hidden",
                "H301: a warning is hidden: UserWarning: old",
                f"warnings.simplefilter('ignore')\n{OLD}",
            ),
            (
                "warning_hidden_by_a_variable",
                "H301: UserWarning: old",
                f"how = 'ignore'\nwarnings.filterwarnings(how, message='old')\n{OLD}",
            ),
            (
                "warning_hidden_for_a_while",
                "H301: UserWarning: old",
                f"with warnings.catch_warnings(action='ignore'):\n    {OLD}",
            ),
            (
                "warning_filters_edited",
                "H301: warnings.filters was changed",
                f"warnings.filters.insert(0, ('ignore', None, Warning, None, 0))\n{OLD}",
            ),
            ("warnings_replaced", "H301: warnings.warn was replaced", f"warnings.warn = print\n{OLD}"),
            (
                "numpy_silenced",
                "H302: all='ignore'",
                "import numpy as np\nwith np.errstate(all='ignore'):\n    np.log(np.zeros(1))",
            ),
            (
                "numpy_silenced_from",
                "H302: divide='ignore'",
                "from numpy import errstate, log, zeros\nwith errstate(divide='ignore'):\n    log(zeros(1))",
            ),
            ("numpy_silent_for_good", "H302: all='ignore'", "import numpy as np\nnp.seterr(all='ignore');"),
            ("stderr_replaced", "H303: sys.stderr is now a StringIO", "import io\nsys.stderr = io.StringIO()"),
            (
                "stderr_redirected",
                "H303: contextlib.redirect_stderr",
                "import contextlib, io\nwith contextlib.redirect_stderr(io.StringIO()):\n    print(1, file=sys.stderr)",
            ),
            ("program_fails", "H304: a program failed", "import subprocess\nsubprocess.run(['false']);"),
            ("program_fails_by_os", "H304: os.system('false')", "os.system('false');"),
            ("line_for_the_shell_fails", "H304: a line for the shell gave 1", "!false"),
            ("error_caught", "H305: ZeroDivisionError", "try:\n    1 / 0\nexcept ZeroDivisionError:\n    y = None"),
            (
                "error_suppressed",
                "H305: ZeroDivisionError",
                "import contextlib\nwith contextlib.suppress(ArithmeticError):\n    1 / 0",
            ),
            ("line_for_the_shell", "H306: a line for the shell", "!true"),
            ("output_captured", "H307: %%capture", "%%capture\nprint(1)"),
            ("warning_on_stderr", "E104: careful", "print('careful', file=sys.stderr)"),
        ]
    },
    # -- what the kernel does ------------------------------------------------------------------------------------
    "task_raises": Break(
        "background",
        "afterwards",
        "E108: an asyncio task raised ValueError",
        source=both(replace(0, "return 42", "raise ValueError(42)"), replace(2, "await task", "42")),
        rerun=True,
    ),
    "forgotten_task_raises": Break(
        "background",
        "afterwards",
        "E108: Task exception was never retrieved",
        source=both(
            replace(0, "return 42", "raise ValueError(42)"),
            replace(1, "task = asyncio.create_task(work())", "asyncio.create_task(work());"),
            replace(2, "await task", "42"),
        ),
        rerun=True,
    ),
    "thread_raises": Break(
        "background",
        "afterwards",
        "E108: ZeroDivisionError",
        source=replace(
            3,
            "thread = threading.Thread(target=lambda: sum(range(1000)))\nthread.start()\nthread.join()",
            "import time\n\n\ndef fail():\n    time.sleep(0.3)\n    1 / 0\n\n\nthreading.Thread(target=fail).start()",
        ),
        rerun=True,
    ),
    "kernel_ends": Break(
        "kernel", "Cell 1", "E107: the cell ended its kernel", source=replace(1, "x = 1", "os._exit(0)")
    ),
    "session_ends": Break("kernel", "Cell 1", "E102: the cell ends the session", source=replace(1, "x = 1", "quit()")),
    "session_ends_in_last_cell": Break(
        "numbers", "Cell 2", "E102: ends the session", source=replace(2, "'after')", "'after')\nexit()")
    ),
    "kernel_stuck": Break(
        "kernel",
        "Cell 1",
        "E106: Timeout of",
        source=replace(1, "x = 1", "while True:\n    pass"),
        stored=metadata(1, nbgate={"timeout": 3}),
    ),
    "kernel_stuck_for_good": Break(
        "kernel",
        "Cell 1",
        "E106: Timeout of",
        source=replace(1, "x = 1", "signal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True:\n    pass"),
        stored=metadata(1, nbgate={"timeout": 3}),
    ),
    "alone/file_left_behind": left("file_left_behind.txt is left behind", "Path('file_left_behind.txt').touch()"),
    "alone/file_left_above": left("file_left_above.txt is left behind", "Path('../file_left_above.txt').touch()"),
    "alone/file_written_over": left("precious.txt is written over", "Path('../precious.txt').write_text('gone')"),
    "alone/file_left_by_a_program": left(
        "file_left_by_a_program.txt is left behind",
        "import subprocess\nsubprocess.run(['touch', 'file_left_by_a_program.txt'], check=True)",
    ),
    "not_collected": Break("not_renamed", "not_collected.ipynb was not collected", "E110: nothing in it is tested"),
    # -- words ---------------------------------------------------------------------------------------------------
    **{
        name: Break(of, "stored", says, text(*change))
        for name, of, says, change in [
            ("link_to_no_notebook", "words", "P501: figures.ipynb", (1, "(figure.", "(figures.")),
            ("link_to_no_heading", "words", "P501: The-figure", (1, "#A-figure", "#The-figure")),
            ("link_to_no_heading_here", "words", "P501: #Wordz", (1, "#Words", "#Wordz")),
            ("link_to_no_file", "words", "P501: number.toml", (1, "numbers.toml", "number.toml")),
            ("formula_not_closed", "words", "P502: ", (3, "{1}{2}", "{1}{2")),
            ("formula_of_unknown_command", "words", "P502: fraq", (3, r"\frac", r"\fraq")),
            ("formula_of_unknown_environment", "words", "P502: ", (3, r"\end{cases}", r"\end{case}")),
            ("formula_without_end", "words", "P503: ", (3, "$\\hat", "\\hat")),
            ("bold_not_closed", "words", "P503: **", (4, "**bold**", "**bold")),
            ("code_block_not_closed", "words", "P504: ", (4, "x = 1\n```", "x = 1")),
            ("image_without_alt", "words", "P505: ", (2, "![a dot]", "![]")),
            ("html_image_without_alt", "words", "P505: ", (2, " alt='a dot'", "")),
            ("table_row_too_long", "words", "P506: ", (4, "Some", "|a|b|\n|-|-|\n|1|2|3|\n\nSome")),
            ("html_not_closed", "words", "P507: </b>", (4, "Some", "<b>Some")),
            ("mojibake", "words", "P508: ", (4, "Some", "CafÃ© and some")),
            ("empty_alternative_text", "words", "P509: ", (2, "![a dot]", "![image]")),
            ("section_number_skipped", "words", "P510: ", (4, "Some", "## 1. One\n\n## 3. Three\n\nSome")),
            ("link_named_otherwise", "words", "P511: ", (1, "[a figure](figure", "[numbers.ipynb](figure")),
            ("number_in_prose_changed", "numbers_in_prose", "P520: the prose says 3.85", (1, "3.75", "3.85")),
            ("percentage_changed", "numbers_in_prose", "P520: the prose says 60 %", (1, "50 %", "60 %")),
            ("listed_number_gone", "numbers_in_prose", "P520: 1440", (1, " A day has 1440 minutes.", "")),
        ]
    },
    "cell_prints_another_number": Break(
        "numbers_in_prose", "stored", "P520: the prose says 3.75", source=replace(0, "3.7512", "3.8512"), rerun=True
    ),
}


def write(notebook, file):
    """Write a notebook, or what stands in its place."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if "instead" in notebook:
        file.write_text(notebook.instead, encoding="utf-8")
    else:
        file.write_text(nbformat.writes(notebook) if valid(notebook) else json.dumps(notebook), encoding="utf-8")


def valid(notebook):
    """Return whether a notebook can be written as one."""
    return nbformat.validator.isvalid(notebook)


def prove(folder, *arguments, settings=SETTINGS):
    """Put all notebooks of a folder before the gate, or let it store them.

    Parameters
    ----------
    folder : pathlib.Path
    *arguments : str
        For pytest, beside the switch.
    settings : pathlib.Path, optional

    Returns
    -------
    dict
        Name of a notebook -> list of (item, what it tells of what is wrong), in order.
    """
    report = folder / "report.xml"
    report.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", "-c", settings, "--rootdir", folder, "--override-ini=addopts=", folder]
    command += ["-p", "no:cacheprovider", "--quiet", "--color=no", "--numprocesses=2", "--dist=loadfile"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_X")}
    command += [f"--junitxml={report}", *arguments]
    run = subprocess.run([*map(str, command)], cwd=Path(settings).parent, env=environment, capture_output=True)
    if not report.exists():
        raise RuntimeError((run.stdout + run.stderr).decode("utf-8", "replace"))
    found = defaultdict(list)
    for case in ElementTree.parse(report).iter("testcase"):
        name = case.get("classname").removesuffix(".ipynb").replace(".", "/")
        bad = [part.text for part in case if part.tag in ("failure", "error")]
        found[name or case.get("name").partition(".")[0]] += [(case.get("name"), text) for text in bad]
    return found


def make(folder):
    """Write all notebooks of this file to a folder, as they are stored, right or wrong.

    Parameters
    ----------
    folder : pathlib.Path
    """
    (folder / "numbers.toml").write_text(NUMBERS, encoding="utf-8")
    (folder / "precious.txt").write_text("to be kept", encoding="utf-8")
    again = {name: change for name, change in (HARMLESS | BREAKS).items() if change.rerun}
    for name, made in INTACT.items():
        write(made, folder / f"{name}.ipynb")
    for name, change in again.items():
        made = copy.deepcopy(INTACT[change.of])
        change.source(made)
        write(made, folder / f"{name}.ipynb")
    prove(folder, "--nbgate-store-anyway")
    for name, change in (HARMLESS | BREAKS).items():
        made = nbformat.read(folder / f"{name if change.rerun else change.of}.ipynb", as_version=4)
        if change.source and not change.rerun:
            change.source(made)
        if change.stored:
            change.stored(made)
        write(made, folder / f"{name}.ipynb")
