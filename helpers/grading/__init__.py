"""Grades a class: ``python -m helpers.grading SUBMISSIONS OUT``.

What a student handed in runs in a sandbox and is only asked questions; whether its answers are right is decided here,
outside, by the same judge that answers learners in their notebooks.

`submissions` (reads notebooks) and `sandbox` (runs their code: `confine` and `sandboxed_process` are the part within)
meet in `grade`, which makes one result of one submission; `batch` spreads a class over processes, `report` writes the
table and the pages. `workers` are the processes that do it, each a `worker` within limits; within the sandbox, `shell`
is what runs a cell as a notebook does. Around it: `archives` and `platforms` read what was delivered, `roster` names
the class, `rules` make grades of verdicts, `book` holds all of this; `likeness` compares, `exports` and `term` give
back. `plain_json` is the language between inside and outside; `stub_exercises` is what is seen inside of
`helpers.exercises`.
"""
