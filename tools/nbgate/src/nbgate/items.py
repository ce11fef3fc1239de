"""The test items of a notebook: what is stored, each of its cells, and what comes after the last cell."""

import copy
import json
import re
import warnings
from collections import defaultdict
from queue import Empty

import nbformat
import nbformat.validator
import pytest
from nbval.plugin import IPyNbCell, IPyNbFile, NbCellError

from nbgate import compare, kernel, probe_call, store
from nbgate.findings import Finding, Found, cell_name
from nbgate.rules import Notebook, Run
from nbgate.settings import STASH, options_of
from nbgate.shown import Shown


class Proof:
    """What the items of a notebook have in common: how they tell what they found."""

    @property
    def gate(self):
        """What the project asks for."""
        return self.config.stash[STASH]

    def settle(self, findings, settings_of):
        """Raise `Found` for those findings that are asked for, and not known already.

        Parameters
        ----------
        findings : iterable of Finding
        settings_of : callable
            Returns the settings that hold for a finding.
        """
        asked = [f for f in findings if settings_of(f).asks_for(self.gate.rules[f.code])]
        asked = [f for f in asked if not self.gate.knows(self.path, f)]
        self.red = bool(asked)
        for finding in asked:
            self.user_properties.append(
                ("nbgate", json.dumps({"notebook": self.gate.name(self.path), **finding.as_dict()}))
            )
        if asked:
            raise Found(asked)

    def tell(self, error):
        """Return the lines that tell findings."""
        notebook = self.gate.name(self.path)
        return "\n".join(f.told(notebook, self.gate.rules[f.code].name) for f in error.findings)

    def repr_failure(self, excinfo, style=None):
        """Tell the findings, without a traceback, which would lead into this plugin."""
        if isinstance(excinfo.value, Found):
            return self.tell(excinfo.value)
        return pytest.Item.repr_failure(self, excinfo, style)

    def reportinfo(self):
        """Say where the item is."""
        return self.path, 0, f"{self.path.name}::{self.name}"


class Missing(Proof, pytest.Item):
    """A notebook that pytest overlooks."""

    def runtest(self):
        """Fail."""
        found = Finding("E110", "", "the notebook was not collected: nothing in it is tested")
        self.settle([found], lambda finding: self.gate.settings)


