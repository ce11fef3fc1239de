"""One class, `LiveFigure`: a picture that follows its sliders while the hand still moves.

`helpers.live.blit` draws it, and the result goes to the browser as a PNG. ipywidgets itself sends at most one move at a
time and, after it, the newest one only: moves that come faster than pictures can be drawn are dropped, the last one
never.
"""

import asyncio
import functools
import html
import inspect
import io
import time

import ipywidgets
import numpy as np
import traitlets
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from helpers.figures.described import mimebundle, png_of_pixels
from helpers.figures.style import BLACK, DPI, house_settings, house_style
from helpers.figures.words import COMMA, describe, say
from helpers.language import _, spoken
from helpers.live.blit import BlitCanvas
from helpers.live.controls import ForgetButton, button, placed

#: Every live figure of the course: name -> function without arguments that builds a new one.
LIVE_FIGURES = {}


def live_figure(build):
    """Register a function that builds a live figure, and make it draw in house style.

    The function draws all artists once and returns ``LiveFigure(figure, moving, move, **controls)``.
    """

    @functools.wraps(build)
    def built():
        live = house_style(build)()
        live.name = build.__name__
        return live

    LIVE_FIGURES[build.__name__] = built
    return built


#: So many seconds after a click on Reset the browser may still send a move from before: it holds a slider's latest move
#: back until the kernel has answered the one before. No hand is as fast.
LATE = 0.3

#: What stands above a picture that is shown without its controls, and how many pixels high.
NOTE, NOTE_HEIGHT = _("Run this cell (Shift+Enter), and you can move this picture."), 30

#: Key numbers stand in columns: how many rows they take depends on the page's width, never on their digits.
READOUT = "display:grid;grid-template-columns:repeat(auto-fill,minmax(230px,1fr));gap:0 12px;line-height:1.5"


