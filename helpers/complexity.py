"""How large a network is, and how much work it does: counted by hand, before anything runs.

Space is the number of parameters, all weights and all biases. Time is the number of multiply-adds (MACs) of
one forward pass for one sample: each weight is multiplied once for each place it is used at. Biases,
activation functions and pooling are not counted as MACs; one MAC is two floating-point operations (FLOPs).
Shapes are those of one sample, without the batch, channels first: ``(features,)`` or
``(channels, height, width)``.

    >>> print(count(mlp([3, 4, 2]), (3,)))
    layer        output  weights  biases  parameters  MACs  activations
    Dense(3, 4)  4            12       4          16    12            4
    Dense(4, 2)  2             8       2          10     8            2
    total                     20       6          26    20            6
    layers: 2 (hidden: 1); parameters: 26 (104 bytes); activations: 6 (24 bytes); MACs: 20 (FLOPs: 40)
"""

from dataclasses import MISSING, dataclass, fields
from itertools import pairwise
from math import prod
from typing import NamedTuple

from helpers._checks import check_integer, lookup, what_is
from helpers.language import _, columns

OPTIMISER_STATE = {"sgd": 0, "momentum": 1, "adam": 2}
"""How many further numbers an optimiser keeps for each parameter."""


class Layer:
    """What all layers have in common; a layer without weights says only what shape it makes."""

    @property
    def weights(self):
        """The number of weights."""
        return 0

    @property
    def biases(self):
        """The number of biases."""
        return 0

    def __post_init__(self):
        """Check that all sizes are whole numbers."""
        for field in fields(self):
            least = 0 if field.name == "padding" else 1
            object.__setattr__(self, field.name, check_integer(getattr(self, field.name), field.name, at_least=least))

    def __str__(self):
        arguments = [str(getattr(self, field.name)) for field in fields(self) if field.default is MISSING]
        usual = type(self)(*map(int, arguments))
        for field in fields(self):
            value = getattr(self, field.name)
            if value != getattr(usual, field.name):
                arguments.append(f"{field.name}={value}")
        return f"{type(self).__name__}({', '.join(arguments)})"

    @property
    def computes(self):
        """Whether the layer has weights: only then it counts as a layer of the network."""
        return self.weights > 0

    def output_shape(self, input_shape):
        """Return the shape that the layer makes of an input.

        Parameters
        ----------
        input_shape : tuple of int
            ``(features,)`` or ``(channels, height, width)``.

        Returns
        -------
        tuple of int
            In the same form.

        Raises
        ------
        TypeError
            If this is no tuple of whole numbers.
        ValueError
            If the layer cannot take this shape.
        """
        raise NotImplementedError

    def macs(self, input_shape):
        """Return the number of multiply-adds: each weight is used once at every position of the output.

        Parameters
        ----------
        input_shape : tuple of int
            As for `output_shape`.

        Returns
        -------
        int
            Of one forward pass for one sample.

        Raises
        ------
        TypeError
            If this is no tuple of whole numbers.
        ValueError
            If the layer cannot take this shape.
        """
        _, *positions = self.output_shape(input_shape)
        return self.weights * prod(positions)


@dataclass(frozen=True)
class Dense(Layer):
    """A fully connected layer: every output is a weighted sum of all inputs, plus a bias.

    Parameters
    ----------
    in_features, out_features : int
        The number of inputs and of outputs.
    """

    in_features: int
    out_features: int

    @property
    def weights(self):
        """One for each pair of an input and an output."""
        return self.in_features * self.out_features

    @property
    def biases(self):
        """One for each output."""
        return self.out_features

    def output_shape(self, input_shape):
        input_shape = _shape(input_shape)
        if input_shape != (self.in_features,):
            hint = _("; put Flatten() before it") if len(input_shape) > 1 else ""
            raise ValueError(
                _(
                    "{this} expects an input of shape ({this.in_features},), got {input_shape}{hint}",
                    this=self,
                    input_shape=input_shape,
                    hint=hint,
                )
            )
        return (self.out_features,)


