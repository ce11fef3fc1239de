"""The live figures of chapter 4: a plan for yogurt, surprise, softmax, likelihood, confident mistakes, best guesses."""

import numpy as np

from helpers.datasets import yogurt_sales
from helpers.experiments.losses import (
    SLOPES,
    STEPS,
    SURPRISES,
    TEMPERATURES,
    WAITS,
    best_guesses,
    logit_path,
    mean_losses,
    mean_surprise,
    probability_of_right,
    surprise,
    total_surprise,
)
from helpers.figures.style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    even_powers_of_ten,
    freeze_layout,
    new_figure,
)
from helpers.language import N_, _
from helpers.live.blit import change
from helpers.live.controls import checkbox, menu, rate_slider, slider, whole_slider
from helpers.live.live_figure import LiveFigure, live_figure
from helpers.losses import (
    asymmetric_loss,
    cheapest_weights,
    softmax,
    softmax_cross_entropy,
)

# -- yogurt: a plan whose errors have prices -----------------------------------------------------------------------


@live_figure
def yogurt_plan():
    """Plan the yogurt at least cost while the two prices change: what is planned and sold, and the errors.

    Controls: cost of a unit too much, profit lost by a unit too little.
    """
    data = yogurt_sales()
    x, sales = data.inputs, data.targets
    days = np.arange(1, len(sales) + 1)
    least_squares = np.linalg.lstsq(x, sales, rcond=None)[0]
    figure, (plans, errors) = new_figure(2, height=3.8)
    plans.plot([0, 2], [0, 2], color=BLACK, linestyle="--", linewidth=1, label=_("exactly enough"))
    plans.set(
        xlim=(0, 1.8),
        ylim=(0, 2.1),
        xlabel=_("sold (units)"),
        ylabel=_("planned (units)"),
        title=_("Planned for each day"),
    )
    plans.text(0.55, 1.6, _("too much"), fontsize=10)
    plans.text(1.3, 0.35, _("sold out"), fontsize=10)
    (plan_surplus,) = plans.plot([], [], "o", color=BLUE, markersize=6, label=_("too much"))
    (plan_short,) = plans.plot([], [], "v", color=ORANGE, markersize=7, label=_("sold out"))
    (surplus,) = errors.plot([], [], "o", color=BLUE, markersize=6, label=_("too much"))
    (short,) = errors.plot([], [], "v", color=ORANGE, markersize=7, label=_("sold out"))
    stems = errors.vlines(days, 0, days * 0.001, color=GREY, linewidth=1)
    errors.axhline(0, color=BLACK, linestyle="-", linewidth=0.8)
    errors.set(xlim=(0, 33), ylim=(-0.2, 0.34), xlabel=_("day"), ylabel=_("planned - sold (units)"))
    errors.set_title(_("Its error on each day"))
    errors.legend(loc="upper left", ncols=2)
    plans.legend(handles=plans.lines[:1], loc="upper left")

    def move(cost, profit):
        weights = cheapest_weights(x, sales, cost, profit)
        error = x @ weights - sales
        enough = error > -1e-9  # two days are met exactly, give or take rounding
        plan_surplus.set_data(sales[enough], (sales + error)[enough])
        plan_short.set_data(sales[~enough], (sales + error)[~enough])
        surplus.set_data(days[enough], error[enough])
        short.set_data(days[~enough], error[~enough])
        stems.set_segments([[(day, 0), (day, e)] for day, e in zip(days, error, strict=True)])
        bill, squares_bill = (
            asymmetric_loss.with_prices(cost, profit)(x @ w, sales, reduction="sum") for w in (weights, least_squares)
        )
        return {
            "w1": weights[0],
            "w2": weights[1],
            _("days with enough"): _("{enough} of {days}", enough=np.count_nonzero(enough), days=len(days)),
            _("profit / (cost + profit)"): profit / (cost + profit),
            _("loss"): bill,
            _("loss of least squares"): squares_bill,
        }

    return LiveFigure(
        figure,
        [plan_surplus, plan_short, stems, surplus, short],
        move,
        cost=whole_slider(_("cost of 1 too much"), 1, 99, 1),
        profit=whole_slider(_("profit lost by 1 short"), 1, 99, 99),
    )


