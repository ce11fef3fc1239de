"""Each control is moved to both its ends: what goes wrong then is found, and what is in order is left as it was."""

import ast
import asyncio
import contextlib
import logging
import sys
import time
import traceback
import types

import ipywidgets
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display
from ipywidgets import (
    HTML,
    Button,
    Checkbox,
    Dropdown,
    FloatLogSlider,
    FloatRangeSlider,
    FloatText,
    HBox,
    IntSlider,
    IntText,
    Label,
    Output,
    RadioButtons,
    SelectionRangeSlider,
    SelectionSlider,
    SelectMultiple,
    Text,
    VBox,
    interactive,
    interactive_output,
)

from nbgate import probe_call, widgets
from nbgate.kernel import Kernel
from nbgate.rules.widgets import RULES
from nbgate.settings import Settings


@pytest.fixture(autouse=True)
def shell(monkeypatch):
    """Let widgets believe that they are in a notebook."""
    shell = InteractiveShell.instance()
    monkeypatch.setattr(shell.display_pub, "publish", lambda *arguments, **named: None)
    monkeypatch.setattr(widgets, "LIMIT", 0.5)
    return shell


def found(*shown, adaptors=""):
    """Return what is found in widgets, as (code, message)."""
    ids = [widget.model_id for widget in shown]
    return [(code, message) for code, _, message in asyncio.run(widgets.examine({"c1": ids}, adaptors))]


def codes(*shown, **named):
    return [code for code, _ in found(*shown, **named)]


def quiet(make, *arguments, **named):
    """Return what a function makes, without what it prints."""
    with contextlib.redirect_stdout(None), contextlib.redirect_stderr(None):
        return make(*arguments, **named)


def interact(function, options=None, **controls):
    return quiet(interactive, function, options or {}, **controls)


def observed(control, callback):
    control.observe(lambda change: callback(change.new), "value")
    return control


# -- interact ------------------------------------------------------------------------------------------------------


def test_a_function_that_is_in_order():
    panel = interact(lambda n, how: print(n, how), n=(0, 9), how=["a", "b"])
    assert found(panel) == []


def test_what_interact_swallows_is_found():
    panel = interact(lambda n: print(1 / n), n=(0, 9))
    assert found(panel) == [("W601", "n = 0 raises ZeroDivisionError: division by zero")]


def test_an_error_at_one_choice_is_found():
    panel = interact(lambda how: print({"a": 1, "c": 3}[how]), how=["a", "b", "c"])
    assert found(panel) == [("W601", "how = 'b' raises KeyError: 'b'")]


def test_an_error_that_is_printed_is_found():
    def function(n):
        try:
            print(1 / n)
        except ZeroDivisionError:
            traceback.print_exc()

    (code, message), *_ = found(interact(function, n=(0, 9)))
    assert code == "W601" and "writes an error: ZeroDivisionError" in message


def test_a_control_without_effect_is_found():
    assert found(interact(lambda n, m: print(n), n=(0, 9), m=(0, 9))) == [
        ("W603", "m is linked to nothing: it changes neither the picture nor a word of it")
    ]


def test_a_number_that_is_not_finite_is_found():
    assert ("W604", "x = 0.0 shows what is not a finite number: value: -inf") in found(
        interact(lambda x: print("value:", x or float("-inf")), x=(0.0, 9.0))
    )
    assert codes(interact(lambda x: print("information, Nan said", x), x=(0, 9))) == []


def test_another_picture_the_second_time_is_found():
    past = []

    def function(n):
        past.append(n)
        print(sum(past))

    assert codes(interact(function, n=(0, 9))) == ["W605"]


def test_an_address_is_no_other_picture():
    class Thing:
        pass

    things = []

    def function(n):
        things.append(Thing())
        print(n)
        display(things[-1])

    assert found(interact(function, n=(0, 9))) == []


def test_a_function_that_runs_by_a_button_is_left_in_peace_until_it_may_be_pressed(monkeypatch):
    panel = interact(lambda n: print(1 / n), {"manual": True}, n=(0, 9))
    assert found(panel) == []
    own = types.ModuleType("own_widgets")
    own.press = lambda button: True
    monkeypatch.setitem(sys.modules, "own_widgets", own)
    assert codes(panel, adaptors="own_widgets") == ["W601"]


