"""The group's archive as a desk knows it: studies to find, tasks to claim, objects to fetch; all in memory.

``connect_to`` brings a desk together with some of them by the program's own way; only the wire is left out.
"""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from fake_archive import Archive, FakeConnection
from offered import a_slice, part10
from pydicom.dataset import Dataset

from workstation.archive import (
    Claim,
    Contents,
    Endpoint,
    FoundStudy,
    ListedInstance,
    ListedSeries,
    NotOffered,
    NotThere,
    Query,
    Refused,
    Search,
    Task,
    TaskState,
)
from workstation.archive.connecting import Dialer
from workstation.archive.sign_in import account_of
from workstation.clock import Clock
from workstation.config import SETTINGS, ArchiveEntry, Settings
from workstation.dicom.model import Patient, Series, Study
from workstation.security import SessionVault, Vault
from workstation.sync import Service, service
from workstation.workflow import Desk, connect_archives, connecting
from workstation.workflow.archives import Way, address_of

A_MINUTE = 60.0
PATIENT = Patient("P1", "", "ZQXNAME^SECRET", "19700101", "F")


@dataclass
class GroupArchive(Archive):
    """Studies and tasks; ``asked`` tells what was wanted of it."""

    studies: list[FoundStudy] = field(default_factory=list)
    tasks: dict[str, Task] | None = None  # None: it has no worklist
    owners: dict[str, str] = field(default_factory=dict)  # task → transaction UID
    lock: threading.Lock = field(default_factory=threading.Lock)

    def connect(self, endpoint: Endpoint, _patience: float) -> GroupConnection:
        """Return a connection by an endpoint."""
        return GroupConnection(self, endpoint.name)

    def keep(self, *datasets: Dataset, counts: bool = True, day: str | None = None) -> str:
        """Have the objects of one study; return its UID."""
        uid = str(datasets[0].StudyInstanceUID)
        for one in datasets:
            self.objects[str(one.SOPInstanceUID)] = part10(one)
        self.contents[uid] = contents_of(datasets)
        modalities = tuple(sorted({str(one.Modality) for one in datasets}))
        study = dataclasses.replace(self.contents[uid].study, date=day or time.strftime("%Y%m%d"))
        found = FoundStudy(PATIENT, study, modalities, 1, len(datasets) if counts else None)
        self.studies = [one for one in self.studies if one.study.uid != uid] + [found]
        return uid

    def ask_for(self, study_uid: str, **told: object) -> Task:
        """Put a task for a study on the worklist."""
        values = {"accession": "", "description": "", **told}
        task = Task(f"{study_uid}.77", study_uid, PATIENT, **values)  # type: ignore[arg-type]  # a test's words
        self.tasks = {**(self.tasks or {}), task.uid: task}
        return task


class GroupConnection(FakeConnection):
    """A connection to it."""

    def __init__(self, archive: GroupArchive, endpoint: str) -> None:
        super().__init__(archive, endpoint)
        self._group = archive

    def search(self, query: Query) -> Search:
        """Return the studies that fit."""
        self._group.say(self._endpoint, f"search {query.study_uid or query.patient_id or query.from_date}")
        return Search(tuple(one for one in self._group.studies if _fits(one, query)))

    def tasks(self) -> tuple[Task, ...]:
        """Return the worklist."""
        self._group.say(self._endpoint, "tasks")
        if self._group.tasks is None:
            raise NotOffered("no tasks")
        return tuple(self._group.tasks.values())

    def claim(self, task_uid: str, transaction_uid: str, performer: str) -> Claim:
        """Give a task to whoever comes first."""
        self._group.say(self._endpoint, f"claim {task_uid}")
        with self._group.lock:
            tasks = self._group.tasks
            if tasks is None:
                raise NotOffered("no tasks")
            if task_uid not in tasks:
                raise NotThere("no such task")
            if self._group.owners.setdefault(task_uid, transaction_uid) != transaction_uid:
                raise Refused("somebody else has it")
            tasks[task_uid] = dataclasses.replace(
                tasks[task_uid], state=TaskState.IN_PROGRESS, performer=performer
            )
        self._group.say(self._endpoint, f"claimed {task_uid}")
        return Claim(task_uid, transaction_uid)

    def release(self, claim: Claim, reason: str) -> None:
        """Take a task back from its owner."""
        self._group.say(self._endpoint, f"release {claim.task_uid} {bool(reason)}")
        with self._group.lock:
            if self._group.owners.get(claim.task_uid) != claim.transaction_uid:
                raise Refused("it is not yours")
            del self._group.owners[claim.task_uid]
            tasks = self._group.tasks or {}
            tasks[claim.task_uid] = dataclasses.replace(
                tasks[claim.task_uid], state=TaskState.SCHEDULED, performer=""
            )


def settings_with(**changed: float | str) -> Settings:
    """Return the settings with some changed: two underscores stand for the dot."""
    told = {name.replace("__", "."): value for name, value in changed.items()}
    return Settings({setting.name: setting.default for setting in SETTINGS} | told)


def connect_to(
    desk: Desk,
    archives: Mapping[str, Archive],
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings | None = None,
    **fields: Any,  # noqa: ANN401  whatever an entry has
) -> Service:
    """Bring a desk together with archives; the service is yet to be started."""

    def way_to(entry: ArchiveEntry, *, vault: Vault, clock: Clock, **_: object) -> Way:
        address = address_of(entry)
        account = account_of(address, vault=vault, clock=clock)
        return Way(entry, address, account, cast("Dialer", archives[entry.identifier]))

    monkeypatch.setattr(connecting, "way_to", way_to)
    monkeypatch.setattr(service, "_REST", 0.0)  # tests look at once, not when the list has rested
    entries = [
        ArchiveEntry(name, name=name.capitalize(), ways={"fibre": "http://127.0.0.1/x"}, **fields)
        for name in archives
    ]
    return connect_archives(desk, settings=settings or settings_with(), entries=entries, vault=SessionVault())


def service_of(desk: Desk) -> Service:
    """Return what keeps a connected desk in step."""
    assert desk.service is not None
    return desk.service


def read_lists(desk: Desk) -> None:
    """Have the archives asked for their lists now."""
    service_of(desk).read_lists()


def contents_of(datasets: tuple[Dataset, ...]) -> Contents:
    """Return what an archive lists for these objects."""
    series: dict[str, list[Dataset]] = {}
    for one in datasets:
        series.setdefault(str(one.SeriesInstanceUID), []).append(one)
    study = Study(str(datasets[0].StudyInstanceUID), "20261124", "", "", "CT head", "", "", "")
    listed = tuple(
        ListedSeries(
            Series(uid, 1, str(some[0].Modality), "", "", "", "", "", "", ""),
            tuple(
                ListedInstance(str(one.SOPInstanceUID), str(one.SOPClassUID), number, size=200)
                for number, one in enumerate(some)
            ),
        )
        for uid, some in series.items()
    )
    return Contents(PATIENT, study, listed, len(datasets))


def slices(count: int, study: str = "1.2.9", **attributes: object) -> list[Dataset]:
    """Return the slices of a CT."""
    return [a_slice(number, study, **attributes) for number in range(count)]


def until(condition: Callable[[], object], seconds: float = A_MINUTE) -> None:
    """Wait for something that has to happen; how long it takes is nobody's business."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.01)


def _fits(found: FoundStudy, query: Query) -> bool:
    return (
        query.study_uid in ("", found.study.uid)
        and query.patient_id in ("", found.patient.patient_id)
        and found.study.date >= query.from_date
        and (not query.text or query.text in (found.patient.patient_id, found.study.accession))
    )
