"""The streams that bring what is wanted from one archive: several at once, each a piece at a time.

A stream takes the most urgent piece from the board, asks the archive for it and offers each object that
came whole to the landing. What came half is never stored: of a large object it is kept and continued, of any
other it is dropped. A piece is concluded only when all that was offered of it has landed, so that nothing
whole is asked for twice. A stream whose piece has to make room breaks off between two chunks.

Units:   bytes; seconds.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Final, Protocol

import numpy as np

from workstation.archive import (
    ArchiveError,
    BadAnswer,
    Busy,
    Contents,
    Images,
    Interrupted,
    NotAllowed,
    NotOffered,
    NotThere,
    Part,
    Refused,
    Unreachable,
    Wanted,
)
from workstation.archive.unfinished import LARGE, Begun, Differs, Shelf, begun_of
from workstation.dicom.sources import Source
from workstation.errors import LumenError, calm
from workstation.sync.bell import Bell
from workstation.sync.board import NEVER_CAME, Board, Piece, Want
from workstation.sync.line import Line
from workstation.sync.shaping import Shaper

STREAMS: Final = 4
_IDLE: Final = 1.0  # how long a stream waits at most before it looks for work again
_LONGEST_REST: Final = 5.0  # after failures in a row
_ATTEMPTS: Final = 2  # to continue an object that are answered with nonsense
_LOOK_UP: Final = 0.05  # how often a stream that holds back looks whether it has to make room

_FOR_GOOD: Final = (NotThere, Refused, NotOffered)
_LINE: Final = (Interrupted, Unreachable, Busy, NotAllowed)


class Ground(Protocol):
    """Where the streams put what they bring."""

    def offer(self, source: Source) -> bool:
        """Take an object; waits for room. False while nothing can be taken."""
        ...

    def learnt(self, piece: Piece, contents: Contents) -> None:
        """Keep what a study consists of, and tell the board."""
        ...

    def gone(self, want: Want) -> None:
        """Hear that the archive has no such study, or won't say what is in it."""
        ...


class MakeRoom(LumenError):
    """Something more urgent is wanted."""


@dataclass
class Trip:
    """One piece on its way; concluded when its stream has ended and all that it offered has settled."""

    piece: Piece
    board: Board
    bell: Bell
    offered: int = 0
    settled: int = 0
    why: str = ""  # the last reason for which something of it could not be stored
    is_lost: bool = False  # something of it was dropped because nothing can be stored now
    _end: Callable[[], None] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def offer(self) -> None:
        """Note that something of it is on its way down."""
        with self._lock:
            self.offered += 1

    def settle(self, why: str = "", *, is_lost: bool = False) -> None:
        """Note that something of it is stored, refused with a reason, or lost for no fault of its own."""
        with self._lock:
            self.settled += 1
            self.why = why or self.why
            self.is_lost |= is_lost
        self._conclude()

    def finish(self, why: str = "") -> None:
        """Note that the archive has given all that it gives of it."""
        self._after(lambda: self._finish(why))

    def break_off(self, *, is_cut: bool) -> None:
        """Note that the stream has ended early."""
        self._after(lambda: self.board.give_back(self.piece, is_cut=is_cut))

    def _finish(self, why: str) -> None:
        if self.is_lost:
            self.board.give_back(self.piece)
        else:
            self.board.finish(self.piece, why or self.why or NEVER_CAME)

    def _after(self, end: Callable[[], None]) -> None:
        with self._lock:
            self._end = end
        self._conclude()

    def _conclude(self) -> None:
        with self._lock:
            end = self._end if self.settled == self.offered else None
            if end is not None:
                self._end = None
        if end is not None:
            end()
            self.bell.ring()


@dataclass(frozen=True, slots=True)
class Arrived:
    """An object that came whole, as a source for the landing."""

    data: bytearray
    trip: Trip
    name: str = "an object from the archive"

    @property
    def size(self) -> int:
        """Return its length."""
        return len(self.data)

    def readinto(self, buffer: memoryview) -> int:
        """Fill the buffer; other threads go on meanwhile."""
        size = len(self.data)
        np.copyto(np.frombuffer(buffer, np.uint8, size), np.frombuffer(self.data, np.uint8))
        return size


