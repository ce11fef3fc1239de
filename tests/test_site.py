"""The site before Sphinx: what is recorded, at which settings, and what becomes of cells. `tests/site` has the rest."""

import ast
import gettext
import json
import math
import os
import re
import shutil
import subprocess
import sys
from string import Formatter

import numpy as np
import pytest
from matplotlib.patches import Rectangle
from matplotlib.path import Path
from matplotlib.transforms import IdentityTransform
from PIL import Image, ImageChops

from helpers.figures.style import house_style, new_figure
from helpers.language import LOCALE, languages
from helpers.live.blit import BlitCanvas
from helpers.live.controls import checkbox, menu, rate_slider, slider, whole_slider
from helpers.live.live_figure import LiveFigure
from helpers.live.predict import questions
from tests.live_figures import LIVE_FIGURES, steps_of
from tools.live_figures import figure_in
from tools.moving_picture import FILE, frames
from tools.places import NOTEBOOKS, ROOT, notebooks
from tools.site import fingerprint as fingerprints
from tools.site.__main__ import CONTENTS
from tools.site.book import book_page, bound, caption
from tools.site.fingerprint import fingerprint
from tools.site.fingerprint import source as code_of
from tools.site.language import pages, said, stored_notebooks, twins, words
from tools.site.pages import across, anchor, claims_apart, page, with_anchors
from tools.site.recorder import UNITS, RecordingCanvas, _few_colours, letters
from tools.site.recording import Backwards, Table, program, read, record
from tools.site.sampling import grid, samples
from tools.site.start_page import rewired, start_page

# -- what is drawn ---------------------------------------------------------------------------------------------------


@house_style
def drawn(draw):
    """Return the figure, and what it draws, of one that is its axes alone, 100 by 100 pixels from the lower left."""
    figure, axes = new_figure(height=2.0)
    figure.set_layout_engine("none")
    axes.set_position([0, 0, 1 / 8, 1 / 2])
    axes.set(xlim=(0, 100), ylim=(0, 100))
    axes.axis("off")
    artist = draw(axes)
    canvas = RecordingCanvas(figure)
    blit = BlitCanvas(figure, [artist])
    blit.draw()
    return figure, canvas.recorder


def moving(recorder):
    (kind, number), *ops = recorder.ops
    assert kind == "frame" and number == len(recorder.frames) - 1
    return ops


def test_a_curve_is_kept_in_units_from_the_top():
    _, recorder = drawn(lambda axes: axes.plot([10, 20, 40], [10, 60, 30], color="#112233", linewidth=0.72)[0])
    ((kind, style, path),) = moving(recorder)
    assert (kind, path) == ("path", "M100 1900l100-500 200 300")
    stroke, width, dashes, fill, clip, _, join = style
    assert (stroke, width, dashes, fill, join) == ("#112233", 10, None, None, "round")
    assert clip == [0, 100 * UNITS, 100 * UNITS, 100 * UNITS]


def test_marks_are_kept_once_with_their_steps():
    _, recorder = drawn(lambda axes: axes.plot([10, 20, 40], [10, 60, 30], "s", linestyle="", markersize=4)[0])
    ((kind, _, _, steps),) = moving(recorder)
    assert (kind, steps) == ("marks", [10, 190, 10, -50, 20, 30])


def test_a_rectangle_and_its_opacity_are_kept():
    _, recorder = drawn(lambda axes: axes.add_patch(Rectangle((10, 10), 20, 30, color="#ff0000", alpha=0.5)))
    ((_, style, path),) = moving(recorder)
    # Snapped to the middle of pixels, as its edge is one pixel wide.
    assert (style[3], path) == ("#ff000080", "M105 1905l200 0 0-300-200 0z")


def test_an_image_is_kept_as_rectangles_of_one_colour():
    def draw(axes):
        return axes.imshow(np.array([[0, 1], [0, 0]]), cmap="gray", extent=(0, 100, 0, 100), aspect="auto")

    _, recorder = drawn(draw)
    ((kind, _, xs, ys, rows),) = moving(recorder)
    assert (kind, xs, ys) == ("pixels", [0, 50, 100], [100, 150, 200])
    assert rows == [["#000000", 1, "#ffffff", 2], ["#000000", 2]]