def test_all_values_are_put_back():
    panel = interact(lambda n, how: print(n, how), n=(0, 9, 3), how=["a", "b"])
    before = [control.value for control in panel.kwargs_widgets]
    found(panel)
    assert [control.value for control in panel.kwargs_widgets] == before
    broken = interact(lambda n: print(1 / n), n=(0, 9))
    before = broken.children[0].value
    found(broken)
    assert broken.children[0].value == before


def test_an_angle_of_a_full_turn_is_no_control_without_effect():
    assert found(interact(lambda angle: print(angle % 360), angle=(0, 360))) == []


# -- time ----------------------------------------------------------------------------------------------------------


def endless(n):
    while n == 9:
        pass


def sleeping(n):
    if n == 9:
        time.sleep(60)


def stubborn(n):
    while n == 9:
        try:
            while True:
                pass
        except Exception:
            continue


@pytest.mark.parametrize("function", [endless, sleeping, stubborn])
def test_a_callback_that_does_not_end_is_found_and_the_others_are_moved(function):
    bad, good = interact(function, n=(0, 9)), interact(lambda m: print(1 / m), m=(0, 9))
    assert found(bad, good) == [
        ("W601", "n = 9 does not end within 0.5 seconds"),
        ("W601", "m = 0 raises ZeroDivisionError: division by zero"),
    ]


def test_an_endless_callback_of_a_plain_control_is_found():
    control = observed(IntSlider(max=9, description="n"), endless)
    assert found(control) == [("W601", "n = 9 does not end within 0.5 seconds")]


def test_a_task_that_does_not_end_is_found():
    async def forever():
        while True:  # gives the loop no time
            pass

    control = observed(IntSlider(max=9, description="n"), lambda n: n and asyncio.ensure_future(forever()))
    assert [code for code, message in found(control) if "end" in message] == ["W601"]


def test_all_moves_together_have_a_limit(monkeypatch):
    monkeypatch.setattr(widgets, "TOTAL", 0.0)
    ((code, message),) = found(interact(lambda n: print(n), n=(0, 9)))
    assert code == "W601" and "were not moved" in message


# -- plain widgets -------------------------------------------------------------------------------------------------


def panel_of(control, function):
    """Return a control, and a text that follows it."""
    text = HTML()

    def show(value):
        text.value = str(function(value))

    show(control.value)
    return VBox([observed(control, show), text])


CONTROLS = [
    IntSlider(description="n", max=9),
    FloatRangeSlider(description="r"),
    FloatLogSlider(description="l"),
    Checkbox(description="c"),
    Dropdown(description="d", options=[("one", 1), ("two", 2)]),
    Dropdown(description="many", options=list(range(500))),
    RadioButtons(description="b", options=["a", "b"]),
    SelectMultiple(description="m", options=["a", "b"]),
    SelectionSlider(description="s", options=["a", "b", "c"]),
    SelectionRangeSlider(description="t", options=["a", "b", "c"]),
    ipywidgets.ToggleButtons(description="tb", options={"x": 1, "y": 2}),
    ipywidgets.Play(description="p", max=5),
    ipywidgets.BoundedIntText(description="i", max=5),
]


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: type(control).__name__ + control.description)
def test_a_control_of_any_kind_is_moved_and_put_back(control):
    before, values = control.value, []
    assert found(panel_of(control, lambda value: values.append(value) or value)) == []
    assert control.value == before
    assert set(map(str, widgets.ends(control))) <= set(map(str, values)) and len(values) < 60


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: type(control).__name__ + control.description)
def test_a_callback_of_any_control_that_raises_is_found(control):
    control.unobserve_all()
    last = widgets.ends(control)[-1]

    def callback(value):
        if value == last:
            raise ValueError(value)

    observed(control, callback)
    assert f"raises ValueError: {last}" in found(control)[0][1]
    control.unobserve_all()


def test_what_has_no_ends_is_left_in_peace():
    def callback(value):
        raise ValueError

    for control in (IntText(), FloatText(), Text(), ipywidgets.ColorPicker(), ipywidgets.Textarea()):
        assert found(observed(control, callback)) == []


