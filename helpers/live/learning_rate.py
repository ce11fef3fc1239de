"""The live figures of chapter 2: paths down a bowl and a ravine, schedules, a game of rates, the edge of training."""

import html

import numpy as np

from helpers.datasets import digits
from helpers.descent import adam, gradient_descent, momentum
from helpers.experiments.learning_rate import (
    EDGE_EPOCHS,
    EDGE_SIZES,
    RAVINE_GOAL,
    cross_ravine,
    distances_left,
    edge_curve,
    exact_bowl,
    ravine_axes,
    without_largest,
)
from helpers.experiments.schedules import schedule_from
from helpers.figures.learning_rate import draw_bowl
from helpers.figures.style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    even_powers_of_ten,
    freeze_layout,
    legend_outside,
    new_figure,
)
from helpers.language import N_, _, ngettext
from helpers.live.blit import change
from helpers.live.board import Board, rows
from helpers.live.controls import checkbox, menu, rate_slider, slider, whole_slider
from helpers.live.live_figure import LiveFigure, live_figure
from helpers.network import Network
from helpers.schedules import SCHEDULES, exponential_decay
from helpers.training import train

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
    bowl.set(ylim=(-2, 66), title=_("The path in the bowl"))
    (path,) = bowl.plot([], [], "o-", color=BLUE, markersize=5, linewidth=1.2, label=_("path"))
    (end,) = bowl.plot([], [], "s", color=ORANGE, markersize=9, label=_("end"))
    bowl.legend(loc="upper center")
    distance.set(yscale="log", xlim=(0, STEPS), ylim=(1e-9, 1e4), xlabel=_("step"), ylabel=_("distance |w + 1|"))
    even_powers_of_ten(distance.yaxis)
    distance.set_title(_("How far from the lowest point"))
    (far,) = distance.plot([], [], color=BLUE, label=_("distance"))

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
            ngettext("w after {steps} step", "w after {steps} steps", steps).format(steps=steps): w[-1],
            _("loss"): (w[-1] + 1) ** 2,
            _("factor of the first step"): 1 - 2 * learning_rate,
            _("last rate"): descent.learning_rates[-1],
        }

    return LiveFigure(
        figure,
        [path, end, far],
        move,
        play="steps",
        learning_rate=rate_slider(_("learning rate"), 0.001, 1.2, 0.2),
        start=slider(_("start w"), -9, 7, 5, step=0.1),
        steps=whole_slider(_("steps"), 1, STEPS, 40),
        decay_rate=slider(_("decay a step"), 0.8, 1.0, 1.0, step=0.01),
    )


#: How some schedules are named in the picture; others by their names in `SCHEDULES`.
LABELS = {
    "constant": _("constant"),
    "exponential_decay": _("exponential"),
    "step_decay": _("staircase"),
    "inverse_time_decay": _("inverse time"),
    "cosine_decay": _("cosine"),
    "linear_warmup": _("warm-up, then exponential"),
}


@live_figure
def schedules_side_by_side():
    """All ways to let a learning rate change over 100 steps, from one initial rate and one speed of decay."""
    figure, axes = new_figure(height=3.6)
    step = np.linspace(0, 100, 1001)  # between whole steps, too, so that a staircase has upright edges
    labels = {name: LABELS.get(name, _(name.replace("_", " "))) for name in SCHEDULES}
    curves = [axes.plot([], [], label=label)[0] for label in labels.values()]
    axes.set(xlim=(0, 100), ylim=(0, 1.05), xlabel=_("step"), ylabel=_("learning rate"))
    legend_outside(axes)

    def move(initial_rate, decay_rate, decay_every, warmup_steps):
        values = {
            "decay_rate": decay_rate,
            "drop": decay_rate,
            "decay_steps": decay_every,
            "every": decay_every,
            "warmup_steps": warmup_steps,
            "inverse_time_decay": {"decay_rate": 1 - decay_rate},
            "cosine_decay": {"decay_steps": 100},
        }
        told = {}
        for curve, (name, label) in zip(curves, labels.items(), strict=True):
            rate = initial_rate
            if name == "linear_warmup":
                rate = exponential_decay(initial_rate, decay_rate, decay_every)
            schedule = schedule_from(name, rate, values)
            curve.set_data(step, schedule(step))
            if name not in ("constant", "linear_warmup"):
                told[_("{label} at step 50", label=label)] = schedule(50)
        return told

    return LiveFigure(
        figure,
        curves,
        move,
        initial_rate=slider(_("initial rate"), 0.01, 1.0, 1.0, step=0.01),
        decay_rate=slider(_("decay rate"), 0.1, 0.99, 0.5, step=0.01),
        decay_every=whole_slider(_("decay every"), 1, 50, 20, unit=_("steps")),
        warmup_steps=whole_slider(_("warm-up"), 1, 50, 10, unit=_("steps")),
    )


