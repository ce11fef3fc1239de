"""A bank of submissions, honest and hostile: each is built when it is needed, with the grade and flags it must get.

There is one for each chapter. An entry says what is different from a perfect submission of that chapter.
"""

import copy
import json
import re
from dataclasses import dataclass
from functools import cache, partial

from helpers.exercises import EXERCISES, of_chapter
from helpers.exercises.exercise import FunctionExercise
from tools.make_exercises import STUDENTS, all_answers

CHAPTER = 2
"""The chapter of the whole bank; of the others a part, `EVERY_CHAPTER`, will do."""

CELL_SECONDS = CALL_SECONDS = 4


@dataclass(frozen=True)
class Case:
    """One submission.

    Parameters
    ----------
    student : str
        The name, which says what is special.
    content : bytes or callable
        The file, or a function that makes it.
    lost : set of str
        The exercises that must not be right; all others must.
    flags : tuple of str or None
        All flags that it must get, in any order; None if that does not matter.
    """

    student: str
    content: object
    lost: frozenset = frozenset()
    flags: tuple = ()

    def write(self, folder):
        content = self.content() if callable(self.content) else self.content
        path = folder / f"{self.student}.ipynb"
        path.write_bytes(content)
        return path


@cache
def _handed_out(chapter):
    return next(STUDENTS.glob(f"{chapter:02}_*.ipynb")).read_text(encoding="utf-8")


def released(chapter=CHAPTER):
    """Return the notebook that is handed out."""
    return json.loads(_handed_out(chapter))


def points(chapter=CHAPTER):
    """Return the points of a chapter's exercises, by name."""
    return {exercise.name: exercise.points for exercise in of_chapter(chapter)}


def mark(cell):
    return cell["metadata"].get("nbgrader", {}).get("grade_id")


def place(notebook, grade_id):
    return next(i for i, cell in enumerate(notebook["cells"]) if mark(cell) == grade_id)


def cell_of(name):
    """Return the number of the code cell with the answer to an exercise, from 1."""
    code = [cell for cell in released(EXERCISES[name].chapter)["cells"] if cell["cell_type"] == "code"]
    return 1 + next(i for i, cell in enumerate(code) if mark(cell) == f"{name}_answer")


def code_cell(source):
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": [], "execution_count": None}


def solved(answers=None, *, first="", last="", chapter=CHAPTER):
    """Return a notebook with the right answers, but for those given, and code before and after them."""
    notebook = released(chapter)
    for name, answer in {**all_answers(), **(answers or {})}.items():
        if EXERCISES[name].chapter == chapter:
            notebook["cells"][place(notebook, f"{name}_answer")]["source"] = answer
    if first:
        notebook["cells"].insert(2, code_cell(first))
    if last:
        notebook["cells"].append(code_cell(last))
    return notebook


def as_bytes(notebook):
    return json.dumps(notebook, ensure_ascii=False).encode()


def right(answers=None, **more):
    return as_bytes(solved(answers, **more))


def slip_of(name):
    """Return a usual wrong value for an exercise that does not ask for a function."""
    return EXERCISES[name].slips[-1]


def wrong_answer(name):
    if isinstance(EXERCISES[name], FunctionExercise):
        return f"def {name}(*arguments):\n    return 12345.678"
    return f"{name} = {slip_of(name).wrong!r}"


def wrong(*, chapter=CHAPTER, **more):
    return right({name: wrong_answer(name) for name in points(chapter)}, chapter=chapter, **more)


def changed(edit, name=None, *, chapter=CHAPTER):
    """Return a perfect notebook after `edit`, a function that changes it, at an exercise, in place."""

    def build():
        notebook = solved(chapter=chapter)
        edit(notebook, *[name] * (name is not None))
        return as_bytes(notebook)

    return build


def duplicate_a_test(notebook, name):
    i = place(notebook, name)
    notebook["cells"].insert(i, copy.deepcopy(notebook["cells"][i]))


def rename_a_test(notebook, name):
    notebook["cells"][place(notebook, name)]["metadata"]["nbgrader"]["grade_id"] = "why_not"


