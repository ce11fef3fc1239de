"""What projects and other plugins can add."""


def pytest_nbgate_rules():
    """Return a list of `nbgate.rules.Rule`, beside those of the package."""
