"""The cache of decoded frames, and a stack's frames as a viewport or the command line asks for them.

Nothing here blocks but ``wait``: what is not there is None, and ``ready`` tells when it is. Arrays
are read-only and stay valid while they are held; on lock they turn to zero.

Shapes:  a frame is (rows, columns) or (rows, columns, 3) of stored integers, as ``dicom.codecs`` has
         it; a volume is ``values[k, j, i]``.
Units:   bytes; seconds. Frames are counted from 0 in the stack's reading order.
Errors:  ``wait`` raises the LumenError for which a frame failed.
"""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from workstation.dicom.series import ImageStack
from workstation.errors import calm
from workstation.events import Signal
from workstation.frames.fetcher import Fetcher
from workstation.frames.reader import FrameReader
from workstation.frames.schedule import Schedule
from workstation.frames.stack_frames import StackFrames
from workstation.frames.states import FrameState, Progress
from workstation.frames.storage import Pixels
from workstation.workers import WorkerPool


class FrameCache:
    """All decoded frames, within a budget; the pool and the reader belong to whoever made them."""

    def __init__(self, budget_bytes: int, pool: WorkerPool, reader: FrameReader) -> None:
        self._schedule = Schedule(budget_bytes)
        self._fetcher = Fetcher(self._schedule, pool, reader)

    def source(self, stack: ImageStack) -> FrameSource:
        """Return the frames of a stack; close it when it is no longer shown."""
        return FrameSource(self._schedule, self._schedule.open(stack))

    @property
    def resident_bytes(self) -> int:
        """Return how much memory decoded frames take, those on their way included."""
        return self._schedule.resident

    def wipe(self) -> None:
        """Zero every frame and forget it; open sources have nothing any more, new ones can be opened."""
        for frames in self._schedule.drop_all():
            frames.wipe()
        self._fetcher.wipe()

    def close(self) -> None:
        """Wipe, and end the threads."""
        self._fetcher.stop()
        self.wipe()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


class FrameSource:
    """The frames of one open stack."""

    def __init__(self, schedule: Schedule, frames: StackFrames) -> None:
        self._schedule = schedule
        self._frames = frames
        self._closed = False

    def __len__(self) -> int:
        return len(self._frames)

    @property
    def stack(self) -> ImageStack:
        """Return whose frames these are."""
        return self._frames.stack

    @property
    def ready(self) -> Signal[tuple[str, int]]:
        """Tell (stack key, frame) when a frame is there or has failed; on a thread of the cache."""
        return self._frames.ready

    @property
    def progress(self) -> Progress:
        """Return how far the stack is."""
        return self._frames.progress()

    @property
    def ready_count(self) -> int:
        """Return how many frames are there."""
        return self.progress.ready

    @property
    def failed(self) -> dict[int, str]:
        """Return why frames will never come, one calm sentence each."""
        with self._schedule.changed:
            return {k: calm(error) for k, error in sorted(self._frames.errors.items())}

    def want(self, k: int) -> None:
        """Say that frame ``k`` is looked at: it comes first, then its neighbours as the reader moves."""
        self._check(k)
        if not self._closed:
            self._schedule.want(self._frames, k)

    def frame(self, k: int) -> Pixels | None:
        """Return a frame if it is there."""
        self._check(k)
        with self._schedule.changed:
            return self._frames.frame(k)

    def state(self, k: int) -> FrameState:
        """Return where a frame stands."""
        self._check(k)
        with self._schedule.changed:
            return self._frames.state(k)

    def failure(self, k: int) -> str:
        """Return why a frame will never come; "" if it may."""
        return self.state(k).reason

    def photometric(self, k: int) -> str:
        """Return the photometric interpretation that was delivered, or the header's while none was."""
        self._check(k)
        return self._frames.photometrics.get(k, self._frames.formats[k].photometric)

    def volume_values(self) -> Pixels | None:
        """Return ``values[k, j, i]`` without a copy, once every frame is there and all are of one form."""
        with self._schedule.changed:
            return self._frames.values()

    def wait(self, k: int, seconds: float) -> Pixels | None:
        """Return one frame, however long that takes, but at most so long; its neighbours don't come."""
        self._check(k)
        deadline = time.monotonic() + seconds
        with self._schedule.changed, self._frames.awaiting(k):
            while (pixels := self._frames.frame(k)) is None:
                if k in self._frames.errors:
                    raise self._frames.errors[k]
                if self._frames.dropped or self._closed:
                    return None
                self._schedule.ask(self._frames, k)
                left = deadline - time.monotonic()
                if left <= 0:
                    return None
                self._schedule.changed.wait(left)
            return pixels

    def wait_all(self, seconds: float) -> bool:
        """Let every frame come, as far as there is room; tell whether all are there in time."""
        if self._frames.wish is None:
            self.want(0)
        with self._schedule.changed:
            self._schedule.changed.wait_for(lambda: self.progress.finished or self._frames.dropped, seconds)
            return self.progress.ready == len(self)

    def close(self) -> None:
        """Want nothing more; frames that are there stay for the next who opens the stack."""
        if not self._closed:
            self._closed = True
            self._schedule.release(self._frames)

    def _check(self, k: int) -> None:
        if not 0 <= k < len(self):
            raise IndexError(f"frame {k} of {len(self)}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