# -- surprise ------------------------------------------------------------------------------------------------------

UNITS = {N_("bits (base 2)"): np.log(2), N_("nats (base e)"): 1.0, N_("base 10"): np.log(10)}
#: How the unit is called on an axis.
SHORT = {"bits (base 2)": _("bits"), "nats (base e)": _("nats"), "base 10": _("base 10")}


class SurprisePicture:
    """The surprise of one day, and the average over what happens.

    Parameters
    ----------
    figure, single, average
        The figure and its two axes.
    """

    def __init__(self, figure, single, average):
        self.axes, self.grid = (single, average), np.linspace(0.005, 0.995, 199)
        (self.curve,) = single.plot([], [], color=BLUE, label=_("surprise"))
        (self.rain,) = single.plot([], [], "o", color=ORANGE, markersize=9, label=_("it rains"))
        (self.dry,) = single.plot([], [], "s", color=GREEN, markersize=8, label=_("it stays dry"))
        single.set(xlim=(-0.03, 1.03), xlabel=_("probability given to what happens"), title=_("Surprise of one day"))
        single.legend(loc="upper right")
        (self.mean,) = average.plot([], [], color=BLUE, label=_("cross-entropy"))
        (self.entropy,) = average.plot([], [], color=GREY, linestyle="--", label=_("entropy of the truth"))
        (self.best,) = average.plot([], [], "*", color=GREY, markersize=14, label=_("least"))
        (self.now,) = average.plot([], [], "o", color=ORANGE, markersize=9, label=_("your guess"))
        average.set(xlim=(-0.03, 1.03), xlabel=_("guessed probability of rain"), title=_("Average surprise"))
        average.legend(loc="upper center", fontsize=9)
        for axes in self.axes:
            axes.set(ylim=(0, 2.4), ylabel=_("surprise (base 10)"))  # the widest labels of all units
        freeze_layout(figure)
        self.artists = [self.curve, self.rain, self.dry, self.mean, self.entropy, self.best, self.now]

    def move(self, truth, guess, unit):
        """Show a guess; return the key numbers."""
        size, name = UNITS[unit], SHORT[unit]
        least, here = (float(mean_surprise(p, truth, size)) for p in (truth, guess))
        self.curve.set_data(self.grid, surprise(self.grid, size))
        self.rain.set_data([guess], [surprise(guess, size)])
        self.dry.set_data([1 - guess], [surprise(1 - guess, size)])
        self.mean.set_data(self.grid, mean_surprise(self.grid, truth, size))
        self.entropy.set_data([0, 1], [least, least])
        self.best.set_data([truth], [least])
        self.now.set_data([guess], [here])
        for axes in self.axes:
            change(axes, ylim=(-0.1 / size, 5.5 / size), ylabel=_("surprise ({name})", name=name))
        return {
            _("surprise if it rains"): surprise(guess, size),
            _("if it stays dry"): surprise(1 - guess, size),
            _("cross-entropy"): here,
            _("entropy"): least,
            _("excess"): 0.0 if np.isclose(guess, truth) else here - least,
        }


@live_figure
def surprise_of_a_guess():
    """Surprise, and its average over what happens: the cross-entropy of a guess about rain.

    Controls: how often it rains, the guessed probability of rain, the unit of surprise.
    """
    figure, axes = new_figure(2, height=3.6)
    picture = SurprisePicture(figure, *axes)
    return LiveFigure(
        figure,
        picture.artists,
        picture.move,
        truth=slider(_("share of rainy days"), 0, 1, 0.7, step=0.05),
        guess=slider(_("guess"), 0.01, 0.99, 0.3, step=0.01),
        unit=menu(_("unit"), UNITS, "nats (base e)"),
    )


# -- softmax -------------------------------------------------------------------------------------------------------

CLASSES = (N_("cat"), N_("dog"), N_("bird"))


