"""Measurements belong to one study, and are on the disk when the verb returns."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from offered import STUDY, a_slice, put, take_in

from workstation.measurement import Length, Point
from workstation.workflow import Desk, WorkflowError, keep_length, remove_length

LENGTH = Length("m1", STUDY, "1", "1", 0, Point(0, 0), Point(3, 4), datetime(2026, 1, 1, tzinfo=UTC))


def test_a_length_outlives_the_program(desk: Desk, disc: Path, reopen: Callable[[], Desk]) -> None:
    put(disc, a_slice())
    take_in(desk, disc)
    keep_length(desk, study_uid=STUDY, length=LENGTH)

    assert reopen().store.measurements.of_study(STUDY) == (LENGTH,)


def test_a_length_of_another_study_is_neither_kept_nor_removed(desk: Desk) -> None:
    keep_length(desk, study_uid=STUDY, length=LENGTH)

    with pytest.raises(WorkflowError):
        keep_length(desk, study_uid="1.2.9", length=LENGTH)
    remove_length(desk, study_uid="1.2.9", identifier="m1")
    assert desk.store.measurements.of_study(STUDY) == (LENGTH,)


def test_removing_twice_is_removing(desk: Desk) -> None:
    keep_length(desk, study_uid=STUDY, length=LENGTH)
    for _ in range(2):
        remove_length(desk, study_uid=STUDY, identifier="m1")

    assert desk.store.measurements.of_study(STUDY) == ()
