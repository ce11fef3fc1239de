"""What the live figures of chapters 1 and 2 show, held to a second computation.

Every number here comes from plain formulas or from the numeric core, never from `helpers.live` or `helpers.figures`.
"""

import csv
import functools
import random
import tomllib
from pathlib import Path

import ipywidgets
import numpy as np
import pytest
from matplotlib.colors import to_hex

from helpers.datasets import data_folder, digits, pooled_digits
from helpers.network import Network
from helpers.training import train
from tests.live_figures import LIVE_FIGURES, MEANT, steps_of, words

BLUE, ORANGE, GREEN, PINK = "#0072b2", "#d55e00", "#009e73", "#cc79a7"
SKY, AMBER, BLACK, GREY = "#56b4e9", "#e69f00", "#222222", "#767676"
#: Points further out are drawn at this distance.
FAR = 1000.0
PARTS = "first", "second"
CONTROLS = Path(__file__).with_name("controls.toml")


@functools.cache
def built(name):
    return LIVE_FIGURES[name]()


def settings(live, count=6):
    """Yield values for all controls: each at both ends, the others as they start; then all at random."""
    rng, start = random.Random(1), live.values
    for name, control in live.controls.items():
        everything = steps_of(control)
        choices = everything if isinstance(control, ipywidgets.Dropdown) else (everything[0], everything[-1])
        yield from ({**start, name: value} for value in choices)
    for _ in range(count):
        yield {name: rng.choice(steps_of(control)) for name, control in live.controls.items()}


