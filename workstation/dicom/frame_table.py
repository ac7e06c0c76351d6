"""Where each frame's bytes lie in the file, so that one frame is read without the others.

Native frames follow each other. Encapsulated ones are pieces: an offset table may say which pieces
make a frame, or the number of pieces says it, or the codestreams' own first bytes do. Where none
of these is certain the object is refused: a frame from the wrong pieces would be a wrong picture.

Units:   bytes from the start of the file.
Errors:  DicomRefused where frames and bytes don't agree.
Source:  PS3.5 8.1.1 (native), A.4 (fragments, basic offset table), PS3.3 C.7.6.3.1.8 (extended
         offset table), PS3.5 G.2 (RLE: a fragment is a frame).
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import pairwise
from typing import Final

import numpy as np

from workstation.dicom.elements import Element, Span
from workstation.dicom.errors import Unsupported, malformed
from workstation.dicom.layout import Layout
from workstation.dicom.model import FrameTable, InstanceRecord, PixelFormat
from workstation.dicom.syntaxes import SUPPORTED

_EXTENDED_OFFSETS: Final = 0x7FE0_0001
_EXTENDED_LENGTHS: Final = 0x7FE0_0002
_FIRST_BYTES: Final = (
    b"\xff\xd8\xff",  # JPEG and JPEG-LS: SOI and a marker
    b"\xff\x4f\xff\x51",  # JPEG 2000: SOC, SIZ
    b"\x00\x00\x00\x0cjP  ",  # JPEG 2000 in its box
)


def frame_table(data: memoryview, layout: Layout, record: InstanceRecord) -> FrameTable:
    """Return each frame's spans; empty where the file must be read whole."""
    if record.pixel is None or layout.pixels is None:
        return FrameTable()
    _, element = layout.pixels
    if SUPPORTED[layout.transfer_syntax] == "native":
        return _native(element, layout, record.pixel, record.frame_count)
    if element.fragments is None:
        raise malformed("The pixel data aren't encapsulated as the transfer syntax asks", where="(7FE0,0010)")
    return FrameTable(tuple(_encapsulated(data, layout, element.fragments, record.frame_count)))


def frame_bytes(pixel: PixelFormat) -> int:
    """Return the length of a native frame; of a bit-packed one its whole bytes, if it stood alone."""
    samples = 2 if is_subsampled(pixel) else pixel.samples
    return -(-pixel.rows * pixel.columns * samples * pixel.bits_allocated // 8)


def is_subsampled(pixel: PixelFormat) -> bool:
    """Whether native pixels share their chroma in pairs (PS3.3 C.7.6.3.1.2)."""
    return pixel.photometric == "YBR_FULL_422" and pixel.samples == 3


def begins_codestream(fragment: memoryview) -> bool:
    """Say whether a fragment begins a codestream of the JPEG family; inside one these bytes can't be."""
    return bytes(fragment[:8]).startswith(_FIRST_BYTES)


def _native(element: Element, layout: Layout, pixel: PixelFormat, count: int) -> FrameTable:
    if element.fragments is not None:
        raise malformed("The pixel data are encapsulated, the transfer syntax isn't", where="(7FE0,0010)")
    size = frame_bytes(pixel)
    needed = size * count
    if pixel.bits_allocated == 1:
        needed = -(-pixel.rows * pixel.columns * count // 8)
    if needed > element.length:
        raise malformed(
            f"{count} frames of {pixel.rows} × {pixel.columns} need {needed} bytes of pixels",
            where=f"{element.length} are there",
        )
    if is_subsampled(pixel) and element.length >= needed // 2 * 3:
        raise malformed("The pixels aren't subsampled as YBR_FULL_422 says", where="a third too many bytes")
    if layout.inflated is not None or pixel.bits_allocated == 1:
        return FrameTable()
    if pixel.byte_pairs_swapped and size % 2:
        if count > 1:
            raise Unsupported("Its frames share 16-bit words", where="8-bit samples in big-endian words")
        size += 1
    return FrameTable(tuple(((element.offset + frame * size, size),) for frame in range(count)))


def _encapsulated(
    data: memoryview, layout: Layout, items: tuple[Span, ...], count: int
) -> list[tuple[Span, ...]]:
    """Try what says which fragments make a frame, the most certain first."""
    table, fragments = items[:1], items[1:]
    if len(fragments) < count:
        raise malformed(f"{count} frames can't lie in {len(fragments)} fragments", where="(7FE0,0010)")
    if count == 1:
        return [fragments]
    if len(fragments) == count:
        return [(fragment,) for fragment in fragments]
    starts = _extended(data, layout) or _basic(data, table)
    frames = _at_offsets(fragments, starts, count) or _at_first_bytes(data, fragments, count)
    if frames is None:
        raise malformed(
            f"It is unknown which of {len(fragments)} fragments make each of {count} frames",
            where="no offset table",
        )
    return frames


def _extended(data: memoryview, layout: Layout) -> list[int]:
    element = layout.elements.get(_EXTENDED_OFFSETS)
    if element is None or _EXTENDED_LENGTHS not in layout.elements:
        return []
    return _numbers(data, (element.offset, element.length), "<u8")


def _basic(data: memoryview, table: tuple[Span, ...]) -> list[int]:
    return _numbers(data, table[0], "<u4") if table else []


def _numbers(data: memoryview, span: Span, dtype: str) -> list[int]:
    offset, length = span
    width = np.dtype(dtype).itemsize
    return [int(n) for n in np.frombuffer(data[offset : offset + length // width * width], dtype)]


def _at_offsets(fragments: tuple[Span, ...], starts: list[int], count: int) -> list[tuple[Span, ...]] | None:
    """Cut where an offset table says, if all of it can be true."""
    origin = fragments[0][0] - 8  # offsets count from the first fragment's item tag
    begins = [offset - 8 - origin for offset, _ in fragments]
    if len(starts) != count or starts[0] != 0 or any(a >= b for a, b in pairwise(starts)):
        return None
    cuts = [bisect_left(begins, start) for start in starts]
    if any(cut == len(begins) or begins[cut] != start for cut, start in zip(cuts, starts, strict=True)):
        return None
    return _cut(fragments, cuts)


def _at_first_bytes(
    data: memoryview, fragments: tuple[Span, ...], count: int
) -> list[tuple[Span, ...]] | None:
    """Cut before each fragment that begins as a codestream does."""
    cuts = [
        i for i, (offset, length) in enumerate(fragments) if begins_codestream(data[offset : offset + length])
    ]
    return _cut(fragments, cuts) if len(cuts) == count and cuts[0] == 0 else None


def _cut(fragments: tuple[Span, ...], cuts: list[int]) -> list[tuple[Span, ...]]:
    ends = [*cuts[1:], len(fragments)]
    return [fragments[start:end] for start, end in zip(cuts, ends, strict=True)]
