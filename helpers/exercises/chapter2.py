"""Exercises of chapter 2: the update rule, the largest useful learning rate, and schedules."""

from helpers.exercises.exercise import Exercise, Slip
from helpers.schedules import exponential_decay


def _decayed_rate(epoch, base, rate, every):
    return exponential_decay(base, rate, every)(epoch)


EXERCISES = (
    Exercise(
        name="decayed_rate",
        chapter=2,
        title="Complete a formula: exponential decay",
        kind="function",
        points=2,
        reference=_decayed_rate,
        draw=lambda rng: (
            int(rng.integers(1, 60)),
            float(rng.uniform(0.01, 1)),
            float(rng.uniform(0.5, 0.99)),
            int(rng.integers(2, 20)),
        ),
        fixed=((0, 0.2, 0.99, 1), (10, 0.2, 0.5, 10), (5, 0.2, 0.5, 10)),
        slips=(
            Slip(
                "staircase",
                lambda epoch, base, rate, every: base * rate ** (epoch // every),
                "Between two multiples of `every` your rate stands still: a staircase. "
                "The smooth form divides without rounding, with / and not with //.",
            ),
            Slip(
                "exponent lost",
                lambda epoch, base, rate, every: base * rate * epoch / every,
                "Your rate grows with the epoch: epoch / every belongs into the exponent.",
            ),
            Slip(
                "a step for each epoch",
                lambda epoch, base, rate, every: base * rate**epoch,
                "You multiply by `rate` once an epoch; `every` says how many epochs one factor takes.",
            ),
            Slip(
                "fraction upside down",
                lambda epoch, base, rate, every: base * rate ** (every / epoch) if epoch else 1 / 0,
                "The fraction in the exponent is upside down: it should grow with the epoch.",
            ),
            Slip(
                "linear instead of exponential",
                lambda epoch, base, rate, every: base * (1 - (1 - rate) * epoch / every),
                "Your rate falls by the same amount each time; it should fall by the same factor.",
            ),
        ),
        hints=(
            "After `every` epochs the rate has been multiplied by `rate` exactly once.",
            "After half of them, by the square root of `rate`: the exponent is a fraction.",
            "base times a power of rate; the exponent is epoch / every.",
        ),
    ),
    Exercise(
        name="largest_rate",
        chapter=2,
        title="Find a number: the edge of convergence",
        kind="number",
        points=1,
        # The loss is 3 (w - 2)^2 + 1, so its second derivative is 6.
        reference=lambda: 2 / 6,
        rtol=0.01,
        slips=(
            Slip(
                "one over curvature", 1 / 6, "With 1 / curvature a single step arrives. How far can you go beyond it?"
            ),
            Slip("factor for curvature", 2 / 3, "3 is the factor in front; the curvature is the second derivative."),
            Slip(
                "edge of the chapter's bowl",
                1.0,
                "1 is the edge for (w + 1)^2, whose curvature is 2. This bowl is steeper.",
            ),
            Slip("curvature itself", 6.0, "6 is the curvature. The steeper the bowl, the smaller the largest rate."),
        ),
        hints=(
            "Write the error w - 2 after a step as a factor times the error before it.",
            "The slope is 6 (w - 2), so the factor is 1 - 6 rate. When is its size below 1?",
            "It is 2 / curvature, and the curvature is the second derivative of the loss.",
        ),
    ),
)
