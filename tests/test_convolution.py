"""The written-out convolution against PyTorch's, and pooling against means."""

import numpy as np
import pytest
import torch

from helpers.experiments.convolution import convolve, pool_sums


def test_it_equals_the_convolution_of_the_framework():
    rng = np.random.default_rng(0)
    image, windows, biases = rng.normal(size=(2, 6, 9)), rng.normal(size=(3, 2, 4, 4)), rng.normal(size=3)
    tensors = (torch.from_numpy(array) for array in (image[np.newaxis], windows, biases))
    expected = torch.nn.functional.conv2d(*tensors)[0].numpy()
    assert convolve(image, windows, biases).shape == (3, 3, 6)
    np.testing.assert_allclose(convolve(image, windows, biases), expected)


def test_pooling_adds_squares_of_four():
    image = np.arange(32.0).reshape(2, 4, 4)
    means = torch.nn.functional.avg_pool2d(torch.from_numpy(image[np.newaxis]), 2)[0].numpy()
    np.testing.assert_array_equal(pool_sums(image) / 4, means)


def test_each_window_has_a_bias():
    with pytest.raises(ValueError, match=r"expected 2 biases, one a window, got \[0\.0\] of type list"):
        convolve(np.ones((1, 3, 3)), np.ones((2, 1, 2, 2)), [0.0])


@pytest.mark.parametrize(
    ("image", "windows", "message"),
    [
        ((3, 3), (1, 1, 2, 2), r"\(channels, height, width\), got \(3, 3\)"),
        ((3, 3, 3), (1, 1, 2, 2), r"\(channels out, 3, size, size\), got \(1, 1, 2, 2\)"),
        ((1, 3, 3), (1, 1, 1, 2), r"\(channels out, 1, size, size\), got \(1, 1, 1, 2\)"),
        ((), (1, 1, 2, 2), r"\(channels, height, width\), got \(\)"),
        ((1, 3, 3), (), r"\(channels out, 1, size, size\), got \(\)"),
        ((1, 3, 3), (2,), r"\(channels out, 1, size, size\), got \(2,\)"),
        ((1, 3, 2), (1, 1, 3, 3), r"must fit into the image of shape \(1, 3, 2\), got \(1, 1, 3, 3\)"),
    ],
)
def test_windows_that_do_not_fit(image, windows, message):
    with pytest.raises(ValueError, match=message):
        convolve(np.ones(image), np.ones(windows), np.zeros(1))


@pytest.mark.parametrize("shape", [(4, 4), (1, 3, 4), (1, 4, 3)])
def test_pooling_wants_an_even_image(shape):
    with pytest.raises(ValueError, match=r"\(channels, even height, even width\), got"):
        pool_sums(np.ones(shape))