class Fetching:
    """The streams of one archive."""

    def __init__(
        self,
        line: Line,
        board: Board,
        ground: Ground,
        shaper: Shaper,
        bell: Bell,
        *,
        may: Callable[[Want], bool] = lambda _: True,
        streams: int = STREAMS,
        large: int = LARGE,
    ) -> None:
        self._line = line
        self._board = board
        self._ground = ground
        self._shaper = shaper
        self._bell = bell
        self._may_now = may
        self._pace = shaper.clock.pace
        self._large = large  # bytes from which on what came of an object is kept
        self._shelf = Shelf()
        self._closing = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, name=f"fetch-{line.address.identifier}-{n}")
            for n in range(streams)
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Take nothing more up; whoever cuts the line's connections next lets what hangs end at once."""
        self._closing.set()
        self._bell.ring()

    def join(self) -> None:
        """Wait for the streams."""
        for thread in self._threads:
            if thread.ident is not None:
                thread.join()
        self._shelf.close()

    def _run(self) -> None:
        failures = 0
        while not self._closing.is_set():
            rung = self._bell.rung
            piece = self._board.take(self._may) if self._line.is_usable else None
            if piece is None:
                self._bell.wait(_IDLE / self._pace, rung)
                continue
            failures = 0 if self._carry(piece) else failures + 1
            if failures:
                self._closing.wait(min(0.1 * 2**failures, _LONGEST_REST) / self._pace)

    def _may(self, want: Want) -> bool:
        return want.archive == self._line.address.identifier and self._may_now(want)

    def _carry(self, piece: Piece) -> bool:
        """Bring a piece; False if the line, or the archive, failed at it."""
        trip = Trip(piece, self._board, self._bell)
        try:
            with self._line.asking() as connection:
                if piece.asks_contents:
                    self._ground.learnt(piece, connection.images.metadata(piece.want.study_uid))
                else:
                    self._bring(trip, connection.images)
        except MakeRoom:
            trip.break_off(is_cut=False)
        except _FOR_GOOD as error:
            self._end_for_good(trip, error)
        except (*_LINE, OSError):
            trip.break_off(is_cut=True)
            return False
        except (ArchiveError, LumenError) as error:  # the archive fails at this piece: that counts
            trip.finish(calm(error))
            return False
        else:
            trip.finish()
        return True

    def _end_for_good(self, trip: Trip, error: LumenError) -> None:
        trip.finish(calm(error))
        if trip.piece.asks_contents:
            self._ground.gone(trip.piece.want)

    def _bring(self, trip: Trip, images: Images) -> None:
        for wanted in self._wanted(trip.piece):
            begun = self._shelf.take(wanted.uid)
            if begun is not None and self._continue(begun, trip, images):
                continue
            parts = images.retrieve(wanted)
            with closing(parts):
                for part in parts:
                    self._land(Arrived(self._whole(part, trip.piece), trip))

    def _wanted(self, piece: Piece) -> Iterator[Wanted]:
        study = piece.want.study_uid
        if piece.as_stream and not any(map(self._shelf.has, piece.uids)):
            yield Wanted(study, piece.series_uid)
            return
        for uid in piece.uids:
            yield Wanted(study, piece.series_uid, uid)

    def _continue(self, begun: Begun, trip: Trip, images: Images) -> bool:
        """Bring what lacks of an object that was cut; False if it has to come anew."""
        try:
            with closing(images.rest(begun)) as parts:
                for part in parts:
                    begun.take(part.frame, self._chunks(part, trip.piece), part.transfer_syntax)
            data = begun.whole()
        except (NotOffered, Differs):
            return False
        except (Refused, BadAnswer):  # it may be the line: a hotel's page
            begun.attempts += 1
            if begun.attempts == _ATTEMPTS:
                return False
            self._shelf.put(begun)
            raise
        except Exception:
            self._shelf.put(begun)
            raise
        self._land(Arrived(data, trip))
        return True

    def _land(self, arrived: Arrived) -> None:
        arrived.trip.offer()
        is_taken = self._ground.offer(arrived)
        self._line.waited()
        if not is_taken:
            arrived.trip.settle(is_lost=True)
            raise MakeRoom("Nothing can be stored now")

    def _whole(self, part: Part, piece: Piece) -> bytearray:
        data = bytearray()
        try:
            for chunk in self._chunks(part, piece):
                data += chunk
        except Exception:
            begun = begun_of(data, part.length, least=self._large)
            if begun is not None:
                self._shelf.put(begun)
            raise
        return data

    def _chunks(self, part: Part, piece: Piece) -> Iterator[memoryview]:
        for chunk in part:
            self._line.came(len(chunk))
            yield chunk
            self._hold_back(piece, len(chunk))

    def _hold_back(self, piece: Piece, size: int) -> None:
        """Wait as long as this class has to, and break off when something more urgent comes."""
        left = self._shaper.take(piece.want.urgency, size)
        while True:
            if self._closing.is_set() or self._board.must_yield(piece):
                raise MakeRoom("Something more urgent is wanted")
            if left <= 0.0:
                return
            self._closing.wait(min(left, _LOOK_UP) / self._pace)
            self._line.waited()
            left -= _LOOK_UP
