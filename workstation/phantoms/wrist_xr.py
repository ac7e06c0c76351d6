"""Radiographs of a left wrist in three views: bones are turned shapes with a cortex, seen through flesh.

Units:   millimetres; x to the thumb's side, y towards the fingers, z towards the back of the hand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from workstation.phantoms import files, noise
from workstation.phantoms.canvas import Point
from workstation.phantoms.noise import FloatArray, single
from workstation.phantoms.projection import blurred, exposed, rod_lengths
from workstation.phantoms.radiograph import Code, View, radiograph
from workstation.phantoms.study import PhantomStudy, Truth

_ROWS, _COLUMNS = 1200, 900  # of the detector; bones are drawn on half as many
_PITCH: Final = 0.15
_TOP_Y: Final = 86.0
_FLESH, _BONE, _SPONGE = 0.024, 0.072, 0.034  # per mm, at about 45 keV
_PIECES: Final = 44


@dataclass(frozen=True, slots=True)
class _Bone:
    """A turned shape: radii along a bent axis, a cortex of so many mm at the ends and in the middle."""

    axis: tuple[Point, ...]
    radii: tuple[float, ...]
    cortex: tuple[float, float] = (0.7, 0.7)


# fmt: off
# ruff: noqa: E501 — a table reads best with one bone on a line
_BONES: Final = (
    _Bone(((11, -100, 0), (11, -50, 0), (11, -24, 0), (11, -8, 0), (11, -1, 0)), (6.2, 6.6, 9.0, 13.2, 11.0), (0.8, 2.6)),
    _Bone(((-16, -100, 1), (-15, -50, 2), (-14, -22, 3), (-14, -10, 4), (-15, -4, 4)), (5.6, 5.4, 5.4, 7.4, 5.0), (0.8, 2.2)),
    _Bone(((8, 3, -1), (15, 8, -2), (21, 15, -5)), (6.7, 6.1, 6.8)),
    _Bone(((-3, 4, 0), (2.4, 9.8, 0.0)), (7.4, 7.4)),
    _Bone(((-12, 7, 1), (-8, 11, 1)), (6.8, 7.3)),
    _Bone(((-13, 9, -9), (-12, 11, -9)), (5.1, 5.1)),
    _Bone(((2, 12, 0), (3, 18, 1), (3.7, 31.7, 1.2)), (6.0, 5.4, 6.6)),
    _Bone(((-6, 15, 1), (-8, 25, 0)), (6.8, 8.3)),
    _Bone(((12, 21, 1), (15.9, 31.7, 1.2)), (5.0, 5.2)),
    _Bone(((21, 19, -6), (24, 25, -7)), (6.8, 7.3)),
    _Bone(((26, 30, -9), (32, 46, -12), (38, 64, -14), (41, 70, -15)), (6.8, 4.2, 4.6, 5.6), (0.7, 1.8)),
    _Bone(((42, 75, -16), (46, 92, -17), (49, 104, -18)), (5.6, 3.8, 4.6), (0.7, 1.6)),
    _Bone(((13, 31, 1), (16, 54, 3), (19, 84, 1), (20, 93, 0)), (6.2, 3.8, 4.0, 5.6), (0.7, 1.8)),
    _Bone(((3, 32, 2), (3, 56, 4), (3, 86, 2), (3, 94, 1)), (6.0, 3.8, 4.2, 5.8), (0.7, 1.8)),
    _Bone(((-6, 32, 1), (-9, 54, 3), (-13, 80, 1), (-14, 89, 0)), (5.2, 3.3, 3.6, 5.2), (0.7, 1.6)),
    _Bone(((-12, 31, -1), (-18, 50, 1), (-26, 72, -1), (-28, 80, -2)), (5.4, 3.3, 3.6, 5.2), (0.7, 1.6)),
)
_SOFT: Final = (
    _Bone(((-2, -140, 0), (-2, -60, 0), (-2, -10, 0), (-2, 24, 0), (-2, 60, 0), (-2, 140, 0)), (33, 30, 29, 32, 40, 42)),
    _Bone(((14, 14, -6), (32, 46, -11), (46, 84, -16), (52, 125, -18)), (17, 15, 12, 11)),
)
# fmt: on
_FLATNESS: Final = 0.62  # the hand is thinner than wide
_VIEWS: Final = (("Wrist PA", "PA", 0.0), ("Wrist oblique", "LLO", 45.0), ("Wrist lateral", "LL", 88.0))


def wrist_xr(visit: files.Visit) -> PhantomStudy:
    """Return the three views."""

    def open_series() -> Callable[[int], bytes]:
        return lambda index: _instance(visit, index)

    return PhantomStudy(visit.key, visit.description, visit.uid("study"), len(_VIEWS), Truth(), open_series)


def _instance(visit: files.Visit, index: int) -> bytes:
    name, position, turn = _VIEWS[index]
    view = View(
        name,
        "WRIST",
        Code("8205005", "SCT", "Wrist"),
        position,
        _CODES[position],
        ("R", "H"),
        "L",
        _PITCH,
        52,
    )
    rng = noise.stream(visit.scope, visit.key, index)
    exposure = _exposure(turn, rng)
    return radiograph(
        visit, index + 1, view, exposure, visit.when + timedelta(minutes=1 + index), inverted=False
    )


_CODES: Final = {
    "PA": Code("399348003", "SCT", "postero-anterior"),
    "LLO": Code("399135009", "SCT", "left lateral oblique"),
    "LL": Code("399173006", "SCT", "left lateral"),
}


def _exposure(turn: float, rng: np.random.Generator) -> FloatArray:
    rows = single(_TOP_Y - (np.arange(_ROWS // 2) + 0.5) * 2 * _PITCH)
    columns = single((np.arange(_COLUMNS // 2) + 0.5) * 2 * _PITCH - _COLUMNS * _PITCH / 2)
    flat = _FLATNESS + (1 - _FLATNESS) * np.sin(np.radians(turn))
    depth = _FLESH * flat * _sum(_SOFT, rows, columns, turn, 0.0)
    grain = noise.cut(noise.tile(rng, 800, noise.power_law(1.4)), rng, (rows.size, columns.size))
    whole, core = (_sum(_BONES, rows, columns, turn, share) for share in (0.0, 1.0))
    sponge = (_SPONGE - _FLESH) * core * (1 + 0.22 * grain)
    bones = blurred(single((_BONE - _FLESH) * (whole - core) + sponge), 1)
    fine = noise.cut(noise.tile(rng, 1250, noise.smooth(0.5)), rng, (_ROWS, _COLUMNS))
    return exposed(single(blurred(single(depth), 3) + bones), 6000.0, 0.12, fine)


def _sum(
    bones: tuple[_Bone, ...], rows: FloatArray, columns: FloatArray, turn: float, hollow: float
) -> FloatArray:
    """Return the beam's length in all the bones, or in their cores where ``hollow`` is 1."""
    ends, radii = [], []
    for bone in bones:
        axis, wide = _turned(bone, turn, hollow)
        ends.append(np.stack([axis[:-1], axis[1:]], axis=1))
        radii.append(np.stack([wide[:-1], wide[1:]], axis=1))
    return rod_lengths(rows, columns, single(np.concatenate(ends)), single(np.concatenate(radii)))