class LiveFigure(ipywidgets.VBox):
    """A figure tied to controls.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        With all its artists, moving and still.
    moving : iterable of matplotlib artists
        Those that `move` changes. (Limits, ticks, titles and legends may change as well: then all is drawn anew.)
    move : function
        Called with one keyword argument per control; sets the artists to these values and returns the key numbers, a
        dict of label -> number or text, which are shown beside the picture. It may be a generator instead: each
        ``yield`` of such a dict shows one picture, first a quick preview, then better ones; when a control moves
        in between, the rest is dropped. Yield ``("progress", fraction)`` between pictures to move a progress bar.
    play : str, optional
        Name of the control, a whole-number slider, that stands for time and gets a play button.
    board : helpers.live.board.Board, optional
        What is registered below the figure.
    **controls : ipywidgets
        One widget with a ``value`` per keyword argument of `move`.

    Attributes
    ----------
    name : str
        Its key in `LIVE_FIGURES`.
    play : str or None
        As above.
    description : str
        What the picture shows now, in words (see `helpers.figures.words`).
    readout : dict
        The key numbers of the picture that is shown now.
    error : Exception or None
        What went wrong in the latest move, if anything did.
    busy : bool
        Whether pictures of a generator are still to come. It can be observed, like a control's value.
    """

    busy = traitlets.Bool(False)

    def __init__(self, figure, moving, move, *, play=None, board=None, **controls):
        self._figure, self._canvas = figure, BlitCanvas(figure, moving)
        self._streams = inspect.isgeneratorfunction(move)
        self._move, self.board, self.play = move, board, play
        self._controls = controls
        self._initial = {name: control.value for name, control in controls.items()}
        self.name, self.error, self.readout = "", None, {}
        self._task, self._setting, self._reset_at, self._player = None, False, -LATE, None
        super().__init__(children=self._lay_out())
        self.add_class("live-figure")
        if spoken() != "en":
            self.add_class(f"live-figure-{spoken()}")  # in which names its parts are told: see `helpers/jupyter`
        for control in controls.values():
            control.observe(self._moved, names="value")
        self._update(wait=True)
        if board is not None:
            board.attach(self)

    # -- what a caller may use -----------------------------------------------------------------------------------

    @property
    def figure(self):
        """matplotlib.figure.Figure: what is drawn on."""
        return self._figure

    @property
    def values(self):
        """dict: the value of each control."""
        return {name: control.value for name, control in self._controls.items()}

    @property
    def controls(self):
        """dict: the widget of each control."""
        return dict(self._controls)

    @property
    def description(self):
        """str: what the picture shows now, in words."""
        with house_settings():
            picture = describe(self._figure)
        shown = _("Shown: {values}", values=self._values_in_words())
        return f"{picture}\n{shown}\n" + _("Read off: {numbers}", numbers=self._readout_in_words())

    def set(self, **values):
        """Set several controls, draw once, and wait until the picture is finished.

        Raises
        ------
        TypeError
            If there is no control of that name.
        Exception
            Whatever `move` raises.
        """
        unknown = set(values) - set(self._controls)
        if unknown:
            raise TypeError(
                _(
                    "expected controls among {names}, got {got}",
                    names=", ".join(self._controls),
                    got=", ".join(sorted(unknown)),
                )
            )
        self._set(values, wait=True)

    def reset(self):
        """Put all controls back to where they were at first."""
        self._set(self._initial, wait=True)

    def redraw(self):
        """Draw all anew, what stands still included, at the values as they are."""
        self._canvas.forget()
        self.set()

    async def finished(self):
        """Wait until the last picture of the newest move is shown.

        Raises
        ------
        Exception
            Whatever `move` raises.
        """
        while self.busy:
            await asyncio.wait([self._task])
        if self._task is not None:
            self._task.result()

    def png(self):
        """Return the picture that is shown now as the bytes of a PNG file."""
        return self._image.value

    def add_below(self, *widgets):
        """Put widgets below all that is there."""
        self.children = [*self.children, *widgets]

    # -- layout --------------------------------------------------------------------------------------------------

    def _lay_out(self):
        width = int(self._figure.bbox.width)
        # A widget has a margin of 2 pixels on each side.
        wide = {"width": f"{width}px", "max_width": "calc(100% - 4px)"}
        self._image = ipywidgets.Image(format="png", layout={**wide, "object_fit": "contain"})
        self._message = ipywidgets.HTML(layout={**wide, "visibility": "hidden"})
        # The two share one place, which a hidden picture still fills: nothing jumps when a message takes its place.
        self._image.layout.grid_area = self._message.layout.grid_area = "1 / 1"
        stage = ipywidgets.GridBox([self._image, self._message], layout={**wide, "grid_template_columns": "100%"})
        self._readout = ipywidgets.HTML(layout=wide)
        self._progress = ipywidgets.FloatProgress(
            min=0, max=1, layout={**wide, "height": "8px", "visibility": "hidden"}
        )
        reset = ipywidgets.Button(description=_("Reset"), tooltip=_("Put all controls back"), layout={"width": "90px"})
        reset.on_click(self._reset_clicked)
        buttons = [reset]
        if self.play is not None:
            slider = self._controls[self.play]
            player = ipywidgets.Play(min=slider.min, max=slider.max, step=slider.step, interval=150)
            player.value = slider.value
            player.show_repeat = False
            ipywidgets.jslink((player, "value"), (slider, "value"))
            buttons.insert(0, player)
            self._player = player
        panel = ipywidgets.Box(
            [*map(placed, self._controls.values()), ipywidgets.HBox(buttons, layout={"width": "100%"})],
            layout={**wide, "flex_flow": "row wrap"},
        )
        if self._streams:
            return [panel, stage, self._progress, self._readout]
        return [panel, stage, self._readout]

    # -- from a moved control to a picture ------------------------------------------------------------------------

    def _set(self, values, wait):
        self._setting = True
        try:
            for name, value in values.items():
                self._controls[name].value = value
        finally:
            self._setting = False
        self._update(wait)

    def _moved(self, _change):
        if self._setting:
            return
        if time.monotonic() < self._reset_at + LATE:
            self._set(self._initial, wait=False)
        else:
            self._update()

    def _reset_clicked(self, _button):
        if self._player is not None:
            self._player.playing = False
        self._set(self._initial, wait=False)
        self._reset_at = time.monotonic()

    def _update(self, wait=False):
        """Draw the picture that belongs to the controls' values; only generators may take longer than this call."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
            self._rest()
        try:
            later = self._draw_now(wait)
        except Exception as error:
            self._fail(error)
            raise
        if later is not None:
            self._task = asyncio.get_running_loop().create_task(self._stream(later))
            self.busy = True

    @house_style
    def _draw_now(self, wait):
        """Draw, and return the generator of pictures for which there is time later, if there is one."""
        result = self._move(**self.values)
        if not inspect.isgenerator(result):
            self._show(result)
        elif wait or not event_loop_runs():
            # Nobody sees the pictures in between: only the last one is drawn.
            *_, last = (step for step in result if not _is_progress(step))
            self._show(last)
        else:
            return result

    async def _stream(self, steps):
        """Show a generator's pictures one by one; between them the kernel takes in newer moves."""
        try:
            while self._take_step(steps):
                await asyncio.sleep(0.005)
        except asyncio.CancelledError:
            steps.close()
            raise
        except Exception as error:
            self._rest()
            self._fail(error)
            raise
        self._rest()

    @house_style
    def _take_step(self, steps):
        """Show the next picture or the progress so far; return whether there was one."""
        for step in steps:
            self._step(step)
            return True
        return False

    def _rest(self):
        self._progress.layout.visibility = "hidden"
        self.busy = False

    def _step(self, step):
        if _is_progress(step):
            self._progress.layout.visibility = "visible"
            self._progress.value = step[1]
        else:
            self._show(step)

    def _show(self, readout):
        self.readout = dict(readout or {})
        with self.hold_sync():
            # What the hand waits for is packed quickly, not well.
            self._pixels = self._canvas.draw()
            self._image.value = png_of_pixels(self._pixels, compression=1)
            self._readout.value = (
                f'<div role="status" aria-live="polite" style="{READOUT}">{self._readout_as_html()}</div>'
            )
            if self.error is not None:
                self.error = None
                self._message.layout.visibility, self._image.layout.visibility = "hidden", "visible"

    def _fail(self, error):
        """Show the error where the picture was, so that it can't be overlooked."""
        self.error = error
        told = html.escape(f"{type(error).__name__}: {error}")
        values = html.escape(self._values_in_words())
        self._message.value = (
            '<div role="alert" style="border:2px solid #d55e00;padding:12px;line-height:1.5">'
            + _(
                "<b>This picture could not be drawn.</b><br>{told}<br>at {values}<br>Move a control or press Reset.",
                told=told,
                values=values,
            )
            + "</div>"
        )
        self._image.layout.visibility, self._message.layout.visibility = "hidden", "visible"

    # -- words ---------------------------------------------------------------------------------------------------

    def _values_in_words(self):
        told = {
            name: _(c.value) if isinstance(c.value, str) else as_text(c.value) for name, c in self._controls.items()
        }
        return COMMA.join(f"{c.description or name} = {told[name]}" for name, c in self._controls.items())

    def _readout_in_words(self):
        return COMMA.join(f"{label} = {as_text(value)}" for label, value in self.readout.items())

    def _readout_as_html(self):
        cells = (
            _("{label}: {value}", label=html.escape(label), value=f"<b>{html.escape(as_text(value))}</b>")
            for label, value in self.readout.items()
        )
        return " ".join(f"<span>{cell}</span>" for cell in cells)

    def _repr_mimebundle_(self, **kwargs):
        """Return the widget, and beside it the picture and its words for readers without a kernel."""
        data = super()._repr_mimebundle_(**kwargs) or {}
        size = tuple(int(n) for n in self._figure.bbox.size)
        # What is stored may take longer to make than what the hand waits for, and be smaller.
        picture = png_of_pixels(np.concatenate([_note(size[0]), self._pixels]))
        still, metadata = mimebundle(picture, f"{NOTE}\n{self.description}", (size[0], size[1] + NOTE_HEIGHT))
        return {**data, **still}, metadata


