"""Small DICOM objects for tests, written by pydicom so that our reader isn't its own oracle."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import dcmwrite
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence as DicomSequence
from pydicom.tag import Tag
from pydicom.uid import UID

IMPLICIT = "1.2.840.10008.1.2"
EXPLICIT = "1.2.840.10008.1.2.1"
BIG = "1.2.840.10008.1.2.2"
DEFLATED = "1.2.840.10008.1.2.1.99"
RLE = "1.2.840.10008.1.2.5"
J2K = "1.2.840.10008.1.2.4.90"

CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"


def ct(pixels: NDArray[Any] | None = None, /, **attributes: object) -> Dataset:
    """Return a CT slice of these pixels (a ramp of 4 × 5 unless told), with changed attributes."""
    values = np.arange(20, dtype=np.uint16).reshape(4, 5) if pixels is None else pixels
    dataset = Dataset()
    for keyword, value in (_identity() | _image(values) | attributes).items():
        if value is None:
            if keyword in dataset:
                delattr(dataset, keyword)
        else:
            setattr(dataset, keyword, value)
    if "PixelData" not in attributes:
        dataset.PixelData = values.tobytes() + b"\0" * (values.nbytes % 2)
    return dataset


def part10(dataset: Dataset, syntax: str = EXPLICIT) -> bytes:
    """Return a dataset as a whole file."""
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = UID(syntax)
    dataset.file_meta.MediaStorageSOPClassUID = UID(CT_IMAGE)
    dataset.file_meta.MediaStorageSOPInstanceUID = UID("1.2.3.4")
    file = BytesIO()
    big = syntax == BIG
    dcmwrite(file, dataset, implicit_vr=syntax == IMPLICIT, little_endian=not big, enforce_file_format=True)
    return file.getvalue()


def bare(dataset: Dataset, syntax: str = EXPLICIT) -> bytes:
    """Return a dataset alone, without preamble and file meta information."""
    file = BytesIO()
    dcmwrite(file, dataset, implicit_vr=syntax == IMPLICIT, little_endian=syntax != BIG)
    return file.getvalue()


def compressed(dataset: Dataset, frames: Sequence[bytes], syntax: str, *, table: bool = True) -> bytes:
    """Return a file whose pixels are these frames, a fragment each."""
    dataset.PixelData = encapsulate(list(frames), has_bot=table)
    dataset["PixelData"].VR = "OB"
    dataset["PixelData"].is_undefined_length = True
    return part10(dataset, syntax)


def put_raw(dataset: Dataset, keyword: str | int, vr: str, value: bytes) -> None:
    """Give an attribute bytes that pydicom would not let through."""
    tag = Tag(keyword)
    dataset._dict[tag] = RawDataElement(tag, vr, len(value), value, 0, False, True)  # noqa: FBT003


def item(**attributes: object) -> Dataset:
    """Return a sequence item."""
    dataset = Dataset()
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    return dataset


def sequence(*items: Dataset) -> DicomSequence:
    """Return a sequence of items."""
    return DicomSequence(list(items))


def _identity() -> dict[str, object]:
    return {
        "SOPClassUID": CT_IMAGE,
        "SOPInstanceUID": "1.2.3.4",
        "StudyInstanceUID": "1.2.3",
        "SeriesInstanceUID": "1.2.3.1",
        "PatientID": "P1",
        "PatientName": "PHANTOM^ONE",
        "Modality": "CT",
        "InstanceNumber": 7,
        "ImagePositionPatient": [-10, -20, 30],
        "ImageOrientationPatient": [1, 0, 0, 0, 1, 0],
        "PixelSpacing": [0.5, 0.25],
        "SliceThickness": 5,
        "RescaleSlope": 1,
        "RescaleIntercept": -1024,
    }


def _image(values: NDArray[Any]) -> dict[str, object]:
    colour = values.ndim >= 3 and values.shape[-1] == 3
    rows, columns = values.shape[-3:-1] if colour else values.shape[-2:]
    bits = values.dtype.itemsize * 8
    return {
        "SamplesPerPixel": 3 if colour else 1,
        "PhotometricInterpretation": "RGB" if colour else "MONOCHROME2",
        "PlanarConfiguration": 0 if colour else None,
        "Rows": rows,
        "Columns": columns,
        "BitsAllocated": bits,
        "BitsStored": bits,
        "HighBit": bits - 1,
        "PixelRepresentation": int(values.dtype.kind == "i"),
    }
