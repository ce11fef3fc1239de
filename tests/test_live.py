"""Live figures, without a browser: every control of every figure of the course, from end to end and in combination."""

import asyncio
import base64
import functools
import html
import random
import re
from collections import defaultdict

import ipywidgets
import matplotlib
import numpy as np
import pytest
from cycler import cycler
from nbgate.pictures import cut_off
from nbgate.widgets import ends, not_finite

from helpers.activations import ACTIVATIONS
from helpers.experiments import activations, capstone, complexity, losses
from helpers.experiments.schedules import schedule_from
from helpers.figures.style import new_figure
from helpers.initialisers import INITIALISERS
from helpers.live import board, controls, live_figure
from helpers.live import capstone as live_capstone
from helpers.live.live_figure import LiveFigure
from helpers.live.predict import Prediction, predict, predictions, questions
from helpers.losses import LOSSES
from helpers.schedules import SCHEDULES, constant
from tests.live_figures import LIVE_FIGURES

#: Settings that a reader may have, each of which would show in a picture.
HOSTILE = {
    "agg.path.chunksize": 3,
    "axes.facecolor": "yellow",
    "axes.formatter.limits": (0, 0),
    "axes.grid": False,
    "axes.labelpad": 12,
    "axes.prop_cycle": cycler(color=["red"]),
    "axes.unicode_minus": False,
    "axes.xmargin": 0.4,
    "figure.dpi": 50,
    "figure.figsize": (3, 9),
    "font.family": "monospace",
    "font.size": 17,
    "image.cmap": "hot",
    "image.interpolation": "bilinear",
    "lines.antialiased": False,
    "lines.linewidth": 7,
    "lines.marker": "x",
    "mathtext.fontset": "stix",
    "patch.antialiased": False,
    "path.sketch": (3, 30, 2),
    "path.snap": False,
    "savefig.dpi": 30,
    "text.antialiased": False,
    "text.color": "red",
    "text.hinting": "none",
    "xtick.direction": "in",
    "xtick.labelsize": 4,
    "ytick.right": True,
}


@functools.cache
def shared(name):
    """Return one figure of that name for several tests: whatever its history, `reset` must bring it back."""
    return LIVE_FIGURES[name]()


def drawn(control, rng):
    """Return a random value of a control, on its own grid of steps."""
    if isinstance(control, ipywidgets.SelectionSlider):
        return rng.choice(control.options)[1]
    if hasattr(control, "options") or isinstance(control.value, bool):
        return rng.choice(ends(control))
    steps = round((control.max - control.min) / control.step)
    return type(control.value)(control.min + rng.randint(0, steps) * control.step)


def settings(live, count=6, seed=0):
    """Yield what moves, and values for all controls: each at each end, the others as they start; then all at random."""
    rng, start = random.Random(seed), live.values
    for name, control in live.controls.items():
        for value in ends(control):
            yield name, {**start, name: value}
    for _ in range(count):
        yield "all", {name: drawn(control, rng) for name, control in live.controls.items()}


@pytest.mark.parametrize("name", LIVE_FIGURES)
def test_every_setting_draws_finite_numbers_and_leaves_no_trace(name):
    """After any sequence of moves the picture is the one that a new figure shows at these values, pixel for pixel."""
    live, seen = shared(name), defaultdict(set)
    live.reset()
    for number, (moved, values) in enumerate(settings(live)):
        live.set(**values)
        seen[moved].add(re.sub(r"\nShown: .*", "", live.description))
        assert live.error is None
        assert not cut_off(base64.b64encode(live.png())), f"cut off at an edge at {live.values}"
        assert not_finite(live) is None, live.values
        if number % 10 == 0:
            fresh = LIVE_FIGURES[name]()
            fresh.set(**live.values)
            fresh.redraw()
            assert fresh.png() == live.png(), f"drawn anew, the picture differs at {live.values}"
            assert fresh.description == live.description
    for control in live.controls:
        assert len(seen[control]) > 1, f"{control} changes nothing in the picture"


@pytest.mark.parametrize("name", LIVE_FIGURES)
def test_a_moved_control_and_reset_redraw_by_themselves(name):
    live = shared(name)
    live.reset()
    first = live.png()
    for control in live.controls.values():
        before = live.description
        for value in ends(control):
            control.value = value  # as the browser does it
        if live.description != before:
            break
    else:
        pytest.fail("no control redraws the picture")
    live.reset()
    assert live.png() == first


