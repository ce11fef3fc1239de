"""Live figures of chapters 3 to 5: what they show is what a second computation, in plain NumPy, says at each setting.

Nothing is drawn here: `test_live` holds the pixels to the artists, this file holds artists and readouts to formulas.
"""

import math
import random
from itertools import combinations, pairwise

import numpy as np
import pytest
from matplotlib.colors import to_hex

from helpers.activations import leaky_relu
from helpers.datasets import digits, two_rings, yogurt_sales
from helpers.experiments.pieces import PLACEMENTS, fitted
from helpers.experiments.timing import stored_activations
from helpers.live import live_figure
from helpers.network import Network
from helpers.training import train_by_epoch
from tests.live_figures import LIVE_FIGURES, MEANT, steps_of, words

BLUE, ORANGE, GREEN, BLACK, GREY = "#0072b2", "#d55e00", "#009e73", "#222222", "#767676"
AMBER = "#e69f00"


@pytest.fixture(autouse=True)
def undrawn(monkeypatch):
    """Leave out what costs most and changes no artist: pixels, and the house style in which they are drawn."""
    monkeypatch.setattr(live_figure.LiveFigure, "_draw_now", live_figure.LiveFigure._draw_now.__wrapped__)
    monkeypatch.setattr(live_figure.BlitCanvas, "draw", lambda canvas: b"")
    monkeypatch.setattr(live_figure, "png_of_pixels", lambda pixels, **options: b"")


def moves(live):
    """Set each control to each of its steps, the others as at first; then all six times at random; yield the values."""
    rng, start = random.Random(1), live.values
    told = [control.description for control in live.controls.values()]
    assert len(set(told)) == len(told)
    wanted = [start]
    for name, control in live.controls.items():
        wanted += [{**start, name: value} for value in steps_of(control)]
    wanted += [{name: rng.choice(steps_of(c)) for name, c in live.controls.items()} for _ in range(6)]
    for values in wanted:
        live.set(**values)
        assert live.values == values
        yield values


def near(shown, expected, what="", rtol=1e-8, atol=1e-11):
    """Like NumPy's own comparison, which takes longer than a move of a figure."""
    shown, expected = np.asarray(shown, float), np.asarray(expected, float)
    assert shown.shape == expected.shape, what
    assert (abs(shown - expected) <= atol + rtol * abs(expected)).all(), f"{what}: {shown}, not {expected}"


def told(live, expected, **tolerance):
    """The key numbers: which they are, in which order, and what each of them is."""
    assert list(live.readout) == list(expected)
    for name, value in expected.items():
        shown = live.readout[name]
        if isinstance(value, str):
            assert shown == value, name
        else:
            near(shown, value, name, **tolerance)


def drawn(artist, x, y, **tolerance):
    """The points of a line."""
    for shown, expected in zip(artist.get_data(), (x, y), strict=True):
        near(shown, expected, artist.get_label(), **tolerance)


def lines(axes, expected):
    """Return the lines of an axes by label; each must be of a colour, a style and a marker."""
    by_label = {line.get_label(): line for line in axes.lines if not line.get_label().startswith("_")}
    looks = {
        label: (
            to_hex(line.get_color()),
            line.get_linestyle() if line.get_marker() == "None" else "",
            line.get_marker() if line.get_marker() != "None" else "",
        )
        for label, line in by_label.items()
    }
    assert looks == expected
    return by_label


# -- chapter 4 -----------------------------------------------------------------------------------------------------


def test_the_surprise_of_a_guess_is_minus_its_logarithm_and_its_mean_a_cross_entropy():
    live = LIVE_FIGURES["surprise_of_a_guess"]()
    single, average = live._figure.axes
    one = lines(
        single,
        {"surprise": (BLUE, "-", ""), "it rains": (ORANGE, "", "o"), "it stays dry": (GREEN, "", "s")},
    )
    mean = lines(
        average,
        {
            "cross-entropy": (BLUE, "-", ""),
            "entropy of the truth": (GREY, "--", ""),
            "least": (GREY, "", "*"),
            "your guess": (ORANGE, "", "o"),
        },
    )
    grid = np.arange(1, 200) / 200
    for values in moves(live):
        truth, guess = values["truth"], values["guess"]
        name, log = {
            "bits (base 2)": ("bits", np.log2),
            "nats (base e)": ("nats", np.log),
            "base 10": ("base 10", np.log10),
        }[values["unit"]]

        def expected(q, truth=truth, log=log):
            return -(truth * log(q) + (1 - truth) * log(1 - q))

        entropy = 0.0 if truth in (0, 1) else expected(truth)
        drawn(one["surprise"], grid, -log(grid))
        drawn(one["it rains"], [guess], [-log(guess)])
        drawn(one["it stays dry"], [1 - guess], [-log(1 - guess)])
        drawn(mean["cross-entropy"], grid, expected(grid))
        drawn(mean["entropy of the truth"], [0, 1], [entropy] * 2)
        drawn(mean["least"], [truth], [entropy])
        drawn(mean["your guess"], [guess], [expected(guess)])
        told(
            live,
            {
                "surprise if it rains": -log(guess),
                "if it stays dry": -log(1 - guess),
                "cross-entropy": expected(guess),
                "entropy": entropy,
                "excess": expected(guess) - entropy,
            },
        )
        assert words(single) == ("Surprise of one day", "probability given to what happens", f"surprise ({name})"), (
            MEANT
        )
        assert words(average) == ("Average surprise", "guessed probability of rain", f"surprise ({name})"), MEANT
        for axes in (single, average):  # of a hundred surprises all but the highest are in the frame
            near(axes.get_ylim(), -log(np.exp([0.1, -5.5])))


