"""What the verbs answer: plain values for the window, the command line and JSON.

Field names are part of the command line's JSON: they may gain neighbours, never change.

Units:   dates and times as DICOM writes them (DA, TM), names as PN, decoded; seconds, bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class StudyState(StrEnum):
    """Where a study stands in the reader's night; the value is what the list shows."""

    ARRIVING = "arriving"
    INCOMPLETE = "incomplete"
    UNREAD = "unread"
    OPENED = "opened"


@dataclass(frozen=True, slots=True)
class StudyRow:
    """One line of the study list."""

    uid: str
    patient_name: str
    patient_id: str
    issuer: str
    birth_date: str
    sex: str
    date: str
    time: str
    accession: str
    description: str
    modalities: tuple[str, ...]
    site: str
    here: int  # instances that are on this disk
    expected: int  # instances that belong to it, as far as is known
    state: StudyState = StudyState.UNREAD


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """One stack of images, as the series column and ``workstation series`` list it."""

    key: str
    label: str
    modality: str
    count: int  # images
    note: str = ""  # what the reader must know: "2 slices missing", "cannot be displayed: …"
    displayable: bool = True
    series_uid: str = ""
    regular: bool = False
    reason: str = ""  # why it is no regular grid


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something that was offered and could not be taken, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class StudyPreview:
    """What one study holds, every instance accounted for."""

    study: StudyRow
    referring: str
    series: tuple[SeriesRow, ...]
    accounting: str  # "212 instances: 210 images, 1 report, 1 presentation state"
    refused: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """How far an import is; totals are None while the sources are still being counted."""

    files: int
    files_total: int | None
    size: int
    size_total: int | None
    seconds: float  # since it began


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """What an import did; what was taken until a cancel stays.

    Each file that was found is in one of ``added``, ``known``, ``others``, ``refused``, ``untouched``.
    """

    studies: int
    added: int  # stored now, those in ``versions`` among them
    known: int  # the same instance was here already
    versions: int = 0  # the same UID with another content: kept apart
    others: int = 0  # files that are no DICOM objects: a disc's viewer, texts
    refused: tuple[Refusal, ...] = ()
    cancelled: bool = False
    study_uids: tuple[str, ...] = ()
    untouched: int = 0  # found, and left where they are when the import was stopped


Progress = Callable[[ImportProgress], object]
Cancelled = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class ExportSummary:
    """What was written outside the store, and what could not be."""

    files: int
    refused: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True)
class Rendered:
    """One image as a PNG file, and what the reader must know about it."""

    png: bytes
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckSummary:
    """What ``check`` found; no findings: all is as it was."""

    findings: tuple[str, ...]
    summary: str


@dataclass(frozen=True, slots=True)
class TrailVerdict:
    """Whether the audit trail is whole, and a line that says so."""

    whole: bool
    line: str