@pytest.mark.parametrize("name", LIVE_FIGURES)
def test_it_is_stored_as_a_picture_with_its_words(name):
    live = shared(name)
    live.reset()
    data, metadata = live._repr_mimebundle_()
    assert data["text/plain"] == f"{live_figure.NOTE}\n{live.description}" == metadata["image/png"]["alt"]
    assert {"image/png", "application/vnd.jupyter.widget-view+json"} < set(data)
    assert all(line.strip("- ") for line in live.description.splitlines())
    assert "nothing is drawn" not in live.description


@pytest.mark.parametrize("name", LIVE_FIGURES)
def test_controls_say_what_they_set(name):
    for control in shared(name).controls.values():
        assert 1 <= len(control.description) <= 22, f"{control.description!r} does not fit beside its control"


# -- LiveFigure itself, on small figures with known faults ---------------------------------------------------------


def parabola(move=None, moving=True, **options):
    figure, axes = new_figure()
    axes.set(xlim=(-1, 1), ylim=(0, 4), xlabel="x", ylabel="y")
    x = np.linspace(-1, 1, 21)
    (curve,) = axes.plot(x, 0 * x, label="a x^2")

    def default(a):
        curve.set_data(x, a * x**2)
        return {"height": a}

    move = move and move(figure, axes, curve, x)
    return LiveFigure(
        figure,
        [curve] if moving else [],
        move or default,
        a=controls.slider("a", 0, 4, 1, step=0.1),
        **options,
    )


def test_the_readout_and_the_description_follow_the_control():
    live = parabola()
    live.controls["a"].value = 3.0
    assert live.readout == {"height": 3.0}
    assert "highest 3 at -1" in live.description and "Shown: a = 3" in live.description
    assert ">3<" in live._readout.value


def test_set_draws_once_and_rejects_unknown_controls():
    calls = []

    def move(figure, axes, curve, x):
        return lambda a: calls.append(a)

    live = parabola(move)
    live.set(a=2.0)
    assert calls == [1.0, 2.0]
    with pytest.raises(TypeError, match="expected controls among a, got b"):
        live.set(b=1)


