"""Numbers and figures in words, computed from what was drawn.

`describe` walks through a finished figure and reads the numbers back out of its curves, points, bars and images. So
a curve that is wrong, missing or not a number makes the words wrong, too, and a test that compares words sees it. The
same words serve those who cannot see the picture: they are its alternative text.
"""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.category import StrCategoryFormatter
from matplotlib.collections import LineCollection, PathCollection, PolyCollection, QuadMesh
from matplotlib.colors import Normalize
from matplotlib.container import BarContainer
from matplotlib.contour import ContourSet
from matplotlib.lines import AxLine
from matplotlib.patches import FancyArrow, FancyArrowPatch, PathPatch, Polygon, StepPatch
from matplotlib.quiver import Quiver
from matplotlib.text import Annotation
from matplotlib.ticker import FixedFormatter, FuncFormatter

from helpers.figures.style import house_style
from helpers.language import _, ngettext

#: How a scale that is not even is called.
SCALES = {
    "log": _("logarithmic"),
    "symlog": _("logarithmic on both sides of 0"),
    "function": _("in uneven steps"),
}

#: What stands between the parts of a list, and between those of a sentence.
COMMA, SEMICOLON = _(", "), _("; ")

#: So many points, pieces or shapes are told one by one; of more, the first, the last, and two between.
FEW = 6


def say(value, *, digits=3, noise=0.0):
    """Return a number as text.

    Parameters
    ----------
    value : float
        Finite or not.
    digits : int
        Significant digits; whole numbers below a million are told in full.
    noise : float
        What is not larger than this, up or down, is rounding and reads 0. By default only 0 reads 0.

    Returns
    -------
    str
        With an exponent if the number is very large or small.
    """
    value = float(value)
    if abs(value) <= noise:
        return "0"
    # 0.12499999999999999 and 0.125 are one number on two processors: both are rounded from here.
    value = float(f"{value:.12g}")
    if value.is_integer() and abs(value) < 1e6:
        return f"{value + 0.0:.0f}"
    return f"{value:.{digits}g}"


class _Ruler:
    """Tells numbers along an axis as finely as one can see them there.

    On an even scale what is a millionth of the visible range reads 0, for it is rounding; on a logarithmic one
    nothing does. Where the range is narrow against the numbers, these get more digits.
    """

    def __init__(self, axis):
        low, high = sorted(axis.get_view_interval())
        self.scale = axis.get_scale()
        even = {"linear": high - low, "symlog": getattr(axis.get_transform(), "linthresh", 0.0)}
        self.noise = 1e-6 * even.get(self.scale, 0.0)
        largest = max(abs(low), abs(high))
        narrow = np.floor(np.log10(largest / (high - low))) if high > low and largest > 0 else 0
        self.digits = 3 + int(np.clip(narrow, 0, 6))

    def __call__(self, value):
        return say(value, digits=self.digits, noise=self.noise)

    def slack(self, values):
        """Return how far numbers may lie apart and still be one: by rounding alone."""
        if self.scale == "log":
            return 1e-9 * np.abs(values)
        return np.full_like(values, max(self.noise, 1e-9 * np.abs(values).max()))

    def mean(self, values):
        """Return the middle of numbers as the scale shows it: on a logarithmic one the geometric mean."""
        if self.scale == "log":
            values = values[values > 0]
            return 10 ** np.log10(values).mean() if len(values) else 0.0
        return values.mean()


def _percent(value):
    return f"{say(100 * value)} %"


@house_style
def describe(figure):
    """Put a figure into words.

    Colours, line styles and markers are not told: curves are known by their labels.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Its titles, labels, scales, curves, points, bars, images, notes and legends are read.

    Returns
    -------
    str
        One line for each axes, and one below it for each thing that is drawn in it.
    """
    lines = []
    title = figure.get_suptitle()
    if title:
        lines.append(_("Figure: {title}.", title=_plain(title)))
    panels = [axes for outer in figure.axes for axes in (outer, *outer.child_axes) if isinstance(axes, Axes)]
    panels = [axes for axes in panels if axes.get_visible() and axes.get_label() != "<colorbar>"]
    for number, axes in enumerate(panels, start=1):
        lines += _axes(axes, _("Panel {number}", number=number) if len(panels) > 1 else _("Plot"))
    besides = [_plain(text.get_text()) for text in figure.texts if text.get_visible()]
    besides = [text for text in besides if text and text != _plain(title)]
    if besides:
        lines.append(_("Beside the axes: {texts}.", texts=SEMICOLON.join(besides)))
    lines += [_("Figure's {legend}.", legend=_legend(legend)) for legend in figure.legends if legend.get_visible()]
    return "\n".join(lines)


