"""Figures say in words what they show: a wrong curve must make wrong words."""

import base64
import inspect
import io

import matplotlib
import numpy as np
import pytest
from matplotlib.collections import PatchCollection
from matplotlib.patches import Circle, Polygon, Rectangle
from PIL import Image

from helpers.descent import gradient_descent
from helpers.figures import learning_rate as chapter2
from helpers.figures.described import DescribedFigure, described_figure
from helpers.figures.style import COLOURS, LINE_STYLES, RC, freeze_layout, house_style, new_figure
from helpers.figures.words import describe, say
from helpers.schedules import constant, exponential_decay

X = np.linspace(-2, 2, 5)


def axes_with(draw, **options):
    figure, axes = new_figure(**options)
    axes.set(xlabel="x", ylabel="y", title="T")
    draw(axes)
    return describe(figure)


@pytest.mark.parametrize(
    ("y", "words"),
    [
        (X, "rises from -2 at x = -2 through -1 at x = -1 and 0 at x = 0 and 1 at x = 1 to 2 at x = 2"),
        (-X, "falls from 2 at x = -2 through 1 at x = -1 and 0 at x = 0 and -1 at x = 1 to -2 at x = 2"),
        (
            X**2,
            "runs from 4 at x = -2 through 1 at x = -1 and 0 at x = 0 and 1 at x = 1 to 4 at x = 2; "
            "lowest 0 at 0, highest 4 at -2",
        ),
        (0 * X + 3, "stays at 3 from x = -2 to 2"),
        (
            np.where(X > 1, np.nan, X),
            "rises from -2 at x = -2 through -1 at x = -1 and 0 at x = 0 to 1 at x = 1; 1 of 5 points",
        ),
        (np.nan * X, "empty; 5 of 5 points are not finite numbers"),
        (np.full(5, np.inf), "empty; 5 of 5 points are not finite numbers"),
    ],
)
def test_a_curve_is_told_from_its_own_numbers(y, words):
    told = axes_with(lambda axes: axes.plot(X, y, label="$f$"))
    assert told.startswith("Plot: T (y against x).\n- curve 'f': ")
    assert words in told


@pytest.mark.parametrize(
    ("points", "between"),
    [
        (2, ""),
        (3, " through 1 at x = 1"),
        (6, " through 1 at x = 1 and 2 at x = 2 and 3 at x = 3 and 4 at x = 4"),
        (7, " through 2 at x = 2 and 4 at x = 4"),
    ],
)
def test_of_a_few_points_all_are_told_of_more_two_between(points, between):
    told = axes_with(lambda axes: axes.plot(np.arange(points), np.arange(points)))
    assert f"rises from 0 at x = 0{between} to {points - 1} at x = {points - 1}" in told


def test_a_path_that_turns_round_is_told_as_a_path():
    told = axes_with(lambda axes: axes.plot([0, 2, 1], [5, 6, 7]))
    assert "3 points from 5 at x = 0 through 6 at x = 2 to 7 at x = 1, within 0 to 2 across and 5 to 7 up" in told


def test_empty_axes_say_so():
    assert axes_with(lambda axes: None).endswith("- nothing is drawn")


def test_hidden_curves_are_not_told():
    assert "nothing is drawn" in axes_with(lambda axes: axes.plot(X, X, visible=False))


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda a: a.plot(X, X, "o", linestyle="none", label="p"), "points 'p': rises from -2"),
        (lambda a: a.axhline(0.25, label="bound"), "curve 'bound': a horizontal line at 0.25"),
        (lambda a: a.axvline(3), "curve: a vertical line at 3"),
        (lambda a: a.bar(["one", "two"], [1, 4], label="b"), "2 bars 'b': one: 1, two: 4"),
        (lambda a: a.barh(["one", "two"], [1, 4]), "2 bars: one: 1, two: 4"),
        (
            lambda a: a.scatter([0, 2], [1, 3], label="s"),
            "points 's': 2, 0 to 2 across and 1 to 3 up, centre (1, 2)",
        ),
        (lambda a: a.scatter([0, np.nan], [1, 3]), "points: 1, 1 not finite, 0 to 0 across"),
        (lambda a: a.fill_between(X, 0 * X, X**2, label="w"), "band 'w': -2 to 2 across and 0 to 4 up"),
        (lambda a: a.vlines(X, 0, 1), "5 line pieces: -2 to 2 across and 0 to 1 up"),
        (lambda a: a.imshow([[0, 1], [2, 5]]), "image of 2 by 2 values from 0 to 5, mean 2"),
        (lambda a: a.contour([[0, 1], [1, 2]], [0.5, 1.5]), "contours at 0.5, 1.5"),
        (lambda a: a.text(0, 0, "26 parameters"), "notes: 26 parameters"),
    ],
)
def test_each_kind_of_drawing_is_told(draw, words):
    assert words in axes_with(draw)


