"""Taking instances in: each is stored once, whole or not at all, and never in place of another.

A batch is committed as a group: a few threads seal, write and sync its files, then all get their names,
each folder is synced once, and one transaction of the index lists them. When ``put`` returns, the
instances survive a power cut (if the index loses the rows, the files tell the next start). A batch that
fails leaves nothing behind, or a note that the next start must tidy up.

Errors:  DiskFull (after what can be fetched again was given away), DiskFailed, StoreDamaged.
"""

from __future__ import annotations

import concurrent.futures
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from workstation.clock import Clock
from workstation.errors import LumenError
from workstation.store.arrivals import Incoming, Outcome, Plan, Planner
from workstation.store.blobs import Blobs
from workstation.store.catalogue import Entry, accept, add, note_verified, point_to, row_of
from workstation.store.disk import set_aside
from workstation.store.errors import DiskFull
from workstation.store.eviction import Eviction
from workstation.store.files import Files, temporary_of, translated
from workstation.store.index import Index
from workstation.store.names import STUDY_KEY, Names
from workstation.store.study_keys import StudyKeys


@dataclass(frozen=True, slots=True)
class Receipt:
    """An instance that is durably here."""

    uid: str
    study_uid: str
    outcome: Outcome


class Intake:
    """The only way in for instances; one batch at a time."""

    def __init__(
        self,
        files: Files,
        names: Names,
        keys: StudyKeys,
        blobs: Blobs,
        index: Index,
        clock: Clock,
        room: Eviction,
        writers: int,
    ) -> None:
        self._files = files
        self._names = names
        self._keys = keys
        self._blobs = blobs
        self._index = index
        self._clock = clock
        self._room = room
        self._pool = ThreadPoolExecutor(writers, thread_name_prefix="store-write")
        self.has_left_remains = False
        """A failed batch could not be tidied up: the next start must look into every folder."""

    def put(self, batch: Sequence[Incoming], *, verified: bool = False) -> tuple[Receipt, ...]:
        """Store a batch (some tens of instances); ``verified`` if they come from an archive."""
        with self._room.lock:
            plans = self._plans(batch)
            size = sum(plan.incoming.size for plan in plans if plan.place)
            if size and self._room.make_room(size, is_work=not verified):
                plans = self._plans(batch)  # what was here may be what has just gone
            try:
                self._write([plan for plan in plans if plan.place], verified=verified)
            except DiskFull:
                if not self._room.give_way(size):
                    raise
                plans = self._plans(batch)
                self._write([plan for plan in plans if plan.place], verified=verified)
            if verified:
                self._note_verified([plan for plan in plans if not plan.place or plan.heals])
        return tuple(_receipt(plan) for plan in plans)

    def close(self) -> None:
        """Wait for the writers."""
        self._pool.shutdown()

    def _plans(self, batch: Sequence[Incoming]) -> list[Plan]:
        return Planner(self._index, self._names, self._files).plans(batch)

    def _write(self, plans: Sequence[Plan], *, verified: bool) -> None:
        if not plans:
            return
        try:
            keys = self._prepare_studies(plans)
            entries = self._write_files(plans, keys, verified=verified)
            healing = [entry for entry, plan in zip(entries, plans, strict=True) if plan.heals]
            self._announce(healing)
            self._give_names(plans)
            with self._index.writing() as database:
                for entry in healing:
                    accept(database, entry.place, entry.salt)
                add(database, [entry for entry in entries if entry not in healing], self._clock.utc())
        except BaseException:
            self._tidy(plans)
            raise

    def _prepare_studies(self, plans: Sequence[Plan]) -> dict[str, bytes]:
        """Return each study's sealed key; a new study gets its folder and its key first."""
        tags = sorted({plan.place.study_tag for plan in plans if plan.place})
        found = {tag: self._index.row("SELECT sealed_key FROM studies WHERE tag = ?", tag) for tag in tags}
        return {tag: bytes(row[0]) if row else self._new_study(tag) for tag, row in found.items()}

    def _new_study(self, tag: str) -> bytes:
        folder = self._names.folder(tag)
        with translated(str(folder)):
            if self._files.make_folder(folder.parent):
                self._files.sync_folder(folder.parent.parent)
            self._files.make_folder(folder)
            self._files.sync_folder(folder.parent)
            there = self._keys.read(tag)  # beside files that wait to be examined: they need this very key
            if there and self._keys.opens(tag, there):
                return there
            if there:
                set_aside(self._files, self._names.root.parent, folder / STUDY_KEY)
            sealed = self._keys.new(tag)
            self._keys.write(tag, sealed)
        return sealed

    def _write_files(self, plans: Sequence[Plan], keys: dict[str, bytes], *, verified: bool) -> list[Entry]:
        waiting = [self._pool.submit(self._write_file, plan, keys, verified) for plan in plans]
        concurrent.futures.wait(waiting)
        return [future.result() for future in waiting]

    def _write_file(self, plan: Plan, keys: dict[str, bytes], verified: bool) -> Entry:  # noqa: FBT001 - for submit
        place, examined = plan.required_place, plan.incoming.examined
        sealed = keys[place.study_tag]
        header = self._blobs.write(place, sealed, plan.incoming.data, examined.table)
        return Entry(
            examined,
            place,
            sealed,
            header.length,
            header.salt,
            verified,
        )

    def _announce(self, healing: Sequence[Entry]) -> None:
        """Point rows of damaged files to the new ones before these take their places: now nothing is lost."""
        if healing:
            with self._index.writing_durably() as database:
                for entry in healing:
                    point_to(database, entry.place, entry.salt)

    def _give_names(self, plans: Sequence[Plan]) -> None:
        folders = set()
        for plan in plans:
            path = self._names.path(plan.required_place)
            with translated(str(path)):
                self._files.rename(temporary_of(path), path)
            folders.add(path.parent)
        for folder in sorted(folders):
            with translated(str(folder)):
                self._files.sync_folder(folder)

    def _note_verified(self, plans: Sequence[Plan]) -> None:
        found = [plan.incoming.examined for plan in plans]
        if found:
            with self._index.writing() as database:
                for study in {one.record.study.uid for one in found}:
                    note_verified(
                        database, study, [one.sha256 for one in found if one.record.study.uid == study]
                    )

    def _tidy(self, plans: Sequence[Plan]) -> None:
        """Remove what a failed batch has written, as far as the index doesn't list it."""
        try:
            for plan in plans:
                self._remove(plan)
        except (OSError, LumenError):
            self.has_left_remains = True

    def _remove(self, plan: Plan) -> None:
        place = plan.required_place
        path = self._names.path(place)
        self._files.remove(temporary_of(path))
        if not row_of(self._index.reader(), place):
            self._files.remove(path)
        if self._files.names(path.parent) in ([], [STUDY_KEY]) and not self._index.row(
            "SELECT 1 FROM studies WHERE tag = ?", place.study_tag
        ):
            self._keys.remove(place.study_tag)
            self._files.remove_folder(path.parent)


def _receipt(plan: Plan) -> Receipt:
    record = plan.incoming.examined.record
    return Receipt(record.uid, record.study.uid, plan.outcome)
