"""`tools.mutants` makes small mistakes, and tells those that turn a notebook red from those that do not."""

from runpy import run_path

import numpy as np
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook, writes

from helpers import training
from helpers.datasets import digits
from helpers.network import Network
from tools.mutants import OPPOSITE, ROOT, SWAPPED, mutants, notebook_mutants, run_in_turns

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


def test_a_training_that_is_remembered_is_the_same(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_TRAININGS", str(tmp_path))
    monkeypatch.setattr(training, "_epochs", training._epochs)  # what the next line changes is changed back
    run_path(str(ROOT / "tests" / "remember.py"))

    def trained(rate):
        network = Network([64, 4, 10], seed=(0, 1))
        seen = []
        history = training.train(
            network, data.inputs, data.targets, rate, 2, callback=lambda _: seen.append(network.parameters.copy())
        )
        return [*vars(history).values(), *seen, network.gradient]

    data = digits().standardise()
    first, again, other = trained(0.1), trained(0.1), trained(0.2)
    assert len(list(tmp_path.iterdir())) == 2
    assert all(np.array_equal(one, two, equal_nan=True) for one, two in zip(first, again, strict=True))
    assert not np.array_equal(first[-1], other[-1])
