"""What is stored: outputs as they are compared, nothing that differs by machine, no state of widgets."""

import copy

import nbformat

from nbgate import compare


def write(file, gate, red):
    """Write a notebook that was just run back to its file, unless something in it is red.

    Parameters
    ----------
    file : nbgate.items.NotebookFile
    gate : nbgate.plugin.Gate
    red : list
        Its cells that have findings.
    """
    if red and not gate.stores_anyway:
        return
    notebook = copy.deepcopy(file.nb)
    ran = {run.name: run for run in file.runs}
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    number = 0
    for cell, item in zip(cells, file.cells, strict=True):
        cell.metadata.pop("execution", None)
        run = ran.get(item.called)
        if run is None:  # marked as one that is not run: as it was
            cell.outputs = item.stored
            continue
        number += bool(cell.source.strip())
        cell.execution_count = number if cell.source.strip() else None
        cell.outputs = compare.normal(run.shown.outputs(with_widgets=True))
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = number
    notebook.metadata.pop("widgets", None)
    if file.kernel is not None:
        notebook.metadata.language_info = dict(file.kernel.language_info)
        notebook.metadata.language_info.pop("version", None)
    nbformat.validate(notebook)
    nbformat.write(notebook, file.path)
