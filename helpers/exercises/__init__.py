"""Exercises that answer back: what is asked, how an answer is judged, and what a learner is told.

`exercise` defines what an exercise is and judges answers; the modules `chapter1` to `chapter5` hold the
exercises; `feedback` is what a notebook uses: ``from helpers.exercises.feedback import check, hint, solution``.
"""

from helpers.exercises import chapter1, chapter2, chapter3, chapter4, chapter5

EXERCISES = {
    exercise.name: exercise
    for chapter in (chapter1, chapter2, chapter3, chapter4, chapter5)
    for exercise in chapter.EXERCISES
}
"""All exercises by name, in the order of the course."""
