"""The live figures of chapter 3: line pieces and regions, a tangent, a vanishing gradient, a zig-zag, dying units."""

import functools

import numpy as np
from contourpy import contour_generator  # which matplotlib needs, and brings
from matplotlib.collections import LineCollection
from matplotlib.colors import ListedColormap, Normalize

from helpers.activations import ACTIVATIONS, leaky_relu
from helpers.datasets import two_rings
from helpers.experiments.activations import (
    GOAL,
    SAMPLES,
    centred_pairs,
    curvature_matrix,
    equal_signs,
    firing,
    scaled,
    standardised_digits,
    walk,
)
from helpers.experiments.pieces import CURVES, PLACEMENTS, X, fitted, joints, plane, rings_network, typical_error
from helpers.experiments.timing import seconds_of_activations, stored_activations
from helpers.figures.activations import REACH, RING_HEIGHTS, STEP_COLOURS, draw_weight_plane, ellipse
from helpers.figures.style import AMBER, BLACK, BLUE, GREEN, GREY, ORANGE, new_figure
from helpers.initialisers import INITIALISERS
from helpers.language import _
from helpers.live.blit import change
from helpers.live.controls import menu, rate_slider, slider, whole_slider
from helpers.live.live_figure import LiveFigure, TimeFigure, live_figure
from helpers.network import Network
from helpers.training import train_by_epoch


def _limit(bound):
    return f"{bound:.3g}" if np.isfinite(bound) else _("no limit")


@live_figure
def moving_tangent():
    """Any activation with its tangent at a point that moves, and beside it the slope of that tangent."""
    figure, (left, right) = new_figure(2, height=3.4)
    x = np.linspace(-REACH, REACH, 241)
    (curve,) = left.plot([], [], color=BLUE, linestyle="-", label="f(x)")
    (tangent,) = left.plot([], [], color=ORANGE, linestyle="--", label=_("tangent"))
    (point,) = left.plot([], [], "o", color=ORANGE, markersize=9, label=_("point"))
    (slope,) = right.plot([], [], color=ORANGE, linestyle="-", label=_("slope f'(x)"))
    (height,) = right.plot([], [], "o", color=ORANGE, markersize=9, label=_("point"))
    left.set(title=_("The function"), xlabel="x", ylabel="f(x)", xlim=(-REACH, REACH))
    right.set(title=_("Its slope"), xlabel="x", ylabel="f'(x)", xlim=(-REACH, REACH), ylim=(-0.2, 1.25))
    left.legend(loc="upper left")

    def move(activation, at):
        f = ACTIVATIONS[activation]
        y, steepness = f(np.float64(at)), f.derivative(np.float64(at))
        curve.set_data(x, f(x))
        reach = np.array([-2.0, 2.0])
        tangent.set_data(at + reach, y + steepness * reach)
        point.set_data([at], [y])
        slope.set_data(x, f.derivative(x))
        height.set_data([at], [steepness])
        low, high = f.output_range
        change(left, ylim=(-1.3, 1.3 if high <= 1 else 6.2))
        return {
            "f(x)": y,
            _("slope"): steepness,
            _("steepest slope"): f.derivative(x).max(),
            _("output"): _("{low} to {high}", low=_limit(low), high=_limit(high)),
        }

    return LiveFigure(
        figure,
        [curve, tangent, point, slope, height],
        move,
        activation=menu(_("activation"), ACTIVATIONS),
        at=slider("x", -REACH, REACH, 1.0, step=0.1),
    )


#: The part of the plane that `decision_boundary` shows, how finely, and the most epochs that it trains.
SIDE, GRID, LONGEST = 4.2, 111, 60


