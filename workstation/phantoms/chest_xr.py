"""Chest radiographs, PA: one without a finding, one with a pneumothorax on the left.

The trunk is summed along the beam, plane by plane, with attenuation for a palette; lung vessels are
added as rods, finer than the planes could show.

Units:   LPS millimetres; attenuation per millimetre of a beam of about 65 keV.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final

import numpy as np

from workstation.phantoms import files, noise, organs
from workstation.phantoms.canvas import Canvas, Palette, Solid, doubled, ellipsoid
from workstation.phantoms.lung_vessels import Vessels
from workstation.phantoms.noise import FloatArray, single
from workstation.phantoms.projection import blurred, enlarged, exposed, rod_lengths, slow
from workstation.phantoms.radiograph import Code, View, radiograph
from workstation.phantoms.skeleton import rib_lines
from workstation.phantoms.study import Finding, PhantomStudy, Truth
from workstation.phantoms.trunk import Trunk

_WATER: Final = 0.0196
_BLOOD: Final = 0.0206
_LUNG: Final = 0.0032
_PALETTE: Final[Palette] = {
    "air": 0.0, "gas": 0.0, "fat": 0.0178, "skin": 0.0200, "muscle": 0.0204, "wall": 0.0202, "lung": _LUNG,
    "blood": _BLOOD, "portal": _BLOOD, "myocardium": 0.0206, "liver": 0.0207, "spleen": 0.0206,
    "pancreas": 0.0203, "renal cortex": 0.0204, "renal medulla": 0.0204, "urine": _WATER, "fluid": _WATER,
    "chyme": 0.0199, "faeces": 0.017, "bone": 0.044,
    "vertebra": 0.031, "rib": 0.0204, "rib marrow": 0.0204, "marrow": 0.0265, "spongiosa": 0.0222,
    "cartilage": 0.0222, "disc": 0.021,
}  # fmt: skip
_CORTEX: Final = 1.5  # mm of a rib
_RIB_GAIN: Final = 1.25  # cortex has no sharp inner edge
_FLATNESS: Final = 0.6  # a rib's thickness over its height
_THICKEST: Final = 2.2  # mm
_VESSEL_GAIN: Final = 1.3  # vessels smaller than the drawn ones run beside them
_ROWS, _COLUMNS = 2400, 2000
_PITCH: Final = 0.175
_TOP_Z: Final = 258.0
_COARSE: Final = 5  # detector pixels for one pixel of the planes
_FINE: Final = 2  # detector pixels for one pixel of the vessels
_BEAM: Final = np.arange(-122.0, 112.0, 4.5)  # y of the planes
_VIEW: Final = View(
    "Chest PA", "CHEST", Code("51185008", "SCT", "Chest"), "PA", Code("399348003", "SCT", "postero-anterior"),
    ("L", "F"), "U", _PITCH, 120,
)  # fmt: skip
_LEFT_REST: Final = ellipsoid((54, 6, 40), (62, 84, 134))


def chest_xr(visit: files.Visit) -> PhantomStudy:
    """Return a chest without a finding, in MONOCHROME1."""
    return _study(visit, Truth(), None, inverted=True)


def pneumothorax_xr(visit: files.Visit) -> PhantomStudy:
    """Return a chest with air around the left lung."""
    return _study(visit, Truth((Finding("pneumothorax", side="L"),)), _LEFT_REST, inverted=False)


def _study(visit: files.Visit, truth: Truth, collapsed: Solid | None, *, inverted: bool) -> PhantomStudy:
    def open_series() -> Callable[[int], bytes]:
        rng = noise.stream(visit.person.patient_id, "trunk")
        trunk = replace(Trunk.draw(rng), arms=organs.ARMS_DOWN, flesh=(), collapsed=collapsed)
        vessels = Vessels.grow(rng, trunk.wobbles)
        if collapsed is not None:
            vessels = vessels.within(collapsed, side=1)

        def make(_index: int) -> bytes:
            depth = _line_integral(trunk, vessels)
            started = visit.when + timedelta(minutes=2)
            return radiograph(visit, 1, _VIEW, _processed(depth, visit), started, inverted=inverted)

        return make

    return PhantomStudy(visit.key, visit.description, visit.uid("study"), 1, truth, open_series)


def _grid(step: int) -> tuple[FloatArray, FloatArray]:
    """Return the z of rows and the x of columns when ``step`` detector pixels make one."""
    pitch = _PITCH * step
    rows = _TOP_Z - (np.arange(_ROWS // step) + 0.5) * pitch
    columns = (np.arange(_COLUMNS // step) + 0.5) * pitch - _COLUMNS * _PITCH / 2
    return single(rows), single(columns)


def _line_integral(trunk: Trunk, vessels: Vessels) -> FloatArray:
    rows, columns = _grid(_COARSE)
    total = np.zeros((rows.size, columns.size), np.float32)
    spacing = float(_BEAM[1] - _BEAM[0])
    for y in _BEAM.tolist():
        canvas = Canvas.plane((2, rows), (0, columns), (1, y), soft=3.2)
        trunk.paint(canvas, _PALETTE)
        total += spacing * canvas.values
    rows, columns = _grid(_FINE)
    thin = vessels.radii.max(axis=1) < _THICKEST  # the thicker ones are solids of the trunk
    rods = rod_lengths(rows, columns, vessels.ends[thin][..., [0, 2, 1]], vessels.radii[thin])
    fine = enlarged(total, (rows.size, columns.size)) + rods * (_VESSEL_GAIN * (_BLOOD - _LUNG))
    return fine + _ribs(trunk, rows, columns)


def _ribs(trunk: Trunk, rows: FloatArray, columns: FloatArray) -> FloatArray:
    """Return what ribs add: cortex about marrow, each flatter than wide."""
    lines, widths = rib_lines(90)
    x, y, z = (lines[..., axis] for axis in range(3))
    ends = (lines - np.stack([waves.at(x, y, z) for waves in trunk.wobbles], axis=-1))[..., [0, 2, 1]]
    whole = rod_lengths(rows, columns, ends, widths)
    core = rod_lengths(rows, columns, ends, widths - _CORTEX)
    added = (0.044 - 0.0204) * (whole - core) + (0.0245 - 0.0204) * core
    return blurred(single(_RIB_GAIN * _FLATNESS * added), 1)


def _processed(depth: FloatArray, visit: files.Visit) -> FloatArray:
    """Expose, take the logarithm, and even it out as a workstation's processing does."""
    rng = noise.stream(visit.scope, visit.key, "grain")
    grain = np.tile(noise.tile(rng, 800, noise.smooth(0.45)), (3, 3))[:_ROWS, :_COLUMNS]
    mottle = np.tile(noise.tile(rng, 800, noise.power_law(2.0)), (2, 2))[: depth.shape[0], : depth.shape[1]]
    image = exposed(depth + 0.012 * mottle, 9000.0, 0.4, grain)
    return image + doubled(0.45 * slow(depth, 9) - 0.7 * (depth - blurred(depth, 4)))