@live_figure
def logits_to_probabilities():
    """Three logits, their probabilities, and the slope of softmax cross-entropy; with one softmax or with two.

    The logits are divided by a temperature first; the slope is that with respect to the divided ones.

    Controls: the logits, the temperature, the right class, and whether softmax is applied a second time by mistake.
    """
    figure, (left, right) = new_figure(2, height=3.4)
    names = [_(name) for name in CLASSES]
    chances = left.bar(names, [0.1, 0.2, 0.3], color=BLUE, width=0.6, label=_("probability"))
    left.set(ylim=(0, 1.02), ylabel=_("probability"), title=_("What softmax makes of them"))
    slopes = right.bar(names, [0.1, 0.2, 0.3], color=ORANGE, width=0.6, label=_("slope"))
    right.axhline(0, color=BLACK, linestyle="-", linewidth=0.8)
    right.set(ylim=(-1.05, 1.05), ylabel=_("slope of the loss"), title=_("How the loss pulls at the logits"))
    for axes in (left, right):
        axes.grid(visible=False, axis="x")

    def move(cat, dog, bird, temperature, label, twice):
        logits, target = np.array([cat, dog, bird]) / temperature, CLASSES.index(label)
        once = softmax(logits)
        if twice:
            shown, loss = softmax(once), softmax_cross_entropy(once, target)
            inner = softmax_cross_entropy.gradient(once, target)
            slope = once * (inner - inner @ once)  # the chain rule through the first softmax
        else:
            shown, loss = once, softmax_cross_entropy(logits, target)
            slope = softmax_cross_entropy.gradient(logits, target)
        for bars, heights in ((chances, shown), (slopes, slope)):
            for bar, height in zip(bars, heights, strict=True):
                bar.set_height(height)
        return {
            **{f"p({name})": p for name, p in zip(names, shown, strict=True)},
            _("sum"): shown.sum(),
            _("loss, if it is a {label}", label=_(label)): loss,
        }

    return LiveFigure(
        figure,
        [*chances, *slopes],
        move,
        cat=slider(_("logit of cat"), -10, 10, 2, step=0.1),
        dog=slider(_("logit of dog"), -10, 10, 1, step=0.1),
        bird=slider(_("logit of bird"), -10, 10, -1, step=0.1),
        temperature=rate_slider(_("temperature"), 0.1, 10, 1),
        label=menu(_("right class"), CLASSES),
        twice=checkbox(_("softmax twice")),
    )


# -- confident mistakes --------------------------------------------------------------------------------------------


def _powers_of_ten(axes, powers):
    """Give an axis for numbers from 0 to 1 even steps, or powers of ten, which show how small the small ones are."""
    if powers == (axes.get_yscale() == "log"):
        return
    if powers:
        axes.set_ylim(1e-6, 2)  # first: 0 has no place on the other scale
        axes.set_yscale("log")
        even_powers_of_ten(axes.yaxis)
    else:
        axes.set_yscale("linear")
        axes.set_ylim(-0.03, 1.05)