class RingsPicture:
    """The plane of the two rings as a network divides it, and beside it the course of the training.

    Parameters
    ----------
    ground, course : matplotlib.axes.Axes
    """

    def __init__(self, ground, course):
        self.rings, self.points = two_rings(), plane(SIDE, GRID)
        half = SIDE + SIDE / (GRID - 1)  # half a pixel more: the middles of the outermost ones lie on the frame
        self.regions = ground.imshow(
            np.zeros((GRID, GRID)),
            cmap=ListedColormap(["#f6d5bd", "#cfe3f2"], _("outside, inside")),
            extent=(-half, half, -half, half),
            origin="lower",
            vmin=0,
            vmax=1,
        )
        classes = []
        for i, (name, colour, marker) in enumerate(zip((_("outside"), _("inside")), (ORANGE, BLUE), "^o", strict=True)):
            points = self.rings.inputs[self.rings.targets == i]
            classes += ground.plot(*points.T, marker, color=colour, markersize=4, label=name)
        self.outline = LineCollection([], colors=BLACK, linewidths=2, label=_("the network's boundary"))
        ground.add_collection(self.outline, autolim=False)
        (self.wrong,) = ground.plot([], [], "o", color=BLACK, markersize=9, fillstyle="none", label=_("read wrongly"))
        ground.set(
            title=_("The plane"),
            xlabel=_("input $x_1$"),
            ylabel=_("input $x_2$"),
            xlim=(-SIDE, SIDE),
            ylim=(-SIDE, SIDE),
        )
        ground.grid(visible=False)
        self.note = ground.text(0, 0, "", fontsize=13, ha="center", va="center")
        (self.share,) = course.plot([], [], color=BLUE, linestyle="-", label=_("share right"))
        course.set(title=_("Training"), xlabel=_("epoch"), ylabel=_("share right"), xlim=(0, LONGEST), ylim=(0, 1.03))
        # The classes do not move; but the regions, which do, lie below them.
        self.artists = [self.regions, *classes, self.outline, self.wrong, self.note, self.share]

    def move(self, activation, units, layers, learning_rate, epochs):
        """Train a network and show it; return the key numbers."""
        trained = rings_network(activation, [units] * layers, learning_rate, epochs)
        lead = trained.lead(self.points).reshape(GRID, GRID)
        finite = np.isfinite(lead).all()
        if not finite:
            lead = np.zeros_like(lead)
        self.regions.set_data((lead > 0).astype(float))
        side = self.points[:GRID, 0]
        self.outline.set_segments(contour_generator(side, side, lead).lines(0.0) if finite else [])
        wrong = self.rings.inputs[(trained.lead(self.rings.inputs) > 0) != self.rings.targets]
        self.wrong.set_data(*(wrong.T if finite else ([], [])))
        self.note.set_text("" if finite else _("diverged:\nno numbers left"))
        self.share.set_data(np.arange(epochs + 1), trained.accuracy)
        right = len(self.rings.targets) - len(wrong)
        return {
            _("share right"): f"{trained.accuracy[-1]:.1%}",
            _("points right"): _("{right} of 300", right=right) if finite else _("unknown"),
            _("state"): _("finite") if finite else _("diverged"),
        }


@live_figure
def decision_boundary():
    """Where a small network says "inside" and where "outside", once it has been trained on the two rings.

    He's initial weights, batches of 30 of the 300 points, 64-bit arithmetic.
    """
    figure, axes = new_figure(2, height=4.4, width_ratios=(1.25, 1))
    picture = RingsPicture(*axes)
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
    return LiveFigure(
        figure,
        picture.artists,
        picture.move,
        play="epochs",
        activation=menu(_("activation"), ["identity", *(name for name in ACTIVATIONS if name != "identity")], "relu"),
        units=whole_slider(_("units per hidden layer"), 1, 16, 8),
        layers=whole_slider(_("hidden layers"), 1, 2, 1),
        learning_rate=rate_slider(_("learning rate"), 0.01, 10, 0.3),
        epochs=whole_slider(_("epochs"), 0, LONGEST, 40),
    )


#: For so many units `line_pieces` shows how far it is off.
COUNTS = (1, 2, 3, 5, 7, 10, 15, 20, 30, 50)


