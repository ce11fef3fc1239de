"""Runs odd notebooks at home, in a kernel of Jupyter, and in the grader: ``make odd`` tells where the two differ."""

import json
import os
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

from jupyter_client.manager import start_new_kernel

from helpers.grading.sandbox import Limits
from helpers.grading.worker import done
from tests.submissions import CHAPTER, as_bytes, points
from tests.submissions.odd import notebooks
from tools.make_exercises import STUDENTS

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 60
RELEASE = str(next(STUDENTS.glob(f"{CHAPTER:02}_*.ipynb")))

#: Notes what the judge says, out of sight of the notebook.
LISTEN = """
def listen():
    import helpers.exercises.feedback as feedback
    judged, feedback.heard = feedback._judged, {}
    def note(name, answer):
        verdict = judged(name, answer)
        feedback.heard[name] = verdict.outcome
        return verdict
    feedback._judged = note
listen()
del listen
"""

#: Tells it; what was never checked is checked now.
TELL = """
import json, helpers.exercises.feedback as feedback
for name in {names}:
    if name not in feedback.heard and name in get_ipython().user_ns:
        feedback._judged(name, get_ipython().user_ns[name])
open({told!r}, "w").write(json.dumps(feedback.heard))
"""


def at_home(notebook):
    """Run a notebook in a kernel, from the first cell to the last, and return which exercises the check calls right.

    Parameters
    ----------
    notebook : dict
        As in its file.

    Returns
    -------
    set of str
    """
    with tempfile.TemporaryDirectory() as course:
        for name in ("data", "helpers"):
            os.symlink(ROOT / name, Path(course, name))
        here, told = Path(course, "notebooks", "exercises"), Path(course, "told.json")
        here.mkdir(parents=True)
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "COURSE_PROGRESS": str(Path(course, "progress.json"))}
        manager, client = start_new_kernel(cwd=str(here), env=environment)
        try:
            _run(client, LISTEN, silent=True)
            for cell in notebook["cells"]:
                if cell["cell_type"] == "code" and manager.is_alive():
                    _run(client, "".join(cell["source"]))
            _run(
                client,
                f"exec({TELL.format(names=list(points()), told=str(told))!r}, {{'get_ipython': get_ipython}})",
                silent=True,
            )
        except (TimeoutError, RuntimeError) as error:  # it hangs, or its kernel has died
            return {f"{type(error).__name__} in {cell['source'][:40]!r}"}
        else:
            heard = json.loads(told.read_text(encoding="utf-8")) if told.exists() else {}
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)
    return {name for name, outcome in heard.items() if outcome == "correct"}


def _run(client, code, silent=False):
    client.execute_interactive(
        code, silent=silent, store_history=not silent, stop_on_error=False, timeout=SECONDS, output_hook=lambda _: None
    )


def in_the_grader(notebook):
    """Grade a notebook; return which exercises are right, and the flags."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "odd.ipynb")
        path.write_bytes(as_bytes(notebook))
        read = {
            "student": "odd",
            "key": "odd",
            "files": [(str(path), path.name)],
            "chapter": CHAPTER,
            "release": RELEASE,
        }
        judge = {"secret": "odd", "isolated": True, "limits": asdict(Limits()), "hidden": []}
        result = done({"do": "grade", "read": read, "judge": judge})["result"]
    return {name for name, verdict in result["verdicts"].items() if verdict["outcome"] == "correct"}, result["flags"]


def differences(bank):
    """Yield what is odd about each notebook, what is right in it at home and in the grader, and the grader's flags."""
    with ThreadPoolExecutor(2) as pool:
        for (odd, notebook), home in zip(bank.items(), pool.map(at_home, bank.values()), strict=True):
            yield odd, home, *in_the_grader(notebook)


def main(words):
    """Compare all whose names hold one of the words; return whether any differ."""
    bank = {odd: one for odd, one in notebooks().items() if not words or any(word in odd for word in words)}
    agree = 0
    for odd, home, grader, flags in differences(bank):
        agree += home == grader
        if home != grader:
            print(f"{odd}: at home {sorted(home)}, in the grader {sorted(grader)}, flags {flags}", flush=True)
    print(f"{agree} of {len(bank)} agree")
    return agree < len(bank)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
