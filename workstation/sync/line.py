"""The line to one archive: its endpoints' connections, which of them is in use, and how it does.

Every request goes through ``asking``, which notes how it ended. What hangs is noticed from the outside: if
requests are under way and no byte comes for a few seconds, all endpoints are asked something cheap at once,
each on a thread of its own; if another answers and the one in use does not, it is left, and whatever hangs
on it is cut.

Units:   seconds on the monotonic clock; bytes.
Source:  facts/security-and-reliability.md 2.3.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Final

from workstation.archive import (
    Address,
    ArchiveError,
    BadAnswer,
    Busy,
    Connection,
    Endpoint,
    NotAllowed,
    NotOffered,
    NotThere,
    NotTrusted,
    Refused,
    Unreachable,
)
from workstation.clock import Clock
from workstation.errors import calm
from workstation.events import Signal
from workstation.sync.choice import Choice
from workstation.sync.flow import Flow

PATIENCE: Final = 30.0
"""How long a request may be without a byte."""
PROBE_PATIENCE: Final = 3.0
STALL: Final = 3.0
"""Without a byte for so long, everything is probed."""
SOUND: Final = 600.0
"""A line that hasn't failed for so long can be trusted with one long answer."""

_LINE_WORKS: Final = (NotAllowed, NotThere, Refused, Busy, NotOffered)
"""What only a line that works can bring."""


class Status(StrEnum):
    """How it stands with the line."""

    UNKNOWN = "not asked yet"
    ONLINE = "online"
    OFFLINE = "offline"
    CAPTIVE = "something else answers"
    SIGNED_OUT = "signed out"
    UNTRUSTED = "not trusted"


@dataclass(frozen=True, slots=True)
class LineState:
    """How it stands, for a person."""

    archive: str
    name: str
    status: Status
    endpoint: str
    since: datetime
    latency: float | None = None
    rate: float | None = None  # bytes per second
    why: str = ""


Connect = Callable[[Endpoint, float], Connection]
"""Makes a connection by an endpoint that waits so many seconds for a byte; opens nothing yet."""

Spawn = Callable[[Callable[[], None]], object]
"""Runs something beside the caller."""


