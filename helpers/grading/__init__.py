"""Grades a class: ``python -m helpers.grading SUBMISSIONS OUT``.

What a student handed in runs in a sandbox and is only asked questions; whether its answers are right is decided here,
outside, by the same judge that answers learners in their notebooks.

`submissions` (reads notebooks) and `sandbox` (runs their code: `confine` and `inside` are the part that runs within)
meet in `grade`, which makes one result of one submission; `batch` spreads a class over processes, `report` writes the
table and the pages. `wire` is the language between inside and outside.
"""
