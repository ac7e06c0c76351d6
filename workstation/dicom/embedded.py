"""Overlays that lie in unused bits of the pixels (retired in 2004), given bits of their own.

Scanners of the nineties wrote them. Compressed pixels never hold any (PS3.5-2004 A.4), nor do pixels
with several samples; one that claims to be there is left out, and a note says so.

Shapes:  planes are bool (rows, columns) of the image.
Errors:  DicomRefused and PixelsRefused for pixels that can't be read.
Source:  PS3.5-2004 8.1.2.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np

from workstation.dicom.codecs import decode_frame, frame_shape, stored_dtype
from workstation.dicom.lookups import Lookups
from workstation.dicom.model import PixelFormat
from workstation.dicom.overlay import Mask, Overlay, overlay_number, whole_words
from workstation.dicom.syntaxes import SUPPORTED
from workstation.dicom.whole import cut_frame, native_pixels

_MOST_PIXELS: Final = 1 << 27  # of all frames: a byte each while they are gathered


def with_own_bits(found: Lookups, data: memoryview, pixel: PixelFormat | None, frames: int) -> Lookups:
    """Return the tables of a whole file with no overlay left in the pixels of its ``frames`` frames."""
    overlays, notes = [], list(found.notes)
    for overlay in found.overlays:
        reason = _why_not(pixel, frames) if overlay.embedded else ""
        if reason:
            which = f"overlay {overlay_number(overlay.group)}"
            notes.append(f"The {which} is left out: it is said to lie in pixels that {reason}.")
        elif overlay.embedded and pixel is not None:
            overlays.append(_gathered(overlay, data, pixel, frames))
        else:
            overlays.append(overlay)
    return replace(found, overlays=tuple(overlays), notes=tuple(notes))


def _why_not(pixel: PixelFormat | None, frames: int) -> str:
    """Return what hinders the pixels from holding an overlay; "" for nothing."""
    if pixel is None or frames < 1:
        return "are not there"
    if SUPPORTED[pixel.transfer_syntax] != "native":
        return "are compressed"
    if pixel.samples != 1 or pixel.kind != "integer" or pixel.bits_allocated == 1:
        return "have no room for it"
    if pixel.rows * pixel.columns * frames > _MOST_PIXELS:
        return "are too many"
    return ""


def _gathered(overlay: Overlay, data: memoryview, pixel: PixelFormat, frames: int) -> Overlay:
    bits = np.concatenate([plane.ravel() for plane in _planes(overlay, data, pixel, frames)])
    return replace(
        overlay,
        frames=frames if frames > 1 else None,
        first_frame=0,
        packed=np.packbits(bits, bitorder="little"),
        bit_position=0,
    )


def _planes(overlay: Overlay, data: memoryview, pixel: PixelFormat, frames: int) -> Iterator[Mask]:
    """Yield what lies in the overlay's bit of each frame."""
    pixels, whole = native_pixels(data), whole_words(pixel)
    words = np.empty(frame_shape(whole), stored_dtype(whole))
    everywhere = replace(overlay, frames=None)
    for frame in range(frames):
        decode_frame(cut_frame(pixels, whole, frame), whole, words)
        yield everywhere.plane(frame, pixel.rows, pixel.columns, words)
