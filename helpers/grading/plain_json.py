"""Plain values as lines of JSON: all that ever passes between a sandbox and the process that grades.

Nothing but numbers, text, truth values, arrays of real numbers and lists, tuples and dicts of them can be said. So
whatever a hostile process sends, reading it makes plain values, or fails with `ValueError`; it never runs code.
"""

import json
import math

import numpy as np

_SCALARS = (bool, int, float, str, type(None))


def encode(value):
    """Return a plain value as what JSON can hold.

    Parameters
    ----------
    value : number, str, bool, None, ndarray of real numbers, or list, tuple, dict of them
        What `helpers.exercises.values.plain` lets through.

    Returns
    -------
    object
        Scalars and lists as they are, all else as a dict with one telling key.
    """
    if isinstance(value, np.ndarray):
        if value.dtype.kind == "f" and value.itemsize > 8:  # JSON's numbers are not longer than that
            value = value.astype(np.float64)
        return {"array": value.ravel().tolist(), "shape": list(value.shape), "dtype": value.dtype.str}
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, list):
        return [encode(item) for item in value]
    if isinstance(value, tuple):
        return {"tuple": [encode(item) for item in value]}
    if isinstance(value, dict):
        return {"dict": [[encode(key), encode(item)] for key, item in value.items()]}
    if isinstance(value, _SCALARS):
        return value
    raise ValueError(f"no plain value: an object of type {type(value).__name__}")


def decode(value):
    """Return the plain value that `encode` turned into `value`.

    Raises
    ------
    ValueError
        If it is not of that form.
    """
    if isinstance(value, _SCALARS):
        return value
    if isinstance(value, list):
        return [decode(item) for item in value]
    match value:
        case {"array": list(numbers), "shape": list(shape), "dtype": str(dtype), **rest} if not rest:
            return _array(numbers, shape, dtype)
        case {"tuple": list(items), **rest} if not rest:
            return tuple(decode(item) for item in items)
        case {"dict": list(pairs), **rest} if not rest and all(isinstance(p, list) and len(p) == 2 for p in pairs):
            try:
                return {decode(key): decode(item) for key, item in pairs}
            except TypeError:
                raise ValueError("a key that can be none") from None
    raise ValueError("not of the agreed form")


def _array(numbers, shape, dtype):
    """Return an array of one of NumPy's real dtypes, if there are as many numbers as the shape says."""
    if dtype[:1] not in "<>|=" or dtype[1:] not in {np.dtype(code).str[1:] for code in "?bhilqBHILQefd"}:
        raise ValueError("no dtype of real numbers")
    if not all(type(size) is int and 0 <= size <= 1_000_000 for size in shape) or len(shape) > 32:
        raise ValueError("no shape")
    if math.prod(shape) != len(numbers) or not all(type(number) in (bool, int, float) for number in numbers):
        raise ValueError("shape and numbers do not belong together")
    try:
        return np.array(numbers, dtype=dtype).reshape(shape)
    except OverflowError as error:
        raise ValueError(str(error)) from None


def to_line(message):
    """Return a message, a dict of what JSON can hold, as one line of bytes."""
    return json.dumps(message).encode() + b"\n"


def from_line(line):
    """Return the message in a line of bytes.

    Raises
    ------
    ValueError
        If it holds none.
    """
    try:
        message = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"no JSON: {type(error).__name__}") from None
    if not isinstance(message, dict):
        raise ValueError("no message")
    return message
