"""Rules and rows from which lists are gathered in tests."""

from __future__ import annotations

from datetime import UTC, datetime

from workstation.archive import Task, TaskState
from workstation.config import resource
from workstation.dicom.model import Patient, Study
from workstation.store import RemoteStudy
from workstation.sync.gathering import Rules
from workstation.worklist import Limits, parsed_affinities, parsed_policy, parsed_turnaround

NIGHT = datetime(2026, 11, 24, 2, 4, tzinfo=UTC)


def _table(name: str) -> str:
    return resource("worklist", f"{name}.toml").read_text(encoding="utf-8")


RULES = Rules(
    parsed_turnaround(_table("turnaround"), where="turnaround"),
    parsed_policy(_table("order"), where="order"),
    parsed_affinities(_table("priors"), where="priors"),
    Limits(),
)


def patient(number: str = "4711") -> Patient:
    """Return an invented patient."""
    return Patient(number, "Harbor", f"NOBODY^Number {number}", "19590302", "F")


def remote(
    uid: str,
    *,
    number: str = "4711",
    date: str = "20261124",
    description: str = "CT head without contrast",
    modality: str = "CT",
    instances: int = 100,
    archive: str = "group",
) -> RemoteStudy:
    """Return a study as an archive lists it."""
    study = Study(uid, date, "0204", f"A{uid}", description, "", "Harbor", "")
    return RemoteStudy(archive, patient(number), study, (modality,), (), 1, instances, "ONLINE", NIGHT)


def task(
    uid: str,
    study_uid: str,
    *,
    priority: str = "MEDIUM",
    number: str = "4711",
    state: TaskState = TaskState.SCHEDULED,
    performer: str = "",
    reason: str = "",
) -> Task:
    """Return a reading task."""
    return Task(
        uid,
        study_uid,
        patient(number),
        f"A{study_uid}",
        "read it",
        reason,
        priority=priority,
        state=state,
        performer=performer,
    )
