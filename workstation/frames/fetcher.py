"""The threads that bring frames: read, copy or have decoded, and tell.

Few, because they only move bytes: what a codec must touch goes to a worker, and while that decodes
the thread reads the next. The workers' queue is kept short, so that a new wish is soon served.

Units:   bytes; seconds.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from functools import partial
from itertools import accumulate
from typing import Any, Final

import numpy as np

from workstation.dicom.codecs import decode_frame
from workstation.dicom.model import FrameTable, PixelFormat
from workstation.dicom.tasks import decode_arguments
from workstation.errors import LumenError
from workstation.frames.reader import EncodedFrame, FrameReader
from workstation.frames.schedule import Outcome, Piece, Schedule, Way
from workstation.frames.slot import Slot
from workstation.frames.storage import Pixels
from workstation.workers import BufferSlice, Job, Ticket, WorkerFailed, WorkerPool, seconds_for

THREADS: Final = 2
JOBS_A_WORKER: Final = 2  # one is decoded while the next is read
_LONGEST_CODE: Final = 16  # characters of a code string (PS3.5 6.2)


class Fetcher:
    """Serves a schedule until it is stopped."""

    def __init__(self, schedule: Schedule, pool: WorkerPool, reader: FrameReader) -> None:
        self._schedule = schedule
        self._pool = pool
        self._reader = reader
        self._slots = [Slot() for _ in range(JOBS_A_WORKER * pool.count)]
        self._finished: deque[tuple[Piece, Slot, Ticket]] = deque()
        self._wipes = 0
        self._stopping = False
        self._threads = [
            threading.Thread(target=self._run, name=f"frames {n}", daemon=True) for n in range(THREADS)
        ]
        for thread in self._threads:
            thread.start()

    def wipe(self) -> None:
        """Zero what was read and decoded on the way; where a job still runs, when it ends."""
        with self._schedule.changed:
            self._wipes += 1
            idle, self._slots = self._slots, []
        for slot in idle:
            self._give_back(slot)

    def stop(self) -> None:
        """End the threads; jobs that a worker still has are left to the pool."""
        with self._schedule.changed:
            self._stopping = True
            self._schedule.changed.notify_all()
        for thread in self._threads:
            thread.join()
        self.wipe()

    def _run(self) -> None:
        while (work := self._next()) is not None:
            work()

    def _next(self) -> Callable[[], None] | None:
        """Wait for the next thing to do; None at the end."""
        with self._schedule.changed:
            while not self._stopping:
                if self._finished:
                    return partial(self._complete, *self._finished.popleft())
                piece = self._schedule.next_piece(workers_free=bool(self._slots))
                if piece is not None:
                    return self._begun(piece)
                self._schedule.changed.wait()
            return None

    def _begun(self, piece: Piece) -> Callable[[], None]:
        if piece.way is Way.MEASURE:
            return partial(self._measure, piece)
        if piece.way is Way.HERE:
            return partial(self._copy, piece)
        return partial(self._send, piece, self._slots.pop())

    def _measure(self, piece: Piece) -> None:
        frames = piece.frames
        try:
            self._schedule.measured(frames, self._reader.measure(frames.stack.frames))
        except Exception as error:  # noqa: BLE001  a stack that cannot be read must not end the thread
            self._tell(piece, self._schedule.unreadable(frames, _as_ours(error)))

    def _copy(self, piece: Piece) -> None:
        """Bring frames that no codec has touched."""
        outs = [piece.frames.storage.blank(k) for k in piece.numbers]
        try:
            read = [
                _place(out, piece.encoded(k), piece.frames.formats[k])
                for k, out in zip(piece.numbers, outs, strict=True)
            ]
            self._reader.read_into(piece.references, read)
        except Exception as error:  # noqa: BLE001  whatever the reader raises, the series goes on
            self._settle(piece, [_as_ours(error)] * len(piece.numbers))
            return
        self._settle(
            piece, [self._decoded(piece, *item) for item in zip(piece.numbers, read, outs, strict=True)]
        )

    def _decoded(self, piece: Piece, k: int, encoded: memoryview, out: Pixels) -> Outcome:
        try:
            photometric = decode_frame(encoded, piece.frames.formats[k], out)
        except Exception as error:  # noqa: BLE001  the frame fails, the series goes on
            return _as_ours(error)
        piece.frames.storage.keep(k, out)
        return photometric

    def _send(self, piece: Piece, slot: Slot) -> None:
        """Read encoded bytes and give them to a worker."""
        slot.wipes = self._wipes
        first = piece.encoded(piece.numbers[0])
        try:
            source = slot.source_of(first.length)
            self._reader.read_into(piece.references[:1], [source.buffer.view[: first.length]])
            seconds = seconds_for(first.length)
            job = Job("decode", _arguments(piece, first), source, _target(piece, slot), seconds)
            ticket = self._pool.submit(job, piece.priority)
        except Exception as error:  # noqa: BLE001  whatever the reader raises, the series goes on
            self._give_back(slot)
            self._settle(piece, [_as_ours(error)] * len(piece.numbers))
            return
        self._schedule.submitted(piece, ticket)
        ticket.add_done_callback(partial(self._came_back, piece, slot, ticket))

    def _came_back(self, piece: Piece, slot: Slot, ticket: Ticket, _: object) -> None:
        """Leave the rest to a thread of our own: this one is the pool's."""
        with self._schedule.changed:
            self._finished.append((piece, slot, ticket))
            self._schedule.changed.notify_all()  # whoever waits for a frame listens too

    def _complete(self, piece: Piece, slot: Slot, ticket: Ticket) -> None:
        outcomes = _outcomes(piece, ticket)
        if slot.target_used:
            _bring(piece, slot, outcomes)
        self._give_back(slot)
        self._settle(piece, outcomes)

    def _settle(self, piece: Piece, outcomes: list[Outcome]) -> None:
        self._tell(piece, self._schedule.settle(piece, outcomes))

    def _tell(self, piece: Piece, numbers: tuple[int, ...]) -> None:
        for k in numbers:
            piece.frames.ready.emit((piece.frames.stack.key, k))

    def _give_back(self, slot: Slot) -> None:
        if slot.wipes != self._wipes:
            slot.wipe()
            slot.wipes = self._wipes
        with self._schedule.changed:
            self._slots.append(slot)
            self._schedule.changed.notify_all()  # whoever waits for a frame listens too


