"""A patient, a study and a series, from whatever answers when it is asked for a keyword.

A file's header, a listing in DICOM JSON and the answer of a C-FIND say the same things in three forms;
which attribute fills which field is written here once.

Source:  PS3.3 C.2 (patient), C.7.2 (study), C.7.3 (series).
"""

from __future__ import annotations

from collections.abc import Callable

from workstation.dicom.model import Patient, Series, Study

Text = Callable[[str], str]
"""Returns an attribute's whole value by its keyword, "" where there is none."""


def patient(text: Text) -> Patient:
    """Return who it is."""
    return Patient(
        patient_id=text("PatientID"),
        issuer=text("IssuerOfPatientID"),
        name=text("PatientName"),
        birth_date=text("PatientBirthDate"),
        sex=text("PatientSex"),
    )


def study(text: Text) -> Study:
    """Return the study."""
    return Study(
        uid=text("StudyInstanceUID"),
        date=text("StudyDate"),
        time=text("StudyTime"),
        accession=text("AccessionNumber"),
        description=text("StudyDescription"),
        referring=text("ReferringPhysicianName"),
        institution=text("InstitutionName"),
        study_id=text("StudyID"),
    )


def series(text: Text, number: int | None) -> Series:
    """Return the series of that number; an image's own side comes before the series'."""
    return Series(
        uid=text("SeriesInstanceUID"),
        number=number,
        modality=text("Modality"),
        description=text("SeriesDescription"),
        body_part=text("BodyPartExamined"),
        laterality=text("ImageLaterality") or text("Laterality"),
        view_position=text("ViewPosition"),
        protocol=text("ProtocolName"),
        date=text("SeriesDate"),
        time=text("SeriesTime"),
    )
