"""The states of a Unified Procedure Step, for every pair, as PS3.4 Table CC.1.1-2 has them."""

from __future__ import annotations

from itertools import product

import pytest

from workstation.hospital.workitems import (
    PERFORMED,
    STATE,
    TRANSACTION,
    Inconsistent,
    State,
    Workitem,
    WrongTransaction,
)

SCHEDULED, IN_PROGRESS, COMPLETED, CANCELED = State
RESULTS = {
    PERFORMED: {
        "vr": "SQ",
        "Value": [{"00404050": {"vr": "DT"}, "00404051": {"vr": "DT"}, "00404033": {"vr": "SQ"}}],
    }
}

ALLOWED = {(SCHEDULED, IN_PROGRESS), (IN_PROGRESS, COMPLETED), (IN_PROGRESS, CANCELED)}
ALREADY = {(COMPLETED, COMPLETED), (CANCELED, CANCELED)}  # a warning, no error


def _item(state: State, *, results: bool = True) -> Workitem:
    item = Workitem("wrist-xr", "1.2", {}, state, "" if state is SCHEDULED else "1.9")
    if results:
        item.changes |= RESULTS
    return item


@pytest.mark.parametrize(("before", "wanted"), list(product(State, State)))
def test_every_pair_of_states_is_allowed_idle_or_refused(before: State, wanted: State) -> None:
    item = _item(before)
    if (before, wanted) in ALLOWED | ALREADY:
        assert item.change_state(wanted, "1.9") is ((before, wanted) in ALLOWED)
        assert item.state is wanted
    else:
        with pytest.raises(Inconsistent):
            item.change_state(wanted, "1.9")
        assert item.state is before


@pytest.mark.parametrize("wanted", [COMPLETED, CANCELED])
@pytest.mark.parametrize(("transaction", "word"), [("", "missing"), ("1.8", "incorrect")])
def test_only_the_transaction_that_claimed_a_task_ends_it(wanted: State, transaction: str, word: str) -> None:
    item = _item(IN_PROGRESS)

    with pytest.raises(WrongTransaction) as wrong:
        item.change_state(wanted, transaction)
    assert wrong.value.text == f"The Transaction UID is {word}."
    assert item.state is IN_PROGRESS


def test_nobody_takes_a_task_without_a_transaction() -> None:
    with pytest.raises(WrongTransaction):
        _item(SCHEDULED).change_state(IN_PROGRESS, "")


def test_a_task_is_not_complete_without_what_came_of_it() -> None:
    item = _item(IN_PROGRESS, results=False)

    with pytest.raises(Inconsistent):
        item.change_state(COMPLETED, "1.9")


def test_what_the_performer_tells_is_shown_and_the_transaction_is_not() -> None:
    item = _item(IN_PROGRESS, results=False)
    item.update(RESULTS | {TRANSACTION: {"vr": "UI", "Value": ["1.9"]}}, "1.9")
    shown = item.shown(ready=True)

    assert shown[PERFORMED] == RESULTS[PERFORMED]
    assert shown[STATE]["Value"] == ["IN PROGRESS"]
    assert TRANSACTION not in shown


@pytest.mark.parametrize("tag", [STATE, "00080018", "00100020"])
def test_state_and_names_are_not_changed_by_telling(tag: str) -> None:
    with pytest.raises(Inconsistent):
        _item(IN_PROGRESS).update({tag: {"vr": "LO", "Value": ["x"]}}, "1.9")


@pytest.mark.parametrize("state", [COMPLETED, CANCELED])
def test_what_has_ended_changes_no_more(state: State) -> None:
    with pytest.raises(Inconsistent):
        _item(state).update(RESULTS, "1.9")


def test_a_stranger_tells_nothing_of_a_task_in_progress() -> None:
    with pytest.raises(WrongTransaction):
        _item(IN_PROGRESS).update(RESULTS, "1.8")
