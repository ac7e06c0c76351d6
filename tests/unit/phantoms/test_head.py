from __future__ import annotations

import numpy as np
import pytest

from workstation.phantoms.canvas import Canvas
from workstation.phantoms.head import Head, Push
from workstation.phantoms.noise import FloatArray, single, stream

MATERIALS = [
    "air",
    "skin",
    "fat",
    "muscle",
    "bone",
    "diploe",
    "fluid",
    "grey",
    "white",
    "stem",
    "falx",
    "vessel",
    "vein",
    "vitreous",
    "sclera",
    "lens",
    "cells",
    "calcium",
]
PLACES = single(-118 + np.arange(128) * 1.85)


def share_of(material: str, head: Head, height: float) -> FloatArray:
    """Return how much of each pixel is that material, by painting it 1 and everything else 0."""
    palette = dict.fromkeys((*MATERIALS, "deep grey"), 0.0) | {material: 1.0}
    canvas = Canvas.plane((1, PLACES), (0, PLACES), (2, height), soft=1.2)
    head.paint(canvas, palette)
    return canvas.values


def test_tissue_comes_from_nearer_the_centre_of_what_pushes_it() -> None:
    push = Push((0.0, 0.0, 0.0), by=6.0, rim=20.0)
    at_rim, far, middle = (
        push.back([single([x]), single([0.0]), single([0.0])])[0][0] for x in (20.0, 250.0, 0.0)
    )

    assert at_rim == pytest.approx(14.0, abs=0.01)
    assert far == pytest.approx(250.0, abs=0.1)
    assert middle == pytest.approx(0.0, abs=0.01)


def test_a_push_from_the_right_shifts_the_third_ventricle_to_the_left() -> None:
    """LPS: x rises to the patient's left."""
    whole = Head.draw(stream("head"))
    near = (np.abs(PLACES) < 9)[None, :] & (np.abs(PLACES - 2) < 9)[:, None]
    middles = []
    for head in (whole, whole.pushed(Push((-30.0, 0.0, 4.0), by=7.5, rim=20.0))):
        fluid = share_of("fluid", head, 0.0) * near
        middles.append(float((fluid * PLACES).sum() / fluid.sum()))

    assert middles[1] - middles[0] > 1.5


def test_cortex_has_a_thickness_that_anatomists_find() -> None:
    """2 to 4 mm (von Economo): grey area over half the length of its two faces, above the ventricles."""
    head = Head.draw(stream("head"))
    grey, white = share_of("grey", head, 42.0), share_of("white", head, 42.0)
    pitch = float(PLACES[1] - PLACES[0])
    face = np.abs(np.diff(white, axis=0)).sum() * pitch + np.abs(np.diff(white, axis=1)).sum() * pitch

    # Steps along rows and columns overstate the length of a line in any direction by 4/pi.
    assert 2.0 < grey.sum() * pitch**2 / (face * np.pi / 4) < 4.5
    assert 0.3 < white.sum() / (white.sum() + grey.sum()) < 0.75
