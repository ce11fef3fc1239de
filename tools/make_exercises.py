"""Make the students' notebooks from those with solutions: ``python -m tools.make_exercises`` or ``make exercises``.

The notebooks in ``notebooks/solutions/`` are the one source. nbgrader's own steps take the solutions and the hidden
tests out; the result is run, so that it shows what a student sees first, and stored in ``notebooks/exercises/``.
The solutions also go, veiled, into the package, for `helpers.exercises.feedback.solution`. Those of an edition in
another language are made from its own: ``python -m tools.translate`` does it.
"""

import copy

import nbformat

from helpers.exercises.worked import TODO, file_of, unveil, veil
from helpers.language import place_of
from tools.places import NOTEBOOKS
from tools.store_notebooks import store
from tools.translate.catalogues import translations
from tools.translate.editions import must_be_run

SOURCES = NOTEBOOKS / "solutions"
STUDENTS = NOTEBOOKS / "exercises"
STUB = f"...  # {TODO}"


def student_version(notebook):
    """Return a copy of a notebook without solutions, hidden tests and outputs, made by nbgrader.

    The steps are those of ``nbgrader generate_assignment``, but for the gradebook.
    """
    from nbgrader import preprocessors
    from traitlets.config import Config

    language = notebook.metadata.get("nbgate", {}).get("language", "en")
    todo = TODO if language == "en" else translations(language, "helpers/exercises")["", TODO]
    config = Config({"ClearSolutions": {"code_stub": {"python": STUB.replace(TODO, todo)}}})
    notebook, resources = copy.deepcopy(notebook), {}
    for step in (
        "LockCells",
        "ClearSolutions",
        "ClearOutput",
        "CheckCellMetadata",
        "ComputeChecksums",
        "ClearHiddenTests",
        "ClearMarkScheme",
        "ComputeChecksums",
        "CheckCellMetadata",
    ):
        notebook, resources = getattr(preprocessors, step)(config=config).preprocess(notebook, resources)
    for cell in notebook.cells:
        cell.source = cell.source.rstrip()
    return notebook


def answers(notebook):
    """Return the answer cells of a notebook with solutions: name of the exercise -> source without the markers."""
    found = {}
    for cell in notebook.cells:
        marks = cell.metadata.get("nbgrader", {})
        if marks.get("solution"):
            lines = [line for line in cell.source.splitlines() if not line.lstrip().startswith("###")]
            found[marks["grade_id"].removesuffix("_answer")] = "\n".join(lines)
    return found


def sources(language="en"):
    """Return the notebooks with solutions, by file name."""
    folder = place_of(language, SOURCES)
    return {path.name: nbformat.read(path, as_version=4) for path in sorted(folder.glob("*.ipynb"))}


def all_answers(language="en"):
    """Return the answers of all notebooks with solutions."""
    return {name: text for notebook in sources(language).values() for name, text in answers(notebook).items()}


def main(language="en"):
    """Write the package's solutions and the students' notebooks, of the English course or of an edition.

    Those of an edition are run if they are written otherwise than they were, or show what is now said otherwise; see
    `tools.translate.editions`. What the English ones say may have changed in code: they are run in any case.
    """
    solutions, students = file_of(language), place_of(language, STUDENTS)
    if not solutions.exists() or unveil(solutions.read_text(encoding="utf-8")) != all_answers(language):
        solutions.write_text(veil(all_answers(language)), encoding="utf-8")
        print(f"stored {solutions.name}")
    students.mkdir(exist_ok=True)
    changed = []
    for name, notebook in sources(language).items():
        new, place = student_version(notebook), students / name
        if language == "en" or must_be_run(place, new):
            nbformat.write(new, place)
            changed.append(place)
    store(changed) if changed else print("no exercise has changed")


if __name__ == "__main__":
    main()
