"""The attributes of an object as a pydicom dataset, without its pixels.

The scan has already found where every value lies, so the dataset is made from that: values stay
bytes until somebody asks, and nothing is parsed twice. This is three times as fast as reading the
file again, and a value that pydicom can't convert spoils nothing but itself.

Errors:  none here. What a caller then asks of the dataset may raise anything that pydicom raises:
         ask within ``errors.refusing``, or through ``attributes``, which raises nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Final

from pydicom import config
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.tag import BaseTag

from workstation.dicom import charsets
from workstation.dicom.elements import PIXEL_TAGS, Element
from workstation.dicom.layout import Layout
from workstation.dicom.limits import DEFAULT_LIMITS

# What pydicom says of a value quotes it, and a log may hold no patient data; that a value is odd is
# seen where it is used.
logging.getLogger("pydicom").setLevel(logging.CRITICAL)
config.settings.reading_validation_mode = config.IGNORE

_CHARACTER_SET: Final = 0x0008_0005
_LEFT_OUT: Final = frozenset({*PIXEL_TAGS, 0x7FE0_0001, 0x7FE0_0002})


def read_header(data: memoryview, layout: Layout) -> Dataset:
    """Return all attributes before the pixels; values over 64 MB stay in the file."""
    body = layout.body(data)
    dataset = Dataset(_raw(body, layout.elements, explicit=layout.explicit, little=layout.little))
    dataset.set_original_encoding(not layout.explicit, layout.little, list(encodings_of(body, layout)))
    return dataset


def read_meta(data: memoryview, layout: Layout) -> FileMetaDataset:
    """Return the file meta information, empty where the file has none."""
    return FileMetaDataset(_raw(data, layout.meta, explicit=True, little=True))


def encodings_of(body: memoryview, layout: Layout) -> tuple[str, ...]:
    """Return Python's names for the object's character sets."""
    element = layout.elements.get(_CHARACTER_SET)
    if element is None:
        return (charsets.DEFAULT,)
    return charsets.encodings(bytes(body[element.offset : element.offset + element.length]))


def _raw(
    body: memoryview, elements: Mapping[int, Element], *, explicit: bool, little: bool
) -> dict[BaseTag, DataElement | RawDataElement]:
    eager = DEFAULT_LIMITS.eager
    return {
        (base := BaseTag(tag)): RawDataElement(
            base, vr, length, bytes(body[offset : offset + length]), offset, not explicit, little
        )
        for tag, (vr, offset, length, _) in elements.items()
        if tag not in _LEFT_OUT and length <= eager
    }
