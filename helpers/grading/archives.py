"""Lists what a folder or a zip holds, zips within it included, and lays out the files that may be worth reading.

Nothing that was handed in decides where anything is written: names are only text here, and what is unpacked gets a
number for a name. So it does no harm if two names collide, differ only in case, lead out of the folder, or are in an
encoding of their own. Links are listed and never followed. What cannot be unpacked stays in the list, with the reason.
"""

import errno
import os
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from helpers.language import _

MEGABYTE = 1 << 20

JUNK = re.compile(r"\.|__MACOSX$|__pycache__$|node_modules$|Thumbs\.db$|desktop\.ini$|~\$", re.IGNORECASE)
"""What systems and tools leave behind: nobody handed it in."""

LARGEST_FILE = 200 * MEGABYTE
"""What one file may hold when it is unpacked."""

LARGEST_ZIP = 100 * MEGABYTE
"""What all files of one student's zip may hold together."""

LARGEST_RATIO = 250
"""Ordinary text shrinks to a tenth, the picture of a figure not at all; this is nothing but one byte repeated."""

LARGEST_LIST = 4 * MEGABYTE
"""The bytes of the list at the end of a student's zip: some 40 000 files."""

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}
"""Errors of a disk; all others are those of a damaged zip."""

DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    struct.error,
    OSError,
)
"""What the library raises for a zip that is none."""

DEEPEST_ZIP, DEEPEST_FOLDER, LONGEST_NAME = 3, 30, 255


@dataclass(frozen=True)
class Item:
    """A file, or an empty folder, of what was delivered.

    Parameters
    ----------
    parts : tuple of str
        Folders and name, as text; a zip is a folder.
    path : Path or None
        Where its content lies; None if it was not laid out.
    date : datetime or None
        When it was last changed, as far as the file knows.
    refused : str
        Why it is not read, if it is not; one sentence without its end.
    folder : bool
        Whether it is an empty folder.
    """

    parts: tuple
    path: Path | None = None
    date: datetime | None = None
    refused: str = ""
    folder: bool = False

    @property
    def name(self):
        """Its last part."""
        return self.parts[-1]

    @property
    def place(self):
        """All its parts, as one text."""
        return "/".join(self.parts)


def inventory(source, scratch, wanted):
    """List the files of a folder or a zip, sorted by their place.

    Parameters
    ----------
    source : path-like
        What was downloaded; the teacher's own, so it may be a link, and as large as it is.
    scratch : Path
        An empty folder for what is unpacked.
    wanted : callable
        Tells from a file's name whether to unpack it. Zips are always looked into.

    Returns
    -------
    list of Item

    Raises
    ------
    ValueError
        If there is no such folder or zip.
    """
    source = Path(source)
    unpacking = _Unpacking(scratch, wanted)
    if source.is_dir():
        items = unpacking.folder(source, ())
    elif not source.exists():
        raise ValueError(_("there is no folder or zip {source}", source=source))
    elif not zipfile.is_zipfile(source):
        raise ValueError(_("{source} is neither a folder nor a zip: unpack it, and name the folder", source=source))
    else:
        items = unpacking.zip(Item((), source), depth=0)
        if [item.parts for item in items] == [()]:
            raise ValueError(_("{source} cannot be unpacked: {item.refused}", source=source, item=items[0]))
    return sorted(items, key=lambda item: (item.parts, str(item.path)))


def as_text(name):
    """Return a name as text on one line; what no screen shows becomes its number, so that names stay different."""
    name = unicodedata.normalize("NFC", name)
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in name)


def from_bytes(name):
    r"""Return bytes as text: UTF-8, what Chinese Windows writes, or else each unknown byte as ``\x..``."""
    for codec in ("utf-8", "gb18030"):
        with suppress(UnicodeDecodeError):
            return name.decode(codec)
    return name.decode("utf-8", "backslashreplace")


