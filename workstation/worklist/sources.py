"""What archives, tasks and the store tell of a study: the three kinds of input of ``merge``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from workstation.dicom.model import Patient, Study
from workstation.worklist.items import State


@dataclass(frozen=True, slots=True)
class FromArchive:
    """A study that an archive's search found."""

    archive: str
    patient: Patient
    study: Study
    modalities: tuple[str, ...] = ()
    body_parts: tuple[str, ...] = ()
    instances: int | None = None  # None: the archive doesn't say
    first_seen: datetime | None = None
    exam_end: datetime | None = None


class TaskState(StrEnum):
    """Procedure Step State (0074,1000)."""

    SCHEDULED = "SCHEDULED"
    IN_PROGRESS = "IN PROGRESS"
    COMPLETED = "COMPLETED"
    CANCELED = "CANCELED"


@dataclass(frozen=True, slots=True)
class FromTask:
    """A reading task: a UPS workitem, or an item of a modality worklist (its ``uid`` is "")."""

    archive: str
    uid: str
    study_uid: str
    patient: Patient
    accession: str = ""
    description: str = ""
    modality: str = ""
    procedure_code: str = ""
    reason: str = ""
    priority: str = ""  # in the order's own word
    patient_class: str = ""
    state: TaskState = TaskState.SCHEDULED
    performer: str = ""
    assigned: str = ""
    requester: str = ""
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class FromStore:
    """A study that the store holds, wholly or in part."""

    patient: Patient
    study: Study
    modalities: tuple[str, ...] = ()
    body_parts: tuple[str, ...] = ()
    here: int = 0
    unlisted: int = 0  # of these, what archives were asked for and don't list
    expected: int | None = None  # None: nobody says
    state: State = State.UNREAD
    who: str = ""
    available_since: datetime | None = None
    exam_end: datetime | None = None
