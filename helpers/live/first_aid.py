"""Errors that stay short, with a word on what to do where they don't say it themselves.

A kernel that was started anew has forgotten all names. Whoever changes a number finds that a later line looks up what
was computed for the old one. And an error that the course raises on purpose says in a sentence what it expected: where
in the course that was found out helps nobody.
"""

import linecache
from types import TracebackType

from helpers.language import _


def watch(shell):
    """Show the errors of all cells that this shell runs from now on in this way."""
    if shell:
        shell.set_custom_exc((KeyError, NameError, TypeError, ValueError), _show)


def _show(shell, kind, error, trace, tb_offset=None):
    calls = list(_calls(trace))
    if _module(calls[-1]) == "__main__" and (sentence := _what_to_do(error)):
        print(sentence)
    if _is_on_purpose(calls[-1]):
        while len(calls) > 1 and _module(calls[-1]) != "__main__":
            calls.pop()
    shell.showtraceback((kind, error, _chained(calls)), tb_offset=tb_offset)


def _what_to_do(error):
    """Return a sentence for an error that a cell met, or None if there is nothing to add."""
    if type(error) is NameError and error.name:
        return _(
            "Is {name} set in a cell further up? After a pause a notebook has forgotten it:\n"
            'put the cursor on this cell, then choose "Run > Run All Above Selected Cell".',
            name=error.name,
        )
    if type(error) is KeyError and error.args:
        return _(
            "There is no result for {key!r}.\n"
            "If you changed that number or name where it is first written, change it here, too.",
            key=error.args[0],
        )
    return None


def _calls(trace):
    """Yield a traceback call by call, outermost first."""
    while trace:
        yield trace
        trace = trace.tb_next


def _chained(calls):
    """Return the traceback of these calls alone."""
    chain = None
    for call in reversed(calls):
        chain = TracebackType(chain, call.tb_frame, call.tb_lasti, call.tb_lineno)
    return chain


def _module(call):
    """Return the name of the module that a call is in; a cell's is ``__main__``."""
    return call.tb_frame.f_globals.get("__name__", "")


def _is_on_purpose(call):
    """Tell whether the course itself raises an error here, rather than meeting one."""
    line = linecache.getline(call.tb_frame.f_code.co_filename, call.tb_lineno)
    return _module(call).startswith("helpers.") and line.lstrip().startswith("raise ")
