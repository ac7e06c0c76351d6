"""A claim is never lost: whatever happens between this desk and the archive, it can be given back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from group_archive import GroupArchive, connect_to, read_lists
from offered import trail

from workstation.archive import Interrupted, TaskState, Unreachable
from workstation.security import Action
from workstation.store import GIVING_BACK, HELD, HeldTask
from workstation.workflow import CannotClaim, Desk, claim_study, hand_back_study, list_studies, sessions
from workstation.workflow.claiming import forget_unknown_claims, give_back_waiting, hand_back_unread

STUDY = "1.2.9"


@pytest.fixture
def group(group: GroupArchive) -> GroupArchive:
    group.ask_for(STUDY)
    return group


def failing(*words: str, error: Callable[[], Exception]) -> Callable[[str], object]:
    def fault(what: str) -> None:
        if any(f": {word}" in what for word in words):
            raise error()

    return fault


def held(desk: Desk) -> list[tuple[str, str]]:
    return [(one.study_uid, one.state) for one in desk.store.claims.all()]


def test_a_claim_is_ours_in_the_archive_and_in_the_list(connected: Desk, group: GroupArchive) -> None:
    claim_study(connected, study_uid=STUDY)

    (claim,) = connected.store.claims.all()
    assert group.owners == {f"{STUDY}.77": claim.transaction_uid}
    assert group.tasks is not None
    assert group.tasks[f"{STUDY}.77"].performer == "Reader One"
    assert list_studies(connected)[0].is_claimed
    record = trail(connected)[-2]
    assert (record.action, record.study, record.patient) == (Action.CLAIM, STUDY, "P1^^^")


def test_claiming_again_keeps_what_the_archive_knows(connected: Desk, group: GroupArchive) -> None:
    claim_study(connected, study_uid=STUDY)
    before = dict(group.owners)
    claim_study(connected, study_uid=STUDY)

    assert group.owners == before
    assert held(connected) == [(STUDY, HELD)]


def test_somebody_else_s_study_is_refused_and_leaves_no_claim(connected: Desk, group: GroupArchive) -> None:
    group.owners[f"{STUDY}.77"] = "1.2.3.another"
    with pytest.raises(CannotClaim, match="Somebody else"):
        claim_study(connected, study_uid=STUDY)
    assert held(connected) == []


def test_a_request_that_was_never_sent_leaves_no_claim(connected: Desk, group: GroupArchive) -> None:
    group.fault = failing("claim", error=lambda: Unreachable("no line"))
    with pytest.raises(Unreachable):
        claim_study(connected, study_uid=STUDY)
    assert held(connected) == []


def test_a_lost_answer_leaves_a_claim_that_can_be_given_back(connected: Desk, group: GroupArchive) -> None:
    group.fault = failing("claimed", error=lambda: Interrupted("cut"))
    with pytest.raises(CannotClaim, match="may stand"):
        claim_study(connected, study_uid=STUDY)
    assert group.owners
    group.fault = lambda _: None
    hand_back_study(connected, study_uid=STUDY)

    assert (group.owners, held(connected)) == ({}, [])
    assert "handed back" in [record.detail for record in trail(connected)]


def test_without_a_line_a_study_is_handed_back_when_there_is_one(
    connected: Desk, group: GroupArchive
) -> None:
    claim_study(connected, study_uid=STUDY)
    group.fault = failing("release", error=lambda: Unreachable("no line"))
    hand_back_study(connected, study_uid=STUDY)
    assert held(connected) == [(STUDY, GIVING_BACK)]
    assert not list_studies(connected)[0].is_claimed

    group.fault = lambda _: None
    give_back_waiting(connected)
    assert (group.owners, held(connected)) == ({}, [])


def test_who_claims_again_what_waits_to_be_handed_back_keeps_it(connected: Desk, group: GroupArchive) -> None:
    claim_study(connected, study_uid=STUDY)
    group.fault = failing("release", error=lambda: Unreachable("no line"))
    hand_back_study(connected, study_uid=STUDY)
    group.fault = lambda _: None
    claim_study(connected, study_uid=STUDY)
    give_back_waiting(connected)

    assert held(connected) == [(STUDY, HELD)]
    assert group.owners


def test_who_claims_while_it_is_being_handed_back_loses_nothing(connected: Desk, group: GroupArchive) -> None:
    claim_study(connected, study_uid=STUDY)
    connected.store.claims.mark(connected.store.claims.all()[0], GIVING_BACK)

    def meanwhile(what: str) -> None:
        if ": release" in what:
            group.fault = lambda _: None
            claim_study(connected, study_uid=STUDY)

    group.fault = meanwhile
    give_back_waiting(connected)
    assert held(connected) == [(STUDY, HELD)]


def test_what_was_not_claimed_here_can_t_be_handed_back(connected: Desk) -> None:
    with pytest.raises(CannotClaim, match="not claimed here"):
        hand_back_study(connected, study_uid=STUDY)


def test_without_archives_nothing_can_be_claimed(desk: Desk) -> None:
    with pytest.raises(CannotClaim, match="cannot share"):
        claim_study(desk, study_uid=STUDY)


def test_an_archive_without_tasks_shares_no_claims(connected: Desk, group: GroupArchive) -> None:
    group.tasks = None
    with pytest.raises(CannotClaim, match="cannot share"):
        claim_study(connected, study_uid=STUDY)
    assert held(connected) == []


def test_a_claim_at_an_archive_that_is_gone_waits_for_it(
    connected: Desk, group: GroupArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim_study(connected, study_uid=STUDY)
    connect_to(connected, {}, monkeypatch)
    hand_back_study(connected, study_uid=STUDY)
    assert held(connected) == [(STUDY, GIVING_BACK)]

    connect_to(connected, {"harbor": group}, monkeypatch)
    give_back_waiting(connected)
    assert group.owners == {}


def test_after_an_outage_only_what_was_never_opened_is_handed_back(
    connected: Desk, group: GroupArchive
) -> None:
    claim_study(connected, study_uid=STUDY)
    assert hand_back_unread(connected, archives={"elsewhere"}) == 0
    connected.store.sessions.put(f"screen {STUDY}", "{}")
    assert sessions.was_opened(connected, STUDY)
    assert hand_back_unread(connected, archives={"harbor"}) == 0
    connected.store.sessions.remove(f"screen {STUDY}")
    assert hand_back_unread(connected, archives={"harbor"}) == 1
    give_back_waiting(connected)

    assert group.owners == {}


@pytest.mark.parametrize(
    ("minutes", "state", "is_kept"),
    [(10, TaskState.SCHEDULED, False), (1, TaskState.SCHEDULED, True), (10, TaskState.IN_PROGRESS, True)],
)
def test_a_claim_that_a_crash_left_is_forgotten_once_the_archive_is_seen_not_to_know_it(
    connected: Desk,
    group: GroupArchive,
    minutes: int,
    state: TaskState,
    is_kept: bool,  # noqa: FBT001  a row
) -> None:
    group.ask_for(STUDY, state=state)
    since = connected.clock.utc() - timedelta(minutes=minutes)
    connected.store.claims.take(HeldTask("harbor", f"{STUDY}.77", "1.2.3.4", STUDY, since))
    read_lists(connected)
    forget_unknown_claims(connected)

    assert bool(held(connected)) is is_kept
