"""Where the eye is: how a picture is enlarged, moved, turned and mirrored in its viewport.

A camera knows nothing of the viewport's size, so the same one suits a viewport that grew and a
study reopened on another screen. ``Fit`` adds the sizes; together they take pixels to the screen.

Units:   image points are (column, row), screen points (across, down) in device pixels; pixel centres
         are at whole numbers on both sides, so a viewport w wide reaches from −0.5 to w − 0.5.
Shapes:  points are pairs, or arrays (..., 2).
Errors:  ViewingError for a picture or viewport without any size.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workstation.geometry import between_pixels, display_axes
from workstation.viewing.errors import ViewingError

FloatArray = NDArray[np.float64]
Pair = tuple[float, float]

# Relative to the fit: at 1/8 a picture is a stamp, at 64 a few pixels fill the viewport.
ZOOM_MIN: Final = 1 / 8
ZOOM_MAX: Final = 64.0


@dataclass(frozen=True, slots=True)
class Camera:
    """How a picture is looked at.

    ``zoom`` is relative to the whole picture fitting the viewport. ``pan`` is how far, in image
    pixels, the point in the viewport's middle lies from the picture's middle. The picture is first
    mirrored left to right (``flip``), then turned clockwise by ``rotation`` quarter turns: with
    these two every way to lay a sheet of film is told in one way only.
    """

    zoom: float = 1.0
    pan: Pair = (0.0, 0.0)
    rotation: int = 0
    flip: bool = False

    def __post_init__(self) -> None:
        if not (ZOOM_MIN <= self.zoom <= ZOOM_MAX and all(map(math.isfinite, self.pan))):
            raise ViewingError(f"a camera cannot zoom {self.zoom:g} times or look at {self.pan}")
        if self.rotation not in range(4):
            raise ViewingError(f"a camera turns by 0 to 3 quarters, not {self.rotation}")

    def turned(self, quarters: int) -> Camera:
        """Return the camera after turning the picture clockwise on the screen."""
        return replace(self, rotation=(self.rotation + quarters) % 4)

    def mirrored(self) -> Camera:
        """Return the camera after swapping left and right on the screen."""
        return replace(self, rotation=-self.rotation % 4, flip=not self.flip)

    def upended(self) -> Camera:
        """Return the camera after swapping top and bottom on the screen."""
        return self.mirrored().turned(2)


UPRIGHT: Final = Camera()  # whole, in the middle, as stored


@dataclass(frozen=True)
class Fit:
    """A picture in a viewport: columns × rows of pixels ``aspect`` times taller than wide."""

    columns: int
    rows: int
    width: int  # of the viewport, in device pixels
    height: int
    aspect: float = 1.0

    def __post_init__(self) -> None:
        sizes = (self.columns, self.rows, self.width, self.height, self.aspect)
        if not all(math.isfinite(size) and size > 0 for size in sizes):
            raise ViewingError(f"a picture or viewport has no size: {sizes}")

    @property
    def middle(self) -> FloatArray:
        """Return the picture's middle as an image point."""
        return np.array([(self.columns - 1) / 2, (self.rows - 1) / 2])

    def scale(self, camera: Camera) -> float:
        """Return how many device pixels a column of the picture is wide."""
        tall = self.rows * self.aspect
        across, down = (self.columns, tall) if camera.rotation % 2 == 0 else (tall, self.columns)
        return min(self.width / across, self.height / down) * camera.zoom

    def actual_pixels(self, camera: Camera) -> Camera:
        """Return the camera at which a column is exactly one device pixel wide."""
        return replace(camera, zoom=_within_limits(camera.zoom / self.scale(camera)))

    def view(self, camera: Camera) -> View:
        """Return the way between this picture and the screen."""
        scaled = np.diag([1.0, self.aspect]) * self.scale(camera)
        matrix = display_axes(camera.rotation, camera.flip) @ scaled
        screen_middle = np.array([(self.width - 1) / 2, (self.height - 1) / 2])
        return View(matrix, screen_middle - matrix @ (self.middle + camera.pan))

    def laid(self, camera: Camera) -> View:
        """Return where the picture really lies: as ``view``, to the nearest device pixel.

        What is drawn upon a picture uses this one; a camera is moved by the exact ``view``.
        """
        exact = self.view(camera)
        return View(exact.matrix, between_pixels(exact.matrix, exact.offset, (self.columns, self.rows)))

    def zoomed(self, camera: Camera, factor: float, about: Pair) -> Camera:
        """Return the camera after enlarging by a factor; the screen point ``about`` stays in place."""
        zoom = _within_limits(camera.zoom * factor)
        held = self.view(camera).to_image(about) - self.middle
        moved = held + (np.array(camera.pan) - held) * (camera.zoom / zoom)
        return replace(camera, zoom=zoom, pan=_pair(moved))

    def panned(self, camera: Camera, across: float, down: float) -> Camera:
        """Return the camera after the picture was dragged over the screen.

        The viewport's middle stays on the picture, so a picture can't be lost.
        """
        dragged = np.linalg.solve(self.view(camera).matrix, [across, down])
        reach = np.array([self.columns / 2, self.rows / 2])
        return replace(camera, pan=_pair(np.clip(camera.pan - dragged, -reach, reach)))


@dataclass(frozen=True, eq=False)
class View:
    """The way between image and screen: ``matrix`` (2, 2) and ``offset`` (2,) take image to screen."""

    matrix: FloatArray
    offset: FloatArray

    @cached_property
    def inverse(self) -> FloatArray:
        """Return the matrix (2, 2) from screen to image."""
        return np.asarray(np.linalg.inv(self.matrix), dtype=np.float64)

    def to_screen(self, image: ArrayLike) -> FloatArray:
        """Return where on the screen image points (column, row) lie."""
        return np.asarray(np.asarray(image, dtype=np.float64) @ self.matrix.T + self.offset)

    def to_image(self, screen: ArrayLike) -> FloatArray:
        """Return which image points (column, row) lie at screen points."""
        return np.asarray((np.asarray(screen, dtype=np.float64) - self.offset) @ self.inverse.T)


def device_point(x: float, y: float, ratio: float) -> Pair:
    """Return the device pixel under a pointer that a toolkit counts from the viewport's corner.

    >>> device_point(0.25, 0.25, 2.0)
    (0.0, 0.0)
    """
    return x * ratio - 0.5, y * ratio - 0.5


def _within_limits(zoom: float) -> float:
    return min(max(zoom, ZOOM_MIN), ZOOM_MAX)


def _pair(point: FloatArray) -> Pair:
    return float(point[0]), float(point[1])
