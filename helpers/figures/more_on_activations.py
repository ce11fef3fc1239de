"""The figure of the appendix on activations: what a network reaches at each learning rate."""

import numpy as np

from helpers.figures.described import described_figure
from helpers.figures.style import COLOURS, MARKERS, draw_spread, legend_outside, new_figure

#: Where the frame ends: a training that is worse than this, or has diverged, is drawn at its edge.
HIGHEST_LOSS = 10.0


@described_figure
def valleys(sweeps, epoch):
    """Show the training loss against the learning rate, for several activations.

    Parameters
    ----------
    sweeps : dict of str -> helpers.experiments.more_on_activations.Sweep
        By label.
    epoch : int
        After how many epochs.

    Returns
    -------
    DescribedFigure
        One panel: for each label the medians as a curve, the range of the seeds as a band, and the best rate marked.
    """
    figure, axes = new_figure(height=3.8)
    for i, (label, swept) in enumerate(sweeps.items()):
        losses = np.minimum(swept.loss[:, epoch - 1], HIGHEST_LOSS)
        draw_spread(axes, np.asarray(swept.rates), losses, i, label)
        axes.lines[-1].set(marker=MARKERS[i], markersize=4)
        best = swept.best(epoch)
        at = (swept.rates[best], np.median(losses[best]))
        axes.plot(*np.transpose([at]), MARKERS[i], color=COLOURS[i], markersize=10, label=f"best rate, {label}")
    axes.set(xlabel="learning rate", ylabel=f"training loss after {epoch} epochs", xscale="log", yscale="log")
    axes.set_ylim(top=HIGHEST_LOSS)
    ticks = sorted({rate for swept in sweeps.values() for rate in swept.rates})
    axes.set_xticks(ticks, labels=[f"{rate:g}" for rate in ticks])
    axes.minorticks_off()
    legend_outside(axes, "median (band: all seeds)")
    return figure