def test_what_only_shows_is_no_control():
    assert found(VBox([HTML("a"), Label("a"), ipywidgets.IntProgress(), ipywidgets.Image(), ipywidgets.Valid()])) == []


def test_a_control_without_callback_is_found():
    assert codes(IntSlider()) == ["W603"]
    assert codes(VBox([IntSlider(), Button()])) == []  # the button may read it


def test_controls_that_are_linked_in_the_browser_are_left_in_peace():
    a, b = IntSlider(), ipywidgets.IntProgress()
    link = ipywidgets.jslink((a, "value"), (b, "value"))
    assert found(VBox([a, b])) == []
    link.unlink()
    link.close()


def test_what_goes_into_an_output_elsewhere_is_seen():
    out, control = Output(), IntSlider(max=9, description="n")

    def show(n):
        with out:
            print(1 / (n - 9))

    observed(control, show)
    assert found(control, out) == [("W601", "n = 9 raises ZeroDivisionError: division by zero")]
    assert found(VBox([interactive_output(lambda n: print(n), {"n": control_of("n")})])) == []


def control_of(name):
    return IntSlider(max=9, description=name)


def test_a_log_that_grows_is_no_other_picture():
    out, control = Output(), control_of("n")
    observed(control, lambda n: out.append_stdout(f"{n}\n"))
    assert found(VBox([control, out])) == []


def test_an_error_in_the_log_is_found():
    control = observed(control_of("n"), lambda n: n and logging.getLogger("x").error("lost %s", n))
    assert ("W601", "n = 9 writes an error to the log: lost 9") in found(control)


def test_buttons_are_pressed_only_if_they_may_be(monkeypatch):
    pressed, button = [], Button(description="Run")
    button.on_click(lambda _: pressed.append(1 / 0))
    assert found(VBox([button])) == []
    own = types.ModuleType("own_widgets")
    own.press = lambda button: button.description == "Run"
    monkeypatch.setitem(sys.modules, "own_widgets", own)
    assert found(VBox([button]), adaptors="own_widgets") == [
        ("W601", "pressing 'Run' raises ZeroDivisionError: division by zero")
    ]


def test_two_controls_with_one_label_are_found():
    a, b, c = (panel_of(control_of(name), str).children[0] for name in "nnm")
    assert ("W602", "VBox: expected a label for each control, got 'n' for 2 of them") in found(VBox([a, b, c]))
    assert "W602" not in codes(HBox([VBox([a]), VBox([b])]))
    assert "W602" not in codes(interact(lambda n: print(n), n=(0, 9)), interact(lambda n: print(n), n=(0, 9)))
    for link in (ipywidgets.jslink, ipywidgets.link):
        a, b = IntSlider(description="n"), IntText(description="n")
        link((a, "value"), (b, "value"))
        assert "W602" not in codes(VBox([a, b]))
    a, b = IntSlider(description="n"), IntSlider(description="n")
    assert "W602" in codes(interact(lambda x, y: print(x, y), x=a, y=b))


def test_nothing_of_a_move_is_shown(capsys, shell, monkeypatch):
    def publish(*arguments, **named):
        raise AssertionError("shown")

    panel = interact(lambda n: (print(n), print(n, file=sys.stderr), display(n)), n=(0, 9))
    capsys.readouterr()
    monkeypatch.setattr(shell.display_pub, "publish", publish)
    assert found(panel) == []
    assert capsys.readouterr() == ("", "")
    assert shell.showtraceback.__func__ is InteractiveShell.showtraceback


# -- the protocol --------------------------------------------------------------------------------------------------


class Picture(VBox):
    """Follows the protocol; `draw` returns the picture of a value."""

    def __init__(self, draw, listen=True, **controls):
        self._draw, self.controls, self.readout, self.description = draw, controls, {}, ""
        super().__init__(list(controls.values()))
        for control in controls.values():
            if listen:
                control.observe(lambda change: self.show(), "value")
        self.show()

    def show(self):
        self.picture = str(self._draw(*(control.value for control in self.controls.values()))).encode()

    def png(self):
        return self.picture

    redraw = show

    def reset(self):
        for control in self.controls.values():
            control.value = 3

    async def finished(self):
        await asyncio.sleep(0)


def test_a_widget_with_the_protocol_is_moved():
    live = Picture(lambda a: a, a=IntSlider(value=3, max=9))
    assert found(live) == [] and live.controls["a"].value == 3


