"""The capstone: everything that the course taught on one panel, trained live on handwritten digits."""

import html

import numpy as np
from matplotlib.colors import LinearSegmentedColormap

from helpers.activations import ACTIVATIONS
from helpers.experiments.capstone import SHAPES, START, confusion, parameters, run, samples
from helpers.figures.style import BLUE, ORANGE, freeze_layout, new_figure
from helpers.live.controls import menu, rate_slider, whole_slider
from helpers.live.core import LiveFigure, live_figure

#: Highest number of parameters of a run on the leaderboard.
BUDGET = 3000
ROWS, COLUMNS = 3, 4
TILE = (12, 12)


def mosaic(images):
    """Return up to ROWS x COLUMNS images of 8 x 8 pixels as one, with a margin round each; 0 where there is none."""
    tiles = np.zeros((ROWS * COLUMNS, *TILE))
    tiles[: len(images), 4:, 2:10] = images.reshape(-1, 8, 8)
    return tiles.reshape(ROWS, COLUMNS, *TILE).swapaxes(1, 2).reshape(ROWS * TILE[0], COLUMNS * TILE[1])


#: Registered runs, as (held-out accuracy, parameters, configuration); they outlive the widget.
_runs = []


class Workbench(LiveFigure):
    """A live figure with a leaderboard of the runs that its reader registered, within a budget of parameters."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.add_buttons(
            ("Register this run", "Enter this run, once it is finished", self.register),
            ("Clear the board", "Forget all runs", self.clear),
            board=True,
        )
        self._show_board()

    def configuration(self):
        """Return the settings of all controls: whoever sets the same gets the same run."""
        return self.values

    def load(self, configuration):
        """Set all controls to a configuration that somebody shared."""
        self.set(**configuration)

    def register(self):
        """Enter the finished run; nothing happens while one is still under way."""
        if self._task is not None and not self._task.done():
            return
        size = parameters(self.values["hidden_1"], self.values["hidden_2"])
        entry = (self.readout["held-out accuracy"], size, self.configuration())
        if entry not in _runs:
            _runs.append(entry)
        self._show_board()

    def clear(self):
        """Empty the board."""
        _runs.clear()
        self._show_board()

    def _show_board(self):
        ranked = sorted(_runs, key=lambda entry: (entry[1] > BUDGET, -entry[0], entry[1]))[:8]
        rows = [
            f"<tr><td>{'over budget' if size > BUDGET else place}</td><td>{accuracy:.1%}</td><td>{size}</td>"
            f"<td>{html.escape(', '.join(str(value) for value in settings.values()))}</td></tr>"
            for place, (accuracy, size, settings) in enumerate(ranked, start=1)
        ]
        head = "<tr><th>place</th><th>accuracy</th><th>parameters</th><th>configuration</th></tr>"
        self.board.value = (
            "<style>.leaderboard td, .leaderboard th {padding: 2px 12px; text-align: left}</style>"
            f'<div role="status" aria-live="polite">Leaderboard, budget {BUDGET} parameters'
            + (f'<table class="leaderboard">{head}{"".join(rows)}</table></div>' if rows else ": no runs yet.</div>")
        )


@live_figure
def workbench():
    """Choose a network and how it is trained, and watch: losses, which digits are confused, and the worst images."""
    figure, (curves, table, worst) = new_figure(3, height=3.4, width_ratios=[1.1, 1, 1.25])
    _, held_out, pictures = samples()
    curves.set(yscale="log", xlim=(0, 30), ylim=(1e-3, 10), xlabel="epoch", ylabel="loss", title="Loss")
    (train_curve,) = curves.plot([], [], marker=".", color=BLUE, label="training")
    (test_curve,) = curves.plot([], [], marker=".", color=ORANGE, label="held out")
    curves.legend(loc="upper right")
    blues = LinearSegmentedColormap.from_list("blues", ["white", BLUE, "black"])
    confused = table.imshow(np.zeros((10, 10)), vmin=0, vmax=8, cmap=blues)
    table.set(xlabel="taken for", ylabel="digit", title="Confusions", xticks=range(10), yticks=range(10))
    table.grid(visible=False)
    shown = worst.imshow(mosaic(np.zeros((0, 64))), vmin=0, vmax=16, cmap="gray_r")
    worst.set(title="Mistaken: digit → answer")
    worst.axis("off")
    places = [(column * TILE[1] + 5.5, row * TILE[0] + 1.5) for row in range(ROWS) for column in range(COLUMNS)]
    captions = [worst.text(x, y, "", ha="center", va="center", fontsize=9) for x, y in places]
    freeze_layout(figure)

    def move(**configuration):
        epochs = configuration["epochs"]
        losses = []
        for network, record in run(**configuration):
            losses.append((record.loss, record.validation_loss))
            drawn = np.clip(np.nan_to_num(losses, nan=10, posinf=10), 1e-3, 10)
            for curve, values in zip((train_curve, test_curve), drawn.T, strict=True):
                curve.set_data(np.arange(1, len(drawn) + 1), values)
            answers = network.predict(held_out.inputs)
            counts = confusion(held_out.targets, answers)
            np.fill_diagonal(counts, 0)
            confused.set_data(counts)
            wrong = np.flatnonzero(answers != held_out.targets)[: ROWS * COLUMNS]
            shown.set_data(mosaic(pictures[wrong]))
            for i, caption in enumerate(captions):
                caption.set_text(f"{held_out.targets[wrong[i]]} → {answers[wrong[i]]}" if i < len(wrong) else "")
            yield ("progress", record.epoch / epochs)
            yield {
                "held-out accuracy": round(float(record.validation_accuracy), 3),
                "training accuracy": round(float(record.accuracy), 3),
                "parameters": f"{parameters(configuration['hidden_1'], configuration['hidden_2'])} of {BUDGET}",
                "epoch": record.epoch,
                "state": "learning" if np.isfinite(record.loss) else "diverged",
            }

    return Workbench(
        figure,
        [train_curve, test_curve, confused, shown, *captions],
        move,
        hidden_1=whole_slider("hidden layer 1", 0, 64, START["hidden_1"], unit="units"),
        hidden_2=whole_slider("hidden layer 2", 0, 64, START["hidden_2"], unit="units"),
        # All but gelu: NumPy has no error function, and without one training would take ten times as long.
        activation=menu("activation", [name for name in ACTIVATIONS if name != "gelu"], START["activation"]),
        initialisation=menu("initialisation", ("he", "xavier", "normal", "zeros"), START["initialisation"]),
        loss=menu("loss", ("softmax_cross_entropy", "mean_squared_error"), START["loss"]),
        schedule=menu("schedule", SHAPES, START["schedule"]),
        learning_rate=rate_slider("learning rate", 0.001, 10, START["learning_rate"]),
        batch_size=menu("batch size", ("16", "32", "64", "256"), START["batch_size"]),
        epochs=whole_slider("epochs", 1, 30, START["epochs"]),
        seed=whole_slider("seed", 0, 20, START["seed"]),
    )
