"""How the trunk's outlines change along the body: skin, cage, spine, diaphragm, lungs.

Units:   LPS millimetres; the right dome of the diaphragm is near z = 0, the lung's apex near z = 205.
Source:  proportions of an adult as in any atlas of sectional anatomy; no patient's data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from workstation.phantoms.canvas import ellipsoid, mirrored
from workstation.phantoms.noise import FloatArray, length, single


class Profile:
    """A number that changes smoothly along z, given at a few heights."""

    def __init__(self, *knots: tuple[float, float]) -> None:
        heights, values = zip(*sorted(knots), strict=True)
        self._fine = np.arange(heights[0] - 40, heights[-1] + 40, 1.0)
        raw = np.pad(np.interp(self._fine, heights, values), 20, mode="edge")
        kernel = np.hanning(41)
        self._values = np.convolve(raw, kernel / kernel.sum(), mode="valid")

    def __call__(self, z: FloatArray) -> FloatArray:
        """Return the number at these heights."""
        return single(np.interp(z, self._fine, self._values))


@dataclass(frozen=True)
class Section:
    """A rounded rectangle whose size changes along z."""

    width: Profile  # half, mm
    depth: Profile
    middle: Profile  # its y
    square: float  # 0 an ellipse, 1 nearly a rectangle

    def distance(self, x: FloatArray, y: FloatArray, z: FloatArray) -> FloatArray:
        """Return the signed distance in mm, good near the surface."""
        a, b = 1 / self.width(z), 1 / self.depth(z)
        u, v = (x * a) ** 2, ((y - self.middle(z)) * b) ** 2
        level = (1 - self.square) * (u + v) + self.square * np.sqrt(u * u + v * v)
        return single((level - 1) / (np.sqrt(u * (4 * a * a) + v * (4 * b * b)) + 1e-6))


BODY: Final = Section(
    Profile(
        (-420, 172), (-300, 176), (-240, 170), (-120, 156), (-60, 158), (0, 162), (80, 168), (140, 177),
        (190, 187), (225, 182), (255, 110), (285, 66),
    ),
    Profile(
        (-420, 95), (-300, 108), (-240, 106), (-120, 106), (-60, 112), (0, 117), (80, 116), (140, 104),
        (190, 88), (225, 78), (255, 66), (285, 62),
    ),
    Profile((-420, 10), (-300, 6), (-120, 2), (0, 0), (80, 2), (140, 12), (190, 26), (225, 32), (285, 25)),
    0.4,
)  # fmt: skip
CAGE: Final = Section(
    Profile(
        (-420, 125), (-300, 132), (-200, 130), (-140, 130), (-80, 134), (-20, 137), (40, 137), (100, 128),
        (150, 108), (180, 86), (210, 66), (260, 48),
    ),
    Profile(
        (-420, 75), (-300, 86), (-200, 80), (-140, 82), (-80, 87), (-20, 91), (40, 91), (100, 84), (150, 67),
        (180, 52), (210, 40), (260, 40),
    ),
    Profile((-420, 4), (-200, -4), (-140, -6), (-20, -2), (40, 0), (100, 6), (150, 18), (180, 28), (210, 34)),
    0.35,
)  # fmt: skip
_BACK: Final = 109.0  # mm: where the table flattens the back

SPINE_Y: Final = Profile(
    (-420, 95), (-330, 88), (-270, 70), (-200, 50), (-130, 50), (-60, 60), (0, 67), (80, 72), (140, 68),
    (200, 56), (260, 44), (320, 42),
)  # fmt: skip
SPINE_WIDTH: Final = Profile((-220, 25), (-100, 22), (0, 18), (100, 16), (200, 14), (300, 13))
SPINE_DEPTH: Final = Profile((-220, 18), (-100, 17), (0, 16), (100, 14), (200, 10), (300, 9))
SPINE_PITCH: Final = Profile((-220, 35), (-130, 33), (-70, 29), (0, 25), (100, 23), (190, 20), (300, 17))
_T1_Z: Final = 193.0
_HEIGHTS: Final = np.arange(-420.0, 360.0)
_COUNTED: Final = np.cumsum(1 / SPINE_PITCH(single(_HEIGHTS)))


def body(x: FloatArray, y: FloatArray, z: FloatArray) -> FloatArray:
    """Return the distance to the skin of a patient who lies on the back."""
    outline, flat = BODY.distance(x, y, z), y - _BACK
    near = np.maximum(6 - np.abs(outline - flat), 0)
    return single(np.maximum(outline, flat) + near * near / 24)


def vertebra(z: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return which vertebra (0 is T1, counted downwards) and how far above its middle, in mm."""
    phase = np.interp(_T1_Z, _HEIGHTS, _COUNTED) - np.interp(z, _HEIGHTS, _COUNTED)
    number = np.round(phase)
    return single(number), single((number - phase) * SPINE_PITCH(z))


def vertebra_height(number: int) -> float:
    """Return the z of the middle of a vertebra (0 is T1)."""
    wanted = np.interp(_T1_Z, _HEIGHTS, _COUNTED) - number
    return float(np.interp(wanted, _COUNTED, _HEIGHTS))


def diaphragm(x: FloatArray, y: FloatArray, z: FloatArray) -> FloatArray:
    """Return the height above the diaphragm's dome of that side, in mm (negative below)."""
    lateral = np.abs(x) - 66
    across = np.maximum(lateral / 80, lateral / -130)
    level = across * across + ((y + 14) / 98) ** 2
    dome = np.float32(-14) * (x > 0) - level * (28 + 62 * level)
    steep = (28 / 44 + 124 / 44 * level) ** 2 * level
    return single((z - dome) / np.sqrt(1 + steep))


MEDIASTINUM: Final = (
    ellipsoid((0, 18, 175), (33, 46, 62)),
    ellipsoid((1, 2, 112), (36, 50, 46)),
    ellipsoid((0, -30, 75), (27, 42, 70)),
    ellipsoid((22, -27, 18), (61, 50, 54), turn=-25),
    ellipsoid((-20, -4, 34), (38, 44, 50)),
    ellipsoid((36, 10, 84), (17, 22, 26)),
    mirrored(ellipsoid((36, 10, 84), (17, 22, 26))),
)


def pleura(x: FloatArray, y: FloatArray, z: FloatArray, cage: FloatArray, dome: FloatArray) -> FloatArray:
    """Return the distance to the pleural space: in the cage, under its apex, above the diaphragm."""
    above, below = np.maximum(z - 160, 0), np.maximum(160 - z, 0)
    apex = ((np.abs(x) - 47) / (46 + below)) ** 2 + ((y - 26) / (50 + below)) ** 2 + (above / 46) ** 2
    return single(np.maximum(np.maximum(cage + 1.5, (apex - 1) * 20), -dome))


def middle(x: FloatArray, y: FloatArray, spine_y: FloatArray) -> FloatArray:
    """Return the distance to the thin wall between the lungs and what wraps the spine."""
    wrapped = length((x - 2) / 26, (y - spine_y - 8) / 33)
    return single(np.minimum(np.abs(x - 2) - 1.2, (wrapped - 1) * 28))


def lung(x: FloatArray, y: FloatArray, z: FloatArray) -> FloatArray:
    """Return the distance to the lungs at any points: the pleural space without the mediastinum."""
    others = [solid.distance(x, y, z) for solid in MEDIASTINUM]
    between = np.minimum.reduce([middle(x, y, SPINE_Y(z)), *others])
    free = pleura(x, y, z, CAGE.distance(x, y, z), diaphragm(x, y, z))
    return single(np.maximum(free, -between))
