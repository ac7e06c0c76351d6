"""Overlay planes: one-bit graphics that the sender laid over the picture (groups 60xx).

They hold measurements, regions and burnt-in text of scanners and older workstations. Where they
aren't shown, the reader misses what a colleague drew.

Units:   pixels of the image; the origin counts from 1 and may lie outside the picture.
Shapes:  a plane is a bool array (rows, columns) of the *image*, whatever the overlay's own size.
Errors:  Malformed (see ``lut``), caught by ``lookups``.
Source:  PS3.3 C.9.2 (Overlay Plane), C.9.3 (Multi-frame Overlay); PS3.5 8.1.2 (bit order);
         PS3.3-2004 C.9.2 and PS3.5-2004 8.1.2 for planes in unused bits of the pixels, since retired.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

from workstation.dicom.lut import Malformed, words
from workstation.dicom.model import PixelFormat

Mask = NDArray[np.bool_]
Words = NDArray[np.unsignedinteger]

GROUPS: Final = range(0x6000, 0x6020, 2)

_ROWS: Final = 0x0010
_COLUMNS: Final = 0x0011
_FRAMES: Final = 0x0015
_DESCRIPTION: Final = 0x0022
_TYPE: Final = 0x0040
_ORIGIN: Final = 0x0050
_FRAME_ORIGIN: Final = 0x0051
_BIT_POSITION: Final = 0x0102
_LABEL: Final = 0x1500
_DATA: Final = 0x3000


@dataclass(frozen=True, slots=True, eq=False)
class Overlay:
    """One overlay group.

    ``packed`` are its bits, eight to a byte, the first pixel in the lowest bit; None for a plane
    that lies in bit ``bit_position`` of the pixels themselves.
    """

    group: int
    rows: int
    columns: int
    origin: tuple[int, int]  # (row, column) of its first pixel in the image, from 1
    kind: Literal["graphics", "region"]
    description: str = ""
    frames: int | None = None  # None: one plane for every frame of the image
    first_frame: int = 0  # of the image, counted from 0
    packed: NDArray[np.uint8] | None = None
    bit_position: int = 0

    @property
    def embedded(self) -> bool:
        """Whether the plane lies in the pixels, which then must be read with all their bits."""
        return self.packed is None

    def applies_to(self, frame: int) -> bool:
        """Tell whether the overlay has something to say about a frame, counted from 0 (C.9.3.1)."""
        return self.frames is None or 0 <= frame - self.first_frame < self.frames

    def plane(self, frame: int, rows: int, columns: int, stored_words: Words | None = None) -> Mask:
        """Return the plane as it lies on a frame of the image of that size.

        ``stored_words``: the frame's pixels with all allocated bits, for an embedded overlay
        (decoded under ``whole_words``).
        """
        shown = np.zeros((rows, columns), dtype=np.bool_)
        down, across = (
            _common(self.origin[0], self.rows, rows),
            _common(self.origin[1], self.columns, columns),
        )
        if down is not None and across is not None and self.applies_to(frame):
            shown[down[0], across[0]] = self._bits(frame, down[1], stored_words)[:, across[1]]
        return shown

    def _bits(self, frame: int, rows: slice, stored_words: Words | None) -> Mask:
        """Return some of the overlay's own rows."""
        if self.packed is not None:
            turn = 0 if self.frames is None else frame - self.first_frame
            start = (turn * self.rows + rows.start) * self.columns
            end = start + (rows.stop - rows.start) * self.columns
            loose = np.unpackbits(self.packed[start // 8 : (end + 7) // 8], bitorder="little")
            return loose[start % 8 :][: end - start].reshape(-1, self.columns).astype(np.bool_)
        if stored_words is None:
            raise ValueError("an embedded overlay needs the pixels with all their bits")
        bits = (stored_words >> np.uint8(self.bit_position)) & np.uint8(1)
        return bits[rows, : self.columns].astype(np.bool_)


def overlay_number(group: int) -> int:
    """Return by which number a reader knows an overlay: group 6000 is the first."""
    return GROUPS.index(group) + 1


def whole_words(pixel: PixelFormat) -> PixelFormat:
    """Return the format under which a decoder delivers all allocated bits, overlays included."""
    return replace(pixel, bits_stored=pixel.bits_allocated, high_bit=pixel.bits_allocated - 1, signed=False)


def read_overlay(dataset: Dataset, group: int, *, big_endian: bool) -> Overlay:
    """Read one overlay group of an image."""
    plane = {element.tag.element: element for element in dataset.group_dataset(group)}
    rows, columns = _number(plane, _ROWS), _number(plane, _COLUMNS)
    frames = _number(plane, _FRAMES) if _FRAMES in plane else None
    if min(rows, columns, frames or 1) < 1:
        raise Malformed(f"its size is {rows} × {columns}, its frames are {frames or 1}")
    bits, position = rows * columns * (frames or 1), _number(plane, _BIT_POSITION, 0)
    packed = _packed(plane[_DATA], bits, big_endian=big_endian) if _DATA in plane else None
    overlay = Overlay(
        group=group,
        rows=rows,
        columns=columns,
        origin=_origin(plane.get(_ORIGIN)),
        kind="region" if _text(plane, _TYPE) == "R" else "graphics",
        description=_text(plane, _LABEL) or _text(plane, _DESCRIPTION),
        frames=frames,
        first_frame=_number(plane, _FRAME_ORIGIN, 1) - 1,
        packed=packed,
        bit_position=position,
    )
    if overlay.embedded:
        _check_embedded(dataset, overlay)
    return overlay


def _common(first: int, size: int, room: int) -> tuple[slice, slice] | None:
    """Return where in the image, and where in the overlay, the two lie on each other along one axis."""
    start = first - 1
    low, high = max(start, 0), min(start + size, room)
    return (slice(low, high), slice(low - start, high - start)) if low < high else None


def _packed(element: DataElement, bits: int, *, big_endian: bool) -> NDArray[np.uint8]:
    """Return the overlay's bytes, the first pixel in the lowest bit of the first (PS3.5 8.1.2)."""
    swapped = big_endian and element.VR != "OB"
    data = words(element, big_endian=swapped).astype("<u2").view(np.uint8)
    if data.size * 8 < bits:
        raise Malformed(f"it has {data.size} bytes for {bits} pixels")
    kept = data[: (bits + 7) // 8].copy()
    kept.setflags(write=False)
    return kept


def _check_embedded(dataset: Dataset, overlay: Overlay) -> None:
    """Refuse a bit that the image itself uses or hasn't got, and a plane that isn't the image's size."""
    rows, columns, allocated, stored, high = (
        int(dataset.get(name, 0)) for name in ("Rows", "Columns", "BitsAllocated", "BitsStored", "HighBit")
    )
    position = overlay.bit_position
    if not 0 <= position < allocated or high - stored < position <= high:
        raise Malformed(f"it has no data, and bit {position} of the pixels is not free for it")
    if (overlay.rows, overlay.columns, overlay.origin) != (rows, columns, (1, 1)):
        raise Malformed("it has no data, and lies otherwise than the pixels that are to hold it")


def _origin(element: DataElement | None) -> tuple[int, int]:
    if element is None:
        return 1, 1
    values = words(element).astype(np.int16)
    if values.size != 2:
        raise Malformed(f"its origin has {values.size} values instead of 2")
    return int(values[0]), int(values[1])


def _number(plane: Mapping[int, DataElement], element: int, otherwise: int | None = None) -> int:
    value = plane[element].value if element in plane else otherwise
    if value is None:
        raise Malformed(f"it has no (60xx,{element:04X})")
    return int(value)


def _text(plane: Mapping[int, DataElement], element: int) -> str:
    return str(plane[element].value or "").strip() if element in plane else ""
