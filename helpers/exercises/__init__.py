"""Exercises that answer back: what is asked, how an answer is judged, and what a learner is told.

`exercise` says what an exercise is, one class for each kind; the modules `chapter1` to `chapter5` hold them.
`answer` gets the value out of an answer, `values` says what a value is and how two differ, `judge` gives the verdict.
A notebook uses `feedback`: ``from helpers.exercises.feedback import check, hint, solution``.
"""

from helpers.exercises import chapter1, chapter2, chapter3, chapter4, chapter5

EXERCISES = {
    exercise.name: exercise
    for chapter in (chapter1, chapter2, chapter3, chapter4, chapter5)
    for exercise in chapter.EXERCISES
}
"""All exercises by name, in the order of the course."""
