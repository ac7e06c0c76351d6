"""Where the frames lie in a file of which only the beginning is here, so that single frames can continue it.

| pixels                        | a frame stands in the file as                  |
|-------------------------------|------------------------------------------------|
| native, little endian         | its bytes, all of the same length              |
| encapsulated                  | one fragment: an item's head, its bytes, padded |

An offset table says how long a fragment has to be. Without one, each fragment that is here has to begin as a
codestream does (a fragment of RLE is a frame by definition). Nothing is said of other pixels: deflated, big
endian, bits in rows without gaps, video, frames in several fragments.

Units:   bytes from the start of the file.
Errors:  DicomRefused where what is here contradicts the above.
Source:  PS3.5 8.1.1 (native), A.4 (fragments, basic offset table), G.2 (RLE), PS3.3 C.7.6.3.1.8 (extended
         offset table).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from struct import Struct
from typing import Final, TypeAlias

import numpy as np

from workstation.dicom.attributes import integer, text
from workstation.dicom.elements import Element, Walker
from workstation.dicom.errors import DicomRefused, malformed
from workstation.dicom.frame_table import begins_codestream
from workstation.dicom.header import read_header
from workstation.dicom.layout import (
    DEFLATED,
    EXPLICIT_BIG,
    IMPLICIT_LITTLE,
    PREAMBLE,
    Layout,
    has_preamble,
)
from workstation.dicom.limits import DEFAULT_LIMITS
from workstation.dicom.syntaxes import SUPPORTED

_PIXEL_DATA: Final = 0x7FE0_0010
_EXTENDED_OFFSETS: Final = 0x7FE0_0001
_SYNTAX: Final = 0x0002_0010
_ITEM_HEAD: Final = Struct("<HHI")
_ITEM: Final = (0xFFFE, 0xE000)
_END_OF_ITEMS: Final = _ITEM_HEAD.pack(0xFFFE, 0xE0DD, 0)
_MOST_FRAMES: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class NativeSlots:
    """Frames of one length, one behind the other."""

    start: int
    count: int
    length: int
    tail: bytes

    @property
    def end(self) -> int:
        """Return where the pixel data end."""
        return self.start + self.count * self.length + len(self.tail)

    def whole(self, data: memoryview) -> tuple[int, int]:
        """Count what is here."""
        count = min(self.count, max(0, len(data) - self.start) // self.length)
        return count, self.start + count * self.length

    def written(self, frame: int, pixels: bytes | bytearray) -> bytes | bytearray | None:
        """Return the frame itself, if it has the length."""
        del frame
        return pixels if len(pixels) == self.length else None


@dataclass(frozen=True, slots=True)
class FragmentSlots:
    """Frames of one fragment each; ``starts`` are those of their items, () where no table says them."""

    start: int
    count: int
    starts: tuple[int, ...]
    is_rle: bool
    tail: bytes = _END_OF_ITEMS
    end: None = None

    def whole(self, data: memoryview) -> tuple[int, int]:
        """Walk the items that are here."""
        count, position = 0, self.start
        while count < self.count and position + _ITEM_HEAD.size <= len(data):
            *tag, length = _ITEM_HEAD.unpack_from(data, position)
            begin, end = position + _ITEM_HEAD.size, position + _ITEM_HEAD.size + length
            if tuple(tag) != _ITEM or not self._fits(count, length):
                raise _unlike()
            if end > len(data):
                break
            if not self._begins(data[begin:end]):
                raise _unlike()
            count, position = count + 1, end
        return count, position

    def written(self, frame: int, pixels: bytes | bytearray) -> bytes | bytearray | None:
        """Return the frame in an item of its own."""
        padding = b"\0" * (len(pixels) % 2)
        length = len(pixels) + len(padding)
        if not self._fits(frame, length) or not self._begins(memoryview(pixels)):
            return None
        return b"".join((_ITEM_HEAD.pack(*_ITEM, length), pixels, padding))

    def _fits(self, frame: int, length: int) -> bool:
        """Hold a fragment's length against the offset table; the last one's it doesn't say."""
        if not self.starts or frame + 1 == self.count:
            return True
        return self.starts[frame + 1] - self.starts[frame] == length + _ITEM_HEAD.size

    def _begins(self, fragment: memoryview) -> bool:
        return self.is_rle or bool(self.starts) or begins_codestream(fragment)


