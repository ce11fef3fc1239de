"""Old collections: only what has changed is proved, or only what was not known before."""

import json
import subprocess


class SinceError(ValueError):
    """A revision or a baseline can't be read."""


def changed(root, revision):
    """Return the notebooks below a folder that differ from a revision of git, as a set of paths.

    Parameters
    ----------
    root : pathlib.Path
    revision : str

    Raises
    ------
    SinceError
    """
    found = set()
    commands = [
        ["git", "diff", "--name-only", "-z", "--relative", revision, "--", "*.ipynb"],
        ["git", "ls-files", "--others", "--exclude-standard", "-z", "--", "*.ipynb"],
    ]
    for command in commands:
        try:
            done = subprocess.run(command, cwd=root, capture_output=True, encoding="utf-8", check=False)
        except OSError as error:
            raise SinceError(f"--nbgate-since: {error}") from None
        if done.returncode:
            raise SinceError(f"--nbgate-since {revision}: {done.stderr.strip()}")
        found |= {(root / name).resolve() for name in done.stdout.split("\0") if name}
    return found


def key(notebook, finding):
    """Return by what a finding is known again: notebook, cell and rule; what it says may differ from run to run."""
    return [notebook, finding["cell"], finding["code"]]


def read_baseline(file):
    """Return the findings that are known already: a list of [notebook, cell, code].

    Raises
    ------
    SinceError
        If the file can't be read, or holds something else.
    """
    try:
        known = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SinceError(f"--nbgate-baseline {file}: {error}") from None
    if not isinstance(known, list) or not all(isinstance(entry, list) and len(entry) == 3 for entry in known):
        raise SinceError(f"--nbgate-baseline {file}: expected a list of [notebook, cell, code]")
    return known


def write_baseline(file, findings):
    """Write the findings of a run as what is known from now on."""
    lines = sorted({json.dumps(key(finding["notebook"], finding), ensure_ascii=False) for finding in findings})
    file.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")
