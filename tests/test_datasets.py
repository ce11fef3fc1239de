"""The datasets: the published recipes digit by digit, the files, and the ways to cut and scale them."""

import re
import shutil
from dataclasses import FrozenInstanceError
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import datasets
from helpers.datasets import CHECKSUMS, DataError, Dataset, data_folder, digits, iris, two_rings, yogurt_sales
from helpers.descent import gradient_descent
from helpers.losses import asymmetric_loss, mean_squared_error

ALL = [yogurt_sales, two_rings, iris, digits]


def small(**changes):
    fields = {
        "inputs": [[1.0, 10.0], [2.0, 10.0], [3.0, 10.0], [6.0, 10.0]],
        "targets": [0, 1, 1, 0],
        "feature_names": ["length", "constant"],
        "class_names": ["no", "yes"],
    }
    return Dataset(**fields | changes)


@pytest.mark.parametrize("make", ALL)
def test_every_dataset_is_complete(make):
    data = make()
    assert len(data) == len(data.inputs) == len(data.targets)
    assert data.inputs.dtype == np.float64
    assert np.isfinite(data.inputs).all()
    assert len(data.feature_names) == len(set(data.feature_names)) == data.inputs.shape[1]
    if data.class_names:
        assert data.targets.dtype == np.intp
        assert set(data.targets) == set(range(len(data.class_names)))
    assert str(len(data)) in repr(data)
    np.testing.assert_array_equal(make().inputs, data.inputs)


def test_yogurt_sales_follow_the_published_order_of_draws():
    rng = np.random.RandomState(23455)
    factors = rng.rand(32, 2)
    sales = [x1 + x2 + (rng.rand() / 10.0 - 0.05) for x1, x2 in factors]
    data = yogurt_sales()
    np.testing.assert_array_equal(data.inputs, factors)
    np.testing.assert_array_equal(data.targets, sales)


def test_yogurt_sales_have_the_published_least_squares_solution():
    data = yogurt_sales()
    weights = np.linalg.lstsq(data.inputs, data.targets)[0]
    np.testing.assert_allclose(weights, [1.00430862, 0.99482883], atol=5e-9)


def yogurt_fit(loss, steps, reduction="mean"):
    """Fit the yogurt sales in float32 from the published start, at learning rate 0.002."""
    data = yogurt_sales()
    x, y = data.inputs.astype(np.float32), data.targets.astype(np.float32)
    path = gradient_descent(
        lambda w: loss(x @ w, y, reduction=reduction),
        lambda w: x.T @ loss.gradient(x @ w, y, reduction=reduction),
        np.array([-0.8113182, 1.4845988], np.float32),
        0.002,
        steps,
    )
    return path.parameters[-1]


def test_yogurt_sales_give_the_published_mean_squared_error_fit():
    weights = yogurt_fit(mean_squared_error, 15_000)
    assert weights.dtype == np.float32
    np.testing.assert_allclose(weights, [1.0009792, 0.9977485], atol=2e-6)


def test_yogurt_sales_give_the_published_fit_where_running_out_is_dear():
    weights = yogurt_fit(asymmetric_loss, 10_000, reduction="sum")
    np.testing.assert_allclose(weights, [1.1626335, 1.1191947], atol=1e-6)


def test_two_rings_follow_the_published_recipe():
    data = two_rings()
    np.testing.assert_array_equal(data.inputs, np.random.RandomState(2).randn(300, 2))
    for (x1, x2), label in zip(data.inputs, data.targets, strict=True):
        assert data.class_names[label] == ("inside" if x1**2 + x2**2 < 2 else "outside")
    assert np.bincount(data.targets).tolist() == [112, 188]


def test_iris_is_fishers():
    data = iris()
    assert data.inputs.shape == (150, 4)
    assert np.bincount(data.targets).tolist() == [50, 50, 50]
    assert data.class_names == ("setosa", "versicolor", "virginica")
    assert data.feature_names[0] == "sepal length (cm)"
    # Means of Fisher's Table 1; the 35th and 38th samples are those that the UCI file has wrong.
    np.testing.assert_allclose(data[:50].inputs.mean(axis=0), [5.006, 3.428, 1.462, 0.246], atol=1e-9)
    np.testing.assert_allclose(data[100:].inputs.mean(axis=0), [6.588, 2.974, 5.552, 2.026], atol=1e-9)
    assert data.inputs[[34, 37]].tolist() == [[4.9, 3.1, 1.5, 0.2], [4.9, 3.6, 1.4, 0.1]]


