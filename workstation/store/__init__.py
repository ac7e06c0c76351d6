"""The encrypted store on disk: an index of studies, their images, the reader's work, and what guards both.

Its data come from imports, from archives (through ``sync``) and from what people do (through
``workflow``); everything is sealed with one key that the caller holds. ``frames``, ``sync``, ``workflow``
and ``app`` may import it; it is the only package that speaks SQL.
"""

from workstation.store.arrivals import Examined, Incoming, Outcome
from workstation.store.artefacts import CLOSED, QUEUED, Artefact, Delivery, Parcel
from workstation.store.audit_log import AuditEvent
from workstation.store.blobs import BlobRef
from workstation.store.check import CheckResult, Finding
from workstation.store.claims import GIVING_BACK, HELD, HeldTask
from workstation.store.connection_checks import ConnectionCheck
from workstation.store.errors import (
    ArtefactDiffers,
    BlobDamaged,
    BlobMissing,
    DiskFailed,
    DiskFull,
    StoreBusy,
    StoreDamaged,
    StoreMissing,
    StoreReadOnly,
    StoreTooNew,
    StudyKept,
)
from workstation.store.eviction import Limits
from workstation.store.instances import StoredInstance
from workstation.store.intake import Receipt
from workstation.store.links import Link, PatientKey
from workstation.store.listed import Account, Listing
from workstation.store.lock import require_free
from workstation.store.outbox import Outbox
from workstation.store.parts import Options
from workstation.store.remote_studies import RemoteStudy, Window
from workstation.store.report import Report
from workstation.store.seen_tasks import SeenTask
from workstation.store.store import Condition, Store
from workstation.store.studies import StudyQuery, StudyRow

__all__ = [
    "CLOSED",
    "GIVING_BACK",
    "HELD",
    "QUEUED",
    "Account",
    "Artefact",
    "ArtefactDiffers",
    "AuditEvent",
    "BlobDamaged",
    "BlobMissing",
    "BlobRef",
    "CheckResult",
    "Condition",
    "ConnectionCheck",
    "Delivery",
    "DiskFailed",
    "DiskFull",
    "Examined",
    "Finding",
    "HeldTask",
    "Incoming",
    "Limits",
    "Link",
    "Listing",
    "Options",
    "Outbox",
    "Outcome",
    "Parcel",
    "PatientKey",
    "Receipt",
    "RemoteStudy",
    "Report",
    "SeenTask",
    "Store",
    "StoreBusy",
    "StoreDamaged",
    "StoreMissing",
    "StoreReadOnly",
    "StoreTooNew",
    "StoredInstance",
    "StudyKept",
    "StudyQuery",
    "StudyRow",
    "Window",
    "require_free",
]
