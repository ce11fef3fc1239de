"""The live figures of chapter 1: networks of any size, memory, windows that slide, time, and the budget game."""

import html

import numpy as np

from helpers.complexity import OPTIMISER_STATE, Conv2D, Dense, lenet5, mlp, vgg16
from helpers.complexity import count as count_layers
from helpers.datasets import digits
from helpers.experiments.complexity import EPOCHS, SEEDS, accuracies
from helpers.experiments.timing import (
    BATCHES,
    FACTORS,
    GROWTH,
    SAMPLES,
    WIDTHS,
    macs_of_an_epoch,
    seconds_of_a_layer,
    seconds_of_an_epoch,
    stored_epochs,
    stored_layers,
)
from helpers.figures.complexity import NetworkPicture, draw_boundaries, square
from helpers.figures.style import (
    BLACK,
    BLUE,
    COLOURS,
    GREEN,
    GREY,
    ORANGE,
    even_powers_of_ten,
    freeze_layout,
    new_figure,
)
from helpers.language import N_, _
from helpers.live.board import Board, rows
from helpers.live.controls import menu, whole_slider
from helpers.live.live_figure import LiveFigure, TimeFigure, live_figure


@live_figure
def network_of_any_size():
    """Draw a plain network as circles and lines, with its counts; layers of 0 units are left out.

    Controls: the number of inputs, of units in two hidden layers, and of outputs.
    """
    figure, axes = new_figure(height=3.2)
    picture = NetworkPicture(axes)

    def move(inputs, hidden_1, hidden_2, outputs):
        counted = picture.show([inputs, *filter(None, (hidden_1, hidden_2)), outputs])
        return {
            _("layers"): counted.layers,
            _("hidden"): counted.hidden_layers,
            _("parameters"): f"{counted.parameters:,}",
            _("multiply-adds"): f"{counted.macs:,}",
        }

    return LiveFigure(
        figure,
        picture.artists,
        move,
        inputs=whole_slider(_("inputs"), 1, 1024, 3),
        hidden_1=whole_slider(_("first hidden layer"), 0, 256, 4),
        hidden_2=whole_slider(_("second hidden layer"), 0, 256, 0),
        outputs=whole_slider(_("outputs"), 1, 20, 2),
    )


# -- memory --------------------------------------------------------------------------------------------------------

#: Name -> layers, shape of one sample.
EXAMPLES = {
    "784-128-10": (mlp([784, 128, 10]), (784,)),
    "LeNet-5": (lenet5(), (1, 32, 32)),
    "VGG-16": (vgg16(), (3, 224, 224)),
}


def in_bytes(size):
    """Return a number of bytes as text with its unit, in powers of 1000."""
    for unit in (_("bytes"), "kB", "MB"):
        if size < 1000:
            return f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:.3g} GB"


@live_figure
def memory_in_training():
    """Show what training keeps in memory, part by part, as shares of the whole.

    Controls: the network, how many samples a step sees, and what the optimiser remembers.
    """
    figure, axes = new_figure(height=2.6)
    parts = (_("parameters"), _("gradients"), _("optimiser state"), _("activations"))
    bars = axes.barh(parts, np.ones(4), color=(BLUE, ORANGE, GREEN, GREY), height=0.65)
    sizes = [axes.text(0, i, "", va="center") for i in range(4)]
    axes.set(xlim=(0, 100), xticks=range(0, 101, 20), xlabel=_("share of the memory (%)"))
    axes.invert_yaxis()
    axes.grid(axis="y", visible=False)

    def move(network, batch_size, optimiser):
        counted = count_layers(*EXAMPLES[network])
        memory = counted.training_memory(batch_size, optimiser)
        for bar, text, part in zip(bars, sizes, memory, strict=True):
            share = 100 * part / memory.total
            bar.set_width(share)
            # Where there is no room to the right of a bar its size stands in it.
            inside = share > 80
            text.set(x=share - 1.5 if inside else share + 1.5, ha="right" if inside else "left")
            text.set(text=in_bytes(part), color="white" if inside else BLACK)
        return {
            _("in total"): in_bytes(memory.total),
            _("parameters alone"): in_bytes(memory.parameters),
            _("total / parameters"): memory.total / memory.parameters,
        }

    return LiveFigure(
        figure,
        [*bars, *sizes],
        move,
        network=menu(_("network"), EXAMPLES, "LeNet-5"),
        batch_size=whole_slider(_("images in a step"), 1, 256, 32),
        optimiser=menu(_("optimiser"), OPTIMISER_STATE, "sgd"),
    )


