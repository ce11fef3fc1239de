"""Predict, then run: a question to settle for yourself before an experiment settles it.

The questions are in ``data/predictions/``, a file a chapter, so that a cell that asks one does not give away the
answer. What a reader predicts first is kept beside the progress in the exercises, for the end of the chapter.
"""

import functools
import html
import json
import textwrap

import ipywidgets
from IPython import get_ipython

from helpers._checks import lookup
from helpers.datasets import data_folder
from helpers.language import _
from helpers.live import first_aid
from helpers.own_files import read, update

PARTS = ("question", "choices", "answer", "because", "instead")


@functools.cache
def chapters():
    """Return the questions of each file: its name, such as "01_complexity" -> name of a question -> dict.

    A question has "question", "choices", "answer" (an index), "because", and "instead": why each other choice is not
    the answer. What else it holds is for the tests: they compute the answer from it.
    """
    files = sorted((data_folder() / "predictions").glob("*.json"))
    return {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in files}


def questions():
    """Return all questions by name."""
    return {name: asked for chapter in chapters().values() for name, asked in chapter.items()}


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
    instead : dict
        Each other choice -> why it is not the answer.
    name : str, optional
        Under which the first choice that is revealed is kept.
    """

    def __init__(self, question, choices, answer, because, instead, name=None):
        self._question, self._choices, self._answer, self._because = _(question), choices, answer, _(because)
        self._instead, self._name = instead, name
        # Buttons and not radio buttons, whose arrow keys JupyterLab takes for itself.
        self.choice = ipywidgets.ToggleButtons(
            options=[(_(text), i) for i, text in enumerate(choices)], value=None, style={"button_width": "auto"}
        )
        self.button = ipywidgets.Button(description=_("Reveal"), disabled=True, tooltip=_("Choose an answer first"))
        self.answer = ipywidgets.HTML()
        self.choice.observe(self._chosen, names="value")
        self.button.on_click(self.reveal)
        asked = ipywidgets.HTML(
            f'<div style="line-height:1.4">{_asking(html.escape(self._question), "<b>", "</b>")}</div>'
        )
        super().__init__([asked, self.choice, self.button, self.answer])
        self.add_class("prediction")

    def _chosen(self, _change):
        self.button.disabled = self.choice.value is None
        self.button.tooltip = _("Choose an answer first") if self.button.disabled else _("Show what happens, and why")
        self.answer.value = ""

    def reveal(self, _button=None):
        """Show whether the choice was right, and why."""
        if self.choice.value is None:
            return
        chosen, right = self._choices[self.choice.value], self._choices[self._answer]
        verdict = _("✓ As you predicted.")
        if chosen != right:
            verdict = _('✗ You predicted "{chosen}": {why_not}', chosen=_(chosen), why_not=_(self._instead[chosen]))
        reason = _('The answer is "{right}": {because}', right=_(right), because=self._because)
        told = [verdict, reason, keep(self._name, chosen) if self._name else ""]
        lines = "".join(f"<div>{html.escape(line)}</div>" for line in told if line)
        self.answer.value = f'<div role="status" aria-live="polite" style="line-height:1.5">{lines}</div>'

    def _repr_mimebundle_(self, **kwargs):
        data = super()._repr_mimebundle_(**kwargs) or {}
        asked = textwrap.fill(_asking(self._question), 90)
        choices = "\n".join(f"  ( ) {_(text)}" for text in self._choices)
        return {**data, "text/plain": f"{asked}\n{choices}\n{_('(Run this cell to choose one.)')}"}


def _asking(question, bold="", normal=""):
    return _("{bold}Your prediction:{normal} {question}", bold=bold, normal=normal, question=question)


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
    asked = lookup(questions(), name, _("prediction"))
    return Prediction(*(asked[part] for part in PARTS), name=name)


# -- what was predicted -------------------------------------------------------------------------------------------


def kept():
    """Return what the reader predicted: name of a question -> the choice that was revealed first."""
    return read("predictions")


def keep(name, choice):
    """Keep a prediction, unless there is one already: whoever has seen the answer predicts no more.

    Parameters
    ----------
    name : str
        The question's.
    choice : str

    Returns
    -------
    str
        A remark if it could not be kept, else no text.
    """
    try:
        update("predictions", lambda known: {name: choice} | known)
    except OSError as error:
        return _("Your prediction could not be kept: {error}.", error=error)
    return ""


class Predicted:
    """What the reader predicted, and what happened; what is not yet revealed stays so.

    Parameters
    ----------
    asked : dict
        Name -> question, as in `questions`.
    """

    def __init__(self, asked):
        choices = kept()
        self.open = [_(question["question"]) for name, question in asked.items() if name not in choices]
        #: Question, choice and answer of each that was revealed.
        self.rows = [
            (_(question["question"]), _(choices[name]), _(question["choices"][question["answer"]]))
            for name, question in asked.items()
            if name in choices
        ]

    def __repr__(self):
        right = sum(choice == answer for _question, choice, answer in self.rows)
        total = len(self.rows) + len(self.open)
        return _(
            "Predictions: {made} of {total} made and revealed, {right} as it came.",
            made=len(self.rows),
            total=total,
            right=right,
        )

    def _repr_html_(self):
        told = [html.escape(repr(self))]
        if self.rows:
            lines = "".join(map(_row, self.rows))
            heads = "".join(
                f'<th style="text-align:left">{head}</th>' for head in (_("asked"), _("predicted"), _("happened"))
            )
            told.append(f"<table><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>")
        return "".join(told)


def _row(row):
    question, choice, answer = row
    mark = "✓" if choice == answer else "✗"
    texts = (question, f"{mark} {choice}", answer)
    cells = (f'<td style="text-align:left">{html.escape(text)}</td>' for text in texts)
    return f"<tr>{''.join(cells)}</tr>"


def predictions(chapter=None):
    """Show what you predicted, and what happened.

    Parameters
    ----------
    chapter : str, optional
        The name of its file in ``data/predictions/``; by default the whole course.

    Returns
    -------
    Predicted

    Raises
    ------
    ValueError
        If there is no such chapter.
    """
    return Predicted(questions() if chapter is None else lookup(chapters(), chapter, _("chapter")))


# Each chapter asks for predictions.
first_aid.watch(get_ipython())
