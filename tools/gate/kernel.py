"""The kernel that runs a notebook, and what its messages add up to on the screen."""

import os
import subprocess
import tempfile
import time
from pathlib import Path
from queue import Empty

import zmq
from jupyter_client.manager import KernelManager
from nbformat.v4 import output_from_msg
from nbval.kernel import NbvalKernelspecManager, RunningKernel

PROBE = Path(__file__).with_name("probe.py")
WIDGET = "application/vnd.jupyter.widget-view+json"


def environment(folder):
    """Return the environment of a kernel that proves a notebook.

    Small matrices gain nothing from more threads, and lose much on a busy machine. False claims are errors. Exercises
    that are solved are nobody's progress: it is kept in `folder`.
    """
    return {
        "OPENBLAS_NUM_THREADS": "1",
        **os.environ,
        "COURSE_CLAIMS": "strict",
        "COURSE_PROGRESS": str(Path(folder, "progress.json")),
    }


class KernelEnded(Exception):
    """The kernel is gone, and no answer will come."""


class GateKernel(RunningKernel):
    """nbval's kernel; it counts its cells like JupyterLab, and is never waited for once it has ended."""

    def __init__(self, kernel_name, cwd=None, startup_timeout=60):
        self.asked_by = {}  # id of a request -> the cell that was run
        self.running = self.reply = None
        self.folder = tempfile.TemporaryDirectory(prefix="kernel-", ignore_cleanup_errors=True)
        self.km = KernelManager(
            kernel_name=kernel_name,
            kernel_spec_manager=NbvalKernelspecManager(),
            connection_file=str(Path(self.folder.name, "kernel.json")),
            # nbval's ports are free when they are chosen, but another program may take one before the kernel does.
            transport="ipc" if zmq.has("ipc") else "tcp",
        )
        # Cells enter the history, for `Out` and a closing semicolon, but not that of whoever runs the tests.
        history = ["--HistoryManager.hist_file=:memory:"]
        self.km.start_kernel(
            stderr=subprocess.DEVNULL, cwd=cwd, extra_arguments=history, env=environment(self.folder.name)
        )
        self.kc = self.km.client()
        self.kc.start_channels()
        try:
            self.kc.wait_for_ready(timeout=startup_timeout)
            self._ensure_iopub_up()
        except RuntimeError:
            self.stop()
            raise

    def stop(self):
        """End the kernel."""
        super().stop()
        self.folder.cleanup()

    def execute_cell_input(self, cell_input, allow_stdin=None):
        """Run a cell as JupyterLab does: it is counted, and a closing semicolon hides its result."""
        request = self.kc.execute(cell_input, store_history=True, allow_stdin=allow_stdin, stop_on_error=False)
        self.asked_by[request] = self.running
        return request

    def get_message(self, stream, timeout=None):
        """Wait for a message, but for a kernel that has ended only a second."""
        end = time.monotonic() + (float("inf") if timeout is None else timeout)
        while True:
            try:
                message = super().get_message(stream, timeout=max(0.0, min(1.0, end - time.monotonic())))
            except Empty:
                if not self.is_alive():
                    raise KernelEnded("its process is gone") from None
                if time.monotonic() >= end:
                    raise
            else:
                if stream == "shell":
                    self.reply = message["content"]
                return message

    def was_asked_to_end(self):
        """Return whether the latest cell asked JupyterLab to end the session."""
        return any(part.get("source") == "ask_exit" for part in self.reply.get("payload", ()))

    def probe(self, widgets, get_message):
        """Run the probe in the kernel, beside the notebook's names, and return the problems that it finds.

        Parameters
        ----------
        widgets : dict
            Name of a cell -> ids of the widgets that it shows.
        get_message : callable
            Reads one message; those that the cells caused late come along.
        """
        code = f"await __import__('runpy').run_path({str(PROBE)!r})['examine']({widgets!r})"
        request = self.kc.execute(code, silent=True, store_history=False, allow_stdin=False, stop_on_error=False)
        state = ""
        try:
            self.await_reply(request, timeout=45)
            reply = self.reply
            while state != "idle":
                message = get_message(timeout=10)
                if message["parent_header"].get("msg_id") == request:
                    state = message["content"].get("execution_state")
        except KernelEnded:
            return ["the kernel ended after the last cell; expected was one that goes on"]
        except Empty:
            return ["after the last cell the kernel did not answer for 45 seconds: does something in it never end?"]
        if reply["status"] == "ok":
            return []
        return reply["evalue"].splitlines() if reply["ename"] == "Found" else reply["traceback"]


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

    def problems(self):
        """Return what no cell may show, stored or not."""
        return [
            f"the cell writes to stderr, expected was nothing; what came: {output.text}"
            for output in self.outputs(with_widgets=True)
            if output.get("name") == "stderr"
        ]