def _place(out: Pixels, encoded: EncodedFrame, pixel: PixelFormat) -> memoryview:
    """Return where a native frame is read to: where it will lie, if it needs no rearranging."""
    lies_as_read = pixel.samples == 1 and pixel.bits_allocated >= 8 and encoded.length == out.nbytes
    read = out.reshape(-1).view(np.uint8) if lies_as_read else np.empty(encoded.length, np.uint8)
    return read.data


def _arguments(piece: Piece, first: EncodedFrame) -> dict[str, Any]:
    pixel = piece.frames.formats[piece.numbers[0]]
    if first.whole:
        return decode_arguments(pixel, FrameTable(), [reference.frame for reference in piece.references])
    return decode_arguments(pixel, FrameTable((((0, first.length),),)), [0])


def _target(piece: Piece, slot: Slot) -> BufferSlice:
    """Return where the worker writes: the frames' own place, or the slot."""
    direct = piece.frames.storage.target(piece.numbers[0]) if piece.way is Way.WORKER else None
    slot.target_used = direct is None
    return direct or slot.target_of(sum(map(piece.frames.size, piece.numbers)))


def _outcomes(piece: Piece, ticket: Ticket) -> list[Outcome]:
    count = len(piece.numbers)
    if ticket.cancelled():
        return [None] * count
    error = ticket.exception()
    if error is not None:
        return [_as_ours(error)] * count
    delivered = ticket.result().get("photometric")
    if not isinstance(delivered, list) or len(delivered) != count:
        return [WorkerFailed.of("reply")] * count
    return [
        code if isinstance(code, str) and len(code) <= _LONGEST_CODE else WorkerFailed.of("reply")
        for code in delivered
    ]


def _bring(piece: Piece, slot: Slot, outcomes: list[Outcome]) -> None:
    """Copy what came into a slot to where it belongs."""
    ends = accumulate(map(piece.frames.size, piece.numbers))
    for k, end, outcome in zip(piece.numbers, ends, outcomes, strict=True):
        if isinstance(outcome, str):
            out = piece.frames.storage.blank(k)
            out[...] = slot.decoded(end - out.nbytes, out)
            piece.frames.storage.keep(k, out)


def _as_ours(error: BaseException) -> LumenError:
    return error if isinstance(error, LumenError) else WorkerFailed.of(type(error).__name__)
