"""What the live figures of chapters 1 and 2 show, held to a second computation.

Every number here comes from plain formulas or from the numeric core, never from `helpers.live` or `helpers.figures`.
"""

import functools
import random

import ipywidgets
import numpy as np
import pytest
from matplotlib.colors import to_hex

from tests.live_figures import LIVE_FIGURES

BLUE, ORANGE, GREEN, PINK = "#0072b2", "#d55e00", "#009e73", "#cc79a7"
SKY, AMBER, BLACK, GREY = "#56b4e9", "#e69f00", "#222222", "#767676"
#: Points further out are drawn at this distance.
FAR = 1000.0


@functools.cache
def built(name):
    return LIVE_FIGURES[name]()


def grid(control):
    """Return all that a control may be set to, in order."""
    if isinstance(control.value, bool):
        return [False, True]
    if isinstance(control, ipywidgets.SelectionSlider):
        return [value for _, value in control.options]
    if hasattr(control, "options"):
        return list(control.options)
    count = round((control.max - control.min) / control.step)
    return [type(control.value)(control.min + i * control.step) for i in range(count + 1)]


def settings(live, count=6):
    """Yield values for all controls: each at both ends, the others as they start; then all at random."""
    rng, start = random.Random(1), live.values
    for name, control in live.controls.items():
        everything = grid(control)
        choices = everything if isinstance(control, ipywidgets.Dropdown) else (everything[0], everything[-1])
        yield from ({**start, name: value} for value in choices)
    for _ in range(count):
        yield {name: rng.choice(grid(control)) for name, control in live.controls.items()}


def moves(live, each_step=True):
    """Set a figure to many places; yield the values and the readout there.

    Those of `settings` are drawn as for a reader; at each step of each control only the artists are moved.
    """
    live.reset()
    start = live.values
    for values in settings(live):
        live.set(**values)
        yield live.values, live.readout
    for name, control in live.controls.items() if each_step else ():
        for value in grid(control):
            values = {**start, name: value}
            yield values, live._move(**values)
    live.reset()


def axes_of(live):
    return live._figure.axes


def line(axes, label):
    (found,) = [line for line in axes.lines if line.get_label() == label]
    return found


def data(axes, label):
    return np.array(line(axes, label).get_data(), float)


def looks(axes):
    """Return label -> colour, line style and marker of all lines."""
    return {
        line.get_label(): (to_hex(line.get_color()), line.get_linestyle(), line.get_marker()) for line in axes.lines
    }


def words(axes):
    return axes.get_title(), axes.get_xlabel(), axes.get_ylabel()


def labels(live):
    """Return the labels of all controls by their names; no two may be equal."""
    told = {name: control.description for name, control in live.controls.items()}
    assert len(set(told.values())) == len(told)
    return told


def ranges(live):
    """Return lowest and highest value, step and start of each slider."""
    return {
        name: (control.min, control.max, control.step, live.values[name])
        for name, control in live.controls.items()
        if hasattr(control, "step")
    }


def near(got, expected, rtol=1e-7, atol=1e-12):
    got, expected = np.asarray(got, float), np.asarray(expected, float)
    assert expected.ndim == 0 or got.shape == expected.shape
    assert np.allclose(got, expected, rtol=rtol, atol=atol), f"{got} where {expected} was expected"


def near_readout(got, expected, **tolerance):
    """Texts must be equal, numbers near, and the keys the same in the same order."""
    assert list(got) == list(expected)
    for key, value in expected.items():
        if isinstance(value, str):
            assert got[key] == value, key
        else:
            near(got[key], value, **tolerance)


def drawn_path(points):
    return np.clip(points, -FAR, FAR)


# -- chapter 2 -----------------------------------------------------------------------------------------------------


def test_the_path_in_the_bowl_is_that_of_the_update_rule_at_each_setting():
    live = built("descent_on_a_bowl")
    bowl, distance = axes_of(live)
    for values, readout in moves(live):
        w, rate, steps = [values["start"]], values["learning_rate"], values["steps"]
        for _ in range(steps):
            w.append(w[-1] - rate * 2 * (w[-1] + 1))
            rate *= values["decay_rate"]
        w = np.array(w)
        ground = drawn_path(w), drawn_path((w + 1) ** 2)
        near(data(bowl, "path"), ground)
        near(data(bowl, "end"), np.array(ground)[:, -1:])
        near(data(distance, "distance"), (np.arange(steps + 1), abs(w + 1)))
        expected = {
            f"w after {steps} steps": w[-1],
            "loss": (w[-1] + 1) ** 2,
            "factor of the first step": 1 - 2 * values["learning_rate"],
            "last rate": values["learning_rate"] * values["decay_rate"] ** (steps - 1),
        }
        near_readout(readout, expected)


