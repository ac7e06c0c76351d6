"""Palette colour: stored integers that are indices into a table of colours.

Doppler and many secondary captures come this way. An index is not a brightness, so these pixels are
never windowed and never interpolated.

Units:   stored values in; red, green, blue of 0–255 out. Entries of 16 bits keep their upper byte;
         an alpha table is ignored, as C.7.9 has it for images that are not blended.
Shapes:  ``colours`` (n, 3), uint8, read-only; ``apply`` adds a last axis of 3.
Errors:  Malformed (see ``lut``), caught by ``lookups``.
Source:  PS3.3 C.7.6.3.1.5, C.7.6.3.1.6 (palettes), C.7.9.2 (segmented palettes), C.7.6.19 and
         C.8.16.2.1.1.1 (supplemental palettes: only from ``first`` on, grey below).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydicom.dataset import Dataset

from workstation.dicom.lut import Descriptor, Entries, Malformed, read_descriptor, read_entries, words

Colours = NDArray[np.uint8]

CHANNELS: Final = ("Red", "Green", "Blue")

# Words that a segment may need for a single entry, an indirect one of 8 bits the most.
LONGEST_SEGMENT: Final = 6

_DISCRETE: Final = 0
_LINEAR: Final = 1
_INDIRECT: Final = 2


@dataclass(frozen=True, slots=True, eq=False)
class Palette:
    """A table of colours: inputs below ``first`` take the first one, beyond the end the last."""

    first: int
    colours: Colours
    supplemental: bool = False  # values below ``first`` are grey and go through the window instead

    def __post_init__(self) -> None:
        self.colours.setflags(write=False)

    def apply(self, stored: ArrayLike) -> Colours:
        """Return the colour of each stored value."""
        index = np.asarray(stored).astype(np.intp) - self.first
        return np.take(self.colours, index, axis=0, mode="clip")


def read_palette(dataset: Dataset, *, signed: bool, big_endian: bool, supplemental: bool) -> Palette:
    """Read the three tables of a dataset, segmented or plain."""
    columns: list[Colours] = []
    firsts: set[int] = set()
    for channel in CHANNELS:
        descriptor, entries = _read_channel(dataset, channel, signed=signed, big_endian=big_endian)
        columns.append((entries >> (descriptor.bits - 8)).astype(np.uint8))
        firsts.add(descriptor.first)
    if len(firsts) > 1 or len({column.size for column in columns}) > 1:
        raise Malformed("its red, green and blue tables differ in length or start")
    return Palette(firsts.pop(), np.stack(columns, axis=1), supplemental)


def _read_channel(
    dataset: Dataset, channel: str, *, signed: bool, big_endian: bool
) -> tuple[Descriptor, Entries]:
    stem = f"{channel}PaletteColorLookupTable"
    if f"{stem}Descriptor" not in dataset:
        raise Malformed(f"its {channel.lower()} table has no descriptor")
    descriptor = read_descriptor(dataset[f"{stem}Descriptor"], signed=signed)
    if descriptor.bits not in (8, 16):
        raise Malformed(f"its entries are said to have {descriptor.bits} bits")
    if f"{stem}Data" in dataset:
        return descriptor, read_entries(dataset[f"{stem}Data"], descriptor, big_endian=big_endian)
    if f"Segmented{stem}Data" not in dataset:
        raise Malformed(f"its {channel.lower()} table has no entries")
    packed = words(dataset[f"Segmented{stem}Data"], big_endian=big_endian)
    return descriptor, expand(packed, descriptor)


def expand(segments: Entries, descriptor: Descriptor) -> Entries:
    """Expand a segmented table into its entries (C.7.9.2).

    ``segments`` are the words of the element; 8-bit values lie two to a word.
    """
    parts = segments.astype("<u2").view(np.uint8) if descriptor.bits == 8 else segments
    if parts.size > LONGEST_SEGMENT * descriptor.count + 1:
        raise Malformed(f"its segments are longer than {descriptor.count} entries can be")
    entries: list[int] = []
    for piece in _pieces([int(part) for part in parts], descriptor.bits, entries):
        entries.extend(piece)
        if len(entries) > descriptor.count:
            raise Malformed(f"its segments expand to more than {descriptor.count} entries")
    if len(entries) != descriptor.count:
        raise Malformed(f"its segments expand to {len(entries)} entries of {descriptor.count}")
    return np.array(entries, dtype=np.uint16)


def _pieces(parts: Sequence[int], bits: int, so_far: Sequence[int]) -> Iterator[Sequence[int]]:
    """Yield the entries of one segment after the other; ``so_far`` grows between the steps."""
    at = 0
    while at + 1 < len(parts):  # a lone last value is the pad byte
        if parts[at] != _INDIRECT:
            at, piece = _segment(parts, at, so_far)
            yield piece
            continue
        count, (target, at) = parts[at + 1], _offset(parts, at + 2, bits)
        for _ in range(count):
            target, piece = _segment(parts, target, so_far)
            yield piece


def _segment(parts: Sequence[int], at: int, so_far: Sequence[int]) -> tuple[int, Sequence[int]]:
    """Return where the next segment starts, and the entries of the discrete or linear one at ``at``."""
    if at + 2 >= len(parts):
        raise Malformed("its last segment is cut off")
    opcode, length, data = parts[at], parts[at + 1], at + 2
    if length == 0:
        raise Malformed("it has an empty segment")
    if opcode == _DISCRETE:
        if data + length > len(parts):
            raise Malformed("its last segment is cut off")
        return data + length, parts[data : data + length]
    if opcode != _LINEAR:
        raise Malformed(f"it has a segment of type {opcode} where none is allowed")
    if not so_far:
        raise Malformed("it begins with a linear segment")
    return data + 1, _line(so_far[-1], parts[data], length)


def _line(start: int, end: int, length: int) -> Sequence[int]:
    """Return ``length`` values on the way from ``start``, not included, to ``end`` (C.7.9.2.2)."""
    return [int(value) for value in np.around(np.linspace(start, end, length + 1)[1:])]


def _offset(parts: Sequence[int], at: int, bits: int) -> tuple[int, int]:
    """Return the index that an indirect segment points to, and where the next segment starts.

    It is written as a byte offset, the least significant part first (C.7.9.2.3).
    """
    size = 4 * 8 // bits
    if at + size > len(parts):
        raise Malformed("its last segment is cut off")
    offset = sum(part << (bits * n) for n, part in enumerate(parts[at : at + size]))
    return offset * 8 // bits, at + size
