"""Predict, then run: a question to settle for yourself before an experiment settles it.

The questions are in ``data/predictions/``, a file a chapter, so that a cell that asks one does not give away the
answer.
"""

import functools
import html
import json
import textwrap

import ipywidgets

from helpers._checks import lookup
from helpers.datasets import data_folder


@functools.cache
def questions():
    """Return all questions: name -> dict with "question", "choices", "answer" (an index) and "because".

    What else a question holds is for the tests: they compute the answer from it.
    """
    files = sorted((data_folder() / "predictions").glob("*.json"))
    return {name: asked for file in files for name, asked in json.loads(file.read_text(encoding="utf-8")).items()}


class Prediction(ipywidgets.VBox):
    """A question with choices; choosing one and pressing the button reveals the answer and the reason.

    Parameters
    ----------
    question : str
    choices : list of str
    answer : int
        Index of the right choice.
    because : str
        The reason, shown with the answer.
    """

    def __init__(self, question, choices, answer, because):
        self._question, self._choices, self._answer, self._because = question, choices, answer, because
        # Buttons and not radio buttons, whose arrow keys JupyterLab takes for itself.
        self.choice = ipywidgets.ToggleButtons(
            options=[(text, i) for i, text in enumerate(choices)], value=None, style={"button_width": "auto"}
        )
        self.button = ipywidgets.Button(description="Reveal", disabled=True, tooltip="Choose an answer first")
        self.answer = ipywidgets.HTML()
        self.choice.observe(self._chosen, names="value")
        self.button.on_click(self.reveal)
        asked = ipywidgets.HTML(f'<div style="line-height:1.4"><b>Your prediction:</b> {html.escape(question)}</div>')
        super().__init__([asked, self.choice, self.button, self.answer])
        self.add_class("prediction")

    def _chosen(self, _change):
        self.button.disabled = self.choice.value is None
        self.answer.value = ""

    def reveal(self, _button=None):
        """Show whether the choice was right, and why."""
        if self.choice.value is None:
            return
        verdict = "✓ As you predicted." if self.choice.value == self._answer else "✗ You expected something else."
        told = f'{verdict} The answer is "{self._choices[self._answer]}": {self._because}'
        self.answer.value = f'<div role="status" aria-live="polite" style="line-height:1.5">{html.escape(told)}</div>'

    def _repr_mimebundle_(self, **kwargs):
        data = super()._repr_mimebundle_(**kwargs) or {}
        asked = textwrap.fill(f"Your prediction: {self._question}", 90)
        choices = "\n".join(f"  ( ) {text}" for text in self._choices)
        return {**data, "text/plain": f"{asked}\n{choices}"}


def predict(name):
    """Ask the question of that name.

    Parameters
    ----------
    name : str
        A key of a file in ``data/predictions/``.

    Returns
    -------
    Prediction

    Raises
    ------
    ValueError
        If there is no such question.
    """
    asked = lookup(questions(), name, "prediction")
    return Prediction(*(asked[part] for part in ("question", "choices", "answer", "because")))