class NotebookFile(Proof, IPyNbFile):
    """A notebook."""

    def collect(self):
        """Yield its items in the order in which they have to run."""
        self.nb, self.broken = read(self.path)
        settings = self.gate.settings.of(self.nb.metadata)
        self.notebook = Notebook(self.path, self.config.rootpath, self.nb, settings)
        self.late = []  # what cells write to stderr when they have ended
        self.unsettled = []  # cells whose outputs differ from the stored ones, but may still be updated
        self.cells, self.runs, self.stored_findings = [], [], None
        yield Stored.from_parent(self, name="stored")
        if self.broken:
            return
        number = 0
        for place, cell in enumerate(self.nb.cells):
            if cell.cell_type == "code":
                options = defaultdict(bool, {"check": True, **self.options(cell)})
                item = Cell.from_parent(self, name=f"Cell {number}", cell_num=number, cell=cell, options=options)
                item.prepare(cell_name(cell, place), settings.of_cell(cell))
                self.cells.append(item)
                yield item
                number += 1
        yield Afterwards.from_parent(self, name="afterwards")

    @staticmethod
    def options(cell):
        """Return nbval's options of a cell; of conflicting marks the later holds."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return options_of(cell)

    def setup(self):
        """Do nothing: what needs no kernel should not wait for one."""

    def start(self):
        """Start the kernel before the first cell, in the environment that runs pytest if no other was asked for."""
        if self.kernel is None:
            option = self.config.option
            self.kernel = kernel.Kernel(
                kernel.name_for(self.nb, option.nbval_kernel_name),
                cwd=str(self.path.parent),
                root=str(self.config.rootpath),
                env=self.gate.settings.env,
                startup_timeout=option.nbval_kernel_startup_timeout,
            )

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
            name = cell.called if cell else ""
            self.late.append(Finding("E108", name, f"after the cell had ended, it wrote: {content['text']}"))
        return message

    def findings_stored(self):
        """Return what is wrong without running anything: a list of findings, made once."""
        if self.stored_findings is None:
            self.stored_findings = []
            for rule in self.gate.rules.values():
                if rule.when == "stored" and rule.check and not self.broken:
                    for cell, message in rule.check(self.notebook):
                        name = "" if cell is None else self.notebook.name(cell)
                        self.stored_findings.append(Finding(rule.code, name, message))
        return self.stored_findings

    def settings_of(self, finding):
        """Return the settings that hold for a finding: of its cell, or of the notebook."""
        for number, cell in enumerate(self.nb.cells):
            if cell_name(cell, number) == finding.cell:
                return self.notebook.settings.of_cell(cell)
        return self.notebook.settings


def read(path):
    """Return a notebook as nbformat 4, and what is wrong with the file, or None; a broken one has no cells."""
    empty = nbformat.v4.new_notebook()
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(content, dict):
            return empty, f"expected a notebook, got {type(content).__name__}"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of ids that nbformat would add
            notebook = nbformat.from_dict(content)
            if notebook.get("nbformat") != 4:
                notebook = nbformat.convert(notebook, 4)
            error = next(iter(nbformat.validator.iter_validate(notebook)), None)
    except UnicodeDecodeError as error:
        return empty, f"expected UTF-8: {error}"
    except ValueError as error:
        return empty, f"expected JSON: {error}"
    except (KeyError, TypeError, AttributeError) as error:
        return empty, f"not a valid notebook: {type(error).__name__}: {error}"
    if error is not None:
        return empty, f"not a valid notebook: {error.message[:300]}"
    if len({*ids(notebook)}) < len(ids(notebook)):
        twice = sorted({i for i in ids(notebook) if ids(notebook).count(i) > 1})
        return empty, f"not a valid notebook: two cells have the same id: {', '.join(twice)}"
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            for mime, value in output.get("data", {}).items():
                if isinstance(value, list) and all(isinstance(line, str) for line in value):
                    output.data[mime] = "".join(value)
            if isinstance(output.get("text"), list):
                output.text = "".join(output.text)
        if isinstance(cell.source, list):
            cell.source = "".join(cell.source)
    return notebook, None


def ids(notebook):
    """Return the ids of all cells that have one."""
    return [cell.id for cell in notebook.cells if "id" in cell]


class Stored(Proof, pytest.Item):
    """What is seen without running anything, of the notebook and its cells in Markdown."""

    def runtest(self):
        """Check the file."""
        file = self.parent
        if file.broken:
            self.settle([Finding("E100", "", file.broken)], lambda finding: self.gate.settings)
            return
        code = {file.notebook.name(cell) for cell in file.nb.cells if cell.cell_type == "code"}
        found = [finding for finding in file.findings_stored() if finding.cell not in code]
        self.settle(found, file.settings_of)


class Cell(Proof, IPyNbCell):
    """A code cell, run by nbval, compared with what is stored, and looked at more closely."""

    def prepare(self, called, settings):
        """Set how findings name the cell, and what holds for it."""
        self.called, self.own = called, settings
        self.output_timeout = settings.output_timeout
        self.shown = Shown()
        self.stored = copy.deepcopy(self.cell.outputs)  # nbval changes its own
        self.findings, self.red = [], False

    def setup(self):
        """Skip what can't be run since a cell above did not end."""
        if self.parent.timed_out:
            pytest.skip("a cell above did not end")

    def runtest(self):
        """Run the cell with nbval, then look at what nbval does not see."""
        file = self.parent
        self.findings = [finding for finding in file.findings_stored() if finding.cell == self.called]
        if self.gate.stores:
            self.findings = []
            self.cell.outputs = []
        if self.options["skip"]:
            self.settle(self.findings, lambda finding: self.own)
            pytest.skip("the cell is marked as one that is not run")
        file.start()
        file.kernel.running, file.kernel.limit = self, self.own.timeout
        self.run_by_nbval()
        run = Run(
            file.notebook,
            self.cell,
            self.called,
            self.shown,
            file.kernel.effects(),
            file.kernel.was_asked_to_end(),
            self.options["check_exception"],
        )
        file.runs.append(run)
        for rule in self.gate.rules.values():
            if rule.when == "cell":
                self.findings += [Finding(rule.code, self.called, message) for message in rule.check(run)]
        self.settle(self.findings, lambda finding: self.own)

    def run_by_nbval(self):
        """Let nbval run the cell, and take what it raises for findings."""
        file = self.parent
        try:
            super().runtest()
        except NbCellError as error:
            code = "E106" if "Timeout" in str(error) else "E105"
            if str(error) == "Cell outputs differ" or "Unrun reference cell" in str(error):
                return  # told by `compare_outputs`, and by the order of cells
            # nbval tells its own limit, not the cell's, and a traceback through all libraries.
            message = re.sub(r"(?<=Timeout of )\S+", f"{self.own.timeout:g}", str(error))
            if code == "E105":
                message = f"expected no exception, what came: {self.shown.exception()}"
            self.findings.append(Finding(code, self.called, message))
        except kernel.KernelEnded as ended:
            file.timed_out = True
            message = f"the cell ended its kernel, expected was one that goes on: {ended}"
            self.findings.append(Finding("E107", self.called, message))

    def compare_outputs(self, test, ref, skip_compare=None):
        """Compare what the cell shows with what is stored.

        What a later cell may update is compared once more after the last cell.
        """
        self.comparison_traceback = []
        if self.gate.stores:
            return True
        found = self.differences()
        if found and self.shown.can_be_updated():
            self.parent.unsettled.append(self)
        else:
            self.findings += found
        return True

    def differences(self):
        """Return findings on how what the cell shows differs from what is stored.

        What goes into an Output widget may be stored with the cell (nbclient) or not (JupyterLab).
        """
        beside, together = self.shown.outputs(), self.shown.outputs(with_widgets=True)
        if together != beside and not compare.differences(together, self.stored, self.own, self.called):
            return []
        return compare.differences(beside, self.stored, self.own, self.called)


