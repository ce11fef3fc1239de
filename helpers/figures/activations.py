"""The figures of chapter 3: functions and their slopes, what they do to a sample, and networks layer by layer."""

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import ListedColormap

from helpers.experiments.pieces import joints
from helpers.figures.described import described_figure
from helpers.figures.style import (
    BLACK,
    BLUE,
    COLOURS,
    GREEN,
    GREY,
    LINE_STYLES,
    MARKERS,
    ORANGE,
    draw_spread,
    even_powers_of_ten,
    legend_outside,
    new_figure,
)
from helpers.language import _

#: Where the curves of activations are drawn.
REACH = 6.0

#: How high above its lowest point the loss is on the rings around the goal.
RING_HEIGHTS = (0.02, 0.06, 0.12)

#: The colours of the steps of a walk; the palest ones of viridis would be lost on white.
STEP_COLOURS = ListedColormap(colormaps["viridis_r"](np.linspace(0.2, 1, 256)), _("light first, dark last"))


@described_figure
def activation_panels(functions):
    """Show activations next to each other, each with its slope.

    Parameters
    ----------
    functions : dict of str -> helpers.activations.Activation
        By title.

    Returns
    -------
    DescribedFigure
        A panel for each function, all of one scale.
    """
    figure, panels = new_figure(len(functions), height=3.1)
    x = np.linspace(-REACH, REACH, 241)
    for axes, (title, f) in zip(np.atleast_1d(panels), functions.items(), strict=True):
        axes.axhline(0, color=GREY, linestyle="-", linewidth=0.8, label="_zero")
        axes.plot(x, f(x), color=BLUE, linestyle="-", label="f(x)")
        axes.plot(x, f.derivative(x), color=ORANGE, linestyle="--", label=_("slope f'(x)"))
        axes.set(title=title, xlabel="x", xlim=(-REACH, REACH), ylim=(-1.25, 2.25), xticks=(-6, -3, 0, 3, 6))
    figure.legend(*np.atleast_1d(panels)[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return figure


@described_figure
def histograms(samples, *, bins=30, ylabel=_("samples"), spans=None):
    """Show how often each value occurs, one panel a sample.

    Parameters
    ----------
    samples : dict of (str, str) -> array (samples,)
        By title and label of the horizontal axis.
    bins : int
        How many bars, of equal width.
    ylabel : str
        What is counted.
    spans : sequence of (float, float), optional
        From where to where each horizontal axis goes; by default over the values of its panel.

    Returns
    -------
    DescribedFigure
        A panel for each sample.
    """
    figure, panels = new_figure(len(samples), height=2.9)
    for i, (axes, ((title, xlabel), values)) in enumerate(zip(np.atleast_1d(panels), samples.items(), strict=True)):
        span = None if spans is None else spans[i]
        axes.hist(values, bins=bins, range=span, color=COLOURS[i], edgecolor="white", linewidth=0.4)
        axes.set(title=title, xlabel=xlabel)
        if span is not None:
            axes.set_xlim(span)
        axes.locator_params(axis="x", nbins=5)
        axes.xaxis.set_major_formatter("{x:g}")
    np.atleast_1d(panels)[0].set_ylabel(ylabel)
    return figure


@described_figure
def medians_and_ranges(
    curves, x=None, *, xlabel=_("layer"), ylabel, xscale="linear", yscale="log", bounds=None, ylim=None
):
    """Show quantities measured with several seeds: the median as a line, the full range as a band.

    Parameters
    ----------
    curves : dict of str -> array (points, runs)
        By label.
    x : array (points,), optional
        Where the points are; by default at 1, 2, 3 and so on, as layers are counted.
    xlabel, ylabel : str
        Of the axes, with units.
    xscale, yscale : {"linear", "log"}
        Of the axes.
    bounds : dict of str -> array (points,), optional
        Theoretical curves to compare with, drawn in grey.
    ylim : tuple of two float, optional
        Limits of the vertical axis; by default all is shown.

    Returns
    -------
    DescribedFigure
        One panel with a curve and a band for each label.
    """
    figure, axes = new_figure(height=3.6)
    for i, (label, values) in enumerate(curves.items()):
        at = np.arange(1, len(values) + 1) if x is None else x
        draw_spread(axes, at, np.asarray(values), i, label)
        axes.lines[-1].set(marker=MARKERS[i % len(MARKERS)], markersize=4)
    for label, bound in (bounds or {}).items():
        axes.plot(np.arange(1, len(bound) + 1) if x is None else x, bound, color=GREY, linestyle=":", label=label)
    axes.set(xlabel=xlabel, ylabel=ylabel, xscale=xscale, yscale=yscale)
    if x is None:
        axes.locator_params(axis="x", integer=True)
    if ylim is not None:
        axes.set_ylim(ylim)
    low, high = axes.get_ylim()
    if yscale == "log" and high / low > 1e8:
        even_powers_of_ten(axes.yaxis)
    legend_outside(axes, _("median (band: all seeds)"))
    return figure


@described_figure
def all_and_close_up(curves, close_up, *, ylabel, bounds):
    """Show quantities of each layer twice: all of them, and some on a scale of their own.

    Parameters
    ----------
    curves : dict of str -> array (layers, runs)
        By label.
    close_up : sequence of str
        The labels of those in the second panel.
    ylabel : str
        What was measured, with its unit.
    bounds : dict of str -> array (layers,)
        Theoretical curves to compare with, in grey, in the first panel.

    Returns
    -------
    DescribedFigure
        Two panels; each curve looks the same in both.
    """
    figure, panels = new_figure(2, height=4.4)
    for axes, title, shown in zip(panels, (_("all"), _("those on top, closer")), (curves, close_up), strict=True):
        for i, (label, values) in enumerate(curves.items()):
            if label in shown:
                draw_spread(axes, np.arange(1, len(values) + 1), values, i, label)
                axes.lines[-1].set(marker=MARKERS[i % len(MARKERS)], markersize=4)
        axes.set(title=title, xlabel=_("layer"), yscale="log")
        axes.locator_params(axis="x", integer=True)
    for label, bound in bounds.items():
        panels[0].plot(np.arange(1, len(bound) + 1), bound, color=GREY, linestyle=":", label=label)
    even_powers_of_ten(panels[0].yaxis)
    panels[0].set_ylabel(ylabel)
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3, title=_("median (band: all seeds)"))
    return figure


@described_figure
def units_and_sum(network, reach):
    """Show what a network of one input and one output adds up.

    Parameters
    ----------
    network : Network
        With one hidden layer.
    reach : float
        The input runs from -reach to reach.

    Returns
    -------
    DescribedFigure
        What each hidden unit contributes, and the sum with its joints.
    """
    figure, (left, right) = new_figure(2, height=3.4, sharey=True)
    places = joints(network)
    x = np.union1d(np.linspace(-reach, reach, 121), places)[:, np.newaxis]
    parts = network.forward(x).a[0] * network.weights[1][0]
    for i, part in enumerate(parts.T):
        style = {"color": COLOURS[i % len(COLOURS)], "linestyle": LINE_STYLES[i % len(LINE_STYLES)]}
        left.plot(x[:, 0], part, **style, label=_("unit {number}", number=i + 1))
    right.plot(x[:, 0], network.outputs(x)[:, 0], color=BLUE, linestyle="-", label=_("sum"))
    right.plot(places, network.outputs(places[:, np.newaxis])[:, 0], "o", color=ORANGE, markersize=8, label=_("joints"))
    left.set(title=_("The units, each times its $a_i$"), xlabel="x", ylabel=_("height"), ylim=(-2.2, 2.2))
    right.set(title=_("Their sum"), xlabel="x")
    for axes in (left, right):
        axes.set_xlim(-reach, reach)
        axes.legend(loc="lower left")
    return figure


@described_figure
def dots_and_ranges(results, *, xlabel):
    """Compare ways to do something: for each a dot at the median over the seeds, and a bar over their full range.

    Parameters
    ----------
    results : dict of str -> array (runs,)
        By label, from top to bottom.
    xlabel : str
        What was measured, with its unit.

    Returns
    -------
    DescribedFigure
        One panel with a row for each label.
    """
    figure, axes = new_figure(height=1.2 + 0.38 * len(results))
    for i, (label, values) in enumerate(results.items()):
        values = np.asarray(values, dtype=float)
        row = len(results) - 1 - i
        axes.plot(
            [values.min(), values.max()],
            [row, row],
            color=GREY,
            linestyle="-",
            linewidth=3,
            label=_("{label}, range", label=label),
        )
        axes.plot([np.median(values)], [row], "o", color=BLUE, markersize=9, label=label)
    axes.set_yticks(range(len(results)), list(results)[::-1])
    axes.set(xlabel=xlabel, ylim=(-0.6, len(results) - 0.4), ylabel="")
    return figure


def ellipse(curvature, centre, height):
    """Return the points where a loss of two weights is a certain height above its lowest point.

    Parameters
    ----------
    curvature : array (2, 2)
        Symmetric: the loss at ``centre + d`` is ``d @ curvature @ d / 2``.
    centre : array (2,)
        Where the loss is lowest.
    height : float
        How far above its least value, in units of the loss.

    Returns
    -------
    numpy.ndarray
        Shape (2, 121): both weights of each point.
    """
    values, vectors = np.linalg.eigh(curvature)
    angle = np.linspace(0, 2 * np.pi, 121)
    circle = np.stack([np.cos(angle), np.sin(angle)]) * np.sqrt(2 * height)
    return np.asarray(centre)[:, np.newaxis] + vectors @ (circle / np.sqrt(np.maximum(values, 1e-9))[:, np.newaxis])


def draw_weight_plane(axes, goal):
    """Draw the plane of two weights: start at the origin, the goal, and the quadrants of equal signs in grey.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where to draw.
    goal : array (2,)
        The best weights.

    Returns
    -------
    matplotlib.lines.Line2D
        The start: what moves lies below it.
    """
    reach = 2.4
    for low in (0, -reach):
        axes.fill_between([low, low + reach], low, low + reach, color=GREY, alpha=0.12, linewidth=0)
    axes.plot(*goal, "*", color=GREEN, markersize=16, label=_("goal"))
    (start,) = axes.plot(0, 0, "o", color=BLACK, markerfacecolor="white", markersize=8, zorder=4, label=_("start"))
    axes.set(xlabel=_("weight $w_1$"), ylabel=_("weight $w_2$"), xlim=(-0.9, 2.4), ylim=(-2.4, 0.9), aspect="equal")
    return start


@described_figure
def weight_walks(walks, goal):
    """Show how training moves two weights, sample by sample.

    Parameters
    ----------
    walks : dict of str -> tuple of array (steps + 1, 2) and array (2, 2)
        By title: the weights after each step, and the curvature matrix of the mean loss.
    goal : array (2,)
        The best weights.

    Returns
    -------
    DescribedFigure
        A panel for each walk.
    """
    figure, panels = new_figure(len(walks), height=4.2)
    for axes, (title, (path, curvature)) in zip(np.atleast_1d(panels), walks.items(), strict=True):
        draw_weight_plane(axes, goal)
        for height in RING_HEIGHTS:
            axes.plot(*ellipse(curvature, goal, height), color=GREY, linestyle=":", linewidth=1, label=_("equal loss"))
        axes.plot(*path.T, color=GREY, linestyle="-", linewidth=0.7, label=_("path"))
        axes.plot(*path[-1:].T, "s", color=ORANGE, markersize=8, zorder=4, label=_("end"))
        steps = np.arange(1, len(path))
        arrows = {"angles": "xy", "scale_units": "xy", "scale": 1, "width": 0.009, "cmap": STEP_COLOURS}
        drawn = axes.quiver(*path[:-1].T, *np.diff(path, axis=0).T, steps, label=_("steps"), zorder=3, **arrows)
        axes.set_title(title)
    figure.colorbar(drawn, ax=panels, label=_("step"), shrink=0.8)
    return figure
