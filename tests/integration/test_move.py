"""An archive that brings what it is asked for (C-MOVE): a real Orthanc, by way of the desk's own listener."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from dicom_objects import ct, part10
from group_archive import settings_with
from needs import needs_orthanc
from offered import contents, trail
from orthanc import Modality, Orthanc
from pydicom.dataset import Dataset
from quick_desk import SharedPool, quick_desk

from workstation.config import ArchiveEntry, Settings
from workstation.security import Action, SessionVault
from workstation.workflow import (
    Desk,
    StudyState,
    connect_archives,
    list_studies,
    start_listening,
    sync_once,
)

pytestmark = needs_orthanc

STUDY = "1.2.826.7.6"
COUNT = 12


@pytest.fixture(scope="module")
def pool() -> Iterator[SharedPool]:
    made = SharedPool()
    yield made
    made.end()


@pytest.fixture
def desk(tmp_path: Path, pool: SharedPool) -> Iterator[Desk]:
    made = quick_desk(tmp_path / "store", pool)
    yield made
    made.close()


@pytest.fixture
def settings(orthanc: Orthanc) -> Settings:
    """Return settings with a listener that Orthanc knows, and that knows Orthanc."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    orthanc.register("lumen", Modality("HOME", port))
    return settings_with(
        listener__port=port, listener__title="HOME", listener__callers=f"{orthanc.ae_title}@127.0.0.1"
    )


def connect(desk: Desk, orthanc: Orthanc, settings: Settings) -> None:
    entry = ArchiveEntry(
        "harbor",
        name="Harbor",
        speech="dimse",
        ways={"fibre": f"{orthanc.host}:{orthanc.dicom_port}"},
        encryption="none",
        called=orthanc.ae_title,
        calling="READER",
        capabilities={"retrieve": "move"},
    )
    connect_archives(desk, settings=settings, entries=[entry], vault=SessionVault())


def slices() -> list[Dataset]:
    return [
        ct(
            np.full((64, 64), number, np.uint16),
            StudyInstanceUID=STUDY,
            SeriesInstanceUID=f"{STUDY}.1",
            SOPInstanceUID=f"{STUDY}.1.{number}",
            InstanceNumber=number,
            ImagePositionPatient=[0, 0, 2.0 * number],
        )
        for number in range(1, COUNT + 1)
    ]


def test_a_study_is_brought_whole_and_counts_as_the_archive_s(
    desk: Desk, orthanc: Orthanc, settings: Settings
) -> None:
    orthanc.upload(map(part10, slices()))
    connect(desk, orthanc, settings)
    assert start_listening(desk, settings=settings) is not None
    found = sync_once(desk, study_uid=STUDY)

    assert (found.whole, found.given_up, found.lines_down) == (1, 0, ())
    assert len(contents(desk)) == COUNT
    (row,) = list_studies(desk)
    assert (row.here, row.expected, row.state) == (COUNT, COUNT, StudyState.UNREAD)
    study = desk.store.studies.get(STUDY)
    assert study is not None
    assert not study.is_work  # it came from an archive that has it, and was not pushed
    told = [one.detail for one in trail(desk) if one.action is Action.RECEIVE]
    assert not any("pushed" in detail for detail in told)


def test_to_a_listener_that_does_not_know_the_archive_nothing_is_brought(
    desk: Desk, orthanc: Orthanc, settings: Settings
) -> None:
    """Nor does it come another way, though this archive would have C-GET."""
    orthanc.upload(map(part10, slices()[:2]))
    connect(desk, orthanc, settings)
    stranger = settings_with(
        listener__port=settings.number("listener.port"),
        listener__title="HOME",
        listener__callers="SOMEBODY@127.0.0.1",
    )
    assert start_listening(desk, settings=stranger) is not None
    found = sync_once(desk, study_uid=STUDY)

    assert (found.whole, found.given_up) == (0, 2)
    assert contents(desk) == set()
