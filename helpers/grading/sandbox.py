"""Runs the code of students where it can do no harm, and asks it questions from outside.

A `Sandbox` is one warm process behind bubblewrap: no network, nothing to see but Python, the libraries and the course's
helpers without their exercises, nothing to write to. For each submission it forks a `Session`, which has process
numbers, a scratch folder and limits of its own. A session is asked with a time limit; when it fails to answer in
time, or answers nonsense, it is ended from outside, which nothing within can delay.
"""

import ctypes
import functools
import json
import os
import re
import secrets
import shutil
import signal
import socket
import struct
import subprocess
import sys
import sysconfig
import tempfile
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from helpers.datasets import data_folder
from helpers.exercises.answer import Stopped, TimeLimit, Unasked
from helpers.grading.plain_json import END, READY, START, START_DRAWING, from_line, to_line
from helpers.language import FONT, _, spoken

HELPERS = Path(__file__).resolve().parent.parent
HERE = HELPERS / "grading"
COURSE = "/course"
"""Where the sandbox sees the helpers and the data, wherever they are."""
SCRATCH = "/scratch"
PACKAGES = [folder for folder in sys.path if Path(folder).name in ("site-packages", "dist-packages")]
"""Where libraries are, wherever they were installed to."""

START_SECONDS = 120
"""How long the warm process may take to load everything, on a slow machine."""

CLOCK = 5
"""Limits are of processor time; by the clock everything may take this many times as long."""

LARGEST_REPLY = 8 << 20


class SandboxError(Unasked):
    """There is no sandbox, or it broke; the message says why."""


class Nonsense(Stopped):
    """A process did not keep to the agreed form."""

    def __init__(self):
        super().__init__(_("its process meddled with the conversation"))


