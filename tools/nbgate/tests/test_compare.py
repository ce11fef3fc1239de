"""What nobody sees of an output is not compared; what is seen is."""

import pytest
from nbformat.v4 import new_output

from nbgate.compare import differences
from nbgate.settings import Settings

STYLED = '<style>#T_{0}_row0 {{color: red}}</style><td id="T_{0}_row0">{1}</td>'
HELD = "(IntSlider(value=10, max=30), Output({}))"


def found(old, new):
    """Return the codes of what is said of an output that was stored as `old`, and is now `new`."""
    stored, fresh = ([new_output("display_data", data)] for data in (old, new))
    return [finding.code for finding in differences(fresh, stored, Settings(), "cell")]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"text/html": STYLED.format("5f0ab", 3)}, {"text/html": STYLED.format("91c2e", 3)}),
        (
            {"text/html": "<video>", "text/plain": "<V at 0x7f00aa11bb22>"},
            {"text/html": "<video>", "text/plain": "<V at 0x7f00aa11cc33>"},
        ),
        ({"image/svg+xml": "<svg><dc:date>2026</dc:date>"}, {"image/svg+xml": "<svg><dc:date>2027</dc:date>"}),
        ({"text/html": "1", "text/plain": "<Figure size 640x480>"}, {"text/html": "1", "text/plain": "<Axes>"}),
        ({"text/html": f"<i onclick='a{'0b' * 16}()'>"}, {"text/html": f"<i onclick='a{'1c' * 16}()'>"}),
        (
            {"text/plain": HELD.format("outputs=({'data': {'text/plain': '(30'}, 'metadata': {}},)")},
            {"text/plain": HELD.format("")},
        ),
    ],
)
def test_what_nobody_sees_may_differ(old, new):
    """Names of elements, addresses beside what is shown in their place, what a front end keeps in a widget."""
    assert not found(old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"text/html": STYLED.format("5f0ab", 3)}, {"text/html": STYLED.format("91c2e", 4)}),
        (
            {"text/html": '<b id="a12345">1</b><b id="b12345">2</b>'},
            {"text/html": '<b id="b12345">2</b><b id="b12345">1</b>'},
        ),
        ({"text/plain": "<V at 0x7f00aa11bb22>"}, {"text/plain": "<V at 0x7f00aa11cc33>"}),
        ({"text/plain": HELD.format("")}, {"text/plain": HELD.format("").replace("10", "11")}),
    ],
)
def test_what_is_seen_may_not(old, new):
    """The text between names, an address that stands alone, the values of other widgets."""
    assert found(old, new) == ["O202"]
