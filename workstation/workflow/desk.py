"""The desk: one open store, the person at it, and the machinery that the verbs share.

``app`` makes one for the window, each command line run makes one for itself. Whoever made it closes
it; everything that it holds ends then.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from threading import Event, Lock
from typing import Final, Protocol

from workstation.archive.dimse import Listener
from workstation.clock import Clock, JumpWatch, SystemClock
from workstation.config import Places, Settings
from workstation.dicom import tasks
from workstation.dicom.examining import examine_in_worker
from workstation.events import Signal
from workstation.frames import FrameCache
from workstation.security import Action, Outcome
from workstation.store import AuditEvent, Limits, Options, Store
from workstation.sync import Service
from workstation.workers import WorkerPool
from workstation.workflow.actor import Actor, local_actor
from workstation.workflow.archives import Way
from workstation.workflow.counting import begin_counting
from workstation.workflow.keys import KeySource, create_store, open_store, own_folder, store_exists
from workstation.workflow.store_reader import StoreReader

_GIGABYTE: Final = 1 << 30
_MOST_WORKERS: Final = 4


class Listening(Protocol):
    """What takes in what others push."""

    @property
    def scp(self) -> Listener:
        """Return what listens; archives that we ask to bring something bring it there."""
        ...

    @property
    def is_encrypted(self) -> bool:
        """Say whether what is brought comes over TLS."""
        ...

    def look(self) -> None:
        """Pass on what has waited for its time."""
        ...

    def close(self) -> None:
        """Take nothing more in."""
        ...


@dataclass
class Desk:
    """An open store and what goes with it."""

    store: Store
    actor: Actor
    clock: Clock
    pool: WorkerPool
    frames: FrameCache
    reader: StoreReader
    quota: int  # bytes that images may take
    is_demo: bool = False
    jumps: JumpWatch = field(init=False)
    arriving: int = 0  # imports under way
    ways: Mapping[str, Way] = field(default_factory=dict)  # the archives that are set up
    service: Service | None = None  # what keeps the store in step with them
    is_syncing: bool = False  # the service was started
    hears: object = None  # what listens to the service on the desk's behalf
    listener: Listening | None = None  # what takes in what modalities and routers push
    down: dict[str, datetime] = field(default_factory=dict)  # archive → since when there is no line to it
    trouble: str = ""  # why nothing that comes can be stored now
    is_metered: Callable[[], bool] = lambda: False  # whether the line costs by the byte
    open_study: str = ""  # the study that is being read
    opened: set[str] = field(default_factory=set)  # studies that were opened since the desk is open
    put_off: dict[str, datetime] = field(default_factory=dict)  # study → until when it is not the next case
    to_ask_about: str = ""  # a study that was opened just now: archives are asked how it stands
    coming: dict[str, float] = field(default_factory=dict)  # study → when something of it was last pushed
    reported: dict[str, bool] = field(default_factory=dict)  # study → whether an archive has a report of it
    looked: set[tuple[str, str]] = field(default_factory=set)  # verb and study of what was recorded here
    claiming: Lock = field(default_factory=Lock)  # held while a claim is noted or forgotten
    closing: Event = field(default_factory=Event)  # whoever waits for something gives up
    studies_changed: Signal[str] = field(default_factory=lambda: Signal("studies changed"))
    lines_changed: Signal[str] = field(default_factory=lambda: Signal("lines changed"))
    outbox_changed: Signal[str] = field(default_factory=lambda: Signal("outbox changed"))

    def __post_init__(self) -> None:
        self.jumps = JumpWatch(self.clock)
        begin_counting(self.store)

    @property
    def start_report(self) -> tuple[str, ...]:
        """Return what had to be mended when the store was opened."""
        return tuple(self.store.report.notes)

    def scp(self) -> Listener | None:
        """Return what listens for what archives bring, if it does."""
        return self.listener.scp if self.listener is not None else None

    def note(self, action: Action, detail: str = "") -> None:
        """Record something that concerns no patient."""
        event = AuditEvent(self.actor.identifier, self.actor.name, "", "", action, Outcome.SUCCESS, detail)
        self.store.audit.append(event)

    def seconds_since(self, moment: datetime) -> float:
        """Return how long ago something was by the wall clock; 0.0 if that was set back meanwhile."""
        return max(0.0, (self.clock.utc() - moment).total_seconds())

    def look_at_clock(self) -> float:
        """Record it if the wall clock was moved since the last look; return by how many seconds."""
        jumped = self.jumps.look()
        if jumped:
            self.note(Action.ALERT, f"the clock was moved by {jumped:+.0f} s")
        return jumped

    def close(self) -> None:
        """End the work in order; pictures are wiped from memory."""
        self.closing.set()
        with ExitStack() as last:
            for part in (self.store, self.pool, self.frames):
                last.callback(part.close)
            last.callback(self._note_end)
            if self.service is not None:
                last.callback(self.service.close)
            if self.listener is not None:
                self.listener.close()

    def _note_end(self) -> None:
        """Record the outages that outlast the desk, each with its length so far, then the end."""
        for archive, began in self.down.items():
            self.note(
                Action.OUTAGE, f"{archive}: no line for {self.seconds_since(began):.0f} s, and still none"
            )
        self.note(Action.STOP)


def open_desk(
    *,
    settings: Settings,
    places: Places,
    folder: Path | None = None,
    key: KeySource,
    create: bool = False,
    clock: Clock | None = None,
) -> Desk:
    """Open the real store; ``create`` makes it first where there is none."""
    where = folder or own_folder(settings, places)
    if create and not store_exists(where):
        create_store(folder=where, key=key)
    return _desk(settings, where, key, clock or SystemClock(), is_demo=False)


@contextmanager
def open_demo(*, settings: Settings, places: Places, clock: Clock | None = None) -> Iterator[Desk]:
    """Open the demonstration's store for one piece of work; make it first where there is none."""
    desk = demo_desk(settings=settings, places=places, clock=clock)
    try:
        yield desk
    finally:
        desk.close()