@dataclass(frozen=True)
class Limits:
    """What a submission may use.

    Parameters
    ----------
    cell_seconds, call_seconds : float
        Processor time for one cell, and for all calls that judge one function.
    total_seconds : float
        Processor time for the whole submission.
    memory : int
        Address space in megabytes, about 300 of which the warm process has taken before.
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
        return _("the sandbox needs Linux, this is {platform}", platform=sys.platform)
    if not shutil.which("bwrap"):
        return _("bubblewrap is missing (on Debian or Ubuntu: apt install bubblewrap)")
    try:
        ctypes.CDLL("libseccomp.so.2")
    except OSError:
        return _("libseccomp is missing (on Debian or Ubuntu: apt install libseccomp2)")
    trial = subprocess.run(
        [*_bubblewrap(), *_seen(), python(), "-sPc", "pass"], capture_output=True, text=True, timeout=60
    )
    if trial.returncode:
        return _("bubblewrap does not work here: {why}", why=trial.stderr.strip() or trial.returncode)
    return None


def _bubblewrap():
    """Return the start of a command that runs within new namespaces, which end with us."""
    powers = []
    for name in ("SYS_ADMIN", "SETUID", "SETGID", "SETPCAP", "KILL"):
        powers += ["--cap-add", f"CAP_{name}"]
    user = [] if os.getuid() == 0 else ["--unshare-user"]
    spaces = ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"]
    return ["bwrap", "--die-with-parent", "--new-session", *user, *spaces, *powers, "--hostname", "sandbox"]


@functools.cache
def python():
    """Return the program of this Python, without the environment that it may be used through."""
    return str(Path(getattr(sys, "_base_executable", None) or sys.executable).resolve())


def _needed():
    """Return the files and folders that Python and its libraries need: nothing else of the machine is seen."""
    program = Path(python())
    prefix = program.parent.parent
    folders = {*map(Path, ("/lib", "/lib32", "/lib64", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/local/lib"))}
    folders |= {prefix / "lib", prefix / "lib64", *map(Path, PACKAGES)}
    folders |= {Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib")}
    loaded = set()
    if os.path.exists("/proc/self/maps"):  # on some systems libraries are in none of these folders
        mapped = re.findall(r"(/\S*\.so[.\d]*)$", Path("/proc/self/maps").read_text(encoding="utf-8"), re.MULTILINE)
        loaded = {path for path in map(Path, mapped) if not folders.intersection(path.parents)}
    return frozenset(path for path in {program, *folders, *loaded, Path("/etc/ld.so.cache")} if path.exists())


def _secret_places(more):
    """Return the folders of which nothing must be seen, wherever they are: the course, and what is `more`."""
    course = HELPERS.parent if (HELPERS.parent / "notebooks").is_dir() else HELPERS
    copies = [Path(folder) / "helpers" for folder in PACKAGES if (Path(folder) / "helpers" / "exercises").is_dir()]
    return {course, *copies, *map(Path, more)}


def _seen(hidden=()):
    """Return what the sandbox sees of the machine: what is needed, read only, and an empty folder for what is not."""
    needed, steps = _needed(), {}
    for path in needed:
        steps[path] = ["--symlink", os.readlink(path), str(path)] if path.is_symlink() else _read_only(path)
    shown = [folder.resolve() for folder in needed if folder.is_dir()]
    covers = []
    for place in {Path(place).resolve() for place in _secret_places(hidden)}:
        if place.is_dir() and any(folder == place or folder in place.parents for folder in shown):
            steps[place] = ["--tmpfs", str(place)]
            covers += ["--remount-ro", str(place)]
    seen = ["--dir", "/dev"]
    for path in sorted(steps, key=lambda path: path.parts):  # what lies deeper comes later
        seen += steps[path]
    for device in ("null", "zero", "urandom", "random"):
        seen += ["--dev-bind", f"/dev/{device}", f"/dev/{device}"]
    return [*seen, *covers]


def _read_only(path, place=None):
    """Return how to show a file or folder, in its place or another, whose parents everybody may pass through."""
    place = Path(place or path)
    parents = [parent for parent in reversed(place.parents) if parent != Path("/")]
    return [*(word for parent in parents for word in ("--dir", str(parent))), "--ro-bind", str(path), str(place)]


#: Folders of `helpers` that tell answers; the whole catalogues of other languages have hints.
HIDDEN = ("exercises", "grading", "locale")

#: What is seen of the exercises and of the grader: the place in `helpers` -> the file that is there.
SHOWN = {
    "exercises/__init__.py": "grading/stub_exercises/__init__.py",
    "exercises/feedback.py": "grading/stub_exercises/feedback.py",
    **{
        f"{name}.py": f"{name}.py"
        for name in (
            "exercises/answer",
            "exercises/values",
            "grading/__init__",
            "grading/confine",
            "grading/plain_json",
            "grading/sandboxed_process",
            "grading/shell",
        )
    },
}


def _shown():
    """Return `SHOWN` and, of the language that is spoken, the messages of these modules and the font."""
    if (language := spoken()) == "en":
        return SHOWN
    words = f"locale/{language}/LC_MESSAGES"
    font = f"locale/{language}/{FONT}"
    return SHOWN | {f"{words}/course.mo": f"{words}/sandbox.mo", font: font}


def _course():
    """Return what the sandbox sees of the course: helpers and data, without exercises, grading, and their words."""
    shown = [*_read_only(HELPERS, f"{COURSE}/helpers"), *_read_only(data_folder(), f"{COURSE}/data")]
    for folder in HIDDEN:
        shown += ["--tmpfs", f"{COURSE}/helpers/{folder}"]
    for place, source in _shown().items():
        shown += ["--ro-bind", str(HELPERS / source), f"{COURSE}/helpers/{place}"]
    for folder in HIDDEN:
        shown += ["--remount-ro", f"{COURSE}/helpers/{folder}"]
    shown += ["--perms", "0755", "--size", str(32 << 20), "--tmpfs", SCRATCH]
    return [*shown, "--remount-ro", "/", "--chdir", SCRATCH]


def _stand_in(scratch):
    """Make a folder with the same part of the course, for when there is no sandbox; return it."""
    course = Path(scratch) / "course"
    (course / "helpers").mkdir(parents=True)
    (course / "data").symlink_to(data_folder())
    for path in HELPERS.iterdir():
        if path.name not in (*HIDDEN, "__pycache__"):
            (course / "helpers" / path.name).symlink_to(path)
    for place, source in _shown().items():
        place = course / "helpers" / place
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(HELPERS / source)
    return str(course)


ENVIRONMENT = {
    "HOME": SCRATCH,
    "TMPDIR": SCRATCH,
    "LANG": "C.UTF-8",
    "TZ": "UTC",
    "MPLBACKEND": "agg",
    "MPLCONFIGDIR": SCRATCH,
    "IPYTHONDIR": f"{SCRATCH}/.ipython",
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
    hidden : iterable of path-like
        Folders of which nothing must be seen, wherever they are: the submissions and the grades.
    """

    def __init__(self, limits=None, *, isolated=True, hidden=()):
        self.limits, self.hidden = limits or Limits(), tuple(hidden)
        self.isolated = isolated
        self._process = self._control = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _start(self):
        """Start the warm process, and wait until it has loaded everything."""
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
        course = COURSE if self.isolated else _stand_in(scratch)
        code = (
            f"import json, sys; sys.path[:0] = {[course, *PACKAGES]}; "
            "from helpers.grading.sandboxed_process import main; main(int(sys.argv[1]), json.loads(sys.argv[2]))"
        )
        command = [python(), "-sPc", code, str(theirs.fileno()), json.dumps(settings)]
        if self.isolated:
            command = [*_bubblewrap(), *_seen(self.hidden), *_course(), *command]
        environment = {name: value.replace(SCRATCH, scratch or SCRATCH) for name, value in ENVIRONMENT.items()}
        environment["COURSE_LANGUAGE"] = spoken()
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
                raise SandboxError(_("the sandbox did not start: {said}", said=said[-500:] or _("no reason given")))

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
            ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)  # it says its number, as we see it
            self._control.settimeout(START_SECONDS)
            ours.settimeout(START_SECONDS)
            with theirs:
                socket.send_fds(self._control, [command], [theirs.fileno()])
                forked = self._control.recv(1) == command
            ready, about, *_flags = ours.recvmsg(1, socket.CMSG_SPACE(_CREDENTIALS.size)) if forked else (b"", [])
            ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 0)
        except OSError:
            ready = b""
        if ready != READY:
            ours.close()
            self.close()
            raise SandboxError(_("the sandbox broke"))
        number, *_account = _CREDENTIALS.unpack(about[0][2][: _CREDENTIALS.size])
        return Session(self, ours, number)

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


