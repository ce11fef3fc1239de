"""The house style: colours that everyone can tell apart, line styles besides, and an opaque background.

The colours are those of Okabe and Ito, which stay distinct under all common kinds of colour blindness. No figure
relies on colour alone: the n-th curve of an axes also has the n-th line style.

References
----------
M. Okabe, K. Ito, "Color Universal Design (CUD): How to make figures and presentations that are friendly to
colorblind people", 2008.
"""

import functools
import inspect
from contextlib import contextmanager

import matplotlib
import numpy as np
from cycler import cycler
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, fontManager
from matplotlib.layout_engine import PlaceHolderLayoutEngine
from matplotlib.ticker import NullLocator

from helpers.language import FONT, LOCALE, spoken

BLUE, ORANGE, GREEN, PINK = "#0072b2", "#d55e00", "#009e73", "#cc79a7"
SKY, AMBER, BLACK, GREY = "#56b4e9", "#e69f00", "#222222", "#767676"
COLOURS = (BLUE, ORANGE, GREEN, PINK, AMBER, SKY, BLACK)
LINE_STYLES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1, 1, 1)), (0, (1, 1)))
MARKERS = ("o", "s", "^", "D", "v", "P", "X")


def fonts():
    """Return the families of the fonts to draw with: matplotlib's own, and what has the letters that it lacks.

    Returns
    -------
    list of str
        A letter is taken from the first one that has it.
    """
    own = LOCALE / spoken() / FONT
    if not own.exists():
        return ["DejaVu Sans"]
    fontManager.addfont(own)
    return ["DejaVu Sans", FontProperties(fname=own).get_name()]


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
    "font.family": fonts(),
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


@contextmanager
def house_settings():
    """Keep matplotlib's settings at the house style inside a ``with``, whatever the reader's own settings are.

    Matplotlib reads many settings only when it draws or writes tick labels, so these need the house style, too.

    Yields
    ------
    None
        The reader's own settings are back at the end of the ``with``.
    """
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(RC)
        yield


def house_style(function):
    """Make everything that a function draws follow the house style, whatever the reader's own settings are.

    Parameters
    ----------
    function : function or generator function
        While a generator waits at a ``yield``, the reader's settings are back in force.

    Returns
    -------
    function
        Takes and returns the same.
    """
    if inspect.isgeneratorfunction(function):

        @functools.wraps(function)
        def styled(*args, **kwargs):
            steps = function(*args, **kwargs)
            try:
                while True:
                    with house_settings():
                        try:
                            step = next(steps)
                        except StopIteration as end:
                            return end.value
                    yield step
            finally:
                steps.close()

    else:

        @functools.wraps(function)
        def styled(*args, **kwargs):
            with house_settings():
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
        With a canvas of its own, unknown to pyplot.
    axes : matplotlib.axes.Axes or array of matplotlib.axes.Axes
        An array (columns,), (rows,) or (rows, columns) if there is more than one.
    """
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.subplots(rows, columns, **options)


@house_style
def freeze_layout(figure):
    """Lay a figure out as it is now, and never again: what moves later must not make the rest jump.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        All is drawn in it.
    """
    engine = figure.get_layout_engine()  # of a frozen layout matplotlib keeps a placeholder
    if engine is not None and not isinstance(engine, PlaceHolderLayoutEngine):
        figure.draw_without_rendering()
        figure.set_layout_engine("none")


def even_powers_of_ten(axis):
    """Put an axis's ticks at 1, 100, 10,000 and so on; which ones matplotlib chooses depends on its version.

    Parameters
    ----------
    axis : matplotlib.axis.Axis
        Its scale is logarithmic.
    """
    low, high = np.log10(axis.get_view_interval())
    axis.set_ticks(10.0 ** np.arange(2 * np.ceil(low / 2), high + 1e-9, 2), minor=False)
    axis.set_minor_locator(NullLocator())


def legend_outside(axes, title=None):
    """Put a legend to the right of the axes, where it hides nothing.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Its labelled curves are listed.
    title : str, optional
        Of the legend.
    """
    axes.legend(title=title, loc="center left", bbox_to_anchor=(1.01, 0.5))


def draw_spread(axes, x, curves, i, label):
    """Draw the median of several runs as a curve, and their full range as a band.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where to draw.
    x : array (points,)
        Where the points are.
    curves : array (points, runs)
        What each run measured there.
    i : int
        Chooses colour and line style: those of the i-th curve, counted from 0.
    label : str
        Of the curve.
    """
    colour = COLOURS[i % len(COLOURS)]
    axes.fill_between(x, curves.min(axis=1), curves.max(axis=1), color=colour, alpha=0.15, linewidth=0)
    axes.plot(x, np.median(curves, axis=1), color=colour, linestyle=LINE_STYLES[i % len(LINE_STYLES)], label=label)
