"""A desk opens whole, closes in order, and leaves no process behind when it can't open."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path
from typing import NoReturn

import pytest
from offered import trail
from quick_desk import SharedPool, quick_desk

from workstation.clock import ManualClock
from workstation.config import Places, Settings, load
from workstation.security import Action
from workstation.store import DiskFull, StoreBusy, StoreMissing
from workstation.store.audit_log import AuditLog
from workstation.workflow import (
    KeySource,
    WrongStore,
    demo_desk,
    import_studies,
    open_demo,
    open_desk,
    prepare_demo,
)

SETTINGS = """
[profile]
name = "Dr. Example"
title = "MD"
identifier = "e1"

[workers]
count = 1
"""


@pytest.fixture
def places(tmp_path: Path) -> Places:
    made = Places.below(tmp_path / "home")
    made.settings.parent.mkdir()
    made.settings.write_text(SETTINGS)
    return made


def settings(places: Places) -> Settings:
    return load(places.policy, places.settings)


def test_the_demonstration_needs_no_words_and_takes_no_real_study(places: Places, tmp_path: Path) -> None:
    with open_demo(settings=settings(places), places=places) as desk:
        assert desk.is_demo
        with pytest.raises(WrongStore):
            import_studies(desk, paths=[tmp_path], progress=id)
        records = trail(desk)
    assert [(record.action, record.user_name, record.user) for record in records[:1]] == [
        (Action.START, "Dr. Example", "e1")
    ]
    assert records[0].detail == "demonstration"
    assert not places.store.exists()

    with open_demo(settings=settings(places), places=places) as desk:
        assert [record.action for record in trail(desk)][-2:] == [Action.STOP, Action.START]


def test_invented_studies_never_go_into_a_real_store(folder: Path, pool: SharedPool) -> None:
    desk = quick_desk(folder, pool)
    with pytest.raises(WrongStore):
        prepare_demo(desk, settings=load(folder / "none", folder / "none"), folder=folder / "hospital")
    assert desk.store.studies.list() == ()
    desk.close()


def test_a_desk_that_cannot_record_its_start_lets_go_of_the_store(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> NoReturn:
        raise DiskFull("no room")

    before = children()
    with monkeypatch.context() as patched:
        patched.setattr(AuditLog, "append", full)
        with pytest.raises(DiskFull):
            demo_desk(settings=settings(places), places=places)

    demo_desk(settings=settings(places), places=places).close()
    until_gone(children() - before)


def test_a_second_desk_at_the_same_store_is_refused_and_the_first_goes_on(places: Places) -> None:
    with open_demo(settings=settings(places), places=places) as desk:
        with pytest.raises(StoreBusy):
            demo_desk(settings=settings(places), places=places)
        desk.note(Action.ALERT, "still here")
        assert trail(desk)[-1].detail == "still here"


def test_a_desk_closes_everything_even_if_its_end_cannot_be_recorded(
    folder: Path, pool: SharedPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> NoReturn:
        raise DiskFull("no room")

    desk = quick_desk(folder, pool)
    monkeypatch.setattr(desk.store.audit, "append", full)
    with pytest.raises(DiskFull):
        desk.close()

    quick_desk(folder, pool).close()


def test_a_store_is_made_on_demand_and_not_otherwise(places: Places, tmp_path: Path) -> None:
    folder = tmp_path / "own"
    key = KeySource.passphrase("correct horse battery")
    with pytest.raises(StoreMissing):
        open_desk(settings=settings(places), places=places, folder=folder, key=key)
    assert not folder.exists()
    open_desk(settings=settings(places), places=places, folder=folder, key=key, create=True).close()
    assert (folder / "keys.json").exists()


def test_a_clock_that_was_moved_leaves_an_alert(folder: Path, pool: SharedPool) -> None:
    clock = ManualClock()
    desk = quick_desk(folder, pool, clock=clock)
    assert desk.look_at_clock() == 0
    clock.jump(-3600)
    desk.look_at_clock()

    assert (trail(desk)[-1].action, trail(desk)[-1].detail) == (
        Action.ALERT,
        "the clock was moved by -3600 s",
    )
    desk.close()


def children() -> set[str]:
    """Return the processes that this one has started and that run."""
    found = set()
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = entry.read_text().rpartition(")")[2].split()
            if int(fields[1]) == os.getpid() and fields[0] != "Z":
                found.add(entry.parent.name)
    return found


def until_gone(processes: set[str]) -> None:
    end = time.monotonic() + 5
    while processes & children():
        assert time.monotonic() < end, "a process was left behind"
        time.sleep(0.05)
