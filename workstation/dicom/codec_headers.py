"""What a codestream says of itself, read before a codec is asked to believe it.

A codec allocates what the first few dozen bytes tell it to. These readers look at those bytes
alone, always move forward, and hold what they find against the header: size, components, depth.

Units:   pixels and bits.
Errors:  PixelsRefused where the bytes aren't such a codestream, or contradict the header.
Source:  ITU-T T.81 B.2 (JPEG), T.87 C.2 (JPEG-LS), T.800 A.5 and A.6.1 (JPEG 2000 SIZ, COD), I.4
         (JP2 boxes), Adobe TN 5116 (APP14), PS3.5 G.5 (RLE header).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from struct import unpack_from
from typing import Final

from workstation.dicom.errors import PixelsRefused
from workstation.dicom.limits import MAX_PIXELS, MAX_SIDE
from workstation.dicom.model import PixelFormat
from workstation.dicom.syntaxes import LOSSLESS

_SOI: Final = b"\xff\xd8"
_STANDALONE: Final = frozenset({0x01, *range(0xD0, 0xD9)})  # T.81 B.1.1.3: markers without a length
_FRAME_MARKERS: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC} | {0xF7}
_APP0, _APP14, _SOS = 0xE0, 0xEE, 0xDA
_EOI: Final = b"\xff\xd9"
_TAIL: Final = 65_536  # padding after the end is shorter

JPEG_LOSSY: Final = frozenset({0xC0, 0xC1, 0xC2})  # baseline, extended, progressive; all Huffman
JPEG_LOSSLESS: Final = 0xC3
JPEG_LS: Final = 0xF7

_CODESTREAM: Final = b"\xff\x4f\xff\x51"  # T.800: SOC, SIZ
_JP2: Final = b"\x00\x00\x00\x0cjP  \r\n\x87\n"
_COD, _SOT = 0xFF52, 0xFF90
_MAX_TILES: Final = 65_535  # T.800 A.4.2: the tile index has 16 bits

_MAX_SEGMENTS: Final = 15  # PS3.5 G.5
_RLE_HEADER: Final = 64


@dataclass(frozen=True, slots=True)
class Stream:
    """A codestream's own word on what it holds."""

    rows: int
    columns: int
    components: int
    precision: int
    signed: bool = False
    process: int = 0  # of JPEG: the second byte of its frame marker
    rgb: bool = False  # the stream itself says that its components are R, G, B …
    ycc: bool = False  # … or Y, Cb, Cr
    reversible: bool = True  # nothing is lost by it
    tiles: int = 1
    planar: bool = False  # of JPEG-LS: one scan for each component
    whole: bool = True  # of JPEG: it has its end


def check(stream: Stream, pixel: PixelFormat) -> None:
    """Refuse a codestream that isn't the picture which the header describes, or not all of it.

    Where bytes run out, libjpeg silently fills the picture with grey and CharLS spins for twenty
    seconds; so their streams must have an end. OpenJPEG sees by itself that one is missing.
    """
    if (stream.rows, stream.columns) != (pixel.rows, pixel.columns):
        raise _contradiction(f"{stream.rows} × {stream.columns} pixels", f"{pixel.rows} × {pixel.columns}")
    if max(stream.rows, stream.columns) > MAX_SIDE or stream.rows * stream.columns > MAX_PIXELS:
        raise PixelsRefused("The frame is too large", where=f"{stream.rows} × {stream.columns} pixels")
    if stream.components != pixel.samples:
        raise _contradiction(f"{stream.components} components", f"{pixel.samples}")
    if not 1 <= stream.precision <= pixel.bits_allocated or pixel.kind != "integer":
        raise _contradiction(f"{stream.precision} bits a sample", f"{pixel.bits_allocated}")
    if stream.tiles > _MAX_TILES:
        raise PixelsRefused("The frame is cut into too many tiles", where=f"{stream.tiles}")
    if not stream.whole:
        raise PixelsRefused("The frame is cut off", where="codestream without an end")
    if not stream.reversible and pixel.transfer_syntax in LOSSLESS:
        raise PixelsRefused("The frame lost values, its transfer syntax says it didn't", where="codestream")


def jpeg_stream(data: bytes | memoryview) -> Stream:
    """Read what a JPEG or JPEG-LS stream tells before its first scan."""
    frame, near, interleave, body_at = (0, b""), 0, -1, len(data)
    jfif, adobe = False, -1
    for marker, body, after in _jpeg_segments(data):
        if marker in _FRAME_MARKERS:
            frame = frame if frame[0] else (marker, body)
        elif marker == _APP0:
            jfif = jfif or body.startswith(b"JFIF\0")
        elif marker == _APP14 and body.startswith(b"Adobe") and len(body) >= 12:
            adobe = body[11]
        elif marker == _SOS and len(body) >= 3:
            near, interleave, body_at = body[-3], body[-2], after  # T.87 C.2.3
    stream = _jpeg_frame(*frame, jfif=jfif, adobe=adobe)
    if frame[0] == JPEG_LS:
        stream = replace(stream, reversible=near == 0, planar=interleave == 0)
    return replace(stream, whole=_ends(data, body_at))


def _ends(data: bytes | memoryview, start: int) -> bool:
    """Whether the end marker comes after ``start``: inside a scan it can't occur (T.81 B.1.1.5)."""
    return _EOI in bytes(data[max(start, len(data) - _TAIL) :])


