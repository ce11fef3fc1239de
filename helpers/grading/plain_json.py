"""Plain values as lines of JSON: all that ever passes between a sandbox and the process that grades.

Nothing but numbers, text, truth values, arrays of real numbers and lists, tuples and dicts of them can be said. So
whatever a hostile process sends, reading it makes plain values, or fails with `ValueError`; it never runs code.
"""

import json
import math

import numpy as np

_SCALARS = (bool, int, float, str, type(None))
_LONG = 1000
"""From this many bits on a whole number travels in hexadecimal digits, which take no time to read."""

READY, START, START_DRAWING, END = b"r", b"s", b"d", b"e"
"""What is said about a submission, rather than to it."""

FINAL = ("NotAttempted", "NoFunction", "ChangedInput", "NotPlain", "NotCalled", "NotUsedUp", "NotImplementedError")
"""The errors after which no further call is asked for."""

LARGEST = 50_000
"""The most values that one reply may hold; `helpers.exercises.values.plain` lets fewer through."""


def encode(value):
    """Return a plain value as what JSON can hold.

    Parameters
    ----------
    value : number, str, bool, None, ndarray of real numbers, or list, tuple, dict of them whose keys are text
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
        return {"dict": [[key, encode(item)] for key, item in value.items()]}
    if isinstance(value, int) and value.bit_length() > _LONG:
        return {"int": hex(value)}
    if isinstance(value, _SCALARS):
        return value
    raise ValueError(f"no plain value: an object of type {type(value).__name__}")


def decode(value):
    """Return the plain value that `encode` turned into `value`.

    Raises
    ------
    ValueError
        If it is not of that form, or holds more than `LARGEST` values.
    """
    return _decode(value, iter(range(LARGEST)))


def _decode(value, left):
    if next(left, None) is None:
        raise ValueError(f"more than {LARGEST} values")
    if isinstance(value, _SCALARS):
        return value
    if isinstance(value, list):
        return [_decode(item, left) for item in value]
    match value:
        case {"array": list(numbers), "shape": list(shape), "dtype": str(dtype), **rest} if not rest:
            return _array(numbers, shape, dtype)
        case {"int": str(digits), **rest} if not rest and len(digits) < LARGEST:
            return int(digits, 16)
        case {"tuple": list(items), **rest} if not rest:
            return tuple([_decode(item, left) for item in items])
        case {"dict": list(pairs), **rest} if not rest and all(map(_is_pair, pairs)):
            return {key: _decode(item, left) for key, item in pairs}
    raise ValueError("not of the agreed form")


def _is_pair(pair):
    """Tell whether it is a key, which is text, and a value; numbers can be chosen such that they make a dict slow."""
    return isinstance(pair, list) and len(pair) == 2 and isinstance(pair[0], str)


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
