"""Frames that are stored as they are: little or big endian, by pixel or by plane, bit-packed.

Errors:  PixelsRefused for a frame that is too short.
Source:  PS3.5 8.1.1 and A.4 (native pixel data), 8.2 (byte order of OB and OW), PS3.3 C.7.6.3.1.2
         (YBR_FULL_422), C.7.6.3.1.3 (PlanarConfiguration).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from workstation.dicom.errors import PixelsRefused
from workstation.dicom.frame_table import frame_bytes, is_subsampled
from workstation.dicom.layout import EXPLICIT_BIG
from workstation.dicom.model import PixelFormat
from workstation.dicom.stored_bits import Pixels, keep_stored_bits, stored_dtype


def decode_native(encoded: bytes | memoryview, pixel: PixelFormat, out: Pixels) -> str:
    """Decode one frame into ``out``; return the photometric interpretation, which stays."""
    size = frame_bytes(pixel)
    if pixel.byte_pairs_swapped:
        encoded = np.frombuffer(encoded, np.uint16).byteswap().tobytes()
    if len(encoded) < size:
        raise PixelsRefused(f"A frame needs {size} bytes", where=f"{len(encoded)} are there")
    if pixel.bits_allocated == 1:
        _unpack_bits(encoded[:size], out)
        return pixel.photometric
    cells = _cells(encoded[:size], pixel)
    if is_subsampled(pixel):
        _spread_chroma(cells, out)
        keep_stored_bits(out, pixel, out)
    else:
        keep_stored_bits(_by_pixel(cells, pixel), pixel, out)
    return pixel.photometric


def _cells(encoded: bytes | memoryview, pixel: PixelFormat) -> Pixels:
    """Return the pixel cells in one row, of the type of the decoded samples but for the byte order."""
    big = pixel.transfer_syntax == EXPLICIT_BIG
    return np.frombuffer(encoded, stored_dtype(pixel).newbyteorder(">" if big else "<"))


def _by_pixel(cells: Pixels, pixel: PixelFormat) -> Pixels:
    rows, columns, samples = pixel.rows, pixel.columns, pixel.samples
    if samples == 1:
        return cells.reshape(rows, columns)
    if pixel.planar == 1:
        return cells.reshape(samples, rows, columns).transpose(1, 2, 0)
    return cells.reshape(rows, columns, samples)


def _unpack_bits(encoded: bytes | memoryview, out: Pixels) -> None:
    """PS3.5 8.1.1: the first pixel is the lowest bit."""
    bits: np.ndarray[Any, np.dtype[np.uint8]] = np.unpackbits(
        np.frombuffer(encoded, np.uint8), count=out.size, bitorder="little"
    )
    np.copyto(out, bits.reshape(out.shape), casting="unsafe")


def _spread_chroma(cells: Pixels, out: Pixels) -> None:
    """Y Y Cb Cr for each pair of pixels in a row: both pixels get the pair's chroma."""
    if out.size % 6:
        raise PixelsRefused("YBR_FULL_422 needs an even number of pixels", where=f"{out.shape[:2]}")
    pairs = cells.reshape(-1, 4)
    pixels = out.reshape(-1, 2, 3)
    pixels[:, :, 0] = pairs[:, :2]
    pixels[:, :, 1:] = pairs[:, None, 2:]
