"""`tools.rerun_cells` finds cells and sections that depend on what ran before them."""

from pathlib import Path

from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tools.rerun_cells import building_on, names, needed, put_before_the_gate, variants

CELLS = ["import random", "## Honest", "random.seed(1)\nx = 2\nx", "## Takes the random numbers as they come"]
CELLS += ["round(random.random(), 3)", "## Counts on", "x += 1\nx"]


def test_names_that_a_cell_sets_and_uses():
    sets, uses = names("import a.b as c\nx, y[0] = f(z for z in w)\n\ndef g(u):\n    return u + x + v")
    assert sets == {"c", "x", "g"}
    assert uses == {"y", "f", "w", "v"}  # x has a value of the cell's own by then
    sets, uses = names("for a in b:\n    a += 1\nc += 1\nd = d\nwith e as g:\n    lambda h: h + i")
    assert sets == {"a", "c", "d", "g"}
    assert uses == {"b", "c", "d", "e", "i"}


def test_what_a_section_needs_is_what_it_names_and_what_that_names():
    earlier = [new_code_cell(source) for source in ("a = 1", "b = a", "c = 5", "a = 7", "d = b + 1")]
    assert needed([new_code_cell("d")], earlier) == [earlier[0], earlier[1], earlier[4]]
    assert needed([new_code_cell("a = 2"), new_code_cell("a")], earlier) == []
    assert needed([new_code_cell("a")], earlier) == [earlier[3]]


def test_what_builds_on_a_cell_uses_its_names_or_names_made_from_them():
    later = [new_code_cell(source) for source in ("b = a", "c = 5", "c + b", "b = 1", "b", "a = c", "a")]
    assert building_on(new_code_cell("a = 1"), later) == [later[0], later[2]]
    assert building_on(new_code_cell("c = 1"), later[2:]) == [later[2], later[5], later[6]]


def test_what_depends_on_earlier_runs_turns_red():
    made = new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    made.cells = [(new_markdown_cell if source.startswith("#") else new_code_cell)(source) for source in CELLS]
    NotebookClient(made, kernel_name="python3", record_timing=False).execute()
    done = put_before_the_gate(dict(variants(made)), "--numprocesses=0", capture_output=True, text=True)
    lines = [line.removeprefix("FAILED ") for line in done.stdout.splitlines() if line.startswith("FAILED ")]
    failed = {Path(line.partition("::")[0]).name for line in lines}
    assert failed == {"section_2.ipynb", "twice.ipynb"}, done.stdout
