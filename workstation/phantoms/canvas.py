"""Solids in patient space, painted one over another on a plane with soft edges.

A solid is a signed distance: negative inside, in millimetres. Where the plane cuts it, each pixel
takes the solid's value by the share that a point-spread function of ``soft`` mm would give: edges
come out with partial volume, in all three directions, and the value crosses half-way exactly on
the solid's surface. Only the solid's bounding box is touched.

Units:   LPS millimetres.
Shapes:  a plane's coordinates are float32 arrays that broadcast to (rows, columns).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from workstation.phantoms.noise import BoolArray, FloatArray, Waves, single

Distance = Callable[[FloatArray, FloatArray, FloatArray], FloatArray]
Box = tuple[slice, slice]
Point = tuple[float, float, float]
Value = float | FloatArray
Palette = Mapping[str, Value]

WHOLE: Final[Box] = (slice(None), slice(None))
_MARGIN: Final = 10.0  # mm: no patient is bent by more


@dataclass(frozen=True)
class Solid:
    """A signed distance with the box that holds it."""

    distance: Distance
    center: Point
    reach: Point  # from there along each axis

    def grown(self, by: float) -> Solid:
        """Return the solid with its surface moved outwards (inwards where negative)."""
        inner = self.distance
        x, y, z = self.reach
        return Solid(lambda *p: inner(*p) - by, self.center, (x + by, y + by, z + by))


def ellipsoid(center: Point, radii: Point, turn: float = 0.0, tilt: float = 0.0) -> Solid:
    """Return an ellipsoid, turned about z (degrees, x towards y) after a tilt about y (z towards x)."""
    frame, half = _rotation(turn, tilt), np.asarray(radii)
    x, y, z = np.sqrt(((frame * half) ** 2).sum(axis=1)).tolist()
    (xx, xy, xz), (_, yy, yz), (*_, zz) = (frame @ np.diag(half**-2.0) @ frame.T).tolist()
    cx, cy, cz = center

    def distance(x: FloatArray, y: FloatArray, z: FloatArray) -> FloatArray:
        # The level over its own slope: exact on the surface, to first order around it.
        dx, dy, dz = x - cx, y - cy, z - cz
        gx, gy, gz = xx * dx + xy * dy + xz * dz, xy * dx + yy * dy + yz * dz, xz * dx + yz * dy + zz * dz
        level = dx * gx + dy * gy + dz * gz
        return single((level - 1) / (2 * np.sqrt(gx * gx + gy * gy + gz * gz) + 1e-6))

    return Solid(distance, center, (x, y, z))


def capsule(start: Point, end: Point, first: float, last: float | None = None) -> Solid:
    """Return a round rod from start to end whose radius tapers from first to last."""
    last = first if last is None else last
    a, b = np.asarray(start), np.asarray(end)
    middle = ((a + b) / 2).tolist()
    reach = (np.abs(b - a) / 2 + max(first, last)).tolist()
    (ax, ay, az), (ux, uy, uz) = a.tolist(), (b - a).tolist()
    length = max(ux * ux + uy * uy + uz * uz, 1e-9)

    def distance(x: FloatArray, y: FloatArray, z: FloatArray) -> FloatArray:
        dx, dy, dz = x - ax, y - ay, z - az
        along = np.clip((dx * ux + dy * uy + dz * uz) / length, 0, 1)
        gap = (dx - along * ux) ** 2 + (dy - along * uy) ** 2 + (dz - along * uz) ** 2
        return single(np.sqrt(gap) - (first + (last - first) * along))

    return Solid(distance, (middle[0], middle[1], middle[2]), (reach[0], reach[1], reach[2]))


def tube(points: Sequence[Point], radii: Sequence[float] | float) -> tuple[Solid, ...]:
    """Return a bent rod as a chain of capsules through the points."""
    each = [radii] * len(points) if isinstance(radii, (int, float)) else list(radii)
    return tuple(capsule(points[n], points[n + 1], each[n], each[n + 1]) for n in range(len(points) - 1))


def doubled(field: FloatArray) -> FloatArray:
    """Return a field of a halved canvas at the full one's pixels, by straight lines between its own."""
    rows, columns = field.shape
    full = np.empty((2 * rows, 2 * columns), np.float32)
    even = full[::2]
    even[:, ::2] = field
    even[:, 1:-1:2] = (field[:, :-1] + field[:, 1:]) / 2
    even[:, -1] = field[:, -1]
    full[1:-1:2] = (even[:-1] + even[1:]) / 2
    full[-1] = full[-2]
    return full


def mirrored(solid: Solid) -> Solid:
    """Return the solid on the other side of the midline."""
    inner, (x, y, z) = solid.distance, solid.center
    return Solid(lambda px, py, pz: inner(-px, py, pz), (-x, y, z), solid.reach)


def both(*solids: Solid) -> tuple[Solid, ...]:
    """Return the solids and their mirror images."""
    return (*solids, *(mirrored(solid) for solid in solids))


def pick(value: Value, where: Box | BoolArray) -> Value:
    """Return a material's value at those pixels: a number, or a texture cut to fit."""
    return value[where] if isinstance(value, np.ndarray) else value


