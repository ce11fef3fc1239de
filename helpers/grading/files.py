"""Files that are written in one go."""

import os
from contextlib import suppress


def write(path, text):
    """Write a file in one go: whoever reads it sees all of it or nothing.

    Parameters
    ----------
    path : Path
        Where to.
    text : str
        What; lone halves of characters become question marks.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_bytes(text.encode("utf-8", "replace"))
        temporary.replace(path)
    except OSError:
        with suppress(OSError):
            temporary.unlink()
        raise
