"""`LIVE_FIGURES` with all live figures of the course in it, and what tests ask of one."""

from tools.live_figures import live_figures, steps_of

__all__ = ["LIVE_FIGURES", "MEANT", "steps_of", "words"]

LIVE_FIGURES = live_figures()
#: What to do where words differ.
MEANT = "if that is meant, and the texts beside the figure agree, change the words here"


def words(axes):
    """Return the title and the labels of axes."""
    return axes.get_title(), axes.get_xlabel(), axes.get_ylabel()