@functools.cache
def _errors(curve, placement):
    errors = np.array([typical_error(fitted(curve, units, placement), curve) for units in COUNTS])
    errors.flags.writeable = False
    return errors


@live_figure
def line_pieces():
    """Fit a curve with a network of ReLU units, which can compute nothing but straight pieces between joints.

    The joints are placed by a rule, and the output's weights and bias are those of least mean squared error: this is
    what such a network can compute, not what a training finds.
    """
    figure, (left, right) = new_figure(2, height=3.8, width_ratios=(1.5, 1))
    (goal,) = left.plot([], [], color=AMBER, linestyle="--", linewidth=4, label=_("curve"))
    (chain,) = left.plot([], [], color=BLUE, linestyle="-", linewidth=1.5, label=_("network"))
    (bends,) = left.plot([], [], "o", color=ORANGE, markersize=6, label=_("joints"))
    left.set(title=_("The curve and its pieces"), xlabel="x", ylabel="f(x)", xlim=(-3, 3), ylim=(-1.7, 1.7))
    (course,) = right.plot([], [], ".-", color=BLUE, label=_("1 to 50 units"))
    (now,) = right.plot([], [], "s", color=BLUE, markersize=8, markerfacecolor="none", label=_("these units"))
    right.set(
        title=_("How far it is off"), xlabel=_("hidden units"), ylabel=_("typical error"), xscale="log", yscale="log"
    )
    right.set(xlim=(0.9, 60), ylim=(1e-5, 2))
    right.set_xticks([1, 3, 10, 50], labels=["1", "3", "10", "50"])
    handles, labels = left.get_legend_handles_labels()
    more = right.get_legend_handles_labels()
    figure.legend(handles + more[0], labels + more[1], loc="outside lower center", ncols=5)

    def move(curve, placement, units):
        network = fitted(curve, units, placement)
        places = np.unique(joints(network))
        goal.set_data(X, CURVES[curve](X))
        # Joints need not lie on points of X.
        x = np.union1d(X, places)
        chain.set_data(x, network.outputs(x[:, None])[:, 0])
        bends.set_data(places, network.outputs(places[:, None])[:, 0])
        error = typical_error(network, curve)
        course.set_data(COUNTS, _errors(curve, placement))
        now.set_data([units], [error])
        return {_("typical error"): error, _("joints"): len(places), _("straight pieces"): len(places) + 1}

    return LiveFigure(
        figure,
        [goal, chain, bends, course, now],
        move,
        play="units",
        curve=menu(_("curve"), CURVES),
        placement=menu(_("joints placed"), PLACEMENTS, "where they help most"),
        units=whole_slider(_("hidden units"), 1, COUNTS[-1], 3),
    )


#: The deepest network of `vanishing_gradients`, and the floor and ceiling of what it draws.
DEEPEST = 30
FLOOR, CEILING = 1e-18, 1e9
#: The signal is drawn in the first of these frames that holds all of it.
SIGNAL_FRAMES = ((1e-2, 1e2), (1e-6, 1e6), (FLOOR, CEILING))


