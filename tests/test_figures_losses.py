"""The figures of chapter 4 say what is drawn, from known numbers."""

import numpy as np
import pytest

from helpers.figures import losses as chapter4
from helpers.live.losses import (
    best_guess,
    confident_mistake,
    logits_to_probabilities,
    most_likely_value,
    yogurt_plan,
)
from helpers.losses import softmax, softmax_cross_entropy


def test_loss_shapes_tell_each_loss():
    error = np.linspace(-2, 2, 5)
    told = chapter4.loss_shapes(error, {"squared": error**2, "absolute": abs(error)}).description
    assert "(loss against error: prediction - target)" in told
    assert "curve 'squared': runs from 4 at" in told and "highest 4 at -2" in told
    assert "curve 'absolute': runs from 2 at" in told and "highest 2 at -2" in told
    assert "notes: too little left of (0, 92 %); too much at (0, 92 %)" in told


def test_excess_loss_tells_each_run_from_its_first_step_to_its_last():
    told = chapter4.excess_loss({"slow": 1 / np.arange(1, 10_001), "fast": [1, 0.01, 0.0001]}).description
    assert "curve 'slow': falls from 1 at step = 1 through" in told and "to 0.0001 at step = 10000" in told
    assert "curve 'fast': falls from 1 at step = 1 through 0.01 at step = 2 to 0.0001 at step = 3" in told


def test_last_steps_tell_loss_path_and_optimum():
    weights = np.array([[1.0, 2.0], [3.0, 1.0], [2.0, 4.0]])
    told = chapter4.last_steps(np.array([7.0, 5.0, 6.0]), weights, 4.5, np.array([2.5, 1.5])).description
    assert "curve 'loss': runs from 7" in told and "= -2 through 5 at" in told and "to 6 at" in told
    assert "points 'last step': 6 at step, counted from the end = 0" in told
    assert "curve 'least possible': a horizontal line at 4.5" in told
    assert "3 points from 2 at w_1 = 1 through 1 at w_1 = 3 to 4 at w_1 = 2" in told
    assert "points 'last step': 4 at w_1 = 2" in told and "points 'optimum': 1.5 at w_1 = 2.5" in told


def test_accuracy_by_rate_tells_medians_in_the_order_of_the_rates_and_the_range():
    results = {"a": {1.0: np.array([0.5, 0.6, 0.9]), 0.1: np.array([0.2, 0.3, 0.31])}}
    told = chapter4.accuracy_by_rate(results).description
    assert (
        "Panel 1: All rates (test accuracy (%) against learning rate).\n- axes: x logarithmic, y from 0 to 104\n"
        in told
    )
    assert "curve 'a': rises from 30 at learning rate = 0.1 to 60 at learning rate = 1" in told
    assert "2 line pieces: 0.1 to 1 across and 20 to 90 up; (0.1, 20) to (0.1, 31), (1, 50) to (1, 90)" in told


def test_accuracies_over_nine_tenths_are_shown_once_more_and_larger():
    told = chapter4.accuracy_by_rate({"a": {1.0: np.array([0.95, 0.96]), 0.1: np.array([0.92, 0.93])}}).description
    nearer = told.split("Panel 2: The best ones, nearer")[1]
    assert "y from 90 to 100\n" in nearer and "curve 'a': rises from 92.5" in nearer


def test_noise_and_loss_tells_densities_and_their_surprise():
    error = np.linspace(-2, 2, 5)
    told = chapter4.noise_and_loss(error, {"Gaussian": error**2, "Laplace": abs(error)}).description
    densities, surprises = told.split("Panel 2")
    assert "curve 'Gaussian': " in densities and "highest 1 at 0" in densities
    assert "curve 'Laplace': runs from 2 at error = -2" in surprises and "lowest 0 at 0" in surprises


def test_errors_by_noise_tells_the_root_of_the_mean_square_of_each():
    told = chapter4.errors_by_noise({"even": {"squared": [3.0, 3.0], "absolute": [1.0, 7.0]}}).description
    assert "along x: even at 0" in told
    assert "points 'squared': 3 at" in told and "points 'absolute': 5 at" in told


# -- live figures: what they read off ------------------------------------------------------------------------------


