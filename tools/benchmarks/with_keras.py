"""Ours against TensorFlow's tape and Keras."""

import numpy as np
import tensorflow as tf

from tools.benchmarks._report import Row
from tools.benchmarks._timing import ratio, repeated
from tools.benchmarks._work import demo, digits_batches


def tape():
    """Return w after the note's 40 steps, as the note writes them."""
    w = tf.Variable(tf.constant(5, dtype=tf.float32))
    for epoch in range(40):
        rate = 0.2 * 0.99**epoch
        with tf.GradientTape() as tape:
            loss = tf.square(w + 1)
        w.assign_sub(rate * tape.gradient(loss, w))
    return w.numpy()


def rows():
    """Yield the results."""
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    assert np.isclose(demo(), tape())
    value = 50 * ratio(tape, repeated(demo, 50), repeats=21)
    yield Row("40 steps on (w + 1)²", "TensorFlow's tape / ours", value, ">= 1000")

    work = digits_batches()
    *hidden, last = work.sizes[1:]
    layers = [tf.keras.layers.Dense(units, activation="relu") for units in hidden]
    model = tf.keras.Sequential([tf.keras.Input(work.sizes[:1]), *layers, tf.keras.layers.Dense(last)])
    model.compile(tf.keras.optimizers.SGD(work.rate), tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.set_weights([array for weights, biases in work.weights() for array in (weights.T, biases)])

    def epoch():
        model.fit(work.x, work.labels, batch_size=work.batch, epochs=1, shuffle=False, verbose=0)

    epoch()
    weights = model.get_weights()
    work.check([(matrix.T, biases) for matrix, biases in zip(weights[::2], weights[1::2], strict=True)])
    yield Row("digits, batches of 32, an epoch", "Keras fit / ours", ratio(epoch, work.ours(), repeats=9), ">= 50")
