"""Runs inside the kernel, from its start: notices what a cell hides or writes.

Only what the notebook's own code does counts; libraries may hide their own warnings. Nothing of it enters the
notebook's names, and no name of this package is needed in the kernel's environment.
"""

import ast
import builtins
import contextlib
import hashlib
import json
import os
import subprocess
import sys
import warnings
from pathlib import Path

noticed = []
#: Path -> hash of what it held before the notebook opened it to write, None if it did not exist.
written = {}
places = {}
BIG = 50_000_000


def notice(kind, what):
    """Keep one effect for the report."""
    entry = {"kind": kind, "what": str(what)[:500]}
    if entry not in noticed:
        noticed.append(entry)


def report():
    """Return what was noticed since the last report, as JSON."""
    look_at_streams()
    look_at_filters()
    look_at_numpy()
    look_at_shell()
    found = json.dumps(noticed)
    noticed.clear()
    return Text(found)


class Text(str):
    """A text whose representation is itself."""

    __slots__ = ()
    __repr__ = str.__str__


def is_own(frame):
    """Return whether a frame runs the notebook's own code."""
    return frame is not None and frame.f_globals.get("__name__") == "__main__" and "__file__" not in frame.f_globals


def watch(root, private):
    """Begin to watch.

    Parameters
    ----------
    root : str
        The project's folder: what is written below it is noticed.
    private : str
        The kernel's own folder.
    """
    places.update(root=os.path.realpath(root), private=os.path.realpath(private))
    places.update(stdout=sys.stdout, stderr=sys.stderr, listing=listing(), started=False)
    for (module, name), watched in WATCHED.items():
        setattr(module, name, watched(getattr(module, name)))
    warnings.catch_warnings.__init__ = watched_catch(warnings.catch_warnings.__init__)
    warnings._showwarnmsg = watched_show(warnings._showwarnmsg)
    known.extend(warnings.filters)
    places.update({name: getattr(warnings, name) for name in ("showwarning", "warn", "warn_explicit", "_showwarnmsg")})
    subprocess.Popen.__init__ = watched_start(subprocess.Popen.__init__)
    subprocess.Popen._handle_exitstatus = watched_end(subprocess.Popen._handle_exitstatus)
    sys.addaudithook(hook)
    shell = get_shell()
    builtins._nbgate_caught = caught
    shell.ast_transformers.append(Handlers())
    shell.events.register("pre_run_cell", before_cell)


def get_shell():
    """Return IPython's shell."""
    from IPython import get_ipython

    return get_ipython()


# -- warnings: what the notebook's own code ignores is noticed, and still not shown ----------------------------------

ours = []  # the filters by which the notebook ignores
known = []  # all filters that were set by a call


def watched_filter(original):
    """Return filterwarnings or simplefilter; an "ignore" of the notebook lets a warning come as far as `show`."""

    def change(action, *arguments, **named):
        frame = sys._getframe(1)
        caller = frame.f_locals.get("self") if frame.f_code.co_name == "__enter__" else None
        own = action == "ignore" and (is_own(frame) or getattr(caller, "_nbgate_own", False))
        before = list(warnings.filters)
        original("always" if own else action, *arguments, **named)
        new = [entry for entry in warnings.filters if entry not in before] or warnings.filters[:1]
        known.extend(new)
        if own:
            ours.extend(new)

    return change


def watched_catch(original):
    """Return the start of catch_warnings, which may be told to ignore."""

    def start(self, *arguments, **named):
        original(self, *arguments, **named)
        self._nbgate_own = is_own(sys._getframe(1))

    return start


def watched_show(original):
    """Return what shows a warning; one that the notebook ignores is noticed instead."""

    def show(message):
        text, category = str(message.message), message.category
        for entry in warnings.filters:
            _, pattern, kind, module, line = entry
            # Which module warns is known to the filter alone; the one that let this warning through comes first.
            matches = (pattern is None or pattern.match(text)) and issubclass(category, kind)
            if matches and (line == 0 or line == message.lineno):
                if entry in ours:
                    notice("warning", f"{category.__name__}: {text}")
                    return
                if module is None:
                    break
        original(message)

    return show


