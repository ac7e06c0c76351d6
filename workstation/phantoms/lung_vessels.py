"""Vessels that fill the lungs as trees do, thinner at every branching.

Points scattered in the lung are joined, nearest to the hilum first, each to the branch that makes its
way short; what flows through a piece sets its radius by Murray's law. Pieces are short, so that a
slice can splat all that cross it at once.

Units:   LPS millimetres, as in ``sections``.
Source:  C. D. Murray, The physiological principle of minimum work, PNAS 12 (1926): the cube of the
         radius is the sum of the branches' cubes (2.7 in place of 3, as measured in lungs).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from workstation.phantoms.canvas import Canvas, Point, Solid, Value, capsule
from workstation.phantoms.noise import BoolArray, FloatArray, Waves, single
from workstation.phantoms.sections import lung

_TWIGS: Final = 800  # end points of each tree
_TWIG_RADIUS: Final = 0.46  # mm
_MURRAY: Final = 2.7
_STEP: Final = 5.0  # mm, the longest piece
_FROM_PLEURA: Final = 4.0  # mm
_THICK: Final = 2.3  # mm: pieces above this radius are painted one by one
_HALF_PATCH: Final = 6  # pixels
_HILA: Final = ((44.0, 14.0, 92.0), (50.0, 26.0, 46.0))  # arteries come from above, veins go below


@dataclass(frozen=True)
class Vessels:
    """Short tapering pieces: ends (n, 2, 3) and radii (n, 2)."""

    ends: FloatArray
    radii: FloatArray

    @classmethod
    def grow(cls, rng: np.random.Generator, wobbles: tuple[Waves, Waves, Waves]) -> Vessels:
        """Grow arteries and veins of both lungs, bent as the patient is."""
        trees = [_tree(rng, (side * x, y, z)) for side in (-1, 1) for x, y, z in _HILA]
        ends = single(np.concatenate([ends for ends, _ in trees]))
        x, y, z = ends[..., 0], ends[..., 1], ends[..., 2]
        bent = np.stack([waves.at(x, y, z) for waves in wobbles], axis=-1)
        return cls(ends - bent, single(np.concatenate([radii for _, radii in trees])))

    def clear_of(self, center: Point, distance: float) -> Vessels:
        """Return the vessels without those that come nearer than that to a point."""
        gaps = np.linalg.norm(self.ends - np.asarray(center, np.float32), axis=2).min(axis=1)
        kept = gaps > distance
        return Vessels(self.ends[kept], self.radii[kept])

    def within(self, solid: Solid, side: float) -> Vessels:
        """Return the vessels without those of one side (the sign of x) that lie outside the solid."""
        x, y, z = (self.ends[..., axis] for axis in range(3))
        kept = ((solid.distance(x, y, z) < 0) | (x * side < 0)).all(axis=1)
        return Vessels(self.ends[kept], self.radii[kept])

    @cached_property
    def _extent(self) -> tuple[FloatArray, FloatArray, BoolArray]:
        """Return each piece's middle, how far it reaches from there along each axis, and if it is thick."""
        wide = self.radii.max(axis=1)
        reach = np.abs(self.ends[:, 1] - self.ends[:, 0]) / 2 + wide[:, None]
        return single(self.ends.mean(axis=1)), single(reach), wide > _THICK

    def paint(self, canvas: Canvas, value: Value) -> None:
        """Paint all pieces that the plane crosses."""
        axis, place = canvas.fixed
        middle, reach, thick = self._extent
        near = np.abs(middle[:, axis] - place) < reach[:, axis] + canvas.soft
        for ends, radii in zip(
            self.ends[near & thick].tolist(), self.radii[near & thick].tolist(), strict=True
        ):
            canvas.paint_straight(capsule(tuple(ends[0]), tuple(ends[1]), *radii), value)
        fine = near & ~thick
        cover = self._splat(canvas, middle[fine], self.ends[fine], self.radii[fine])
        canvas.values += cover * (value - canvas.values)

    def _splat(self, canvas: Canvas, middle: FloatArray, ends: FloatArray, radii: FloatArray) -> FloatArray:
        """Return the share of each pixel that thin pieces fill; below the resolution they fade."""
        rows, columns = canvas.values.shape
        (down, lines), (across, dots) = canvas.rows, canvas.columns
        reach = np.arange(-_HALF_PATCH, _HALF_PATCH + 1)
        row = _index(lines, middle[:, down])[:, None, None] + reach[None, :, None]
        column = _index(dots, middle[:, across])[:, None, None] + reach[None, None, :]
        row, column = row.clip(0, rows - 1), column.clip(0, columns - 1)
        axes: list[FloatArray] = [np.full((1, 1, 1), canvas.fixed[1], np.float32)] * 3
        axes[down], axes[across] = lines[row], dots[column]
        fade = np.minimum(radii.mean(axis=1) / 0.7, 1)[:, None, None]
        share = fade * canvas.cover(_gap(axes, ends, radii))
        cover = np.zeros((rows, columns), np.float32)
        np.maximum.at(cover, (row, column), share)
        return cover


