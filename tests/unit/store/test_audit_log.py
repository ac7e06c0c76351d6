from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from workstation.security.audit import START, Link
from workstation.security.audit_codes import Action, Outcome
from workstation.store import AuditEvent, Store


def _event(detail: str) -> AuditEvent:
    return AuditEvent("u1", "Reader One", "P1", "1.1", Action.OPEN_STUDY, Outcome.SUCCESS, detail)


def test_records_are_numbered_timed_and_bound_to_each_other(
    store: Store, reopen: Callable[[], Store]
) -> None:
    assert store.audit.last() == START
    store.audit.append(_event("one"))
    last = store.audit.append(_event("two"), _event("three"))
    store.close()
    again = reopen()

    records = list(again.audit.records())
    assert [(record.seq, record.detail) for record in records] == [(1, "one"), (2, "two"), (3, "three")]
    assert {record.utc.isoformat() for record in records} == {"2026-01-01T00:00:00+00:00"}
    assert all(record.boot for record in records)
    assert again.audit.last() == last == Link(3, list(again.audit.sealed())[-1].hash)
    report = again.audit.verify()
    assert (report.count, report.last, report.bad) == (3, last, None)


def test_threads_append_to_one_chain(store: Store) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: store.audit.append(_event(str(n)), _event(str(n))), range(20)))

    report = store.audit.verify()
    assert (report.count, report.bad) == (40, None)
    details = [record.detail for record in store.audit.records()]
    assert details[::2] == details[1::2]


def test_a_burst_is_stored_whole(store: Store) -> None:
    store.audit.append(*(_event(str(n)) for n in range(2500)))

    assert store.audit.verify().count == 2500


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE audit SET data = replace(data, 'Reader', 'Nobody') WHERE seq = 3", "record 3"),
        ("DELETE FROM audit WHERE seq = 3", "record 3 was removed"),
        ("UPDATE audit SET seq = 100 WHERE seq = 3", "record 3"),
        ("INSERT INTO audit VALUES (6, '{}', x'00')", "record 6"),
    ],
)
def test_whatever_is_done_to_the_rows_is_named(store: Store, statement: str, told: str) -> None:
    store.audit.append(*(_event(str(n)) for n in range(5)))
    store._parts.work._database.rows(statement)

    assert str(store.audit.verify().bad).startswith(told)