class Afterwards(Proof, pytest.Item):
    """What can only be seen after the last cell: moved sliders, updated displays, late messages, files left behind."""

    def runtest(self):
        """Run the probe in the kernel, then collect what came late; store the notebook, if asked to."""
        file = self.parent
        if file.timed_out:
            pytest.skip("a cell did not end")
        found = []
        if file.kernel is not None:
            file.kernel.running = None  # what comes now comes late
            found = self.probe()
        for rule in self.gate.rules.values():
            if rule.when == "after" and rule.check:
                found += [Finding(rule.code, name, message) for name, message in rule.check(file.runs)]
        found += file.late
        for cell in file.unsettled:
            found += [Finding(f.code, f.cell, f"updates included: {f.message}") for f in cell.differences()]
        if self.gate.stores:
            store.write(file, self.gate, [cell for cell in file.cells if cell.red])
        self.settle(found, file.settings_of)

    def probe(self):
        """Return what the probe in the kernel finds."""
        file = self.parent
        shown = {run.name: run.shown.widgets() for run in file.runs if run.shown.widgets()}
        if not file.kernel.python:
            return []
        try:
            return probe_call.findings(file.kernel, file.get_kernel_message, shown, file.notebook.settings)
        except kernel.KernelEnded:
            return [Finding("E107", "", "the kernel ended after the last cell; expected was one that goes on")]
        except Empty:
            return [
                Finding("E106", "", "after the last cell the kernel did not answer: does something in it never end?")
            ]
