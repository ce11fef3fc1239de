"""A live figure at each setting of its controls, as one small file that ``static/player.js`` replays."""

import itertools
import json
import math

from helpers.figures.words import COMMA, describe
from helpers.language import _
from helpers.live.live_figure import TimeFigure, as_text
from tools.live_figures import live_figures
from tools.site.captions import panels
from tools.site.fingerprint import fingerprint
from tools.site.language import said
from tools.site.recorder import UNITS, RecordingCanvas
from tools.site.sampling import grid, is_menu, samples


class Table:
    """Gives equal things one number, from 0 up.

    Attributes
    ----------
    things : list
        At its number each.
    """

    def __init__(self):
        self.things, self._numbers = [], {}

    def __call__(self, thing):
        """Return the number of a thing."""
        key = json.dumps(thing)
        if key not in self._numbers:
            self._numbers[key] = len(self.things)
            self.things.append(thing)
        return self._numbers[key]


class Backwards:
    """Writes rows of a table's numbers so that they pack well: the next new one is 0, others are counted back from it.

    All numbers of the table must pass through, in the order in which they were given.

    Attributes
    ----------
    written : list of int
    """

    def __init__(self):
        self.written, self._newest = [], -1

    def __call__(self, numbers):
        """Write some numbers, and before them how many they are."""
        self.written.append(len(numbers))
        for number in numbers:
            self.written.append(self._newest + 1 - number if number <= self._newest else 0)
            self._newest = max(self._newest, number)


def record(live, values):
    """Return all that a page needs to move a live figure.

    Parameters
    ----------
    live : helpers.live.live_figure.LiveFigure
        Its canvas is taken from it.
    values : dict
        Name of each control -> the values at which to record, as from `sampling.grid`.

    Returns
    -------
    dict
        Plain data. Each control has a ``stride``: so many states further on it stands at its next value.
    """
    # A menu may change axes, and then all has to be drawn anew: menus change least often.
    values = dict(sorted(values.items(), key=lambda item: not is_menu(live.controls[item[0]])))
    what = panels(describe(live.figure))
    start, recorder = live.values, RecordingCanvas(live.figure).recorder
    live.redraw()
    styles, shapes, words, still, ops = (Table() for _ in range(5))
    states, readouts = Backwards(), Backwards()

    def code(op):
        kind, *rest = op
        if kind == "path":
            return [kind, styles(rest[0]), rest[1]]
        if kind == "marks":
            return [kind, styles(rest[0]), shapes(rest[1]), rest[2]]
        return op

    frames, drawn = Table(), {}
    sizes = [len(at) for at in values.values()]
    strides = {name: math.prod(sizes[i + 1 :]) for i, name in enumerate(values)}
    for setting in itertools.product(*values.values()):
        live.set(**dict(zip(values, setting, strict=True)))
        (_, frame), *moving = recorder.ops
        if frame not in drawn:
            drawn = {frame: frames([still(code(op)) for op in recorder.frames[frame]])}
        again = [["again", drawn[number], box] for kind, number, box in (op for op in moving if op[0] == "again")]
        moving = [code(op) for op in moving if op[0] != "again"]
        states([ops(op) for op in (["frame", drawn[frame]], *moving, *again)])
        readouts([words(text) for label, value in live.readout.items() for text in (label, as_text(value))])
    return {
        "size": [int(n) for n in live.figure.bbox.size],
        "units": UNITS,
        "what": what,
        "said": player_words(),
        "buttons": live.board is not None or isinstance(live, TimeFigure),
        "play": live.play and list(live.controls).index(live.play),
        "controls": [
            {**_told(control, values[name], start[name]), "stride": strides[name]}
            for name, control in live.controls.items()
        ],
        "styles": styles.things,
        "shapes": shapes.things,
        "still": still.things,
        "ops": ops.things,
        "frames": frames.things,
        "states": states.written,
        "words": words.things,
        "readouts": readouts.written,
    }


def player_words():
    """Return what ``static/player.js`` says of itself, in the language that is spoken."""
    return {
        "play": said("▶ Play"),
        "stop": said("■ Stop"),
        "reset": said("Reset"),
        "comma": COMMA,
        "number": said("{label}: {value}"),
        "whole": said("{what} Shown: {values}. Read off: {numbers}."),
    }


def _told(control, values, start):
    return {
        "label": control.description,
        "menu": is_menu(control),
        "values": [value_in_words(control, value) for value in values],
        "start": values.index(start),
    }


def value_in_words(control, value):
    """Return a value of a control as it stands beside the control in JupyterLab."""
    if isinstance(value, bool):
        return said("yes") if value else said("no")
    if isinstance(value, str):
        return _(value)
    if hasattr(control, "options"):
        return next(label for label, other in control.options if other == value)
    return format(value, control.readout_format)


END = ");\n"


def recorded(name, folder):
    """Record a live figure, unless that has been done.

    Parameters
    ----------
    name : str
        A key of `LIVE_FIGURES`.
    folder : pathlib.Path
        Where recordings are kept.

    Returns
    -------
    pathlib.Path
        A program that hands the recording to ``static/player.js``: pages that are opened from a disk may load
        programs, but no data.
    """
    file = folder / f"{name}-{fingerprint(name)}.js"
    if not file.exists():
        live = live_figures()[name]()
        data = record(live, grid(live.controls, samples().get(name, {})))
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob(f"{name}-*.js"):
            old.unlink()
        file.write_text(program(name, data), encoding="utf-8")
    return file


def program(name, data):
    """Return the program that hands what `record` returned to the player."""
    return f"{_call(name)}{json.dumps(data, separators=(',', ':'), ensure_ascii=False)}{END}"


def read(name, file):
    """Return what `record` returned, from a file that `recorded` wrote."""
    return json.loads(file.read_text(encoding="utf-8").removeprefix(_call(name)).removesuffix(END))


def _call(name):
    return f'liveFigures.take("{name}",'
