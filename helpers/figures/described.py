"""Figures that say in words what they show, computed from what was drawn.

`describe` walks through a finished figure and reads the numbers back out of its curves, points, bars and images. So
a curve that is wrong, missing or not a number makes the words wrong, too, and a test that compares words sees it. The
same words serve those who cannot see the picture: they are its alternative text.
"""

import base64
import html
import io
import re

import numpy as np
from matplotlib.collections import LineCollection, PathCollection, PolyCollection
from matplotlib.container import BarContainer
from matplotlib.contour import ContourSet
from matplotlib.text import Annotation
from PIL import Image

from helpers.figures.style import house_style

#: Every figure function of the course by name; `described_figure` adds to it.
FIGURES = {}


def say(value, unit=1.0):
    """Return a number as text: three significant digits, whole numbers in full; what is tiny against `unit` reads 0."""
    value = float(value)
    if np.isfinite(value) and abs(value) < 1e-6 * unit:
        return "0"
    if value.is_integer() and abs(value) < 1e6:
        return f"{value:.0f}"
    return f"{value:.3g}"


def describe(figure):
    """Put a figure into words.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Its titles, labels, curves, points, bars, images and notes are read.

    Returns
    -------
    str
        One line for each axes, and one below it for each thing that is drawn in it.
    """
    lines = []
    title = figure.get_suptitle()
    if title:
        lines.append(f"Figure: {_plain(title)}.")
    panels = [axes for axes in figure.axes if axes.get_visible() and axes.get_label() != "<colorbar>"]
    for number, axes in enumerate(panels, start=1):
        lines += _axes(axes, f"Panel {number}" if len(panels) > 1 else "Plot")
    return "\n".join(lines)


def _plain(text):
    """Return a label on one line and without the marks of mathematical typesetting."""
    text = re.sub(r"\\mathdefault\{([^{}]*)\}", r"\1", text)
    return " ".join(text.replace("$", "").replace("\\", "").split())


def _axes(axes, name):
    title = next((t for t in (axes.get_title(where) for where in ("left", "center", "right")) if t), "")
    x_name, y_name = _plain(axes.get_xlabel()) or "x", _plain(axes.get_ylabel()) or "y"
    things = [
        *_bars(axes),
        *_curves(axes, x_name),
        *_collections(axes),
        *_images(axes),
        *_patches(axes),
        *_notes(axes),
    ]
    head = f"{name}: {_plain(title)}" if title else name
    shown = f"{y_name} against {x_name}" if axes.axison else "a drawing without axes"
    return [f"{head} ({shown})."] + [f"- {thing}" for thing in things or ["nothing is drawn"]]


def _curves(axes, x_name):
    for line in axes.lines:
        if not line.get_visible():
            continue
        x, y = (np.asarray(values, dtype=float) for values in line.get_data(orig=False))
        label = _plain(line.get_label())
        points = line.get_linestyle() in ("None", "", " ")
        name = ("points" if points else "curve") + (f" '{label}'" if not label.startswith("_") else "")
        # A straight line across the whole axes lies along x or y in the axes' own coordinates.
        if line.get_transform() == axes.get_yaxis_transform(which="grid"):
            yield f"{name}: a horizontal line at {say(y[0])}" if len(y) else f"{name}: empty"
        elif line.get_transform() == axes.get_xaxis_transform(which="grid"):
            yield f"{name}: a vertical line at {say(x[0])}" if len(x) else f"{name}: empty"
        else:
            linear = axes.get_yscale() == "linear"
            yield f"{name}: {_course(x, y, x_name, linear)}"


