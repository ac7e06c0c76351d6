"""Which frame comes next, among all stacks that are open, and who has to go when memory is short.

The frame that is looked at comes first, then those that somebody waits for, then the neighbours of
what was wanted last. Stacks that nobody has open stay until their memory is needed, the one wanted
longest ago going first. One that is larger than what is left keeps a window around its wish.

Units:   bytes.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeAlias

from workstation.dicom.series import FrameRef, ImageStack
from workstation.dicom.syntaxes import SUPPORTED
from workstation.errors import LumenError
from workstation.frames.reader import EncodedFrame
from workstation.frames.stack_frames import StackFrames
from workstation.workers import Ticket

Key: TypeAlias = tuple[str, tuple[tuple[str, int], ...]]
# The photometric interpretation that was delivered, why none was, or None if it was no longer wanted.
Outcome: TypeAlias = str | LumenError | None

LEAST_FRAMES: Final = 8  # a window keeps at least so many of the stack's largest
BATCH_FRAMES: Final = 16
BATCH_BYTES: Final = 8 << 20  # of decoded frames that are fetched in one go


class Way(Enum):
    """How a frame is brought."""

    MEASURE = "measure"  # the reader is asked how much there is to read
    HERE = "here"  # copied by this process: no codec is involved
    WORKER = "worker"  # decoded in a worker, one frame
    WHOLE = "whole"  # decoded in a worker, several frames out of one object that is read whole


@dataclass(frozen=True, slots=True)
class Piece:
    """Work for one thread: frames of one stack that are fetched in one go."""

    frames: StackFrames
    numbers: tuple[int, ...]
    way: Way
    priority: int = 0  # in the workers' queue: 0 is looked at, 1 is waited for, 2 may be looked at soon

    @property
    def references(self) -> list[FrameRef]:
        """Return which frames of which objects they are."""
        return [self.frames.stack.frames[k] for k in self.numbers]

    def encoded(self, k: int) -> EncodedFrame:
        """Return how much there is to read for a frame."""
        return self.frames.encoded_frame(k)


class Schedule:
    """All stacks that are held; every method may be called from any thread."""

    def __init__(self, budget: int) -> None:
        self.changed = threading.Condition()
        self._budget = budget
        self._held: dict[Key, StackFrames] = {}
        self._counter = itertools.count(1)

    @property
    def resident(self) -> int:
        """Return the bytes of frames that are there or on their way."""
        with self.changed:
            return sum(frames.resident for frames in self._held.values())

    def open(self, stack: ImageStack) -> StackFrames:
        """Return the frames of a stack, and keep them until as often released."""
        key = (stack.key, tuple((frame.record.uid, frame.frame) for frame in stack.frames))
        with self.changed:
            frames = self._held.get(key)
            if frames is None or self._could_be_whole(frames):
                frames = StackFrames(stack)
                frames.reserved = min(frames.total, self._room(frames))
                self._close(key)
                self._held[key] = frames
            if frames.is_idle:
                frames.forgive()
            frames.users += 1
            self._touch(frames)
            return frames

    def release(self, frames: StackFrames) -> None:
        """Want nothing of a stack any more, once nobody has it open; what is there stays for now."""
        with self.changed:
            frames.users -= 1
            if frames.users == 0:
                frames.rest()
                self._evict(0)

    def want(self, frames: StackFrames, k: int) -> None:
        """Put a frame before all others, and its neighbours after it."""
        with self.changed:
            if not frames.dropped:
                frames.want(k)
                self._touch(frames)
                self.changed.notify_all()

    def ask(self, frames: StackFrames, k: int) -> None:
        """Let one frame come soon, and no neighbours."""
        with self.changed:
            if frames.ask(k):
                self.changed.notify_all()

    def next_piece(self, *, workers_free: bool) -> Piece | None:
        """Take the most urgent work; None when there is none, or none without a worker."""
        for frames, k, priority in self._candidates():
            if frames.encoded is None:
                if not frames.measuring:
                    frames.measuring = True
                    return Piece(frames, (), Way.MEASURE)
                continue
            way = _way(frames, k)
            if way is not Way.HERE and not workers_free:
                continue
            if frames.makes_room(k, urgent=priority < 2):
                return self._piece(frames, k, way, priority)
        return None

    def measured(self, frames: StackFrames, encoded: Sequence[EncodedFrame]) -> None:
        """Note how much there is to read."""
        with self.changed:
            frames.encoded = encoded
            self.changed.notify_all()

    def unreadable(self, frames: StackFrames, error: LumenError) -> tuple[int, ...]:
        """Note that a stack cannot be read at all; return the frames that have failed."""
        with self.changed:
            for k in range(len(frames)):
                frames.refuse(k, error)
            self.changed.notify_all()
            return tuple(range(len(frames)))

    def submitted(self, piece: Piece, ticket: Ticket) -> None:
        """Note by which ticket a piece can be moved up or taken back; do so if wishes have changed."""
        with self.changed:
            piece.frames.submitted(piece.numbers, ticket)

    def settle(self, piece: Piece, outcomes: Sequence[Outcome]) -> tuple[int, ...]:
        """Note how the frames of a piece came out; return those that are now ready or failed."""
        frames = piece.frames
        with self.changed:
            frames.in_flight -= 1
            self.changed.notify_all()
            if not frames.dropped:
                for k, outcome in zip(piece.numbers, outcomes, strict=True):
                    _note(frames, k, outcome, len(piece.numbers))
                self._evict(0)
                return tuple(filter(frames.is_settled, piece.numbers))
        frames.wipe()
        return ()

    def drop_all(self) -> tuple[StackFrames, ...]:
        """Forget every stack; return them, for their memory to be wiped."""
        with self.changed:
            dropped = tuple(self._held.values())
            self._held.clear()
            for frames in dropped:
                frames.drop()
            self.changed.notify_all()
            return dropped

    def _candidates(self) -> Iterator[tuple[StackFrames, int, int]]:
        """Yield (stack, frame, priority): at most one of each kind a stack."""
        opened = sorted(
            (frames for frames in self._held.values() if frames.users > 0),
            key=lambda frames: frames.last_wanted,
            reverse=True,
        )
        for frames in opened:
            if frames.wish is not None and frames.is_wish_missing():
                yield frames, frames.wish, 0
        for priority, following in ((1, StackFrames.asked), (2, StackFrames.neighbour)):
            for frames in opened:
                k = following(frames)
                if k is not None:
                    yield frames, k, priority

    def _piece(self, frames: StackFrames, first: int, way: Way, priority: int) -> Piece:
        """Take a frame, and with it those after it that are best fetched in one go."""
        numbers = [first]
        self._begin(frames, first)
        while priority == 2 and way in (Way.HERE, Way.WHOLE) and len(numbers) < BATCH_FRAMES:
            k = frames.neighbour()
            if k is None or not self._belongs(frames, numbers, k, way):
                break
            numbers.append(k)
            self._begin(frames, k)
        frames.in_flight += 1
        return Piece(frames, tuple(numbers), way, priority)

    def _belongs(self, frames: StackFrames, numbers: Sequence[int], k: int, way: Way) -> bool:
        size = sum(map(frames.size, numbers)) + frames.size(k)
        if size > BATCH_BYTES or _way(frames, k) is not way:
            return False
        same_object = frames.stack.frames[k].record is frames.stack.frames[numbers[0]].record
        return (way is Way.HERE or same_object) and frames.makes_room(k, urgent=False)

    def _begin(self, frames: StackFrames, k: int) -> None:
        self._evict(frames.size(k))
        frames.begin(k)

    def _evict(self, size: int) -> None:
        """Let stacks go that nobody has open, until there is room."""
        total = sum(frames.resident for frames in self._held.values())
        spare = [(frames.last_wanted, key) for key, frames in self._held.items() if frames.is_idle]
        for _, key in sorted(spare, key=lambda item: item[0]):
            if total + size <= self._budget:
                return
            total -= self._held[key].resident
            self._close(key)

    def _room(self, frames: StackFrames) -> int:
        """Return what a stack that is now opened may take."""
        taken = sum(other.reserved for other in self._held.values() if other.users > 0)
        return max(self._budget - taken, LEAST_FRAMES * frames.largest)

    def _could_be_whole(self, frames: StackFrames) -> bool:
        """Tell whether a stack that was opened when memory was short would now fit."""
        return frames.is_idle and not frames.fits and frames.total <= self._room(frames)

    def _close(self, key: Key) -> None:
        frames = self._held.pop(key, None)
        if frames is not None:
            frames.close()

    def _touch(self, frames: StackFrames) -> None:
        frames.last_wanted = next(self._counter)


def _way(frames: StackFrames, k: int) -> Way:
    if frames.encoded_frame(k).whole:
        return Way.WHOLE
    native = SUPPORTED.get(frames.formats[k].transfer_syntax) == "native"
    return Way.HERE if native else Way.WORKER


def _note(frames: StackFrames, k: int, outcome: Outcome, company: int) -> None:
    if isinstance(outcome, str):
        frames.finish(k, outcome)
    elif outcome is None:
        frames.give_up(k)
    else:
        frames.fail(k, outcome, company=company)
