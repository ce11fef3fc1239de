"""Initialisers: shape, scale and reproducibility of first weights."""

from dataclasses import FrozenInstanceError

import numpy as np
import pytest
from matplotlib.mathtext import MathTextParser

from helpers import initialisers
from helpers.initialisers import INITIALISERS, Initialiser, as_initialiser, he, normal, xavier, zeros

each = pytest.mark.parametrize("initialise", INITIALISERS.values(), ids=INITIALISERS)
# The formulas as a reader of the course understands them, n being fan_in.
READ = {
    r"\sqrt{2 / n}": lambda n: np.sqrt(2 / n),
    r"\sqrt{1 / n}": lambda n: np.sqrt(1 / n),
    "0.05": lambda n: 0.05,
    "0": lambda n: 0,
}


def rng(seed=0):
    return np.random.default_rng(seed)


def test_registry_holds_the_initialisers_of_the_course():
    assert list(INITIALISERS) == ["he", "xavier", "normal", "zeros"]
    for name, initialise in INITIALISERS.items():
        assert initialise.name == name
        assert name in repr(initialise)
        if name != "normal":
            assert initialise is getattr(initialisers, name)
    assert INITIALISERS["normal"].standard_deviation(10) == 0.05


@each
@pytest.mark.parametrize("fan_in", [1, 3, 64])
def test_standard_deviation_is_what_the_formula_says(initialise, fan_in):
    assert initialise.standard_deviation(fan_in) == pytest.approx(READ[initialise.formula](fan_in), rel=1e-15)
    MathTextParser("path").parse(f"${initialise.formula}$")


@each
def test_weights_are_normal_with_mean_0_and_that_standard_deviation(initialise):
    weights = initialise(400, 500, rng())
    std = initialise.standard_deviation(400)
    assert weights.shape == (500, 400)
    assert weights.dtype == np.float64
    assert abs(weights.mean()) <= 4 * std / np.sqrt(weights.size)
    np.testing.assert_allclose(weights.std(), std, rtol=0.01)
    np.testing.assert_allclose((np.abs(weights) <= std).mean(), 0.6827 if std else 1, atol=0.005)


@each
def test_one_row_per_unit(initialise):
    assert initialise(3, 4, rng()).shape == (4, 3)
    assert initialise(1, 1, rng()).shape == (1, 1)


@each
def test_the_generator_alone_decides(initialise):
    first = initialise(3, 4, rng(1))
    np.testing.assert_array_equal(initialise(3, 4, rng(1)), first)
    if initialise is not zeros:
        assert not np.array_equal(initialise(3, 4, rng(2)), first)
        generator = rng(1)
        initialise(3, 4, generator)
        assert not np.array_equal(initialise(3, 4, generator), first), "the generator moves on"


@each
def test_initialisers_differ_in_scale_alone(initialise):
    generator, reference = rng(), rng()
    expected = normal(1)(3, 4, reference) * initialise.standard_deviation(3)
    np.testing.assert_allclose(initialise(3, 4, generator), expected, rtol=1e-15)
    assert generator.random() == reference.random(), "all draw equally many numbers"


def test_he_is_xavier_times_the_root_of_2():
    np.testing.assert_allclose(he(50, 20, rng()), np.sqrt(2) * xavier(50, 20, rng()))


@pytest.mark.parametrize(
    ("initialise", "activation"),
    [(he, lambda z: np.maximum(z, 0)), (xavier, lambda z: z)],
    ids=["he with relu", "xavier with identity"],
)
def test_the_signal_keeps_its_size_through_20_layers(initialise, activation):
    generator = rng()
    signal = generator.standard_normal((300, 200))
    size = np.mean(signal**2)
    for _ in range(20):
        signal = activation(initialise(300, 300, generator) @ signal)
    assert 0.3 < np.mean(signal**2) / size < 3


def test_zeros_are_plain_zeros():
    weights = zeros(5, 6, rng())
    np.testing.assert_array_equal(weights, np.zeros((6, 5)))
    assert not np.signbit(weights).any(), "no minus sign before 0"


def test_normal_takes_any_standard_deviation():
    initialise = normal(0.01)
    assert isinstance(initialise, Initialiser)
    assert initialise.standard_deviation(7) == initialise.standard_deviation(700) == 0.01
    assert (initialise.name, initialise.formula) == ("normal", "0.01")
    assert "0.01" in repr(initialise)
    assert not normal(0)(2, 3, rng()).any()


def test_an_initialiser_stays_as_it_was_made():
    with pytest.raises(FrozenInstanceError):
        he.formula = "0"


def test_as_initialiser():
    assert as_initialiser("he") is he
    assert as_initialiser(xavier) is xavier
    own = lambda fan_in, fan_out, rng: np.ones((fan_out, fan_in))  # noqa: E731
    assert as_initialiser(own) is own
    with pytest.raises(ValueError, match=r"unknown initialiser 'hee': expected one of he, .*did you mean 'he'"):
        as_initialiser("hee")
    with pytest.raises(ValueError, match="unknown initialiser 3"):
        as_initialiser(3)


@each
def test_wrong_arguments_say_what_was_expected(initialise):
    for fans, name in [((0, 3), "fan_in"), ((3, 0), "fan_out")]:
        with pytest.raises(ValueError, match=f"{name} must be at least 1, got 0"):
            initialise(*fans, rng())
    with pytest.raises(TypeError, match=r"fan_in must be a whole number, got 2\.5"):
        initialise(2.5, 3, rng())
    with pytest.raises(TypeError, match=r"rng must be a generator like numpy\.random\.default_rng\(0\), got 0"):
        initialise(2, 3, 0)


def test_normal_refuses_what_is_no_standard_deviation():
    with pytest.raises(ValueError, match="std must be a finite number at least 0, got -1"):
        normal(-1)
    with pytest.raises(TypeError, match="std must be a real number, got 'small'"):
        normal("small")
