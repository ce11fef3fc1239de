"""The figures of chapter 1 say what was counted; its live figures keep what the reader measured and registered."""

import csv

import numpy as np
import pytest

from helpers.complexity import Dense, Flatten, MaxPool2D, count, lenet5
from helpers.datasets import data_folder, digits, pooled_digits
from helpers.figures import complexity as figures
from helpers.live import complexity as live

# -- drawings of networks ------------------------------------------------------------------------------------------


def test_a_small_network_is_drawn_in_full():
    told = figures.network_drawing([3, 4, 2]).description
    assert told.startswith("Plot: 3-4-2")
    assert "points 'dots for units left out': empty" in told
    assert "20 line pieces 'weights'" in told and "7 line pieces 'weights of one unit'" in told
    assert "notes: input: 3 at (0, 4.5); hidden: 4 at (0.5, 4.5); output: 2 at (1, 4.5); " in told
    assert "; 12 weights + 4 biases at (0.25, -5); 8 weights + 2 biases at (0.75, -5)" in told


def test_large_layers_are_drawn_with_dots():
    told = figures.network_drawing([784, 128, 10]).description
    assert "72 line pieces 'weights'" in told  # six units of each layer are drawn
    assert "notes: input: 784 at (0, 4.5); hidden: 128 at (0.5, 4.5); output: 10 at (1, 4.5); " in told
    assert "; 100,352 weights + 128 biases at (0.25, -5); 1,280 weights + 10 biases at (0.75, -5)" in told


def test_a_network_without_hidden_layers():
    told = figures.network_drawing([1, 1]).description
    assert "notes: input: 1 at (0, 4.5); output: 1 at (1, 4.5); 1 weight + 1 bias at (0.5, -5)" in told
    assert "- 1 line piece 'weights': 0 to 1 across and 0 to 0 up; (0, 0) to (1, 0)\n" in told


@pytest.mark.parametrize("units", [1, 2, figures.SHOWN, figures.SHOWN + 1, 1000])
def test_units_stand_apart_and_centred(units):
    drawn, dots = figures.unit_heights(units)
    assert len(drawn) == min(units, figures.SHOWN if units <= figures.SHOWN else figures.SHOWN - 1)
    assert len(dots) == (3 if units > figures.SHOWN else 0)
    heights = np.sort(np.concatenate([drawn, dots]))
    assert np.allclose(heights, -heights[::-1]) and abs(heights).max() < 4
    assert (np.diff(drawn) <= -0.9).all()


def test_hidden_layers_of_no_units_are_left_out():
    shown = live.network_of_any_size()
    shown.set(hidden_1=0, hidden_2=5, inputs=784, outputs=10)
    assert shown.readout == {"layers": 2, "hidden": 1, "parameters": "3,985", "multiply-adds": "3,970"}
    shown.set(hidden_2=0)
    assert shown.readout["layers"] == 1 and "hidden: " not in shown.description.split("Shown")[0]


# -- shares and pictures -------------------------------------------------------------------------------------------


def test_shares_are_those_of_the_layers_with_weights():
    layers = [MaxPool2D(2), Flatten(), Dense(4, 3), Dense(3, 1)]
    told = figures.layer_shares(count(layers, (1, 4, 4)), title="T").description
    assert told.startswith("Figure: T.\nPanel 1: 19 parameters")
    assert "2 bars: dense 1: 78.9, dense 2: 21.1" in told
    assert "Panel 2: 15 multiply-adds" in told and "2 bars: dense 1: 80, dense 2: 20" in told


def test_shares_of_lenet():
    told = figures.layer_shares(count(lenet5(), (1, 32, 32))).description
    assert "conv 1: 0.253, conv 2: 3.92, dense 3: 78, dense 4: 16.5, dense 5: 1.38" in told
    assert "conv 1: 28.2, conv 2: 57.6, dense 3: 11.5, dense 4: 2.42, dense 5: 0.202" in told


def test_shrunken_digits_are_means():
    full = digits().inputs[0].reshape(8, 8)
    assert np.array_equal(pooled_digits(8).inputs[0], full.ravel())
    assert pooled_digits(4).inputs[0, 1] == full[:2, 2:4].mean()
    assert pooled_digits(2).inputs.shape == (1797, 4)
    told = figures.shrunken_digits((8, 2), samples=3).description
    assert "8 × 8 pixels: 64 inputs" in told and "image of 8 by 28 values from 0 to 16" in told
    assert "2 × 2 pixels: 4 inputs" in told and "image of 2 by 8 values" in told


# -- live figures --------------------------------------------------------------------------------------------------


def test_memory_adds_up():
    shown = live.memory_in_training()
    shown.set(network="784-128-10", optimiser="adam", batch_size=1)
    assert "parameters: 25, gradients: 25, optimiser state: 50, activations: 0.0339" in shown.description
    assert shown.readout["in total"] == "1.63 MB" and shown.readout["parameters alone"] == "407 kB"


