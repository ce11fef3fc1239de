r"""The equations of `helpers.network`, computed fast: for `helpers.training`, which repeats them a thousand times.

Nothing here is new, and whoever wants to know what a network does need not read it. Tests hold its numbers to those of
the readable network. What makes it fast:

* A sample is a *column*, the bias the last column of the matrix [W b], and below each sample stands a 1:
  [W b] [x; 1] = W x + b, so one product does it all.
* Arrays are buffers that each batch uses again: nothing is allocated.
* All matrices [W b] are views of one long vector, so that an update is one subtraction.
"""

from itertools import pairwise

import numpy as np


class FastNetwork:
    """A copy of a network's parameters in one vector, and the buffers to train them in.

    Parameters
    ----------
    network : helpers.network.Network
        What to train. `load` takes its parameters over, `store` hands them back.
    """

    def __init__(self, network):
        self.network, self.passes = network, {}
        lead = (network.runs,) if network.runs else ()
        count = sum(units * (inputs + 1) for inputs, units in pairwise(network.sizes))
        self.parameters = np.zeros((*lead, count), network.dtype)
        self.gradient, self.change = np.zeros_like(self.parameters), np.empty_like(self.parameters)
        self.matrices = _matrices(self.parameters, network.sizes)
        self.matrix_gradients = _matrices(self.gradient, network.sizes)
        self.load()

    def load(self):
        """Take over the network's weights and biases."""
        for matrix, weights, biases in zip(self.matrices, self.network.weights, self.network.biases, strict=True):
            matrix[..., :-1], matrix[..., -1] = weights, biases

    def store(self):
        """Hand the weights and biases back."""
        for matrix, weights, biases in zip(self.matrices, self.network.weights, self.network.biases, strict=True):
            weights[...], biases[...] = matrix[..., :-1], matrix[..., -1]

    def batch_pass(self, samples):
        """Return the buffers for batches of one size, made when first asked for.

        Parameters
        ----------
        samples : int
            The size.

        Returns
        -------
        BufferedPass
            The same one for the same size.
        """
        if samples not in self.passes:
            self.passes[samples] = BufferedPass(self, samples)
        return self.passes[samples]

    def descend(self, batches, rates):
        """Make one update for each batch: parameters <- parameters - rate * gradient of the batch's mean loss.

        Parameters
        ----------
        batches : list of tuple
            Pairs (x, y) with one column a sample, as `Batches` makes them.
        rates : numpy.ndarray of shape (updates,) or (updates, runs, 1)
            The learning rate of each update, for many runs that of each run.
        """
        rates = rates.astype(self.network.dtype)
        with np.errstate(over="ignore", invalid="ignore"):  # of a training that diverges
            for step, (x, y) in zip(range(len(rates)), batches, strict=True):
                batch = self.batch_pass(x.shape[-1])
                batch.forward(x)
                batch.backward(y)
                # With the dots a single rate remains an array, with which NumPy begins sooner than with a number.
                np.multiply(self.gradient, rates[step, ...], out=self.change)
                np.subtract(self.parameters, self.change, out=self.parameters)


class Batches:
    """Samples cut into batches, in a new random order every epoch.

    Parameters
    ----------
    x : numpy.ndarray of shape (samples, features)
        Inputs, one row a sample.
    y : numpy.ndarray of shape (samples, outputs)
        What each output should be.
    batch_size : int
        The samples in a batch. If it is all of them, their order means nothing and is kept.
    seeds : list of int
        One for all runs, or one for each.

    Attributes
    ----------
    batches : list of tuple
        Pairs (x, y) with one column a sample; the last row of x is ones, for the biases. What one column of x holds
        lies together in memory, and so does the whole of y: a product that jumps from row to row takes twice as long.
    """

    def __init__(self, x, y, batch_size, seeds):
        self.x, self.y = np.ones((len(x), x.shape[1] + 1), x.dtype), y.T.copy()
        self.x[:, :-1] = x
        self.generators = []
        count = len(x)
        if batch_size >= count:
            self.batches = [(self.x.mT, self.y)]
            return
        # Runs of one seed meet the same batches, and share them.
        if len(set(seeds)) == 1:
            seeds = seeds[:1]
        self.generators = [np.random.default_rng(seed) for seed in seeds]
        self.shuffled = [np.empty((len(seeds), *array.shape), array.dtype) for array in (self.x, self.y)]
        x, y = self.shuffled if len(seeds) > 1 else (array[0] for array in self.shuffled)
        whole = count - count % batch_size
        self.columns = np.moveaxis(y[..., :whole].reshape(*y.shape[:-1], -1, batch_size), -2, 0)
        self.targets = np.empty_like(self.columns, order="C")
        ys = list(self.targets)
        if whole < count:
            ys.append(y[..., whole:])
        self.batches = [(x[..., i * batch_size : (i + 1) * batch_size, :].mT, y) for i, y in enumerate(ys)]

    def shuffle(self):
        """Bring the samples into a new order, and so fill the batches anew."""
        if not self.generators:
            return
        for generator, x, y in zip(self.generators, *self.shuffled, strict=True):
            order = generator.permutation(len(x))
            # No index is out of range; with "clip" NumPy need not look, and writes straight into place.
            np.take(self.x, order, axis=0, out=x, mode="clip")
            np.take(self.y, order, axis=1, out=y, mode="clip")
        np.copyto(self.targets, self.columns)


