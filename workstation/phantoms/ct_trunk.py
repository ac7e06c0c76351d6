"""The trunk as CT sees it: table, patient, lung texture, noise.

Hounsfield units come from the palette, edges from the point-spread function, noise from a tile with a
reconstruction kernel's spectrum. A finding is painted last and straight, so its place, size and
Hounsfield units are exactly what the truth says.

Units:   LPS millimetres, Hounsfield units.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from workstation.phantoms import noise
from workstation.phantoms.canvas import WHOLE, Canvas, Palette, Point, ellipsoid
from workstation.phantoms.ct import Protocol, Slicer
from workstation.phantoms.lung_vessels import Vessels
from workstation.phantoms.noise import FloatArray, Waves, single
from workstation.phantoms.sections import BODY
from workstation.phantoms.study import Finding
from workstation.phantoms.trunk import Trunk

PORTAL_PHASE: Final[Palette] = {
    "air": -1000.0, "gas": -965.0, "fat": -105.0, "skin": 10.0, "muscle": 58.0, "wall": 62.0, "lung": -865.0,
    "blood": 152.0, "portal": 172.0, "myocardium": 108.0, "liver": 110.0, "spleen": 122.0, "pancreas": 92.0,
    "renal cortex": 196.0, "renal medulla": 170.0, "urine": 6.0, "fluid": 12.0, "chyme": 34.0, "faeces": 8.0,
    "bone": 880.0, "vertebra": 800.0, "rib": 880.0, "rib marrow": 210.0, "marrow": 210.0,
    "spongiosa": 190.0, "cartilage": 105.0, "disc": 88.0,
}  # fmt: skip
PLAIN: Final[Palette] = {
    **PORTAL_PHASE, "blood": 42.0, "portal": 42.0, "myocardium": 44.0, "liver": 58.0, "spleen": 50.0,
    "pancreas": 42.0, "renal cortex": 33.0, "renal medulla": 31.0, "wall": 40.0, "muscle": 54.0,
}  # fmt: skip
_NOT_LUNG: Final = np.float32(-300)  # HU: tissue above has a texture of its own
_SOFT: Final = 1.15  # mm, the full width of an edge
_BACK: Final = 122.0  # mm: no patient reaches further
_MARGIN: Final = 12.0  # mm: nor is wider than the outline by so much
_SHOULDERS: Final = 185.0  # z, mm: above it the arms are in the picture


@dataclass(frozen=True)
class Ball:
    """A finding: a ball of one value, in the patient's own coordinates."""

    center: Point
    diameter: float
    value: float

    def paint(self, canvas: Canvas) -> None:
        """Paint it straight: exactly this size, exactly there."""
        half = self.diameter / 2
        canvas.paint_straight(ellipsoid(self.center, (half, half, half)), self.value)

    def finding(self, kind: str, unit: str, side: str, shift: Point = (0.0, 0.0, 0.0)) -> Finding:
        """Return what is true about it in a scan that found the patient shifted."""
        x, y, z = (place + moved for place, moved in zip(self.center, shift, strict=True))
        return Finding(kind, self.value, unit, (x, y, z), self.diameter, side)


@dataclass(frozen=True)
class Scene:
    """A patient with lungs, as one scan found it: shifted on the table, with its finding."""

    trunk: Trunk
    vessels: Vessels
    fissures: Waves
    shift: Point
    ball: Ball | None

    @classmethod
    def draw(cls, seed: str, shift: Point, ball: Ball | None) -> Scene:
        """Draw the patient of that seed; the same seed is the same patient in another scan."""
        rng = noise.stream(seed, "trunk")
        trunk = Trunk.draw(rng)
        vessels = Vessels.grow(rng, trunk.wobbles)
        if ball is not None:
            vessels = vessels.clear_of(ball.center, 9.0)
        return cls(trunk, vessels, Waves.draw(rng, 70, 4.0), shift, ball)


def trunk_ct(protocol: Protocol, scene: Scene, palette: Palette, *labels: object) -> Slicer:
    """Return a maker of slices in Hounsfield units, their noise drawn from the labels."""
    return _Painter(scene, protocol, palette, noise.stream(*labels, "tiles")).draw


