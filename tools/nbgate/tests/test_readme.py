"""The README says what the package does: its tables are made from it, its commands exist."""

import re
from pathlib import Path

from nbgate import settings
from nbgate.rules import built_in

README = Path(__file__).parents[1] / "README.md"


def tables():
    """Return the tables that are made: name -> text."""
    rules = ["| code | name | on | it asks | what breaks it | remedy |", "|---|---|---|---|---|---|"]
    for rule in sorted(built_in().values(), key=lambda rule: rule.code):
        cells = [rule.code, rule.name, "yes" if rule.default else "", rule.asks, rule.example, rule.remedy]
        rules.append("| " + " | ".join(re.sub(r"(?<!\\)\|", r"\|", cell) for cell in cells) + " |")
    ini = ["| setting | default | what it is |", "|---|---|---|"]
    for name, (_, default, words) in settings.INI.items():
        shown = "" if default in ("", [], False) else f"`{default}`"
        ini.append(f"| `{name}` | {shown} | {words} |")
    return {"rules": "\n".join(rules), "settings": "\n".join(ini)}


def with_tables(text):
    """Return the README with its tables made anew."""
    for name, table in tables().items():
        text = re.sub(
            rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)",
            lambda match, table=table: f"{match[1]}\n{table}\n\n{match[2]}",
            text,
            flags=re.S,
        )
    return text


def test_the_tables_are_those_of_the_package():
    text = README.read_text(encoding="utf-8")
    assert text == with_tables(text), "run python tools/nbgate/tests/test_readme.py"


def test_each_option_of_the_readme_exists(pytestconfig):
    options = set(re.findall(r"--nbgate[\w-]*", README.read_text(encoding="utf-8")))
    for option in options:
        assert hasattr(pytestconfig.option, option.removeprefix("--").replace("-", "_")), option


if __name__ == "__main__":
    README.write_text(with_tables(README.read_text(encoding="utf-8")), encoding="utf-8")
