"""The figures of chapter 1: networks drawn with their counts, and where parameters and multiply-adds sit."""

from itertools import pairwise

import numpy as np
from matplotlib.collections import LineCollection

from helpers.complexity import count, mlp
from helpers.datasets import pooled_digits
from helpers.figures.described import described_figure
from helpers.figures.style import BLACK, BLUE, GREY, ORANGE, new_figure
from helpers.language import _, ngettext

#: Layers with more units than this are drawn with an ellipsis between their first and last units.
SHOWN = 7


def unit_heights(units):
    """Return the heights at which a layer's units are drawn, and those of the dots that stand for the rest.

    Parameters
    ----------
    units : int
        How many the layer has, at least 1.

    Returns
    -------
    drawn, dots : numpy.ndarray
        At most `SHOWN` - 1 heights and three dots if there are more units than `SHOWN`, else all and none.
    """
    if units <= SHOWN:
        apart = min(1.7, 6.4 / max(units - 1, 1))
        return apart * ((units - 1) / 2 - np.arange(units)), np.empty(0)
    half = np.arange(SHOWN // 2) * 1.1 + 1.0
    return np.concatenate([half[::-1], -half]), np.array([0.3, 0.0, -0.3])


class NetworkPicture:
    """A plain network as circles and lines, with its counts; `show` changes its sizes.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where to draw; its own axes are hidden.
    most_layers : int
        The most layers that will be shown, the input included.
    """

    def __init__(self, axes, most_layers=4):
        axes.set(xlim=(-0.14, 1.14), ylim=(-6.2, 5.3))
        axes.axis("off")
        self.weights = axes.add_collection(LineCollection([], colors=GREY, linewidths=0.7, label=_("weights")))
        self.one_unit = axes.add_collection(
            LineCollection([], colors=ORANGE, linewidths=2.0, label=_("weights of one unit"))
        )
        units = {"linestyle": "none", "marker": "o", "markersize": 13, "markeredgecolor": BLACK}
        (self.inputs,) = axes.plot([], [], color="white", label=_("inputs"), **units)
        (self.units,) = axes.plot([], [], color=BLUE, label=_("units that compute"), **units)
        (self.dots,) = axes.plot([], [], "o", color=BLACK, markersize=3, label=_("dots for units left out"))
        middle = {"ha": "center", "va": "center"}
        self.heads = [axes.text(0, 4.5, "", **middle) for _layer in range(most_layers)]
        self.counts = [axes.text(0, -5.0, "", fontsize=10, **middle) for _layer in range(most_layers - 1)]

    @property
    def artists(self):
        """All that `show` changes, in the order of drawing."""
        shapes = [self.weights, self.one_unit, self.inputs, self.units, self.dots]
        return [*shapes, *self.heads, *self.counts]

    def show(self, sizes):
        """Draw a network.

        Parameters
        ----------
        sizes : list of int
            The number of inputs, of units in each hidden layer, and of outputs.

        Returns
        -------
        helpers.complexity.Complexity
            The counts that are written on it.
        """
        counted = count(mlp(sizes), (sizes[0],))
        across = np.linspace(0, 1, len(sizes))
        heights, dots = zip(*map(unit_heights, sizes), strict=True)

        lines, of_one = [], []
        for left, (x0, x1) in enumerate(pairwise(across)):
            ends = [[(x0, y0), (x1, y1)] for y1 in heights[left + 1] for y0 in heights[left]]
            lines += ends
            of_one += ends[: len(heights[left])]
        self.weights.set_segments(lines)
        self.one_unit.set_segments(of_one)

        self.inputs.set_data(np.full(len(heights[0]), across[0]), heights[0])
        self.units.set_data(
            np.concatenate([np.full(len(h), x) for x, h in zip(across[1:], heights[1:], strict=True)]),
            np.concatenate(heights[1:]),
        )
        self.dots.set_data(
            np.concatenate([np.full(len(d), x) for x, d in zip(across, dots, strict=True)]), np.concatenate(dots)
        )
        self._write(sizes, across, counted)
        return counted

    def _write(self, sizes, across, counted):
        hidden = counted.hidden_layers
        numbered = [_("hidden {number}", number=n) if hidden > 1 else _("hidden") for n in range(1, hidden + 1)]
        names = [_("input"), *numbered, _("output")]
        for i, head in enumerate(self.heads):
            head.set_visible(i < len(sizes))
            if i < len(sizes):
                head.set_text(_("{layer}: {units:,}", layer=names[i], units=sizes[i]))
                head.set_x(across[i])
        for i, note in enumerate(self.counts):
            note.set_visible(i < len(counted.rows))
            if i < len(counted.rows):
                row = counted.rows[i]
                weights = ngettext("{number:,} weight", "{number:,} weights", row.weights).format(number=row.weights)
                biases = ngettext("{number:,} bias", "{number:,} biases", row.biases).format(number=row.biases)
                note.set_text(f"{weights}\n+ {biases}")
                note.set_x((across[i] + across[i + 1]) / 2)


@described_figure
def network_drawing(sizes):
    """Draw a plain network with its counts; one unit's weights in each layer are drawn in orange.

    Parameters
    ----------
    sizes : list of int
        The number of inputs, of units in each hidden layer, and of outputs.

    Returns
    -------
    DescribedFigure
        One panel without axes.
    """
    figure, axes = new_figure(height=3.4)
    NetworkPicture(axes, most_layers=len(sizes)).show(sizes)
    axes.set_title("-".join(map(str, sizes)))
    return figure


@described_figure
def layer_shares(counted, *, title=""):
    """Show what share of a network's parameters, and of its multiply-adds, sits in each layer.

    Parameters
    ----------
    counted : helpers.complexity.Complexity
        Its layers without weights are left out.
    title : str
        Above both panels.

    Returns
    -------
    DescribedFigure
        A panel for parameters, and one for multiply-adds.
    """
    rows = [row for row in counted.rows if row.layer.computes]
    kinds = {"Conv2D": _("conv {number}"), "Dense": _("dense {number}")}
    names = [kinds[type(row.layer).__name__].format(number=number) for number, row in enumerate(rows, start=1)]
    figure, panels = new_figure(2, height=1.5 + 0.25 * len(rows))
    wholes = {what: getattr(counted, what) for what in ("parameters", "macs")}
    shares_of = {what: [100 * getattr(row, what) / whole for row in rows] for what, whole in wholes.items()}
    longest = max(map(max, shares_of.values()))
    for axes, (what, shares), colour in zip(panels, shares_of.items(), (BLUE, ORANGE), strict=True):
        bars = axes.barh(names, shares, color=colour, height=0.7)
        axes.bar_label(bars, [f"{share:.1f}" for share in shares], padding=3, fontsize=9)
        axes.set(xlim=(0, 1.15 * longest), xlabel=_("share (%)"))
        whole = _("{number:,} parameters") if what == "parameters" else _("{number:,} multiply-adds")
        axes.set_title(whole.format(number=wholes[what]))
        axes.grid(axis="y", visible=False)
        axes.invert_yaxis()
    figure.suptitle(title)
    return figure


@described_figure
def shrunken_digits(sides=(8, 4, 2), samples=10):
    """Show the first digits of the dataset in several sizes.

    Parameters
    ----------
    sides : sequence of int
        Pixels along an edge, a row of pictures each.
    samples : int
        How many digits, a column each.

    Returns
    -------
    DescribedFigure
        A panel for each size.
    """
    figure, panels = new_figure(1, len(sides), height=1.05 * len(sides))
    for axes, side in zip(panels, sides, strict=True):
        gap = np.full((side, max(1, side // 4)), np.nan)
        images = pooled_digits(side).inputs[:samples].reshape(-1, side, side)
        row = np.hstack([part for image in images for part in (image, gap)][:-1])
        axes.imshow(row, cmap="gray_r", vmin=0, vmax=16, aspect="equal")
        axes.set_title(_("{side} × {side} pixels: {inputs} inputs", side=side, inputs=side**2), fontsize=10)
        axes.axis("off")
    return figure


def draw_boundaries(axes, side):
    """Rule thin lines between the pixels of an image.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where it is drawn.
    side : int
        Pixels along each edge.
    """
    axes.set(xticks=[], yticks=[])
    edges = np.arange(side + 1) - 0.5
    axes.vlines(edges, -0.5, side - 0.5, color="#bbbbbb", linewidth=0.6)
    axes.hlines(edges, -0.5, side - 0.5, color="#bbbbbb", linewidth=0.6)
    axes.spines[:].set_visible(False)


def square(row, column, size):
    """Return the outline of a square of pixels.

    Parameters
    ----------
    row, column : int
        Its first pixel, top left.
    size : int
        Pixels along each edge.

    Returns
    -------
    across, down : list of float
        The four corners, and the first once more.
    """
    left, top = column - 0.5, row - 0.5
    return [left, left + size, left + size, left, left], [top, top, top + size, top + size, top]
