"""A pytest plugin of the trial: what became of each item, as a line of JSON in the file that TRIAL_RECORD names."""

import json
import os
from pathlib import Path

import pytest


def record(**what):
    """Append a line to the record."""
    with Path(os.environ["TRIAL_RECORD"]).open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(what, ensure_ascii=False) + "\n")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Note the findings of an item, or that it crashed: an error that is neither nbval's nor a finding."""
    report = yield
    if call.when == "call" or call.excinfo is not None:
        error = call.excinfo.value if call.excinfo is not None else None
        findings = [finding.as_dict() for finding in getattr(error, "findings", [])]
        for finding in findings:
            del finding["pictures"]
        told = error is None or findings or type(error).__name__ == "NbCellError"
        record(
            notebook=str(item.path),
            item=item.name,
            red=report.failed,
            skipped=report.skipped,
            findings=findings,
            crash=None if told or not report.failed else report.longreprtext,
        )
    return report


def pytest_collectreport(report):
    """Note a notebook that could not be read."""
    if report.failed:
        record(notebook=report.nodeid, item="", red=True, skipped=False, findings=[], crash=report.longreprtext)


def pytest_internalerror(excrepr):
    """Note that pytest itself died."""
    record(notebook="", item="", red=True, skipped=False, findings=[], crash=str(excrepr))
