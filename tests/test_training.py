"""Training: step by step against PyTorch, many runs against single ones, order, records, and errors."""

import inspect
from dataclasses import FrozenInstanceError

import numpy as np
import pytest
import torch

from helpers.datasets import digits, iris, yogurt_sales
from helpers.fast_network import Batches
from helpers.network import Network
from helpers.schedules import exponential_decay
from helpers.training import Epoch, History, train, train_by_epoch
from tests.test_network import flat

DATA = iris().standardise().shuffle(0)
X, LABELS = DATA.inputs, DATA.targets


def new(seed=0, **options):
    return Network([4, 8, 3], "tanh", **{"seed": seed, "dtype": np.float64} | options)


def batch_orders(seed, count, size, rounds):
    """Return the batches that training must use, worked out from its seed alone."""
    rng = np.random.default_rng(seed)
    for _ in range(rounds):
        order = rng.permutation(count)
        yield from (order[start : start + size] for start in range(0, count, size))


@pytest.mark.parametrize(("dtype", "rtol"), [(np.float64, 1e-9), (np.float32, 2e-4)])
@pytest.mark.parametrize("batch_size", [32, 50, 1])
def test_every_update_is_the_one_of_pytorch(batch_size, dtype, rtol):
    net = new(dtype=dtype)
    twin = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.Tanh(), torch.nn.Linear(8, 3))
    for layer, W, b in zip(twin[::2], net.weights, net.biases, strict=True):
        layer.weight.data, layer.bias.data = torch.tensor(W), torch.tensor(b)
    schedule = exponential_decay(0.3, 0.9, 5)
    optimiser = torch.optim.SGD(twin.parameters(), lr=0.3)
    x, y = torch.tensor(X.astype(dtype)), torch.tensor(LABELS)
    for step, batch in enumerate(batch_orders(8, 150, batch_size, 2)):
        optimiser.param_groups[0]["lr"] = schedule(step)
        optimiser.zero_grad()
        torch.nn.functional.cross_entropy(twin(x[batch]), y[batch]).backward()
        optimiser.step()
    history = train(net, X, LABELS, schedule, 2, batch_size, seed=8)
    for layer, W, b in zip(twin[::2], net.weights, net.biases, strict=True):
        np.testing.assert_allclose(W, layer.weight.detach().numpy(), rtol=rtol, atol=rtol / 100)
        np.testing.assert_allclose(b, layer.bias.detach().numpy(), rtol=rtol, atol=rtol / 100)
    loss = torch.nn.functional.cross_entropy(twin(x), y).item()
    assert history.loss[-1] == pytest.approx(loss, rel=rtol)
    assert history.accuracy[-1] == (twin(x).argmax(1) == y).double().mean().item()


def test_an_epoch_by_hand_through_the_public_network():
    ours, by_hand = new(), new()
    train(ours, X, LABELS, 0.2, 1, batch_size=40, seed=5)
    for batch in batch_orders(5, 150, 40, 1):
        by_hand.step(by_hand.forward(X[batch]).backward(LABELS[batch]), 0.2)
    np.testing.assert_allclose(flat(ours), flat(by_hand), rtol=1e-12, atol=1e-14)


def test_one_batch_of_all_is_gradient_descent_whatever_the_seed():
    ours, by_hand = new(), new()
    history = train(ours, X, LABELS, 0.5, 4, batch_size=None, seed=1)
    losses = []
    for _ in range(4):
        by_hand.step(by_hand.forward(X).backward(LABELS), 0.5)
        losses.append(by_hand.loss_value(X, LABELS))
    np.testing.assert_allclose(history.loss, losses, rtol=1e-12)
    np.testing.assert_allclose(flat(ours), flat(by_hand), rtol=1e-12, atol=1e-14)
    for batch_size, seed in ((None, 2), (150, 3), (1000, 4)):
        other = new()
        train(other, X, LABELS, 0.5, 4, batch_size=batch_size, seed=seed)
        np.testing.assert_array_equal(flat(other), flat(ours))


