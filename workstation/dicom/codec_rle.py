"""RLE lossless: every byte of a sample is a plane of its own, packed.

Errors:  PixelsRefused where the segments aren't the frame that the header describes.
Source:  PS3.5 G (RLE compression), PackBits as G.3.2 gives it.
"""

from __future__ import annotations

from typing import cast

import numpy as np

from workstation.dicom.codec_headers import rle_segments
from workstation.dicom.errors import PixelsRefused
from workstation.dicom.model import PixelFormat
from workstation.dicom.stored_bits import Pixels, keep_stored_bits


def decode_rle(encoded: bytes | memoryview, pixel: PixelFormat, out: Pixels) -> str:
    """Decode one frame into ``out``; return its photometric interpretation."""
    from imagecodecs import packbits_decode

    size = pixel.rows * pixel.columns
    width = out.dtype.itemsize
    cells = out.view(np.uint8).reshape(pixel.rows, pixel.columns, pixel.samples, width)
    for i, segment in enumerate(rle_segments(encoded, pixel)):
        plane = packbits_decode(cast("bytes", segment), out=size)
        if len(plane) != size:
            raise PixelsRefused("A segment is too short", where=f"{len(plane)} of {size} bytes")
        sample, byte = divmod(i, width)  # G.2: the most significant byte of a sample comes first
        cells[:, :, sample, width - 1 - byte] = np.frombuffer(plane, np.uint8).reshape(out.shape[:2])
    keep_stored_bits(out, pixel, out)
    return pixel.photometric
