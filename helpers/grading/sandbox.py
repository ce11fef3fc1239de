"""Runs the code of students where it can do no harm, and asks it questions from outside.

A `Sandbox` is one warm process behind bubblewrap: no network, nothing to see but Python, the libraries and the course's
helpers without their exercises, nothing to write to. For each submission it forks a `Session`, which has process
numbers, a scratch folder and limits of its own. A session is asked with a time limit; when it fails to answer in
time, or answers nonsense, it is ended from outside, which nothing within can delay.
"""

import functools
import json
import os
import platform
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from helpers.datasets import data_folder
from helpers.exercises.answer import Stopped, TimeLimit, Unasked
from helpers.grading.confine import MACHINE
from helpers.grading.plain_json import from_line, to_line
from helpers.grading.sandboxed_process import END, READY, START, START_DRAWING

HELPERS = Path(__file__).resolve().parent.parent
HERE = HELPERS / "grading"
SCRATCH = "/scratch"
PACKAGES = [folder for folder in sys.path if Path(folder).name in ("site-packages", "dist-packages")]
"""Where libraries are, wherever they were installed to."""

START_SECONDS = 120
"""How long the warm process may take to load everything, on a slow machine."""

LARGEST_REPLY = 8 << 20


class SandboxError(Unasked):
    """There is no sandbox, or it broke; the message says why."""


class Nonsense(Stopped):
    """A process did not keep to the agreed form."""

    def __init__(self):
        super().__init__("its process meddled with the conversation")


@dataclass(frozen=True)
class Limits:
    """What a submission may use.

    Parameters
    ----------
    cell_seconds, call_seconds : float
        How long one cell may run, and how long one call of a function.
    total_seconds : float
        How long the whole submission may take.
    memory : int
        Address space in megabytes, about 200 of which the warm process has taken before.
    file : int
        Megabytes of scratch space.
    threads : int
        Threads at a time. (Other processes cannot be started at all.)
    """

    cell_seconds: float = 10
    call_seconds: float = 5
    total_seconds: float = 120
    memory: int = 1024
    file: int = 16
    threads: int = 16


@functools.cache
def missing():
    """Return what this machine lacks for a sandbox, one sentence; None if it has everything."""
    if sys.platform != "linux":
        return f"the sandbox needs Linux, this is {sys.platform}"
    if platform.machine() != MACHINE:
        return f"the sandbox knows the system calls of {MACHINE}, this is {platform.machine()}"
    if not shutil.which("bwrap"):
        return "bubblewrap is missing (on Debian or Ubuntu: apt install bubblewrap)"
    trial = subprocess.run(
        [*_bubblewrap(), *_system(), sys.executable, "-sPc", "pass"], capture_output=True, text=True, timeout=60
    )
    if trial.returncode:
        return f"bubblewrap does not work here: {trial.stderr.strip() or trial.returncode}"
    return None


def _bubblewrap():
    """Return the start of a command that runs within new namespaces, which end with us."""
    powers = []
    for name in ("SYS_ADMIN", "SETUID", "SETGID", "SETPCAP", "KILL"):
        powers += ["--cap-add", f"CAP_{name}"]
    user = [] if os.getuid() == 0 else ["--unshare-user"]
    spaces = ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"]
    return ["bwrap", "--die-with-parent", "--new-session", *user, *spaces, *powers, "--hostname", "sandbox"]


def _read_only(path):
    """Return how to show a file or folder in its place, whose parents everybody may pass through."""
    parents = [parent for parent in reversed(Path(path).parents) if parent != Path("/")]
    return [*(word for parent in parents for word in ("--dir", str(parent))), "--ro-bind", str(path), str(path)]


def _system():
    """Return what the sandbox sees of the system: the libraries and this Python, read only."""
    seen = ["--dir", "/dev"]
    for name in ("/usr", "/lib", "/lib64", "/lib32", "/bin"):
        path = Path(name)
        if path.is_symlink():
            seen += ["--symlink", os.readlink(path), name]
        elif path.is_dir():
            seen += _read_only(path)
    python = Path(sys.executable).resolve().parent.parent
    folders = {python, *map(Path, (sys.base_prefix, sys.prefix, sysconfig.get_path("stdlib"), *PACKAGES))}
    for folder in sorted(folders):
        if folder.is_dir() and Path("/usr") not in [folder, *folder.parents]:
            seen += _read_only(folder)
    for device in ("null", "zero", "urandom", "random"):
        seen += ["--dev-bind", f"/dev/{device}", f"/dev/{device}"]
    seen += ["--dir", "/etc", "--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"]
    return [*seen, "--size", str(32 << 20), "--tmpfs", SCRATCH]


def _course():
    """Return what the sandbox sees of the course: the helpers and the data, without exercises and grading."""
    shown = [*_read_only(HELPERS), *_read_only(data_folder())]
    shown += ["--tmpfs", str(HELPERS / "exercises"), "--tmpfs", str(HERE)]
    files = {
        "exercises/answer.py": "exercises/answer.py",
        "exercises/values.py": "exercises/values.py",
        "grading/stub_exercises/__init__.py": "exercises/__init__.py",
        "grading/stub_exercises/feedback.py": "exercises/feedback.py",
        "grading/__init__.py": "grading/__init__.py",
        "grading/confine.py": "grading/confine.py",
        "grading/plain_json.py": "grading/plain_json.py",
        "grading/sandboxed_process.py": "grading/sandboxed_process.py",
    }
    for source, place in files.items():
        shown += ["--ro-bind", str(HELPERS / source), str(HELPERS / place)]
    for folder in ("exercises", "grading"):
        shown += ["--remount-ro", str(HELPERS / folder)]
    return [*shown, "--remount-ro", "/", "--chdir", SCRATCH]


