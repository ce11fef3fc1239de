"""The process within the sandbox: warm, with NumPy and the helpers loaded, it forks a child for each submission.

It is told two things over its control socket: "a submission comes, over this socket of its own", and "end it". The
child gives up everything that it does not need, then runs pieces of the submission's code and answers questions about
what they defined. After the first piece of code nothing that the child says can be trusted, nor needs to be.
"""

import builtins
import contextlib
import functools
import importlib
import io
import os
import signal
import socket
import sys
import types

from helpers.exercises.answer import Raised, value_of
from helpers.grading import confine
from helpers.grading.plain_json import decode, encode, from_line, to_line

#: Loaded once, before any submission: what exercises use.
WARM = (
    "helpers.exercises.feedback",
    "helpers.complexity",
    "helpers.datasets",
    "helpers.descent",
    "helpers.schedules",
    "helpers.training",
)
#: Takes half a second to load: only before the first submission that uses any of it.
DRAWING = ("matplotlib.pyplot", "IPython.display", "ipywidgets", "helpers.figures.style", "helpers.live.live_figure")

READY, START, START_DRAWING, END = b"r", b"s", b"d", b"e"


def main(control, settings):
    """Serve until the control socket is closed.

    Parameters
    ----------
    control : int
        The file number of the control socket.
    settings : dict
        "isolated" (whether each submission gets namespaces of its own), "user" to become if we are root, "scratch",
        and "limits" for `helpers.grading.confine.set_limits`.
    """
    _load(WARM)
    control = socket.socket(fileno=control)
    control.sendall(READY)
    running = None
    while True:
        command, descriptors, *_ = socket.recv_fds(control, 1, 1)
        if command in (START, START_DRAWING):
            if command == START_DRAWING:
                _load_drawing()
            running = _fork(descriptors[0], settings)
            os.close(descriptors[0])
        elif running:
            _end(*running, settings["isolated"])
            running = None
        if not command:
            return
        control.sendall(command)


def _load(modules):
    for name in modules:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


@functools.cache
def _load_drawing():
    """Load what draws, and have matplotlib look for its fonts."""
    _load(DRAWING)
    from matplotlib.figure import Figure

    Figure().text(0, 0, "x").figure.savefig(io.BytesIO())


def _fork(descriptor, settings):
    """Start the process of a submission; return its number and that of the process that waits for it."""
    reading, writing = os.pipe()
    keeper = os.fork()
    if keeper:
        os.close(writing)
        with open(reading, "rb") as pipe:
            return keeper, int(pipe.read() or 0)
    try:
        os.setsid()
        if settings["isolated"]:
            confine.own_namespaces(settings["scratch"], settings["limits"]["file"])
        learner = os.fork()
        if learner:
            os.write(writing, b"%d" % learner)
            _keep_only()
            os.waitpid(learner, 0)
        else:
            _learner(descriptor, settings)
    finally:
        os._exit(0)


def _end(keeper, learner, isolated):
    """End a submission: its first process takes all others of its namespace with it."""
    with contextlib.suppress(ProcessLookupError):
        if learner:
            os.kill(learner, signal.SIGKILL)
    if not isolated:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(keeper, signal.SIGKILL)
    os.waitpid(keeper, 0)


def _keep_only(*descriptors):
    """Close all files but these; what is read is empty, what is printed goes nowhere."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    first = 3
    for descriptor in sorted(descriptors):
        os.closerange(first, descriptor)
        first = descriptor + 1
    os.closerange(first, 4096)


def _learner(descriptor, settings):
    """Be the process of a submission."""
    _keep_only(descriptor)
    os.chdir(settings["scratch"])
    confine.set_limits(settings["limits"])
    confine.become(settings["user"])
    confine.deny_system_calls()
    serve(socket.socket(fileno=descriptor))


def serve(connection):
    """Say that all is ready, then answer requests, one a line, until the connection is closed."""
    module = _notebook()
    connection.sendall(READY)
    with connection.makefile("rb") as requests:
        for line in requests:
            request = from_line(line)
            try:
                reply = ANSWERS[request["do"]](module, request)
            except BaseException as error:  # whatever the learner's code raises, SystemExit too
                raised = Raised.of(error)
                reply = {"raised": [raised.kind, raised.text]}
            connection.sendall(to_line({"id": request["id"], **reply}))


def _notebook():
    """Return the module in which the cells run, with what a notebook has besides Python."""
    module = types.ModuleType("__main__")
    sys.modules["__main__"] = module
    module.display = builtins.display = lambda *_values, **_named: None
    builtins.get_ipython = lambda: _Shell(module)
    return module


class _Shell:
    """As much of IPython as a notebook's magic commands need: nearly all do nothing here."""

    def __init__(self, module):
        self._module = module

    def run_cell_magic(self, name, _line, cell):
        if name in ("time", "timeit", "capture", "prun"):
            _execute(self._module, cell)

    def _nothing(self, *_arguments, **_named):
        pass

    run_line_magic = system = getoutput = magic = _nothing


def _execute(module, code):
    try:
        program = compile(code, "<cell>", "exec", dont_inherit=True)
    except SyntaxError:  # it may be IPython's own syntax, such as %matplotlib
        from IPython.core.inputtransformer2 import TransformerManager

        program = compile(TransformerManager().transform_cell(code), "<cell>", "exec", dont_inherit=True)
    exec(program, vars(module))


def _run(module, request):
    _execute(module, request["code"])
    return {}


def _ask(module, request):
    """Return the value of a name or, with arguments, of a call of the function of that name."""
    if request["name"] not in vars(module):
        return {"missing": True}
    return {"value": encode(value_of(vars(module)[request["name"]], *decode(request["arguments"])))}


ANSWERS = {"run": _run, "ask": _ask}