def _plain(text):
    """Return a label on one line and without the marks of mathematical typesetting."""
    return " ".join(str(text).replace("$", "").replace("\\", "").split())


def _name(artist):
    label = _plain(artist.get_label() or "")
    return _(" '{label}'", label=label) if label and not label.startswith("_") else ""


def _joined(points):
    first, *rest = points
    return first + "".join(_(" and {point}", point=point) for point in rest)


def _told(count):
    """Return which of so many things are told."""
    return range(count) if count <= FEW else (0, count // 3, count * 2 // 3, count - 1)


def _axes(axes, name):
    title = SEMICOLON.join(
        _plain(axes.get_title(where)) for where in ("left", "center", "right") if axes.get_title(where)
    )
    x_name, y_name = _plain(axes.get_xlabel()) or "x", _plain(axes.get_ylabel()) or "y"
    across, up = _Ruler(axes.xaxis), _Ruler(axes.yaxis)
    things = [
        *_bars(axes, across, up),
        *_curves(axes, x_name, across, up),
        *_collections(axes, across, up),
        *_images(axes, across, up),
        *_patches(axes, across, up),
        *_notes(axes, across, up),
        *_rest(axes),
    ]
    head = _("{name}: {words}", name=name, words=title) if title else name
    shown = _("{y} against {x}", y=y_name, x=x_name) if axes.axison else _("a drawing without axes")
    things = [*_frame(axes, across, up), *(things or [_("nothing is drawn")])]
    return [_("{head} ({shown}).", head=head, shown=shown)] + [f"- {thing}" for thing in things]


def _frame(axes, across, up):
    """Say what is special about the axes: scales that are not even, limits set by hand, names instead of numbers."""
    told = [] if axes.name == "rectilinear" else [axes.name]
    for name, axis, ruler in (("x", axes.xaxis, across), ("y", axes.yaxis, up)):
        words = name
        if ruler.scale != "linear":
            words += f" {SCALES.get(ruler.scale, ruler.scale)}"
        by_itself = getattr(axes, f"get_autoscale{name}_on")() and (not axis.get_inverted() or axes.images)
        if not by_itself:
            first, last = axis.get_view_interval()
            ends = {"first": ruler(first), "last": ruler(last)}
            words += _(" from {first} down to {last}", **ends) if last < first else _(" from {first} to {last}", **ends)
        if words != name:
            told.append(words)
    if told:
        yield _("axes: {frames}", frames=COMMA.join(told))
    bars = {group.orientation for group in axes.containers if isinstance(group, BarContainer)}
    for name, axis, ruler, named_by in (("x", axes.xaxis, across, "vertical"), ("y", axes.yaxis, up, "horizontal")):
        if named_by not in bars and (names := _names(axis)):
            told = COMMA.join(_("{words} at {place}", words=text, place=ruler(at)) for at, text in names)
            yield _("along {axis}: {names}", axis=name, names=told)


def _names(axis):
    """Return the places and texts of an axis's ticks if they were given by hand; of numbers there are none."""
    if not isinstance(axis.get_major_formatter(), FixedFormatter | FuncFormatter | StrCategoryFormatter):
        return []
    low, high = sorted(axis.get_view_interval())
    ticks = zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=False)
    names = [(at, _plain(tick.get_text())) for at, tick in ticks if low <= at <= high and tick.get_text()]
    return [] if all(name == f"{at:g}" for at, name in names) else names


# -- curves ----------------------------------------------------------------------------------------------------------


