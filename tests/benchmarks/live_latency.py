"""From key to picture: how long a reader waits for a live figure, in a real browser.

One notebook holds (a) a slider whose value Python writes into a label, which no live figure can beat, (b) a live
figure of two axes with curves of 400 points, and (c) the same figure drawn by `@interact` and ``plt.show()``. Their
sliders are moved by keyboard in turn. Time runs from the key's event to the first frame that shows the change.
"""

import statistics
import tempfile
from pathlib import Path

from tests.browser import lab

ROUNDS = 40

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
from helpers.live.controls import number
from helpers.live.core import LiveFigure, live_figure

@live_figure
def waves():
    figure, axes = new_figure(2)
    still(axes)
    lines = [panel.plot(X, X)[0] for panel in axes]

    def move(frequency):
        for line, curve in zip(lines, curves(frequency)):
            line.set_ydata(curve)
        return {"frequency": frequency}

    return LiveFigure(figure, lines, move, frequency=number("frequency", 0, 10, 1, step=0.1))

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
CASES = {"a: slider, Python, label": 0, "b: live figure": 2, "c: interact and plt.show()": 3}

# Note the time from a key to the first frame after label or picture have changed and a picture is decoded.
WATCH = """number => {
  const cell = course.cells()[number].node, area = cell.querySelector(".jp-OutputArea");
  const state = () => area.querySelector("img")?.src ?? area.querySelector(".widget-label:last-child").innerText;
  const before = state();
  course.latency = null;
  cell.addEventListener("keydown", ({ timeStamp }) => {
    const look = async () => {
      const image = area.querySelector("img");
      if (!area.querySelector(".noUi-handle") || state() === before || (image && !image.naturalWidth)) {
        requestAnimationFrame(look);
        return;
      }
      await image?.decode().catch(() => {});
      requestAnimationFrame(() => setTimeout(() => course.latency = performance.now() - timeStamp));
    };
    look();
  }, { once: true, capture: true });
  cell.querySelector(".noUi-handle").focus();
}"""
