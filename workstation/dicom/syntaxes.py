"""The transfer syntaxes that this program reads, and what each says of its pixels.

Source:  PS3.6 A (registry of UIDs), PS3.5 A.4 and 10 (encapsulation).
"""

from __future__ import annotations

from typing import Final, Literal

from workstation.dicom.layout import DEFLATED, EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE

Codec = Literal["native", "rle", "jpeg", "jpeg-ls", "jpeg-2000"]

SUPPORTED: Final[dict[str, Codec]] = {
    IMPLICIT_LITTLE: "native",
    EXPLICIT_LITTLE: "native",
    DEFLATED: "native",
    EXPLICIT_BIG: "native",
    "1.2.840.10008.1.2.5": "rle",
    "1.2.840.10008.1.2.4.50": "jpeg",
    "1.2.840.10008.1.2.4.51": "jpeg",
    "1.2.840.10008.1.2.4.57": "jpeg",
    "1.2.840.10008.1.2.4.70": "jpeg",
    "1.2.840.10008.1.2.4.80": "jpeg-ls",
    "1.2.840.10008.1.2.4.81": "jpeg-ls",
    "1.2.840.10008.1.2.4.90": "jpeg-2000",
    "1.2.840.10008.1.2.4.91": "jpeg-2000",
    "1.2.840.10008.1.2.4.201": "jpeg-2000",
    "1.2.840.10008.1.2.4.202": "jpeg-2000",
    "1.2.840.10008.1.2.4.203": "jpeg-2000",
}

ALWAYS_LOSSY: Final = {  # these can't keep every value
    "1.2.840.10008.1.2.4.50": "JPEG",
    "1.2.840.10008.1.2.4.51": "JPEG",
}
LOSSLESS: Final = frozenset(
    {
        f"1.2.840.10008.1.2.4.{last}" for last in (57, 70, 80, 90, 201, 202)
    }  # a promise that a stream may break
)
MAYBE_LOSSY: Final = {  # lossless streams may hide in these; without a word in the header they count as lossy
    "1.2.840.10008.1.2.4.81": "JPEG-LS",
    "1.2.840.10008.1.2.4.91": "JPEG 2000",
    "1.2.840.10008.1.2.4.203": "HTJ2K",
}
