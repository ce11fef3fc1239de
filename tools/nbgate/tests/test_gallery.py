"""Each tiny notebook of the gallery turns red where it should, by the rule that it is for, or stays green."""

import json

import pytest

from gallery import BREAKS, HARMLESS, INTACT, make, prove

GREEN = [*INTACT, *HARMLESS]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with all notebooks."""
    folder = tmp_path_factory.mktemp("gallery")
    make(folder)
    return folder


@pytest.fixture(scope="module")
def findings(folder):
    """Return what the gate finds: name of a notebook -> list of (item, what it tells), in order; they run only once.

    No kernel is started for what is seen without one.
    """
    read = [f"{name}.ipynb::" for name, change in BREAKS.items() if change.item == "stored"]
    left_out = [f"--deselect={name}{item}" for name in read for item in ("Cell", "afterwards")]
    return prove(folder, "--nbgate", f"--ignore-glob={folder / 'not_collected.ipynb'}", *left_out)


@pytest.mark.parametrize("name", GREEN)
def test_an_honest_notebook_stays_green(findings, name):
    assert name in findings, "the notebook was not run"
    assert findings[name] == []


@pytest.mark.parametrize("name", BREAKS)
def test_a_mistake_turns_red_where_it_is_and_says_why(findings, name):
    change = BREAKS[name]
    assert findings[name], "the gate is open"
    item, told = findings[name][0]
    assert item == change.item, told
    assert f": {change.code} " in told and change.part in told, told


@pytest.mark.parametrize("name", BREAKS)
def test_a_mistake_differs_from_a_twin_that_stays_green(folder, name):
    twin = BREAKS[name].of
    assert twin in INTACT
    made, intact = ((folder / f"{n}.ipynb").read_text("utf-8") for n in (name, twin))
    assert made != intact or name == "not_collected"


def test_each_kind_of_output_has_an_example(folder):
    kinds = set()
    for name in INTACT:
        for cell in json.loads((folder / f"{name}.ipynb").read_text("utf-8"))["cells"]:
            kinds |= {output["output_type"] for output in cell.get("outputs", ())}
    assert kinds == {"stream", "display_data", "execute_result", "error"}
