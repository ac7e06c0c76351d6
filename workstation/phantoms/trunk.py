"""An invented trunk from the neck to the upper legs, painted from the skin inwards.

Everything that shows the trunk (CT, PET, radiographs) paints the same solids with another palette:
Hounsfield units, uptake, attenuation. Each patient's own irregularity bends all of them together, so
neighbouring slices and crossing planes agree.

Units:   LPS millimetres, as in ``sections``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from workstation.phantoms import organs, skeleton
from workstation.phantoms.canvas import (
    WHOLE,
    Canvas,
    Palette,
    Point,
    Solid,
    capsule,
    doubled,
    ellipsoid,
    tube,
)
from workstation.phantoms.noise import FloatArray, Waves, length, single
from workstation.phantoms.sections import CAGE, MEDIASTINUM, SPINE_Y, body, diaphragm, middle, pleura

_LUNGS_MIDDLE: Final[Point] = (0, 0, 60)
_LUNGS_REACH: Final[Point] = (150, 110, 160)
_STERNUM: Final = skeleton.sternum()


@dataclass(frozen=True)
class Trunk:
    """One patient's trunk."""

    wobbles: tuple[Waves, Waves, Waves]
    marbling: Waves  # fat between and in the muscles
    loops: tuple[tuple[Solid, str], ...]  # bowel and what is in it
    arms: tuple[Solid, ...] = organs.ARMS_RAISED
    flesh: tuple[Solid, ...] = organs.ARM_FLESH
    collapsed: Solid | None = None  # what is left of the left lung, in its own shape

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Trunk:
        """Draw a patient."""
        wobbles = (Waves.draw(rng, 75, 2.0), Waves.draw(rng, 75, 2.0), Waves.draw(rng, 75, 2.0))
        return cls(wobbles, Waves.draw(rng, 30, 1.0, 24), tuple(_bowel(rng)))

    def paint(self, canvas: Canvas, palette: Palette) -> None:
        """Paint the patient over what is on the canvas; what is painted later lies on top."""
        canvas.bend(self.wobbles)
        skin, cage, dome, space, streaks = self._fields(canvas)
        canvas.join(skin, self.flesh)
        canvas.lay(WHOLE, skin, palette["skin"])
        canvas.lay(WHOLE, skin + 2.2, palette["fat"])
        _muscles(canvas, skin, cage, streaks, palette)
        canvas.lay(WHOLE, cage, palette["fat"])
        _lungs(canvas, cage, space, self.collapsed, palette)
        self._abdomen(canvas, cage, dome, palette)
        _pelvis(canvas, palette)
        _chest(canvas, palette)
        skeleton.ribs(canvas, cage, palette)
        skeleton.spine(canvas, skin, palette)
        _bones(canvas, (*organs.SCAPULAE, *organs.CLAVICLES, *self.arms, _STERNUM), palette)

    def _fields(self, canvas: Canvas) -> tuple[FloatArray, ...]:
        """Return what changes slowly: distances to skin, cage, diaphragm, pleural space, and fat streaks."""
        coarse = canvas.halved()
        coarse.bend(self.wobbles)
        x, y, z = coarse.bent
        level = coarse.true[2]
        skin, cage, dome = body(x, y, level), CAGE.distance(x, y, level), diaphragm(x, y, z)
        space = np.maximum(pleura(x, y, z, cage, dome), -middle(x, y, SPINE_Y(level)))
        streaks = self.marbling.on_grid(coarse.rows, coarse.columns, coarse.fixed)
        return tuple(doubled(single(field)) for field in (skin, cage, dome, space, streaks))

    def _abdomen(self, canvas: Canvas, cage: FloatArray, dome: FloatArray, palette: Palette) -> None:
        if canvas.true[2].min() > 10:
            return
        cavity = np.maximum(cage + 5, dome + 3)
        leaf = np.maximum(cage + 1, np.abs(dome + 1.5) - 1.6)
        canvas.lay(WHOLE, np.maximum(leaf, -90 - canvas.bent[2]), palette["muscle"])
        for solid, material in self.loops:
            canvas.paint(solid, palette[material], cavity)
        canvas.paint_all(organs.LIVER, palette["liver"], cavity)
        canvas.paint_all(organs.HEPATIC_VEINS, palette["portal"], cavity)
        canvas.paint_all(organs.STOMACH, palette["wall"], cavity)
        canvas.paint_all(_STOMACH_LUMEN, palette["fluid"], cavity)
        canvas.paint_all(_STOMACH_LUMEN[:2], palette["gas"], np.maximum(cavity, canvas.true[1] + 44))
        canvas.paint(organs.SPLEEN, palette["spleen"], cavity)
        for solids, material in _RETROPERITONEUM:
            canvas.paint_all(solids, palette[material])


def _grown(solids: Sequence[Solid], by: float) -> tuple[Solid, ...]:
    return tuple(solid.grown(by) for solid in solids)


