"""Is the course installed as it should be? The start notebook asks first; this module needs nothing but Python."""

import os
import sys
from importlib import util
from importlib.metadata import PackageNotFoundError, version

from helpers.language import _

REPAIR = _("close JupyterLab and start it as the README says, or choose .venv as kernel")

#: The major versions that fit.
FITTING = {"numpy": (2,), "matplotlib": (3,), "ipywidgets": (7, 8), "jupyterlab": (4,), "ipykernel": (6,)}

#: What matters in JupyterLab alone; ipykernel because newer ones, there, mix up figures.
OF_JUPYTERLAB = {"jupyterlab", "ipykernel"}

#: How the surroundings of other front ends begin: VS Code, Colab, PyCharm.
OTHER_FRONT_ENDS = ("VSCODE_", "COLAB_", "PYCHARM_")


def in_another_front_end():
    """Return whether this is, as far as one can tell, JupyterLite, VS Code, Colab or PyCharm.

    Returns
    -------
    bool
        False in JupyterLab.
    """
    return sys.platform == "emscripten" or any(name.startswith(OTHER_FRONT_ENDS) for name in os.environ)


def misfits():
    """Return, for each package that is missing or of another major version, a sentence that says what to do.

    Returns
    -------
    dict of str to str
        Name of a package -> the sentence.
    """
    found = {}
    for package, majors in FITTING.items():
        wanted = f"{package} {_(' or ').join(map(str, majors))}"
        try:
            here = version(package)
        except PackageNotFoundError:
            found[package] = _("{wanted} is missing: {repair}.", wanted=wanted, repair=REPAIR)
            continue
        if int(here.partition(".")[0]) not in majors:
            found[package] = _("{wanted} is needed, this is {here}: {repair}.", wanted=wanted, here=here, repair=REPAIR)
    return found


def check():
    """Print what is in place, or what to do about what is not."""
    found = misfits()
    fitting = [package for package in FITTING if package not in found]
    if in_another_front_end():
        found = {package: words for package, words in found.items() if package not in OF_JUPYTERLAB}
    if found:
        print("\n".join(f"✗ {words}" for words in found.values()))
        return
    print(_("✓ {most} and {last} fit the course", most=", ".join(fitting[:-1]), last=fitting[-1]))
    print(_("✓ helpers is the course's own package"))


class Missing(ImportError):
    """A package that one page wants, and the course does not bring along; IPython shows the message alone."""

    def _render_traceback_(self):
        return [str(self)]


def need(package, name):
    """Go on only if a package is installed that the course itself does not need.

    Parameters
    ----------
    package : str
        What pip and ``import`` call it.
    name : str
        What people call it.

    Raises
    ------
    Missing
        If it is not there; says what to do.
    """
    if util.find_spec(package) is None:
        raise Missing(
            _(
                "✗ {name} is missing. You can read this page without it: all results are stored. To run it, type in a "
                "terminal: {python} -m pip install {package} (a large download), then restart the kernel.",
                name=name,
                python=sys.executable,
                package=package,
            )
        )
