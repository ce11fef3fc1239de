"""The figures of chapter 5: paired differences, and where training and held-out loss part."""

import numpy as np

from helpers.figures.described import described_figure
from helpers.figures.style import BLUE, GREY, ORANGE, draw_spread, new_figure
from helpers.language import _


@described_figure
def paired_differences(before, after, names, *, ylabel, repetition):
    """Show pairs of measurements, and beside them their differences with the mean and two standard errors of it.

    Parameters
    ----------
    before, after : array (count,)
        What was measured on either side in each repetition.
    names : sequence of two str
        Of the two sides.
    ylabel : str
        What was measured.
    repetition : str
        What differs between the pairs, for example "split".

    Returns
    -------
    DescribedFigure
        A panel with the two sides of each pair, joined, and one with the differences, in ascending order.
    """
    figure, (pairs, differences) = new_figure(2, height=3.6, width_ratios=(1, 1.4))
    pairs.plot([0, 1], [before, after], "o-", color=BLUE, markersize=4, linewidth=0.8, label="_pair")
    pairs.set(title=_("Each {repetition}", repetition=repetition), ylabel=ylabel, xlim=(-0.3, 1.3))
    pairs.set_xticks([0, 1], labels=names)
    saved = np.sort(np.subtract(before, after))
    mean, error = saved.mean(), saved.std(ddof=1) / np.sqrt(len(saved))
    number = np.arange(1, len(saved) + 1)
    differences.axhline(0, color=GREY, linestyle="-", linewidth=1, label="_zero")
    differences.axhspan(mean - 2 * error, mean + 2 * error, color=ORANGE, alpha=0.2, linewidth=0)
    differences.axhline(mean, color=ORANGE, linestyle="--", label=_("mean (band: two standard errors)"))
    differences.plot(number, saved, "o", color=BLUE, label=_("one {repetition}", repetition=repetition))
    differences.set(
        title=_("Difference of the pair"),
        xlabel=_("{repetition}, in ascending order", repetition=repetition),
        ylabel=_("difference"),
    )
    differences.set_xticks(range(0, len(saved) + 1, max(1, len(saved) // 4)))
    differences.set_ylim(saved.min() - 0.1 * np.ptp(saved), saved.max() + 0.35 * np.ptp(saved))  # room for the legend
    differences.legend(loc="upper left")
    return figure


@described_figure
def parting_losses(runs):
    """Show training and held-out loss of several trainings, and where the held-out loss of each is lowest.

    Parameters
    ----------
    runs : sequence of helpers.experiments.capstone.Stopped
        All with the same number of epochs.

    Returns
    -------
    DescribedFigure
        Medians as lines, all runs as bands, and a mark for each run.
    """
    figure, axes = new_figure(height=3.8)
    training = np.stack([run.history.loss for run in runs], axis=1)
    held_out = np.stack([run.history.validation_loss for run in runs], axis=1)
    epochs = np.arange(1, len(training) + 1)
    draw_spread(axes, epochs, training, 0, _("training images"))
    draw_spread(axes, epochs, held_out, 1, _("held-out images"))
    stops = [run.epoch for run in runs]
    lowest = [run.history.validation_loss[run.epoch - 1] for run in runs]
    axes.plot(stops, lowest, "v", color=ORANGE, markersize=6, markeredgecolor="white", label=_("lowest held-out loss"))
    axes.set(xlabel=_("epoch"), ylabel=_("loss"), xlim=(0, len(training)), ylim=(0, 2.5))
    axes.legend(title=_("median (band: all runs)"), loc="upper right", ncols=3)
    return figure
