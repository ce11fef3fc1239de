"""Write down what matplotlib draws, instead of painting it.

A `RecordingCanvas` takes the place of a figure's canvas. Whatever is drawn on it, by `helpers.live.blit` as well,
becomes a list of operations that a small program can replay: see ``static/player.js``. Lengths are in `UNITS` to a
pixel, but for places of marks and pixels, which are whole pixels; y goes down. Every operation is a list whose first
item names it:

* ``["path", style, path]``: a path in the letters of SVG, lines relative to where the pen is
* ``["marks", style, path, places]``: one path at several places, x and y of each relative to the one before
* ``["text", colour, size, x, y, width, angle, words]``: width is what the words take in matplotlib
* ``["pixels", clip, [x, ...], [y, ...], rows]``: each row a list of colour and column, up to which it reaches
* ``["frame", number]``: all that stands still, as it was drawn once
* ``["again", number, rectangle]``: the part of it in a rectangle, over what moves

A style is ``[stroke, width, dashes, fill, clip, cap, join]``.
"""

import math

import numpy as np
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.colors import to_hex
from matplotlib.path import Path
from matplotlib.textpath import TextPath
from matplotlib.transforms import Affine2D

#: Of a pixel: as finely as one can see.
UNITS = 10
#: What lies further outside the picture is left out, in pixels.
MARGIN = 50
#: Colours of an image that differ by no more than this, of 255, become one.
ALIKE = 6
LETTERS = {Path.LINETO: "l", Path.CURVE3: "q", Path.CURVE4: "c"}
CAPS = {"projecting": "square"}


class RecordingCanvas(FigureCanvasAgg):
    """A canvas on which nothing is painted.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        This becomes its canvas.

    Attributes
    ----------
    recorder : Recorder
    """

    def __init__(self, figure):
        super().__init__(figure)
        self.recorder = self.renderer = Recorder(*figure.bbox.size, figure.dpi)

    def get_renderer(self):
        """Return the recorder."""
        return self.recorder

    def buffer_rgba(self):
        """Return one white pixel: who records looks at no picture."""
        return np.full((1, 1, 4), 255, dtype=np.uint8)


