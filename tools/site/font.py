"""The letters of matplotlib's figures as a small font for pages, so that they look the same on every computer."""

from io import BytesIO

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from matplotlib.font_manager import findfont


def font_of(characters, file=None):
    """Return a font with no more letters than are needed.

    Parameters
    ----------
    characters : iterable of str
    file : pathlib.Path, optional
        The font; by default DejaVu Sans, matplotlib's own.

    Returns
    -------
    bytes
        A file in WOFF, which every browser reads.
    """
    font = TTFont(file or findfont("DejaVu Sans"))
    cut = Subsetter(Options(layout_features=["kern"], hinting=False, notdef_outline=True, drop_tables=["FFTM", "GSUB"]))
    cut.populate(text="".join(sorted(set(characters))))
    cut.subset(font)
    font.flavor = "woff"
    packed = BytesIO()
    font.save(packed)
    return packed.getvalue()
