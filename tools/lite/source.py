"""What JupyterLite builds the site of: the notebooks as they are stored, and settings of the page and of its kernel."""

import json
import shutil

from helpers.language import languages
from helpers.own_files import COURSE
from tools.places import ROOT
from tools.site.language import stored_notebooks

KERNEL = "@jupyterlite/pyodide-kernel-extension:kernel"
#: Where the lock file and the wheels of the course lie in the site.
BESIDE, LOCK = "static/course", "pyodide-lock.json"
#: What the kernel asks for as it starts: all of it is fetched at once, and the course, which bears this name, with it.
AT_ONCE = ["piplite", "micropip", "ipykernel", "comm", "pyodide-kernel", "jedi", "ipython", COURSE]
#: The browser keeps what is on this drive; other files are gone with the page.
DRIVE = "/drive"

SETTINGS = {
    "jupyter-lite-schema-version": 0,
    "jupyter-config-data": {
        "appName": "First steps in neural networks",
        "exposeAppInBrowser": True,
        "litePluginSettings": {
            KERNEL: {
                "loadPyodideOptions": {
                    "lockFileURL": f"./{BESIDE}/{LOCK}",
                    "packages": AT_ONCE,
                    "env": {"COURSE_PROGRESS": f"{DRIVE}/{COURSE}/progress.json"},
                }
            }
        },
    },
}


def lay_out(source):
    """Lay out the folder that JupyterLite reads, but for what it has of Pyodide.

    Parameters
    ----------
    source : pathlib.Path
    """
    contents = source / "contents"
    shutil.rmtree(contents, ignore_errors=True)
    (source / ".jupyterlite.doit.db").unlink(missing_ok=True)  # which takes what was built before for what is there
    for path in (path for language in languages() for path in stored_notebooks(language).values()):
        target = contents / path.relative_to(ROOT)  # as buttons on the pages name them
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    shutil.copy(ROOT / "helpers" / "jupyter" / "overrides.json", source)
    (source / "jupyter-lite.json").write_text(json.dumps(SETTINGS), encoding="utf-8")