def _curves(axes, x_name, across, up):
    for line in axes.lines:
        points = line.get_linestyle() in ("None", "", " ")
        if not line.get_visible() or (points and line.get_marker() in ("None", "", " ", None)):
            continue
        x, y = (np.asarray(values, dtype=float) for values in line.get_data(orig=False))
        name = _("points{name}", name=_name(line)) if points else _("curve{name}", name=_name(line))
        if line.get_drawstyle() != "default":
            name += _(" in {style}", style=line.get_drawstyle())
        # A straight line across the whole axes lies along x or y in the axes' own coordinates.
        if isinstance(line, AxLine):
            words = _straight(line, across, up)
        elif line.get_transform() == axes.get_yaxis_transform(which="grid"):
            words = _("a horizontal line at {place}", place=say(y[0])) + _part(x) if len(y) else _("empty")
        elif line.get_transform() == axes.get_xaxis_transform(which="grid"):
            words = _("a vertical line at {place}", place=say(x[0])) + _part(y) if len(x) else _("empty")
        elif not any(line.get_transform().contains_branch_seperately(axes.transData)):
            name, words = _("{name} in fractions of the axes", name=name), _course(x, y, x_name, across, up)
        else:
            words = _course(x, y, x_name, across, up)
        yield _("{name}: {words}", name=name, words=words)


def _part(ends):
    whole = tuple(ends) == (0, 1)
    first, last = _percent(ends[0]), _percent(ends[-1])
    return "" if whole else _(", from {first} to {last} of the axes", first=first, last=last)


def _straight(line, across, up):
    places = [f"({across(x)}, {up(y)})" for x, y in filter(None, (line.get_xy1(), line.get_xy2()))]
    slope = "" if line.get_slope() is None else _(" with slope {slope}", slope=say(line.get_slope()))
    return _("a straight line through {places}", places=_joined(places)) + slope


def _course(x, y, x_name, across, up):
    """Say how a curve runs: where it starts and ends, points between, and its lowest and highest point."""
    finite = np.isfinite(x) & np.isfinite(y)
    lost = ""
    if not finite.all():
        count = np.count_nonzero(~finite)
        lost = _("; {count} of {whole} points are not finite numbers", count=count, whole=len(finite))
    x, y = x[finite], y[finite]
    if len(x) == 0:
        return _("empty") + lost

    def at(i):
        return _("{y} at {x_name} = {x}", y=up(y[i]), x_name=x_name, x=across(x[i]))

    if len(x) == 1:
        return at(0) + lost
    # A few points are all told; of more, two at thirds: a period of the curve rarely falls into step with them.
    between = _told(len(x))[1:-1]
    middle = _(" through {points}", points=_joined(map(at, between))) if between else ""
    way = {"start": at(0), "middle": middle, "end": at(-1)}
    x_slack, slack = across.slack(x), up.slack(y)
    many = len(x) > FEW
    if np.any(np.diff(x) < -x_slack[1:]):  # a path that turns round, not the graph of a function
        centre = _place((across.mean(x), up.mean(y)), across, up)
        told = _("{count} points from {start}{middle} to {end}", count=len(x), **way)
        told += _(", within {extent}", extent=_extent(np.stack([x, y], axis=1), across, up))
        return told + (_(", centre {centre}", centre=centre) if many else "") + lost
    if np.all(np.abs(y - y[0]) <= slack):
        ends = {"first": across(x[0]), "last": across(x[-1])}
        return _("stays at {y} from {x_name} = {first} to {last}", y=up(y[0]), x_name=x_name, **ends) + lost
    lost = (_("; on average {mean}", mean=up(up.mean(y))) if many else "") + lost
    if np.all(np.diff(y) >= -slack[1:]):
        return _("rises from {start}{middle} to {end}", **way) + lost
    if np.all(np.diff(y) <= slack[1:]):
        return _("falls from {start}{middle} to {end}", **way) + lost
    # Of points that are equal but for rounding the first one counts.
    low, high = (np.flatnonzero(np.abs(y - end) <= slack)[0] for end in (y.min(), y.max()))
    ends = _(
        "; lowest {low} at {low_x}, highest {high} at {high_x}",
        low=up(y.min()),
        low_x=across(x[low]),
        high=up(y.max()),
        high_x=across(x[high]),
    )
    return _("runs from {start}{middle} to {end}", **way) + ends + lost


# -- bars ------------------------------------------------------------------------------------------------------------