@pytest.mark.parametrize("loss", ["softmax_cross_entropy", "mean_squared_error", "asymmetric_loss"])
@pytest.mark.parametrize("seeds", [0, [3, 4]])
def test_a_whole_training_is_that_of_the_readable_network(seeds, loss):
    """Two epochs, one network or two at once, batch by batch through `Network.forward`, `backward` and `step`."""
    fast, readable = new(seeds, loss=loss), new(seeds, loss=loss)
    history = train(fast, X, LABELS, 0.2, 2, batch_size=40, seed=5)
    for batch in batch_orders(5, 150, 40, 2):
        readable.step(readable.forward(X[batch]).backward(LABELS[batch]), 0.2)
    np.testing.assert_allclose(flat(fast), flat(readable), rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(history.loss[-1], readable.loss_value(X, LABELS), rtol=1e-10)


def test_a_network_that_is_changed_between_epochs_goes_on_from_there():
    net, rest = new(), new()
    epochs = train_by_epoch(net, X, LABELS, 0.1, 2, batch_size=None)
    next(epochs)
    net.weights[0] *= 0.5
    rest.weights, rest.biases = [[values.copy() for values in kind] for kind in (net.weights, net.biases)]
    next(epochs)
    train(rest, X, LABELS, 0.1, 1, batch_size=None)
    np.testing.assert_allclose(flat(net), flat(rest), rtol=1e-12)


@pytest.mark.parametrize("seeds", [0, [3, 3, 3], [2, 0, 1]])
@pytest.mark.parametrize("batch_size", [32, None])
def test_many_runs_equal_the_runs_one_by_one(seeds, batch_size):
    weight_seeds, rates = [4, 4, 9], [0.05, 0.2, 0.4]
    many = new(weight_seeds)
    history = train(many, X, LABELS, rates, 3, batch_size, seeds, validation=(X[:50], LABELS[:50]))
    assert history.loss.shape == history.learning_rate.shape == (3, 3)
    assert history.epoch.tolist() == [1, 2, 3]
    for run in range(3):
        one = new(weight_seeds[run])
        seed = seeds if seeds == 0 else seeds[run]
        alone = train(one, X, LABELS, rates[run], 3, batch_size, seed, validation=(X[:50], LABELS[:50]))
        np.testing.assert_allclose(flat(many)[run], flat(one), rtol=1e-9, atol=1e-12)
        for name in ("loss", "accuracy", "validation_loss", "validation_accuracy", "learning_rate"):
            np.testing.assert_allclose(getattr(history, name)[:, run], getattr(alone, name), rtol=1e-9)


def test_many_runs_in_float32_on_digits_stay_with_the_single_ones():
    data = digits()[:300].standardise()
    rates = [0.02, 0.05]
    many = Network([64, 16, 10], seed=[0, 1])
    together = train(many, data.inputs, data.targets, rates, 3, seed=[5, 6])
    for run in range(2):
        alone = train(Network([64, 16, 10], seed=run), data.inputs, data.targets, rates[run], 3, seed=5 + run)
        np.testing.assert_allclose(together.loss[:, run], alone.loss, rtol=1e-4)


def test_training_is_reproduced_by_its_seed_alone():
    runs = []
    for seed in (1, 1, 2):
        net = new()
        runs.append((train(net, X, LABELS, 0.1, 3, seed=seed).loss, flat(net)))
        np.random.default_rng().normal()
    np.testing.assert_array_equal(runs[0][0], runs[1][0])
    np.testing.assert_array_equal(runs[0][1], runs[1][1])
    assert not np.array_equal(runs[0][1], runs[2][1])


@pytest.mark.parametrize(("seeds", "orders"), [([7], 1), ([7, 7], 1), ([7, 8], 2)])
def test_batches_hold_every_sample_once_an_epoch_with_its_own_target(seeds, orders):
    x, y = np.arange(11.0)[:, None] * [1, 10, 100, 1000], np.eye(3)[np.arange(11) % 3]
    batches = Batches(x, y, 4, seeds)
    epochs_seen = []
    for _ in range(2):
        batches.shuffle()
        x = np.concatenate([x for x, _ in batches.batches], axis=-1).reshape(orders, 5, 11)
        y = np.concatenate([y for _, y in batches.batches], axis=-1).reshape(orders, 3, 11)
        assert [b.shape[-1] for b, _ in batches.batches] == [4, 4, 3]
        for run in range(orders):
            assert sorted(x[run, 0]) == list(range(11))
            np.testing.assert_array_equal(x[run, :4], x[run, 0] * [[1], [10], [100], [1000]])
            np.testing.assert_array_equal(x[run, 4], 1)
            np.testing.assert_array_equal(y[run].argmax(axis=0), x[run, 0] % 3)
        epochs_seen.append(x[:, 0])
    assert not np.array_equal(*epochs_seen)
    if orders == 2:
        assert not np.array_equal(*epochs_seen[0])


def test_the_schedule_counts_updates_across_epochs():
    asked = []

    def schedule(step):
        asked.append(step)
        return 0.1 / (1 + step)

    history = train(new(), X, LABELS, schedule, 2, batch_size=60)
    assert asked == [0, 1, 2, 3, 4, 5]
    np.testing.assert_allclose(history.learning_rate, [0.1 / 3, 0.1 / 6])


def test_every_run_may_have_its_own_schedule():
    schedules = [0.1, exponential_decay(0.3, 0.5, 3)]
    history = train(new([0, 0]), X, LABELS, schedules, 2, batch_size=50)
    np.testing.assert_allclose(history.learning_rate[:, 0], 0.1)
    np.testing.assert_allclose(history.learning_rate[:, 1], [0.3 * 0.5 ** (2 / 3), 0.3 * 0.5 ** (5 / 3)])
    alone = train(new(0), X, LABELS, schedules[1], 2, batch_size=50)
    np.testing.assert_allclose(history.loss[:, 1], alone.loss, rtol=1e-9)


def test_records_tell_of_the_state_after_each_epoch():
    net = new()
    seen = []

    def look(record):
        seen.append((record, net.loss_value(X, LABELS), net.accuracy(X[:30], LABELS[:30])))

    history = train(net, X, LABELS, 0.1, 3, validation=(X[:30], LABELS[:30]), callback=look)
    assert [record.epoch for record, *_ in seen] == [1, 2, 3]
    for index, (record, loss, accuracy) in enumerate(seen):
        assert isinstance(record, Epoch)
        assert type(record.loss) is float
        assert record.loss == history.loss[index] == loss
        assert record.validation_accuracy == history.validation_accuracy[index] == accuracy
        assert record.validation_loss != record.loss
    assert isinstance(history, History)
    assert history.loss.shape == (3,)


def test_a_history_stays_as_it_was_and_is_equal_to_itself_alone():
    history = train(new(), X, LABELS, 0.1, 1)
    with pytest.raises(FrozenInstanceError):
        history.loss = history.loss[1:]
    assert {history: "here"}[history] == "here"


def test_train_by_epoch_trains_only_as_far_as_it_is_asked():
    net = new()
    start = flat(net)
    progress = train_by_epoch(net, X, LABELS, 0.1, 3)
    np.testing.assert_array_equal(flat(net), start)
    first = next(progress)
    assert first.epoch == 1
    assert not np.array_equal(flat(net), start)
    after_one = flat(net)
    # Between two records the learner may do anything, and warnings work as ever.
    net.predict(X)
    with pytest.raises(RuntimeWarning):
        np.float32(3e38) * np.float32(10)
    assert [record.epoch for record in progress] == [2, 3]
    whole, one = new(), new()
    train(one, X, LABELS, 0.1, 1)
    np.testing.assert_array_equal(after_one, flat(one))
    train(whole, X, LABELS, 0.1, 3)
    np.testing.assert_array_equal(flat(net), flat(whole))


@pytest.mark.parametrize("seed", [0, [0, 1]])
def test_no_epochs_give_an_empty_history(seed):
    net = new(seed)
    start = flat(net)
    history = train(net, X, LABELS, 0.1, 0)
    np.testing.assert_array_equal(flat(net), start)
    assert history.loss.shape == (0, net.runs) if net.runs else (0,)
    assert history.epoch.shape == (0,)


@pytest.mark.parametrize("seed", [0, [0, 1]])
def test_histories_are_float64_whatever_the_network_computes_in(seed):
    history = train(Network([4, 3], seed=seed, dtype=np.float32), X, LABELS, 1, 2)
    assert history.loss.dtype == history.accuracy.dtype == history.learning_rate.dtype == np.float64


def test_without_labels_or_validation_these_are_nan():
    data = yogurt_sales()
    for seed in (0, [0, 1]):
        net = Network([2, 1], loss="mean_squared_error", seed=seed, dtype=np.float64)
        history = train(net, data.inputs, data.targets, 0.1, 300, batch_size=8)
        assert np.isnan(history.accuracy).all()
        assert np.isnan(history.validation_loss).all()
        assert history.validation_accuracy.shape == history.loss.shape
        # The noise is uniform in +-0.05: about 0.1^2 / 12 is the least that can be reached.
        assert (history.loss[-1] < 2 * 0.1**2 / 12).all()


def test_a_training_that_diverges_ends_silently_in_inf_or_nan():
    history = train(new([0, 0, 0], dtype=np.float32), X, LABELS, [0.1, 1e30, 1e38], 5)
    assert np.isfinite(history.loss[:, 0]).all()
    linear = Network([4, 3], "identity", "mean_squared_error", seed=0)
    assert not np.isfinite(train(linear, X, LABELS, 1e6, 20).loss[-1])
    many = Network([4, 3], "identity", "mean_squared_error", seed=[0, 0])
    loss = train(many, X, LABELS, [0.1, 1e6], 20).loss[-1]
    assert np.isfinite(loss).tolist() == [True, False]


def test_twenty_samples_can_be_learned_by_heart():
    data = digits().standardise()[:20]
    net = Network([64, 32, 10])
    history = train(net, data.inputs, data.targets, 0.1, 200, batch_size=5)
    assert history.accuracy[-1] == 1
    assert history.loss[-1] < 0.01


def test_digits_are_learned():
    parts = digits().split(1437)
    training, test = parts[0].standardise(parts[1])
    net = Network([64, 32, 16, 10], seed=range(3))
    history = train(net, training.inputs, training.targets, 0.1, 20, validation=(test.inputs, test.targets))
    assert history.accuracy[-1].min() > 0.98
    assert history.validation_accuracy[-1].min() > 0.93
    assert (history.loss[-1] < history.loss[0] / 5).all()


def test_train_takes_what_train_by_epoch_takes():
    shared = list(inspect.signature(train_by_epoch).parameters.values())
    assert list(inspect.signature(train).parameters.values())[: len(shared)] == shared


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"batch_size": 0}, ValueError, "batch_size must be at least 1"),
        ({"batch_size": 1.5}, TypeError, "batch_size"),
        ({"epochs": -1}, ValueError, "epochs must be at least 0"),
        ({"epochs": "many"}, TypeError, "epochs"),
        ({"learning_rate": -0.1}, ValueError, "learning_rate"),
        ({"learning_rate": "fast"}, TypeError, "learning_rate"),
        ({"learning_rate": [0.1, 0.2]}, ValueError, "learning_rate must be a single one.*got 2"),
        ({"seed": -1}, ValueError, "^seed must be at least 0"),
        ({"seed": [1, 2]}, ValueError, "seed must be a single one"),
        ({"inputs": X[:, :3]}, ValueError, r"\(samples, 4\)"),
        ({"inputs": X[:0], "targets": LABELS[:0]}, ValueError, "empty"),
        ({"targets": LABELS + 1}, ValueError, "from 0 to 2, got 3"),
        ({"targets": LABELS[:-1]}, ValueError, r"\(150,\)"),
        ({"validation": (X[:, :3], LABELS)}, ValueError, r"\(samples, 4\)"),
    ],
)
def test_mistakes_are_found_before_training_starts(changes, error, message):
    net = new()
    start = flat(net)
    arguments = {"inputs": X, "targets": LABELS, "learning_rate": 0.1, "epochs": 1} | changes
    with pytest.raises(error, match=message):
        train_by_epoch(net, **arguments)
    with pytest.raises(error, match=message):
        train(net, **arguments)
    np.testing.assert_array_equal(flat(net), start)


@pytest.mark.parametrize("name", ["learning_rate", "seed"])
def test_as_many_values_as_runs_are_wanted(name):
    with pytest.raises(ValueError, match=f"{name} must have one entry for each of the 2 runs, got 3"):
        train(new([0, 1]), X, LABELS, **{"learning_rate": 0.1, "epochs": 1, name: [1, 2, 3]})
