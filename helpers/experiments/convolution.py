"""A convolution written out: a window of weights slides over an image, and pooling shrinks the result.

Nothing here is fast. The sums are plain sums over whatever numbers the arrays hold, so that chapter 1 can run them
with numbers that count their own multiplications.
"""

import numpy as np


def convolve(image, windows, biases):
    """Slide each window over the image, multiply and add up what lies under it, and add a bias.

    Parameters
    ----------
    image : numpy.ndarray, shape (channels in, height, width)
    windows : numpy.ndarray, shape (channels out, channels in, size, size)
    biases : sequence of `channels out` numbers

    Returns
    -------
    numpy.ndarray, shape (channels out, height - size + 1, width - size + 1)
    """
    size = windows.shape[-1]
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
        Height and width are even.

    Returns
    -------
    numpy.ndarray, shape (channels, height / 2, width / 2)
    """
    channels, height, width = image.shape
    return image.reshape(channels, height // 2, 2, width // 2, 2).sum(axis=(2, 4))
