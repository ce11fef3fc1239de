"""A convolution written out: a window of weights slides over an image, and pooling shrinks the result.

Nothing here is fast. The sums are plain sums over whatever numbers the arrays hold, so that chapter 1 can run them
with numbers that count their own multiplications.
"""

import numpy as np

from helpers._checks import any_array, what_is
from helpers.language import _


def convolve(image, windows, biases):
    """Slide each window over the image, multiply and add up what lies under it, and add a bias.

    Parameters
    ----------
    image : numpy.ndarray, shape (channels in, height, width)
        Numbers of any kind.
    windows : numpy.ndarray, shape (channels out, channels in, size, size)
        The weights: one window over all channels for each channel that comes out.
    biases : sequence of numbers, one for each channel out
        What is added to each sum.

    Returns
    -------
    numpy.ndarray, shape (channels out, height - size + 1, width - size + 1)
        The sums, at each place where the whole window lies on the image.

    Raises
    ------
    ValueError
        If the shapes do not fit each other.
    """
    image, windows = any_array(image, "image"), any_array(windows, "windows")
    if image.ndim != 3:
        raise ValueError(_("image must have the shape (channels, height, width), got {shape}", shape=image.shape))
    size, channels = windows.shape[-1] if windows.ndim else 0, len(image)
    if windows.shape[1:] != (channels, size, size):
        raise ValueError(
            _(
                "windows must have the shape (channels out, {channels}, size, size), got {shape}",
                channels=channels,
                shape=windows.shape,
            )
        )
    if size > min(image.shape[1:]):
        raise ValueError(
            _(
                "windows must fit into the image of shape {image}, got {windows}",
                image=image.shape,
                windows=windows.shape,
            )
        )
    if np.shape(biases) != windows.shape[:1]:
        raise ValueError(_("expected {count} biases, one a window, got {got}", count=len(windows), got=what_is(biases)))
    rows, columns = (range(length - size + 1) for length in image.shape[1:])
    patches = [[image[:, y : y + size, x : x + size] for x in columns] for y in rows]
    return np.array(
        [
            [[(window * patch).sum() + bias for patch in row] for row in patches]
            for window, bias in zip(windows, biases, strict=True)
        ]
    )


def pool_sums(image):
    """Add up each square of 2 x 2 pixels; divided by 4, these are the means of average pooling.

    Parameters
    ----------
    image : numpy.ndarray, shape (channels, height, width)
        Numbers of any kind; height and width are even.

    Returns
    -------
    numpy.ndarray, shape (channels, height / 2, width / 2)
        The sums.

    Raises
    ------
    ValueError
        If height or width is odd, or the image has another number of axes.
    """
    image = any_array(image, "image")
    if image.ndim != 3 or image.shape[1] % 2 or image.shape[2] % 2:
        raise ValueError(
            _("image must have the shape (channels, even height, even width), got {shape}", shape=image.shape)
        )
    channels, height, width = image.shape
    return image.reshape(channels, height // 2, 2, width // 2, 2).sum(axis=(2, 4))
