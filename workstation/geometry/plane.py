"""From the pixels of a slice to places in the patient, and back.

Units:   millimetres in patient space (LPS). Pixel centres are at whole numbers: i counts columns,
         j rows, k slices.
Shapes:  an affine is (4, 4) and takes (i, j, k, 1) to (x, y, z, 1); points are (..., 3).
Errors:  GeometryError for numbers that cannot be a position, orientation or spacing.
Source:  PS3.3 C.7.6.2.1.1, equation C.7.6.2.1-1; 10.7.1.3 for the order of spacings.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from workstation.geometry.errors import GeometryError
from workstation.geometry.orientation import FloatArray, axes, normal


def slice_affine(position: ArrayLike, orientation: ArrayLike, spacing: ArrayLike) -> FloatArray:
    """Return the affine of one slice; its third column is the unit normal.

    ``spacing`` is (between rows, between columns), so the first column of the affine, which goes
    to the next column of the image, is the row direction times the second spacing.

    >>> slice_affine((-10, -20, 5), (1, 0, 0, 0, 1, 0), (2.0, 0.5))[0]
    array([  0.5,   0. ,   0. , -10. ])
    """
    row, column = axes(orientation)
    between_rows, between_columns = spacing_pair(spacing)
    affine = np.eye(4)
    affine[:3, 0] = row * between_columns
    affine[:3, 1] = column * between_rows
    affine[:3, 2] = normal(orientation)
    affine[:3, 3] = _three(position)
    return affine


def to_patient(affine: FloatArray, pixels: ArrayLike) -> FloatArray:
    """Return the place in the patient of points (i, j, k), in mm."""
    return np.asarray(np.asarray(pixels, dtype=np.float64) @ affine[:3, :3].T + affine[:3, 3])


def to_pixel(affine: FloatArray, places: ArrayLike) -> FloatArray:
    """Return the points (i, j, k) of places in the patient; k is how far off the slice they lie."""
    from_origin = np.asarray(places, dtype=np.float64) - affine[:3, 3]
    return np.asarray(from_origin @ np.linalg.inv(affine[:3, :3]).T)


def aspect(spacing: ArrayLike) -> float:
    """Return how many times taller than wide a pixel is."""
    between_rows, between_columns = spacing_pair(spacing)
    return between_rows / between_columns


def spacing_pair(spacing: ArrayLike) -> tuple[float, float]:
    """Return (between rows, between columns), refusing what cannot be a distance (10.7.1.3)."""
    pair = np.asarray(spacing, dtype=np.float64)
    if pair.shape != (2,) or not (np.isfinite(pair) & (pair > 0)).all():
        raise GeometryError(f"a pixel spacing must be two distances above 0 mm, not {pair.tolist()}")
    return float(pair[0]), float(pair[1])


def _three(position: ArrayLike) -> FloatArray:
    place = np.asarray(position, dtype=np.float64)
    if place.shape != (3,) or not np.isfinite(place).all():
        raise GeometryError("the image position is not three numbers")
    return place