def test_digits_are_images_of_16_shades():
    data = digits()
    assert data.inputs.shape == (1797, 64)
    assert (data.inputs.min(), data.inputs.max()) == (0, 16)
    assert np.bincount(data.targets).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert data.feature_names[9] == "pixel in row 1, column 1"
    # The first sample is a 0: a ring with nothing in its middle.
    image = data.inputs[0].reshape(8, 8)
    assert data.targets[0] == 0
    assert image[3:5, 3:5].max() == 0
    assert image[0].tolist() == [0, 0, 5, 13, 9, 1, 0, 0]


def test_the_readme_of_the_data_tells_how_much_there_is_and_its_range():
    text = (data_folder() / "README.md").read_text(encoding="utf-8")
    with np.load(data_folder() / "digits.npz") as file:
        images, labels = file["images"], file["labels"]
    told = [
        f"{len(images)} handwritten digits: `images` {images.shape} and `labels` {labels.shape}, both {images.dtype}",
        f"black dots in its block, from {images.min()} to {images.max()}.",
        f"{len(iris())} irises",
    ]
    assert [sentence for sentence in told if sentence not in text] == [], "what data/README.md should say"


def test_the_readme_of_the_data_tells_every_checksum():
    text = (data_folder() / "README.md").read_text(encoding="utf-8")
    for name, checksum in CHECKSUMS.items():
        assert name in text
        assert checksum in text
    assert "CC BY 4.0" in text


@pytest.fixture
def copied_data(tmp_path, monkeypatch):
    for name in CHECKSUMS:
        shutil.copy(data_folder() / name, tmp_path)
    monkeypatch.setattr(datasets, "data_folder", lambda: tmp_path)
    return tmp_path


@pytest.mark.parametrize(("make", "name"), [(iris, "iris.csv"), (digits, "digits.npz")])
def test_a_damaged_or_missing_file_is_reported(make, name, copied_data):
    make()
    file = copied_data / name
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    with pytest.raises(DataError, match=f"{name}.*damaged"):
        make()
    file.write_bytes(content[:100])
    with pytest.raises(DataError, match=f"{name}.*damaged.*100 bytes"):
        make()
    file.unlink()
    with pytest.raises(DataError, match=f"{name} could not be read from .*No such file"):
        make()


def test_an_installed_package_has_its_data_beside_it(tmp_path, monkeypatch):
    monkeypatch.setattr(datasets, "__file__", str(tmp_path / "helpers" / "datasets.py"))
    assert data_folder() == tmp_path / "data"
    (tmp_path / "helpers_data").mkdir()
    assert data_folder() == tmp_path / "helpers_data"


def test_shuffling_keeps_inputs_and_targets_together():
    data = digits()
    shuffled = data.shuffle(seed=3)
    assert not np.array_equal(shuffled.targets, data.targets)
    order = np.random.default_rng(3).permutation(len(data))
    np.testing.assert_array_equal(shuffled.inputs, data.inputs[order])
    np.testing.assert_array_equal(shuffled.targets, data.targets[order])
    np.testing.assert_array_equal(data.shuffle(seed=3).targets, shuffled.targets)
    assert not np.array_equal(data.shuffle(seed=4).targets, shuffled.targets)


@settings(deadline=None, max_examples=50)
@given(fractions=st.lists(st.floats(0.05, 0.3), max_size=3), seed=st.integers(0, 2**32))
def test_the_parts_of_a_split_are_the_whole(fractions, seed):
    data = iris()
    parts = data.split(*fractions, seed=seed)
    assert [len(part) for part in parts[:-1]] == [round(150 * fraction) for fraction in fractions]
    rows = np.concatenate([part.inputs for part in parts])
    np.testing.assert_array_equal(np.sort(rows, axis=0), np.sort(data.inputs, axis=0))
    assert len(parts) == len(fractions) + 1


