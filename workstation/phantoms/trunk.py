"""An invented trunk from the neck to the upper legs, painted from the skin inwards.

Everything that shows the trunk (CT, PET, radiographs) paints the same solids with another palette:
Hounsfield units, uptake, attenuation. Each patient's own irregularity bends all of them together, so
neighbouring slices and crossing planes agree.

Units:   LPS millimetres, as in ``sections``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from workstation.phantoms import organs, skeleton
from workstation.phantoms.canvas import WHOLE, Canvas, Palette, Point, Solid, capsule, tube
from workstation.phantoms.noise import FloatArray, Waves, single
from workstation.phantoms.sections import CAGE, MEDIASTINUM, SPINE_Y, body, diaphragm, lung, middle, pleura

_LUNG_BOX: Final = Solid(lung, (0, 0, 60), (150, 110, 160))
_STERNUM: Final = skeleton.sternum()


@dataclass(frozen=True)
class Trunk:
    """One patient's trunk."""

    wobbles: tuple[Waves, Waves, Waves]
    marbling: Waves  # fat between and in the muscles
    loops: tuple[tuple[Solid, str], ...]  # bowel and what is in it

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Trunk:
        """Draw a patient."""
        wobbles = (Waves.draw(rng, 75, 2.0), Waves.draw(rng, 75, 2.0), Waves.draw(rng, 75, 2.0))
        return cls(wobbles, Waves.draw(rng, 30, 1.0, 24), tuple(_bowel(rng)))

    def paint(self, canvas: Canvas, palette: Palette) -> None:
        """Paint the patient over what is on the canvas; what is painted later lies on top."""
        canvas.bend(self.wobbles)
        x, y, _ = canvas.bent
        level = canvas.true[2]
        skin, cage = body(x, y, level), CAGE.distance(x, y, level)
        canvas.lay(WHOLE, skin, palette["skin"])
        canvas.lay(WHOLE, skin + 2.2, palette["fat"])
        self._muscles(canvas, skin, cage, palette)
        canvas.lay(WHOLE, cage, palette["fat"])
        dome = diaphragm(*canvas.bent)
        _lungs(canvas, cage, dome, palette)
        self._abdomen(canvas, cage, dome, palette)
        _pelvis(canvas, palette)
        _chest(canvas, palette)
        skeleton.ribs(canvas, cage, palette)
        skeleton.spine(canvas, skin, palette)
        _bones(canvas, (*organs.SCAPULAE, *organs.CLAVICLES, *organs.HUMERI, _STERNUM), palette)

    def _muscles(self, canvas: Canvas, skin: FloatArray, cage: FloatArray, palette: Palette) -> None:
        streaks = self.marbling.on_grid(canvas.rows, canvas.columns, canvas.fixed)
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

    def _abdomen(self, canvas: Canvas, cage: FloatArray, dome: FloatArray, palette: Palette) -> None:
        if canvas.true[2].min() > 10:
            return
        cavity = np.maximum(cage + 5, dome + 3)
        canvas.lay(
            WHOLE,
            np.maximum(np.maximum(cage + 1, np.abs(dome + 1.5) - 1.6), -90 - canvas.bent[2]),
            palette["muscle"],
        )
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
    (organs.RECTUM, "wall"), (_grown(organs.RECTUM, -4), "faeces"), ((organs.BLADDER,), "wall"),
    (_grown((organs.BLADDER,), -3.5), "urine"), (organs.ILIAC_VESSELS, "blood"),
)  # fmt: skip
_CHEST: Final = (
    (organs.HEART_WALL, "myocardium"), (_grown(organs.HEART_CAVITIES[1:], 2), "myocardium"),
    (organs.HEART_CAVITIES, "blood"), (organs.VESSELS, "blood"),
    (organs.OESOPHAGUS, "wall"), (_grown(organs.OESOPHAGUS[:4], -5), "gas"),
    (tuple(part.grown(wall) for parts, wall in organs.AIRWAYS for part in parts), "wall"),
    (tuple(part for parts, _ in organs.AIRWAYS for part in parts), "air"),
)  # fmt: skip


def _erectors(x: FloatArray, y: FloatArray, z: FloatArray) -> FloatArray:
    return single((np.hypot((np.abs(x) - 31) / 28, (y - SPINE_Y(z) - 32) / 19) - 1) * 20)


_ERECTORS: Final = Solid(_erectors, (0, 90, 0), (62, 60, 450))


def _with_level(canvas: Canvas, solid: Solid) -> list[FloatArray]:
    """Choose the coordinates: a profile along z looked up at every pixel would be slow."""
    return [canvas.bent[0], canvas.bent[1], canvas.true[2]] if solid is _ERECTORS else canvas.bent


def _lungs(canvas: Canvas, cage: FloatArray, dome: FloatArray, palette: Palette) -> None:
    box = canvas.box(_LUNG_BOX)
    if box is None:
        return
    x, y, z = (canvas.part(axis, box) for axis in canvas.bent)
    between = middle(x, y, SPINE_Y(canvas.part(canvas.true[2], box)))
    canvas.lay(box, np.maximum(pleura(x, y, z, cage[box], dome[box]), -between), palette["lung"])
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
        (-98, 12, -235), (-100, 8, -160), (-96, -10, -128), (-70, -62, -138), (-20, -74, -150),
        (40, -72, -140), (84, -40, -104), (104, 8, -88), (106, 22, -130), (100, 22, -235), (40, 10, -290),
    ]  # fmt: skip
    loops: list[tuple[Solid, str]] = []
    for solid in tube(colon, 19):
        loops += [(solid, "wall"), (solid.grown(-3), "faeces")]
    loops += [(solid, "gas") for solid in tube(colon[3:7], 13)]
    for _ in range(110):
        place = rng.uniform((-72, -62, -330), (80, 4, -128))
        bend = place + rng.normal(0, 16, 3)
        filling = str(rng.choice(["fluid", "chyme", "gas"], p=[0.35, 0.57, 0.08]))
        loop = capsule((*place.tolist(),), (*bend.tolist(),), 8.5)
        loops += [(loop.grown(4), "fat"), (loop.grown(3), "wall"), (loop, filling)]
    return loops