class Recorder(RendererAgg):
    """Keeps what it is told to draw; letters and ticks take as much room as if they were painted.

    Parameters
    ----------
    width, height, dpi : float

    Attributes
    ----------
    ops : list
        What has been drawn since the background was put back.
    frames : list of list
        All backgrounds so far.
    """

    def __init__(self, width, height, dpi):
        self.ops, self.frames = [], []
        super().__init__(width, height, dpi)

    def _update_methods(self):
        """Keep the methods below: matplotlib would put its painter's in their place."""

    # -- what stands still ---------------------------------------------------------------------------------------------

    def clear(self):
        """Begin a new drawing."""
        self.ops = []

    def copy_from_bbox(self, bbox):
        """Return what `restore_region` takes; the first copy of a drawing is the whole of it, its frame."""
        if not self.ops or self.ops[0][0] != "frame":
            self.frames.append(self.ops)
            self.ops = [["frame", len(self.frames) - 1]]
            return self.ops[0]
        (x0, y0), (x1, y1) = bbox.get_points()
        # Agg copies whole pixels.
        x0, x1, top, bottom = (int(n) for n in (x0, x1, self.height - y1, self.height - y0))
        return ["again", len(self.frames) - 1, [units(n) for n in (x0, top, x1 - x0, bottom - top)]]

    def restore_region(self, region, bbox=None, xy=None):
        """Draw again what `copy_from_bbox` returned; a frame begins a picture."""
        if region[0] == "frame":
            self.ops = []
        self.ops.append(region)

    # -- what is drawn -------------------------------------------------------------------------------------------------

    def draw_path(self, gc, path, transform, rgbFace=None):
        """Keep a path."""
        data = self._data(gc, path, transform, filled=rgbFace is not None)
        style = self._style(gc, rgbFace)
        if data and (style[0] or style[3]):
            self.ops.append(["path", style, data])

    def draw_markers(self, gc, marker_path, marker_trans, path, trans, rgbFace=None):
        """Keep a path and its places, which are whole pixels as Agg's are."""
        places = []
        for corners, _ in path.iter_segments(trans, simplify=False):
            x, y = math.floor(corners[-2] + 0.5), math.floor(self.height - corners[-1] + 0.5)
            if -MARGIN < x < self.width + MARGIN and -MARGIN < y < self.height + MARGIN:
                places.append((x, y))
        if places:
            width = self.points_to_pixels(gc.get_linewidth())
            # Agg puts what is not snapped to pixels in the middle of one.
            place = Affine2D().scale(1, -1).translate(*((0.5, 0.5) if gc.get_snap() is False else (0, 0)))
            data = letters(marker_path, marker_trans + place, snap=gc.get_snap(), stroke_width=width)
            steps = np.diff(np.array(places), axis=0, prepend=0)
            self.ops.append(["marks", self._style(gc, rgbFace), data, steps.ravel().tolist()])

    def draw_path_collection(self, *args, **kwargs):
        """Keep its paths one by one."""
        RendererBase.draw_path_collection(self, *args, **kwargs)

    def draw_quad_mesh(self, *args, **kwargs):
        """Keep its quadrangles one by one."""
        RendererBase.draw_quad_mesh(self, *args, **kwargs)

    def draw_gouraud_triangles(self, gc, triangles_array, colors_array, transform):
        """Refuse."""
        raise NotImplementedError("shaded triangles can't be recorded")

    def draw_image(self, gc, x, y, im, transform=None):
        """Keep an image as the rectangles of equal pixels of which it consists."""
        rows, colours = _few_colours(np.asarray(im)[::-1])
        # From where on a column, or a row, differs from the one before.
        across = np.flatnonzero(np.append(True, (rows[:, 1:] != rows[:, :-1]).any(axis=0)))
        down = np.flatnonzero(np.append(True, (rows[1:] != rows[:-1]).any(axis=1)))
        told = []
        for row in rows[np.ix_(down, across)]:
            changes = np.flatnonzero(np.append(row[1:] != row[:-1], True))
            told.append([item for i in changes for item in (colours[row[i]], int(i) + 1)])
        height, width = rows.shape
        xs, ys = np.append(across, width) + round(x), np.append(down, height) + round(self.height - y - height)
        self.ops.append(["pixels", self._clip(gc), xs.tolist(), ys.tolist(), told])

    def draw_text(self, gc, x, y, s, prop, angle, ismath=False, mtext=None):
        """Keep words as words, and formulas as the outlines of their letters."""
        size = self.points_to_pixels(prop.get_size_in_points())
        colour = _colour(gc.get_rgb())
        if ismath:
            outlines = TextPath((0, 0), s, prop=prop, size=size)
            turned = Affine2D().rotate_deg(angle).translate(x, self.height - y) + self._down
            self.ops.append(["path", [None, 0, None, colour, None, None, None], letters(outlines, turned)])
        elif (prop.get_weight(), prop.get_style()) != ("normal", "normal"):
            raise NotImplementedError("letters that are bold or slanted can't be recorded")
        else:
            width, _, _ = self.get_text_width_height_descent(s, prop, ismath)
            self.ops.append(["text", colour, units(size), units(x), units(y), units(width), angle, s])

    @property
    def _down(self):
        return Affine2D().scale(1, -1).translate(0, self.height)

    def _data(self, gc, path, transform, filled):
        box = None if filled else (-MARGIN, -MARGIN, self.width + MARGIN, self.height + MARGIN)
        width = self.points_to_pixels(gc.get_linewidth())
        simplify = path.should_simplify and not filled
        # Snapped to pixels as Agg does it, after y has been turned.
        return letters(
            path, transform + self._down, clip=box, snap=gc.get_snap(), stroke_width=width, simplify=simplify
        )

    def _style(self, gc, face):
        width = units(self.points_to_pixels(gc.get_linewidth()))
        stroke = _colour(gc.get_rgb(), gc.get_alpha() if gc.get_forced_alpha() else None)
        if width == 0 or stroke is None:
            stroke, width = None, 0
        fill = None if face is None else _colour(face, gc.get_alpha() if gc.get_forced_alpha() else None)
        _, dashes = gc.get_dashes()
        # Not rounded: a long line would add that up.
        dashes = [round(self.points_to_pixels(n) * UNITS, 2) for n in dashes] if dashes is not None and stroke else None
        cap, join = gc.get_capstyle(), gc.get_joinstyle()
        looks = [CAPS.get(cap, cap), join] if stroke else [None, None]
        return [stroke, width, dashes, fill, self._clip(gc), *looks]

    def _clip(self, gc):
        box = gc.get_clip_rectangle()
        if box is None:
            return None
        x0, x1 = (math.floor(n + 0.5) for n in (box.x0, box.x1))
        y0, y1 = (math.floor(self.height - n + 0.5) for n in (box.y1, box.y0))
        return [units(n) for n in (x0, y0, x1 - x0, y1 - y0)]


