"""The parts of an open store, and who asks whom."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from workstation.clock import Clock, SystemClock
from workstation.security import boot_id
from workstation.security.ciphers import Key
from workstation.store import disk as place
from workstation.store.audit_log import AuditLog
from workstation.store.blobs import Blobs
from workstation.store.claims import Claims
from workstation.store.connection_checks import ConnectionChecks
from workstation.store.contents import Contents
from workstation.store.counts import Counts
from workstation.store.disk import Disk
from workstation.store.eviction import Eviction, Limits
from workstation.store.index import Index
from workstation.store.instances import Instances
from workstation.store.intake import Intake
from workstation.store.links import Links
from workstation.store.listed import Listed
from workstation.store.measurements import Measurements
from workstation.store.names import Names
from workstation.store.outbox import Outbox
from workstation.store.pins import Pins
from workstation.store.recovery import Examine, Recovery
from workstation.store.remote_studies import RemoteStudies
from workstation.store.report import Report
from workstation.store.reserve import RESERVE_BYTES, Reserve
from workstation.store.seen_tasks import SeenTasks
from workstation.store.sessions import Sessions
from workstation.store.studies import Studies
from workstation.store.study_keys import StudyKeys
from workstation.store.work import Work


@dataclass(frozen=True, slots=True)
class Options:
    """What a store is opened with; what is left out is the product's own."""

    clock: Clock = field(default_factory=SystemClock)
    limits: Limits = field(default_factory=Limits)
    disk: Disk = field(default_factory=Disk)
    examine: Examine | None = None  # lists images again that the index lost; else they wait
    may_start_anew: bool = False  # with an empty work record, if both its halves are lost
    reserve: int = RESERVE_BYTES
    writers: int = 4  # threads that wait for the disk while images are stored


class Parts:
    """Everything that works on one folder with one key."""

    def __init__(
        self, folder: Path, kek: Key, options: Options, work: Work, index: Index, report: Report
    ) -> None:
        files, clock = options.disk.files, options.clock
        self.folder = folder
        self.files = files
        self.work = work
        self.index = index
        self.report = report
        self.examine = options.examine
        self.names = Names(kek, folder / place.BLOBS)
        self.keys = StudyKeys(files, self.names, kek)
        self.reserve = Reserve(files, folder / place.RESERVE, options.reserve)
        self.studies = Studies(index)
        self.instances = Instances(index)
        self.sessions = Sessions(index)
        self.remote_studies = RemoteStudies(index)
        self.listed = Listed(index)
        self.tasks = SeenTasks(index)
        self.connection_checks = ConnectionChecks(index)
        self.measurements = Measurements(work)
        self.pins = Pins(work)
        self.links = Links(work)
        self.claims = Claims(work)
        self.counts = Counts(work)
        self.audit = AuditLog(work, clock, boot_id())
        self.blobs = Blobs(files, self.names, self.keys, on_damage=self.instances.mark_damaged)
        self.eviction = Eviction(
            files, self.names, self.keys, index, self.reserve, options.limits, pinned=self.pins.all
        )
        self.outbox = Outbox(work, Contents(self.instances, self.blobs, self.eviction.lock))
        self.intake = Intake(
            files, self.names, self.keys, self.blobs, index, clock, self.eviction, options.writers
        )
        self.recovery = Recovery(folder, files, self.names, self.keys, self.blobs, index, clock, report)
        work.give_way = self.reserve.release