# -- convolution ---------------------------------------------------------------------------------------------------

#: Name -> the nine weights of a window.
KERNELS = {
    N_("edges from left"): [[-1, 0, 1]] * 3,
    N_("edges from above"): [[-1] * 3, [0] * 3, [1] * 3],
    N_("mean"): [[1 / 9] * 3] * 3,
    N_("only the middle"): [[0, 0, 0], [0, 1, 0], [0, 0, 0]],
}


@live_figure
def sliding_window():
    """Slide nine weights over a handwritten digit: a convolution makes a new image, pixel by pixel.

    Controls: the weights, and how many positions have been visited.
    """
    image = digits().inputs[3].reshape(8, 8)
    windows = np.lib.stride_tricks.sliding_window_view(image, (3, 3))
    figure, (before, weights, after) = new_figure(3, height=3.0)
    before.imshow(image, vmin=0, vmax=16, cmap="gray_r")
    before.set_title(_("image, 8 × 8"))
    shown = weights.imshow(np.zeros((3, 3)), vmin=-1.6, vmax=1.6, cmap="PuOr")
    weights.set_title(_("window, 3 × 3 weights"))
    made = after.imshow(np.zeros((6, 6)), vmin=-48, vmax=48, cmap="PuOr")
    after.set_title(_("output, 6 × 6"))
    for axes, side in ((before, 8), (weights, 3), (after, 6)):
        draw_boundaries(axes, side)
    marks = [
        axes.plot([], [], color=BLUE, linewidth=3, label=name)[0]
        for axes, name in ((before, _("window")), (after, _("its output")))
    ]
    numbers = [weights.text(c, r, "", ha="center", va="center") for r in range(3) for c in range(3)]

    def move(kernel, position):
        w = np.array(KERNELS[kernel], dtype=float)
        output = (windows * w).sum(axis=(2, 3))
        row, column = divmod(position - 1, 6)
        shown.set_data(w)
        made.set_clim(-(reach := np.abs(output).max()), reach)
        made.set_data(np.where(np.arange(36).reshape(6, 6) < position, output, np.nan))
        marks[0].set_data(*square(row, column, 3))
        marks[1].set_data(*square(row, column, 1))
        for text, weight in zip(numbers, w.flat, strict=True):
            text.set_text("1/9" if kernel == "mean" else f"{weight:.0f}")
        return {
            _("positions visited"): position,
            _("multiply-adds so far"): 9 * position,
            _("output here"): output[row, column],
            _("weights"): 9,
        }

    return LiveFigure(
        figure,
        [shown, made, *numbers, *marks],
        move,
        play="position",
        kernel=menu(_("window"), KERNELS),
        position=whole_slider(_("position"), 1, 36, 15),
    )


