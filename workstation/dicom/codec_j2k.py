"""JPEG 2000 and its high-throughput form.

The codec gets the bare codestream: colour boxes around it are not DICOM's business. Where a
stream says signed and the header unsigned, or the other way, the bits are read as the header
says, as pydicom does: some archives compress signed CT as unsigned.

Errors:  PixelsRefused where the stream contradicts the header or the transfer syntax.
Source:  PS3.5 8.2.4, 8.2.14 (HTJ2K), A.4.4; PS3.3 C.7.6.3.1.2 (YBR_RCT, YBR_ICT); ITU-T T.800, T.814.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from workstation.dicom.codec_headers import check, j2k_codestream, j2k_stream
from workstation.dicom.errors import Unsupported
from workstation.dicom.model import PixelFormat
from workstation.dicom.stored_bits import Pixels, keep_stream_bits, stream_array

_EXACT_BITS: Final = 24  # beyond these OpenJPEG's 5-3 wavelet doesn't give back what went in
_TRANSFORMED: Final = ("YBR_RCT", "YBR_ICT")  # the codec undoes these: what it delivers is RGB


def decode_j2k(encoded: bytes | memoryview, pixel: PixelFormat, out: Pixels) -> str:
    """Decode a JPEG 2000 frame into ``out``; return its photometric interpretation."""
    from imagecodecs import jpeg2k_decode

    return _decode(encoded, pixel, out, jpeg2k_decode, _EXACT_BITS)


def decode_htj2k(encoded: bytes | memoryview, pixel: PixelFormat, out: Pixels) -> str:
    """Decode an HTJ2K frame into ``out``; return its photometric interpretation."""
    from imagecodecs import htj2k_decode

    return _decode(encoded, pixel, out, htj2k_decode, 32)


def _decode(
    encoded: bytes | memoryview, pixel: PixelFormat, out: Pixels, codec: Callable[..., Any], most: int
) -> str:
    codestream = j2k_codestream(encoded)
    stream = j2k_stream(codestream)
    check(stream, pixel)
    if stream.precision > most:
        raise Unsupported(f"Its JPEG 2000 samples have {stream.precision} bits, more than {most}")
    target = stream_array(stream.precision, pixel, out, signed=stream.signed)
    codec(codestream, planar=False, out=target)
    keep_stream_bits(target, stream, pixel, out)
    return "RGB" if pixel.photometric in _TRANSFORMED else pixel.photometric