def test_the_bowl_stands_where_the_loss_is_and_its_controls_have_their_names():
    live = built("descent_on_a_bowl")
    bowl, distance = axes_of(live)
    x, y = data(bowl, "loss")
    near((x[0], x[-1]), (-9, 7))
    near(y, (x + 1) ** 2)
    assert words(bowl) == ("The path in the bowl", "parameter w", "loss")
    assert words(distance) == ("How far from the lowest point", "step", "distance |w + 1|")
    assert distance.get_yscale() == "log" and bowl.get_yscale() == "linear"
    assert (bowl.get_xlim(), bowl.get_ylim()) == ((-9, 7), (-2, 66))
    assert (distance.get_xlim(), distance.get_ylim()) == ((0, 60), (1e-9, 1e4))
    assert looks(bowl) == {"loss": (GREY, "-", "None"), "path": (BLUE, "-", "o"), "end": (ORANGE, "None", "s")}
    assert looks(distance) == {"distance": (BLUE, "-", "None")}
    assert labels(live) == {
        "learning_rate": "learning rate",
        "start": "start w",
        "steps": "steps",
        "decay_rate": "decay a step",
    }
    assert ranges(live) == {"start": (-9, 7, 0.1, 5), "steps": (1, 60, 1, 40), "decay_rate": (0.8, 1, 0.01, 1)}


def test_each_schedule_follows_its_formula_at_each_setting():
    live = built("schedules_side_by_side")
    (axes,) = axes_of(live)
    t = np.arange(1001) / 10
    for values, readout in moves(live):
        eta, r, every, warm_up = (values[k] for k in ("initial_rate", "decay_rate", "decay_every", "warmup_steps"))
        drops = np.arange(1001) // (10 * every)
        expected = {
            "constant": np.full(1001, eta),
            "exponential": eta * r ** (t / every),
            "staircase": eta * r**drops,
            "inverse time": eta / (1 + (1 - r) * t / every),
            "cosine": eta * (1 + np.cos(np.pi * t / 100)) / 2,
            "warm-up, then exponential": eta * r ** (t / every) * np.minimum(1, (t + 1) / warm_up),
        }
        assert [line.get_label() for line in axes.lines] == list(expected)
        for name, rates in expected.items():
            near(data(axes, name), (t, rates))
        told = ("exponential", "staircase", "inverse time", "cosine")
        near_readout(readout, {f"{name} at step 50": expected[name][500] for name in told})


def test_schedules_are_told_apart_by_colour_and_style():
    live = built("schedules_side_by_side")
    (axes,) = axes_of(live)
    assert words(axes) == ("", "step", "learning rate")
    assert (axes.get_xlim(), axes.get_ylim()) == ((0, 100), (0, 1.05))
    colours = [colour for colour, _, _ in looks(axes).values()]
    assert colours == [BLUE, ORANGE, GREEN, PINK, AMBER, SKY]
    styles = [line._unscaled_dash_pattern for line in axes.lines]
    assert len({repr(style) for style in styles}) == 6 and styles[0] == (0, None)
    assert [text.get_text() for text in axes.get_legend().get_texts()] == list(looks(axes))
    assert labels(live) == {
        "initial_rate": "initial rate",
        "decay_rate": "decay rate",
        "decay_every": "decay every (steps)",
        "warmup_steps": "warm-up (steps)",
    }
    assert ranges(live) == {
        "initial_rate": (0.01, 1, 0.01, 1),
        "decay_rate": (0.1, 0.99, 0.01, 0.5),
        "decay_every": (1, 50, 1, 20),
        "warmup_steps": (1, 50, 1, 10),
    }


#: Curvatures of the levels of the game of rates.
RATE_LEVELS = {
    "1: curvature 0.5": [0.5],
    "2: curvature 1": [1],
    "3: curvature 4": [4],
    "4: curvature 20": [20],
    "5: curvature 100": [100],
    "6: ravine, 1 and 20": [1, 20],
}


@pytest.fixture
def rate_game():
    """The game with an empty board, before and after."""
    live = built("highest_rate_game")
    if live.board.entries:
        live.board.forget()
    yield live
    if live.board.entries:
        live.board.forget()


