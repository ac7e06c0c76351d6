"""Identity links: confirmed, and never assumed; or refused, for good."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from workstation.store import Link, PatientKey, Store

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
A, B, C = (PatientKey(name, "H") for name in "ABC")


def _link(first: PatientKey, second: PatientKey, minute: int = 0) -> Link:
    return Link(first, second, "u1", MOMENT.replace(minute=minute))


def test_links_are_kept_whichever_side_is_named_first(store: Store, reopen: Callable[[], Store]) -> None:
    elsewhere = PatientKey("A", "other")
    for minute, (first, second) in enumerate([(B, A), (B, C), (elsewhere, B)]):
        store.links.confirm(_link(first, second, minute))
    store.close()

    assert reopen().links.all() == (_link(A, B), _link(B, C, minute=1), _link(elsewhere, B, minute=2))


def test_a_link_that_is_confirmed_again_is_one_link(store: Store) -> None:
    store.links.confirm(_link(A, B))
    store.links.confirm(Link(B, A, "u2", MOMENT))

    assert store.links.all() == (Link(A, B, "u2", MOMENT),)


@pytest.mark.parametrize("pair", [(A, A), (A, PatientKey("", "H")), (PatientKey("", "H"), A)])
def test_nobody_is_linked_without_a_number_or_with_themselves(
    store: Store, pair: tuple[PatientKey, PatientKey]
) -> None:
    with pytest.raises(ValueError, match="two patient IDs"):
        store.links.confirm(_link(*pair))
    assert store.links.all() == ()


def test_a_refusal_survives_the_loss_of_the_index(
    store: Store, reopen: Callable[[], Store], folder: Path
) -> None:
    store.links.refuse(_link(B, A))
    store.close()
    (folder / "cache.db").unlink()

    again = reopen()
    assert again.links.refused() == (_link(A, B),)
    assert again.links.all() == ()


def test_the_last_word_about_two_numbers_holds(store: Store) -> None:
    store.links.refuse(_link(A, B))
    store.links.confirm(_link(B, A, minute=1))
    assert (store.links.refused(), store.links.all()) == ((), (_link(A, B, minute=1),))

    store.links.refuse(_link(A, B, minute=2))
    assert (store.links.refused(), store.links.all()) == ((_link(A, B, minute=2),), ())
