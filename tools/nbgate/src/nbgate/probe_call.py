"""Calls the probe in the kernel, and reads its answer."""

import json

from nbgate.findings import Finding
from nbgate.kernel import EFFECTS


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
    files = [("probe", "_nbgate_probe"), *([("widgets", "_nbgate_widgets")] if shown else [])]
    call = f"await __import__('_nbgate_probe').examine({shown!r}, {settings.widgets!r})"
    code = "\n".join([*(kernel.load(*file) for file in files), f"__import__('{EFFECTS}').answer = {call}"])
    expression = f"__import__('{EFFECTS}').Text(__import__('{EFFECTS}').answer)"
    reply = kernel.ask(code, get_message, timeout=120, expressions={"nbgate": expression})
    if reply["status"] != "ok":
        return [Finding("E108", "", "\n".join(reply.get("traceback", ["the probe was interrupted"])))]
    told = reply["user_expressions"]["nbgate"]["data"]["text/plain"]
    return [Finding(code, cell, message) for code, cell, message in json.loads(told)]