def _bars(axes, across, up):
    for container in axes.containers:
        if not isinstance(container, BarContainer) or not container.patches:
            continue
        patches = container.patches
        upright = np.array([(bar.get_x(), bar.get_width(), bar.get_y(), bar.get_height()) for bar in patches])
        if container.orientation == "horizontal":
            axis, ruler, value_ruler = axes.yaxis, up, across
            bases, sizes, starts, widths = upright.T
        else:
            axis, ruler, value_ruler = axes.xaxis, across, up
            starts, widths, bases, sizes = upright.T
        middles = starts + widths / 2
        finite = sizes[np.isfinite(sizes)]
        bars = ngettext("{number} bar{name}", "{number} bars{name}", len(sizes))
        bars = bars.format(number=len(sizes), name=_name(container))
        if not len(finite):
            yield bars + _(", none of them finite")
            continue
        names = _names(axis)
        near = 1e-6 * abs(np.ptp(axis.get_view_interval()))
        # Unlike a place on an axis the size of a bar is a number in its own right: only the last digit is rounding.
        noise = 0.0 if value_ruler.scale == "log" else 1e-12 * np.abs(finite).max()

        def size(base, size, noise=noise):
            if base == 0:
                return say(size, noise=noise)
            return _("{low} to {high}", low=say(base, noise=noise), high=say(base + size, noise=noise))

        places = [next((t for at, t in names if abs(at - m) <= near), "") or ruler(m) for m in middles]
        told = [
            _("{name}: {words}", name=place, words=size(*bar)) for place, *bar in zip(places, bases, sizes, strict=True)
        ]
        more = ""
        if len(told) > 12:
            highest = int(np.flatnonzero(sizes >= finite.max() - noise)[0])
            told = [*told[:3], _("... highest {high} ...", high=say(sizes[highest], noise=noise)), *told[-3:]]
            whole = say(finite.sum(), noise=noise)
            more = _("; highest at {place}, in all {whole}", place=places[highest], whole=whole)
            if finite.min() >= 0 < finite.max() and len(finite) == len(sizes):
                more += _(", centre of weight {place}", place=ruler((middles * sizes).sum() / sizes.sum()))
        if not np.allclose(widths, 0.8):
            thin, thick = ruler(widths.min()), ruler(widths.max())
            more += (
                _("; each {width} wide", width=thin)
                if thin == thick
                else _("; {thin} to {thick} wide", thin=thin, thick=thick)
            )
        yield _("{name}: {words}", name=bars, words=COMMA.join(told)) + more


# -- collections -----------------------------------------------------------------------------------------------------


def _collections(axes, across, up):
    for item in axes.collections:
        if not item.get_visible():
            continue
        name = _name(item)
        offsets = np.ma.filled(np.ma.asarray(item.get_offsets(), dtype=float), np.nan)
        outlines = [path.vertices for path in item.get_paths() if len(path.vertices)]
        if isinstance(item, ContourSet):
            yield _("contours{name} at {levels}", name=name, levels=_levels(item, across, up))
            continue
        if isinstance(item, Quiver):
            kind = ngettext("{number} arrow{name}", "{number} arrows{name}", len(offsets))
            words = _arrows(item, offsets, across, up)
        elif isinstance(item, PathCollection) or len(offsets) != 1 or np.any(offsets):
            kind, words = _("points{name}"), _cloud(offsets, across, up) + _sizes(item)
        elif isinstance(item, LineCollection):
            kind = ngettext("{number} line piece{name}", "{number} line pieces{name}", len(outlines))
            words = _pieces(outlines, across, up)
        elif isinstance(item, QuadMesh):
            kind, words = _("grid{name}"), _extent(item.get_coordinates().reshape(-1, 2), across, up)
        else:
            kind = _("band{name}") if isinstance(item, PolyCollection) else type(item).__name__.lower() + "{name}"
            words = _band(outlines, across, up)
        values = item.get_array()
        if values is not None:
            words += _("; coloured by values {values}", values=_values(values)) + _colours(item, values)
        number = len(offsets) if isinstance(item, Quiver) else len(outlines)
        yield _("{name}: {words}", name=kind.format(number=number, name=name), words=words)