@dataclass(frozen=True)
class Conv2D(Layer):
    """A convolution: a small window of weights slides over the image, the same at every position.

    Parameters
    ----------
    in_channels, out_channels : int
        The number of channels (colours, features) that come in and go out.
    kernel_size : int
        Height and width of the window.
    stride : int
        How far the window moves from one position to the next.
    padding : int
        How many rows and columns of zeros are put around the image, on each side.
    """

    in_channels: int
    out_channels: int
    kernel_size: int
    stride: int = 1
    padding: int = 0

    @property
    def weights(self):
        """One window over all input channels for each output channel."""
        return self.in_channels * self.kernel_size**2 * self.out_channels

    @property
    def biases(self):
        """One for each output channel."""
        return self.out_channels

    def output_shape(self, input_shape):
        positions = _positions(self, input_shape, self.padding)
        if input_shape[0] != self.in_channels:
            raise ValueError(
                _(
                    "{this} expects {this.in_channels} channels, got the input shape {input_shape}",
                    this=self,
                    input_shape=input_shape,
                )
            )
        return (self.out_channels, *positions)


@dataclass(frozen=True)
class _Pool2D(Layer):
    """A window that slides over each channel and keeps one number of each position."""

    kernel_size: int
    stride: int | None = None

    def __post_init__(self):
        if self.stride is None:
            object.__setattr__(self, "stride", self.kernel_size)
        super().__post_init__()

    def output_shape(self, input_shape):
        positions = _positions(self, input_shape)
        return (input_shape[0], *positions)


class MaxPool2D(_Pool2D):
    """Pooling that keeps the largest number at each position of a window, channel by channel.

    Parameters
    ----------
    kernel_size : int
        Height and width of the window.
    stride : int, optional
        How far the window moves from one position to the next; by default its own size.
    """


class AveragePool2D(_Pool2D):
    """Pooling that keeps the mean at each position of a window, channel by channel.

    Parameters
    ----------
    kernel_size : int
        Height and width of the window.
    stride : int, optional
        How far the window moves from one position to the next; by default its own size.
    """


@dataclass(frozen=True)
class Flatten(Layer):
    """All values in one row: the way from an image to a dense layer. It makes no values of its own."""

    def output_shape(self, input_shape):
        return (prod(_shape(input_shape)),)


def _shape(input_shape):
    """Return the shape of one sample, checked, as a tuple."""
    if not isinstance(input_shape, list | tuple):
        raise TypeError(
            _("input_shape must be a tuple such as (3,) or (1, 28, 28), got {got}", got=what_is(input_shape))
        )
    return tuple(check_integer(size, _("each size of input_shape"), at_least=1) for size in input_shape)


def _positions(layer, input_shape, padding=0):
    """Return how many places the window of `layer` has on its input, down and across."""
    input_shape = _shape(input_shape)
    if len(input_shape) != 3:
        raise ValueError(
            _(
                "{layer} expects an input of shape (channels, height, width), got {input_shape}",
                layer=layer,
                input_shape=input_shape,
            )
        )
    _channels, height, width = input_shape
    down = height + 2 * padding - layer.kernel_size
    across = width + 2 * padding - layer.kernel_size
    if down < 0 or across < 0:
        raise ValueError(
            _(
                "the window of {layer} is larger than its input of shape {input_shape}",
                layer=layer,
                input_shape=input_shape,
            )
        )
    return down // layer.stride + 1, across // layer.stride + 1


class _Counts:
    """What follows from the counts, for one layer and for a whole network alike."""

    @property
    def parameters(self):
        """The space complexity: all weights and all biases."""
        return self.weights + self.biases

    @property
    def flops(self):
        """Floating-point operations: a multiplication and an addition for each MAC."""
        return 2 * self.macs

    @property
    def parameter_bytes(self):
        """Bytes of all parameters."""
        return self.parameters * self.itemsize

    @property
    def activation_bytes(self):
        """Bytes of all activations of one sample."""
        return self.activations * self.itemsize