def _turned(bone: _Bone, turn: float, hollow: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return points (n, 3) as (column, row, depth) along the bone, its ends rounded, and radii."""
    knots = np.array(bone.axis, dtype=np.float64)
    steps = np.linalg.norm(np.diff(knots, axis=0), axis=1)
    first, last = bone.radii[0] * 0.8, bone.radii[-1] * 0.8
    places = np.concatenate([[-first], np.cumsum(steps), [steps.sum() + last]])
    places[0], places = -first, np.insert(places, 1, 0.0)
    head, tail = (knots[0] - knots[1]) / steps[0], (knots[-1] - knots[-2]) / steps[-1]
    knots = np.vstack([knots[0] + head * first, knots, knots[-1] + tail * last])
    along = np.linspace(places[0], places[-1], _PIECES)
    x, y, z = (_smoothed(np.interp(along, places, knots[:, axis])) for axis in range(3))
    wide = _smoothed(np.interp(along, places[1:-1], bone.radii))
    middle = np.clip(np.minimum(along, places[-2] - along) / 22, 0, 1)
    cortex = bone.cortex[0] + (bone.cortex[1] - bone.cortex[0]) * middle
    over = np.maximum(np.maximum(-along / first, (along - places[-2]) / last), 0)
    wide = wide * np.sqrt(np.maximum(1 - over**2, 0)) - hollow * cortex
    angle = np.radians(turn)
    across = x * np.cos(angle) + z * np.sin(angle)
    depth = z * np.cos(angle) - x * np.sin(angle)
    return np.stack([across, y, depth], axis=1), np.maximum(wide, 0.05)


def _smoothed(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Round off the corners of a line, and keep its ends."""
    padded = np.pad(values, 4, mode="reflect", reflect_type="odd")
    kernel = np.hanning(11)[1:-1]
    return np.convolve(padded, kernel / kernel.sum(), mode="valid")