def _levels(item, across, up):
    noise = 1e-12 * np.abs(item.levels).max(initial=0)
    where = [f"{say(level, noise=noise)}" for level in item.levels]
    filled = _(" (filled)") if item.filled else ""
    told = []
    for path in item.get_paths():
        corners = path.vertices
        told.append(_extent(corners, across, up) if len(corners) else _("empty"))
        told[-1] += "".join(
            _(" through {points}", points=_place(corners[i], across, up)) for i in _told(len(corners))[:2]
        )
    told = [told[i] for i in _told(len(told))]
    return COMMA.join(where) + filled + _("; their extents: {extents}", extents=SEMICOLON.join(told))


def _arrows(item, tails, across, up):
    u, v = (np.ma.filled(np.ma.asarray(part, dtype=float), np.nan).ravel() for part in (item.U, item.V))
    u, v = np.broadcast_to(u, len(tails)), np.broadcast_to(v, len(tails))
    finite = np.isfinite(u) & np.isfinite(v) & np.isfinite(tails).all(axis=1)
    lost = ""
    if not finite.all():
        lost = _("; {count} of {whole} are not finite", count=np.count_nonzero(~finite), whole=len(finite))
    u, v, tails = u[finite], v[finite], tails[finite]
    if not len(u):
        return _("empty") + lost
    noise = 1e-6 * max(np.abs(u).max(), np.abs(v).max())

    def way(u, v):
        return f"({say(u, noise=noise)}, {say(v, noise=noise)})"

    places = [_place(tail, across, up) for tail in tails]
    told = [_("{words} at {place}", words=way(u[i], v[i]), place=places[i]) for i in _told(len(u))]
    mean = _("; on average {mean}", mean=way(u.mean(), v.mean()))
    return SEMICOLON.join([_extent(tails, across, up), COMMA.join(told)]) + mean + lost


def _cloud(points, across, up):
    finite = points[np.isfinite(points).all(axis=1)]
    lost = _(", {count} not finite", count=len(points) - len(finite)) if len(finite) < len(points) else ""
    if len(finite) == 0:
        return _("none") + lost
    centre = _(", centre {centre}", centre=_place(finite.mean(axis=0), across, up))
    told = COMMA.join(_place(finite[i], across, up) for i in _told(len(finite)))
    return (
        _("{count}, {extent}", count=f"{len(finite)}{lost}", extent=_extent(finite, across, up))
        + centre
        + SEMICOLON
        + told
    )


def _place(point, across, up):
    return f"({across(point[0])}, {up(point[1])})"


def _sizes(item):
    sizes = item.get_sizes() if hasattr(item, "get_sizes") else []
    return _("; areas {values}", values=_values(sizes)) if len(sizes) > 1 else ""


def _pieces(pieces, across, up):
    if not pieces:
        return _("empty")

    def way(first, last):
        return _("{low} to {high}", low=_place(first, across, up), high=_place(last, across, up))

    told = [way(pieces[i][0], pieces[i][-1]) for i in _told(len(pieces))]
    words = SEMICOLON.join([_extent(np.concatenate(pieces), across, up), COMMA.join(told)])
    if len(pieces) > FEW:
        first, last = (np.array([piece[end] for piece in pieces]) for end in (0, -1))
        words += _("; on average {mean}", mean=way(first.mean(axis=0), last.mean(axis=0)))
    return words


def _band(outlines, across, up):
    if not outlines:
        return _("empty")
    corners = np.concatenate(outlines)
    corners = corners[np.isfinite(corners).all(axis=1)]
    if not len(corners):
        return _("no finite point")
    # Both edges of a band share their places along one of the two directions: the one with fewer of them.
    if len(np.unique(corners[:, 1])) < len(np.unique(corners[:, 0])):
        along, place, width = 1, up, across
    else:
        along, place, width = 0, across, up
    told, places = [], np.unique(corners[:, along])
    for i in _told(len(places)):
        ends = corners[corners[:, along] == places[i], 1 - along]
        height = _("{low} to {high}", low=width(ends.min()), high=width(ends.max()))
        told.append(_("{words} at {place}", words=height, place=place(places[i])))
    words = SEMICOLON.join([_extent(corners, across, up), COMMA.join(told)])
    if len(outlines) > 1:
        pieces = SEMICOLON.join(_extent(outlines[i], across, up) for i in _told(len(outlines)))
        words += _("; {count} pieces: {pieces}", count=len(outlines), pieces=pieces)
    return words


