"""Set up `.venv/` for the course: ``python tools/set_up.py learner``, or ``teacher`` or ``tester``, who need more.

Needs Python 3.11 or newer and nothing else. `uv` installs, in seconds; where it can't be had, pip does, in minutes.
What is in place already is left alone. A folder that was moved or copied, another Python, or a set-up that was
interrupted is set up anew, for programs in an environment know their own path; new requirements are installed on top.
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: Who needs what; each needs what stands above, too.
REQUIREMENTS = {
    "learner": "requirements.txt",
    "teacher": "helpers/grading/requirements.txt",
    "tester": "tests/requirements.txt",
}
#: What is installed from here, and for whom.
PROJECTS = {"learner": "pyproject.toml", "tester": "tools/nbgate/pyproject.toml"}
#: How uv calls those settings of pip that say where packages come from: it does not read pip's own.
UV_NAMES = {"index-url": "UV_DEFAULT_INDEX", "extra-index-url": "UV_INDEX", "find-links": "UV_FIND_LINKS"}
#: The Python that began all this, even if this one belongs to the environment that is to go.
PYTHON = getattr(sys, "_base_executable", sys.executable)
VERSION = "{}.{}".format(*sys.version_info)
TOO_OLD = sys.version_info < (3, 11)  # this file runs on whatever Python there is
VENV_MISSING = "Python's venv is missing; on Debian or Ubuntu: apt install python3-venv"
HEARTBEAT = 10  # seconds between two signs of life
SILENT = {"stdin": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def set_up(stage, folder):
    """Install into an environment what a stage needs, unless it is there.

    Parameters
    ----------
    stage : str
        A key of `REQUIREMENTS`.
    folder : pathlib.Path
        The environment. The note in it says for which folder, Python and requirements it was set up; it is empty while
        something is being installed.
    """
    note = folder / "set-up.json"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stages = list(REQUIREMENTS)[: list(REQUIREMENTS).index(stage) + 1]
    found = read(note, folder)
    reason = why_anew(found, folder, python)
    wanted = {name: fingerprint(stages[: index + 1]) for index, name in enumerate(stages)}
    if reason is None and wanted.items() <= found["installed"].items():
        return
    if TOO_OLD:
        sys.exit(f"Python 3.11 or newer is needed, {sys.executable} is {VERSION}; try: make PYTHON=python3.12 ...")
    begin = time.monotonic()
    say(f"Setting up {folder.name} for a {stage}, once ({reason or 'the requirements are new'}) ...")
    if reason is not None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
    note.write_text("", encoding="utf-8")  # until all is done
    if reason is not None:
        venv.EnvBuilder(symlinks=os.name != "nt").create(folder)
    files = [argument for name in stages for argument in ("--requirement", str(ROOT / REQUIREMENTS[name]))]
    if not install_with_uv(folder, python, files):
        install_with_pip(python, files)
    look_through_fonts(python)
    kept = found["installed"] if reason is None else {}
    now = {"folder": str(folder), "python": VERSION, "installed": {**kept, **wanted}}
    note.write_text(json.dumps(now, indent=1), encoding="utf-8")
    say(f"... done in {time.monotonic() - begin:.0f} seconds.")


def read(note, folder):
    """Return what the note in an environment says, None if nothing can be known."""
    try:
        return json.loads(note.read_text(encoding="utf-8"))
    except FileNotFoundError:  # perhaps made by hand: then Python's own note tells where
        settings = folder / "pyvenv.cfg"
        words = settings.read_text(encoding="utf-8").splitlines() if settings.exists() else []
        here = any(line.startswith("command = ") and line.endswith(f" {folder}") for line in words)
        return {"folder": str(folder), "python": None, "installed": {}} if here else None
    except ValueError:
        return None


def why_anew(found, folder, python):
    """Return why an environment must be made anew, in words; None if it need not be."""
    if not folder.exists():
        return "the first time"
    if found is None:
        return "the last set-up was not finished"
    if found["folder"] != str(folder):
        return f"it was made for {found['folder']}"
    if not python.exists():
        return "its Python is gone"
    # A Python that is too old for the course may still start what another one has set up.
    if found["python"] not in (None, VERSION) and not TOO_OLD:
        return f"it has Python {found['python']}, this is {VERSION}"
    return None


def fingerprint(stages):
    """Return a short text that changes when something else is to be installed for these stages."""
    names = [table[stage] for table in (PROJECTS, REQUIREMENTS) for stage in stages if stage in table]
    return hashlib.sha256(b"\n".join((ROOT / name).read_bytes() for name in names)).hexdigest()[:16]


def install_with_uv(folder, python, files):
    """Install by uv, and pip along with it, for a reader's later wishes; return whether that worked."""
    asked = subprocess.Popen([PYTHON, "-m", "pip", "config", "list"], text=True, stdout=subprocess.PIPE, **SILENT)
    own = folder / "uv"
    uv = find_uv(own)
    if uv is None:
        say("  getting uv, which installs quickly ...")
        options = ["--quiet", "--disable-pip-version-check", "--no-cache-dir", "--no-deps", "--no-compile"]
        run([PYTHON, "-m", "pip", "install", *options, "--target", str(own), "uv"])
        uv = find_uv(own)
    settings = dict(where_from(asked.communicate()[0]))
    if uv is None:
        return False
    say("  installing JupyterLab and the libraries ...")
    return run([uv, "pip", "install", "--python", str(python), "pip", *files], {**settings, **os.environ})


