"""JPEG 2000 and its high-throughput form.

The codec gets the bare codestream: colour boxes around it are not DICOM's business. Where a
stream says signed and the header unsigned, or the other way, the bits are read as the header
says, as pydicom does: some archives compress signed CT as unsigned.

OpenJPEG decodes both forms. OpenJPH would be twice as fast on the second, but it delivers a cut or
damaged stream as if it were whole.

Errors:  PixelsRefused where the stream contradicts the header or the transfer syntax.
Source:  PS3.5 8.2.4, 8.2.14 (HTJ2K), A.4.4; PS3.3 C.7.6.3.1.2 (YBR_RCT, YBR_ICT); ITU-T T.800, T.814.
"""

from __future__ import annotations

from typing import Final, cast

from workstation.dicom.codec_headers import check, j2k_codestream, j2k_stream
from workstation.dicom.errors import Unsupported
from workstation.dicom.model import PixelFormat
from workstation.dicom.stored_bits import Pixels, keep_stream_bits, stream_array

_EXACT_BITS: Final = 24  # beyond these OpenJPEG's 5-3 wavelet doesn't give back what went in
_TRANSFORMED: Final = ("YBR_RCT", "YBR_ICT")  # the codec undoes these: what it delivers is RGB


def decode_j2k(encoded: bytes | memoryview, pixel: PixelFormat, out: Pixels) -> str:
    """Decode one frame into ``out``; return its photometric interpretation."""
    from imagecodecs import jpeg2k_decode

    codestream = j2k_codestream(encoded)
    stream = j2k_stream(codestream)
    check(stream, pixel)
    if stream.precision > _EXACT_BITS:
        raise Unsupported(f"Its JPEG 2000 samples have {stream.precision} bits, more than {_EXACT_BITS}")
    target = stream_array(stream.precision, pixel, out, signed=stream.signed)
    jpeg2k_decode(cast("bytes", codestream), planar=False, out=target)
    keep_stream_bits(target, stream, pixel, out)
    return "RGB" if pixel.photometric in _TRANSFORMED else pixel.photometric
