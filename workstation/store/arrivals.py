"""Instances on their way in, and what is to become of each: the decision, before anything is written.

An instance that is here already (the same digest) is not written again, unless its file is gone or was found
damaged. One that comes with the UID of another content gets a further version. ``Examined`` is what
``dicom.examine`` answers.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, Protocol

from workstation.dicom.model import FrameTable, InstanceRecord
from workstation.store.files import Bytes, Files, translated
from workstation.store.index import Index
from workstation.store.names import Names, Place


class Examined(Protocol):
    """What a look at an instance tells."""

    @property
    def record(self) -> InstanceRecord:
        """Return what is remembered of it."""
        ...

    @property
    def table(self) -> FrameTable:
        """Return where its frames lie."""
        ...

    @property
    def sha256(self) -> str:
        """Return the digest of everything after the preamble."""
        ...

    @property
    def record_text(self) -> str:
        """Return the record as JSON (``dicom.record_json``)."""
        ...


@dataclass(frozen=True, slots=True)
class Incoming:
    """An instance to be stored: its bytes as they came, and what was learnt of them."""

    data: Bytes
    examined: Examined

    @property
    def size(self) -> int:
        """Return how many bytes came."""
        return memoryview(self.data).nbytes


class Outcome(Enum):
    """What became of an instance."""

    STORED = "stored"
    PRESENT = "present"  # the very same was here already
    VARIANT = "variant"  # another content has this UID: kept apart


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do with one arrival."""

    incoming: Incoming
    outcome: Outcome
    place: Place | None = None  # where to write it, if it is to be written
    heals: bool = False  # the index lists it already, but its file is damaged

    @property
    def required_place(self) -> Place:
        """Return the place of one that is to be written."""
        if self.place is None:
            raise ValueError("this one is not to be written")
        return self.place


@dataclass(slots=True)
class Planner:
    """Decides about one batch."""

    index: Index
    names: Names
    files: Files
    _planned: dict[str, dict[str, int]] = field(default_factory=dict)  # UID → digest → version
    _study_tags: dict[str, str] = field(default_factory=dict)  # by UID
    _known: dict[str, list[list[Any]]] = field(default_factory=dict)  # UID → digest, version, damaged

    def plans(self, batch: Sequence[Incoming]) -> list[Plan]:
        """Return what to do with each, in order."""
        self._look_up({incoming.examined.record.uid for incoming in batch})
        return [self._plan(incoming) for incoming in batch]

    def _plan(self, incoming: Incoming) -> Plan:
        record, digest = incoming.examined.record, incoming.examined.sha256
        here = self._planned.setdefault(record.uid, {})
        if digest in here:
            return Plan(incoming, Outcome.PRESENT)
        rows = self._known.get(record.uid, [])
        same = next((row for row in rows if row[0] == digest), None)
        versions = [*here.values(), *(int(row[1]) for row in rows)]
        first = self._first_place(record)
        place = replace(first, version=int(same[1])) if same else self._next(first, versions)
        here[digest] = place.version
        if same and (same[2] or not self._has_file(place)):
            return Plan(incoming, Outcome.STORED, place, heals=True)
        if same:
            return Plan(incoming, Outcome.PRESENT)
        return Plan(incoming, Outcome.VARIANT if versions else Outcome.STORED, place)

    def _look_up(self, uids: Collection[str]) -> None:
        """Ask the index once for the whole batch."""
        marks = ", ".join("?" * len(uids))
        found = self.index.rows(
            f"SELECT uid, sha256, version, damaged FROM instances WHERE uid IN ({marks})",  # noqa: S608 - marks only
            *uids,
        )
        for uid, *row in found:
            self._known.setdefault(uid, []).append(row)

    def _first_place(self, record: InstanceRecord) -> Place:
        uid = record.study.uid
        if uid not in self._study_tags:
            self._study_tags[uid] = self.names.study_tag(uid)
        return Place(self._study_tags[uid], self.names.instance_tag(record.uid), 1)

    def _has_file(self, place: Place) -> bool:
        path = self.names.path(place)
        with translated(str(path)):
            return self.files.exists(path)

    def _next(self, first: Place, versions: Sequence[int]) -> Place:
        """Return a place that neither a row has nor a file that waits to be examined."""
        place = replace(first, version=max((0, *versions)) + 1)
        while self._has_file(place):
            place = replace(place, version=place.version + 1)
        return place