def test_colours_of_an_image_that_nobody_can_tell_apart_are_one():
    """Where matplotlib smooths an image as it enlarges it, even its plain parts are not quite of one colour."""
    few, colours = _few_colours(np.array([[[200, 0, 0, 255]] * 3, [[201, 1, 0, 255], [0, 0, 200, 255], [199] * 4]]))
    assert few.tolist() == [[0, 0, 0], [0, few[1, 1], few[1, 2]]] and few[1, 1] != few[1, 2]
    assert colours[0] == "#c80000" and sorted(colours)[0] == "#0000c8" and len(colours) == 3


def test_words_are_kept_with_their_place_and_formulas_as_outlines():
    _, recorder = drawn(lambda axes: axes.text(50, 20, "rate", fontsize=7.2))
    ((kind, colour, size, x, y, width, angle, words),) = moving(recorder)
    assert (kind, size, x, y, angle, words) == ("text", 100, 500, 1800, 0, "rate")
    assert 150 < width < 250 and colour == "#000000"
    _, recorder = drawn(lambda axes: axes.text(50, 20, "$10^2$"))
    assert [op[0] for op in moving(recorder)] == ["path"]


def test_what_the_player_cannot_draw_is_refused():
    with pytest.raises(NotImplementedError, match="bold or slanted"):
        drawn(lambda axes: axes.text(50, 20, "rate", weight="bold"))


def test_what_stands_still_is_kept_once_and_a_legend_lies_on_top():
    def draw(axes):
        (line,) = axes.plot([10, 20], [10, 60], label="curve")
        axes.legend(loc="upper left")
        return line

    _, recorder = drawn(draw)
    assert [op[0] for op in recorder.ops] == ["frame", "path", "again"]
    assert ["curve" in op for op in recorder.frames[0]].count(True) == 1


def test_letters_tell_steps_and_leave_out_what_does_not_move():
    path = Path([(1, 2), (1.5, 2), (1.52, 2.01), (0, 0), (1, 2)], closed=True)
    assert letters(path, IdentityTransform()) == "M10 20l5 0-15-20z"


# -- a recording -----------------------------------------------------------------------------------------------------


def test_rows_are_written_backwards():
    table, rows = Table(), Backwards()
    for row in ("abc", "abd", "d"):
        rows([table(letter) for letter in row])
    assert table.things == list("abcd")
    assert rows.written == [3, 0, 0, 0, 3, 3, 2, 0, 1, 1]


@house_style
def two_controls():
    """A line that ends at a height."""
    figure, axes = new_figure()
    (line,) = axes.plot([], [], label="line")
    axes.set(xlim=(0, 1), ylim=(0, 10))

    def move(height, kind):
        line.set_data([0, 1], [0, height if kind == "up" else -height])
        return {"height": height}

    return LiveFigure(
        figure, [line], move, play="height", height=whole_slider("height", 0, 9, 3), kind=menu("kind", ["up", "down"])
    )


def rows_of(written):
    rows, at = [], 0
    while at < len(written):
        rows.append(written[at + 1 : at + 1 + written[at]])
        at += 1 + written[at]
    return rows


@pytest.fixture
def live(monkeypatch):
    monkeypatch.setitem(LIVE_FIGURES, "two_controls", two_controls)
    live = two_controls()
    live.name = "two_controls"
    return live


def test_a_recording_has_each_setting_once(live, tmp_path):
    data = record(live, {"height": [0, 3, 9], "kind": ["up", "down"]})
    assert [(c["label"], c["values"], c["start"], c["stride"], c["menu"]) for c in data["controls"]] == [
        ("height", ["0", "3", "9"], 1, 1, False),
        ("kind", ["up", "down"], 0, 3, True),
    ]
    assert (data["play"], data["buttons"], data["size"], len(data["frames"])) == (0, False, [800, 320], 1)
    assert len(rows_of(data["readouts"])) == 6 and "9" in data["words"]
    paths = [op for op in data["ops"] if op[0] == "path"]
    assert len(paths) == 5  # 0 up is 0 down
    file = tmp_path / "recording.js"
    file.write_text(program("two_controls", data), encoding="utf-8")
    assert read("two_controls", file) == data