def look_at_filters():
    """Notice filters, and functions that show warnings, that were changed without a call."""
    for entry in warnings.filters:
        if entry[0] == "ignore" and entry not in known:
            known.append(entry)
            notice("warning", f"warnings.filters was changed: {entry}")
    for name in ("showwarning", "warn", "warn_explicit", "_showwarnmsg"):
        if getattr(warnings, name) is not places[name]:
            places[name] = getattr(warnings, name)
            notice("warning", f"warnings.{name} was replaced")


# -- NumPy --------------------------------------------------------------------------------------------------------


def before_cell(info=None):
    """Take the place of functions that could not be replaced before."""
    source = getattr(info, "raw_cell", "") or ""
    if "errstate" in source or "seterr" in source:
        try:
            import numpy
        except ImportError:
            return
        watch_numpy(numpy)


def watch_numpy(numpy):
    """Notice when the notebook silences NumPy."""
    if hasattr(numpy.seterr, "__wrapped__"):
        return
    seterr = numpy.seterr

    def changed(*arguments, **named):
        tell_numpy(arguments, named, sys._getframe(1))
        return seterr(*arguments, **named)

    changed.__wrapped__ = seterr
    numpy.seterr = changed
    errstate = numpy.errstate

    class Watched(errstate):
        def __init__(self, *arguments, **named):
            tell_numpy(arguments, named, sys._getframe(1))
            super().__init__(*arguments, **named)

    try:
        Watched(all="warn")
    except TypeError:
        return
    Watched.__name__, Watched.__qualname__ = "errstate", "errstate"
    numpy.errstate = Watched


def tell_numpy(arguments, named, frame):
    """Notice a call that ignores something."""
    silenced = [
        f"{name}={value!r}"
        for name, value in [("all", a) for a in arguments] + list(named.items())
        if value == "ignore"
    ]
    if silenced and is_own(frame):
        notice("errstate", ", ".join(silenced))


def look_at_numpy():
    """Notice that NumPy has become silent."""
    numpy = sys.modules.get("numpy")
    if numpy is not None and hasattr(numpy, "geterr"):
        silent = sorted(name for name, value in numpy.geterr().items() if value == "ignore" and name != "under")
        if silent and silent != places.get("silent"):
            notice("errstate", ", ".join(silent))
        places["silent"] = silent


# -- streams ------------------------------------------------------------------------------------------------------


