"""The exact bowl and the edge of training against theory, the range test and other rules against plain training."""

import numpy as np
import pytest

from helpers.datasets import digits
from helpers.descent import adam, momentum, plain
from helpers.experiments.learning_rate import (
    cross_ravine,
    edge_curve,
    edge_of_batches,
    exact_bowl,
    fastest_crossing,
    range_test,
    ravine_axes,
    train_by_rule,
    without_largest,
)
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


def test_with_all_samples_in_a_batch_the_edge_is_two_over_the_curvature():
    data = digits().standardise()
    inputs, target = data.inputs[:300, 20:30], data.targets[:300] == 0
    limit = 2 / exact_bowl(inputs, np.eye(10)[data.targets[:300]]).largest_curvature
    shares = np.array([0.5, 0.9, 0.99, 1.01, 1.1])
    assert edge_of_batches(inputs, target, limit * shares, 300, epochs=2000) == pytest.approx(0.99 * limit)


def test_no_rate_tried_runs_away_or_all_do():
    x, y = np.ones((8, 1)), np.ones(8)
    assert edge_of_batches(x, y, [0.001, 0.002], 4, epochs=3) == 0.002
    assert np.isnan(edge_of_batches(x, y, [1e3, 1e4], 4, epochs=3))


def test_the_edge_grows_with_the_batch_and_without_the_largest_images():
    edges, without = edge_curve(), edge_curve(left_out=3)
    assert list(edges) == sorted(edges) and without[0] > 1.5 * edges[0]
    assert all(small < large for small, large in zip(edges[:-1], without[:-1], strict=True))


def test_the_largest_images_are_left_out():
    data = digits().standardise()
    inputs, targets = without_largest(data, 3)
    sizes = (data.inputs**2).sum(axis=1)
    assert len(inputs) == len(targets) == len(data) - 3
    assert (inputs**2).sum(axis=1).max() == pytest.approx(np.sort(sizes)[-4])
    np.testing.assert_array_equal(without_largest(data, 0)[0], data.inputs)


def test_a_range_test_is_training_with_a_rate_for_each_step():
    data = digits().standardise()
    x, y, rates = data.inputs[:50], data.targets[:50], np.geomspace(0.01, 1, 7)
    tested, trained = (Network([64, 8, 10], dtype=np.float64) for _ in range(2))
    losses = range_test(tested, x, y, rates, batch_size=20)
    order = np.random.default_rng(0)
    batches = [cut for _ in range(4) for cut in np.split(order.permutation(50)[:40], 2)]
    for batch, rate, loss in zip(batches, rates, losses, strict=False):
        assert loss == pytest.approx(trained.loss_value(x[batch], y[batch]))
        trained.step(trained.forward(x[batch]).backward(y[batch]), rate)


def test_by_the_plain_rule_training_is_as_ever():
    data = digits().standardise()
    x, y, rates = data.inputs[:100], data.targets[:100], [0.03, 0.1, 0.3]
    ours, theirs = (Network([64, 8, 10], seed=[0, 1, 2], dtype=np.float64) for _ in range(2))
    losses = train_by_rule(ours, x, y, plain(), rates, epochs=3, batch_size=32, seed=5)
    history = train(theirs, x, y, rates, 3, batch_size=32, seed=5)
    np.testing.assert_allclose(losses, history.loss, rtol=1e-10)
    np.testing.assert_allclose(ours.weights[0], theirs.weights[0], rtol=1e-8, atol=1e-12)


@pytest.mark.parametrize("rule", [momentum(0.8), adam(0.7, 0.9)], ids=lambda rule: rule.name)
def test_networks_side_by_side_train_as_each_alone(rule):
    data = digits().standardise()
    x, y = data.inputs[:100], data.targets[:100]
    many = train_by_rule(Network([64, 8, 10], seed=[3, 4], dtype=np.float64), x, y, rule, [0.01, 0.02], 3)
    for run, (seed, rate) in enumerate([(3, 0.01), (4, 0.02)]):
        alone = train_by_rule(Network([64, 8, 10], seed=[seed], dtype=np.float64), x, y, rule, [rate], 3)
        np.testing.assert_allclose(many[:, run], alone[:, 0], rtol=1e-9)


def test_the_other_rules_on_a_network_are_those_of_pytorch():
    torch = pytest.importorskip("torch")
    data = digits().standardise()
    x, y = data.inputs[:96], data.targets[:96]
    makers = {
        momentum(): lambda w: torch.optim.SGD(w, lr=0.01, momentum=0.9),
        adam(): lambda w: torch.optim.Adam(w, lr=0.01),
    }
    for rule, make in makers.items():
        network = Network([64, 8, 10], seed=[0], dtype=np.float64)
        parameters = [torch.tensor(one[0], requires_grad=True) for one in network.weights + network.biases]
        optimiser, order = make(parameters), np.random.default_rng(0)
        ours = train_by_rule(network, x, y, rule, [0.01], 2)
        for _ in range(2):
            for batch in np.split(order.permutation(96), 3):
                optimiser.zero_grad()
                hidden = torch.relu(torch.tensor(x[batch]) @ parameters[0].T + parameters[2])
                logits = hidden @ parameters[1].T + parameters[3]
                torch.nn.functional.cross_entropy(logits, torch.tensor(y[batch])).backward()
                optimiser.step()
        np.testing.assert_allclose(network.weights[0][0], parameters[0].detach().numpy(), rtol=1e-7, atol=1e-10)
        assert np.isfinite(ours).all()


def test_a_turned_ravine_is_the_same_for_rules_without_a_scale_for_each_weight():
    for rule, same in ((plain(), True), (momentum(0.5), True), (adam(0.5), False)):
        straight, needed = cross_ravine((1, 20), rule, 0.08, 60)
        turned, needed_turned = cross_ravine((1, 20), rule, 0.08, 60, turn=30)
        assert np.allclose(turned, straight @ ravine_axes(30).T) == same
        assert not same or needed == needed_turned


def test_how_many_steps_a_crossing_needs():
    """With curvature 1 and rate 0.5 the distance halves at each step: from 4 * sqrt(2) it takes 7 to 0.05."""
    path, needed = cross_ravine((1, 1), plain(), 0.5, 20)
    assert needed == 7 and np.hypot(*path[7]) <= 0.05 < np.hypot(*path[6])
    assert cross_ravine((1, 1), plain(), 0.5, 6)[1] is None
    assert cross_ravine((1, 1), plain(), 2.5, 2000)[1] is None  # runs away, to nan
    assert fastest_crossing((1, 1), plain(), [0.25, 0.5, 1.0, 2.5]) == (1, 2)
    assert fastest_crossing((1, 1), plain(), [0.001, 2.5], steps=30) == (31, 0)