def _jpeg_segments(data: bytes | memoryview) -> Iterator[tuple[int, bytes, int]]:
    """Yield marker, body and end of each segment up to the first scan's header (T.81 B.1.1.4)."""
    if bytes(data[:2]) != _SOI:
        raise _not_a("JPEG")
    position = 2
    while position + 4 <= len(data) and data[position] == 0xFF:
        marker = data[position + 1]
        if marker == 0xFF or marker in _STANDALONE:  # a fill byte, or no length follows
            position += 1 if marker == 0xFF else 2
            continue
        (length,) = unpack_from(">H", data, position + 2)
        body = bytes(data[position + 4 : position + 2 + length])
        if length < 2 or len(body) != length - 2:
            break
        yield marker, body, position + 2 + length
        if marker == _SOS:
            break
        position += 2 + length


def _jpeg_frame(marker: int, body: bytes, *, jfif: bool, adobe: int) -> Stream:
    """T.81 B.2.2: precision, lines, samples a line, then identifier, sampling, table of each component."""
    if len(body) < 6 or len(body) < 6 + 3 * body[5]:
        raise _not_a("JPEG")
    precision, rows, columns, components = unpack_from(">BHHB", body)
    identifiers = body[6 : 6 + 3 * components : 3]
    sampling = set(body[7 : 7 + 3 * components : 3])
    lossy = marker not in {JPEG_LOSSLESS, JPEG_LS}
    return Stream(
        rows,
        columns,
        components,
        precision,
        process=marker,
        reversible=not lossy,
        rgb=adobe == 0 or identifiers == b"RGB",
        ycc=adobe == 1 or (lossy and adobe < 0 and (jfif or len(sampling) > 1)),
    )


def j2k_codestream(data: bytes | memoryview) -> bytes | memoryview:
    """Return the codestream, out of its JP2 boxes if it lies in some."""
    if bytes(data[:4]) == _CODESTREAM:
        return data
    if bytes(data[: len(_JP2)]) != _JP2:
        raise _not_a("JPEG 2000")
    position = 0
    while position + 8 <= len(data):
        length, kind = unpack_from(">I4s", data, position)
        head = 8
        if length == 1 and position + 16 <= len(data):
            (length,), head = unpack_from(">Q", data, position + 8), 16
        end = position + length if length else len(data)  # T.800 I.4: 0 is "to the end of the file"
        if end < position + head:
            break
        if kind == b"jp2c":
            return data[position + head : end]
        position = end
    raise _not_a("JPEG 2000")


def j2k_stream(data: bytes | memoryview) -> Stream:
    """Read SIZ and COD of a JPEG 2000 or HTJ2K codestream."""
    if bytes(data[:4]) != _CODESTREAM or len(data) < 42:
        raise _not_a("JPEG 2000")
    length, _, right, bottom, left, top, tile_width, tile_height, tile_left, tile_top, components = (
        unpack_from(">HH8IH", data, 4)
    )
    depths = bytes(data[42 : 42 + 3 * components])
    if length != 38 + 3 * components or len(depths) != 3 * components or not components:
        raise _not_a("JPEG 2000")
    if set(depths[::3]) != {depths[0]} or set(depths[1::3]) | set(depths[2::3]) != {1}:
        raise PixelsRefused("The components of the codestream differ", where="JPEG 2000 SIZ")
    if not tile_width or not tile_height:
        raise _not_a("JPEG 2000")
    return Stream(
        rows=bottom - top,
        columns=right - left,
        components=components,
        precision=(depths[0] & 0x7F) + 1,
        signed=bool(depths[0] & 0x80),
        reversible=_reversible(data),
        tiles=-(-(right - tile_left) // tile_width) * -(-(bottom - tile_top) // tile_height),
    )


def _reversible(data: bytes | memoryview) -> bool:
    """T.800 A.6.1 and table A.20: whether COD, in the main header, names the reversible 5-3 wavelet."""
    position = 2
    while position + 14 <= len(data):
        marker, length = unpack_from(">HH", data, position)
        if marker == _COD and length >= 12:
            return data[position + 13] == 1
        if marker == _SOT or marker < 0xFF00 or length < 2:
            break
        position += 2 + length
    raise _not_a("JPEG 2000")


def rle_segments(data: bytes | memoryview, pixel: PixelFormat) -> list[bytes | memoryview]:
    """Return the segments of an RLE frame: one for each byte of a sample, the high ones first."""
    expected = pixel.samples * max(pixel.bits_allocated // 8, 1)
    if len(data) < _RLE_HEADER:
        raise _not_a("RLE")
    count, *offsets = unpack_from("<16I", data)
    if count != expected or count > _MAX_SEGMENTS:
        raise _contradiction(f"{count} segments", f"{expected}")
    ends = [*offsets[1:count], len(data)]
    spans = list(zip(offsets[:count], ends, strict=True))
    if any(not _RLE_HEADER <= start <= end <= len(data) for start, end in spans):
        raise PixelsRefused("The segments of the frame overlap or leave it", where="RLE header")
    return [data[start:end] for start, end in spans]


def _not_a(kind: str) -> PixelsRefused:
    return PixelsRefused(f"The frame is no {kind} codestream", where="its first bytes")


def _contradiction(stream: str, header: str) -> PixelsRefused:
    return PixelsRefused("The frame contradicts its header", where=f"{stream}, the header says {header}")