class BufferedPass:
    """A `helpers.network.Pass` for batches of one size, in buffers that the next batch overwrites.

    Parameters
    ----------
    fast : FastNetwork
        Whose parameters are used, and whose gradient is filled.
    samples : int
        The size of the batches.
    """

    def __init__(self, fast, samples):
        network = fast.network
        # For one network, dot has the smaller overhead; matmul goes through many of them.
        self.multiply = np.matmul if network.runs else np.ndarray.dot
        self.layers = []
        functions = [_column_function(f, self.multiply) for f in network.activation_functions]
        for matrix, gradient, f in zip(fast.matrices, fast.matrix_gradients, functions, strict=True):
            below = self.layers[-1] if self.layers else None
            self.layers.append(LayerBuffers(matrix, gradient, f, below, samples))
        self.loss_gradient = _column_gradient(network.loss, self.layers[-1].a, self.multiply)

    def forward(self, x):
        """Send a batch forward.

        Parameters
        ----------
        x : numpy.ndarray of shape ([runs,] features + 1, samples)
            One column a sample, the last row ones.

        Returns
        -------
        numpy.ndarray of shape ([runs,] outputs, samples)
            The outputs, in a buffer.
        """
        self.layers[0].input, self.layers[0].input_transposed = x, x.mT
        multiply = self.multiply
        for layer in self.layers:
            multiply(layer.matrix, layer.input, layer.z)
            if layer.f:
                layer.f.forward(layer.z, layer.a)
        return layer.a

    def backward(self, y):
        """Send the derivative of the loss back, which fills the gradient.

        Parameters
        ----------
        y : numpy.ndarray of shape ([runs,] outputs, samples)
            The targets of the batch that went forward last.
        """
        top, multiply = self.layers[-1], self.multiply
        self.loss_gradient(top.a, y, top.delta)
        for layer in reversed(self.layers):
            if layer.f:
                layer.f.backward(layer.delta, layer.z, layer.a, layer.delta)
            multiply(layer.delta, layer.input_transposed, layer.gradient)
            if layer.below:
                multiply(layer.transposed, layer.delta, layer.below.output_delta)


