r"""Chapter 3: what a network with bends computes, as a picture: line pieces over a line, regions in the plane.

A network with one input, n ReLU units and one output computes

    f(x) = c + sum of a_i ReLU(w_i x + b_i).

Unit i bends where its weighted sum is 0, at the *joint* x = -b_i / w_i. Between two joints nothing bends: f is a chain
of straight pieces. The size of w_i can be moved into a_i; what matters is the joint, and the side to which the unit
rises. So `fitted` takes w_i = 1 or -1, places the joints by a rule in `PLACEMENTS`, and then finds the best a_i and c
that there are for these joints: the mean squared error is a bowl in them, and least squares finds its lowest point.
This shows what such a network *can* compute. It is not how training finds it.
"""

from dataclasses import dataclass

import numpy as np

from helpers._checks import check_integer, lookup
from helpers.activations import relu
from helpers.datasets import two_rings
from helpers.language import N_, _
from helpers.network import Network
from helpers.training import train_by_epoch

#: The places where a curve is to be met.
X = np.linspace(-3, 3, 241)
X.flags.writeable = False

#: Curves to fit: name -> function of x.
CURVES = {
    N_("sine"): lambda x: np.sin(2 * x),
    N_("bump"): lambda x: np.exp(-2 * x**2),
    N_("smooth step"): lambda x: np.tanh(6 * (x - 0.5)),
}


def joints(network):
    """Return where the units of a network with one input bend: where a weighted sum is 0.

    Parameters
    ----------
    network : Network
        A single one with one input; only its first layer is looked at.

    Returns
    -------
    array (units,)
        Each x = -b / w, in ascending order; a unit whose weight is 0 bends nowhere and is left out.

    Raises
    ------
    ValueError
        If the network has more than one input.
    """
    weights, biases = network.weights[0], network.biases[0]
    if weights.shape[-1] != 1:
        raise ValueError(_("expected a network with one input, got {inputs}", inputs=weights.shape[-1]))
    slopes = weights[:, 0]
    bends = slopes != 0
    return np.sort(-biases[bends] / slopes[bends])


def evenly(units, goal):
    """Place joints at equal distances.

    Parameters
    ----------
    units : int
        How many.
    goal : array (points,)
        Is not looked at.

    Returns
    -------
    joints : array (units,)
        Places in the range of `X`.
    sides : array (units,)
        1 for a unit that rises to the right of its joint, -1 to the left: by turns.
    """
    width = (X[-1] - X[0]) / units
    return X[0] + width * (np.arange(units) + 0.5), _by_turns(units)


def at_random(units, goal):
    """Place joints at random, as the first layer of an untrained network with random biases has them.

    Parameters
    ----------
    units, goal
        As for `evenly`.

    Returns
    -------
    joints, sides : array (units,)
        As for `evenly`; more units keep the joints that fewer have.
    """
    return np.random.default_rng(0).uniform(X[0], X[-1], units), _by_turns(units)


def one_by_one(units, goal):
    """Place each joint where it lowers the error most, after all those before it.

    Candidates are the points of `X`, and both sides of each. What the units chosen so far can express is taken off the
    candidates and off the goal; of what is left, a candidate c explains (c . rest)^2 / |c|^2.

    Parameters
    ----------
    units, goal
        As for `evenly`. This rule does look at the goal.

    Returns
    -------
    joints, sides : array (units,)
        As for `evenly`.
    """
    sides = np.repeat([1.0, -1.0], len(X))
    places = np.concatenate([X, X])
    columns = relu(sides * (X[:, None] - places))
    columns = columns - columns.mean(axis=0)  # the output's bias can express any constant
    rest, chosen = goal - goal.mean(), []
    sizes = (columns**2).sum(axis=0)
    for _unit in range(units):
        left = (columns**2).sum(axis=0)
        # Of a candidate that the others express already nothing but rounding is left.
        explains = np.where(left > 1e-9 * sizes, (columns.T @ rest) ** 2 / np.maximum(left, 1e-300), 0.0)
        # Of mirrored candidates that are equally good the first one counts, whatever rounding says.
        best = int(np.round(explains / explains.max(), 9).argmax())
        chosen.append(best)
        direction = columns[:, best] / np.sqrt(left[best])
        rest = rest - direction * (direction @ rest)
        columns = columns - np.outer(direction, direction @ columns)
    return places[chosen], sides[chosen]


