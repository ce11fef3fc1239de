"""The course on machines of others: what their files name is there, and asks for what the course needs."""

import json
import re
import tomllib

from packaging.specifiers import SpecifierSet

from tools.places import ROOT
from tools.site.start_page import addressed

README = (ROOT / "README.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_binder_gets_a_python_on_which_the_course_runs():
    (version,) = re.fullmatch(r"python-(3\.\d+)\n", (ROOT / "runtime.txt").read_text(encoding="utf-8")).groups()
    assert SpecifierSet(PROJECT["requires-python"]).contains(version)
    workflow = (ROOT / ".github" / "workflows" / "course.yml").read_text(encoding="utf-8")
    assert f'"{version}"' in re.search(r"python: \[.*\]", workflow)[0]


def test_a_container_opens_the_start_notebook_in_a_jupyterlab_with_one_thread():
    told = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))
    version = told["image"].rpartition(":")[2]
    assert (ROOT / "runtime.txt").read_text(encoding="utf-8") == f"python-{version}\n"
    (requirements,) = re.findall(r"--requirement (\S+)", told["postCreateCommand"])
    (notebook,) = re.findall(r"\S+\.ipynb", told["postStartCommand"])
    assert (ROOT / requirements).exists() and (ROOT / notebook).exists()
    (port,) = told["forwardPorts"]
    assert f"--port={port} " in told["postStartCommand"] and list(told["portsAttributes"]) == [str(port)]
    assert told["containerEnv"] == {"OPENBLAS_NUM_THREADS": "1"}
    assert "\nOPENBLAS_NUM_THREADS=1\n" in (ROOT / ".env").read_text(encoding="utf-8")


def test_each_badge_leads_to_what_is_here():
    badges = re.findall(r"(\w+) \[!\[Open [^\]]*\]\((\S+)\)\]\((https://\S*OWNER/REPOSITORY\S*)\)", README)
    assert [name for name, *_ in badges] == ["Binder", "Codespaces", "Colab"]
    for _, picture, address in badges:
        assert (ROOT / picture).exists()
        assert all((ROOT / notebook).exists() for notebook in re.findall(r"notebooks/\S+", address))
    made = addressed(README, "https://github.com/her/course")
    assert "(https://codespaces.new/her/course)" in made and "OWNER/REPOSITORY" not in made
    assert "| Binder |" in addressed(README, None)


def test_colab_keeps_its_own_numpy_and_widgets():
    (line,) = re.findall(r"^%pip install (.*)$", README, flags=re.MULTILINE)
    assert "--no-deps" in line.split() and line.endswith("git+https://github.com/OWNER/REPOSITORY")
