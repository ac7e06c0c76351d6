"""The worklist as last seen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from workstation.store import SeenTask, Store

SEEN = datetime(2026, 1, 1, 8, tzinfo=UTC)
LATER = SEEN + timedelta(minutes=1)


def test_an_archives_list_takes_the_place_of_its_last_one_only(
    store: Store, reopen: Callable[[], Store]
) -> None:
    store.tasks.replace("group", {"1": "{1}", "2": "{2}"}, SEEN)
    store.tasks.replace("hospital", {"1": "{other}"}, SEEN)
    store.tasks.replace("group", {"2": "{2, again}", "3": "{3}"}, LATER)
    store.close()
    tasks = reopen().tasks

    assert tasks.all() == (
        SeenTask("group", "2", "{2, again}", LATER),
        SeenTask("group", "3", "{3}", LATER),
        SeenTask("hospital", "1", "{other}", SEEN),
    )
    tasks.replace("group", {}, LATER)
    assert tasks.all() == (SeenTask("hospital", "1", "{other}", SEEN),)