def demo_desk(*, settings: Settings, places: Places, clock: Clock | None = None) -> Desk:
    """Open the demonstration's store; make it first where there is none."""
    if not store_exists(places.demo):
        create_store(folder=places.demo, key=KeySource.demo())
    return _desk(settings, places.demo, KeySource.demo(), clock or SystemClock(), is_demo=True)


def _desk(settings: Settings, folder: Path, key: KeySource, clock: Clock, *, is_demo: bool) -> Desk:
    budget = int(settings.number("frames.memory_gigabytes") * _GIGABYTE)
    quota = int(settings.number("store.quota_gigabytes") * _GIGABYTE)
    with ExitStack() as undo:
        pool = undo.enter_context(WorkerPool(tasks.__name__, _workers(settings)))
        store = undo.enter_context(
            open_store(folder=folder, key=key, options=_options(settings, clock, pool))
        )
        reader = StoreReader(store)
        frames = undo.enter_context(FrameCache(budget, pool, reader))
        desk = Desk(store, _actor(settings), clock, pool, frames, reader, quota, is_demo=is_demo)
        desk.note(Action.START, "demonstration" if is_demo else "")
        undo.pop_all()  # from here on they are the desk's to close
    return desk


def _options(settings: Settings, clock: Clock, pool: WorkerPool) -> Options:
    limits = Limits(
        quota=int(settings.number("store.quota_gigabytes") * _GIGABYTE),
        floor=int(settings.number("store.free_gigabytes") * _GIGABYTE),
    )
    return Options(clock=clock, limits=limits, examine=partial(examine_in_worker, pool))


def _workers(settings: Settings) -> int:
    asked = int(settings.number("workers.count"))
    return asked or min(_MOST_WORKERS, os.cpu_count() or 1)


def _actor(settings: Settings) -> Actor:
    return local_actor(
        name=settings.text("profile.name"),
        title=settings.text("profile.title"),
        identifier=settings.text("profile.identifier"),
    )
