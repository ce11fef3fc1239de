"""What a stored notebook looks like: readable without a kernel, short cells, nothing that only a widget understands.

That its outputs and its words are right is the business of the gate (tools/nbgate/), which runs every cell.
"""

import io
import re
import statistics
import subprocess
import sys

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_notebook, new_output
from nbgate.pictures import cut_off
from PIL import Image

from helpers.live.predict import questions
from tests.live_figures import LIVE_FIGURES
from tools.places import ROOT, files, notebooks
from tools.store_notebooks import PICTURES, SHOWN_IN_README, picture

NOTEBOOKS = notebooks()
QUESTION = ("question", "choices", "answer", "because", "instead", "measured", "means")
CHAPTERS = [path for path in NOTEBOOKS if path.parent.name == "notebooks"]
APPENDICES = [path for path in NOTEBOOKS if path.parent.name == "appendix"]
IDS = [path.stem for path in NOTEBOOKS]


def code_cells(path):
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def sources():
    return "\n".join(cell.source for path in NOTEBOOKS for cell in code_cells(path))


def linked_from(path):
    """Return the notebooks that a text or a notebook links to, here and not elsewhere."""
    text = path.read_text(encoding="utf-8")
    found = re.findall(r"\]\((?!https:)([^)#\s]+\.ipynb)", text)
    return {(path.parent / name).resolve() for name in found}


def test_copies_that_jupyterlab_keeps_are_no_part_of_the_course(tmp_path):
    for name in ("a.ipynb", ".ipynb_checkpoints/a-checkpoint.ipynb", "b/c.ipynb", "b/.hidden/c.ipynb", "b/.d.ipynb"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert files(tmp_path, "*.ipynb") == [tmp_path / "a.ipynb", tmp_path / "b" / "c.ipynb"]


def test_every_notebook_is_linked_and_every_link_leads_to_one():
    """So that none is lost, or left behind after another was renamed."""
    start = CHAPTERS[0]
    assert start.name == "00_start_here.ipynb"
    exercises = [path for path in NOTEBOOKS if path.parent.name == "exercises"]
    chinese = start.parent / "zh" / start.name
    assert (linked_from(start) | {start}) - set(APPENDICES) == {*CHAPTERS, *exercises, chinese}
    assert {path.relative_to(chinese.parent) for path in linked_from(chinese) - {start}} == {
        path.relative_to(start.parent) for path in linked_from(start) - {chinese}
    }
    assert linked_from(ROOT / "README.md") - set(APPENDICES) == set(CHAPTERS)
    solutions = {path.name for path in NOTEBOOKS if path.parent.name == "solutions"}
    assert solutions == {path.name for path in exercises}


@pytest.mark.parametrize("path", APPENDICES, ids=[path.stem for path in APPENDICES])
def test_an_appendix_is_linked_from_its_chapter_and_links_back(path):
    title, belongs = nbformat.read(path, as_version=4).cells[0].source.split("\n\n")[:2]
    assert re.match(r"# Appendix: [A-Z]", title)
    (chapter,) = re.findall(r"\]\(\.\./([^)#]+\.ipynb)", belongs)
    assert path in linked_from(ROOT / "notebooks" / chapter)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=IDS)
def test_it_names_the_usual_kernel(path):
    assert nbformat.read(path, as_version=4).metadata.kernelspec.name == "python3"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=IDS)
def test_outputs_are_readable_without_a_kernel(path):
    for cell in code_cells(path):
        for output in cell.outputs:
            assert output.output_type != "error" and output.get("name") != "stderr", cell.source
            data = output.get("data", {})
            assert "application/vnd.jupyter.widget-view+json" not in data, cell.source
            if "image/png" in data:
                alt = output.metadata.get("image/png", {}).get("alt", "")
                told = alt == data["text/plain"] and len(alt) > 40
                assert told, f"{cell.id}: no words for its picture: draw it in helpers/figures (docs/CONTRIBUTING.md)"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=IDS)
def test_ticks_are_few_and_nothing_is_crossed(path):
    for cell in code_cells(path):
        lines = "\n".join(o.get("text", "") or o.get("data", {}).get("text/plain", "") for o in cell.outputs).split(
            "\n"
        )
        assert sum(line.startswith("✓") for line in lines) <= 3, cell.source
        assert not any(line.startswith("✗") for line in lines), cell.source


