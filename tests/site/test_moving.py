"""Live figures without Python: the player draws what matplotlib draws, and follows mouse, keys and its play button."""

import json
import random
import re

import pytest

from tests.live_figures import LIVE_FIGURES, steps_of
from tests.site.pictures import apart, pixels
from tools.live_figures import figure_in
from tools.places import NOTEBOOKS
from tools.site.__main__ import RECORDINGS
from tools.site.fingerprint import fingerprint
from tools.site.sampling import grid, is_menu, samples

RECORDED = [name for name in LIVE_FIGURES if not isinstance(samples().get(name), str)]
#: So many pixels may differ clearly, by letters that lie a little elsewhere: at most 0.2 % do. A curve that lies five
#: pixels beside its place is more.
FEW = 0.0025
SETTINGS = 3

PAGE = """<style>@font-face {{ font-family: "Course Sans"; src: url("_static/live/course-sans.woff"); }}
@font-face {{ font-family: "Course Sans"; src: url("_static/live/course-sans-more.woff"); unicode-range: U+2E80-FFFF; }}
</style>
<div class="live-figure" data-name="{0}" data-source="_static/live/{0}.js"></div>
<script src="_static/player.js"></script>"""
READY = "document.querySelector('.live-figure').figure"
DRAW = f"""places => {{
    {READY}.controls.forEach((control, i) => control.go(places[i]));
    {READY}.draw();
    return {READY}.canvas.toDataURL();
}}"""


@pytest.fixture
def figure(opened):
    """Return a function that opens a page with one recorded figure on it."""

    def show(name, alter=None, folder=""):
        page = opened(f"{folder}alone.html", body=PAGE.format(name))
        page.wait_for_function(f"() => {READY}", timeout=20_000)
        if alter:
            page.evaluate(f"alter => ({alter})({READY}.recording)")
        return page

    return show


def random_settings(name, live, seed=1):
    """Yield places of all controls, and the values there, at random."""
    values = grid(live.controls, samples().get(name, {}))
    rng = random.Random(seed)
    for _ in range(SETTINGS):
        chosen = {control: rng.randrange(len(at)) for control, at in values.items()}
        yield list(chosen.values()), {control: values[control][i] for control, i in chosen.items()}


@pytest.mark.parametrize("name", RECORDED)
def test_the_player_draws_what_matplotlib_draws(figure, name):
    page, live = figure(name), LIVE_FIGURES[name]()
    for chosen, values in random_settings(name, live):
        shown = page.evaluate(DRAW, chosen)
        live.set(**values)
        assert apart(pixels(shown), pixels(live.png())) < FEW, values
        words = page.get_attribute("canvas", "aria-label")
        assert words.partition("Read off: ")[2].rstrip(".") == live.description.partition("Read off: ")[2], values


def test_a_wrong_curve_is_seen(figure):
    """Each curve that moves is five pixels lower than it should be."""
    name = "descent_on_a_bowl"
    wrong = r"""recording => recording.ops.forEach((op) => {
        if (op[0] === "path") op[2] = op[2].replace(/M(\d+) (\d+)/, (_, x, y) => `M${x} ${Number(y) + 50}`);
    })"""
    page, live = figure(name, wrong), LIVE_FIGURES[name]()
    live.set(learning_rate=0.1, steps=60)
    values = grid(live.controls, samples()[name])
    chosen = [values[control].index(live.values[control]) for control in values]
    assert apart(pixels(page.evaluate(DRAW, chosen)), pixels(live.png())) > FEW


def test_the_first_picture_is_the_stored_one(html, figure):
    page = figure("descent_on_a_bowl")
    shown = pixels(page.evaluate(f"() => {READY}.canvas.toDataURL()"))
    assert apart(shown, pixels((html / "_static/live/descent_on_a_bowl.png").read_bytes())) < FEW


def test_the_first_chinese_picture_is_the_stored_one(html, figure):
    name = "highest_rate_game"
    page = figure(name, folder="zh/")
    shown = pixels(page.evaluate(f"() => {READY}.canvas.toDataURL()"))
    assert apart(shown, pixels((html / f"zh/_static/live/{name}.png").read_bytes())) < FEW
    assert any("course-sans-more.woff" in asked for asked in page.asked)
    words = page.get_attribute("canvas", "aria-label")
    assert "设置：关卡 = 1：曲率 0.5、学习率 = 0.01。" in words and "Shown" not in words


def test_a_recording_is_fetched_when_it_is_scrolled_to(opened):
    page = opened("02_learning_rate.html")
    page.wait_for_timeout(500)
    assert not any("rules_in_a_ravine.js" in asked for asked in page.asked)
    page.evaluate("document.querySelector('[data-name=rules_in_a_ravine]').scrollIntoView()")
    page.wait_for_function("() => document.querySelector('[data-name=rules_in_a_ravine]').figure", timeout=20_000)
    assert any("rules_in_a_ravine.js" in asked for asked in page.asked)


def test_without_a_recording_the_stored_picture_stays(opened):
    page = opened("05_capstone.html")
    still = page.locator("img.live-still")
    assert still.count() == 1 and "Loss" in still.get_attribute("alt")
    assert "ten controls" in page.inner_text("p.live-note")


def settled(page):
    return page.evaluate(f"() => [{READY}.canvas.toDataURL(), {READY}.canvas.getAttribute('aria-label')]")


