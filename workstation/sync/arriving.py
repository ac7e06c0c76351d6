"""What the streams bring, into the store: one landing for all archives, opened anew after a full disk.

Errors:  none: what stops the landing is told by ``trouble``, and tried again after a while.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Final

from workstation.archive import BadAnswer, Contents
from workstation.clock import Clock
from workstation.dicom.examine import Examined
from workstation.dicom.sources import Source
from workstation.errors import Cancelled, calm
from workstation.events import Signal
from workstation.store import DiskFailed, DiskFull, Incoming, Listing, Receipt, Store, StoreReadOnly
from workstation.sync.board import Board, Piece, Want
from workstation.sync.contents_form import pack
from workstation.sync.fetching import Arrived, Trip
from workstation.sync.landing import Landed, Landing
from workstation.workers import WorkerPool

_TRY_AGAIN: Final = 30.0  # seconds after the disk was full


class Arriving:
    """The ground on which the streams of every archive land."""

    def __init__(self, store: Store, pool: WorkerPool, board: Board, clock: Clock) -> None:
        self.arrived: Signal[str] = Signal("something of a study arrived")
        self.learned: Signal[str] = Signal("what a study consists of is known")
        self.in_vain: Signal[Want] = Signal("an archive has nothing of a study, or won't say what it has")
        self.trouble: Signal[str] = Signal("nothing can be stored; empty when it can again")
        self._store = store
        self._pool = pool
        self._board = board
        self._clock = clock
        self._lock = threading.Lock()
        self._landing: Landing | None = None
        self._not_before = 0.0
        self._is_troubled = False
        self._is_closed = False

    def offer(self, source: Source) -> bool:
        """Take an object; waits for room. False while nothing can be stored."""
        landing = self._open()
        return landing is not None and landing.offer(source)

    def learnt(self, piece: Piece, contents: Contents) -> None:
        """Keep what a study consists of, and tell the board what of it is here."""
        want = piece.want
        uids = tuple(dict.fromkeys(one.uid for series in contents.series for one in series.instances))
        here: frozenset[str] = frozenset()
        if uids:
            listing = Listing(want.archive, want.study_uid, uids, pack(contents), self._clock.utc())
            self._store.listed.put(listing)
            here = frozenset(uids) - self._store.listed.missing(want.study_uid)
        self._board.learn(piece, contents, here)
        self.learned.emit(want.study_uid)

    def gone(self, want: Want) -> None:
        """Forget what the archive has listed: it has the study no more."""
        self._board.drop(want.archive, want.study_uid)
        self._store.listed.remove(want.archive, want.study_uid)
        self.in_vain.emit(want)
        self.learned.emit(want.study_uid)

    def close(self) -> None:
        """Store what has come, and take nothing more."""
        with self._lock:
            self._is_closed = True
            landing, self._landing = self._landing, None
        if landing is not None:
            landing.close()

    def _open(self) -> Landing | None:
        """Return the landing that takes things now, a new one where the last has stopped."""
        with self._lock:
            if self._is_closed:
                return None
            landing = self._landing
            if landing is None or landing.stopped is None:
                self._landing = landing or self._new()
                return self._landing
            self._landing, self._not_before = None, self._clock.monotonic() + _TRY_AGAIN
            self._is_troubled = True
        landing.close()
        self.trouble.emit(calm(landing.stopped))
        return None

    def _new(self) -> Landing | None:
        if self._clock.monotonic() < self._not_before:
            return None
        return Landing(self._pool, self._put, landed=self._landed, dropped=_dropped, check=_belongs)

    def _put(self, batch: Sequence[Incoming]) -> Sequence[Receipt]:
        return self._store.intake.put(batch, verified=True)

    def _landed(self, landed: Sequence[Landed]) -> None:
        by_study: dict[str, list[str]] = {}
        for one in landed:
            by_study.setdefault(one.receipt.study_uid, []).append(one.receipt.uid)
        for study_uid, uids in by_study.items():
            self._board.landed(study_uid, uids)
        for one in landed:
            _trip_of(one.source).settle()
        for study_uid in by_study:
            self.arrived.emit(study_uid)
        if self._is_troubled:
            self._is_troubled = False
            self.trouble.emit("")


def _dropped(source: Source, error: Exception) -> None:
    is_ours = isinstance(error, Cancelled | DiskFull | DiskFailed | StoreReadOnly)
    _trip_of(source).settle(calm(error), is_lost=is_ours)


def _belongs(source: Source, examined: Examined) -> None:
    """Refuse an object of another study than was asked for."""
    if examined.record.study.uid != _trip_of(source).piece.want.study_uid:
        raise BadAnswer("The archive delivers an object of another study than was asked for")


def _trip_of(source: Source) -> Trip:
    if not isinstance(source, Arrived):
        raise TypeError("only the streams land here")
    return source.trip
