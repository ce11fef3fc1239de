"""Is the course installed as it should be? The start notebook asks first, and says what to do if not."""

from importlib.metadata import version
from pathlib import Path

import ipywidgets

import helpers

REPAIR = "close JupyterLab and start it with the README's command"


def problems():
    """Return what keeps the course from working here, one sentence each; an empty list if nothing does.

    Returns
    -------
    list of str
    """
    found = []
    wanted = {"numpy": 2, "matplotlib": 3, "ipywidgets": 8, "jupyterlab": 4}
    for package, major in wanted.items():
        if int(version(package).split(".")[0]) != major:
            found.append(f"{package} {major} is needed, this is {version(package)}: {REPAIR}")
    if int(version("ipykernel").split(".")[0]) >= 7:
        found.append(f"ipykernel below 7 is needed (newer ones mix up figures): {REPAIR}")
    if not hasattr(helpers, "COURSE"):
        found.append(f"another package named helpers was loaded, from {Path(helpers.__file__).parent}: {REPAIR}")
    return found


def check():
    """Print what is in place, or what to do about what is not."""
    found = problems()
    if found:
        print("\n".join(f"✗ {problem}" for problem in found))
        return
    print("✓ numpy, matplotlib, ipywidgets, jupyterlab and ipykernel fit the course")
    print("✓ helpers is the course's own package")


def try_a_slider():
    """Return a slider with a text that follows it."""
    slider = ipywidgets.IntSlider(description="move me", value=3, min=0, max=10)
    text = ipywidgets.HTML()

    def follow(_change=None):
        text.value = f'<span role="status" aria-live="polite">The slider says <b>{slider.value}</b>.</span>'

    slider.observe(follow, names="value")
    follow()
    return _Tried([slider, text])


class _Tried(ipywidgets.VBox):
    def _repr_mimebundle_(self, **kwargs):
        data = super()._repr_mimebundle_(**kwargs) or {}
        return {**data, "text/plain": "A slider (run this cell in JupyterLab to move it)."}
