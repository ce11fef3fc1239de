"""Spreads tasks over processes of this machine, each within limits; there is no network in it.

The processes are told what to do over pipes of their own, which nobody else can reach. They end with the grader.
"""

import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from dataclasses import dataclass, field

from helpers.grading.sandbox import CLOCK, HELPERS, START_SECONDS, processor_time
from helpers.language import _

READING = 60
"""Seconds of processor time that reading and judging one submission may take, besides the time of its own code."""

LARGEST_ANSWER = 64 << 20

TRIES = 2
"""A process may be ended by somebody else: what it did is tried once more."""


class Lost(Exception):
    """A task came to nothing; the message says why."""


@dataclass
class _Worker:
    """A process, and what it is doing."""

    process: subprocess.Popen
    connection: socket.socket
    name: object = None
    received: bytearray = field(default_factory=bytearray)
    limits: tuple = (0, 0)


class Workers:
    """Processes that do tasks.

    Parameters
    ----------
    number : int
        How many.
    seconds : float
        The processor time that the code of one submission may take.
    """

    def __init__(self, number, seconds):
        self._number, self._seconds = number, seconds
        self._workers, self._selector = [], selectors.DefaultSelector()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for worker in [*self._workers]:
            self._end(worker)
        self._selector.close()

    def do(self, tasks):
        """Do tasks, and yield what becomes of them as it comes.

        Parameters
        ----------
        tasks : iterable of (name, dict)
            Taken one by one, when a process is free; the dicts are for `helpers.grading.worker`.

        Yields
        ------
        name, dict or Lost
        """
        tasks, again, tries = iter(tasks), deque(), {}
        while True:
            while len(busy := [worker for worker in self._workers if worker.name is not None]) < self._number:
                task = again.popleft() if again else next(tasks, None)
                if task is None:
                    break
                tries.setdefault(task[0], [0, task[1]])[0] += 1
                self._give(*task)
            if not busy:
                return
            for key, _events in self._selector.select(0.2):
                worker = key.data
                outcome = self._receive(worker)
                if outcome is None:
                    continue
                name, worker.name = worker.name, None
                if isinstance(outcome, Lost) and tries[name][0] < TRIES:
                    again.append((name, tries[name][1]))
                    continue
                del tries[name]
                yield name, outcome
            for worker in [worker for worker in self._workers if worker.name is not None]:
                if reason := self._too_long(worker):
                    name = worker.name
                    self._end(worker)
                    del tries[name]
                    yield name, Lost(reason)

    def _give(self, name, task):
        """Give a task to a free process."""
        line = json.dumps(task).encode() + b"\n"
        for worker in [worker for worker in self._workers if worker.name is None]:
            try:
                worker.connection.sendall(line)
            except OSError:  # it was worn, or ended by somebody
                self._end(worker)
                continue
            break
        else:
            worker = self._start()
            worker.connection.sendall(line)
        clock = CLOCK * (self._seconds + READING) + START_SECONDS
        worker.name, worker.limits = name, (processor_time(worker.process.pid) + READING, time.monotonic() + clock)

    def _start(self):
        ours, theirs = socket.socketpair()
        code = "import sys; from helpers.grading.worker import main; main(int(sys.argv[1]))"
        environment = {**os.environ, "PYTHONPATH": str(HELPERS.parent), "OPENBLAS_NUM_THREADS": "1"}
        with theirs:
            process = subprocess.Popen(
                [sys.executable, "-c", code, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env=environment,
                start_new_session=True,  # Ctrl-C is for the grader, who then ends all of them
            )
        worker = _Worker(process, ours)
        self._workers.append(worker)
        self._selector.register(ours, selectors.EVENT_READ, worker)
        return worker

    def _receive(self, worker):
        """Take what has come; return the outcome of the task if that is all of it."""
        try:
            part = worker.connection.recv(1 << 20)
        except OSError:
            part = b""
        worker.received += part
        if not part or len(worker.received) > LARGEST_ANSWER:
            self._end(worker)
            return Lost(_("its process ended")) if worker.name is not None else None
        if not worker.received.endswith(b"\n"):
            return None
        line, worker.received = worker.received, bytearray()
        return json.loads(line)

    def _too_long(self, worker):
        processor, clock = worker.limits
        is_over = processor_time(worker.process.pid) > processor or time.monotonic() > clock
        return _("reading and judging it took too long") if is_over else None

    def _end(self, worker):
        """End a process, and with it its sandbox."""
        self._workers.remove(worker)
        self._selector.unregister(worker.connection)
        worker.connection.close()
        worker.process.send_signal(signal.SIGKILL)
        worker.process.wait()
