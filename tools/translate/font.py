"""Cut a font that has all the characters of an edition, so that every machine draws and prints the same.

It has common ones besides, for what readers write on pictures of their own.

Latin letters, digits and signs come from DejaVu Sans, matplotlib's own font; this one has the rest.
"""

import io
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

from helpers.language import FONT, LOCALE
from tools.translate import formulas
from tools.translate.catalogues import read
from tools.translate.sources import catalogues

#: Noto Sans CJK, as Debian's package fonts-noto-cjk has it, and which of its faces draws a language's forms.
SOURCE = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
FACES = {"zh": "Noto Sans CJK SC"}
#: The common characters of a language: for Chinese the 3755 of level 1 of GB 2312.
COMMON = {
    "zh": {bytes([row, cell]).decode("gb2312", "ignore") for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF)}
}
KEPT_NAMES = {0, 13, 14}  # whose it is, and its licence


def characters(language):
    """Return the characters that pictures and books need: those of all catalogues and formulas.

    Parameters
    ----------
    language : str

    Returns
    -------
    set of str
        With common ones, without those that matplotlib's own font has.
    """
    texts = [entry.msgstr for name in catalogues() for entry in read(language, name)]
    texts += formulas.words(language).values()
    return {letter for letter in "".join(texts) if ord(letter) >= 0x2E80} | (COMMON[language] - {""})


def covered(font):
    """Return the characters that a font has.

    Parameters
    ----------
    font : pathlib.Path

    Returns
    -------
    set of str
    """
    return set(map(chr, TTFont(font).getBestCmap()))


def cut(language):
    """Write the font of an edition, unless the one that it has has all that is needed and no more.

    Parameters
    ----------
    language : str

    Raises
    ------
    OSError
        If the font that it is cut from is not on this machine.
    """
    target, wanted = LOCALE / language / FONT, characters(language)
    if target.exists() and covered(target) == wanted:
        return
    if not SOURCE.exists():
        raise OSError(f"{SOURCE} is missing: install Debian's fonts-noto-cjk")
    options = subset.Options(layout_features=[], name_IDs=["*"], notdef_outline=True, hinting=False)
    faces = (TTFont(SOURCE, fontNumber=i, lazy=True) for i in range(10))
    face = next(font for font in faces if font["name"].getDebugName(1) == FACES[language])
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=map(ord, wanted))
    cutter.subset(face)
    family = f"Course Sans {language}"
    for record in list(face["name"].names):
        if record.nameID not in KEPT_NAMES:
            face["name"].removeNames(record.nameID, record.platformID, record.platEncID, record.langID)
    for number, text in ((1, family), (2, "Regular"), (4, family), (6, family.replace(" ", ""))):
        face["name"].setName(text, number, 3, 1, 0x409)
    if "CFF " in face:
        top = face["CFF "].cff
        top.fontNames[0] = family.replace(" ", "")
        top.topDictIndex[0].FullName = top.topDictIndex[0].FamilyName = family
    face["head"].modified = face["head"].created
    face.recalcTimestamp = False
    file = io.BytesIO()
    face.save(file)
    target.write_bytes(file.getvalue())