def find_uv(own):
    """Return the path of uv, the system's or one in a folder of the environment; None if there is none."""
    places = [None, str(own / "bin"), str(own / "Scripts")]
    return next(filter(None, (shutil.which("uv", path=place) for place in places)), None)


def where_from(lines):
    """Yield the names and values by which uv gets packages from the same places as pip, given pip's settings."""
    for line in reversed(lines.splitlines()):  # the first ones, of the surroundings, hold
        name, _, value = line.partition("=")
        name = name.rpartition(".")[2]
        if name in UV_NAMES:
            separator = "," if name == "find-links" else " "
            yield UV_NAMES[name], separator.join(value.strip("'").replace("\\n", " ").split())
        if name == "extra-index-url":
            yield "UV_INDEX_STRATEGY", "unsafe-best-match"  # the best from all places, as pip does


def install_with_pip(python, files):
    """Install by pip, slowly; end with a sentence if that does not work either."""
    say("  uv did not work here, so pip installs: that takes a few minutes ...")
    if not run([str(python), "-m", "ensurepip"]):
        sys.exit(VENV_MISSING)
    if not run([str(python), "-m", "pip", "install", "--disable-pip-version-check", *files]):
        sys.exit("The set-up stopped: see the lines above. Is there a network? The next try begins anew.")


def look_through_fonts(python):
    """Let matplotlib do, a little later, what else it would do in a reader's first notebook: JupyterLab comes first."""
    code = "import time; time.sleep(10); import matplotlib.font_manager"
    subprocess.Popen([str(python), "-c", code], stdout=subprocess.DEVNULL, **SILENT)


def run(command, environment=None):
    """Run a program, say from time to time that it lives, and what it said if it fails; return whether it worked."""
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
        process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        begin = time.monotonic()
        while True:
            try:
                process.wait(HEARTBEAT)
                break
            except subprocess.TimeoutExpired:
                say(f"  ... {time.monotonic() - begin:.0f} seconds")
        if process.returncode:
            output.seek(0)
            say("".join(f"  | {line}" for line in output.readlines()[-8:]).rstrip() or "  it failed without a word")
        return process.returncode == 0


def say(words):
    """Print at once."""
    print(words, flush=True)


def main():
    """Set up what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("stage", choices=REQUIREMENTS)
    parser.add_argument("--folder", default=".venv", help="the environment's name (.venv)")
    chosen = parser.parse_args()
    try:
        set_up(chosen.stage, ROOT / chosen.folder)
    except KeyboardInterrupt:
        sys.exit("Interrupted: the next try begins anew.")


if __name__ == "__main__":
    main()