def test_a_move_that_the_browser_held_back_does_not_undo_a_click_on_reset(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(live_figure.time, "monotonic", lambda: now[0])
    live = parabola()
    slider, (reset,) = live.controls["a"], live.children[0].children[-1].children
    slider.value = 3.0
    reset.click()
    assert live.readout == {"height": 1.0}
    slider.value = 2.0
    assert (slider.value, live.readout) == (1.0, {"height": 1.0})
    now[0] += live_figure.LATE
    slider.value = 2.0
    assert (slider.value, live.readout) == (2.0, {"height": 2.0})


def test_an_error_shows_in_place_of_the_picture_and_is_raised():
    def move(figure, axes, curve, x):
        def fails_above_two(a):
            if a > 2:
                raise ZeroDivisionError("too <high>")
            curve.set_data(x, a * x**2)

        return fails_above_two

    live = parabola(move)
    with pytest.raises(ZeroDivisionError):
        live.set(a=3.0)
    assert isinstance(live.error, ZeroDivisionError)
    assert "too &lt;high&gt;" in live._message.value and live._image.layout.visibility == "hidden"
    live.set(a=1.0)
    assert live.error is None
    assert (live._image.layout.visibility, live._message.layout.visibility) == ("visible", "hidden")


def test_an_artist_that_is_not_declared_as_moving_is_found_out():
    live = parabola(moving=False)
    with pytest.raises(RuntimeError, match=r"'a x\^2' has changed, but it is not declared as moving"):
        live.set(a=3.0)
    assert "not declared as moving" in live._message.value


def test_limits_ticks_and_titles_that_change_are_drawn_anew():
    def move(figure, axes, curve, x):
        def zoom(a):
            curve.set_data(x, a * x**2)
            axes.set(ylim=(0, a + 1), title=f"a = {a:.1f}")

        return zoom

    moved, fresh = parabola(move), parabola(move)
    for a in (4.0, 0.5, 2.0):
        moved.set(a=a)
    fresh.set(a=2.0)
    assert moved.png() == fresh.png()
    assert "a = 2.0" in moved.description


def seen(live):
    """Return all that a live figure shows and tells at first, after a move, and drawn anew."""
    live.reset()
    shown = [live.png(), live.description]
    name, control = next(iter(live.controls.items()))
    live.set(**{name: ends(control)[-1]})
    shown += [live.png(), live.description]
    live.redraw()
    return [*shown, live.png()]


@pytest.mark.parametrize("name", LIVE_FIGURES)
def test_the_readers_own_settings_change_nothing(name):
    ours = seen(shared(name))
    with matplotlib.rc_context(HOSTILE):
        theirs = seen(LIVE_FIGURES[name]())
    assert theirs == ours


def test_pictures_of_a_generator_are_drawn_in_house_style_in_a_kernel_too():
    async def last_picture():
        live.controls["a"].value = 3.0
        await live.finished()
        return live.png()

    live = parabola(stages_with_a_title)
    ours = asyncio.run(last_picture())
    live.set(a=1.0)
    with matplotlib.rc_context(HOSTILE):
        assert asyncio.run(last_picture()) == ours


def test_nan_and_missing_curves_change_the_description():
    def broken(kind):
        def move(figure, axes, curve, x):
            return lambda a: curve.set_data(*{"nan": (x, np.nan * x), "empty": ([], [])}[kind])

        return parabola(move)

    assert "21 of 21 points are not finite" in broken("nan").description
    assert "'a x^2': empty" in broken("empty").description


def stages_with_a_title(figure, axes, curve, x):
    def stream(a):
        for share in (0.5, 1.0):
            curve.set_data(x, share * a * x**2)
            axes.set_title(f"share {share}")
            axes.set_xticks([0, share])
            yield {"share": share}

    return stream


def stages(figure, axes, curve, x):
    def stream(a):
        for share in (0.5, 1.0):
            curve.set_data(x, share * a * x**2)
            yield ("progress", share)
            yield {"share": share}

    return stream


def test_a_generator_shows_its_last_stage_and_hides_the_progress_bar():
    live = parabola(stages)
    live.set(a=2.0)
    assert live.readout == {"share": 1.0} and live._progress.layout.visibility == "hidden"


def test_a_newer_move_cuts_a_generator_short():
    """In a kernel a generator yields to newer moves: the last picture belongs to the last value."""
    seen = []

    def move(figure, axes, curve, x):
        def stream(a):
            for share in (0.25, 0.5, 0.75, 1.0):
                seen.append((a, share))
                curve.set_data(x, share * a * x**2)
                yield {"a": a, "share": share}

        return stream

    live = parabola(move)
    seen.clear()

    async def flood():
        assert not live.busy
        for value in (2.0, 3.0, 4.0):
            live.controls["a"].value = value
            assert live.busy
            await asyncio.sleep(0.001)
        await live.finished()
        assert not live.busy

    asyncio.run(flood())
    assert live.readout == {"a": 4.0, "share": 1.0}
    assert (2.0, 1.0) not in seen and seen[-1] == (4.0, 1.0)


def test_a_generator_that_fails_in_a_kernel_shows_its_error():
    def move(figure, axes, curve, x):
        def stream(a):
            yield {"a": a}
            if a > 2:
                raise ValueError("no such network")

        return stream

    live = parabola(move)

    async def fail():
        live.controls["a"].value = 3.0
        with pytest.raises(ValueError, match="no such network"):
            await live.finished()

    asyncio.run(fail())
    assert "no such network" in live._message.value


def test_play_moves_the_slider_of_time():
    figure, axes = new_figure()
    (curve,) = axes.plot([0, 1], [0, 1])
    live = LiveFigure(
        figure,
        [curve],
        lambda steps: curve.set_data([0, 1], [0, steps]),
        play="steps",
        steps=controls.whole_slider("steps", 1, 9, 3),
    )
    player, reset = live.children[0].children[-1].children
    assert (player.min, player.max, player.value) == (1, 9, 3)
    player.playing = True
    reset.click()
    assert not player.playing


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (6.4e-17, "6.4e-17"),
        (-1.86e-9, "-1.86e-09"),
        (0.0, "0"),
        (-0.0, "0"),
        (5, "5"),
        (0.12345, "0.123"),
        ("1e-12", "1e-12"),
    ],
)
def test_a_key_number_has_three_digits_and_reads_0_only_if_it_is(value, text):
    live = parabola(lambda figure, axes, curve, x: lambda a: {"number": value})
    assert f": <b>{text}</b>" in live._readout.value and live.description.endswith(f"number = {text}")


