"""What a project, a notebook and a cell ask for, and what they ignore for which reason.

A project's settings stand in pytest's (``[tool.pytest.ini_options]``), those of a notebook or a cell in its metadata
under "nbgate"; a code cell may also say ``# nbgate: ignore O202: the reason``, a Markdown cell
``<!-- nbgate: ignore P520: the reason -->``.
"""

import re
from dataclasses import dataclass, field, replace

import pytest
from nbval.plugin import find_comment_markers, find_metadata_tags

#: Where pytest's configuration keeps what a project asks for, as a `nbgate.plugin.Gate`.
STASH = pytest.StashKey()
#: Name -> (type in pytest's settings, default, what it is).
INI = {
    "nbgate": ("bool", False, "prove all notebooks"),
    "nbgate_select": ("args", [], "codes of rules, or their beginnings, or ALL: only these"),
    "nbgate_extend_select": ("args", [], "the same: these, too"),
    "nbgate_ignore": ("args", [], "codes of rules that are not asked for"),
    "nbgate_timeout": ("string", "120", "seconds for one cell"),
    "nbgate_output_timeout": ("string", "10", "seconds to wait for what a cell says after it has ended"),
    "nbgate_pictures": ("string", "auto", "how pictures are compared: exact, near, or auto (see README)"),
    "nbgate_rtol": ("string", "0", "by which part of it a number in an output may differ"),
    "nbgate_sanitize": ("string", "", "file of nbval's form: what is replaced in texts before they are compared"),
    "nbgate_numbers": ("string", "", "TOML file of numbers in prose that no cell prints"),
    "nbgate_language": ("string", "en", "language of the prose: en or zh"),
    "nbgate_widgets": ("string", "", "module, imported in the kernel, whose `adaptor` knows widgets of your own"),
    "nbgate_claim": ("string", "claim", "name of the function that states a claim"),
    "nbgate_env": ("linelist", [], "NAME=VALUE, or NAME?=VALUE if it is not set; {folder} is private to the kernel"),
}
#: What may stand in the metadata of a notebook or a cell, under "nbgate".
NOTEBOOK_KEYS = {"ignore", "timeout", "pictures", "rtol", "sanitize", "language"}
CELL_KEYS = {"ignore", "timeout", "pictures", "rtol", "sanitize"}
PICTURES = ("auto", "exact", "near")
IN_CODE = re.compile(r"^\s*#\s*nbgate:\s*(.*)$", re.MULTILINE)
IN_MARKDOWN = re.compile(r"<!--\s*nbgate:\s*(.*?)\s*-->", re.DOTALL)
IGNORE = re.compile(r"ignore\s+([A-Z]\d{3})\s*(?::\s*(.*))?$", re.DOTALL)


class SettingsError(ValueError):
    """A setting is not what was expected."""


@dataclass(frozen=True)
class Settings:
    """What is asked for.

    Parameters
    ----------
    select, extend_select, ignore : tuple of str
        Codes of rules, their beginnings, or "ALL".
    timeout, output_timeout : float
        Seconds.
    pictures : str
        One of `PICTURES`.
    rtol : float
    sanitize : tuple of (str, str)
        Regular expressions, and what replaces them.
    numbers, language, widgets, claim : str
        See `INI`.
    env : tuple of str
        See `INI`.
    ignored : dict
        Code -> reason, for this notebook or cell.
    """

    select: tuple = ()
    extend_select: tuple = ()
    ignore: tuple = ()
    timeout: float = 120.0
    output_timeout: float = 10.0
    pictures: str = "auto"
    rtol: float = 0.0
    sanitize: tuple = ()
    numbers: str = ""
    language: str = "en"
    widgets: str = ""
    claim: str = "claim"
    env: tuple = ()
    ignored: dict = field(default_factory=dict)

    def asks_for(self, rule):
        """Return whether a rule is asked for, by this selection; the longest matching code decides, as in ruff."""

        def longest(codes):
            return max(
                (len(c) if c != "ALL" else 0 for c in codes if c == "ALL" or rule.code.startswith(c)), default=-1
            )

        chosen = longest(self.select) if self.select else (0 if rule.default else -1)
        return max(chosen, longest(self.extend_select)) > longest(self.ignore) and rule.code not in self.ignored

    def of(self, metadata, source="", markdown=False):
        """Return the settings of a notebook or a cell: these, with what its metadata and comments say.

        Parameters
        ----------
        metadata : dict
        source : str, optional
            Of a cell.
        markdown : bool, optional
            Whether it is one in Markdown.

        Raises
        ------
        SettingsError
            If a value is of another kind than expected. `problems` tells it as a finding.
        """
        own = metadata.get("nbgate", {})
        if not isinstance(own, dict):
            own = {}
        changes = {key: own[key] for key in ("pictures", "language") if key in own}
        changes |= {key: float(own[key]) for key in ("timeout", "rtol") if is_number(own.get(key))}
        if isinstance(own.get("sanitize"), list):
            pairs = [
                (e["regex"], e["replace"])
                for e in own["sanitize"]
                if isinstance(e, dict) and {"regex", "replace"} <= {*e}
            ]
            changes["sanitize"] = (*self.sanitize, *pairs)
        ignored = dict(own["ignore"]) if isinstance(own.get("ignore"), dict) else {}
        for comment in comments(source, markdown):
            if match := IGNORE.match(comment):
                ignored[match[1]] = match[2] or ""
        return replace(self, **changes, ignored={**self.ignored, **ignored})

    def of_cell(self, cell):
        """Return the settings of a cell."""
        return self.of(cell.metadata, cell.source, cell.cell_type != "code")

    def skipped(self, cell):
        """Return whether a code cell is marked as one that tests don't run."""
        return options_of(cell).get("skip", False)


