"""Putting a picture on the screen's own pixels: its edges lie between device pixels, never across one.

At a scale of 1, 2, 3 … every pixel of the picture is then as sharp as it was stored. What draws upon
the picture must use the same place, or a mark lies up to half a device pixel beside what it measures.

Units:   device pixels, centres at whole numbers.
Shapes:  ``matrix`` (2, 2) and ``offset`` (2,) take image points (column, row) to the screen.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]


def between_pixels(matrix: FloatArray, offset: ArrayLike, size: tuple[int, int]) -> FloatArray:
    """Return the offset moved so that the upper left edges of a picture of (columns, rows) fit.

    >>> between_pixels(np.eye(2) * 2, [10.2, 9.9], (4, 4)).round(6).tolist()
    [10.5, 9.5]
    """
    start = np.asarray(offset, dtype=np.float64)
    edge = start + np.minimum(matrix * -0.5, matrix * (np.array(size) - 0.5)).sum(axis=1)
    return np.asarray(start + np.rint(edge + 0.5) - 0.5 - edge)