# -- the game ------------------------------------------------------------------------------------------------------

#: Level -> curvatures of the loss along each axis. Five bowls, then a ravine.
LEVELS = {
    N_("1: curvature 0.5"): (0.5,),
    N_("2: curvature 1"): (1.0,),
    N_("3: curvature 4"): (4.0,),
    N_("4: curvature 20"): (20.0,),
    N_("5: curvature 100"): (100.0,),
    N_("6: ravine, 1 and 20"): (1.0, 20.0),
}
START = 4.0
GOAL = 0.05
BUDGET = {1: 40, 2: 60}


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


def entry_of(live):
    """Return level, rate and the distance that it leaves, to be registered: wrong tries show where the limit is."""
    return live.values["level"], live.values["learning_rate"], live.readout[_("distance left")]


def table_of(entries):
    """Return what has been registered for each level, as HTML."""
    lines = []
    for level in LEVELS:
        tries = [(distance, rate) for name, rate, distance in entries if name == level]
        solved = [rate for distance, rate in tries if distance <= GOAL]
        if not tries:
            told = _("not tried yet")
        elif solved:
            told = _("✓ solved, highest rate {rate:.3g} ({tries} registered)", rate=max(solved), tries=len(tries))
        else:
            distance, nearest = min(tries)
            told = _("✗ not yet: rate {rate:.3g} leaves a distance of {distance:.3g}", rate=nearest, distance=distance)
        lines.append((_("Level {level}", level=html.escape(_(level))), told))
    return rows(lines)


class RateGame:
    """The path on the ground of a level, and which rates have been registered for which curvature.

    Once three bowls are solved, it shows the law behind them: the highest rate that converges is 2 / curvature.

    Parameters
    ----------
    figure, ground, law
        The figure and its two axes.
    entries : list
        What has been registered, as from `entry_of`.
    """

    def __init__(self, figure, ground, law, entries):
        self.axes, self.entries, self.grid = ground, entries, np.linspace(-8, 8, 81)
        self.draw_ground(ground)
        self.draw_law(law)
        freeze_layout(figure)
        self.artists = [self.contours, self.ground, self.path, self.end, self.now, self.solved, self.missed, self.limit]

    def draw_ground(self, axes):
        """Draw what the first axes show."""
        grid = self.grid
        (self.ground,) = axes.plot([], [], color=GREY, linestyle="-", linewidth=1.5, label=_("loss"))
        (self.path,) = axes.plot([], [], "o-", color=BLUE, markersize=4, linewidth=1, label=_("path"))
        (self.end,) = axes.plot([], [], "s", color=ORANGE, markersize=9, label=_("end"))
        heights, levels = (grid**2 + 20 * grid[:, None] ** 2) / 2, [5, 20, 50, 100, 200]
        self.contours = axes.contour(grid, grid, heights, levels, colors=GREY, linewidths=1)
        # The widest labels of all levels.
        axes.set(xlabel="w", ylabel=_("loss"), title=_("Level"), xlim=(-8, 8), ylim=(-100, 3200))

    def draw_law(self, axes):
        """Draw what the second axes show."""
        axes.set(xscale="log", yscale="log", xlim=(0.3, 200), ylim=(1e-3, 10))
        axes.set(xlabel=_("largest curvature"), ylabel=_("learning rate"), title=_("What you registered"))
        now = {"color": ORANGE, "fillstyle": "none", "markersize": 13, "markeredgewidth": 2, "label": _("this rate")}
        (self.now,) = axes.plot([], [], "s", **now)
        (self.solved,) = axes.plot([], [], "o", color=GREEN, markersize=8, label=_("solved"))
        (self.missed,) = axes.plot([], [], "x", color=BLUE, markersize=8, markeredgewidth=2, label=_("not solved"))
        (self.limit,) = axes.plot([], [], color=GREY, linestyle="--", label=_("limit, after 3 bowls"))
        axes.legend(loc="upper right")

    def move(self, level, learning_rate):
        """Follow the slope of a level; return the key numbers."""
        curvatures = LEVELS[level]
        steps = BUDGET[len(curvatures)]
        w = ravine_path(curvatures, learning_rate, steps)
        change(self.axes, title=_("Level {level}, {steps} steps", level=_(level), steps=steps))
        self.contours.set_visible(len(curvatures) == 2)
        if len(curvatures) == 1:
            self.show_bowl(curvatures[0], w)
        else:
            self.show_ravine(w)
        self.now.set_data([max(curvatures)], [learning_rate])
        self.show_entries()
        return {
            _("steps"): steps,
            _("distance left"): float(np.linalg.norm(w[-1])),
            _("goal"): _("at most {GOAL}", GOAL=GOAL),
        }

    def show_bowl(self, curvature, w):
        """Show a bowl, and the path (steps + 1, 1) in it."""
        change(self.axes, xlabel="w", ylabel=_("loss"), ylim=(-curvature, 32 * curvature))
        self.ground.set_data(self.grid, curvature / 2 * self.grid**2)
        self.show_path(w[:, 0], curvature / 2 * w[:, 0] ** 2)

    def show_ravine(self, w):
        """Show the ravine from above, and the path (steps + 1, 2) in it."""
        change(self.axes, xlabel=_("$w_1$ (curvature 1)"), ylabel=_("$w_2$ (curvature 20)"), ylim=(-8, 8))
        self.ground.set_data([], [])
        self.show_path(*w.T)

    def show_path(self, across, up):
        """Show a path and its end."""
        self.path.set_data(_clipped(across), _clipped(up))
        self.end.set_data(_clipped(across[-1:]), _clipped(up[-1:]))

    def show_entries(self):
        """Show what has been registered, and the law once three bowls are solved."""
        solved, missed = [], []
        for level, rate, distance in self.entries:
            (solved if distance <= GOAL else missed).append((max(LEVELS[level]), rate))
        for artist, points in ((self.solved, solved), (self.missed, missed)):
            artist.set_data(*np.array(points).reshape(-1, 2).T)
        self.limit.set_data([], [])
        if len({curvature for curvature, _rate in solved}) >= 3:
            self.limit.set_data([0.3, 200], [2 / 0.3, 2 / 200])