class _Unpacking:
    """Lists and unpacks; all files that it writes have numbers for names."""

    def __init__(self, scratch, wanted):
        self._scratch, self._wanted, self._written = scratch, wanted, 0

    def folder(self, path, parts):
        """Return the items in a folder."""
        try:
            entries = sorted(os.scandir(path), key=lambda entry: entry.name)
        except OSError as error:
            why = _("the folder cannot be read ({error.strerror})", error=error)
            return [Item(parts or (as_text(path.name),), refused=why)]
        items = []
        for entry in entries:
            name = as_text(from_bytes(os.fsencode(entry.name)))
            if JUNK.match(name):
                continue
            inner = (*parts, name)
            try:
                status = entry.stat(follow_symlinks=False)
            except OSError as error:
                items.append(Item(inner, refused=_("it cannot be read ({error.strerror})", error=error)))
                continue
            if stat.S_ISLNK(status.st_mode):
                items.append(Item(inner, refused=_("a link, and links are not followed")))
            elif stat.S_ISDIR(status.st_mode):
                if len(inner) > DEEPEST_FOLDER:
                    items.append(Item(inner, refused=_("a folder below {number} others", number=DEEPEST_FOLDER)))
                else:
                    found = self.folder(Path(entry.path), inner)
                    items += found or [Item(inner, folder=True)]
            elif not stat.S_ISREG(status.st_mode):
                items.append(Item(inner, refused=_("no regular file")))
            else:
                date = datetime.fromtimestamp(status.st_mtime).astimezone()
                items += self._file(Item(inner, Path(entry.path), date), depth=1)
        return items

    def _file(self, item, depth):
        """Return a file as one item or, if it is a zip, what it holds."""
        if item.name.lower().endswith(".zip"):
            return self.zip(item, depth)
        return [item]

    def zip(self, item, depth):
        """Return what a zip holds; itself, with the reason, if it cannot be read."""
        if depth > DEEPEST_ZIP:
            return [replace(item, path=None, refused=_("a zip within {number} others", number=DEEPEST_ZIP))]
        try:
            if depth and _length_of_list(item.path) > LARGEST_LIST:
                return [replace(item, path=None, refused=_("a zip that lists too many files"))]
            with zipfile.ZipFile(item.path) as archive:
                parts = (*item.parts[:-1], re.sub(r"\.zip$", "", item.name, flags=re.IGNORECASE)) if item.parts else ()
                return self._members(archive, parts, depth) or [Item(parts, date=item.date, folder=True)]
        except DAMAGED as error:
            if getattr(error, "errno", None) in FULL:
                raise
            return [replace(item, path=None, refused=_("no zip, or a damaged one"))]

    def _members(self, archive, parts, depth):
        items, left = [], LARGEST_ZIP if depth else float("inf")
        for member in archive.infolist():
            names, reason = _names(member)
            if any(map(JUNK.match, names)):
                continue
            if member.is_dir():
                if reason:
                    items.append(Item((*parts, *names), refused=reason))
                continue
            item = Item((*parts, *names), date=_date(member), refused=reason or _problem(member))
            is_zip = item.name.lower().endswith(".zip")
            if not item.refused and (is_zip or self._wanted(item.name)):
                if member.file_size > min(left, LARGEST_FILE):
                    most = min(left, LARGEST_FILE) // MEGABYTE
                    item = replace(item, refused=_("more than {most} MB when unpacked", most=most))
                else:
                    left -= member.file_size
                    item = self._extract(archive, member, item)
            if item.refused or not is_zip:
                items.append(item)
            else:
                items += self.zip(item, depth + 1)
        return items

    def _extract(self, archive, member, item):
        """Write one file of a zip; whatever its head says of its size, no more than that is written."""
        self._written += 1
        path = self._scratch / f"{self._written}"
        try:
            with archive.open(member) as source, path.open("xb") as file:
                left = member.file_size
                while part := source.read(min(left, MEGABYTE) + 1):
                    left -= len(part)
                    if left < 0:
                        raise zipfile.BadZipFile
                    file.write(part)
        except DAMAGED as error:
            if getattr(error, "errno", None) in FULL:
                raise
            path.unlink(missing_ok=True)
            return replace(item, refused=_("damaged within its zip"))
        if item.date:
            os.utime(path, (item.date.timestamp(),) * 2)
        return replace(item, path=path)


def _names(member):
    """Return the folders and the name of a member of a zip, and why it is refused, if it is."""
    name = member.orig_filename
    if not member.flag_bits & 0x800:  # not said to be UTF-8: the library has read it as the oldest code of all
        with suppress(UnicodeEncodeError):
            name = from_bytes(name.encode("cp437"))
    names = [as_text(part) for part in re.split(r"[/\\]", name)]
    leads_out = name[:1] in "/\\" or ".." in names or re.match(r"[A-Za-z]:", name)
    names = tuple(part for part in names if part not in ("", ".", "..")) or (_("a file without a name"),)
    if len(names) > DEEPEST_FOLDER or max(map(len, names)) > LONGEST_NAME:
        names = tuple(part[:LONGEST_NAME] for part in names[:DEEPEST_FOLDER])
        return names, _("its name is longer than any disk takes")
    return names, _("its name leads out of the zip") if leads_out else ""


def _problem(member):
    """Say why a member of a zip is not unpacked."""
    mode = member.external_attr >> 16
    if stat.S_ISLNK(mode):
        return _("a link, and links are not followed")
    if member.flag_bits & 1:
        return _("locked by a password")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return _("packed in a way that is not read here")
    if member.file_size > MEGABYTE and member.file_size > LARGEST_RATIO * max(member.compress_size, 1):
        return _("packed {number} times smaller than it is, as only a trap would be", number=LARGEST_RATIO)
    return ""


def _date(member):
    """Return when a member of a zip was last changed, by the clock of who packed it."""
    with suppress(ValueError, OverflowError, OSError):
        return datetime(*member.date_time).astimezone()
    return None


def _length_of_list(path):
    """Return how many bytes the list at the end of a zip takes: it is read as a whole, before anything else."""
    with open(path, "rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - (1 << 16) - 22))
        end = file.read()
    at = end.rfind(b"PK\5\6")
    if at >= 20 and end[at - 20 :].startswith(b"PK\6\7"):
        return float("inf")  # the longer form of the list, for more than 65 535 files
    return struct.unpack_from("<I", end, at + 12)[0] if at >= 0 else 0
