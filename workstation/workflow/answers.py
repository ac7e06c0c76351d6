"""What the verbs answer: plain values for the window, the command line and JSON.

Field names are part of the command line's JSON: they may gain neighbours, never change.

Units:   dates and times as DICOM writes them (DA, TM), names as PN, decoded; seconds, bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class StudyState(StrEnum):
    """Where a study stands in the reader's night; the value is what the list shows."""

    ELSEWHERE = "in the archive"  # nothing of it is here
    ARRIVING = "arriving"
    INCOMPLETE = "incomplete"
    UNREAD = "unread"
    OPENED = "opened"
    IN_PROGRESS = "in progress"
    DICTATED = "dictated"
    PRELIMINARY = "preliminary"
    FINAL = "final"


class Urgency(StrEnum):
    """How urgent the order is."""

    STAT = "STAT"
    HIGH = "HIGH"
    ROUTINE = "ROUTINE"
    LOW = "LOW"


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
    expected: int  # instances that belong to it, as far as is known; more, unless ``is_counted``
    state: StudyState = StudyState.UNREAD
    who: str = ""  # who has it in progress, or has read it
    urgency: Urgency | None = None  # None: nobody has asked for a reading
    due: datetime | None = None  # when it should be read, aware
    reason: str = ""  # why the examination was asked for
    region: str = ""  # "head", "chest, abdomen"
    priors_here: int = 0
    priors_known: int | None = None  # None: nobody has looked yet
    flag: str = ""  # what an algorithm has found: "pneumothorax 0.88"
    is_flag_urgent: bool = False
    archives: tuple[str, ...] = ()  # names of those that have it; empty: it is here alone
    assigned: str = ""  # to whom
    can_be_claimed: bool = False
    is_claimed: bool = False  # by the person at this desk
    is_mine: bool = False  # the person at this desk has claimed it, is at it, or it is assigned to them
    why_here: str = ""  # why it stands at this place of the list
    trouble: str = ""  # what the reader must know before opening: the archives disagree, images can't be had
    is_prior: bool = False  # it is on the list only because it may be compared with
    rank: int = 0  # its place in the order of reading, from 0
    is_counted: bool = True  # False: nobody says how many instances belong to it

    @property
    def is_whole(self) -> bool:
        """Say whether all that belongs to it is here, and somebody has said how much that is."""
        return self.is_counted and 0 < self.here >= self.expected


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
    study_uid: str = ""  # where it is a study that the list shows


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


@dataclass(frozen=True, slots=True)
class PriorRow:
    """An earlier study that is worth comparing with, and why."""

    study: StudyRow
    reasons: tuple[str, ...]  # "same region", "9 months"


@dataclass(frozen=True, slots=True)
class LinkOffer:
    """Somebody under another hospital's number who may be the same person; a person decides."""

    patient_id: str
    issuer: str
    other_id: str
    other_issuer: str
    evidence: str  # "same name, birth date and sex"
    other_name: str = ""
    other_birth_date: str = ""
    other_sex: str = ""


@dataclass(frozen=True, slots=True)
class NextCase:
    """What to read next, and what above it was passed over, with the reason."""

    study: StudyRow | None
    skipped: tuple[Refusal, ...] = ()
    note: str = ""  # why it is offered though it was passed over before: nothing else is left


@dataclass(frozen=True, slots=True)
class Searched:
    """What archives answered to a search by hand; what they found is on the list from then on."""

    count: int = 0  # studies, one that two have twice
    answered: tuple[str, ...] = ()  # names
    silent: tuple[Refusal, ...] = ()  # those that could not say, and why


@dataclass(frozen=True, slots=True)
class SyncSummary:
    """How far the store is in step with the archives."""

    to_read: int  # studies on the list
    whole: int  # of what was wanted, studies that are here whole by now
    given_up: int  # instances that can't be had
    unsent: int  # objects that are not where they have to go
    lines_down: tuple[str, ...]
    troubles: tuple[str, ...]
    is_settled: bool = True  # nothing more can be done now; False: it was stopped before


