"""Writing work: both halves have it, or neither."""

import contextlib
import errno
import itertools
from pathlib import Path
from random import Random

import pytest
from simulated_disk import Fault, SimulatedDisk
from simulated_sqlite import SimulatedSqlite
from store_instances import KEK

from workstation.errors import LumenError
from workstation.store import journal
from workstation.store.changes import Put
from workstation.store.disk import Disk
from workstation.store.errors import DiskFailed, DiskFull, StoreReadOnly
from workstation.store.report import Report
from workstation.store.work import Work, WorkFiles
from workstation.store.work_repair import create_work, open_work

FOLDER = Path("/work")


class Bench:
    """A work record on a simulated disk."""

    def __init__(self) -> None:
        self.disk = SimulatedDisk()
        self.disk.make_folder(FOLDER)
        self.files = WorkFiles(FOLDER, KEK, Disk(self.disk, SimulatedSqlite(self.disk).connect))
        self.work: Work = create_work(self.files, Report())

    def pin(self, name: str) -> None:
        """Store something."""
        self.work.write(Put("pins", {"study_uid": name, "reason": "r"}))

    def pins(self) -> list[str]:
        """Return what is stored."""
        return [name for (name,) in self.work.rows("SELECT study_uid FROM pins ORDER BY 1")]

    def reopen(self) -> list[str]:
        """Close and open; return what was said."""
        self.work.close()
        report = Report()
        self.work = open_work(self.files, report)
        return report.notes


@pytest.fixture
def bench() -> Bench:
    return Bench()


def _steps_of_a_write(bench: Bench) -> int:
    before = bench.disk.steps
    bench.pin("measured")
    return bench.disk.steps - before


def test_the_journal_has_a_transaction_before_the_database(bench: Bench) -> None:
    """Without power from the journal's sync on, the transaction is there; a step earlier it isn't."""
    before = bench.disk.steps
    outcomes = []
    for step in (2, 3):  # 1 is the append, 2 its sync, 3 the first step of the database
        bench.disk.cut_at = before + step
        with pytest.raises(LumenError):
            bench.pin(f"cut at {step}")
        bench.disk.restart(Random(0))
        bench.reopen()
        outcomes.append(bench.pins())
        before = bench.disk.steps

    assert outcomes == [[], ["cut at 3"]]


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
def test_a_write_that_fails_at_any_step_is_in_both_halves_or_in_neither(code: int) -> None:
    for step in range(1, _steps_of_a_write(Bench()) + 1):
        bench = Bench()
        bench.pin("a")
        bench.disk.fault = Fault(bench.disk.steps + step, code)
        with contextlib.suppress(LumenError):
            bench.pin("b")
        bench.disk.come_back()
        shown = bench.pins()

        assert shown in (["a"], ["a", "b"])
        assert bench.work.compare().agree or bench.work.is_read_only
        notes = bench.reopen()
        assert bench.pins() in (shown, ["a", "b"])
        if code == errno.ENOSPC:
            assert bench.pins() == shown
            assert notes == []


def test_a_full_disk_lets_work_go_on_as_soon_as_there_is_room(bench: Bench) -> None:
    bench.pin("a")
    bench.disk.capacity = bench.disk.used()
    with pytest.raises(DiskFull):
        bench.pin("b")
    assert bench.pins() == ["a"]

    bench.disk.capacity *= 2
    bench.pin("c")

    assert bench.pins() == ["a", "c"]
    assert bench.reopen() == []


def test_a_full_disk_asks_once_for_room_and_then_succeeds(bench: Bench) -> None:
    bench.disk.capacity = bench.disk.used()
    asked: list[int] = []

    def give_way() -> bool:
        asked.append(1)
        bench.disk.capacity *= 2
        return True

    bench.work.give_way = give_way
    bench.pin("a")

    assert bench.pins() == ["a"]
    assert asked == [1]


def test_after_the_disk_failed_nothing_more_is_taken_until_it_is_opened_again(bench: Bench) -> None:
    bench.pin("a")
    bench.disk.fault = Fault(bench.disk.steps + 2, errno.EIO)
    with pytest.raises(DiskFailed):
        bench.pin("b")

    with pytest.raises(StoreReadOnly):
        bench.pin("c")
    assert bench.pins() == ["a"]

    bench.reopen()
    bench.pin("c")
    assert "c" in bench.pins()


def test_our_own_mistakes_leave_both_halves_as_they_were(bench: Bench) -> None:
    with pytest.raises(Exception, match="no such table"):
        bench.work.write(Put("nowhere", {"a": 1}))

    bench.pin("a")
    assert bench.work.number == 1
    assert bench.reopen() == []
    assert bench.pins() == ["a"]


def test_a_long_journal_is_written_anew_and_still_rebuilds_everything(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "_LEAST_TAIL", 1000)
    sizes = []
    for number in range(150):
        bench.pin(f"{number:03}")
        node = bench.disk.node(str(FOLDER / "work.journal"))
        assert node is not None
        sizes.append(len(node.current))
    bench.work.close()
    bench.disk.remove(FOLDER / "work.db")

    assert any(later < earlier for earlier, later in itertools.pairwise(sizes))
    assert "built again" in bench.reopen()[0]
    assert bench.pins() == [f"{number:03}" for number in range(150)]
