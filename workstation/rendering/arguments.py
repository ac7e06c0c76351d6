"""What the kernels take, apart from pixels: small named tuples, which numba understands.

They stand here and not beside the kernels, so that making them doesn't import numba.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


class Taps(NamedTuple):
    """Which source rows (or columns) make each device row (or column), and with what weight.

    ``start`` (n,) is the first that counts, ``weights`` (taps, n) is how much it and the following
    ones do; they sum to 1.
    """

    start: NDArray[np.int32]
    weights: NDArray[np.floating[Any]]


class Steps(NamedTuple):
    """From a weighted value to what is written: (value − offset) × factor, kept within the ends."""

    offset: np.floating[Any]
    factor: np.floating[Any]
    bottom: np.floating[Any]
    top: np.floating[Any]


class Padding(NamedTuple):
    """Which source values are padding: all that are neither below ``low`` nor above ``high``.

    So NaN always is. ``present`` is False where no pixel can be padding.
    """

    present: bool
    low: np.generic
    high: np.generic