_STOMACH_LUMEN: Final = _grown(organs.STOMACH, -3.5)
_RETROPERITONEUM: Final = (
    (organs.PSOAS, "muscle"), (organs.CRURA, "muscle"), (organs.ADRENALS, "wall"),
    (organs.PANCREAS, "pancreas"), (_grown(organs.KIDNEYS, 1.5), "fat"),
    (organs.KIDNEYS, "renal cortex"), (organs.PYRAMIDS, "renal medulla"),
    (organs.KIDNEY_SINUS, "fat"), (_grown(organs.KIDNEY_SINUS, -7), "urine"),
    ((organs.GALLBLADDER,), "wall"), (_grown((organs.GALLBLADDER,), -1.5), "fluid"),
    (organs.PORTAL, "portal"), (organs.ARTERIES, "blood"),
)  # fmt: skip
_PELVIS: Final = (
    (organs.PELVIC_MUSCLES, "muscle"), (organs.RECTUM, "wall"), (_grown(organs.RECTUM, -4), "faeces"),
    ((organs.BLADDER,), "wall"), (_grown((organs.BLADDER,), -3.5), "urine"), (organs.ILIAC_VESSELS, "blood"),
)  # fmt: skip
_CHEST: Final = (
    (organs.HEART_WALL, "myocardium"), (_grown(organs.HEART_CAVITIES[1:], 2), "myocardium"),
    (organs.HEART_CAVITIES, "blood"), (organs.VESSELS, "blood"),
    (organs.OESOPHAGUS, "wall"), (_grown(organs.OESOPHAGUS[:4], -5), "gas"),
    (tuple(part.grown(wall) for parts, wall in organs.AIRWAYS for part in parts), "wall"),
    (tuple(part for parts, _ in organs.AIRWAYS for part in parts), "air"),
)  # fmt: skip


def _erectors(x: FloatArray, y: FloatArray, z: FloatArray) -> FloatArray:
    return single((length((np.abs(x) - 31) / 28, (y - SPINE_Y(z) - 32) / 19) - 1) * 20)


_ERECTORS: Final = Solid(_erectors, (0, 90, 0), (62, 60, 450))


def _with_level(canvas: Canvas, solid: Solid) -> list[FloatArray]:
    """Choose the coordinates: a profile along z looked up at every pixel would be slow."""
    return [canvas.bent[0], canvas.bent[1], canvas.true[2]] if solid is _ERECTORS else canvas.bent


def _muscles(
    canvas: Canvas, skin: FloatArray, cage: FloatArray, streaks: FloatArray, palette: Palette
) -> None:
    inside = skin + 9 + 1.8 * streaks
    canvas.lay(WHOLE, np.maximum(cage - 15 - 1.2 * streaks, inside), palette["muscle"])
    rift = 1.5 * np.abs(streaks) - 1
    for solid in (*organs.MUSCLES, *organs.GLUTEALS, _ERECTORS):
        box = canvas.box(solid)
        if box is not None:
            there = solid.distance(*(canvas.part(axis, box) for axis in _with_level(canvas, solid)))
            canvas.lay(box, np.maximum(there - 2, inside[box]), palette["fat"])
            canvas.lay(box, np.maximum(there + rift[box], inside[box]), palette["muscle"])
    canvas.lay(WHOLE, np.maximum(np.abs(cage - 11.5) - 0.6, inside), palette["fat"])


def _lungs(
    canvas: Canvas, cage: FloatArray, space: FloatArray, collapsed: Solid | None, palette: Palette
) -> None:
    if canvas.around(_LUNGS_MIDDLE, _LUNGS_REACH) is None:
        return
    canvas.lay(WHOLE, space, palette["lung"])
    if collapsed is not None:
        x, y, z = canvas.bent
        rest = collapsed.distance(x, y, z)
        canvas.lay(WHOLE, np.maximum(space, np.maximum(-rest, -x)), palette["air"])
        canvas.lay(WHOLE, np.maximum(np.maximum(space, np.abs(rest) - 0.7), -x), palette["muscle"])
    canvas.paint_all(MEDIASTINUM, palette["fat"], cage)


def _chest(canvas: Canvas, palette: Palette) -> None:
    for solids, material in _CHEST:
        canvas.paint_all(solids, palette[material])


def _pelvis(canvas: Canvas, palette: Palette) -> None:
    if canvas.true[2].min() > -190:
        return
    for solids, material in _PELVIS:
        canvas.paint_all(solids, palette[material])
    _bones(canvas, organs.HIP_SOCKETS, palette)
    canvas.paint_all(_grown(organs.FEMORA[:1], 1.5), palette["cartilage"])
    _bones(canvas, (*organs.ILIA, *organs.SACRUM, *organs.FEMORA), palette)


def _bones(canvas: Canvas, solids: Sequence[Solid], palette: Palette) -> None:
    for solid in solids:
        canvas.paint(solid, palette["bone"])
        canvas.paint(solid.grown(-2.0), palette["marrow"])


def _bowel(rng: np.random.Generator) -> list[tuple[Solid, str]]:
    colon: list[Point] = [
        (-82, 6, -235), (-100, 8, -160), (-96, -10, -128), (-70, -62, -138), (-20, -74, -150),
        (40, -72, -140), (84, -40, -104), (104, 8, -88), (106, 22, -130), (84, 14, -235), (40, 10, -290),
    ]  # fmt: skip
    loops: list[tuple[Solid, str]] = []
    for solid in tube(colon, 19):
        loops += [(solid, "wall"), (solid.grown(-3), "faeces")]
    for start, end in pairwise(colon[3:7]):
        for share in np.linspace(0, 1, 4, endpoint=False):
            place = (1 - share) * np.asarray(start) + share * np.asarray(end)
            wide = float(rng.uniform(9, 14))
            loops.append((ellipsoid((*place.tolist(),), (wide, wide, wide * 0.9)), "gas"))
    for _ in range(110):
        place = rng.uniform((-72, -62, -330), (80, 4, -128))
        bend = place + rng.normal(0, 16, 3)
        filling = str(rng.choice(["fluid", "chyme", "gas"], p=[0.35, 0.57, 0.08]))
        loop = capsule((*place.tolist(),), (*bend.tolist(),), 8.5)
        loops += [(loop.grown(4), "fat"), (loop.grown(3), "wall"), (loop, filling)]
    return loops
