"""A desk on a store with a key of its own: no passphrase to stretch, no settings, workers that are shared.

For tests that open many stores: the workers start once, a small reserve is allocated, nothing waits.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from workstation.clock import Clock, SystemClock
from workstation.dicom import tasks
from workstation.dicom.examining import examine_in_worker
from workstation.frames import FrameCache
from workstation.security import Action
from workstation.store import Limits, Options, Store
from workstation.store.disk import Disk
from workstation.workers import WorkerPool
from workstation.workflow import Actor, Desk
from workstation.workflow.store_reader import StoreReader

KEK: Final = bytes(range(32))
READER: Final = Actor("r1", "Reader One", "MD")

_FRAMES: Final = 64 << 20
_QUOTA: Final = 1 << 30
_RESERVE: Final = 1 << 16


class SharedPool(WorkerPool):
    """Workers that outlive the desks at which they work."""

    def __init__(self, count: int = 2) -> None:
        super().__init__(tasks.__name__, count)

    def close(self) -> None:
        """Go on: another desk follows."""

    def end(self) -> None:
        """End the workers."""
        super().close()


def quick_desk(
    folder: Path, pool: WorkerPool, *, disk: Disk | None = None, clock: Clock | None = None
) -> Desk:
    """Open the store in this folder, or make one; close the desk in the end."""
    clock = clock or SystemClock()
    options = Options(
        clock=clock,
        limits=Limits(floor=0),
        disk=disk or Disk(),
        examine=lambda data: examine_in_worker(pool, data),
        reserve=_RESERVE,
    )
    make_or_open = Store.open if (folder / "work.db").exists() else Store.create
    store = make_or_open(folder, KEK, options)
    reader = StoreReader(store)
    desk = Desk(store, READER, clock, pool, FrameCache(_FRAMES, pool, reader), reader, _QUOTA)
    desk.note(Action.START)
    return desk
