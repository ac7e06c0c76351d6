"""Files of a few bytes that ask for a machine; each of them was measured to hurt some reader.

Built by hand, because no writer would write them. ``cost`` is what a library paid that believed it.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from dicom_objects import DEFLATED, EXPLICIT, J2K, RLE, ct, part10

ITEM = struct.pack("<HHI", 0xFFFE, 0xE000, 0)
SEQUENCE_END = struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
PIXEL_TAG = b"\xe0\x7f\x10\x00"
UNDEFINED = 0xFFFF_FFFF
SEQUENCE = 0x0008_1140  # ReferencedImageSequence


@dataclass(frozen=True)
class Bomb:
    """One hostile file."""

    name: str
    data: bytes
    cost: str


def header_bombs() -> Iterator[Bomb]:
    """Yield files that must be refused when they are examined."""
    yield Bomb("a deflated gigabyte", _deflated(1 << 30), "2.06 GB, 5.2 s")
    yield Bomb("a million empty items", _with(_open_sequence(ITEM * 1_000_000)), "659 MB, 20 s")
    yield Bomb("400,000 tiny elements", _with(_tiny_elements(400_000)), "2.6 s for half of it")
    yield Bomb("a million empty fragments", _with(b"", _pixels(ITEM * 1_000_000)), "1.4 s")
    yield Bomb("sequences nested 5,000 deep", _with(_nested(5_000)), "RecursionError")
    yield Bomb("2³¹ frames of 4 × 5", _changed(NumberOfFrames=1 << 31), "ValueError")
    yield Bomb("a frame of 65535²", _changed(Rows=65535, Columns=65535), "ValueError")
    yield Bomb("a frame of 30000²", _changed(Rows=30_000, Columns=30_000), "ValueError")
    yield Bomb("an element longer than the file", _with(_element(0x0011_1001, b"OB", b"", 0xFFFF_FFF0)), "-")
    yield Bomb("a URL of 2 MB", _with(_element(0x0008_1190, b"UR", b"h" * (2 << 20))), "memory")


def frame_bombs() -> Iterator[Bomb]:
    """Yield files whose header is sound and whose first frame must be refused."""
    yield Bomb("10,000 RLE frames of 4096²", _rle_frames(10_000), "156 GiB")
    yield Bomb("a 60000² JPEG 2000 stream in a header of 64²", _j2k(_siz(60_000)), "3.77 GB, 8 s")
    yield Bomb(
        "a JPEG 2000 stream of 2²⁶ tiles", _j2k(_siz(64, tile=1, components=1, left=1 << 26)), "minutes"
    )
    yield Bomb("a JP2 box of length 0 before the codestream", _j2k(_endless_box()), "pydicom loops for ever")


def _with(
    elements: bytes, pixels: bytes | None = None, syntax: str = EXPLICIT, **attributes: object
) -> bytes:
    """Return a sound CT file with these raw elements before its pixels, and perhaps other pixels."""
    whole = part10(ct(**attributes), EXPLICIT)
    at = whole.rindex(PIXEL_TAG)
    head = whole[:at].replace(_uid(EXPLICIT), _uid(syntax))
    return head + elements + (whole[at:] if pixels is None else pixels)


def _uid(syntax: str) -> bytes:
    value = syntax.encode() + b"\0" * (len(syntax) % 2)
    return b"\x02\x00\x10\x00UI" + struct.pack("<H", len(value)) + value


def _changed(**attributes: object) -> bytes:
    return part10(ct(PixelData=b"\0" * 40, **attributes))


def _element(tag: int, vr: bytes, value: bytes, length: int | None = None) -> bytes:
    size = len(value) if length is None else length
    return struct.pack("<HH2sHI", tag >> 16, tag & 0xFFFF, vr, 0, size) + value


def _open_sequence(content: bytes) -> bytes:
    return _element(SEQUENCE, b"SQ", content + SEQUENCE_END, UNDEFINED)


def _tiny_elements(count: int) -> bytes:
    return b"".join(struct.pack("<HH2sH", 0x0009 + 2 * (i >> 16), i & 0xFFFF, b"LO", 0) for i in range(count))


def _nested(depth: int) -> bytes:
    opening = _element(SEQUENCE, b"SQ", struct.pack("<HHI", 0xFFFE, 0xE000, UNDEFINED), UNDEFINED)
    closing = struct.pack("<HHI", 0xFFFE, 0xE00D, 0) + SEQUENCE_END
    return opening * depth + closing * depth


def _pixels(items: bytes) -> bytes:
    return _element(0x7FE0_0010, b"OB", items + SEQUENCE_END, UNDEFINED)


def _fragment(content: bytes) -> bytes:
    return struct.pack("<HHI", 0xFFFE, 0xE000, len(content)) + content


def _deflated(size: int) -> bytes:
    """Repeat a block of deflated zeros that stands alone, as often as needed."""
    meta = part10(ct(), DEFLATED)
    start = 132 + 12 + int.from_bytes(meta[140:144], "little")
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    begin = packer.compress(_element(0x0009_1010, b"OB", b"", size)) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(bytes(1 << 24)) + packer.flush(zlib.Z_FULL_FLUSH)
    return meta[:start] + begin + block * (size >> 24) + packer.flush(zlib.Z_FINISH)


def _rle_frames(count: int) -> bytes:
    frame = _fragment(struct.pack("<16I", 2, 64, 66, *[0] * 13) + b"\xff\0\xff\0")
    pixels = _pixels(ITEM + frame * count)
    return _with(b"", pixels, RLE, NumberOfFrames=count, Rows=4096, Columns=4096)


def _j2k(stream: bytes) -> bytes:
    return _with(b"", _pixels(ITEM + _fragment(stream + b"\0" * (len(stream) % 2))), J2K, Rows=64, Columns=64)


def _siz(side: int, *, tile: int | None = None, components: int = 1, left: int = 0) -> bytes:
    """SIZ, COD and the head of a tile-part: what a codec allocates from."""
    edge = tile or side
    right = left + side
    siz = struct.pack(
        ">HH8IH", 38 + 3 * components, 0, right, right, left, left, edge, edge, 0, 0, components
    )
    siz += bytes([15, 1, 1]) * components
    cod = struct.pack(">HHBBHB5B", 0xFF52, 12, 0, 0, 1, 0, 5, 4, 4, 0, 1)
    quantisation = struct.pack(">HHB16B", 0xFF5C, 19, 0x40, *[0x80] * 16)
    part = struct.pack(">HHHIBB", 0xFF90, 10, 0, 0, 0, 1) + b"\xff\x93"
    return b"\xff\x4f\xff\x51" + siz + cod + quantisation + part + bytes(400) + b"\xff\xd9"


def _endless_box() -> bytes:
    signature = b"\x00\x00\x00\x0cjP  \r\n\x87\n"
    return signature + struct.pack(">I4s", 0, b"free") + _siz(64)
