"""Settings shared by all tests."""

from hypothesis import settings

# The same examples on each run: a red test must stay red until the code changes.
settings.register_profile("course", derandomize=True, deadline=None, max_examples=50)
settings.load_profile("course")
