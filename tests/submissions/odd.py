"""Honest notebooks that are odd: each gets in the grader what it got at home, in a kernel of Jupyter.

An entry is a change to a perfect notebook of chapter 2, as a student may make it. What it is worth is written nowhere:
the kernel decides.
"""

from tests.submissions import CHAPTER, code_cell, place, solved

RATE = "decayed_rate"
LOSSES = "losses_of_descent"

RATE_BODY = "base * rate ** (epoch / every)"
RIGHT_RATE = f"def decayed_rate(epoch, base, rate, every):\n    return {RATE_BODY}"
WRONG_RATE = "def decayed_rate(epoch, base, rate, every):\n    return base * rate ** (epoch // every)"
RIGHT_LOSSES = """def losses_of_descent(start, rate, steps):
    w, losses = start, []
    for _ in range(steps):
        losses.append((w + 1) ** 2)
        w = w - rate * 2 * (w + 1)
    return {result}"""

#: Another form of the answer to an exercise: what is odd -> (exercise, code).
ANSWERS = {
    "time line": ("largest_rate", "%time largest_rate = 2 / 6"),
    "prun line": ("largest_rate", "%prun largest_rate = 2 / 6"),
    "time cell": ("largest_rate", "%%time\nlargest_rate = 2 / 6"),
    "capture cell": ("largest_rate", "%%capture\nprint('x')\nlargest_rate = 2 / 6"),
    "capture cell with a name": ("largest_rate", "%%capture said\nprint(2 / 6)\nlargest_rate = float(said.stdout)\n"),
    "captured and read below": ("largest_rate", "%%capture said\nprint(2 / 6)"),
    "timeit cell": ("largest_rate", "%%timeit -n 1 -r 1\nlargest_rate = 2 / 6"),
    "timeit result": ("largest_rate", "t = %timeit -n 2 -r 1 -o -q 2 / 6\nlargest_rate = 2 / 6 if t.loops == 2 else 0"),
    "top-level await": ("largest_rate", "import asyncio\nlargest_rate = await asyncio.sleep(0, 2 / 6)"),
    "async function": ("largest_rate", "async def f():\n    return 2 / 6\nlargest_rate = await f()"),
    "async for": (
        "largest_rate",
        "async def g():\n    yield 2 / 6\nasync for largest_rate in g():\n    pass",
    ),
    "async with": (
        "largest_rate",
        "import contextlib\n@contextlib.asynccontextmanager\nasync def g():\n    yield 2 / 6\n"
        "async with g() as largest_rate:\n    pass",
    ),
    "a task": (
        "largest_rate",
        "import asyncio\ntask = asyncio.create_task(asyncio.sleep(0, 2 / 6))\nlargest_rate = await task",
    ),
    "asyncio.run": ("largest_rate", "import asyncio\nlargest_rate = asyncio.run(asyncio.sleep(0, 2 / 6))"),
    "ls without need": ("largest_rate", "names = !ls\nlargest_rate = 2 / 6"),
    "shell line": ("largest_rate", "!echo hello\nlargest_rate = 2 / 6"),
    "shell in braces": ("largest_rate", "name = 'x'\n!echo {name} $name\nlargest_rate = 2 / 6"),
    "ls and its length": ("largest_rate", "names = !ls\nlargest_rate = 2 / 6 + 0 * len(names)"),
    "sx": ("largest_rate", "said = %sx echo hello\nlargest_rate = 2 / 6"),
    "pip": ("largest_rate", "%pip --version\nlargest_rate = 2 / 6"),
    "matplotlib inline": ("largest_rate", "%matplotlib inline\nlargest_rate = 2 / 6"),
    "config of figures": ("largest_rate", "%config InlineBackend.figure_format = 'png'\nlargest_rate = 2 / 6"),
    "autoreload": ("largest_rate", "%load_ext autoreload\n%autoreload 2\nlargest_rate = 2 / 6"),
    "precision": ("largest_rate", "%precision 3\nlargest_rate = 2 / 6"),
    "env": ("largest_rate", "%env ANSWER=3\nimport os\nlargest_rate = 1 / int(os.environ['ANSWER'])"),
    "who": ("largest_rate", "%who\n%whos\nlargest_rate = 2 / 6"),
    "who_ls": ("largest_rate", "a = 1\nnames = %who_ls int\nlargest_rate = 2 / 6 if 'a' in names else 0"),
    "pwd": ("largest_rate", "here = %pwd\nlargest_rate = 2 / 6 if here else 0"),
    "cd": ("largest_rate", "%cd -q ..\n%cd -q exercises\nlargest_rate = 2 / 6"),
    "unknown magic": ("largest_rate", "%nonsense\nlargest_rate = 2 / 6"),
    "unknown magic below": ("largest_rate", "largest_rate = 2 / 6\n%nonsense"),
    "help": ("largest_rate", "largest_rate = 2 / 6\nlen?"),
    "double help": ("largest_rate", "largest_rate = 2 / 6\nnp.sqrt??"),
    "help function": ("largest_rate", "help(len)\nlargest_rate = 2 / 6"),
    "underscore": ("largest_rate", "largest_rate = 2 / 6\nlargest_rate"),
    "get_ipython": ("largest_rate", "get_ipython().run_line_magic('time', 'largest_rate = 2 / 6')"),
    "get_ipython imported": (
        "largest_rate",
        "from IPython import get_ipython\nget_ipython().run_cell('largest_rate = 2 / 6')",
    ),
    "user_ns": ("largest_rate", "get_ipython().user_ns['largest_rate'] = 2 / 6"),
    "push": ("largest_rate", "get_ipython().push({'largest_rate': 2 / 6})"),
    "ex": ("largest_rate", "get_ipython().ex('largest_rate = 2 / 6')"),
    "ev": ("largest_rate", "largest_rate = get_ipython().ev('2 / 6')"),
    "display": (
        "largest_rate",
        "from IPython.display import display, Markdown\ndisplay(Markdown('*x*'))\nlargest_rate = 2 / 6",
    ),
    "display handle": (
        "largest_rate",
        "handle = display('x', display_id=True)\nhandle.update('y')\nhandle.display('z')\nlargest_rate = 2 / 6",
    ),
    "clear_output": (
        "largest_rate",
        "from IPython.display import clear_output\nclear_output(wait=True)\nlargest_rate = 2 / 6",
    ),
    "HTML": ("largest_rate", "from IPython.display import HTML\nHTML('<b>x</b>')\nlargest_rate = 2 / 6"),
    "data by relative path": ("largest_rate", "text = open('../../data/iris.csv').read()\nlargest_rate = 2 / 6"),
    "data by numpy": (
        "largest_rate",
        "table = np.loadtxt('../../data/layer_times.csv', delimiter=',', dtype=str)\nlargest_rate = 2 / 6",
    ),
    "data by helpers": ("largest_rate", "from helpers.datasets import iris\nlargest_rate = 2 / 6 + 0 * len(iris())"),
    "a file of one's own": (
        "largest_rate",
        "with open('note.txt', 'w') as f:\n    f.write('3')\nlargest_rate = 1 / int(open('note.txt').read())",
    ),
    "pathlib": (
        "largest_rate",
        "from pathlib import Path\nPath('n.txt').write_text('3')\nlargest_rate = 1 / int(Path('n.txt').read_text())",
    ),
    "tempfile": (
        "largest_rate",
        "import tempfile\nwith tempfile.TemporaryFile() as f:\n    f.write(b'3')\nlargest_rate = 2 / 6",
    ),
    "pickle": (
        "largest_rate",
        "import pickle\nclass Rate:\n    value = 2 / 6\nlargest_rate = pickle.loads(pickle.dumps(Rate())).value",
    ),
    "inspect": (
        "largest_rate",
        "import inspect\ndef f():\n    return 2 / 6\nlargest_rate = f() if 'return' in inspect.getsource(f) else 0",
    ),
    "dataclass": (
        "largest_rate",
        "from dataclasses import dataclass\n@dataclass\nclass R:\n    value: float = 2 / 6\nlargest_rate = R().value",
    ),
    "annotations from the future": (
        "largest_rate",
        "from __future__ import annotations\nlargest_rate: Nonsense = 2 / 6",
    ),
    "main": ("largest_rate", "if __name__ == '__main__':\n    largest_rate = 2 / 6"),
    "globals": ("largest_rate", "globals()['largest_rate'] = 2 / 6"),
    "exec": ("largest_rate", "exec('largest_rate = 2 / 6')"),
    "walrus": ("largest_rate", "(largest_rate := 2 / 6)"),
    "loop variable": ("largest_rate", "for largest_rate in (1, 2 / 6):\n    pass"),
    "tuple": ("largest_rate", "largest_rate, other = 2 / 6, 1"),
    "chained": ("largest_rate", "x = largest_rate = 2 / 6"),
    "indented": ("largest_rate", "    largest_rate = 2 / 6"),
    "semicolon": ("largest_rate", "largest_rate = 2 / 6;"),
    "trailing text": ("largest_rate", "largest_rate = 2 / 6\n'''the edge'''"),
    "prompt copied": ("largest_rate", ">>> largest_rate = 2 / 6"),
    "prompt of IPython copied": ("largest_rate", "In [1]: largest_rate = 2 / 6"),
    "tabs": ("largest_rate", "if True:\n\tlargest_rate = 2 / 6"),
    "carriage returns": ("largest_rate", "x = 1\r\nlargest_rate = 2 / 6\r\n"),
    "comment first": ("largest_rate", "# %time\n\nlargest_rate = 2 / 6"),
    "error below": ("largest_rate", "largest_rate = 2 / 6\n1 / 0"),
    "error above": ("largest_rate", "1 / 0\nlargest_rate = 2 / 6"),
    "syntax error": ("largest_rate", "largest_rate = 2 / 6)"),
    "exit": ("largest_rate", "largest_rate = 2 / 6\nraise SystemExit"),
    "interrupt": ("largest_rate", "largest_rate = 2 / 6\nraise KeyboardInterrupt"),
    "assert": ("largest_rate", "largest_rate = 2 / 6\nassert False"),
    "warnings as errors": ("largest_rate", "import warnings\nwarnings.simplefilter('error')\nlargest_rate = 2 / 6"),
    "floating-point errors": ("largest_rate", "np.seterr(all='raise')\nlargest_rate = 2 / 6"),
    "a thread": (
        "largest_rate",
        "import threading\nfound = []\nt = threading.Thread(target=lambda: found.append(2 / 6))\nt.start()\nt.join()\n"
        "largest_rate = found[0]",
    ),
    "executor": (
        "largest_rate",
        "from concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor(2) as pool:\n"
        "    largest_rate = pool.submit(lambda: 2 / 6).result()",
    ),
    "fraction": ("largest_rate", "from fractions import Fraction\nlargest_rate = Fraction(1, 3)"),
    "decimal": ("largest_rate", "from decimal import Decimal\nlargest_rate = Decimal(1) / 3"),
    "numpy number": ("largest_rate", "largest_rate = np.float32(1 / 3)"),
    "array of no dimension": ("largest_rate", "largest_rate = np.array(1 / 3)"),
    "array of one": ("largest_rate", "largest_rate = np.array([1 / 3])"),
    "text": ("largest_rate", "largest_rate = '1/3'"),
    "complex": ("largest_rate", "largest_rate = 1 / 3 + 0j"),
    "within the tolerance": ("largest_rate", "largest_rate = 0.3311"),
    "beyond the tolerance": ("largest_rate", "largest_rate = 0.3290"),
    "a function for a number": ("largest_rate", "def largest_rate():\n    return 2 / 6"),
    "deleted again": ("largest_rate", "largest_rate = 2 / 6\ndel largest_rate"),
    "whole number as float": ("steps_needed", "steps_needed = 866.0"),
    "whole number as fraction": ("steps_needed", "from fractions import Fraction\nsteps_needed = Fraction(866)"),
    "whole number of numpy": ("steps_needed", "steps_needed = np.int16(866)"),
    "huge number": ("steps_needed", "steps_needed = 784**10"),
    "gigantic number": ("steps_needed", "steps_needed = 10**5000"),
    "infinite": ("steps_needed", "steps_needed = np.inf"),
    "not a number": ("steps_needed", "steps_needed = np.nan"),
    "loop with tqdm-like print": (
        "steps_needed",
        "n, d = 0, 6.0\nwhile d >= 1e-3:\n    n, d = n + 1, d * 0.99\n    print(n, end='\\r')\nsteps_needed = n",
    ),
    "lower case": ("why_decay", "why_decay = 'b'"),
    "with blanks": ("why_decay", "why_decay = ' B '"),
    "numpy text": ("why_decay", "why_decay = np.str_('B')"),
    "list of one letter": ("why_decay", "why_decay = ['B']"),
    "bytes": ("why_decay", "why_decay = b'B'"),
    "a letter as a variable": ("why_decay", "B = 'B'\nwhy_decay = B"),
    "lambda": (RATE, f"decayed_rate = lambda epoch, base, rate, every: {RATE_BODY}"),
    "other argument names": (RATE, "def decayed_rate(t, a, r, n):\n    return a * r ** (t / n)"),
    "star arguments": (RATE, "def decayed_rate(*a):\n    return a[1] * a[2] ** (a[0] / a[3])"),
    "defaults": (RATE, f"def decayed_rate(epoch, base=1, rate=1, every=1):\n    return {RATE_BODY}"),
    "partial": (
        RATE,
        f"from functools import partial\ndef f(k, epoch, base, rate, every):\n    return k * {RATE_BODY}\n"
        "decayed_rate = partial(f, 1)",
    ),
    "vectorize": (RATE, f"@np.vectorize\ndef decayed_rate(epoch, base, rate, every):\n    return {RATE_BODY}"),
    "cache": (RATE, f"from functools import cache\n@cache\n{RIGHT_RATE}"),
    "callable object": (
        RATE,
        f"class Rate:\n    def __call__(self, epoch, base, rate, every):\n        return {RATE_BODY}\n"
        "decayed_rate = Rate()",
    ),
    "static method": (
        RATE,
        f"class Rate:\n    @staticmethod\n    def at(epoch, base, rate, every):\n        return {RATE_BODY}\n"
        "decayed_rate = Rate.at",
    ),
    "method": (
        RATE,
        f"class Rate:\n    def at(self, epoch, base, rate, every):\n        return {RATE_BODY}\n"
        "decayed_rate = Rate().at",
    ),
    "async function for a function": (RATE, f"async {RIGHT_RATE}"),
    "generator for a function": (RATE, RIGHT_RATE.replace("return", "yield")),
    "prints, too": (RATE, RIGHT_RATE.replace("    return", "    print(epoch)\n    return")),
    "displays, too": (RATE, RIGHT_RATE.replace("    return", "    display(epoch)\n    return")),
    "counts its calls": (
        RATE,
        "calls = []\n" + RIGHT_RATE.replace("    return", "    calls.append(epoch)\n    return"),
    ),
    "wrong on later calls": (
        RATE,
        "calls = []\n" + RIGHT_RATE.replace("    return", "    calls.append(1)\n    return len(calls) > 8 or"),
    ),
    "returns a fraction": (
        RATE,
        f"from fractions import Fraction\n{RIGHT_RATE.replace(RATE_BODY, f'Fraction({RATE_BODY})')}",
    ),
    "returns a decimal": (
        RATE,
        f"from decimal import Decimal\n{RIGHT_RATE.replace(RATE_BODY, f'Decimal({RATE_BODY})')}",
    ),
    "returns a tuple": (RATE, f"{RIGHT_RATE},"),
    "returns nothing": (RATE, "def decayed_rate(epoch, base, rate, every):\n    x = 1"),
    "raises": (RATE, "def decayed_rate(epoch, base, rate, every):\n    raise ValueError('no')"),
    "not implemented": (RATE, "def decayed_rate(epoch, base, rate, every):\n    raise NotImplementedError"),
    "too few arguments": (RATE, "def decayed_rate(epoch, base):\n    return base"),
    "by a helper of the course": (
        RATE,
        "from helpers.schedules import exponential_decay\n"
        "def decayed_rate(epoch, base, rate, every):\n    return exponential_decay(base, rate, every)(epoch)",
    ),
    "global variable": (RATE, f"offset = 0\n{RIGHT_RATE} + offset"),
    "get_ipython in a function": (RATE, f"{RIGHT_RATE} if get_ipython() else 0"),
    "recursion": (
        RATE,
        "def decayed_rate(epoch, base, rate, every):\n    return base if epoch == 0 else "
        "decayed_rate(epoch - 1, base, rate, every) * rate ** (1 / every)",
    ),
    "a list for an array": (LOSSES, RIGHT_LOSSES.format(result="losses")),
    "a tuple for an array": (LOSSES, RIGHT_LOSSES.format(result="tuple(losses)")),
    "a deque": (LOSSES, "from collections import deque\n" + RIGHT_LOSSES.format(result="deque(losses)")),
    "a column": (LOSSES, RIGHT_LOSSES.format(result="np.array(losses)[:, None]")),
    "objects in an array": (LOSSES, RIGHT_LOSSES.format(result="np.array(losses, dtype=object)")),
    "short floats": (LOSSES, RIGHT_LOSSES.format(result="np.array(losses, dtype=np.float32)")),
    "whole numbers in an array": (LOSSES, RIGHT_LOSSES.format(result="np.array(losses, dtype=int)")),
    "a generator": (LOSSES, RIGHT_LOSSES.format(result="(x for x in losses)")),
    "a map": (LOSSES, RIGHT_LOSSES.format(result="map(float, losses)")),
    "fractions in a list": (
        LOSSES,
        "from fractions import Fraction\n" + RIGHT_LOSSES.format(result="[Fraction(x) for x in losses]"),
    ),
    "a dict": (LOSSES, RIGHT_LOSSES.format(result="dict(enumerate(losses))")),
    "writefile and import": (
        LOSSES,
        "import sys\nopen('mine.py', 'w').write('''\nimport numpy as np\n"
        + RIGHT_LOSSES.format(result="np.array(losses)")
        + "''')\nimport mine\nlosses_of_descent = mine.losses_of_descent",
    ),
    "writefile magic": (LOSSES, "%%writefile mine2.py\n" + RIGHT_LOSSES.format(result="losses")),
}