@live_figure
def convolution_against_dense():
    """Compare a convolution with a dense layer between the same two images, by the size of the image.

    Controls: side of the image, channels that come in and go out, side of the window.
    """
    figure, panels = new_figure(2, height=3.8, sharey=True)
    sides = np.arange(4, 65, 2)
    curves, marks = [], []
    for axes, what in zip(panels, (_("parameters"), _("multiply-adds")), strict=True):
        axes.set(yscale="log", xlim=(0, 68), ylim=(1, 1e12), xlabel=_("side of the image (pixels)"), title=what)
        for name, colour, style, marker in ((_("dense"), ORANGE, "--", "s"), (_("convolution"), BLUE, "-", "o")):
            curves += axes.plot([], [], color=colour, linestyle=style, label=name)
            marks += axes.plot([], [], marker, color=colour, markersize=9, label=_("{name}, chosen", name=name))
    panels[0].set_ylabel(_("how many"))
    panels[0].legend(handles=curves[:2], loc="upper left")
    freeze_layout(figure)

    def counted(side, channels_in, channels_out, window):
        convolution = Conv2D(channels_in, channels_out, window, padding=window // 2)
        dense = Dense(channels_in * side**2, channels_out * side**2)
        return (
            count_layers([dense], (channels_in * side**2,)),
            count_layers([convolution], (channels_in, side, side)),
        )

    def move(side, channels_in, channels_out, window):
        here = counted(side, channels_in, channels_out, window)
        everywhere = [counted(int(s), channels_in, channels_out, window) for s in sides]
        for panel, what in enumerate(("parameters", "macs")):
            for kind in range(2):
                curves[2 * panel + kind].set_data(sides, [getattr(c[kind], what) for c in everywhere])
                marks[2 * panel + kind].set_data([side], [getattr(here[kind], what)])
        dense, convolution = here
        return {
            _("parameters, convolution"): f"{convolution.parameters:,}",
            _("MACs, convolution"): f"{convolution.macs:,}",
            _("parameters, dense"): f"{dense.parameters:,}",
            _("MACs, dense"): f"{dense.macs:,}",
        }

    return LiveFigure(
        figure,
        [*curves, *marks],
        move,
        side=whole_slider(_("side of the image"), 4, 64, 28, unit=_("px")),
        window=whole_slider(_("side of the window"), 1, 7, 5, step=2),
        channels_in=whole_slider(_("channels in"), 1, 64, 1),
        channels_out=whole_slider(_("channels out"), 1, 64, 6),
    )


# -- time ----------------------------------------------------------------------------------------------------------

AT_ONCE = {str(batch): batch for batch in BATCHES}

#: What was measured on this computer: batch size -> list of (multiply-adds, seconds).
_measured = {}
#: The same for epochs: what grows -> list of (factor, seconds of the epoch, seconds of its products).
_measured_epochs = {}


@live_figure
def time_against_macs():
    """Set the time of a dense layer against its multiply-adds, timed on the reader's computer at a press of a button.

    Control: how many samples go through the layer at once.
    """
    figure, axes = new_figure(height=3.9)
    reach = np.array([1e0, 1e9])
    for per_mac, place in ((1e-9, 1e7), (1e-10, 1e8), (1e-11, 1e9)):
        axes.plot(
            reach,
            per_mac * reach,
            color=GREY,
            linestyle=":",
            linewidth=1.2,
            label=_("{time:.2g} ns a MAC", time=per_mac * 1e9),
        )
        left = {"xytext": (-8, 0), "textcoords": "offset points", "ha": "right", "va": "center"}
        axes.annotate(f"{per_mac * 1e9:.2g} ns", (place, per_mac * place), color=GREY, fontsize=9, **left)
    points, seconds = [], stored_layers()
    looks = list(zip(AT_ONCE, "os^", COLOURS, strict=False))
    for name, marker, colour in looks:
        batch = AT_ONCE[name]
        stored = [seconds[width, batch] for width in WIDTHS]
        axes.plot(
            [width**2 * batch for width in WIDTHS],
            stored,
            color=colour,
            linestyle="--",
            linewidth=1,
            marker=marker,
            markersize=4,
            fillstyle="none",
            label=_("stored, batch {name}", name=name),
        )
    for name, marker, colour in looks:
        label = _("measured here, batch {name}", name=name)
        points += axes.plot([], [], marker=marker, color=colour, linestyle="-", linewidth=1, label=label)
    axes.set(xscale="log", yscale="log", xlim=(1, 1e9), ylim=(1e-7, 1e-1))
    even_powers_of_ten(axes.xaxis)
    axes.set(
        xlabel=_("multiply-adds"),
        ylabel=_("seconds"),
        title=_("A dense layer of width 2 to 1024 (dotted: equal time for each MAC)"),
    )
    axes.legend(handles=axes.lines[3:], loc="upper left", ncols=2)

    def move(batch):
        for name, artist in zip(AT_ONCE, points, strict=True):
            artist.set_data(*np.array(_measured.get(AT_ONCE[name]) or np.empty((0, 2))).T)
            artist.set_linewidth(2.5 if name == batch else 1)
        times = _measured.get(AT_ONCE[batch], [])
        told = {_("MACs, width 2"): 4 * AT_ONCE[batch], _("MACs, width 1024"): f"{1024**2 * AT_ONCE[batch]:,}"}
        if len(times) < len(WIDTHS):
            return {**told, _("measured"): _("not yet") if not times else _("at work ...")}
        (first, short), *_between, (last, long) = times
        return {**told, _("times as many MACs"): f"{last / first:,.0f}", _("times as long"): f"{long / short:,.0f}"}

    def measurements(batch, repeats):
        size = AT_ONCE[batch]
        times = _measured[size] = []
        for width in WIDTHS:
            times.append((width * width * size, seconds_of_a_layer(width, size, repeats)))
            yield

    return TimeFigure(measurements, _measured, figure, points, move, batch=menu(_("samples at once"), AT_ONCE))


@live_figure
def time_of_an_epoch():
    """Set the time of an epoch against what grows in it, beside its matrix products alone and their multiply-adds.

    Control: what grows. Both times are given in epochs of the smallest value, the multiply-adds as multiples.
    """
    figure, axes = new_figure(height=3.9)
    macs = axes.plot([], [], color=GREY, linestyle=":", label=_("multiply-adds"))[0]
    curves = [
        axes.plot([], [], color=colour, linestyle=style, marker=marker, linewidth=width, markersize=5, label=label)[0]
        for label, colour, style, marker, width in (
            (_("epoch, stored times"), BLUE, "--", "", 1.5),
            (_("its products alone, stored"), ORANGE, "-.", "", 1.5),
            (_("epoch, measured here"), BLUE, "-", "o", 2.5),
            (_("its products alone, here"), ORANGE, "-", "s", 2.5),
        )
    ]
    axes.set(xscale="log", yscale="log", xlim=(0.9, 145), ylim=(0.01, 2000))
    axes.set_xticks(FACTORS, labels=FACTORS)
    axes.set_xticks([], minor=True)
    axes.set_yticks([0.01, 0.1, 1, 10, 100, 1000], labels=["0.01", "0.1", "1", "10", "100", "1000"])
    axes.set(
        xlabel=_("how many times as large"),
        ylabel=_("time (first epoch = 1)"),
        title=_("The time of an epoch of {SAMPLES} samples", SAMPLES=SAMPLES),
    )
    axes.legend(loc="upper left", ncols=2)

    def move(grows):
        work = np.array([macs_of_an_epoch(grows, factor) for factor in FACTORS])
        macs.set_data(FACTORS, work / work[0])
        stored, here = stored_epochs()[grows], np.array(_measured_epochs.get(grows) or np.empty((0, 3))).T
        for i in range(2):
            curves[i].set_data(FACTORS, stored[i] / stored[0, 0])
            curves[2 + i].set_data(here[0], here[1 + i] / here[1, :1])
        told = {
            _("growth of multiply-adds"): f"× {work[-1] / work[0]:,.3g}",
            _("growth of stored times"): f"× {stored[0, -1] / stored[0, 0]:.2g}",
        }
        if here.shape[1] < len(FACTORS):
            return {**told, _("here"): _("not yet") if here.size == 0 else _("at work ...")}
        return {**told, _("growth of times here"): f"× {here[1, -1] / here[1, 0]:.2g}"}

    def measurements(grows, repeats):
        times = _measured_epochs[grows] = []
        for factor in FACTORS:
            times.append((factor, *seconds_of_an_epoch(grows, factor, repeats)))
            yield

    grows = menu(_("what grows"), GROWTH)
    return TimeFigure(measurements, _measured_epochs, figure, [macs, *curves], move, grows=grows)


# -- the budget game -----------------------------------------------------------------------------------------------

#: Level -> accuracy to reach (%), parameters that may be spent.
LEVELS = {
    N_("1: 97.5 % with 2,500 parameters"): (97.5, 2500),
    N_("2: 95 % with 700 parameters"): (95, 700),
    N_("3: 91 % with 450 parameters"): (91, 450),
    N_("4: 88 % with 200 parameters"): (88, 200),
}
SIDES = {N_("8 × 8 pixels"): 8, N_("4 × 4 pixels"): 4, N_("2 × 2 pixels"): 2}


def entry_of(live):
    """Return the network that the game shows, to be registered: sizes, parameters, accuracy in %."""
    values = live.values
    sizes = sizes_of(values["image"], values["hidden_1"], values["hidden_2"])
    *_, finished = accuracies(sizes)
    return sizes, parameters_of(sizes), shown_accuracy(finished[-1])


def table_of(entries):
    """Return the best network within each level's budget, as HTML."""
    lines = []
    for level, (goal, budget) in LEVELS.items():
        within = [entry for entry in entries if entry[1] <= budget]
        told = _("nothing registered within this budget yet")
        if within:
            sizes, parameters, accuracy = max(within, key=lambda entry: (entry[2], -entry[1]))
            told = _(
                "{verdict}: {sizes} reaches {accuracy:.1f} % with {parameters:,} parameters",
                verdict=_("✓ solved") if accuracy >= goal else _("✗ not yet"),
                sizes="-".join(map(str, sizes)),
                accuracy=accuracy,
                parameters=parameters,
            )
        lines.append((_("Level {level}", level=html.escape(_(level))), told))
    return rows(lines)


def parameters_of(sizes):
    """Return how many parameters a network of these sizes has."""
    return count_layers(mlp(list(sizes)), sizes[:1]).parameters


def sizes_of(image, hidden_1, hidden_2):
    """Return the sizes of the network that the controls ask for; hidden layers of 0 units are left out."""
    return (SIDES[image] ** 2, *filter(None, (hidden_1, hidden_2)), 10)


def shown_accuracy(of_seeds):
    """Return the median over seeds, to one decimal."""
    return round(float(np.median(of_seeds)), 1)


#: From an accuracy in % to its height and back: who misses half as much is one step higher up, so that 97 and 98 stand
#: apart. 1 is added, for 100 has a height, too.
_FINER_ON_TOP = (lambda accuracy: -np.log2(101 - accuracy), lambda height: 101 - np.exp2(-height))


@live_figure
def parameter_budget_game():
    """Choose the size of a network for digits, watch five of them learn, and register what they reach.

    Controls: the level, the size of the image, and the units of two hidden layers.
    """
    figure, (learning, plane) = new_figure(2, height=3.8, sharey=True)
    learning.set_yscale("function", functions=_FINER_ON_TOP)
    learning.set_yticks((0, 50, 80, 90, 95, 98, 100))
    learning.set(xlim=(0, EPOCHS + 0.5), ylim=(0, 100), xlabel=_("epoch"), ylabel=_("test accuracy (%)"))
    learning.set_xticks(range(0, EPOCHS + 1, 3))
    learning.set_title(_("{SEEDS} seeds learn", SEEDS=SEEDS))
    curves = [
        learning.plot([], [], color=BLUE, linewidth=width, linestyle=style, label=name)[0]
        for name, width, style in ((_("median"), 2.5, "-"), (_("best seed"), 1, "--"), (_("worst seed"), 1, ":"))
    ]
    (aim,) = learning.plot([], [], color=GREY, linestyle="-.", linewidth=1.5, label=_("goal"))
    learning.legend(loc="lower right", ncols=2)
    plane.set(xscale="log", xlim=(30, 2e4), xlabel=_("parameters"))
    plane.set_title(_("Your board"))
    (corner,) = plane.plot([], [], color=GREY, linestyle="-.", linewidth=1.5, label=_("goal: this corner"))
    (tried,) = plane.plot([], [], "o", color=GREEN, markersize=8, label=_("registered"))
    (now,) = plane.plot(
        [], [], "s", color=ORANGE, fillstyle="none", markersize=12, markeredgewidth=2, label=_("this one")
    )
    plane.legend(loc="lower right")
    freeze_layout(figure)
    board = Board("budget game", entry_of, table_of, drawn=True)

    def move(level, image, hidden_1, hidden_2):
        goal, budget = LEVELS[level]
        sizes = sizes_of(image, hidden_1, hidden_2)
        parameters = parameters_of(sizes)
        aim.set_data([0, EPOCHS + 0.5], [goal, goal])
        corner.set_data([30, budget, budget], [goal, goal, 100])
        tried.set_data([entry[1] for entry in board.entries], [entry[2] for entry in board.entries])
        for reached in accuracies(sizes):
            done = len(reached)
            median = np.round(np.median(reached, axis=1), 1)
            for curve, values in zip(curves, (median, reached.max(axis=1), reached.min(axis=1)), strict=True):
                curve.set_data(np.arange(1, done + 1), np.round(values, 1))
            now.set_data([parameters], median[-1:])
            if done % 3 == 0 or done == 1:
                yield {
                    _("network"): "-".join(map(str, sizes)),
                    _("parameters"): _("{parameters:,} of {budget:,}", parameters=parameters, budget=budget),
                    _("accuracy"): _("{reached:.1f} % (goal {goal} %)", reached=median[-1], goal=goal),
                    _("level"): _("✓ solved") if median[-1] >= goal and parameters <= budget else _("✗ not yet"),
                }
            yield ("progress", done / EPOCHS)

    return LiveFigure(
        figure,
        [aim, *curves, corner, tried, now],
        move,
        board=board,
        level=menu(_("level"), LEVELS),
        image=menu(_("image"), SIDES),
        hidden_1=whole_slider(_("first hidden layer"), 0, 64, 4),
        hidden_2=whole_slider(_("second hidden layer"), 0, 32, 0),
    )
