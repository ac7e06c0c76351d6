"""What is wanted, from rows of a real store: the list, its priors, and what the person is at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from quick_desk import KEK
from worklist_ground import NIGHT, RULES, remote, task

from workstation.archive import Task, TaskState
from workstation.clock import ManualClock
from workstation.store import Limits, Options, Store
from workstation.sync.gathering import Gathered, gather
from workstation.sync.planning import Focus, plan
from workstation.sync.tasks_form import from_json, to_json
from workstation.sync.urgency import Urgency
from workstation.worklist import Item, Links, Moment, State

ME = Moment(NIGHT, date(2026, 11, 24), frozenset({"r1"}))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    options = Options(clock=ManualClock(NIGHT), limits=Limits(floor=0), reserve=1 << 16)
    with Store.create(tmp_path / "store", KEK, options) as made:
        yield made


def _gather(store: Store) -> Gathered:
    return gather(store, RULES, NIGHT, reading_of=lambda _: State.UNREAD, links=Links())


def _tasks(store: Store, *tasks: Task) -> None:
    store.tasks.replace("group", {one.uid: to_json(one) for one in tasks}, NIGHT)


def _from_group(item: Item) -> tuple[str, ...]:
    return ("group",) if "group" in item.archives else ()


def _wanted(store: Store, ahead: int = 5) -> dict[str, Urgency]:
    wants = plan(_gather(store), RULES, ME, Focus(ahead=ahead), _from_group)
    return {want.study_uid: want.urgency for want in wants}


def test_a_task_survives_its_way_through_the_store() -> None:
    one = task("7", "1.1", priority="HIGH", performer="r2", reason="stroke?")
    assert from_json(to_json(one)) == one


@pytest.mark.parametrize("text", ["{}", "[]", '{"uid": 1}', '{"due": null}'])
def test_a_text_that_is_no_task_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no task"):
        from_json(text)


def test_stat_comes_first_and_the_priors_of_what_is_next_come_after_it(store: Store) -> None:
    store.remote_studies.put_all(
        [
            remote("1.1"),
            remote("1.2", number="8"),
            remote("1.0", date="20240830"),
            remote("1.9", date="20240101", description="XR wrist left", modality="DX"),
        ]
    )
    _tasks(store, task("7", "1.1", priority="STAT"), task("8", "1.2", number="8"))
    wanted = _wanted(store)
    assert wanted == {"1.1": Urgency.OPEN, "1.2": Urgency.NEXT, "1.0": Urgency.PRIOR}


def test_what_another_reads_is_not_fetched_before_what_is_mine(store: Store) -> None:
    store.remote_studies.put_all([remote("1.1"), remote("1.2", number="8")])
    _tasks(
        store,
        task("7", "1.1", priority="STAT", state=TaskState.IN_PROGRESS, performer="r2"),
        task("8", "1.2", number="8", state=TaskState.IN_PROGRESS, performer="r1"),
    )
    assert _wanted(store) == {"1.1": Urgency.PREFETCH, "1.2": Urgency.ASSIGNED}


def test_the_open_study_stands_before_everything(store: Store) -> None:
    store.remote_studies.put_all([remote("1.1"), remote("1.2", number="8", date="20200101")])
    _tasks(store, task("7", "1.1"))
    wants = plan(_gather(store), RULES, ME, Focus("1.2", lead="1.2.9"), _from_group)
    assert (wants[0].study_uid, wants[0].urgency, wants[0].lead) == ("1.2", Urgency.OPEN, "1.2.9")


def test_no_more_than_so_many_are_fetched_ahead_as_next(store: Store) -> None:
    store.remote_studies.put_all([remote(f"1.{n}", number=str(n)) for n in range(10)])
    _tasks(store, *(task(f"7{n}", f"1.{n}", number=str(n)) for n in range(10)))
    kinds = list(_wanted(store, ahead=3).values())
    assert kinds.count(Urgency.NEXT) == 3
    assert kinds.count(Urgency.PREFETCH) == 7


def test_an_archive_without_tasks_has_its_recent_studies_read(store: Store) -> None:
    store.remote_studies.put_all([remote("1.1"), remote("1.2", number="8", date="20200101")])
    gathered = _gather(store)
    assert [place.item.study_uid for place in gathered.to_read] == ["1.1"]
    assert [item.study_uid for item in gathered.others] == ["1.2"]


def test_an_archive_with_tasks_has_only_those_read(store: Store) -> None:
    store.remote_studies.put_all([remote("1.1"), remote("1.2", number="8")])
    _tasks(store, task("7", "1.1"))
    assert [place.item.study_uid for place in _gather(store).to_read] == ["1.1"]


def test_what_can_be_had_nowhere_is_not_wanted(store: Store) -> None:
    store.remote_studies.put_all([remote("1.1", archive="far")])
    assert _wanted(store) == {}
