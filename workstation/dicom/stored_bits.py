"""From the bits of a sample to its stored value, and the arrays that hold frames.

A 12-bit sample lies in a 16-bit word; the other four bits may be zero, a sign, an old overlay or
rubbish. What leaves here is the value alone.

Shapes:  (rows, columns), or (rows, columns, 3) with the samples of a pixel side by side.
Source:  PS3.5 8.1.1 (pixel cells), PS3.3 C.7.6.3.1 (BitsAllocated, BitsStored, HighBit,
         PixelRepresentation).
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from workstation.dicom.errors import PixelsRefused
from workstation.dicom.model import PixelFormat

Pixels = NDArray[Any]  # of the type that ``stored_dtype`` says

_FLOATS: Final[dict[str, np.dtype[Any]]] = {"float32": np.dtype(np.float32), "float64": np.dtype(np.float64)}


def stored_dtype(pixel: PixelFormat) -> np.dtype[Any]:
    """Return the type of a decoded sample, in this machine's byte order."""
    if pixel.kind != "integer":
        return _FLOATS[pixel.kind]
    return np.dtype(f"{'i' if pixel.signed else 'u'}{max(pixel.bits_allocated // 8, 1)}")


def frame_shape(pixel: PixelFormat) -> tuple[int, ...]:
    """Return the shape of a decoded frame."""
    shape = (pixel.rows, pixel.columns)
    return shape if pixel.samples == 1 else (*shape, pixel.samples)


def frame_array(pixel: PixelFormat) -> Pixels:
    """Return an empty array for one decoded frame."""
    return np.empty(frame_shape(pixel), stored_dtype(pixel))


def check_out(out: Pixels, pixel: PixelFormat) -> None:
    """Refuse an array that isn't what a frame of this format decodes into."""
    if out.shape != frame_shape(pixel) or out.dtype != stored_dtype(pixel):
        raise PixelsRefused("The buffer doesn't fit the frame", where=f"{out.shape} of {out.dtype}")


def keep_stored_bits(cells: Pixels, pixel: PixelFormat, out: Pixels) -> None:
    """Write the stored values of whole pixel cells: unused bits off, sign extended.

    ``cells`` and ``out`` are of one shape and width, and may be the same array.
    """
    width = out.dtype.itemsize * 8
    above, unused = width - 1 - pixel.high_bit, width - pixel.bits_stored
    if pixel.kind != "integer" or pixel.bits_allocated == 1 or unused == 0:
        if cells is not out:
            np.copyto(out, cells, casting="unsafe")
    elif not pixel.signed and unused == above:
        np.bitwise_and(cells, (1 << pixel.bits_stored) - 1, out=out, casting="unsafe")
    else:
        np.left_shift(cells, above, out=out, casting="unsafe")
        np.right_shift(out, unused, out=out)