def test_the_best_guesses_are_mean_median_and_quantile_and_no_other_guess_loses_less():
    live = LIVE_FIGURES["best_guess"]()
    panels = live._figure.axes
    found = [
        lines(
            axes,
            {
                "waiting times": (BLACK, "", "|"),
                "loss": (BLUE, "-", ""),
                "least": (GREEN, "", "*"),
                "your guess": (ORANGE, "", "o"),
            },
        )
        for axes in panels
    ]
    assert [words(axes) for axes in panels] == [
        ("squared loss\nasks for the mean", "guess (minutes)", "loss (minutes²)"),
        ("absolute loss\nasks for the median", "guess (minutes)", "loss (minutes)"),
        ("pinball loss\nasks for a quantile", "guess (minutes)", "loss (minutes)"),
    ]
    grid = np.arange(311) / 10
    for values in moves(live):
        guess, tau = values["guess"], values["tau"]
        waits = np.array([2, 3, 3, 4, 5, 6, 7, 8, 10, 12, values["longest"]])
        losses = [
            lambda short: short**2,
            abs,
            lambda short, tau=tau: np.where(short > 0, tau * short, (tau - 1) * short),
        ]
        best = sum(waits) / 11, 6, next(w for w in waits if np.sum(waits <= w) / 11 >= tau - 1e-9)
        here = []
        for axes, lines_, loss, at in zip(panels, found, losses, best, strict=True):

            def mean(q, loss=loss, waits=waits):
                return loss(waits - np.reshape(q, (-1, 1))).mean(axis=1)

            here.append(mean(guess)[0])
            assert mean(at)[0] <= mean(grid).min() + 1e-12
            drawn(lines_["waiting times"], waits, [axes.get_ylim()[0] / 2] * 11)
            drawn(lines_["loss"], grid, mean(grid))
            drawn(lines_["least"], [at], mean(at))
            drawn(lines_["your guess"], [guess], mean(guess))
        told(
            live,
            {
                "squared": here[0],
                "least at the mean": best[0],
                "absolute": here[1],
                "least at the median": best[1],
                "pinball": here[2],
                f"least at the {tau:.2f}-quantile": best[2],
            },
        )


def test_the_most_likely_value_of_seven_thermometers_is_their_mean_or_their_median():
    live = LIVE_FIGURES["most_likely_value"]()
    bell, total = live._figure.axes
    left = lines(bell, {"density, if the guess is true": (BLUE, "-", ""), "measured": (ORANGE, "", "o")})
    right = lines(total, {"surprise": (BLUE, "-", ""), "least": (GREEN, "", "*"), "your guess": (ORANGE, "", "o")})
    assert words(bell) == ("How likely is each measurement?", "degrees", "density (1 / degree)"), MEANT
    assert words(total) == ("All seven together", "guess (degrees)", "total surprise (nats)"), MEANT
    (stems,) = bell.collections
    assert to_hex(stems.get_color()[0]) == ORANGE
    errors, guesses = np.arange(-240, 241) / 20, 18 + np.arange(121) / 20
    for values in moves(live):
        guess, spread, gaussian = values["guess"], values["spread"], values["noise"] == "Gaussian"
        measured = np.array([18.6, 19.2, 19.7, 20.0, 20.4, 20.9, values["sun"]])

        def density(e, spread=spread, gaussian=gaussian):
            if gaussian:
                return np.exp(-(e**2) / (2 * spread**2)) / math.sqrt(2 * math.pi * spread**2)
            return np.exp(-abs(e) / spread) / (2 * spread)

        def surprise(q, density=density, measured=measured):
            return -np.log(density(measured - np.reshape(q, (-1, 1)))).sum(axis=1)

        best = measured.mean() if gaussian else 20.0
        least, highest = surprise(best)[0], surprise(guesses).max()
        assert least <= surprise(guesses).min() + 1e-12
        heights = density(measured - guess)
        drawn(left["density, if the guess is true"], guess + errors, density(errors))
        drawn(left["measured"], measured, heights)
        near(stems.get_segments(), [[(x, 0), (x, y)] for x, y in zip(measured, heights, strict=True)])
        drawn(right["surprise"], guesses, surprise(guesses))
        drawn(right["least"], [best], [least])
        drawn(right["your guess"], [guess], surprise(guess))
        near(total.get_ylim(), [1.1 * least - 0.1 * highest, 1.2 * highest - 0.2 * least])
        told(
            live,
            {
                "likelihood": heights.prod(),
                "total surprise": surprise(guess)[0],
                "least surprise": least,
                "most likely value": best,
                "mean": measured.mean(),
                "median": 20.0,
            },
            atol=0,
        )