def test_many_bars_are_told_by_the_first_the_last_and_the_highest():
    told = axes_with(lambda axes: axes.bar(range(20), [*range(19), 99]))
    assert "20 bars: 0: 0, 1: 1, 2: 2, ... highest 99 ..., 17: 17, 18: 18, 19: 99" in told


def test_several_axes_are_told_in_order():
    figure, (left, right) = new_figure(2)
    left.plot(X, X)
    right.set_title("second")
    figure.suptitle("Both")
    told = describe(figure)
    assert told.startswith("Figure: Both.\nPanel 1 (y against x).")
    assert "\nPanel 2: second" in told


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (1234.56, "1.23e+03"),
        (1024, "1024"),
        (1e9, "1e+09"),
        (0.25, "0.25"),
        (-1e-9, "-1e-09"),
        (5e-324, "4.94e-324"),
        (-0.0, "0"),
        (np.inf, "inf"),
        (np.nan, "nan"),
    ],
)
def test_numbers_are_told_to_three_digits(value, words):
    assert say(value) == words


@pytest.mark.parametrize("value", [0.125, 2.675, 1024, 999.5, 3])
def test_the_last_digit_of_a_processor_is_not_told(value):
    assert say(np.nextafter(value, np.inf)) == say(value) == say(np.nextafter(value, -np.inf))


def test_what_is_tiny_only_through_rounding_reads_zero_on_an_even_scale_but_not_on_a_logarithmic_one():
    def draw(axes):
        axes.plot([0, 1], [1, 1e-9])

    assert "to 0 at x = 1" in axes_with(draw)
    assert "to 1e-09 at x = 1" in axes_with(lambda axes: (draw(axes), axes.set_yscale("log")))


# -- two pictures that look different have different words, two that look alike have the same ----------------------

DAYS = np.arange(40.0)
CORNER = [[0, 0], [1, 0], [1, 1]]


def arrow(a, start, end):
    a.annotate("", end, start, arrowprops={"arrowstyle": "->"})


def circle(a, radius):
    a.add_patch(Circle((0, 0), radius))
    a.autoscale()