@dataclass(frozen=True, slots=True)
class SendSummary:
    """What was put into the outbox, and what could not be."""

    queued: int  # that have to go still
    refused: tuple[Refusal, ...] = ()
    known: int = 0  # that the archive was seen to have before
    cancelled: bool = False


class LineStatus(StrEnum):
    """How it stands with the line to an archive."""

    UNKNOWN = "not asked yet"
    ONLINE = "online"
    OFFLINE = "offline"
    CAPTIVE = "something else answers"
    SIGNED_OUT = "signed out"
    UNTRUSTED = "not trusted"


@dataclass(frozen=True, slots=True)
class LineRow:
    """The line to one archive."""

    archive: str  # its identifier
    name: str
    status: LineStatus
    endpoint: str  # "fibre"
    since: datetime  # since when it stands so
    latency: float | None = None  # seconds
    rate: float | None = None  # bytes per second
    why: str = ""
    shares_claims: bool | None = None  # whether it can say who reads what; None: not asked yet
    warning: str = ""  # one that stays: TLS 1.2 is allowed here
    asks_for: str = ""  # what a person types to sign in: "password", "token"; empty: the browser asks


@dataclass(frozen=True, slots=True)
class ListenerRow:
    """What takes in that which modalities, routers and archives bring to this computer."""

    title: str  # its AE title
    port: int
    is_encrypted: bool
    warning: str = ""  # one that stays: what is brought is not encrypted


class DeliveryState(StrEnum):
    """Where something stands that has to reach an archive; the value is what a person reads."""

    QUEUED = "waiting"
    SENDING = "sending"
    STORED = "sent, not proven yet"
    VERIFIED = "delivered"
    HELD = "held"
    CONFLICT = "conflict"
    QUARANTINED = "refused"
    CLOSED = "given up"


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One thing on its way to one archive."""

    identifier: str  # for ``retry`` and ``give up``: the object's UID and the archive
    kind: str  # "report", "image", …
    patient_name: str
    study: str  # what it belongs to: "CT head, 2026-11-24"
    archive: str  # the archive's name
    state: DeliveryState
    created: datetime
    attempts: int
    next_try: datetime | None = None
    error: str = ""  # the last one, in plain words
    size: int = 0
    count: int = 1  # images of one study that stand the same way are one row
    changed: datetime | None = None

    @property
    def needs_person(self) -> bool:
        """Say whether only a person can settle it."""
        return self.state in (DeliveryState.CONFLICT, DeliveryState.QUARANTINED)

    @property
    def is_unsent(self) -> bool:
        """Say whether it still has to get there."""
        return self.state not in (DeliveryState.VERIFIED, DeliveryState.CLOSED)


@dataclass(frozen=True, slots=True)
class Outage:
    """A time without a line that goes on, or has ended."""

    archive: str  # its name
    began: datetime
    ended: datetime | None = None
    contacts: tuple[str, ...] = ()  # whom to tell, as the site has laid down


class Verdict(StrEnum):
    """How one step of a check has ended."""

    RUNNING = "running"
    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class CheckStep:
    """One thing that a connection check looked at."""

    name: str  # "DNS", "TCP", "TLS", "Certificate", "Sign-in", "Latency", "Download", "Upload", …
    verdict: Verdict
    found: str  # "22 ms median, 31 ms p95"
    wanted: str = ""  # "at most 200 ms"
    advice: str = ""  # what to do
    value: float | None = None  # for the history: milliseconds, Mbit/s, days
    unit: str = ""
    limit: float | None = None  # what the value was held against


@dataclass(frozen=True, slots=True)
class ConnectionReport:
    """A whole check of one way to an archive."""

    archive: str
    endpoint: str
    at: datetime
    steps: tuple[CheckStep, ...]
    verdict: Verdict
    summary: str  # one sentence
    study_seconds: float | None = None  # estimated for a CT of 500 slices