@live_figure
def highest_rate_game():
    """Register rates for five bowls and a ravine until the law that limits them shows."""
    board = Board("rate game", entry_of, table_of, drawn=True)
    figure, axes = new_figure(2, height=3.6)
    game = RateGame(figure, *axes, board.entries)
    return LiveFigure(
        figure,
        game.artists,
        game.move,
        board=board,
        level=menu(_("level"), LEVELS),
        learning_rate=rate_slider(_("learning rate"), 0.001, 10, 0.01),
    )


# -- the edge of training with mini-batches -------------------------------------------------------------------------

#: What is drawn of the excess loss; beyond it, and where it is no number any more, a curve runs along the frame.
LOWEST, HIGHEST = 1e-5, 1e6
#: How many images can be left out.
LARGE = 3


@live_figure
def edge_of_training():
    """Train a linear model on the digits in mini-batches, and show where its rate lies to the edge.

    Controls: batch size, learning rate, and whether the three images of the largest pixels are left out.
    """
    figure, (course, plane) = new_figure(2, height=3.8)
    (excess,) = course.plot([], [], "o-", color=BLUE, markersize=4, label=_("this rate"))
    course.set(
        title=_("{EDGE_EPOCHS} epochs of training", EDGE_EPOCHS=EDGE_EPOCHS),
        xlabel=_("epoch"),
        ylabel=_("loss above the lowest possible"),
    )
    course.set(xlim=(0, EDGE_EPOCHS + 0.5), yscale="log", ylim=(LOWEST, HIGHEST))
    even_powers_of_ten(course.yaxis)

    data = digits().standardise()
    edges, kept, bowls = {}, {}, {}
    for left_out in (0, LARGE):
        edges[left_out] = edge_curve(left_out)
        inputs, labels = without_largest(data, left_out)
        kept[left_out] = inputs, np.eye(10)[labels]
        bowls[left_out] = exact_bowl(*kept[left_out])

    plane.axhline(2 / bowls[0].largest_curvature, color=GREY, linestyle="--", label=_("2 / curvature"))
    (edge,) = plane.plot([], [], "o-", color=GREEN, markersize=4, label=_("edge"))
    (now,) = plane.plot([], [], "s", color=ORANGE, markersize=9, label=_("now"))
    plane.set(title=_("Where the edge lies"), xlabel=_("batch size"), ylabel=_("learning rate"))
    plane.set(xscale="log", yscale="log", xlim=(6, 340), ylim=(0.008, 4))
    plane.set_xticks(EDGE_SIZES, labels=map(str, EDGE_SIZES))
    plane.set_xticks([], minor=True)
    plane.legend(loc="lower right")

    def move(batch_size, learning_rate, leave_out):
        left_out, size = (LARGE if leave_out else 0), int(batch_size)
        network = Network([64, 10], loss="mean_squared_error", initialisation="zeros", dtype=np.float64)
        history = train(network, *kept[left_out], learning_rate, EDGE_EPOCHS, batch_size=size)
        above = history.loss - bowls[left_out].lowest_loss
        excess.set_data(history.epoch, np.nan_to_num(above, nan=HIGHEST, posinf=HIGHEST).clip(LOWEST, HIGHEST))
        edge.set_data(EDGE_SIZES, edges[left_out])
        now.set_data([size], [learning_rate])
        return {
            _("excess loss"): f"{above[-1]:.2g}" if np.isfinite(above[-1]) else _("overflow"),
            _("edge here"): _("about {edge:.2g}", edge=edges[left_out][EDGE_SIZES.index(size)]),
            _("2 / curvature"): f"{2 / bowls[left_out].largest_curvature:.3g}",
        }

    return LiveFigure(
        figure,
        [excess, edge, now],
        move,
        batch_size=menu(_("batch size"), map(str, EDGE_SIZES), "16"),
        learning_rate=rate_slider(_("learning rate"), 0.01, 3, 0.01),
        leave_out=checkbox(_("without {LARGE} images", LARGE=LARGE)),
    )


