"""The schedule by itself, without threads, workers or pixels: who comes next, who goes."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from memory_reader import NATIVE, RLE, Unreadable, pixel_format, record_of

from workstation.dicom.series import FrameRef, ImageStack
from workstation.frames import EncodedFrame, FrameStatus
from workstation.frames.schedule import LEAST_FRAMES, Piece, Schedule, Way
from workstation.frames.stack_frames import StackFrames
from workstation.workers import Job, Ticket, WorkerDied
from workstation.workers.waiting import WaitingJobs

ROWS = COLUMNS = 4
SIZE = ROWS * COLUMNS * 2
ERROR = Unreadable("It is damaged")


def _stack(name: str, syntaxes: Sequence[str]) -> ImageStack:
    formats = [pixel_format(ROWS, COLUMNS, syntax) for syntax in syntaxes]
    references = tuple(FrameRef(record_of(f"{name}.{k}", pixel), 0) for k, pixel in enumerate(formats))
    return ImageStack(name, "1.3", name, "stack", references, None)


def _opened(schedule: Schedule, stack: ImageStack) -> StackFrames:
    frames = schedule.open(stack)
    schedule.measured(frames, [EncodedFrame(SIZE)] * len(frames))
    return frames


def _next(schedule: Schedule, *, workers_free: bool = True) -> Piece:
    piece = schedule.next_piece(workers_free=workers_free)
    assert piece is not None
    return piece


def test_a_stack_is_measured_once_and_before_anything_else() -> None:
    schedule = Schedule(100 * SIZE)
    frames = schedule.open(_stack("a", [NATIVE] * 3))
    schedule.want(frames, 1)

    assert _next(schedule).way is Way.MEASURE
    assert schedule.next_piece(workers_free=True) is None
    schedule.measured(frames, [EncodedFrame(SIZE)] * 3)
    assert _next(schedule).numbers == (1,)


def test_wishes_come_before_what_is_waited_for_and_that_before_neighbours() -> None:
    schedule = Schedule(100 * SIZE)
    one, two = (_opened(schedule, _stack(name, [RLE] * 10)) for name in "ab")
    schedule.ask(one, 9)
    schedule.want(one, 4)
    schedule.want(two, 5)
    came = [_next(schedule) for _ in range(5)]

    assert [(piece.frames is two, piece.numbers, piece.priority) for piece in came] == [
        (True, (5,), 0),
        (False, (4,), 0),
        (False, (9,), 1),
        (True, (6,), 2),
        (True, (4,), 2),
    ]


def test_what_needs_a_worker_waits_for_one_and_what_needs_none_goes_on() -> None:
    schedule = Schedule(100 * SIZE)
    encoded, plain = _opened(schedule, _stack("a", [RLE] * 3)), _opened(schedule, _stack("b", [NATIVE] * 3))
    schedule.want(plain, 0)
    schedule.want(encoded, 0)

    assert _next(schedule, workers_free=False).frames is plain
    assert _next(schedule, workers_free=True).frames is encoded


def test_copied_frames_come_in_batches_but_the_wish_comes_alone() -> None:
    schedule = Schedule(100 * SIZE)
    frames = _opened(schedule, _stack("a", [NATIVE] * 20 + [RLE] + [NATIVE] * 9))
    schedule.want(frames, 0)

    assert [_next(schedule).numbers for _ in range(4)] == [
        (0,),
        tuple(range(1, 17)),
        (17, 18, 19),  # a batch is of one way
        (20,),
    ]


def test_frames_of_a_batch_that_could_not_be_read_are_tried_one_by_one() -> None:
    schedule = Schedule(100 * SIZE)
    frames = _opened(schedule, _stack("a", [NATIVE] * 4))
    schedule.want(frames, 0)
    schedule.settle(_next(schedule), ["MONOCHROME2"])
    batch = _next(schedule)

    assert schedule.settle(batch, [ERROR] * 3) == ()
    singles = [_next(schedule) for _ in range(3)]
    assert [piece.numbers for piece in singles] == [(1,), (2,), (3,)]
    assert schedule.settle(singles[0], [ERROR]) == (1,)
    assert schedule.settle(singles[1], ["MONOCHROME2"]) == (2,)
    assert frames.errors == {1: ERROR}


@pytest.mark.parametrize(("error", "tries"), [(ERROR, 1), (WorkerDied("It stopped"), 2)])
def test_a_frame_is_tried_once_and_once_more_only_after_a_death(
    error: Unreadable | WorkerDied, tries: int
) -> None:
    schedule = Schedule(100 * SIZE)
    frames = _opened(schedule, _stack("a", [RLE]))
    schedule.want(frames, 0)
    count = 0
    while (piece := schedule.next_piece(workers_free=True)) is not None:
        schedule.settle(piece, [error])
        count += 1

    assert count == tries
    assert frames.state(0).status is FrameStatus.FAILED


def test_what_was_taken_back_comes_again_when_it_is_wanted() -> None:
    schedule = Schedule(100 * SIZE)
    frames = _opened(schedule, _stack("a", [RLE] * 2))
    schedule.want(frames, 0)
    schedule.settle(_next(schedule), [None])

    assert _next(schedule).numbers == (0,)


def _ticket(piece: Piece, queue: WaitingJobs) -> Ticket:
    ticket = Ticket(Job("decode"), b"", piece.numbers[0], piece.priority, queue)
    queue.put(ticket)
    return ticket


def test_a_wish_that_is_in_the_workers_queue_already_moves_up() -> None:
    schedule, queue = Schedule(100 * SIZE), WaitingJobs()
    frames = _opened(schedule, _stack("a", [RLE] * 9))
    schedule.want(frames, 4)
    pieces = [_next(schedule) for _ in range(3)]
    tickets = [_ticket(piece, queue) for piece in pieces[:2]]
    for piece, ticket in zip(pieces, tickets, strict=False):
        schedule.submitted(piece, ticket)

    schedule.want(frames, pieces[1].numbers[0])
    assert tickets[1].priority == 0
    schedule.want(frames, pieces[2].numbers[0])  # read, but not yet in the queue
    late = _ticket(pieces[2], queue)
    assert late.priority == 2
    schedule.submitted(pieces[2], late)
    assert late.priority == 0


def test_what_waits_for_a_worker_is_taken_back_when_the_stack_is_closed() -> None:
    schedule, queue = Schedule(100 * SIZE), WaitingJobs()
    frames = _opened(schedule, _stack("a", [RLE] * 9))
    schedule.want(frames, 4)
    pieces = [_next(schedule) for _ in range(2)]
    early, late = (_ticket(piece, queue) for piece in pieces)
    schedule.submitted(pieces[0], early)
    schedule.release(frames)
    schedule.submitted(pieces[1], late)

    assert early.cancelled()
    assert late.cancelled()
    assert schedule.next_piece(workers_free=True) is None


class ScheduleMachine(RuleBasedStateMachine):
    """Random wishes, outcomes, openings and closings; the books must always balance."""

    @initialize(budget=st.integers(LEAST_FRAMES, 40))
    def start(self, budget: int) -> None:
        """Begin with four stacks that no one has open."""
        self.budget = budget * SIZE
        self.schedule = Schedule(self.budget)
        kinds = ([NATIVE] * 5, [RLE] * 12, [NATIVE, RLE] * 10, [RLE] * 30)
        self.stacks = [_stack(name, kind) for name, kind in zip("abcd", kinds, strict=True)]
        self.opened: list[StackFrames] = []
        self.pieces: list[Piece] = []
        self.last: StackFrames | None = None
        self.steps = 0

    @rule(number=st.integers(0, 3), fraction=st.floats(0, 1))
    def open(self, number: int, fraction: float) -> None:
        """Open a stack, perhaps once more, and look at a frame."""
        frames = self.schedule.open(self.stacks[number])
        self.schedule.measured(frames, [EncodedFrame(SIZE)] * len(frames))
        self.opened.append(frames)
        self.schedule.want(frames, round(fraction * (len(frames) - 1)))
        self.last = frames

    @precondition(lambda self: self.opened)
    @rule(data=st.data())
    def close(self, data: st.DataObject) -> None:
        """Close a stack that is open."""
        frames = data.draw(st.sampled_from(self.opened))
        self.opened.remove(frames)
        self.schedule.release(frames)

    @precondition(lambda self: self.opened)
    @rule(data=st.data(), fraction=st.floats(0, 1))
    def want(self, data: st.DataObject, fraction: float) -> None:
        """Look at a frame of an open stack."""
        frames = data.draw(st.sampled_from(self.opened))
        self.schedule.want(frames, round(fraction * (len(frames) - 1)))
        self.last = frames

    @precondition(lambda self: self.opened)
    @rule(data=st.data(), fraction=st.floats(0, 1))
    def ask(self, data: st.DataObject, fraction: float) -> None:
        """Ask for one frame of an open stack."""
        frames = data.draw(st.sampled_from(self.opened))
        self.schedule.ask(frames, round(fraction * (len(frames) - 1)))

    @rule(workers_free=st.booleans())
    def take(self, workers_free: bool) -> None:  # noqa: FBT001  drawn
        """Begin the next piece; the wish of the stack wanted last goes before all others."""
        wanted = self.last if self.last in self.opened else None
        missing = wanted.wish if wanted is not None and wanted.is_wish_missing() else None
        statuses = {id(f): list(f.statuses) for f in self.opened}
        piece = self.schedule.next_piece(workers_free=workers_free)
        if piece is None:
            return
        assert piece.frames in self.opened
        assert all(statuses[id(piece.frames)][k] is FrameStatus.ABSENT for k in piece.numbers)
        if missing is not None and workers_free:
            assert piece.frames is wanted
            assert piece.numbers == (missing,)
        self.pieces.append(piece)

    @precondition(lambda self: self.pieces)
    @rule(data=st.data(), outcome=st.sampled_from(["MONOCHROME2", "MONOCHROME2", "MONOCHROME2", ERROR, None]))
    def settle(self, data: st.DataObject, outcome: str | Unreadable | None) -> None:
        """Finish a piece, well or badly."""
        piece = data.draw(st.sampled_from(self.pieces))
        self.pieces.remove(piece)
        told = self.schedule.settle(piece, [outcome] * len(piece.numbers))
        if isinstance(outcome, str) and not piece.frames.dropped:
            assert told == piece.numbers
            assert all(piece.frames.frame(k) is not None for k in piece.numbers if piece.frames.fits)

    @rule(count=st.integers(1, 40))
    def work(self, count: int) -> None:
        """Let a thread go on undisturbed."""
        while self.pieces:
            piece = self.pieces.pop()
            self.schedule.settle(piece, ["MONOCHROME2"] * len(piece.numbers))
        for _ in range(count):
            self.take(workers_free=True)
            if not self.pieces:
                return
            piece = self.pieces.pop()
            self.schedule.settle(piece, ["MONOCHROME2"] * len(piece.numbers))
            self.books_balance()

    @precondition(lambda self: self.steps > 20)
    @rule()
    def lock(self) -> None:
        """Wipe everything; whoever has a stack open has it no more."""
        for frames in self.schedule.drop_all():
            frames.wipe()
        for frames in self.opened:
            assert frames.frame(0) is None
        self.opened.clear()
        self.steps = 0

    @invariant()
    def books_balance(self) -> None:
        """Compare what is counted with what is there, and with the budget."""
        if not hasattr(self, "schedule"):
            return
        self.steps += 1
        for frames in self.schedule._held.values():
            held = sum(status in (FrameStatus.READY, FrameStatus.QUEUED) for status in frames.statuses)
            assert frames.resident == held * SIZE
            on_their_way = sum(status is FrameStatus.QUEUED for status in frames.statuses)
            assert frames.resident <= frames.reserved + on_their_way * SIZE
        idle = all(frames.is_idle or frames.users for frames in self.schedule._held.values())
        reserved = sum(frames.reserved for frames in self.schedule._held.values() if frames.users)
        if idle and reserved <= self.budget and not self.pieces:
            assert self.schedule.resident <= self.budget


TestSchedule = ScheduleMachine.TestCase
TestSchedule.settings = settings(
    max_examples=100, stateful_step_count=40, deadline=None, derandomize=True, phases=[Phase.generate]
)
