"""Figures say in words what they show: a wrong curve must make wrong words."""

import base64
import io

import matplotlib
import numpy as np
import pytest
from PIL import Image

from helpers.descent import gradient_descent
from helpers.figures import learning_rate as chapter2
from helpers.figures.described import DescribedFigure, describe, described_figure, say
from helpers.figures.style import COLOURS, LINE_STYLES, RC, house_style, new_figure
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
    assert "20 bars: 0.0: 0, 1: 1, 2: 2, ... highest 99 ..., 17: 17, 18: 18, 19: 99" in told


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
        (-1e-9, "0"),
        (np.inf, "inf"),
        (np.nan, "nan"),
    ],
)
def test_numbers_are_told_to_three_digits(value, words):
    assert say(value) == words
    assert say(1e-9, unit=0) == "1e-09"


def test_what_is_tiny_only_through_rounding_reads_zero_on_an_even_scale_but_not_on_a_logarithmic_one():
    def draw(axes):
        axes.plot([0, 1], [1, 1e-9])

    assert "to 0 at x = 1" in axes_with(draw)
    assert "to 1e-09 at x = 1" in axes_with(lambda axes: (draw(axes), axes.set_yscale("log")))


# -- pictures ------------------------------------------------------------------------------------------------------


@described_figure
def sample():
    """One line."""
    figure, axes = new_figure(height=2)
    axes.plot(X, X)
    return figure


def test_a_figure_shows_its_picture_and_its_words():
    shown = sample()
    assert isinstance(shown, DescribedFigure)
    data, metadata = shown._repr_mimebundle_()
    assert data["text/plain"] == shown.description == repr(shown) == metadata["image/png"]["alt"]
    picture = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
    assert picture.size == (800, 200) and picture.mode == "RGB"
    assert picture.getpixel((0, 0)) == (255, 255, 255)
    assert f'alt="{shown.description.splitlines()[0]}' in data["text/html"]
    assert data["image/png"] in data["text/html"]


def test_alternative_text_cannot_break_out_of_its_quotes():
    figure, axes = new_figure()
    axes.set_title('"><script>')
    data, _ = DescribedFigure(figure)._repr_mimebundle_()
    assert "<script>" not in data["text/html"] and "&quot;&gt;&lt;script&gt;" in data["text/html"]


def test_the_house_style_does_not_depend_on_the_readers_settings():
    first = sample().png()
    with matplotlib.rc_context({"lines.linewidth": 9, "axes.facecolor": "black", "figure.dpi": 50}):
        assert sample().png() == first
    assert matplotlib.rcParams["lines.linewidth"] != RC["lines.linewidth"] or matplotlib.rcParams["axes.grid"] is False


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
