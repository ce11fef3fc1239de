"""What the course shows in JupyterLab, light and dark, looked at by axe-core: nothing serious or critical."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser import lab

pytestmark = pytest.mark.browser

THEMES = ("JupyterLab Light", "JupyterLab Dark")

#: A claim that holds and one that does not, a figure, a live figure with a player and one with a board, a prediction,
#: and exercises: their panel, a wrong answer with hints, a right one, words that help with an error.
CELLS = (
    "from helpers.claims import claim\nclaim('half is {}', 0.5, equals=0.5)\nclaim('half is {}', 0.5, above=0.6)",
    "from helpers.figures.complexity import network_drawing\nnetwork_drawing([3, 4, 2])",
    "from helpers.live.learning_rate import descent_on_a_bowl\ndescent_on_a_bowl()",
    "from helpers.live.learning_rate import highest_rate_game\nhighest_rate_game()",
    "from helpers.live.capstone import workbench\nworkbench()",
    "from helpers.live.predict import predict, predictions\nasked = predict('rate-at-the-edge')\nasked",
    "asked.choice.value = 0\nasked.reveal()\npredictions('02_learning_rate')",
    "from helpers.exercises.feedback import check, progress\nprogress(2)",
    "largest_rate = 1.0\ncheck('largest_rate', largest_rate)",
    "check('largest_rate', 1 / 3)",
)

# Names, contrasts, roles: of our outputs alone, for the rest is JupyterLab's.
LOOK_AT = {"include": [[".jp-OutputArea-output"]]}
CHANGE_THEME = "theme => jupyterapp.commands.execute('apputils:change-theme', { theme })"


def faults(page):
    """Return what axe-core calls serious or critical in the outputs: rule, element, what is wrong."""
    found = Axe().run(page, LOOK_AT).response
    assert len(found["passes"]) > 10, "axe-core has looked at little"
    return [
        f"{broken['id']}: {node['html'][:200]}: {node['failureSummary']}"
        for broken in found["violations"]
        if broken["impact"] in ("serious", "critical")
        for node in broken["nodes"]
    ]


def test_axe_finds_nothing_serious_in_what_the_course_shows(page, run_cells):
    run_cells(*CELLS)
    assert lab.errors_in_cells(page) == []
    for figure in page.locator(".live-figure button:has-text('Register')").all():
        lab.wait(page, "!document.querySelector('.live-figure button:disabled')", "the figures to have finished")
        figure.click()
    page.locator("summary").first.click()
    for theme in THEMES:
        lab.ask(page, CHANGE_THEME, theme)
        lab.wait(page, f"document.body.dataset.jpThemeName === '{theme}'", theme)
        page.screenshot(path=lab.SCREENSHOTS / f"axe-{theme}.png")
        assert faults(page) == [], theme
