"""Inflate a deflated dataset in bounded steps.

A megabyte of deflate can hold a gigabyte of zeros, so the output is produced a few megabytes at
a time and measured as it grows.

Source:  PS3.5 A.5 (deflated explicit VR little endian), RFC 1951.
"""

from __future__ import annotations

import zlib
from typing import Final

from workstation.dicom.errors import malformed, over_limit, truncated
from workstation.dicom.limits import MIB, Limits

_STEP: Final = 4 * MIB
_RAW_DEFLATE: Final = -zlib.MAX_WBITS  # no zlib header: PS3.5 A.5


def inflate(data: memoryview, limits: Limits) -> bytes:
    """Return the inflated bytes; refuse what grows beyond the limits."""
    most = min(limits.inflated, max(limits.inflate_free, limits.inflate_ratio * len(data)))
    inflater = zlib.decompressobj(_RAW_DEFLATE)
    pieces: list[bytes] = []
    size = 0
    rest: memoryview | bytes = data
    while not inflater.eof:
        piece = _step(inflater, rest)
        rest = inflater.unconsumed_tail
        pieces.append(piece)
        size += len(piece)
        if size > most:
            raise over_limit(f"The deflated dataset grows beyond {most // MIB} MB")
        if not piece and not rest and not inflater.eof:
            raise truncated("its deflated dataset", where=f"after {size} inflated bytes")
    return b"".join(pieces)


def _step(inflater: zlib._Decompress, rest: memoryview | bytes) -> bytes:
    try:
        return inflater.decompress(rest, _STEP)
    except zlib.error as error:
        raise malformed("The deflated dataset is damaged", where="deflate") from error
