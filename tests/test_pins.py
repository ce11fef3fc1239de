"""Versions: what is pinned fits what is promised, here and in CI, and what may not be installed together is not."""

import re
import subprocess
import sys
import tomllib
from importlib.metadata import version

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from helpers.installation import FITTING
from tools.places import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
RANGES = {Requirement(text).name: Requirement(text).specifier for text in PROJECT["dependencies"]}
INSTALLED = ["requirements.txt", "helpers/grading/requirements.txt", "tests/requirements.txt"]
OTHERS = ["tests/versions/requirements.txt", "tools/benchmarks/requirements.txt", "tools/site/requirements.txt"]

#: What may never be installed, whoever wants it newer, and what goes wrong then.
REFUSED = {
    "ipykernel": (">=7", "callbacks of widgets run beside a running cell"),
    "jsonschema": (">=4.25", "every import of it parses a grammar, for three seconds"),
}
#: What the lowest versions have higher than the package allows, and why.
HIGHER = {"ipywidgets": "7.7 shows all figures, but stores no copies of them"}


def requirements(name):
    """Return the requirements in a file: package -> specifier."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    found = [Requirement(line) for line in lines if line and not line.startswith(("#", "-"))]
    assert len({one.name for one in found}) == len(found), f"{name} names a package twice"
    return {one.name: one.specifier for one in found}


PINS = {name: requirements(name) for name in [*INSTALLED, *OTHERS]}
OLDEST, NEWEST = (requirements(f"tests/versions/{name}.txt") for name in ("oldest", "newest"))


def pinned(specifier):
    """Return the version that a specifier allows, the only one."""
    (one,) = specifier
    assert one.operator == "==" and "*" not in one.version, f"{one} is no single version"
    return Version(one.version)


def floor(specifier):
    (lowest,) = [Version(one.version) for one in specifier if one.operator == ">="]
    return lowest


def ceilings(specifier):
    return [one for one in specifier if one.operator == "<"]


@pytest.mark.parametrize("name", PINS)
def test_each_requirement_is_one_version_the_same_wherever_it_is_named(name):
    for package, specifier in PINS[name].items():
        same = {pinned(pins[package]) for pins in PINS.values() if package in pins}
        assert same == {pinned(specifier)}, package


@pytest.mark.parametrize("name", INSTALLED)
def test_what_is_installed_is_what_is_pinned(name):
    """Otherwise the tests prove another course than the one that is handed out."""
    found = {package: Version(version(package)).public for package in PINS[name]}
    told = {package: str(pinned(specifier)) for package, specifier in PINS[name].items()}
    assert found == told, "any target of make, such as `make lint`, installs what is pinned"


@pytest.mark.parametrize("package", RANGES)
def test_what_is_pinned_and_tried_lies_within_what_the_package_allows(package):
    allowed = RANGES[package]
    assert allowed.contains(pinned(PINS["requirements.txt"][package]))
    assert ceilings(NEWEST[package]) == ceilings(allowed)
    if package in HIGHER:
        assert pinned(OLDEST[package]) > floor(allowed)
    elif package in OLDEST:
        assert pinned(OLDEST[package]) == floor(allowed)


@pytest.mark.parametrize("package", REFUSED)
def test_what_may_not_be_installed_is_excluded_wherever_versions_are_chosen(package):
    refused, why = REFUSED[package]
    for name, chosen in {**PINS, "newest": NEWEST, "oldest": OLDEST}.items():
        specifier = chosen.get(package, SpecifierSet("==0"))
        least = refused.removeprefix(">=")
        assert not any(specifier.contains(other) for other in (least, f"{least}.1", "99")), f"{name}: {why}"
    assert package in PINS["requirements.txt"]
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    assert re.search(rf"^#.*\n{package}==", text, flags=re.MULTILINE), f"say above {package} why it is not newer"


def test_jsonschema_parses_no_grammar_when_it_is_imported():
    code = "import jsonschema, nbformat.validator, sys; print(sorted({'rfc3987_syntax', 'lark'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout.strip() == b"[]"


def test_major_versions_that_the_start_page_wants_are_those_that_are_pinned():
    for package, majors in FITTING.items():
        if package in PINS["requirements.txt"]:
            assert pinned(PINS["requirements.txt"][package]).major in majors, package


def test_python_is_the_same_wherever_it_is_named():
    lowest = PROJECT["requires-python"].removeprefix(">=")
    workflow = (ROOT / ".github" / "workflows" / "course.yml").read_text(encoding="utf-8")
    (listed,) = re.findall(r"python: (\[.+\])", workflow)
    tried = re.findall(r'"([\d.]+)"', listed)
    minors = [int(one.removeprefix("3.")) for one in tried]
    assert tried[0] == lowest and minors == list(range(minors[0], minors[-1] + 1))
    assert set(re.findall(r'python-version: "([\d.]+)"', workflow)) <= set(tried)
    assert f"Python {lowest} to {tried[-1]}" in (ROOT / "requirements.txt").read_text(encoding="utf-8")
    assert f"with Python {lowest}." in (ROOT / "tests" / "versions" / "oldest.txt").read_text(encoding="utf-8")
    for name in ("README.md", "tools/set_up.py"):
        assert set(re.findall(r"Python ([\d.]+\d) or newer", (ROOT / name).read_text(encoding="utf-8"))) == {lowest}, (
            name
        )
    set_up = (ROOT / "tools" / "set_up.py").read_text(encoding="utf-8")
    assert f"sys.version_info < ({lowest.replace('.', ', ')})" in set_up
    tox = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["tox"]["env"]
    assert tox["oldest"]["base_python"] == [f"python{lowest}"]
    assert tox["newest"]["base_python"][0].removeprefix("python") in tried


def test_versions_on_pages_are_those_that_are_pinned():
    text = (ROOT / "docs" / "teaching.md").read_text(encoding="utf-8")
    nbgrader = pinned(PINS["helpers/grading/requirements.txt"]["nbgrader"])
    assert set(re.findall(r"nbgrader (\d[\d.]*\d)", text)) == {str(nbgrader)}


def test_the_licence_is_named_and_covers_all_code():
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert PROJECT["license"] == "BSD-3-Clause AND CC-BY-4.0 AND OFL-1.1"
    assert PROJECT["license-files"] == ["LICENSE", "helpers/locale/zh/OFL.txt"]
    for text in (licence, readme):
        assert "BSD 3-Clause" in text and "CC BY 4.0" in text
    folders = {path.name for path in ROOT.glob("[!.]*/") if list(path.glob("*.py"))}
    (code,) = re.findall(r"^CODE \(everything in (.+?), and", licence, flags=re.MULTILINE)
    assert {name.strip("/") for name in re.findall(r"\w+/", code)} == folders