def _course(x, y, x_name, linear=True):
    """Say how a curve runs: where it starts and ends, points between, and its lowest and highest point."""
    finite = np.isfinite(x) & np.isfinite(y)
    lost = "" if finite.all() else f"; {np.count_nonzero(~finite)} of {len(finite)} points are not finite numbers"
    x, y = x[finite], y[finite]
    if len(x) == 0:
        return "empty" + lost
    unit = np.abs(y).max() if linear else 0.0
    x_unit = np.abs(x).max()

    def at(i):
        return f"{say(y[i], unit)} at {x_name} = {say(x[i], x_unit)}"

    if len(x) == 1:
        return at(0) + lost
    # A few points are all told; of more, two at thirds: a period of the curve rarely falls into step with them.
    between = range(1, len(x) - 1) if len(x) <= 6 else (len(x) // 3, len(x) * 2 // 3)
    middle = f" through {' and '.join(at(i) for i in between)}" if between else ""
    if np.any(np.diff(x) < 0):  # a path that turns round, not the graph of a function
        spans = [f"{say(v.min(), u)} to {say(v.max(), u)}" for v, u in ((x, x_unit), (y, unit))]
        return f"{len(x)} points from {at(0)}{middle} to {at(-1)}, within {spans[0]} across and {spans[1]} up" + lost
    slopes = np.diff(y)
    if np.ptp(y) <= 1e-9 * max(unit, 1e-300):
        return f"stays at {say(y[0], unit)} from {x_name} = {say(x[0], x_unit)} to {say(x[-1], x_unit)}" + lost
    if np.all(slopes >= 0):
        return f"rises from {at(0)}{middle} to {at(-1)}" + lost
    if np.all(slopes <= 0):
        return f"falls from {at(0)}{middle} to {at(-1)}" + lost
    low, high = (say(v, unit) for v in (y.min(), y.max()))
    where = [say(x[i], x_unit) for i in (y.argmin(), y.argmax())]
    return f"runs from {at(0)}{middle} to {at(-1)}; lowest {low} at {where[0]}, highest {high} at {where[1]}" + lost


def _bars(axes):
    for container in axes.containers:
        if not isinstance(container, BarContainer):
            continue
        label = _plain(container.get_label())
        horizontal = container.orientation == "horizontal"
        sizes = [bar.get_width() if horizontal else bar.get_height() for bar in container.patches]
        axis = axes.yaxis if horizontal else axes.xaxis
        names = {
            round(float(at), 6): tick.get_text()
            for at, tick in zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=False)
        }
        middles = [
            bar.get_y() + bar.get_height() / 2 if horizontal else bar.get_x() + bar.get_width() / 2
            for bar in container.patches
        ]
        told = [
            f"{_plain(names.get(round(float(m), 6), '')) or say(m)}: {say(s)}"
            for m, s in zip(middles, sizes, strict=True)
        ]
        if len(told) > 12:
            told = [*told[:3], f"... highest {say(max(sizes))} ...", *told[-3:]]
        yield (
            f"{len(sizes)} bars"
            + (f" '{label}'" if label and not label.startswith("_") else "")
            + ": "
            + ", ".join(told)
        )


def _collections(axes):
    for item in axes.collections:
        if not item.get_visible():
            continue
        label = _plain(str(item.get_label()))
        name = f" '{label}'" if label and not label.startswith("_") else ""
        if isinstance(item, ContourSet):
            yield f"contours{name} at {', '.join(say(level) for level in item.levels)}"
        elif isinstance(item, PathCollection):
            yield f"points{name}: {_cloud(np.ma.filled(item.get_offsets().astype(float), np.nan))}"
        elif isinstance(item, PolyCollection):
            corners = [path.vertices for path in item.get_paths() if len(path.vertices)]
            yield f"band{name}: {_extent(np.concatenate(corners)) if corners else 'empty'}"
        elif isinstance(item, LineCollection):
            corners = [path.vertices for path in item.get_paths() if len(path.vertices)]
            yield f"{len(corners)} line pieces{name}: {_extent(np.concatenate(corners)) if corners else 'empty'}"


def _cloud(points):
    finite = points[np.isfinite(points).all(axis=1)]
    lost = f", {len(points) - len(finite)} not finite" if len(finite) < len(points) else ""
    if len(finite) == 0:
        return "none" + lost
    centre = finite.mean(axis=0)
    return f"{len(finite)}{lost}, {_extent(finite)}, centre ({say(centre[0])}, {say(centre[1])})"