@pytest.mark.parametrize("level", RATE_LEVELS)
def test_each_rate_of_the_game_leads_where_its_powers_say(rate_game, level):
    """On a bowl of curvature c a step multiplies w by 1 - rate c."""
    live, curvatures = rate_game, np.array(RATE_LEVELS[level], float)
    ground, law = axes_of(live)
    steps = 40 if len(curvatures) == 1 else 60
    rates = grid(live.controls["learning_rate"])
    assert (rates[0], rates[-1]) == (0.001, 10) and list(live.controls["level"].options) == list(RATE_LEVELS)
    rng = random.Random(0)
    drawn = {rates[0], rates[-1], rng.choice(rates)}
    for rate in rates:
        if rate in drawn:
            live.set(level=level, learning_rate=rate)
            readout = live.readout
        else:
            readout = live._move(level=level, learning_rate=rate)
        w = 4 * (1 - rate * curvatures) ** np.arange(steps + 1)[:, np.newaxis]
        expected = {"steps": steps, "distance left": np.sqrt((w[-1] ** 2).sum()), "goal": "at most 0.05"}
        near_readout(readout, expected, rtol=1e-6)
        if len(curvatures) == 1:
            (c,) = curvatures
            points = drawn_path(np.array([w[:, 0], c / 2 * w[:, 0] ** 2]))
            x, y = data(ground, "loss")
            near((x[0], x[-1]), (-8, 8))
            near(y, c / 2 * x**2)
            assert words(ground) == (f"Level {level}, 40 steps", "w", "loss")
            near(ground.get_ylim(), (-c, 32 * c))
        else:
            points = drawn_path(w.T)
            assert data(ground, "loss").size == 0
            title = f"Level {level}, 60 steps"
            assert words(ground) == (title, "$w_1$ (curvature 1)", "$w_2$ (curvature 20)")
            near(ground.get_ylim(), (-8, 8))
        near(data(ground, "path"), points, rtol=1e-6)
        near(data(ground, "end"), points[:, -1:], rtol=1e-6)
        near(data(law, "this rate"), [[max(curvatures)], [rate]])
        (contours,) = ground.collections
        assert contours.get_visible() == (len(curvatures) == 2)


def test_the_ground_of_the_ravine_shows_its_loss(rate_game):
    ground, _ = axes_of(rate_game)
    (contours,) = ground.collections
    near(contours.levels, [5, 20, 50, 100, 200])
    assert to_hex(contours.get_edgecolor()[0]) == GREY
    for height, path in zip(contours.levels, contours.get_paths(), strict=True):
        x, y = path.vertices.T
        assert abs((x**2 + 20 * y**2) / 2 / height - 1).max() < 0.02 or height == 5
        assert abs((x**2 + 20 * y**2) / 2 / height - 1).max() < 0.2


def test_the_law_of_the_game_is_two_over_the_curvature(rate_game):
    live = rate_game
    _, law = axes_of(live)
    missed, solved = [], []
    for level, rate in (("6: ravine, 1 and 20", 0.2), ("5: curvature 100", 0.01), ("1: curvature 0.5", 3.0)):
        assert data(law, "limit, after 3 bowls").size == 0
        live.set(level=level, learning_rate=rate)
        live.board.register()
        c = max(RATE_LEVELS[level])
        (solved if live.readout["distance left"] <= 0.05 else missed).append((c, rate))
        near(data(law, "solved"), np.reshape(solved, (-1, 2)).T)
        near(data(law, "not solved"), np.reshape(missed, (-1, 2)).T)
    assert missed == [(20, 0.2)]
    live.set(level="3: curvature 4", learning_rate=0.43)
    live.board.register()
    x, y = data(law, "limit, after 3 bowls")
    assert len(x) >= 2 and x.min() <= 0.5 and x.max() >= 100
    near(x * y, 2)
    assert f"✓ solved, highest rate {3:.3g} (1 registered)" in live.board.html
    w = 4 * np.array([1 - 0.2 * 1, 1 - 0.2 * 20]) ** 60
    assert f"✗ not yet: rate 0.2 leaves a distance of {np.hypot(*w):.3g}" in live.board.html
    assert live.board.html.count("not tried yet") == 2


def test_the_game_of_rates_looks_and_is_named_as_it_is_told(rate_game):
    ground, law = axes_of(rate_game)
    assert words(law) == ("What you registered", "largest curvature", "learning rate")
    assert (law.get_xscale(), law.get_yscale(), law.get_xlim(), law.get_ylim()) == (
        "log",
        "log",
        (0.3, 200),
        (1e-3, 10),
    )
    assert looks(ground) == {"loss": (GREY, "-", "None"), "path": (BLUE, "-", "o"), "end": (ORANGE, "None", "s")}
    assert looks(law) == {
        "this rate": (ORANGE, "None", "s"),
        "solved": (GREEN, "None", "o"),
        "not solved": (BLUE, "None", "x"),
        "limit, after 3 bowls": (GREY, "--", "None"),
    }
    assert labels(rate_game) == {"level": "level", "learning_rate": "learning rate"}
    rate_game.reset()
    assert rate_game.values == {"level": "1: curvature 0.5", "learning_rate": 0.01}
