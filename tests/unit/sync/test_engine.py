"""The engine whole: real objects, a real store, real workers; only the archive is a double."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from dicom_objects import ct, part10
from fake_archive import Archive, address
from quick_desk import KEK, SharedPool
from store_parcels import parcel

from workstation.archive import Contents, Interrupted, ListedInstance, ListedSeries, Truncated
from workstation.clock import SystemClock
from workstation.dicom.examining import digest_in_worker
from workstation.dicom.model import Patient, Series, Study
from workstation.store import Delivery, Limits, Options, Store
from workstation.sync.board import Want
from workstation.sync.engine import Engine, Means
from workstation.sync.urgency import Urgency

COUNT = 24
PATIENT = Patient("4711", "", "NOBODY^Test", "19700101", "F")


def _made(study: str, count: int = COUNT) -> tuple[dict[str, bytes], Contents]:
    """Return a study of one series, and what an archive lists for it."""
    objects, listed = {}, []
    for number in range(1, count + 1):
        uid = f"{study}.1.{number}"
        pixels = np.full((8, 8), number, np.uint16)
        position = [0.0, 0.0, float(number)]
        objects[uid] = part10(
            ct(
                pixels,
                StudyInstanceUID=study,
                SeriesInstanceUID=f"{study}.1",
                SOPInstanceUID=uid,
                InstanceNumber=number,
                ImagePositionPatient=position,
            )
        )
        listed.append(
            ListedInstance(
                uid, "1.2", number, position=(0, 0, number), orientation=(1, 0, 0, 0, 1, 0), size=500
            )
        )
    series = Series(f"{study}.1", 1, "CT", "", "", "", "", "", "", "")
    facts = Study(study, "20261124", "", "", "", "", "", "")
    return objects, Contents(PATIENT, facts, (ListedSeries(series, tuple(listed)),), count)


@pytest.fixture
def archive() -> Archive:
    made = Archive()
    for study in ("1.2.1", "1.2.2"):
        objects, contents = _made(study)
        made.objects |= objects
        made.contents[study] = contents
    return made


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    options = Options(clock=SystemClock(), limits=Limits(floor=0), reserve=1 << 16)
    with Store.create(tmp_path / "store", KEK, options) as made:
        yield made


@pytest.fixture
def engine(store: Store, pool: SharedPool, archive: Archive) -> Iterator[Engine]:
    means = Means(store, pool, SystemClock(), lambda data: digest_in_worker(pool, data))
    made = Engine(means, [(address("fibre"), archive.connect)])
    made.start()
    yield made
    made.close()


def _until(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    """Wait for something that has to happen; how long it takes is nobody's business."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.01)


def _is_settled(engine: Engine, study: str) -> bool:
    progress = engine.progress("group", study)
    return progress is not None and progress.is_settled


def _here(store: Store, study: str) -> set[str]:
    return {one.uid for one in store.instances.of_study(study)}


def _want(study: str = "1.2.1", urgency: Urgency = Urgency.OPEN) -> Want:
    return Want("group", study, urgency)


def _retrieved(archive: Archive) -> list[str]:
    return [what.split()[-1] for what in archive.asked if " part " in what]


def test_a_wanted_study_arrives_whole_and_as_the_archive_s(engine: Engine, store: Store) -> None:
    engine.want(_want())
    _until(lambda: _is_settled(engine, "1.2.1"))
    assert len(_here(store, "1.2.1")) == COUNT
    assert store.listed.accounts()["1.2.1"] == (COUNT, COUNT)
    row = store.studies.get("1.2.1")
    assert row is not None
    assert not row.is_work  # it can be fetched again


