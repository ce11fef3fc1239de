"""The textbook's docstrings are complete, and a fault would be noticed."""

import importlib

import pytest

from tools.docstrings import faults, public_names

CORE = "activations losses schedules initialisers descent datasets complexity ledger".split()  # noqa: SIM905
EXPERIMENTS = ["experiments.convolution", "experiments.counting_tools"]


@pytest.mark.parametrize("module", [*CORE, *EXPERIMENTS])
def test_the_textbook_tells_of_parameters_and_of_what_comes_back(module):
    names = list(public_names(importlib.import_module(f"helpers.{module}")))
    assert names
    assert [fault for name in names for fault in faults(name)] == [], "describe it, in numpydoc's form"


def test_a_fault_is_noticed():
    names = list(public_names(importlib.import_module("helpers.activations")))
    assert "helpers.activations.LeakyReLU.with_slope" in names
    assert "helpers.activations.Activation.__call__" in names
    assert not any("._" in name and "__call__" not in name for name in names)
    (parameter, returned) = faults("tools.docstrings.faults")
    assert "PR01 tools.docstrings.faults: Parameters {'name'} not documented" in parameter
    assert "YD01" in returned
