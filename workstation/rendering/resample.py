"""From the pixels of a frame to those of the viewport, before any grey is chosen.

Scaling comes before the look-up, so that dragging the window only looks up again. What lies
outside the picture is known by its box, never by a value: 0 is a value like any other.

Shapes:  ``Sampled.values`` cover the box only; ``size`` is the viewport's (rows, columns).
Errors:  PictureRefused for a placement that was made for a picture of another size.
Source:  PS3.3 C.7.5.1.1.2 (padding takes no part in what is shown).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workstation.dicom.palette import Palette
from workstation.rendering.arguments import Padding, Steps
from workstation.rendering.bands import in_bands
from workstation.rendering.errors import PictureRefused
from workstation.rendering.filters import Interpolation, taps_of
from workstation.rendering.picture import Domain, Picture
from workstation.rendering.placement import Lay, Placement

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Sampled:
    """A picture at the viewport's own pixels, waiting for its grey or colour.

    ``values`` are indices of ``domain``, floats, or red, green and blue. ``padded`` is True where
    nothing was measured, None if that is nowhere.
    """

    values: NDArray[Any]
    domain: Domain | None
    palette: Palette | None
    padded: Mask | None
    corner: tuple[int, int]  # (row, column) of the viewport at which the values begin
    size: tuple[int, int]

    def __post_init__(self) -> None:
        self.values.setflags(write=False)  # colours that nothing changes are shown as they lie here


def resample(picture: Picture, placement: Placement, interpolation: Interpolation = "cubic") -> Sampled:
    """Return the picture at the device pixels of its placement.

    Where some values stand for colours and others for greys, nothing lies between them: such a
    picture is always copied.
    """
    if (picture.rows, picture.columns) != (placement.rows, placement.columns):
        raise PictureRefused(
            f"A picture of {picture.rows} × {picture.columns} pixels was placed as one of "
            f"{placement.rows} × {placement.columns}"
        )
    across, down = placement.across, placement.down
    lays = (across, down) if placement.turned else (down, across)  # along the picture's columns, its rows
    padded: Mask | None = None
    if picture.coloured:
        values = _mix_colours(picture, *lays, interpolation)
    else:
        values, padded = _weigh(picture, *lays, "nearest" if picture.palette else interpolation)
    if placement.turned:
        values = np.ascontiguousarray(values.swapaxes(0, 1))
        padded = None if padded is None else padded.T
    return Sampled(
        values=values,
        domain=picture.domain,
        palette=picture.palette,
        padded=padded,
        corner=(down.first, across.first),
        size=(down.device, across.device),
    )


def resample_mask(mask: Mask, placement: Placement) -> Mask:
    """Return an overlay plane at all pixels of the viewport, shape (height, width), crisp.

    Where the picture shrinks, a device pixel is drawn if any pixel under it is, so that thin lines
    stay.
    """
    from workstation.rendering import kernels

    shown = np.zeros((placement.height, placement.width), dtype=np.bool_)
    across, down = placement.across, placement.down
    box = shown[down.first : down.last, across.first : across.last]
    drawn = np.empty(box.T.shape if placement.turned else box.shape, dtype=np.bool_)
    lays = (across, down) if placement.turned else (down, across)  # along the picture's columns, its rows
    rise, run = (_covered(lay) for lay in lays)
    plane = np.ascontiguousarray(mask)
    in_bands(drawn.shape, lambda rows: kernels.cover(plane, rise, run, drawn, rows))
    box[...] = drawn.T if placement.turned else drawn
    return shown


def _covered(lay: Lay) -> NDArray[np.int32]:
    """Return for each device pixel its first source pixel and the one after its last, shape (2, n).

    Enlarged, it is the one under the centre; shrunk, all that lie under any part of it, and for the
    last also those under the half device pixel that is no longer shown.
    """
    if lay.scale >= 1:
        start = taps_of(lay, "nearest").start
        return np.stack([start, start + 1])
    edges = (np.arange(lay.first, lay.last + 1) - lay.origin) / lay.scale
    spans = np.stack([np.floor(edges[:-1]), np.ceil(edges[1:])]).astype(np.int32)
    spans[1, -1:] = math.ceil((lay.last + 0.5 - lay.origin) / lay.scale)
    spans = np.minimum(spans, lay.source)
    return lay.source - spans[::-1] if lay.reversed else spans


def _weigh(
    picture: Picture, down: Lay, over: Lay, interpolation: Interpolation
) -> tuple[NDArray[Any], Mask | None]:
    """Weigh values together, leaving padding out; also tell where padding prevails."""
    from workstation.rendering import kernels

    shape = (down.last - down.first, over.last - over.first)
    double = picture.domain is None
    values = np.empty(shape, dtype=np.float64 if double else np.uint16)
    padding = _padding(picture)
    padded = np.zeros(shape if padding.present else (1, 1), dtype=np.bool_)
    if values.size:
        rise = taps_of(down, interpolation, double=double)
        run = taps_of(over, interpolation, double=double)
        steps = _steps(picture.domain)
        in_bands(
            shape,
            lambda rows: kernels.resample(picture.pixels, rise, run, steps, padding, values, padded, rows),
        )
    if not padding.present or not padded.any():
        return values, None
    if double:
        values[padded] = 0  # no NaN leaves here
    return values, padded


def _mix_colours(picture: Picture, down: Lay, over: Lay, interpolation: Interpolation) -> NDArray[np.uint8]:
    from workstation.rendering import kernels

    colours = np.empty((down.last - down.first, over.last - over.first, 3), dtype=np.uint8)
    if colours.size:
        rise, run = taps_of(down, interpolation), taps_of(over, interpolation)
        source = picture.pixels.reshape(picture.rows, -1)
        in_bands(colours.shape, lambda rows: kernels.resample_colour(source, rise, run, colours, rows))
    return colours


def _steps(domain: Domain | None) -> Steps:
    """Return how a weighted value becomes an index, rounded; without a domain it stays itself."""
    if domain is None:
        return Steps(*np.array([0.0, 1.0, -np.inf, np.inf]))
    factor = float(1 << domain.fraction)
    return Steps(*np.array([domain.low - 0.5 / factor, factor, 0.0, domain.top], dtype=np.float32))


def _padding(picture: Picture) -> Padding:
    kind = picture.pixels.dtype.type
    if picture.domain is None:
        low, high = picture.padding or (np.inf, -np.inf)
        present = picture.padding is not None or bool(np.isnan(picture.pixels).any())
        return Padding(present, kind(low), kind(high))
    least, greatest = picture.domain.low, picture.domain.high
    low, high = sorted(picture.padding or (greatest + 1, greatest + 1))
    if high < least or low > greatest:
        return Padding(present=False, low=kind(0), high=kind(0))
    return Padding(present=True, low=kind(max(low, least)), high=kind(min(high, greatest)))
