"""What each figure that does not move shows of known numbers: its words, and colours, line styles and markers besides.

`figures.toml` lists it. What stands there was read by a person: a label and the curve beside it have to say the same,
and the curve has to lie where the known numbers put it.
"""

import importlib
import inspect
import json
import pkgutil
import tomllib
from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_hex

import helpers.figures
from helpers.activations import relu, sigmoid
from helpers.complexity import count, mlp
from helpers.descent import gradient_descent
from helpers.experiments.capstone import stopping
from helpers.experiments.sweeps import Sweep
from helpers.figures import activations, capstone, complexity, learning_rate, losses, more_on_activations
from helpers.network import Network
from helpers.schedules import constant, exponential_decay

X = np.array([1.0, 2.0, 4.0])
RUNS = np.array([[1.0, 2.0, 9.0], [2.0, 4.0, 18.0], [4.0, 8.0, 36.0]])
NAMES = {
    "#0072b2": "blue",
    "#d55e00": "orange",
    "#009e73": "green",
    "#cc79a7": "pink",
    "#e69f00": "amber",
    "#56b4e9": "sky",
    "#222222": "black",
    "#767676": "grey",
    "#ffffff": "white",
}


def tent():
    network = Network([1, 2, 1], "relu", "mean_squared_error", dtype=np.float64)
    network.weights[0][:, 0], network.biases[0][:] = 1, [1, -1]
    network.weights[1][0] = [1, -2]
    return network


def descent(rate):
    return gradient_descent(lambda w: (w + 1) ** 2, lambda w: 2 * (w + 1), 5.0, rate, 2)


#: Each figure, drawn from known numbers.
DRAWN = {
    "activation_panels": lambda: activations.activation_panels({"sigmoid": sigmoid, "ReLU": relu}),
    "histograms": lambda: activations.histograms({("raw", "cm"): X, ("scaled", "deviations"): X}, bins=2),
    "medians_and_ranges": lambda: activations.medians_and_ranges(
        {"a": RUNS, "b": RUNS}, ylabel="size", bounds={"c": X}
    ),
    "all_and_close_up": lambda: activations.all_and_close_up(
        {"a": RUNS, "b": RUNS}, ["b"], ylabel="size", bounds={"c": X}
    ),
    "units_and_sum": lambda: activations.units_and_sum(tent(), 2.0),
    "dots_and_ranges": lambda: activations.dots_and_ranges({"first": X, "second": X}, xlabel="share"),
    "weight_walks": lambda: activations.weight_walks({"walk": (np.array([[0, 0], [1, -1]]), np.eye(2))}, (1, -1)),
    "network_drawing": lambda: complexity.network_drawing([3, 4, 5, 2]),
    "layer_shares": lambda: complexity.layer_shares(count(mlp([4, 3, 1]), (4,)), title="shares"),
    "shrunken_digits": lambda: complexity.shrunken_digits((8, 2), samples=2),
    "bowl_paths": lambda: learning_rate.bowl_paths({"slow": descent(0.1), "fast": descent(0.9)}),
    "distances": lambda: learning_rate.distances({"slow": X, "fast": X}),
    "schedule_curves": lambda: learning_rate.schedule_curves(
        {"level": constant(0.1), "falling": exponential_decay(1.0, 0.5, 10)}, 4
    ),
    "training_spread": lambda: learning_rate.training_spread({"a": RUNS, "b": RUNS}),
    "loss_by_rate": lambda: learning_rate.loss_by_rate({"a": (X, RUNS), "b": (X, RUNS)}, ylabel="loss", limits=(1, 9)),
    "loss_shapes": lambda: losses.loss_shapes(X, {"squared": X**2, "absolute": X}),
    "excess_loss": lambda: losses.excess_loss({"slow": X, "fast": X}),
    "last_steps": lambda: losses.last_steps(X, np.stack([X, X], axis=1), 0.5, (2.0, 3.0)),
    "accuracy_by_rate": lambda: losses.accuracy_by_rate({"a": {0.1: X / 5, 1.0: X / 4}, "b": {0.1: X / 5}}),
    "noise_and_loss": lambda: losses.noise_and_loss(X, {"Gaussian": X**2, "Laplace": X}),
    "errors_by_noise": lambda: losses.errors_by_noise(
        {"even": {"squared": X, "absolute": X}, "odd": {"squared": X, "absolute": X}}
    ),
    "paired_differences": lambda: capstone.paired_differences(
        X, np.array([0.5, 2.0, 1.0]), ("old", "new"), ylabel="errors", repetition="split"
    ),
    "parting_losses": lambda: capstone.parting_losses([stopping(0, 0.2, hidden=(4,), rate=0.5, epochs=2, images=20)]),
    "valleys": lambda: more_on_activations.valleys(
        {name: Sweep((0.1, 1.0), RUNS[:2, np.newaxis] / 100, RUNS[:2, np.newaxis]) for name in ("a", "b")}, epoch=1
    ),
}


def named(colour):
    return NAMES.get(to_hex(colour), to_hex(colour))


def legend_of(owner):
    """Return label, colour, line style and marker of each entry of a legend."""
    legend = owner.get_legend() if hasattr(owner, "get_legend") else (owner.legends or [None])[0]
    if legend is None:
        return []
    entries = zip(legend.legend_handles, legend.get_texts(), strict=True)
    return [f"in the legend: {text.get_text()}: {look(handle)}" for handle, text in entries]


def look(line):
    style, marker = line.get_linestyle(), line.get_marker()
    return " ".join(
        [named(line.get_color()), *(part for part in (style, marker) if part not in ("None", "none", None))]
    )


def looks(described):
    """Return what a figure says of itself, and how its curves and bars look, line by line."""
    told, figure = described.description.splitlines(), described.figure
    for axes in figure.axes:
        told += [f"{line.get_label()}: {look(line)}" for line in axes.lines]
        told += [f"bars: {named(bars.patches[0].get_facecolor())}" for bars in axes.containers]
        told += legend_of(axes)
    return told + legend_of(figure)


def in_toml(strings):
    return "\n".join(["[", *(f"    {json.dumps(one, ensure_ascii=False)}," for one in strings), "]"])


def test_every_figure_is_listed():
    found = set()
    for module in pkgutil.iter_modules(helpers.figures.__path__, "helpers.figures."):
        for name, function in inspect.getmembers(importlib.import_module(module.name), inspect.isfunction):
            if (
                function.__module__ == module.name
                and function.__closure__
                and "DescribedFigure" in inspect.getdoc(function)
            ):
                found.add(name)
    assert found == set(DRAWN), "call each figure from known numbers in DRAWN, above"


@pytest.mark.parametrize("name", DRAWN)
def test_a_figure_names_and_draws_its_parts_as_listed(name):
    listed = tomllib.loads(Path(__file__).with_name("figures.toml").read_text("utf-8"))
    shown = looks(DRAWN[name]())
    assert shown == listed.get(name), f"if that is meant, write in tests/figures.toml:\n{name} = {in_toml(shown)}"
