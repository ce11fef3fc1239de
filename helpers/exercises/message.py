"""How a notebook shows words to the learner: mark, colour, what opens below. Which words, `judge` and `advice` say."""

import html
import re

from helpers.exercises.judge import CORRECT, INCORRECT, MARKS, NOT_ATTEMPTED

COLOURS = {NOT_ATTEMPTED: "#757575", INCORRECT: "#b45309", CORRECT: "#0b7285"}


class Message:
    """Words for the learner, which a notebook shows below the cell.

    Parameters
    ----------
    text : str
        What to say; lines are kept.
    outcome : str, optional
        One of `OUTCOMES`, which decides the colour and the mark; what is about no answer has none.
    code : bool
        Whether the text is Python.
    help : dict, optional
        What can be opened below it: title -> `Message`.
    """

    def __init__(self, text, outcome=None, code=False, help=None):
        self.text, self.outcome, self.code, self.help = text, outcome, code, help or {}

    def __repr__(self):
        return f"{MARKS[self.outcome]} {self.text}" if self.outcome else self.text

    def _repr_html_(self):
        colour = COLOURS[self.outcome or NOT_ATTEMPTED]
        style = f"border-left:4px solid {colour};padding:0.3em 0.8em;line-height:1.5"
        below = "".join(
            f"<details><summary>{html.escape(title)}</summary>{message._body()}</details>"
            for title, message in self.help.items()
        )
        return f'<div role="status" style="{style}">{self._body()}{below}</div>'

    def _body(self):
        text = html.escape(repr(self), quote=False)
        return f"<pre>{text}</pre>" if self.code else re.sub("(?s)`(.+?)`", r"<code>\1</code>", text)
