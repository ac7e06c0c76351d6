"""An invented head: brain with folded cortex, ventricles, deep nuclei, skull, orbits, sinuses.

CT and MR paint the same head with another palette. The cortex is folded by the level sets of a wave
field that hardly changes with depth, so that its zero surfaces stand upright on the brain's surface as
sulci do; grey matter is what lies within a cortex's thickness of the fluid.

Units:   LPS millimetres; the origin is near the anterior commissure, z rises to the vertex.
Source:  proportions of an adult as in any atlas of sectional anatomy; no patient's data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from workstation.phantoms import head_parts as parts
from workstation.phantoms.canvas import WHOLE, Canvas, Palette, Point, doubled
from workstation.phantoms.noise import FloatArray, Waves, length, single

_CORTEX: Final = 2.9  # mm of grey matter
_FLUID: Final = 2.0  # mm between brain and skull
_SKULL: Final = 6.5
_SCALP: Final = 6.0
_FINE: Final = 0.6  # mm: a plane with smaller pixels gets its large fields from half as many


def brain_level(x: FloatArray, y: FloatArray, z: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the egg that holds the brain: radius as a share of the surface's, and distance in mm."""
    narrow = 1 / (67.0 - 0.0009 * (y - 18) ** 2)
    up = np.maximum((z - 8) / 76, (8 - z) / 98)
    u, v = (x * narrow) ** 2, ((y - 4) / 86) ** 2
    radius = np.sqrt(0.6 * (u + v) + 0.4 * np.sqrt(u * u + v * v) + up * up) + 1e-4
    slope = np.sqrt(u * narrow * narrow + v / 86**2 + (up / 80) ** 2) / radius
    return single(radius), single((radius - 1) / (slope + 1e-6))


def _step(value: FloatArray, low: float, high: float) -> FloatArray:
    share = np.clip((value - low) / (high - low), 0, 1)
    return single(share * share * (3 - 2 * share))


def _floor(x: FloatArray, y: FloatArray) -> FloatArray:
    """Return the height under which there is no cerebrum: orbits, temporal fossae, tentorium."""
    side = np.abs(x)
    front, rear = _step(y, -32, -42), _step(y, 16, 34)
    central = 1 - _step(length(x, 0.7 * (y + 8)), 12, 22)
    tent = -28 + 22 * np.exp(-((side / 26) ** 2)) * (1 - _step(y, 30, 80)) - 0.02 * (y - 40)
    middle = -49 * (1 - central) - 14 * central
    return single(-21 * front + tent * rear + middle * (1 - front) * (1 - rear))


def _sylvian(side: FloatArray, y: FloatArray, z: FloatArray) -> FloatArray:
    """Return the distance to the lateral fissure: a slit from the side to the insula, and that over it."""
    height = z - 3 - 0.45 * y
    slit = np.maximum(np.abs(height) - 0.9, np.maximum(35 - side, np.abs(y + 2) - 30))
    bulge = 38 - 0.012 * (y + 3) ** 2 - 0.02 * height**2
    insula = np.maximum(np.abs(side - bulge) - 1.2, np.maximum(np.abs(height) - 12, np.abs(y + 3) - 23))
    return single(np.minimum(slit, insula))


@dataclass(frozen=True)
class Push:
    """What takes room in the brain and moves the rest of it aside."""

    center: Point
    by: float  # mm, at the rim
    rim: float  # mm from the centre

    def back(self, coordinates: Sequence[FloatArray]) -> list[FloatArray]:
        """Return where the tissue that now lies at these places came from."""
        steps = [axis - place for axis, place in zip(coordinates, self.center, strict=True)]
        gap = np.sqrt(steps[0] ** 2 + steps[1] ** 2 + steps[2] ** 2) + 1e-3
        shift = self.by * np.minimum(gap / self.rim, 1) * np.exp(-np.maximum(gap - self.rim, 0) / 34) / gap
        return [single(axis - shift * step) for axis, step in zip(coordinates, steps, strict=True)]


