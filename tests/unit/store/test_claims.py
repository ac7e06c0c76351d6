"""Claims: the transaction UID that an archive may know already is the one that stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from workstation.store import GIVING_BACK, HELD, HeldTask, Store

CLAIM = HeldTask("group", "1.5", "2.25.1", "1.2", datetime(2026, 1, 1, 8, tzinfo=UTC))


def test_a_claim_is_there_after_a_restart(store: Store, reopen: Callable[[], Store]) -> None:
    older = replace(CLAIM, archive="hospital", since=CLAIM.since - timedelta(hours=1))
    assert store.claims.take(CLAIM) == CLAIM
    store.claims.take(older)
    store.close()
    claims = reopen().claims

    assert claims.get("group", "1.5") == CLAIM
    assert claims.all() == (older, CLAIM)


def test_a_claim_that_stands_is_not_replaced(store: Store) -> None:
    store.claims.take(CLAIM)

    assert store.claims.take(replace(CLAIM, transaction_uid="2.25.2")) == CLAIM
    assert store.claims.all() == (CLAIM,)


def test_a_claim_is_given_back_and_forgotten(store: Store) -> None:
    store.claims.take(CLAIM)

    assert store.claims.mark(CLAIM, GIVING_BACK)
    assert not store.claims.mark(CLAIM, HELD)
    assert store.claims.get("group", "1.5") == replace(CLAIM, state=GIVING_BACK)
    store.claims.remove("group", "1.5")
    store.claims.remove("group", "1.5")
    assert store.claims.all() == ()
    assert not store.claims.mark(CLAIM, GIVING_BACK)