def test_the_published_prices_have_the_known_optimum():
    live = yogurt_plan()
    assert live.readout["w1"] == pytest.approx(1.127913, abs=1e-6)
    assert live.readout["w2"] == pytest.approx(1.031766, abs=1e-6)
    assert live.readout["loss"] == pytest.approx(5.541, abs=1e-3)
    assert live.readout["days with enough"] == "31 of 32"


@pytest.mark.parametrize("twice", [False, True])
@pytest.mark.parametrize("label", ["cat", "dog", "bird"])
def test_the_slopes_of_softmax_once_and_twice_match_central_differences(label, twice):
    live, step = logits_to_probabilities(), 1e-5
    z, target = np.array([0.5, -0.2, 1.1]), ["cat", "dog", "bird"].index(label)
    live.set(cat=z[0], dog=z[1], bird=z[2], label=label, twice=twice)
    shown = [bar.get_height() for bar in live._canvas.moving[3:]]

    def loss(z):
        return softmax_cross_entropy(softmax(z) if twice else z, target)

    numeric = [(loss(z + step * unit) - loss(z - step * unit)) / (2 * step) for unit in np.eye(3)]
    np.testing.assert_allclose(shown, numeric, atol=1e-8)


def test_a_temperature_divides_the_logits():
    live = logits_to_probabilities()
    live.set(cat=4, dog=2, bird=-2, temperature=2)
    shown = [bar.get_height() for bar in live._canvas.moving[:3]]
    np.testing.assert_allclose(shown, softmax([2.0, 1.0, -1.0]))


def test_the_pull_can_be_seen_in_powers_of_ten_and_back():
    live = confident_mistake()
    plain = live.png()
    live.set(powers=True)
    assert "y logarithmic" in live.description
    live.set(powers=False)
    assert live.png() == plain


@pytest.mark.parametrize("noise", ["Gaussian", "Laplace"])
@pytest.mark.parametrize("sun", [21, 27])
def test_the_star_is_the_most_likely_value(noise, sun):
    live = most_likely_value()
    live.set(noise=noise, sun=sun, spread=0.7, guess=19)
    curve, star, now = live._canvas.moving[3:]
    x, y = curve.get_data()
    assert star.get_xdata()[0] == pytest.approx(x[y.argmin()], abs=0.05)
    assert star.get_ydata()[0] <= y.min() + 1e-9
    assert live.readout["total surprise"] == pytest.approx(np.interp(19, x, y)) == now.get_ydata()[0]
    assert live.readout["likelihood"] == pytest.approx(np.exp(-live.readout["total surprise"]))


@pytest.mark.parametrize("start", [-12, -8, 0, 6])
def test_the_pull_at_a_confident_mistake_is_the_slope_of_the_loss(start):
    live, step = confident_mistake(), 1e-5
    live.set(start=start)

    def p(z):
        return 1 / (1 + np.exp(-z))

    for name, loss in {"cross-entropy": lambda z: -np.log(p(z)), "squared error": lambda z: (1 - p(z)) ** 2}.items():
        numeric = -(loss(start + step) - loss(start - step)) / (2 * step)
        assert live.readout[f"pull, {name}"] == pytest.approx(numeric, rel=1e-4, abs=1e-9)


def test_only_the_mean_follows_one_long_wait():
    live = best_guess()
    before = dict(live.readout)
    live.set(longest=30)
    assert live.readout["least at the mean"] == pytest.approx(before["least at the mean"] + 17 / 11)
    for name in ("least at the median", "least at the 0.90-quantile"):
        assert live.readout[name] == before[name]


def test_each_star_is_the_lowest_point_of_its_curve():
    live = best_guess()
    for tau in (0.05, 0.5, 0.75, 0.95):
        live.set(tau=tau)
        _, curves, stars, _ = np.array(live._canvas.moving, dtype=object).reshape(4, 3)
        for curve, star in zip(curves, stars, strict=True):
            x, y = curve.get_data()
            assert star.get_xdata()[0] == pytest.approx(x[y.argmin()], abs=0.05 + 1e-9)
            assert star.get_ydata()[0] <= y.min() + 1e-9
