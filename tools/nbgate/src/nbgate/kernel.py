"""The kernel that runs a notebook."""

import json
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from queue import Empty

import zmq
from jupyter_client.manager import KernelManager
from nbval.kernel import CURRENT_ENV_KERNEL_NAME, NbvalKernelspecManager, RunningKernel

HERE = Path(__file__).parent
#: The name under which `effects` runs in the kernel.
EFFECTS = "_nbgate_effects"
REPORT = {"nbgate": f"__import__('{EFFECTS}').report()"}


def environment(folder, lines=()):
    """Return the environment of a kernel that proves a notebook.

    Its settings of IPython and matplotlib are its own: none of whoever runs the tests.

    Parameters
    ----------
    folder : str or pathlib.Path
        Private to the kernel.
    lines : iterable of str
        "NAME=VALUE", or "NAME?=VALUE" for what holds unless it is set; {folder} stands for the folder.
    """
    folder = Path(folder)
    own = {"IPYTHONDIR": str(folder / "ipython"), "MPLCONFIGDIR": str(folder / "matplotlib")}
    for line in lines:
        name, _, value = line.partition("=")
        if not (name.endswith("?") and name[:-1] in os.environ):
            own[name.rstrip("?")] = value.replace("{folder}", str(folder))
    return {**os.environ, **own}


def fonts():
    """Return the folder in which matplotlib keeps its list of fonts for whoever runs the tests."""
    if "MPLCONFIGDIR" in os.environ:
        return Path(os.environ["MPLCONFIGDIR"])
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "matplotlib")


def copy_fonts(source, target):
    """Copy matplotlib's list of fonts, if there is one: to make it takes seconds, in each kernel.

    Parameters
    ----------
    source, target : pathlib.Path
        Folders; a target that can't be written to gets none.
    """
    try:
        for file in source.glob("fontlist-*.json"):
            if not (target / file.name).exists():
                target.mkdir(parents=True, exist_ok=True)
                shutil.copy(file, target)
    except OSError:
        return


def name_for(notebook, asked=None):
    """Return the name of a notebook's kernel: the asked one, the environment's own, or that of another language."""
    language = notebook.metadata.get("language_info", {}).get("name", "python")
    spec = notebook.metadata.get("kernelspec", {})
    if asked is None and "python" not in spec.get("language", language).lower():
        return spec.get("name")
    return asked or CURRENT_ENV_KERNEL_NAME


class KernelEnded(Exception):
    """The kernel is gone, and no answer will come."""


class Kernel(RunningKernel):
    """nbval's kernel; it counts its cells like JupyterLab, and is never waited for once it has ended.

    Parameters
    ----------
    kernel_name : str
    cwd : str
        Where it runs.
    root : str
        The project's folder: what is written below it is noticed.
    env : iterable of str
        See `environment`.
    startup_timeout : float
        Seconds.
    """

    def __init__(self, kernel_name, cwd=None, root=None, env=(), startup_timeout=60):
        self.asked_by = {}  # id of a request -> the cell that was run
        self.running = None
        self.reply = {}
        self.limit = None  # seconds for the running cell
        self.folder = tempfile.TemporaryDirectory(prefix="kernel-", ignore_cleanup_errors=True)
        copy_fonts(fonts(), Path(self.folder.name, "matplotlib"))
        self.km = KernelManager(
            kernel_name=kernel_name,
            kernel_spec_manager=NbvalKernelspecManager(),
            connection_file=str(Path(self.folder.name, "kernel.json")),
            # nbval's ports are free when they are chosen, but another program may take one before the kernel does.
            transport="ipc" if zmq.has("ipc") else "tcp",
        )
        self.python = "python" in (self.km.kernel_spec.language or "").lower()
        # Cells enter the history, for `Out` and a closing semicolon, but not that of whoever runs the tests.
        history = ["--HistoryManager.hist_file=:memory:"] if self.python else []
        self.km.start_kernel(
            stderr=subprocess.DEVNULL, cwd=cwd, extra_arguments=history, env=environment(self.folder.name, env)
        )
        self.kc = self.km.client()
        self.kc.start_channels()
        try:
            self.kc.wait_for_ready(timeout=startup_timeout)
            self._ensure_iopub_up()
            self.language_info = self.reply.get("language_info", {})
            if self.python:
                self.ask(self.load("effects", EFFECTS, watch={"root": str(root or cwd), "private": self.folder.name}))
        except (RuntimeError, Empty):
            self.stop()
            raise

    def load(self, file, name, **calls):
        """Return code that makes a module of a file of this package in the kernel, and calls functions of it."""
        source = (HERE / f"{file}.py").read_text(encoding="utf-8")
        code = "import sys as _s, types as _t\n"
        code += f"_m = _s.modules[{name!r}] = _t.ModuleType({name!r})\n"
        code += f"exec(compile({source!r}, {name!r}, 'exec'), _m.__dict__)\n"
        for function, arguments in calls.items():
            code += f"_m.{function}(**{arguments!r})\n"
        return f"exec({code!r}, {{}})"

    def stop(self):
        """End the kernel."""
        super().stop()
        copy_fonts(Path(self.folder.name, "matplotlib"), fonts())
        self.folder.cleanup()

    def execute_cell_input(self, cell_input, allow_stdin=None):
        """Run a cell as JupyterLab does: it is counted, and a closing semicolon hides its result."""
        request = self.kc.execute(
            cell_input,
            store_history=True,
            allow_stdin=allow_stdin,
            stop_on_error=False,
            user_expressions=REPORT if self.python else {},
        )
        self.asked_by[request] = self.running
        return request

    def await_reply(self, msg_id, timeout=None):
        """Wait for an answer, for a cell as long as it may take."""
        super().await_reply(msg_id, timeout=self.limit or timeout)

    def get_message(self, stream, timeout=None):
        """Wait for a message, but for a kernel that has ended only a second."""
        get = {"iopub": self.kc.get_iopub_msg, "shell": self.kc.get_shell_msg}[stream]
        end = time.monotonic() + (float("inf") if timeout is None else timeout)
        while True:
            try:
                message = get(timeout=max(0.0, min(1.0, end - time.monotonic())))
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

    def effects(self):
        """Return what `effects` noticed during the latest cell: a list of dicts with "kind" and "what"."""
        told = self.reply.get("user_expressions", {}).get("nbgate", {})
        if told.get("status") != "ok":  # the cell raised an exception, or the kernel speaks another language
            return []
        return json.loads(told["data"]["text/plain"])

    def ask(self, code, get_message=None, timeout=45, expressions=None):
        """Run code beside the notebook's names, and return the kernel's answer.

        Parameters
        ----------
        code : str
        get_message : callable, optional
            Reads one message; those that the cells caused late come along.
        timeout : float, optional
            Seconds.
        expressions : dict, optional
            What to evaluate then.

        Raises
        ------
        KernelEnded
        queue.Empty
            If no answer comes in time.
        """
        get_message = get_message or self.get_iopub
        self.limit = None
        options = {"store_history": False, "allow_stdin": False, "stop_on_error": False}
        request = self.kc.execute(code, silent=True, user_expressions=expressions or {}, **options)
        self.await_reply(request, timeout=timeout)
        reply, state = self.reply, ""
        while state != "idle":
            message = get_message(timeout=10)
            if message["parent_header"].get("msg_id") == request:
                state = message["content"].get("execution_state")
        return reply

    def get_iopub(self, timeout=None):
        """Return the next message that all front ends see."""
        return self.get_message("iopub", timeout)
