"""A word for whoever comes back to a notebook and runs a cell before those that it builds on.

A kernel that was started anew has forgotten all names. The error says which one is missing, and not what to do.
"""

import re

from helpers.language import _


def watch(shell):
    """Look at each cell that this shell runs from now on; a shell that is watched already is not watched twice."""
    if shell and not getattr(shell, "_names_watched", False):
        shell._names_watched = True
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
