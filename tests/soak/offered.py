"""Files that are offered for import, and what a store has of them afterwards."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from dicom_objects import ct, item, part10
from pydicom.dataset import Dataset

from workstation.security import AuditRecord
from workstation.store import StoredInstance
from workstation.workflow import Desk, ImportProgress, ImportSummary, import_studies

STUDY = "1.2.3"
NAME = "ZQXNAME^SECRET"


def a_slice(number: int = 0, /, study: str = STUDY, **attributes: object) -> Dataset:
    """Return one of many CT slices, 2 mm apart; a ramp that no other slice has."""
    pixels = np.arange(20, dtype=np.uint16).reshape(4, 5) + number * 100
    own: dict[str, object] = {
        "StudyInstanceUID": study,
        "SeriesInstanceUID": f"{study}.1",
        "SeriesNumber": 1,
        "SOPInstanceUID": f"{study}.1.{number + 1}",
        "InstanceNumber": number + 1,
        "ImagePositionPatient": [0, 0, 2.0 * number],
        "PatientName": NAME,
    }
    return ct(pixels, **(own | attributes))


def a_report(number: int = 1, /, study: str = STUDY, **attributes: object) -> Dataset:
    """Return an object without pixels (PS3.4 B.5: Basic Text SR, unless told)."""
    own: dict[str, object] = {
        "SOPClassUID": "1.2.840.10008.5.1.4.1.1.88.11",
        "Modality": "SR",
        "SeriesInstanceUID": f"{study}.9",
        "SeriesNumber": 9,
        "SOPInstanceUID": f"{study}.9.{number}",
    }
    dataset = a_slice(number, study, **(own | attributes))
    for keyword in ("PixelData", "Rows", "Columns", "BitsAllocated", "BitsStored", "HighBit"):
        delattr(dataset, keyword)
    return dataset


def a_cine(frames: int, /, study: str = STUDY, **attributes: object) -> Dataset:
    """Return an ultrasound of several frames."""
    pixels = np.arange(frames * 20, dtype=np.uint8).reshape(frames, 4, 5)
    own: dict[str, object] = {
        "SOPClassUID": "1.2.840.10008.5.1.4.1.1.3.1",
        "Modality": "US",
        "StudyInstanceUID": study,
        "SeriesInstanceUID": f"{study}.5",
        "SeriesNumber": 5,
        "SOPInstanceUID": f"{study}.5.1",
        "NumberOfFrames": frames,
        "ImagePositionPatient": None,
        "ImageOrientationPatient": None,
        "PixelSpacing": None,
        "RescaleSlope": None,
        "RescaleIntercept": None,
    }
    return ct(pixels, **(own | attributes))


def put(folder: Path, *objects: Dataset | bytes) -> list[Path]:
    """Write objects as files."""
    count = len(list(folder.iterdir()))
    paths = [folder / f"{count + n:04d}.dcm" for n in range(len(objects))]
    for path, one in zip(paths, objects, strict=True):
        path.write_bytes(one if isinstance(one, bytes) else part10(one))
    return paths


def take_in(
    desk: Desk,
    *paths: Path,
    progress: Callable[[ImportProgress], object] = id,
    cancelled: Callable[[], bool] = lambda: False,
) -> ImportSummary:
    """Import."""
    return import_studies(desk, paths=paths, progress=progress, cancelled=cancelled)


def stored(desk: Desk) -> list[StoredInstance]:
    """Return everything that a store lists."""
    return [one for study in desk.store.studies.list() for one in desk.store.instances.all_of(study.uid)]


def contents(desk: Desk) -> set[str]:
    """Return the digests of everything in a store, each read and decrypted."""
    return digests(bytes(desk.store.blobs.read(one.blob)) for one in stored(desk))


def digests(files: Iterable[bytes]) -> set[str]:
    """Return the digests of what follows the preambles."""
    return {hashlib.sha256(data[128:]).hexdigest() for data in files}


def trail(desk: Desk) -> list[AuditRecord]:
    """Return the audit trail."""
    return list(desk.store.audit.records())


def blob_files(folder: Path) -> list[Path]:
    """Return the files of a store's images."""
    return sorted(path for path in (folder / "blobs").glob("*/*/*") if path.name != "study.key")


def flip(path: Path) -> None:
    """Flip a bit in the middle of a file."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


__all__ = [
    "NAME", "STUDY", "a_cine", "a_report", "a_slice", "blob_files", "contents", "digests", "flip",
    "item", "part10", "put", "stored", "take_in", "trail",
]  # fmt: skip
