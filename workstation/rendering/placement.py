"""Where a picture lies in its viewport, down to the device pixel.

Units:   image points are (column, row), screen points (across, down) in device pixels. Pixel centres
         are at whole numbers on both sides, as in ``viewing``: a viewport w wide reaches from −0.5
         to w − 0.5.
Shapes:  points are pairs, or arrays (..., 2).
Errors:  PictureRefused for a picture or viewport without any size.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workstation.geometry import between_pixels, display_axes
from workstation.rendering.errors import PictureRefused

FloatArray = NDArray[np.float64]
Pair = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Lay:
    """One direction of the screen: which source pixels lie along it.

    ``origin`` is the device pixel at which the picture begins; a ``reversed`` one begins with its
    last source pixel.
    """

    source: int  # pixels of the picture
    device: int  # pixels of the viewport
    scale: float  # device pixels to one of the picture
    origin: int
    reversed: bool

    @property
    def first(self) -> int:
        """The first device pixel that shows something of the picture."""
        return min(max(self.origin, 0), self.device)

    @property
    def last(self) -> int:
        """The device pixel after the last one that does; a pixel counts if its centre does."""
        end = math.ceil(self.origin + self.source * self.scale - 0.5)
        return max(min(end, self.device), self.first)

    def centres(self) -> FloatArray:
        """Return where in the picture, in its pixels, the centres of those device pixels lie."""
        along = (np.arange(self.first, self.last) + (0.5 - self.origin)) / self.scale - 0.5
        return np.asarray(self.source - 1 - along if self.reversed else along, dtype=np.float64)


@dataclass(frozen=True)
class Placement:
    """A picture of columns × rows pixels in a viewport of width × height device pixels.

    A column is ``scale`` device pixels wide, a pixel ``aspect`` times taller than wide. The image
    point ``centre`` lies in the viewport's middle, to the nearest device pixel: the picture's edges
    are put between device pixels, so that at a scale of 1, 2, 3 … every pixel stays sharp. The
    picture is first mirrored left to right (``flip``), then turned clockwise by ``rotation``
    quarter turns.
    """

    columns: int
    rows: int
    width: int
    height: int
    scale: float
    centre: Pair
    aspect: float = 1.0
    rotation: int = 0
    flip: bool = False

    def __post_init__(self) -> None:
        sizes = (self.columns, self.rows, self.width, self.height, self.scale, self.aspect)
        if not all(math.isfinite(size) and size > 0 for size in sizes) or not all(
            map(math.isfinite, self.centre)
        ):
            raise PictureRefused(f"A picture of sizes {sizes} can't be placed")

    @cached_property
    def matrix(self) -> FloatArray:
        """The (2, 2) part of the way from image to screen."""
        return np.asarray(display_axes(self.rotation, self.flip) * (self.scale * np.array([1, self.aspect])))

    @cached_property
    def offset(self) -> FloatArray:
        """Where on the screen the centre of the first image pixel lies."""
        middle = np.array([(self.width - 1) / 2, (self.height - 1) / 2])
        return between_pixels(self.matrix, middle - self.matrix @ self.centre, (self.columns, self.rows))

    @property
    def turned(self) -> bool:
        """Whether the picture's rows run up and down the screen."""
        return self.rotation % 2 == 1

    @property
    def across(self) -> Lay:
        """What lies along a row of the screen."""
        return self._lay(0, self.width)

    @property
    def down(self) -> Lay:
        """What lies along a column of the screen."""
        return self._lay(1, self.height)

    def to_screen(self, image: ArrayLike) -> FloatArray:
        """Return where on the screen image points lie."""
        return np.asarray(np.asarray(image, dtype=np.float64) @ self.matrix.T + self.offset)

    def to_image(self, screen: ArrayLike) -> FloatArray:
        """Return which image points lie at screen points."""
        back = np.linalg.inv(self.matrix)
        return np.asarray((np.asarray(screen, dtype=np.float64) - self.offset) @ back.T)

    @property
    def _size(self) -> NDArray[np.int64]:
        return np.array([self.columns, self.rows])

    def _lay(self, direction: int, device: int) -> Lay:
        along = int(np.abs(self.matrix[direction]).argmax())
        step, source = float(self.matrix[direction, along]), int(self._size[along])
        ends = self.offset[direction] + step * np.array([-0.5, source - 0.5])
        return Lay(source, device, abs(step), round(float(ends.min()) + 0.5), step < 0)


def fitted(
    picture: tuple[int, int],
    viewport: tuple[int, int],
    *,
    aspect: float = 1.0,
    zoom: float = 1.0,
    pan: Pair = (0.0, 0.0),
    rotation: int = 0,
    flip: bool = False,
) -> Placement:
    """Return the placement of a picture that fits its viewport, then ``zoom`` times larger.

    ``picture`` is (columns, rows), ``viewport`` (width, height). ``pan`` is how far, in image
    pixels, the viewport's middle lies from the picture's middle.
    """
    (columns, rows), (width, height) = picture, viewport
    tall = rows * aspect
    needed = (tall, columns) if rotation % 2 else (columns, tall)
    scale = min(width / needed[0], height / needed[1]) * zoom
    centre = ((columns - 1) / 2 + pan[0], (rows - 1) / 2 + pan[1])
    return Placement(columns, rows, width, height, scale, centre, aspect, rotation % 4, flip)