@dataclass
class Canvas:
    """One plane through the patient, its values, and the coordinates at each pixel.

    ``rows`` and ``columns`` are (axis number, millimetres of each row or column); ``fixed`` is the third
    axis and where the plane stands on it.
    """

    rows: tuple[int, FloatArray]
    columns: tuple[int, FloatArray]
    fixed: tuple[int, float]
    soft: float  # mm, the full width of an edge
    values: FloatArray
    true: list[FloatArray]  # x, y, z as they are
    bent: list[FloatArray]  # x, y, z after the patient's own irregularity

    @classmethod
    def plane(
        cls,
        rows: tuple[int, FloatArray],
        columns: tuple[int, FloatArray],
        fixed: tuple[int, float],
        *,
        soft: float,
    ) -> Canvas:
        """Return an empty canvas (zeros) on that plane."""
        true: list[FloatArray] = [np.zeros((1, 1), np.float32)] * 3
        true[rows[0]] = rows[1][:, None]
        true[columns[0]] = columns[1][None, :]
        true[fixed[0]] = np.full((1, 1), fixed[1], np.float32)
        values = np.zeros((rows[1].size, columns[1].size), np.float32)
        return cls(rows, columns, fixed, soft, values, true, list(true))

    def halved(self) -> Canvas:
        """Return an empty canvas on every other row and column, for fields that change slowly.

        Rows and columns must be even in number: ``doubled`` leads back to them.
        """
        (down, lines), (across, dots) = self.rows, self.columns
        return Canvas.plane((down, lines[::2]), (across, dots[::2]), self.fixed, soft=self.soft)

    def bend(self, wobbles: Sequence[Waves]) -> None:
        """Shift the coordinates by three smooth fields, so that nothing is a textbook ellipse."""
        self.bent = [
            single(axis + waves.on_grid(self.rows, self.columns, self.fixed))
            for axis, waves in zip(self.true, wobbles, strict=True)
        ]

    def join(self, distance: FloatArray, solids: Sequence[Solid]) -> None:
        """Add solids to a distance for the whole plane, in place."""
        for solid in solids:
            box = self.box(solid)
            if box is not None:
                more = solid.distance(*(self.part(axis, box) for axis in self.bent))
                np.minimum(distance[box], more, out=distance[box])

    def box(self, solid: Solid) -> Box | None:
        """Return the pixels that the solid may touch, or None."""
        return self.around(solid.center, solid.reach)

    def around(self, center: Point, reach: Point) -> Box | None:
        """Return the pixels within reach of a point along each axis, bending allowed for, or None."""
        axis, place = self.fixed
        if abs(center[axis] - place) > reach[axis] + _MARGIN:
            return None
        rows, columns = (
            _span(places, center[axis], reach[axis] + _MARGIN) for axis, places in (self.rows, self.columns)
        )
        if rows.start >= rows.stop or columns.start >= columns.stop:
            return None
        return rows, columns

    def cover(self, distance: FloatArray) -> FloatArray:
        """Return the share of each pixel that lies inside."""
        return single(np.clip(0.5 - distance / self.soft, 0, 1))

    def paint(self, solid: Solid, value: Value, limit: FloatArray | None = None) -> None:
        """Lay the solid over what is there, only where ``limit`` (a distance for the whole plane) allows."""
        box = self.box(solid)
        if box is not None:
            distance = solid.distance(*(self.part(axis, box) for axis in self.bent))
            self.lay(box, distance if limit is None else np.maximum(distance, limit[box]), value)

    def paint_straight(self, solid: Solid, value: Value) -> None:
        """Lay the solid where it truly is, without the patient's bending."""
        box = self.box(solid)
        if box is not None:
            self.lay(box, solid.distance(*(self.part(axis, box) for axis in self.true)), value)

    def paint_all(self, solids: Sequence[Solid], value: Value, limit: FloatArray | None = None) -> None:
        """Lay several solids of one material."""
        for solid in solids:
            self.paint(solid, value, limit)

    def lay(self, box: Box, distance: FloatArray, value: Value) -> None:
        """Lay a material over a box, by its signed distance there."""
        under = self.values[box]
        under += self.cover(distance) * (pick(value, box) - under)

    def part(self, axis: FloatArray, box: Box) -> FloatArray:
        """Cut a box out of coordinates that may stand for a whole row or column with one number."""
        rows, columns = (
            slice(None) if size == 1 else span for size, span in zip(axis.shape, box, strict=True)
        )
        return axis[rows, columns]


def _span(places: FloatArray, middle: float, reach: float) -> slice:
    """Return the rows or columns that lie no further from a middle than that."""
    first, pitch = float(places[0]), float(places[1] - places[0])
    low, high = sorted((middle + side * reach - first) / pitch for side in (-1, 1))
    return slice(max(int(low), 0), min(int(high) + 2, places.size))


def _rotation(turn: float, tilt: float) -> NDArray[np.float64]:
    a, b = np.radians([turn, tilt])
    about_z = np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1]])
    about_y = np.array([[np.cos(b), 0, np.sin(b)], [0, 1, 0], [-np.sin(b), 0, np.cos(b)]])
    return np.asarray(about_z @ about_y)
