"""What is known of one stack's frames: which are there, which are wanted next, and why some never come.

Plain state without threads; ``schedule`` guards it with its lock and decides between stacks.

Units:   frames are counted from 0 in the stack's reading order; sizes are bytes.
"""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from workstation.dicom.model import PixelFormat
from workstation.dicom.series import FrameRef, ImageStack
from workstation.dicom.tasks import frame_size
from workstation.errors import LumenError, calm
from workstation.events import Signal
from workstation.frames.order import direction_of, outward
from workstation.frames.reader import EncodedFrame
from workstation.frames.states import FrameState, FrameStatus, Progress
from workstation.frames.storage import Pixels, Storage, storage_for
from workstation.workers import Ticket, WorkerDied

_TRIES: Final = 1
_TRIES_AFTER_DEATH: Final = 2  # it may have been the system that took the worker


class StackFrames:
    """The decoded frames of one stack."""

    def __init__(self, stack: ImageStack) -> None:
        self.stack = stack
        self.ready: Signal[tuple[str, int]] = Signal("frame ready")
        self.users = 0
        self.last_wanted = 0  # a counter, the higher the later
        self.wish: int | None = None
        self.encoded: Sequence[EncodedFrame] | None = None  # None until the reader was asked
        self.measuring = False
        self.in_flight = 0
        self.dropped = False  # its memory is given up; nothing comes any more
        self.resident = 0  # bytes of what is there and what is on its way
        self.photometrics: dict[int, str] = {}
        self.errors: dict[int, LumenError] = {}
        self.statuses = [FrameStatus.ABSENT] * len(stack.frames)
        self.formats = tuple(map(_format, stack.frames))
        self._sizes = _sizes(self.formats)
        self.total, self.largest = sum(self._sizes), max(self._sizes)
        self.reserved = self.total  # what it may take
        self._storage: Storage | None = None
        self._wiping = threading.Lock()
        self._tickets: dict[int, Ticket] = {}
        self._tries: dict[int, int] = {}
        self._alone: deque[int] = deque()  # asked for one by one: by somebody who waits, or once more
        self.awaited: Counter[int] = Counter()  # by how many
        self._direction = 0
        self._fill: Iterator[int] = iter(())
        self._next: int | None = None

    def __len__(self) -> int:
        return len(self.statuses)

    @property
    def storage(self) -> Storage:
        """Return the memory of the frames; there is none before the first has begun."""
        assert self._storage is not None  # noqa: S101  see ``begin``
        return self._storage

    @property
    def fits(self) -> bool:
        """Tell whether all of its frames can be held at once."""
        return self.reserved >= self.total

    @property
    def is_idle(self) -> bool:
        """Tell whether nobody has it open, and nothing is on its way."""
        return self.users == 0 and self.in_flight == 0

    def size(self, k: int) -> int:
        """Return the bytes of a decoded frame."""
        return self._sizes[k]

    def state(self, k: int) -> FrameState:
        """Return where a frame stands."""
        status = self.statuses[k]
        if status is FrameStatus.FAILED:
            return FrameState(status, calm(self.errors[k]))
        is_next = k == self.wish or k in self._alone
        return FrameState(FrameStatus.QUEUED if status is FrameStatus.ABSENT and is_next else status)

    def is_settled(self, k: int) -> bool:
        """Tell whether a frame is ready or has failed."""
        return self.statuses[k] in (FrameStatus.READY, FrameStatus.FAILED)

    def frame(self, k: int) -> Pixels | None:
        """Return a frame, read-only, if it is there."""
        is_there = self.statuses[k] is FrameStatus.READY and not self.dropped
        return self.storage.get(k) if is_there else None

    def values(self) -> Pixels | None:
        """Return all frames in one read-only array, if all are there and lie so."""
        is_full = not self.dropped and all(status is FrameStatus.READY for status in self.statuses)
        return self.storage.values() if is_full else None

    def progress(self) -> Progress:
        """Return how far the stack is."""
        return Progress(self.statuses.count(FrameStatus.READY), len(self.errors), len(self))

    def want(self, k: int) -> None:
        """Put a frame first, and its neighbours after it."""
        if k != self.wish:
            self._direction, self.wish = direction_of(self.wish, k), k
            self._look_around(k)
        if k in self._tickets:
            self._tickets[k].promote(0)

    def ask(self, k: int) -> bool:
        """Let one frame come, and no neighbours; False if it comes anyway."""
        comes_anyway = self.statuses[k] is not FrameStatus.ABSENT or k in self._alone
        if not comes_anyway:
            self._alone.append(k)
        return not comes_anyway

    @contextmanager
    def awaiting(self, k: int) -> Iterator[None]:
        """Keep a frame from being given up while somebody waits for it."""
        self.awaited[k] += 1
        try:
            yield
        finally:
            self.awaited[k] -= 1

    def rest(self) -> None:
        """Want nothing more; take back what no worker has begun."""
        self.wish, self._fill, self._next = None, iter(()), None
        self._alone.clear()
        for ticket in tuple(self._tickets.values()):
            ticket.cancel()

    def is_wish_missing(self) -> bool:
        """Tell whether the frame that is looked at is still to be fetched."""
        return self.wish is not None and self.statuses[self.wish] is FrameStatus.ABSENT

    def asked(self) -> int | None:
        """Return the next frame that was asked for by itself."""
        while self._alone and self.statuses[self._alone[0]] is not FrameStatus.ABSENT:
            self._alone.popleft()
        return self._alone[0] if self._alone else None

    def neighbour(self) -> int | None:
        """Return the next frame on the way outward from the wish; it stays next until it is taken."""
        while self._next is None or self.statuses[self._next] is not FrameStatus.ABSENT:
            self._next = next(self._fill, None)
            if self._next is None:
                return None
        return self._next

    def makes_room(self, k: int, *, urgent: bool) -> bool:
        """Give up frames that are further from the wish than ``k``, if it needs their room.

        False when there is none: whatever is nearer stays, unless ``k`` is urgent.
        """
        while self.resident + self.size(k) > self.reserved and not self.fits:
            furthest = max(self._spare(), key=self._distance, default=None)
            if furthest is None:
                return urgent or self.resident == 0
            if not urgent and self._distance(furthest) <= self._distance(k):
                return False
            self._drop(furthest)
        return True

    def begin(self, k: int) -> None:
        """Note that a frame is being read and decoded; memory for the stack is taken with the first."""
        if self._storage is None:
            self._storage = storage_for(self.formats, in_one_piece=self.fits)
        self.statuses[k] = FrameStatus.QUEUED
        self.resident += self.size(k)

    def encoded_frame(self, k: int) -> EncodedFrame:
        """Return how much there is to read for a frame."""
        assert self.encoded is not None  # noqa: S101  nothing is begun before it was measured
        return self.encoded[k]

    def submitted(self, numbers: Sequence[int], ticket: Ticket) -> None:
        """Note by which ticket these frames can be moved up or taken back; do so if wishes have changed."""
        self._tickets |= dict.fromkeys(numbers, ticket)
        if self.users == 0 or self.dropped:
            ticket.cancel()
        elif self.wish in numbers:
            ticket.promote(0)

    def finish(self, k: int, photometric: str) -> None:
        """Note that a frame is there."""
        self._tickets.pop(k, None)
        self.statuses[k] = FrameStatus.READY
        self.photometrics[k] = photometric

    def give_up(self, k: int) -> None:
        """Note that a frame did not come after all; it may be wanted again."""
        self._leave(k)
        if self.wish is not None:
            self._look_around(self.wish)

    def fail(self, k: int, error: LumenError, *, company: int = 1) -> None:
        """Note that a frame did not decode, and whether it is tried once more.

        One of several that were decoded together is tried by itself: the fault may be another's.
        """
        self._leave(k)
        self._tries[k] = self._tries.get(k, 0) + (company == 1)
        if self._tries[k] < (_TRIES_AFTER_DEATH if isinstance(error, WorkerDied) else _TRIES):
            self.ask(k)
        else:
            self.refuse(k, error)

    def refuse(self, k: int, error: LumenError) -> None:
        """Note that a frame will never come."""
        self.statuses[k] = FrameStatus.FAILED
        self.errors[k] = error

    def forgive(self) -> None:
        """Let what failed be tried again when the stack is opened again: its file may be mended."""
        for k in self.errors:
            self.statuses[k] = FrameStatus.ABSENT
        self.errors.clear()
        self._tries.clear()
        self.measuring = self.measuring and self.encoded is not None

    def drop(self) -> None:
        """Let nothing come and be asked any more."""
        self.rest()
        self.dropped = True

    def close(self) -> None:
        """Give up the memory; whoever still shows a frame keeps it."""
        self.drop()
        if self._storage is not None:
            self._storage.close()

    def wipe(self) -> None:
        """Zero the memory of a dropped stack, also where it is still shown.

        While something is on its way this must be done once more when it has come.
        """
        with self._wiping:
            is_last = self.in_flight == 0
            if self._storage is not None:
                self._storage.wipe()
                if is_last:
                    self._storage.close()
                    self._storage = None

    def _look_around(self, k: int) -> None:
        self._fill, self._next = outward(len(self), k, self._direction), None

    def _leave(self, k: int) -> None:
        self._tickets.pop(k, None)
        self.statuses[k] = FrameStatus.ABSENT
        self.resident -= self.size(k)

    def _spare(self) -> Iterator[int]:
        """Yield the frames that could go."""
        for k, status in enumerate(self.statuses):
            if status is FrameStatus.READY and k != self.wish and not self.awaited[k]:
                yield k

    def _distance(self, k: int) -> int:
        return 0 if self.wish is None else abs(k - self.wish)

    def _drop(self, k: int) -> None:
        self.statuses[k] = FrameStatus.ABSENT
        self.resident -= self.size(k)
        self.storage.drop(k)


def _sizes(formats: Sequence[PixelFormat]) -> list[int]:
    """Return the size of each frame; there are thousands, of few formats."""
    known = {pixel: frame_size(pixel) for pixel in set(formats)}
    return [known[pixel] for pixel in formats]


def _format(frame: FrameRef) -> PixelFormat:
    if frame.record.pixel is None:
        raise ValueError("a stack holds only frames with pixels")
    return frame.record.pixel