@dataclass(frozen=True, eq=False)
class LayerCount(_Counts):
    """The counts of one layer: a row of the table.

    Parameters
    ----------
    layer : Layer
        The layer.
    input_shape, output_shape : tuple of int
        The shapes of its input and of its output.
    itemsize : int
        Bytes of one number.
    """

    layer: Layer
    input_shape: tuple
    output_shape: tuple
    itemsize: int

    @property
    def weights(self):
        """The number of weights."""
        return self.layer.weights

    @property
    def biases(self):
        """The number of biases."""
        return self.layer.biases

    @property
    def macs(self):
        """The time complexity: multiply-adds of one forward pass for one sample."""
        return self.layer.macs(self.input_shape)

    @property
    def activations(self):
        """The number of values put out; none by Flatten, whose output is its input in another shape."""
        return 0 if isinstance(self.layer, Flatten) else prod(self.output_shape)


class TrainingMemory(NamedTuple):
    """What training has to keep in memory, in bytes.

    Parameters
    ----------
    parameters, gradients : int
        All weights and biases, and as many gradients.
    optimiser_state : int
        What the optimiser remembers of each parameter.
    activations : int
        Of all layers, for all samples of a batch.
    """

    parameters: int
    gradients: int
    optimiser_state: int
    activations: int

    @property
    def total(self):
        """All of it together."""
        return sum(self)


@dataclass(frozen=True, eq=False)
class Complexity(_Counts):
    """The counts of a network; printed, it is a table.

    Parameters
    ----------
    rows : tuple of LayerCount
        The counts of each layer, in order.
    itemsize : int
        Bytes of one number.
    """

    rows: tuple
    itemsize: int

    @property
    def layers(self):
        """The number of layers that compute: the input, pooling and flattening are not counted."""
        return sum(row.layer.computes for row in self.rows)

    @property
    def hidden_layers(self):
        """All computing layers but the last, the output layer."""
        return max(self.layers - 1, 0)

    @property
    def weights(self):
        """The number of weights."""
        return sum(row.weights for row in self.rows)

    @property
    def biases(self):
        """The number of biases."""
        return sum(row.biases for row in self.rows)

    @property
    def macs(self):
        """The time complexity: multiply-adds of one forward pass for one sample."""
        return sum(row.macs for row in self.rows)

    @property
    def activations(self):
        """The number of values that all layers together put out for one sample, the input not included."""
        return sum(row.activations for row in self.rows)

    def training_memory(self, batch_size=1, optimiser="sgd"):
        """Return what training keeps besides the data: a lower bound, without any working space.

        The backward pass needs the activations of every layer for every sample of the batch, one gradient for
        each parameter, and whatever the optimiser remembers of each parameter.

        Parameters
        ----------
        batch_size : int
            The number of samples in a step.
        optimiser : str
            A key of `OPTIMISER_STATE`.

        Returns
        -------
        TrainingMemory
            In bytes.

        Raises
        ------
        TypeError
            If `batch_size` is not a whole number.
        ValueError
            If it is below 1, or the optimiser is unknown.
        """
        batch_size = check_integer(batch_size, "batch_size", at_least=1)
        state = lookup(OPTIMISER_STATE, optimiser, _("optimiser"))
        return TrainingMemory(
            parameters=self.parameter_bytes,
            gradients=self.parameter_bytes,
            optimiser_state=state * self.parameter_bytes,
            activations=batch_size * self.activation_bytes,
        )

    def __repr__(self):
        head = (_("layer"), _("output"), _("weights"), _("biases"), _("parameters"), _("MACs"), _("activations"))
        table = [head]
        for row in self.rows:
            shape = " x ".join(map(str, row.output_shape))
            table.append((str(row.layer), shape, *_counts(row)))
        table.append((_("total"), "", *_counts(self)))

        widths = [max(map(columns, column)) for column in zip(*table, strict=True)]
        lines = []
        for line in table:
            gaps = [" " * (width - columns(cell)) for cell, width in zip(line, widths, strict=True)]
            lines.append(
                "  ".join(c + gap if i < 2 else gap + c for i, (c, gap) in enumerate(zip(line, gaps, strict=True)))
            )
        summary = _(
            "layers: {this.layers} (hidden: {this.hidden_layers}); "
            "parameters: {this.parameters:,} ({this.parameter_bytes:,} bytes); "
            "activations: {this.activations:,} ({this.activation_bytes:,} bytes); "
            "MACs: {this.macs:,} (FLOPs: {this.flops:,})",
            this=self,
        )
        return "\n".join([*lines, summary])