def _extent(points, across, up):
    points = points[np.isfinite(points).all(axis=1)]
    if len(points) == 0:
        return _("no finite point")
    (x0, y0), (x1, y1) = points.min(axis=0), points.max(axis=0)
    return _span(x0, x1, y0, y1, across, up)


def _span(left, right, low, high, across, up):
    ends = {"left": across(left), "right": across(right), "low": up(low), "high": up(high)}
    return _("{left} to {right} across and {low} to {high} up", **ends)


# -- images and colours ----------------------------------------------------------------------------------------------


def _values(values):
    """Say how large numbers are, and where in their rows and columns the large ones are."""
    values = np.ma.filled(np.ma.asarray(values, dtype=float), np.nan)
    finite = values[np.isfinite(values)]
    if not len(finite):
        return _("none of them finite")
    low, high = finite.min(), finite.max()
    noise = 1e-9 * max(abs(low), abs(high))
    mean = say(finite.mean(), noise=noise)
    words = _("from {low} to {high}, mean {mean}", low=say(low), high=say(high), mean=mean)
    if len(finite) < values.size:
        words += _(", {count} missing", count=values.size - len(finite))
    if high - low <= noise or values.ndim > 2:
        return words
    if values.size <= 16:
        told = COMMA.join(say(v, noise=noise) if np.isfinite(v) else _("none") for v in values.ravel())
        return _("{name}: {words}", name=words, words=told)
    weights = np.nan_to_num(values - low, nan=0.0, posinf=0.0, neginf=0.0)
    centre = [say((weights * at).sum() / weights.sum(), noise=1e-9 * values.size) for at in np.indices(values.shape)]
    names = (_("row {at}"), _("column {at}")) if values.ndim == 2 else (_("number {at}"),)
    where = COMMA.join(name.format(at=at) for name, at in zip(names, centre, strict=True))
    ends = {"first": say(finite[0], noise=noise), "last": say(finite[-1], noise=noise)}
    return words + _(", centre of weight at {where}, first {first}, last {last}", where=where, **ends)


def _colours(item, values):
    """Say which colours stand for which numbers."""
    words = _("; colours {name}", name=item.get_cmap().name)
    finite = np.ma.masked_invalid(values).compressed()
    low, high = item.get_clim()
    if low is not None and len(finite) and (low, high) != (finite.min(), finite.max()):
        words += _(" from {first} to {last}", first=say(low), last=say(high))
    if type(item.norm) is not Normalize:
        words += f" ({type(item.norm).__name__})"
    if item.colorbar is not None:
        label = _plain(item.colorbar.ax.get_ylabel() or item.colorbar.ax.get_xlabel())
        words += _(", with a colour bar{name}", name=_(" '{label}'", label=label) if label else "")
    return words


def _images(axes, across, up):
    for image in axes.images:
        if not image.get_visible():
            continue
        values = np.ma.filled(np.ma.asarray(image.get_array(), dtype=float), np.nan)
        rows, columns = values.shape[:2]
        what = {"name": _name(image), "rows": rows, "columns": columns}
        if not np.isfinite(values).any():
            yield _("image{name} of {rows} by {columns} values", **what) + _(", none of them finite")
            continue
        if values.ndim == 3:
            means = ", ".join(say(mean) for mean in np.nanmean(values, axis=(0, 1)))
            words = _("image{name} of {rows} by {columns} colours, mean ({means})", means=means, **what)
            words += _("; brightness {values}", values=_values(values[..., :3].mean(axis=-1)))
        else:
            told = _values(values)
            words = _("image{name} of {rows} by {columns} values {values}", values=told, **what)
            words += _colours(image, values)
        left, right, bottom, top = image.get_extent()
        if sorted((left, right)) != [-0.5, columns - 0.5] or sorted((bottom, top)) != [-0.5, rows - 0.5]:
            words += SEMICOLON + _span(left, right, bottom, top, across, up)
        if image.origin == "lower":
            bottom, top = top, bottom
        upright = (top > bottom) != axes.yaxis.get_inverted()
        words += "" if upright else _("; its first row is the lowest")
        words += _("; mirrored") if (right > left) == axes.xaxis.get_inverted() else ""
        yield words