@pytest.fixture
def change(monkeypatch):
    """Return a function that replaces a text in the code of a module; what was replaced before is as it was."""

    def replace(module, old, new):
        text = code_of(module)
        assert old in text
        monkeypatch.setattr(
            fingerprints, "source", lambda one: text.replace(old, new) if one == module else code_of(one)
        )

    return replace


def test_a_recording_is_made_anew_when_what_its_figure_uses_changes(change):
    names = ("descent_on_a_bowl", "zig_zag", "yogurt_plan")

    def changed():
        return [name for name in names if fingerprint(name) != before[name]]

    before = {name: fingerprint(name) for name in names}
    assert changed() == [] and len({*before.values()}) == 3
    change("helpers.live.blit", "self._background = None", "self._background = 0")
    assert changed() == [*names]
    change("helpers.descent", "import numpy", "import  numpy\n1 + 1\nimport numpy")
    assert changed() == ["descent_on_a_bowl"]
    change("helpers.experiments.losses", "return", "1 + 1; return")
    assert changed() == ["yogurt_plan"]
    change("helpers.exercises.exercise", "return", "1 + 1; return")
    assert changed() == []
    # A text, and then what another figure of the same module shows.
    change("helpers.live.activations", '"learning rate"', '"rate"')
    assert changed() == ["zig_zag"]
    change("helpers.live.activations", "def dead_relus():", "def dead_relus():\n    1 + 1")
    assert changed() == []


def test_what_is_said_about_code_makes_no_recording_anew(change):
    before = fingerprint("zig_zag")
    change("helpers.live.blit", '"""Draw all anew the next time', '# Why.\n\n        """Draw')
    assert fingerprint("zig_zag") == before