def answered(name, code):
    return solved({name: code})


def before(code):
    return solved(first=code)


def after(name, code, answer=None):
    """Return a perfect notebook with a cell below the test of an exercise."""
    notebook = solved({name: answer} if answer else None)
    notebook["cells"].insert(place(notebook, name) + 1, code_cell(code))
    return notebook


def between(name, code, answer=None):
    """Return a perfect notebook with a cell between the answer to an exercise and its test."""
    notebook = solved({name: answer} if answer else None)
    notebook["cells"].insert(place(notebook, name), code_cell(code))
    return notebook


def tested(name, code, answer=None):
    """Return a perfect notebook in which a test was changed."""
    notebook = solved({name: answer} if answer else None)
    notebook["cells"][place(notebook, name)]["source"] = code
    return notebook


def without(*ids):
    notebook = solved()
    for grade_id in ids:
        del notebook["cells"][place(notebook, grade_id)]
    return notebook


#: Another notebook: what is odd -> the notebook.
NOTEBOOKS = {
    "a helper changes below": after(RATE, "offset = 5", f"offset = 0\n{RIGHT_RATE} + offset"),
    "the name is used again": after(RATE, "decayed_rate = 0.1"),
    "a value is used again": after("largest_rate", "largest_rate = 1.0"),
    "an import is hidden below": after(LOSSES, "np = None"),
    "deleted below": after(RATE, "del decayed_rate"),
    "reset below": after("largest_rate", "%reset -f\nimport numpy as np\nfrom helpers.exercises.feedback import check"),
    "right only at the end": after(RATE, RIGHT_RATE, WRONG_RATE),
    "answered below its test": after("largest_rate", "largest_rate = 2 / 6", "largest_rate = ..."),
    "checked again below": after(RATE, f"{RIGHT_RATE}\ncheck('decayed_rate', decayed_rate)", WRONG_RATE),
    "checked again, wrong": after(RATE, f"{WRONG_RATE}\ncheck('decayed_rate', decayed_rate)"),
    "wrong, then right in a second cell": between(RATE, RIGHT_RATE, WRONG_RATE),
    "right, then wrong in a second cell": between(RATE, WRONG_RATE),
    "two halves": between(RATE, "decayed_rate = helper", RIGHT_RATE.replace("decayed_rate", "helper")),
    "captured, then read": between("largest_rate", "largest_rate = float(said.stdout)", "%%capture said\nprint(2 / 6)"),
    "last output": between("largest_rate", "largest_rate = _", "2 / 6"),
    "output by number": between("largest_rate", "largest_rate = Out[max(Out)]", "2 / 6"),
    "last output in a name": between("largest_rate", "largest_rate = _", "2 / 6;"),
    "input by number": between("largest_rate", "largest_rate = eval(In[-2])", "2 / 6"),
    "i": between("largest_rate", "largest_rate = eval(_i)", "2 / 6"),
    "two outputs back": between("largest_rate", "'x'\n__, _\nlargest_rate = _", "2 / 6"),
    "module of one's own": between(
        LOSSES, "from mine3 import losses_of_descent", "%%writefile mine3.py\n" + RIGHT_LOSSES.format(result="losses")
    ),
    "module of one's own, run": between(
        LOSSES, "%run mine4.py", "%%writefile mine4.py\n" + RIGHT_LOSSES.format(result="losses")
    ),
    "module, loaded anew": between(
        LOSSES,
        "import importlib, mine5\nimportlib.reload(mine5)\nlosses_of_descent = mine5.losses_of_descent",
        "%%writefile mine5.py\n" + RIGHT_LOSSES.format(result="losses"),
    ),
    "appended to a file": between(RATE, f"%%writefile -a mine6.py\n{RIGHT_RATE}", "%%writefile mine6.py\nx = 1"),
    "answer in the test": tested(
        "largest_rate", "largest_rate = 2 / 6\ncheck('largest_rate', largest_rate)", "largest_rate = ..."
    ),
    "answer in the test, given directly": tested("largest_rate", "check('largest_rate', 2 / 6)", "largest_rate = ..."),
    "a function of another name": tested(
        RATE, "check('decayed_rate', my_rate)", RIGHT_RATE.replace("decayed_rate", "my_rate")
    ),
    "a lambda in the test": tested(
        RATE, f"check('decayed_rate', lambda epoch, base, rate, every: {RATE_BODY})", "x = 1"
    ),
    "a statement in the test": tested(RATE, "print(decayed_rate(1, 2, 0.5, 1))\ncheck('decayed_rate', decayed_rate)"),
    "an augmented answer in the test": tested(
        "largest_rate", "largest_rate /= 6\ncheck('largest_rate', largest_rate)", "largest_rate = 2"
    ),
    "an import in the test": tested(LOSSES, "import numpy as np\ncheck('losses_of_descent', losses_of_descent)"),
    "a loop over tests": tested(RATE, "for _ in range(3):\n    said = check('decayed_rate', decayed_rate)\nsaid"),
    "what check says": tested(
        RATE,
        "said = check('decayed_rate', decayed_rate)\nprint(said.text, said.outcome, said)\n"
        "x = repr(said) + said._repr_html_()",
    ),
    "if check is right": tested(
        RATE, "if check('decayed_rate', decayed_rate).outcome == 'correct':\n    done = True\nprint(done)"
    ),
    "test with names": tested(RATE, "check(name='decayed_rate', answer=decayed_rate)"),
    "test within a function": tested(RATE, "def test():\n    return check('decayed_rate', decayed_rate)\ntest()"),
    "test by feedback": tested(
        RATE, "from helpers.exercises import feedback\nfeedback.check('decayed_rate', decayed_rate)"
    ),
    "test with time": tested(RATE, "%time check('decayed_rate', decayed_rate)"),
    "test and an error": tested(RATE, "check('decayed_rate', decayed_rate)\n1 / 0"),
    "test of the result": tested("largest_rate", "check('largest_rate', round(largest_rate, 4))"),
    "test of all at the end": after(
        "why_decay",
        "for name, answer in {'decayed_rate': decayed_rate, 'why_decay': why_decay}.items():\n"
        "    display(check(name, answer))",
    ),
    "a hint": after(
        RATE,
        "from helpers.exercises.feedback import hint, solution\nhint('decayed_rate')\n"
        "print(hint('decayed_rate').text)\nsolution('decayed_rate')",
    ),
    "the panel": after(RATE, "panel = progress(2)\npanel.refresh()\npanel"),
    "check shadowed": before("old_check = 1\ndef check(*a):\n    return None"),
    "sum shadowed": before("sum = 5\nmax = min = None"),
    "list shadowed": before("list = [1, 2]\nlen = 3"),
    "print shadowed": before("def print(*a):\n    pass"),
    "star import": before("from math import *\nfrom numpy import *"),
    "seaborn-like style": before(
        "import matplotlib.pyplot as plt\nplt.style.use('ggplot')\nplt.plot([1, 2])\nplt.show()"
    ),
    "a figure": before(
        "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nax.plot([1, 2])\nfig.savefig('x.png')\nfig"
    ),
    "a slider": before("from ipywidgets import interact\n@interact(x=(0, 9))\ndef f(x=3):\n    return x"),
    "logging": before("import logging\nlogging.basicConfig(level='DEBUG')\nlogging.info('x')"),
    "recursion limit": before("import sys\nsys.setrecursionlimit(5000)"),
    "random seed": before("np.random.seed(0) if 'np' in globals() else None\nimport random\nrandom.seed(1)"),
    "long output": before("for i in range(3000):\n    print('x' * 50)"),
    "an event": before("get_ipython().events.register('post_run_cell', lambda result: None)"),
    "all errors caught": before(
        "def custom(self, kind, error, traceback, offset=None):\n    pass\n"
        "get_ipython().set_custom_exc((ValueError,), custom)"
    ),
    "every expression shown": before(
        "from IPython.core.interactiveshell import InteractiveShell\nInteractiveShell.ast_node_interactivity = 'all'"
    ),
    "a magic of one's own": before(
        "from IPython.core.magic import register_line_magic\n@register_line_magic\ndef third(line):\n    return 1 / 3\n"
        "x = %third"
    ),
    "an alias": before("%alias_magic t time\n%t y = 1"),
    "a macro": before("%macro -q mine 1"),
    "javascript cell": before("%%javascript\nconsole.log(1)"),
    "html cell": before("%%html\n<b>x</b>"),
    "latex cell": before("%%latex\n$x$"),
    "markdown cell": before("%%markdown\n*x*"),
    "bash cell": before("%%bash\necho hello"),
    "no import": without("chapter2_setup"),
    "no test": without(RATE),
    "empty cells": before("\n\n   \n"),
    "comments only": before("# nothing\n# here"),
}


def notebooks():
    """Return the bank: what is odd -> a notebook."""
    bank = {f"answer: {odd}": answered(*answer) for odd, answer in ANSWERS.items()}
    return bank | {f"notebook: {odd}": notebook for odd, notebook in NOTEBOOKS.items()}


if CHAPTER != 2:
    raise AssertionError("the bank is about chapter 2")