def test_what_is_wrong_with_a_widget_with_the_protocol_is_found():
    def slider():
        return IntSlider(value=3, max=9)

    assert found(Picture(lambda a: 1 / (9 - a), a=slider())) == [
        ("W601", "a = 9 raises ZeroDivisionError: division by zero")
    ]
    assert codes(Picture(lambda a, b: a, a=slider(), b=slider())) == ["W603"]
    assert codes(Picture(lambda a: a, listen=False, a=slider())) == ["W603"]
    past = []
    assert codes(Picture(lambda a: past.append(a) or sum(past), a=slider())) == ["W605"]
    live = Picture(lambda a: a, a=slider())
    live.readout = {"loss": float("nan")}
    assert found(live) == [("W604", "a = 0 shows what is not a finite number: loss is nan")]
    live = Picture(lambda a: a, a=slider())
    live.redraw = lambda: setattr(live, "picture", b"another")
    assert found(live) == [("W606", "a = 0: drawn anew, the picture is another one: is all that moves declared?")]


def test_a_project_knows_its_own_widgets(monkeypatch):
    own = types.ModuleType("own_widgets")
    monkeypatch.setitem(sys.modules, "own_widgets", own)
    control = observed(control_of("n"), lambda n: 1 / (n - 9))
    panel = VBox([control])
    own.adaptor = lambda widget: "tested in tests/test_live.py" if widget is panel else None
    assert found(panel, adaptors="own_widgets") == []
    own.adaptor = lambda widget: None
    assert codes(panel, adaptors="own_widgets") == ["W601"]
    own.adaptor = lambda widget: types.SimpleNamespace(controls={"size": control}) if widget is panel else None
    assert found(panel, adaptors="own_widgets")[0][1].startswith("size = 9 raises")
    own.adaptor = lambda widget: 1 / 0
    assert "own_widgets.adaptor raises ZeroDivisionError" in found(panel, adaptors="own_widgets")[0][1]
    own.adaptor = lambda widget: 42
    assert "an object whose controls are a dict, got 42" in found(panel, adaptors="own_widgets")[0][1]
    assert "nowhere can't be imported" in found(panel, adaptors="nowhere")[0][1]


def test_a_widget_that_was_closed_is_no_widget():
    control = control_of("n")
    control.close()
    assert asyncio.run(widgets.examine({"c1": ["gone"]})) == []


def test_each_code_has_its_rule():
    assert [rule.code for rule in RULES] == ["W601", "W602", "W603", "W604", "W605", "W606"]


def evaluate(kernel, expression):
    """Return the text that an expression gives in a kernel."""
    reply = kernel.ask("", expressions={"": expression})
    return reply["user_expressions"][""]["data"]["text/plain"]


def test_in_a_kernel_nothing_comes_late_and_what_is_wrong_is_found(tmp_path):
    """Output widgets, captured pictures and updated displays need a real one."""
    source = """import ipywidgets
from IPython.display import clear_output, display
out, n = ipywidgets.Output(), ipywidgets.IntSlider(max=9, description="n")
handle = display("first", display_id=True)

def show(change):
    with out:
        clear_output(wait=True)
        print(1 / (9 - change.new))
    handle.update("second")

n.observe(show, "value")
panel = ipywidgets.VBox([n, out])
ids = [panel.model_id, ipywidgets.interactive(lambda m: print(m), m=(0, 9)).model_id]"""
    kernel, came = Kernel("python3", cwd=str(tmp_path)), []

    def get_message(timeout=None):
        message = kernel.get_iopub(timeout)
        came.append(message["msg_type"])
        return message

    try:
        kernel.ask(f"exec({source!r}, globals())")
        ids = ast.literal_eval(evaluate(kernel, "ids"))
        found = probe_call.findings(kernel, get_message, {"c1": ids}, Settings())
        assert evaluate(kernel, "n.value") == "0"
    finally:
        kernel.stop()
    assert [(f.code, f.cell, f.message) for f in found] == [
        ("W601", "c1", "n = 9 raises ZeroDivisionError: division by zero")
    ]
    assert {"stream", "display_data", "update_display_data", "error"}.isdisjoint(came)
