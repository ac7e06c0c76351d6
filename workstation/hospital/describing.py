"""What an archive keeps of an object beside its bytes: who it is, and its attributes as the DICOM JSON model.

Bulk data is left out, as metadata may do. It runs in the painters' processes for what is painted, and in the
server for what is sent to it.

Errors:  CannotDescribe for what is no DICOM file, or names no instance, or two.
Source:  PS3.18 F.2 (DICOM JSON model), 10.4.1.1.2 (metadata without bulk data), PS3.10 7.1.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any, Final

import pydicom
from pydicom.dataset import Dataset, FileDataset

Attributes = dict[str, Any]
"""A dataset as the DICOM JSON model: elements by tag, eight hexadecimal digits."""

_BULK: Final = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "UN"})


class CannotDescribe(ValueError):
    """These bytes are no instance that could be kept."""


def described(data: bytes) -> dict[str, Any]:
    """Return who the instance in a Part 10 file is, and its attributes as a JSON text."""
    dataset, attributes = _read(data)
    attributes["00083002"] = {"vr": "UI", "Value": [str(dataset.file_meta.TransferSyntaxUID)]}
    return {
        "study": str(dataset.StudyInstanceUID),
        "series": str(dataset.SeriesInstanceUID),
        "uid": str(dataset.SOPInstanceUID),
        "sop_class": str(dataset.SOPClassUID),
        "syntax": str(dataset.file_meta.TransferSyntaxUID),
        "attributes": json.dumps(dict(sorted(attributes.items())), separators=(",", ":")),
    }


def json_model(dataset: Dataset) -> Attributes:
    """Return a dataset as the DICOM JSON model, bulk data left out."""
    return _without_bulk(dataset.to_json_dict(bulk_data_threshold=1, bulk_data_element_handler=lambda _: ""))


def first(attributes: Mapping[str, Any], tag: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Return the first value of an element, None if it has none."""
    values = attributes.get(tag, {}).get("Value")
    return values[0] if values else None


def text_of(attributes: Mapping[str, Any], tag: str) -> str:
    """Return the first value of an element as a text, of a name its alphabetic form, "" if it has none."""
    value = first(attributes, tag)
    if isinstance(value, dict):
        value = value.get("Alphabetic")
    return "" if value is None else str(value)


def _read(data: bytes) -> tuple[FileDataset, Attributes]:
    try:
        dataset = pydicom.dcmread(io.BytesIO(data))
        attributes = json_model(dataset)
        names = [dataset.StudyInstanceUID, dataset.SeriesInstanceUID, dataset.SOPInstanceUID]
        names += [dataset.SOPClassUID, dataset.file_meta.TransferSyntaxUID]
    except Exception as error:
        # pydicom answers what it doesn't understand with errors of many kinds
        raise CannotDescribe(f"no DICOM instance ({type(error).__name__})") from error
    if not all(names):
        raise CannotDescribe("a DICOM instance without one of its UIDs")
    if dataset.file_meta.get("MediaStorageSOPInstanceUID") != dataset.SOPInstanceUID:
        raise CannotDescribe("a file whose header names another instance")
    return dataset, attributes


def _without_bulk(attributes: Attributes) -> Attributes:
    return {
        tag: _inside(element)
        for tag, element in attributes.items()
        if element["vr"] not in _BULK and tag != "7FE00010"
    }


def _inside(element: Attributes) -> Attributes:
    if element["vr"] != "SQ" or "Value" not in element:
        return element
    return element | {"Value": [_without_bulk(item) for item in element["Value"]]}
