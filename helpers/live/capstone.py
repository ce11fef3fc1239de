"""The capstone: everything that the course taught on one panel, trained live on handwritten digits."""

import asyncio
import html

import ipywidgets
import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.ticker import MaxNLocator

from helpers.activations import ACTIVATIONS
from helpers.experiments.capstone import START, confusion, parameters, run, samples
from helpers.figures.style import BLACK, BLUE, ORANGE, freeze_layout, new_figure
from helpers.initialisers import INITIALISERS
from helpers.language import _
from helpers.live.blit import change
from helpers.live.board import WAIT, Board, rows
from helpers.live.controls import button, menu, rate_slider, whole_slider
from helpers.live.live_figure import LiveFigure, event_loop_runs, live_figure
from helpers.losses import LOSSES
from helpers.schedules import SCHEDULES

#: Highest number of parameters of a run on the leaderboard.
BUDGET = 3000
ROWS, COLUMNS = 3, 4
TILE = (12, 12)

#: Which seeds the button "Five seeds" trains from: the same for all settings, so that two of them can be compared.
SEEDS = range(5)
#: What that button tells a hovering mouse: when it can act, and why it can't.
TRAIN = _("Train these settings from seeds 0 to 4")
TRAINING = _("It is training from five seeds")

#: What each setting is called.
LABELS = {
    "hidden_1": _("hidden layer 1"),
    "hidden_2": _("hidden layer 2"),
    "activation": _("activation"),
    "initialisation": _("initialisation"),
    "loss": _("loss"),
    "schedule": _("schedule"),
    "learning_rate": _("learning rate"),
    "batch_size": _("batch size"),
    "epochs": _("epochs"),
    "seed": _("seed"),
}


def mosaic(images):
    """Return up to ROWS x COLUMNS images of 8 x 8 pixels as one, with a margin round each; 0 where there is none."""
    tiles = np.zeros((ROWS * COLUMNS, *TILE))
    tiles[: len(images), 4:, 2:10] = images.reshape(-1, 8, 8)
    return tiles.reshape(ROWS, COLUMNS, *TILE).swapaxes(1, 2).reshape(ROWS * TILE[0], COLUMNS * TILE[1])


def entry_of(live):
    """Return the finished run: held-out accuracy, parameters, configuration."""
    return (
        live.readout[_("held-out accuracy")],
        parameters(live.values["hidden_1"], live.values["hidden_2"]),
        live.configuration(),
    )


def table_of(entries):
    """Return the eight best runs as HTML, those within the budget first, with the settings that some run changed."""
    if not entries:
        told = _("No runs yet.")
        return _("Leaderboard, budget {BUDGET} parameters. {told}", BUDGET=BUDGET, told=told)
    ranked = sorted(entries, key=lambda entry: (entry[1] > BUDGET, -entry[0], entry[1]))[:8]
    changed = [name for name in START if any(settings[name] != START[name] for *_best, settings in ranked)]
    lines = [(_("place"), _("accuracy"), _("parameters"), *(LABELS[name] for name in changed))]
    for place, (accuracy, size, settings) in enumerate(ranked, start=1):
        values = (html.escape(_(str(settings[name]))) for name in changed)
        lines.append((_("over budget") if size > BUDGET else place, f"{accuracy:.1%}", size, *values))
    told = _("Settings without a column are as at the start.") + rows(lines)
    return _("Leaderboard, budget {BUDGET} parameters. {told}", BUDGET=BUDGET, told=told)


