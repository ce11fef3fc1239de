"""The test items of a notebook: what is stored, each of its cells, and what comes after the last cell."""

import copy
import tempfile
from pathlib import Path

import nbformat
import pytest
from nbval.kernel import CURRENT_ENV_KERNEL_NAME
from nbval.plugin import IPyNbCell, IPyNbFile, NbCellError, coalesce_streams

from tools.gate import kernel, pictures, prose, rules


class Failure(Exception):
    """What an item found, in words."""


class Item(pytest.Item):
    """A test that fails with a plain text."""

    def repr_failure(self, excinfo, style=None):
        """Show the text without a traceback, which would lead into this plugin."""
        if isinstance(excinfo.value, Failure):
            return f"{self.path.name}: {self.name}\n{excinfo.value}"
        return super().repr_failure(excinfo, style)

    def reportinfo(self):
        """Say where the item is."""
        return self.path, 0, f"{self.path.name}::{self.name}"

    def fail_if(self, problems):
        """Fail if there are problems."""
        if problems:
            raise Failure("\n".join(f"* {problem}" for problem in problems))


class Missing(Item):
    """A notebook that pytest overlooks."""

    def runtest(self):
        """Fail."""
        self.fail_if([f"{self.path} was not collected: nothing in it is tested"])


class GateFile(IPyNbFile):
    """A notebook."""

    def collect(self):
        """Yield its items in the order in which they have to run."""
        cells = list(super().collect())
        yield Stored.from_parent(self, name="stored")
        number = 0
        for item in cells:
            number += bool(item.cell.source.strip())  # an empty cell is never run, and not counted
            cell = GateCell.from_parent(
                self, name=item.name, cell_num=item.cell_num, cell=item.cell, options=item.options
            )
            cell.expected_count = number
            yield cell
        self.late = []  # what cells write to stderr when they have ended
        self.unsettled = []  # cells whose outputs differ from the stored ones, but may still be updated
        yield Afterwards.from_parent(self, name="afterwards")

    def setup(self):
        """Do nothing: what needs no kernel should not wait for one."""

    def start(self):
        """Start the kernel before the first cell, in the environment that runs pytest if no other was asked for."""
        if self.kernel is None:
            self.files, options = self.listing(), self.config.option
            self.kernel = kernel.GateKernel(
                options.nbval_kernel_name or CURRENT_ENV_KERNEL_NAME,
                cwd=str(self.path.parent),
                startup_timeout=options.nbval_kernel_startup_timeout,
            )
            self.setup_sanitize_files()

    def listing(self):
        """Return the names of the files beside the notebook."""
        return {p.name for p in self.path.parent.iterdir() if p.suffix != ".ipynb" and p.name[0] not in "._"}

    def get_kernel_message(self, timeout=None, stream="iopub"):
        """Hand each message to the cell that caused it, on its way to nbval."""
        message = super().get_kernel_message(timeout, stream)
        cell, content = self.kernel.asked_by.get(message["parent_header"].get("msg_id")), message["content"]
        if message["msg_type"] == "update_display_data":  # perhaps of what an earlier cell shows
            for earlier in {*self.kernel.asked_by.values()} - {None}:
                earlier.shown.update(content)
        elif cell is not None and cell is self.kernel.running:
            cell.shown.take(message)
        elif content.get("name") == "stderr":
            self.late.append(f"{cell.name if cell else 'something'}, after it had ended, wrote: {content['text']}")
        return message


class Stored(Item):
    """What is seen without running anything."""

    def runtest(self):
        """Check the file, its links, formulas, pictures and numbers."""
        notebook = self.parent.nb
        problems = []
        try:
            nbformat.validate(notebook)
        except nbformat.ValidationError as error:
            problems.append(f"not a valid notebook: {error}")
        if "widgets" in notebook.metadata:
            problems.append("the metadata hold the state of widgets: run `make notebooks`, which removes it")
        listed = prose.listed(self.config.rootpath / self.config.getini("gate_numbers"))
        numbers = [entry for entry in listed if self.path.as_posix().endswith(f"/{entry.notebook}")]
        self.fail_if(problems + prose.problems(self.path, notebook, numbers))


