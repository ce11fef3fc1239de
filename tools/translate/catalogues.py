"""Catalogues: what each message is in a language, in files that every translator's tool can edit (gettext's .po)."""

import difflib
import functools

import polib

from helpers.grading.sandbox import HIDDEN, SHOWN
from helpers.language import LOCALE
from tools.places import files
from tools.translate.sources import HELPERS, catalogues, of_code

#: So much alike an old message must be, to be shown beside a new one.
ALIKE = 0.6


def file_of(language, name):
    """Return where a catalogue is kept.

    Parameters
    ----------
    language, name : str

    Returns
    -------
    pathlib.Path
    """
    return LOCALE / language / f"{name}.po"


@functools.cache
def read(language, name):
    """Return a catalogue as it is kept, parsed once; one that does not exist yet is empty.

    Parameters
    ----------
    language, name : str

    Returns
    -------
    polib.POFile
    """
    file = file_of(language, name)
    # No lines are wrapped: a changed word is a changed line.
    return polib.pofile(str(file), wrapwidth=0) if file.exists() else polib.POFile(wrapwidth=0)


def renewed(messages, old, language):
    """Return the catalogue of these messages.

    Parameters
    ----------
    messages : list of Message
        What is to be said.
    old : polib.POFile
        Translations of messages that are still the same stay. What is most like a new message in the same place is
        shown with it, marked as stale.
    language : str

    Returns
    -------
    polib.POFile
    """
    new = polib.POFile(wrapwidth=0)
    new.metadata = {"Language": language, "Content-Type": "text/plain; charset=utf-8"}
    known = {(entry.msgctxt or "", entry.msgid): entry for entry in old}
    wanted = {(message.context, message.text) for message in messages}
    left = [entry for key, entry in known.items() if key not in wanted and entry.msgstr]
    for message in messages:
        entry = polib.POEntry(msgctxt=message.context or None, msgid=message.text, comment=message.kind)
        if was := known.get((message.context, message.text)):
            entry.msgstr, entry.flags, entry.previous_msgid = was.msgstr, list(was.flags), was.previous_msgid
        else:
            likeness = [
                (difflib.SequenceMatcher(None, other.msgid, message.text).ratio(), other.msgid, other.msgstr)
                for other in left
                if (other.msgctxt or "") == message.context
            ]
            ratio, msgid, msgstr = max(likeness, default=(0, "", ""))
            if ratio > ALIKE:
                entry.msgstr, entry.flags, entry.previous_msgid = msgstr, ["fuzzy"], msgid
        new.append(entry)
    return new


def renew(language):
    """Bring all catalogues of a language up to date with the English course.

    Parameters
    ----------
    language : str
    """
    for name, messages in catalogues().items():
        file = file_of(language, name)
        file.parent.mkdir(parents=True, exist_ok=True)
        renewed(messages, read(language, name), language).save(str(file))
    read.cache_clear()
    known = {file_of(language, name) for name in catalogues()}
    for file in (LOCALE / language).rglob("*.po"):
        if file not in known:
            file.unlink()


def compiled(language, wanted=None):
    """Return a catalogue that the package reads, as the bytes of gettext's .mo.

    Parameters
    ----------
    language : str
    wanted : set of str, optional
        The English texts that it is to have; by default all that the package says.

    Returns
    -------
    bytes
        In the order of their texts.
    """
    entries = {}
    for name in catalogues():
        if name.startswith("helpers/"):
            entries |= {entry.msgid: entry for entry in read(language, name) if entry.translated()}
    merged = polib.POFile()
    merged.metadata = {"Language": language, "Content-Type": "text/plain; charset=utf-8"}
    texts = sorted(entries if wanted is None else entries.keys() & wanted)
    merged.extend(polib.POEntry(msgid=text, msgstr=entries[text].msgstr) for text in texts)
    return merged.to_binary()


def said_in_the_sandbox():
    """Return the English texts of the modules that a student's code may see while it is graded: no answer, no hint.

    Returns
    -------
    set of str
    """
    places = {path.relative_to(HELPERS).as_posix(): path for path in files(HELPERS, "*.py")}
    seen = [path for place, path in places.items() if place in SHOWN or place.split("/")[0] not in HIDDEN]
    return {message.text for path in seen for message in of_code(path)}


def compile_all(language):
    """Write the catalogues that the package reads: its own, and that of the sandbox in which answers are graded.

    Parameters
    ----------
    language : str

    Returns
    -------
    set of str
        What the package said and now says otherwise.
    """
    file = LOCALE / language / "LC_MESSAGES" / "course.mo"
    file.parent.mkdir(parents=True, exist_ok=True)
    before = _said(file)
    file.write_bytes(compiled(language))
    file.with_stem("sandbox").write_bytes(compiled(language, said_in_the_sandbox()))
    now = _said(file)
    return {before.get(text, text) for text in before | now if before.get(text) != now.get(text)}


def _said(file):
    return {entry.msgid: entry.msgstr for entry in polib.mofile(str(file))} if file.exists() else {}


def translations(language, name):
    """Return a catalogue as a table.

    Parameters
    ----------
    language, name : str

    Returns
    -------
    dict
        Context and message -> translation, of those that are translated and not stale.
    """
    return {(entry.msgctxt or "", entry.msgid): entry.msgstr for entry in read(language, name) if entry.translated()}
