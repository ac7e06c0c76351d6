"""A line of the worklist: one study to be read, with all that is known of it from every source.

Times:   aware, in UTC; study dates and times as DICOM writes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum
from typing import Final

from workstation.dicom.model import Patient, Study
from workstation.terms import Contrast, Examination, Region, Side
from workstation.worklist.ai import Flag


class Priority(StrEnum):
    """How urgent the order is, the most urgent first."""

    STAT = "STAT"
    HIGH = "HIGH"
    ROUTINE = "ROUTINE"
    LOW = "LOW"

    @property
    def rank(self) -> int:
        """Return its place: 0 is the most urgent."""
        return tuple(Priority).index(self)


# UPS (0074,1200), Requested Procedure Priority (0040,1003), HL7 table 0485 (TQ1-9) and OBR-5.
_PRIORITIES: Final[Mapping[str, Priority]] = {
    "STAT": Priority.STAT,
    "S": Priority.STAT,
    "HIGH": Priority.HIGH,
    "URGENT": Priority.HIGH,
    "ASAP": Priority.HIGH,
    "A": Priority.HIGH,
    "MEDIUM": Priority.ROUTINE,
    "ROUTINE": Priority.ROUTINE,
    "R": Priority.ROUTINE,
    "T": Priority.ROUTINE,  # timing critical: its due time says when
    "": Priority.ROUTINE,
    "LOW": Priority.LOW,
}


def priority_of(text: str) -> Priority | None:
    """Return a priority as orders write it; nothing said is routine, None is a word that isn't known."""
    return _PRIORITIES.get(text.strip().upper())


class State(StrEnum):
    """How far the reading of a study has come, in this order."""

    UNREAD = "unread"
    IN_PROGRESS = "in progress"
    DICTATED = "dictated"
    PRELIMINARY = "preliminary"
    FINAL = "final"

    @property
    def rank(self) -> int:
        """Return how far it is: 0 is unread."""
        return tuple(State).index(self)

    @property
    def is_done(self) -> bool:
        """Say whether nobody has to open the study to read it any more."""
        return self in {State.DICTATED, State.FINAL}


@dataclass(frozen=True, slots=True)
class Reading:
    """How far the reading has come, and by whom."""

    state: State = State.UNREAD
    who: str = ""


@dataclass(frozen=True, slots=True)
class TaskRef:
    """The task in an archive by which the study is claimed and completed."""

    uid: str  # "" of a modality worklist item
    archive: str

    @property
    def is_claimable(self) -> bool:
        """Say whether the archive can share who reads it."""
        return bool(self.uid)


@dataclass(frozen=True, slots=True)
class PriorCount:
    """How many relevant priors are here, of how many that are known; None: nobody has looked yet."""

    here: int = 0
    known: int | None = None


class Disagreement(Enum):
    """What two sources tell differently."""

    NUMBER = "different patient numbers"
    NAME = "different names"
    BIRTH_DATE = "different birth dates"
    SEX = "different sexes"
    ACCESSION = "different accession numbers"
    STUDY_UID = "the task names another study"
    MATCH = "the task fits several studies"
    READER = "two readers have it in progress"
    PRIORITY = "a priority that isn't known"


ABOUT_IDENTITY: Final = frozenset(
    {Disagreement.NUMBER, Disagreement.NAME, Disagreement.BIRTH_DATE, Disagreement.SEX}
)
"""With one of these nobody can be sure whose study it is."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """What the sources tell differently: (source, what it tells), to be shown to a person."""

    what: Disagreement
    values: tuple[tuple[str, str], ...]


NOTHING_KNOWN: Final = Examination(frozenset(), Side.UNKNOWN, Contrast.UNKNOWN, frozenset())


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the worklist."""

    key: str  # the study's UID; for a task without one, something of the task
    patient: Patient
    study: Study  # its UID is "" for a task whose study isn't known
    modalities: tuple[str, ...] = ()
    body_parts: tuple[str, ...] = ()
    examination: Examination = NOTHING_KNOWN
    site: str = ""  # the institution, "" if nobody tells
    archives: tuple[str, ...] = ()
    priority: Priority = Priority.ROUTINE
    patient_class: str = ""  # E emergency, I inpatient, O outpatient (HL7 table 0004), "" unsaid
    due: datetime | None = None  # as the order says
    available_since: datetime | None = None
    exam_end: datetime | None = None
    reading: Reading = Reading()
    assigned: str = ""
    here: int = 0  # images in the store
    expected: int | None = None  # None: nobody says
    is_stored: bool = False
    priors: PriorCount = PriorCount()
    flag: Flag | None = None
    task: TaskRef | None = None
    procedure_code: str = ""
    reason: str = ""
    referrer: str = ""
    also_known_as: tuple[tuple[str, str], ...] = ()  # further patient IDs and their issuers
    conflicts: tuple[Conflict, ...] = ()

    @property
    def study_uid(self) -> str:
        """Return the study's UID, "" if it isn't known."""
        return self.study.uid

    @property
    def regions(self) -> frozenset[Region]:
        """Return the regions that were examined."""
        return self.examination.regions

    @property
    def is_local(self) -> bool:
        """Say whether the store alone has it: no archive could give it again."""
        return self.is_stored and not self.archives

    @property
    def is_whole(self) -> bool:
        """Say whether every image is here, as far as anyone says how many there are."""
        return self.expected is not None and 0 < self.expected <= self.here

    @property
    def is_disputed(self) -> bool:
        """Say whether the sources disagree about whose study it is."""
        return any(conflict.what in ABOUT_IDENTITY for conflict in self.conflicts)
