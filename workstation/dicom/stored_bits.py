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

from workstation.dicom.codec_headers import Stream
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


def stream_array(precision: int, pixel: PixelFormat, out: Pixels, *, signed: bool = False) -> Pixels:
    """Return the array that a codec decodes ``precision`` bits into: ``out`` itself if it is as wide."""
    width = 1 if precision <= 8 else 2 if precision <= 16 else 4
    dtype = np.dtype(f"{'i' if signed else 'u'}{width}")
    return out.view(dtype) if out.dtype.itemsize == width else np.empty(frame_shape(pixel), dtype)


def keep_stream_bits(decoded: Pixels, stream: Stream, pixel: PixelFormat, out: Pixels) -> None:
    """Write what a codec decoded as the stored values of ``pixel``.

    Most codestreams know no sign, and JPEG 2000 ones may have it wrong: then the bits are read as
    PixelRepresentation says. A value beyond BitsStored (a lossy overshoot) becomes the nearest one.
    """
    bits = min(stream.precision, pixel.bits_stored)
    if not np.may_share_memory(decoded, out):
        np.copyto(out, decoded, casting="unsafe")
    if pixel.signed and not stream.signed:
        unused = out.dtype.itemsize * 8 - bits
        if unused:
            np.left_shift(out, unused, out=out)
            np.right_shift(out, unused, out=out)
    elif stream.signed and not pixel.signed:
        np.bitwise_and(out, (1 << bits) - 1, out=out)
    elif stream.precision > pixel.bits_stored:
        low, high = stored_range(pixel)
        np.clip(out, low, high, out=out)


def stored_range(pixel: PixelFormat) -> tuple[int, int]:
    """Return the least and greatest value that BitsStored can hold."""
    span = 1 << pixel.bits_stored
    return (-span // 2, span // 2 - 1) if pixel.signed else (0, span - 1)
