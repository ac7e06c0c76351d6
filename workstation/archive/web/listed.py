"""Patients, studies, series and instances, as an archive lists them in DICOM JSON.

Units:   bytes of uncompressed pixels for sizes; millimetres (LPS) for positions.
Source:  PS3.18 10.6.3.3 (attributes of a search's answer), PS3.3 C.7.6.3 (image pixel).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Final

from workstation.archive.model import FoundStudy, ListedInstance
from workstation.archive.web.json_model import Item, floats, integer, text, texts
from workstation.dicom import described
from workstation.dicom.model import Patient, Series, Study

STUDY_FIELDS: Final = (
    "StudyDescription", "ModalitiesInStudy", "NumberOfStudyRelatedSeries", "NumberOfStudyRelatedInstances",
    "IssuerOfPatientID", "PatientBirthDate", "PatientSex", "ReferringPhysicianName", "StudyID",
    "InstitutionName", "InstanceAvailability", "BodyPartExamined",
)  # fmt: skip
"""What a search of studies has to ask for by name; the rest comes unasked."""

SERIES_FIELDS: Final = (
    "SeriesDescription", "NumberOfSeriesRelatedInstances", "BodyPartExamined", "Laterality", "ProtocolName",
    "SeriesDate", "SeriesTime",
)  # fmt: skip


INSTANCE_FIELDS: Final = (
    "SOPClassUID", "InstanceNumber", "NumberOfFrames", "Rows", "Columns", "BitsAllocated", "SamplesPerPixel",
    "ImagePositionPatient", "ImageOrientationPatient",
)  # fmt: skip


def patient_of(item: Item) -> Patient:
    """Return who it is."""
    return described.patient(partial(text, item))


def study_of(item: Item) -> Study:
    """Return the study."""
    return described.study(partial(text, item))


def series_of(item: Item) -> Series:
    """Return the series."""
    return described.series(partial(text, item), integer(item, "SeriesNumber"))


def found_study(item: Item) -> FoundStudy:
    """Return a study as a search found it."""
    return FoundStudy(
        patient=patient_of(item),
        study=study_of(item),
        modalities=_said(texts(item, "ModalitiesInStudy")),
        series=integer(item, "NumberOfStudyRelatedSeries"),
        instances=integer(item, "NumberOfStudyRelatedInstances"),
        body_parts=_said(texts(item, "BodyPartExamined")),
        availability=text(item, "InstanceAvailability"),
    )


def listed_instance(item: Item) -> ListedInstance:
    """Return an instance as its metadata describe it."""
    frames = integer(item, "NumberOfFrames") or 1
    position = floats(item, "ImagePositionPatient", 3)
    orientation = floats(item, "ImageOrientationPatient", 6)
    return ListedInstance(
        uid=text(item, "SOPInstanceUID"),
        sop_class=text(item, "SOPClassUID"),
        number=integer(item, "InstanceNumber"),
        frames=frames,
        position=(position[0], position[1], position[2]) if position else None,
        orientation=_six(orientation),
        transfer_syntax=text(item, "AvailableTransferSyntaxUID") or text(item, "TransferSyntaxUID"),
        size=_size(item, frames),
    )


def _six(found: tuple[float, ...] | None) -> tuple[float, float, float, float, float, float] | None:
    return (found[0], found[1], found[2], found[3], found[4], found[5]) if found else None


def _size(item: Item, frames: int) -> int | None:
    """Return how many bytes the pixels have, uncompressed; None where there are none, or it isn't said."""
    rows, columns = integer(item, "Rows"), integer(item, "Columns")
    bits, samples = integer(item, "BitsAllocated"), integer(item, "SamplesPerPixel") or 1
    if not rows or not columns or not bits:
        return None
    return -(-rows * columns * samples * bits * frames // 8)


def _said(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