@dataclass(frozen=True)
class Head:
    """One patient's head."""

    wobbles: tuple[Waves, Waves, Waves]
    folds: Waves
    wander: Waves  # how deep the sulci go
    marbling: Waves  # fat between the muscles
    push: Push | None = None  # what takes room in it

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Head:
        """Draw a patient."""
        wobbles = (Waves.draw(rng, 60, 1.2), Waves.draw(rng, 60, 1.2), Waves.draw(rng, 60, 1.0))
        folds, wander = Waves.draw(rng, 21, 1.0, 22), Waves.draw(rng, 30, 3.5)
        return cls(wobbles, folds, wander, Waves.draw(rng, 26, 1.0, 16))

    def pushed(self, push: Push) -> Head:
        """Return the head with something in it that takes room."""
        return replace(self, push=push)

    def paint(self, canvas: Canvas, palette: Palette) -> list[FloatArray]:
        """Paint scalp, skull, fluid and brain; return where each pixel's brain came from, if pushed."""
        canvas.bend(self.wobbles)
        fields = self._fields(canvas)
        _outside(canvas, fields, palette)
        canvas.lay(WHOLE, fields.skull, palette["bone"])
        canvas.lay(WHOLE, fields.diploe, palette["diploe"])
        canvas.lay(WHOLE, fields.hull, palette["fluid"])
        canvas.lay(WHOLE, fields.tissue, palette["grey"])
        canvas.lay(WHOLE, fields.tissue + _CORTEX, palette["white"])
        canvas.lay(WHOLE, fields.falx, palette["falx"])
        still = canvas.bent
        moved = canvas.bent = still if self.push is None else self.push.back(still)
        _depths(canvas, fields, palette)
        canvas.bent = still
        _base(canvas, fields, palette)
        return moved

    def _fields(self, canvas: Canvas) -> _Fields:
        """Return the distances for the whole plane; a fine plane gets them from one half as fine."""
        if _pitch(canvas.rows[1]) > _FINE:
            return self._fields_here(canvas, canvas.bent)
        half = canvas.halved()
        half.bend(self.wobbles)
        coarse = self._fields_here(half, half.bent)
        return _Fields(*(doubled(getattr(coarse, name)) for name in _Fields.__slots__))

    def _fields_here(self, canvas: Canvas, still: list[FloatArray]) -> _Fields:
        x, y, z = still
        brain = brain_level(x, y, z)[1]
        base = _floor(x, y)
        hollow = base - 2 - 55 * _step(y + 12 * np.exp(-((x / 22) ** 2)), 12, 32)
        shell = brain - _FLUID
        skull = np.maximum(shell - _SKULL, hollow - 5 - z)
        diploe = np.maximum(np.abs(shell - _SKULL / 2) - 1.3, hollow - z)
        hull = np.maximum(shell, hollow - z)
        strands = self.marbling.on_grid(canvas.rows, canvas.columns, canvas.fixed)
        moved = still if self.push is None else self.push.back(still)
        if self.push is not None:
            base = _floor(moved[0], moved[1])
        tissue, falx = self._cerebrum(canvas, moved, base)
        tissue = np.maximum(tissue, brain + 0.3)
        tent = np.maximum(brain + 1, moved[2] - base + 2.5)
        fields = (shell - _SKULL - _SCALP, skull, diploe, hull, tissue, falx, tent, brain, strands)
        return _Fields(*(single(field) for field in fields))

    def _cerebrum(
        self, canvas: Canvas, moved: list[FloatArray], base: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Return the distances to the cerebrum, sulci and all, and to the falx."""
        x, y, z = moved
        radius, brain = brain_level(x, y, z)
        side = np.abs(x)
        outside = np.maximum(brain, base - z)
        core = -26 * (length((y - 3) / 47, (z - 1) / 25) - 1)
        open_space = np.minimum(np.maximum(side - 1.1, core), _sylvian(side, y, z))
        deep = 1 - np.sqrt((x / 35) ** 2 + ((y - 4) / 52) ** 2 + ((z - 2) / 27) ** 2)
        lift = radius**-0.55
        folds = self.folds.at(single(x * lift + 31 * np.sign(x)), single(y * lift), single(z * lift))
        sulci = self._sulci(canvas, folds, single(-np.maximum(outside, -open_space)))
        tissue = np.maximum(outside, -np.minimum(open_space, np.maximum(sulci, 30 * deep)))
        falx = np.maximum(np.maximum(side - 0.7, core + 7), np.maximum(brain - 1, -18 - z))
        return single(tissue), single(falx)

    def _sulci(self, canvas: Canvas, folds: FloatArray, depth: FloatArray) -> FloatArray:
        """Return the distance to the sulci: zero surfaces of the folds, down to some depth, narrowing."""
        down = np.gradient(folds, axis=0) / _pitch(canvas.rows[1])
        across = np.gradient(folds, axis=1) / _pitch(canvas.columns[1])
        slope = np.sqrt(down**2 + across**2 + 0.012)
        reach = 16 + self.wander.on_grid(canvas.rows, canvas.columns, canvas.fixed)
        width = 1.15 * np.exp(-depth / 6) - 0.25
        return single(np.maximum(np.abs(folds) / slope - width, depth - reach))


@dataclass(frozen=True, slots=True)
class _Fields:
    """Distances for a whole plane, in mm."""

    skin: FloatArray  # without the face, until that is joined
    skull: FloatArray
    diploe: FloatArray
    hull: FloatArray  # what the skull holds
    tissue: FloatArray  # cerebrum
    falx: FloatArray
    tent: FloatArray  # under the tentorium
    brain: FloatArray  # the egg
    strands: FloatArray  # no distance: fat where it is near zero


def _pitch(places: FloatArray) -> float:
    return abs(float(places[1] - places[0]))


def _outside(canvas: Canvas, fields: _Fields, palette: Palette) -> None:
    """Paint scalp, face and neck; the face is joined to ``fields.skin`` in place."""
    skin = fields.skin
    canvas.join(skin, (*parts.FACE, *parts.EARS))
    canvas.lay(WHOLE, skin, palette["skin"])
    canvas.lay(WHOLE, skin + 2, palette["fat"])
    if canvas.true[2].min() > 45:
        return
    inner = skin + 4
    marbled = np.maximum(inner + 2, 1.2 - 5 * np.abs(fields.strands))
    canvas.lay(WHOLE, np.maximum(marbled, canvas.bent[2] + 22), palette["muscle"])
    canvas.paint_all((*parts.TEMPORALIS, *parts.NECK_MUSCLES, *parts.TONGUE), palette["muscle"], inner)


def _depths(canvas: Canvas, fields: _Fields, palette: Palette) -> None:
    inside, tent = fields.brain + 1, fields.tent
    canvas.paint_all(parts.CISTERNS, palette["fluid"], inside)
    if canvas.true[2].min() < 12:
        x, y, z = canvas.bent
        folia = np.abs(np.mod(z + 0.35 * np.abs(x) + 0.25 * y, 3.6) - 1.8) - 0.1
        canvas.paint_all(parts.CEREBELLUM, palette["grey"], tent)
        canvas.paint_all(parts.CEREBELLUM, palette["fluid"], np.maximum(np.maximum(tent, folia), -7 - tent))
        canvas.paint_all(parts.CEREBELLAR_WHITE, palette["white"], inside)
        canvas.paint_all(parts.BRAINSTEM, palette["stem"])
    canvas.paint_all((*parts.THALAMI, *parts.LENTIFORMS), palette["deep grey"])
    canvas.paint_all(parts.VENTRICLES, palette["fluid"])
    canvas.paint_all(parts.CAUDATES, palette["deep grey"])
    canvas.paint_all(parts.SINUSES, palette["vein"])
    canvas.paint_all(parts.CIRCLE, palette["vessel"])
    canvas.paint_all(parts.CALCIUM, palette["calcium"])


def _base(canvas: Canvas, fields: _Fields, palette: Palette) -> None:
    if canvas.true[2].min() > 20:
        return
    skin = fields.skin
    canvas.paint_all([solid.grown(2.5) for solid in parts.ORBITS], palette["bone"], skin + 6)
    canvas.paint_all(parts.SKULL_BASE, palette["bone"])
    canvas.paint_all([solid.grown(-2.2) for solid in parts.SKULL_BASE], palette["diploe"])
    canvas.paint_all(parts.PETROUS, palette["bone"])
    canvas.paint_all(
        [solid.grown(2) for solid in (*parts.MASTOIDS, *parts.AIR_CELLS, *parts.ANTRA)], palette["bone"]
    )
    canvas.paint_all(parts.ORBITS, palette["fat"], skin)
    canvas.paint_all(parts.NERVES, palette["white"])
    canvas.paint_all(parts.EYE_MUSCLES, palette["muscle"])
    canvas.paint_all(parts.EYES, palette["sclera"])
    canvas.paint_all([eye.grown(-1.3) for eye in parts.EYES], palette["vitreous"])
    canvas.paint_all(parts.LENSES, palette["lens"])
    canvas.paint_all(parts.MASTOIDS, palette["cells"])
    canvas.paint_all(parts.AIR_CELLS, palette["cells"])
    canvas.paint_all(parts.ANTRA, palette["air"])
    canvas.paint_all(parts.NASAL_BONES, palette["bone"])
    canvas.paint_all([solid.grown(1.5) for solid in parts.NASAL], palette["muscle"])
    canvas.paint_all((*parts.NASAL, *parts.PHARYNX), palette["air"])
