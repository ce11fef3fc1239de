"""What a picture shows, in a few words made of its many."""

import itertools
import re

from helpers.figures.words import SEMICOLON
from helpers.language import _
from tools.site.language import said

#: A panel in words: its title, and in brackets its axes, which may hold units in brackets.
PANEL = r"^(.*?) ?[(（]((?:[^()（）]|[(（][^()（）]*[)）])*)[)）]$"


def panels(words):
    """Return what a picture shows in a few words: of each panel its title and its axes, not what is drawn there.

    Parameters
    ----------
    words : str
        As `helpers.figures.words.describe` returns them.

    Returns
    -------
    str
    """
    _before, _opens, ends = re.split(r"\{\w+\}", _("{head} ({shown})."))
    panel = _("Panel {number}").replace("{number}", r"\d+")
    bare = {_("{y} against {x}", y="y", x="x"), _("a drawing without axes")}
    lines, told = words.splitlines(), []
    for line, after in itertools.pairwise([*lines, ""]):
        if line.startswith("- ") or not after.startswith("- "):
            continue
        head = line.removesuffix(ends) + ends.rstrip(".。")
        title, axes = re.match(PANEL, head).groups()
        title = re.sub(rf"^({panel}|{_('Plot')})[:：]? ?", "", title)
        known = [text for text in (title, axes) if text and text not in bare]
        told += [said("{title}: {axes}", title=title, axes=axes)] if len(known) == 2 else known
    told = SEMICOLON.join(dict.fromkeys(told)) or said("A drawing")
    return said("{words}.", words=told[0].upper() + told[1:])
