"""Why tools that count "FLOPs" disagree: each follows a convention, and from it every figure can be computed."""


def by_convention(counted, *, relu=True, adaptive_pooling=0, softmax=0):
    """Return what a tool of each convention reports for a network.

    Parameters
    ----------
    counted : helpers.complexity.Complexity
        The counts of the network.
    relu : bool
        Whether ReLU follows all layers with weights but the last. (tanh is counted by no tool.)
    adaptive_pooling : int
        The outputs of an adaptive average pooling besides the network's own layers.
    softmax : int
        The operations of a softmax after the last layer.

    Returns
    -------
    dict of str to int
        A convention, as named in ``data/counting_tools.csv`` -> the figure reported.
    """
    rows = counted.rows

    def outputs_of(kind):
        return sum(row.activations for row in rows if kind in type(row.layer).__name__)

    macs, convolutions = counted.macs, outputs_of("Conv2D")
    biases = convolutions + outputs_of("Dense")  # one addition for each output of a layer
    relus = biases - rows[-1].activations if relu else 0
    means = outputs_of("AveragePool")
    pooled = 4 * outputs_of("Pool")  # what goes into pooling: 2 x 2 numbers for each that comes out
    return {
        "weights only": macs,
        "+ adaptive average pooling": macs + adaptive_pooling,
        "+ average pooling": macs + means + adaptive_pooling,
        "+ average pooling, adaptive twice": macs + means + 2 * adaptive_pooling,
        "+ biases": macs + biases,
        "+ biases, twice ReLU and pooling": macs + biases + 2 * (relus + pooled + adaptive_pooling),
        "2 per MAC, conv biases, ReLU, pooling": 2 * macs + convolutions + relus + pooled + adaptive_pooling,
        "2 per MAC, biases, pooling, softmax": 2 * macs + biases + pooled + softmax,
    }
