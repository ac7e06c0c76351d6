"""Read one attribute of a dataset, and never fail.

A garbled decimal in a header must not hide a picture: it becomes None and whatever hangs on it is
unknown, visibly. Values are read from their bytes where pydicom hasn't converted them yet, which
is also five times as fast as its conversion.

Source:  PS3.5 6.2 (value representations).
"""

from __future__ import annotations

import math
from functools import cache
from struct import Struct
from typing import Final

from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag

from workstation.dicom import charsets

_BINARY: Final = {"US": "H", "SS": "h", "UL": "I", "SL": "i", "FL": "f", "FD": "d", "UV": "Q", "SV": "q"}
_PADDING: Final = " \0"


def text(dataset: Dataset, keyword: str | int) -> str:
    """Return the whole value as text, without its padding; "" where there is none."""
    return "\\".join(texts(dataset, keyword))


def texts(dataset: Dataset, keyword: str | int) -> tuple[str, ...]:
    """Return the values as texts, without padding; () where there are none."""
    element = _element(dataset, keyword)
    if element is None:
        return ()
    if isinstance(element, RawDataElement):
        decoded = charsets.decode(element.value or b"", _encodings(dataset)).strip(_PADDING)
        return tuple(part.strip(_PADDING) for part in decoded.split("\\")) if decoded else ()
    return tuple(str(value).strip(_PADDING) for value in _values(element))


def numbers(dataset: Dataset, keyword: str | int) -> tuple[float | None, ...]:
    """Return the values as finite numbers, None for each that is none."""
    element = _element(dataset, keyword)
    if isinstance(element, RawDataElement):
        code = _BINARY.get(_vr(element))
        if code:
            return _unpacked(element.value or b"", code, little=element.is_little_endian)
    if element is None:
        return ()
    return tuple(_number(value) for value in texts(dataset, keyword))


def number(dataset: Dataset, keyword: str | int) -> float | None:
    """Return the first value as a finite number."""
    found = numbers(dataset, keyword)
    return found[0] if found else None


def floats(dataset: Dataset, keyword: str | int, count: int) -> tuple[float, ...] | None:
    """Return exactly ``count`` numbers, or None if any is missing."""
    found = [value for value in numbers(dataset, keyword) if value is not None]
    return tuple(found) if len(found) == count == len(numbers(dataset, keyword)) else None


def integer(dataset: Dataset, keyword: str | int) -> int | None:
    """Return the first value as a whole number."""
    found = number(dataset, keyword)
    return int(found) if found is not None and found == int(found) else None


def items(dataset: Dataset, keyword: str | int) -> list[Dataset]:
    """Return the items of a sequence; [] where it is missing or can't be read."""
    tag = _tag(keyword)
    if tag not in dataset:
        return []
    try:
        value = dataset[tag].value
    except Exception:  # noqa: BLE001 - pydicom raises nearly anything for a broken sequence
        return []
    return list(value) if isinstance(value, Sequence) else []


def item(dataset: Dataset, keyword: str | int) -> Dataset | None:
    """Return the first item of a sequence."""
    found = items(dataset, keyword)
    return found[0] if found else None


def has(dataset: Dataset, keyword: str | int) -> bool:
    """Whether the attribute is there with a value."""
    element = _element(dataset, keyword)
    if isinstance(element, RawDataElement):
        return bool(element.value)
    return element is not None and not element.is_empty


@cache
def _tag(keyword: str | int) -> BaseTag:
    tag = tag_for_keyword(keyword) if isinstance(keyword, str) else keyword
    if tag is None:
        raise KeyError(f"the dictionary has no {keyword}")
    return BaseTag(tag)


@cache
def _dictionary_vr(tag: int) -> str:
    try:
        return dictionary_VR(tag)
    except KeyError:
        return ""


def _element(dataset: Dataset, keyword: str | int) -> DataElement | RawDataElement | None:
    return dataset.get_item(_tag(keyword), keep_deferred=True)


def _values(element: DataElement) -> list[object]:
    if element.value is None or element.value == "":
        return []
    return list(element.value) if element.VM > 1 else [element.value]


def _vr(element: RawDataElement) -> str:
    return element.VR if element.VR not in (None, "UN") else _dictionary_vr(element.tag)[:2]


def _encodings(dataset: Dataset) -> tuple[str, ...]:
    found = dataset.original_character_set or dataset._character_set  # noqa: SLF001 - items inherit it there
    return (found,) if isinstance(found, str) else tuple(found)


def _unpacked(value: bytes, code: str, *, little: bool) -> tuple[float | None, ...]:
    shape = Struct(("<" if little else ">") + code)
    whole = len(value) // shape.size * shape.size
    return tuple(found if math.isfinite(found) else None for (found,) in shape.iter_unpack(value[:whole]))


def _number(value: str) -> float | None:
    try:
        found = float(value)
    except ValueError:
        return None
    return found if math.isfinite(found) and "_" not in value else None
