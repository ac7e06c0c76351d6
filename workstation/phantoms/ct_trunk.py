"""CT of the trunk: table, patient, lung texture, noise, and the series that holds them.

Hounsfield units come from the palette, edges from the point-spread function, noise from a tile with a
reconstruction kernel's spectrum. A finding is painted last and straight, so its place, size and
Hounsfield units are exactly what the truth says.

Units:   LPS millimetres, Hounsfield units.
Source:  PS3.3 A.3 (CT Image IOD), C.8.2.1 (CT Image Module).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import CTImageStorage

from workstation.phantoms import files, noise
from workstation.phantoms.canvas import Canvas, Palette, Point, ellipsoid
from workstation.phantoms.lung_vessels import Vessels
from workstation.phantoms.noise import FloatArray, Waves, single
from workstation.phantoms.study import Finding
from workstation.phantoms.trunk import Trunk

PORTAL_PHASE: Final[Palette] = {
    "air": -1000.0, "gas": -965.0, "fat": -105.0, "skin": 10.0, "muscle": 58.0, "wall": 62.0, "lung": -865.0,
    "blood": 152.0, "portal": 172.0, "myocardium": 108.0, "liver": 110.0, "spleen": 122.0, "pancreas": 92.0,
    "renal cortex": 196.0, "renal medulla": 170.0, "urine": 6.0, "fluid": 12.0, "chyme": 34.0, "faeces": 8.0,
    "bone": 880.0, "marrow": 210.0, "cartilage": 105.0, "disc": 88.0,
}  # fmt: skip
_STORED_ZERO: Final = -1024  # HU of stored value 0
_PIXELS: Final = 512


@dataclass(frozen=True)
class Protocol:
    """How a CT was made."""

    series: str
    body_part: str
    bottom: float  # LPS z of the lowest slice, mm
    count: int
    step: float
    field: float = 400.0  # mm, side of the picture
    kernel: str = "B31f"
    noise: float = 12.0  # HU in the middle of the abdomen
    windows: tuple[tuple[float, float, str], ...] = (
        (40, 400, "SOFT TISSUE"),
        (-600, 1500, "LUNG"),
        (450, 1800, "BONE"),
    )


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


def trunk_ct(head: Dataset, visit: files.Visit, protocol: Protocol, scene: Scene) -> Callable[[int], bytes]:
    """Return a maker of the series' instances, by number from 0, from the top slice down."""
    painter = _Painter(scene, protocol, noise.stream(visit.scope, visit.key, "tiles"))
    _describe(head, protocol)

    def make(number: int) -> bytes:
        z = protocol.bottom + (protocol.count - 1 - number) * protocol.step
        hounsfield = painter.slice(z, noise.stream(visit.scope, visit.key, head.SeriesNumber, number))
        stored = np.clip(np.rint(hounsfield - _STORED_ZERO), 0, 4095).astype(np.uint16)
        pitch, corner = protocol.field / _PIXELS, -protocol.field / 2 * (1 - 1 / _PIXELS)
        files.plane(head, (corner, corner, z), (pitch, pitch), protocol.step)
        files.pixels(head, stored, 12)
        return files.part10(head, CTImageStorage, visit, number + 1)

    return make


def _describe(head: Dataset, protocol: Protocol) -> None:
    head.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    head.BodyPartExamined, head.ScanOptions = protocol.body_part, "HELICAL MODE"
    head.KVP, head.XRayTubeCurrent, head.ExposureTime, head.Exposure = 120, 220, 500, 110
    head.DataCollectionDiameter, head.ReconstructionDiameter = 500, protocol.field
    head.GantryDetectorTilt, head.TableHeight, head.RotationDirection = 0, 140, "CW"
    head.ConvolutionKernel, head.FilterType = protocol.kernel, "BODY"
    head.SpacingBetweenSlices = protocol.step
    head.ContrastBolusAgent = "Invented 350"
    head.RescaleIntercept, head.RescaleSlope, head.RescaleType = _STORED_ZERO, 1, "HU"
    files.window(head, *protocol.windows)


class _Painter:
    """Paints slices of one scene; holds the noise tiles that they share."""

    def __init__(self, scene: Scene, protocol: Protocol, rng: np.random.Generator) -> None:
        self._scene, self._protocol = scene, protocol
        pitch = protocol.field / _PIXELS
        self._places = ((np.arange(_PIXELS) - (_PIXELS - 1) / 2) * pitch).astype(np.float32)
        self._grain = noise.tile(rng, 800, noise.reconstruction)
        self._mottle = noise.tile(rng, 800, noise.power_law(2.4))
        radius = np.hypot(self._places[:, None] * 1.25, self._places[None, :]) / 170
        self._spread = single(0.55 + 0.45 * np.exp(-(radius**2)))

    def slice(self, z: float, rng: np.random.Generator) -> FloatArray:
        """Return one slice in Hounsfield units."""
        scene, places = self._scene, self._places
        x, y, height = scene.shift
        canvas = Canvas.plane(
            (1, places - np.float32(y)), (0, places - np.float32(x)), (2, z - height), soft=1.15
        )
        _table(canvas)
        shape = (_PIXELS, _PIXELS)
        mottle = noise.cut(self._mottle, rng, shape)
        grain = noise.cut(self._grain, rng, shape)
        palette = dict(PORTAL_PHASE)
        palette["lung"] = self._lung(canvas, mottle)
        palette["marrow"] = 210 + 40 * grain
        palette["faeces"] = 8 + 110 * np.minimum(mottle * 2 + grain, 0)
        scene.trunk.paint(canvas, palette)
        scene.vessels.paint(canvas, 140.0)
        if scene.ball is not None:
            scene.ball.paint(canvas)
        louder = self._protocol.noise * (1 + 0.8 * float(np.clip((z - height - 150) / 60, 0, 1)))
        return canvas.values + self._spread * (louder * noise.cut(self._grain, rng, shape)) + 2 * mottle

    def _lung(self, canvas: Canvas, mottle: FloatArray) -> FloatArray:
        """Air and tissue: denser where it lies lowest, with faint fissures."""
        x, y, z = canvas.true
        bend = self._scene.fissures.on_grid(canvas.rows, canvas.columns, canvas.fixed)
        oblique = np.abs(z - 50 - 1.2 * y + bend) / 1.5
        minor = np.abs(z - 64 - 0.1 * y + bend) + 9 * ((x > 0) | (y > 0))
        sheet = np.maximum(1 - np.minimum(oblique, minor) / 0.9, 0)
        return single(-868 + 0.22 * y + 14 * mottle + 170 * sheet)


def _table(canvas: Canvas) -> None:
    """Two thin shells with foam between them, hollowed for the back."""
    x, y, _ = canvas.true
    canvas.values[:] = PORTAL_PHASE["air"]
    top = y - 114 + 20 * (x / 200) ** 2
    under = 142 - 8 * (x / 200) ** 2 - y
    inside = np.maximum(np.maximum(-top, -under), np.abs(x) - 192)
    whole = (slice(None), slice(None))
    canvas.lay(whole, inside, -180.0)
    canvas.lay(whole, inside + 2.2, -935.0)
