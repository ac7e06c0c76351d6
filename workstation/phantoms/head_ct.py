"""CT of the head: a fresh bleed beside the right lentiform nucleus, and the head without it, years ago.

Units:   LPS millimetres, Hounsfield units.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

import numpy as np

from workstation.phantoms import files, noise
from workstation.phantoms.canvas import WHOLE, Canvas, Palette, Point, ellipsoid
from workstation.phantoms.ct import PIXELS, Protocol, ct_series
from workstation.phantoms.head import Head, Push
from workstation.phantoms.head_parts import VENTRICLES
from workstation.phantoms.noise import FloatArray, single
from workstation.phantoms.study import Finding, PhantomStudy, Truth

_PALETTE: Final[Palette] = {
    "air": -1000.0, "skin": 20.0, "fat": -90.0, "muscle": 58.0, "bone": 1150.0, "diploe": 560.0, "fluid": 7.0,
    "grey": 38.5, "white": 28.5, "stem": 30.0, "deep grey": 38.0, "vessel": 44.0, "vein": 52.0,
    "vitreous": 9.0, "sclera": 46.0, "falx": 54.0, "calcium": 240.0, "lens": 75.0, "cells": -720.0,
}  # fmt: skip
_WINDOWS: Final = ((38, 80, "BRAIN"), (60, 220, "SUBDURAL"), (600, 2800, "BONE"))
_TONIGHT: Final = Protocol(
    "Head 2.5 mm",
    "HEAD",
    bottom=-72.0,
    count=66,
    step=2.5,
    field=236.0,
    noise=3.6,
    windows=_WINDOWS,
    kernel="H31s",
)
_BEFORE: Final = Protocol(
    "Head 5 mm",
    "HEAD",
    bottom=-75.0,
    count=34,
    step=5.0,
    field=236.0,
    noise=3.0,
    windows=_WINDOWS,
    kernel="H31s",
)

_CENTER: Final[Point] = (-31.0, 0.0, 9.0)
_BLEED_HU: Final = 68.0
_OEDEMA_HU: Final = 21.0
_BLEED: Final = (
    ellipsoid(_CENTER, (14, 23, 16), turn=12),
    ellipsoid((-37, 12, 15), (11, 13, 12)),
    ellipsoid((-28, -15, 3), (9, 10, 10)),
    ellipsoid((-40, -6, 6), (8, 9, 9)),
)
_CORE: Final = 20.0  # mm across, bleed everywhere
_PUSH: Final = Push(_CENTER, by=7.5, rim=20.0)
_SIDE: Final = 91.0  # mm: no ear reaches further
_LAYERED: Final = 56.0  # y, mm: blood in the ventricle lies behind this


def head_ct(visit: files.Visit) -> PhantomStudy:
    """Return tonight's scan, with the bleed."""
    finding = Finding("bleed", _BLEED_HU, "HU", _CENTER, _CORE, "R")
    return _study(visit, _TONIGHT, Truth((finding,)), bleeding=True)


def head_ct_prior(visit: files.Visit) -> PhantomStudy:
    """Return the same head, before: nothing to find."""
    return _study(visit, _BEFORE, Truth(), bleeding=False)


def _study(visit: files.Visit, protocol: Protocol, truth: Truth, *, bleeding: bool) -> PhantomStudy:
    def open_series() -> Callable[[int], bytes]:
        whole = Head.draw(noise.stream(visit.person.patient_id, "head"))
        painter = _Painter(whole.pushed(_PUSH) if bleeding else whole, protocol, visit)
        return ct_series(visit, 2, protocol, painter.draw, visit.when + timedelta(minutes=3))

    return PhantomStudy(visit.key, visit.description, visit.uid("study"), protocol.count, truth, open_series)


class _Painter:
    """Paints slices of one head; holds the noise and the head rest that they share."""

    def __init__(self, head: Head, protocol: Protocol, visit: files.Visit) -> None:
        rng = noise.stream(visit.scope, visit.key, "tiles")
        self._head, self._protocol = head, protocol
        self._grain = noise.tile(rng, 800, noise.reconstruction)
        self._mottle = noise.tile(rng, 800, noise.power_law(2.6))
        self._columns = slice(0, PIXELS)
        canvas = self._canvas(0.0)
        canvas.values[:] = _PALETTE["air"]
        x, y, _ = canvas.true
        shell = np.maximum(np.abs(np.hypot(x, y - 6) - 109) - 5, 40 - y)
        canvas.lay(WHOLE, shell, -120.0)
        canvas.lay(WHOLE, shell + 1.6, -930.0)
        self._rest = canvas.values
        self._columns = slice(*(np.searchsorted(protocol.places, (-_SIDE, _SIDE)) // 2 * 2).tolist())

    def _canvas(self, z: float) -> Canvas:
        places = self._protocol.places
        soft = 0.9 + 0.35 * self._protocol.step
        return Canvas.plane((1, places), (0, places[self._columns]), (2, z), soft=soft)

    def draw(self, z: float, rng: np.random.Generator) -> FloatArray:
        """Return one slice in Hounsfield units."""
        canvas, picture = self._canvas(z), self._rest.copy()
        canvas.values = picture[:, self._columns]  # a view: what is painted is in the picture
        mottle, grain = (noise.cut(tile, rng, canvas.values.shape) for tile in (self._mottle, self._grain))
        palette = dict(_PALETTE)
        palette["diploe"] = 560 + 90 * grain
        palette["cells"] = -720 + 330 * grain
        moved = self._head.paint(canvas, palette)
        if self._head.push is not None:
            _bleed(canvas, moved)
        louder = self._protocol.noise * (1 + 0.9 * float(np.clip((-35 - z) / 30, 0, 1)))
        canvas.values += 0.3 * mottle
        return single(picture + louder * noise.cut(self._grain, rng, picture.shape))


def _bleed(canvas: Canvas, moved: list[FloatArray]) -> None:
    for solid in _BLEED:
        canvas.paint(solid.grown(5), _OEDEMA_HU)
    for solid in _BLEED:
        canvas.paint(solid, _BLEED_HU)
    canvas.bent = moved
    lowest = np.maximum(_LAYERED - canvas.true[1], canvas.true[0])
    for solid in VENTRICLES:
        canvas.paint(solid, _BLEED_HU - 8, np.broadcast_to(lowest, canvas.values.shape))