class _Painter:
    """Paints slices of one scene; holds the noise tiles and the table that they share."""

    def __init__(self, scene: Scene, protocol: Protocol, palette: Palette, rng: np.random.Generator) -> None:
        self._scene, self._protocol, self._materials = scene, protocol, palette
        places = protocol.places
        x, y, self._height = scene.shift
        self._x, self._y = places - np.float32(x), places - np.float32(y)
        self._grain = noise.tile(rng, 800, noise.reconstruction)
        self._mottle = noise.tile(rng, 800, noise.power_law(2.4))
        radius = np.hypot(places[:, None] * 1.25, places[None, :]) / 170
        self._spread = single(0.55 + 0.45 * np.exp(-(radius**2)))
        self._empty = _table(Canvas.plane((1, self._y), (0, self._x), (2, 0.0), soft=_SOFT))

    def draw(self, z: float, rng: np.random.Generator) -> FloatArray:
        """Return one slice in Hounsfield units."""
        scene, level = self._scene, z - self._height
        picture = self._empty.copy()
        rows, columns = around = self._around(level)
        canvas = Canvas.plane((1, self._y[rows]), (0, self._x[columns]), (2, level), soft=_SOFT)
        canvas.values = picture[around]  # a view: what is painted is in the picture
        mottle = noise.cut(self._mottle, rng, picture.shape)
        scene.trunk.paint(canvas, self._palette(canvas, mottle[around], rng))
        scene.vessels.paint(canvas, self._materials["blood"])
        if scene.ball is not None:
            scene.ball.paint(canvas)
        louder = self._protocol.noise * (1 + 0.8 * float(np.clip((level - 150) / 60, 0, 1)))
        grain = noise.cut(self._grain, rng, picture.shape)
        canvas.values += 2 * mottle[around] * (canvas.values > _NOT_LUNG)
        return single(picture + self._spread * (louder * grain))

    def _around(self, level: float) -> tuple[slice, slice]:
        """Return the rows and columns that the body may touch: the rest is air and table."""
        width, depth, middle = (float(side(single(level))) for side in (BODY.width, BODY.depth, BODY.middle))
        wide = width + _MARGIN if level < _SHOULDERS else self._protocol.field
        rows = np.searchsorted(self._y, (middle - depth - _MARGIN, _BACK)) // 2 * 2
        columns = np.searchsorted(self._x, (-wide, wide)) // 2 * 2
        return slice(*rows.tolist()), slice(*columns.tolist())

    def _palette(self, canvas: Canvas, mottle: FloatArray, rng: np.random.Generator) -> Palette:
        grain = noise.cut(self._grain, rng, mottle.shape)
        palette = dict(self._materials)
        palette["marrow"], palette["spongiosa"] = 210 + 40 * grain, 185 + 40 * grain
        palette["faeces"] = 8 + 110 * np.minimum(mottle * 2 + grain, 0)
        palette["lung"] = self._lung(canvas, mottle)
        return palette

    def _lung(self, canvas: Canvas, mottle: FloatArray) -> FloatArray:
        """Air and tissue: denser where it lies lowest, with faint fissures."""
        x, y, z = canvas.true
        bend = self._scene.fissures.on_grid(canvas.rows, canvas.columns, canvas.fixed)
        oblique = np.abs(bend + (z - 50 - 1.2 * y)) / 1.5
        minor = np.abs(bend + (z - 64 - 0.1 * y)) + np.float32(9) * ((x > 0) | (y > 0))
        sheet = np.maximum(np.maximum(1 - oblique / 0.9, 0.4 - 0.4 * minor), 0)
        return single(14 * mottle + 150 * sheet + (0.22 * y - 868))


def _table(canvas: Canvas) -> FloatArray:
    """Return a picture of the empty table: two thin shells with foam between them, hollowed for the back."""
    x, y, _ = canvas.true
    canvas.values[:] = PORTAL_PHASE["air"]
    top = y - 114 + 20 * (x / 200) ** 2
    under = 142 - 8 * (x / 200) ** 2 - y
    inside = np.maximum(np.maximum(-top, -under), np.abs(x) - 192)
    canvas.lay(WHOLE, inside, -180.0)
    canvas.lay(WHOLE, inside + 2.2, -935.0)
    return canvas.values