def reorder(notebook, name):
    notebook["cells"].append(notebook["cells"].pop(place(notebook, name)))


def edit_a_test(notebook, name):
    notebook["cells"][place(notebook, name)]["source"] = "while True: pass"


def raise_points(notebook, name):
    notebook["cells"][place(notebook, name)]["metadata"]["nbgrader"]["points"] = 100


def delete_a_test(notebook, name):
    del notebook["cells"][place(notebook, name)]


def drop_all_marks(notebook):
    for cell in notebook["cells"]:
        cell["metadata"] = {}


def break_cells(notebook):
    notebook["cells"] += [None, {"cell_type": "code"}, {"cell_type": "code", "metadata": [], "source": {}}]


def much_output(notebook):
    lines = {"output_type": "stream", "name": "stdout", "text": ["x" * 99 + "\n"] * 400_000}
    notebook["cells"][1]["outputs"] = [lines]


def answer_with(expression, setup="", *, chapter=CHAPTER):
    """Return answers that are all the value of an expression, for functions that of any arguments."""
    answers = {}
    for name in points(chapter):
        if isinstance(EXERCISES[name], FunctionExercise):
            answers[name] = f"def {name}(*arguments):\n    return {expression}"
        else:
            answers[name] = f"arguments = ()\n{name} = {expression}"
    return right(answers, first=setup, chapter=chapter)


ALWAYS_EQUAL = """
import numpy as np
class Yes:
    shape, dtype, ndim, size = (), np.dtype(float), 0, 1
    def _yes(self, *_, **__):
        return True
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __bool__ = __contains__ = _yes
    __hash__ = None
    def __float__(self):
        return 1.0
    def __array__(self, *_, **__):
        return np.array(1.0)
"""

ALWAYS_EQUAL_NUMBER = """
import numpy as np
class Number(float):
    __eq__ = __le__ = __ge__ = lambda *_: True
    __ne__ = __lt__ = __gt__ = lambda *_: False
    __sub__ = __rsub__ = __abs__ = lambda *_: 0.0
    __hash__ = float.__hash__
class Text(str):
    __eq__ = lambda *_: True
    strip = upper = lambda self: self
    __hash__ = str.__hash__
class Array(np.ndarray):
    __eq__ = lambda *_: np.array(True)
"""

CALL_STACK = """
import gc, sys
def look(name, arguments):
    frame = sys._getframe()
    while frame:
        for value in [*frame.f_locals.values(), *frame.f_globals.values()]:
            if getattr(value, "name", None) == name and hasattr(value, "reference"):
                return value.reference(*arguments)
        frame = frame.f_back
    for value in gc.get_objects():
        if type(value).__name__ == "Exercise":
            return value.reference(*arguments)
    return 0
"""

FILE_SYSTEM = """
import os
def look():
    wanted = ("solutions.b64", "chapter1.py", "chapter2.py", "chapter3.py", "chapter4.py", "chapter5.py")
    for folder, folders, files in os.walk("/"):
        folders[:] = [name for name in folders if name not in ("usr", "site-packages")]
        for file in files:
            if file in wanted and "exercises" in folder or file.endswith(".ipynb") or file == "grades.csv":
                return "found " + os.path.join(folder, file)
    try:
        from helpers.exercises.chapter2 import EXERCISES
        return "found the exercises"
    except ImportError:
        pass
    try:
        from helpers.exercises.worked import solutions
        return "found " + str(solutions())
    except ImportError:
        return "nothing"
found = look()
assert found == "nothing", found
"""

NETWORK = """
import socket, urllib.request
def look():
    for attempt in (lambda: socket.create_connection(("127.0.0.1", 80), 1), lambda: socket.socket(),
                    lambda: urllib.request.urlopen("http://1.1.1.1", timeout=1)):
        try:
            attempt()
            return "connected"
        except OSError as error:
            assert "ermitted" in str(error), error
    return "nothing"
assert look() == "nothing"
"""

