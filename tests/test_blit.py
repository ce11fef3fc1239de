"""Drawing with a background: whatever has changed, the picture is that of a full drawing."""

import numpy as np
import pytest

from helpers.figures.style import house_style, new_figure
from helpers.live.blit import BlitCanvas, change


@house_style
def canvas():
    """Return a canvas with two panels, one moving curve, and something of all that surrounds it."""
    figure, (left, right) = new_figure(2, height=2)
    (curve,) = left.plot([0, 1], [0, 1], label="moving")
    left.plot([0, 1], [1, 0], label="still")
    left.set(title="left", xlabel="x", ylabel="y")
    left.legend(title="legend")
    right.barh(["a", "b"], [1, 2e5])
    right.text(1e5, 0, "note", label="a note")
    right.plot([0, 1e5], [0, 1], label="hidden", visible=False)
    figure.suptitle("all")
    return BlitCanvas(figure, [curve])


#: What may change around the data, done to figure, first and second axes.
CHANGES = {
    "ticks": lambda figure, left, right: left.set_xticks([0, 0.3, 1]),
    "tick labels": lambda figure, left, right: left.set_xticks([0, 1], ["none", "all"]),
    "minor ticks": lambda figure, left, right: left.set_xticks([0.1, 0.2], minor=True),
    "tick parameters": lambda figure, left, right: left.tick_params(colors="red", length=9),
    "the colour of one tick label": lambda figure, left, right: left.get_xticklabels()[1].set_color("red"),
    "one tick's label": lambda figure, left, right: left.xaxis.majorTicks[1].label1.set_color("red"),
    "one grid line": lambda figure, left, right: left.xaxis.majorTicks[1].gridline.set_color("red"),
    "one tick mark": lambda figure, left, right: left.xaxis.majorTicks[1].tick1line.set_markersize(12),
    "formatter": lambda figure, left, right: left.xaxis.set_major_formatter("{x:.3f}"),
    "title": lambda figure, left, right: left.set_title("another"),
    "title on the left": lambda figure, left, right: left.set_title("another", loc="left"),
    "colour of a title": lambda figure, left, right: left.title.set_color("red"),
    "title of the figure": lambda figure, left, right: figure.suptitle("another"),
    "text of that title": lambda figure, left, right: figure._suptitle.set_text("another"),
    "label": lambda figure, left, right: left.set_xlabel("another"),
    "text of a label": lambda figure, left, right: left.xaxis.label.set_text("another"),
    "label of the figure": lambda figure, left, right: figure.supxlabel("another"),
    "text of the figure": lambda figure, left, right: figure.text(0.5, 0.5, "another"),
    "limits": lambda figure, left, right: left.set_xlim(-3, 3),
    "direction": lambda figure, left, right: right.invert_yaxis(),
    "scale": lambda figure, left, right: right.set_xscale("log"),
    "aspect": lambda figure, left, right: left.set_aspect(3),
    "place": lambda figure, left, right: left.set_position([0.1, 0.1, 0.2, 0.2]),
    "frame": lambda figure, left, right: left.axis("off"),
    "spine": lambda figure, left, right: left.spines["left"].set_color("red"),
    "spine shown": lambda figure, left, right: left.spines["top"].set_visible(True),
    "grid": lambda figure, left, right: left.grid(visible=True, color="red"),
    "background": lambda figure, left, right: left.set_facecolor("yellow"),
    "background of the figure": lambda figure, left, right: figure.set_facecolor("yellow"),
    "text of a legend": lambda figure, left, right: left.get_legend().get_texts()[1].set_text("another"),
    "title of a legend": lambda figure, left, right: left.get_legend().set_title("another"),
    "frame of a legend": lambda figure, left, right: left.get_legend().get_frame().set_edgecolor("red"),
    "place of a legend": lambda figure, left, right: left.get_legend().set_loc("lower left"),
    "legend hidden": lambda figure, left, right: left.get_legend().set_visible(False),
    "legend removed": lambda figure, left, right: left.get_legend().remove(),
    "another legend": lambda figure, left, right: left.legend(["one"]),
    "a legend of the figure": lambda figure, left, right: figure.legend(left.lines[1:], ["one"]),
    "an axes hidden": lambda figure, left, right: left.set_visible(False),
    "the other axes hidden": lambda figure, left, right: right.set_visible(False),
    "another axes": lambda figure, left, right: figure.add_axes([0.4, 0.4, 0.2, 0.2]),
    "a still curve removed": lambda figure, left, right: left.lines[1].remove(),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_surrounds_the_data_is_drawn_as_soon_as_it_changes(name):
    shown = canvas()
    shown.draw()
    shown.moving[0].set_ydata([1, 2])
    before = bytes(shown.draw())
    CHANGES[name](shown.figure, *shown.figure.axes[:2])
    after = bytes(shown.draw())
    shown.forget()
    assert after == bytes(shown.draw()) != before


@pytest.mark.parametrize(
    ("name", "alter"),
    [
        ("still", lambda left, right: left.lines[1].set_ydata([2, 2])),
        ("still", lambda left, right: left.lines[1].set_visible(False)),
        ("hidden", lambda left, right: right.lines[0].set_visible(True)),
        ("a note", lambda left, right: right.texts[0].set_text("another")),
        ("added", lambda left, right: left.plot([0, 1], [0.5, 0.5], label="added")),
        ("Rectangle", lambda left, right: right.patches[0].set_width(5)),
    ],
)
def test_what_lies_within_the_axes_has_to_be_declared(name, alter):
    shown = canvas()
    shown.draw()
    alter(*shown.figure.axes)
    with pytest.raises(RuntimeError, match=f"'{name}' has changed, but it is not declared as moving"):
        shown.draw()


def test_a_background_is_drawn_only_when_it_has_changed(monkeypatch):
    shown, drawings = canvas(), []
    left = shown.figure.axes[0]
    draw = shown.figure.canvas.draw
    monkeypatch.setattr(shown.figure.canvas, "draw", lambda: drawings.append(draw()))
    shown.draw()
    for height in (2, 3, 4):
        shown.moving[0].set_data([0, 1], [0, height])
        change(left, ylim=(0, 5), title="left", xlabel="x")
        shown.draw()
    assert len(drawings) == 2  # the first one, and that of the new limits
    assert left.get_ylim() == (0, 5)


def test_a_curve_of_hidden_axes_and_what_a_hidden_legend_covers():
    shown = canvas()
    left = shown.figure.axes[0]
    left.get_legend().set_visible(False)
    shown.moving[0].set_data([0, 1], [1, 1])
    pixels = np.array(shown.draw())
    shown.moving[0].set_visible(False)
    empty = np.array(shown.draw())
    columns = np.flatnonzero((pixels != empty).any(axis=(0, 2)))
    assert np.all(np.diff(columns) == 1), "the hidden legend has cut the curve"
    left.set_visible(False)
    shown.moving[0].set_visible(True)
    assert bytes(shown.draw()) == bytes(shown.draw())
    shown.moving[0].set_data([0, 1], [0, 0])
    before = bytes(shown.draw())
    shown.moving[0].set_data([0, 1], [0, 1])
    assert bytes(shown.draw()) == before
