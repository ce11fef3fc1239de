"""Ours against JAX: the whole epoch compiled, as one scan over the batches."""

import jax
import jax.numpy as jnp

from tools.benchmarks._report import Row
from tools.benchmarks._timing import ratio
from tools.benchmarks._work import RATES, digits_batches


def mean_loss(parameters, x, labels):
    """Return the mean softmax cross-entropy."""
    *hidden, (weights, biases) = parameters
    for w, b in hidden:
        x = jnp.maximum(x @ w.T + b, 0)
    logits = x @ weights.T + biases
    return -jnp.take_along_axis(jax.nn.log_softmax(logits), labels[:, None], axis=1).mean()


def epoch(parameters, batches, rate):
    """Return the parameters after one epoch."""

    def step(parameters, batch):
        gradient = jax.grad(mean_loss)(parameters, *batch)
        return jax.tree.map(lambda p, g: p - rate * g, parameters, gradient), None

    return jax.lax.scan(step, parameters, batches)[0]


def rows():
    """Yield the results."""
    work = digits_batches()
    x = jnp.asarray(work.x.reshape(-1, work.batch, work.sizes[0]))
    batches = x, jnp.asarray(work.labels.reshape(-1, work.batch))
    start = jax.tree.map(jnp.asarray, work.weights())

    compiled = jax.jit(epoch)
    work.check(jax.block_until_ready(compiled(start, batches, work.rate)))
    state = [start]

    def theirs():
        state[0] = jax.block_until_ready(compiled(state[0], batches, work.rate))

    yield Row("digits, batches of 32, an epoch", "ours / JAX, compiled", ratio(work.ours_alone(), theirs), "<= 1.5")

    starts = jax.tree.map(lambda p: jnp.repeat(p[None], len(RATES), axis=0), start)
    many = jax.jit(jax.vmap(epoch, in_axes=(0, None, 0)))
    rates = jnp.asarray(RATES, jnp.float32)
    states = [jax.block_until_ready(many(starts, batches, rates))]

    def theirs_at_once():
        states[0] = jax.block_until_ready(many(states[0], batches, rates))

    value = ratio(work.ours_at_all_rates(), theirs_at_once, repeats=7)
    yield Row("50 learning rates, batches of 32, an epoch", "ours at once / JAX's vmap, compiled", value, "<= 1")
