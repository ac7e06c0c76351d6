"""The worklist as the store knows it: what archives list, what is to be read and what is here, in order.

Nothing is asked of a network here. Where an archive has reading tasks, a study of it without one is not to
be read; where it has none, its recent studies are.

Units:   days back from today, today included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from workstation.archive import Task
from workstation.dicom.model import Patient
from workstation.store import Account, RemoteStudy, Store, StudyRow
from workstation.sync.tasks_form import from_json
from workstation.worklist import (
    Affinities,
    FromArchive,
    FromStore,
    FromTask,
    Item,
    Limits,
    Links,
    Override,
    Place,
    Policy,
    Priors,
    State,
    TaskState,
    Turnaround,
    comparable,
    find_priors,
    merged,
    number_of,
    ranked,
)

ReadingOf = Callable[[str], State]
"""How far the reading of a study has come at this desk."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the site has laid down for lists and priors."""

    turnaround: Turnaround
    policy: Policy
    affinities: Affinities
    limits: Limits
    days: int = 7


@dataclass(frozen=True, slots=True)
class Gathered:
    """Everything that is known of, and what of it is to be read."""

    to_read: tuple[Place, ...]  # in the order in which they should be read
    others: tuple[Item, ...]
    links: Links
    tasks: Mapping[str, Task] = field(default_factory=dict)  # by study UID
    remote: Mapping[str, tuple[RemoteStudy, ...]] = field(default_factory=dict)  # by study UID
    people: Mapping[str, list[Item]] = field(default_factory=dict)  # by patient ID, and by birth date

    def items(self) -> Iterator[Item]:
        """Yield every item once."""
        yield from (place.item for place in self.to_read)
        yield from self.others

    def item(self, study_uid: str) -> Item | None:
        """Return the item of a study."""
        return next((item for item in self.items() if item.study_uid == study_uid), None)

    def priors_of(self, item: Item, affinities: Affinities) -> Priors:
        """Return what an item may be compared with, among everything that is known of."""
        numbers = self.links.numbers_of(number_of(item.patient))
        about = {
            other.key: other
            for key in (*(number for number, _ in numbers), _born(item.patient))
            for other in self.people.get(key, ())
        }
        return find_priors(comparable(item), map(comparable, about.values()), self.links, affinities)


def gather(
    store: Store,
    rules: Rules,
    now: datetime,
    *,
    reading_of: ReadingOf,
    links: Links,
    overrides: Iterable[Override] = (),
) -> Gathered:
    """Return what the store knows of, merged and in order."""
    accounts, brought = store.listed.accounts(), store.counts.all()
    remote = _by_study(store.remote_studies.list())
    tasks = [(seen.archive, task) for seen in store.tasks.all() for task in _tasks(seen.body)]
    items = merged(
        (_from_archive(one) for found in remote.values() for one in found),
        (_from_task(archive, task) for archive, task in tasks),
        (
            _from_store(row, accounts.get(row.uid), brought.get(row.uid), reading_of)
            for row in store.studies.list()
        ),
    )
    with_tasks = {archive for archive, task in tasks if task.uid}
    first = (now - timedelta(days=rules.days)).strftime("%Y%m%d")
    to_read = [item for item in items if _is_to_read(item, with_tasks, first)]
    keys = {item.key for item in to_read}
    places = ranked(to_read, now=now, turnaround=rules.turnaround, policy=rules.policy, overrides=overrides)
    return Gathered(
        places,
        tuple(item for item in items if item.key not in keys),
        links,
        {task.study_uid: task for _, task in tasks if task.study_uid},
        remote,
        _people(items),
    )


def _people(items: Iterable[Item]) -> dict[str, list[Item]]:
    """Return whoever may be one person beside each other: the same number, or born on the same day."""
    people: dict[str, list[Item]] = {}
    for item in items:
        for key in (item.patient.patient_id, _born(item.patient)):
            people.setdefault(key, []).append(item)
    return people


def _born(patient: Patient) -> str:
    return f"born {patient.birth_date}"


def _is_to_read(item: Item, with_tasks: set[str], first: str) -> bool:
    if item.task is not None:
        return True
    if not item.archives:
        return True  # it was brought here by hand
    return not with_tasks.intersection(item.archives) and item.study.date >= first


def _by_study(found: Iterable[RemoteStudy]) -> dict[str, tuple[RemoteStudy, ...]]:
    by_study: dict[str, tuple[RemoteStudy, ...]] = {}
    for one in found:
        by_study[one.uid] = (*by_study.get(one.uid, ()), one)
    return by_study


def _tasks(body: str) -> list[Task]:
    try:
        return [from_json(body)]
    except ValueError:
        return []  # another version wrote it: the archive is asked again within the minute


def _from_archive(found: RemoteStudy) -> FromArchive:
    return FromArchive(
        found.archive,
        found.patient,
        found.study,
        found.modalities,
        found.body_parts,
        found.instances,
        found.first_seen,
    )


def _from_task(archive: str, task: Task) -> FromTask:
    return FromTask(
        archive,
        task.uid,
        task.study_uid,
        task.patient,
        accession=task.accession,
        description=task.description,
        modality=task.modality,
        procedure_code=task.procedure_code,
        reason=task.reason,
        priority=task.priority,
        state=TaskState(task.state.value),
        performer=task.performer,
        requester=task.requester,
        due=task.due,
    )


def _from_store(
    row: StudyRow, account: Account | None, brought: int | None, reading_of: ReadingOf
) -> FromStore:
    return FromStore(
        row.patient,
        row.study,
        row.modalities,
        row.body_parts,
        here=row.instances,
        unlisted=row.instances - account.here if account else 0,
        expected=_expected(row.instances, account, brought),
        state=reading_of(row.uid),
        available_since=row.stored,
    )


def _expected(here: int, account: Account | None, brought: int | None) -> int | None:
    """Return how many instances there should be, None if nobody says.

    What was made here doesn't make up for what archives list and have not delivered. A disc held what it
    brought; where more is here by now, something else brought that, and nobody says of how many.
    """
    told = [here + account.expected - account.here] if account else []
    told += [brought] if brought is not None and here <= brought else []
    return max(told, default=None)
