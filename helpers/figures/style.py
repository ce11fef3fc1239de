"""The house style: colours that everyone can tell apart, line styles besides, and an opaque background.

The colours are those of Okabe and Ito, which stay distinct under all common kinds of colour blindness. No figure
relies on colour alone: the n-th curve of an axes also has the n-th line style.

References
----------
M. Okabe, K. Ito, "Color Universal Design (CUD): How to make figures and presentations that are friendly to
colorblind people", 2008.
"""

import functools

import matplotlib
import numpy as np
from cycler import cycler
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

BLUE, ORANGE, GREEN, PINK = "#0072b2", "#d55e00", "#009e73", "#cc79a7"
SKY, AMBER, BLACK, GREY = "#56b4e9", "#e69f00", "#222222", "#767676"
COLOURS = (BLUE, ORANGE, GREEN, PINK, AMBER, SKY, BLACK)
LINE_STYLES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1, 1, 1)), (0, (1, 1)))

#: Width of every figure in inches; at `DPI` it is 800 pixels, what a notebook shows at 100 % zoom.
WIDTH = 8.0
DPI = 100

RC = {
    "axes.axisbelow": True,
    "axes.edgecolor": BLACK,
    "axes.facecolor": "white",
    "axes.formatter.use_mathtext": True,
    "axes.grid": True,
    "axes.labelsize": 11,
    "axes.prop_cycle": cycler(color=COLOURS) + cycler(linestyle=LINE_STYLES),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 12,
    "figure.constrained_layout.h_pad": 0.08,
    "figure.constrained_layout.w_pad": 0.06,
    "figure.dpi": DPI,
    "figure.facecolor": "white",
    "font.family": ["DejaVu Sans"],
    "font.size": 11,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.7,
    "legend.fontsize": 10,
    "legend.framealpha": 0.9,
    "lines.linewidth": 2.0,
    "path.simplify": True,
    "savefig.facecolor": "white",
    "xtick.labelsize": 10,
    "ytick.labelsize": 10,
}


def house_style(function):
    """Make everything that `function` draws follow the house style, whatever the reader's own settings are."""

    @functools.wraps(function)
    def styled(*args, **kwargs):
        with matplotlib.rc_context():
            matplotlib.rcdefaults()
            matplotlib.rcParams.update(RC)
            return function(*args, **kwargs)

    return styled


def new_figure(columns=1, rows=1, *, height=3.2, **options):
    """Return an empty figure of the course's width, and its axes as `Figure.subplots` gives them.

    Parameters
    ----------
    columns, rows : int
        Number of axes across and down.
    height : float
        Height in inches.
    **options
        Passed on to `matplotlib.figure.Figure.subplots`, for example ``sharey=True``.

    Returns
    -------
    figure : matplotlib.figure.Figure
    axes : matplotlib.axes.Axes or array of them
    """
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.subplots(rows, columns, **options)


def freeze_layout(figure):
    """Lay the figure out as it is now, and never again: what moves later must not make the rest jump."""
    if figure.get_layout_engine() is not None:
        figure.draw_without_rendering()
        figure.set_layout_engine("none")


def even_powers_of_ten(axis):
    """Put an axis's ticks at 1, 100, 10,000 and so on; which ones matplotlib chooses depends on its version."""
    low, high = np.log10(axis.get_view_interval())
    axis.set_ticks(10.0 ** np.arange(2 * np.ceil(low / 2), high + 1e-9, 2), minor=False)
    axis.set_minor_locator(NullLocator())
