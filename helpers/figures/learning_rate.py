"""The figures of chapter 2: paths down a bowl, distances that shrink or grow, schedules, noisy training."""

import numpy as np

from helpers.figures.described import described_figure
from helpers.figures.style import (
    BLUE,
    GREY,
    MARKERS,
    ORANGE,
    draw_spread,
    even_powers_of_ten,
    legend_outside,
    new_figure,
)
from helpers.language import _


def draw_bowl(axes, curvature=2.0, centre=-1.0, reach=8.0):
    """Draw the loss curvature/2 * (w - centre)^2, as the ground that a path walks on.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where to draw.
    curvature : float
        The second derivative of the loss.
    centre : float
        Where the loss is lowest.
    reach : float
        How far the axis goes to either side of it.
    """
    w = np.linspace(centre - reach, centre + reach, 201)
    axes.plot(w, curvature / 2 * (w - centre) ** 2, color=GREY, linestyle="-", linewidth=1.5, label=_("loss"))
    axes.set(xlabel=_("parameter w"), ylabel=_("loss"), xlim=(centre - reach, centre + reach))


@described_figure
def bowl_paths(descents):
    """Show several descents on the bowl (w + 1)^2 next to each other.

    Parameters
    ----------
    descents : dict of str -> helpers.descent.Descent
        By title; each with a single number as parameter.

    Returns
    -------
    DescribedFigure
        A panel for each descent.
    """
    figure, panels = new_figure(len(descents), sharey=True, height=2.9)
    for axes, (title, descent) in zip(np.atleast_1d(panels), descents.items(), strict=True):
        draw_bowl(axes)
        w = descent.parameters
        axes.plot(w, (w + 1) ** 2, "o-", color=BLUE, markersize=4, linewidth=1, label=_("path"))
        axes.plot(w[-1:], (w[-1:] + 1) ** 2, "s", color=ORANGE, markersize=7, label=_("end"))
        axes.set(title=title, ylim=(-2, 66), xlabel="w")
        axes.label_outer()
    return figure


@described_figure
def distances(runs, target=-1.0, *, title=""):
    """Show how far each run is from the lowest point, step by step, on a scale of powers of ten.

    Parameters
    ----------
    runs : dict of str -> array (steps + 1,)
        The parameter w after each step, by label; the start comes first.
    target : float
        Where the lowest point is.
    title : str
        Of the panel.

    Returns
    -------
    DescribedFigure
        One panel with a curve for each run.
    """
    figure, axes = new_figure(height=3.4)
    for i, (label, w) in enumerate(runs.items()):
        far = np.abs(np.asarray(w, dtype=float) - target)
        axes.semilogy(
            far, label=label, marker=MARKERS[i % len(MARKERS)], markevery=max(1, len(far) // 10), markersize=5
        )
    axes.set(xlabel=_("step"), ylabel=_("distance |w + 1|"), title=title)
    even_powers_of_ten(axes.yaxis)
    legend_outside(axes)
    return figure


@described_figure
def schedule_curves(schedules, steps):
    """Show learning rates over the steps of training.

    Parameters
    ----------
    schedules : dict of str -> function of the step
        By label.
    steps : int
        Draw steps 0 to `steps`.

    Returns
    -------
    DescribedFigure
        One panel with a curve for each schedule.
    """
    figure, axes = new_figure(height=3.2)
    step = np.linspace(0, steps, 20 * steps + 1)  # between whole steps, too, so that a staircase has upright edges
    for label, schedule in schedules.items():
        axes.plot(step, schedule(step), label=label)
    axes.set(xlabel=_("step"), ylabel=_("learning rate"), xlim=(0, steps))
    axes.set_ylim(bottom=0)
    legend_outside(axes)
    return figure


@described_figure
def training_spread(losses, *, ylabel=_("training loss"), log=True, limits=None):
    """Show the loss of several ways to train, each over several seeds: median as a line, range as a band.

    Parameters
    ----------
    losses : dict of str -> array (epochs, seeds)
        By label: what was measured after each epoch.
    ylabel : str
        What was measured, with its unit.
    log : bool
        Whether the loss goes up in powers of ten.
    limits : tuple of two float, optional
        The part of the vertical axis to show; a loss that has run away runs along the upper end.

    Returns
    -------
    DescribedFigure
        One panel with a curve and a band for each way to train.
    """
    figure, axes = new_figure(height=3.6)
    for i, (label, curves) in enumerate(losses.items()):
        shown = np.asarray(curves) if limits is None else _raised(limits[1], limits[1], curves)
        draw_spread(axes, np.arange(1, len(curves) + 1), shown, i, label)
    axes.set(xlabel=_("epoch"), ylabel=ylabel, yscale="log" if log else "linear", ylim=limits)
    legend_outside(axes, _("median (band: all seeds)"))
    return figure


@described_figure
def loss_by_rate(curves, *, ylabel, limits):
    """Show a loss against the learning rate, over several seeds: median as a line, range as a band.

    Parameters
    ----------
    curves : dict of str -> tuple of array (rates,) and array (rates, seeds)
        By label: the rates, rising, and the losses. What is too large for the frame, or no number, lies far above it.
    ylabel : str
        Which loss.
    limits : tuple of two float
        The part of the vertical axis to show.

    Returns
    -------
    DescribedFigure
        One panel, both axes in powers of ten.
    """
    figure, axes = new_figure(height=3.6)
    for i, (label, (rates, losses)) in enumerate(curves.items()):
        draw_spread(axes, rates, _raised(limits[1], 1e3 * limits[1], losses), i, label)
        if len(rates) < 20:  # few enough to show each
            axes.lines[-1].set_marker(MARKERS[i])
    axes.set(xlabel=_("learning rate"), ylabel=ylabel, xscale="log", yscale="log", ylim=limits)
    legend_outside(axes, _("median (band: all seeds)"))
    return figure


def _raised(most, height, losses):
    """Return losses as an array in which what is larger than `most`, or no number any more, stands at one height.

    How large the loss of a run is that has run away depends on the last digit of its numbers.
    """
    losses = np.asarray(losses)
    return np.where(losses <= most, losses, height)