def is_number(value):
    """Return whether a value is a number that is not negative."""
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def options_of(cell):
    """Return nbval's options of a code cell: "check", "check_exception", "skip"."""
    return {**dict(find_metadata_tags(cell.metadata) or ()), **dict(find_comment_markers(cell.source))}


def comments(source, markdown):
    """Return what the comments of a cell say to this package."""
    return [text.strip() for text in (IN_MARKDOWN if markdown else IN_CODE).findall(source)]


def says_something(reason):
    """Return whether a reason is more than a filler: three different words and 15 letters, or 6 Chinese characters."""
    text = str(reason)
    if len(set(re.findall(r"[\u4e00-\u9fff]", text))) >= 6:
        return True
    return len(re.sub(r"\W", "", text)) >= 15 and len({word.lower() for word in re.findall(r"\w{2,}", text)}) >= 3


def problems(metadata, source, markdown, keys):
    """Yield what is wrong with the settings of a notebook or a cell, in words.

    Parameters
    ----------
    metadata : dict
    source : str
        "" for a notebook.
    markdown : bool
    keys : set of str
        What is known: `NOTEBOOK_KEYS` or `CELL_KEYS`.
    """
    own = metadata.get("nbgate", {})
    if not isinstance(own, dict):
        yield f'the metadata "nbgate": expected a dictionary, got {own!r}'
        return
    for key in sorted(set(own) - keys):
        yield f'the metadata "nbgate": expected one of {", ".join(sorted(keys))}, got {key!r}'
    for key in {"timeout", "rtol"} & set(own):
        if not is_number(own[key]):
            yield f'the metadata "nbgate", {key}: expected a number, got {own[key]!r}'
    if own.get("pictures", "auto") not in PICTURES:
        yield f'the metadata "nbgate", pictures: expected one of {", ".join(PICTURES)}, got {own["pictures"]!r}'
    if "ignore" in own and not isinstance(own["ignore"], dict):
        yield f'the metadata "nbgate", ignore: expected codes and reasons, {{"O202": "why"}}, got {own["ignore"]!r}'
    if "sanitize" in own and not (
        isinstance(own["sanitize"], list)
        and all(isinstance(e, dict) and {*e} == {"regex", "replace"} for e in own["sanitize"])
    ):
        expected = 'a list of {"regex": ..., "replace": ...}'
        yield f'the metadata "nbgate", sanitize: expected {expected}, got {own["sanitize"]!r}'
    for comment in comments(source, markdown):
        if not IGNORE.match(comment):
            yield f"the comment 'nbgate: {comment}': expected 'nbgate: ignore CODE: the reason'"


def from_config(config):
    """Return a project's settings, from pytest's.

    Raises
    ------
    SettingsError
    """
    ini = {name.removeprefix("nbgate_"): config.getini(name) for name in INI}
    numbers = {}
    for name in ("timeout", "output_timeout", "rtol"):
        try:
            numbers[name] = float(ini[name])
        except ValueError:
            raise SettingsError(f"nbgate_{name}: expected a number, got {ini[name]!r}") from None
    if ini["pictures"] not in PICTURES:
        raise SettingsError(f"nbgate_pictures: expected one of {', '.join(PICTURES)}, got {ini['pictures']!r}")
    for line in ini["env"]:
        if not re.match(r"\w+\??=", line):
            raise SettingsError(f"nbgate_env: expected NAME=VALUE or NAME?=VALUE, got {line!r}")
    for name in ("select", "extend_select", "ignore"):
        for code in ini[name]:
            if not re.fullmatch(r"ALL|[A-Z]\d{0,3}", code):
                raise SettingsError(f"nbgate_{name}: expected codes such as E101 or P5, or ALL, got {code!r}")
    return Settings(
        select=tuple(ini["select"]),
        extend_select=tuple(ini["extend_select"]),
        ignore=tuple(ini["ignore"]),
        pictures=ini["pictures"],
        sanitize=tuple(read_sanitize(config.rootpath / ini["sanitize"])) if ini["sanitize"] else (),
        numbers=str(config.rootpath / ini["numbers"]) if ini["numbers"] else "",
        language=ini["language"],
        widgets=ini["widgets"],
        claim=ini["claim"],
        env=tuple(ini["env"]),
        **numbers,
    )


def read_sanitize(file):
    """Return the pairs of a file in nbval's form: lines "regex: ..." and "replace: ...".

    Raises
    ------
    SettingsError
        If the file can't be read.
    """
    from nbval.plugin import get_sanitize_patterns

    try:
        return get_sanitize_patterns(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"nbgate_sanitize: {error}") from None
