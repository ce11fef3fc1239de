"""A word beside an error that says what went wrong, and not what to do.

A kernel that was started anew has forgotten all names. And whoever changes a number finds that a later line looks up
what was computed for the old one.
"""

import re
import traceback

from helpers.language import _


def watch(shell):
    """Look at each cell that this shell runs from now on; IPython takes up a function only once."""
    if shell:
        shell.events.register("post_run_cell", _look_at)


def _look_at(result):
    error = result.error_in_exec
    name = getattr(error, "name", None)
    if type(error) is NameError and name and re.search(rf"\b{name}\b", result.info.raw_cell):
        told = _(
            "Is {name} set in a cell further up? After a pause a notebook has forgotten it: put the cursor on this "
            'cell, then choose "Run > Run All Above Selected Cell".',
            name=name,
        )
        print(told)
    if type(error) is KeyError and error.args and _place(error) == "__main__":
        told = _(
            "There is no result for {key!r}. If you changed that number or name where it is first written, change it "
            "here, too.",
            key=error.args[0],
        )
        print(told)


def _place(error):
    """Return the name of the module in which an error was raised; a cell's is ``__main__``."""
    *_calls, (frame, _line) = traceback.walk_tb(error.__traceback__)
    return frame.f_globals["__name__"]
