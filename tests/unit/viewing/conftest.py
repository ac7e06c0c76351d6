"""A screen with two stacks, a record to put texts around, and what the screen tells."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from workstation.dicom.model import (
    FrameFacts,
    InstanceRecord,
    Patient,
    PixelFormat,
    Series,
    Spacing,
    Study,
)
from workstation.measurement import Length, Point
from workstation.viewing import Change, Screen

SYNTAX = "1.2.840.10008.1.2.1"


class Ear:
    """Keeps what it hears."""

    def __init__(self) -> None:
        self.heard: list[Change] = []

    def hear(self, change: Change) -> None:
        """Keep a change."""
        self.heard.append(change)


@pytest.fixture
def screen() -> Screen:
    made = Screen()
    made.open("2.25.1", {"t1": 192, "t2": 30}, who="test")
    return made


@pytest.fixture
def ear(screen: Screen) -> Ear:
    made = Ear()
    screen.changed.connect(made.hear)
    return made


@pytest.fixture
def length() -> Length:
    now = datetime(2026, 11, 24, 1, 37, tzinfo=UTC)
    return Length("7c9e", "2.25.1", "2.25.2", "2.25.3", 0, Point(1, 2), Point(3, 4), now)


@pytest.fixture(scope="session")
def records() -> Callable[..., InstanceRecord]:
    return _record


def _record(facts: FrameFacts | None = None, **changes: Any) -> InstanceRecord:  # noqa: ANN401  any field
    record = InstanceRecord(
        uid="2.25.3",
        sop_class="1.2.840.10008.5.1.4.1.1.4",
        transfer_syntax=SYNTAX,
        patient=Patient("4711", "Site A", "DOE^JANE", "19570302", "F"),
        study=Study("2.25.1", "20261124", "020412", "99812", "MR HEAD", "", "", ""),
        series=Series("2.25.2", 1, "MR", "t1_mprage", "", "", "", "", "", ""),
        number=1,
        acquisition=None,
        frame_of_reference="",
        pixel=PixelFormat(SYNTAX, 100, 200, 1, 16, 12, 11, signed=False, photometric="MONOCHROME2", planar=0),
        frame_count=1,
        frames=(facts or FrameFacts(spacing=Spacing(0.5, 0.5, "PixelSpacing")),),
    )
    return replace(record, **changes)
