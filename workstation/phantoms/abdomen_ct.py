"""CT of abdomen and pelvis with contrast: no finding, a night's routine."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from workstation.phantoms import files
from workstation.phantoms.ct import Protocol, ct_series
from workstation.phantoms.ct_trunk import PORTAL_PHASE, Scene, trunk_ct
from workstation.phantoms.study import PhantomStudy, Truth

_PROTOCOL: Final = Protocol(
    "Abdomen pelvis 4 mm", "ABDOMEN", bottom=-382.0, count=104, step=4.0, field=390.0, noise=9.0,
    windows=((50, 400, "ABDOMEN"), (90, 150, "LIVER"), (450, 1800, "BONE")), contrast="Invented 350",
)  # fmt: skip


def abdomen_ct(visit: files.Visit) -> PhantomStudy:
    """Return the scan from the diaphragm to the hips."""

    def open_series() -> Callable[[int], bytes]:
        scene = Scene.draw(visit.person.patient_id, (0.0, 0.0, 0.0), None)
        slicer = trunk_ct(_PROTOCOL, scene, PORTAL_PHASE, visit.scope, visit.key)
        return ct_series(visit, 2, _PROTOCOL, slicer, visit.when + timedelta(minutes=6))

    return PhantomStudy(
        visit.key, visit.description, visit.uid("study"), _PROTOCOL.count, Truth(), open_series
    )
