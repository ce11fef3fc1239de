"""English is what is written in the code; another language says the same, in pictures, words and controls."""

import gettext
import json
import os
import subprocess
import sys

import pytest
from matplotlib import font_manager

from helpers.figures import style
from helpers.language import FONT, LOCALE, N_, _, columns, languages, ngettext, padded, spoken, use
from tools.translate import font

#: Draws and tells, in a process of its own: what a language says is fixed once a module is loaded.
TOLD = """
import json
from helpers._checks import check_real
from helpers.figures.complexity import network_drawing
from helpers.figures.losses import errors_by_noise
from helpers.figures.style import fonts
from helpers.live.board import Board
from helpers.live.complexity import sliding_window
from helpers.live.learning_rate import rules_in_a_ravine
from helpers.live.predict import predict

def refused():
    try:
        check_real(-1, "rate", at_least=0, at_most=1)
    except ValueError as error:
        return str(error)

live, drawn = sliding_window(), network_drawing([3, 4, 2])
live.set(kernel="mean", position=3)
_, metadata = live._repr_mimebundle_()
noises = errors_by_noise({"Gaussian": {"squared": [1.0]}})
ravine = rules_in_a_ravine()
print(json.dumps({
    "fonts": fonts(),
    "title": live.figure.axes[0].get_title(),
    "control": live.controls["position"].description,
    "option": live.controls["kernel"].label,
    "value": live.values["kernel"],
    "readout": list(live.readout),
    "description": live.description,
    "alt": metadata["image/png"]["alt"],
    "static": drawn.description,
    "noise": noises.figure.axes[0].get_xticklabels()[0].get_text(),
    "loss": noises.figure.axes[0].lines[0].get_label(),
    "ravine": ravine.figure.axes[1].get_title(),
    "question": repr(predict("memory-of-lenet")._repr_mimebundle_()["text/plain"]),
    "refused": refused(),
    "size": len(live.png()) + len(drawn.png()),
}))
"""


def told(language):
    """Return what a process that speaks a language says of some pictures; it may write no warning."""
    environment = {**os.environ, "COURSE_LANGUAGE": language, "PYTHONUTF8": "1"}
    command = [sys.executable, "-W", "error", "-c", TOLD]
    done = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return json.loads(done.stdout)


def test_english_is_what_is_written():
    assert spoken() == "en" == languages()[0] and style.fonts() == ["DejaVu Sans"] == style.RC["font.family"]
    assert [_(""), _("loss"), _("rate {rate:.2f}", rate=0.5), N_("mean")] == ["", "loss", "rate 0.50", "mean"]
    assert [ngettext("{number} bar", "{number} bars", n).format(number=n) for n in (0, 1, 2)] == [
        "0 bars",
        "1 bar",
        "2 bars",
    ]


def test_a_chinese_character_takes_two_columns():
    assert [columns(text) for text in ("", "rate 0.1", "学习率 0.1", "，")] == [0, 8, 10, 2]
    assert [padded(text, 8) + "|" for text in ("rate", "速率", "学习率，0.1")] == [
        "rate    |",
        "速率    |",
        "学习率，0.1|",
    ]


def test_a_language_that_there_is_not_or_comes_too_late_is_refused():
    with pytest.raises(ValueError, match=r"^language must be one of en, zh, got 'xx'$"):
        use("xx")
    with pytest.raises(RuntimeError, match=r"^the course speaks 'en' already: restart the kernel, then call use"):
        use("zh")
    use("en")
    assert spoken() == "en"


def test_pictures_and_controls_speak_chinese():
    chinese, english = told("zh"), told("en")
    assert english["fonts"] == ["DejaVu Sans"] and chinese["fonts"] == ["DejaVu Sans", "Course Sans zh"]
    assert (chinese["title"], english["title"]) == ("图片，8 × 8", "image, 8 × 8")
    assert (chinese["control"], english["control"]) == ("位置", "position")
    assert (chinese["option"], english["option"]) == ("均值", "mean")
    assert chinese["value"] == english["value"] == "mean"  # code looks it up
    assert chinese["readout"] == ["走过的位置", "至此的乘加", "这里的输出", "权重"]
    assert (chinese["noise"], chinese["loss"], chinese["ravine"]) == ("高斯", "平方", "离最低点多远")
    assert chinese["description"].endswith("读数：走过的位置 = 3、至此的乘加 = 27、这里的输出 = 10.7、权重 = 9")
    assert english["description"].endswith("multiply-adds so far = 27, output here = 10.7, weights = 9")
    assert chinese["alt"].startswith("运行这个单元格（Shift+Enter），就可以拖动这张图。\n子图 1：图片，8 × 8")
    assert "12 个权重 + 4 个偏置" in chinese["static"] and "12 weights + 4 biases" in english["static"]
    assert "你的预测：" in chinese["question"]
    assert chinese["refused"] == "rate 必须是不小于 0 且不大于 1 的有限的数，得到的是 -1"
    for text in (chinese["description"], chinese["static"]):
        assert not any(word in text for word in ("curve", "points", "axes", "panel", " at ", "through"))


def test_a_font_has_each_character_that_pictures_may_need():
    own = LOCALE / "zh" / FONT
    with (LOCALE / "zh" / "LC_MESSAGES" / "course.mo").open("rb") as file:
        said = gettext.GNUTranslations(file)._catalog
    letters = {letter for text in said.values() for letter in text} - {"\n"}
    base = font.covered(font_manager.findfont("DejaVu Sans"))
    assert {"率", "图", "（"} <= letters - base <= font.covered(own)
    assert (LOCALE / "zh" / "OFL.txt").exists()