def bars(axes, label, colour):
    """Return the three bars of an axes, which must stand over the three classes."""
    (found,) = axes.containers
    assert found.get_label() == label and {to_hex(bar.get_facecolor()) for bar in found} == {colour}
    assert [text.get_text() for text in axes.get_xticklabels()] == ["cat", "dog", "bird"]
    near([bar.get_x() + bar.get_width() / 2 for bar in found], [0, 1, 2])
    return found


def test_logits_become_shares_of_their_exponentials_and_the_loss_pulls_by_shares_less_the_truth():
    live = LIVE_FIGURES["logits_to_probabilities"]()
    left, right = live._figure.axes
    chances, slopes = bars(left, "probability", BLUE), bars(right, "slope", ORANGE)
    assert words(left) == ("What softmax makes of them", "", "probability"), MEANT
    assert words(right) == ("How the loss pulls at the logits", "", "slope of the loss"), MEANT

    def shares(z):
        powers = np.exp(z - max(z))
        return powers / sum(powers)

    for values in moves(live):
        z = np.array([values["cat"], values["dog"], values["bird"]]) / values["temperature"]
        truth = np.array([values["label"] == name for name in ("cat", "dog", "bird")], float)
        p = shares(z)
        slope = p - truth
        if values["twice"]:
            jacobian = np.diag(p) - np.outer(p, p)
            p = shares(p)
            slope = jacobian @ (p - truth)
        near([bar.get_height() for bar in chances], p, rtol=1e-9)
        near([bar.get_height() for bar in slopes], slope, rtol=1e-9, atol=1e-12)
        told(
            live,
            {
                "p(cat)": p[0],
                "p(dog)": p[1],
                "p(bird)": p[2],
                "sum": 1,
                f"loss, if it is a {values['label']}": -math.log(p @ truth),
            },
        )


def test_a_confident_mistake_is_pulled_at_and_led_on_by_the_slopes_of_its_two_losses():
    live = LIVE_FIGURES["confident_mistake"]()
    pull, path = live._figure.axes
    names = {"cross-entropy": (BLUE, "-", "o"), "squared error": (ORANGE, "--", "s")}
    looks = {name: (colour, style, "") for name, (colour, style, _) in names.items()}
    marks = {f"{name}, here": (colour, "", marker) for name, (colour, _, marker) in names.items()}
    left, right = lines(pull, looks | marks), lines(path, looks)
    assert words(pull) == ("How hard the loss pulls", "logit of the right class", "size of the slope"), MEANT
    assert words(path) == ("What 100 steps achieve", "step", "p(right class)"), MEANT

    def p(z):
        return 1 / (1 + np.exp(-z))

    pulls = {"cross-entropy": lambda z: 1 - p(z), "squared error": lambda z: 2 * p(z) * (1 - p(z)) ** 2}
    grid = -12 + np.arange(181) / 10
    for name, size in pulls.items():  # these curves stay as they are
        drawn(left[name], grid, size(grid))
    for values in moves(live):
        start = values["start"]
        expected = {"p(right) at first": p(start)}
        for name, rate in (("cross-entropy", values["rate_ce"]), ("squared error", values["rate_mse"])):
            z = [start]
            for _ in range(100):
                q = 1 / (1 + math.exp(-z[-1]))
                z.append(z[-1] + rate * (1 - q) * (1 if name == "cross-entropy" else 2 * q * (1 - q)))
            drawn(left[f"{name}, here"], [start], [pulls[name](start)])
            drawn(right[name], range(101), p(np.array(z)), rtol=1e-6)
            expected |= {f"pull, {name}": pulls[name](start), f"p at the end, {name}": p(z[-1])}
        told(live, expected, rtol=1e-6)
        scale = ("log", (1e-6, 2)) if values["powers"] else ("linear", (-0.03, 1.05))
        assert [(axes.get_yscale(), axes.get_ylim()) for axes in (pull, path)] == [scale] * 2


