"""`tools.rerun_cells` finds cells and sections that depend on what ran before them."""

import builtins
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tools.rerun_cells import CHAPTERS, names, needed, overwritten, put_before_the_gate, sections, variants

CELLS = ["import random", "## Honest", "random.seed(1)\nx = 2\nx", "## Takes the random numbers as they come"]
CELLS += ["round(random.random(), 3)", "## Counts on", "x += 1\nx"]
REUSED = ["## Gives a name another meaning", "size = 2", "2 * size", "size = 5\nsize"]

#: A cell, the names that it sets, and those that it uses before (built-in ones left out).
KNOWN = {
    "import": ("import a.b as c, d.e\nfrom f import g as h, i", "c d h i", ""),
    "star import": ("from string import *\ndigits + q", None, "q"),
    "assignment": ("x, y[0] = f(w)\nd = d\nc += 1\nz.t = x", "x d c", "y f w d c z"),
    "own value by then": ("x = 1\n\ndef g(u):\n    return u + x + v", "x g", "v"),
    "annotation": ("a: b = 1\nc: d", "a", "b d"),
    "del": ("a = b = 1\ndel a, c", "b", "c"),
    "walrus": ("if (n := f()) > m:\n    n", "n", "f m"),
    "walrus in a comprehension": ("[y := x for x in xs]\ny", "y", "xs"),
    "for": ("for a in b:\n    a += 1\nelse:\n    c = a", "a c", "b"),
    "with": ("with e as (f, g):\n    lambda h: h + i", "f g", "e i"),
    "comprehension": ("[x + y + z for x in xs for y in x if w]\n{k: v for k, v in d}", "", "xs z w d"),
    "except as": ("try:\n    f()\nexcept KeyError as error:\n    m = error\nm", "m", "f"),
    "match": (
        "match p:\n    case [a, *b] | {'k': a, **b}:\n        a\n    case Q(c=d) as e if d > r:\n        pass",
        "a b d e",
        "p Q r",
    ),
    "function": ("@d\ndef f(a, b=c, *e, g=h, **i) -> j:\n    k = a\n    return k, b, e, g, i, m", "f", "d c h j m"),
    "async function": ("async def f(a, *, b=c):\n    async with a as d:\n        await d\n    return e", "f", "c e"),
    "await": ("x = await f(y)\nasync for z in x:\n    z", "x z", "f y"),
    "lambda": ("g = lambda a, b=c: a + b + d", "g", "c d"),
    "global": ("def f():\n    global n\n    n = m\n\nn", "f n", "m"),
    "nonlocal": ("def f():\n    n = 1\n\n    def g():\n        nonlocal n\n        n += k\n    return g", "f", "k"),
    "class": (
        "@d\nclass A(B, metaclass=C):\n    k = 1\n    m = k + e\n    e = 2\n\n    def f(self, x=k):\n"
        "        self.y = k\n        return x",
        "A",
        "d B C e k",
    ),
}


@pytest.mark.parametrize("name", KNOWN)
def test_names_that_a_cell_sets_and_uses(name):
    source, *expected = KNOWN[name]
    sets, uses = names(source)
    if name == "star import":
        assert {"digits", "Template"} < sets and "re" not in sets, "what `__all__` does not name"
    else:
        assert sets == set(expected[0].split())
    assert uses - {*dir(builtins), "__annotations__"} == set(expected[1].split())


def test_a_section_begins_at_its_heading_wherever_that_stands_in_a_cell():
    made = new_notebook()
    made.cells = [
        new_code_cell("a"),
        new_markdown_cell("## One"),
        new_code_cell("b"),
        new_markdown_cell("So.\n\n## Two"),
    ]
    made.cells += [new_code_cell("c"), new_markdown_cell("### A part of it"), new_code_cell("d")]
    assert [[cell.source for cell in part] for part in sections(made)] == [["a"], ["b"], ["c", "d"]]


def test_what_a_section_needs_is_what_it_names_and_what_that_names():
    earlier = [new_code_cell(source) for source in ("a = 1", "b = a", "c = 5", "a = 7", "d = b + 1")]
    assert needed([new_code_cell("d")], earlier) == [earlier[0], earlier[1], earlier[4]]
    assert needed([new_code_cell("a = 2"), new_code_cell("a")], earlier) == []
    assert needed([new_code_cell("a")], earlier) == [earlier[3]]


@pytest.mark.parametrize("cells, red", [(CELLS, {"section_2", "again"}), (REUSED, {"again"})], ids=["state", "name"])
def test_what_depends_on_other_runs_turns_red(cells, red):
    made = new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    made.cells = [(new_markdown_cell if source.startswith("#") else new_code_cell)(source) for source in cells]
    NotebookClient(made, kernel_name="python3", record_timing=False).execute()
    done = put_before_the_gate(dict(variants(made)), "--numprocesses=0", capture_output=True, text=True)
    lines = [line.removeprefix("FAILED ") for line in done.stdout.splitlines() if line.startswith("FAILED ")]
    assert {Path(line.partition("::")[0]).stem for line in lines} == red, done.stdout


def test_a_name_that_gets_another_meaning_is_found():
    cells = [new_code_cell(source, id=f"c{i}") for i, source in enumerate(["size = 2", "2 * size", "size = 5\nsize"])]
    assert list(overwritten(cells)) == [("c1", "size", "c2")]
    assert not list(overwritten([cells[0], cells[2], cells[1]])), "set before it is used, both times"


@pytest.mark.parametrize("path", CHAPTERS[:5], ids=lambda path: path.stem)
def test_each_section_of_a_chapter_runs_after_the_cell_at_its_top_alone(path):
    earlier = []
    for part in sections(nbformat.read(path, as_version=4))[1:]:
        assert [cell.id for cell in needed(part, earlier)] == [], part[0].id
        earlier += part


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_cell_run_again_finds_its_names_as_they_were(path):
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    assert not list(overwritten(cells))
