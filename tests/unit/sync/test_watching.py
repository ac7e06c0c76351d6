from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from fake_archive import Archive, address
from quick_desk import KEK
from worklist_ground import NIGHT, remote, task

from workstation.archive import FoundStudy, Interrupted, NotOffered, Query, Search, Task
from workstation.clock import ManualClock
from workstation.store import Limits, Options, PatientKey, Store
from workstation.sync.line import Line
from workstation.sync.watching import Habit, Watching


@dataclass
class Listing(Archive):
    """An archive with a list."""

    studies: list[FoundStudy] = field(default_factory=list)
    tasks_: list[Task] | None = None
    is_whole: bool = True
    queries: list[Query] = field(default_factory=list)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NIGHT)


@pytest.fixture
def store(tmp_path: Path, clock: ManualClock) -> Iterator[Store]:
    options = Options(clock=clock, limits=Limits(floor=0), reserve=1 << 16)
    with Store.create(tmp_path / "store", KEK, options) as made:
        yield made


@pytest.fixture
def archive(monkeypatch: pytest.MonkeyPatch) -> Listing:
    made = Listing()

    def search(_: object, query: Query) -> Search:
        made.say("fibre", "search")
        made.queries.append(query)
        found = [one for one in made.studies if one.study.date >= query.from_date]
        return Search(
            tuple(one for one in found if query.patient_id in ("", one.patient.patient_id)), made.is_whole
        )

    def tasks(_: object) -> tuple[Task, ...]:
        if made.tasks_ is None:
            raise NotOffered("no tasks")
        return tuple(made.tasks_)

    monkeypatch.setattr("fake_archive.FakeConnection.search", search)
    monkeypatch.setattr("fake_archive.FakeConnection.tasks", tasks)
    return made


@pytest.fixture
def watching(store: Store, archive: Listing, clock: ManualClock) -> Watching:
    line = Line(address("fibre"), archive.connect, clock, spawn=lambda work: work())
    return Watching(store, {"group": line}, clock, Habit(every=30.0, days=7))


def _found(uid: str, date: str = "20261124", number: str = "4711") -> FoundStudy:
    one = remote(uid, date=date, number=number)
    return FoundStudy(one.patient, one.study, one.modalities, one.series, one.instances)


def _uids(store: Store) -> set[str]:
    return {one.uid for one in store.remote_studies.list()}


def test_the_list_is_read_when_its_time_has_come(
    watching: Watching, archive: Listing, store: Store, clock: ManualClock
) -> None:
    archive.studies = [_found("1.1")]
    watching.look()
    assert _uids(store) == {"1.1"}
    archive.studies.append(_found("1.2"))
    watching.look()
    assert _uids(store) == {"1.1"}
    clock.wait(31)
    watching.look()
    assert _uids(store) == {"1.1", "1.2"}


def test_often_means_the_last_days_and_now_and_then_the_whole_window(
    watching: Watching, archive: Listing, clock: ManualClock
) -> None:
    for _ in range(22):
        watching.look()
        clock.wait(31)
    days = [query.from_date for query in archive.queries]
    assert days[:3] == ["20261117", "20261122", "20261122"]
    assert days.count("20261117") == 2


def test_what_a_whole_answer_lists_no_more_is_gone_and_a_cut_one_says_nothing(
    watching: Watching, archive: Listing, store: Store, clock: ManualClock
) -> None:
    archive.studies = [_found("1.1"), _found("1.2")]
    watching.refresh("group")
    archive.studies.pop()
    archive.is_whole = False
    watching.refresh("group")
    assert _uids(store) == {"1.1", "1.2"}
    archive.is_whole = True
    clock.wait(1.0)
    watching.refresh("group")
    assert _uids(store) == {"1.1"}


def test_a_list_that_can_t_be_read_leaves_the_one_before(
    watching: Watching, archive: Listing, store: Store, clock: ManualClock
) -> None:
    archive.studies = [_found("1.1")]
    watching.look()

    def cut(_: str) -> None:
        raise Interrupted("The line broke")

    archive.fault = cut
    clock.wait(31)
    watching.look()
    assert _uids(store) == {"1.1"}
    assert "line broke" in watching.troubles["group"]


def test_an_archive_without_tasks_is_known_not_to_share_claims(
    watching: Watching, archive: Listing, store: Store
) -> None:
    watching.refresh("group")
    assert watching.shares_claims == {"group": False}
    archive.tasks_ = [task("7", "1.1")]
    watching.refresh("group")
    assert watching.shares_claims == {"group": True}
    assert [seen.uid for seen in store.tasks.all()] == ["7"]


def test_a_person_is_asked_for_once_in_a_while(
    watching: Watching, archive: Listing, store: Store, clock: ManualClock
) -> None:
    archive.studies = [_found("1.1"), _found("1.0", "20100101"), _found("2.0", "20100101", "8")]
    key = PatientKey("4711", "Harbor")
    assert watching.ask_for(key)
    assert _uids(store) == {"1.1", "1.0"}
    assert not watching.ask_for(key)
    clock.wait(1801)
    assert watching.ask_for(key)


def test_a_person_who_could_not_be_asked_for_is_asked_for_again(
    watching: Watching, archive: Listing, store: Store
) -> None:
    def cut(_: str) -> None:
        archive.fault = lambda _: None
        raise Interrupted("The line broke")

    archive.studies = [_found("1.0", "20100101")]
    archive.fault = cut
    key = PatientKey("4711", "Harbor")
    assert not watching.ask_for(key)
    assert watching.ask_for(key)
    assert _uids(store) == {"1.0"}


def test_who_issues_patient_ids_there_is_added_where_the_archive_doesn_t_say(
    store: Store, archive: Listing, clock: ManualClock
) -> None:
    one = _found("1.1")
    archive.studies = [replace(one, patient=replace(one.patient, issuer=""))]
    where = replace(address("fibre"), patient_issuer="Harbor")
    watching = Watching(store, {"group": Line(where, archive.connect, clock)}, clock)
    watching.refresh("group")
    assert [row.patient.issuer for row in store.remote_studies.list()] == ["Harbor"]
