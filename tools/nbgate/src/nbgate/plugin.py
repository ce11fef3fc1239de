"""What pytest calls. It does nothing until ``--nbgate``, or ``nbgate = true`` in pytest's settings, switches it on."""

import json
from pathlib import Path

import pytest

from nbgate import hooks, settings, since
from nbgate.settings import STASH


def pytest_addoption(parser):
    """Add the switch, and what can be asked for."""
    group = parser.getgroup("nbgate", "prove Jupyter notebooks")
    group.addoption("--nbgate", action="store_true", help="run all notebooks, and compare all that is seen of them")
    group.addoption("--nbgate-store", action="store_true", help="run all notebooks, and store what they show")
    group.addoption(
        "--nbgate-store-anyway", action="store_true", help="the same, also where something is red (examples of faults)"
    )
    group.addoption("--nbgate-rules", action="store_true", help="list all rules, and whether they are asked for")
    group.addoption("--nbgate-report", metavar="FILE", help="write a page of all findings, with pictures side by side")
    group.addoption("--nbgate-since", metavar="REV", help="only notebooks that differ from this revision of git")
    group.addoption("--nbgate-baseline", metavar="FILE", help="findings that stand in this file are known")
    group.addoption("--nbgate-write-baseline", metavar="FILE", help="write all findings to this file")
    for name, (kind, default, words) in settings.INI.items():
        parser.addini(name, words, type=kind, default=default)


def pytest_addhooks(pluginmanager):
    """Let projects and other plugins add rules."""
    pluginmanager.add_hookspecs(hooks)


def pytest_configure(config):
    """Switch the gate on, and nbval's own collection off, which would run each cell a second time."""
    option = config.option
    asked = option.nbgate or option.nbgate_store or option.nbgate_store_anyway
    if not (asked or config.getini("nbgate")):
        return
    if option.nbval_lax:
        if not asked:  # nbval alone, asked for on the command line
            return
        raise pytest.UsageError("--nbval-lax: nbgate compares all outputs; leave one of the two out")
    option.nbval = False
    config.stash[STASH] = made(config)
    config.pluginmanager.register(config.stash[STASH], "nbgate-gate")


def made(config):
    """Return what the project asks for; a wrong setting ends pytest with a sentence."""
    try:
        return Gate(config)
    except (settings.SettingsError, since.SinceError) as error:
        raise pytest.UsageError(str(error)) from None


def pytest_cmdline_main(config):
    """List the rules, if asked to."""
    if not config.option.nbgate_rules:
        return None
    gate = made(config)
    for rule in sorted(gate.rules.values(), key=lambda rule: rule.code):
        mark = "on " if gate.settings.asks_for(rule) else "off"
        print(f"{rule.code} {mark} {rule.name}: {rule.asks}")
    return pytest.ExitCode.OK


class Gate:
    """What a project asks for, and the hooks that take part while the gate is on."""

    def __init__(self, config):
        from nbgate import rules  # not before it is asked for: other projects should not wait for it

        option = config.option
        self.root = config.rootpath
        self.settings = settings.from_config(config)
        self.rules = rules.built_in()
        for more in config.hook.pytest_nbgate_rules():
            self.rules.update({rule.code: rule for rule in more})
        self.check_codes()
        self.stores = option.nbgate_store or option.nbgate_store_anyway
        self.stores_anyway = option.nbgate_store_anyway
        self.changed = since.changed(self.root, option.nbgate_since) if option.nbgate_since else None
        baseline = since.read_baseline(Path(option.nbgate_baseline)) if option.nbgate_baseline else []
        self.known = {tuple(entry) for entry in baseline}
        self.findings, self.proved = [], set()

    def check_codes(self):
        """Raise an error for a selected code that is the beginning of no rule's."""
        for name in ("select", "extend_select", "ignore"):
            for code in getattr(self.settings, name):
                if code != "ALL" and not any(known.startswith(code) for known in self.rules):
                    raise settings.SettingsError(f"nbgate_{name}: no rule begins with {code} (see --nbgate-rules)")

    def name(self, path):
        """Return how findings name a notebook: its path from pytest's root folder."""
        try:
            return path.relative_to(self.root).as_posix()
        except ValueError:
            return path.as_posix()

    def knows(self, path, finding):
        """Return whether a finding stands in the baseline."""
        return (self.name(path), finding.cell, finding.code) in self.known

    def pytest_collect_file(self, file_path, parent):
        """Collect every notebook, or those that have changed."""
        from nbgate.items import NotebookFile

        if file_path.suffix == ".ipynb" and (self.changed is None or file_path.resolve() in self.changed):
            return NotebookFile.from_parent(parent, path=file_path)
        return None

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, session, config, items):
        """Turn red if a notebook below a folder that was asked for is not among the items."""
        from nbgate.items import Missing

        if self.changed is not None or self.stores:
            return
        collected = {item.path for item in items}
        for argument in config.args:
            folder = config.invocation_params.dir / str(argument).partition("::")[0]
            if folder.is_dir():
                for path in expected(folder, session):
                    if path not in collected:
                        items.append(Missing.from_parent(session, name=f"{path.name} was not collected", path=path))

    def pytest_runtest_logreport(self, report):
        """Take in what an item found, in whichever process it ran."""
        if report.when == "call" and ".ipynb" in report.nodeid:
            self.proved.add(report.nodeid.partition("::")[0])
            self.findings += [json.loads(value) for name, value in report.user_properties if name == "nbgate"]

    def pytest_sessionfinish(self, session):
        """Write what was asked for, in the process that gathers all."""
        from nbgate import report

        option = session.config.option
        if hasattr(session.config, "workerinput"):
            return
        if option.nbgate_report:
            text = report.page(self.findings, self.rules, len(self.proved))
            Path(option.nbgate_report).write_text(text, encoding="utf-8")
        if option.nbgate_write_baseline:
            since.write_baseline(Path(option.nbgate_write_baseline), self.findings)


def expected(folder, session):
    """Yield the notebooks below a folder that pytest was not told to leave out.

    It is told by `norecursedirs`, ``--ignore``, `collect_ignore` and `collect_ignore_glob`, but not by
    ``--ignore-glob``: a pattern on the command line may hit more than was meant.
    """
    option = session.config.option
    for path in sorted(folder.iterdir()):
        globs, option.ignore_glob = option.ignore_glob, None
        ignored = session.gethookproxy(folder).pytest_ignore_collect(collection_path=path, config=session.config)
        option.ignore_glob = globs
        if not ignored and path.is_dir() and not path.is_symlink():
            yield from expected(path, session)
        elif not ignored and path.suffix == ".ipynb":
            yield path
