r"""The multilayer perceptron: layers of weighted sums, each sum bent by an activation.

With a sample as a column, layer l turns the activations below it into its own,

    z_l = W_l a_(l-1) + b_l,    a_l = f(z_l),

and the chain rule carries the loss's derivative back through the same layers: with delta_l = dloss/dz_l,

    dloss/dW_l = delta_l a_(l-1)^T,    dloss/db_l = delta_l,    dloss/da_(l-1) = W_l^T delta_l.

`Pass.forward` and `Pass.backward` are these lines. Three habits make them fast. A batch goes through at once,
one column a sample. The bias is the last column of the matrix [W b] and meets a row of ones: one product does
it all. And arrays are buffers that each batch uses again, while all matrices are views of one long vector of
parameters. With a sequence of seeds every array gets a leading axis, `runs`: many networks side by side.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from helpers._checks import check_integer, float_array, lookup, what_is
from helpers.activations import ACTIVATIONS, Activation
from helpers.initialisers import as_initialiser
from helpers.losses import LOSSES, one_hot, softmax


class Softmax:
    """Softmax down the columns of (..., classes, samples): an activation that compares the units of a layer.

    Parameters
    ----------
    shape : tuple of int
        That of the columns, ([runs,] classes, samples).
    dtype : data-type
        That of the columns.
    multiply : callable
        The matrix product to use.
    """

    name = "softmax"

    def __init__(self, shape, dtype, multiply):
        # A product with ones adds up the classes and repeats the sum for each; `sum` takes longer.
        self.ones, self.sums = np.ones((shape[-2], shape[-2]), dtype), np.empty(shape, dtype)
        self.multiply = multiply

    def forward(self, z, out):
        """Write e^z over its sum into `out`; with the largest z taken off first, no power overflows."""
        np.subtract(z, np.maximum.reduce(z, axis=-2, keepdims=True), out=out)
        np.exp(out, out=out)
        np.divide(out, self.multiply(self.ones, out, self.sums), out=out)

    def backward(self, gradient, z, p, out):
        """Write dloss/dz = p * (g - sum of p g) into `out`, where p is the output and g = dloss/dp."""
        np.subtract(gradient, self.multiply(self.ones, p * gradient, self.sums), out=out)
        np.multiply(out, p, out=out)


class SoftmaxCrossEntropyGradient:
    """The derivative of the mean loss with respect to the logits z: (softmax(z) - y) / samples."""

    def __init__(self, shape, dtype, multiply):
        self.softmax = Softmax(shape, dtype, multiply)
        self.share = np.array(1 / shape[-1], dtype)

    def __call__(self, z, y, out):
        """Write the derivative into `out`."""
        self.softmax.forward(z, out)
        np.subtract(out, y, out=out)
        np.multiply(out, self.share, out=out)


class MeanSquaredErrorGradient:
    """The derivative of the mean loss with respect to the outputs a: 2 (a - y) / (samples * outputs)."""

    def __init__(self, shape, dtype, multiply):
        self.share = np.array(2 / (shape[-1] * shape[-2]), dtype)

    def __call__(self, a, y, out):
        """Write the derivative into `out`."""
        np.subtract(a, y, out=out)
        np.multiply(out, self.share, out=out)


# The gradients of helpers.losses, but for columns, and written into a buffer.
GRADIENTS = {
    "softmax_cross_entropy": SoftmaxCrossEntropyGradient,
    "mean_squared_error": MeanSquaredErrorGradient,
}


class Network:
    """A multilayer perceptron, or many of one shape side by side.

    Parameters
    ----------
    sizes : sequence of int
        The number of inputs, of units in each hidden layer, and of outputs: ``[64, 32, 16, 10]``.
    activation : str or Activation
        What bends the hidden layers: a name in `ACTIVATIONS`, or such an object.
    loss : {"softmax_cross_entropy", "mean_squared_error"}
        What training makes small. With the first, the outputs are logits.
    output_activation : str or Activation
        What bends the outputs before a mean squared error: as above, or "softmax".
    initialisation : str or callable
        How the weights begin: a name in `INITIALISERS`, or such a function. Biases begin at 0.
    seed : int or sequence of int
        The seed of the initial weights. A sequence makes as many networks, each as its seed alone would.
    dtype : data-type
        Floating-point type of all arithmetic. Deep networks with tiny gradients want float64.

    Attributes
    ----------
    runs : int or None
        The number of networks side by side; None for a single one, whose arrays lack the axis of runs.
    weights, weight_gradients : list of numpy.ndarray, each of shape ([runs,] units, inputs)
        The matrices W_l, first layer first, and dloss/dW_l from the latest backward pass. They are views:
        to change one is to change `parameters`.
    biases, bias_gradients : list of numpy.ndarray, each of shape ([runs,] units)
        The same for b_l.
    """

    def __init__(
        self,
        sizes,
        activation="relu",
        loss="softmax_cross_entropy",
        *,
        output_activation="identity",
        initialisation="he",
        seed=0,
        dtype=np.float32,
    ):
        self.sizes = tuple(check_integer(size, "the size of a layer", at_least=1) for size in sizes)
        if len(self.sizes) < 2:
            raise ValueError(f"sizes must name the inputs, any hidden layers, and the outputs, got {sizes!r}")
        self.activation = _activation(activation, ACTIVATIONS)
        self.output_activation = _activation(output_activation, {**ACTIVATIONS, "softmax": Softmax})
        lookup(GRADIENTS, loss, "loss of a network")
        self.loss = LOSSES[loss]
        if loss == "softmax_cross_entropy":
            if self.output_activation.name != "identity":
                raise ValueError(
                    "softmax_cross_entropy contains the softmax: output_activation must be 'identity', "
                    f"got {output_activation!r}"
                )
            if self.sizes[-1] < 2:
                raise ValueError(f"softmax_cross_entropy needs two classes or more, got sizes {self.sizes}")
        self.dtype = np.dtype(dtype)
        if self.dtype.kind != "f":
            raise TypeError(f"dtype must be a floating-point type, got {self.dtype}")

        seeds = np.atleast_1d(seed)
        if seeds.ndim != 1 or not len(seeds):
            raise ValueError(f"seed must be a whole number or a sequence of them, got {seed!r}")
        self.runs = len(seeds) if np.ndim(seed) else None
        count = sum(units * (inputs + 1) for inputs, units in pairwise(self.sizes))
        self._bind(np.zeros((*self.lead, count), self.dtype))
        initialiser = as_initialiser(initialisation)
        for run, one in enumerate(seeds.tolist()):
            rng = np.random.default_rng(check_integer(one, "seed", at_least=0))
            for weights in self.weights:
                units, inputs = weights.shape[-2:]
                weights[run if self.runs else ...] = initialiser(inputs, units, rng)

    def _bind(self, parameters):
        """Make the views of the parameters and of their gradient."""
        self._parameters, self._gradient = parameters, np.zeros_like(parameters)
        self._matrices, self._matrix_gradients = self._split(self._parameters), self._split(self._gradient)
        self.weights, self.biases = _columns(self._matrices)
        self.weight_gradients, self.bias_gradients = _columns(self._matrix_gradients)
        self._passes, self._latest = {}, None

    def _split(self, vector):
        """Return the matrices [W b] that lie in `vector` one after the other, as views."""
        matrices, start = [], 0
        for inputs, units in pairwise(self.sizes):
            end = start + units * (inputs + 1)
            matrices.append(vector[..., start:end].reshape(*self.lead, units, inputs + 1))
            start = end
        return matrices

    @property
    def lead(self):
        """The leading axes of every array: ``(runs,)``, or ``()`` for a single network."""
        return (self.runs,) if self.runs else ()

    def __getstate__(self):
        # A copy keeps what cannot be made anew; the views must be of its own parameters.
        kept = ["sizes", "activation", "output_activation", "loss", "dtype", "runs", "_parameters"]
        return {name: vars(self)[name] for name in kept}

    def __setstate__(self, state):
        vars(self).update(state)
        self._bind(self._parameters)

    def __repr__(self):
        runs = f"{self.runs} networks" if self.runs else "network"
        return f"<{runs} {'-'.join(map(str, self.sizes))}, {self.activation.name}, {self.loss.name}>"

    @property
    def parameters(self):
        """All weights and biases as one vector, shape ([runs,] parameters); assigning copies into it."""
        return self._parameters

    @parameters.setter
    def parameters(self, values):
        self._parameters[...] = values

    @property
    def gradient(self):
        """The derivative of the loss with respect to `parameters`, from the latest backward pass."""
        return self._gradient

    @property
    def gradient_norms(self):
        """The Frobenius norm of each layer's weight gradient, float64 of shape ([runs,] layers)."""
        vectors = [g.astype(np.float64).reshape(*self.lead, -1) for g in self.weight_gradients]
        return np.sqrt(np.stack([np.vecdot(v, v) for v in vectors], axis=-1))

    @property
    def pre_activations(self):
        """The z_l of the latest forward pass: a list of views of shape ([runs,] samples, units)."""
        return [layer.z.mT for layer in self._latest_pass().layers]

    @property
    def activations(self):
        """The a_l of the latest forward pass: a list of views of shape ([runs,] samples, units)."""
        return [layer.a.mT for layer in self._latest_pass().layers]

    def forward(self, inputs):
        """Send samples through the network.

        Parameters
        ----------
        inputs : array_like of shape (samples, features)
            One row a sample.

        Returns
        -------
        numpy.ndarray of shape ([runs,] samples, outputs)
            The outputs: logits for softmax cross-entropy, predictions for the mean squared error.

        Raises
        ------
        ValueError
            If there are no samples or the number of features is wrong.
        """
        return self._outputs(self._input_rows(inputs)).copy()

    def backward(self, targets):
        """Find the gradient of the mean loss over the samples of the latest forward pass.

        Parameters
        ----------
        targets : array_like of shape (samples,) or (samples, outputs)
            Class labels from 0 on, or what each output should be; for a single output, one number a sample.

        Returns
        -------
        numpy.ndarray of shape ([runs,] parameters)
            The gradient; `weight_gradients` and `bias_gradients` hold the same layer by layer.

        Raises
        ------
        RuntimeError
            If nothing has been sent forward yet.
        ValueError
            If the shape is wrong or a label is out of range.
        """
        latest = self._latest_pass()
        y = self._target_columns(targets, latest.samples)
        with np.errstate(over="ignore", invalid="ignore"):
            latest.backward(y)
        return self._gradient.copy()

    def loss_value(self, inputs, targets):
        """Return the mean loss over samples: a number, or an array of shape (runs,)."""
        return self.evaluate(self.samples(inputs, targets))[0]

    def accuracy(self, inputs, labels):
        """Return the fraction of samples whose class is predicted: a number, or an array of shape (runs,)."""
        samples = self.samples(inputs, labels)
        if samples.labels is None:
            raise ValueError(f"accuracy needs one class label a sample, got {what_is(labels)}")
        return self.evaluate(samples)[1]

    def predict(self, inputs):
        """Return class labels, shape ([runs,] samples): the largest output; a single output is cut at 1/2."""
        return self._classes(self.forward(inputs))

    def probabilities(self, inputs):
        """Return the probabilities of the classes, shape ([runs,] samples, classes)."""
        if self.loss.name == "softmax_cross_entropy":
            return softmax(self.forward(inputs))
        if self.output_activation.name in ("softmax", "sigmoid"):
            return self.forward(inputs)
        raise ValueError(
            "only the outputs of softmax and sigmoid are probabilities, "
            f"not those of output_activation {self.output_activation.name!r}"
        )

    def samples(self, inputs, targets):
        """Check samples and bring them into the form that the equations want.

        Parameters
        ----------
        inputs, targets : array_like
            As for `forward` and `backward`.

        Returns
        -------
        Samples
        """
        x = self._input_rows(inputs)
        y = self._target_columns(targets, len(x))
        targets = np.asarray(targets)
        return Samples(x, y, targets if targets.ndim == 1 and targets.dtype.kind in "biu" else None)

    def evaluate(self, samples):
        """Return mean loss and accuracy over `Samples`; the accuracy is nan if they have no class labels."""
        outputs = self._outputs(samples.x)
        losses = self.loss(outputs, np.broadcast_to(samples.y.T, outputs.shape), reduction="none")
        with np.errstate(over="ignore", invalid="ignore"):
            loss = losses.mean(axis=tuple(range(len(self.lead), losses.ndim)))
        if samples.labels is None:
            return loss, np.full(self.lead, np.nan)[()]
        return loss, (self._classes(outputs) == samples.labels).mean(axis=-1)

    def batch_pass(self, count):
        """Return the `Pass` for batches of `count` samples, made when first asked for."""
        if count not in self._passes:
            if len(self._passes) == 8:  # Forget the oldest.
                self._passes.pop(next(iter(self._passes)))
            self._passes[count] = Pass(self, count)
        return self._passes[count]

    def _outputs(self, x):
        self._latest = self.batch_pass(len(x))
        with np.errstate(over="ignore", invalid="ignore"):  # of a network that has diverged
            return self._latest.forward(x.T).mT

    def _latest_pass(self):
        if self._latest is None:
            raise RuntimeError("nothing has gone through the network yet: call forward(inputs) first")
        return self._latest

    def _classes(self, outputs):
        return outputs.argmax(axis=-1) if self.sizes[-1] > 1 else (outputs[..., 0] > 0.5).astype(np.int64)

    def _input_rows(self, inputs):
        """Return the inputs, checked, with a last column of ones for the biases."""
        inputs = float_array(inputs, "inputs", may_be_empty=False)
        if inputs.ndim != 2 or inputs.shape[1] != self.sizes[0]:
            raise ValueError(f"inputs must have the shape (samples, {self.sizes[0]}), got {what_is(inputs)}")
        rows = np.ones((len(inputs), self.sizes[0] + 1), self.dtype)
        rows[:, :-1] = inputs
        return rows

    def _target_columns(self, targets, count):
        """Return the targets, checked, in the shape (outputs, count); class labels become one-hot."""
        targets, outputs = np.asarray(targets), self.sizes[-1]
        if targets.shape == (count,) and outputs > 1:
            rows = one_hot(targets, outputs)
        elif targets.shape in {(count,), (count, outputs)}:
            rows = float_array(targets, "targets").reshape(count, outputs)
        else:
            shapes = f"({count},) or ({count}, {outputs})"
            raise ValueError(f"targets must have the shape {shapes}, got {what_is(targets)}")
        return rows.T.astype(self.dtype, order="C")