# -- shapes, notes and legends ---------------------------------------------------------------------------------------


def _patches(axes, across, up):
    bars = {bar for group in axes.containers if isinstance(group, BarContainer) for bar in group.patches}
    loose = [patch for patch in axes.patches if patch not in bars and patch.get_visible()]
    if loose:
        kinds = sorted({type(patch).__name__.lower() for patch in loose})
        told = SEMICOLON.join(_shape(loose[i], axes, across, up) for i in _told(len(loose)))
        name = ngettext("{number} shape ({kinds})", "{number} shapes ({kinds})", len(loose))
        name = name.format(number=len(loose), kinds=", ".join(kinds))
        yield _("{name}: {words}", name=name, words=told)


def _shape(patch, axes, across, up):
    name = _name(patch).strip()
    name += " " if name else ""

    def arrow(start, end):
        return name + _("from {first} to {last}", first=_place(start, across, up), last=_place(end, across, up))

    if isinstance(patch, FancyArrow):
        way = (patch._x + patch._dx, patch._y + patch._dy)
        return arrow((patch._x, patch._y), way)
    if isinstance(patch, FancyArrowPatch) and patch._posA_posB is not None:
        return arrow(*patch._posA_posB)
    path = patch.get_path() if isinstance(patch, FancyArrowPatch) else None
    path = path or patch.get_patch_transform().transform_path(patch.get_path())
    in_data = patch.get_data_transform().contains_branch_seperately(axes.transData)
    rulers = [ruler if own else _percent for ruler, own in zip((across, up), in_data, strict=True)]
    words = name + _extent(path.get_extents().get_points(), *rulers)
    if isinstance(patch, Polygon | PathPatch | StepPatch):
        corners = path.vertices[np.isfinite(path.vertices).all(axis=1)]
        words += _(", corners {places}", places=COMMA.join(_place(corners[i], *rulers) for i in _told(len(corners))))
    return words


def _notes(axes, across, up):
    def place(text, xy, coordinates):
        if coordinates == "data":
            return _place(xy, across, up)
        if coordinates == "axes fraction":
            return _place(xy, _percent, _percent)
        if coordinates is None:
            own = text.get_transform().contains_branch_seperately(axes.transData)
            return _place(xy, *(r if o else _percent for r, o in zip((across, up), own, strict=True)))
        return ""

    notes, arrows = [], []
    for text in axes.texts:
        if not text.get_visible():
            continue
        words = _plain(text.get_text())
        if isinstance(text, Annotation):
            end = place(text, text.xy, text.xycoords)
            start = place(text, text.xyann, text.anncoords) or end
        else:
            end = start = place(text, text.get_unitless_position(), None)
        arrow = isinstance(text, Annotation) and text.arrowprops is not None
        if words:
            if start:
                left = text.get_horizontalalignment() == "right"
                told = _("{words} left of {place}") if left else _("{words} at {place}")
                words = told.format(words=words, place=start)
            notes.append(words + (_(" with an arrow to {end}", end=end) if arrow else ""))
        elif arrow:
            arrows.append(_("{low} to {high}", low=start, high=end))
    if notes:
        yield _("notes: {notes}", notes=SEMICOLON.join(notes))
    if arrows:
        name = ngettext("{number} arrow{name}", "{number} arrows{name}", len(arrows))
        name = name.format(number=len(arrows), name="")
        yield _("{name}: {words}", name=name, words=SEMICOLON.join(arrows))


def _rest(axes):
    for table in axes.tables:
        if table.get_visible():
            cells = sorted(table.get_celld().items())
            texts = SEMICOLON.join(_plain(cell.get_text().get_text()) for _at, cell in cells)
            yield _("table: {texts}", texts=texts)
    for artist in axes.artists:
        if artist.get_visible():
            yield _("one {kind}{name}", kind=type(artist).__name__.lower(), name=_name(artist))
    legend = axes.get_legend()
    if legend is not None and legend.get_visible():
        yield _legend(legend)


def _legend(legend):
    title = _plain(legend.get_title().get_text())
    entries = COMMA.join(_(" '{label}'", label=_plain(text.get_text())).strip() for text in legend.get_texts())
    return _("legend{name}: {entries}", name=_(" '{label}'", label=title) if title else "", entries=entries)
