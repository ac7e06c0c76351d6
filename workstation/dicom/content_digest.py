"""Whether two files hold the same object, although an archive has written one of them anew.

An archive may change the transfer syntax (without loss), the character set, the padding of values and the
order of a file's parts, drop private elements, and add elements about itself. None of that enters the
digest; every other value does, and the pixels as they are once decoded. Two files with one digest tell a
reader the same.

Errors:  DicomRefused for a file that can't be understood.
Source:  PS3.4 B.4.1.3 (coercion of attributes), PS3.5 6.2 (padding), 7.8 (private elements); PS3.18 8.7.3.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from typing import Any, Final

import numpy as np
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag
from pydicom.valuerep import PersonName

from workstation.dicom.codecs import decode_frame, frame_shape, stored_dtype
from workstation.dicom.errors import Unsupported, refusing
from workstation.dicom.frame_table import frame_table
from workstation.dicom.header import read_header
from workstation.dicom.layout import Layout, scan
from workstation.dicom.model import InstanceRecord, PixelFormat
from workstation.dicom.record import record_of
from workstation.dicom.whole import cut_frame, native_pixels

COERCED: Final = frozenset(
    {
        0x0008_0005,  # SpecificCharacterSet: values are compared as text
        0x0008_0054,  # RetrieveAETitle
        0x0008_0056,  # InstanceAvailability
        0x0008_0201,  # TimezoneOffsetFromUTC
        0x0008_1190,  # RetrieveURL
        0x0040_E010,  # RetrieveURI
        0x0088_0130,  # StorageMediaFileSetID
        0x0088_0140,  # StorageMediaFileSetUID
        0x0400_0561,  # OriginalAttributesSequence
        0xFFFC_FFFC,  # DataSetTrailingPadding
    }
)
"""What an archive may set without the object becoming another."""

_PHOTOMETRIC: Final = 0x0028_0004
_PLANAR: Final = 0x0028_0006
_AS_DECODED: Final = {"YBR_RCT": "RGB", "YBR_ICT": "RGB"}


def content_digest(data: memoryview, ignored: Collection[int] = COERCED) -> str:
    """Return the digest of what a file says, in hexadecimal."""
    with refusing("The file can't be understood"):
        layout = scan(data)
        dataset = read_header(data, layout)
        reckoned = hashlib.sha256()
        for line in _lines(dataset, ignored):
            reckoned.update(line)
        record = record_of(dataset, layout)
        if record.pixel is not None:
            for frame in _frames(data, layout, record, record.pixel):
                reckoned.update(frame)
        return reckoned.hexdigest()


def _lines(dataset: Dataset, ignored: Collection[int]) -> Iterator[bytes]:
    """Yield each element's tag and value in one form, whatever the file's."""
    for tag in sorted(dataset.keys()):
        if tag in ignored or tag.is_private or tag.element == 0 or tag == _PLANAR:
            continue
        yield f"{int(tag):08x}=".encode()
        yield from _value(dataset, tag, ignored)
        yield b"\n"


def _value(dataset: Dataset, tag: BaseTag, ignored: Collection[int]) -> Iterator[bytes]:
    try:
        value = dataset[tag].value
    except Exception:  # noqa: BLE001  a value that pydicom can't convert is compared as it lies there
        yield bytes(dataset.get_item(tag).value or b"").rstrip(b" \0")
        return
    if isinstance(value, Sequence):
        for item in value:
            yield b"("
            yield from _lines(item, ignored)
            yield b")"
    else:
        yield _AS_DECODED.get(str(value), str(value)).encode() if tag == _PHOTOMETRIC else _plain(value)


def _plain(value: Any) -> bytes:  # noqa: ANN401  whatever pydicom made of it
    if value is None:
        return b""
    if isinstance(value, bytes):
        return value.rstrip(b"\0")
    if isinstance(value, MultiValue | list):
        return b"\\".join(map(_plain, value))
    if isinstance(value, str | PersonName):
        return str(value).strip(" \0").encode()
    return repr(float(value)).encode() if isinstance(value, int | float) else str(value).strip().encode()


def _frames(
    data: memoryview, layout: Layout, record: InstanceRecord, pixel: PixelFormat
) -> Iterator[bytes | memoryview]:
    """Yield the pixels of each frame, decoded; as they lie there where nobody can decode them."""
    table = frame_table(data, layout, record)
    pixels = None if table.spans else native_pixels(data)
    out = np.empty(frame_shape(pixel), stored_dtype(pixel))
    for frame in range(record.frame_count):
        if pixels is not None:
            encoded: bytes | memoryview = cut_frame(pixels, pixel, frame)
        else:
            encoded = b"".join(data[start : start + length] for start, length in table.spans[frame])
        try:
            decode_frame(encoded, pixel, out)
            yield out.tobytes()
        except Unsupported:
            yield encoded