def test_keys_and_mouse_move_the_picture_its_words_and_its_numbers(opened):
    page = opened("index.html")
    page.wait_for_function(f"() => {READY}", timeout=20_000)
    slider = page.get_by_label("learning rate").first
    before = settled(page)
    slider.press("ArrowRight")
    after = settled(page)
    assert before[0] != after[0] and "learning rate = 0.3" in after[1] and "last rate = 0.3" in after[1]
    assert slider.get_attribute("aria-valuetext") == "0.3" and "0.3" in page.inner_text(".live-readout")
    box = slider.bounding_box()
    page.mouse.move(box["x"] + 5, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 1, box["y"] + box["height"] / 2, steps=10)
    page.mouse.up()
    words = settled(page)[1]
    assert "learning rate = 1.2" in words and float(re.search(r"loss = (\S+)[,.]", words)[1]) > 1e6
    page.get_by_role("button", name="Reset").first.click()
    assert settled(page) == before


def test_on_a_phone_a_finger_drags_the_rate_of_chapter_2_over_its_edge(browser, url):
    """The loss grows beyond all bounds, and the page stays where it is."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(f"{url}/02_learning_rate.html")
    live = page.locator("[data-name=descent_on_a_bowl]")
    live.evaluate("one => window.scrollTo(0, one.getBoundingClientRect().top + scrollY - 90)")
    slider = live.get_by_label("learning rate").first
    box, top = slider.bounding_box(), page.evaluate("scrollY")
    finger, rates = context.new_cdp_session(page), {}
    place, places = (float(slider.evaluate(f"one => one.{what}")) for what in ("value", "max"))

    def touch(kind, **at):
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [at] if at else []})

    def at(share):
        return {"x": box["x"] + 8 + (box["width"] - 16) * share, "y": box["y"] + box["height"] / 2}

    touch("touchStart", **at(place / places))
    for step in range(int(place), int(places) + 1):
        touch("touchMove", **at(step / places))
        page.wait_for_timeout(50)
        words = live.locator("canvas").get_attribute("aria-label")
        rates[float(re.search(r"learning rate = (\S+),", words)[1])] = float(re.search(r"loss = (\S+),", words)[1])
    touch("touchEnd")
    assert rates[0.5] == 0 and rates[1.0] == 36 and rates[1.1] > 1e6 and rates[1.2] > 1e12
    assert page.evaluate("scrollY") == top
    context.close()


def test_the_play_button_walks_through_time_and_stops(opened):
    page = opened("index.html")
    page.wait_for_function(f"() => {READY}", timeout=20_000)
    page.evaluate(f"() => {{ {READY}.controls[2].go(0); {READY}.draw(); }}")
    page.get_by_role("button", name="Play").first.click()
    page.wait_for_function(f"() => {READY}.canvas.getAttribute('aria-label').includes('steps = 60')", timeout=20_000)
    page.get_by_role("button", name="Play").first.wait_for()


def test_a_move_is_drawn_within_a_frame(opened):
    page = opened("index.html")
    page.wait_for_function(f"() => {READY}", timeout=20_000)
    took = page.evaluate("""async () => {
        const input = document.querySelector('.live-figure input'), took = [];
        for (let i = 0; i < 30; i++) {
            input.value = i % 15;
            const begin = performance.now();
            input.dispatchEvent(new Event('input'));
            took.push(performance.now() - begin);
            await new Promise(requestAnimationFrame);
        }
        return took.sort((a, b) => a - b)[15];
    }""")
    assert took < 25


def numbers_above(cells, i):
    """Return the numbers in the text above a cell."""
    text = next("".join(cell["source"]) for cell in reversed(cells[:i]) if cell["cell_type"] == "markdown")
    sentences = re.split(r"(?<=[.?!])\s", re.sub(r"\$[^$]*\$", " ", text))
    told = " ".join(sentence for sentence in sentences if re.search(r"\b(Try|[Ss]et|Choose|Press|turn)\b", sentence))
    return {float(number) for number in re.findall(r"(?<![\w.])-?\d+(?:\.\d+)?(?![\w%])", told)}


def test_values_that_the_text_above_a_figure_tells_to_try_are_recorded():
    """Each number that some control can take must be on the grid of one that can."""
    missing = []
    for path in sorted(NOTEBOOKS.glob("*.ipynb")) + sorted(NOTEBOOKS.glob("appendix/*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        for i, cell in enumerate(cells):
            name = figure_in(cell, RECORDED)
            if name is None:
                continue
            live = LIVE_FIGURES[name]()
            values = grid(live.controls, samples().get(name, {}))
            sliders = [control for control in values if not is_menu(live.controls[control])]
            for number in numbers_above(cells, i):
                able = [control for control in sliders if number in steps_of(live.controls[control])]
                if able and not any(number in values[control] for control in able):
                    missing.append((name, number))
    assert missing == []


@pytest.mark.parametrize("name", RECORDED)
def test_what_the_site_has_is_recorded_from_the_code_as_it_is(html, name):
    kept = RECORDINGS / f"{name}-{fingerprint(name)}.js"
    assert kept.exists(), "its code or sampling has changed: make site"
    assert (html / "_static" / "live" / f"{name}.js").read_bytes() == kept.read_bytes()
