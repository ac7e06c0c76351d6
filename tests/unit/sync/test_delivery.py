from itertools import product

import pytest

from workstation.sync.delivery import (
    ENDS,
    MAYBE_STORED_AFTER,
    MOVES,
    NEEDS_PERSON,
    UNSENT,
    Event,
    IllegalMove,
    State,
    moved,
)


@pytest.mark.parametrize(("state", "event"), list(product(State, Event)))
def test_every_pair_either_moves_by_the_table_or_is_refused(state: State, event: Event) -> None:
    if (state, event) in MOVES:
        assert moved(state, event) is MOVES[state, event]
    else:
        with pytest.raises(IllegalMove):
            moved(state, event)


def test_only_a_person_leads_back_from_an_end_and_nobody_from_a_proof() -> None:
    assert {(state, event) for state, event in MOVES if state in ENDS} == {(State.CLOSED, Event.RETRIED)}


def test_only_a_read_back_that_is_equal_proves_a_delivery() -> None:
    assert {event for (_, event), to in MOVES.items() if to is State.VERIFIED} == {Event.SAME}


def test_only_a_person_closes_one() -> None:
    assert {event for (_, event), to in MOVES.items() if to is State.CLOSED} == {Event.GIVEN_UP}


def test_from_every_state_but_an_end_there_is_a_way_to_verified() -> None:
    ways: dict[State, set[State]] = {state: set() for state in State}
    for (state, event), to in MOVES.items():
        if event is not Event.GIVEN_UP:
            ways[state].add(to)
    for state in UNSENT:
        reached, before = {state}, set[State]()
        while reached != before:
            before, reached = reached, reached | {to for one in reached for to in ways[one]}
        assert State.VERIFIED in reached, state


def test_what_needs_a_person_moves_by_a_person_alone() -> None:
    by_person = {Event.RETRIED, Event.GIVEN_UP}
    assert {event for (state, event) in MOVES if state in NEEDS_PERSON} == by_person


def test_whatever_was_sent_may_have_arrived() -> None:
    """Whatever leads back from sending makes the archive be asked first, unless nothing left this machine."""
    back = {event for (state, event), to in MOVES.items() if (state, to) == (State.SENDING, State.QUEUED)}
    assert back - MAYBE_STORED_AFTER == {Event.NOT_SENT}
