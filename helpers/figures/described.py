"""Figures as a notebook shows them: the picture, and its words as alternative text."""

import base64
import functools
import io

import numpy as np
from PIL import Image

from helpers.figures.style import house_style
from helpers.figures.words import describe


@house_style
def png(figure):
    """Return a finished figure as a picture of exactly its size.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        It will not be laid out again.

    Returns
    -------
    bytes
        A PNG file.
    """
    figure.canvas.draw()
    figure.set_layout_engine("none")  # laid out once more, it would look a little different at the next drawing
    return png_of_pixels(figure.canvas.buffer_rgba())


def png_of_pixels(pixels, *, compression=6):
    """Return pixels as an opaque picture.

    Parameters
    ----------
    pixels : array (height, width, 4)
        Red, green, blue and opacity, dtype uint8.
    compression : int
        From 0, fast, to 9, small.

    Returns
    -------
    bytes
        A PNG file.
    """
    file = io.BytesIO()
    Image.fromarray(np.asarray(pixels)).convert("RGB").save(file, "PNG", compress_level=compression)
    return file.getvalue()


def mimebundle(picture, description, size):
    """Return what a notebook shows and stores of a picture: the PNG with its alternative text, and its words alone.

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
    data = {"text/plain": description, "image/png": base64.b64encode(picture).decode("ascii")}
    return data, {"image/png": {"alt": description, "width": size[0], "height": size[1]}}


class DescribedFigure:
    """A finished figure together with its words, as a notebook shows it.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        All is drawn.

    Attributes
    ----------
    figure : matplotlib.figure.Figure
    """

    def __init__(self, figure):
        self.figure = figure

    @property
    def description(self):
        """str: what the figure shows, computed from what is drawn in it now."""
        return describe(self.figure)

    def __repr__(self):
        return self.description

    def png(self):
        """Return the picture.

        Returns
        -------
        bytes
            A PNG file.
        """
        return png(self.figure)

    def _repr_mimebundle_(self, include=None, exclude=None):
        size = tuple(int(n) for n in self.figure.bbox.size)
        return mimebundle(self.png(), self.description, size)


def described_figure(function):
    """Turn a function that returns a matplotlib figure into one that returns a `DescribedFigure`, in house style.

    Parameters
    ----------
    function : function
        Of any arguments.

    Returns
    -------
    function
        Takes the same arguments.
    """
    styled = house_style(function)

    @functools.wraps(function)
    def finished(*args, **kwargs):
        return DescribedFigure(styled(*args, **kwargs))

    return finished