def _counts(row):
    """Return the numbers of a row of the table, as text."""
    numbers = row.weights, row.biases, row.parameters, row.macs, row.activations
    return [f"{number:,}" for number in numbers]


def count(layers, input_shape, itemsize=4):
    """Count the parameters, multiply-adds and activations of a network.

    Parameters
    ----------
    layers : list of Layer
        The layers in order.
    input_shape : tuple of int
        The shape of one sample: ``(features,)`` or ``(channels, height, width)``.
    itemsize : int
        Bytes of one number; 4 for float32.

    Returns
    -------
    Complexity
        The counts, of one forward pass for one sample.

    Raises
    ------
    TypeError
        If these are not a list of layers, a tuple of whole numbers and a whole number.
    ValueError
        If there are no layers, or one does not fit the output of the layer before it.
    """
    if not isinstance(layers, list | tuple):
        raise TypeError(_("layers must be a list of layers, got {got}", got=what_is(layers)))
    if not layers:
        raise ValueError(_("layers must not be empty: expected at least one layer"))
    shape = _shape(input_shape)
    itemsize = check_integer(itemsize, "itemsize", at_least=1)

    rows = []
    for layer in layers:
        if not isinstance(layer, Layer):
            raise TypeError(_("layers must hold layers such as Dense(3, 4), got {got}", got=what_is(layer)))
        rows.append(LayerCount(layer, shape, layer.output_shape(shape), itemsize))
        shape = rows[-1].output_shape
    return Complexity(tuple(rows), itemsize)


def mlp(sizes):
    """Return the layers of a plain network, a multilayer perceptron.

    Parameters
    ----------
    sizes : list of int
        The number of inputs, of units in each hidden layer, and of outputs: [3, 4, 2] has one hidden layer.

    Returns
    -------
    list of Dense
        One fewer than there are sizes.

    Raises
    ------
    TypeError
        If `sizes` is not a list of whole numbers.
    ValueError
        If there are fewer than two, or one is below 1.
    """
    if not isinstance(sizes, list | tuple):
        raise TypeError(_("sizes must be a list such as [3, 4, 2], got {got}", got=what_is(sizes)))
    if len(sizes) < 2:
        raise ValueError(_("sizes must hold at least the number of inputs and of outputs, got {sizes!r}", sizes=sizes))
    return [Dense(*pair) for pair in pairwise(sizes)]


def lenet5():
    """Return the layers of LeNet-5, for images of shape (1, 32, 32).

    In today's usual form: the second convolution sees all channels, and pooling has no weights.

    Returns
    -------
    list of Layer
        Five of them compute.

    References
    ----------
    .. [1] Y. LeCun et al., "Gradient-based learning applied to document recognition", Proceedings of the IEEE
       86, 1998.
    """
    return [
        Conv2D(1, 6, kernel_size=5),
        AveragePool2D(2),
        Conv2D(6, 16, kernel_size=5),
        AveragePool2D(2),
        Flatten(),
        *mlp([400, 120, 84, 10]),
    ]


def vgg16():
    """Return the layers of VGG-16, for images of shape (3, 224, 224).

    Returns
    -------
    list of Layer
        Sixteen of them compute.

    References
    ----------
    .. [1] K. Simonyan and A. Zisserman, "Very deep convolutional networks for large-scale image recognition",
       ICLR 2015.
    """
    layers = []
    channels = 3
    for out_channels, convolutions in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _each in range(convolutions):
            layers.append(Conv2D(channels, out_channels, kernel_size=3, padding=1))
            channels = out_channels
        layers.append(MaxPool2D(2))
    return [*layers, Flatten(), *mlp([512 * 7 * 7, 4096, 4096, 1000])]
