"""One list from what archives, tasks and the store tell: each study once, contradictions in sight.

Sources belong together by Study Instance UID. A task without one, or whose UID nobody has images of, goes to
the one study that has its accession number and its patient; where several fit it stays alone and says so.
What the sources tell differently stands in the item's ``conflicts``; what the item shows then comes from the
store first (those pixels would be read), then from archives, then from tasks. The order of the sources
changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, TypeVar

from workstation.dicom.model import Patient, Study
from workstation.terms import examination
from workstation.worklist.identity import Told, identity_conflicts, is_same
from workstation.worklist.items import (
    Conflict,
    Disagreement,
    Item,
    Priority,
    Reading,
    State,
    TaskRef,
    priority_of,
)
from workstation.worklist.sources import FromArchive, FromStore, FromTask, TaskState

T = TypeVar("T")

STORE: Final = "this computer"
"""How a conflict names the store."""

_OPEN: Final = frozenset({TaskState.SCHEDULED, TaskState.IN_PROGRESS})
_STUDY_FIELDS: Final = ("date", "time", "accession", "description", "referring", "institution", "study_id")


@dataclass(slots=True)
class _Group:
    """All sources of one item."""

    key: str
    stored: list[FromStore] = field(default_factory=list)
    archived: list[FromArchive] = field(default_factory=list)
    tasks: list[FromTask] = field(default_factory=list)
    fits_several: bool = False

    @property
    def with_images(self) -> list[FromStore | FromArchive]:
        return [*self.stored, *self.archived]

    @property
    def studies(self) -> list[Study]:
        return [source.study for source in self.with_images]

    @property
    def patients(self) -> list[Patient]:
        return [source.patient for source in self.with_images] + [task.patient for task in self.tasks]

    @property
    def accessions(self) -> set[str]:
        return {study.accession for study in self.studies} | {task.accession for task in self.tasks}

    def settle(self) -> None:
        """Bring the sources into an order of their own, each once."""
        self.stored = _settled(self.stored)
        self.archived = _settled(self.archived)
        self.tasks = _settled(self.tasks)


def merged(
    archived: Iterable[FromArchive], tasks: Iterable[FromTask], stored: Iterable[FromStore]
) -> tuple[Item, ...]:
    """Return one item for each study or task, by their keys; canceled tasks are nothing."""
    groups: dict[str, _Group] = {}
    for found in archived:
        groups.setdefault(found.study.uid, _Group(found.study.uid)).archived.append(found)
    for held in stored:
        groups.setdefault(held.study.uid, _Group(held.study.uid)).stored.append(held)
    _place_tasks(groups, {task for task in tasks if task.state is not TaskState.CANCELED})
    return tuple(_item(groups[key]) for key in sorted(groups))


# --- which sources belong together --------------------------------------------------------------------


def _place_tasks(groups: dict[str, _Group], tasks: Collection[FromTask]) -> None:
    """Put tasks to their studies: by UID, then those with another UID, then those with none."""
    strangers = [task for task in tasks if task.study_uid and task.study_uid not in groups]
    nameless = [task for task in tasks if not task.study_uid]
    for task in tasks:
        if task.study_uid in groups:
            groups[task.study_uid].tasks.append(task)
    for some in (strangers, nameless):
        _place_by_accession(groups, some)


def _place_by_accession(groups: dict[str, _Group], tasks: Sequence[FromTask]) -> None:
    """Put each task to the one group that fits, as the groups were before any of these came."""
    by_accession: dict[str, list[_Group]] = defaultdict(list)
    for group in groups.values():
        for accession in group.accessions - {""}:
            by_accession[accession].append(group)
    fitting = [(task, _fitting(task, by_accession.get(task.accession, ()))) for task in tasks]
    for task, found in fitting:
        key = found[0].key if len(found) == 1 else task.study_uid or _own_key(task)
        group = groups.setdefault(key, _Group(key))
        group.tasks.append(task)
        group.fits_several |= len(found) > 1


def _fitting(task: FromTask, groups: Iterable[_Group]) -> list[_Group]:
    return [group for group in groups if any(is_same(task.patient, patient) for patient in group.patients)]


def _own_key(task: FromTask) -> str:
    """Return a key for a task that has no study: the same for tasks of one order."""
    patient = task.patient
    identity = (patient.patient_id, patient.issuer, patient.birth_date, patient.sex)
    order = (task.accession, *identity) if task.accession else (task.archive, task.uid or repr(task))
    return "task:" + "\x1f".join(order)


# --- one item from its sources ------------------------------------------------------------------------


def _item(group: _Group) -> Item:
    group.settle()
    open_tasks = [task for task in group.tasks if task.state in _OPEN]
    study, patient = _study(group), _patient(group.patients)
    parts = tuple(sorted({part for source in group.with_images for part in source.body_parts}))
    archives = tuple(sorted({source.archive for source in group.archived}))
    return Item(
        key=group.key,
        patient=patient,
        study=study,
        modalities=_modalities(group),
        body_parts=parts,
        examination=examination(study.description, body_parts=parts),
        site=study.institution,
        archives=archives,
        priority=_priority(group.tasks),
        patient_class=_first(task.patient_class for task in group.tasks),
        due=min((task.due for task in open_tasks if task.due), default=None),
        available_since=_earliest(
            [source.available_since for source in group.stored],
            [source.first_seen for source in group.archived],
        ),
        exam_end=_earliest([source.exam_end for source in group.with_images]),
        reading=_reading(group, open_tasks),
        assigned=_first(task.assigned for task in open_tasks),
        here=_here(group),
        expected=_expected(group),
        is_stored=bool(group.stored),
        task=_task(open_tasks),
        procedure_code=_first(task.procedure_code for task in group.tasks),
        reason=_first(task.reason for task in group.tasks),
        referrer=_first((*(task.requester for task in group.tasks), study.referring)),
        also_known_as=_aliases(group.patients, patient),
        conflicts=_conflicts(group),
    )


def _patient(patients: Sequence[Patient]) -> Patient:
    """Return the first patient told, its gaps filled from the others."""
    numbered = next((one for one in patients if one.patient_id), patients[0])
    return replace(
        numbered,
        name=_first(one.name for one in (numbered, *patients)),
        birth_date=_first(one.birth_date for one in (numbered, *patients)),
        sex=_first(one.sex for one in (numbered, *patients)),
    )


def _study(group: _Group) -> Study:
    """Return the study's facts, the gaps of the first source filled from the others, then from tasks."""
    uid = _first((*(study.uid for study in group.studies), *(task.study_uid for task in group.tasks)))
    studies = group.studies
    facts = {name: _first(getattr(study, name) for study in studies) for name in _STUDY_FIELDS}
    facts["accession"] = facts["accession"] or _first(task.accession for task in group.tasks)
    facts["description"] = facts["description"] or _first(task.description for task in group.tasks)
    return Study(uid=uid, **facts)


