"""CT of chest and abdomen with a nodule that has grown since the scan six months before.

Source:  the nodule's size, place and Hounsfield units are this module's own: they are the truth.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from workstation.phantoms import files
from workstation.phantoms.canvas import Point
from workstation.phantoms.ct import Protocol, ct_series
from workstation.phantoms.ct_trunk import PORTAL_PHASE, Ball, Scene, trunk_ct
from workstation.phantoms.study import PhantomStudy, Truth

_IN_BODY: Final[Point] = (-78.0, 28.0, 118.0)  # right upper lobe
_NODULE_HU: Final = 38.0
_PROTOCOL: Final = Protocol(
    "Chest abdomen 1.6 mm", "CHEST", bottom=-144.0, count=224, step=1.6, field=400.0, noise=12.0,
    windows=((40, 400, "SOFT TISSUE"), (-600, 1500, "LUNG"), (450, 1800, "BONE")), contrast="Invented 350",
)  # fmt: skip
_SHIFT: Final[Point] = (4.0, -3.0, 7.5)  # how the patient lay on the table half a year ago


def chest_ct(visit: files.Visit) -> PhantomStudy:
    """Return tonight's scan: a nodule of 12.0 mm."""
    return _study(visit, 12.0, (0.0, 0.0, 0.0))


def chest_ct_prior(visit: files.Visit) -> PhantomStudy:
    """Return the scan of six months ago: the same patient, the nodule 8.0 mm."""
    return _study(visit, 8.0, _SHIFT)


def _study(visit: files.Visit, diameter: float, shift: Point) -> PhantomStudy:
    ball = Ball(_IN_BODY, diameter, _NODULE_HU)
    truth = Truth((ball.finding("nodule", "HU", "R", shift),))

    def open_series() -> Callable[[int], bytes]:
        scene = Scene.draw(visit.person.patient_id, shift, ball)
        slicer = trunk_ct(_PROTOCOL, scene, PORTAL_PHASE, visit.scope, visit.key)
        return ct_series(visit, 2, _PROTOCOL, slicer, visit.when + timedelta(minutes=4))

    return PhantomStudy(visit.key, visit.description, visit.uid("study"), _PROTOCOL.count, truth, open_series)
