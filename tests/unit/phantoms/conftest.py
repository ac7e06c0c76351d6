"""The night that the tests look at, and its files read back by pydicom."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime

import pydicom
import pytest

from workstation.phantoms import PhantomStudy, night

NOW = datetime(2026, 11, 24, 2, 11, tzinfo=UTC)
Read = Callable[[bytes], pydicom.FileDataset]


@pytest.fixture(scope="session")
def studies() -> dict[str, PhantomStudy]:
    return {study.key: study for study in night(seed=1, now=NOW)}


@pytest.fixture(scope="session")
def read() -> Read:
    def _read(part10: bytes) -> pydicom.FileDataset:
        return pydicom.dcmread(io.BytesIO(part10))

    return _read
