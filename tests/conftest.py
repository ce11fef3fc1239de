"""Settings shared by all tests."""

import pytest
from hypothesis import settings

# The same examples on each run: a red test must stay red until the code changes.
settings.register_profile("course", derandomize=True, deadline=None, max_examples=50)
settings.load_profile("course")


@pytest.fixture(autouse=True, scope="session")
def _nobody(tmp_path_factory):
    """Keep what tests predict, solve and register out of the files of whoever runs them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_PROGRESS", str(tmp_path_factory.mktemp("own") / "progress.json"))
        yield
