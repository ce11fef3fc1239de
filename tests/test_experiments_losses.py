"""What chapter 4 computes: fits to new noise, likelihoods, estimates and digits, against the slow way."""

import numpy as np
import pytest

from helpers.datasets import yogurt_sales
from helpers.descent import gradient_descent
from helpers.experiments import losses as experiments
from helpers.experiments.losses import redrawn_fits
from helpers.losses import huber_loss, mean_squared_error, one_hot, softmax, softmax_cross_entropy
from helpers.network import Network
from helpers.training import train


def test_fits_that_end_early_are_those_of_a_descent():
    x, start = yogurt_sales().inputs, np.array([-0.8, 1.5])
    optima, unfinished = redrawn_fits(x, start, learning_rate=0.3, steps=50, redraws=3, seed=4)
    noise = np.random.default_rng(4).uniform(-0.05, 0.05, (len(x), 3))
    for draw in range(3):
        sales = x.sum(axis=1) + noise[:, draw]
        path = gradient_descent(
            lambda w, y=sales: mean_squared_error(x @ w, y),
            lambda w, y=sales: mean_squared_error.gradient(x @ w, y) @ x,
            start,
            0.3,
            50,
        )
        np.testing.assert_allclose(unfinished[:, draw], path.parameters[-1], rtol=1e-9)
        np.testing.assert_allclose(optima[:, draw], np.linalg.lstsq(x, sales)[0], rtol=1e-9)
        assert abs(unfinished - optima).max() > 1e-3


@pytest.mark.parametrize("noise", experiments.SURPRISES)
@pytest.mark.parametrize("spread", [0.5, 2.0])
def test_the_density_behind_a_surprise_is_one_and_has_that_spread(noise, spread):
    errors = np.linspace(-60, 60, 240_001)
    density = np.exp(-experiments.SURPRISES[noise](errors, spread))
    assert np.trapezoid(density, errors) == pytest.approx(1, abs=1e-6)
    size = np.sqrt(np.trapezoid(density * errors**2, errors))
    assert size == pytest.approx({"Gaussian": 1, "Laplace": np.sqrt(2)}[noise] * spread, abs=1e-5)


def test_the_total_surprise_is_minus_the_logarithm_of_the_product():
    measured, guesses = np.array([1.0, 2.0, 4.0]), np.array([[0.0, 1.5], [3.0, 2.0]])
    for noise, surprise in experiments.SURPRISES.items():
        likelihood = np.exp(-surprise(guesses[..., np.newaxis] - measured, 0.8)).prod(axis=-1)
        np.testing.assert_allclose(experiments.total_surprise(noise, measured, guesses, 0.8), -np.log(likelihood))


def test_huber_estimates_have_the_least_loss():
    samples = np.random.default_rng(0).standard_cauchy((5, 9))
    found = experiments.huber_estimates(samples, delta=0.5)
    for row, best in zip(samples, found, strict=True):
        grid = best + np.linspace(-0.1, 0.1, 201)
        guess, measured = np.broadcast_arrays(grid[:, np.newaxis], row)
        values = huber_loss.with_delta(0.5)(guess, measured, reduction="none").sum(axis=1)
        assert values.min() == pytest.approx(values[100], abs=1e-6)


def test_errors_of_estimates_are_those_of_mean_and_median_of_the_same_draws():
    errors = experiments.estimation_errors("outliers", draws=50, samples=7, seed=3)
    measured = experiments.NOISES["outliers"](np.random.default_rng(3), (50, 7))
    np.testing.assert_allclose(errors["squared"], abs(measured.mean(axis=1)))
    np.testing.assert_allclose(errors["absolute"], abs(np.median(measured, axis=1)))
    assert list(errors) == ["squared", "absolute", "Huber"]


def test_one_in_ten_outliers_is_ten_times_as_large():
    drawn = experiments.NOISES["outliers"](np.random.default_rng(0), 100_000)
    assert drawn.std() == pytest.approx(np.sqrt(0.9 + 0.1 * 100), rel=0.03)
    assert np.mean(abs(drawn) > 4) == pytest.approx(0.1 * 0.689, rel=0.05)


def test_digits_by_rate_are_networks_trained_one_by_one():
    training, validation, test = experiments.digits_in_three()
    assert len(training) + len(validation) + len(test) == 1797
    reached = experiments.accuracies_by_rate(
        "mean_squared_error", "softmax", [3.0], epochs=1, hidden=4, output_scale=2.0, seeds=2
    )
    alone = Network([64, 4, 10], "tanh", "mean_squared_error", output_activation="softmax", seed=1, dtype=np.float64)
    alone.weights[-1] *= 2
    train(alone, training.inputs, training.targets, 3.0, epochs=1, seed=1)
    for part, accuracies in zip((validation, test), reached[3.0], strict=True):
        assert accuracies[1] == alone.accuracy(part.inputs, part.targets)


def test_the_best_rate_is_that_of_the_validation_images():
    reached = {0.1: np.array([[0.5, 0.6, 0.7], [1, 1, 1]]), 0.2: np.array([[0.6, 0.7, 0.1], [0.3, 0.2, 0.4]])}
    rate, tested = experiments.at_best_rate(reached)
    assert rate == 0.1 and tested.tolist() == [1, 1, 1]


@pytest.mark.parametrize("twice", [False, True])
def test_softmax_once_or_twice_follows_the_slope_of_its_loss(twice):
    images = experiments.digits_in_three()[0]
    truth = one_hot(images.targets, 10)
    before, after = (experiments.weights_after_softmax(steps, twice=twice, starts=1)[0] for steps in (0, 1))

    def loss(w):
        z = images.inputs @ w
        return softmax_cross_entropy(softmax(z) if twice else z, truth)

    nudge = np.zeros((64, 10))
    for place in ((20, 3), (36, 7)):
        nudge[:] = 0
        nudge[place] = 1e-5
        slope = (loss(before + nudge) - loss(before - nudge)) / 2e-5
        assert (before - after)[place] == pytest.approx(2 * slope, abs=1e-8)
