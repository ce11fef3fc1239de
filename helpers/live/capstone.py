"""The capstone: everything that the course taught on one panel, trained live on handwritten digits."""

import html

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.ticker import MaxNLocator

from helpers.activations import ACTIVATIONS
from helpers.experiments.capstone import START, confusion, parameters, run, samples
from helpers.figures.style import BLUE, ORANGE, freeze_layout, new_figure
from helpers.initialisers import INITIALISERS
from helpers.language import _
from helpers.live.blit import change
from helpers.live.board import Board, rows
from helpers.live.controls import menu, rate_slider, whole_slider
from helpers.live.live_figure import LiveFigure, live_figure
from helpers.losses import LOSSES
from helpers.schedules import SCHEDULES

#: Highest number of parameters of a run on the leaderboard.
BUDGET = 3000
ROWS, COLUMNS = 3, 4
TILE = (12, 12)


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
    """Return the eight best runs as HTML, those within the budget first."""
    ranked = sorted(entries, key=lambda entry: (entry[1] > BUDGET, -entry[0], entry[1]))[:8]
    lines = [(_("place"), _("accuracy"), _("parameters"), _("configuration"))]
    for place, (accuracy, size, settings) in enumerate(ranked, start=1):
        configuration = html.escape(", ".join(str(value) for value in settings.values()))
        lines.append((_("over budget") if size > BUDGET else place, f"{accuracy:.1%}", size, configuration))
    told = rows(lines) if entries else _("No runs yet.")
    return _("Leaderboard, budget {BUDGET} parameters. {told}", BUDGET=BUDGET, told=told)


class Workbench(LiveFigure):
    """A live figure whose settings can be shared."""

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
        self.shown = worst.imshow(mosaic(np.zeros((0, 64))), vmin=0, vmax=16, cmap="gray_r")
        worst.set(title=_("Mistaken: digit → answer"))
        worst.axis("off")
        places = [(column * TILE[1] + 5.5, row * TILE[0] + 1.5) for row in range(ROWS) for column in range(COLUMNS)]
        self.captions = [worst.text(x, y, "", ha="center", va="center", fontsize=9) for x, y in places]
        freeze_layout(figure)
        self.artists = [self.train_curve, self.test_curve, self.confused, self.shown, *self.captions]

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
    figure, axes = new_figure(3, height=4, width_ratios=[1.15, 1, 1.25])
    panels = Panels(figure, *axes)
    return Workbench(
        figure,
        panels.artists,
        panels.move,
        board=Board("workbench", entry_of, table_of, register=_("Register this run")),
        hidden_1=whole_slider(_("hidden layer 1"), 0, 64, START["hidden_1"], unit=_("units")),
        hidden_2=whole_slider(_("hidden layer 2"), 0, 64, START["hidden_2"], unit=_("units")),
        activation=menu(_("activation"), ACTIVATIONS, START["activation"]),
        initialisation=menu(_("initialisation"), INITIALISERS, START["initialisation"]),
        loss=menu(_("loss"), LOSSES, START["loss"]),
        schedule=menu(_("schedule"), SCHEDULES, START["schedule"]),
        learning_rate=rate_slider(_("learning rate"), 0.001, 10, START["learning_rate"]),
        batch_size=menu(_("batch size"), ("16", "32", "64", "256"), START["batch_size"]),
        epochs=whole_slider(_("epochs"), 1, 30, START["epochs"]),
        seed=whole_slider(_("seed"), 0, 20, START["seed"]),
    )