def test_the_cheapest_plan_for_yogurt_costs_what_the_best_of_all_plans_through_two_days_costs():
    live = LIVE_FIGURES["yogurt_plan"]()
    plans, errors = live._figure.axes
    data = yogurt_sales()
    x, sales, days = data.inputs, data.targets, np.arange(1, 33)
    pairs = np.array(list(combinations(range(32), 2)))
    corners = np.linalg.solve(x[pairs], sales[pairs][..., np.newaxis])[..., 0] @ x.T - sales
    squares = x @ np.linalg.solve(x.T @ x, x.T @ sales) - sales
    looks = {"too much": (BLUE, "", "o"), "sold out": (ORANGE, "", "v")}
    left, right = lines(plans, {"exactly enough": (BLACK, "--", "")} | looks), lines(errors, looks)
    drawn(left["exactly enough"], [0, 2], [0, 2])
    assert words(plans) == ("Planned for each day", "sold (units)", "planned (units)"), MEANT
    assert words(errors) == ("Its error on each day", "day", "planned - sold (units)"), MEANT
    (stems,) = errors.collections
    for values in moves(live):
        cost, profit = values["cost"], values["profit"]

        def bill(e, cost=cost, profit=profit):
            return cost * e.clip(0).sum(axis=-1) + profit * (-e).clip(0).sum(axis=-1)

        e = x @ [live.readout["w1"], live.readout["w2"]] - sales
        enough = e > -1e-9
        drawn(left["too much"], sales[enough], (sales + e)[enough])
        drawn(left["sold out"], sales[~enough], (sales + e)[~enough])
        drawn(right["too much"], days[enough], e[enough])
        drawn(right["sold out"], days[~enough], e[~enough])
        near(stems.get_segments(), [[(d, 0), (d, y)] for d, y in zip(days, e, strict=True)])
        near(bill(e), bill(corners).min(), rtol=1e-9)
        told(
            live,
            {
                "w1": live.readout["w1"],
                "w2": live.readout["w2"],
                "days with enough": f"{sum(enough)} of 32",
                "profit / (cost + profit)": profit / (cost + profit),
                "loss": bill(corners).min(),
                "loss of least squares": bill(squares),
            },
        )


# -- chapter 3 -----------------------------------------------------------------------------------------------------


def logistic(x):
    return 1 / (1 + np.exp(-x))


def phi(x):
    return np.array([math.erfc(-v / math.sqrt(2)) / 2 for v in np.ravel(x)]).reshape(np.shape(x))


def bell(x):
    return np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)


#: Name -> the function, its slope, and from where to where it goes.
BENDS = {
    "identity": (lambda x: x, np.ones_like, "no limit to no limit"),
    "sigmoid": (logistic, lambda x: logistic(x) * (1 - logistic(x)), "0 to 1"),
    "tanh": (np.tanh, lambda x: 1 - np.tanh(x) ** 2, "-1 to 1"),
    "relu": (lambda x: x * (x > 0), lambda x: 1.0 * (x > 0), "0 to no limit"),
    "leaky_relu": (
        lambda x: np.where(x > 0, x, 0.2 * x),
        lambda x: np.where(x > 0, 1, 0.2),
        "no limit to no limit",
    ),
    "softplus": (lambda x: np.logaddexp(0, x), logistic, "0 to no limit"),
    "elu": (
        lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
        lambda x: np.where(x > 0, 1, np.exp(np.minimum(x, 0))),
        "-1 to no limit",
    ),
    "silu": (
        lambda x: x * logistic(x),
        lambda x: logistic(x) * (1 + x * (1 - logistic(x))),
        "-0.278 to no limit",
    ),
    "gelu": (lambda x: x * phi(x), lambda x: phi(x) + x * bell(x), "-0.17 to no limit"),
}


def test_the_tangent_touches_each_activation_and_its_slope_is_the_derivative():
    live = LIVE_FIGURES["moving_tangent"]()
    left, right = live._figure.axes
    one = lines(left, {"f(x)": (BLUE, "-", ""), "tangent": (ORANGE, "--", ""), "point": (ORANGE, "", "o")})
    two = lines(right, {"slope f'(x)": (ORANGE, "-", ""), "point": (ORANGE, "", "o")})
    assert [words(left), words(right)] == [("The function", "x", "f(x)"), ("Its slope", "x", "f'(x)")]
    assert sorted(live.controls["activation"].options) == sorted(BENDS)
    grid = (np.arange(241) - 120) / 20
    for values in moves(live):
        f, derivative, limits = BENDS[values["activation"]]
        at = np.float64(values["at"])
        y, steep = f(at), derivative(at)
        drawn(one["f(x)"], grid, f(grid))
        drawn(one["tangent"], [at - 2, at + 2], [y - 2 * steep, y + 2 * steep])
        drawn(one["point"], [at], [y])
        drawn(two["slope f'(x)"], grid, derivative(grid))
        drawn(two["point"], [at], [steep])
        assert left.get_ylim() == (-1.3, 6.2 if limits.endswith("no limit") else 1.3)
        told(live, {"f(x)": y, "slope": steep, "steepest slope": derivative(grid).max(), "output": limits})