MARKER = "grading-was-here"
WRITES_OUTSIDE = f"""
import os, pathlib
written = []
places = filter(None, __import__("sys").path)
for folder in ["/", "/tmp", "/var/tmp", "/dev", "/dev/shm", "/etc", "/usr", "/root", "/home", *places,
               os.path.dirname(np.__file__), os.path.dirname(__import__("helpers").__file__)]:
    try:
        (pathlib.Path(folder) / "{MARKER}").write_text("x")
        written.append(folder)
    except OSError:
        pass
assert not written, written
pathlib.Path("{MARKER}").write_text("the scratch folder is mine")
"""

PATCHES = """
import builtins, operator, math
builtins.abs = builtins.round = lambda *_: 0
builtins.all = builtins.any = lambda *_: True
builtins.min = builtins.max = lambda *_, **__: 0
operator.eq = operator.le = lambda *_: True
math.isclose = lambda *_, **__: True
"""

NUMPY_PATCHES = """
import numpy as np
np.testing.assert_allclose = lambda *_, **__: None
np.isclose = np.allclose = np.array_equal = lambda *_, **__: np.array(True)
np.random.default_rng = lambda *_: None
np.float64 = np.asarray = np.array = lambda *_, **__: 1.0
"""

COURSE_PATCHES = """
import helpers.exercises, helpers.exercises.answer as answer, helpers.exercises.values as values
import helpers.exercises.feedback as feedback
values.difference = lambda *_: None
values.plain = values._plain = answer.plain = lambda value, *_: value
values.changed = answer.changed = answer.does_nothing = lambda *_: False
feedback.check = feedback.require = lambda *_: None
import sys
for name in list(sys.modules):
    if name.startswith("helpers.grading"):
        module = sys.modules[name]
        for known in list(vars(module)):
            if known in ("encode", "decode", "difference", "plain"):
                setattr(module, known, lambda value, *_: value)
"""

IPYTHON_HOOKS = """
shell = get_ipython()
shell.input_transformers_post.append(lambda lines: ["pass"])
shell.events.register("post_run_cell", lambda *_: None)
"""

MEDDLES = """
import os
for descriptor in range(3, 64):
    try:
        os.write(descriptor, b'{"id": "", "value": 1}\\n' * 10)
    except OSError:
        pass
"""

FLOODS = """
import os
for descriptor in range(3, 64):
    try:
        while True:
            os.write(descriptor, b"x" * 65536)
    except OSError:
        pass
"""

CHANGES_ITS_INPUT = """
right = {name}
def {name}(*arguments):
    answer = right(*arguments)
    for argument in arguments:
        if type(argument) is list:
            argument.append(1)
        elif type(argument).__name__ == "ndarray":
            argument += 1
    return answer
"""

LEAVES_THREADS = """
import threading, tempfile, time
left = tempfile.NamedTemporaryFile(delete=False)
for _ in range(3):
    threading.Thread(target=time.sleep, args=(600,)).start()
"""


def stopped(name, why=f"more than {CELL_SECONDS} seconds"):
    return f"code cell {cell_of(name)} ({name}) stopped: {why}"


def raised(name, kind):
    return f"code cell {cell_of(name)} ({name}) raised {kind}"


def one(name):
    return frozenset([name])


_BUILDERS = (right, wrong, answer_with, changed)


