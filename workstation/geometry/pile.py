"""Parallel slices seen from the side: in line, upright, evenly spaced, all there or not.

Units:   millimetres; a height is a slice's distance along the normal, rising from slice to slice.
Shapes:  places (n, 3), heights (n,); ``apart`` (n,) is True for the first slice at each height.
Errors:  none; a question about regularity is answered with a sentence, "" for all is well.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from workstation.geometry.orientation import FloatArray

BoolArray = NDArray[np.bool_]
IndexArray = NDArray[np.intp]

# Closer than this is the same place; no clinical slice is thinner than 0.1 mm.
SAME_PLACE_MM: Final = 0.01

# How far a slice may lie off its place on the ideal grid, and off the line, across it. Positions written
# with one decimal err by 0.05 mm and 0.07 mm; a grid fitted to them errs too, up to 0.095 mm and 0.115 mm
# in 40,000 trials. For very thin slices a tenth of their distance is the limit.
OFF_GRID_MM: Final = 0.1
OFF_GRID_SHARE: Final = 0.1
OFF_LINE_MM: Final = 0.15

# Cosines written with three decimals err by 0.05°. At 0.1° a stack of 250 mm leans 0.4 mm.
TILT_DEGREES: Final = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """The straight line along which the slices' first pixels lie."""

    foot: FloatArray  # where it crosses height 0
    direction: FloatArray  # per mm of height
    tilt: float  # degrees to the normal
    drift_mm: float  # how far it goes sideways from the first slice to the last
    worst_mm: float  # a slice's distance from it, at most

    def at(self, height: float) -> FloatArray:
        """Return the place on the line at a height."""
        return self.foot + height * self.direction

    def tell_tilt(self) -> str:
        """Say by how much the stack leans, as CT with a tilted gantry does."""
        if self.tell_shift() or self.tilt <= TILT_DEGREES or self.drift_mm <= OFF_LINE_MM:
            return ""
        return f"the stack leans {self.tilt:.1f}° from the normal"

    def tell_shift(self) -> str:
        """Say by how much slices are pushed sideways, out of line."""
        if self.worst_mm <= OFF_LINE_MM:
            return ""
        return f"slices are shifted sideways by up to {self.worst_mm:.1f} mm"


@dataclass(frozen=True, slots=True, eq=False)
class Seats:
    """The evenly spaced places nearest to the slices; slice ``s`` sits on ``taken[s]`` (0, 1, 3, …)."""

    lowest: float  # height of seat 0
    spacing: float
    taken: IndexArray
    worst_mm: float  # a slice's distance from its seat, at most
    gaps: FloatArray

    @property
    def hold(self) -> bool:
        """Whether every slice really has a seat of its own and sits on it."""
        alone = bool((np.diff(self.taken) > 0).all())
        return alone and self.worst_mm <= off_grid_limit(self.spacing)

    @property
    def empty(self) -> int:
        """How many seats between slices are not taken."""
        return int(self.taken[-1]) + 1 - self.taken.size if self.hold else 0

    def tell_missing(self, apart: BoolArray) -> str:
        """Say which slices have empty seats between them."""
        if not self.empty:
            return ""
        holes = np.flatnonzero(np.diff(self.taken) > 1)
        above = np.flatnonzero(apart)[holes[0] + 1] + 1
        more = f" (first of {holes.size} gaps)" if holes.size > 1 else ""
        return (
            f"slices {above - 1} and {above} are {self.gaps[holes[0]]:.1f} mm apart "
            f"where {self.spacing:.1f} mm is usual{more}: {self.empty} missing"
        )

    def tell_variable(self) -> str:
        """Say between which limits the distances vary."""
        return "" if self.hold else f"slices are {self.gaps.min():.2f} to {self.gaps.max():.2f} mm apart"


def off_grid_limit(spacing: float) -> float:
    """Return how far off its place a slice may lie, in mm."""
    return min(OFF_GRID_MM, OFF_GRID_SHARE * spacing)


def first_of_each_place(heights: FloatArray) -> BoolArray:
    """Mark the slices that aren't at the same height as the one before."""
    return np.concatenate([[True], np.diff(heights) > SAME_PLACE_MM])


def tell_doubled(apart: BoolArray) -> str:
    """Say which slices share a place."""
    seconds = np.flatnonzero(~apart)
    if not seconds.size:
        return ""
    if seconds.size == apart.size - 1:
        return f"all {apart.size} slices lie at the same place"
    more = f" (first of {seconds.size} pairs)" if seconds.size > 1 else ""
    return f"slices {seconds[0]} and {seconds[0] + 1} lie at the same place{more}"


def fit_line(places: FloatArray, across: FloatArray) -> Line:
    """Fit the line of places by height, least squares; at least two heights."""
    heights = places @ across
    centre, middle = heights.mean(), places.mean(axis=0)
    arms = heights - centre
    direction = arms @ (places - middle) / (arms @ arms)
    off = places - middle - np.outer(arms, direction)
    tilt = math.acos(min(1.0, 1 / float(np.linalg.norm(direction))))
    return Line(
        foot=middle - centre * direction,
        direction=direction,
        tilt=math.degrees(tilt),
        drift_mm=math.tan(tilt) * float(np.ptp(heights)),
        worst_mm=float(np.linalg.norm(off, axis=1).max()),
    )


def seat(heights: FloatArray) -> Seats:
    """Find the even spacing that suits the slices best; heights rise, at least two.

    The usual distance is the lower middle one, so that a hole in three slices is still seen; it is
    made finer by all that are like it, because over many slices its rounding adds up.
    """
    gaps = np.diff(heights)
    usual = np.sort(gaps)[(gaps.size - 1) // 2]
    usual = gaps[np.abs(gaps - usual) <= 2 * off_grid_limit(usual)].mean()
    taken = np.concatenate([[0], np.cumsum(np.rint(gaps / usual))]).astype(np.intp)
    arms = taken - taken.mean()
    spacing = float(arms @ heights / (arms @ arms))
    lowest = float(heights.mean() - spacing * taken.mean())
    worst = np.abs(heights - lowest - spacing * taken).max()
    return Seats(lowest, spacing, taken, float(worst), gaps)