def test_regions_lie_where_a_network_of_the_same_training_gives_their_class_the_larger_output():
    live = LIVE_FIGURES["decision_boundary"]()
    ground, course = live._figure.axes
    assert [words(ground), words(course)] == [
        ("The plane", "input $x_1$", "input $x_2$"),
        ("Training", "epoch", "share right"),
    ]
    points = lines(
        ground,
        {"outside": (ORANGE, "", "^"), "inside": (BLUE, "", "o"), "read wrongly": (BLACK, "", "o")},
    )
    share = lines(course, {"share right": (BLUE, "-", "")})["share right"]
    (regions,) = ground.images
    # A region has the colour of its class, paler.
    assert [np.argmax(np.array(regions.cmap(i))[:3]) for i in (0, 1)] == [0, 2] and regions.origin == "lower"
    rings = two_rings()
    inside = rings.targets == 1
    assert np.hypot(*rings.inputs[inside].T).max() < np.hypot(*rings.inputs[~inside].T).min()
    drawn(points["outside"], *rings.inputs[~inside].T)
    drawn(points["inside"], *rings.inputs[inside].T)
    side = np.linspace(-4.2, 4.2, 111)
    plane = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    start = live.values
    for changed in ({}, {"epochs": 0}, {"activation": "identity", "layers": 2}, {"activation": "tanh", "units": 3}):
        values = {**start, **changed}
        live.set(**values)
        hidden = [values["units"]] * values["layers"]
        network = Network([2, *hidden, 2], values["activation"], seed=0, dtype=np.float64)
        shares = [network.accuracy(rings.inputs, rings.targets)]
        taught = train_by_epoch(
            network, rings.inputs, rings.targets, values["learning_rate"], values["epochs"], 30, seed=0
        )
        shares += [record.accuracy for record in taught]
        drawn(share, range(values["epochs"] + 1), shares)
        near(regions.get_array(), network.predict(plane).reshape(111, 111))
        wrong = network.predict(rings.inputs) != rings.targets
        drawn(points["read wrongly"], *rings.inputs[wrong].T)
        right = {"share right": f"{shares[-1]:.1%}", "points right": f"{300 - wrong.sum()} of 300", "state": "finite"}
        told(live, right)


def test_line_pieces_meet_at_the_joints_and_are_off_by_the_root_of_the_mean_square():
    live = LIVE_FIGURES["line_pieces"]()
    left, right = live._figure.axes
    one = lines(left, {"curve": (AMBER, "--", ""), "network": (BLUE, "-", ""), "joints": (ORANGE, "", "o")})
    two = lines(right, {"1 to 50 units": (BLUE, "", "."), "these units": (BLUE, "", "s")})
    assert words(left) == ("The curve and its pieces", "x", "f(x)"), MEANT
    assert words(right) == ("How far it is off", "hidden units", "typical error"), MEANT
    assert (right.get_xscale(), right.get_yscale()) == ("log", "log")
    goals = {
        "sine": lambda x: np.sin(2 * x),
        "bump": lambda x: np.exp(-2 * x**2),
        "smooth step": lambda x: np.tanh(6 * (x - 0.5)),
    }
    x, counts = np.linspace(-3, 3, 241), [1, 2, 3, 5, 7, 10, 15, 20, 30, 50]

    def off(network, goal):
        return math.sqrt(np.mean((network.outputs(x[:, None])[:, 0] - goal(x)) ** 2))

    assert list(live.controls["curve"].options) == list(goals)
    start = live.values
    for curve, placement in zip(goals, [*PLACEMENTS, *PLACEMENTS], strict=False):
        for units in (1, 3, 7):
            live.set(**{**start, "curve": curve, "placement": placement, "units": units})
            goal, network = goals[curve], fitted(curve, units, placement)
            bends = np.unique(-network.biases[0] / network.weights[0][:, 0])
            drawn(one["curve"], x, goal(x))
            drawn(one["joints"], bends, network.outputs(bends[:, None])[:, 0])
            across, up = one["network"].get_data()
            near(up, network.outputs(across[:, None])[:, 0])
            assert (across[0], across[-1]) == (-3, 3) and np.isin(bends, across).all()
            drawn(two["1 to 50 units"], counts, [off(fitted(curve, n, placement), goal) for n in counts])
            drawn(two["these units"], [units], [off(network, goal)])
            told(
                live,
                {"typical error": off(network, goal), "joints": len(bends), "straight pieces": len(bends) + 1},
            )


