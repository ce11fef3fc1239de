"""Bring an edition up to date: ``python -m tools.translate zh``; see `tools.translate`.

``--check`` only says what is wrong with its catalogues; ``--catalogues`` brings these alone up to date.
"""

import argparse
import sys

from tools.translate import catalogues, editions, faults, font
from tools.translate.sources import originals


def main(arguments=None):
    """Do what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tools.translate", description=__doc__.partition("\n")[0])
    parser.add_argument("language", help="a folder of helpers/locale, such as zh")
    parser.add_argument("names", nargs="*", help="with --check: which catalogues, such as notebooks/02_learning_rate")
    parser.add_argument("--check", action="store_true", help="only say what is wrong with the catalogues")
    parser.add_argument("--catalogues", action="store_true", help="only bring the catalogues up to date")
    asked = parser.parse_intermixed_args(arguments)
    if not asked.check:
        catalogues.renew(asked.language)
        editions.mark_stale(asked.language, catalogues.compile_all(asked.language))
    if not asked.catalogues:
        found = faults.all_faults(asked.language, asked.names)
        if found:
            way = f"`make {asked.language}` marks what is stale in the .po files; translate it, and call it again"
            sys.exit("\n".join([*found, f"{len(found)} faults: {way} (docs/CONTRIBUTING.md)"]))
    if not asked.check and not asked.catalogues:
        font.cut(asked.language)
        from tools import make_exercises, store_notebooks  # these load much

        changed = editions.generate(asked.language)
        store_notebooks.main(changed) if changed else print("no notebook has changed")
        make_exercises.main(asked.language)
        print(f"{len(originals())} notebooks are up to date")


if __name__ == "__main__":
    main()
