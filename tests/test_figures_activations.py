"""The figures of chapter 3 say what they show: a wrong number must make wrong words."""

import numpy as np
import pytest
from matplotlib.quiver import Quiver

from helpers.activations import ACTIVATIONS, leaky_relu, relu, sigmoid
from helpers.experiments.activations import GOAL, Shifted, centred_pairs, code_of, curvature_matrix, scaled, walk
from helpers.figures import activations as figures
from helpers.initialisers import INITIALISERS
from helpers.live.activations import dead_relus, price_of_a_bend, vanishing_gradients
from helpers.network import Network


def test_activation_panels_tell_each_function_and_its_slope():
    told = figures.activation_panels({"sigmoid": sigmoid, "leak": leaky_relu.with_slope(0.5)}).description
    sigmoids, leak = told.split("Panel 2: leak")
    assert "Panel 1: sigmoid" in sigmoids
    assert "curve 'f(x)': rises from 0.00247 at x = -6" in sigmoids and "0.998 at x = 6" in sigmoids
    assert "highest 0.25 at 0" in sigmoids
    assert "curve 'f(x)': rises from -3 at x = -6" in leak and "6 at x = 6" in leak
    assert "curve 'slope f'(x)': rises from 0.5 at x = -6" in leak and "1 at x = 6" in leak


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_activation_can_be_drawn(name):
    assert "not finite" not in figures.activation_panels({name: ACTIVATIONS[name]}).description


def test_histograms_tell_how_many_fall_where():
    samples = {("raw", "cm"): [0, 0, 0, 1], ("scaled", "deviations"): [-1, 1, 1, 1]}
    told = figures.histograms(samples, bins=2, ylabel="flowers").description
    assert "Panel 1: raw (flowers against cm).\n- 2 bars: 0.25: 3, 0.75: 1" in told
    assert "Panel 2: scaled" in told and "2 bars: -0.5: 1, 0.5: 3; each 1 wide" in told


def test_histograms_go_from_where_to_where_one_says():
    shown = figures.histograms({("a", "x"): [0.9, 1.0], ("b", "x"): [3, 4]}, bins=2, spans=[(0, 1), (0, 8)])
    assert [axes.get_xlim() for axes in shown.figure.axes] == [(0, 1), (0, 8)]
    assert "2 bars: 0.25: 0, 0.75: 2" in shown.description and "2 bars: 2: 1, 6: 1" in shown.description


def test_medians_and_ranges_tell_the_middle_the_range_and_the_bound():
    curves = {"measured": np.array([[1.0, 2.0, 9.0], [10.0, 20.0, 90.0]])}
    told = figures.medians_and_ranges(curves, ylabel="size", bounds={"theory": np.array([3.0, 30.0])}).description
    assert told.startswith("Plot (size against layer).\n- axes: y logarithmic\n")
    assert "curve 'measured': rises from 2 at layer = 1 to 20 at layer = 2" in told
    assert "curve 'theory': rises from 3 at layer = 1 to 30 at layer = 2" in told
    assert "band: 1 to 2 across and 1 to 90 up" in told


def test_medians_and_ranges_take_other_points_and_scales():
    shown = figures.medians_and_ranges(
        {"dead": np.array([[0.0], [0.5]])}, [0.1, 10], xlabel="rate", ylabel="share", xscale="log", yscale="linear"
    )
    axes = shown.figure.axes[0]
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "linear")
    assert "curve 'dead': rises from 0 at rate = 0.1 to 0.5 at rate = 10" in shown.description


def test_dots_and_ranges_go_from_top_to_bottom():
    told = figures.dots_and_ranges({"first": [0.1, 0.2, 0.9], "second": [0.5, 0.5, 0.5]}, xlabel="accuracy").description
    assert "curve 'first, range': stays at 1 from accuracy = 0.1 to 0.9" in told
    assert "points 'first': 1 at accuracy = 0.2" in told
    assert "points 'second': 0 at accuracy = 0.5" in told
    assert "- along y: second at 0, first at 1\n" in told


def test_an_ellipse_lies_where_the_loss_has_its_height():
    curvature = np.array([[3.0, 1.0], [1.0, 2.0]])
    offset = figures.ellipse(curvature, (1.0, -1.0), 0.5) - np.array([[1.0], [-1.0]])
    assert np.allclose(np.einsum("ik,ij,jk->k", offset, curvature, offset) / 2, 0.5)