def through(f, derivative, spreads, image, label):
    """Return the root mean square of each layer's activations, and the length of the gradient of its sums."""
    rng, a, weights, sums, sizes = np.random.default_rng(0), image, [], [], []
    for number, spread in enumerate(spreads, start=1):
        last = number == len(spreads)
        weights.append(rng.normal(0, 1, (10 if last else 64, 64)) * spread)
        sums.append(weights[-1] @ a)
        a = sums[-1] if last else f(sums[-1])
        sizes.append(math.sqrt(np.mean(a**2)))
    powers = np.exp(a - a.max())
    delta = powers / powers.sum() - np.eye(10)[label]
    lengths = [np.linalg.norm(delta)]
    for w, z in zip(weights[:0:-1], sums[-2::-1], strict=True):
        delta = w.T @ delta * derivative(z)
        lengths.append(np.linalg.norm(delta))
    return np.array(sizes), np.array(lengths[::-1])


def frame_of(sizes):
    frames = [(1e-2, 1e2), (1e-6, 1e6), (1e-18, 1e9)]
    return next((frame for frame in frames if frame[0] <= min(sizes) and max(sizes) <= frame[1]), frames[-1])


def test_gradients_and_signals_of_a_deep_network_are_those_of_its_weights_multiplied_out():
    live = LIVE_FIGURES["vanishing_gradients"]()
    back, forth = live._figure.axes
    looks = [
        {"measured": (colour, "", "o"), "above the frame": (colour, "", "^"), "below the frame": (colour, "", "v")}
        for colour in (BLUE, GREEN)
    ]
    left = lines(back, looks[0] | {"steepest slope per layer": (GREY, ":", "")})
    right = lines(forth, looks[1])
    assert words(back) == ("Gradient in each layer", "layer", "size of dloss/dz"), MEANT
    assert words(forth) == ("Activations in each layer", "layer", "root mean square of a"), MEANT
    data = digits().standardise()
    spreads = {"he": math.sqrt(2 / 64), "xavier": 1 / 8, "normal": 0.05}
    grid = (np.arange(241) - 120) / 20
    assert set(live.controls["initialisation"].options) == set(spreads)
    for values in moves(live):
        f, derivative, _ = BENDS[values["activation"]]
        layers = values["layers"]
        scale = values["factor"] * spreads[values["initialisation"]]
        with np.errstate(over="ignore"):
            sizes, lengths = through(f, derivative, [scale] * layers, data.inputs[0], data.targets[0])
        layer = np.arange(1, layers + 1)
        exact = {"rtol": 1e-6, "atol": 1e-300}
        drawn(left["measured"], layer, lengths, **exact)
        drawn(right["measured"], layer, sizes, **exact)
        ramp = lengths[-1] * derivative(grid).max() ** np.arange(layers - 1, -1, -1)
        drawn(left["steepest slope per layer"], layer, ramp, **exact)
        for side, measured in ((left, lengths), (right, sizes)):
            for name, outside, mark in (
                ("above the frame", measured > 1e9, 1e8),
                ("below the frame", measured < 1e-18, 1e-17),
            ):
                drawn(side[name], layer[outside], [mark] * sum(outside), **exact)
        assert (back.get_ylim(), forth.get_ylim()) == ((1e-18, 1e9), frame_of(sizes))
        factor = (lengths[0] / lengths[-1]) ** (1 / (layers - 1)) if lengths[-1] > 0 else 0.0
        told(
            live,
            {"last layer's gradient": lengths[-1], "layer 1's": lengths[0], "mean factor per layer": factor},
            **exact,
        )