def _here(group: _Group) -> int:
    return max((source.here for source in group.stored), default=0)


def _expected(group: _Group) -> int | None:
    """Return how many images there should be by whoever says the most, None if nobody says.

    What was made here doesn't make up for what an archive has more than when it was asked.
    """
    unlisted = max((source.unlisted for source in group.stored), default=0)
    told = [source.instances + unlisted for source in group.archived if source.instances is not None]
    told += [source.expected for source in group.stored if source.expected is not None]
    return max((*told, _here(group))) if told else None


def _modalities(group: _Group) -> tuple[str, ...]:
    told = {code for source in group.with_images for code in source.modalities}
    return tuple(sorted(told or {task.modality for task in group.tasks} - {""}))


def _priority(tasks: Iterable[FromTask]) -> Priority:
    """Return the most urgent priority; a word that isn't known counts as routine, and is told."""
    told = [priority_of(task.priority) or Priority.ROUTINE for task in tasks if task.priority]
    return min(told, key=lambda priority: priority.rank, default=Priority.ROUTINE)


def _reading(group: _Group, open_tasks: Sequence[FromTask]) -> Reading:
    """Return what is furthest; a completed task doesn't make final what another task still waits for."""
    told = [Reading(source.state, source.who) for source in group.stored]
    told += [
        Reading(State.IN_PROGRESS, task.performer)
        for task in open_tasks
        if task.state is TaskState.IN_PROGRESS
    ]
    if group.tasks and not open_tasks:
        told += [Reading(State.FINAL, task.performer) for task in group.tasks]
    return max(told, key=lambda reading: (reading.state.rank, reading.who), default=Reading())


def _task(open_tasks: Sequence[FromTask]) -> TaskRef | None:
    refs = [TaskRef(task.uid, task.archive) for task in open_tasks]
    return min(refs, key=lambda ref: (not ref.is_claimable, ref.archive, ref.uid), default=None)


def _aliases(patients: Iterable[Patient], shown: Patient) -> tuple[tuple[str, str], ...]:
    numbers = {(one.patient_id, one.issuer) for one in patients if one.patient_id}
    return tuple(sorted(numbers - {(shown.patient_id, shown.issuer)}))


# --- what they tell differently -----------------------------------------------------------------------


def _conflicts(group: _Group) -> tuple[Conflict, ...]:
    by_tasks = [(f"task of {task.archive}", task) for task in group.tasks]
    by_studies = [(STORE, source.study) for source in group.stored]
    by_studies += [(source.archive, source.study) for source in group.archived]
    told: list[Told] = [(STORE, source.patient) for source in group.stored]
    told += [(source.archive, source.patient) for source in group.archived]
    told += [(source, task.patient) for source, task in by_tasks]
    accessions = [(source, study.accession) for source, study in by_studies]
    accessions += [(source, task.accession) for source, task in by_tasks]
    uids = [(source, study.uid) for source, study in by_studies]
    uids += [(source, task.study_uid) for source, task in by_tasks]
    readers = [(source, task.performer) for source, task in by_tasks if task.state is TaskState.IN_PROGRESS]
    readers += [(STORE, source.who) for source in group.stored if source.state is State.IN_PROGRESS]
    unknown = [(source, task.priority) for source, task in by_tasks if priority_of(task.priority) is None]
    return (
        *identity_conflicts(told),
        *_differing(Disagreement.ACCESSION, accessions),
        *_differing(Disagreement.STUDY_UID, uids),
        *_differing(Disagreement.READER, readers),
        *([Conflict(Disagreement.PRIORITY, tuple(dict.fromkeys(unknown)))] if unknown else ()),
        *([Conflict(Disagreement.MATCH, ())] if group.fits_several else ()),
    )


def _differing(what: Disagreement, told: Iterable[tuple[str, str]]) -> tuple[Conflict, ...]:
    """Return a conflict if more than one value is told; what isn't told can't differ."""
    said = tuple(dict.fromkeys((source, value) for source, value in told if value))
    return (Conflict(what, said),) if len({value for _, value in said}) > 1 else ()


def _settled(sources: list[T]) -> list[T]:
    return sorted(set(sources), key=repr) if len(sources) > 1 else sources


def _first(values: Iterable[str]) -> str:
    return next((value for value in values if value), "")


def _earliest(*times: Iterable[datetime | None]) -> datetime | None:
    return min((time for some in times for time in some if time is not None), default=None)