# -- what registries promise ---------------------------------------------------------------------------------------


def test_menus_and_curves_show_all_that_the_registries_hold(monkeypatch):
    monkeypatch.setitem(ACTIVATIONS, "new bend", ACTIVATIONS["tanh"])
    monkeypatch.setitem(INITIALISERS, "new start", INITIALISERS["he"])
    monkeypatch.setitem(LOSSES, "new loss", LOSSES["mean_squared_error"])
    monkeypatch.setitem(SCHEDULES, "new_schedule", lambda initial_learning_rate, drop, every: constant(0.3))
    panel = LIVE_FIGURES["workbench"]()
    for control, registry in (
        ("activation", ACTIVATIONS),
        ("initialisation", INITIALISERS),
        ("loss", LOSSES),
        ("schedule", SCHEDULES),
    ):
        assert list(panel.controls[control].options) == list(registry)
    assert "new bend" in LIVE_FIGURES["moving_tangent"]().controls["activation"].options
    deep = LIVE_FIGURES["vanishing_gradients"]().controls
    assert "new bend" in deep["activation"].options and "new start" in deep["initialisation"].options
    assert "curve 'new schedule': stays at 0.3" in LIVE_FIGURES["schedules_side_by_side"]().description
    panel.set(activation="new bend", initialisation="new start", loss="new loss", schedule="new_schedule", epochs=2)
    assert panel.readout["state"] == "finished"


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        *(("loss", name) for name in LOSSES),
        *(("schedule", name) for name in SCHEDULES),
        *(("initialisation", name) for name in INITIALISERS if name != "zeros"),
        *(("activation", name) for name in ACTIVATIONS),
    ],
)
def test_the_workbench_learns_with_each_entry_of_a_registry(setting, value):
    _, record = capstone.trained(**{setting: value, "epochs": 8})
    assert record.validation_accuracy > 0.5


def test_a_schedule_without_a_value_for_its_parameter_says_so():
    with pytest.raises(ValueError, match="expected values for all parameters of step_decay, got none for every"):
        schedule_from("step_decay", 0.1, {"drop": 0.5})


def test_what_is_kept_for_later_cannot_be_written_to():
    *_, reached = complexity.accuracies((4, 10))
    parts = [activations.standardised_digits(), *complexity.images(2), *capstone.samples()[:2]]
    arrays = [part.inputs for part in parts] + [part.targets for part in parts]
    for array in [*arrays, capstone.samples()[2], reached, losses.WAITS, activations.GOAL]:
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


# -- boards --------------------------------------------------------------------------------------------------------


def test_a_run_is_registered_once_and_only_when_it_has_finished():
    panel = LIVE_FIGURES["workbench"]()
    board = panel.board
    button = board.register_button
    board.forget()
    try:
        assert panel.readout["state"] == "finished" and not button.disabled

        async def train():
            panel.controls["epochs"].value = 3
            await asyncio.sleep(0)
            assert panel.busy and button.disabled and panel.readout["state"] != "diverged"
            button.click()
            await panel.finished()
            assert not button.disabled and board.entries == []

        asyncio.run(train())
        button.click()
        button.click()
        assert len(board.entries) == 1 and board.html.count("<tr>") == 2
        assert LIVE_FIGURES["workbench"]().board.html == board.html
        panel.load({**panel.configuration(), "hidden_1": 64, "hidden_2": 64})
        board.register()
        assert "over budget" in board.html
    finally:
        board.forget()
    assert "No runs yet" in board.html


def test_the_board_has_a_column_for_each_setting_that_some_run_changed():
    panel = LIVE_FIGURES["workbench"]()
    board = panel.board
    board.forget()
    try:
        board.register()
        assert heads(board) == ["place", "accuracy", "parameters"] and "as at the start" in board.html
        panel.set(epochs=2, seed=3)
        board.register()
        panel.set(epochs=2, seed=0, activation="tanh")
        board.register()
        assert heads(board) == ["place", "accuracy", "parameters", "activation", "epochs", "seed"]
        cells = [re.findall("<td[^>]*>(.*?)</td>", row) for row in board.html.split("<tr>")[2:]]
        assert sorted(row[3:] for row in cells) == [["relu", "12", "0"], ["relu", "2", "3"], ["tanh", "2", "0"]]
        assert [row[0] for row in cells] == ["1", "2", "3"]
        assert sorted(cells, key=lambda row: -float(row[1].strip("%"))) == cells
    finally:
        board.forget()