def test_a_recording_is_made_anew_with_its_sampling_its_data_and_its_words(monkeypatch, tmp_path):
    before = {name: fingerprint(name) for name in ("zig_zag", "time_of_an_epoch", "edge_of_training")}
    monkeypatch.setattr(fingerprints, "samples", lambda: samples() | {"zig_zag": {"mean": 3}})
    monkeypatch.setattr(fingerprints, "ROOT", tmp_path)
    (tmp_path / "data").mkdir()
    for folder in ("helpers", "tools"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    for file in (ROOT / "data").glob("*.*"):
        shutil.copy(file, tmp_path / "data")
    assert [name for name, old in before.items() if fingerprint(name) != old] == ["zig_zag"]
    (tmp_path / "data" / "epoch_times.csv").write_text("", encoding="utf-8")
    assert fingerprint("time_of_an_epoch") != before["time_of_an_epoch"]
    monkeypatch.setattr(fingerprints, "said", lambda text: {"learning rate": "x"}.get(text, text))
    assert fingerprint("edge_of_training") != before["edge_of_training"]


# -- at which settings -----------------------------------------------------------------------------------------------


CONTROLS = {
    "rate": rate_slider("rate", 0.01, 10, 0.2),
    "start": slider("start", -1, 1, 0.3, step=0.1),
    "steps": whole_slider("steps", 1, 60, 40),
    "kind": menu("kind", ["a", "b"]),
    "twice": checkbox("twice"),
}


def test_all_places_of_a_control_are_known():
    assert steps_of(CONTROLS["start"])[:3] == [-1.0, -0.9, -0.8] and 0.3 in steps_of(CONTROLS["start"])
    assert steps_of(CONTROLS["steps"]) == list(range(1, 61))
    assert steps_of(CONTROLS["kind"]) == ["a", "b"] and steps_of(CONTROLS["twice"]) == [False, True]
    assert {0.01, 0.2, 10.0} < set(steps_of(CONTROLS["rate"]))


def test_undeclared_controls_share_the_budget_and_keep_start_and_ends():
    chosen = grid(CONTROLS, {"steps": 3})
    assert chosen["steps"] == [1, 31, 40, 60]
    assert chosen["kind"] == ["a", "b"] and chosen["twice"] == [False, True]
    for name in ("rate", "start"):
        everything = steps_of(CONTROLS[name])
        assert {everything[0], everything[-1], CONTROLS[name].value} <= set(chosen[name])
    assert 300 <= math.prod(map(len, chosen.values())) <= 1200


def test_declared_values_are_taken_in_the_order_of_the_control_and_the_start_is_added():
    assert grid(CONTROLS, {"rate": [1, 0.05], "start": [0]})["rate"] == [0.05, 0.2, 1]


@pytest.mark.parametrize(
    ("declared", "said"),
    [({"speed": 3}, "names of controls.*got speed"), ({"rate": [0.06]}, r"the control rate can take, got \[0.06\]")],
)
def test_what_no_control_can_take_is_refused(declared, said):
    with pytest.raises(ValueError, match=said):
        grid(CONTROLS, declared)


def test_samples_are_declared_for_figures_that_are_there():
    assert set(samples()) <= set(LIVE_FIGURES)


# -- pages -----------------------------------------------------------------------------------------------------------


def notebook(*cells):
    made = []
    for source, *outputs in cells:
        made.append({"cell_type": "code", "id": "x", "metadata": {}, "source": source, "outputs": outputs})
    return {"cells": made}


def picture(words="a curve"):
    metadata = {"image/png": {"alt": words, "width": 800, "height": 300}}
    return {"output_type": "execute_result", "data": {"image/png": "AAAA", "text/plain": words}, "metadata": metadata}


FIGURES = {
    "bowl": {"size": [800, 300], "states": 4500, "buttons": False},
    "game": {"size": [800, 300], "states": 60, "buttons": True},
    "bench": {"size": [800, 300], "reason": "Too <much>."},
}


def shown(source, *outputs, name="02_learning_rate", asked=None):
    (cell,) = page(notebook((source, *outputs)), name, asked or {}, FIGURES)["cells"]
    return cell


def test_headings_have_the_anchors_of_the_site():
    assert anchor("2.-Counting-layers") == "2-counting-layers"
    text = "[a](01_complexity.ipynb#2.-Counting-layers), [b](#One:-two), [c](https://x.org/#A.B), [d](x.ipynb)"
    told = "[a](01_complexity.ipynb#2-counting-layers), [b](#one-two), [c](https://x.org/#A.B), [d](x.ipynb)"
    assert with_anchors(text) == told


def test_claims_stand_apart_from_what_is_printed():
    printed = {"output_type": "stream", "name": "stdout", "text": ["a  b\n", "✓ so\n", "✗ not so\n", "1  2\n"]}
    shown = {"output_type": "display_data", "data": {"image/png": ""}}
    before, claims, after, picture = claims_apart([printed, shown])
    assert (before["text"], after["text"], picture) == ("a  b\n", "1  2\n", shown)
    assert claims["data"] == {"text/plain": "✓ so\n✗ not so\n"}


def test_a_picture_keeps_its_words_and_loses_its_height():
    cell = shown("draw(3)", picture())
    assert cell["metadata"]["mystnb"] == {"image": {"alt": "a curve"}}
    assert "height" not in cell["outputs"][0]["metadata"]["image/png"]


def test_two_pictures_of_one_cell_are_refused():
    with pytest.raises(ValueError, match="two pictures"):
        shown("draw(3)", picture(), picture("another"))


def test_a_live_figure_is_a_still_picture_until_the_player_comes():
    cell = shown("live.bowl()", picture("a <bowl>"), name="appendix/more")
    html = cell["outputs"][0]["data"]["text/html"]
    assert 'data-source="../_static/live/bowl.js"' in html and 'alt="a &lt;bowl&gt;"' in html
    assert "stop at 4,500 settings" in html and "Buttons" not in html and "../index.html#run" in html
    assert cell["metadata"]["tags"] == ["remove-input"] and "image" not in cell["metadata"].get("mystnb", {})


def test_buttons_that_are_left_out_are_named_and_what_is_not_recorded_says_why():
    html = shown("game()", picture())["outputs"][0]["data"]["text/html"]
    assert "Buttons that measure or register are left out" in html
    html = shown("panel = bench()\npanel", picture())["outputs"][0]["data"]["text/html"]
    assert "Too &lt;much&gt;." in html and "data-source" not in html and "index.html#run" in html


def test_a_prediction_hides_its_answer():
    asked = {"why": {"question": "1 < 2?", "choices": ["yes", "no"], "answer": 0, "because": "it is"}}
    html = shown('predict("why")', asked=asked)["outputs"][0]["data"]["text/html"]
    before, hidden = html.split("<details>")
    assert "1 &lt; 2?" in before and "<li>no</li>" in before and "it is" not in before
    assert '"<b>yes</b>": it is' in hidden


@pytest.mark.parametrize("name", stored_notebooks())
def test_each_picture_and_prediction_of_the_course_gets_its_place(name):
    made = json.loads((NOTEBOOKS / f"{name}.ipynb").read_text(encoding="utf-8"))
    figures = dict.fromkeys(LIVE_FIGURES, FIGURES["bowl"])
    expected = [figure for cell in made["cells"] if (figure := figure_in(cell, LIVE_FIGURES))]
    asked = sum("".join(cell["source"]).rstrip().startswith("predict(") for cell in made["cells"])
    cells = page(made, name, questions(), figures)["cells"]
    html = "".join(text for c in cells for o in c.get("outputs", []) for text in o.get("data", {}).get("text/html", ""))
    assert html.count('class="live-figure"') == len(expected)
    assert html.count("<details>") >= asked
    for cell in cells:
        pictures = [o for o in cell.get("outputs", []) if "image/png" in o.get("data", {})]
        assert not pictures or cell["metadata"]["mystnb"]["image"]["alt"]


def test_links_to_other_editions_lead_to_their_pages_or_are_words():
    text = "[中文版](zh/00_start_here.ipynb), [next](01_complexity.ipynb)"
    assert across(text, "00_start_here", there=False) == "中文版, [next](01_complexity.ipynb)"
    assert across(text, "00_start_here", there=True).startswith('<a href="zh/00_start_here.html">中文版</a>, [next](')
    assert across("[EN](../../appendix/a.ipynb)", "appendix/a", there=True) == '<a href="../../appendix/a.html">EN</a>'
    assert across("[up](../a.ipynb)", "appendix/b", there=True) == "[up](../a.ipynb)"


def test_each_live_figure_is_on_a_page():
    cells = [c for p in notebooks() for c in json.loads(p.read_text(encoding="utf-8"))["cells"]]
    assert {figure_in(cell, LIVE_FIGURES) for cell in cells} - {None} == set(LIVE_FIGURES)


def test_the_first_page_is_the_readme_with_a_figure():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    made = start_page(readme, "<figure>")
    assert made.startswith("# First steps in neural networks\n\nAn interactive course")
    assert ".gif" not in made and len(made) > 0.9 * len(readme)
    assert made.index("<figure>") < made.index("It serves")
    assert made.count("(run)=\n## Two commands\n") == 1


def test_the_picture_that_moves_in_the_readme_is_the_figure_as_it_is():
    made = frames()
    with Image.open(FILE) as stored:
        assert FILE.stat().st_size < 1e6 and stored.n_frames == len(made)
        for i in (0, len(made) // 2):
            stored.seek(i)
            difference = ImageChops.difference(stored.convert("RGB"), made[i].convert("RGB"))
            assert np.asarray(difference).mean() < 2, f"frame {i}: make it anew, python -m tools.moving_picture"


def test_links_of_the_readme_lead_to_pages_or_to_the_repository():
    places = {"README.md": "index.md", "notebooks/a.ipynb": "a.ipynb", "docs/b.md": "docs/b.md"}
    others = {"docs/zh/b.md": "zh/docs/b.html"}
    text = "[`a`](notebooks/a.ipynb#x) ![p](docs/b.md) [c](data/c.csv) [d](https://x.org) [e](#here)"
    assert (
        rewired(text, "README.md", places, others, None)
        == "[`a`](a.ipynb#x) ![p](docs/b.md) c [d](https://x.org) [e](#here)"
    )
    assert "[c](https://r/tree/main/data/c.csv)" in rewired(text, "README.md", places, others, "https://r")
    assert rewired("[a](../notebooks/a.ipynb)", "docs/b.md", places, others, None) == "[a](../a.ipynb)"
    twin = rewired("**[b](zh/b.md)**", "docs/b.md", places, others, None)
    assert twin == '**<a href="../zh/docs/b.html">b</a>**'


# -- languages -------------------------------------------------------------------------------------------------------


def texts_said():
    """Return all that pages say of themselves, in English."""
    found = {*CONTENTS, *(reason for reason in samples().values() if isinstance(reason, str))}
    for path in (ROOT / "tools" / "site").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "said":
                found |= {first.value for first in node.args[:1] if isinstance(first, ast.Constant)}
    return found


def holes(text):
    return sorted(name for _text, name, *_ in Formatter().parse(text) if name is not None)


@pytest.mark.parametrize("language", languages()[1:])
def test_what_pages_say_is_translated_and_nothing_else(language):
    catalogue = gettext.translation("course", LOCALE, languages=[language])
    own = {text: other for text, other in words()[language].items() if text != "theme"}
    assert [text for text in texts_said() - set(own) if catalogue.gettext(text) == text] == []
    assert set(own) <= texts_said()
    assert [text for text, other in own.items() if holes(text) != holes(other)] == []


def test_the_site_is_built_in_all_languages():
    (told,) = re.findall(r"for language in (.*?);", (ROOT / "Makefile").read_text(encoding="utf-8"))
    assert told.split() == languages()


def test_a_page_knows_its_twin():
    (twin,) = twins("appendix/frameworks")
    assert twin == {"tag": "zh-CN", "name": "中文", "page": "../zh/appendix/frameworks.html", "same": True}
    assert twins("search")[0]["page"] == "zh/search.html" and twins("search")[0]["same"]
    # What is not translated leads to the first page.
    (twin,) = twins("docs/CONTRIBUTING")
    assert twin["page"] == "../zh/index.html" and not twin["same"]
    english, chinese = (set(pages(language).values()) for language in ("en", "zh"))
    assert english - chinese == {"docs/CONTRIBUTING.md"} and chinese <= english


def in_chinese(code):
    """Return what a process that speaks Chinese prints."""
    started = [sys.executable, "-c", code]
    surroundings = os.environ | {"COURSE_LANGUAGE": "zh", "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(started, env=surroundings, cwd=ROOT, check=True, capture_output=True, encoding="utf-8").stdout


def test_a_chinese_page_speaks_chinese():
    html = in_chinese("""if True:
        import json
        from tools.site.language import said_questions, stored_notebooks
        from tools.live_figures import words_of
        from tools.site.captions import panels
        from tools.site.pages import live_figure, page
        notebook = json.loads(stored_notebooks()["02_learning_rate"].read_text(encoding="utf-8"))
        (cell,) = (cell for cell in notebook["cells"] if "live.descent_on_a_bowl()" in "".join(cell["source"]))
        print(panels(words_of(cell)))
        print(live_figure("bowl", {"size": [8, 3], "states": 4500, "buttons": True}, "", ""))
        for cell in page(notebook, "02_learning_rate", said_questions(), {})["cells"]:
            print(*(output["data"].get("text/html", "") for output in cell.get("outputs", []) if "data" in output))
    """)
    first, live, *asked = html.splitlines()
    assert first == "碗里的路径（纵轴：损失，横轴：参数 w）；离最低点多远（纵轴：距离 |w + 1|，横轴：步）。"
    assert "4,500" in live and "测量" in live and "运行这一章" in live
    asked = " ".join(asked)
    assert asked.count("<summary>揭晓</summary>") >= 3 and not re.search("prediction:|answer|Reveal", asked)


def test_words_without_a_translation_stay():
    assert said("{words}.", words="x") == "x."


# -- a book ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("Plot (loss against step).\n- axes: x from 0 to 1", "Loss against step."),
        ("Panel 1: A (f(x) against x).\n- axes\nPanel 2: B (y against x).\n- axes", "A: f(x) against x; B."),
        ("Figure: F.\nPlot: Time (all) (seconds (s) against n).\n- axes", "Time (all): seconds (s) against n."),
        ("Plot: w (w_2 against w_1).\n- axes\nShown: step = 1", r"W: w\_2 against w\_1."),
        ("Plot (a drawing without axes).\n- points 'inputs'", "A drawing."),
    ],
)
def test_a_caption_says_what_a_picture_shows(words, told):
    assert caption(7, words) == f"Picture 7. {told}"


@pytest.mark.parametrize("made", [page, book_page])
def test_what_a_reader_predicted_is_told_only_where_it_is_kept(made):
    stored = json.loads((NOTEBOOKS / "05_capstone.ipynb").read_text(encoding="utf-8"))
    lists = re.compile("Predictions: 0 of|whole course:|## Your predictions")
    assert len(lists.findall(json.dumps(stored))) > 4
    assert (
        lists.findall(
            json.dumps(made(stored, "05_capstone", questions(), dict.fromkeys(LIVE_FIGURES, FIGURES["bowl"])))
        )
        == []
    )


def test_in_a_book_answers_stand_at_the_end():
    asked = {"why": {"question": "1 < 2?", "choices": ["yes", "no"], "answer": 0, "because": "it is"}}
    first, *_, last = book_page(notebook(('predict("why")',), ("draw(3)",)), "02_learning_rate", asked, [])["cells"]
    html = first["outputs"][0]["data"]["text/html"]
    assert "1 &lt; 2?" in html and "it is" not in html and 'href="#answer-1"' in html
    assert first["metadata"]["tags"] == ["remove-input"]
    assert 'id="answer-1"' in last["source"] and "<b>yes</b></a>: it is" in last["source"]


def test_in_a_book_each_picture_has_a_caption_and_none_a_note_that_it_moves():
    path = NOTEBOOKS / "02_learning_rate.ipynb"
    figures = sorted(LIVE_FIGURES)
    cells = book_page(json.loads(path.read_text(encoding="utf-8")), "02_learning_rate", questions(), figures)["cells"]
    pictures = [c["metadata"] for c in cells if any("image/png" in o.get("data", {}) for o in c.get("outputs", []))]
    captions = [told["mystnb"]["figure"]["caption"] for told in pictures]
    assert [told.split(". ")[0] for told in captions] == [f"Picture {number}" for number in range(1, 14)]
    assert all(len(told) > 30 for told in captions)
    assert not any("Run this cell" in told["mystnb"]["image"]["alt"] for told in pictures)


def test_links_among_bound_pages_stay_inside(tmp_path):
    body = '<div class="body"><section id="{0}"><h1>{0}</h1>{1}</section></div>'
    (tmp_path / "more").mkdir()
    links = '<a href="more/b.xhtml#there">1</a><a href="#a">2</a><a href="02_learning_rate.xhtml">3</a>'
    (tmp_path / "a.xhtml").write_text(f"<title>A</title>{body.format('a', links)}", encoding="utf-8")
    back = '<a href="../a.xhtml">1</a><a href="https://x.org">2</a><i id="there"></i><img src="../i.png"/>'
    (tmp_path / "more" / "b.xhtml").write_text(f"<title>B</title>{body.format('b', back)}", encoding="utf-8")
    whole = bound(["a", "more/b"], tmp_path)
    assert '<a href="#more/b--there">1</a><a href="#a--a">2</a>3' in whole and 'id="a--a"' in whole
    assert '<a href="#a">1</a><a href="https://x.org">2</a><i id="more/b--there"></i><img src="i.png"/>' in whole
    assert "<title>A</title>" in whole
    there = bound(["a"], tmp_path, "https://x.org/y")
    assert 'href="https://x.org/y/blob/main/notebooks/02_learning_rate.ipynb"' in there and "<h1>a</h1>1<a" in there
