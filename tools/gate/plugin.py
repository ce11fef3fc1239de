"""What pytest calls. Loaded by ``-p tools.gate.plugin``, it does nothing until it is switched on by ``--gate``."""

import pytest

from tools.gate.items import GateFile, Missing


def pytest_addoption(parser):
    """Add the switch, and where a project lists the numbers in prose that no cell prints."""
    parser.getgroup("gate").addoption(
        "--gate",
        action="store_true",
        help="run all notebooks, and compare all that is seen of them with what is stored",
    )
    parser.addini(
        "gate_numbers", "TOML file of numbers in prose that no cell prints", default="tests/prose_numbers.toml"
    )


def pytest_configure(config):
    """Switch the gate on, and nbval's own collection off, which would run each cell a second time."""
    if config.option.gate:
        if config.option.nbval_lax:
            raise pytest.UsageError("--nbval-lax: the gate compares all outputs; for nbval alone add -o addopts=")
        config.option.nbval = False
        config.pluginmanager.register(Gate(), "gate")


class Gate:
    """The hooks that take part while the gate is on."""

    def pytest_collect_file(self, file_path, parent):
        """Collect every notebook."""
        if file_path.suffix == ".ipynb":
            return GateFile.from_parent(parent, path=file_path)
        return None

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, session, config, items):
        """Turn red if a notebook below a folder that was asked for is not among the items."""
        collected = {item.path for item in items}
        for argument in config.args:
            folder = config.invocation_params.dir / str(argument).partition("::")[0]
            if folder.is_dir():
                for path in expected(folder, session):
                    if path not in collected:
                        items.append(Missing.from_parent(session, name=f"{path.name} was not collected", path=path))


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