def legend(a, labels):
    a.legend(a.plot(X, X, X, -X), labels, title="sizes")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (lambda a: a.bar([1, 2], [3e-7, 9e-7]), lambda a: a.bar([1, 2], [4e-7, 9e-7])),
        (lambda a: a.bar([1, 2], [1, 2], bottom=[1, 0]), lambda a: a.bar([1, 2], [1, 2])),
        (lambda a: a.bar([1, 2], [1, 2], width=0.4), lambda a: a.bar([1, 2], [1, 2])),
        (lambda a: a.bar(DAYS, DAYS % 7), lambda a: a.bar(DAYS, np.where(DAYS == 20, 3, DAYS % 7))),
        (lambda a: a.axhline(1e-8), lambda a: a.axhline(1e-12)),
        (lambda a: a.axvline(1e-8), lambda a: a.axvline(1e-12)),
        (lambda a: a.axhline(1, 0, 0.5), lambda a: a.axhline(1)),
        (lambda a: a.axline((0, 0), slope=1), lambda a: a.axline((0, 0), slope=2)),
        (lambda a: a.contour(np.eye(3), [1e-8]), lambda a: a.contour(np.eye(3), [1e-12])),
        (lambda a: a.contour(np.eye(3), [0.5]), lambda a: a.contour(np.eye(3)[::-1], [0.5])),
        (lambda a: a.scatter(X * 1e-8, X), lambda a: a.scatter(X * 3e-8, X)),
        (lambda a: a.scatter(X, X), lambda a: a.scatter(X, -X)),
        (lambda a: a.scatter(DAYS, DAYS % 7), lambda a: a.scatter(DAYS, DAYS[::-1] % 7)),
        (lambda a: a.scatter(X, X, c=X), lambda a: a.scatter(X, X, c=-X)),
        (lambda a: a.scatter(X, X, s=X + 9), lambda a: a.scatter(X, X, s=9 - X)),
        (lambda a: a.errorbar(X, X, 0.1), lambda a: a.errorbar(X, X, 0.2)),
        (lambda a: a.errorbar(X, X, X + 3), lambda a: a.errorbar(X, X, 3 - X)),
        (lambda a: a.fill_between(X, X**2), lambda a: a.fill_between(X, 2 * abs(X))),
        (lambda a: a.fill_between(X, X * 1e-8), lambda a: a.fill_between(X, X * 2e-8)),
        (lambda a: a.fill_between(X, X), lambda a: a.fill_between(X, X, where=X < 1.5)),
        (lambda a: a.plot(DAYS, np.where(DAYS > 20, 1, 0)), lambda a: a.plot(DAYS, np.where(DAYS > 16, 1, 0))),
        (
            lambda a: a.semilogy(DAYS, np.where(DAYS > 20, 0.1, 1)),
            lambda a: a.semilogy(DAYS, np.where(DAYS > 16, 0.1, 1)),
        ),
        (lambda a: a.plot(X, 1 + 1e-5 * X), lambda a: a.plot(X, 1 + 2e-5 * X)),
        (lambda a: a.step(X, X), lambda a: a.plot(X, X)),
        (lambda a: a.step(X, X, where="pre"), lambda a: a.step(X, X, where="post")),
        (lambda a: a.plot([0.5], [0.5], "o"), lambda a: a.plot([0.5], [0.5], "o", transform=a.transAxes)),
        (lambda a: a.vlines(X, 0, X + 3), lambda a: a.vlines(X, 0, 3 - X)),
        (lambda a: a.vlines(DAYS, 0, DAYS % 7), lambda a: a.vlines(DAYS, 0, DAYS[::-1] % 7)),
        (lambda a: a.quiver(X, X, X, X), lambda a: a.quiver(X, X, X, -X)),
        (lambda a: a.quiver(X, X, X, X), lambda a: a.quiver(X + 1, X, X, X)),
        (lambda a: a.pcolormesh(np.eye(3)), lambda a: a.pcolormesh(1 - np.eye(3))),
        (lambda a: a.hexbin(X, X), lambda a: a.hexbin(X, -X)),
        (lambda a: a.imshow([[1e-9, 2e-9]]), lambda a: a.imshow([[1e-9, 3e-9]])),
        (lambda a: a.imshow(np.eye(9)), lambda a: a.imshow(np.eye(9)[::-1])),
        (lambda a: a.imshow(np.eye(9)[1:]), lambda a: a.imshow(np.eye(9)[:-1])),
        (lambda a: a.imshow(np.eye(2)), lambda a: a.imshow(np.eye(2)[::-1])),
        (lambda a: a.imshow(np.eye(9)), lambda a: a.imshow(np.eye(9), origin="lower")),
        (lambda a: a.imshow(np.eye(9)), lambda a: a.imshow(np.eye(9), cmap="gray")),
        (lambda a: a.imshow(np.eye(9)), lambda a: a.imshow(np.eye(9), vmax=3)),
        (lambda a: a.imshow(np.eye(9)), lambda a: a.imshow(np.eye(9), extent=(0, 1, 0, 1))),
        (lambda a: a.imshow(np.eye(9) + 1), lambda a: a.imshow(np.eye(9) + 1, norm="log")),
        (lambda a: a.imshow(np.eye(9)), lambda a: (a.imshow(np.eye(9)), a.invert_xaxis())),
        (lambda a: a.imshow(np.zeros((2, 2, 3))), lambda a: a.imshow(np.full((2, 2, 3), [1.0, 0, 0]))),
        (lambda a: a.imshow(np.eye(9)), lambda a: a.figure.colorbar(a.imshow(np.eye(9)))),
        (
            lambda a: a.figure.colorbar(a.imshow(np.eye(9)), label="heat"),
            lambda a: a.figure.colorbar(a.imshow(np.eye(9)), label="cost"),
        ),
        (lambda a: a.add_patch(Rectangle((0, 0), 1, 2)), lambda a: a.add_patch(Rectangle((0, 0), 2, 1))),
        (lambda a: circle(a, 1e-8), lambda a: circle(a, 2e-8)),
        (lambda a: a.add_patch(Polygon(CORNER)), lambda a: a.add_patch(Polygon([[0, 0], [0, 1], [1, 1]]))),
        (
            lambda a: a.add_collection(PatchCollection([Rectangle((0, 0), 1, 1), Rectangle((2, 2), 1, 1)])),
            lambda a: a.add_collection(PatchCollection([Rectangle((2, 0), 1, 1), Rectangle((0, 2), 1, 1)])),
        ),
        (lambda a: a.stairs([1, 2, 3]), lambda a: a.stairs([1, 3, 2])),
        (lambda a: a.axvspan(1, 2), lambda a: a.axvspan(1, 3)),
        (lambda a: a.arrow(0, 0, 1, 1), lambda a: a.arrow(1, 1, -1, -1)),
        (lambda a: arrow(a, (0, 0), (1, 1)), lambda a: arrow(a, (1, 1), (0, 0))),
        (lambda a: a.annotate("A", (0, 0)), lambda a: a.annotate("A", (0, 1))),
        (lambda a: a.text(0.5, 0.5, "A", ha="left"), lambda a: a.text(0.5, 0.5, "A", ha="right")),
        (lambda a: a.text(0.5, 0.5, "A"), lambda a: a.text(0.5, 0.6, "A")),
        (lambda a: a.text(0.5, 0.5, "A"), lambda a: a.text(0.5, 0.5, "A", transform=a.transAxes)),
        (lambda a: a.set_xlim(0, 2), lambda a: a.set_xlim(0, 3)),
        (lambda a: a.set_xlim(0, 2), lambda a: a.set_xlim(2, 0)),
        (lambda a: a.plot(X, X), lambda a: (a.plot(X, X), a.invert_yaxis())),
        (lambda a: a.plot(X + 3, X), lambda a: (a.plot(X + 3, X), a.set_xscale("log"))),
        (lambda a: a.plot(X, X), lambda a: (a.plot(X, X), a.set_yscale("symlog"))),
        (lambda a: a.plot(["cat", "dog"], [1, 2]), lambda a: a.plot(["cat", "cow"], [1, 2])),
        (lambda a: a.set_yticks([0, 1], ["one", "two"]), lambda a: a.set_yticks([0, 1], ["two", "one"])),
        (lambda a: legend(a, ["small", "large"]), lambda a: legend(a, ["large", "small"])),
        (lambda a: a.plot(X, X, label="a"), lambda a: (a.plot(X, X, label="a"), a.legend())),
        (lambda a: a.table([["1", "2"]]), lambda a: a.table([["1", "3"]])),
        (lambda a: a.set_title("A", loc="right"), lambda a: a.set_title("B", loc="right")),
        (lambda a: a.inset_axes([0, 0, 1, 1]).plot(X, X), lambda a: a.inset_axes([0, 0, 1, 1]).plot(X, -X)),
        (lambda a: a.figure.text(0, 0, "A"), lambda a: a.figure.text(0, 0, "B")),
        (lambda a: a.figure.legend(a.plot(X, X), ["A"]), lambda a: a.figure.legend(a.plot(X, X), ["B"])),
    ],
)
def test_pictures_that_look_different_have_different_words(one, other):
    assert axes_with(one) != axes_with(other)


