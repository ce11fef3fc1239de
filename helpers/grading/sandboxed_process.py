"""The process within the sandbox: warm, with NumPy and the helpers loaded, it forks a child for each submission.

It is told two things over its control socket: "a submission comes, over this socket of its own", and "end it". The
child gives up everything that it does not need, then runs pieces of the submission's code and answers questions about
what they defined. After the first piece of code nothing that the child says can be trusted, nor needs to be.
"""

import asyncio
import contextlib
import functools
import gc
import importlib
import io
import os
import signal
import socket
import tempfile

import numpy as np

from helpers.exercises import feedback
from helpers.exercises.answer import Raised, value_of
from helpers.grading import confine
from helpers.grading.plain_json import FINAL, READY, START, START_DRAWING, decode, encode, from_line, to_line
from helpers.grading.shell import make_shell

#: Loaded once, before any submission: what exercises use.
WARM = ("helpers.complexity", "helpers.datasets", "helpers.descent", "helpers.schedules", "helpers.training")
#: Takes half a second to load: only before the first submission that uses any of it.
DRAWING = ("matplotlib.pyplot", "ipywidgets", "helpers.figures.style", "helpers.live.live_figure")
LARGEST_REQUEST = 16 << 20
MOST_NAMES = 50


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
    make_shell()
    if settings["isolated"]:
        confine.rules_for_calls()
    gc.collect()
    gc.freeze()  # what is there now is shared with all children, as long as nobody touches it
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
    _furnish(settings["scratch"] if settings["isolated"] else tempfile.mkdtemp(dir=settings["scratch"]))
    confine.set_limits(settings["limits"])
    confine.become(settings["user"])
    with contextlib.suppress(*[OSError] * (not settings["isolated"])):
        confine.deny_system_calls()
    asyncio.run(serve(socket.socket(fileno=descriptor)))


def _furnish(scratch):
    """Go to an empty folder that lies to the course's data as the notebooks' folder does."""
    course = os.path.dirname(os.path.dirname(os.path.abspath(feedback.__file__))).removesuffix("/helpers")
    here = os.path.join(scratch, "notebooks", "exercises")
    os.makedirs(here)
    for name in ("data", "helpers"):
        os.symlink(os.path.join(course, name), os.path.join(scratch, name))
    os.mkdir(os.path.join(scratch, "tmp"))
    for folder in (here, os.path.dirname(here), os.path.join(scratch, "tmp")):
        os.chmod(folder, 0o777)
    os.environ["TMPDIR"] = os.path.join(scratch, "tmp")
    tempfile.tempdir = None
    os.chdir(here)


async def serve(connection):
    """Say that all is ready, then answer requests, one a line, until the connection is closed.

    All of this happens within an event loop, as in a notebook, so that ``await`` and tasks work as they do there.
    """
    shell = make_shell()
    connection.sendall(READY)
    requests, replies = await asyncio.open_connection(sock=connection, limit=LARGEST_REQUEST)
    while line := await requests.readline():
        request = from_line(line)
        async for reply in ANSWERS[request["do"]](shell, request):
            replies.write(to_line({"id": request["id"], **reply}))
            await replies.drain()
        del request


async def _run(shell, request):
    """Run a cell; say what came of it, which answers were checked in it, and what of it does not run here."""
    feedback.CHECKED.clear()
    shell.left_out.clear()
    error = await shell.run(request["code"])
    reply = {"checked": list(feedback.CHECKED)[:MOST_NAMES], "left out": shell.left_out[:MOST_NAMES]}
    if error is not None:
        raised = Raised.of(error)
        reply["raised"] = [raised.kind, raised.text]
    yield reply


async def _ask(shell, request):
    """Yield an answer for each call: the value of what was checked, or of a name, or of calls of it."""
    name, known = request["name"], vars(shell.user_module)
    if request["checked"] and name in feedback.CHECKED:
        answer = feedback.CHECKED[name]
    elif name in known:
        answer = known[name]
    else:
        yield {"missing": True}
        return
    for arguments in request["calls"]:
        try:
            with np.errstate(all="ignore"), shell.builtin_trap, shell.display_trap:
                reply = {"value": encode(value_of(answer, *decode(arguments)))}
        except BaseException as error:  # whatever the learner's code raises, SystemExit too
            raised = Raised.of(error)
            reply = {"raised": [raised.kind, raised.text]}
        yield reply
        if "raised" in reply and raised.kind in FINAL:
            return


ANSWERS = {"run": _run, "ask": _ask}
