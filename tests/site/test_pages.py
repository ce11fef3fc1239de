"""Each page: its links, its pictures, its width, what it fetches, and whether everyone can use it."""

import gzip
import html.parser
import re
from urllib.parse import unquote, urlparse

import pytest

from tests.browser.lab import errors_in_console
from tools.places import ROOT
from tools.site.__main__ import HTML

PAGES = sorted(path.relative_to(HTML).as_posix() for path in HTML.rglob("*.html") if "_static" not in path.parts)
CHAPTERS = [name for name in PAGES if re.match(r"(\w\w/)?0\d_", name)]
NOISE = ("Got invalid theme mode",)  # the theme's own, before its first choice

# A wide element counts only if nothing around it can be moved sideways.
TOO_WIDE = """() => {
    const width = document.documentElement.clientWidth;
    const held = (one) => {
        for (let outer = one.parentElement; outer && outer !== document.body; outer = outer.parentElement)
            if (getComputedStyle(outer).overflowX !== 'visible') return true;
        return false;
    };
    if (document.documentElement.scrollWidth <= width) return [];
    const all = [...document.querySelectorAll('main *')].filter((one) => one.getBoundingClientRect().width > 0);
    return all.filter((one) => one.getBoundingClientRect().right > width + 1 && !held(one))
        .map((one) => one.outerHTML.slice(0, 100));
}"""


class Links(html.parser.HTMLParser):
    """Gathers the ids of a page, its links, and its pictures without words."""

    def __init__(self, path):
        super().__init__()
        self.ids, self.links, self.bare = set(), [], []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        told = dict(attributes)
        self.ids.add(told.get("id"))
        if tag == "a" and told.get("href"):
            self.links.append(told["href"])
        if tag in ("img", "link", "script") and (told.get("src") or tag == "link"):
            self.links.append(told.get("src") or told.get("href", "#"))
        if tag == "img" and not told.get("alt", "").strip():
            self.bare.append(told.get("src", "")[:60])
        if "xref" in (told.get("class") or "").split() and tag == "span":
            self.links.append("#a-reference-that-leads-nowhere")


def read(path, seen={}):  # noqa: B006 -- each page is read once
    if path not in seen:
        seen[path] = Links(path)
    return seen[path]


def dead_links(root, name):
    here, dead = root / name, []
    for link in read(here).links:
        parts = urlparse(link)
        if parts.scheme or parts.netloc:
            continue
        target = (here.parent / unquote(parts.path)).resolve() if parts.path else here
        anchor = unquote(parts.fragment) if target.suffix == ".html" else ""
        if not target.exists() or (anchor and anchor not in read(target).ids):
            dead.append(link)
    return dead