def test_a_split_takes_counts_and_fractions_and_shuffles():
    train, test = digits().split(1437)
    assert (len(train), len(test)) == (1437, 360)
    train, validation, test = iris().split(0.6, 30, seed=1)
    assert (len(train), len(validation), len(test)) == (90, 30, 30)
    assert set(test.targets) == {0, 1, 2}
    again = iris().split(0.6, 30, seed=1)[2]
    np.testing.assert_array_equal(again.inputs, test.inputs)


def test_nobody_else_can_write_to_a_dataset():
    inputs, targets, prices = np.ones((3, 2)), np.array([0, 1, 1]), np.array([1.0, 2.0, 3.0])
    data, real = Dataset(inputs, targets, "ab", "xy"), Dataset(inputs, prices, "ab")
    inputs[:], targets[:], prices[:] = 99, 0, 99
    assert data.inputs.max() == 1
    assert (data.targets.tolist(), real.targets.tolist()) == ([0, 1, 1], [1, 2, 3])
    for made in (data, real, data[:2], data.shuffle(), data.standardise(), *digits().split(10)):
        for array in (made.inputs, made.targets):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 99


@pytest.mark.parametrize("kind", [np.int8, np.uint64, np.int32])
def test_labels_are_indices_on_any_machine(kind):
    """Where indices have 32 bits, NumPy refuses labels of 64 in `bincount` and the like."""
    assert small(targets=np.array([0, 1, 1, 0], kind)).targets.dtype == np.intp
    assert small(targets=np.array([0, 1, 1, 0], kind), class_names=()).targets.dtype == np.float64


def test_no_module_chooses_the_width_of_its_integers():
    for path in Path(datasets.__file__).parent.rglob("*.py"):
        assert not re.search(r"\bint64\b", path.read_text(encoding="utf-8")), f"{path}: labels and indices are np.intp"


@pytest.mark.parametrize("make", ALL)
def test_standardising_gives_mean_0_and_deviation_1(make):
    data = make()
    standard = data.standardise()
    varies = np.ptp(data.inputs, axis=0) > 0
    np.testing.assert_allclose(standard.inputs.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(standard.inputs.std(axis=0), np.where(varies, 1, 0), atol=1e-12)
    np.testing.assert_array_equal(standard.targets, data.targets)
    assert standard.class_names == data.class_names


def test_other_parts_are_standardised_by_the_numbers_of_the_first():
    first, other = small(), small(inputs=[[0.0, 10.0], [7.0, 11.0], [1.0, 9.0], [3.0, 10.0]])
    mean, deviation = 3.0, np.sqrt(3.5)
    train, test = first.standardise(other)
    np.testing.assert_allclose(train.inputs[:, 0], (first.inputs[:, 0] - mean) / deviation)
    np.testing.assert_allclose(test.inputs[:, 0], (other.inputs[:, 0] - mean) / deviation)
    assert test.inputs[:, 1].tolist() == [0, 0, 0, 0]


@settings(deadline=None, max_examples=50)
@given(st.floats(-1e6, 1e6), st.integers(1, 40))
def test_a_constant_feature_becomes_0_whatever_rounding_makes_of_its_mean(value, count):
    data = Dataset(np.full((count, 1), value), np.zeros(count), ["constant"])
    assert not data.standardise().inputs.any()


def test_indexing_gives_datasets():
    data = small()
    assert data[1].inputs.tolist() == [[2.0, 10.0]]
    assert data[[3, 0]].targets.tolist() == [0, 0]
    assert len(data[data.targets == 1]) == 2
    assert [one.targets.tolist() for one in data] == [[0], [1], [1], [0]]


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"inputs": []}, ValueError, "inputs must not be empty"),
        ({"inputs": [1.0, 2.0]}, ValueError, r"shape \(samples, features\).*\(2,\)"),
        ({"inputs": [["a", "b"]]}, TypeError, "real numbers"),
        ({"targets": [0, 1]}, ValueError, r"targets must have the shape \(4,\).*\(2,\)"),
        ({"targets": [0, 1, 2, 0]}, ValueError, "between 0 and 1, got 0 to 2"),
        ({"targets": [0, 1, -1, 0]}, ValueError, "between 0 and 1, got -1 to 1"),
        ({"targets": [0.0, 1.0, 0.5, 0.0]}, TypeError, "whole numbers"),
        ({"targets": [[0], [0, 1], 0, 1]}, ValueError, r"^targets must be a number or an array of numbers"),
        ({"feature_names": None}, TypeError, "^feature_names must be a sequence of strings, got None"),
        ({"class_names": [0, 1]}, TypeError, r"^class_names must be a sequence of strings, got \[0, 1\]"),
        ({"feature_names": ["length"]}, ValueError, "2 feature names.*got 1"),
    ],
)
def test_a_wrong_dataset_is_refused(changes, error, message):
    with pytest.raises(error, match=message):
        small(**changes)


