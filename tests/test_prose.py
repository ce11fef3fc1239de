"""The pages beside the notebooks: links and pictures; and the numbers in prose that no notebook computes."""

import pytest
from nbgate.rules.numbers import borne_out, listed, results
from nbgate.rules.words import of_page

from tests.live_figures import LIVE_FIGURES
from tests.words import modules
from tools.places import ROOT, pages

PAGES = pages()
#: The rules on links, formulas, marks and pictures.
WORDS = [f"P5{number:02}" for number in range(1, 10)]
NUMBERS = listed(ROOT / "tests" / "prose_numbers.toml")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_pictures_and_maths_of_a_page_are_in_order(page):
    assert of_page(page, codes=WORDS) == []


def live(name, **values):
    """Return the key numbers of a live figure at these values of its controls."""
    figure = LIVE_FIGURES[name]()
    figure.set(**values)
    return figure.readout


@pytest.mark.parametrize(
    "entry", [e for e in NUMBERS if e.equals], ids=lambda entry: f"{entry.notebook} {entry.number}"
)
def test_a_listed_number_is_what_its_expression_gives(entry):
    ((_, values),) = results(entry.number)
    assert borne_out(values, float(eval(entry.equals, modules() | {"live": live})))


def test_each_number_is_listed_once():
    assert len(NUMBERS) == len({(entry.notebook, entry.number) for entry in NUMBERS})
    missing = [entry for entry in NUMBERS if not list((ROOT / "notebooks").rglob(entry.notebook))]
    assert missing == [], "no such notebook"
