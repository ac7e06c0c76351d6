"""The engine whole against Debian's Orthanc: what is wanted arrives and what is signed gets there."""

from __future__ import annotations

import errno
import os
import threading
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from dicom_objects import ct, part10
from dimse_ends import files_of
from fault_proxy import FaultProxy
from line_faults import Fate, Fault, Odds
from orthanc import Orthanc
from quick_desk import SharedPool
from scripted_http import ScriptedHttp, Seen, Step, reply
from sync_ground import (
    GROUP,
    Desk,
    Ground,
    by_dimse,
    by_web,
    digests_of,
    outgoing,
    passed_on,
    through,
    until,
)
from throttle import held
from worklist_ground import RULES

from workstation.archive import Query
from workstation.clock import ScaledClock, SystemClock
from workstation.store.disk import Disk
from workstation.store.files import DiskFiles, Handle
from workstation.sync import Habit, Service, Sitting, Urgency
from workstation.sync.board import TRIES

COUNT = 30
STUDY, OTHER = "1.2.1", "1.2.2"


@pytest.fixture(scope="module")
def pool() -> Iterator[SharedPool]:
    made = SharedPool(1)
    yield made
    made.end()


@pytest.fixture
def ground(tmp_path: Path, pool: SharedPool, orthanc: Orthanc) -> Ground:
    return Ground(tmp_path / "store", pool, (by_web(SystemClock(), orthanc.dicomweb),))


def made(study: str = STUDY, count: int = COUNT, **attributes: object) -> list[bytes]:
    """Return the files of a study with one series."""
    noise = np.random.default_rng(1)
    return [
        part10(
            ct(
                noise.integers(0, 4096, (64, 64)).astype(np.uint16),
                StudyInstanceUID=study,
                SeriesInstanceUID=f"{study}.1",
                SOPInstanceUID=f"{study}.1.{number}",
                InstanceNumber=number,
                ImagePositionPatient=[0, 0, number],
                **attributes,
            )
        )
        for number in range(1, count + 1)
    ]


def uploaded(orthanc: Orthanc, study: str = STUDY, count: int = COUNT) -> dict[str, str]:
    """Give the archive a study; return the digests of its instances."""
    files = made(study, count)
    orthanc.upload(files)
    return digests_of(outgoing(files))


def are_verified(desk: Desk, count: int) -> Callable[[], bool]:
    return lambda: list(desk.states().values()) == ["verified"] * count


def test_a_study_arrives_whole_and_byte_for_byte(ground: Ground, orthanc: Orthanc) -> None:
    truth = uploaded(orthanc)
    with ground.running() as desk:
        desk.fetch(STUDY)
        assert desk.here(STUDY) == truth
        assert desk.store.listed.accounts()[STUDY] == (COUNT, COUNT)


def test_a_real_series_arrives_as_its_files_are(ground: Ground, orthanc: Orthanc) -> None:
    files = files_of("mr-head-t1")
    orthanc.upload(bytes(one.data) for one in files)
    with ground.running() as desk:
        desk.fetch(files[0].study_uid)
        assert desk.here(files[0].study_uid) == digests_of(files)


def test_what_was_signed_and_what_is_passed_on_reach_the_archive_once_and_whole(
    ground: Ground, orthanc: Orthanc
) -> None:
    truth = uploaded(orthanc)
    signed, image = outgoing(made("1.2.7", 4)), outgoing(made())[0]
    with ground.running() as desk:
        desk.fetch(STUDY)
        orthanc.clear()
        desk.store.outbox.enqueue(passed_on(image))
        desk.queue(*signed)
        until(are_verified(desk, 5))
    assert orthanc.count() == 5
    assert [orthanc.copies(one.uid) for one in signed] == [[bytes(one.data)] for one in signed]
    assert digests_of(outgoing(orthanc.copies(image.uid))) == {image.uid: truth[image.uid]}