class LayerBuffers:
    """What a layer is in a `BufferedPass`: views of matrices, and arrays to fill.

    Parameters
    ----------
    matrix, gradient : numpy.ndarray of shape ([runs,] units, inputs + 1)
        [W b], and the derivative of the loss with respect to it.
    f : object or None
        The activation function; None stands for the identity.
    below : LayerBuffers or None
        The layer whose output is this one's input; None for the first, which is given each batch.
    samples : int
        The size of the batch.

    Attributes
    ----------
    z, a, delta : numpy.ndarray of shape ([runs,] units, samples)
        The weighted sums, a = f(z), and the derivative of the loss: with respect to a, then to z.
    output, output_delta : numpy.ndarray of shape ([runs,] units + 1, samples)
        a and delta with one more row. That of `output` is ones: they meet the biases of the layer above. That of
        `output_delta` is never used; it is there since W^T alone would be a part of [W b]^T, which products copy.
    input : numpy.ndarray of shape ([runs,] inputs + 1, samples)
        What comes from below, the last row ones.
    transposed, input_transposed : numpy.ndarray
        [W b]^T, and the input with one row a sample, as views.
    """

    def __init__(self, matrix, gradient, f, below, samples):
        *lead, units, _ = matrix.shape
        self.matrix, self.transposed, self.gradient, self.f, self.below = matrix, matrix.mT, gradient, f, below
        # In memory the runs of a unit lie side by side: so the activations without the ones have no gaps.
        self.output = np.moveaxis(np.ones((units + 1, *lead, samples), matrix.dtype), 0, -2)
        self.output_delta = self._free_buffer()
        self.a, self.delta = self.output[..., :-1, :], self.output_delta[..., :-1, :]
        self.z = np.empty_like(self.a) if f else self.a
        if below:
            self.input, self.input_transposed = below.output, below.output.mT

    def _free_buffer(self):
        """Return a buffer for delta; two layers below it is free again, since only the layer below needs it."""
        if self.below and self.below.below and self.below.below.output_delta.shape == self.output.shape:
            return self.below.below.output_delta
        return np.empty_like(self.output)


class _ColumnSoftmax:
    """Softmax down the columns of ([runs,] classes, samples), written into a buffer."""

    def __init__(self, multiply):
        self.multiply, self.ones = multiply, None

    def forward(self, z, out):
        """Write e^z over its sum into `out`; with the largest z taken off first, no power overflows."""
        np.subtract(z, np.maximum.reduce(z, axis=-2, keepdims=True), out=out)
        np.exp(out, out=out)
        np.divide(out, self._sums(out), out=out)

    def backward(self, gradient, z, p, out):
        """Write dloss/dz = p * (g - sum of p g) into `out`, where p is the output and g = dloss/dp."""
        np.subtract(gradient, self._sums(p * gradient), out=out)
        np.multiply(out, p, out=out)

    def _sums(self, values):
        """Add up the classes and repeat the sum for each, by a product with ones: `sum` takes longer."""
        if self.ones is None:
            classes = values.shape[-2]
            self.ones, self.sums = np.ones((classes, classes), values.dtype), np.empty_like(values)
        return self.multiply(self.ones, values, self.sums)


def _column_function(f, multiply):
    """Return the `f` of columns, which was one of rows: `f` itself if it goes element by element, None for identity."""
    if f.name == "softmax":
        return _ColumnSoftmax(multiply)
    return None if f.name == "identity" else f


def _column_gradient(loss, outputs, multiply):
    """Return a function that writes the derivative of the mean loss with respect to the outputs into a buffer.

    Parameters
    ----------
    loss : helpers.losses.Loss
    outputs : numpy.ndarray of shape ([runs,] outputs, samples)
        Of the shape and dtype that all batches have.
    multiply : callable
        The matrix product to use.

    Returns
    -------
    callable
        Called with outputs, targets and the buffer.
    """
    softmax = _ColumnSoftmax(multiply)
    *_, classes, samples = outputs.shape
    share = np.array(1 / samples, outputs.dtype)
    twice = np.array(2 / (samples * classes), outputs.dtype)

    def of_softmax_cross_entropy(z, y, out):  # (softmax(z) - y) / samples
        softmax.forward(z, out)
        np.subtract(out, y, out=out)
        np.multiply(out, share, out=out)

    def of_mean_squared_error(a, y, out):  # 2 (a - y) / (samples * outputs)
        np.subtract(a, y, out=out)
        np.multiply(out, twice, out=out)

    def of_any_other(a, y, out):
        y = np.broadcast_to(y.mT, a.mT.shape)
        count = loss.count(np.empty((samples, classes)))
        out[...] = loss.gradient(a.mT, y, reduction="sum").mT / count

    known = {"softmax_cross_entropy": of_softmax_cross_entropy, "mean_squared_error": of_mean_squared_error}
    return known.get(loss.name, of_any_other)


def _matrices(vector, sizes):
    """Return the matrices [W b] that lie in `vector` one after the other, as views."""
    matrices, start = [], 0
    for inputs, units in pairwise(sizes):
        end = start + units * (inputs + 1)
        matrices.append(vector[..., start:end].reshape(*vector.shape[:-1], units, inputs + 1))
        start = end
    return matrices