class GateCell(IPyNbCell):
    """A code cell, run and compared by nbval, and looked at more closely."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.output_timeout = 10  # nbval's 5 seconds are short for a busy machine
        self.shown = kernel.Shown()
        self.stored = copy.deepcopy(self.cell.outputs)  # nbval changes its own

    def runtest(self):
        """Run the cell with nbval, then look at what nbval does not see."""
        problems = rules.problems(self.cell, self.expected_count, self.options["skip"])
        if self.options["skip"]:
            self.fail_with(problems)
        self.parent.start()
        self.parent.kernel.running = self
        try:
            super().runtest()
        except NbCellError as error:
            self.raise_cell_error("\n".join([str(error), *problems]), error.inner_traceback)
        except kernel.KernelEnded as ended:
            self.parent.timed_out = True  # nbval expects the cells below to fail
            self.raise_cell_error(f"the cell ended its kernel, expected was one that goes on: {ended}")
        problems += self.shown.problems()
        if self.options["check_exception"] and not self.shown.raised():
            problems.append("expected an exception, as the cell is marked, but none was raised")
        if self.parent.kernel.was_asked_to_end():
            problems.append("the cell ends the session (quit or exit): nothing below it would run")
        self.fail_with(problems)

    def fail_with(self, problems):
        """Fail if there are problems."""
        if problems:
            self.raise_cell_error("\n".join(problems))

    def compare_outputs(self, test, ref, skip_compare=None):
        """Compare what the cell shows with what is stored: kinds and their order, pictures, and then text, by nbval.

        What a later cell may update is compared once more after the last cell.
        """
        if self.as_stored():
            return True
        if not self.shown.can_be_updated():
            return False
        self.parent.unsettled.append(self)
        return True

    def as_stored(self):
        """Return whether the cell shows what is stored.

        What goes into an Output widget may be stored with the cell (nbclient) or not (JupyterLab).
        """
        beside, together = self.shown.outputs(), self.shown.outputs(with_widgets=True)
        if together != beside and self.same(together, self.stored):
            return True
        return self.same(beside, self.stored)

    def same(self, fresh, stored):
        """Return whether two lists of outputs are the same; if not, the reason is in `comparison_traceback`."""
        fresh, stored = rules.normal(fresh), rules.normal(stored)
        kinds, expected = [rules.kind(o) for o in fresh], [rules.kind(o) for o in stored]
        if kinds != expected:
            self.comparison_traceback = [
                "the outputs are of other kinds, or in another order",
                f"  expected, as stored: {', '.join(expected) or 'nothing'}",
                f"  what came:           {', '.join(kinds) or 'nothing'}",
            ]
            return False
        for new, old in zip(fresh, stored, strict=True):
            for mime in pictures.KINDS & set(new.get("data", {})):
                difference = pictures.difference(old.data[mime], new.data[mime])
                if difference:
                    kept = self.keep(old.data[mime], new.data[mime], mime)
                    self.comparison_traceback = [f"the picture is not the stored one: {difference}", f"  see {kept}"]
                    return False
        return super().compare_outputs(coalesce_streams(fresh), coalesce_streams(stored))

    def keep(self, stored, fresh, mime):
        """Write two pictures to files for whoever wants to look, and return their names."""
        folder = Path(tempfile.mkdtemp(prefix="gate-"))
        names = [folder / f"{self.path.stem}-cell{self.cell_num}-{which}.png" for which in ("expected", "came")]
        for name, encoded in zip(names, (stored, fresh), strict=True):
            name.write_bytes(pictures.decode(encoded))
        return " and ".join(map(str, names))


class Afterwards(Item):
    """What can only be seen after the last cell: moved sliders, updated displays, late messages, files left behind."""

    def runtest(self):
        """Run the probe in the kernel, then collect what came late."""
        file = self.parent
        if file.kernel is None or file.timed_out:
            return
        file.kernel.running = None  # what comes now comes late
        cells = [item for item in self.session.items if item.parent is file and isinstance(item, GateCell)]
        widgets = {item.name: item.shown.widgets() for item in cells if item.shown.widgets()}
        problems = file.kernel.probe(widgets, file.get_kernel_message)
        problems += file.late
        for cell in file.unsettled:
            if not cell.as_stored():
                problems.append("\n".join([f"{cell.name}, updates included:", *cell.comparison_traceback]))
        for name in sorted(file.listing() - file.files):
            problems.append(f"the notebook leaves {name} behind; expected was none: write to a temporary folder")
        self.fail_if(problems)
