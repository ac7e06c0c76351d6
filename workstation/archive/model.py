"""What is asked of an archive and what it answers, as plain frozen values.

Units:   dates and times as DICOM writes them (DA, TM); ``datetime`` values are aware, in UTC; bytes.
Source:  PS3.18 (DICOMweb), PS3.4 C (query/retrieve), CC.2.5 (Unified Procedure Step), J (storage commitment).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from workstation.dicom.model import Patient, Series, Study

# --- search -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Query:
    """Which studies; what is empty is not asked. The answer is filtered here, whatever the archive heeds."""

    text: str = ""  # beginning of the family name, or a patient ID or accession number
    patient_id: str = ""
    issuer: str = ""  # with patient_id: only where the archive names the same issuer, or none
    accession: str = ""
    study_uid: str = ""
    modalities: frozenset[str] = field(default_factory=frozenset)  # at least one of them
    from_date: str = ""  # DA, inclusive
    to_date: str = ""
    limit: int = 0  # 0: all of them, page by page


@dataclass(frozen=True, slots=True)
class FoundStudy:
    """A study that an archive has."""

    patient: Patient
    study: Study
    modalities: tuple[str, ...]
    series: int | None  # None: the archive doesn't say
    instances: int | None
    body_parts: tuple[str, ...] = ()
    availability: str = ""  # ONLINE, NEARLINE, OFFLINE, UNAVAILABLE (PS3.3 C.4.23.1.1), "" unsaid


@dataclass(frozen=True, slots=True)
class Search:
    """What a search found."""

    studies: tuple[FoundStudy, ...]
    is_whole: bool = True  # False: the archive cut the list at a limit of its own


# --- what a study consists of -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ListedInstance:
    """An instance that the archive says it has, before its bytes are here."""

    uid: str
    sop_class: str
    number: int | None
    frames: int = 1
    position: tuple[float, float, float] | None = None  # ImagePositionPatient, LPS mm
    orientation: tuple[float, float, float, float, float, float] | None = None
    transfer_syntax: str = ""  # as stored there, "" unsaid
    size: int | None = None  # bytes of its pixels, as the header lets one reckon


@dataclass(frozen=True, slots=True)
class ListedSeries:
    """A series, with the instances that the archive lists for it."""

    series: Series
    instances: tuple[ListedInstance, ...]
    announced: int | None = None  # NumberOfSeriesRelatedInstances


@dataclass(frozen=True, slots=True)
class Contents:
    """All that an archive says a study consists of: what the store's own count is held against."""

    patient: Patient
    study: Study
    series: tuple[ListedSeries, ...]
    announced: int | None = None  # NumberOfStudyRelatedInstances

    @property
    def count(self) -> int:
        """Return how many instances are listed."""
        return sum(len(one.instances) for one in self.series)


# --- retrieving ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to retrieve: a study, a series of it, an instance, or some frames (from 0) of an instance."""

    study_uid: str
    series_uid: str = ""
    uid: str = ""
    frames: tuple[int, ...] = ()


# --- storing ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An object to be stored in the archive: a Part 10 file, byte for byte as it was signed or received."""

    uid: str
    sop_class: str
    study_uid: str
    series_uid: str
    transfer_syntax: str
    data: memoryview


class Settled(StrEnum):
    """What an archive said of one object that was sent to it."""

    STORED = "stored"  # listed as stored; proof is the read-back
    ALREADY = "already"  # it has an object of this UID; whether the same, only the read-back tells
    REFUSED = "refused"  # it will never take this one
    LATER = "later"  # not now; ask again
    UNSAID = "unsaid"  # the answer doesn't mention it: it may be stored


@dataclass(frozen=True, slots=True)
class StoreAnswer:
    """What became of one object, as the archive tells it."""

    uid: str
    settled: Settled
    code: int = 0  # FailureReason (0008,1197) or WarningReason (0008,1196)
    reason: str = ""  # in plain words, without identity


@dataclass(frozen=True, slots=True)
class Reference:
    """An instance by name."""

    study_uid: str
    series_uid: str
    uid: str
    sop_class: str = ""


# --- reading tasks ------------------------------------------------------------------------------------


class TaskState(StrEnum):
    """Procedure Step State (0074,1000)."""

    SCHEDULED = "SCHEDULED"
    IN_PROGRESS = "IN PROGRESS"
    COMPLETED = "COMPLETED"
    CANCELED = "CANCELED"


@dataclass(frozen=True, slots=True)
class Task:
    """An entry of an archive's worklist: a UPS workitem, or an item of a modality worklist."""

    uid: str  # of the workitem; of a modality worklist item: "" (it can't be claimed)
    study_uid: str
    patient: Patient
    accession: str
    description: str  # what is to be read
    reason: str = ""  # why the examination was asked for
    priority: str = ""  # HIGH, MEDIUM, LOW (0074,1200); for MWL STAT, HIGH, ROUTINE… (0040,1003)
    state: TaskState = TaskState.SCHEDULED
    performer: str = ""  # who has it in progress
    requester: str = ""
    procedure_code: str = ""
    due: datetime | None = None  # Expected Completion / Scheduled deadline
    scheduled: datetime | None = None
    modality: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to change a workitem: whoever loses the transaction UID can't give it back."""

    task_uid: str
    transaction_uid: str


@dataclass(frozen=True, slots=True)
class Commitment:
    """What the archive commits itself to keep (storage commitment)."""

    kept: frozenset[str]
    failed: Mapping[str, int]  # SOP Instance UID → FailureReason


# --- which archive, and by what way --------------------------------------------------------------------


class Speech(StrEnum):
    """How an archive is spoken to."""

    DICOMWEB = "dicomweb"
    DIMSE = "dimse"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One way to an archive (a provider, a VPN, a hotspot); all of them lead to the same data."""

    name: str
    url: str = ""  # DICOMweb: the base, ending before /studies
    host: str = ""  # DIMSE
    port: int = 0


@dataclass(frozen=True, slots=True)
class TlsRules:
    """How the other side has to prove itself."""

    minimum: str = "1.3"  # "1.2" only where the site allows it, with a warning that stays
    authorities: str = ""  # PEM file of the site's own CA; "": the system's
    pins: tuple[str, ...] = ()  # base64 SHA-256 of SubjectPublicKeyInfo, any certificate of the chain
    certificate: str = ""  # PEM file of ours, with its key beside it or in it
    key: str = ""
    is_wanted: bool = True  # False: DIMSE without TLS, where the site has said so


@dataclass(frozen=True, slots=True)
class SignIn:
    """How we prove ourselves; the secrets lie in the keyring under the archive's identifier."""

    kind: str = "none"  # none, basic, bearer, oidc, client
    user: str = ""  # basic; oidc: a hint
    issuer: str = ""  # oidc and client: the provider's URL
    client_id: str = ""
    scopes: tuple[str, ...] = ("openid", "profile", "offline_access")


@dataclass(frozen=True, slots=True)
class Address:
    """Everything that is needed to speak to one archive."""

    identifier: str  # short, stable, without blanks: it stands in the store's rows
    name: str  # for people
    speech: Speech
    endpoints: tuple[Endpoint, ...]
    sign_in: SignIn = SignIn()
    tls: TlsRules = TlsRules()
    product: str = ""  # a ready capability profile: orthanc, dcm4chee, google, aws, azure; "": probe
    overrides: Mapping[str, str] = field(default_factory=dict)  # of single capabilities
    called: str = ""  # DIMSE: the archive's AE title
    calling: str = "LUMEN"
    patient_issuer: str = ""  # who issues the patient IDs there, where the objects don't say
