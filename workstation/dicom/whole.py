"""Frames of files that have no frame table: deflated ones, and bit-packed ones.

Errors:  DicomRefused from the scan, PixelsRefused for a frame that isn't there.
Source:  PS3.5 A.5 (deflated), 8.1.1 (bit-packed frames follow each other without padding).
"""

from __future__ import annotations

import numpy as np

from workstation.dicom.errors import PixelsRefused
from workstation.dicom.frame_table import frame_bytes
from workstation.dicom.layout import scan
from workstation.dicom.model import PixelFormat


def native_pixels(data: memoryview) -> memoryview:
    """Return the value of the pixel data element of a whole file, inflated if need be."""
    layout = scan(data)
    if layout.pixels is None:
        raise PixelsRefused("The file holds no pixels", where="(7FE0,0010)")
    _, element = layout.pixels
    return layout.body(data)[element.offset : element.offset + element.length]


def cut_frame(pixels: memoryview, pixel: PixelFormat, frame: int) -> bytes | memoryview:
    """Return the bytes of one frame, beginning with its first bit."""
    if pixel.bits_allocated != 1:
        size = frame_bytes(pixel)
        return pixels[frame * size : (frame + 1) * size]
    count = pixel.rows * pixel.columns
    first = frame * count
    packed = pixels[first // 8 : -(-(first + count) // 8)]
    if first % 8 == 0:
        return packed
    bits = np.unpackbits(np.frombuffer(packed, np.uint8), bitorder="little")[first % 8 :][:count]
    return np.packbits(bits, bitorder="little").tobytes()
