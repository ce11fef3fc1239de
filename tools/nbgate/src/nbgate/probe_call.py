"""Calls the probe in the kernel, and reads its answer."""

import json

from nbgate.findings import Finding
from nbgate.kernel import EFFECTS

ANSWER = "_nbgate_answer"


def findings(kernel, get_message, shown, settings):
    """Return what the probe finds.

    Parameters
    ----------
    kernel : nbgate.kernel.Kernel
    get_message : callable
        Reads one message; those that the cells caused late come along.
    shown : dict
        Name of a cell -> ids of the widgets that it shows.
    settings : nbgate.settings.Settings

    Raises
    ------
    nbgate.kernel.KernelEnded
    queue.Empty
        If no answer comes in time.
    """
    if shown:
        kernel.ask(kernel.load("widgets", "_nbgate_widgets"), get_message)
    kernel.ask(kernel.load("probe", "_nbgate_probe"), get_message)
    call = f"await __import__('sys').modules['_nbgate_probe'].examine({shown!r}, {settings.widgets!r})"
    code = f"__import__('sys').modules[{EFFECTS!r}].answer = {call}"
    reply = kernel.ask(code, get_message, timeout=120)
    if reply["status"] != "ok":
        return [Finding("E108", "", "\n".join(reply.get("traceback", ["the probe was interrupted"])))]
    expression = f"__import__('{EFFECTS}').Text(__import__('{EFFECTS}').answer)"
    told = kernel.evaluate(expression, get_message)
    return [Finding(code, cell, message) for code, cell, message in json.loads(told)]
