"""The engine: lines, streams and deliveries of all archives, kept going by one thread that looks around.

It starts when the store is open and a person is at the desk, and stops before the store closes. What it
fetches and in which order is wanted from outside (``want``); what it delivers stands in the store's outbox.

Units:   seconds.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from workstation.archive import Address
from workstation.clock import Clock
from workstation.errors import calm
from workstation.events import Signal
from workstation.store import Artefact, Delivery, Store
from workstation.sync.arriving import Arriving
from workstation.sync.bell import Bell
from workstation.sync.board import Board, Progress, Want
from workstation.sync.delivery import UNSENT
from workstation.sync.errors import NoSuchArchive
from workstation.sync.fetching import STREAMS, Fetching
from workstation.sync.line import Connect, Line, LineState
from workstation.sync.rest import Rest
from workstation.sync.sending import Digest, Sending
from workstation.sync.shaping import Shaper
from workstation.sync.urgency import Urgency
from workstation.workers import WorkerPool

_LOOK: Final = 1.0  # between two looks at the lines
_SLEPT: Final = 10.0  # a longer pause between two looks: the machine slept, or its clock was set
_RETRY_GIVEN_UP: Final = 600.0
_IDLE: Final = 5.0  # how long a sender waits at most before it looks for work again
_FAST: Final = 1e9  # bytes per second, of a line on which nothing took long enough to be measured

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Means:
    """What an engine works with."""

    store: Store
    pool: WorkerPool
    clock: Clock
    digest: Digest
    is_metered: Callable[[], bool] = lambda: False
    cap: float | None = None  # bytes per second for everything together
    streams: int = STREAMS


@dataclass
class _Archive:
    line: Line
    shaper: Shaper
    fetching: Fetching
    sending: Sending


class Engine:
    """Keeps the store in step with the archives."""

    def __init__(self, means: Means, ways: Iterable[tuple[Address, Connect]]) -> None:
        self.line_changed: Signal[LineState] = Signal("line changed")
        self.delivery_changed: Signal[Delivery] = Signal("delivery changed")
        self._means = means
        self._run = uuid.uuid4().hex  # whatever another run was sending is nobody's any more
        self._bell = Bell()
        self._closing = threading.Event()
        self._board = Board(self._stream_pays, self._is_reachable)
        self.arriving = Arriving(means.store, means.pool, self._board, means.clock)
        self._archives = {address.identifier: self._archive(address, connect) for address, connect in ways}
        self._threads = [
            threading.Thread(target=self._look_around, name="sync-look"),
            *(
                threading.Thread(target=self._send, args=(one.sending,), name=f"send-{name}")
                for name, one in self._archives.items()
            ),
        ]

    def start(self) -> None:
        """Begin; what an earlier run left half done is taken up."""
        for archive in self._archives.values():
            archive.sending.recover()
            archive.fetching.start()
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Stop everything; whatever is on its way is dropped, and what came whole is stored."""
        self._closing.set()
        self._bell.ring()
        for archive in self._archives.values():
            archive.fetching.stop()
            archive.line.close()
        for archive in self._archives.values():
            archive.fetching.join()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join()
        self.arriving.close()

    @property
    def lines(self) -> Mapping[str, Line]:
        """Return the line to each archive."""
        return {name: one.line for name, one in self._archives.items()}

    def sending(self, archive: str) -> Sending:
        """Return what works off the deliveries to an archive."""
        if archive not in self._archives:
            raise NoSuchArchive("No archive of this name is set up", where=archive)
        return self._archives[archive].sending

    def want(self, *wants: Want) -> None:
        """Want studies, or want them more or less urgently than before."""
        for want in wants:
            if want.archive in self._archives:
                self._board.want(want)
        self._bell.ring()

    def want_only(self, wants: Iterable[Want]) -> None:
        """Want these and nothing else."""
        kept = {(want.archive, want.study_uid): want for want in wants}
        for before in self._board.wants():
            if (before.archive, before.study_uid) not in kept:
                self._board.drop(before.archive, before.study_uid)
        self.want(*kept.values())

    def wants(self) -> tuple[Want, ...]:
        """Return what is wanted, the most urgent first."""
        return self._board.wants()

    def progress(self, archive: str, study_uid: str) -> Progress | None:
        """Return how far a study is, None if it isn't wanted."""
        return self._board.progress(archive, study_uid)

    def given_up(self, archive: str, study_uid: str) -> dict[str, str]:
        """Return the instances of a study that can't be had, each with the reason."""
        return self._board.given_up(archive, study_uid)

    def try_again(self, archive: str, study_uid: str) -> None:
        """Ask anew for what was given up."""
        self._board.try_again(archive, study_uid)
        self._bell.ring()

    def wake(self) -> None:
        """Look for work at once: something was put into the outbox."""
        self._bell.ring()

    def unsent(self) -> int:
        """Return how many deliveries are not at their end."""
        counts = self._means.store.outbox.counts()
        return sum(counts.get(state, 0) for state in UNSENT)

    # --- inside ----------------------------------------------------------------------------------------

    def _archive(self, address: Address, connect: Connect) -> _Archive:
        means = self._means
        line = Line(address, connect, means.clock)
        line.changed.connect(self._line_changed)
        shaper = Shaper(means.clock, cap=means.cap)
        fetching = Fetching(
            line, self._board, self.arriving, shaper, self._bell, may=self._may, streams=means.streams
        )
        sending = Sending(
            means.store.outbox, line, means.clock, means.digest, owner=self._run, proven=self._proven
        )
        sending.changed.connect(self._delivery_changed)
        return _Archive(line, shaper, fetching, sending)

    def _proven(self, artefact: Artefact) -> None:
        """Note that images of the store can be fetched again from now on."""
        self._means.store.studies.mark_verified(artefact.study_uid, [artefact.sha256])

    def _may(self, want: Want) -> bool:
        return want.urgency is Urgency.OPEN or not self._means.is_metered()

    def _is_reachable(self, archive: str) -> bool:
        return archive in self._archives and self._archives[archive].line.is_usable

    def _stream_pays(self, rest: Rest) -> bool:
        """Say whether a whole series should come at once, though something of it comes in vain then.

        On a line that has failed lately nothing is risked: what is whole doesn't come twice.
        """
        if not rest.again:
            return True
        line = self._archives[rest.archive].line
        latency, rate = line.state.latency or 0.0, line.state.rate or _FAST
        return line.is_sound and rest.comes_sooner_as_stream(latency, rate, self._means.streams)

    def _line_changed(self, state: LineState) -> None:
        self.line_changed.emit(state)
        self._bell.ring()

    def _delivery_changed(self, delivery: Delivery) -> None:
        self.delivery_changed.emit(delivery)

    def _look_around(self) -> None:
        clock = self._means.clock
        wall, retry_at = clock.utc(), clock.monotonic() + _RETRY_GIVEN_UP
        while not self._closing.wait(_LOOK / clock.pace):
            before, wall = wall, clock.utc()
            if abs((wall - before).total_seconds()) > _SLEPT:
                self._begin_anew()
            for archive in self._archives.values():
                archive.line.look()
            if clock.monotonic() >= retry_at:
                retry_at = clock.monotonic() + _RETRY_GIVEN_UP
                self._retry_given_up()

    def _begin_anew(self) -> None:
        for archive in self._archives.values():
            archive.line.begin_anew()
            archive.shaper.forget_past()
        self._bell.ring()

    def _retry_given_up(self) -> None:
        for want in self._board.wants():
            if self._board.given_up(want.archive, want.study_uid):
                self._board.try_again(want.archive, want.study_uid)
        self._bell.ring()

    def _send(self, sending: Sending) -> None:
        while not self._closing.is_set():
            rung, wait = self._bell.rung, _IDLE
            try:
                if sending.step():
                    continue
                wait = min(_IDLE, sending.wait() or _IDLE)  # 0.0: it waits for the line, or for another
            except Exception as error:  # noqa: BLE001  the store is in trouble, and says so itself
                _log.error("a delivery could not be worked on: %s", calm(error))
            self._bell.wait(wait / self._means.clock.pace, rung)
