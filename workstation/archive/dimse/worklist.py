"""Modality worklist: scheduled procedure steps as reading tasks. There is nothing in it that can be claimed.

Units:   dates and times of the archive are local there; without its offset from UTC they count as local here.
Source:  PS3.4 K.6.1.2 (attributes), PS3.3 C.4.10 and C.4.11 (scheduled procedure step, requested procedure).
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from pydicom.dataset import Dataset

from workstation.archive.dimse import identifiers
from workstation.archive.dimse.association import Association, Context
from workstation.archive.dimse.find import found
from workstation.archive.dimse.identifiers import keys, patient_of, text
from workstation.archive.model import Task
from workstation.archive.moments import dicom_moment
from workstation.dicom.attributes import item

MODALITY_WORKLIST: Final = "1.2.840.10008.5.1.4.31"
WORKLIST: Final = Context(MODALITY_WORKLIST, identifiers.SYNTAXES)

_STEP: Final = (
    "Modality", "ScheduledStationAETitle", "ScheduledProcedureStepStartDate",
    "ScheduledProcedureStepStartTime", "ScheduledProcedureStepDescription", "ScheduledProcedureStepID",
)  # fmt: skip
_PROCEDURE: Final = (
    "RequestedProcedureID", "RequestedProcedureDescription", "RequestedProcedurePriority",
    "ReasonForTheRequestedProcedure", "RequestingPhysician", "AccessionNumber", "StudyInstanceUID",
    "TimezoneOffsetFromUTC",
)  # fmt: skip
_DATE: Final = re.compile(r"[0-9]{8}")  # PS3.5 6.2, DA and TM
_TIME: Final = re.compile(r"([0-9]{2}){0,3}")
_CODE: Final = ("CodeValue", "CodingSchemeDesignator", "CodeMeaning")


def tasks(association: Association) -> tuple[Task, ...]:
    """Return everything on the worklist."""
    identifier = keys(*identifiers.PATIENT, *_PROCEDURE)
    identifier.ScheduledProcedureStepSequence = [keys(*_STEP)]
    identifier.RequestedProcedureCodeSequence = [keys(*_CODE)]
    answers = found(association, MODALITY_WORKLIST, identifier, "The worklist")
    return tuple(_task(answer) for answer in answers if answer is not None)


def _task(answer: Dataset) -> Task:
    step = item(answer, "ScheduledProcedureStepSequence") or Dataset()
    code = item(answer, "RequestedProcedureCodeSequence") or Dataset()
    procedure = text(answer, "RequestedProcedureDescription") or text(code, "CodeMeaning")
    return Task(
        uid="",
        study_uid=text(answer, "StudyInstanceUID"),
        patient=patient_of(answer),
        accession=text(answer, "AccessionNumber"),
        description=procedure or text(step, "ScheduledProcedureStepDescription"),
        reason=text(answer, "ReasonForTheRequestedProcedure"),
        priority=text(answer, "RequestedProcedurePriority"),
        requester=text(answer, "RequestingPhysician"),
        procedure_code=text(code, "CodeValue"),
        scheduled=_moment(step, text(answer, "TimezoneOffsetFromUTC")),
        modality=text(step, "Modality"),
    )


def _moment(step: Dataset, offset: str) -> datetime | None:
    """Return when a step is to begin, None if its date is none; a time that is missing is midnight."""
    date = text(step, "ScheduledProcedureStepStartDate")
    time = text(step, "ScheduledProcedureStepStartTime").partition(".")[0]
    if not _DATE.fullmatch(date) or not _TIME.fullmatch(time):
        return None
    return dicom_moment(date + time, offset)
