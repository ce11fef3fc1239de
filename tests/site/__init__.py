"""The site that `make site` built, in Chromium: ``make test-site``."""
