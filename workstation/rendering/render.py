"""One call from a frame to what the viewport blits, for whoever keeps nothing in between.

A viewport that is dragged keeps the ``Sampled`` and shades it again; a thumbnail, an export or a
test renders.
"""

from __future__ import annotations

from collections.abc import Sequence

from workstation.rendering.filters import Interpolation
from workstation.rendering.look import Look
from workstation.rendering.picture import Picture
from workstation.rendering.placement import Placement
from workstation.rendering.resample import resample
from workstation.rendering.shade import Device, Plane, draw, shade


def render(
    picture: Picture,
    look: Look,
    placement: Placement,
    *,
    planes: Sequence[Plane] = (),
    interpolation: Interpolation = "cubic",
) -> Device:
    """Return the device pixels of the whole viewport, grey (rows, columns) or colour (…, 3)."""
    return draw(shade(resample(picture, placement, interpolation), look), planes, look)