@pytest.mark.parametrize(
    ("clean", "rounded"),
    [
        (lambda a: a.plot([0, 1, 2], [0, 0.5, 1]), lambda a: a.plot([1e-17, 1, 2], [-2e-17, 0.5, 1])),
        (lambda a: a.plot(X, [1, 1, 1, 1, 1]), lambda a: a.plot(X, [1, 1 - 1e-16, 1, 1 + 2e-16, 1])),
        (lambda a: a.plot(X, [0, 1, 1, 1, 2]), lambda a: a.plot(X, [0, 1, 1 - 1e-16, 1, 2])),
        (lambda a: a.semilogy(X, [9, 1, 1, 1, 0.1]), lambda a: a.semilogy(X, [9, 1, 1, 1 + 4e-16, 0.1])),
        (lambda a: a.plot(X, [3, 1, 2, 1, 3]), lambda a: a.plot(X, [3, 1, 2, 1 - 1e-16, 3 + 4e-16])),
        (lambda a: a.plot([0, 1, 1, 2], [4, 3, 2, 1]), lambda a: a.plot([0, 1, 1 - 1e-16, 2], [4, 3, 2, 1])),
        (lambda a: a.plot(X, X, X, 0 * X), lambda a: a.plot(X, X, X, [1e-17, -1e-17, 0, 1e-17, 0])),
        (lambda a: a.bar([0, 1], [0, 1]), lambda a: a.bar([1e-17, 1], [-1e-16, 1])),
        (lambda a: a.scatter([0, 1], [0, 1]), lambda a: a.scatter([1e-17, 1], [-1e-17, 1])),
        (lambda a: a.quiver(X, X, 1, 0), lambda a: a.quiver(X, X, 1, 1e-17 * X)),
        (lambda a: a.imshow(np.ones((5, 5))), lambda a: a.imshow(np.ones((5, 5)) + np.spacing(1) * np.eye(5))),
        (lambda a: a.set_ylim(0, 1), lambda a: a.set_ylim(-1e-17, 1)),
    ],
)
def test_rounding_is_not_told(clean, rounded):
    assert axes_with(clean) == axes_with(rounded)


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda a: a.loglog([1, 2], [1, 2]), "- axes: x logarithmic, y logarithmic\n"),
        (lambda a: a.set_yscale("symlog"), "- axes: y logarithmic on both sides of 0\n"),
        (lambda a: a.set(xlim=(-6, 6), ylim=(3, 0)), "- axes: x from -6 to 6, y from 3 down to 0\n"),
        (lambda a: a.bar([1, 2], [3e-7, 9e-7]), "2 bars: 1: 3e-07, 2: 9e-07"),
        (lambda a: a.bar([1], [3]), "- 1 bar: 1: 3"),
        (lambda a: a.bar(DAYS, 0 * DAYS), "highest 0 ..., 37: 0, 38: 0, 39: 0; highest at 0, in all 0"),
        (lambda a: a.bar([1, 2], [np.nan, np.nan]), "- 2 bars, none of them finite"),
        (lambda a: a.bar(DAYS, [np.nan, *DAYS[1:]]), "0: nan, 1: 1, 2: 2, ... highest 39 ..., 37: 37, 38: 38, 39: 39"),
        (lambda a: a.imshow([[np.nan, 1], [2, 3]]), "values from 1 to 3, mean 2, 1 missing: none, 1, 2, 3; "),
        (lambda a: a.secondary_xaxis("top"), "Plot: T (y against x).\n- nothing is drawn"),
        (lambda a: a.vlines(1, 0, 1), "- 1 line piece: "),
        (lambda a: a.axvspan(1, 2), "1 shape (rectangle): 1 to 2 across and 0 % to 100 % up"),
        (lambda a: a.add_patch(Circle((1, 2), 1)), "1 shape (circle): 0 to 2 across and 1 to 3 up"),
        (lambda a: (a.axvspan(1, 2), a.axvspan(3, 4)), "2 shapes (rectangle): 1 to 2"),
        (
            lambda a: a.quiver([0, 1], [2, 3], [1, 0], [0, -1]),
            "2 arrows: 0 to 1 across and 2 to 3 up; (1, 0) at (0, 2)",
        ),
        (lambda a: a.quiver([0], [0], [1], [1]), "1 arrow: "),
        (lambda a: arrow(a, (0, 1), (2, 3)), "1 arrow: (0, 1) to (2, 3)"),
        (lambda a: a.text(1, 2, "A"), "notes: A at (1, 2)"),
        (lambda a: a.set_yticks([0, 1], ["one", "two"]), "- along y: one at 0, two at 1"),
        (lambda a: legend(a, ["small", "large"]), "- legend 'sizes': 'small', 'large'"),
        (lambda a: a.imshow([[0, 1], [2, 5]]), "mean 2: 0, 1, 2, 5; colours viridis"),
        (lambda a: a.scatter([0, 2], [1, 3], c=[5, 7]), "; coloured by values from 5 to 7, mean 6: 5, 7"),
        (lambda a: a.step(X, X), "curve in steps-pre: rises"),
    ],
)
def test_scales_positions_and_numbers_are_told(draw, words):
    assert words in axes_with(draw)


