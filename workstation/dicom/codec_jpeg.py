"""JPEG in its DICOM forms: 8 and 12 bits lossy, lossless, and JPEG-LS.

The codec is told not to convert colours: JPEG streams in DICOM files lie about them in both
directions, so what was delivered is decided here, from the stream's own marks before the header's.

Errors:  PixelsRefused where the stream contradicts the header or the transfer syntax, or ends early.
Source:  PS3.5 8.2.1 (JPEG), 8.2.3 (JPEG-LS), A.4.1, A.4.3; ITU-T T.81, T.87.
"""

from __future__ import annotations

from typing import Final, cast

from workstation.dicom.codec_headers import (
    JPEG_LOSSLESS,
    JPEG_LOSSY,
    JPEG_LS,
    Stream,
    check,
    jpeg_stream,
)
from workstation.dicom.errors import PixelsRefused
from workstation.dicom.model import PixelFormat
from workstation.dicom.stored_bits import Pixels, keep_stream_bits, stream_array

_AS_IT_IS: Final = "YCBCR"  # in and out alike: no conversion


def decode_jpeg(encoded: bytes | memoryview, pixel: PixelFormat, out: Pixels) -> str:
    """Decode a frame of lossy or lossless JPEG into ``out``; return its photometric interpretation."""
    from imagecodecs import jpeg8_decode

    stream = _stream(encoded, pixel, JPEG_LOSSY | {JPEG_LOSSLESS})
    space = _AS_IT_IS if stream.components == 3 else None
    target = stream_array(stream.precision, pixel, out)
    jpeg8_decode(cast("bytes", encoded), colorspace=space, outcolorspace=space, out=target)
    keep_stream_bits(target, stream, pixel, out)
    return _photometric(stream, pixel)


def decode_ls(encoded: bytes | memoryview, pixel: PixelFormat, out: Pixels) -> str:
    """Decode a JPEG-LS frame into ``out``; its photometric interpretation is the header's."""
    from imagecodecs import jpegls_decode

    stream = _stream(encoded, pixel, frozenset({JPEG_LS}))
    if stream.planar and stream.components == 3:
        target = jpegls_decode(cast("bytes", encoded))  # by pixel, in an array of its own
    else:
        target = stream_array(stream.precision, pixel, out)
        jpegls_decode(cast("bytes", encoded), out=target)
    keep_stream_bits(target, stream, pixel, out)
    return pixel.photometric


def _stream(encoded: bytes | memoryview, pixel: PixelFormat, allowed: frozenset[int]) -> Stream:
    stream = jpeg_stream(encoded)
    if stream.process not in allowed:
        raise PixelsRefused(
            "The frame isn't compressed as the transfer syntax says", where=f"JPEG process {stream.process:X}"
        )
    check(stream, pixel)
    return stream


def _photometric(stream: Stream, pixel: PixelFormat) -> str:
    if stream.components == 1:
        return pixel.photometric
    if stream.rgb:
        return "RGB"
    return "YBR_FULL" if stream.ycc else pixel.photometric