def test_a_board_is_forgotten_only_by_a_click_on_yes():
    board = LIVE_FIGURES["workbench"]().board
    forget = board.forget_button
    try:
        board.register()
        forget.asking.click()
        assert [one.description for one in forget.children] == ["Keep all", "Yes, forget all"]
        forget.asking.click()
        assert board.entries and forget.children == (forget.asking,) and forget.asking.description == "Forget all"
        forget.asking.click()
        forget.sure.click()
        assert not board.entries and "No runs yet" in board.html
        assert forget.children == (forget.asking,) and forget.asking.tooltip == "Clear the board"
    finally:
        board.forget()


def heads(board):
    """Return the cells of the first row of a board."""
    return re.findall("<td[^>]*>(.*?)</td>", board.html.split("<tr>")[1])


def test_five_seeds_are_those_that_training_alone_reaches():
    panel = LIVE_FIGURES["workbench"]()
    panel.set(epochs=2, seed=7, hidden_1=9)
    panel.five_seeds.train()
    reached = [capstone.trained(epochs=2, hidden_1=9, seed=seed)[1].validation_accuracy for seed in range(5)]
    told = [float(share) / 100 for share in re.findall(r"([\d.]+)%", panel.five_seeds.html)]
    assert told == pytest.approx([np.median(reached), min(reached), max(reached)], abs=0.0006)
    assert "diverge" not in panel.five_seeds.html
    panel.set(learning_rate=10, epochs=12, hidden_1=32)
    assert panel.five_seeds.html == ""
    panel.five_seeds.train()
    assert "; 5 of 5 diverge" in panel.five_seeds.html


def test_five_seeds_wait_for_the_figure_and_end_when_a_setting_moves():
    panel = LIVE_FIGURES["workbench"]()
    seeds, words = panel.five_seeds, []
    seeds.button.observe(lambda _change: words.append(seeds.button.tooltip), "tooltip")

    async def moved():
        panel.controls["epochs"].value = 2
        await asyncio.sleep(0)
        assert panel.busy and seeds.button.disabled
        seeds.train()
        assert seeds.html == ""
        await panel.finished()
        assert not seeds.button.disabled
        seeds.button.click()
        assert seeds.button.disabled and not panel.busy
        while "epoch 1 of 2" not in seeds.html:
            await asyncio.sleep(0)
        panel.controls["batch_size"].value = "256"
        await panel.finished()
        assert seeds.html == "" and not seeds.button.disabled
        seeds.train()
        while seeds.button.disabled:
            await asyncio.sleep(0)
        assert "(median), from" in seeds.html

    asyncio.run(moved())
    wait, able, training = (getattr(live_capstone, name) for name in ("WAIT", "TRAIN", "TRAINING"))
    assert words == [wait, able, training, wait, able, training, able]


def test_the_law_shows_once_three_bowls_are_solved():
    game = LIVE_FIGURES["highest_rate_game"]()
    board = game.board
    try:
        for level, rate in list(zip(game.controls["level"].options, (3.0, 1.5, 0.4), strict=False)):
            assert "'limit, after 3 bowls': empty" in game.description
            game.set(level=level, learning_rate=rate)
            board.register()
        assert board.html.count("✓ solved") == 3 and "'limit, after 3 bowls': falls" in game.description
        game.set(learning_rate=0.001)
        board.register()
        assert "(2 registered)" in board.html and "points 'not solved': 0.001" in game.description
    finally:
        board.forget()
    assert board.html.count("not tried yet") == 6 and "points 'solved': empty" in game.description


# -- controls and predictions --------------------------------------------------------------------------------------


