"""Painting when the painters fail, and when the house closes; what is painted, the other tests compare."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from workstation.errors import Cancelled
from workstation.hospital import painter as painting
from workstation.hospital.errors import HospitalRefused
from workstation.hospital.painter import Painter
from workstation.phantoms import PhantomStudy
from workstation.workers import Job, WorkerDied

BEGAN = datetime(2026, 11, 24, 2, 11, tzinfo=UTC)


class ScriptedPool:
    """Stands in for the worker processes: each job ends as the test says, and is noted."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []
        self.ends: list[Exception | None] = []  # None: as if it were painted
        self.is_held = threading.Event()
        self.is_held.set()

    def submit(self, job: Job) -> Future[dict[str, Any]]:
        arguments: Any = job.arguments
        self.asked.append((arguments["key"], arguments["numbers"][0]))
        self.is_held.wait()
        ended: Future[dict[str, Any]] = Future()
        end = self.ends.pop(0) if self.ends else None
        if isinstance(end, CancelledError):
            ended.cancel()
        elif end is not None:
            ended.set_exception(end)
        else:
            ended.set_result(_painted(arguments["key"], arguments["numbers"]))
        return ended

    def close(self) -> None:
        self.is_held.set()


def _painted(key: str, numbers: list[int]) -> dict[str, Any]:
    described = [
        {
            "study": key,
            "series": "1",
            "uid": f"{key}.{number}",
            "sop_class": "2",
            "syntax": "3",
            "attributes": "",
        }
        for number in numbers
    ]
    return {"lengths": [8] * len(numbers), "described": described}


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> ScriptedPool:
    scripted = ScriptedPool()
    monkeypatch.setattr(painting, "WorkerPool", lambda *_: scripted)
    return scripted


@pytest.fixture
def painter(pool: ScriptedPool, studies: dict[str, PhantomStudy], tmp_path: Path) -> Iterator[Painter]:
    assert not pool.asked
    made = Painter(list(studies.values()), began=BEGAN, seed=1, folder=tmp_path, workers=1)
    yield made
    made.close()


def test_a_study_comes_whole_and_in_order_though_it_is_painted_from_the_middle(
    painter: Painter, pool: ScriptedPool
) -> None:
    painted = painter.all_of("head-ct-prior")

    assert [one.uid for one in painted] == [f"head-ct-prior.{number}" for number in range(34)]
    order = [start for key, start in pool.asked if key == "head-ct-prior"]
    distances = [abs(start + 2 - 17) for start in order]
    assert distances == sorted(distances)
    assert len(set(order)) == len(order) == 9


def test_the_next_of_the_list_follows_by_itself_and_behind(painter: Painter, pool: ScriptedPool) -> None:
    pool.is_held.clear()
    painter.ask("pneumothorax-xr")
    painter.ask("wrist-xr")
    pool.is_held.set()
    with painter._changed:
        assert painter._changed.wait_for(lambda: painter._easels["brain-mr"].is_done, 60)

    keys = list(dict.fromkeys(key for key, _ in pool.asked))
    assert keys[:3] == ["pneumothorax-xr", "wrist-xr", "brain-mr"]
    assert pool.asked.count(("brain-mr", 100)) == 1


@pytest.mark.usefixtures("painter")
def test_nothing_is_painted_before_somebody_asks(pool: ScriptedPool) -> None:
    assert pool.asked == []


def test_one_picture_is_there_before_the_rest(painter: Painter, pool: ScriptedPool) -> None:
    pool.ends = [None, WorkerDied("gone")]
    one = painter.one_of("head-ct-prior", "head-ct-prior.16")

    assert one is not None
    assert one.file.read_bytes() == bytes(8)


def test_one_that_no_study_has_is_none_once_all_are_painted(painter: Painter) -> None:
    assert painter.one_of("wrist-xr", "1.2.3") is None


def test_who_waits_is_told_what_went_wrong_and_the_next_who_asks_gets_it(
    painter: Painter, pool: ScriptedPool
) -> None:
    pool.ends = [WorkerDied("The process for this stopped")]
    with pytest.raises(WorkerDied):
        painter.all_of("wrist-xr")

    assert len(painter.all_of("wrist-xr")) == 3


def test_a_full_disk_is_told_in_the_system_s_words(painter: Painter, tmp_path: Path) -> None:
    (tmp_path / "wrist-xr").write_bytes(b"where the folder should be")

    with pytest.raises(HospitalRefused, match="exists"):
        painter.all_of("wrist-xr")


def test_a_job_that_the_pool_takes_back_is_told_and_costs_no_painter(
    painter: Painter, pool: ScriptedPool
) -> None:
    pool.ends = [CancelledError()]
    with pytest.raises(Cancelled):
        painter.all_of("wrist-xr")

    assert len(painter.all_of("wrist-xr")) == 3


def test_who_waits_while_it_closes_is_told_so(painter: Painter, pool: ScriptedPool) -> None:
    pool.is_held.clear()
    pool.ends = [Cancelled("The program is closing")] * 99
    errors: list[Exception] = []

    def wait() -> None:
        try:
            painter.all_of("chest-ct")
        except Cancelled as error:
            errors.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    painter.close()
    waiting.join()

    assert [type(error) for error in errors] == [Cancelled]