class FiveSeeds(ipywidgets.HBox):
    """A button that trains a workbench's settings from five seeds, and what they reached."""

    def __init__(self, live):
        self._live, self._task = live, None
        self.button = button(_("Five seeds"), TRAIN, self.train)
        self._told = ipywidgets.HTML()
        super().__init__([self.button, self._told], layout={"flex_flow": "row wrap"})
        live.observe(self._enable, "busy")
        for name, control in live.controls.items():
            if name != "seed":
                control.observe(self._drop, "value")

    @property
    def html(self):
        """str: what is told beside the button."""
        return self._told.value

    def train(self):
        """Train all five at once, epoch by epoch; nothing happens while the button is disabled."""
        if self.button.disabled:
            return
        steps = self._epochs(self._live.values | {"seed": SEEDS})
        if event_loop_runs():
            self._task = asyncio.get_running_loop().create_task(self._follow(steps))
            self._enable()
        else:
            for _epoch in steps:
                pass

    async def _follow(self, steps):
        """Train on, and between two epochs let the kernel take in what was moved."""
        try:
            for _epoch in steps:
                await asyncio.sleep(0.005)
        finally:
            if self._task is asyncio.current_task():
                self._task = None
                self._enable()

    def _epochs(self, configuration):
        for _network, record in run(**configuration):
            self._told.value = _("epoch {epoch} of {epochs}", epoch=record.epoch, epochs=configuration["epochs"])
            yield
        self._told.value = f'<div role="status">{over_seeds(record)}</div>'

    def _drop(self, _change):
        """Forget what other settings reached."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self._told.value = ""
        self._enable()

    def _enable(self, _change=None):
        self.button.disabled = self._live.busy or self._task is not None
        self.button.tooltip = WAIT if self._live.busy else TRAINING if self._task is not None else TRAIN


def over_seeds(record):
    """Say which held-out accuracies several seeds reached, from the last epoch of their training."""
    right = record.validation_accuracy
    told = _(
        "Seeds 0 to 4: held-out accuracy {median:.1%} (median), from {least:.1%} to {most:.1%}",
        median=np.median(right),
        least=right.min(),
        most=right.max(),
    )
    lost = int((~np.isfinite(record.loss)).sum())
    return told + _("; {lost} of 5 diverge", lost=lost) if lost else told


class Workbench(LiveFigure):
    """A live figure whose settings can be shared, and tried from other seeds.

    Parameters
    ----------
    *args, **controls
        Those of a `LiveFigure`.
    board : helpers.live.board.Board
        What is registered, below the button for five seeds.
    """

    def __init__(self, *args, board, **controls):
        super().__init__(*args, **controls)
        self.five_seeds = FiveSeeds(self)
        self.add_below(self.five_seeds)
        self.board = board
        board.attach(self)

    def configuration(self):
        """Return the settings of all controls: whoever sets the same gets the same run."""
        return self.values

    def load(self, configuration):
        """Set all controls to a configuration that somebody shared."""
        self.set(**configuration)


class Panels:
    """The three panels of the workbench: losses, which digits are confused, and the first mistakes."""

    def __init__(self, figure, curves, table, worst):
        self.training, self.held_out, self.pictures = samples()
        self.curves = curves
        curves.set(yscale="log", xlim=(0, START["epochs"]), ylim=(1e-3, 10))
        curves.set(xlabel=_("epoch"), ylabel=_("loss"), title=_("Loss"))
        curves.xaxis.set_major_locator(MaxNLocator(5, integer=True))
        (self.train_curve,) = curves.plot([], [], marker=".", color=BLUE, label=_("training"))
        (self.test_curve,) = curves.plot([], [], marker=".", color=ORANGE, label=_("held out"))
        curves.legend(loc="upper right")
        blues = LinearSegmentedColormap.from_list("blues", ["white", BLUE, "black"])
        self.confused = table.imshow(np.zeros((10, 10)), vmin=0, vmax=8, cmap=blues)
        table.set(xlabel=_("taken for"), ylabel=_("digit"), title=_("Confusions"), xticks=range(10), yticks=range(10))
        table.grid(visible=False)
        cells = {"fontsize": 8, "ha": "center", "va": "center"}
        self.counts = [table.text(column, row, "", **cells) for row in range(10) for column in range(10)]
        self.shown = worst.imshow(mosaic(np.zeros((0, 64))), vmin=0, vmax=16, cmap="gray_r")
        worst.set(title=_("Mistaken: digit → answer"))
        worst.axis("off")
        places = [(column * TILE[1] + 5.5, row * TILE[0] + 1.5) for row in range(ROWS) for column in range(COLUMNS)]
        self.captions = [worst.text(x, y, "", ha="center", va="center", fontsize=9) for x, y in places]
        freeze_layout(figure)
        self.artists = [self.train_curve, self.test_curve, self.confused, *self.counts, self.shown, *self.captions]

    def move(self, **configuration):
        """Train; show each epoch."""
        losses, spent = [], parameters(configuration["hidden_1"], configuration["hidden_2"])
        change(self.curves, xlim=(0, configuration["epochs"]))
        for network, record in run(**configuration):
            losses.append((record.loss, record.validation_loss))
            self.show_losses(losses)
            self.show_mistakes(network.predict(self.held_out.inputs))
            finished = record.epoch == configuration["epochs"]
            yield ("progress", record.epoch / configuration["epochs"])
            yield {
                _("held-out accuracy"): round(float(record.validation_accuracy), 3),
                _("training accuracy"): round(float(record.accuracy), 3),
                _("parameters"): _("{spent} of {BUDGET}", spent=spent, BUDGET=BUDGET),
                _("epoch"): record.epoch,
                _("state"): state(record.loss, finished),
            }

    def show_losses(self, losses):
        """Draw pairs of losses, of training and of held-out images, one an epoch."""
        drawn = np.clip(np.nan_to_num(losses, nan=10, posinf=10), 1e-3, 10)
        for curve, values in zip((self.train_curve, self.test_curve), drawn.T, strict=True):
            curve.set_data(np.arange(1, len(drawn) + 1), values)

    def show_mistakes(self, answers):
        """Draw which held-out images got another answer than their own digit."""
        digits = self.held_out.targets
        counts = confusion(digits, answers)
        np.fill_diagonal(counts, 0)
        self.confused.set_data(counts)
        for text, count in zip(self.counts, counts.flat, strict=True):
            text.set(text=str(count) if count else "", color="white" if count > 3 else BLACK)
        wrong = np.flatnonzero(answers != digits)[: ROWS * COLUMNS]
        self.shown.set_data(mosaic(self.pictures[wrong]))
        for caption in self.captions:
            caption.set_text("")
        for caption, i in zip(self.captions, wrong, strict=False):
            caption.set_text(f"{digits[i]} → {answers[i]}")


def state(loss, finished):
    """Say how a training stands, from its latest loss."""
    if not np.isfinite(loss):
        return _("diverged")
    return _("finished") if finished else _("learning")


@live_figure
def workbench():
    """Choose a network and how it is trained, and watch: losses, which digits are confused, and the first mistakes."""
    figure, axes = new_figure(3, height=3.4, width_ratios=[1.15, 1.1, 1.25])
    panels = Panels(figure, *axes)
    return Workbench(
        figure,
        panels.artists,
        panels.move,
        board=Board("workbench", entry_of, table_of, register=_("Register this run")),
        hidden_1=whole_slider(LABELS["hidden_1"], 0, 64, START["hidden_1"], unit=_("units")),
        hidden_2=whole_slider(LABELS["hidden_2"], 0, 64, START["hidden_2"], unit=_("units")),
        activation=menu(LABELS["activation"], ACTIVATIONS, START["activation"]),
        initialisation=menu(LABELS["initialisation"], INITIALISERS, START["initialisation"]),
        loss=menu(LABELS["loss"], LOSSES, START["loss"]),
        schedule=menu(LABELS["schedule"], SCHEDULES, START["schedule"]),
        learning_rate=rate_slider(LABELS["learning_rate"], 0.001, 10, START["learning_rate"]),
        batch_size=menu(LABELS["batch_size"], ("16", "32", "64", "256"), START["batch_size"]),
        epochs=whole_slider(LABELS["epochs"], 1, 30, START["epochs"]),
        seed=whole_slider(LABELS["seed"], 0, 20, START["seed"]),
    )
