"""The levels of the query model: by what each can be searched, and what a search answers unasked.

Source:  PS3.18 10.6.1.2 (keys that are to be supported) and Tables 10.6.3-3 to 10.6.3-5 (what is returned).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pydicom.datadict import tag_for_keyword

_STUDY: Final = (
    "SpecificCharacterSet", "StudyDate", "StudyTime", "AccessionNumber", "InstanceAvailability",
    "ModalitiesInStudy", "ReferringPhysicianName", "TimezoneOffsetFromUTC", "RetrieveURL", "PatientName",
    "PatientID", "PatientBirthDate", "PatientSex", "StudyInstanceUID", "StudyID",
    "NumberOfStudyRelatedSeries", "NumberOfStudyRelatedInstances",
)  # fmt: skip
_STUDY_TOO: Final = (
    "StudyDescription", "IssuerOfPatientID", "PatientAge", "PatientSize", "PatientWeight", "PatientComments",
)  # fmt: skip
_SERIES: Final = (
    "SpecificCharacterSet", "Modality", "TimezoneOffsetFromUTC", "SeriesDescription", "RetrieveURL",
    "SeriesInstanceUID", "SeriesNumber", "NumberOfSeriesRelatedInstances", "PerformedProcedureStepStartDate",
    "PerformedProcedureStepStartTime", "RequestAttributesSequence",
)  # fmt: skip
_SERIES_TOO: Final = (
    "SeriesDate", "SeriesTime", "BodyPartExamined", "Laterality", "ProtocolName", "InstitutionName",
    "Manufacturer", "ManufacturerModelName", "StationName", "FrameOfReferenceUID", "PatientPosition",
)  # fmt: skip
_INSTANCE: Final = (
    "SpecificCharacterSet", "SOPClassUID", "SOPInstanceUID", "InstanceAvailability", "TimezoneOffsetFromUTC",
    "RetrieveURL", "InstanceNumber", "Rows", "Columns", "BitsAllocated", "NumberOfFrames",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Level:
    """Which elements a search of a level answers unasked, and by which it can be searched."""

    name: str
    returned: frozenset[str]
    held: frozenset[str]


def tag_of(name: str) -> str | None:
    """Return the tag of an attribute, given as its keyword or as eight hexadecimal digits."""
    if len(name) == 8 and all(digit in "0123456789ABCDEFabcdef" for digit in name):
        return name.upper()
    tag = tag_for_keyword(name)
    return None if tag is None else f"{tag:08X}"


def tags(*keywords: str) -> frozenset[str]:
    """Return the tags of these attributes."""
    found = [tag_of(keyword) for keyword in keywords]
    return frozenset(tag for tag in found if tag is not None)


STUDY: Final = Level("study", tags(*_STUDY), tags(*_STUDY, *_STUDY_TOO))
SERIES: Final = Level("series", tags(*_SERIES), tags(*_SERIES, *_SERIES_TOO))
INSTANCE: Final = Level("instance", tags(*_INSTANCE), frozenset())  # whatever the instances have
