"""Counted numbers compute what plain ones do, and miss no operation."""

import numpy as np

from helpers.complexity import count, lenet5, mlp
from helpers.experiments.convolution import convolve, pool_sums
from helpers.experiments.counted import Counted, Tally, counted
from helpers.network import Network


def test_a_plain_network_gives_its_usual_outputs_and_tallies_all_it_does():
    network, x = Network([3, 4, 2], dtype=np.float64, initialisation="normal"), np.array([0.5, -1.0, 2.0])
    network.biases[0][:] = [0.1, -0.2, 0.3, 0.4]
    with Tally() as tally:
        hidden = np.maximum(counted(network.weights[0]) @ counted(x) + counted(network.biases[0]), counted(0))
        outputs = counted(network.weights[1]) @ hidden + counted(network.biases[1])
    np.testing.assert_allclose(outputs.astype(float), network.forward(x[np.newaxis]).outputs[0], rtol=1e-12)
    assert (tally.multiplications, tally.additions, tally.comparisons) == (20, 20, 4)
    assert repr(tally) == "20 multiplications, 20 additions, 4 comparisons"


def test_only_what_happens_inside_is_tallied():
    one = Counted(1)
    with Tally() as outer:
        _ = one + one
        with Tally() as inner:
            _ = one * one
            assert one >= one
    _ = one + one
    assert (outer.multiplications, outer.additions, outer.comparisons) == (1, 1, 1)
    assert (inner.multiplications, inner.additions, inner.comparisons) == (1, 0, 1)


def test_pooling_and_windows_of_lenet():
    """The first two steps of LeNet-5: a bias in each sum, and three additions for each mean of four pixels."""
    rows = count(lenet5(), (1, 32, 32)).rows
    image, windows, biases = (counted(np.ones(shape)) for shape in ((1, 32, 32), (6, 1, 5, 5), 6))
    with Tally() as tally:
        pool_sums(convolve(image, windows, biases))
    assert tally.multiplications == rows[0].macs == 117_600
    assert tally.additions == rows[0].macs + 3 * rows[1].activations


def test_backward_makes_two_products_for_each_layer_but_the_first():
    for sizes in ([3, 4, 2], [5, 3], [6, 2, 7, 3]):
        gradient = counted(np.ones(sizes[-1]))
        with Tally() as tally:
            for layer in reversed(range(len(sizes) - 1)):
                np.outer(gradient, counted(np.ones(sizes[layer])))
                if layer > 0:
                    gradient = counted(np.ones((sizes[layer], sizes[layer + 1]))) @ gradient
        table = count(mlp(sizes), (sizes[0],))
        assert tally.multiplications == 2 * table.macs - table.rows[0].macs
