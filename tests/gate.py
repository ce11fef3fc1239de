"""A pytest plugin on top of nbval: what a stored notebook may not hide.

nbval runs every cell and compares its outputs with the stored ones. It leaves some holes; this closes them:

* a cell that was never run, or cells that were not run from top to bottom, have nothing to compare;
* a picture has a twin in HTML, which is shown in JupyterLab for its alternative text and never stored:
  it must not count as an unexpected output, and a picture must not be missing on either side.
"""

import os
import tempfile

import nbformat
from nbval.plugin import IPyNbCell, IPyNbFile

# The kernels inherit this: small matrices gain nothing from more threads, and lose much on a busy machine.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# Exercises that tests solve are nobody's progress.
os.environ["COURSE_PROGRESS"] = os.path.join(tempfile.mkdtemp(prefix="course-progress-"), "progress.json")


def pictures_without_twins(outputs):
    """Return a copy of a cell's outputs in which no picture has its twin in HTML."""
    outputs = [nbformat.from_dict(dict(output)) for output in outputs]
    for output in outputs:
        if "image/png" in output.get("data", {}):
            output["data"] = {kind: value for kind, value in output["data"].items() if kind != "text/html"}
    return outputs


def picture_count(outputs):
    """Return how many pictures a cell shows."""
    return sum("image/png" in output.get("data", {}) for output in outputs)


class GateCell(IPyNbCell):
    """A code cell whose stored outputs must exist before they are compared."""

    def runtest(self):
        if self.cell.execution_count is None and not self.options["skip"]:
            self.raise_cell_error("the stored cell was never run: run `make notebooks`")
        super().runtest()

    def compare_outputs(self, test, ref, skip_compare=None):
        test, ref = pictures_without_twins(test), pictures_without_twins(ref)
        shown, stored = picture_count(test), picture_count(ref)
        if shown != stored:
            self.comparison_traceback = [f"the cell shows {shown} pictures, stored are {stored}"]
            return False
        return super().compare_outputs(test, ref, skip_compare)


class GateFile(IPyNbFile):
    """A notebook whose cells must have been run from top to bottom."""

    def collect(self):
        cells = list(super().collect())
        counts = [item.cell.execution_count for item in cells]
        if None not in counts and counts != list(range(1, len(counts) + 1)):
            raise self.CollectError(f"{self.path.name}: the stored cells were run in the order {counts}")
        for item in cells:
            yield GateCell.from_parent(
                self, name=item.name, cell_num=item.cell_num, cell=item.cell, options=item.options
            )


def pytest_collect_file(file_path, parent):
    """Collect every notebook, without nbval's own flag: a forgotten flag must not turn a red run green."""
    if file_path.suffix == ".ipynb":
        return GateFile.from_parent(parent, path=file_path)
    return None
