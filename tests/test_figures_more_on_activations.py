"""What the figure of the appendix on activations shows, told by its description."""

import numpy as np

from helpers.experiments.sweeps import Sweep
from helpers.figures.more_on_activations import valleys


def test_valleys_show_medians_to_one_digit_and_mark_the_best_rate():
    loss = np.array([[[0.1, 0.2, 0.3]], [[0.01, 0.021, 9.0]], [[np.inf] * 3]])
    told = valleys({"ReLU": Sweep((0.1, 0.5, 2.0), loss, loss)}, epoch=1).description
    assert "curve 'ReLU': runs from 0.2 at learning rate = 0.1 through 0.02 at learning rate = 0.5 to 1 at" in told
    assert "points 'best rate': 0.02 at learning rate = 0.5" in told
