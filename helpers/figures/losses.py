"""The figures of chapter 4: shapes of losses, fits that converge or oscillate, accuracy by loss and learning rate."""

import numpy as np

from helpers.figures.described import described_figure
from helpers.figures.style import BLUE, COLOURS, GREY, LINE_STYLES, MARKERS, ORANGE, legend_outside, new_figure
from helpers.language import _


@described_figure
def loss_shapes(errors, losses):
    """Show what single errors cost.

    Parameters
    ----------
    errors : array (points,)
        Prediction minus target, in ascending order.
    losses : dict of str -> array (points,)
        By label: the loss of each error.

    Returns
    -------
    DescribedFigure
        One panel with a curve for each loss.
    """
    figure, axes = new_figure(height=3.2)
    for label, values in losses.items():
        axes.plot(errors, values, label=label)
    axes.axvline(0, color=GREY, linestyle="-", linewidth=0.8, label=_("no error"))
    axes.set(xlabel=_("error: prediction - target"), ylabel=_("loss"))
    for text, side in ((_("too little "), "right"), (_(" too much"), "left")):
        axes.text(0, 0.92, text, transform=axes.get_xaxis_transform(), ha=side, fontsize=9)
    legend_outside(axes)
    return figure


@described_figure
def excess_loss(runs):
    """Show how far each run's loss is above the least possible one; both axes go up in powers of ten.

    Parameters
    ----------
    runs : dict of str -> array (steps,)
        By label: the loss minus the least loss, before step 1, 2, 3, and so on; above 0.

    Returns
    -------
    DescribedFigure
        One panel with a curve for each run.
    """
    figure, axes = new_figure(height=3.4)
    for i, (label, values) in enumerate(runs.items()):
        # Equally spaced on the axis of powers of ten: a curve of thousands of steps needs no more than these.
        step = np.unique(np.geomspace(1, len(values), 60).round().astype(int))
        axes.loglog(step, np.asarray(values)[step - 1], label=label, marker=MARKERS[i % len(MARKERS)], markevery=6)
    axes.set(xlabel=_("step"), ylabel=_("loss above the least"))
    legend_outside(axes)
    return figure


@described_figure
def last_steps(losses, weights, least_loss, best_weights):
    """Show the last steps of a run that does not settle: its loss, and its path in the plane of two weights.

    Parameters
    ----------
    losses : array (steps,)
        The loss at each of the points.
    weights : array (steps, 2)
        The points; the last one is marked.
    least_loss : float
        The least possible loss.
    best_weights : array (2,)
        Where it is reached.

    Returns
    -------
    DescribedFigure
        A panel for the loss, and one for the weights.
    """
    figure, (left, right) = new_figure(2, height=3.6)
    step = np.arange(1 - len(losses), 1)
    left.plot(step, losses, "o-", color=BLUE, markersize=3, linewidth=1, label=_("loss"))
    left.plot(step[-1:], losses[-1:], "s", color=ORANGE, markersize=9, label=_("last step"))
    left.axhline(least_loss, color=GREY, linestyle="--", label=_("least possible"))
    left.set(xlabel=_("step, counted from the end"), ylabel=_("loss"), title=_("The loss goes up and down"))
    left.set_ylim(least_loss - 0.7, np.max(losses) + 0.3)
    left.legend(loc="lower left", ncols=3, fontsize=8.5, columnspacing=1, handlelength=1.5)
    right.plot(*weights.T, "o-", color=BLUE, markersize=3, linewidth=0.5, label=_("path"))
    right.plot(*weights[-1:].T, "s", color=ORANGE, markersize=9, label=_("last step"))
    right.plot(*best_weights, "*", color=GREY, markersize=15, label=_("optimum"))
    right.set(xlabel="$w_1$", ylabel="$w_2$", title=_("So do the weights"))
    right.legend(loc="upper left", fontsize=8.5)
    return figure


@described_figure
def accuracy_by_rate(results):
    """Show the accuracy that each loss reaches at each learning rate: median of the seeds, and their full range.

    Parameters
    ----------
    results : dict of str -> dict of float -> array (seeds,)
        By label of the loss, then by learning rate: the accuracy of each seed, from 0 to 1.

    Returns
    -------
    DescribedFigure
        A panel with a curve and bars for each loss, and the same from 90 % on.
    """
    figure, panels = new_figure(2, height=3.6)
    for i, (label, by_rate) in enumerate(results.items()):
        rates = np.array(sorted(by_rate))
        seeds = 100 * np.array([by_rate[rate] for rate in rates])
        middle = np.median(seeds, axis=1)
        for axes in panels:
            axes.vlines(rates, seeds.min(axis=1), seeds.max(axis=1), color=COLOURS[i], linewidth=5, alpha=0.35)
            axes.plot(rates, middle, color=COLOURS[i], linestyle=LINE_STYLES[i], marker=MARKERS[i], label=label)
    for axes, low, title in zip(panels, (0, 90), (_("All rates"), _("The best ones, nearer")), strict=True):
        axes.set(xscale="log", xlabel=_("learning rate"), ylabel=_("test accuracy (%)"), title=title)
        axes.set_ylim(low, 100 + (100 - low) / 25)
    panels[0].legend(title=_("median (bar: all seeds)"), loc="lower right", fontsize=9)
    return figure


@described_figure
def noise_and_loss(errors, surprises):
    """Show the density of each noise, and its surprise: the shape of a loss.

    Parameters
    ----------
    errors : array (points,)
        In ascending order.
    surprises : dict of str -> array (points,)
        By name of the noise: -ln of its density, in nats.

    Returns
    -------
    DescribedFigure
        A panel for the densities, and one for the surprises.
    """
    figure, (left, right) = new_figure(2, height=3.2)
    for label, values in surprises.items():
        left.plot(errors, np.exp(-np.asarray(values)), label=_(label))
        right.plot(errors, values, label=_(label))
    left.set(xlabel=_("error"), ylabel=_("density"), title=_("How often errors occur"))
    right.set(xlabel=_("error"), ylabel=_("-ln of the density (nats)"), title=_("How much they surprise"))
    left.legend()
    return figure


@described_figure
def errors_by_noise(results):
    """Show how far off estimates by different losses are, for different noises.

    Parameters
    ----------
    results : dict of str -> dict of str -> array (draws,)
        By noise, then by loss: the size of the error in each data set.

    Returns
    -------
    DescribedFigure
        One panel: the root of the mean squared error, a marker for each loss.
    """
    figure, axes = new_figure(height=3.2)
    noises = list(results)
    place = np.arange(len(noises))
    for i, loss in enumerate(results[noises[0]]):
        typical = [np.sqrt(np.mean(np.square(results[noise][loss]))) for noise in noises]
        axes.plot(place + 0.12 * (i - 1), typical, MARKERS[i], color=COLOURS[i], markersize=9, label=_(loss))
    axes.set_xticks(place, [_(noise) for noise in noises])
    axes.set(xlim=(-0.5, len(noises) - 0.5), xlabel=_("noise"), ylabel=_("typical error of the estimate"))
    axes.set_ylim(bottom=0)
    legend_outside(axes, _("loss"))
    return figure
