"""The night comes from an invented hospital, by the door by which every archive's studies come."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from quick_desk import SharedPool, quick_desk

from workstation.clock import SystemClock
from workstation.config import SETTINGS, Settings
from workstation.security import Action
from workstation.sync import Urgency, Want
from workstation.workflow import Desk, StudyState, connect_hospital, list_studies, open_hospital, prepare_demo
from workstation.workflow.demo import ARCHIVE

USUAL = Settings({setting.name: setting.default for setting in SETTINGS})
A_MINUTE = 60.0


@pytest.fixture
def desk(folder: Path, pool: SharedPool) -> Iterator[Desk]:
    made = quick_desk(folder, pool, clock=SystemClock())
    made.is_demo = True
    yield made
    made.close()


def test_a_study_of_the_night_comes_in_by_the_archive_s_door(desk: Desk, tmp_path: Path) -> None:
    with open_hospital(desk, folder=tmp_path / "hospital") as hospital:
        service = connect_hospital(desk, hospital, settings=USUAL)
        service.watching.refresh(ARCHIVE)
        wrist = next(row for row in list_studies(desk) if row.description == "XR wrist left")
        assert (wrist.state, wrist.here, wrist.expected) == (StudyState.ELSEWHERE, 0, 3)
        assert wrist.archives == ("Harbor Radiology",)
        service.engine.start()
        service.engine.want(Want(ARCHIVE, wrist.uid, Urgency.OPEN))
        end = time.monotonic() + A_MINUTE
        while (here := desk.store.studies.get(wrist.uid)) is None or here.instances < wrist.expected:
            assert time.monotonic() < end, "it never came"
            time.sleep(0.05)
        service.look_again()
        assert next(row for row in list_studies(desk) if row.uid == wrist.uid).state is StudyState.UNREAD
    records = [record for record in desk.store.audit.sealed() if Action.RECEIVE.value.encode() in record.data]
    assert len(records) == 1


def test_a_night_that_was_begun_goes_on_with_the_same_hour(desk: Desk, tmp_path: Path) -> None:
    uids = []
    for number in range(2):
        with open_hospital(desk, folder=tmp_path / str(number)) as hospital:
            service = connect_hospital(desk, hospital, settings=USUAL)
            service.watching.refresh(ARCHIVE)
            uids.append({row.uid for row in list_studies(desk)})
    assert uids[0] == uids[1]


def test_a_night_that_was_prepared_is_whole_from_then_on(desk: Desk, tmp_path: Path) -> None:
    prepare_demo(desk, settings=USUAL, folder=tmp_path / "hospital", cancelled=lambda: True)
    with open_hospital(desk, folder=tmp_path / "hospital") as hospital:
        connect_hospital(desk, hospital, settings=USUAL).watching.refresh(ARCHIVE)
        assert any(row.description == "CT head without contrast" for row in list_studies(desk))


def test_one_that_is_broken_off_leaves_nothing_running(desk: Desk, tmp_path: Path) -> None:
    assert prepare_demo(desk, settings=USUAL, folder=tmp_path / "hospital", cancelled=lambda: True) == 0
    assert desk.service is None