def units(pixels):
    """Return a length in whole units."""
    return round(pixels * UNITS)


def letters(path, transform, **cleaning):
    """Return a path in the letters of SVG, in units.

    Parameters
    ----------
    path : matplotlib.path.Path
    transform : matplotlib.transforms.Transform
        To pixels.
    **cleaning
        As for `matplotlib.path.Path.cleaned`.

    Returns
    -------
    str
        ``M`` is followed by a place, all other letters by steps from the last one.
    """
    drawn = path.cleaned(transform, **{"simplify": False, "remove_nans": True, "curves": True, **cleaning})
    corners, codes = np.rint(drawn.vertices * UNITS).astype(int).tolist(), drawn.codes.tolist()
    told, pen, start, last, at = [], (0, 0), (0, 0), "", 0
    while (code := codes[at]) != Path.STOP:
        places = corners[at : at + Path.NUM_VERTICES_FOR_CODE[code]]
        at += len(places)
        if code == Path.CLOSEPOLY:
            told.append("z")
            pen, last = start, "z"
            continue
        if code == Path.MOVETO:
            letter, numbers, start = "M", places[0], places[0]
        else:
            letter, numbers = LETTERS[code], [n for x, y in places for n in (x - pen[0], y - pen[1])]
            if letter == last == "l" and numbers == [0, 0]:
                continue
        told.append(_spaced("" if letter == last and letter != "M" else letter, numbers))
        pen, last = places[-1], letter
    return "".join(told)


def _spaced(letter, numbers):
    """Return numbers with no more space between them than is needed to read them."""
    text = letter
    for number in numbers:
        text += f"{number}" if number < 0 or text == letter != "" else f" {number}"
    return text


def _few_colours(pixels):
    """Return the numbers (height, width) of an image's colours, and these: one for all that nobody can tell apart.

    Matplotlib smooths an image as it enlarges it, and then hardly any pixel is quite like the next.
    """
    all_colours, numbers, counts = np.unique(pixels.reshape(-1, 4), axis=0, return_inverse=True, return_counts=True)
    kept, became = [], np.zeros(len(counts), dtype=int)
    for i in np.argsort(-counts, kind="stable"):
        near = [k for k, other in enumerate(kept) if np.abs(other - all_colours[i].astype(int)).max() <= ALIKE]
        if not near:
            kept.append(all_colours[i].astype(int))
        became[i] = near[0] if near else len(kept) - 1
    return became[numbers].reshape(pixels.shape[:2]), [_colour(colour / 255) for colour in kept]


def _colour(rgba, alpha=None):
    """Return a colour as it is written in HTML, None if nothing of it can be seen."""
    alpha = (rgba[3] if len(rgba) > 3 else 1) if alpha is None else alpha
    if alpha == 0:
        return None
    return to_hex((*rgba[:3], alpha), keep_alpha=alpha < 1)