ENVIRONMENT = {
    "HOME": SCRATCH,
    "TMPDIR": SCRATCH,
    "LANG": "C.UTF-8",
    "TZ": "UTC",
    "MPLBACKEND": "agg",
    "MPLCONFIGDIR": SCRATCH,
    "IPYTHONDIR": SCRATCH,
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
}


class Sandbox:
    """One warm process that runs submissions, one after another.

    Parameters
    ----------
    limits : Limits
        What each submission may use.
    isolated : bool
        Whether to use bubblewrap. Without it a submission can read and write what you can: only for your own code.
    """

    def __init__(self, limits=None, *, isolated=True):
        self.limits = limits or Limits()
        self.isolated = isolated
        self._process = self._control = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _start(self):
        """Start the warm process, and wait until it has loaded everything."""
        if self.isolated and missing():
            raise SandboxError(missing())
        ours, theirs = socket.socketpair()
        scratch = None if self.isolated else tempfile.mkdtemp(prefix="grading-")
        limits = asdict(self.limits)
        settings = {
            "isolated": self.isolated,
            # A number that no account has, and no other worker uses: the system counts threads for each user.
            "user": 100_000 + os.getpid() if self.isolated else 0,
            "scratch": scratch or SCRATCH,
            "limits": {name: limits[name] for name in ("memory", "file", "threads")}
            | {"cpu": int(self.limits.total_seconds) + 1},
        }
        code = (
            f"import json, sys; sys.path[:0] = {[str(HELPERS.parent), *PACKAGES]}; "
            "from helpers.grading.sandboxed_process import main; main(int(sys.argv[1]), json.loads(sys.argv[2]))"
        )
        command = [sys.executable, "-sPc", code, str(theirs.fileno()), json.dumps(settings)]
        if self.isolated:
            command = [*_bubblewrap(), *_system(), *_course(), *command]
        environment = ENVIRONMENT | (dict.fromkeys(("HOME", "TMPDIR", "MPLCONFIGDIR"), scratch) if scratch else {})
        with tempfile.TemporaryFile() as errors:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                pass_fds=[theirs.fileno()],
                env=environment,
                start_new_session=True,
            )
            theirs.close()
            self._control, self._scratch = ours, scratch
            ours.settimeout(START_SECONDS)
            try:
                ready = ours.recv(1)
            except TimeoutError:
                ready = b""
            if ready != READY:
                self.close()
                errors.seek(0)
                said = errors.read().decode(errors="replace").strip()
                raise SandboxError(f"the sandbox did not start: {said[-500:] or 'no reason given'}")

    def session(self, drawing=False):
        """Fork a process for one submission.

        Parameters
        ----------
        drawing : bool
            Whether its code draws: then matplotlib is loaded before, which takes time only once.

        Returns
        -------
        Session
        """
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._start()
        ours, theirs = socket.socketpair()
        command = START_DRAWING if drawing else START
        try:
            self._control.settimeout(START_SECONDS)
            ours.settimeout(START_SECONDS)
            with theirs:
                socket.send_fds(self._control, [command], [theirs.fileno()])
                forked = self._control.recv(1) == command
            ready = forked and ours.recv(1) == READY
        except OSError:
            ready = False
        if not ready:
            ours.close()
            self.close()
            raise SandboxError("the sandbox broke")
        return Session(self, ours)

    def _end_session(self):
        """Have the process of the submission killed, and wait until it is gone."""
        try:
            self._control.settimeout(30)
            self._control.sendall(END)
            if self._control.recv(1) == END:
                return
        except OSError:
            pass
        self.close()  # its first process takes everything with it; the next session starts another

    def close(self):
        """End the sandbox and everything in it."""
        if self._process is None:
            return
        self._control.close()
        try:
            self._process.wait(5)  # it ends by itself when the control socket closes
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        if self._scratch:
            shutil.rmtree(self._scratch, ignore_errors=True)
        self._process = None


class Session:
    """The process of one submission, seen from outside.

    Parameters
    ----------
    sandbox : Sandbox
        Where it runs.
    connection : socket
        What it is asked over.
    """

    def __init__(self, sandbox, connection):
        self._sandbox, self._connection = sandbox, connection
        self.ended = False

    def ask(self, seconds, **request):
        """Ask the process something, and wait for its reply.

        Parameters
        ----------
        seconds : float
            How long it may take.
        **request : what JSON can hold
            "do" says what, see `helpers.grading.sandboxed_process`.

        Returns
        -------
        dict
            The reply. Nothing in it can be trusted.

        Raises
        ------
        Stopped
            If there is none: the process was ended, or ended itself.
        """
        token = secrets.token_hex(8)  # a reply from before the question would not know it
        try:
            reply = from_line(self._exchange(to_line({"id": token, **request}), time.monotonic() + seconds))
            if reply.pop("id", None) != token:
                raise ValueError("no reply to this question")
            return reply
        except TimeoutError:
            self.close()
            raise TimeLimit(f"more than {seconds:g} seconds") from None
        except OSError:
            self.close()
            raise Stopped("its process ended") from None
        except ValueError:
            self.close()
            raise Nonsense from None

    def _exchange(self, line, deadline):
        """Send a line and return the one that comes back."""
        self._connection.settimeout(max(deadline - time.monotonic(), 0.001))
        self._connection.sendall(line)
        received = bytearray()
        while not received.endswith(b"\n"):
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            self._connection.settimeout(left)
            part = self._connection.recv(1 << 16)
            if not part:
                raise ConnectionResetError
            received += part
            if len(received) > LARGEST_REPLY:
                raise ValueError("a reply without end")
        return bytes(received)

    def close(self):
        """End the process, whatever it is doing."""
        if not self.ended:
            self.ended = True
            self._connection.close()
            self._sandbox._end_session()
