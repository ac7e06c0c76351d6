"""Identifiers: what is asked for and what is answered, to bytes and back, without trust in a length.

Source:  PS3.4 C.2.2.2 (matching), C.4.1.1.3 (identifier), PS3.3 C.12.1.1.2 (character sets).
Errors:  BadAnswer for bytes that are no dataset, Refused for a value that no dataset can hold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from pydicom.dataset import Dataset
from pynetdicom.dsutils import encode as encode_dataset

from workstation.archive.clean_text import clean
from workstation.archive.errors import BadAnswer, Refused
from workstation.dicom import attributes, described
from workstation.dicom.attributes import floats, integer
from workstation.dicom.elements import Walker
from workstation.dicom.errors import DicomRefused
from workstation.dicom.header import read_header
from workstation.dicom.layout import EXPLICIT_LITTLE, IMPLICIT_LITTLE, Layout
from workstation.dicom.limits import DEFAULT_LIMITS
from workstation.dicom.model import Patient, Series, Study

SYNTAXES: Final = (EXPLICIT_LITTLE, IMPLICIT_LITTLE)
"""In which an identifier may come and go."""

UTF_8: Final = "ISO_IR 192"

PATIENT: Final = ("PatientName", "PatientID", "IssuerOfPatientID", "PatientBirthDate", "PatientSex")
STUDY: Final = (
    "StudyInstanceUID", "StudyDate", "StudyTime", "AccessionNumber", "StudyDescription",
    "ReferringPhysicianName", "StudyID",
)  # fmt: skip
COUNTS: Final = ("ModalitiesInStudy", "NumberOfStudyRelatedSeries", "NumberOfStudyRelatedInstances")
SERIES: Final = (
    "SeriesInstanceUID", "SeriesNumber", "Modality", "SeriesDescription", "BodyPartExamined", "Laterality",
    "ProtocolName", "SeriesDate", "SeriesTime",
)  # fmt: skip


def keys(*wanted: str, **matching: str | Sequence[str]) -> Dataset:
    """Return an identifier: attributes to be returned, and those that have to match."""
    dataset = Dataset()
    for keyword in wanted:
        setattr(dataset, keyword, None)
    for keyword, value in matching.items():
        setattr(dataset, keyword, value if isinstance(value, str) else list(value))
    if not "".join(_texts(matching)).isascii():
        dataset.SpecificCharacterSet = UTF_8
    return dataset


def encoded(dataset: Dataset, syntax: str) -> bytes:
    """Return a dataset's bytes in one of ``SYNTAXES``."""
    data = encode_dataset(dataset, syntax == IMPLICIT_LITTLE, is_little_endian=True)
    if data is None:
        raise Refused("What is asked for can't be written as DICOM has it")
    return data


def decoded(data: bytes, syntax: str, where: str) -> Dataset:
    """Return the dataset of an answer; its values are best asked for through ``dicom.attributes``."""
    view, explicit = memoryview(data), syntax == EXPLICIT_LITTLE
    try:
        elements = Walker(view, little=True, explicit=explicit, limits=DEFAULT_LIMITS).outermost(0)
        return read_header(view, Layout(syntax, explicit, little=True, meta={}, elements=elements))
    except DicomRefused as error:
        raise BadAnswer("The archive's answer can't be read", where=where) from error


def text(answer: Dataset, keyword: str) -> str:
    """Return the whole value as text that can be kept and shown; "" where there is none."""
    return clean(attributes.text(answer, keyword))


def texts(answer: Dataset, keyword: str) -> tuple[str, ...]:
    """Return the values as such texts; () where there are none."""
    return tuple(map(clean, attributes.texts(answer, keyword)))


def patient_of(answer: Dataset) -> Patient:
    """Return who it is, as an answer says."""
    return described.patient(partial(text, answer))


def study_of(answer: Dataset) -> Study:
    """Return the study, as an answer says."""
    return described.study(partial(text, answer))


def series_of(answer: Dataset) -> Series:
    """Return the series, as an answer says."""
    return described.series(partial(text, answer), integer(answer, "SeriesNumber"))


def position_of(answer: Dataset) -> tuple[float, float, float] | None:
    """Return where an image lies (LPS, mm), if the archive says so."""
    found = floats(answer, "ImagePositionPatient", 3)
    return (found[0], found[1], found[2]) if found else None


def orientation_of(answer: Dataset) -> tuple[float, float, float, float, float, float] | None:
    """Return how an image lies, if the archive says so."""
    found = floats(answer, "ImageOrientationPatient", 6)
    return (found[0], found[1], found[2], found[3], found[4], found[5]) if found else None


def _texts(matching: Mapping[str, str | Sequence[str]]) -> list[str]:
    return ["".join(value) for value in matching.values()]
