"""Datasets and Part 10 files: the attributes that every invented instance carries.

Each series has a template with all that its instances share; an instance is a copy with its own
numbers and pixels. Nothing in a file depends on the hour or the machine, only on the seed and the
night's time.

Source:  PS3.3 A.3 to A.21 (the IODs' mandatory modules), PS3.5 B.2 (UIDs from a UUID), PS3.10 7.1.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_data_element, write_file_meta_info
from pydicom.uid import UID, ExplicitVRLittleEndian

_ROOT: Final = uuid.UUID("5d1c2a1e-6c0b-5f0a-9d53-0b6a3f2e7c11")
_PIXEL_DATA: Final = 0x7FE00010
_MANY: Final = 2000  # elements to remember
IMPLEMENTATION: Final = UID(f"2.25.{_ROOT.int}")


@dataclass(frozen=True, slots=True)
class Person:
    """An invented patient."""

    name: str
    patient_id: str
    birth_date: str
    sex: str
    size: float  # m
    weight: float  # kg


@dataclass(frozen=True, slots=True)
class Visit:
    """An invented examination: who, where, when, and the words of the order."""

    key: str
    person: Person
    institution: str
    accession: str
    description: str
    referrer: str
    when: datetime
    scope: str  # seed and time of the night: what makes its UIDs its own

    def uid(self, *labels: object) -> UID:
        """Return the UID that belongs to these labels in this visit (PS3.5 B.2)."""
        text = "/".join(str(label) for label in (self.scope, self.key, *labels))
        digest = hashlib.sha256(_ROOT.bytes + text.encode()).digest()[:16]
        return UID(f"2.25.{uuid.UUID(bytes=digest, version=5).int}")


def template(visit: Visit, modality: str, number: int, description: str, started: datetime) -> Dataset:
    """Return what all instances of a series share: patient, study, series and equipment."""
    person, when = visit.person, visit.when
    head = Dataset()
    head.SpecificCharacterSet = "ISO_IR 192"
    head.TimezoneOffsetFromUTC = when.strftime("%z")[:5]
    head.PatientName, head.PatientID, head.IssuerOfPatientID = (
        person.name,
        person.patient_id,
        visit.institution,
    )
    head.PatientBirthDate, head.PatientSex = person.birth_date, person.sex
    head.PatientAge = f"{_years(person.birth_date, when):03d}Y"
    head.PatientSize, head.PatientWeight = person.size, person.weight
    head.StudyInstanceUID, head.StudyID = visit.uid("study"), visit.accession[-6:]
    head.StudyDate, head.StudyTime = when.strftime("%Y%m%d"), when.strftime("%H%M%S")
    head.AccessionNumber, head.StudyDescription = visit.accession, visit.description
    head.ReferringPhysicianName, head.InstitutionName = visit.referrer, visit.institution
    head.Modality, head.SeriesNumber, head.SeriesDescription = modality, number, description
    head.SeriesInstanceUID = visit.uid("series", number)
    head.SeriesDate, head.SeriesTime = started.strftime("%Y%m%d"), started.strftime("%H%M%S")
    head.AcquisitionDate, head.AcquisitionTime = head.SeriesDate, head.SeriesTime
    head.ContentDate, head.ContentTime = head.SeriesDate, head.SeriesTime
    head.AcquisitionNumber = 1
    head.Manufacturer, head.ManufacturerModelName = "Lumen phantoms", f"Invented {modality}"
    head.StationName, head.DeviceSerialNumber, head.SoftwareVersions = f"{modality}-1", "0", "1"
    head.ImageComments = "Synthetic. No patient was examined."
    return head


def in_space(head: Dataset, visit: Visit, position: str, *, frame: str = "body") -> None:
    """Add the frame of reference, which series of one visit may share (PS3.3 C.7.4.1)."""
    head.FrameOfReferenceUID, head.PositionReferenceIndicator = visit.uid("frame", frame), ""
    head.PatientPosition = position


def plane(
    head: Dataset, corner: tuple[float, float, float], spacing: tuple[float, float], thickness: float
) -> None:
    """Say where an axial picture lies: centre of its first pixel, (row, column) spacing (PS3.3 C.7.6.2)."""
    head.ImagePositionPatient = [f"{value:.6g}" for value in corner]
    head.ImageOrientationPatient = ["1", "0", "0", "0", "1", "0"]
    head.PixelSpacing = [f"{value:.8g}" for value in spacing]
    head.SliceThickness = f"{thickness:.6g}"
    head.SliceLocation = f"{corner[2]:.6g}"


def pixels(head: Dataset, values: NDArray[np.generic], bits: int, photometric: str = "MONOCHROME2") -> None:
    """Describe and attach uncompressed grey samples (PS3.3 C.7.6.3)."""
    head.SamplesPerPixel, head.PhotometricInterpretation = 1, photometric
    head.Rows, head.Columns = values.shape[-2:]
    head.BitsAllocated, head.BitsStored, head.HighBit = values.itemsize * 8, bits, bits - 1
    head.PixelRepresentation = int(values.dtype.kind == "i")
    head.PixelData = np.ascontiguousarray(values, dtype=values.dtype.newbyteorder("<")).tobytes()
    head["PixelData"].VR = "OW"


def compress(head: Dataset, frames: Sequence[bytes]) -> None:
    """Put encoded frames in the place of the pixels (PS3.5 A.4)."""
    head.PixelData = encapsulate(list(frames))
    head["PixelData"].VR, head["PixelData"].is_undefined_length = "OB", True


def window(head: Dataset, *windows: tuple[float, float, str]) -> None:
    """Offer windows as (centre, width, name)."""
    centers, widths, names = zip(*windows, strict=True)
    head.WindowCenter, head.WindowWidth = list(centers), list(widths)
    head.WindowCenterWidthExplanation = list(names)


def part10(
    head: Dataset, sop_class: UID, visit: Visit, number: int, syntax: UID = ExplicitVRLittleEndian
) -> bytes:
    """Return the dataset as a file; ``number`` counts the instances of its series from 1."""
    head.SOPClassUID, head.InstanceNumber = sop_class, number
    head.SOPInstanceUID = visit.uid("instance", head.SeriesNumber, number)
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = sop_class, head.SOPInstanceUID
    meta.TransferSyntaxUID = syntax
    meta.ImplementationClassUID, meta.ImplementationVersionName = IMPLEMENTATION, "LUMEN_PHANTOM"
    out = DicomBytesIO()
    out.is_little_endian, out.is_implicit_VR = True, False
    out.write(bytes(128) + b"DICM")
    write_file_meta_info(out, meta)
    for element in head:
        out.write(_encoded(element))
    return bytes(out.getvalue())


_KEPT: Final[dict[tuple[int, str], bytes]] = {}  # nearly all elements of a series are the same in every file


def _encoded(element: DataElement) -> bytes:
    """Return an element in explicit little endian; encoding one costs more than remembering it."""
    if element.tag == _PIXEL_DATA or element.VR == "SQ":  # a sequence does not show what is in it
        return _encode(element)
    key = (int(element.tag), repr(element.value))
    if key not in _KEPT:
        if len(_KEPT) > _MANY:
            _KEPT.clear()
        _KEPT[key] = _encode(element)
    return _KEPT[key]


def _encode(element: DataElement) -> bytes:
    out = DicomBytesIO()
    out.is_little_endian, out.is_implicit_VR = True, False
    write_data_element(out, element, ["utf8"])
    return bytes(out.getvalue())


def _years(birth_date: str, when: datetime) -> int:
    return when.year - int(birth_date[:4]) - (when.strftime("%m%d") < birth_date[4:])
