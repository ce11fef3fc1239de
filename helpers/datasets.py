"""The course's four datasets, small enough to train on in the blink of an eye.

`yogurt_sales` and `two_rings` are made on the spot by published recipes; `iris` and `digits` are small files
in `data/`, checked against their SHA-256 before use. Each is a `Dataset`: inputs with one row a sample, the
targets to predict, and names for both. A network is judged by samples that it has not seen, and these have to
be scaled by numbers taken from the training samples alone:

>>> train, test = digits().split(0.8, seed=0)
>>> train, test = train.standardise(test)
"""

from dataclasses import dataclass, replace
from io import BytesIO
from itertools import pairwise

import numpy as np

from helpers._checks import any_array, check_integer, check_real, float_array, what_is
from helpers.language import _

CHECKSUMS = {
    "digits.npz": "56691635b5c95f315ed55907c4fe83309809b3b822ee0b8d68e84bba3ffd4ca3",
    "iris.csv": "b6b8efc86732bc48c9fbddba53e2c191fd4f263c0ee98e2b1b7d3543e8d2121d",
}


class DataError(Exception):
    """A data file is missing or damaged."""


@dataclass(frozen=True, eq=False)
class Dataset:
    """Samples to learn from. Its arrays are its own, and read-only.

    Parameters
    ----------
    inputs : array_like of shape (samples, features)
        What is known of each sample.
    targets : array_like of shape (samples,)
        What is to be predicted: a class label from 0 on if there are `class_names`, else any real number.
    feature_names : sequence of str
        One name a column of `inputs`, with its unit where it has one.
    class_names : sequence of str, optional
        One name a class; empty if the targets are quantities.
    name : str, optional
        What to call the dataset.

    Raises
    ------
    TypeError
        If inputs or targets are not real numbers, labels not whole ones, or names not strings.
    ValueError
        If there are no samples, the shapes or the names do not fit each other, or a label is out of range.
    """

    inputs: np.ndarray
    targets: np.ndarray
    feature_names: tuple
    class_names: tuple = ()
    name: str = "dataset"

    def __post_init__(self):
        inputs = float_array(self.inputs, "inputs", may_be_empty=False)
        targets = any_array(self.targets, "targets")
        names, classes = _names(self.feature_names, "feature_names"), _names(self.class_names, "class_names")
        if inputs.ndim != 2:
            raise ValueError(_("inputs must have the shape (samples, features), got {got}", got=what_is(inputs)))
        if targets.shape != inputs.shape[:1]:
            raise ValueError(
                _("targets must have the shape ({number},), got {got}", number=len(inputs), got=what_is(targets))
            )
        if len(names) != inputs.shape[1]:
            raise ValueError(
                _(
                    "expected {inputs.shape[1]} feature names, one a column, got {number}",
                    inputs=inputs,
                    number=len(names),
                )
            )
        if not classes:
            targets = float_array(targets, "targets")
        elif targets.dtype.kind not in "iu":
            raise TypeError(_("class labels must be whole numbers, got {got}", got=what_is(targets)))
        elif targets.min() < 0 or targets.max() >= len(classes):
            raise ValueError(
                _(
                    "labels of {number} classes must lie between 0 and {last}, got {least} to {most}",
                    number=len(classes),
                    last=len(classes) - 1,
                    least=targets.min(),
                    most=targets.max(),
                )
            )
        # Copies, so that nobody else writes to them; labels in the type of indices, whatever the machine.
        inputs, targets = inputs.copy(), targets.astype(np.intp if classes else targets.dtype)
        inputs.flags.writeable = targets.flags.writeable = False
        # The record is frozen, so this is how its own fields are set in a tidied form.
        tidy = {"inputs": inputs, "targets": targets, "feature_names": names, "class_names": classes}
        for field, value in tidy.items():
            object.__setattr__(self, field, value)

    def __len__(self):
        """Return the number of samples."""
        return len(self.inputs)

    def __repr__(self):
        """Say how large the dataset is."""
        kind = _("{number} classes", number=len(self.class_names)) if self.class_names else _("real targets")
        return _(
            "<{name}: {samples} samples, {features} features, {kind}>",
            name=self.name,
            samples=len(self),
            features=self.inputs.shape[1],
            kind=kind,
        )

    def __getitem__(self, rows):
        """Return some of the samples.

        Parameters
        ----------
        rows : int, slice or array_like
            An index, a slice, or an array of indices or of truth values.

        Returns
        -------
        Dataset
            Those samples, even if it is a single one.

        Raises
        ------
        IndexError
            If there is no such sample.
        ValueError
            If these are no samples at all.
        """
        rows = np.atleast_1d(np.arange(len(self))[rows])
        return replace(self, inputs=self.inputs[rows], targets=self.targets[rows])

    def shuffle(self, seed=0):
        """Return the same samples in random order.

        Parameters
        ----------
        seed : int
            One seed, one order.

        Returns
        -------
        Dataset
            All samples, inputs and targets together.

        Raises
        ------
        TypeError, ValueError
            If `seed` is not a whole number of at least 0.
        """
        order = np.random.default_rng(check_integer(seed, "seed", at_least=0)).permutation(len(self))
        return self[order]

    def split(self, *sizes, seed=0):
        """Shuffle, then cut into parts; the last part is whatever the `sizes` leave.

        Parameters
        ----------
        *sizes : int or float
            The size of each part but the last: a number of samples (int) or a fraction of all (float).
        seed : int
            The seed of the shuffle.

        Returns
        -------
        list of Dataset
            One more than there are sizes: ``train, test = digits().split(0.8)``.

        Raises
        ------
        TypeError
            If a size is neither.
        ValueError
            If a part would be empty.
        """
        counts = [
            round(check_real(size, _("a fraction"), above=0) * len(self))
            if isinstance(size, float | np.floating)
            else check_integer(size, _("a number of samples"), at_least=1)
            for size in sizes
        ]
        counts.append(len(self) - sum(counts))
        if min(counts) < 1:
            raise ValueError(
                _("each part must have samples: {number} cannot be cut into {counts}", number=len(self), counts=counts)
            )
        shuffled = self.shuffle(seed)
        ends = np.cumsum([0, *counts])
        return [shuffled[start:end] for start, end in pairwise(ends)]

    def standardise(self, *others):
        """Shift and scale each feature to mean 0 and standard deviation 1 over *this* dataset's samples.

        A feature that is constant here tells samples apart nowhere: it becomes 0.

        Parameters
        ----------
        *others : Dataset
            Datasets to shift and scale by the very same numbers, for example the test part.

        Returns
        -------
        Dataset or list of Dataset
            This dataset standardised; with `others`, a list of it and them.

        Raises
        ------
        TypeError
            If another is no dataset.
        ValueError
            If another dataset has other features.
        """
        for other in others:
            if not isinstance(other, Dataset):
                raise TypeError(_("expected a Dataset to standardise, too, got {got}", got=what_is(other)))
            if other.feature_names != self.feature_names:
                raise ValueError(_("expected the features of {this!r}, got those of {other!r}", this=self, other=other))
        mean, deviation = self.inputs.mean(axis=0), self.inputs.std(axis=0)
        # Compared by value, since rounding can leave a constant a tiny deviation; over infinity it gives 0.
        deviation[(self.inputs == self.inputs[0]).all(axis=0) | (deviation == 0)] = np.inf
        parts = [replace(part, inputs=(part.inputs - mean) / deviation) for part in (self, *others)]
        return parts if others else parts[0]


