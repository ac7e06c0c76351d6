"""Tables and overlays on their way from a worker: small values as JSON, arrays through shared memory.

A table that several frames share crosses once and is one object again on the other side. What comes
back is believed as little as a file is: every number is checked before it is used.

Errors:  ValueError, TypeError or KeyError for a reply that is not of this form.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from workstation.dicom.lookups import Lookups
from workstation.dicom.lut import ENTRY_BITS, WORD, Lut
from workstation.dicom.overlay import GROUPS, Overlay
from workstation.dicom.palette import Palette

Json = dict[str, Any]

_EVERY: Final = 2  # bytes: arrays begin at whole words
_SIDES: Final = range(1, WORD)
_COUNTS: Final = range(1, 1 << 31)


def most_room(length: int) -> int:
    """Return how much room the tables of a file of that length can need.

    Overlays and tables need what they take in the file, tables of packed bytes twice that, segmented
    palettes a fixed amount, planes in unused bits an eighth of the pixels at most; a deflated
    header is longer than its file.
    """
    return 4 * length + (16 << 20)


def pack(found: Lookups, target: memoryview) -> Json:
    """Write the arrays into ``target`` and return the rest, or {"needs": bytes} where it is too small."""
    arrays = _Arrays(target)
    tables = {id(table): table for table in (found.modality, *_all(found)) if table is not None}
    numbers = {identity: number for number, identity in enumerate(tables)}
    reply = {
        "tables": [_lut(table, arrays) for table in tables.values()],
        "modality": None if found.modality is None else numbers[id(found.modality)],
        "voi": [[numbers[id(table)] for table in frame] for frame in found.voi],
        "palette": _palette(found.palette, arrays),
        "overlays": [_overlay(overlay, arrays) for overlay in found.overlays],
        "notes": list(found.notes),
    }
    return reply if arrays.needed <= len(target) else {"needs": arrays.needed}


def unpack(reply: Json, source: memoryview) -> Lookups:
    """Return what ``pack`` was given; its arrays are copies."""
    tables = [_lut_of(parts, source) for parts in reply["tables"]]
    return Lookups(
        modality=None if reply["modality"] is None else tables[_index(reply["modality"], len(tables))],
        voi=tuple(tuple(tables[_index(n, len(tables))] for n in frame) for frame in reply["voi"]) or ((),),
        palette=None if reply["palette"] is None else _palette_of(reply["palette"], source),
        overlays=tuple(_overlay_of(parts, source) for parts in reply["overlays"]),
        notes=tuple(str(note) for note in reply["notes"]),
    )


class _Arrays:
    """The room that arrays are written into, one after the other."""

    def __init__(self, target: memoryview) -> None:
        self._target = target
        self.needed = 0

    def put(self, array: NDArray[Any]) -> list[int]:
        """Write an array, if there is room, and return its (offset, length) in bytes."""
        data = array.tobytes()
        start, end = self.needed, self.needed + len(data)
        if end <= len(self._target):
            self._target[start:end] = data
        self.needed = end + len(data) % _EVERY
        return [start, len(data)]


def _all(found: Lookups) -> list[Lut]:
    return [table for frame in found.voi for table in frame]


def _lut(table: Lut, arrays: _Arrays) -> list[Any]:
    return [table.first, table.bits, table.explanation, arrays.put(table.entries.astype("<u2"))]


def _lut_of(parts: list[Any], source: memoryview) -> Lut:
    first, bits, explanation, place = parts
    entries = _array(source, place, "<u2").astype(np.uint16)
    if not 1 <= entries.size <= WORD or int(entries.max()) >> bits:
        raise ValueError("a table that no file can hold")
    return Lut(_within(first, range(-WORD, WORD)), entries, _within(bits, ENTRY_BITS), str(explanation))


def _palette(palette: Palette | None, arrays: _Arrays) -> list[Any] | None:
    if palette is None:
        return None
    return [palette.first, palette.supplemental, arrays.put(palette.colours)]


def _palette_of(parts: list[Any], source: memoryview) -> Palette:
    first, supplemental, place = parts
    colours = _array(source, place, "u1").reshape(-1, 3)
    if not 1 <= len(colours) <= WORD:
        raise ValueError("a palette that no file can hold")
    return Palette(_within(first, range(-WORD, WORD)), colours, bool(supplemental))


def _overlay(overlay: Overlay, arrays: _Arrays) -> list[Any]:
    if overlay.packed is None:
        raise ValueError("an overlay without bits of its own can't travel")
    return [
        overlay.group,
        overlay.rows,
        overlay.columns,
        list(overlay.origin),
        overlay.kind,
        overlay.description,
        overlay.frames,
        overlay.first_frame,
        arrays.put(overlay.packed),
    ]


def _overlay_of(parts: list[Any], source: memoryview) -> Overlay:
    group, rows, columns, (down, across), kind, description, frames, first_frame, place = parts
    packed = _array(source, place, "u1")
    packed.setflags(write=False)
    planes = 1 if frames is None else _within(frames, _COUNTS)
    if packed.size * 8 < _within(rows, _SIDES) * _within(columns, _SIDES) * planes:
        raise ValueError("an overlay with fewer bits than pixels")
    return Overlay(
        group=_within(group, GROUPS),
        rows=rows,
        columns=columns,
        origin=(int(down), int(across)),
        kind="region" if kind == "region" else "graphics",
        description=str(description),
        frames=frames,
        first_frame=int(first_frame),
        packed=packed,
    )


def _array(source: memoryview, place: list[int], dtype: str) -> NDArray[Any]:
    offset, length = place
    if not 0 <= offset <= offset + length <= len(source):
        raise ValueError("an array outside its room")
    return np.frombuffer(source[offset : offset + length], dtype).copy()


def _within(number: object, allowed: range) -> int:
    # Only whole numbers are looked up in a range; anything else is compared with each of its numbers.
    if not isinstance(number, int) or number not in allowed:
        raise ValueError("a number that no file can hold")
    return number


def _index(number: int, count: int) -> int:
    return _within(number, range(count))
