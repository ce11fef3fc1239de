"""What a learner's answer comes to: a plain value, or the reason why there is none.

`value_of` is asked wherever an answer is computed: in the learner's own notebook, or in a sandbox.
"""

import copy
import dis
import re
from types import FunctionType

from helpers.exercises.values import changed, plain, show_text, type_name
from helpers.language import _


class NotAttempted(Exception):
    """There is no answer yet: the cell is as it was handed out."""


class NoFunction(Exception):
    """The answer is not the function that was asked for; the message says what it is."""


class ChangedInput(Exception):
    """The learner's function changed an argument in place."""


class Stopped(BaseException):
    """The answer was cut short, and no further question can be asked; the message says why."""


class TimeLimit(Stopped):
    """The answer took too long."""


class Unasked(Exception):
    """The question did not reach the answer, which is no fault of the answer: there is no verdict."""


class Raised(Exception):
    """An error of the learner's code, in words that can be shown and sent, wherever it happened.

    Parameters
    ----------
    kind : str
        The name of the error's type.
    text : str
        The error's message.
    """

    def __init__(self, kind, text):
        self.kind = kind if type(kind) is str and re.fullmatch(r"\w{1,60}", kind) else "Error"
        self.text = show_text(text) if type(text) is str else ""
        super().__init__(f"{self.kind}: {self.text}" if self.text else self.kind)

    @classmethod
    def of(cls, error):
        """Return any error in words; it may fail to tell its own."""
        if type(error) is cls:
            return error
        try:
            return cls(type_name(error), str(error))
        except BaseException:
            return cls(type_name(error), "")


def value_of(answer, *arguments):
    """Return an answer as a plain value.

    Parameters
    ----------
    answer : object
        What the learner's name stands for.
    *arguments : plain values
        What to call it with; without any, the answer itself is the value.

    Returns
    -------
    plain value
        See `helpers.exercises.values.plain`.

    Raises
    ------
    NotAttempted
        If the answer is as it was handed out: three dots, or a function that does nothing.
    NoFunction
        If there are arguments, and the answer cannot be called.
    ChangedInput
        If it changed its arguments.
    NotPlain
        If the value is not plain.
    """
    if answer is ... or does_nothing(answer):
        raise NotAttempted
    if not arguments:
        return plain(answer)
    if not callable(answer):
        raise NoFunction(_("an object of type {type_name}", type_name=type_name(answer)))
    passed = copy.deepcopy(arguments)
    value = answer(*passed)
    if value is ...:
        raise NotAttempted
    value = plain(value)
    if changed(arguments, passed):
        raise ChangedInput
    return value


def does_nothing(function):
    """Tell whether the body of a function is as it was handed out: a docstring and three dots, at most."""
    if type(function) is not FunctionType or function.__code__.co_names:  # whatever uses a name does something
        return False
    idle = {"RESUME", "NOP", "LOAD_CONST", "RETURN_CONST", "RETURN_VALUE"}
    constants = []
    for step in dis.get_instructions(function.__code__):
        if step.opname not in idle:
            return False
        constants += [step.argval] * (step.opname in ("LOAD_CONST", "RETURN_CONST"))
    return constants == [None]
