"""The history of connection checks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from workstation.store import ConnectionCheck, Store
from workstation.store.connection_checks import KEPT

START = datetime(2026, 1, 1, 8, tzinfo=UTC)


def _check(number: int) -> ConnectionCheck:
    at = START - timedelta(minutes=number)  # a clock that runs backwards: the order is that of the checks
    return ConnectionCheck(at, "group", f"line {number % 2}", f'{{"number": {number}}}')


def test_the_oldest_go_when_there_are_too_many(store: Store, reopen: Callable[[], Store]) -> None:
    for number in range(KEPT + 3):
        store.connection_checks.add(_check(number))
    store.close()

    assert reopen().connection_checks.all() == tuple(_check(number) for number in range(3, KEPT + 3))
