"""One decoded frame, in the form that the pipeline takes.

Stored integers of up to 16 bits stay what they are; a table over all their values then does the
rest. Wider integers and floats keep their values. Everything coloured becomes red, green and blue
first, because colours can be mixed and palette indices can't.

Shapes:  pixels (rows, columns), or (rows, columns, 3) for colour.
Errors:  PictureRefused for pixels that are not what their format says.
Source:  PS3.3 C.7.6.3.1 (Image Pixel description), C.7.5.1.1.2 (padding).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workstation.dicom.colour import to_rgb
from workstation.dicom.modality import stored_range
from workstation.dicom.model import PixelFormat
from workstation.dicom.palette import Palette
from workstation.rendering.errors import PictureRefused

Pixels = NDArray[Any]
Index = NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class Domain:
    """All values that a pixel can have, as indices of a table of at most 65,536 entries.

    Where there is room, ``fraction`` bits behind the point keep what interpolation finds between
    two stored values, so that a narrow window over few values is still smooth.
    """

    low: int
    high: int

    def __post_init__(self) -> None:
        if not 0 <= self.high - self.low < 1 << 16:
            raise PictureRefused(f"Pixel values from {self.low} to {self.high} don't fit a table")

    @property
    def fraction(self) -> int:
        """How many bits behind the point an index has."""
        return 16 - max(1, (self.high - self.low).bit_length())

    @property
    def top(self) -> int:
        """The greatest index."""
        return (self.high - self.low) << self.fraction


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A frame to show; without a ``domain`` its pixels are floats or colours.

    A supplemental ``palette`` colours the values from its first on, the others stay grey.
    """

    pixels: Pixels
    domain: Domain | None = None
    padding: tuple[int, int] | None = None
    palette: Palette | None = None

    def __post_init__(self) -> None:
        """Put the pixels in one piece and make them unchangeable: kernels are compiled for that alone."""
        whole = np.ascontiguousarray(self.pixels).view()
        whole.setflags(write=False)
        object.__setattr__(self, "pixels", whole)

    @property
    def coloured(self) -> bool:
        """Whether its pixels are red, green and blue."""
        return self.pixels.ndim == 3

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return int(self.pixels.shape[0])

    @property
    def columns(self) -> int:
        """How many columns it has."""
        return int(self.pixels.shape[1])


def picture_of(
    pixels: Pixels,
    format_: PixelFormat,
    *,
    padding: tuple[int, int] | None = None,
    palette: Palette | None = None,
) -> Picture:
    """Return a decoded frame as a picture.

    ``format_.photometric`` must say what the codec delivered. PALETTE COLOR pixels without their
    palette are refused rather than shown grey.
    """
    if pixels.shape[:2] != (format_.rows, format_.columns):
        raise PictureRefused(
            f"A frame of shape {pixels.shape} was to have {format_.rows} rows of {format_.columns} pixels"
        )
    if format_.samples > 1:
        return Picture(to_rgb(pixels, format_.photometric, bits_stored=format_.bits_stored))
    if format_.photometric == "PALETTE COLOR":
        if palette is None:
            raise PictureRefused(
                "The picture's colours are missing: its palette can't be read", remedy="Ask for another copy."
            )
        return Picture(palette.apply(pixels))
    if format_.kind != "integer" or format_.bits_stored > 16:
        return Picture(_finite(pixels), padding=padding)
    supplemental = palette if palette and palette.supplemental else None
    return Picture(_words(pixels), Domain(*stored_range(format_)), padding, supplemental)


def _words(pixels: Pixels) -> Pixels:
    """Return integers of 16 bits, the only ones that kernels are compiled for."""
    return pixels.astype(np.int16 if pixels.dtype.kind == "i" else np.uint16, copy=False)


def _finite(pixels: Pixels) -> NDArray[np.float64]:
    values = pixels.astype(np.float64)
    values[np.isinf(values)] = np.nan
    return values
