"""Ours against scikit-learn's MLPClassifier, with all that it does beyond plain descent switched off."""

from sklearn.neural_network import MLPClassifier

from tools.benchmarks._report import Row
from tools.benchmarks._timing import ratio
from tools.benchmarks._work import digits_batches


def rows():
    """Yield the result."""
    work = digits_batches()
    model = MLPClassifier(
        hidden_layer_sizes=work.sizes[1:-1],
        solver="sgd",
        alpha=0,
        batch_size=work.batch,
        learning_rate_init=work.rate,
        momentum=0,
        shuffle=False,
    )
    model.partial_fit(work.x, work.labels, classes=range(work.sizes[-1]))
    for layer, (weights, biases) in enumerate(work.weights()):
        model.coefs_[layer][:], model.intercepts_[layer][:] = weights.T, biases

    def epoch():
        model.partial_fit(work.x, work.labels)

    epoch()
    work.check([(weights.T, biases) for weights, biases in zip(model.coefs_, model.intercepts_, strict=True)])
    yield Row("digits, batches of 32, an epoch", "scikit-learn / ours", ratio(epoch, work.ours_alone()), ">= 8")