def test_the_middle_comes_first(engine: Engine, archive: Archive) -> None:
    engine.want(_want())
    _until(lambda: _is_settled(engine, "1.2.1"))
    first = {int(uid.rsplit(".")[-1]) for uid in _retrieved(archive)[:5]}
    assert first <= set(range(COUNT // 2 - 4, COUNT // 2 + 6))


def test_what_was_whole_before_a_cut_is_not_fetched_again(
    engine: Engine, archive: Archive, store: Store
) -> None:
    cuts = iter((5, 11, 17))
    seen, next_cut = [0], [next(cuts)]

    def cut(what: str) -> None:
        if " part " in what:
            seen[0] += 1
            if seen[0] == next_cut[0]:
                next_cut[0] = next(cuts, -1)
                raise Truncated("cut")

    archive.fault = cut
    engine.want(_want(urgency=Urgency.PREFETCH))
    _until(lambda: _is_settled(engine, "1.2.1"))
    assert _here(store, "1.2.1") == {f"1.2.1.1.{n}" for n in range(1, COUNT + 1)}
    assert len(_retrieved(archive)) == COUNT + 3  # each once, and the three that were cut once more


def test_an_open_study_stops_a_prefetch_at_once(engine: Engine, archive: Archive, store: Store) -> None:
    reached, go_on = threading.Event(), threading.Event()

    def slow(what: str) -> None:
        if what.endswith("part 1.2.2.1.13"):
            reached.set()
            go_on.wait(30)

    archive.fault = slow
    engine.want(_want("1.2.2", Urgency.PREFETCH))
    assert reached.wait(30)
    engine.want(_want("1.2.1", Urgency.OPEN))
    go_on.set()
    _until(lambda: _is_settled(engine, "1.2.1"))
    asked = _retrieved(archive)
    opened = [place for place, uid in enumerate(asked) if uid.startswith("1.2.1.")]
    between = [uid for uid in asked[opened[0] : opened[-1]] if uid.startswith("1.2.2.")]
    assert len(between) <= 1
    _until(lambda: _is_settled(engine, "1.2.2"))
    assert len(_here(store, "1.2.2")) == COUNT


def test_an_object_that_can_t_be_understood_is_accounted_for(
    engine: Engine, archive: Archive, store: Store
) -> None:
    archive.objects["1.2.1.1.7"] = b"no DICOM at all" * 50
    engine.want(_want())
    _until(lambda: _is_settled(engine, "1.2.1"))
    assert set(engine.given_up("group", "1.2.1")) == {"1.2.1.1.7"}
    assert "DICOM" in engine.given_up("group", "1.2.1")["1.2.1.1.7"]
    assert len(_here(store, "1.2.1")) == COUNT - 1
    archive.objects |= _made("1.2.1")[0]
    engine.try_again("group", "1.2.1")
    _until(lambda: _is_settled(engine, "1.2.1"))
    assert len(_here(store, "1.2.1")) == COUNT


def test_an_object_of_another_study_is_never_taken_for_one_of_this(
    engine: Engine, archive: Archive, store: Store
) -> None:
    archive.objects["1.2.1.1.7"] = archive.objects["1.2.2.1.7"]
    engine.want(_want())
    _until(lambda: _is_settled(engine, "1.2.1"))
    assert "another study" in engine.given_up("group", "1.2.1")["1.2.1.1.7"]
    assert not _here(store, "1.2.2")


def test_a_line_that_drops_and_returns_ends_with_everything_here(
    engine: Engine, archive: Archive, store: Store
) -> None:
    is_down = threading.Event()

    def down(what: str) -> None:
        if is_down.is_set():
            raise Interrupted("the cable is pulled")
        if what.endswith("part 1.2.1.1.5"):
            is_down.set()
            raise Truncated("the cable is pulled")

    archive.fault = down
    engine.want(_want())
    _until(is_down.is_set)
    _until(lambda: not engine.lines["group"].is_usable)
    archive.fault = lambda _: None
    _until(lambda: _is_settled(engine, "1.2.1"))
    assert len(_here(store, "1.2.1")) == COUNT


def test_a_study_that_the_archive_has_no_more_is_wanted_no_more(engine: Engine) -> None:
    engine.want(_want("1.2.9"))
    _until(lambda: not engine.wants())
    assert engine.progress("group", "1.2.9") is None


def test_what_was_being_sent_when_the_program_was_killed_is_sent_by_the_next_run(
    store: Store, pool: SharedPool, archive: Archive
) -> None:
    store.outbox.enqueue(parcel("1.2.7.1", "group", study="1.2.7"))
    queued = store.outbox.get("1.2.7.1", "group")
    assert queued is not None
    owners: list[str] = []

    def killed(what: str) -> None:
        if " store " in what:
            owners.append(_delivery(store).owner)
            raise Interrupted("cut")

    def run(until: Callable[[], bool]) -> None:
        means = Means(store, pool, SystemClock(), lambda data: digest_in_worker(pool, data))
        engine = Engine(means, [(address("fibre"), archive.connect)])
        engine.start()
        _until(until)
        engine.close()

    archive.fault = killed
    run(lambda: len(owners) > 0)
    sent = _delivery(store)
    assert store.outbox.move(sent, replace(sent, state="sending", owner=owners[0], due=None))
    archive.fault = lambda _: None
    run(lambda: _delivery(store).state == "verified")


def _delivery(store: Store) -> Delivery:
    found = store.outbox.get("1.2.7.1", "group")
    assert found is not None
    return found