def cases(chapter=CHAPTER):
    """Return the bank of a chapter."""
    exercises = of_chapter(chapter)
    function = next(exercise.name for exercise in exercises if isinstance(exercise, FunctionExercise))
    value = next(exercise.name for exercise in exercises if not isinstance(exercise, FunctionExercise))
    every = frozenset(points(chapter))
    head = re.search(rf"def {function}\((.*)\):", all_answers()[function])
    right, wrong, answer_with, changed = (partial(build, chapter=chapter) for build in _BUILDERS)
    ended = "its process ended"
    meddled = "its process meddled with the conversation"
    return [
        Case("right", right()),
        Case(
            "partly right",
            right({name: wrong_answer(name) for name in (function, value)}),
            frozenset([function, value]),
        ),
        Case("wrong", wrong(), every),
        Case("not attempted", as_bytes(released(chapter)), every),
        Case("a loop in a cell", right({value: "while True: pass"}), one(value), (stopped(value),)),
        Case(
            "a loop in a function",
            right({function: f"{head[0]}\n    while True: pass"}),
            one(function),
            (f"{function} stopped: more than {CALL_SECONDS} seconds",),
        ),
        Case(
            "a loop that catches everything",
            right({value: "while True:\n    try:\n        while True: pass\n    except BaseException: pass"}),
            one(value),
            (stopped(value),),
        ),
        Case(
            "memory bomb",
            right({value: "held = []\nwhile True: held.append(bytearray(5 * 10**8))"}),
            one(value),
            (raised(value, "MemoryError"),),
        ),
        Case(
            "fork bomb",
            right({value: "import os\nwhile True: os.fork()"}),
            one(value),
            (raised(value, "PermissionError"),),
        ),
        Case(
            "patient fork bomb",
            right(
                {value: "import os\nwhile True:\n    try:\n        os.fork()\n    except BaseException:\n        pass"}
            ),
            one(value),
            (stopped(value),),
        ),
        Case(
            "thread bomb",
            right(
                {
                    value: "import threading, time\n"
                    "while True: threading.Thread(target=time.sleep, args=(99,), daemon=True).start()"
                }
            ),
            one(value),
            (raised(value, "RuntimeError"),),
        ),
        Case(
            "starts programs",
            right(first="import subprocess\nsubprocess.run(['sleep', '600'])"),
            frozenset(),
            ("code cell 2 raised PermissionError",),
        ),
        Case("ends its process", right({value: "import os\nos._exit(0)"}), one(value), (stopped(value, ended),)),
        Case(
            "kills all that it can",
            right({value: "import os\nos.kill(-1, 9)"}),
            one(value),
            (raised(value, "ProcessLookupError"),),
        ),
        Case("crashes", right({value: "import ctypes\nctypes.string_at(0)"}), one(value), (stopped(value, ended),)),
        Case("exits", right({value: "raise SystemExit"}), one(value), (raised(value, "SystemExit"),)),
        Case("prints a gigabyte", right(first="text = 'x' * 2**20\nfor _ in range(1024): print(text)")),
        Case(
            "fills the scratch folder",
            right(first="open('a', 'w').write('x' * 10**8)"),
            frozenset(),
            ("code cell 2 raised OSError",),
        ),
        Case("broken JSON", right()[:-100], every, ("unreadable: not a notebook",)),
        Case("deep JSON", b'{"cells": ' + b"[" * 200_000, every, ("unreadable: not a notebook",)),
        Case("other JSON", b"[1, 2, 3]", every, ("unreadable: not a notebook",)),
        Case("empty file", b"", every, ("unreadable: an empty file",)),
        Case("another assignment", right(chapter=chapter % 5 + 1), every, ("another assignment",)),
        Case("deleted test", changed(delete_a_test, function), frozenset(), (f"missing cell {function}",)),
        Case("duplicated test", changed(duplicate_a_test, function), frozenset(), (f"duplicated cell {function}",)),
        Case(
            "renamed test",
            changed(rename_a_test, function),
            frozenset(),
            ("renamed or added cells", f"missing cell {function}"),
        ),
        Case("reordered tests", changed(reorder, function), frozenset(), ("reordered cells",)),
        Case(
            "edited test",
            changed(edit_a_test, function),
            frozenset(),
            (f"edited cell {function}", f"code cell {cell_of(function) + 1} stopped: more than {CELL_SECONDS} seconds"),
        ),
        Case("changed points", changed(raise_points, function), frozenset(), (f"changed points of {function}",)),
        Case(
            "damaged cells",
            changed(break_cells),
            frozenset(),
            tuple(f"damaged cell {len(released(chapter)['cells']) + i}" for i in (1, 2, 3)),
        ),
        Case(
            "no marks at all",
            changed(drop_all_marks),
            frozenset(),
            tuple(f"missing cell {mark(cell)}" for cell in released(chapter)["cells"] if mark(cell)),
        ),
        Case("patched built-ins, wrong answers", wrong(first=PATCHES), every, None),
        Case("patched numpy, wrong answers", wrong(last=NUMPY_PATCHES), every),
        Case(
            "patched course, wrong answers",
            wrong(first=COURSE_PATCHES),
            every,
            # A dict, which nobody encodes any more.
            tuple(
                f"{name} stopped: {meddled}"
                for name in every & {"read_losses", "outputs_for_tasks", "my_settings", "fair_result"}
            ),
        ),
        # The right answers themselves call sum.
        Case("shadowed built-ins, right answers", right(first="abs = len = list = None")),
        Case("hooks into IPython", wrong(first=IPYTHON_HOOKS), every),
        Case("always equal", answer_with("Yes()", ALWAYS_EQUAL), every),
        Case("always equal number", answer_with("Number(1)", ALWAYS_EQUAL_NUMBER), every),
        Case("always equal text", answer_with("Text('A')", ALWAYS_EQUAL_NUMBER), every),
        Case("always equal array", answer_with("np.ones(3).view(Array)", ALWAYS_EQUAL_NUMBER), every),
        Case("object with a pickle", answer_with("type('P', (), {'__reduce__': lambda s: (print, ('x',))})()"), every),
        Case("huge answers", answer_with("10**100_000"), every),
        Case("long answers", answer_with("[0.0] * 10**6"), every),
        Case(
            "looks at the call stack",
            right({function: f"{head[0]}\n    return look('{function}', ({head[1]},))"}, first=CALL_STACK),
            one(function),
        ),
        Case("looks for files", wrong(first=FILE_SYSTEM), every),
        Case("looks into the network", wrong(first=NETWORK), every),
        Case("writes outside", right(first=WRITES_OUTSIDE)),
        Case("meddles with the pipe", wrong(first=MEDDLES), every, (f"code cell 2 stopped: {meddled}",)),
        Case("floods the pipe", wrong(first=FLOODS), every, (f"code cell 2 stopped: {meddled}",)),
        Case("leaves threads", right(first=LEAVES_THREADS)),
        Case(
            "changes its input",
            right({function: f"{all_answers()[function]}\n{CHANGES_ITS_INPUT.format(name=function)}"}),
            # Numbers can't be changed.
            one(function) if hasattr(EXERCISES[function].fixed[0][0], "__len__") else frozenset(),
        ),
        Case(
            "magic commands",
            right(
                first="%matplotlib inline\n!ls\nfiles = !ls\nimport matplotlib.pyplot as plt\n"
                "plt.plot([1, 2])\nplt.show()\ndisplay(1)"
            ),
            frozenset(),
            ("code cell 2 starts a program, which was left out: !ls",),
        ),
        Case(
            "GBK bytes",
            json.dumps(solved(chapter=chapter, first="# 学习率"), ensure_ascii=False).encode("gbk"),
            frozenset(),
            ("read as GB18030, not UTF-8",),
        ),
        Case(
            "UTF-16, as PowerShell writes it",
            json.dumps(solved(chapter=chapter)).encode("utf-16"),
            frozenset(),
            ("read as UTF-16, not UTF-8",),
        ),
        Case("李雷 🎓 Žofie", right(first="学习率 = '🎓'  # 注释")),
        Case("=1+1, a formula", right()),
        Case("<script>alert(1)<_script>", right({value: f"{value} = '<script>alert(1)</script>'"}), one(value)),
        Case("40 MB of outputs", changed(much_output)),
    ]


#: Those that are graded for every chapter.
EVERY_CHAPTER = (
    "right",
    "partly right",
    "wrong",
    "not attempted",
    "a loop in a cell",
    "a loop in a function",
    "ends its process",
    "crashes",
    "exits",
    "broken JSON",
    "another assignment",
    "patched built-ins, wrong answers",
    "patched numpy, wrong answers",
    "patched course, wrong answers",
    "always equal",
    "always equal number",
    "always equal text",
    "always equal array",
    "object with a pickle",
    "huge answers",
    "looks at the call stack",
    "looks for files",
    "changes its input",
)

#: Those that take no time: for the tests that grade a class several times.
QUICK = (
    "right",
    "partly right",
    "wrong",
    "not attempted",
    "exits",
    "broken JSON",
    "李雷 🎓 Žofie",
    "reordered tests",
    "always equal",
    "ends its process",
)