# -- other rules in a ravine ----------------------------------------------------------------------------------------

#: Name of a rule in `rules_in_a_ravine` -> how to make it from its momentum; momentum 0 is the plain rule.
RULES = {N_("momentum"): momentum, "Adam": adam}
RAVINE_STEPS = 100


@live_figure
def rules_in_a_ravine():
    """Gradient descent, momentum and Adam on their way through a ravine, seen from above.

    Controls: rule, learning rate, momentum, how steep the ravine is, its turn, and the number of steps.
    """
    figure, (ground, distance) = new_figure(2, height=4.0)
    ring_points = np.linspace(0, 2 * np.pi, 201)
    rings = [
        ground.plot([], [], color=GREY, linestyle=":", linewidth=1, label=_("equal loss"))[0] for _ring in range(3)
    ]
    (path,) = ground.plot([], [], "o-", color=BLUE, markersize=3, linewidth=1, label=_("path"))
    (end,) = ground.plot([], [], "s", color=ORANGE, markersize=8, label=_("end"))
    ground.set(title=_("The ravine from above"), xlabel="$w_1$", ylabel="$w_2$", xlim=(-7, 7), ylim=(-7, 7))
    (far,) = distance.plot([], [], color=BLUE, label=_("distance"))
    distance.axhline(RAVINE_GOAL, color=GREY, linestyle="--", label=_("goal: {RAVINE_GOAL}", RAVINE_GOAL=RAVINE_GOAL))
    distance.set(title=_("How far from the lowest point"), xlabel=_("step"), ylabel=_("distance"))
    distance.set(yscale="log", xlim=(0, RAVINE_STEPS), ylim=(1e-6, 1e3))
    even_powers_of_ten(distance.yaxis)
    distance.legend(loc="upper right")

    def move(rule, learning_rate, beta, steepness, turn, steps):
        curvatures, axes = (1.0, float(steepness)), ravine_axes(turn)
        w, needed = cross_ravine(curvatures, RULES[rule](beta), learning_rate, steps, turn)
        for ring, reach in zip(rings, (2, 4, 6), strict=True):
            circle = reach * np.array([np.cos(ring_points), np.sin(ring_points)])
            ring.set_data(*axes @ (circle / np.sqrt(curvatures)[:, np.newaxis]))
        path.set_data(*_clipped(w.T))
        end.set_data(*_clipped(w[-1:].T))
        far.set_data(np.arange(steps + 1), distances_left(w))
        return {
            _("distance left"): distances_left(w)[-1],
            _("within {RAVINE_GOAL} to stay", RAVINE_GOAL=RAVINE_GOAL): _("not yet")
            if needed is None
            else _("after {needed} steps", needed=needed),
        }

    return LiveFigure(
        figure,
        [*rings, path, end, far],
        move,
        play="steps",
        rule=menu(_("rule"), RULES),
        learning_rate=rate_slider(_("learning rate"), 0.001, 2, 0.082),
        beta=slider(_("momentum"), 0, 0.95, 0, step=0.05),
        steepness=whole_slider(_("steep curvature"), 1, 100, 20),
        turn=whole_slider(_("turn"), 0, 45, 0, step=5, unit=_("degrees")),
        steps=whole_slider(_("steps"), 1, RAVINE_STEPS, 60),
    )
