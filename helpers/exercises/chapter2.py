"""Exercises of chapter 2: the update rule, the largest useful learning rate, and schedules."""

import numpy as np

from helpers.descent import gradient_descent
from helpers.exercises.exercise import ChoiceExercise, DesignExercise, FunctionExercise, Slip, ValueExercise
from helpers.language import _
from helpers.schedules import exponential_decay


def _decayed_rate(epoch, base, rate, every):
    return exponential_decay(base, rate, every)(epoch)


def _path(start, rate, steps, slope=2.0):
    return gradient_descent(lambda w: (w + 1) ** 2, lambda w: slope * (w + 1), float(start), rate, steps).parameters


def _losses(start, rate, steps):
    return (_path(start, rate, steps)[:-1] + 1) ** 2


def _losses_after(start, rate, steps):
    return (_path(start, rate, steps)[1:] + 1) ** 2


def _losses_and_one_more(start, rate, steps):
    return (_path(start, rate, steps) + 1) ** 2


def _losses_uphill(start, rate, steps):
    return (_path(start, rate, steps, slope=-2.0)[:-1] + 1) ** 2


def _losses_without_two(start, rate, steps):
    return (_path(start, rate, steps, slope=1.0)[:-1] + 1) ** 2


def _losses_by_loss(start, rate, steps):
    w, losses = start, []
    for _step in range(steps):
        losses.append((w + 1) ** 2)
        w -= rate * losses[-1]
    return np.array(losses)


def _positions(start, rate, steps):
    return _path(start, rate, steps)[:-1]


def _ravine_slip(rate):
    """Walk down the ravine (x^2 + 20 y^2) / 2 from (4, 4) for 60 steps."""
    if not rate > 0:
        return "uphill or nowhere"
    curvatures = np.array([1.0, 20.0])
    path = gradient_descent(
        lambda w: (curvatures * w**2).sum() / 2, lambda w: curvatures * w, np.array([4.0, 4.0]), float(rate), 60
    )
    x, y = abs(path.parameters[-1])
    if np.hypot(x, y) < 0.05:
        return None
    if rate >= 1:
        return "flat direction alone"
    if abs(rate - 0.1) < 1e-6:
        return "at the edge"
    if rate > 0.1:
        return "beyond the edge"
    return "too close to the edge" if y > x else "too timid"


