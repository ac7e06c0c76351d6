"""Giving studies away for room, and removing one for good.

Only what can be fetched again goes by itself: a study of which an archive is known to have every instance
and that nobody pinned, the one opened longest ago first (by a persisted counter, not by a clock that can
jump). Images are refused before work is.

A study is shredded: its data key goes first, from the index (overwritten, and out of the log) and from beside
the blobs; the files follow. A start finishes what was begun.

Units:   bytes.
Errors:  DiskFull when there is nothing more to give; StudyKept for a study that may not go.
"""

from __future__ import annotations

import contextlib
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from workstation.store.errors import DiskFull, StudyKept
from workstation.store.files import Files, translated
from workstation.store.index import Index
from workstation.store.names import Names
from workstation.store.reserve import Reserve
from workstation.store.study_keys import StudyKeys

_USUAL_FLOOR: Final = 10 << 30
_FLOOR_SHARE: Final = 0.05
_HARD_FLOOR: Final = 256 << 20  # what is left free even when someone imports studies by hand


@dataclass(frozen=True, slots=True)
class Limits:
    """How much room images may take."""

    quota: int | None = None  # of all blobs; None: as much as the floor leaves
    floor: int | None = None  # left free on the disk; None: 10 GiB or 5 %, whichever is more


class Eviction:
    """Keeps the blobs within their limits."""

    def __init__(
        self,
        files: Files,
        names: Names,
        keys: StudyKeys,
        index: Index,
        reserve: Reserve,
        limits: Limits,
        pinned: Callable[[], frozenset[str]],
    ) -> None:
        self._files = files
        self._names = names
        self._keys = keys
        self._index = index
        self._reserve = reserve
        self._limits = limits
        self._pinned = pinned
        self.lock = threading.RLock()
        """Held while files of studies come or go; the intake holds the same."""

    def make_room(self, size: int, *, is_work: bool) -> bool:
        """Make room for images that are about to come, or refuse them; say whether any had to go."""
        lacking, any_went = self._lacking(size), False
        while lacking > 0 and self.give_way(lacking):
            lacking, any_went = self._lacking(size), True
        has_room = lacking <= 0 or (is_work and self._free() - size > _HARD_FLOOR)
        if self._reserve.restore() and has_room:  # what the reserve left is for measurements and reports
            return any_went
        raise DiskFull(
            "There is no room for more images",
            where=str(self._names.root),
            remedy="Free some space or raise the store's share of the disk; nothing stored was lost.",
        )

    def give_way(self, size: int) -> bool:
        """Give away as much; say whether anything went."""
        try:
            return self._give_away(size) > 0
        except DiskFull:  # even forgetting needs a little room
            return self._reserve.release() and self._give_away(size) > 0

    def evict(self, uid: str) -> None:
        """Give one study away, if it may go."""
        with self.lock:
            row = self._index.row("SELECT tag, unverified FROM studies WHERE uid = ?", uid)
            if row is None:
                return
            if row[1] or uid in self._pinned():
                raise StudyKept("This study can't be fetched again, or is pinned", remedy="It stays.")
            self._shred(str(row[0]))

    def remove(self, uid: str) -> None:
        """Remove a study for good, whatever it is, files that no row knows included: a person has said so."""
        tag = self._names.study_tag(uid)
        with translated(str(self._names.folder(tag))):
            has_files = self._files.exists(self._names.folder(tag))
        if has_files or self._index.row("SELECT 1 FROM studies WHERE tag = ?", tag):
            self._shred(tag)

    def finish(self) -> None:
        """Finish what was begun before the last end of the program."""
        for (tag,) in self._index.rows("SELECT tag FROM shredded"):
            self._remove_files(tag)

    def _give_away(self, size: int) -> int:
        given = 0
        with self.lock:
            pinned = self._pinned()
            rows = self._index.rows(
                "SELECT uid, tag, bytes FROM studies WHERE unverified = 0 ORDER BY access"
            )
            for uid, tag, held in rows:
                if given >= size:
                    break
                if uid not in pinned:
                    self._shred(tag)
                    given += held
        return given

    def _shred(self, tag: str) -> None:
        with self.lock:
            with self._index.writing_durably() as database:
                database.rows("INSERT OR IGNORE INTO shredded VALUES (?)", tag)
                database.rows("DELETE FROM studies WHERE tag = ?", tag)
            self._keys.forget(tag)
            self._index.forget_old_pages()
            with contextlib.suppress(OSError):  # the next start finishes
                self._remove_files(tag)

    def _remove_files(self, tag: str) -> None:
        folder = self._names.folder(tag)
        if self._files.exists(folder):
            self._keys.remove(tag)
            self._files.sync_folder(folder)
            for name in self._files.names(folder):
                self._files.remove(folder / name)
            self._files.remove_folder(folder)
        with self._index.writing() as database:
            database.rows("DELETE FROM shredded WHERE tag = ?", tag)

    def _lacking(self, size: int) -> int:
        used = int((self._index.row("SELECT coalesce(sum(bytes), 0) FROM studies") or (0,))[0])
        over_quota = used + size - self._limits.quota if self._limits.quota is not None else 0
        return max(over_quota, self._floor() + size - self._free())

    def _floor(self) -> int:
        floor = self._limits.floor
        if floor is None:
            floor = max(_USUAL_FLOOR, int(_FLOOR_SHARE * shutil.disk_usage(self._names.root).total))
        return max(floor, self._reserve.wants)

    def _free(self) -> int:
        with translated(str(self._names.root)):
            return self._files.free(self._names.root)
