"""What a Chinese notebook prints stands in columns, although few fonts for code have Chinese characters."""

import pytest

from tests.browser import lab

pytestmark = pytest.mark.browser

TABLE = """for name in ("普通", "动量 0.9", "Adam", "最小-最大，一"):
    print(padded(name, 16) + "|")"""
PLACES = """() => [...document.querySelectorAll(".jp-RenderedText pre")].flatMap(pre => {
  const walker = document.createTreeWalker(pre, NodeFilter.SHOW_TEXT), range = document.createRange(), places = [];
  for (let node; node = walker.nextNode();) [...node.data].forEach((letter, i) => {
    if (letter !== "|") return;
    range.setStart(node, i);
    range.setEnd(node, i + 1);
    places.push(range.getBoundingClientRect().left);
  });
  return places;
})"""
# Whether this machine has a font with Chinese characters that the style names.
FOUND = """() => document.fonts.load("13px course-columns", "中").then(found => found.length > 0, () => false)"""


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_chinese_character_is_as_wide_as_two_letters(page, run_cells, language):
    run_cells(f'from helpers.language import padded, use\n\nuse("{language}")', TABLE)
    assert page.locator(f".jp-NotebookPanel[lang={language}]").count() == 1
    assert page.locator("#course-columns").count() == (language == "zh")
    places = lab.ask(page, PLACES)
    assert len(places) == 4
    if language == "zh" and lab.ask(page, FOUND):
        assert max(places) - min(places) < 1
    assert lab.errors_in_console(page) == []
