"""What a start does after an end that was not in order: files and rows are brought together again.

Temporary files go. A row without a file goes, and is named if no archive has it. A data key that lies in
one place only is put back in the other. A file without a row is opened, examined and listed: it verified
under its study's key and says itself who it is, so nothing is taken on trust. A file that doesn't verify
is set aside.

Everything is asked of the caller that needs to understand DICOM (``examine``): it may do that in a worker
process. Without it, such files wait, and are counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from workstation.clock import Clock
from workstation.errors import LumenError
from workstation.store import catalogue
from workstation.store.arrivals import Examined
from workstation.store.blobs import Blobs
from workstation.store.disk import set_aside
from workstation.store.errors import BlobDamaged, StoreDamaged
from workstation.store.files import TEMPORARY, Files, translated
from workstation.store.index import Index
from workstation.store.names import Names, Place, is_study_tag, parse_name
from workstation.store.report import Report
from workstation.store.study_keys import StudyKeys

Examine: TypeAlias = Callable[[memoryview], Examined]

_AT_ONCE: Final = 64  # instances a transaction


@dataclass(frozen=True, slots=True)
class Recovery:
    """Brings blobs and index together."""

    folder: Path
    files: Files
    names: Names
    keys: StudyKeys
    blobs: Blobs
    index: Index
    clock: Clock
    report: Report

    def compare(self) -> list[Place]:
        """Look into every folder; return the files that no row knows."""
        self._drop_rows_without_folder()
        orphans: list[Place] = []
        for tag in self._study_folders():
            with translated(str(self.names.folder(tag))):
                orphans += self._compare_study(tag)
        return orphans

    def adopt(self, places: Sequence[Place], examine: Examine) -> int:
        """Examine files that no row knows and list them; return how many were listed."""
        adopted = 0
        for start in range(0, len(places), _AT_ONCE):
            entries = [self._examined(place, examine) for place in places[start : start + _AT_ONCE]]
            fresh = [entry for entry in entries if entry]
            with self.index.writing() as database:
                catalogue.add(database, fresh, self.clock.utc())
            adopted += len(fresh)
        if adopted:
            self.report.say(f"{adopted} image(s) that the index did not know were listed again.")
        return adopted

    # ---- looking

    def _study_folders(self) -> Iterator[str]:
        for first in sorted(self.files.names(self.names.root)):
            for tag in sorted(self.files.names(self.names.root / first)):
                if is_study_tag(tag):
                    yield tag

    def _compare_study(self, tag: str) -> list[Place]:
        folder = self.names.folder(tag)
        places = set()
        for name in self.files.names(folder):
            if name.endswith(TEMPORARY):
                self.files.remove(folder / name)
            elif place := parse_name(tag, name):
                places.add(place)
        if not self._has_key(tag, places):
            return []
        listed = self._listed(tag)
        self._drop([row for place, row in listed.items() if place not in places])
        return sorted(places - set(listed), key=lambda place: place.name)

    def _listed(self, tag: str) -> dict[Place, int]:
        rows = self.index.rows(
            "SELECT i.tag, i.version, i.id FROM instances i JOIN studies s ON s.id = i.study WHERE s.tag = ?",
            tag,
        )
        return {Place(tag, instance, version): row for instance, version, row in rows}

    # ---- keys

    def _has_key(self, tag: str, places: set[Place]) -> bool:
        """See to it that the study's key is in both places; without one there is nothing to look at."""
        row = self.index.row("SELECT sealed_key FROM studies WHERE tag = ?", tag)
        in_row, in_file = bytes(row[0]) if row else None, self.keys.read(tag)
        if in_row is None and in_file is None:
            self._remove_keyless(tag)
            return False
        good = [key for key in (in_row, in_file) if key and self.keys.opens(tag, key)]
        if not good:
            self.report.say(f"The key of a study is damaged: its {len(places)} image(s) can't be shown.")
            return False
        right = self._fitting(good, places)
        if right != in_file:
            self.keys.write(tag, right)
            self.files.sync_folder(self.names.folder(tag))
        if in_row is not None and right != in_row:
            self._put_key_in_row(tag, right, reread=in_row in good)
        return True

    def _fitting(self, keys: list[bytes], places: set[Place]) -> bytes:
        """Return the key that the files were sealed with; two differ only if an older copy was put back."""
        if len(set(keys)) > 1 and places:
            probe = min(places, key=lambda place: place.name)
            return next((key for key in keys if self.blobs.is_sealed_with(probe, key)), keys[0])
        return keys[0]

    def _put_key_in_row(self, tag: str, key: bytes, *, reread: bool) -> None:
        with self.index.writing() as database:
            if reread:  # the rows belong to files of long ago
                database.rows("DELETE FROM studies WHERE tag = ?", tag)
            else:
                database.rows("UPDATE studies SET sealed_key = ? WHERE tag = ?", key, tag)
        self.keys.forget(tag)

    def _remove_keyless(self, tag: str) -> None:
        folder = self.names.folder(tag)
        for name in self.files.names(folder):
            self.files.remove(folder / name)
        self.files.remove_folder(folder)

    # ---- rows without files

    def _drop_rows_without_folder(self) -> None:
        tags = set(self._study_folders())
        for (tag,) in self.index.rows("SELECT tag FROM studies"):
            if tag not in tags:
                self._drop(list(self._listed(tag).values()))

    def _drop(self, rows: Sequence[int]) -> None:
        lost = 0
        with self.index.writing() as database:
            for row in rows:
                found = database.row("SELECT study, verified FROM instances WHERE id = ?", row)
                if found:
                    lost += not found[1]
                    database.rows("DELETE FROM instances WHERE id = ?", row)
                    catalogue.recount(database, int(found[0]))
        if rows:
            self.report.say(
                f"{len(rows)} image(s) were listed but are not on the disk; they are listed no more."
            )
        if lost:
            self.report.say(f"No archive is known to have {lost} of them: import them again.")

    # ---- files without rows

    def _examined(self, place: Place, examine: Examine) -> catalogue.Entry | None:
        path = self.names.path(place)
        try:
            sealed = self.keys.read(place.study_tag) or b""
            data, blob = self.blobs.read_unlisted(place, sealed)
            found = examine(data)
        except (BlobDamaged, StoreDamaged):
            set_aside(self.files, self.folder, path)
            self.report.say(f"An image that doesn't verify was set aside ({path.name}).")
            return None
        except LumenError as error:
            self.report.say(f"An image could not be listed again: {error.what}")
            return None
        record = found.record
        if self._is_elsewhere(place, record.study.uid, record.uid):
            set_aside(self.files, self.folder, path)
            self.report.say(f"An image lay in the place of another and was set aside ({path.name}).")
            return None
        if self._is_known(record.uid, found.sha256):
            with translated(str(path)):
                self.files.remove(path)
            return None
        return catalogue.Entry(
            record, found.table, found.sha256, place, sealed, blob.length, blob.salt, verified=False
        )

    def _is_elsewhere(self, place: Place, study_uid: str, uid: str) -> bool:
        tags = self.names.study_tag(study_uid), self.names.instance_tag(uid)
        return tags != (place.study_tag, place.instance_tag)

    def _is_known(self, uid: str, sha256: str) -> bool:
        row = self.index.row(
            "SELECT 1 FROM instances WHERE uid = ? AND sha256 = ? AND NOT damaged", uid, sha256
        )
        return row is not None
