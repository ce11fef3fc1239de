r"""The multilayer perceptron: layers of weighted sums, each sum bent by an activation.

With a sample as a column, layer l turns the activations below it into its own,

    z_l = W_l a_(l-1) + b_l,    a_l = f(z_l),

and the chain rule carries the loss's derivative back through the same layers: with delta_l = dloss/dz_l,

    dloss/dW_l = delta_l a_(l-1)^T,    dloss/db_l = delta_l,    dloss/da_(l-1) = W_l^T delta_l.

`Pass.forward` and `Pass.backward` are these lines. Three habits make them fast: a batch of samples goes through at
once, one column each; the bias is the last column of the matrix [W b] and meets a row of ones, so that one product
does it all; and nothing is allocated, since each array is a buffer of the pass, or a view of one long vector of
parameters (of their gradient). With a sequence of seeds, all arrays get a leading axis: many networks at once.
"""

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

from helpers._checks import describe, float_array, integer, lookup
from helpers.activations import ACTIVATIONS, Activation
from helpers.initialisers import as_initialiser
from helpers.losses import LOSSES, one_hot, softmax


class Softmax:
    """Softmax down the columns, (..., classes, samples): an activation in which each class feels all the others."""

    name = "softmax"

    def __call__(self, z, out):
        """Write e^z over its sum into `out`; the largest z is subtracted first, so that no power overflows."""
        np.subtract(z, z.max(axis=-2, keepdims=True), out=out)
        np.exp(out, out=out)
        return np.divide(out, out.sum(axis=-2, keepdims=True), out=out)

    def backward(self, gradient, z, p, out):
        """Write dloss/dz = p * (g - sum of p * g) into `out`, where p is the output and g = dloss/dp."""
        mean = (p * gradient).sum(axis=-2, keepdims=True)
        np.subtract(gradient, mean, out=out)
        return np.multiply(out, p, out=out)


SOFTMAX = Softmax()


def softmax_cross_entropy_gradient(z, y, out):
    """Write the derivative of the mean cross-entropy with respect to the logits, (softmax(z) - y) / samples."""
    SOFTMAX(z, out)
    np.subtract(out, y, out=out)
    return np.divide(out, z.shape[-1], out=out)


def mean_squared_error_gradient(a, y, out):
    """Write the derivative of the mean squared error with respect to the outputs, 2 (a - y) / elements."""
    np.subtract(a, y, out=out)
    return np.multiply(out, 2 / (a.shape[-1] * a.shape[-2]), out=out)