def test_a_rate_moves_in_nearly_equal_factors_over_round_numbers():
    numbers = [value for _, value in controls.rate_slider("rate", 0.001, 1, 0.2).options]
    assert (numbers[0], numbers[-1]) == (0.001, 1.0) and {0.02, 0.2, 0.5}.issubset(numbers)
    factors = np.divide(numbers[1:], numbers[:-1])
    assert factors.min() > 1.06 and factors.max() < 1.16
    with pytest.raises(ValueError, match="low must be a finite number above 0, got 0"):
        controls.rate_slider("rate", 0, 1, 0.1)
    with pytest.raises(ValueError, match=r"value must be a preferred number such as 0\.1 or 1, got 0\.123"):
        controls.rate_slider("rate", 0.1, 1, 0.123)


@pytest.mark.parametrize(
    ("typed", "taken"),
    [("0.5", 0.5), (" 0,5 ", 0.5), ("0.51", 0.5), ("5e-1", 0.5), ("30", 1.0), ("1e-9", 0.001)]
    + [(odd, 0.2) for odd in ("", "abc", "nan", "-1", "0", "0.2", "0.2\n")],
)
def test_a_typed_rate_is_obeyed_or_the_nearest_is_taken(typed, taken):
    """What cannot be taken leaves the rate as it was; the box always shows the rate that holds."""
    slider = controls.rate_slider("rate", 0.001, 1, 0.2)
    assert slider.typed.value == "0.2" and not slider.readout
    slider.typed.value = typed
    assert (slider.value, slider.typed.value) == (taken, f"{taken:g}")
    slider.value = 0.01
    assert slider.typed.value == "0.01"


def test_the_box_of_a_slider_that_starts_at_its_end_is_not_empty():
    assert controls.rate_slider("learning rate", 0.01, 3, 0.01).typed.value == "0.01"


def test_a_typed_rate_moves_the_picture_and_reset_the_box():
    live = LIVE_FIGURES["descent_on_a_bowl"]()
    rate, before = live.controls["learning_rate"], live.png()
    shown = ipywidgets.VBox(live.children)
    assert rate.typed in [part for box in shown.children[0].children for part in getattr(box, "children", ())]
    rate.typed.value = "0.91"
    assert "learning rate = 0.91" in live.description and live.png() != before
    live.reset()
    assert rate.typed.value == "0.2" and live.png() == before


@pytest.mark.parametrize("value", [0.25, 1.05, -0.1])
def test_a_slider_starts_on_one_of_its_steps(value):
    """A browser would move it to the next step, and the picture with it."""
    with pytest.raises(ValueError, match="value must be a step of the slider"):
        controls.slider("a", 0, 1, value, step=0.1)


def test_readouts_show_as_many_digits_as_a_step_has():
    assert controls.slider("a", 0, 1, 0, step=0.05).readout_format == ".2f"
    assert controls.slider("a", 0, 10, 0, step=2).readout_format == ".0f"


@pytest.fixture
def own_progress(tmp_path, monkeypatch):
    """Keep predictions in a folder that is not there yet."""
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "own" / "progress.json"))
    return tmp_path / "own"


@pytest.fixture
def new_kernel(own_progress, monkeypatch):
    """Return a function that forgets what a kernel forgets when it is restarted."""

    def restart():
        monkeypatch.setattr(board, "ENTRIES", {})

    restart()
    return restart


@pytest.mark.parametrize("name", ["workbench", "highest_rate_game", "parameter_budget_game"])
def test_a_board_survives_a_restart_of_the_kernel(new_kernel, own_progress, name):
    live = LIVE_FIGURES[name]()
    live.board.register()
    assert len(live.board.entries) == 1
    new_kernel()
    again = LIVE_FIGURES[name]()
    assert again.board.html == live.board.html and again.board.entries == live.board.entries
    again.board.register()  # equal to what was kept
    assert len(again.board.entries) == 1
    again.board.forget()
    new_kernel()
    assert LIVE_FIGURES[name]().board.entries == []
    assert [path.name for path in own_progress.iterdir()] == ["boards.json"]


def test_boards_of_two_kernels_lose_no_entry(new_kernel):
    first = LIVE_FIGURES["highest_rate_game"]()
    new_kernel()
    second = LIVE_FIGURES["highest_rate_game"]()
    for live, rate in ((first, 0.1), (second, 0.2), (first, 0.5)):
        live.set(learning_rate=rate)
        live.board.register()
    assert sorted(rate for _level, rate, _distance in first.board.entries) == [0.1, 0.2, 0.5]
    new_kernel()
    assert len(LIVE_FIGURES["highest_rate_game"]().board.entries) == 3