def test_the_planner_brings_what_is_to_be_read_and_its_priors(ground: Ground, orthanc: Orthanc) -> None:
    today = datetime.now(UTC)
    for number, (age, person) in enumerate([(0, "A"), (300, "A"), (300, "B")], 1):
        date = f"{today - timedelta(days=age):%Y%m%d}"
        facts = {
            "StudyDate": date,
            "PatientID": person,
            "PatientBirthDate": "19590302",
            "PatientSex": "F",
            "StudyDescription": "CT head",
            "BodyPartExamined": "HEAD",
        }
        orthanc.upload(made(f"1.2.{number}", 3, **facts))
    with ground.store() as store:
        service = Service(ground.means(store), ground.ways, Sitting(RULES, habit=Habit(every=1.0)))
        service.start()
        try:
            until(lambda: {row.uid for row in store.studies.list()} == {"1.2.1", "1.2.2"})
            until(lambda: all(account.is_whole for account in store.listed.accounts().values()))
            assert [prior.study.study_uid for prior in service.priors_of("1.2.1").relevant] == ["1.2.2"]
            assert list(service.look_up(Query(patient_id="B")).values()) == [1]
        finally:
            service.close()
        assert store.studies.get("1.2.3") is None  # another person's, and old


def test_a_line_that_drops_and_returns_ends_with_everything_here_and_there(
    ground: Ground, orthanc: Orthanc
) -> None:
    truth, signed = uploaded(orthanc), outgoing(made("1.2.7", 4))
    with FaultProxy(orthanc.port, odds=Odds(reset=1.0, after=(20_000, 60_000))) as proxy:
        bad = replace(ground, ways=(by_web(SystemClock(), through(orthanc, proxy.port)),))
        with bad.running() as desk:
            desk.want(STUDY)
            desk.queue(*signed)
            until(lambda: len(desk.here(STUDY)) > 3)
            proxy.refuse()
            proxy.reset_all()
            until(lambda: not desk.engine.lines[GROUP].is_usable)
            proxy.odds = Odds()
            proxy.accept()
            until(lambda: desk.is_settled(STUDY))
            until(are_verified(desk, 4))
            assert desk.here(STUDY) == truth
    assert all(orthanc.copies(one.uid) == [bytes(one.data)] for one in signed)


def test_a_line_that_dies_in_silence_is_left_for_the_other(ground: Ground, orthanc: Orthanc) -> None:
    truth, signed = uploaded(orthanc), outgoing(made("1.2.7", 2))
    with FaultProxy(orthanc.port, line=held(0.5)) as one, FaultProxy(orthanc.port) as other:
        urls = (through(orthanc, one.port), through(orthanc, other.port))
        with replace(ground, ways=(by_web(SystemClock(), *urls),)).running() as desk:
            desk.want(STUDY)
            until(lambda: len(desk.here(STUDY)) > 1)
            one.pull()
            desk.queue(*signed)
            until(lambda: desk.is_settled(STUDY))
            until(are_verified(desk, 2))
            assert desk.here(STUDY) == truth
            assert desk.engine.lines[GROUP].state.endpoint == "line 2"
            one.plug()


class Sleeper(SystemClock):
    """A clock whose wall time jumps, as it does when the machine slept."""

    slept = timedelta()

    def utc(self) -> datetime:
        return super().utc() + self.slept


def test_after_a_sleep_nothing_waits_for_connections_of_before(
    ground: Ground, orthanc: Orthanc, tmp_path: Path
) -> None:
    truth = uploaded(orthanc)
    clock = Sleeper()
    hole = Fate(Fault.HOLE, after=30_000)
    with FaultProxy(orthanc.port) as proxy:
        patient_way = by_web(clock, through(orthanc, proxy.port), idle=1e6)
        sleepy = Ground(tmp_path / "sleepy", ground.pool, (patient_way,), clock)
        with sleepy.running() as desk:
            until(lambda: desk.engine.lines[GROUP].state.latency is not None)
            proxy.odds = Odds(hole=1.0, after=(hole.after, hole.after))
            desk.want(STUDY)
            until(lambda: len(proxy.counts.struck) >= 1)
            proxy.odds = Odds()
            clock.slept = timedelta(hours=8)
            until(lambda: desk.is_settled(STUDY))
            assert desk.here(STUDY) == truth