def _extent(points):
    points = points[np.isfinite(points).all(axis=1)]
    if len(points) == 0:
        return "no finite point"
    (x0, y0), (x1, y1) = points.min(axis=0), points.max(axis=0)
    return f"{say(x0)} to {say(x1)} across and {say(y0)} to {say(y1)} up"


def _images(axes):
    for image in axes.images:
        values = np.ma.filled(np.ma.asarray(image.get_array(), dtype=float), np.nan)
        size = " by ".join(str(n) for n in values.shape[:2])
        if not np.isfinite(values).any():
            yield f"image of {size} values, none of them finite"
        else:
            low, mean, high = np.nanmin(values), np.nanmean(values), np.nanmax(values)
            yield f"image of {size} values from {say(low)} to {say(high)}, mean {say(mean, abs(high))}"


def _patches(axes):
    bars = {bar for group in axes.containers if isinstance(group, BarContainer) for bar in group.patches}
    loose = [patch for patch in axes.patches if patch not in bars and patch.get_visible()]
    if loose:
        kinds = sorted({type(patch).__name__.lower() for patch in loose})
        yield f"{len(loose)} shapes ({', '.join(kinds)})"


def _notes(axes):
    notes = [_plain(text.get_text()) for text in axes.texts if text.get_visible() and text.get_text().strip()]
    arrows = [t for t in axes.texts if isinstance(t, Annotation) and not t.get_text().strip() and t.get_visible()]
    if notes:
        yield "notes: " + "; ".join(notes)
    if arrows:
        yield f"{len(arrows)} arrows"


def png(figure):
    """Return the finished figure as the bytes of a PNG file of exactly its size."""
    figure.canvas.draw()
    return png_of_pixels(figure.canvas.buffer_rgba())


def png_of_pixels(pixels, *, compression=6):
    """Return an array of pixels (height, width, 4), dtype uint8, as the bytes of an opaque PNG file."""
    file = io.BytesIO()
    Image.fromarray(np.asarray(pixels)).convert("RGB").save(file, "PNG", compress_level=compression)
    return file.getvalue()


def mimebundle(picture, description, size):
    """Return what a notebook stores of a picture: the PNG, its words, and HTML that ties the two together.

    JupyterLab shows the HTML, since that is the only form in which it gives a picture an alternative text.

    Parameters
    ----------
    picture : bytes
        A PNG file.
    description : str
        The picture in words.
    size : tuple of int
        Width and height in pixels.

    Returns
    -------
    data, metadata : dict
        As `_repr_mimebundle_` must return them.
    """
    encoded = base64.b64encode(picture).decode("ascii")
    alt = html.escape(description)
    data = {
        "text/plain": description,
        "text/html": f'<img alt="{alt}" width="{size[0]}" src="data:image/png;base64,{encoded}">',
        "image/png": encoded,
    }
    return data, {"image/png": {"alt": description, "width": size[0], "height": size[1]}}


class DescribedFigure:
    """A finished figure together with its words, as a notebook shows it.

    Parameters
    ----------
    figure : matplotlib.figure.Figure

    Attributes
    ----------
    figure : matplotlib.figure.Figure
    description : str
        What the figure shows, computed from what is drawn in it.
    """

    def __init__(self, figure):
        self.figure = figure
        self.description = describe(figure)

    def __repr__(self):
        return self.description

    def png(self):
        """Return the picture as the bytes of a PNG file."""
        return png(self.figure)

    def _repr_mimebundle_(self, include=None, exclude=None):
        size = tuple(int(n) for n in self.figure.bbox.size)
        return mimebundle(self.png(), self.description, size)


def described_figure(function):
    """Turn a function that returns a matplotlib figure into one that returns a `DescribedFigure`, in house style."""
    styled = house_style(function)

    def finished(*args, **kwargs):
        return DescribedFigure(styled(*args, **kwargs))

    finished.__name__, finished.__doc__, finished.__module__ = (
        function.__name__,
        function.__doc__,
        function.__module__,
    )
    finished.__wrapped__ = function
    FIGURES[function.__name__] = finished
    return finished