class Line:
    """One archive's line; all its streams, the outbox and the list share it."""

    def __init__(self, address: Address, connect: Connect, clock: Clock, spawn: Spawn | None = None) -> None:
        self.address = address
        self.changed: Signal[LineState] = Signal("line changed")
        self._connect = connect
        self._clock = clock
        self._spawn = spawn or _on_a_thread
        self._lock = threading.RLock()
        self._endpoints = {endpoint.name: endpoint for endpoint in address.endpoints}
        self._choice = Choice(tuple(self._endpoints))
        self._open: dict[str, Connection] = {}
        self._probing: set[str] = set()
        self._under_way = 0
        self._last_byte = clock.monotonic()
        self._flow = Flow()
        self._flow.rested(self._last_byte)
        self._is_closed = False
        self._state = LineState(
            address.identifier, address.name, Status.UNKNOWN, self._choice.current, clock.utc()
        )

    @property
    def state(self) -> LineState:
        """Return how it stands."""
        return self._state

    @property
    def is_usable(self) -> bool:
        """Say whether a request may be sent now."""
        with self._lock:
            usable = self._state.status in (Status.ONLINE, Status.UNKNOWN)
            return usable and not self._is_closed and self._choice.is_usable(self._clock.monotonic())

    @contextmanager
    def asking(self) -> Iterator[Connection]:
        """Lend the connection in use for one request, and note how it ends."""
        name, connection = self._in_use()
        with self._lock:
            if not self._under_way:
                self._rest()
            self._under_way += 1
        try:
            yield connection
        except Exception as error:
            self._note(name, error)
            raise
        else:
            self._note(name, None)
        finally:
            with self._lock:
                self._under_way -= 1

    @property
    def is_sound(self) -> bool:
        """Say whether the way in use hasn't failed for a while."""
        with self._lock:
            broke_at = self._choice.health[self._choice.current].broke_at
        return broke_at is None or self._clock.monotonic() - broke_at >= SOUND

    def came(self, size: int) -> None:
        """Note that so many bytes came."""
        with self._lock:
            self._last_byte = self._clock.monotonic()
            rate = self._flow.came(size, self._last_byte)
            if rate is not None:
                self._choice.health[self._choice.current].flowed(rate)

    def waited(self) -> None:
        """Note that it is we who wait: nothing hangs."""
        with self._lock:
            self._rest()

    def _rest(self) -> None:
        self._last_byte = self._clock.monotonic()
        self._flow.rested(self._last_byte)

    def look(self) -> None:
        """Probe what is due, and leave an endpoint that hangs; asked about once a second."""
        now = self._clock.monotonic()
        with self._lock:
            if self._is_closed:
                return
            if self._under_way and now - self._last_byte >= STALL:
                self._choice.suspect(now)
                self._last_byte = now
            due = [name for name in self._choice.to_probe(now) if name not in self._probing]
            self._probing |= set(due)
        for name in due:
            self._spawn(partial(self._probe, name))
        self._settle()

    def begin_anew(self) -> None:
        """Forget what was known and drop every connection: the machine slept, or changed its network."""
        with self._lock:
            self._choice.forget_past(self._clock.monotonic())
            dropped, self._open = list(self._open.values()), {}
        for connection in dropped:
            _close(connection)

    def signed_in(self) -> None:
        """Try again what was refused for want of a sign-in."""
        self._tell(Status.UNKNOWN)
        self.begin_anew()

    def close(self) -> None:
        """Cut everything."""
        with self._lock:
            self._is_closed = True
            dropped, self._open = list(self._open.values()), {}
        for connection in dropped:
            _close(connection)

    def _in_use(self) -> tuple[str, Connection]:
        with self._lock:
            if self._is_closed:
                raise Unreachable("The line was closed")
            name = self._choice.decide(self._clock.monotonic())
            if name in self._open:
                return name, self._open[name]
            try:
                connection = self._open[name] = self._connect(self._endpoints[name], PATIENCE)
            except Exception as error:  # noqa: BLE001  it is noted below, without the lock, and raised
                failure = error
            else:
                return name, connection
        self._note(name, failure, is_of_way=True)
        raise failure

    def _probe(self, name: str) -> None:
        try:
            latency = self._greeted(self._endpoints[name])
        except Exception as error:  # noqa: BLE001  whatever it is, the way does not work
            self._note(name, error, is_of_way=True)
        else:
            self._note(name, None, latency)
        finally:
            with self._lock:
                self._probing.discard(name)
            self._settle()

    def _greeted(self, endpoint: Endpoint) -> float:
        """Greet an archive by one of its ways; return how long an answer takes."""
        connection = self._connect(endpoint, PROBE_PATIENCE)
        try:
            connection.echo()
            began = self._clock.monotonic()  # by now the connection stands
            connection.echo()
            return self._clock.monotonic() - began
        finally:
            _close(connection)

    def _note(
        self, name: str, error: BaseException | None, latency: float | None = None, *, is_of_way: bool = False
    ) -> None:
        """Note how something ended; ``is_of_way``: it only tried the way, which is no good then."""
        now = self._clock.monotonic()
        with self._lock:
            health = self._choice.health[name]
            if error is None or isinstance(error, _LINE_WORKS):
                health.succeeded(now, latency)
            elif is_of_way or isinstance(error, ArchiveError | OSError):
                health.failed(now)
                if is_of_way and self._under_way and name == self._choice.current:
                    health.give_up(now)  # it hangs, and does not even answer a greeting
            is_current = name == self._choice.current
        if is_current and (status := _status_after(error)) is not None:
            self._tell(status, calm(error) if error else "")

    def _settle(self) -> None:
        """Choose again, and cut what hangs on an endpoint that was left."""
        now = self._clock.monotonic()
        with self._lock:
            before, after = self._choice.current, self._choice.decide(now)
            is_dead = self._choice.health[after].is_open
            left = self._open.pop(before, None) if is_dead or after != before else None
        if left is not None:
            _close(left)
        if is_dead and self._state.status in (Status.ONLINE, Status.UNKNOWN):
            self._tell(Status.OFFLINE, "No answer comes.")
        elif after != before:
            self._tell(self._state.status, self._state.why)

    def _tell(self, status: Status, why: str = "") -> None:
        with self._lock:
            before, current = self._state, self._choice.current
            health = self._choice.health[current]
            since = before.since if status is before.status else self._clock.utc()
            self._state = LineState(
                before.archive, before.name, status, current, since, health.latency, health.rate, why
            )
            is_other = (before.status, before.endpoint, before.why) != (status, current, why)
        if is_other:
            self.changed.emit(self._state)


def _status_after(error: BaseException | None) -> Status | None:
    """Return what an answer says of the line; None if it says nothing yet."""
    if isinstance(error, NotAllowed):
        return Status.SIGNED_OUT
    if isinstance(error, NotTrusted):
        return Status.UNTRUSTED
    if isinstance(error, BadAnswer):
        return Status.CAPTIVE
    if error is None or isinstance(error, _LINE_WORKS):
        return Status.ONLINE
    return None


def _on_a_thread(work: Callable[[], None]) -> None:
    threading.Thread(target=work, name="line-probe", daemon=True).start()


def _close(connection: Connection) -> None:
    with suppress(ArchiveError, OSError):
        connection.close()
