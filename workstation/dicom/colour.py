"""Colour pixels to red, green and blue.

Units:   samples as the codec delivered them; red, green, blue of 0–255 out. Samples of more than
         8 bits keep their upper 8.
Shapes:  (rows, columns, 3) in and out.
Errors:  ColourRefused for a photometric interpretation that has no three colour samples here.
Source:  PS3.3 C.7.6.3.1.2 (Photometric Interpretation), ITU-R BT.601. Chroma that is stored for every second
         pixel (422, 420) has been spread to all of them by the decoder, so those read as FULL.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from workstation.errors import LumenError

Samples = NDArray[Any]
Rgb = NDArray[np.uint8]

# ITU-R BT.601: how much red and blue make up luminance.
RED: Final = 0.299
BLUE: Final = 0.114
GREEN: Final = 1 - RED - BLUE

_FULL: Final = ("YBR_FULL", "YBR_FULL_422")
_PARTIAL: Final = ("YBR_PARTIAL_422", "YBR_PARTIAL_420")
_FRACTION: Final = 16  # bits behind the point of the integer tables


class ColourRefused(LumenError):
    """Colour samples that can't be turned into red, green and blue."""

    exit_code = 27


def to_rgb(samples: Samples, photometric: str, *, bits_stored: int = 8) -> Rgb:
    """Return red, green and blue.

    YBR_ICT and YBR_RCT name what JPEG 2000 does inside its codestream. The codec undoes it and
    says RGB; pixels that still bear one of these names here were stored in some other way, where
    the standard gives them no meaning.
    """
    if samples.ndim != 3 or samples.shape[2] != 3:
        raise ColourRefused(f"A colour picture needs 3 samples for each pixel, not {samples.shape}")
    eight = _eight_bits(samples, bits_stored)
    if photometric == "RGB":
        return eight
    if photometric in _FULL:
        return _through(eight, *_tables(255, 255, 0))
    if photometric in _PARTIAL:
        return _through(eight, *_tables(219, 224, 16))
    raise ColourRefused(
        f"Pixels of photometric interpretation {photometric!r:.40} can't be shown",
        remedy="Ask the sender for RGB.",
    )


def luminance(rgb: Rgb) -> NDArray[np.float32]:
    """Return how bright each pixel is, 0–255, shape (rows, columns)."""
    return np.asarray(rgb @ np.array([RED, GREEN, BLUE], dtype=np.float32), dtype=np.float32)


def _eight_bits(samples: Samples, bits_stored: int) -> Rgb:
    if samples.dtype == np.uint8 and bits_stored <= 8:
        return samples.astype(np.uint8, copy=False)
    if samples.dtype.kind != "u":
        raise ColourRefused(f"Colour samples of type {samples.dtype} can't be shown")
    return np.asarray(samples >> max(0, bits_stored - 8)).astype(np.uint8)


Tables = tuple[NDArray[np.int32], ...]


@cache
def _tables(luma_span: int, chroma_span: int, black: int) -> Tables:
    """Return what each stored sample adds: luma to all, Cr to red, Cb and Cr to green, Cb to blue."""
    code = np.arange(256) * 1.0
    luma = (code - black) * (255 / luma_span)
    chroma = (code - 128) * (255 / chroma_span)
    red, blue = 2 * (1 - RED) * chroma, 2 * (1 - BLUE) * chroma
    parts = (luma + 0.5, red, -blue * BLUE / GREEN, -red * RED / GREEN, blue)
    return tuple(np.rint(part * (1 << _FRACTION)).astype(np.int32) for part in parts)


def _through(ybr: Rgb, luma: NDArray[np.int32], *chroma: NDArray[np.int32]) -> Rgb:
    red_of_cr, green_of_cb, green_of_cr, blue_of_cb = chroma
    y, cb, cr = (np.ascontiguousarray(ybr[..., n]) for n in range(3))
    bright = np.take(luma, y)
    rgb = np.empty(ybr.shape, dtype=np.uint8)
    green = np.take(green_of_cb, cb) + np.take(green_of_cr, cr)
    for channel, part in enumerate((np.take(red_of_cr, cr), green, np.take(blue_of_cb, cb))):
        rgb[..., channel] = np.clip((bright + part) >> _FRACTION, 0, 255)
    return rgb
