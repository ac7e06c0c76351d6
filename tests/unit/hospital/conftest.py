"""A hospital that is open for all tests which change nothing in it; its clock stands still."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hospital_visitor import DATA, Visitor

from workstation.clock import ManualClock
from workstation.hospital import Hospital
from workstation.phantoms import PhantomStudy, night

BEGAN = datetime(2026, 11, 24, 2, 11, tzinfo=UTC)


@pytest.fixture(scope="session")
def studies() -> dict[str, PhantomStudy]:
    return {study.key: study for study in night(seed=1, now=BEGAN)}


@pytest.fixture(scope="session")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hospital]:
    folder = tmp_path_factory.mktemp("hospital")
    with Hospital(BEGAN, clock=ManualClock(), data=DATA, folder=folder) as opened:
        yield opened


@pytest.fixture
def visitor(hospital: Hospital) -> Visitor:
    return Visitor(hospital.url, hospital.token)