EXERCISES = (
    FunctionExercise(
        name="decayed_rate",
        chapter=2,
        title=_("Complete a formula: exponential decay"),
        points=2,
        reference=_decayed_rate,
        draw=lambda rng: (
            int(rng.integers(1, 60)),
            float(rng.uniform(0.01, 1)),
            float(rng.uniform(0.5, 0.99)),
            int(rng.integers(2, 20)),
        ),
        edges=(
            lambda rng: (0, float(rng.uniform(0.01, 1)), float(rng.uniform(0.5, 0.99)), int(rng.integers(2, 20))),
            lambda rng: (1, float(rng.uniform(0.01, 1)), float(rng.uniform(0.1, 0.9)), int(rng.integers(50, 200))),
            lambda rng: (int(rng.integers(300, 600)), float(rng.uniform(0.5, 1)), float(rng.uniform(0.5, 0.8)), 2),
            lambda rng: (int(rng.integers(2, 60)), float(rng.uniform(2, 9)), 1.0, int(rng.integers(2, 20))),
            lambda rng: (7 * int(rng.integers(2, 9)) + 6, float(rng.uniform(2, 9)), float(rng.uniform(0.1, 0.5)), 7),
        ),
        atol=0,
        fixed=((0, 0.2, 0.99, 1), (10, 0.2, 0.5, 10), (5, 0.2, 0.5, 10)),
        slips=(
            Slip(
                "staircase",
                lambda epoch, base, rate, every: base * rate ** (epoch // every),
                _(
                    "Between two multiples of `every` your rate stands still: a staircase. The smooth form "
                    "divides without rounding, with / and not with //."
                ),
            ),
            Slip(
                "exponent lost",
                lambda epoch, base, rate, every: base * rate * epoch / every,
                _("Your rate grows with the epoch: epoch / every belongs in the exponent."),
            ),
            Slip(
                "a step for each epoch",
                lambda epoch, base, rate, every: base * rate**epoch,
                _("You multiply by `rate` once an epoch; `every` says how many epochs one factor takes."),
            ),
            Slip(
                "natural exponent",
                lambda epoch, base, rate, every: base * np.exp(-rate * epoch / every),
                _("exp(-rate ...) falls by another factor: `rate` itself is what each `every` epochs multiply by."),
            ),
            Slip(
                "base forgotten",
                lambda epoch, base, rate, every: rate ** (epoch / every),
                _("At epoch 0 your rate is 1. Where does it start from?"),
            ),
            Slip(
                "what is taken off",
                lambda epoch, base, rate, every: base * (1 - rate) ** (epoch / every),
                _("After `every` epochs `rate` is left and not taken off: it is the base of the power."),
            ),
            Slip(
                "base in the power",
                lambda epoch, base, rate, every: (base * rate) ** (epoch / every),
                _("The power takes in `base` as well. Only `rate` is multiplied again and again."),
            ),
            Slip(
                "fraction upside down",
                lambda epoch, base, rate, every: base * rate ** (every / epoch) if epoch else 1 / 0,
                _("The fraction in the exponent is upside down: it should grow with the epoch."),
            ),
            Slip(
                "linear instead of exponential",
                lambda epoch, base, rate, every: base * (1 - (1 - rate) * epoch / every),
                _("Your rate falls by the same amount each time; it should fall by the same factor."),
            ),
        ),
        hints=(
            _("After `every` epochs the rate has been multiplied by `rate` exactly once."),
            _("After half of them, by the square root of `rate`: the exponent is a fraction."),
            _("base times a power of rate; the exponent is epoch / every."),
        ),
    ),
    ValueExercise(
        name="largest_rate",
        chapter=2,
        title=_("Find a number: the edge of convergence"),
        points=1,
        # The loss is 3 (w - 2)^2 + 1, so its second derivative is 6.
        reference=lambda: 2 / 6,
        rtol=0.01,
        slips=(
            Slip(
                "one over curvature",
                1 / 6,
                _("With 1 / curvature a single step arrives. How far can you go beyond it?"),
            ),
            Slip("factor for curvature", 2 / 3, _("3 is the factor in front; the curvature is the second derivative.")),
            Slip(
                "edge of the chapter's bowl",
                1.0,
                _("1 is the edge for (w + 1)^2, whose curvature is 2. This bowl is steeper."),
            ),
            Slip("edge for a curvature of 1", 2.0, _("2 would be the edge for a curvature of 1. Which is it here?")),
            Slip("curvature itself", 6.0, _("6 is the curvature. The steeper the bowl, the smaller the largest rate.")),
        ),
        hints=(
            _("Write the error w - 2 after a step as a factor times the error before it."),
            _("The slope is 6 (w - 2), so the factor is 1 - 6 rate. When is its size below 1?"),
            _("It is 2 / curvature, and the curvature is the second derivative of the loss."),
        ),
    ),
    FunctionExercise(
        name="losses_of_descent",
        chapter=2,
        title=_("Repair: which loss belongs to which step?"),
        points=2,
        reference=_losses,
        draw=lambda rng: (float(rng.uniform(-9, 9)), float(rng.uniform(0.05, 1.05)), int(rng.integers(2, 9))),
        edges=(
            lambda rng: (float(rng.uniform(-9, 9)), float(rng.uniform(0.05, 1.05)), 1),
            lambda rng: (float(rng.uniform(-9, -2)), float(rng.uniform(0.05, 0.45)), int(rng.integers(20, 40))),
            lambda rng: (-1.0, float(rng.uniform(0.05, 1.05)), int(rng.integers(2, 9))),
            lambda rng: (float(rng.uniform(1, 9)), 0.5, int(rng.integers(3, 9))),
            lambda rng: (float(rng.uniform(1, 9)), float(rng.uniform(1.1, 2)), int(rng.integers(9, 15))),
            lambda rng: (float(rng.uniform(100, 900)), float(rng.uniform(0.6, 0.9)), int(rng.integers(2, 9))),
        ),
        fixed=((5.0, 0.2, 5), (3.0, 0.25, 2)),
        slips=(
            Slip(
                "update before loss",
                _losses_after,
                _("Your first loss belongs to the parameter after the first step: take the loss before the update."),
            ),
            Slip(
                "loss for slope",
                _losses_by_loss,
                _("You step by the loss instead of its slope, 2 (w + 1)."),
            ),
            Slip("uphill", _losses_uphill, _("Your losses grow: the step goes against the slope, with a minus.")),
            Slip("slope without its factor", _losses_without_two, _("The derivative of (w + 1)^2 is 2 (w + 1).")),
            Slip(
                "one too many", _losses_and_one_more, _("You return one loss too many: one for each step, before it.")
            ),
            Slip("parameters", _positions, _("These are the parameters w. Asked for are the losses, (w + 1)^2.")),
        ),
        hints=(
            _(
                "Print w and the loss of the first two steps. Section 1 prints the loss after a step, this the "
                "one before."
            ),
            _("The first loss from 5 is 36, before anything has moved."),
            _("In the loop: append the loss first, then update w."),
        ),
    ),
    ValueExercise(
        name="steps_needed",
        chapter=2,
        title=_("Predict, then compute: how long does a wild rate take?"),
        points=2,
        # The distance after n steps from 5 with rate 0.995 is 6 * 0.99^n.
        reference=lambda: int(np.argmax(abs(_path(5.0, 0.995, 5000) + 1) < 1e-3)),
        slips=(
            Slip(
                "never",
                float("inf"),
                _("It leaps from side to side, but each leap ends a little closer: |1 - 2 rate| < 1."),
            ),
            Slip("log10 for ln", 376, _("You mixed log10 with ln. Numerator and denominator need the same logarithm.")),
            Slip("start at 1", 688, _("The distance at the start is 5 - (-1) = 6, not 1.")),
            Slip("start at 5", 848, _("5 is the start; the distance from the lowest point at -1 is larger.")),
            Slip("factor 0.995", 1736, _("A step multiplies the distance by 1 - 2 rate, not by the rate.")),
            Slip("loss for distance", 522, _("After 522 steps the loss is below 0.001. Asked for is the distance.")),
            Slip("one too many", 867, _("After 866 steps it is below already: the start is step 0.")),
            Slip("one short", 865, _("After 865 steps the distance is still just above 0.001.")),
        ),
        hints=(
            _("Each step multiplies the distance by 1 - 2 rate."),
            _("Look for the smallest n with 6 * 0.99^n < 0.001."),
            _("Solve by logarithms and round up, or count the steps in a loop."),
        ),
    ),
    DesignExercise(
        name="ravine_rate",
        chapter=2,
        title=_("Design: a rate for a ravine"),
        points=2,
        accepts=_ravine_slip,
        expects=_("a number, the learning rate"),
        slips=(
            Slip("too timid", 0.03, _("It creeps along the flat direction and has not arrived after 60 steps.")),
            Slip(
                "too close to the edge",
                0.099,
                _("Along the flat direction it is home; across it still leaps to and fro."),
            ),
            Slip(
                "at the edge",
                0.1,
                _(
                    "This is exactly the edge: across the ravine it leaps to and fro for ever, no closer and no "
                    "further."
                ),
            ),
            Slip(
                "beyond the edge",
                0.19,
                _("It diverges: across the ravine the curvature is 20. What is the largest rate there?"),
            ),
            Slip(
                "flat direction alone",
                1.0,
                _(
                    "From 1 on it would suit the flat direction alone: in the steep one each step makes things "
                    "at least 19 times worse."
                ),
            ),
            Slip("uphill or nowhere", 0.0, _("A rate must be above 0, or nothing moves towards the goal.")),
        ),
        hints=(
            _("The largest curvature sets the limit: below 2 / 20."),
            _("The flat direction keeps 1 - rate of its distance at each step, the steep one |1 - 20 rate|."),
            _("Make the two factors equal: 1 - rate = 20 rate - 1."),
        ),
    ),
    ChoiceExercise(
        name="why_decay",
        chapter=2,
        title=_("Explain: when does a shrinking rate pay?"),
        points=1,
        right="5da44364831f45a4",
        options={
            "always": _("On the chapter's own bowl, decay from 0.2 ended 70 times further away than no decay."),
            "noise": _("Near the goal only the noise of the batches is left, and smaller steps make it count less."),
            "overflow": _("float32 holds numbers down to 1e-38; no rate in use comes near that."),
            "local minima": _("A bowl has one lowest point, and yet shrinking paid there with noisy slopes."),
        },
        hints=(
            _("In which section of the chapter did the constant rates stop getting better?"),
            _("What is left of a slope that is estimated from 16 images when the true slope is 0?"),
        ),
    ),
)