def _names(names, what):
    if not np.iterable(names) or not all(isinstance(name, str) for name in names):
        raise TypeError(_("{what} must be a sequence of strings, got {got}", what=what, got=what_is(names)))
    return tuple(names)


def yogurt_sales():
    """Return made-up daily sales of yogurt: the sum of two factors, give or take 0.05.

    Returns
    -------
    Dataset
        32 samples, 2 features uniform in [0, 1), targets in units sold.

    References
    ----------
    Peking University, *TensorFlow 2 course*, chapter 2 (its seed and its order of draws, so that its
    published results can be compared).
    """
    rng = np.random.RandomState(23455)
    factors = rng.rand(32, 2)
    noise = rng.rand(32) / 10 - 0.05
    return Dataset(factors, factors.sum(axis=1) + noise, (_("factor x1"), _("factor x2")), name=_("yogurt sales"))


def two_rings():
    """Return 300 normally distributed points in the plane, those nearer to the origin in class 1.

    Returns
    -------
    Dataset
        300 samples, 2 features; label 1 (188 samples) where x1^2 + x2^2 < 2, else 0 (112 samples).

    References
    ----------
    Peking University, *TensorFlow 2 course*, chapter 2 (regularisation example).
    """
    points = np.random.RandomState(2).randn(300, 2)
    inside = (points**2).sum(axis=1) < 2
    return Dataset(points, inside.astype(np.intp), ("x1", "x2"), (_("outside"), _("inside")), _("two rings"))


