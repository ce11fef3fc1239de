"""What the messages of a cell add up to on the screen."""

import re

from nbformat.v4 import output_from_msg

WIDGET = "application/vnd.jupyter.widget-view+json"


class Shown:
    """What one cell shows, put together from messages as JupyterLab does."""

    def __init__(self):
        self._entries = []  # [output, its display id, whether an Output widget shows it]
        self._clear_next = False
        self._capturing = set()  # the Output widgets that are just now filled

    def take(self, message):
        """Take in a message that the cell caused."""
        kind, content = message["msg_type"], message["content"]
        if kind in ("comm_open", "comm_msg"):
            state = content["data"].get("state", {})
            if "msg_id" in state:  # an Output widget starts or ends to collect what this request prints
                (self._capturing.add if state["msg_id"] else self._capturing.discard)(content["comm_id"])
        elif kind == "clear_output" and not self._capturing:
            self._clear_next = True
            if not content["wait"]:
                self._clear()
        elif kind in ("stream", "display_data", "execute_result", "error"):
            self._clear()
            display_id = content.get("transient", {}).get("display_id")
            self._entries.append((output_from_msg(message), display_id, bool(self._capturing)))

    def update(self, content):
        """Take in new data for a display, if the cell shows it."""
        for output, display_id, _ in self._entries:
            if display_id == content["transient"]["display_id"]:
                output.data, output.metadata = content["data"], content["metadata"]

    def can_be_updated(self):
        """Return whether the cell shows a display that can be updated."""
        return any(display_id is not None for _, display_id, _ in self._entries)

    def _clear(self):
        if self._clear_next:
            self._entries = [entry for entry in self._entries if entry[2]]
        self._clear_next = False

    def outputs(self, with_widgets=False):
        """Return the cell's outputs, with or without those that are shown inside an Output widget."""
        return [output for output, _, captured in self._entries if with_widgets or not captured]

    def widgets(self):
        """Return the ids of the widgets that the cell shows."""
        return [o.data[WIDGET]["model_id"] for o in self.outputs(with_widgets=True) if WIDGET in o.get("data", {})]

    def raised(self):
        """Return whether the cell ended with an exception."""
        return any(output.output_type == "error" for output in self.outputs())

    def exception(self):
        """Return the exception of the cell in words: its name, what it says, and the cell's line that led to it."""
        errors = [output for output in self.outputs(with_widgets=True) if output.output_type == "error"]
        if not errors:
            return "an exception"
        lines = re.sub(r"\x1b\[[\d;]*m", "", "\n".join(errors[-1].get("traceback", ()))).splitlines()
        place = next((f", at line {line.partition('>')[2].strip()}" for line in lines if re.match("-+> ", line)), "")
        return f"{errors[-1].ename}: {errors[-1].evalue}{place}"

    def stderr(self):
        """Return what the cell writes to stderr."""
        texts = [output.text for output in self.outputs(with_widgets=True) if output.get("name") == "stderr"]
        return "".join(texts)