# -- pictures ------------------------------------------------------------------------------------------------------


@described_figure
def sample():
    """One line."""
    figure, axes = new_figure(height=2)
    axes.plot(X, X)
    return figure


@described_figure
def all_sorts():
    """Return what depends on many of matplotlib's settings: curves, formulas, small and large ticks, bars, an image."""
    figure, (left, middle, right) = new_figure(3)
    x = np.linspace(0, 10, 1001)
    left.semilogy(x, np.exp(-x) * (1.1 + np.sin(9 * x)), label="$x_1$")
    left.legend()
    middle.plot(x * 1e6, -np.sin(x) * 1e-7)
    middle.set(xlabel=r"size $\alpha$", title="-1")
    middle.bar([1e6, 2e6], [-1e-7, 5e-8], width=1e5)
    middle.text(0, 0, r"$-\frac{x}{2}$")
    middle.set_yticks([-1e-7, 0], ["low", "$-0$"])
    right.imshow(np.eye(3))
    return figure


def test_a_figure_shows_its_picture_and_its_words():
    shown = sample()
    assert isinstance(shown, DescribedFigure)
    data, metadata = shown._repr_mimebundle_()
    assert set(data) == {"text/plain", "image/png"}  # nothing besides what is stored
    assert data["text/plain"] == shown.description == repr(shown) == metadata["image/png"]["alt"]
    assert (metadata["image/png"]["width"], metadata["image/png"]["height"]) == (800, 200)
    picture = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
    assert picture.size == (800, 200) and picture.mode == "RGB"
    assert picture.getpixel((0, 0)) == (255, 255, 255)


