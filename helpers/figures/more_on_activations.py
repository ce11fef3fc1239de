"""The figure of the appendix on activations: what a network reaches at each learning rate."""

import numpy as np

from helpers.figures.described import described_figure
from helpers.figures.style import BLACK, COLOURS, LINE_STYLES, MARKERS, legend_outside, new_figure
from helpers.language import _

#: Where the frame ends: a training that is worse than this, or has diverged, is drawn at its edge.
HIGHEST_LOSS = 1.0


@described_figure
def valleys(sweeps, epoch):
    """Show the median training loss against the learning rate, for several activations.

    It is drawn to one digit: at rates that are nearly too large more of them would differ between processors.

    Parameters
    ----------
    sweeps : dict of str -> helpers.experiments.sweeps.Sweep
        By label.
    epoch : int
        After how many epochs.

    Returns
    -------
    DescribedFigure
        One panel: for each label a curve, and a ring around its best rate.
    """
    figure, axes = new_figure(height=3.8)
    best_rates, lowest = [], []
    for i, (label, swept) in enumerate(sweeps.items()):
        medians = np.minimum(np.median(swept.loss[:, epoch - 1], axis=-1), HIGHEST_LOSS)
        medians = np.array([float(f"{loss:.0e}") for loss in medians])
        look = {"color": COLOURS[i], "marker": MARKERS[i], "linestyle": LINE_STYLES[i]}
        axes.plot(swept.rates, medians, markersize=5, label=label, **look)
        best = swept.best(epoch)
        best_rates.append(swept.rates[best])
        lowest.append(medians[best])
    # Rings hide no curve, where two of them meet.
    axes.plot(best_rates, lowest, "o", color=BLACK, fillstyle="none", markersize=13, label=_("best rate"))
    axes.set(
        xlabel=_("learning rate"),
        ylabel=_("median training loss, {epoch} epochs", epoch=epoch),
        xscale="log",
        yscale="log",
    )
    axes.set_ylim(1e-3, HIGHEST_LOSS)
    ticks = sorted({rate for swept in sweeps.values() for rate in swept.rates})
    axes.set_xticks(ticks, labels=[f"{rate:g}" for rate in ticks])
    axes.minorticks_off()
    legend_outside(axes, _("activation"))
    return figure
