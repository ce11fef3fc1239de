"""What readers register below a live figure: two buttons, and a table of all entries so far."""

from contextlib import suppress

import ipywidgets

from helpers.language import _
from helpers.live.controls import ForgetButton, button
from helpers.own_files import read, update

#: What the button that enters something tells a hovering mouse: when it can, and when it can't.
ENTER, WAIT = _("Enter what the figure shows now"), _("Wait until the figure has finished")

#: Name of a board -> its entries. They outlive the widgets: running a cell again loses nothing.
ENTRIES = {}
#: Beside the progress they outlive the kernel, too.
FILE = "boards"


class Board(ipywidgets.VBox):
    """Two buttons and a table, to be given to a `LiveFigure` as its ``board``.

    Nothing can be registered while the figure is busy: what a training reaches is known once it has finished.

    Parameters
    ----------
    name : str
        Boards of one name share their entries.
    entry : function
        Called with the `LiveFigure`, returns what to register.
    table : function
        Called with the list of entries, returns HTML.
    register : str
        What stands on the button that enters one.
    drawn : bool
        Whether the figure shows the entries, too, and must be drawn again with each.

    Attributes
    ----------
    entries : list
        What has been registered, oldest first; equal entries are kept once.
    """

    def __init__(self, name, entry, table, *, register=_("Register"), drawn=False):
        self._name, self._entry, self._table, self._drawn, self._live = name, entry, table, drawn, None
        if name not in ENTRIES:
            ENTRIES[name] = self._kept()
        self.entries = ENTRIES[name]
        self.register_button = button(register, ENTER, self.register, primary=True)
        self._told = ipywidgets.HTML()
        self.forget_button = ForgetButton(_("Clear the board"), self.forget)
        buttons = ipywidgets.HBox([self.register_button, self.forget_button])
        super().__init__([buttons, self._told])
        self._show()

    @property
    def html(self):
        """str: the table as it is shown."""
        return self._told.value

    def attach(self, live):
        """Take entries from this live figure, and stand below it."""
        self._live = live
        live.add_below(self)
        live.observe(lambda _change: self._enable(), "busy")

    def register(self):
        """Enter what the figure shows now; nothing happens while it is busy."""
        if self._live.busy:
            return
        entry = self._entry(self._live)
        if entry not in self.entries:
            self.entries.append(entry)
        kept = self._kept()  # of another notebook, too
        self.entries.extend(other for other in kept if other not in self.entries)
        self._changed()

    def forget(self):
        """Remove all entries."""
        self.entries.clear()
        self._changed()

    def _kept(self):
        """Return the entries that are kept; none if another version of the course has left others."""
        with suppress(TypeError, ValueError, KeyError, IndexError, AttributeError):
            entries = [_as_made(entry) for entry in read(FILE)[self._name]]
            self._table(entries)
            return entries
        return []

    def _changed(self):
        with suppress(OSError):  # then they last as long as the kernel
            update(FILE, lambda boards: boards | {self._name: self.entries})
        self._show()
        if self._drawn:
            self._live.set()

    def _show(self):
        self._told.value = f'<div role="status" aria-live="polite">{self._table(self.entries)}</div>'

    def _enable(self):
        self.register_button.disabled = self._live.busy
        self.register_button.tooltip = WAIT if self._live.busy else ENTER


def _as_made(entry):
    """Return an entry as it was before it was kept: JSON has lists alone."""
    return tuple(map(_as_made, entry)) if isinstance(entry, list) else entry


def rows(cells):
    """Return an HTML table.

    Parameters
    ----------
    cells : list of sequence of str
        The cells of each row, as HTML.

    Returns
    -------
    str
    """
    told = ("".join(f"<td style='padding:1px 2em 1px 0'>{cell}</td>" for cell in row) for row in cells)
    return f"<table>{''.join(f'<tr>{row}</tr>' for row in told)}</table>"
