"""Tell whether two pictures are the same.

Where the same matplotlib drew both, they are compared pixel by pixel. Another version of it moves letters, ticks and
grid lines by a few pixels, so bytes say nothing, and neither does the mean difference of pixels: it is about as large
for such a shift as for a missing curve. So each pixel of one picture is looked for in the other, within a few pixels of
its place: a curve that is not there is not found.
"""

import base64
import io

from PIL import Image, ImageChops, ImageFilter

KINDS = {"image/png", "image/jpeg"}
#: How far, in pixels, a thing may move. matplotlib 3.10 and 3.11 differ by 4.
NEAR = 4
#: From which difference on, of 255, a pixel is another one.
CONTRAST = 96
#: How many pixels may be others. matplotlib 3.10 and 3.11 differ in up to 28, a new dot of the usual size is 69.
FEW = 40
#: By how much, of 255, a pixel may differ where the same matplotlib drew both: another processor rounds otherwise.
ROUNDING = 24


def decode(encoded):
    """Return the bytes of a picture as notebooks store it."""
    return base64.b64decode(encoded)


def load(encoded):
    """Return a picture, on white; ValueError if it is none."""
    try:
        picture = Image.open(io.BytesIO(decode(encoded))).convert("RGBA")
    except (OSError, ValueError, SyntaxError) as error:
        raise ValueError(f"no picture can be read from it ({error})") from None
    return Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")


def cut_off(encoded):
    """Return whether something in a picture reaches its edge, as a title does that is cut off."""
    picture = load(encoded)
    left, top, right, bottom = ImageChops.invert(picture).getbbox() or (1, 1, 1, 1)
    return left == 0 or top == 0 or right == picture.width or bottom == picture.height


def drawn_by(encoded):
    """Return which program drew a picture, as its file says; "" if it does not."""
    try:
        return str(Image.open(io.BytesIO(decode(encoded))).info.get("Software", ""))
    except (OSError, ValueError, SyntaxError):
        return ""


def difference(stored, fresh, how="auto"):
    """Return in words how two pictures differ, or None if they are the same.

    Parameters
    ----------
    stored, fresh : str
        In base64.
    how : str, optional
        "exact": pixel by pixel; "near": up to what another matplotlib changes; "auto": the first where both files name
        the same program that drew them.
    """
    if decode(fresh) == decode(stored):
        return None
    if how == "auto":
        how = "exact" if drawn_by(stored) and drawn_by(stored) == drawn_by(fresh) else "near"
    try:
        stored = load(stored)
    except ValueError as error:
        return f"the stored one is damaged: {error}"
    fresh = load(fresh)
    allowed = 0 if how == "exact" else NEAR
    if any(abs(a - b) > allowed for a, b in zip(stored.size, fresh.size, strict=True)):
        return f"expected {stored.width} by {stored.height} pixels, got {fresh.width} by {fresh.height}"
    if how == "exact":
        others = more_than(ROUNDING, ImageChops.difference(stored, fresh))
        return f"{others} pixels are others" if others else None
    size = [min(a, b) for a, b in zip(stored.size, fresh.size, strict=True)]
    stored, fresh = stored.crop((0, 0, *size)), fresh.crop((0, 0, *size))
    lost, new = missing(stored, fresh), missing(fresh, stored)
    if max(lost, new) <= FEW:
        return None
    return f"{lost} pixels of the stored one are not found in the new one, and {new} the other way round"


def missing(picture, other):
    """Return how many pixels of a picture have nothing like them near the same place of the other."""
    lowest = highest = other
    for _ in range(NEAR):
        lowest, highest = lowest.filter(ImageFilter.MinFilter(3)), highest.filter(ImageFilter.MaxFilter(3))
    outside = ImageChops.lighter(ImageChops.subtract(picture, highest), ImageChops.subtract(lowest, picture))
    return more_than(CONTRAST, outside)


def more_than(limit, differences):
    """Return in how many pixels some channel is larger than a limit."""
    strongest = differences.split()[0]
    for channel in differences.split()[1:]:
        strongest = ImageChops.lighter(strongest, channel)
    return sum(strongest.histogram()[limit + 1 :])