@pytest.mark.parametrize(("size", "words"), [(0, "0 bytes"), (999, "999 bytes"), (1000, "1 kB"), (5.53e8, "553 MB")])
def test_bytes_are_told_with_their_unit(size, words):
    assert live.in_bytes(size) == words


def test_the_window_computes_what_it_covers():
    shown = live.sliding_window()
    image = digits().inputs[3].reshape(8, 8)
    shown.set(kernel="mean", position=36)
    assert shown.readout["output here"] == pytest.approx(image[5:, 5:].mean())
    assert shown.readout["multiply-adds so far"] == 324
    shown.set(kernel="edges from left", position=8)
    assert shown.readout["output here"] == image[1:4, 3].sum() - image[1:4, 1].sum()


def test_a_convolution_keeps_its_parameters_as_the_image_grows():
    shown = live.convolution_against_dense()
    assert shown.readout["parameters, convolution"] == "156" and shown.readout["MACs, convolution"] == "117,600"
    shown.set(side=56)
    assert shown.readout["parameters, convolution"] == "156" and shown.readout["MACs, convolution"] == "470,400"
    assert "curve 'convolution': stays at 156" in shown.description


def test_times_are_measured_only_when_asked_for():
    shown = live.time_against_macs()
    assert shown.readout["measured"] == "not yet"
    try:
        shown.measure(repeats=1)
        assert shown.readout["times as many MACs"] == "262,144"
        assert "curve 'measured here, batch 1': empty" not in shown.description
        assert "curve 'measured here, batch 64': empty" in shown.description
    finally:
        shown.forget()
    assert shown.description == live.time_against_macs().description


def test_epochs_are_measured_only_when_asked_for_and_only_what_was_chosen():
    shown = live.time_of_an_epoch()
    assert shown.readout["growth of multiply-adds"] == "× 962"
    assert shown.readout["here"] == "not yet"
    try:
        shown.set(grows="samples in a batch, from 4")
        assert shown.readout["growth of multiply-adds"] == "× 1"
        shown.measure(repeats=1)
        assert shown.readout["growth of times here"].startswith("× ")
        assert "curve 'epoch, measured here': empty" not in shown.description
        shown.set(grows="networks at once, from 1")
        assert "curve 'epoch, measured here': empty" in shown.description
    finally:
        shown.forget()
    assert shown.readout["here"] == "not yet"


# -- the game ------------------------------------------------------------------------------------------------------


@pytest.fixture
def game():
    shown = live.parameter_budget_game()
    yield shown
    shown.board.forget()


def test_a_network_within_budget_and_goal_solves_its_level(game):
    assert "solved" not in game.board.html
    game.set(level="4: 88 % with 200 parameters", image="4 × 4 pixels", hidden_1=0)
    assert game.readout["level"] == "✓ solved" and game.readout["parameters"] == "170 of 200"
    assert "solved" not in game.board.html
    game.board.register()
    assert game.board.html.count("✓ solved: 16-10") == 1 and game.board.html.count("✗ not yet: 16-10") == 3
    assert "points 'registered': 8" in game.description


def test_a_network_over_budget_does_not(game):
    game.set(level="4: 88 % with 200 parameters", hidden_1=0)
    assert game.readout["level"] == "✗ not yet" and game.readout["parameters"] == "650 of 200"
    game.board.register()
    game.set(image="4 × 4 pixels")
    game.board.register()
    assert game.board.html.count("✓ solved: 64-10") == 1  # level 2; the smaller network reads fewer


SOLUTIONS = [
    {"image": "8 × 8 pixels", "hidden_1": 32},
    {"image": "8 × 8 pixels", "hidden_1": 0},
    {"image": "4 × 4 pixels", "hidden_1": 16},
    {"image": "4 × 4 pixels", "hidden_1": 0},
]


@pytest.mark.parametrize(("level", "solution"), list(zip(live.LEVELS, SOLUTIONS, strict=True)))
def test_each_level_can_be_solved(game, level, solution):
    game.set(level=level, **solution)
    assert game.readout["level"] == "✓ solved"


def test_the_board_outlives_the_widget_and_keeps_each_network_once(game):
    game.board.register()
    game.board.register()
    again = live.parameter_budget_game()
    assert again.board.html == game.board.html and "64-4-10" in again.board.html
    assert len(again.board.entries) == 1


# -- the table of counting tools -----------------------------------------------------------------------------------


def test_the_table_of_tools_is_complete():
    with (data_folder() / "counting_tools.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len({row["tool"] for row in rows}) == len(rows) == 11
    for row in rows:
        assert int(row["3-4-2"]) >= 20 and int(row["LeNet-5"]) >= 416_520 and int(row["VGG-16"]) >= 15_470_264_320
        assert row["convention"]
