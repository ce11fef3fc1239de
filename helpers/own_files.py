"""Where what a learner has done is kept: in a folder of the learner's own, outside the course."""

import os
from pathlib import Path

import platformdirs

from helpers.language import _

COURSE = "first-steps-in-neural-networks"


def progress_file():
    """Return where the progress is kept; other files of the learner stand beside it.

    Returns
    -------
    Path
        What COURSE_PROGRESS says, else a file in the user's data folder of this system.

    Raises
    ------
    OSError
        If the user has no folder.
    """
    if named := os.environ.get("COURSE_PROGRESS"):
        return Path(named)
    folder = platformdirs.user_data_path(COURSE, appauthor=False)
    if not folder.is_absolute():
        raise OSError(_("there is no home folder, so let COURSE_PROGRESS name a file"))
    return folder / "progress.json"
