"""`tests.mutants` makes small mistakes, and tells those that turn a notebook red from those that do not."""

from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook, writes

from tests.mutants import OPPOSITE, SWAPPED, mutants, notebook_mutants, run_in_turns

CELLS = ("size = 2", "size * 3", "if size > 100:\n    print('many')")


def test_each_mutant_has_one_mistake():
    assert [source for _, source in mutants("y = f(x < 3, n=-1)", SWAPPED)] == [
        "y = f(x < 3)",
        "y = f(x <= 3, n=-1)",
        "y = f(x < 4, n=-1)",
        "y = f(x < 3, n=+1)",
        "y = f(x < 3, n=-2)",
    ]
    assert [source for _, source in mutants("a > b", SWAPPED | OPPOSITE)] == ["a <= b"]


def test_a_mutant_dies_in_its_own_cell_or_in_one_that_uses_its_names(tmp_path):
    notebook = new_notebook(cells=[new_code_cell(source) for source in CELLS])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    NotebookClient(notebook, kernel_name="python3", record_timing=False).execute()
    path = tmp_path / "sizes.ipynb"
    path.write_text(writes(notebook), encoding="utf-8")
    candidates = list(notebook_mutants(path))
    assert len(candidates) == 6
    survivors = [source for *_, source in run_in_turns(candidates)]
    assert survivors == [CELLS[2].replace("100", "101"), CELLS[2].replace("many", "XXmany")]
