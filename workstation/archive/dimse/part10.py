"""From the bytes of a dataset to a Part 10 file and back, without touching the dataset.

What a file meta information says is known from the association: which object, of which class, in
which transfer syntax. The dataset follows it byte for byte as it came.

Source:  PS3.10 7.1 (DICOM file format), table 7.1-1 (file meta information).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from io import BytesIO
from typing import Final

from pydicom.dataset import FileMetaDataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_file_meta_info
from pydicom.uid import UID

from workstation.dicom.elements import Element, Walker
from workstation.dicom.errors import DicomRefused
from workstation.dicom.layout import DEFLATED, EXPLICIT_BIG, IMPLICIT_LITTLE, PREAMBLE, has_preamble
from workstation.dicom.limits import DEFAULT_LIMITS

IMPLEMENTATION: Final = f"2.25.{uuid.uuid5(uuid.NAMESPACE_DNS, 'archive.dimse.workstation').int}"
IMPLEMENTATION_NAME: Final = "LUMEN"
CHUNK: Final = 1 << 20
_STUDY: Final = 0x0020_000D


class File:
    """An object that has come, as a Part 10 file (``archive.protocols.Part``)."""

    is_file = True
    frame: int | None = None

    def __init__(self, uid: str, sop_class: str, transfer_syntax: str, dataset: BytesIO) -> None:
        self.uid = uid
        self.sop_class = sop_class
        self.transfer_syntax = transfer_syntax
        self._head = file_head(uid, sop_class, transfer_syntax)
        self._dataset = dataset

    @property
    def length(self) -> int:
        """Return how many bytes the file has."""
        return len(self._head) + self._dataset.getbuffer().nbytes

    @property
    def dataset(self) -> memoryview:
        """Return the dataset's bytes alone."""
        return self._dataset.getbuffer()

    def __iter__(self) -> Iterator[memoryview]:
        """Yield the file, piece by piece."""
        yield memoryview(self._head)
        dataset = self.dataset
        for start in range(0, len(dataset), CHUNK):
            yield dataset[start : start + CHUNK]


def file_head(uid: str, sop_class: str, transfer_syntax: str) -> bytes:
    """Return what stands before the dataset: preamble, prefix and file meta information."""
    meta = FileMetaDataset()
    meta.FileMetaInformationVersion = b"\x00\x01"
    meta.MediaStorageSOPClassUID = UID(sop_class)
    meta.MediaStorageSOPInstanceUID = UID(uid)
    meta.TransferSyntaxUID = UID(transfer_syntax)
    meta.ImplementationClassUID = UID(IMPLEMENTATION)
    meta.ImplementationVersionName = IMPLEMENTATION_NAME
    written = DicomBytesIO()
    written.write(b"\0" * PREAMBLE + b"DICM")
    write_file_meta_info(written, meta)
    return written.getvalue()


def dataset_of(file: memoryview) -> memoryview | None:
    """Return the dataset of a Part 10 file, None if it is no such file."""
    if not has_preamble(file):
        return None
    try:
        _, start = Walker(file, little=True, explicit=True, limits=DEFAULT_LIMITS).meta(PREAMBLE + 4)
    except DicomRefused:
        return None
    return file[start:]


def study_of(dataset: memoryview, transfer_syntax: str) -> str:
    """Return the Study Instance UID of an encoded dataset; "" if it can't be read without inflating it."""
    if transfer_syntax == DEFLATED:
        return ""
    explicit, little = transfer_syntax != IMPLICIT_LITTLE, transfer_syntax != EXPLICIT_BIG
    try:
        elements = Walker(dataset, little=little, explicit=explicit, limits=DEFAULT_LIMITS).outermost(0)
    except DicomRefused:
        return ""
    _, offset, length, _ = elements.get(_STUDY, Element("UI", 0, 0))
    return bytes(dataset[offset : offset + length]).decode("ascii", "replace").strip("\0 ")
