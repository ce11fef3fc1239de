"""How far two pictures of one figure are apart: letters and edges may lie a pixel beside each other, curves may not."""

import base64
import io

import numpy as np
from PIL import Image

#: From here on two colours differ clearly, of 255.
CLEARLY = 64


def pixels(picture):
    """Return a PNG, or its data URL, as an array (height, width, 3)."""
    if isinstance(picture, str):
        picture = base64.b64decode(picture.partition(",")[2])
    return np.asarray(Image.open(io.BytesIO(picture)).convert("RGB")).astype(int)


def apart(one, other):
    """Return the share of pixels that differ clearly from all nine about their place in the other picture."""
    assert one.shape == other.shape
    return max(_missing(one, other), _missing(other, one))


def _missing(one, other):
    height, width, _ = one.shape
    wide = np.pad(other, ((1, 1), (1, 1), (0, 0)), mode="edge")
    shifted = [wide[i : i + height, j : j + width] for i in range(3) for j in range(3)]
    return (np.min([np.abs(one - moved).max(axis=2) for moved in shifted], axis=0) > CLEARLY).mean()
