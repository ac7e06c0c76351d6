"""What a start does after an end that was not in order: files and rows are brought together again.

Temporary files go. A row without a file goes, and is named if no archive has it. A data key that is whole
in one place only is put back in the other. A file without a row is opened, examined and listed: it
verified under its study's key and says itself who it is, so nothing is taken on trust. A file that doesn't
verify is set aside; one that has no key any more is of no use to anybody and goes.

Whoever understands DICOM is the caller's (``Examine``): it may do that in a worker process. Without it such
files wait, and are counted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from workstation.clock import Clock
from workstation.errors import LumenError
from workstation.store import catalogue
from workstation.store.arrivals import Examined
from workstation.store.blobs import Blobs
from workstation.store.disk import set_aside
from workstation.store.errors import BlobDamaged
from workstation.store.files import Files, translated
from workstation.store.index import Index
from workstation.store.names import Names, Place
from workstation.store.report import Progress, Report
from workstation.store.study_keys import StudyKeys
from workstation.store.survey import StudySurvey, Surveyor

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

    @property
    def surveyor(self) -> Surveyor:
        """Return who looks at the studies."""
        return Surveyor(self.files, self.names, self.keys, self.index)

    def compare(self) -> list[Place]:
        """Look into every folder and mend; return the files that no row knows."""
        orphans: list[Place] = []
        missing: list[int] = []
        for study in self.surveyor.studies():
            with translated(str(study.folder)):
                for path in study.temporary:
                    self.files.remove(path)
                listed = self._with_key(study)
            if listed is not None:
                orphans += sorted(study.places - set(listed), key=lambda place: place.name)
                missing += [row for place, row in listed.items() if place not in study.places]
        self._drop(missing)
        return orphans

    def adopt(self, places: Sequence[Place], examine: Examine, progress: Progress) -> tuple[int, list[Place]]:
        """Examine files that no row knows and list them; return how many, and those that must wait."""
        adopted = 0
        waiting: list[Place] = []
        for start in range(0, len(places), _AT_ONCE):
            if not progress(start, len(places)):
                waiting += places[start:]
                break
            entries = []
            for place in places[start : start + _AT_ONCE]:
                try:
                    entry = self._examined(place, examine)
                except LumenError as error:
                    self.report.say(f"An image could not be listed again: {error.what}.")
                    waiting.append(place)
                else:
                    entries += [entry] if entry else []
            with self.index.writing() as database:
                catalogue.add(database, entries, self.clock.utc())
            adopted += len(entries)
        if adopted:
            self.report.say(f"{adopted} image(s) that the index did not know were listed again.")
        return adopted, waiting

    # ---- keys

    def _with_key(self, study: StudySurvey) -> dict[Place, int] | None:
        """See to it that the key is in both places; return what is listed then, None if nothing opens."""
        if study.key_in_row is None and study.key_in_file is None:
            self._remove_keyless(study)
            return None
        if not study.good_keys:
            self.report.say(
                f"The key of a study is damaged: its {len(study.places)} image(s) can't be shown."
            )
            return None
        right = self._fitting(study)
        if right != study.key_in_file and study.places:
            self.keys.write(study.tag, right)
            self.files.sync_folder(study.folder)
        if study.key_in_row is None or study.key_in_row == right:
            return study.listed
        return self._put_in_row(study, right)

    def _fitting(self, study: StudySurvey) -> bytes:
        """Return the key that the files were sealed with; two differ only if an older copy was put back."""
        if len(set(study.good_keys)) > 1 and study.places:
            probe = min(study.places, key=lambda place: place.name)
            fitting = (key for key in study.good_keys if self.blobs.is_sealed_with(probe, key))
            return next(fitting, study.good_keys[0])
        return study.good_keys[0]

    def _put_in_row(self, study: StudySurvey, key: bytes) -> dict[Place, int]:
        is_of_long_ago = study.key_in_row in study.good_keys
        self.keys.forget(study.tag)
        with self.index.writing() as database:
            if is_of_long_ago:  # then so are the rows: the files tell better
                database.rows("DELETE FROM studies WHERE tag = ?", study.tag)
            else:
                database.rows("UPDATE studies SET sealed_key = ? WHERE tag = ?", key, study.tag)
        return {} if is_of_long_ago else study.listed

    def _remove_keyless(self, study: StudySurvey) -> None:
        for place in study.places:
            self.files.remove(self.names.path(place))
        self.files.remove_folder(study.folder)

    # ---- rows without files

    def _drop(self, rows: Sequence[int]) -> None:
        lost = 0
        with self.index.writing() as database:
            for row in rows:
                lost += not catalogue.remove(database, row)
        if rows:
            self.report.say(f"{len(rows)} image(s) are not on the disk any more and are listed no more.")
        if lost:
            self.report.say(f"No archive is known to have {lost} of them: import them again.")

    # ---- files without rows

    def _examined(self, place: Place, examine: Examine) -> catalogue.Entry | None:
        """Return what to list, None for a file that was set aside or is there twice."""
        path = self.names.path(place)
        sealed = self.keys.read(place.study_tag) or b""
        try:
            data, blob = self.blobs.read_unlisted(place, sealed)
        except BlobDamaged:
            self._set_aside(path, "An image that doesn't verify was set aside")
            return None
        found = examine(data)
        record = found.record
        tags = self.names.study_tag(record.study.uid), self.names.instance_tag(record.uid)
        if tags != (place.study_tag, place.instance_tag):
            self._set_aside(path, "An image lay in the place of another and was set aside")
            return None
        if self._is_known(record.uid, found.sha256):
            with translated(str(path)):
                self.files.remove(path)
            return None
        return catalogue.Entry(found, place, sealed, blob.length, blob.salt, verified=False)

    def _set_aside(self, path: Path, what: str) -> None:
        set_aside(self.files, self.folder, path)
        self.report.say(f"{what} ({path.name}).")

    def _is_known(self, uid: str, sha256: str) -> bool:
        row = self.index.row(
            "SELECT 1 FROM instances WHERE uid = ? AND sha256 = ? AND NOT damaged", uid, sha256
        )
        return row is not None
