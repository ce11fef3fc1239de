"""Drawing fast enough to follow a hand: what stands still is drawn once, only what moves is drawn anew.

Drawing a figure with its ticks and labels takes long, moving a curve in it does not. So all that stands still is kept
as a background; for each picture it is put back, and the moving artists are drawn on it ("blitting").
"""

from helpers.figures.style import freeze_layout


class BlitCanvas:
    """The pixels of a figure in which some artists move.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        With all its artists, moving and still, on an Agg canvas.
    moving : iterable of matplotlib artists
        Those that change from picture to picture, in the order of drawing.
    """

    def __init__(self, figure, moving):
        self.figure, self.moving = figure, list(moving)
        self._background = None

    def forget(self):
        """Draw all anew the next time, what stands still included."""
        self._background = None

    def draw(self):
        """Draw the figure as it is now.

        Limits, ticks, titles, legends and whatever else surrounds the data may have changed: then all is drawn anew.

        Returns
        -------
        memoryview of shape (height, width, 4)
            The pixels, bytes of red, green, blue and alpha; the next call overwrites them.

        Raises
        ------
        RuntimeError
            If an artist in the axes has changed that is not among the moving ones.
        """
        canvas = self.figure.canvas
        # An animated artist keeps its changes for itself; any other one makes its figure stale.
        if self._background is None:
            self._take_background()
        elif self.figure.stale:
            self._refuse_undeclared()
            self._take_background()
        else:
            canvas.restore_region(self._background)
        for artist in self.moving:
            if artist.axes is None or artist.axes.get_visible():
                self.figure.draw_artist(artist)
        for legend in self._legends:
            canvas.restore_region(legend)
        return canvas.buffer_rgba()

    def _take_background(self):
        for artist in self.moving:
            artist.set_animated(True)
        freeze_layout(self.figure)
        canvas = self.figure.canvas
        visible = [artist for artist in self.moving if artist.get_visible()]
        for artist in visible:
            artist.set_visible(False)  # matplotlib 3.10.0 draws images even if they are animated
        canvas.draw()
        for artist in visible:
            artist.set_visible(True)
        self._background = canvas.copy_from_bbox(self.figure.bbox)
        # Nothing may be drawn over a legend: its pixels are put back last.
        legends = [axes.get_legend() for axes in self.figure.axes if axes.get_visible()]
        self._legends = [
            canvas.copy_from_bbox(legend.get_window_extent())
            for legend in [*legends, *self.figure.legends]
            if legend is not None and legend.get_visible()
        ]
        for artist in self.figure.findobj():
            # Parts of ticks and the names of axes tell nobody that they have changed.
            if artist.stale_callback is None and artist is not self.figure:
                artist.stale_callback = self._changed
        for artist in self._still():
            artist.stale = False  # an invisible one is still stale after drawing

    def _changed(self, _artist, stale):
        self.figure.stale = stale

    def _still(self):
        """Return the artists within the axes that do not move."""
        held = [a for axes in self.figure.axes for a in (*axes.lines, *axes.collections, *axes.images, *axes.patches)]
        held += [text for axes in self.figure.axes for text in axes.texts]
        return [artist for artist in held if not artist.get_animated()]

    def _refuse_undeclared(self):
        for artist in self._still():
            if artist.stale:
                label = str(artist.get_label())
                name = type(artist).__name__ if label.startswith("_") or not label else label
                raise RuntimeError(f"{name!r} has changed, but it is not declared as moving")


def change(artist, **properties):
    """Set those properties of an artist that differ from what they are.

    Setting one to its old value would cost a full drawing.

    Parameters
    ----------
    artist : matplotlib.artist.Artist
        Such as an axes, whose properties are ``ylim``, ``title``, ``xlabel`` and so on.
    **properties
        As for its method ``set``.
    """
    for name, value in properties.items():
        if getattr(artist, f"get_{name}")() != value:
            artist.set(**{name: value})
