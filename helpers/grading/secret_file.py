"""Secrets that only their owner reads."""

import os
import secrets
from contextlib import suppress

from helpers.language import N_, _


def secret_in(path):
    """Return the secret that a file holds; it is made once, for the owner alone.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    str
    """
    with suppress(FileExistsError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
    secret = path.read_text(encoding="ascii", errors="replace").strip()
    if len(secret) < 32:
        words = N_("{path} should hold the secret of the class, and holds {number} characters: remove it")
        raise ValueError(_(words, path=path, number=len(secret)))
    return secret