@live_figure
def confident_mistake():
    """One sample, two classes: how hard cross-entropy and the squared error pull at a logit, and where that leads.

    Controls: the logit of the right class (minus the other's) at the start, a learning rate for each loss, and whether
    the axes go up in powers of ten.
    """
    grid = np.linspace(-12, 6, 181)
    figure, (pull, path) = new_figure(2, height=3.7)
    marks, curves = [], []
    for (name, slope), colour, style, marker in zip(SLOPES.items(), (BLUE, ORANGE), ("-", "--"), "os", strict=True):
        pull.plot(grid, -slope(grid), color=colour, linestyle=style, label=_(name))
        marks += pull.plot([], [], marker, color=colour, markersize=8, label=_("{name}, here", name=_(name)))
        curves += path.plot([], [], color=colour, linestyle=style, label=_(name))
    pull.set(xlim=(-12, 6), xlabel=_("logit of the right class"), ylabel=_("size of the slope"))
    pull.set_title(_("How hard the loss pulls"))
    pull.text(-11.6, 0.1, _("sure and wrong"), fontsize=9)
    pull.text(5.7, 0.3, _("sure\nand right"), fontsize=9, horizontalalignment="right")
    figure.legend(handles=pull.lines[::2], loc="outside upper center", ncols=2, fontsize=9)
    path.set(xlim=(0, STEPS), xlabel=_("step"), ylabel=_("p(right class)"), title=_("What 100 steps achieve"))
    for axes in (pull, path):
        _powers_of_ten(axes, True)  # the widest labels
    freeze_layout(figure)

    def move(start, rate_ce, rate_mse, powers):
        for axes in (pull, path):
            _powers_of_ten(axes, powers)
        read = {_("p(right) at first"): float(probability_of_right(start))}
        for (name, slope), learning_rate, mark, curve in zip(
            SLOPES.items(), (rate_ce, rate_mse), marks, curves, strict=True
        ):
            logits = logit_path(slope, start, learning_rate)
            mark.set_data([start], [-slope(start)])
            curve.set_data(np.arange(STEPS + 1), probability_of_right(logits))
            read[_("pull, {name}", name=_(name))] = float(-slope(start))
            read[_("p at the end, {name}", name=_(name))] = float(probability_of_right(logits[-1]))
        return read

    return LiveFigure(
        figure,
        [*marks, *curves],
        move,
        start=slider(_("logit at the start"), -12, 6, -8, step=0.5),
        rate_ce=rate_slider(_("rate, cross-entropy"), 0.01, 1000, 1),
        rate_mse=rate_slider(_("rate, squared error"), 0.01, 1000, 1),
        powers=checkbox(_("axes in powers of ten")),
    )


# -- likelihood ----------------------------------------------------------------------------------------------------


@live_figure
def most_likely_value():
    """Seven thermometers in one room: how likely their degrees are for a guess of the truth, and the total surprise.

    Controls: the guess, what the noise is like and how far it spreads, and what the thermometer in the sun shows.
    """
    guesses, errors = np.linspace(18, 24, 121), np.linspace(-12, 12, 481)
    figure, (bell, total) = new_figure(2, height=3.7)
    (density,) = bell.plot([], [], color=BLUE, label=_("density, if the guess is true"))
    stems = bell.vlines(TEMPERATURES, 0, 0.1, color=ORANGE, linewidth=1.5)
    (dots,) = bell.plot([], [], "o", color=ORANGE, markersize=6, label=_("measured"))
    bell.set(xlim=(16, 28), ylim=(0, 1.3), xlabel=_("degrees"), ylabel=_("density (1 / degree)"))
    bell.set_title(_("How likely is each measurement?"))
    bell.legend(loc="upper right", fontsize=9)
    (curve,) = total.plot([], [], color=BLUE, label=_("surprise"))
    (best,) = total.plot([], [], "*", color=GREEN, markersize=15, label=_("least"))
    (now,) = total.plot([], [], "o", color=ORANGE, markersize=8, label=_("your guess"))
    total.set(xlim=(18, 24), ylim=(0, 100), xlabel=_("guess (degrees)"), ylabel=_("total surprise (nats)"))
    total.set_title(_("All seven together"))
    total.legend(loc="upper center", ncols=3, fontsize=9, columnspacing=1)
    freeze_layout(figure)

    def move(guess, noise, spread, sun):
        measured = np.append(TEMPERATURES[:-1], sun)
        heights = np.exp(-SURPRISES[noise](measured - guess, spread))
        values = total_surprise(noise, measured, guesses, spread)
        likeliest = measured.mean() if noise == "Gaussian" else np.median(measured)
        here, least = (float(total_surprise(noise, measured, value, spread)) for value in (guess, likeliest))
        density.set_data(guess + errors, np.exp(-SURPRISES[noise](errors, spread)))
        stems.set_segments([[(x, 0), (x, y)] for x, y in zip(measured, heights, strict=True)])
        dots.set_data(measured, heights)
        curve.set_data(guesses, values)
        best.set_data([likeliest], [least])
        now.set_data([guess], [here])
        margin = (values.max() - least) / 10
        change(total, ylim=(least - margin, values.max() + 2 * margin))
        return {
            _("likelihood"): float(np.prod(heights)),
            _("total surprise"): here,
            _("least surprise"): least,
            _("most likely value"): float(likeliest),
            _("mean"): float(measured.mean()),
            _("median"): float(np.median(measured)),
        }

    return LiveFigure(
        figure,
        [density, stems, dots, curve, best, now],
        move,
        guess=slider(_("guess"), 18, 24, 22, step=0.1, unit=_("degrees")),
        noise=menu(_("noise"), SURPRISES),
        spread=slider(_("spread of the noise"), 0.4, 3, 1, step=0.1),
        sun=slider(_("in the sun"), 21, 27, 23.2, step=0.1, unit=_("degrees")),
    )


