"""The exact bowl against one worked by hand, and against gradient descent on it."""

import numpy as np
import pytest

from helpers.datasets import digits
from helpers.experiments.learning_rate import exact_bowl
from helpers.network import Network
from helpers.training import train


def test_a_bowl_worked_by_hand():
    """Inputs -1 and 1 with a bias: the squares of weight and bias have curvature 2 each, shared by the outputs."""
    one = exact_bowl([[-1.0], [1.0], [1.0], [-1.0]], [[0.0], [2.0], [4.0], [0.0]])
    assert one.lowest_loss == pytest.approx(0.5) and one.largest_curvature == pytest.approx(2)
    two = exact_bowl([[-1.0], [1.0]], [[3.0, 1.0], [5.0, 1.0]])
    assert two.lowest_loss == pytest.approx(0, abs=1e-20) and two.largest_curvature == pytest.approx(1)


@pytest.mark.parametrize("share, converges", [(0.98, True), (1.02, False)])
def test_descent_converges_below_two_over_the_largest_curvature(share, converges):
    data = digits().standardise()
    x, y = data.inputs[:200, :8], np.eye(10)[data.targets[:200]]
    bowl = exact_bowl(x, y)
    network = Network([8, 10], loss="mean_squared_error", initialisation="zeros", dtype=np.float64)
    history = train(network, x, y, share * 2 / bowl.largest_curvature, epochs=3000, batch_size=None)
    if converges:
        assert history.loss[-1] == pytest.approx(bowl.lowest_loss, rel=1e-6)
    else:
        assert history.loss[-1] > 1e3