def test_weight_walks_tell_path_start_and_goal():
    path = np.array([[0.0, 0.0], [0.5, -0.25], [1.0, -1.0]])
    drawn = figures.weight_walks({"one": (path, np.eye(2)), "two": (path / 2, np.eye(2))}, GOAL)
    for arrows in (one for axes in drawn.figure.axes for one in axes.collections if isinstance(one, Quiver)):
        assert (arrows.angles, arrows.scale_units, arrows.scale) == ("xy", "xy", 1)  # from each point to the next
    first, second = drawn.description.split("Panel 2: two")
    assert "points 'goal': -1 at weight w_1 = 1" in first and "points 'start': 0 at weight w_1 = 0" in first
    assert "curve 'path': falls from 0 at weight w_1 = 0" in first and "to -1 at weight w_1 = 1" in first
    assert "to -0.5 at weight w_1 = 0.5" in second
    assert first.count("coloured by values from 1 to 2, mean 1.5: 1, 2;") == 1  # light first, dark last


# -- what the live figures compute ---------------------------------------------------------------------------------


def test_a_step_of_the_walk_follows_the_gradient_of_its_batch():
    inputs = np.array([[1.0, 2.0], [3.0, 1.0], [0.5, 0.5]])

    def loss(w):
        return np.mean((inputs[:2] @ w - inputs[:2] @ GOAL) ** 2)

    h = 1e-6
    measured = [(loss(h * e) - loss(-h * e)) / (2 * h) for e in np.eye(2)]
    assert walk(inputs, 0.1, 1, batch_size=2)[1] == pytest.approx(-0.1 * np.array(measured))


def test_the_walk_takes_the_samples_in_turn_and_begins_anew():
    inputs = np.array([[1.0, 0.0], [0.0, 1.0]])
    assert walk(inputs, 0.5, 3) == pytest.approx(np.array([[0, 0], [1, 0], [1, -1], [1, -1]]))


def test_the_curvature_matrix_is_that_of_the_mean_loss():
    inputs = np.array([[1.0, 2.0], [3.0, 1.0]])
    w = GOAL + np.array([0.3, 0.7])
    loss = np.mean((inputs @ w - inputs @ GOAL) ** 2)
    assert (w - GOAL) @ curvature_matrix(inputs) @ (w - GOAL) / 2 == pytest.approx(loss)


def test_the_pairs_are_centred():
    assert centred_pairs().mean(axis=0) == pytest.approx([0, 0], abs=1e-15)
    assert centred_pairs().shape == (24, 2) and abs(centred_pairs()).max() < 1


@pytest.mark.parametrize("name", INITIALISERS)
def test_scaled_multiplies_the_weights_and_nothing_else(name):
    once, thrice = (f(5, 4, np.random.default_rng(1)) for f in (INITIALISERS[name], scaled(name, 3)))
    assert np.allclose(thrice, 3 * once)


@pytest.mark.parametrize("x", [0.5, np.float32(-2), np.linspace(-3, 3, 7)])
def test_a_shifted_activation_lies_lower_and_is_as_steep(x):
    shifted = Shifted(sigmoid, 0.5)
    assert shifted(x) == pytest.approx(sigmoid(x) - 0.5) and shifted(x).dtype == sigmoid(x).dtype
    assert np.array_equal(shifted.derivative(x), sigmoid.derivative(x))
    x = np.array([x])
    out = np.empty_like(x)
    assert shifted(x, out=out) is out and out == pytest.approx(sigmoid(x) - 0.5)


def test_layers_beyond_the_frame_are_marked():
    live = vanishing_gradients()
    assert live.description.count("points 'above the frame': empty") == 2
    assert live.description.count("points 'below the frame': empty") == 2
    live.set(activation="relu", factor=20.0, layers=30)
    back, forth = live.description.split("Panel 2")
    assert "'above the frame': stays at 1e+08 from layer = 1 to 22" in back
    assert "'above the frame': stays at 1e+08 from layer = 8 to 30" in forth
    live.set(activation="tanh", initialisation="normal", factor=0.1)
    back, forth = live.description.split("Panel 2")
    assert "'below the frame': stays at 1e-17 from layer = 1 to 17" in back
    assert "'below the frame': stays at 1e-17 from layer = 13 to 30" in forth