# Gradients of the losses on columns and into a buffer; helpers.losses has the same for general use.
GRADIENTS = {
    "softmax_cross_entropy": softmax_cross_entropy_gradient,
    "mean_squared_error": mean_squared_error_gradient,
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
        The seed of the initial weights. A sequence makes as many networks; each is what its seed alone would make.
    dtype : data-type
        Floating-point type of all arithmetic. Deep networks with tiny gradients want float64.

    Attributes
    ----------
    runs : int or None
        The number of networks side by side; None for a single one, whose arrays lack the axis of runs.
    weights, weight_gradients : list of numpy.ndarray, each of shape ([runs,] units, inputs)
        The matrices W_l, first layer first, and dloss/dW_l as of the latest backward pass. Views: changing one
        changes `parameters`.
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
        self.sizes = tuple(integer(size, "the size of a layer", at_least=1) for size in sizes)
        if len(self.sizes) < 2:
            raise ValueError(f"sizes must name the inputs, any hidden layers, and the outputs, got {sizes!r}")
        self.activation = _activation(activation, ACTIVATIONS)
        self.output_activation = _activation(output_activation, {**ACTIVATIONS, "softmax": SOFTMAX})
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
        count = sum(units * (inputs + 1) for inputs, units in zip(self.sizes, self.sizes[1:], strict=False))
        self._bind(np.zeros((*self.lead, count), self.dtype))
        initialiser = as_initialiser(initialisation)
        for run, one in enumerate(seeds.tolist()):
            rng = np.random.default_rng(integer(one, "seed", at_least=0))
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
        for inputs, units in zip(self.sizes, self.sizes[1:], strict=False):
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
        kept = "sizes activation output_activation loss dtype runs _parameters".split()
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
        """The derivative of the loss with respect to `parameters`, in its shape, as of the latest backward pass."""
        return self._gradient

    @property
    def gradient_norms(self):
        """The Frobenius norm of each layer's weight gradient, float64 of shape ([runs,] layers)."""
        norms = [np.linalg.norm(g.astype(np.float64), axis=(-2, -1)) for g in self.weight_gradients]
        return np.stack(norms, axis=-1)

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
        y = self._target_rows(targets, latest.samples)
        with np.errstate(over="ignore", invalid="ignore"):
            latest.backward(y.T)
        return self._gradient.copy()

    def loss_value(self, inputs, targets):
        """Return the mean loss over samples: a number, or an array of shape (runs,)."""
        return self.evaluate(self.samples(inputs, targets))[0]

    def accuracy(self, inputs, labels):
        """Return the fraction of samples whose class is predicted: a number, or an array of shape (runs,)."""
        samples = self.samples(inputs, labels)
        if samples.labels is None:
            raise ValueError(
                f"accuracy needs class labels of shape ({len(samples.x)},), got {describe(labels)}"
            )
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
        y = self._target_rows(targets, len(x))
        targets = np.asarray(targets)
        return Samples(x, y, targets if targets.ndim == 1 and targets.dtype.kind in "biu" else None)

    def evaluate(self, samples):
        """Return mean loss and accuracy over `Samples`; the accuracy is nan if they have no class labels."""
        outputs = self._outputs(samples.x)
        losses = self.loss(outputs, np.broadcast_to(samples.y, outputs.shape), reduction="none")
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
            raise ValueError(f"inputs must have the shape (samples, {self.sizes[0]}), got {describe(inputs)}")
        rows = np.ones((len(inputs), self.sizes[0] + 1), self.dtype)
        rows[:, :-1] = inputs
        return rows

    def _target_rows(self, targets, count):
        """Return the targets, checked, in the shape (count, outputs): class labels become one-hot."""
        targets, outputs = np.asarray(targets), self.sizes[-1]
        if targets.shape == (count,) and outputs > 1:
            return one_hot(targets, outputs, self.dtype)
        if targets.shape not in {(count,), (count, outputs)}:
            raise ValueError(
                f"targets must have the shape ({count},) or ({count}, {outputs}), got {describe(targets)}"
            )
        return float_array(targets, "targets").astype(self.dtype).reshape(count, outputs)


@dataclass(frozen=True, eq=False)
class Samples:
    """Samples in the form that the equations want.

    Parameters
    ----------
    x : numpy.ndarray of shape (samples, features + 1)
        Inputs, the last column ones.
    y : numpy.ndarray of shape (samples, outputs)
        What each output should be.
    labels : numpy.ndarray of shape (samples,) or None
        Class labels, if the samples have them.
    """

    x: np.ndarray
    y: np.ndarray
    labels: np.ndarray | None


class Pass:
    """The way of a batch through a network and back: the equations, and the arrays that they fill.

    Parameters
    ----------
    network : Network
        Whose parameters to use and whose gradient to fill.
    samples : int
        The size of the batch.

    Attributes
    ----------
    layers : list
        For each layer: ``matrix`` [W b] and ``weights`` W, ``gradient`` dloss/d[W b], activation ``f`` (None for the
        identity), ``z``, ``a`` = f(z), ``a_and_ones`` (the same array with the row of ones below), and ``delta``,
        which holds dloss/da, then dloss/dz.
    """

    def __init__(self, network, samples):
        self.samples = samples
        self.layers = []
        # One network's product has the smaller overhead; matmul goes through many, run by run.
        self.multiply = np.matmul if network.runs else np.ndarray.dot
        self.loss_gradient = GRADIENTS[network.loss.name]
        functions = [network.activation] * (len(network.sizes) - 2) + [network.output_activation]
        below = None
        for matrix, gradient, f in zip(network._matrices, network._matrix_gradients, functions, strict=True):
            shape = (*matrix.shape[:-1], samples)
            a_and_ones = np.ones((*shape[:-2], shape[-2] + 1, samples), network.dtype)
            a = a_and_ones[..., :-1, :]
            if f.name == "identity":
                f, z = None, a
            else:
                z = np.empty_like(a)
            below = SimpleNamespace(
                matrix=matrix,
                weights=matrix[..., :-1],
                gradient=gradient,
                f=f,
                z=z,
                a=a,
                a_and_ones=a_and_ones,
                delta=np.empty_like(a),
                below=below,
            )
            self.layers.append(below)

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
        for layer in self.layers:
            layer.input = x
            self.multiply(layer.matrix, x, layer.z)
            if layer.f:
                layer.f(layer.z, out=layer.a)
            x = layer.a_and_ones
        return layer.a

    def backward(self, y):
        """Send the loss's derivative back, and so fill the network's gradient.

        Parameters
        ----------
        y : numpy.ndarray of shape ([runs,] outputs, samples)
            The targets of the batch that went forward last.
        """
        top = self.layers[-1]
        self.loss_gradient(top.a, y, out=top.delta)
        for layer in reversed(self.layers):
            if layer.f:
                layer.f.backward(layer.delta, layer.z, layer.a, out=layer.delta)
            self.multiply(layer.delta, layer.input.mT, layer.gradient)
            if layer.below:
                self.multiply(layer.weights.mT, layer.delta, layer.below.delta)


def _activation(name_or_object, registry):
    if isinstance(name_or_object, Activation | Softmax):
        return name_or_object
    return lookup(registry, name_or_object, "activation")


def _columns(matrices):
    """Split each [W b] into W and b, as views."""
    return [matrix[..., :-1] for matrix in matrices], [matrix[..., -1] for matrix in matrices]