@pytest.mark.parametrize("kept", ["", "[]", '{"rate game": 3}', '{"rate game": [[1]]}', '{"rate game": [7]}'])
def test_a_board_that_was_kept_broken_begins_anew(new_kernel, own_progress, kept):
    own_progress.mkdir()
    (own_progress / "boards.json").write_text(kept)
    live = LIVE_FIGURES["highest_rate_game"]()
    assert live.board.entries == []
    live.board.register()
    new_kernel()
    assert len(LIVE_FIGURES["highest_rate_game"]().board.entries) == 1


def test_a_board_that_cannot_be_kept_lasts_as_long_as_the_kernel(new_kernel, own_progress):
    own_progress.write_text("a file where the folder should be")
    live = LIVE_FIGURES["highest_rate_game"]()
    live.board.register()
    assert len(LIVE_FIGURES["highest_rate_game"]().board.entries) == 1


def test_who_grades_a_class_keeps_no_board(new_kernel, own_progress, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    LIVE_FIGURES["highest_rate_game"]().board.register()
    assert not own_progress.exists()


def test_a_prediction_reveals_only_after_a_choice():
    asked = Prediction("Up or down?", ["up", "down"], 1, "gravity.", {"up": "for that it must be lighter than air."})
    assert asked.button.disabled and asked.button.tooltip == "Choose an answer first"
    asked.reveal()
    assert asked.answer.value == ""
    asked.choice.value = 0
    assert asked.button.tooltip == "Show what happens, and why"
    asked.reveal()
    told = re.sub("<.*?>", " ", html.unescape(asked.answer.value))
    assert '✗ You predicted "up": for that it must be lighter than air.' in told
    assert 'The answer is "down": gravity.' in told
    asked.choice.value = 1
    assert asked.answer.value == ""
    asked.reveal()
    told = re.sub("<.*?>", " ", html.unescape(asked.answer.value))
    assert "✓ As you predicted." in told and 'The answer is "down": gravity.' in told


def reveal(name, choice):
    """Answer a question, and return what is told."""
    asked = predict(name)
    asked.choice.value = asked._choices.index(choice)
    asked.reveal()
    return asked.answer.value


def test_what_was_predicted_first_is_shown_at_the_end(own_progress):
    assert repr(predictions("05_capstone")) == "Predictions: 0 of 3 made and revealed, 0 as it came."
    assert "<table>" not in predictions("05_capstone")._repr_html_()
    reveal("hidden-layer-pays", "Clearly better")
    reveal("hidden-layer-pays", "No difference that ten seeds could show")  # with the answer in view it is none
    reveal("zero-weights", "Nothing but how frequent each digit is")
    shown = predictions("05_capstone")
    assert repr(shown) == "Predictions: 2 of 3 made and revealed, 1 as it came."
    assert [choice for _, choice, _ in shown.rows] == ["Nothing but how frequent each digit is", "Clearly better"]
    assert "rises again" not in shown._repr_html_(), "it tells what is not yet revealed"
    assert repr(predictions()).startswith(f"Predictions: 2 of {len(questions())} made")
    with pytest.raises(ValueError, match="unknown chapter '5'"):
        predictions("5")


def test_a_prediction_that_cannot_be_kept_is_revealed_all_the_same(own_progress):
    own_progress.write_text("a file where the folder should be")
    told = reveal("zero-weights", "Nothing at all, it diverges")
    assert "Your prediction could not be kept" in told and "The answer is" in told
    assert repr(predictions("05_capstone")).startswith("Predictions: 0 of 3")


@pytest.mark.parametrize("text", ["", "[1, 2]", '{"zero-weights": '])
def test_a_damaged_file_of_predictions_is_begun_anew(own_progress, text):
    own_progress.mkdir()
    (own_progress / "predictions.json").write_text(text)
    reveal("zero-weights", "Nothing at all, it diverges")
    assert repr(predictions("05_capstone")).startswith("Predictions: 1 of 3")


def test_a_stored_prediction_asks_without_telling():
    data = predict("rate-at-the-edge")._repr_mimebundle_()
    assert "( ) It runs away to infinity" in data["text/plain"]
    assert "1 - 2" not in data["text/plain"]
    with pytest.raises(ValueError, match=r"unknown prediction 'rate-at-the-egde'.*did you mean 'rate-at-the-edge'"):
        predict("rate-at-the-egde")