def test_the_code_of_a_function_comes_without_docstring_and_decorator():
    @np.errstate(over="ignore")
    def twice(x):
        """Say it.

        At length.
        """
        # Once more.
        return 2 * x

    def once(x):
        return x

    assert code_of(twice) == "def twice(x):\n    # Once more.\n    return 2 * x"
    assert code_of(once) == "def once(x):\n    return x"


def test_no_unit_of_a_diverged_network_counts_as_dead():
    live = dead_relus()
    assert live.readout["state"] == "finite" and live.readout["dead in layer 2"] != "0 of 64"
    assert "points 'dead': empty" in live.description.split("Panel 2")[0]
    live.set(learning_rate=2.0, factor=5.6, slope=0.3)
    assert live.readout["state"] == "diverged" and live.readout["dead in layer 2"] == "unknown"
    assert live.description.count("points 'dead': empty") == 2
    assert live.description.count("diverged: no numbers left") == 2


def test_a_finite_network_is_not_called_diverged():
    assert "diverged" not in dead_relus().description


def test_bends_are_timed_only_when_asked_for():
    live = price_of_a_bend()
    assert "points 'measured here': empty" in live.description
    assert "4 points from 0 at time (ReLU = 1) = 6.65" in live.description and "sigmoid at 0" in live.description
    try:
        live.set(numbers="1,000")
        live.measure(repeats=1)
        assert live.readout["sigmoid, compared with ReLU"].startswith("× ")
        assert "points 'measured here': empty" not in live.description
        live.set(numbers="10,000")
        assert "points 'measured here': empty" in live.description
    finally:
        live.forget()


def test_every_panel_of_activations_has_the_same_scale():
    shown = figures.activation_panels({"a": sigmoid, "b": relu})
    assert len({axes.get_ylim() for axes in shown.figure.axes}) == 1


def test_all_and_close_up_show_each_curve_alike_in_both_panels():
    curves = {"small": np.array([[1e-9, 1e-9], [1e-4, 1e-4]]), "large": np.array([[1.0, 2.0], [3.0, 4.0]])}
    shown = figures.all_and_close_up(curves, ["large"], ylabel="size", bounds={"theory": np.array([1e-3, 1.0])})
    first, second = shown.description.split("Panel 2: ")
    assert "curve 'small'" in first and "curve 'large'" in first and "curve 'theory'" in first
    assert "curve 'theory': rises from 0.001 at layer = 1 to 1 at layer = 2" in first
    assert "curve 'small'" not in second and "curve 'large': rises from 1.5 at layer = 1 to 3.5 at layer = 2" in second
    left, right = shown.figure.axes
    assert left.lines[1].get_color() == right.lines[0].get_color()
    assert left.lines[1].get_linestyle() == right.lines[0].get_linestyle()


def test_units_and_sum_tell_the_parts_and_the_joints():
    tent = Network([1, 3, 1], "relu", "mean_squared_error", dtype=np.float64)
    tent.weights[0][:, 0], tent.biases[0][:] = 1, [1, 0, -1]
    tent.weights[1][0] = [1, -2, 1]
    parts, whole = figures.units_and_sum(tent, reach=3.0).description.split("Panel 2: ")
    assert "curve 'unit 1': rises from 0 at x = -3" in parts and "4 at x = 3" in parts
    assert "curve 'unit 2': falls from 0 at x = -3" in parts and "-6 at x = 3" in parts
    assert "points 'joints': runs from 0 at x = -1 through 1 at x = 0 to 0 at x = 1" in whole
    assert "highest 1 at 0" in whole


def test_the_signal_of_deep_networks_has_a_frame_that_holds_it():
    live = vanishing_gradients()
    forth = live._figure.axes[1]
    frames = []
    for factor in (1.0, 1.5, 20.0):
        live.set(activation="relu", initialisation="he", factor=factor)
        frames.append(forth.get_ylim())
    assert frames == [(1e-2, 1e2), (1e-6, 1e6), (1e-18, 1e9)]