def test_a_metered_line_carries_what_is_open_and_what_was_signed_alone(
    ground: Ground, orthanc: Orthanc
) -> None:
    uploaded(orthanc)
    uploaded(orthanc, OTHER)
    with replace(ground, is_metered=lambda: True).running() as desk:
        desk.want(OTHER, Urgency.NEXT)
        desk.fetch(STUDY)
        desk.queue(*outgoing(made("1.2.7", 2)))
        until(are_verified(desk, 2))
        progress = desk.engine.progress(GROUP, OTHER)
        assert progress is not None
        assert progress.listed is None  # it was not even asked for
    with ground.running() as desk:  # on a line that costs nothing
        desk.fetch(OTHER, Urgency.NEXT)


class FullDisk(DiskFiles):
    """A disk on which no file can be made once it is full."""

    is_full = False

    def create(self, path: Path) -> Handle:
        if self.is_full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return super().create(path)


@pytest.mark.parametrize("count", [COUNT, 1], ids=["more follows", "nothing follows"])
def test_a_full_disk_is_told_and_what_did_not_fit_comes_when_there_is_room(
    ground: Ground, orthanc: Orthanc, tmp_path: Path, count: int
) -> None:
    """What follows in a stream is turned away; what had come by then is dropped by the store."""
    truth, clock, files = uploaded(orthanc, STUDY, count), ScaledClock(60.0), FullDisk()
    way = by_web(clock, orthanc.dicomweb)
    full = Ground(tmp_path / "full", ground.pool, (way,), clock, Disk(files))
    troubles: list[str] = []
    keep = troubles.append
    with full.running() as desk:
        desk.engine.arriving.trouble.connect(keep)
        files.is_full = True
        desk.want(STUDY)
        until(lambda: len(troubles) > TRIES or bool(desk.engine.given_up(GROUP, STUDY)))
        assert desk.engine.given_up(GROUP, STUDY) == {}  # a full disk is no fault of the archive's
        assert not desk.here(STUDY)
        files.is_full = False
        until(lambda: desk.is_settled(STUDY))
        assert desk.here(STUDY) == truth
        until(lambda: troubles[-1] == "")
    assert "full" in troubles[0]


def test_an_object_of_another_study_is_refused_whoever_brings_it(
    ground: Ground, orthanc: Orthanc, tmp_path: Path
) -> None:
    truth = uploaded(orthanc, STUDY, 5)
    uploaded(orthanc, OTHER, 5)

    def swapped(seen: Seen) -> Sequence[Step]:
        target = seen.target.replace(f"{STUDY}/series/{STUDY}.1/instances/{STUDY}.1.3", _THIRD_OF_OTHER)
        request = urllib.request.Request(
            f"http://{orthanc.host}:{orthanc.port}{target}", headers={"Accept": seen.headers["accept"]}
        )
        with urllib.request.urlopen(request) as answer:  # noqa: S310
            return [reply(answer.status, answer.read(), Content_Type=answer.headers["Content-Type"])]

    with ScriptedHttp(swapped) as liar:
        way = by_web(SystemClock(), liar.url)
        with replace(ground, folder=tmp_path / "lied to", ways=(way,)).running() as desk:
            desk.fetch(STUDY)
            wrong = f"{STUDY}.1.3"
            assert desk.here(STUDY) == {uid: one for uid, one in truth.items() if uid != wrong}
            assert not desk.here(OTHER)
            assert "another study" in desk.engine.given_up(GROUP, STUDY)[wrong]


_THIRD_OF_OTHER = f"{OTHER}/series/{OTHER}.1/instances/{OTHER}.1.3"


def test_the_same_engine_works_by_dimse(ground: Ground, orthanc: Orthanc) -> None:
    truth = uploaded(orthanc)
    signed = outgoing(made("1.2.7", 4))
    before = threading.active_count()
    with replace(ground, ways=(by_dimse(orthanc),)).running() as desk:
        desk.fetch(STUDY)
        assert desk.here(STUDY).keys() == truth.keys()
        desk.queue(*signed)
        until(are_verified(desk, 4))
    assert threading.active_count() == before
    assert all(len(orthanc.copies(one.uid)) == 1 for one in signed)