@live_figure
def vanishing_gradients():
    """How a gradient shrinks or grows on its way back through a deep network, and the signal on its way forward.

    One image goes through a network of 64 units a layer and 10 outputs, in 64-bit arithmetic, before any training.
    """
    figure, (back, forth) = new_figure(2, height=3.9)
    (gradient,) = back.plot([], [], "o-", color=BLUE, markersize=4, label=_("measured"))
    (bound,) = back.plot([], [], color=GREY, linestyle=":", label=_("steepest slope per layer"))
    (signal,) = forth.plot([], [], "o-", color=GREEN, markersize=4, label=_("measured"))
    marks = []  # of what lies beyond the frame
    for axes, colour in ((back, BLUE), (forth, GREEN)):
        marks += axes.plot([], [], "^", color=colour, markersize=5, label=_("above the frame"))
        marks += axes.plot([], [], "v", color=colour, markersize=5, label=_("below the frame"))
    back.set(title=_("Gradient in each layer"), ylabel=_("size of dloss/dz"))
    forth.set(title=_("Activations in each layer"), ylabel=_("root mean square of a"))
    for axes, apart in ((back, 6), (forth, 2)):
        axes.set(xlabel=_("layer"), yscale="log", xlim=(0, DEEPEST + 1), ylim=(FLOOR, CEILING))
        axes.set_yticks(10.0 ** np.arange(-18, 10, apart))
        axes.minorticks_off()
    figure.legend(*back.get_legend_handles_labels(), loc="outside lower center", ncols=4)
    data = standardised_digits()
    image, label = data.inputs[:1], data.targets[:1]

    def move(activation, initialisation, factor, layers):
        f = ACTIVATIONS[activation]
        network = Network([64] * layers + [10], f, initialisation=scaled(initialisation, factor), dtype=np.float64)
        way = network.forward(image)
        norms = np.array([np.linalg.norm(b) for b in way.backward(label).biases])
        sizes = np.array([np.sqrt(np.mean(a**2)) for a in way.a])
        layer = np.arange(1, layers + 1)
        steepest = f.derivative(np.linspace(-REACH, REACH, 241)).max()
        gradient.set_data(layer, norms)
        bound.set_data(layer, norms[-1] * steepest ** (layers - layer))
        signal.set_data(layer, sizes)
        inside = [low <= sizes.min() and sizes.max() <= high for low, high in SIGNAL_FRAMES]
        change(forth, ylim=SIGNAL_FRAMES[inside.index(True) if any(inside) else -1])
        for values, above, below in ((norms, *marks[:2]), (sizes, *marks[2:])):
            too_large, too_small = layer[values > CEILING], layer[values < FLOOR]
            above.set_data(too_large, np.full(len(too_large), CEILING / 10))
            below.set_data(too_small, np.full(len(too_small), FLOOR * 10))
        factor = (norms[0] / norms[-1]) ** (1 / (layers - 1)) if norms[-1] > 0 else 0.0
        return {
            _("last layer's gradient"): norms[-1],
            _("layer 1's"): norms[0],
            _("mean factor per layer"): factor,
        }

    return LiveFigure(
        figure,
        [gradient, bound, signal, *marks],
        move,
        activation=menu(_("activation"), ACTIVATIONS),
        initialisation=menu(_("initial weights"), [name for name in INITIALISERS if name != "zeros"], "xavier"),
        factor=rate_slider(_("weights times"), 0.1, 20, 1.0),
        layers=whole_slider(_("layers"), 2, DEEPEST, 20),
    )


#: How many steps `zig_zag` can take.
MOST_STEPS = 60


