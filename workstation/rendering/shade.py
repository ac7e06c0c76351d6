"""From sampled values to device pixels: the look-up, and what lies around and upon the picture.

Shapes:  (rows, columns) of the display table's type for grey, (rows, columns, 3) uint8 for colour.
         A grey picture is sent as it is; it becomes colour only where something coloured is on it.
Errors:  WindowRefused (see ``dicom.voi``).
Source:  PS3.3 C.7.6.19 and C.8.16.2.1.1.1 (supplemental palettes). PS3.14 calibrates grey alone, so
         the display table leaves colours as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from workstation.dicom.colour import luminance
from workstation.dicom.modality import modality_values
from workstation.dicom.palette import Palette
from workstation.dicom.voi import Voi, apply_voi
from workstation.rendering.bands import in_bands
from workstation.rendering.look import Levels, Look, level_table, shown_values, whole_range
from workstation.rendering.picture import Domain
from workstation.rendering.resample import Mask, Sampled

Device = NDArray[Any]  # uint8, or uint16 where the screen is deeper
Rgb = tuple[int, int, int]

WHITE: Final = 255


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """A one-bit drawing on the picture, of the viewport's size, in one colour."""

    mask: Mask
    colour: Rgb


def shade(sampled: Sampled, look: Look) -> Device:
    """Return the device pixels of the whole viewport."""
    if sampled.domain is None:
        shown = _colours(sampled.values, look) if sampled.values.ndim == 3 else _float_levels(sampled, look)
        return _framed(shown, sampled, look)
    table = level_table(look, sampled.domain)
    if sampled.palette is not None:
        grey = table.astype(np.uint32) * WHITE // look.display.brightest
        colours = _with_colours(grey, sampled.domain, sampled.palette)
        return _framed(np.take(colours, sampled.values, axis=0), sampled, look)
    return _looked_up(sampled, table, look)


def draw(shaded: Device, planes: Sequence[Plane], look: Look) -> Device:
    """Return the picture with planes on it, in colour; as it is where nothing is drawn."""
    drawn = [plane for plane in planes if plane.mask.any()]
    if not drawn:
        return shaded
    picture = shaded.copy() if shaded.ndim == 3 else np.repeat(shaded[..., np.newaxis], 3, axis=2)
    brightest = WHITE if shaded.ndim == 3 else look.display.brightest
    for plane in drawn:
        picture[plane.mask] = [part * brightest // WHITE for part in plane.colour]
    return picture


def _looked_up(sampled: Sampled, table: Levels, look: Look) -> Device:
    from workstation.rendering import kernels

    shape = sampled.values.shape
    out = np.empty(sampled.size, dtype=table.dtype)
    if shape != sampled.size:
        out.fill(look.display.black)
    in_bands(shape, lambda rows: kernels.look_up(sampled.values, table, out, sampled.corner, rows))
    if sampled.padded is not None:
        _box(out, sampled)[sampled.padded] = look.display.black
    return out


def _framed(shown: Device, sampled: Sampled, look: Look) -> Device:
    """Put the picture into its viewport; what isn't picture is black."""
    black = 0 if shown.ndim == 3 else look.display.black
    if sampled.padded is not None:
        shown[sampled.padded] = black
    if shown.shape[:2] == sampled.size:
        return shown
    out = np.full((*sampled.size, *shown.shape[2:]), black, dtype=shown.dtype)
    _box(out, sampled)[...] = shown
    return out


def _box(out: Device, sampled: Sampled) -> Device:
    """Return the part of the viewport that shows the picture."""
    (top, left), (rows, columns) = sampled.corner, sampled.values.shape[:2]
    return out[top : top + rows, left : left + columns]


def _float_levels(sampled: Sampled, look: Look) -> Levels:
    values = sampled.values
    levels = np.empty(values.shape, dtype=look.display.levels.dtype)
    measured = values if sampled.padded is None else values[~sampled.padded]
    if look.voi is None and measured.size:
        look = replace(look, voi=whole_range(modality_values(measured, look.modality)))

    def fill(rows: tuple[int, int]) -> None:
        band = slice(*rows)
        levels[band] = look.display.apply(shown_values(values[band], look))

    in_bands(values.shape, fill)
    return levels


def _with_colours(grey: NDArray[np.uint32], domain: Domain, palette: Palette) -> NDArray[np.uint8]:
    """Return a table of colours: the palette's from its first value on, grey below."""
    mixed = np.repeat(grey[:, np.newaxis].astype(np.uint8), 3, axis=1)
    start = (palette.first - domain.low) << domain.fraction
    index = np.arange(max(0, start), len(mixed))
    mixed[index] = palette.apply(domain.low + (index >> domain.fraction))
    return mixed


def _colours(rgb: NDArray[np.uint8], look: Look) -> NDArray[np.uint8]:
    shown = rgb if look.voi is None else _windowed(rgb, look.voi)
    return WHITE - shown if look.inverted else shown


def _windowed(rgb: NDArray[np.uint8], voi: Voi) -> NDArray[np.uint8]:
    """Window the luminance and leave the colour: each of the three changes by as much."""
    bright = luminance(rgb)
    change = apply_voi(bright, voi) * WHITE - bright
    return np.clip(np.rint(rgb + change[..., np.newaxis]), 0, WHITE).astype(np.uint8)
