"""The live figures of chapter 2: a path down a bowl, schedules side by side, and the game of the highest rate."""

import html

import numpy as np

from helpers.descent import gradient_descent
from helpers.figures.learning_rate import draw_bowl
from helpers.figures.style import BLUE, GREEN, GREY, ORANGE, even_powers_of_ten, freeze_layout, new_figure
from helpers.live.controls import menu, rate_slider, slider, whole_slider
from helpers.live.core import LiveFigure, live_figure
from helpers.schedules import (
    constant,
    cosine_decay,
    exponential_decay,
    inverse_time_decay,
    linear_warmup,
    step_decay,
)

STEPS = 60
#: Points further out than this are drawn at this distance: they lie far outside the picture anyway.
FAR = 1e3


def _clipped(values):
    return np.clip(values, -FAR, FAR)


@live_figure
def descent_on_a_bowl():
    """Gradient descent on (w + 1)^2: the path in the bowl, and the distance from its lowest point.

    Controls: learning rate, start, number of steps, and the factor by which the rate shrinks at each step.
    """
    figure, (bowl, distance) = new_figure(2, height=3.4)
    draw_bowl(bowl)
    bowl.set(ylim=(-2, 66), title="The path in the bowl")
    (path,) = bowl.plot([], [], "o-", color=BLUE, markersize=5, linewidth=1.2, label="path")
    (end,) = bowl.plot([], [], "s", color=ORANGE, markersize=9, label="end")
    bowl.legend(loc="upper center")
    distance.set(yscale="log", xlim=(0, STEPS), ylim=(1e-9, 1e4), xlabel="step", ylabel="distance |w + 1|")
    even_powers_of_ten(distance.yaxis)
    distance.set_title("How far from the lowest point")
    (far,) = distance.plot([], [], color=BLUE, label="distance")

    def move(learning_rate, start, steps, decay_rate):
        descent = gradient_descent(
            lambda w: (w + 1) ** 2,
            lambda w: 2 * (w + 1),
            start,
            exponential_decay(learning_rate, decay_rate, 1),
            steps,
        )
        w = descent.parameters
        ground = _clipped(w), _clipped((w + 1) ** 2)
        path.set_data(*ground)
        end.set_data(*(values[-1:] for values in ground))
        far.set_data(np.arange(steps + 1), np.abs(w + 1))
        return {
            f"w after {steps} steps": w[-1],
            "loss": (w[-1] + 1) ** 2,
            "factor of the first step": 1 - 2 * learning_rate,
            "last rate": descent.learning_rates[-1],
        }

    return LiveFigure(
        figure,
        [path, end, far],
        move,
        play="steps",
        learning_rate=rate_slider("learning rate", 0.001, 1.2, 0.2),
        start=slider("start w", -9, 7, 5, step=0.1),
        steps=whole_slider("steps", 1, STEPS, 40),
        decay_rate=slider("decay a step", 0.8, 1.0, 1.0, step=0.01),
    )


@live_figure
def schedules_side_by_side():
    """Six ways to let a learning rate change over 100 steps, from one initial rate and one speed of decay."""
    figure, axes = new_figure(height=3.6)
    step = np.linspace(0, 100, 1001)  # between whole steps, too, so that a staircase has upright edges
    names = ("constant", "exponential", "staircase", "inverse time", "cosine", "warm-up, then exponential")
    curves = [axes.plot([], [], label=name)[0] for name in names]
    axes.set(xlim=(0, 100), ylim=(0, 1.05), xlabel="step", ylabel="learning rate")
    axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))

    def move(initial_rate, decay_rate, decay_every, warmup_steps):
        smooth = exponential_decay(initial_rate, decay_rate, decay_every)
        schedules = (
            constant(initial_rate),
            smooth,
            step_decay(initial_rate, decay_rate, decay_every),
            inverse_time_decay(initial_rate, 1 - decay_rate, decay_every),
            cosine_decay(initial_rate, 100),
            linear_warmup(smooth, warmup_steps),
        )
        for curve, schedule in zip(curves, schedules, strict=True):
            curve.set_data(step, schedule(step))
        return {f"{name} at step 50": schedule(50) for name, schedule in zip(names[1:5], schedules[1:5], strict=True)}

    return LiveFigure(
        figure,
        curves,
        move,
        initial_rate=slider("initial rate", 0.01, 1.0, 1.0, step=0.01),
        decay_rate=slider("decay rate", 0.1, 0.99, 0.5, step=0.01),
        decay_every=whole_slider("decay every", 1, 50, 20, unit="steps"),
        warmup_steps=whole_slider("warm-up", 1, 50, 10, unit="steps"),
    )


# -- the game ------------------------------------------------------------------------------------------------------

#: Level -> curvatures of the loss along each axis. Five bowls, then a ravine.
LEVELS = {
    "1: curvature 0.5": (0.5,),
    "2: curvature 1": (1.0,),
    "3: curvature 4": (4.0,),
    "4: curvature 20": (20.0,),
    "5: curvature 100": (100.0,),
    "6: ravine, 1 and 20": (1.0, 20.0),
}
START = 4.0
GOAL = 0.05
BUDGET = {1: 40, 2: 60}

#: What the player has registered, level -> list of (rate, distance left). It outlives the widget, so that running
#: the cell again loses nothing.
_registered = {}