# -- the best guess ------------------------------------------------------------------------------------------------

#: Name of a loss -> what it asks for, limits of its axis, label of that axis.
ASKS_FOR = {
    N_("squared loss"): (_("the mean"), (-14, 210), _("loss (minutes²)")),
    N_("absolute loss"): (_("the median"), (-1, 15), _("loss (minutes)")),
    N_("pinball loss"): (_("a quantile"), (-0.6, 8), _("loss (minutes)")),
}


class LossPanel:
    """One loss of all guesses of a waiting time.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    name : str
        A key of `ASKS_FOR`.
    """

    def __init__(self, axes, name):
        self.grid, (asks_for, limits, label) = np.linspace(0, 31, 311), ASKS_FOR[name]
        self.floor = limits[0]
        (self.dots,) = axes.plot([], [], "|", color=BLACK, markersize=9, label=_("waiting times"))
        (self.curve,) = axes.plot([], [], color=BLUE, linestyle="-", label=_("loss"))
        (self.best,) = axes.plot([], [], "*", color=GREEN, markersize=15, label=_("least"))
        (self.mark,) = axes.plot([], [], "o", color=ORANGE, markersize=8, label=_("your guess"))
        axes.set(
            xlim=(0, 31),
            xlabel=_("guess (minutes)"),
            title=_("{name}\nasks for {asks_for}", name=_(name), asks_for=asks_for),
        )
        axes.set(ylim=limits, ylabel=label)

    def show(self, waits, losses, here, least):
        """Show waiting times, the losses of `grid`, and two points (guess, loss): yours and the least."""
        self.dots.set_data(waits, np.full(len(waits), self.floor / 2))
        self.curve.set_data(self.grid, losses)
        self.mark.set_data(*np.transpose([here]))
        self.best.set_data(*np.transpose([least]))


@live_figure
def best_guess():
    """Three losses of one guess for eleven waiting times, and the guess that makes each of them least.

    Controls: the guess, the longest waiting time, the share of people that the quantile is to cover.
    """
    figure, axes = new_figure(3, height=3.5)
    panels = [LossPanel(panel, name) for panel, name in zip(axes, ASKS_FOR, strict=True)]
    last = panels[-1]
    axes[-1].legend(
        [last.mark, last.best, last.dots], [_("your guess"), _("least"), _("waits")], loc="upper center", fontsize=8.5
    )
    freeze_layout(figure)

    def move(guess, longest, tau):
        waits = np.append(WAITS, longest)
        curves, here = mean_losses(last.grid, waits, tau), mean_losses(guess, waits, tau)
        best = best_guesses(waits, tau)
        for i, panel in enumerate(panels):
            least = mean_losses(best[i], waits, tau)[i]
            panel.show(waits, curves[i], (guess, here[i]), (best[i], least))
        return {
            _("squared"): here[0],
            _("least at the mean"): best[0],
            _("absolute"): here[1],
            _("least at the median"): best[1],
            _("pinball"): here[2],
            _("least at the {tau:.2f}-quantile", tau=tau): best[2],
        }

    return LiveFigure(
        figure,
        [
            *(panel.dots for panel in panels),
            *(panel.curve for panel in panels),
            *(panel.best for panel in panels),
            *(panel.mark for panel in panels),
        ],
        move,
        guess=slider(_("guess"), 0, 20, 10, step=0.5, unit=_("min")),
        longest=whole_slider(_("longest wait"), 13, 30, 13, unit=_("min")),
        tau=slider(_("quantile"), 0.05, 0.95, 0.9, step=0.05),
    )
