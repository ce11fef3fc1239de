"""Which cells give a prediction's answer away: stored closed, they open when they are run.

Outputs stay in the file. JupyterLab opens an output by itself when its cell is run; code it leaves closed.
"""

import re

#: So many code cells after a question are closed, even beyond the end of its section.
AT_LEAST = 2


def marks(notebook):
    """Return the marks of each code cell that is closed: its id -> {"outputs_hidden": True, ...}, as JupyterLab has it.

    After a question these are the cells up to the next question or the end of the section: their outputs, and the
    code of those that state a claim.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
    """
    found, left, inside = {}, 0, False
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            inside = inside and not re.search("^##? ", cell.source, flags=re.MULTILINE)
        elif "predict(" in cell.source:
            left, inside = AT_LEAST, True
        elif inside or left > 0:
            left -= 1
            found[cell.id] = {"outputs_hidden": True} | ({"source_hidden": True} if "claim(" in cell.source else {})
    return found


def close(notebook):
    """Set the marks of all code cells of a notebook, and remove those that do not belong."""
    wanted = marks(notebook)
    for cell in notebook.cells:
        cell.metadata.pop("jupyter", None)
        if cell.id in wanted:
            cell.metadata["jupyter"] = wanted[cell.id]
