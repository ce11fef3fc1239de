"""Stands in for `helpers.exercises.feedback`: all of its functions are there and do nothing."""


def ignore(*_arguments, **_named):
    """Do nothing, whatever is asked."""


check = require = hint = solution = progress = Progress = ignore