def ravine_path(curvatures, learning_rate, steps):
    """Return the path (steps + 1, dimensions) of gradient descent on half the sum of curvature * w^2."""
    curvatures = np.asarray(curvatures)
    return gradient_descent(
        lambda w: (curvatures * w**2).sum() / 2,
        lambda w: curvatures * w,
        np.full(len(curvatures), START),
        learning_rate,
        steps,
    ).parameters


class RateGame(LiveFigure):
    """Find for each level the highest learning rate that comes close enough to the lowest point in the steps given.

    A level counts as solved when a registered rate leaves a distance of at most `GOAL`. Once three bowls are solved,
    the picture shows the law behind them: the highest rate that converges is 2 / curvature.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.add_buttons(
            ("Register", "Enter this rate for this level", self.register),
            ("Forget all", "Start the game from the beginning", self.forget),
            board=True,
        )
        self._show_board()

    def register(self):
        """Enter the rate and what it reached; wrong tries are kept, too: they show where the limit is."""
        level = self.values["level"]
        _registered.setdefault(level, []).append((self.values["learning_rate"], self.readout["distance left"]))
        self.set()
        self._show_board()

    def forget(self):
        """Clear the board."""
        _registered.clear()
        self.set()
        self._show_board()

    def _show_board(self):
        rows = []
        for level in LEVELS:
            tries = _registered.get(level, [])
            solved = [rate for rate, distance in tries if distance <= GOAL]
            if not tries:
                told = "not tried yet"
            elif solved:
                told = f"✓ solved, highest rate {max(solved):.3g} ({len(tries)} registered)"
            else:
                nearest, distance = min(tries, key=lambda entry: entry[1])
                told = f"✗ not yet: rate {nearest:.3g} leaves a distance of {distance:.3g}"
            rows.append(f"<tr><td style='padding-right:2em'>Level {html.escape(level)}</td><td>{told}</td></tr>")
        self.board.value = f"<table role='status' aria-live='polite'>{''.join(rows)}</table>"


@live_figure
def highest_rate_game():
    """Register rates for five bowls and a ravine until the law that limits them shows."""
    figure, (path_axes, law) = new_figure(2, height=3.6)
    grid = np.linspace(-8, 8, 81)
    (ground,) = path_axes.plot([], [], color=GREY, linestyle="-", linewidth=1.5, label="loss")
    (path,) = path_axes.plot([], [], "o-", color=BLUE, markersize=4, linewidth=1, label="path")
    (end,) = path_axes.plot([], [], "s", color=ORANGE, markersize=9, label="end")
    contours = path_axes.contour(
        grid, grid, (grid**2 + 20 * grid[:, None] ** 2) / 2, [5, 20, 50, 100, 200], colors=GREY, linewidths=1
    )
    law.set(xscale="log", yscale="log", xlim=(0.3, 200), ylim=(1e-3, 10))
    law.set(xlabel="largest curvature", ylabel="learning rate", title="What you registered")
    (now,) = law.plot([], [], "s", color=ORANGE, fillstyle="none", markersize=13, markeredgewidth=2, label="this rate")
    (solved,) = law.plot([], [], "o", color=GREEN, markersize=8, label="solved")
    (missed,) = law.plot([], [], "x", color=BLUE, markersize=8, markeredgewidth=2, label="not solved")
    (limit,) = law.plot([], [], color=GREY, linestyle="--", label="limit, after 3 bowls")
    law.legend(loc="upper right")
    path_axes.set(xlabel="w", ylabel="loss", title="Level", ylim=(-100, 3200))  # the widest labels of all levels
    freeze_layout(figure)

    def move(level, learning_rate):
        curvatures = LEVELS[level]
        steps = BUDGET[len(curvatures)]
        w = ravine_path(curvatures, learning_rate, steps)
        left = float(np.linalg.norm(w[-1]))
        contours.set_visible(len(curvatures) == 2)
        if len(curvatures) == 1:
            ground.set_data(grid, curvatures[0] / 2 * grid**2)
            heights = curvatures[0] / 2 * w[:, 0] ** 2
            path_axes.set(xlabel="w", ylabel="loss", ylim=(-curvatures[0], 32 * curvatures[0]))
        else:
            ground.set_data([], [])
            heights = w[:, 1]
            path_axes.set(xlabel="$w_1$ (curvature 1)", ylabel="$w_2$ (curvature 20)", ylim=(-8, 8))
        path_axes.set(xlim=(-8, 8), title=f"Level {level}, {steps} steps")
        path.set_data(_clipped(w[:, 0]), _clipped(heights))
        end.set_data(_clipped(w[-1:, 0]), _clipped(heights[-1:]))
        now.set_data([max(curvatures)], [learning_rate])
        entries = [(max(LEVELS[key]), *entry) for key, tries in _registered.items() for entry in tries]
        for artist, wanted in ((solved, True), (missed, False)):
            points = [(c, r) for c, r, distance in entries if (distance <= GOAL) == wanted]
            artist.set_data(*zip(*points, strict=True)) if points else artist.set_data([], [])
        known = len({c for c, _, distance in entries if distance <= GOAL}) >= 3
        limit.set_data([0.3, 200], [2 / 0.3, 2 / 200]) if known else limit.set_data([], [])
        return {"steps": steps, "distance left": left, "goal": f"at most {GOAL}"}

    return RateGame(
        figure,
        [ground, path, end, now, solved, missed, limit],
        move,
        level=menu("level", LEVELS),
        learning_rate=rate_slider("learning rate", 0.001, 10, 0.01),
    )