@pytest.mark.parametrize(
    ("use", "error", "message"),
    [
        (lambda data: data.split(4), ValueError, "each part must have samples: 4 cannot be cut"),
        (lambda data: data.split(0.1), ValueError, "each part must have samples"),
        (lambda data: data.split(2, 3), ValueError, "each part must have samples"),
        (lambda data: data.split(0), ValueError, "^a number of samples must be at least 1"),
        (lambda data: data.split(-0.5), ValueError, "^a fraction must be .* above 0"),
        (lambda data: data.split("half"), TypeError, "whole number"),
        (lambda data: data.shuffle(seed=1.5), TypeError, "^seed must be"),
        (lambda data: data.shuffle(seed=-1), ValueError, "seed"),
        (lambda data: data[4:], ValueError, "empty"),
        (lambda data: data.standardise(3), TypeError, "^expected a Dataset to standardise, too, got 3"),
        (lambda data: data[9], IndexError, "index 9 is out of bounds"),
        (lambda data: data.standardise(iris()), ValueError, "expected the features of"),
    ],
)
def test_a_wrong_use_is_refused(use, error, message):
    with pytest.raises(error, match=message):
        use(small())


def test_a_dataset_says_what_it_is():
    texts = [repr(make()) for make in ALL]
    assert texts == [
        "<yogurt sales: 32 samples, 2 features, real targets>",
        "<two rings: 300 samples, 2 features, 2 classes>",
        "<iris: 150 samples, 4 features, 3 classes>",
        "<digits: 1797 samples, 64 features, 10 classes>",
    ]
    assert repr(small()) == "<dataset: 4 samples, 2 features, 2 classes>"
    assert yogurt_sales().feature_names == ("factor x1", "factor x2")
    assert two_rings().feature_names == ("x1", "x2")
    assert digits().class_names == tuple("0123456789")


def test_a_feature_without_a_deviation_becomes_0():
    # The mean of these rounds to another number than 0.1; the squares of these differences round to 0.
    inputs = np.array([[0.1, 1e-200, 1.0], [0.1, 2e-200, 2.0], [0.1, 3e-200, 3.0]])
    scaled = small(inputs=inputs, targets=[0, 1, 0], feature_names="abc").standardise().inputs
    np.testing.assert_array_equal(scaled[:, :2], 0)
    np.testing.assert_allclose(scaled[:, 2], [-np.sqrt(1.5), 0, np.sqrt(1.5)])


def test_what_a_dataset_says_of_wrong_targets():
    with pytest.raises(TypeError, match=r"^targets must hold real numbers"):
        small(class_names=(), targets=["a", "b", "c", "d"])
    with pytest.raises(TypeError, match=r"class labels must be whole numbers, got an array of shape \(4,\)"):
        small(targets=[0.0, 1.0, 1.0, 0.0])


def test_names_become_tuples_that_can_be_compared():
    assert small().feature_names == ("length", "constant") and small().class_names == ("no", "yes")


def test_a_dataset_stays_as_it_was_made_and_is_equal_to_itself_alone():
    data = small()
    with pytest.raises(FrozenInstanceError):
        data.inputs = data.inputs[1:]
    assert {data: "here"}[data] == "here" and data != small()


def test_parts_may_have_one_sample_and_the_default_seed_is_0():
    data = small()
    assert [len(part) for part in data.split(1, 2)] == [1, 2, 1]
    np.testing.assert_array_equal(iris().shuffle().inputs, iris().shuffle(seed=0).inputs)
    np.testing.assert_array_equal(iris().split(100)[0].inputs, iris().split(100, seed=0)[0].inputs)