def look_at_streams():
    """Notice streams that a cell has replaced."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is not places[name]:
            notice("stream", f"sys.{name} is now a {type(getattr(sys, name)).__name__}")
            places[name] = getattr(sys, name)


def watched_redirect(original):
    """Return redirect_stdout or redirect_stderr, which tells when the notebook uses it for stderr."""

    class Redirect(original):
        def __init__(self, target):
            super().__init__(target)
            if self._stream == "stderr" and is_own(sys._getframe(1)):
                notice("stream", "contextlib.redirect_stderr")

    Redirect.__name__ = Redirect.__qualname__ = original.__name__
    return Redirect


# -- programs -----------------------------------------------------------------------------------------------------


def watched_system(original):
    """Return os.system, which tells when it failed."""

    def system(command):
        own = is_own(sys._getframe(1))
        places["started"] |= own
        status = original(command)
        if status and own:
            notice("program", f"os.system({command!r}) gave {status}")
        return status

    return system


def watched_start(original):
    """Return the start of a program, which remembers whether the notebook started it."""

    def start(self, *arguments, **named):
        frame = sys._getframe(1)
        while frame is not None and frame.f_globals.get("__name__") in ("subprocess", "os"):
            frame = frame.f_back
        self._nbgate_own = is_own(frame)
        places["started"] |= self._nbgate_own
        original(self, *arguments, **named)

    return start


def watched_end(original):
    """Return the end of a program, which tells when one that the notebook started has failed."""

    def end(self, *arguments, **named):
        original(self, *arguments, **named)
        if self.returncode and getattr(self, "_nbgate_own", False):
            notice("program", f"{self.args!r} gave {self.returncode}")

    return end


def look_at_shell():
    """Notice that the last line for the shell failed."""
    names = get_shell().user_ns
    places["started"] |= "_exit_code" in names
    if names.get("_exit_code"):
        notice("program", f"a line for the shell gave {names['_exit_code']}")
        names["_exit_code"] = 0


# -- errors that are caught ---------------------------------------------------------------------------------------


class Handlers(ast.NodeTransformer):
    """Let each handler of a cell say what it caught."""

    def visit_ExceptHandler(self, node):
        """Begin the handler with a call."""
        self.generic_visit(node)
        call = ast.parse("__import__('builtins')._nbgate_caught()").body[0]
        for part in ast.walk(call):
            ast.copy_location(part, node.body[0])
        node.body.insert(0, call)
        return node


def caught():
    """Notice the error that is being handled."""
    error = sys.exc_info()[1]
    notice("error", f"{type(error).__name__}: {error}")


def watched_suppress(original):
    """Return contextlib.suppress, which tells what it suppressed for the notebook."""

    class Suppress(original):
        def __init__(self, *exceptions):
            super().__init__(*exceptions)
            self._nbgate_own = is_own(sys._getframe(1))

        def __exit__(self, kind, error, traceback):
            suppressed = super().__exit__(kind, error, traceback)
            if suppressed and self._nbgate_own:
                notice("error", f"{kind.__name__}: {error}")
            return suppressed

    Suppress.__name__ = Suppress.__qualname__ = "suppress"
    return Suppress


WATCHED = {
    (warnings, "filterwarnings"): watched_filter,
    (warnings, "simplefilter"): watched_filter,
    (os, "system"): watched_system,
    (contextlib, "redirect_stderr"): watched_redirect,
    (contextlib, "redirect_stdout"): watched_redirect,
    (contextlib, "suppress"): watched_suppress,
}


# -- files --------------------------------------------------------------------------------------------------------


def hook(event, arguments):
    """Remember each file below the project that is opened to write, renamed or removed."""
    if event == "open":
        path, mode, flags = arguments
        if isinstance(path, int):
            return
        writes = set("wax+") & set(mode) if mode else (flags or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        if writes:
            remember(path)
    elif event in ("os.rename", "shutil.move", "os.link"):
        remember(arguments[0])
        remember(arguments[1])
    elif event in ("os.remove", "os.truncate", "shutil.copyfile"):
        remember(arguments[-1] if event == "shutil.copyfile" else arguments[0])


def remember(path):
    """Keep what a file below the project holds, before it is changed."""
    try:
        path = os.path.realpath(os.fsdecode(path))
        inside = path.startswith(places["root"] + os.sep) and not path.startswith(places["private"] + os.sep)
        parts = path[len(places["root"]) + 1 :].split(os.sep)
        if inside and path not in written and not any(p[0] in "._" for p in parts if p):
            written[path] = fingerprint(path)
    except (TypeError, ValueError, KeyError, OSError):  # no path at all
        return


def fingerprint(path):
    """Return a hash of what a file holds, its size if it is very big, None if there is no such file."""
    if not os.path.isfile(path):
        return None
    if os.path.getsize(path) > BIG:
        return str(os.path.getsize(path))
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def listing():
    """Return the files beside the notebook."""
    return {entry.path for entry in os.scandir(os.getcwd()) if entry.is_file() and entry.name[0] not in "._"}


def changed_files():
    """Return what became of files below the project: a list of (path, "left", "changed" or "removed")."""
    found = []
    if places["started"]:  # what another program writes, no hook of Python tells
        for path in listing() - places["listing"]:
            if not path.endswith(".ipynb"):
                written.setdefault(os.path.realpath(path), None)
    for path, before in list(written.items()):
        now = fingerprint(path)
        if now != before:
            name = os.path.relpath(path, places["root"])
            found.append((name, "left" if before is None else "changed" if now else "removed"))
    return sorted(found)
