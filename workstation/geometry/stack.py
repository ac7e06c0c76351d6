"""Whether a pile of slices is a regular grid, and if not, why not.

Reformats and volumes are only true where the slices are equally far apart, straight above each
other and all there. A series that isn't is never taken for a volume by accident: it is said which
slices, and by how much.

Units:   millimetres in patient space (LPS). Slices are numbered from 1 in the order of the stack.
Shapes:  positions (n, 3), orientations (n, 6), spacings (n, 2) as (between rows, between columns).
Errors:  GeometryError for values that are not finite, cosines that are none, spacings not above 0.
Source:  PS3.3 C.7.6.2.1.1 for the plane of a slice. Instance numbers say nothing about place.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workstation.geometry import pile
from workstation.geometry.errors import GeometryError
from workstation.geometry.orientation import FloatArray, normal
from workstation.geometry.plane import slice_affine, spacing_pair

IndexArray = NDArray[np.intp]

# Two slices are parallel if no cosine differs by more: 0.06°, and 0.25 mm across a 250 mm picture.
SAME_ORIENTATION: Final = 1e-3

# Relative: half a pixel across 512.
SAME_SPACING: Final = 1e-3

# A kilometre from the isocentre is a broken header, not a patient.
FARTHEST_MM: Final = 1e6


class Irregularity(Enum):
    """Why a stack is not a regular grid; the value is how a badge names it."""

    SINGLE = "single slice"
    MIXED_ORIENTATION = "mixed orientations"
    MIXED_SPACING = "mixed pixel spacing"
    DOUBLED = "doubled slices"
    TILTED = "gantry tilt"
    SHIFTED = "shifted slices"
    MISSING = "missing slices"
    VARIABLE_SPACING = "variable spacing"


@dataclass(frozen=True, slots=True, eq=False)
class StackGeometry:
    """How slices lie to each other.

    ``order`` are the indices of the input, along the normal or against it; slices of mixed orientation
    have no such order and stay as given. ``irregularity`` is the first thing found, ``detail`` tells
    all of them with numbers ("" if regular). ``spacing`` is the usual distance between the planes,
    where there is one. ``affine`` takes (i, j, k, 1) to the patient where that holds for every slice:
    a regular stack, a single slice, a tilted one (sheared); its k runs as ``order`` does, so it is
    left-handed against the normal. ``missing`` counts empty places between slices; what is cut off at
    an end leaves no trace.
    """

    order: IndexArray
    irregularity: Irregularity | None
    detail: str
    spacing: float | None
    affine: FloatArray | None
    missing: int = 0

    @property
    def regular(self) -> bool:
        """Whether the slices make a grid, so that they may be taken for a volume."""
        return self.irregularity is None


def examine_stack(
    positions: ArrayLike, orientations: ArrayLike, spacings: ArrayLike, *, against: bool = False
) -> StackGeometry:
    """Order the slices along their normal, or against it, and say whether they make a regular grid.

    >>> heights = [5.0, 0.0, 20.0, 10.0]
    >>> stack = examine_stack([(0, 0, z) for z in heights], [(1, 0, 0, 0, 1, 0)] * 4, [(1, 1)] * 4)
    >>> stack.detail
    'slices 3 and 4 are 10.0 mm apart where 5.0 mm is usual: 1 missing'
    """
    places, cosines, pixels = _checked(positions, orientations, spacings)
    turned = _mixed_orientation(cosines)
    if turned:
        return StackGeometry(np.arange(len(places)), Irregularity.MIXED_ORIENTATION, turned, None, None)
    along = normal(cosines[0]) * (-1 if against else 1)
    order = np.argsort(places @ along, kind="stable")
    unlike = _mixed_spacing(pixels)
    if unlike:
        return StackGeometry(order, Irregularity.MIXED_SPACING, unlike, None, None)
    lowest = order[0]
    plane = slice_affine(places[lowest], cosines[lowest], pixels[lowest])
    plane[:3, 2] *= -1 if against else 1
    if len(places) == 1:
        return StackGeometry(order, Irregularity.SINGLE, "one slice alone", None, plane)
    return _examine_pile(order, places[order], plane)


def _examine_pile(order: IndexArray, places: FloatArray, plane: FloatArray) -> StackGeometry:
    """Examine slices that are parallel and alike, in order."""
    heights = places @ plane[:3, 2]
    apart = pile.first_of_each_place(heights)
    doubled = pile.tell_doubled(apart)
    if apart.sum() == 1:
        return StackGeometry(order, Irregularity.DOUBLED, doubled, None, None)
    line = pile.fit_line(places, plane[:3, 2])
    seats = pile.seat(heights[apart])
    found = {
        Irregularity.DOUBLED: doubled,
        Irregularity.TILTED: line.tell_tilt(),
        Irregularity.SHIFTED: line.tell_shift(),
        Irregularity.MISSING: seats.tell_missing(apart),
        Irregularity.VARIABLE_SPACING: seats.tell_variable(),
    }
    irregularities = [kind for kind, detail in found.items() if detail]
    straight = not set(irregularities) - {Irregularity.TILTED}
    return StackGeometry(
        order,
        irregularities[0] if irregularities else None,
        "; ".join(detail for detail in found.values() if detail),
        seats.spacing if seats.hold else None,
        _stacked(plane, line, seats) if straight else None,
        seats.empty,
    )


def _stacked(plane: FloatArray, line: pile.Line, seats: pile.Seats) -> FloatArray:
    affine = plane.copy()
    affine[:3, 2] = line.direction * seats.spacing
    affine[:3, 3] = line.at(seats.lowest)
    return affine


def _checked(
    positions: ArrayLike, orientations: ArrayLike, spacings: ArrayLike
) -> tuple[FloatArray, FloatArray, FloatArray]:
    places, cosines, pixels = (
        np.asarray(values, dtype=np.float64) for values in (positions, orientations, spacings)
    )
    count = len(places)
    if count == 0 or (places.shape, cosines.shape, pixels.shape) != ((count, 3), (count, 6), (count, 2)):
        raise GeometryError("a stack needs a position, an orientation and a spacing for each slice")
    if not (np.abs(places) < FARTHEST_MM).all():  # written so that NaN counts as too far
        raise GeometryError("a slice position is not a number, or farther away than a kilometre")
    if not np.isfinite(cosines).all():
        raise GeometryError("an image orientation is not six numbers")
    for pair in pixels:
        spacing_pair(pair)
    return places, cosines, pixels


def _mixed_orientation(cosines: FloatArray) -> str:
    turned = np.abs(cosines - cosines[0]).max(axis=1) > SAME_ORIENTATION
    if not turned.any():
        return ""
    chords = np.linalg.norm((cosines - cosines[0]).reshape(-1, 2, 3), axis=2)
    widest = np.degrees(2 * np.arcsin(np.clip(chords / 2, 0, 1))).max()
    return f"slices are turned against the first: {turned.sum()} of {turned.size}, by up to {widest:.1f}°"


def _mixed_spacing(pixels: FloatArray) -> str:
    if (np.abs(pixels / pixels[0] - 1) <= SAME_SPACING).all():
        return ""
    low, high = pixels.min(axis=0), pixels.max(axis=0)
    return f"pixels are between {low[0]:.3f} × {low[1]:.3f} mm and {high[0]:.3f} × {high[1]:.3f} mm large"