def test_pages_in_html_hold_the_words_of_pictures(tmp_path):
    """nbconvert's; of JupyterLab: tests/browser/test_alternative_text.py."""
    words = {"png": 'a <b>"red" & blue</b> dot\nin two lines', "jpeg": "another dot"}
    outputs = [
        new_output("display_data", {f"image/{kind}": "bm9uZQ=="}, metadata={f"image/{kind}": {"alt": alt, "width": 30}})
        for kind, alt in words.items()
    ]
    nbformat.write(new_notebook(cells=[new_code_cell(outputs=outputs)]), tmp_path / "dots.ipynb")
    command = [sys.executable, "-m", "nbconvert", "--to", "html", "dots.ipynb"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    page = BeautifulSoup((tmp_path / "dots.html").read_text(encoding="utf-8"), "html.parser")
    assert [(image["alt"], image["width"]) for image in page.select("img")] == [(alt, "30") for alt in words.values()]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=IDS)
def test_code_cells_are_short(path):
    lengths = sorted(sum(bool(line.strip()) for line in cell.source.splitlines()) for cell in code_cells(path))
    assert statistics.median(lengths) < 10
    assert lengths[int(0.9 * (len(lengths) - 1))] < 20
    assert lengths[-1] <= 30


@pytest.mark.parametrize("path", CHAPTERS + APPENDICES, ids=[path.stem for path in CHAPTERS + APPENDICES])
def test_prose_leads(path):
    kinds = [cell.cell_type for cell in nbformat.read(path, as_version=4).cells]
    assert kinds[0] == "markdown" and kinds[-1] == "markdown"
    assert "code code code code" not in " ".join(kinds), "more than three code cells in a row"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=IDS)
def test_no_picture_is_cut_off(path):
    for cell in code_cells(path):
        for output in cell.outputs:
            if "image/png" in output.get("data", {}):
                assert not cut_off(output.data["image/png"]), cell.source


def test_every_live_figure_of_the_course_is_used_in_a_notebook():
    assert LIVE_FIGURES
    assert [name for name in LIVE_FIGURES if f"{name}(" not in sources()] == []


def test_every_prediction_is_asked_in_a_notebook_and_well_formed():
    asked = set(re.findall(r'predict\("([^"]+)"\)', sources()))
    assert asked == set(questions())
    for name, question in questions().items():
        assert 2 <= len(question["choices"]) == len(set(question["choices"])) == len(question["means"]), name
        assert question["because"] and set(question) <= {*QUESTION, "numbers"} and set(QUESTION) <= set(question), name


@pytest.mark.parametrize("name", SHOWN_IN_README)
def test_the_readme_shows_the_pictures_of_the_notebooks(name):
    file = PICTURES / f"{name}.png"
    notebook = nbformat.read(file.parents[2] / "notebooks" / f"{name}.ipynb", as_version=4)
    stored = io.BytesIO(picture(notebook, SHOWN_IN_README[name]))
    assert Image.open(file).tobytes() == Image.open(stored).tobytes(), "run `make notebooks`"
    assert f"(docs/pictures/{name}.png)" in (file.parents[2] / "README.md").read_text(encoding="utf-8")


#: So many characters of a table fit beside JupyterLab's file list in a window of 1280 pixels.
TABLE = 85


@pytest.mark.parametrize("path", NOTEBOOKS, ids=IDS)
def test_no_table_is_cut_off_at_the_right(path):
    """A column is at least as wide as its longest word, or its longest piece of code without a space."""
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "markdown":
            plain = re.sub(r"\]\([^)]*\)|\\text|[*$`\[\]{}]", "", cell.source)
            for table in re.findall(r"(?:^\|.*\|$\n?)+", plain, flags=re.MULTILINE):
                columns = zip(
                    *(row.strip("|").split("|") for row in table.splitlines() if set(row) - set("|-: ")), strict=True
                )
                assert (
                    sum(max(len(word) for text in column for word in [*text.split(), ""]) for column in columns)
                    <= TABLE
                )