def test_there_is_a_page_for_each_notebook_but_solutions():
    notebooks = {
        p.relative_to(ROOT / "notebooks").with_suffix(".html").as_posix() for p in ROOT.glob("notebooks/**/*.ipynb")
    }
    hidden = re.compile(r"(^|/)(\.|solutions/)")
    assert {name for name in notebooks if not hidden.search(name)} <= set(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_each_link_inside_the_site_leads_somewhere(html, name):
    assert dead_links(html, name) == []


@pytest.mark.parametrize("name", PAGES)
def test_each_picture_has_words(html, name):
    assert read(html / name).bare == []


def test_a_dead_link_and_a_bare_picture_are_found(tmp_path):
    page = tmp_path / "page.html"
    page.write_text('<h1 id="here">x</h1><a href="#here">y</a><a href="#there">y</a><img src="page.html">', "utf-8")
    assert dead_links(tmp_path, "page.html") == ["#there"] and read(page).bare == ["page.html"]


@pytest.mark.parametrize("name", PAGES)
def test_no_page_asks_anything_of_others_or_is_too_wide(opened, url, name):
    page = opened(name, 390, 844)
    height = page.evaluate("document.documentElement.scrollHeight")
    for top in range(0, height, 1500):
        page.evaluate("top => window.scrollTo(0, top)", top)
    page.wait_for_timeout(300)
    assert [asked for asked in page.asked if not asked.startswith((url, "data:", "blob:"))] == []
    assert [asked for asked, status in page.sizes.items() if status >= 400] == []
    assert page.evaluate(TOO_WIDE) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert [error for error in errors_in_console(page) if not any(noise in error for noise in NOISE)] == []


def test_printed_tables_keep_their_columns_on_a_phone_and_claims_wrap(opened):
    page = opened("03_activations.html", 390, 844)
    spaces = "all => all.map(one => getComputedStyle(one).whiteSpace)"
    printed, claims = (page.locator(f".cell_output .{kind} pre") for kind in ("stream", "text_plain"))
    assert set(printed.evaluate_all(spaces)) == {"pre"} and set(claims.evaluate_all(spaces)) == {"pre-wrap"}


def test_a_page_that_is_too_wide_is_seen(opened):
    page = opened("00_start_here.html", 390, 844)
    page.evaluate("document.querySelector('main p').style.width = '500px'")
    assert page.evaluate(TOO_WIDE) != []


def packed(html, url, asked):
    files = {html / unquote(urlparse(one).path).strip("/") for one in asked if one.startswith(url)}
    return sum(len(gzip.compress(file.read_bytes())) for file in files)


@pytest.mark.parametrize("name", ["index.html", *CHAPTERS])
def test_a_page_is_small_at_first(opened, html, url, name):
    page = opened(name)
    page.wait_for_timeout(500)
    assert packed(html, url, page.asked) < 2.5e6


@pytest.mark.parametrize("folder", [".", "zh"])
def test_all_recordings_of_a_language_are_small(html, folder):
    packed = [len(gzip.compress(file.read_bytes())) for file in (html / folder).glob("_static/live/*.js")]
    assert len(packed) > 20 and sum(packed) < 3e6


def test_the_search_finds_a_word(opened):
    page = opened("search.html?q=divergence")
    page.wait_for_selector("#search-results li a", timeout=20_000)
    assert "02_learning_rate" in page.inner_html("#search-results")


def test_the_chinese_search_finds_a_term(opened):
    page = opened("zh/search.html?q=学习率")
    page.wait_for_selector("#search-results li a", timeout=20_000)
    assert "02_learning_rate" in page.inner_html("#search-results")


@pytest.mark.parametrize("name", ["index.html", "02_learning_rate.html", "appendix/frameworks.html", "search.html"])
def test_the_switch_leads_to_the_same_page_and_back(opened, url, name):
    page = opened(name)
    assert page.get_attribute("html", "lang") == "en"
    with page.expect_navigation():
        page.locator("a.language").click()
    assert page.url.split("?")[0] == f"{url}/zh/{name}" and page.get_attribute("html", "lang") == "zh-CN"
    assert page.locator("link[hreflang=en]").count() == 1
    with page.expect_navigation():
        page.locator("a.language").click()
    assert page.url.split("?")[0] == f"{url}/{name}"


BUTTONS = """() => [
    ...document.querySelectorAll('button, summary, .dropdown-item, [title], [placeholder], [aria-label]')
].flatMap((one) => [one.innerText, one.title, one.placeholder, one.getAttribute('aria-label')])
    .filter((text) => text && /[a-z]{3}/i.test(text) && !/[\u4e00-\u9fff]/.test(text))"""
#: What is the same in all languages: kinds of files, names, and the keys of a search.
NAMES = re.compile(r"\.(ipynb|md|pdf)$|^(English|Ctrl\+K|Binder|Colab|JupyterLite|GitHub)$")


@pytest.mark.parametrize("name", ["zh/index.html", "zh/02_learning_rate.html", "zh/search.html"])
def test_a_chinese_page_has_no_english_buttons(opened, name):
    page = opened(name)
    if page.locator(".live-figure").count():
        page.locator(".live-figure").first.scroll_into_view_if_needed()
        page.wait_for_selector(".live-buttons", timeout=20_000)
    assert [text for text in page.evaluate(BUTTONS) if not NAMES.search(text.strip())] == []


def test_an_english_button_is_seen(opened):
    assert any("Search" in text for text in opened("index.html").evaluate(BUTTONS))


@pytest.mark.parametrize("name", PAGES)
def test_what_is_downloaded_is_the_notebook_as_it_is_stored(html, name):
    stored = ROOT / "notebooks" / name.replace(".html", ".ipynb")
    if stored.exists():
        (link,) = {link for link in read(html / name).links if re.search(r"_sources/.*\.ipynb$", link)}
        assert ((html / name).parent / link).resolve().read_bytes() == stored.read_bytes()


AXE = next(iter(sorted((ROOT / ".venv-site").glob("lib/python*/site-packages/axe_playwright_python/axe.min.js"))), None)


@pytest.mark.skipif(AXE is None, reason="axe-core is not installed")
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", ["index.html", "zh/index.html", *CHAPTERS, "appendix/the_lecture_note.html"])
def test_everyone_can_use_a_page(opened, name, dark):
    """Nothing that axe-core calls serious or critical in what is ours; the theme's bars are not."""
    page = opened(name, dark=dark)
    page.add_script_tag(path=AXE)
    found = page.evaluate("axe.run('article', {resultTypes: ['violations']})")["violations"]
    serious = [one for one in found if one["impact"] in ("serious", "critical")]
    told = [f"{one['id']}: {one['nodes'][0]['html'][:150]}" for one in serious]
    assert told == []
