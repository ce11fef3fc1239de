"""What the course asks of the gate (tools/nbgate) holds: false claims are red, and live figures are moved."""

import tomllib

import nbformat
import pytest
from gallery import notebook, prove

from tools.places import ROOT

SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"]["ini_options"]
CLAIM = """from helpers.claims import claim

right = 93 / 100
claim("{:.0%} are right, over {above:.0%}", right, above=0.9)"""
LIVE = """import numpy as np

from helpers.figures.style import new_figure
from helpers.live import controls
from helpers.live.live_figure import LiveFigure


def parabola():
    figure, axes = new_figure(height=2)
    axes.set(xlim=(-1, 1), ylim=(0, 4))
    x = np.linspace(-1, 1, 21)
    (curve,) = axes.plot(x, x**2, label="a x^2")
    shown = []

    def move(a):
        shown.append(a)
        curve.set_data(x, a * x**2)
        return {"height": a}

    return LiveFigure(figure, [curve], move, a=controls.slider("a", 0, 4, 1, step=0.5))


parabola()"""
COURSE = "from helpers.live.complexity import network_of_any_size\n\nlive = network_of_any_size()\nlive"
WATCHED = """()


def check(change):
    if change.new > 5:
        raise ValueError(change.new)


for control in live.controls.values():
    control.observe(check, 'value')
live"""
GREEN = {"claim": CLAIM, "live_figure": LIVE, "course_figure": COURSE}
#: Name -> (what it is made from, what is replaced, by what, the rule, a part of what it says).
RED = {
    "claim_false": ("claim", "=0.9", "=0.95", "E105", "93% are right, over 95% (expected: above 95%)"),
    "claim_of_a_constant": ("claim", "right, above", "0.93, above", "C701", "this claim can't be false"),
    "raises_at_an_end": ("live_figure", "shown.append(a)", "1 / (a - 4)", "W601", "ZeroDivisionError"),
    "not_finite_at_an_end": ("live_figure", "a * x**2)\n", "(a or np.nan) * x**2)\n", "W604", "not a finite number"),
    "depends_on_the_past": (
        "live_figure",
        "curve.set_data(x, a",
        "a = shown[-2:][0]\n        curve.set_data(x, a",
        "W605",
        "",
    ),
    "linked_to_nothing": (
        "live_figure",
        "\n\n\nparabola()",
        "\n\n\nlive = parabola()\nlive.controls['a'].unobserve_all()\nlive",
        "W603",
        "a",
    ),
    "moves_undeclared": ("live_figure", "[curve]", "[]", "W6", "declared as moving"),
    "added_callback_raises": ("course_figure", "()\nlive", WATCHED, "W601", "ValueError"),
}


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """Return what the gate tells of these notebooks, stored anew: name -> text."""
    folder = tmp_path_factory.mktemp("gate")
    for name, source in GREEN.items():
        nbformat.write(notebook("# " + name, source), folder / f"{name}.ipynb")
    for name, (of, old, new, _, _) in RED.items():
        assert GREEN[of].count(old) == 1, name
        nbformat.write(notebook("# " + name, GREEN[of].replace(old, new)), folder / f"{name}.ipynb")
    # The root folder is another one here: the list of numbers is not below it.
    own = ["-o", "nbgate_ignore=O206", "-o", "nbgate_numbers="]
    prove(folder, "--nbgate-store-anyway", *own, settings=ROOT / "pyproject.toml")
    found = prove(folder, *own, settings=ROOT / "pyproject.toml")
    return {name: "".join(text for _, text in bad) for name, bad in found.items()}


@pytest.mark.parametrize("name", GREEN)
def test_an_honest_notebook_stays_green(told, name):
    assert name in told and told[name] == ""


@pytest.mark.parametrize("name", RED)
def test_a_mistake_turns_red_and_says_why(told, name):
    *_, code, says = RED[name]
    assert f": {code}" in told[name] and says in told[name], told[name]


def test_a_stuck_kernel_is_noticed_within_a_minute():
    assert float(SETTINGS["nbgate_timeout"]) + 10 < 60  # ten more seconds are waited for it to obey an interrupt