#: How joints are placed: name -> function of the number of units and the goal.
PLACEMENTS = {N_("evenly"): evenly, N_("at random"): at_random, N_("where they help most"): one_by_one}


def _by_turns(units):
    return np.where(np.arange(units) % 2 == 0, 1.0, -1.0)


def fitted(curve, units, placement="where they help most"):
    """Return a network with one hidden layer of ReLU units that fits a curve.

    The joints are placed by a rule. The output's weights and bias are then those of least mean squared error over `X`.
    Nothing is trained step by step.

    Parameters
    ----------
    curve : str
        A name in `CURVES`.
    units : int
        How many units the hidden layer has, from 1 on.
    placement : str
        A name in `PLACEMENTS`.

    Returns
    -------
    Network
        1 input, `units` units, 1 output; in 64-bit arithmetic.

    Raises
    ------
    TypeError, ValueError
        If a name is unknown or `units` is not a whole number from 1 on.
    """
    goal = lookup(CURVES, curve, _("curve"))(X)
    units = check_integer(units, "units", at_least=1)
    places, sides = lookup(PLACEMENTS, placement, _("placement"))(units, goal)
    network = Network([1, units, 1], "relu", "mean_squared_error", dtype=np.float64)
    network.weights[0][:, 0], network.biases[0][:] = sides, -sides * places
    hidden = network.forward(X[:, None]).a[0]
    solution, *_rest = np.linalg.lstsq(np.column_stack([hidden, np.ones(len(X))]), goal)
    network.weights[1][0], network.biases[1][:] = solution[:-1], solution[-1]
    return network


def typical_error(network, curve):
    """Return how far a network is from a curve: the root of the mean squared error over `X`.

    Parameters
    ----------
    network : Network
        With one input and one output.
    curve : str
        A name in `CURVES`.

    Returns
    -------
    float
        In units of the curve.
    """
    return float(np.sqrt(np.mean((network.outputs(X[:, None])[:, 0] - CURVES[curve](X)) ** 2)))


def plane(reach, points):
    """Return the points of a square grid around the origin of the plane.

    Parameters
    ----------
    reach : float
        Both coordinates run from -reach to reach.
    points : int
        How many each side has.

    Returns
    -------
    array (points * points, 2)
        Row by row, from below.
    """
    side = np.linspace(-reach, reach, points)
    return np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)


@dataclass(frozen=True, eq=False)
class Boundary:
    """A network that was trained on the two rings, and what became of it.

    Parameters
    ----------
    network : Network
        After the last epoch.
    accuracy : array (epochs + 1,)
        Share of the 300 points that it reads right, before the training and after each epoch.
    """

    network: Network
    accuracy: np.ndarray

    def lead(self, points):
        """Return by how much the output for "inside" is larger than that for "outside".

        Parameters
        ----------
        points : array (points, 2)
            Where.

        Returns
        -------
        array (points,)
            In logits. Above 0 the network says "inside"; the boundary is where it is 0.
        """
        outside, inside = self.network.outputs(points).T
        return inside - outside


def rings_network(activation, hidden, learning_rate, epochs, seed=0):
    """Train a small network on the two rings.

    Parameters
    ----------
    activation : str or Activation
        Of the hidden layers.
    hidden : sequence of int
        The units of each hidden layer.
    learning_rate : float
        The same in all epochs; a batch has 30 of the 300 points.
    epochs : int
        How many times to go through all points.
    seed : int
        Of the initial weights, which are He's, and of the order of the points.

    Returns
    -------
    Boundary
        In 64-bit arithmetic. The network may have diverged.
    """
    rings = two_rings()
    network = Network([2, *hidden, 2], activation, seed=seed, dtype=np.float64)
    accuracy = [network.accuracy(rings.inputs, rings.targets)]
    records = train_by_epoch(network, rings.inputs, rings.targets, learning_rate, epochs, 30, seed)
    accuracy += [record.accuracy for record in records]
    return Boundary(network, np.array(accuracy))