Slots: TypeAlias = NativeSlots | FragmentSlots


@dataclass(frozen=True, slots=True)
class Head:
    """What the beginning of a file tells."""

    study_uid: str
    series_uid: str
    uid: str
    transfer_syntax: str
    slots: Slots


def head_of(data: memoryview) -> Head | None:
    """Return what the beginning of a file tells, None if single frames can't continue it."""
    if not has_preamble(data):
        return None
    try:
        return _head(data)
    except DicomRefused:  # or the beginning ends before the pixels
        return None


def _head(data: memoryview) -> Head | None:
    meta, start = Walker(data, little=True, explicit=True, limits=DEFAULT_LIMITS).meta(PREAMBLE + 4)
    syntax = _plain(data, meta.get(_SYNTAX))
    if syntax not in SUPPORTED or syntax in (DEFLATED, EXPLICIT_BIG):
        return None
    explicit = syntax != IMPLICIT_LITTLE
    walker = Walker(data, little=True, explicit=explicit, limits=DEFAULT_LIMITS)
    elements, position = walker.before_pixels(start)
    if position + 8 > len(data):
        return None
    tag, value, length = walker.pixel_head(position)
    dataset = read_header(data, Layout(syntax, explicit, little=True, meta=meta, elements=elements))
    count, bits = integer(dataset, "NumberOfFrames") or 1, integer(dataset, "BitsAllocated") or 0
    if tag != _PIXEL_DATA or not 1 < count <= _MOST_FRAMES:
        return None
    is_native = SUPPORTED[syntax] == "native"
    slots: Slots | None
    if is_native:
        slots = _native(value, length, count) if bits and bits % 8 == 0 else None
    else:
        slots = _encapsulated(data, value, length, count, elements.get(_EXTENDED_OFFSETS), syntax)
    study, series, uid = (text(dataset, f"{level}InstanceUID") for level in ("Study", "Series", "SOP"))
    return Head(study, series, uid, syntax, slots) if slots else None


def _native(value: int, length: int | None, count: int) -> NativeSlots | None:
    if length is None or length < count:
        return None
    each, padding = divmod(length, count)
    return NativeSlots(value, count, each, b"\0" * padding) if padding <= 1 else None


def _encapsulated(
    data: memoryview, value: int, length: int | None, count: int, extended: Element | None, syntax: str
) -> FragmentSlots | None:
    """Read the offset table; it stands before the first fragment."""
    if length is not None or value + _ITEM_HEAD.size > len(data):
        return None
    *tag, size = _ITEM_HEAD.unpack_from(data, value)
    start = value + _ITEM_HEAD.size + size
    if tuple(tag) != _ITEM or start > len(data):
        return None
    starts = _starts(data[start - size : start], "<u4", count)
    if extended is not None:
        starts = _starts(data[extended.offset : extended.offset + extended.length], "<u8", count) or starts
    return FragmentSlots(start, count, starts, is_rle=SUPPORTED[syntax] == "rle")


def _starts(table: memoryview, width: str, count: int) -> tuple[int, ...]:
    """Return what an offset table says, () if that can't be true."""
    if len(table) != count * np.dtype(width).itemsize:
        return ()
    starts = tuple(map(int, np.frombuffer(table, width)))
    return starts if starts[0] == 0 and all(a < b for a, b in pairwise(starts)) else ()


def _plain(data: memoryview, element: Element | None) -> str:
    if element is None:
        return ""
    return bytes(data[element.offset : element.offset + element.length]).decode("latin-1").strip(" \0")


def _unlike() -> DicomRefused:
    return malformed("The frames don't lie in one fragment each", where="(7FE0,0010)")