@dataclass(frozen=True, eq=False)
class Samples:
    """Samples in the form that the equations want.

    Parameters
    ----------
    x : numpy.ndarray of shape (samples, features + 1)
        Inputs, one row a sample, the last column ones.
    y : numpy.ndarray of shape (outputs, samples)
        What each output should be, one column a sample.
    labels : numpy.ndarray of shape (samples,) or None
        Class labels, if the samples have them.
    """

    x: np.ndarray
    y: np.ndarray
    labels: np.ndarray | None


class Layer:
    """What a layer is in one `Pass`: views of the network's matrices, and buffers for one batch size.

    Parameters
    ----------
    matrix, gradient : numpy.ndarray of shape ([runs,] units, inputs + 1)
        [W b], and the derivative of the loss with respect to it.
    f : Activation or None
        What bends the sums; None stands for the identity.
    below : Layer or None
        The layer whose output is this one's input; None for the first, which is given each batch.
    samples : int
        The size of the batch.

    Attributes
    ----------
    z, a, delta : numpy.ndarray of shape ([runs,] units, samples)
        The weighted sums, a = f(z), and the derivative of the loss: with respect to a, then to z.
    output, output_delta : numpy.ndarray of shape ([runs,] units + 1, samples)
        a and delta with one more row: of ones, which meet the biases of the layer above, and of their derivative, which
        nobody needs. (Without it W^T would be a part of [W b]^T, which a product first copies.)
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
        # A delta is needed for one layer further down only: layers of one size take turns with two buffers.
        before = below and below.below
        taken_over = before and before.output_delta.shape == self.output.shape
        self.output_delta = before.output_delta if taken_over else np.empty_like(self.output)
        self.a, self.delta = self.output[..., :-1, :], self.output_delta[..., :-1, :]
        self.z = np.empty_like(self.a) if f else self.a
        if below:
            self.input, self.input_transposed = below.output, below.output.mT


class Pass:
    """The way of a batch through a network and back: the equations, with all arrays that they fill.

    Parameters
    ----------
    network : Network
        Whose parameters are used, and whose gradient is filled.
    samples : int
        The size of the batch.
    """

    def __init__(self, network, samples):
        # For one network, dot has the smaller overhead; matmul goes through many of them.
        multiply = self.multiply = np.matmul if network.runs else np.ndarray.dot
        shape, dtype = (*network.lead, network.sizes[-1], samples), network.dtype
        self.samples = samples
        self.loss_gradient = GRADIENTS[network.loss.name](shape, dtype, multiply)
        last = network.output_activation
        last = Softmax(shape, dtype, multiply) if last is Softmax else last
        functions = [network.activation] * (len(network.sizes) - 2) + [last]
        self.layers = []
        for matrix, gradient, f in zip(network._matrices, network._matrix_gradients, functions, strict=True):
            below = self.layers[-1] if self.layers else None
            self.layers.append(Layer(matrix, gradient, None if f.name == "identity" else f, below, samples))

    def forward(self, x):
        """Send a batch forward.

        Parameters
        ----------
        x : numpy.ndarray of shape ([runs,] features + 1, samples)
            One column a sample, the last row ones.

        Returns
        -------
        numpy.ndarray of shape ([runs,] outputs, samples)
            The outputs, in a buffer that the next batch overwrites.
        """
        self.layers[0].input, self.layers[0].input_transposed = x, x.mT
        multiply = self.multiply
        for layer in self.layers:
            multiply(layer.matrix, layer.input, layer.z)
            if layer.f:
                layer.f.forward(layer.z, layer.a)
        return layer.a

    def backward(self, y):
        """Send the derivative of the loss back, which fills the network's gradient.

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


def _activation(name_or_object, registry):
    if isinstance(name_or_object, Activation):
        return name_or_object
    return lookup(registry, name_or_object, "activation")


def _columns(matrices):
    """Split each [W b] into W and b, as views."""
    return [matrix[..., :-1] for matrix in matrices], [matrix[..., -1] for matrix in matrices]
