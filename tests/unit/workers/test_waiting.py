from __future__ import annotations

from concurrent.futures import CancelledError

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from workstation.workers import Job, Ticket
from workstation.workers.waiting import WaitingJobs


class _Made:
    """Makes tickets for one queue, numbered as they come."""

    def __init__(self) -> None:
        self.queue = WaitingJobs()
        self.count = 0

    def put(self, priority: float = 0) -> Ticket:
        ticket = Ticket(Job("task"), b"", self.count, priority, self.queue)
        self.count += 1
        self.queue.put(ticket)
        return ticket


def test_the_most_urgent_goes_first_and_equals_as_they_came() -> None:
    made = _Made()
    later, first, second = made.put(5), made.put(1), made.put(1)

    assert [made.queue.take() for _ in range(4)] == [first, second, later, None]


def test_a_promoted_ticket_overtakes() -> None:
    made = _Made()
    other, mine = made.put(5), made.put(9)

    assert mine.promote(1)
    assert [made.queue.take(), made.queue.take(), made.queue.take()] == [mine, other, None]


def test_a_ticket_that_was_taken_is_neither_promoted_nor_cancelled() -> None:
    made = _Made()
    ticket = made.put()
    made.queue.take()

    assert not ticket.promote(-1)
    assert not ticket.cancel()
    assert ticket.running()


def test_a_cancelled_ticket_is_gone_and_says_so() -> None:
    made = _Made()
    ticket = made.put()

    assert ticket.cancel()
    assert ticket.cancel()
    assert made.queue.take() is None
    assert not ticket.promote(-1)
    with pytest.raises(CancelledError):
        ticket.result(0)


class QueueMachine(RuleBasedStateMachine):
    """The queue against a list that is sorted anew each time."""

    def __init__(self) -> None:
        super().__init__()
        self.made = _Made()
        self.expected: list[Ticket] = []
        self.all: list[Ticket] = []

    @rule(priority=st.integers(-2, 2))
    def put(self, priority: int) -> None:
        """Let a job come."""
        ticket = self.made.put(priority)
        self.expected.append(ticket)
        self.all.append(ticket)

    @precondition(lambda self: self.all)
    @rule(data=st.data(), priority=st.integers(-2, 2))
    def promote(self, data: st.DataObject, priority: int) -> None:
        """Want one sooner or later."""
        ticket = data.draw(st.sampled_from(self.all))
        assert ticket.promote(priority) == (ticket in self.expected)

    @precondition(lambda self: self.all)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        """Want one no more."""
        ticket = data.draw(st.sampled_from(self.all))
        assert ticket.cancel() == (not ticket.running())
        if ticket in self.expected:
            self.expected.remove(ticket)

    @rule()
    def take(self) -> None:
        """Ask as a worker does."""
        self.expected.sort(key=lambda ticket: (ticket.priority, ticket.number))
        assert self.made.queue.take() is (self.expected.pop(0) if self.expected else None)

    @invariant()
    def same_length(self) -> None:
        """Lose none, keep none."""
        assert len(self.made.queue) == len(self.expected)


TestQueue = QueueMachine.TestCase
TestQueue.settings = settings(max_examples=50, stateful_step_count=30, deadline=None, derandomize=True)
