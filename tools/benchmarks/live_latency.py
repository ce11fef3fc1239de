"""From key to picture: how long a reader waits for a live figure, in a real browser.

One notebook holds (a) a slider whose value Python writes into a label, which no live figure can beat, (b) a live
figure of two axes with curves of 400 points, and (c) the same figure drawn by `@interact` and ``plt.show()``. Their
sliders are moved by keyboard in turn. Time runs from the key's event to the first frame that shows the change.
"""

import itertools
import shutil
import statistics
import tempfile
from pathlib import Path

from tests.browser import lab
from tools.benchmarks._report import Row

LABEL = """
import ipywidgets

slider, label = ipywidgets.FloatSlider(min=0, max=10, step=0.1, value=1), ipywidgets.Label("1.0")
slider.observe(lambda change: setattr(label, "value", f"{change.new}"), "value")
ipywidgets.VBox([slider, label])
"""
DRAWING = """
import numpy as np

X = np.linspace(0, 10, 400)

def curves(frequency):
    return np.sin(frequency * X), np.exp(-X / 5) * np.cos(frequency * X)

def still(axes):
    for panel, title in zip(axes, ("Sine", "Damped cosine")):
        panel.set(xlim=(0, 10), ylim=(-1.1, 1.1), xlabel="time (s)", ylabel="height (m)", title=title)
"""
LIVE = """
from helpers.figures.style import new_figure
from helpers.live.controls import slider
from helpers.live.live_figure import LiveFigure, live_figure

@live_figure
def waves():
    figure, axes = new_figure(2)
    still(axes)
    lines = [panel.plot(X, X)[0] for panel in axes]

    def move(frequency):
        for line, curve in zip(lines, curves(frequency)):
            line.set_ydata(curve)
        return {"frequency": frequency}

    return LiveFigure(figure, lines, move, frequency=slider("frequency", 0, 10, 1, step=0.1))

waves()
"""
INTERACT = """
import matplotlib.pyplot as plt

@ipywidgets.interact(frequency=ipywidgets.FloatSlider(min=0, max=10, step=0.1, value=1))
def draw(frequency):
    figure, axes = plt.subplots(1, 2, figsize=(8, 3.2), layout="constrained")
    still(axes)
    for panel, curve in zip(axes, curves(frequency)):
        panel.grid()
        panel.plot(X, curve)
    plt.show()
"""
CELLS = {"a": 0, "b": 2, "c": 3}
CASES = {"a": "slider, Python, label", "b": "live figure", "c": "@interact and plt.show()"}

# Note the time from the next key in a cell to the first frame that shows another label or picture there.
WATCH = """number => {
  const cell = course.cells()[number].node, area = cell.querySelector(".jp-OutputArea");
  const picture = () => area.querySelector("img");
  const shown = () => picture()?.src ?? [...area.querySelectorAll(".widget-label")].at(-1)?.innerText;
  const before = shown(), pictured = Boolean(picture());
  course.latency = null;
  let pressed;
  cell.addEventListener("keydown", event => pressed = event.timeStamp, { once: true, capture: true });
  const observer = new MutationObserver(async () => {
    if (shown() === before || (pictured && !picture())) return;
    observer.disconnect();
    await picture()?.decode();
    requestAnimationFrame(() => setTimeout(() => course.latency = performance.now() - pressed));
  });
  observer.observe(area, { subtree: true, childList: true, attributes: true, characterData: true });
  cell.querySelector(".noUi-handle").focus();
}"""

# Seconds of CPU that the kernel has used so far.
CPU = "import time; print(time.process_time())"


def measure(page, rounds):
    """Return case -> list of (milliseconds from key to picture, milliseconds of the kernel's CPU)."""
    found = {case: [] for case in CELLS}
    asked = [lab.ask_kernel(page, CPU) for _ in range(10)]
    asking = statistics.median(later - sooner for sooner, later in itertools.pairwise(asked))  # costs CPU, too
    for _ in range(rounds):
        for case, cell in CELLS.items():
            lab.ask(page, WATCH, cell)
            page.wait_for_timeout(150)
            before = lab.ask_kernel(page, CPU)
            page.keyboard.press("ArrowRight")
            lab.wait(page, "course.latency !== null", f"the picture of {CASES[case]}")
            cpu = lab.ask_kernel(page, CPU) - before - asking
            found[case].append((lab.ask(page, "() => course.latency"), 1000 * cpu))
    return found


def rows(rounds=40):
    """Yield the results."""
    if not shutil.which("chromium"):
        yield Row("key press to picture", "not run: Chromium is not installed", None)
        return
    with (
        tempfile.TemporaryDirectory() as folder,
        lab.jupyterlab(folder) as url,
        lab.chromium() as browser,
        lab.new_page(browser) as page,
    ):
        lab.write_notebook(Path(folder, "latency.ipynb"), LABEL, DRAWING, LIVE, INTERACT)
        lab.open_notebook(page, url, "latency.ipynb")
        lab.run_all(page)
        measure(page, 3)  # first uses are slower
        found = measure(page, rounds)
    label, live, interact = ([statistics.median(times) for times in zip(*found[case], strict=True)] for case in CASES)
    yield Row("key press to picture", "live figure / label", live[0] / label[0], "<= 2.5")
    yield Row("key press to picture", "interact / live figure", interact[0] / live[0], ">= 4")
    yield Row("key press to picture", "kernel, interact / live", interact[1] / live[1], ">= 8")
