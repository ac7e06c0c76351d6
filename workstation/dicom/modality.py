"""From stored integers to what the modality measured: Hounsfield units, activity, optical density.

A window of 40 ± 200 HU is only right if the rescale was applied first; a stored value is just a
number of the scanner's. Pixels of padding, which were never measured, are told apart before it.

Units:   stored values in, the modality's unit out (``rescale_type`` of the record names it).
Shapes:  any; a new float64 array of the same shape.
Source:  PS3.3 C.11.1 (Modality LUT), C.7.5.1.1.2 (Pixel Padding Value and its range limit).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workstation.dicom.lut import Lut
from workstation.dicom.model import PixelFormat

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rescale:
    """Output = slope × stored + intercept (C.11.1.1.2)."""

    slope: float = 1.0
    intercept: float = 0.0


Modality = Rescale | Lut


def modality_values(stored: ArrayLike, modality: Modality) -> FloatArray:
    """Return what was measured."""
    if isinstance(modality, Lut):
        return modality.apply(stored).astype(np.float64)
    return np.asarray(stored, dtype=np.float64) * modality.slope + modality.intercept


def stored_range(pixel: PixelFormat) -> tuple[int, int]:
    """Return the least and the greatest integer that a sample can hold (C.7.6.3.1, Bits Stored).

    >>> stored_range(PixelFormat("", 1, 1, 1, 16, 12, 11, True, "MONOCHROME2", 0))
    (-2048, 2047)
    """
    if pixel.kind != "integer":
        raise ValueError(f"samples of kind {pixel.kind} have no least and greatest integer")
    half = 1 << (pixel.bits_stored - 1)
    return (-half, half - 1) if pixel.signed else (0, 2 * half - 1)


def output_range(modality: Modality, low: int, high: int) -> tuple[float, float]:
    """Return between which values the output can lie for stored values from ``low`` to ``high``."""
    if isinstance(modality, Lut):
        return 0.0, float(modality.top)  # always unsigned (C.11.1.1.1)
    ends = sorted(modality_values((low, high), modality).tolist())
    return ends[0], ends[1]


def is_padding(stored: NDArray[Any], padding: tuple[int, int] | None) -> NDArray[np.bool_]:
    """Return where pixels are padding: between the padding value and its limit, both included.

    Either of the two may be the greater one.
    """
    if padding is None:
        return np.zeros(stored.shape, dtype=np.bool_)
    low, high = sorted(padding)
    return np.asarray((stored >= low) & (stored <= high))