def test_a_figure_that_was_changed_later_tells_what_it_shows_now():
    shown = sample()
    shown.figure.axes[0].set_title("changed")
    assert "changed" in shown.description and shown._repr_mimebundle_()[1]["image/png"]["alt"] == shown.description


def test_a_figure_looks_the_same_each_time_it_is_shown():
    shown = all_sorts()
    assert shown.png() == shown.png() == all_sorts().png()


def test_a_figure_keeps_its_functions_name_and_signature():
    assert sample.__name__ == "sample" and sample.__doc__ == "One line." and sample.__wrapped__ is not None
    assert list(inspect.signature(chapter2.schedule_curves).parameters) == ["schedules", "steps"]


#: What a reader may have set, in a matplotlibrc or by hand. Many of these are read only when a figure is drawn.
HOSTILE = {
    "agg.path.chunksize": 100,
    "axes.autolimit_mode": "round_numbers",
    "axes.facecolor": "black",
    "axes.formatter.limits": (-1, 1),
    "axes.formatter.min_exponent": 5,
    "axes.formatter.use_locale": True,
    "axes.formatter.use_mathtext": False,
    "axes.unicode_minus": False,
    "axes.xmargin": 0.4,
    "figure.autolayout": True,
    "figure.dpi": 50,
    "font.family": ["DejaVu Serif"],
    "font.size": 20,
    "image.origin": "lower",
    "lines.dashed_pattern": (1, 9),
    "lines.linewidth": 9,
    "mathtext.default": "bf",
    "mathtext.fontset": "cm",
    "path.simplify": False,
    "path.simplify_threshold": 1.0,
    "path.sketch": (1, 100, 2),
    "savefig.bbox": "tight",
    "savefig.dpi": 30,
    "savefig.facecolor": "red",
    "text.antialiased": False,
    "text.hinting": "none",
    "text.parse_math": False,
    "text.usetex": True,
    "xtick.minor.visible": True,
}


