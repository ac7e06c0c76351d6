"""The archives' lists, asked again and again: which studies there are, and which are to be read.

The last days are asked for often, the whole window now and then; an answer that is whole also tells what is
gone. What was seen stands in the store, so the list is there at once at the next start, and while no line
is. The studies of one person are asked for when one of theirs is about to be read, for its priors.

Units:   seconds on the monotonic clock; days back from today, today included.
Errors:  what an archive answers is noted on its line and in ``troubles``; those of the store come out.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from workstation.archive import ArchiveError, FoundStudy, NotOffered, Query
from workstation.clock import Clock
from workstation.errors import calm
from workstation.events import Signal
from workstation.store import PatientKey, RemoteStudy, Store, Window
from workstation.sync.line import Line
from workstation.sync.tasks_form import to_json

_OFTEN_DAYS: Final = 2
_WHOLE_EVERY: Final = 600.0
_NO_LINE: Final = "There is no line."
_PERSON_EVERY: Final = 1800.0


@dataclass(frozen=True, slots=True)
class Habit:
    """How often and how far back."""

    every: float = 30.0
    days: int = 7


class Watching:
    """Asks every archive for its lists when their time has come."""

    def __init__(self, store: Store, lines: Mapping[str, Line], clock: Clock, habit: Habit = Habit()) -> None:
        self.changed: Signal[str] = Signal("an archive's list was read")
        self.shares_claims: dict[str, bool] = {}
        """Whether an archive can say who reads what; missing: not asked yet."""
        self.troubles: dict[str, str] = {}
        self._store = store
        self._lines = lines
        self._clock = clock
        self._habit = habit
        self._lock = threading.Lock()
        self._due: dict[str, float] = {}
        self._whole_due: dict[str, float] = {}
        self._asked_for: dict[tuple[str, PatientKey], float] = {}

    def look(self) -> None:
        """Ask those archives whose time has come and whose line works."""
        for name in self._lines:
            if self._clock.monotonic() >= self._due.get(name, 0.0) and self._lines[name].is_usable:
                self.refresh(name)

    def hurry(self) -> None:
        """Ask everybody at the next look."""
        self._due.clear()

    def refresh(self, archive: str) -> None:
        """Ask one archive now."""
        now = self._clock.monotonic()
        self._due[archive] = now + self._habit.every
        is_whole = now >= self._whole_due.get(archive, 0.0)
        try:
            self._read_studies(archive, self._habit.days if is_whole else _OFTEN_DAYS)
            self._read_tasks(archive)
        except (ArchiveError, OSError) as error:
            self.troubles[archive] = calm(error)
            return
        self.troubles.pop(archive, None)
        if is_whole:
            self._whole_due[archive] = now + _WHOLE_EVERY
        self.changed.emit(archive)

    def search(self, query: Query) -> dict[str, int | str]:
        """Ask every archive, by hand; return for each how many studies it has, or why it couldn't say."""
        return {
            name: self._search_one(name, query) if line.is_usable else _NO_LINE
            for name, line in self._lines.items()
        }

    def ask_for(self, person: PatientKey) -> bool:
        """Ask every archive for the studies of a person; False if they were asked lately."""
        asked = [self._ask_one(name, person) for name, line in self._lines.items() if line.is_usable]
        return any(asked)

    def _ask_one(self, archive: str, person: PatientKey) -> bool:
        now, key = self._clock.monotonic(), (archive, person)
        with self._lock:
            if now < self._asked_for.get(key, 0.0):
                return False
            self._asked_for[key] = now + _PERSON_EVERY
        query = Query(patient_id=person.patient_id, issuer=person.issuer)
        try:
            with self._lines[archive].asking() as connection:
                found = connection.images.search(query)
        except (ArchiveError, OSError):
            with self._lock:
                self._asked_for.pop(key, None)
            return False
        self._store.remote_studies.put_all(map(self._remote(archive), found.studies))
        return True

    def _search_one(self, archive: str, query: Query) -> int | str:
        try:
            with self._lines[archive].asking() as connection:
                found = connection.images.search(query)
        except (ArchiveError, OSError) as error:
            self.troubles[archive] = calm(error)
            return self.troubles[archive]
        self._store.remote_studies.put_all(map(self._remote(archive), found.studies))
        self.changed.emit(archive)
        return len(found.studies)

    def _read_studies(self, archive: str, days: int) -> None:
        first = (self._clock.utc() - timedelta(days=days)).strftime("%Y%m%d")
        with self._lines[archive].asking() as connection:
            found = connection.images.search(Query(from_date=first))
        window = Window(archive, from_date=first) if found.is_whole else None
        self._store.remote_studies.put_all(map(self._remote(archive), found.studies), window)

    def _read_tasks(self, archive: str) -> None:
        try:
            with self._lines[archive].asking() as connection:
                tasks = connection.work.tasks()
        except NotOffered:
            self.shares_claims[archive] = False
            return
        self.shares_claims[archive] = any(task.uid for task in tasks) or self.shares_claims.get(
            archive, False
        )
        bodies = {task.uid or f"{task.study_uid}/{task.accession}": to_json(task) for task in tasks}
        self._store.tasks.replace(archive, bodies, self._clock.utc())

    def _remote(self, archive: str) -> _Maker:
        return _Maker(archive, self._clock.utc(), self._lines[archive].address.patient_issuer)


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes rows of what one archive has found."""

    archive: str
    seen: datetime
    issuer: str

    def __call__(self, found: FoundStudy) -> RemoteStudy:
        patient = found.patient
        if not patient.issuer and self.issuer:
            patient = replace(patient, issuer=self.issuer)
        return RemoteStudy(
            self.archive,
            patient,
            found.study,
            found.modalities,
            found.body_parts,
            found.series,
            found.instances,
            found.availability,
            self.seen,
        )