@live_figure
def zig_zag():
    """Two weights on their way to a goal: the more one-sided the inputs, the more they zig-zag."""
    figure, (plane, cloud) = new_figure(2, height=4.0, width_ratios=(1.2, 1))
    start = draw_weight_plane(plane, GOAL)
    rings = [
        plane.plot([], [], color=GREY, linestyle=":", linewidth=1, label=_("equal loss"))[0] for _ring in RING_HEIGHTS
    ]
    (path,) = plane.plot([], [], "o-", color=GREY, markersize=3, linewidth=0.7, label=_("path"))
    pieces = LineCollection([], cmap=STEP_COLOURS, norm=Normalize(1, MOST_STEPS), linewidths=1.8, label=_("steps"))
    plane.add_collection(pieces)
    (end,) = plane.plot([], [], "s", color=ORANGE, markersize=8, label=_("end"))
    plane.set_title(_("The two weights"))
    figure.colorbar(pieces, ax=plane, label=_("step"), shrink=0.8)
    (points,) = cloud.plot([], [], "o", color=BLUE, markersize=5, label=_("samples"))
    cloud.axhline(0, color=GREY, linestyle="-", linewidth=1)
    cloud.axvline(0, color=GREY, linestyle="-", linewidth=1)
    cloud.set(title=_("The inputs"), xlabel=_("input $x_1$"), ylabel=_("input $x_2$"))
    cloud.set(xlim=(-0.8, 1.8), ylim=(-0.8, 1.8), aspect="equal")
    pairs = centred_pairs()

    def move(mean, learning_rate, batch_size, steps):
        inputs = pairs + mean
        w = np.clip(walk(inputs, learning_rate, steps, batch_size), -1e3, 1e3)
        curvature = curvature_matrix(inputs)
        for ring, height in zip(rings, RING_HEIGHTS, strict=True):
            ring.set_data(*ellipse(curvature, GOAL, height))
        path.set_data(*w.T)
        pieces.set_segments(np.stack([w[:-1], w[1:]], axis=1))
        pieces.set_array(np.arange(1, len(w)))
        end.set_data(*w[-1:].T)
        points.set_data(*inputs.T)
        low, high = np.linalg.eigvalsh(curvature)
        return {
            _("steps with equal signs"): f"{equal_signs(w):.0%}",
            _("distance left"): np.linalg.norm(w[-1] - GOAL),
            _("curvatures"): _("{low:.3g} and {high:.3g}", low=low, high=high),
        }

    return LiveFigure(
        figure,
        [*rings, path, pieces, start, end, points],
        move,
        play="steps",
        mean=slider(_("mean of the inputs"), 0, 1, 1, step=0.05),
        learning_rate=rate_slider(_("learning rate"), 0.05, 2, 0.4),
        batch_size=whole_slider(_("batch size"), 1, SAMPLES, 1),
        steps=whole_slider(_("steps"), 1, MOST_STEPS, 30),
    )


#: How many numbers are bent at once in `price_of_a_bend`, and what was measured: so many -> name -> seconds.
AT_ONCE = {f"{count:,}": count for count in (1_000, 10_000, 100_000, 1_000_000)}
_measured = {}


@live_figure
def price_of_a_bend():
    """How long sigmoid and tanh take, compared with ReLU: stored times, and those taken at a press of a button."""
    figure, axes = new_figure(height=2.9)
    stored = stored_activations()
    rows = range(len(stored))
    axes.plot(
        [seconds / stored["relu"] for seconds in stored.values()],
        rows,
        "D",
        color=GREY,
        markersize=9,
        label=_("stored, 100,000 numbers"),
    )
    (here,) = axes.plot([], [], "o", color=BLUE, markersize=9, label=_("measured here"))
    axes.set_yticks(rows, [_(name) for name in stored])
    axes.set(xlabel=_("time (ReLU = 1)"), ylabel="")
    axes.set(xscale="log", xlim=(0.1, 100), ylim=(-0.6, len(stored) - 0.4))
    axes.set_xticks([0.1, 1, 10, 100], labels=["0.1", "1", "10", "100"])
    axes.legend(loc="lower right")

    def move(numbers):
        change(axes, title=_("Bending {numbers} numbers at once", numbers=numbers))
        seconds = _measured.get(AT_ONCE[numbers])
        if seconds is None:
            here.set_data([], [])
            return {_("measured here"): _("not yet")}
        here.set_data([seconds[name] / seconds["relu"] for name in stored], rows)
        return {
            _("{name}, compared with ReLU", name=name): f"× {seconds[name] / seconds['relu']:.2g}"
            for name in ("sigmoid", "tanh")
        }

    def measurements(numbers, repeats):
        _measured[AT_ONCE[numbers]] = seconds_of_activations(AT_ONCE[numbers], repeats)
        yield

    numbers = menu(_("numbers at once"), AT_ONCE, "100,000")
    return TimeFigure(measurements, _measured, figure, [here], move, numbers=numbers)


#: What `dead_relus` trains: few enough samples to follow the sliders.
UNITS, EPOCHS, TRAINED_ON = 64, 10, 600


