"""One frame from its bytes to its stored values, whatever its transfer syntax.

What a codestream says of itself is held against the header before any codec sees it, because a
codec believes it: 564 bytes of JPEG 2000 can ask for 3.8 GB. Colour that a codec leaves as YBR
stays YBR; the answer says what was delivered, and the colour pipeline does the rest.

Shapes:  ``out`` is (rows, columns) or (rows, columns, 3), C-contiguous, of ``stored_dtype``.
Errors:  PixelsRefused, whatever a codec raises.
Source:  PS3.5 8.2 (codecs in DICOM), PS3.3 C.7.6.3.1.2 (photometric interpretations).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from workstation.dicom.codec_j2k import decode_j2k
from workstation.dicom.codec_jpeg import decode_jpeg, decode_ls
from workstation.dicom.codec_native import decode_native
from workstation.dicom.codec_rle import decode_rle
from workstation.dicom.errors import PixelsRefused, Unsupported, refusing
from workstation.dicom.model import PixelFormat
from workstation.dicom.stored_bits import Pixels, check_out, frame_array, frame_shape, stored_dtype
from workstation.dicom.syntaxes import SUPPORTED, Codec

__all__ = ["decode_frame", "frame_array", "frame_shape", "stored_dtype"]

Decode = Callable[[bytes | memoryview, PixelFormat, Pixels], str]

_DECODERS: Final[dict[Codec, Decode]] = {
    "native": decode_native,
    "rle": decode_rle,
    "jpeg": decode_jpeg,
    "jpeg-ls": decode_ls,
    "jpeg-2000": decode_j2k,
}


def decode_frame(encoded: bytes | memoryview, pixel: PixelFormat, out: Pixels) -> str:
    """Decode one frame into ``out``; return the photometric interpretation that it now has."""
    codec = SUPPORTED.get(pixel.transfer_syntax)
    if codec is None:
        raise Unsupported("Its pixels are stored in a form that isn't shown", where=pixel.transfer_syntax)
    check_out(out, pixel)
    with refusing("The frame can't be decoded", PixelsRefused):
        delivered = _DECODERS[codec](encoded, pixel, out)
    return "YBR_FULL" if delivered == "YBR_FULL_422" else delivered  # every pixel has its chroma now
