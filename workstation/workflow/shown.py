"""What a viewport is to show: a picture with all that is drawn over it, or why there is none yet.

Shapes:  pixels are uint8 of (rows, columns) or (rows, columns, 3), in device pixels, to be blitted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workstation.dicom.model import InstanceRecord
from workstation.geometry import EdgeLetters
from workstation.viewing import Badge, Camera, Corners, Fit

Thumbnail = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """A picture ready for the screen, with all that is drawn over it."""

    pixels: NDArray[np.uint8]
    fit: Fit
    camera: Camera
    record: InstanceRecord
    frame: int
    corners: Corners
    letters: EdgeLetters
    badges: tuple[Badge, ...] = ()
    scale: float | None = None  # mm for each device pixel, None where no length is known


@dataclass(frozen=True, slots=True)
class Waiting:
    """The picture is on its way."""

    text: str = "loading"


@dataclass(frozen=True, slots=True)
class Unshowable:
    """There is no picture, and why."""

    reason: str


Picture = Shown | Waiting | Unshowable


@dataclass(frozen=True, slots=True)
class StackShare:
    """How many images of a stack there are, are decoded, have been looked at."""

    count: int
    ready: int
    seen: int
