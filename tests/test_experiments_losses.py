"""What chapter 4 computes: fits to new noise without descending, against descents."""

import numpy as np

from helpers.datasets import yogurt_sales
from helpers.descent import gradient_descent
from helpers.experiments.losses import redrawn_fits
from helpers.losses import mean_squared_error


def test_fits_that_end_early_are_those_of_a_descent():
    x, start = yogurt_sales().inputs, np.array([-0.8, 1.5])
    optima, unfinished = redrawn_fits(x, start, learning_rate=0.3, steps=50, redraws=3, seed=4)
    noise = np.random.default_rng(4).uniform(-0.05, 0.05, (len(x), 3))
    for draw in range(3):
        sales = x.sum(axis=1) + noise[:, draw]
        path = gradient_descent(
            lambda w, y=sales: mean_squared_error(x @ w, y),
            lambda w, y=sales: mean_squared_error.gradient(x @ w, y) @ x,
            start,
            0.3,
            50,
        )
        np.testing.assert_allclose(unfinished[:, draw], path.parameters[-1], rtol=1e-9)
        np.testing.assert_allclose(optima[:, draw], np.linalg.lstsq(x, sales)[0], rtol=1e-9)
        assert abs(unfinished - optima).max() > 1e-3