def iris():
    """Return Fisher's irises: 50 flowers of each of three species, measured in cm.

    Returns
    -------
    Dataset
        150 samples, 4 features, 3 classes, sorted by class.

    Raises
    ------
    DataError
        If the file is missing or damaged.

    References
    ----------
    R. A. Fisher (1936). The use of multiple measurements in taxonomic problems. *Annals of Eugenics* 7(2),
    179-188.
    """
    header, *rows = (line.split(",") for line in _read("iris.csv").decode("utf-8").splitlines())
    names = [name.removesuffix("_cm").replace("_", " ") + " (cm)" for name in header[:4]]
    species = sorted({row[4] for row in rows})
    inputs = np.array([row[:4] for row in rows], dtype=np.float64)
    return Dataset(inputs, np.array([species.index(row[4]) for row in rows]), names, species, "iris")


def digits():
    """Return handwritten digits as images of 8x8 pixels, row by row; a pixel is 0 (white) to 16 (black).

    Returns
    -------
    Dataset
        1797 samples, 64 features, 10 classes; ``inputs.reshape(-1, 8, 8)`` gives the images.

    Raises
    ------
    DataError
        If the file is missing or damaged.

    References
    ----------
    E. Alpaydin and C. Kaynak (1998). *Optical Recognition of Handwritten Digits*. UCI Machine Learning
    Repository. https://doi.org/10.24432/C50P49
    """
    with np.load(BytesIO(_read("digits.npz"))) as file:
        inputs, labels = file["images"].reshape(-1, 64), file["labels"]
    names = [
        _("pixel in row {row}, column {column}", row=row, column=column) for row in range(8) for column in range(8)
    ]
    return Dataset(inputs, labels, names, [str(digit) for digit in range(10)], _("digits"))


def pooled_digits(side):
    """Return the digits with their images shrunk: each pixel is the mean of a square of the 8 by 8 pixels.

    Parameters
    ----------
    side : {8, 4, 2, 1}
        Pixels along each edge.

    Returns
    -------
    Dataset
        1797 samples of side * side features.
    """
    full = digits()
    images = full.inputs.reshape(-1, side, 8 // side, side, 8 // side).mean(axis=(2, 4))
    names = [
        _("pixel in row {row}, column {column}", row=row, column=column)
        for row in range(side)
        for column in range(side)
    ]
    return Dataset(
        images.reshape(len(full), -1), full.targets, names, full.class_names, _("digits, {side} by {side}", side=side)
    )


def data_folder():
    """Return the folder of the data files.

    Returns
    -------
    pathlib.Path
        ``helpers_data`` beside an installed package, ``data`` in the repository.
    """
    from pathlib import Path  # here, since only reading a file needs it

    beside = Path(__file__).parent.parent
    return beside / "helpers_data" if (beside / "helpers_data").is_dir() else beside / "data"


def _read(filename):
    """Return the bytes of a data file once its checksum is found to be right."""
    from hashlib import sha256  # here, since only reading a file needs it

    path = data_folder() / filename
    try:
        content = path.read_bytes()
    except OSError as error:
        reason = _(
            "data file {filename} could not be read from {path.parent}: {reason}",
            filename=filename,
            path=path,
            reason=error.strerror,
        )
        raise DataError(reason) from error
    if sha256(content).hexdigest() != CHECKSUMS[filename]:
        raise DataError(
            _(
                "data file {filename} in {path.parent} is damaged: its {number} bytes have another "
                "SHA-256 than data/README.md says; restore it from the course's repository",
                filename=filename,
                path=path,
                number=len(content),
            )
        )
    return content