def moves(live, most=50):
    """Set a figure to many places; yield the values and the readout there.

    Those of `settings` are drawn as for a reader; at each step of each control only the artists are moved. Of a control
    with more than `most` steps only the first ten are taken, and some of the others.
    """
    live.reset()
    start = live.values
    for values in settings(live):
        live.set(**values)
        yield live.values, live.readout
    for name, control in live.controls.items():
        steps = steps_of(control)
        for value in steps if len(steps) <= most else steps[:10] + steps[10 :: len(steps) // most + 1]:
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
            f"w after {steps} step{'s' * (steps > 1)}": w[-1],
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
    assert words(bowl) == ("The path in the bowl", "parameter w", "loss"), MEANT
    assert words(distance) == ("How far from the lowest point", "step", "distance |w + 1|"), MEANT
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
    assert words(axes) == ("", "step", "learning rate"), MEANT
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
    rates = steps_of(live.controls["learning_rate"])
    assert (rates[0], rates[-1]) == (0.001, 10) and list(live.controls["level"].options) == list(RATE_LEVELS)
    rng = random.Random(0)
    drawn = {rates[0], rates[-1], rng.choice(rates)}
    for rate in sorted({*rates[::3], *drawn}):
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
            assert words(ground) == (f"Level {level}, 40 steps", "w", "loss"), MEANT
            near(ground.get_ylim(), (-c, 32 * c))
        else:
            points = drawn_path(w.T)
            assert data(ground, "loss").size == 0
            title = f"Level {level}, 60 steps"
            assert words(ground) == (title, "$w_1$ (curvature 1)", "$w_2$ (curvature 20)"), MEANT
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
    tries = (
        ("6: ravine, 1 and 20", 0.2),
        ("5: curvature 100", 0.01),
        ("1: curvature 0.5", 0.2),
        ("1: curvature 0.5", 3.0),
    )
    for level, rate in tries:
        assert data(law, "limit, after 3 bowls").size == 0
        live.set(level=level, learning_rate=rate)
        live.board.register()
        c = max(RATE_LEVELS[level])
        (solved if live.readout["distance left"] <= 0.05 else missed).append((c, rate))
        near(data(law, "solved"), np.reshape(solved, (-1, 2)).T)
        near(data(law, "not solved"), np.reshape(missed, (-1, 2)).T)
    assert missed == [(20, 0.2), (0.5, 0.2)]
    for level, rate in ("3: curvature 4", 0.43), ("1: curvature 0.5", 2.0):
        live.set(level=level, learning_rate=rate)
        live.board.register()
    x, y = data(law, "limit, after 3 bowls")
    assert len(x) >= 2 and x.min() <= 0.5 and x.max() >= 100
    near(x * y, 2)
    assert f"✓ solved, highest rate {3:.3g} (3 registered)" in live.board.html
    w = 4 * np.array([1 - 0.2 * 1, 1 - 0.2 * 20]) ** 60
    assert f"✗ not yet: rate 0.2 leaves a distance of {np.hypot(*w):.3g}" in live.board.html
    assert live.board.html.count("not tried yet") == 2


def test_the_game_of_rates_looks_and_is_named_as_it_is_told(rate_game):
    ground, law = axes_of(rate_game)
    assert words(law) == ("What you registered", "largest curvature", "learning rate"), MEANT
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


def slopes(batch, w, y):
    """Return the gradient of the mean of squared errors over a batch and ten outputs."""
    return 2 / (10 * len(batch)) * batch.T @ (batch @ w - y)


def trained(x, y, rate, size, epochs=20):
    """Return the weights after each epoch of mini-batches, in the order of the course's first seed."""
    rng, w = np.random.default_rng(0), np.zeros((x.shape[1], y.shape[1]))
    for _ in range(epochs):
        order = rng.permutation(len(x))
        for start in range(0, len(x), size):
            batch = order[start : start + size]
            w = w - rate * slopes(x[batch], w, y[batch])
        yield w


@functools.cache
def samples_of_the_edge(leave_out):
    """Return standardised digits with a column of ones, the ten outputs, the lowest loss and the largest curvature."""
    raw = digits()
    x = (raw.inputs - raw.inputs.mean(axis=0)) / np.where(raw.inputs.std(axis=0) == 0, 1, raw.inputs.std(axis=0))
    keep = np.ones(len(x), bool)
    if leave_out:
        keep[np.argsort((x**2).sum(axis=1))[-3:]] = False
    x = np.column_stack([x, np.ones(len(x))])[keep]
    y = (raw.targets[keep, np.newaxis] == np.arange(10)).astype(float)
    lowest = ((x @ np.linalg.pinv(x) @ y - y) ** 2).mean()
    return x, y, lowest, np.linalg.norm(x, 2) ** 2 * 2 / (10 * len(x))


@np.errstate(over="ignore", invalid="ignore")
def test_training_at_the_edge_is_that_of_plain_matrices():
    live = built("edge_of_training")
    course, plane = axes_of(live)
    sizes = (8, 16, 32, 64, 128, 256)
    live.reset()
    near(data(plane, "2 / curvature")[1], 2 / samples_of_the_edge(False)[3])
    edges = {}
    tried = (("32", 0.11, False), ("64", 3.0, False), ("128", 0.01, True))
    for size, rate, leave_out in tried:
        values = {"batch_size": size, "learning_rate": rate, "leave_out": leave_out}
        live.set(**values)
        x, y, lowest, curvature = samples_of_the_edge(values["leave_out"])
        size = int(values["batch_size"])
        losses = [((x @ w - y) ** 2).mean() for w in trained(x, y, values["learning_rate"], size)]
        above = np.array(losses) - lowest
        shown = np.where(np.isfinite(above), above, np.inf).clip(1e-5, 1e6)
        near(data(course, "this rate"), (np.arange(1, 21), shown), rtol=1e-5, atol=1e-9)
        near(data(plane, "now"), [[size], [values["learning_rate"]]])
        across, edge = data(plane, "edge")
        near(across, sizes)
        assert edges.setdefault(values["leave_out"], tuple(edge)) == tuple(edge)
        expected = {
            "excess loss": f"{above[-1]:.2g}" if np.isfinite(above[-1]) else "overflow",
            "edge here": f"about {edge[sizes.index(size)]:.2g}",
            "2 / curvature": f"{2 / curvature:.3g}",
        }
        assert live.readout == expected
    live.reset()
    assert set(edges) == {False, True}


@np.errstate(over="ignore", invalid="ignore")
def test_the_drawn_edge_lies_between_a_rate_that_holds_and_one_that_runs_away():
    live = built("edge_of_training")
    live.set(learning_rate=0.01, batch_size="256")
    _, plane = axes_of(live)
    for leave_out in (False, True):
        live.set(leave_out=leave_out)
        x, y, *_ = samples_of_the_edge(leave_out)
        for size, edge in data(plane, "edge").T:
            *_, w = trained(x, y[:, [0, 0]], edge * np.array([1, 1.1]), int(size))
            holds = ((x @ w - y[:, :1]) ** 2).mean(axis=0) <= (y[:, 0] ** 2).mean()
            assert tuple(holds) == (True, False), f"batches of {size:.0f} at {edge}"
    live.reset()


def test_the_edge_of_training_looks_and_is_named_as_it_is_told():
    live = built("edge_of_training")
    course, plane = axes_of(live)
    assert words(course) == ("20 epochs of training", "epoch", "loss above the lowest possible"), MEANT
    assert words(plane) == ("Where the edge lies", "batch size", "learning rate"), MEANT
    assert (course.get_yscale(), plane.get_xscale(), plane.get_yscale()) == ("log", "log", "log")
    assert course.get_ylim() == (1e-5, 1e6) and plane.get_ylim() == (0.008, 4)
    assert [text.get_text() for text in plane.get_xticklabels()] == ["8", "16", "32", "64", "128", "256"]
    assert looks(course) == {"this rate": (BLUE, "-", "o")}
    assert looks(plane) == {
        "2 / curvature": (GREY, "--", "None"),
        "edge": (GREEN, "-", "o"),
        "now": (ORANGE, "None", "s"),
    }
    named = {"batch_size": "batch size", "learning_rate": "learning rate", "leave_out": "without 3 images"}
    assert labels(live) == named
    assert list(live.controls["batch_size"].options) == ["8", "16", "32", "64", "128", "256"]
    rates = steps_of(live.controls["learning_rate"])
    assert (rates[0], rates[-1]) == (0.01, 3)


def ravine_walk(rule, rate, beta, second_derivatives, start, steps):
    """Return the path of momentum or of Adam."""
    path, v, s = [start], np.zeros(2), np.zeros(2)
    for t in range(1, steps + 1):
        g = second_derivatives @ path[-1]
        if rule == "momentum":
            v = beta * v + g
            path.append(path[-1] - rate * v)
        else:
            v, s = beta * v + (1 - beta) * g, 0.999 * s + 0.001 * g**2
            path.append(path[-1] - rate * (v / (1 - beta**t)) / (np.sqrt(s / (1 - 0.999**t)) + 1e-8))
    return np.array(path)


def test_each_rule_crosses_the_ravine_as_its_formula_says():
    live = built("rules_in_a_ravine")
    ground, distance = axes_of(live)
    *rings, path, end = ground.lines
    for values, readout in moves(live, most=15):
        turn, c, steps = np.radians(values["turn"]), values["steepness"], values["steps"]
        along, across = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        second = np.outer(along, along) + c * np.outer(across, across)
        start = 4 * along + 4 * across
        w = ravine_walk(values["rule"], values["learning_rate"], values["beta"], second, start, steps)
        left = np.hypot(*w.T)
        near(path.get_data(), drawn_path(w.T), rtol=1e-6, atol=1e-7)
        near(end.get_data(), drawn_path(w[-1:].T), rtol=1e-6, atol=1e-7)
        near(data(distance, "distance"), (np.arange(steps + 1), left), rtol=1e-6, atol=1e-7)
        stays = [n for n in range(steps + 1) if (left[n:] <= 0.05).all()]
        expected = {
            "distance left": left[-1],
            "within 0.05 to stay": f"after {stays[0]} steps" if stays else "not yet",
        }
        near_readout(readout, expected, rtol=1e-6, atol=1e-7)
        for ring, reach in zip(rings, (2, 4, 6), strict=True):
            points = np.array(ring.get_data())
            near((points * (second @ points)).sum(axis=0), reach**2)
            near(points[:, 0], points[:, -1])
            near([abs(along @ points).max(), abs(across @ points).max()], [reach, reach / np.sqrt(c)], rtol=1e-3)


def test_the_ravine_looks_and_is_named_as_it_is_told():
    live = built("rules_in_a_ravine")
    ground, distance = axes_of(live)
    assert words(ground) == ("The ravine from above", "$w_1$", "$w_2$"), MEANT
    assert words(distance) == ("How far from the lowest point", "step", "distance"), MEANT
    assert distance.get_yscale() == "log" and (distance.get_xlim(), distance.get_ylim()) == ((0, 100), (1e-6, 1e3))
    assert ground.get_xlim() == ground.get_ylim() == (-7, 7)
    assert len(ground.lines) == 5
    assert looks(ground) == {
        "equal loss": (GREY, ":", "None"),
        "path": (BLUE, "-", "o"),
        "end": (ORANGE, "None", "s"),
    }
    assert looks(distance) == {"distance": (BLUE, "-", "None"), "goal: 0.05": (GREY, "--", "None")}
    near(data(distance, "goal: 0.05")[1], 0.05)
    assert labels(live) == {
        "rule": "rule",
        "learning_rate": "learning rate",
        "beta": "momentum",
        "steepness": "steep curvature",
        "turn": "turn (degrees)",
        "steps": "steps",
    }
    assert list(live.controls["rule"].options) == ["momentum", "Adam"]
    assert ranges(live) == {
        "beta": (0, 0.95, 0.05, 0),
        "steepness": (1, 100, 1, 20),
        "turn": (0, 45, 5, 0),
        "steps": (1, 100, 1, 60),
    }


# -- chapter 1 -----------------------------------------------------------------------------------------------------


def dense_counts(sizes):
    """Return weights and biases of each layer of a plain network."""
    return [(sizes[i] * sizes[i + 1], sizes[i + 1]) for i in range(len(sizes) - 1)]


def plural(count, word, ending="s"):
    return f"{count:,} {word}{ending if count > 1 else ''}"


def test_a_network_of_any_size_has_the_circles_the_lines_and_the_counts_of_its_sizes():
    live = built("network_of_any_size")
    (axes,) = axes_of(live)
    weights, one_unit = axes.collections
    for values, readout in moves(live, most=15):
        hidden = [units for units in (values["hidden_1"], values["hidden_2"]) if units]
        sizes = [values["inputs"], *hidden, values["outputs"]]
        counts = dense_counts(sizes)
        near_readout(
            readout,
            {
                "layers": len(sizes) - 1,
                "hidden": len(hidden),
                "parameters": f"{sum(w + b for w, b in counts):,}",
                "multiply-adds": f"{sum(w for w, _ in counts):,}",
            },
        )
        across = np.arange(len(sizes)) / (len(sizes) - 1)
        circles = [units if units <= 7 else 6 for units in sizes]
        assert len(data(axes, "inputs").T) == circles[0]
        near(data(axes, "inputs")[0], 0)
        x, y = data(axes, "units that compute")
        near(x, np.repeat(across[1:], circles[1:]))
        assert len(set(zip(x, y, strict=True))) == len(x)
        dots = data(axes, "dots for units left out")[0]
        near(dots, np.repeat(across, [3 * (units > 7) for units in sizes]))
        segments = np.array(weights.get_segments())
        assert len(segments) == sum(circles[i] * circles[i + 1] for i in range(len(circles) - 1))
        centres = {*map(tuple, data(axes, "inputs").T), *zip(x, y, strict=True)}
        assert {tuple(point) for segment in segments for point in segment} == centres
        assert len({segment.tobytes() for segment in segments}) == len(segments)
        lit = np.array(one_unit.get_segments())
        assert len(lit) == sum(circles[:-1]) and len({tuple(segment[1]) for segment in lit}) == len(circles) - 1
        names = ["input", *(["hidden"] if len(hidden) == 1 else ["hidden 1", "hidden 2"][: len(hidden)]), "output"]
        heads = [f"{name}: {units:,}" for name, units in zip(names, sizes, strict=True)]
        notes = [f"{plural(w, 'weight')}\n+ {plural(b, 'bias', 'es')}" for w, b in counts]
        shown = {text.get_text(): text.get_position()[0] for text in axes.texts if text.get_visible()}
        assert [text.get_text() for text in axes.texts if text.get_visible()] == heads + notes
        near([shown[head] for head in heads], across)


def test_the_network_of_any_size_looks_and_is_named_as_it_is_told():
    live = built("network_of_any_size")
    (axes,) = axes_of(live)
    weights, one_unit = axes.collections
    assert [to_hex(lines.get_edgecolor()[0]) for lines in (weights, one_unit)] == [GREY, ORANGE]
    assert [lines.get_label() for lines in (weights, one_unit)] == ["weights", "weights of one unit"]
    assert looks(axes) == {
        "inputs": ("#ffffff", "None", "o"),
        "units that compute": (BLUE, "None", "o"),
        "dots for units left out": (BLACK, "None", "o"),
    }
    assert labels(live) == {
        "inputs": "inputs",
        "hidden_1": "first hidden layer",
        "hidden_2": "second hidden layer",
        "outputs": "outputs",
    }
    assert ranges(live) == {
        "inputs": (1, 1024, 1, 3),
        "hidden_1": (0, 256, 1, 4),
        "hidden_2": (0, 256, 1, 0),
        "outputs": (1, 20, 1, 2),
    }


def in_bytes(size):
    power = min(max(len(str(int(size))) - 1, 0) // 3, 3)
    return f"{size / 1000**power:.3g} {('bytes', 'kB', 'MB', 'GB')[power]}"


def vgg_counts():
    """Return parameters and activations of VGG-16: 3 by 3 windows, five times halved, and three dense layers."""
    parameters, activations, channels, side = 0, 0, 3, 224
    for out, convolutions in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(convolutions):
            parameters += out * (9 * channels + 1)
            activations += out * side**2
            channels = out
        side //= 2
        activations += out * side**2
    dense = dense_counts([512 * 49, 4096, 4096, 1000])
    return parameters + sum(w + b for w, b in dense), activations + sum(b for _, b in dense)


def test_the_memory_of_training_is_four_bytes_a_number():
    live = built("memory_in_training")
    (axes,) = axes_of(live)
    lenet = sum(w + b for w, b in dense_counts([400, 120, 84, 10])) + 6 * 26 + 16 * (25 * 6 + 1)
    outputs = 6 * (28**2 + 14**2) + 16 * (10**2 + 5**2) + 120 + 84 + 10
    numbers = {
        "784-128-10": (784 * 128 + 128 + 128 * 10 + 10, 138),
        "LeNet-5": (lenet, outputs),
        "VGG-16": vgg_counts(),
    }
    kept = {"sgd": 0, "momentum": 1, "adam": 2}
    assert {name: list(live.controls[name].options) for name in ("network", "optimiser")} == {
        "network": list(numbers),
        "optimiser": list(kept),
    }
    for values, readout in moves(live, most=30):
        parameters, activations = numbers[values["network"]]
        parts = 4 * np.array([parameters, parameters, kept[values["optimiser"]] * parameters, 0])
        parts[3] = 4 * values["batch_size"] * activations
        shares = 100 * parts / parts.sum()
        near([bar.get_width() for bar in axes.patches], shares)
        assert [text.get_text() for text in axes.texts] == [in_bytes(part) for part in parts]
        for text, share in zip(axes.texts, shares, strict=True):
            inside = share > 80
            near(text.get_position()[0], share + (-1.5 if inside else 1.5))
            assert (text.get_ha(), text.get_color()) == (("right", "white") if inside else ("left", BLACK))
        expected = {
            "in total": in_bytes(parts.sum()),
            "parameters alone": in_bytes(parts[0]),
            "total / parameters": parts.sum() / parts[0],
        }
        near_readout(readout, expected)


def test_the_memory_of_training_looks_and_is_named_as_it_is_told():
    live = built("memory_in_training")
    (axes,) = axes_of(live)
    assert words(axes) == ("", "share of the memory (%)", "") and axes.get_xlim() == (0, 100), MEANT
    named = ["parameters", "gradients", "optimiser state", "activations"]
    assert [text.get_text() for text in axes.get_yticklabels()] == named and axes.yaxis_inverted()
    assert [to_hex(bar.get_facecolor()) for bar in axes.patches] == [BLUE, ORANGE, GREEN, GREY]
    assert labels(live) == {"network": "network", "batch_size": "images in a step", "optimiser": "optimiser"}
    assert ranges(live) == {"batch_size": (1, 256, 1, 32)}
    assert (live.values["network"], live.values["optimiser"]) == ("LeNet-5", "sgd")


def test_a_window_slides_over_the_digit_and_makes_each_pixel_anew():
    live = built("sliding_window")
    before, weights, after = axes_of(live)
    image = digits().inputs[3].reshape(8, 8)
    column = np.array([[-1, 0, 1]] * 3)
    kernels = {
        "edges from left": column,
        "edges from above": column.T,
        "mean": np.full((3, 3), 1 / 9),
        "only the middle": np.outer([0, 1, 0], [0, 1, 0]),
    }
    assert list(live.controls["kernel"].options) == list(kernels)
    near(before.images[0].get_array(), image)
    for values, readout in moves(live):
        w, position = kernels[values["kernel"]], values["position"]
        made = sum(w[i, j] * image[i : i + 6, j : j + 6] for i in range(3) for j in range(3)).ravel()
        near(weights.images[0].get_array(), w)
        shown = np.ma.filled(np.ma.asarray(after.images[0].get_array(), float), np.nan).ravel()
        near(shown[:position], made[:position])
        assert np.isnan(shown[position:]).all() and len(shown) == 36
        near(after.images[0].get_clim(), (-abs(made).max(), abs(made).max()))
        texts = [["1/9"] * 9, [f"{weight:.0f}" for weight in w.flat]][values["kernel"] != "mean"]
        assert [text.get_text() for text in weights.texts] == texts
        row, across = (position - 1) // 6, (position - 1) % 6
        for axes, label, size in ((before, "window", 3), (after, "its output", 1)):
            x, y = data(axes, label)
            near((x.min(), x.max(), y.min(), y.max()), np.array([across, across + size, row, row + size]) - 0.5)
            assert len(x) == 5 and len({*zip(x, y, strict=True)}) == 4
        expected = {
            "positions visited": position,
            "multiply-adds so far": 9 * position,
            "output here": made[position - 1],
            "weights": 9,
        }
        near_readout(readout, expected)
    assert [axes.get_title() for axes in axes_of(live)] == ["image, 8 × 8", "window, 3 × 3 weights", "output, 6 × 6"]
    assert [axes.images[0].get_cmap().name for axes in axes_of(live)] == ["gray_r", "PuOr", "PuOr"]
    assert looks(before)["window"] == looks(after)["its output"] == (BLUE, "-", "None")
    assert labels(live) == {"kernel": "window", "position": "position"}
    assert ranges(live) == {"position": (1, 36, 1, 15)}


def test_a_convolution_and_a_dense_layer_cost_what_their_formulas_say():
    live = built("convolution_against_dense")
    panels = axes_of(live)
    sides = np.arange(4, 65, 2).astype(float)
    for values, readout in moves(live, most=15):
        k, c_in, c_out, here = (values[name] for name in ("window", "channels_in", "channels_out", "side"))
        costs = (
            ("dense", lambda s, i=c_in, o=c_out: i * o * s**4 + o * s**2, lambda s, i=c_in, o=c_out: i * o * s**4),
            (
                "convolution",
                lambda s, i=c_in, o=c_out, k=k: o * (i * k**2 + 1) + 0 * s,
                lambda s, i=c_in, o=c_out, k=k: o * i * k**2 * s**2,
            ),
        )
        expected = {}
        for name, *formulas in costs:
            for axes, what, formula in zip(panels, ("parameters", "MACs"), formulas, strict=True):
                near(data(axes, name), (sides, formula(sides)))
                near(data(axes, f"{name}, chosen"), [[here], [formula(here)]])
                expected[f"{what}, {name}"] = f"{formula(here):,}"
        order = ("parameters, convolution", "MACs, convolution", "parameters, dense", "MACs, dense")
        near_readout(readout, {key: expected[key] for key in order})
    assert [words(axes) for axes in panels] == [
        ("parameters", "side of the image (pixels)", "how many"),
        ("multiply-adds", "side of the image (pixels)", ""),
    ]
    for axes in panels:
        assert looks(axes) == {
            "dense": (ORANGE, "--", "None"),
            "dense, chosen": (ORANGE, "None", "s"),
            "convolution": (BLUE, "-", "None"),
            "convolution, chosen": (BLUE, "None", "o"),
        }
        assert (axes.get_yscale(), axes.get_xlim(), axes.get_ylim()) == ("log", (0, 68), (1, 1e12))
    assert labels(live) == {
        "side": "side of the image (px)",
        "window": "side of the window",
        "channels_in": "channels in",
        "channels_out": "channels out",
    }
    assert ranges(live) == {
        "side": (4, 64, 1, 28),
        "window": (1, 7, 2, 5),
        "channels_in": (1, 64, 1, 1),
        "channels_out": (1, 64, 1, 6),
    }


@functools.cache
def reached(sizes):
    """Return the test accuracies in % of five seeds of a network after each of 15 epochs."""
    train_part, test_part = pooled_digits(round(sizes[0] ** 0.5)).split(1200, seed=0)
    learn, held_out = train_part.standardise(test_part)
    network = Network(sizes, seed=range(5), dtype=np.float64)
    validation = (held_out.inputs, held_out.targets)
    history = train(network, learn.inputs, learn.targets, 0.2, 15, validation=validation)
    return 100 * history.validation_accuracy


def test_the_budget_game_shows_what_five_seeds_reach_and_what_may_be_spent():
    live = built("parameter_budget_game")
    learning, plane = axes_of(live)
    levels = {
        "1: 97.5 % with 2,500 parameters": (97.5, 2500),
        "2: 95 % with 700 parameters": (95, 700),
        "3: 91 % with 450 parameters": (91, 450),
        "4: 88 % with 200 parameters": (88, 200),
    }
    sides = {"8 × 8 pixels": 8, "4 × 4 pixels": 4, "2 × 2 pixels": 2}
    assert [list(live.controls[name].options) for name in ("level", "image")] == [list(levels), list(sides)]
    start = tuple(live.values.values())
    assert start == ("1: 97.5 % with 2,500 parameters", "8 × 8 pixels", 4, 0)
    tried = [(level, "8 × 8 pixels", 4, 0) for level in levels]
    tried += [
        ("2: 95 % with 700 parameters", "4 × 4 pixels", 16, 0),
        ("4: 88 % with 200 parameters", "2 × 2 pixels", 0, 6),
    ]
    for level, image, hidden_1, hidden_2 in tried:
        live.set(level=level, image=image, hidden_1=hidden_1, hidden_2=hidden_2)
        goal, budget = levels[level]
        sizes = (sides[image] ** 2, *(units for units in (hidden_1, hidden_2) if units), 10)
        spent = sum(w + b for w, b in dense_counts(sizes))
        accuracy = np.sort(reached(sizes), axis=1)
        median = accuracy[:, 2].round(1)
        for name, values in (("worst seed", accuracy[:, 0]), ("median", median), ("best seed", accuracy[:, 4])):
            near(data(learning, name), (np.arange(1, 16), values.round(1)))
        near(data(learning, "goal")[1], goal)
        near(data(plane, "goal: this corner"), ([30, budget, budget], [goal, goal, 100]))
        near(data(plane, "this one"), [[spent], [median[-1]]])
        solved = median[-1] >= goal and spent <= budget
        assert live.readout == {
            "network": "-".join(map(str, sizes)),
            "parameters": f"{spent:,} of {budget:,}",
            "accuracy": f"{median[-1]:.1f} % (goal {goal} %)",
            "level": "✓ solved" if solved else "✗ not yet",
        }
    live.reset()


def test_the_budget_game_looks_and_is_named_as_it_is_told():
    live = built("parameter_budget_game")
    learning, plane = axes_of(live)
    assert words(learning) == ("5 seeds learn", "epoch", "test accuracy (%)"), MEANT
    assert words(plane) == ("Your board", "parameters", "") and plane.get_xscale() == "log"
    heights = learning.transData.transform([(0, accuracy) for accuracy in (0, 50, 96, 97, 98, 100)])[:, 1]
    assert np.diff(heights)[2:4].min() > 5, "pixels between 96, 97 and 98 %"
    assert plane.get_ylim() == learning.get_ylim() == (0, 100) and heights[1] - heights[0] > 20
    assert looks(learning) == {
        "median": (BLUE, "-", "None"),
        "best seed": (BLUE, "--", "None"),
        "worst seed": (BLUE, ":", "None"),
        "goal": (GREY, "-.", "None"),
    }
    assert looks(plane) == {
        "goal: this corner": (GREY, "-.", "None"),
        "registered": (GREEN, "None", "o"),
        "this one": (ORANGE, "None", "s"),
    }
    assert labels(live) == {
        "level": "level",
        "image": "image",
        "hidden_1": "first hidden layer",
        "hidden_2": "second hidden layer",
    }
    assert ranges(live) == {"hidden_1": (0, 64, 1, 4), "hidden_2": (0, 32, 1, 0)}


# -- times ---------------------------------------------------------------------------------------------------------


def stored(name):
    """Return the rows of a table of times, apart from how the course reads it."""
    with (data_folder() / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_stored_times_of_a_layer_stand_at_their_multiply_adds_beside_lines_of_equal_time():
    live = built("time_against_macs")
    (axes,) = axes_of(live)
    assert words(axes)[1:] == ("multiply-adds", "seconds")
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    for told in axes.texts:
        macs, seconds = told.xy
        assert told.get_text() == f"{seconds / macs * 1e9:.2g} ns"
        x, y = data(axes, f"{told.get_text()} a MAC")
        near(y / x, seconds / macs)
    assert len(axes.texts) == 3
    for batch, colour, marker in (("1", BLUE, "o"), ("8", ORANGE, "s"), ("64", GREEN, "^")):
        rows = [row for row in stored("layer_times.csv") if row["batch"] == batch]
        macs = [int(row["width"]) ** 2 * int(batch) for row in rows]
        near(data(axes, f"stored, batch {batch}"), [macs, [float(row["seconds"]) for row in rows]])
        assert looks(axes)[f"stored, batch {batch}"] == (colour, "--", marker)
        assert looks(axes)[f"measured here, batch {batch}"] == (colour, "-", marker)
        live.set(batch=batch)
        measured = {"MACs, width 2": 4 * int(batch), "MACs, width 1024": f"{1024**2 * int(batch):,}"}
        near_readout(live.readout, {**measured, "measured": "not yet"})


def test_stored_times_of_an_epoch_and_of_its_products_are_told_in_first_epochs():
    live = built("time_of_an_epoch")
    (axes,) = axes_of(live)
    assert words(axes) == (
        "The time of an epoch of 512 samples",
        "how many times as large",
        "time (first epoch = 1)",
    )
    assert {label: look[:2] for label, look in looks(axes).items()} == {
        "multiply-adds": (GREY, ":"),
        "epoch, stored times": (BLUE, "--"),
        "its products alone, stored": (ORANGE, "-."),
        "epoch, measured here": (BLUE, "-"),
        "its products alone, here": (ORANGE, "-"),
    }
    sizes = {
        "width of 2 layers, from 4": lambda n: 64 * 4 * n + 16 * n**2 + 4 * n * 10,
        "hidden layers, from 1": lambda n: 64 * 32 + 32 * 32 * (n - 1) + 32 * 10,
        "samples in a batch, from 4": lambda n: 64 * 32 + 32 * 16 + 16 * 10,
        "networks at once, from 1": lambda n: n * (64 * 32 + 32 * 16 + 16 * 10),
    }
    for grows, macs in sizes.items():
        live.set(grows=grows)
        rows = [row for row in stored("epoch_times.csv") if row["what grows"] == grows]
        factors = [int(row["factor"]) for row in rows]
        first = float(rows[0]["epoch"])
        near(data(axes, "multiply-adds"), [factors, [macs(n) / macs(1) for n in factors]])
        for name, column in (("epoch, stored times", "epoch"), ("its products alone, stored", "products")):
            near(data(axes, name), [factors, [float(row[column]) / first for row in rows]])
        near_readout(
            live.readout,
            {
                "growth of multiply-adds": f"× {macs(128) / macs(1):,.3g}",
                "growth of stored times": f"× {float(rows[-1]['epoch']) / first:.2g}",
                "here": "not yet",
            },
        )


def test_no_live_figure_is_without_a_second_computation():
    here = "".join(Path(__file__).with_name(f"test_live_values_{name}.py").read_text("utf-8") for name in PARTS)
    without = [name for name in LIVE_FIGURES if f'built("{name}")' not in here and f'["{name}"]' not in here]
    assert without == [], "compute what it shows a second time, in one of these files"


@pytest.mark.parametrize("name", LIVE_FIGURES)
def test_controls_go_from_where_to_where_and_start_as_told(name):
    """All ends and starts in one list: the chapters tell readers to set controls to these values."""
    live = built(name)
    live.reset()
    told = {}
    for control, widget in live.controls.items():
        steps = steps_of(widget)
        told[control] = [steps[0], steps[-1], live.values[control], len(steps)]
    listed = tomllib.loads(CONTROLS.read_text("utf-8")).get(name)
    assert told == listed, "if that is meant, and the texts beside the figure agree, change it in tests/controls.toml"