@functools.cache
@house_style
def _note(width):
    """Return the pixels (NOTE_HEIGHT, width, 4) of a strip with the note."""
    figure = Figure(figsize=(width / DPI, NOTE_HEIGHT / DPI))
    canvas = FigureCanvasAgg(figure)
    figure.text(0.5, 0.5, NOTE, ha="center", va="center", style="italic", color=BLACK)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())


def without_note(picture):
    """Return the stored picture of a live figure without the note above it.

    Parameters
    ----------
    picture : bytes
        A PNG file.

    Returns
    -------
    bytes
        A PNG file.
    """
    stored, file = Image.open(io.BytesIO(picture)), io.BytesIO()
    stored.crop((0, NOTE_HEIGHT, *stored.size)).save(file, "PNG", optimize=True)
    return file.getvalue()


def as_text(value):
    """Return a key number as text.

    Parameters
    ----------
    value : str or float
        What is text already stays as it is.

    Returns
    -------
    str
    """
    if isinstance(value, bool):
        return _("True") if value else _("False")
    if not isinstance(value, int | float | np.number):
        return str(value)
    return say(value)


def _is_progress(step):
    return isinstance(step, tuple) and step[0] == "progress"


def event_loop_runs():
    """Return whether this is a kernel, or other code that goes on between two pictures."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


class TimeFigure(LiveFigure):
    """Times are taken only when the button is pressed: they belong to the reader's computer, not to the course.

    Parameters
    ----------
    measurements : iterator function
        Given the values of the controls and a number of repeats, it takes one time after the other and keeps them;
        a picture is shown after each.
    kept : dict
        Where it keeps them. They outlive the widget.
    *args, **kwargs
        Those of a `LiveFigure`.
    """

    def __init__(self, measurements, kept, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.measurements, self.kept = measurements, kept
        measure = button(_("Measure here"), _("Take the times on this computer"), self.measure, primary=True)
        self.add_below(ipywidgets.HBox([measure, ForgetButton(_("Remove all measured times"), self.forget)]))

    def measure(self, repeats=5):
        """Take the times; the points appear one by one."""
        for _step in self.measurements(**self.values, repeats=repeats):
            self.set()

    def forget(self):
        """Remove all points."""
        self.kept.clear()
        self.set()