class FiringPicture:
    """Two hidden layers as squares of units, and beside them the course of the training.

    Parameters
    ----------
    first, second, course : matplotlib.axes.Axes
    """

    def __init__(self, first, second, course):
        self.grids, self.crosses, self.notes = [], [], []
        for number, axes in enumerate((first, second), start=1):
            self.grids.append(axes.imshow(np.zeros((8, 8)), cmap="cividis", vmin=0, vmax=1))
            self.crosses += axes.plot([], [], "x", color=ORANGE, markersize=9, markeredgewidth=2.5, label=_("dead"))
            self.notes.append(axes.text(3.5, 3.5, "", color="white", fontsize=13, ha="center", va="center"))
            axes.set(title=_("Hidden layer {number}", number=number), xticks=[], yticks=[])
            axes.grid(visible=False)
        scale = {"orientation": "horizontal", "label": _("fires on this share of the samples (×: on none)")}
        first.figure.colorbar(self.grids[0], ax=(first, second), aspect=30, **scale)
        (self.accuracy,) = course.plot([], [], color=BLUE, linestyle="-", label=_("accuracy"))
        (self.share,) = course.plot([], [], color=ORANGE, linestyle="--", label=_("dead in layer 2"))
        course.set(title=_("Training"), xlabel=_("epoch"), ylabel=_("share"), xlim=(0, EPOCHS), ylim=(-0.03, 1.03))
        course.legend(loc="center right")
        self.artists = [*self.grids, *self.crosses, *self.notes, self.accuracy, self.share]

    def show(self, history):
        """Show the units as they are now, and the training so far.

        Parameters
        ----------
        history : list of helpers.experiments.activations.Firing
            Before the training, and after each epoch.

        Returns
        -------
        dict
            The key numbers.
        """
        now = history[-1]
        for grid, cross, share, dead in zip(self.grids, self.crosses, now.shares, now.dead, strict=True):
            grid.set_data(share.reshape(8, 8))
            # That the sums of a diverged network are no numbers is something else than being dead.
            places = np.flatnonzero(dead) if now.finite else np.empty(0)
            cross.set_data(places % 8, places // 8)
        for note in self.notes:
            note.set_text("" if now.finite else _("diverged:\nno numbers left"))
        self.accuracy.set_data(np.arange(len(history)), [then.accuracy for then in history])
        known = [then.dead[1].mean() for then in history if then.finite]
        self.share.set_data(np.arange(len(known)), known)
        counts = [
            _("{dead} of {UNITS}", dead=np.count_nonzero(dead), UNITS=UNITS) if now.finite else _("unknown")
            for dead in now.dead
        ]
        return {
            _("epoch"): len(history) - 1,
            _("dead in layer 1"): counts[0],
            _("dead in layer 2"): counts[1],
            _("accuracy"): f"{now.accuracy:.1%}",
            _("state"): _("finite") if now.finite else _("diverged"),
        }


@live_figure
def dead_relus():
    """Train a network and show how often each of its units fires: on no sample at all means dead."""
    figure, axes = new_figure(3, height=3.5, width_ratios=(1, 1, 1.5))
    picture = FiringPicture(*axes)
    data = standardised_digits()[:TRAINED_ON]

    def move(learning_rate, factor, slope):
        network = Network(
            [64, UNITS, UNITS, 10], leaky_relu.with_slope(slope), initialisation=scaled("he", factor), dtype=np.float64
        )
        history = [firing(network, data)]
        yield picture.show(history)
        for record in train_by_epoch(network, data.inputs, data.targets, learning_rate, EPOCHS):
            history.append(firing(network, data))
            if record.epoch in (1, 3, 6, EPOCHS):
                yield ("progress", record.epoch / EPOCHS)
                yield picture.show(history)

    return LiveFigure(
        figure,
        picture.artists,
        move,
        learning_rate=rate_slider(_("learning rate"), 0.01, 2, 0.3),
        factor=rate_slider(_("weights times He"), 0.3, 6, 3.0),
        slope=slider(_("slope below 0"), 0, 0.3, 0, step=0.01),
    )
