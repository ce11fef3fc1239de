"""Exercises that answer back: what is asked, how an answer is judged, and what a learner is told.

`exercise` says what an exercise is, one class for each kind; the modules `chapter1` to `chapter5` hold them, `clinics`
what is broken, and `transfer` what carries on to new data and mixes chapters.
`variants` gives each student of a class other numbers.
`answer` gets the value out of an answer, `values` says what a value is and how two differ, `judge` gives the verdict.
A notebook uses `feedback`: ``from helpers.exercises.feedback import check, hint, solution``.
"""

from helpers.exercises import chapter1, chapter2, chapter3, chapter4, chapter5, clinics, transfer

ORDER = (
    (*chapter1.EXERCISES, transfer.IRIS_PARAMETERS),
    (*chapter2.EXERCISES, clinics.LINE_CLINIC, transfer.TRAINING_MACS, transfer.LOSS_LEAPS),
    (*chapter3.EXERCISES, clinics.GRADIENT_CHECK, clinics.TWO_LAYERS, clinics.SIGNAL_CLINIC),
    (*chapter4.EXERCISES, transfer.READ_LOSSES, transfer.OUTPUTS, transfer.LOGIT_LOSS, transfer.FIRST_SUSPECT),
    (
        *chapter5.EXERCISES,
        transfer.TOO_GOOD,
        clinics.HELD_OUT_CLINIC,
        transfer.FAIR_RESULT,
        transfer.SURE_AND_WRONG,
        transfer.WHERE_FIRST,
    ),
)
"""The exercises of each chapter, in the order of its notebook."""

EXERCISES = {exercise.name: exercise for chapter in ORDER for exercise in chapter}
"""All exercises by name, in the order of the course."""


def of_chapter(chapter):
    """Return the exercises of a chapter, in the order of its notebook; none if there is no such chapter."""
    return [exercise for exercise in EXERCISES.values() if exercise.chapter == chapter]
