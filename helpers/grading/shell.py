"""IPython without a screen: runs a cell as a notebook's kernel does.

What prints or draws is made quick, since nobody looks. What would start a program does nothing, and is noted.
"""

import asyncio
import functools
import re
import sys
import types

from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.text import SList
from traitlets.config import Config

#: About the screen alone: there is none.
OF_THE_SCREEN = {"matplotlib", "config", "gui"}
#: Cells in other languages: they start a program.
PROGRAMS = re.compile(r"script|bash|sh|system|sx|cmd|perl|ruby|python[23]?|pypy")
PACKAGES = {"pip", "conda", "mamba", "micromamba", "uv"}
#: Loads what IPython loads when it is first needed.
WARMING = ("x = 1\nx", "%time x = 1", "import asyncio\nawait asyncio.sleep(0)", "1 / 0", "display(x)")


class Shell(InteractiveShell):
    """IPython's own shell, with nobody to look at it."""

    left_out = ()

    def showtraceback(self, *_arguments, **_named):
        """Show nothing, which takes no time."""

    showsyntaxtraceback = showtraceback

    def system(self, command):
        """Start no program."""
        self.left_out.append(f"!{command}"[:60])

    system_raw = system_piped = system

    def getoutput(self, command, split=True, depth=0):
        """Start no program, and return that it printed nothing."""
        self.system(command)
        return SList() if split else ""

    def run_line_magic(self, magic_name, line, _stack_depth=1):
        """Run a command such as ``%time x = 1``."""
        if magic_name in OF_THE_SCREEN:
            return None
        if magic_name in PACKAGES:
            return self.system(f"{magic_name} {line}")
        return super().run_line_magic(magic_name, line, _stack_depth + 1)

    def run_cell_magic(self, magic_name, line, cell):
        """Run a command for a whole cell, such as ``%%time``."""
        if PROGRAMS.fullmatch(magic_name):
            return self.system(f"%%{magic_name} {line}")
        return super().run_cell_magic(magic_name, line, cell)

    async def run(self, code):
        """Run a cell within a running event loop.

        Parameters
        ----------
        code : str
            The cell.

        Returns
        -------
        BaseException or None
            The error that it ended in.
        """
        failed = None
        try:
            transformed = self.transform_cell(code)
        except Exception:
            transformed, failed = code, sys.exc_info()
        result = await self.run_cell_async(
            code, store_history=True, transformed_cell=transformed, preprocessing_exc_tuple=failed
        )
        return result.error_before_exec or result.error_in_exec


@functools.cache
def make_shell():
    """Return the one shell of this process, warmed up."""
    settings = Config()
    settings.HistoryManager.enabled = False
    settings.DisplayFormatter.active_types = ["text/plain"]
    module = types.ModuleType("__main__")
    shell = Shell.instance(config=settings, user_module=module)
    shell.left_out = []
    shell.InteractiveTB.structured_traceback = lambda *_arguments, **_named: []
    for code in WARMING:
        asyncio.run(shell.run(code))
    shell.reset()
    if "" not in sys.path:
        sys.path.insert(0, "")
    return shell