def test_pictures_and_words_do_not_depend_on_the_readers_settings():
    expected, made_before = all_sorts(), all_sorts()
    with matplotlib.rc_context(HOSTILE):
        before = dict(matplotlib.rcParams)
        for shown in (all_sorts(), made_before):
            freeze_layout(shown.figure)
            assert shown.description == expected.description and shown.png() == expected.png()
        assert dict(matplotlib.rcParams) == before


def test_a_generator_draws_in_house_style_and_gives_the_readers_settings_back_between_its_steps():
    closed = []

    @house_style
    def steps():
        try:
            for _ in range(2):
                yield matplotlib.rcParams["lines.linewidth"]
        finally:
            closed.append(True)

    with matplotlib.rc_context({"lines.linewidth": 9}):
        for width in steps():
            assert (width, matplotlib.rcParams["lines.linewidth"]) == (RC["lines.linewidth"], 9)
        assert closed == [True]
        early = steps()
        next(early)
        early.close()
        assert closed == [True, True] and matplotlib.rcParams["lines.linewidth"] == 9


@house_style
def test_no_curve_is_told_by_its_colour_alone():
    _, axes = new_figure()
    lines = [axes.plot(X, X + i)[0] for i in range(len(COLOURS))]
    assert len({line.get_color() for line in lines}) == len({str(line._dash_pattern) for line in lines}) == len(COLOURS)
    assert len(COLOURS) == len(LINE_STYLES)


def luminance(colour):
    """Return the relative luminance of a colour as the Web Content Accessibility Guidelines define it."""
    rgb = np.array(matplotlib.colors.to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("colour", [c for c in COLOURS if c not in ("#56b4e9", "#e69f00")])
def test_colours_stand_out_from_white(colour):
    """3:1 is what the guidelines ask of graphics; sky blue and amber miss it and come last in the cycle."""
    assert 1.05 / (luminance(colour) + 0.05) >= 3


# -- chapter 2 -----------------------------------------------------------------------------------------------------


def run(rate, steps=10):
    return gradient_descent(lambda w: (w + 1) ** 2, lambda w: 2 * (w + 1), 5.0, rate, steps)


def test_bowl_paths_tell_each_path():
    told = chapter2.bowl_paths({"slow": run(0.1), "edge": run(1.0)}).description
    assert "Panel 1: slow" in told and "Panel 2: edge" in told
    assert "from 36 at w = 5" in told and "within -7 to 5 across and 36 to 36 up" in told


def test_distances_tell_how_far_each_run_is():
    told = chapter2.distances({"0.2": run(0.2).parameters}).description
    assert (
        "curve '0.2': falls from 6 at step = 0 through 1.3 at step = 3 and 0.168 at step = 7 to 0.0363 at step = 10"
        in told
    )


def test_schedule_curves_tell_each_schedule():
    told = chapter2.schedule_curves({"c": constant(0.1), "e": exponential_decay(1.0, 0.5, 10)}, 20).description
    assert "curve 'c': stays at 0.1" in told and "through 0.631 at step = 6.65" in told


def test_training_spread_tells_the_median_and_the_range():
    told = chapter2.training_spread({"a": np.array([[1.0, 2.0, 6.0], [0.5, 1.0, 3.0]])}, log=False).description
    assert "curve 'a': falls from 2 at epoch = 1 to 1 at epoch = 2" in told
    assert "band: 1 to 2 across and 0.5 to 6 up" in told