def _gap(axes: list[FloatArray], ends: FloatArray, radii: FloatArray) -> FloatArray:
    """Return the distance of points (n, h, w) to the surface of n tapering rods."""
    first, along = ends[:, 0], ends[:, 1] - ends[:, 0]
    length = np.maximum((along**2).sum(axis=1), np.float32(1e-6))
    steps = [axes[n] - first[:, n, None, None] for n in range(3)]
    share = sum(steps[n] * (along[:, n] / length)[:, None, None] for n in range(3))
    share = np.clip(share, 0, 1)
    square = sum((steps[n] - share * along[:, n, None, None]) ** 2 for n in range(3))
    return single(np.sqrt(square) - (radii[:, :1, None] + share * (radii[:, 1:, None] - radii[:, :1, None])))


def _index(places: FloatArray, wanted: FloatArray) -> NDArray[np.int64]:
    return np.asarray(np.rint((wanted - places[0]) / (places[1] - places[0])), dtype=np.int64)


def _tree(rng: np.random.Generator, root: Point) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the pieces of one tree: ends (n, 2, 3), radii (n, 2)."""
    branch = _Branches(root)
    for target in _scatter(rng, root):
        branch.reach(target, rng.standard_normal(3))
    return branch.pieces()


class _Branches:
    """A growing tree: its nodes, their parents, the way from the root and the heading there."""

    def __init__(self, root: Point) -> None:
        room = _TWIGS * 40
        self._places, self._headings = np.zeros((room, 3)), np.zeros((room, 3))
        self._ways, self._parents = np.zeros(room), np.zeros(room, dtype=np.int64)
        self._places[0] = root
        self._count = 1

    def reach(self, target: NDArray[np.float64], lean: NDArray[np.float64]) -> None:
        """Grow a twig to the target from where the way is short and the turn gentle."""
        known = slice(0, self._count)
        steps = target - self._places[known]
        gaps = np.sqrt((steps**2).sum(axis=1)) + 1e-6
        turns = 1 - (steps * self._headings[known]).sum(axis=1) / gaps
        node = int(np.argmin(gaps * (1 + 0.45 * turns) + 0.35 * self._ways[known]))
        start, whole = self._places[node].copy(), steps[node]
        bow = 0.07 * gaps[node] * lean
        count = int(np.ceil(gaps[node] / _STEP))
        for part in np.arange(1, count + 1) / count:
            node = self._append(node, start + part * whole + part * (1 - part) * bow)

    def _append(self, parent: int, place: NDArray[np.float64]) -> int:
        node, step = self._count, place - self._places[parent]
        length = float(np.sqrt(step @ step)) + 1e-9
        self._places[node], self._headings[node], self._parents[node] = place, step / length, parent
        self._ways[node] = self._ways[parent] + length
        self._count += 1
        return node

    def pieces(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the ends (n, 2, 3) and radii (n, 2) of all pieces, by Murray's law."""
        places, parents = self._places[: self._count], self._parents[1 : self._count]
        flow = np.ones(self._count)
        flow[parents] = 0  # only tips feed the tree
        for node in range(self._count - 1, 0, -1):
            flow[self._parents[node]] += flow[node]
        radii = _TWIG_RADIUS * flow ** (1 / _MURRAY)
        wide = np.where(parents == 0, radii[1:], np.minimum(radii[parents], radii[1:] * 1.25))
        return np.stack([places[parents], places[1:]], axis=1), np.stack([wide, radii[1:]], axis=1)


def _scatter(rng: np.random.Generator, root: Point) -> NDArray[np.float64]:
    """Return points spread evenly through the root's lung, sorted by their distance from the root."""
    side = np.sign(root[0])
    points = rng.uniform((2, -95, -90), (140, 95, 208), (_TWIGS * 6, 3)) * (side, 1, 1)
    x, y, z = single(points).T
    inside = points[lung(x, y, z) < -_FROM_PLEURA][:_TWIGS]
    order = np.linalg.norm(inside - np.asarray(root), axis=1) * rng.uniform(0.85, 1.15, len(inside))
    return np.asarray(inside[np.argsort(order)])