def processor_time(number):
    """Return the processor time in seconds, threads and system calls included, of a process; 0 if it has ended."""
    try:
        return time.clock_gettime((~number << 3) | 2)  # how Linux numbers the clocks of processes
    except OSError:
        return 0.0


_CREDENTIALS = struct.Struct("iII")


class Session:
    """The process of one submission, seen from outside.

    Parameters
    ----------
    sandbox : Sandbox
        Where it runs.
    connection : socket
        What it is asked over.
    number : int
        The number of the process.
    """

    def __init__(self, sandbox, connection, number):
        self._sandbox, self._connection, self._number = sandbox, connection, number
        self._received = bytearray()
        self.ended, self._used = False, 0.0

    def used(self):
        """Return the processor time that the process has used, in seconds."""
        if not self.ended:
            self._used = max(self._used, processor_time(self._number))
        return self._used

    def ask(self, seconds, **request):
        """Ask the process something, and wait for its reply.

        Parameters
        ----------
        seconds : float
            Processor time for it; by the clock it may take `CLOCK` times as long.
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
        return next(self.replies(seconds, 1, **request))

    def replies(self, seconds, number, **request):
        """Ask the process something, and yield its replies, as `ask` returns one.

        Parameters
        ----------
        seconds : float
            Processor time for all of them together.
        number : int
            How many replies there may be at most.
        **request : what JSON can hold
            What to ask.

        Yields
        ------
        dict
        """
        token = secrets.token_hex(8)  # a reply from before the question would not know it
        limit = self.used() + seconds, time.monotonic() + CLOCK * seconds
        try:
            self._send(to_line({"id": token, **request}), limit)
            for _reply in range(number):
                reply = from_line(self._line(limit))
                if reply.pop("id", None) != token:
                    raise ValueError("no reply to this question")
                yield reply
        except TimeoutError:
            self.close()
            raise TimeLimit(_("more than {seconds:g} seconds", seconds=seconds)) from None
        except OSError:
            self.close()
            raise Stopped(_("its process ended")) from None
        except ValueError:
            self.close()
            raise Nonsense from None

    def _wait(self, limit):
        """Set how long the next step may wait; see to it that no limit has been passed."""
        processor, clock = limit[0] - self.used(), limit[1] - time.monotonic()
        if processor <= 0 or clock <= 0:
            raise TimeoutError
        self._connection.settimeout(min(clock, max(processor / 2, 0.05)))

    def _send(self, line, limit):
        while line:
            self._wait(limit)
            with suppress(TimeoutError):
                line = line[self._connection.send(line) :]

    def _line(self, limit):
        """Return the next line that comes."""
        while (end := self._received.find(b"\n")) < 0:
            if len(self._received) > LARGEST_REPLY:
                raise ValueError("a reply without end")
            self._wait(limit)
            with suppress(TimeoutError):
                part = self._connection.recv(1 << 16)
                if not part:
                    raise ConnectionResetError
                self._received += part
        line = bytes(self._received[: end + 1])
        del self._received[: end + 1]
        return line

    def close(self):
        """End the process, whatever it is doing."""
        if not self.ended:
            self.used()
            self.ended = True
            self._connection.close()
            self._sandbox._end_session()