def test_units_are_dead_that_fire_on_no_digit_after_a_training_of_the_same_weights():
    live = LIVE_FIGURES["dead_relus"]()
    first, second, course, scale = live._figure.axes
    assert scale.get_xlabel() == "fires on this share of the samples (×: on none)" and scale.get_xlim() == (0, 1)
    curves = lines(course, {"accuracy": (BLUE, "-", ""), "dead in layer 2": (ORANGE, "--", "")})
    crosses = [lines(axes, {"dead": (ORANGE, "", "x")})["dead"] for axes in (first, second)]
    assert [words(axes) for axes in (first, second, course)] == [
        ("Hidden layer 1", "", ""),
        ("Hidden layer 2", "", ""),
        ("Training", "epoch", "share"),
    ]
    data = digits().standardise()[:600]
    highest = {name: steps_of(control)[-1] for name, control in live.controls.items()}
    for values in (live.values, highest):  # no more: each of these moves trains a network
        live.set(**values)
        factor = values["factor"]
        network = Network(
            [64, 64, 64, 10],
            leaky_relu.with_slope(values["slope"]),
            initialisation=lambda n, units, rng, by=factor: rng.normal(0, by * math.sqrt(2 / n), (units, n)),
            dtype=np.float64,
        )
        history = []
        for _ in range(11):
            z = network.forward(data.inputs).z
            right = np.mean(np.argmax(z[-1], axis=1) == data.targets)
            history.append((right, [(sums > 0).mean(axis=0) for sums in z[:-1]], np.isfinite(np.sum(z[0] + z[1]))))
            if len(history) == 1:
                epochs = train_by_epoch(network, data.inputs, data.targets, values["learning_rate"], 10)
            next(epochs, None)
        right, shares, finite = history[-1]
        drawn(curves["accuracy"], range(11), [then[0] for then in history])
        known = [np.mean(then[1][1] == 0) for then in history if then[2]]
        drawn(curves["dead in layer 2"], range(len(known)), known)
        counts = []
        for axes, cross, share in zip((first, second), crosses, shares, strict=True):
            near(axes.images[0].get_array(), np.reshape(share, (8, 8)))
            dead = [unit for unit in range(64) if share[unit] == 0 and finite]
            drawn(cross, [unit % 8 for unit in dead], [unit // 8 for unit in dead])
            counts.append(f"{len(dead)} of 64" if finite else "unknown")
            assert axes.texts[0].get_text() == ("" if finite else "diverged:\nno numbers left")
        told(
            live,
            {
                "epoch": 10,
                "dead in layer 1": counts[0],
                "dead in layer 2": counts[1],
                "accuracy": f"{right:.1%}",
                "state": "finite" if finite else "diverged",
            },
        )


def test_two_weights_zig_zag_down_the_squared_error_of_one_batch_after_the_other():
    live = LIVE_FIGURES["zig_zag"]()
    plane, cloud, scale = live._figure.axes
    assert scale.get_ylabel() == "step" and scale.get_ylim() == (1, 60)
    (pieces,) = (drawn for drawn in plane.collections if drawn.get_label() == "steps")
    rings = [line for line in plane.lines if line.get_label() == "equal loss"]
    found = lines(
        plane,
        {
            "goal": (GREEN, "", "*"),
            "start": (BLACK, "", "o"),
            "equal loss": (GREY, ":", ""),
            "path": (GREY, "", "o"),
            "end": (ORANGE, "", "s"),
        },
    )
    (samples,) = (line for line in cloud.lines if line.get_label() == "samples")
    assert (samples.get_marker(), to_hex(samples.get_color())) == ("o", BLUE)
    assert words(plane) == ("The two weights", "weight $w_1$", "weight $w_2$"), MEANT
    assert words(cloud) == ("The inputs", "input $x_1$", "input $x_2$"), MEANT
    drawn(found["goal"], [1], [-1])
    drawn(found["start"], [0], [0])
    pairs = np.random.default_rng(0).uniform(-0.5, 0.5, (24, 2))
    pairs -= pairs.mean(axis=0)
    for values in moves(live):
        x = pairs + values["mean"]
        w, size = [np.zeros(2)], values["batch_size"]
        batches = np.arange(values["steps"] * size).reshape(-1, size) % 24
        for batch in x[batches]:
            error = batch @ (w[-1] - [1, -1])
            w.append(w[-1] - values["learning_rate"] * 2 * (error[:, np.newaxis] * batch).mean(axis=0))
        path = np.clip(w, -1e3, 1e3)
        drawn(found["path"], *path.T)
        drawn(found["end"], *path[-1:].T)
        near(np.stack(pieces.get_segments()), np.stack([path[:-1], path[1:]], axis=1))
        near(pieces.get_array(), range(1, len(path)))
        drawn(samples, *x.T)
        for ring, height in zip(rings, (0.02, 0.06, 0.12), strict=True):
            off = np.transpose(ring.get_data()) - [1, -1]
            near(np.mean((off @ x.T) ** 2, axis=1), [height] * 121)
        (a, b), (_, c) = 2 * x.T @ x / 24
        middle, apart = (a + c) / 2, math.hypot((a - c) / 2, b)
        told(
            live,
            {
                "steps with equal signs": f"{np.mean(np.prod(np.diff(path, axis=0), axis=1) > 0):.0%}",
                "distance left": math.hypot(path[-1][0] - 1, path[-1][1] + 1),
                "curvatures": f"{middle - apart:.3g} and {middle + apart:.3g}",
            },
        )


# -- the capstone --------------------------------------------------------------------------------------------------


#: What is changed of the configuration that the workbench starts with.
CONFIGURATIONS = (
    {},
    {"hidden_1": 7, "hidden_2": 5, "activation": "tanh", "initialisation": "xavier", "loss": "mean_squared_error"}
    | {"batch_size": "64", "epochs": 3, "seed": 4},
    {"hidden_1": 0, "initialisation": "zeros", "epochs": 1, "seed": 20, "learning_rate": 0.001},
    {"hidden_1": 64, "hidden_2": 64, "epochs": 2, "learning_rate": 10.0, "batch_size": "16"},
)


def test_the_workbench_shows_the_training_of_the_network_that_its_controls_name():
    live = LIVE_FIGURES["workbench"]()
    start = live.values
    assert len({control.description for control in live.controls.values()}) == len(live.controls)
    curves, table, worst = live._figure.axes
    found = lines(curves, {"training": (BLUE, "", "."), "held out": (ORANGE, "", ".")})
    assert [words(axes) for axes in (curves, table, worst)] == [
        ("Loss", "epoch", "loss"),
        ("Confusions", "taken for", "digit"),
        ("Mistaken: digit → answer", "", ""),
    ]
    raw, raw_held_out = digits().split(len(digits()) - 500, seed=0)
    training, held_out = raw.standardise(raw_held_out)
    for changes in CONFIGURATIONS:
        values = {**start, **changes}
        live.set(**values)
        sizes = [64, *(n for n in (values["hidden_1"], values["hidden_2"]) if n), 10]
        network = Network(
            sizes,
            values["activation"],
            values["loss"],
            initialisation=values["initialisation"],
            seed=values["seed"],
            dtype=np.float64,
        )
        records = list(
            train_by_epoch(
                network,
                training.inputs,
                training.targets,
                values["learning_rate"],
                values["epochs"],
                int(values["batch_size"]),
                seed=values["seed"],
                validation=(held_out.inputs, held_out.targets),
            )
        )
        for name, losses in (
            ("training", [record.loss for record in records]),
            ("held out", [record.validation_loss for record in records]),
        ):
            shown = [min(max(loss, 1e-3), 10) if math.isfinite(loss) else 10 for loss in losses]
            drawn(found[name], range(1, len(records) + 1), shown)
        assert curves.get_xlim() == (0, values["epochs"])
        answers, truth = network.predict(held_out.inputs), held_out.targets
        confused, pictures = np.zeros((10, 10)), np.zeros((36, 48))
        for digit, answer in zip(truth, answers, strict=True):
            confused[digit, answer] += digit != answer
        near(table.images[0].get_array(), confused)
        assert [text.get_text() for text in table.texts] == [f"{count:.0f}" if count else "" for count in confused.flat]
        wrong = np.flatnonzero(answers != truth)[:12]
        for place, i in enumerate(wrong):
            top, left = 12 * (place // 4) + 4, 12 * (place % 4) + 2
            pictures[top : top + 8, left : left + 8] = raw_held_out.inputs[i].reshape(8, 8)
        near(worst.images[0].get_array(), pictures)
        captions = [f"{truth[i]} → {answers[i]}" for i in wrong]
        assert [text.get_text() for text in worst.texts] == captions + [""] * (12 - len(captions))
        count = sum((n + 1) * m for n, m in pairwise(sizes))
        told(
            live,
            {
                "held-out accuracy": round(float(np.mean(answers == truth)), 3),
                "training accuracy": round(float(np.mean(network.predict(training.inputs) == training.targets)), 3),
                "parameters": f"{count} of 3000",
                "epoch": values["epochs"],
                "state": "finished" if math.isfinite(records[-1].loss) else "diverged",
            },
        )


def test_the_price_of_a_bend_is_its_time_in_units_of_that_of_relu():
    live = LIVE_FIGURES["price_of_a_bend"]()
    (axes,) = live._figure.axes
    found = lines(axes, {"stored, 100,000 numbers": (GREY, "", "D"), "measured here": (BLUE, "", "o")})
    names = [text.get_text() for text in axes.get_yticklabels()]
    assert sorted(names) == ["copy", "relu", "sigmoid", "tanh"]
    stored = stored_activations()
    drawn(found["stored, 100,000 numbers"], [stored[name] / stored["relu"] for name in names], range(4))
    here = {"copy": 1e-5, "relu": 2e-5, "sigmoid": 9e-5, "tanh": 5e-5}
    try:
        live.kept[100_000] = here
        for values in moves(live):
            numbers = values["numbers"]
            assert words(axes) == (f"Bending {numbers} numbers at once", "time (ReLU = 1)", ""), MEANT
            known = numbers == "100,000"
            drawn(found["measured here"], *(([here[n] / 2e-5 for n in names], range(4)) if known else ([], [])))
            prices = {"sigmoid, compared with ReLU": "× 4.5", "tanh, compared with ReLU": "× 2.5"}
            told(live, prices if known else {"measured here": "not yet"})
    finally:
        live.kept.clear()
