"""Stands in for `helpers.exercises` within the sandbox, where no answer may be found.

The notebooks that run there ask for feedback like everywhere else. Nobody reads it, so these do nothing.
"""

EXERCISES = {}
"""No exercises: whoever looks for their answers finds none."""
